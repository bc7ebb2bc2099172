#include "modules/cases/cases_words.h"

#include "core/i18n/dates.h"
#include "engines/identifiers/identifiers.h"
#include "modules/cases/cases_form_files.h"
#include "modules/orgs/orgs.h"

static bool english(const struct ctx *c)
{
    return c->lang == &lang_en;
}

struct str words_day(struct ctx *c, int64_t ms)
{
    return date_words(c->lang, c->arena, date_of(ms), date_of(c->now));
}

struct str words_time(struct ctx *c, int64_t ms)
{
    return time_words(c->lang, c->arena, ms, c->now);
}

void words_light(struct ctx *c, struct json *parent, enum clock_light light)
{
    static const char *const labels[] = {[LIGHT_GREEN] = "In time",
                                         [LIGHT_YELLOW] = "Soon due",
                                         [LIGHT_RED] = "Overdue",
                                         [LIGHT_DONE] = "Done",
                                         [LIGHT_PAUSED] = "Paused"};
    struct json *l = json_set_object(c->arena, parent, "light");
    json_set_c(c->arena, l, "color", clock_light_name(light));
    json_set_str(c->arena, l, "label", ctx_tr(c, labels[light]));
}

static struct str with_date(struct ctx *c, struct str words, int64_t due, bool provisional)
{
    struct str day = words_day(c, due), note = provisional ? ctx_tr(c, "provisional") : STR_EMPTY;
    if (english(c))
        return str_fmt(c->arena, "%.*s (%.*s%s%.*s)", STR_ARG(words), STR_ARG(day), note.len ? ", " : "",
                       STR_ARG(note));
    return str_fmt(c->arena, "%.*s（%.*s%s%.*s）", STR_ARG(words), STR_ARG(day), note.len ? "，" : "",
                   STR_ARG(note));
}

struct str words_due(struct ctx *c, int64_t due, enum clock_light light, bool provisional)
{
    if (light == LIGHT_PAUSED) return ctx_tr(c, "The clock is paused");
    if (!due || light == LIGHT_DONE) return STR_EMPTY;
    int days = workday_between(orgs_calendar(c), date_of(c->now), date_of(due));
    /* Over a weekend no working day has passed since Friday, and yet it is not today's. */
    const char *none = date_of(due) == date_of(c->now) ? "Overdue since today" : "Overdue";
    const char *msgid = due < c->now ? (days < 0 ? "Overdue by %{arg} working days" : none)
                        : days == 0  ? "Due today"
                        : days == 1  ? "Due in 1 working day"
                                     : "Due in %{arg} working days";
    struct str count = str_fmt(c->arena, "%d", days < 0 ? -days : days);
    return with_date(c, tr_arg(c->lang, c->arena, msgid, count), due, provisional);
}

struct str words_due_to_person(struct ctx *c, const struct case_file *f, enum clock_light light,
                               bool provisional)
{
    struct str due = words_due(c, f->due, light, provisional);
    if (str_eq_c(f->status, "correction")) return STR_EMPTY;
    return due.len && str_eq_c(f->status, "submitted")
               ? tr_arg(c->lang, c->arena, "Answer about acceptance: %{arg}", due)
               : due;
}

struct str words_limit(struct ctx *c, struct limit limit)
{
    static const char *const one[] = {
        [LIMIT_NONE] = "",        [LIMIT_WORKDAYS] = "1 working day", [LIMIT_DAYS] = "1 day",
        [LIMIT_HOURS] = "1 hour", [LIMIT_MONTHS] = "1 month",         [LIMIT_YEARS] = "1 year"};
    static const char *const many[] = {[LIMIT_NONE] = "",
                                       [LIMIT_WORKDAYS] = "%{arg} working days",
                                       [LIMIT_DAYS] = "%{arg} days",
                                       [LIMIT_HOURS] = "%{arg} hours",
                                       [LIMIT_MONTHS] = "%{arg} months",
                                       [LIMIT_YEARS] = "%{arg} years"};
    if (limit.unit == LIMIT_NONE) return STR_EMPTY;
    if (limit.count == 0) return ctx_tr(c, "at once");
    return tr_arg(c->lang, c->arena, limit.count == 1 ? one[limit.unit] : many[limit.unit],
                  str_fmt(c->arena, "%d", limit.count));
}

struct word {
    const char *key, *msgid;
};

static struct str find_word(struct ctx *c, const struct word *table, size_t count, struct str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(key, table[i].key)) return ctx_tr(c, table[i].msgid);
    return key;
}

struct str words_status(struct ctx *c, struct str status, struct str result)
{
    static const struct word results[] = {{"granted", "Granted"}, {"refused", "Refused"}};
    static const struct word statuses[] = {{"draft", "Draft"},
                                           {"submitted", "Received"},
                                           {"correction", "Correction needed"},
                                           {"rejected", "Not accepted"},
                                           {"accepted", "Accepted"},
                                           {"reviewing", "Under review"},
                                           {"special_procedure", "Special procedure"},
                                           {"decided", "Decided"},
                                           {"closed", "Completed"},
                                           {"withdrawn", "Withdrawn"}};
    bool decided = str_eq_c(status, "decided") || str_eq_c(status, "closed");
    if (decided && (str_eq_c(result, "granted") || str_eq_c(result, "refused")))
        return find_word(c, results, 2, result);
    return find_word(c, statuses, sizeof statuses / sizeof statuses[0], status);
}

struct str words_step(struct ctx *c, const struct course *course, struct str id)
{
    const struct course_step *s = course_step_at(course, course_step_find(course, id));
    if (!s) return STR_EMPTY;
    return english(c) && s->name_en.len ? s->name_en : s->name;
}

struct str words_role(struct ctx *c, struct str role)
{
    static const struct word roles[] = {{"desk", "Receipt at the desk"},
                                        {"reviewer", "Review"},
                                        {"decider", "Decision"},
                                        {"applicant", "With the applicant"},
                                        {"system", "By rule"}};
    return find_word(c, roles, sizeof roles / sizeof roles[0], role);
}

struct str words_act(struct ctx *c, struct str act)
{
    static const struct word acts[] = {
        {"submit", "Application sent"},
        {"accept", "Accepted"},
        {"correct", "Correction asked for"},
        {"reject", "Not accepted"},
        {"pass", "Reviewed and passed on"},
        {"send_back", "Sent back to an earlier step"},
        {"special_procedure", "Special procedure begun"},
        {"special_begin", "Special procedure begun"}, /* of before there were processes */
        {"agree", "Agreed"},
        {"disagree", "Did not agree"},
        {"opinion", "Opinion given"},
        {"served", "Answered by a system"},
        {"service_error", "A system reported that it cannot be done"},
        {"message", "A message came in"},
        {"signal", "A signal was heard"},
        {"signal_sent", "A signal went to other cases"},
        {"fill", "Filled in the form of the step"},
        {"recall", "Took back what was passed on"},
        {"open", "Taken up"},
        {"add_sign", "Asked one more to sign"},
        {"drop_sign", "Let one who was asked to sign off"},
        {"transfer", "Handed over to somebody else"},
        {"delegate", "Delegated for a time"},
        {"urge", "Urged"},
        {"defer", "A document may follow later"},
        {"supply", "What was owed has been supplied"},
        {"commitment", "Taken on the applicant's promise"},
        {"commitment_kept", "The promise was verified and kept"},
        {"commitment_broken", "The promise was verified and not kept"},
        {"suspend", "Held up"},
        {"resume", "Goes on again"},
        {"order", "Ordered by a supervisor"},
        {"order_answered", "The order was answered"},
        {"order_accepted", "The answer to the order was accepted"},
        {"order_sent_back", "The answer to the order was sent back"},
        {"process_timer", "A time set by the process ran out"},
        {"moved", "Moved to another version of its process"},
        {"special_end", "Special procedure ended"},
        {"extension", "Extension asked for"},
        {"extension_granted", "Extension approved"},
        {"extension_denied", "Extension not approved"},
        {"grant", "Granted"},
        {"refuse", "Refused"},
        {"correction_supplied", "Correction supplied"},
        {"accepted_by_time", "Accepted: nothing was objected to within the time set by law"},
        {"never_corrected", "Closed: what was asked for did not arrive in time"},
        {"rule_answered", "Answered by rule"},
        {"rule_refused", "Refused by rule"},
        {"rule_unable", "Handed to a person"},
        {"ruled", "Settled by a decision model"},
        {"stuck", "A decision could not be made"},
        {"given_up", "A system gave the step up"},
        {"again", "The system is to try the step again"},
        {"halted", "A job of the program was given up"},
        {"went_on", "The job of the program was done after all"},
        {"delivered", "Result handed over"},
        {"withdraw", "Withdrawn"}};
    return find_word(c, acts, sizeof acts / sizeof acts[0], act);
}

struct str words_count(struct ctx *c, int64_t n)
{
    return n > INBOX_COUNT_MAX ? str_fmt(c->arena, "%d+", INBOX_COUNT_MAX)
                               : str_fmt(c->arena, "%lld", (long long)n);
}

bool words_row(struct ctx *c, struct json *list, const struct case_row *row, const char *href_prefix)
{
    const struct case_file *f = &row->file;
    enum clock_light light = row->duty.len && !row->paused
                                 ? workclock_shown(row->yellow_at, row->red_at, c->now)
                                 : case_light(f, row->yellow_at, row->red_at, row->paused, c->now);
    struct json *o = json_add_object(c->arena, list);
    struct subject who;
    words_light(c, o, light);
    json_set_id(c->arena, o, "id", f->id);
    json_set_str(c->arena, o, "due_text", words_due(c, f->due, light, false));
    json_set_str(c->arena, o, "case_no", f->case_no);
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "%s%lld", href_prefix, (long long)f->id));
    json_set_str(c->arena, o, "item_name", f->item_name);
    json_set_str(c->arena, o, "step",
                 row->asked                        ? ctx_tr(c, "Your opinion is asked")
                 : str_eq_c(row->duty, "owed")     ? ctx_tr(c, "A document is to follow")
                 : str_eq_c(row->duty, "promised") ? ctx_tr(c, "A promise is to be verified")
                 : f->role.len                     ? words_role(c, f->role)
                                                   : words_status(c, f->status, f->result));
    json_set_str(c->arena, o, "since", words_time(c, f->submitted));
    /* A masked name in a list is no reading of a person's data: nobody can be told from it. */
    struct json *reads = c->reads;
    if (!people_subject(c, f->applicant, &who)) return false;
    c->reads = reads;
    json_set_str(c->arena, o, "applicant",
                 row->organisation || who.erased ? who.name : people_mask_name(c->arena, who.name));
    return true;
}

void words_chosen(struct ctx *c, struct json *object, struct str value, struct str label)
{
    struct json *chosen = json_set_object(c->arena, object, "chosen");
    json_set_str(c->arena, chosen, "value", value);
    json_set_str(c->arena, chosen, "label", label);
}

bool words_groups(struct ctx *c, struct json *doc, const struct case_work *w)
{
    struct form_upload_list uploads;
    if (!case_form_files(c, w, &uploads)) return false;
    struct json *groups = json_set_array(c->arena, doc, "groups");
    const struct json *pages = w->form ? form_summary(c->arena, w->form, &w->answers, english(c)) : NULL;
    JSON_EACH(page, pages)
    {
        struct json *g = json_add_object(c->arena, groups), *answers;
        json_set_str(c->arena, g, "heading", json_text_of(page, "title"));
        answers = json_set_array(c->arena, g, "answers");
        JSON_EACH(row, json_get(page, "rows"))
        {
            struct json *a = json_add_object(c->arena, answers);
            json_set_str(c->arena, a, "label", json_text_of(row, "label"));
            struct str value = json_text_of(row, "value");
            if (json_get(row, "file")) value = form_upload_names(c, &uploads, value);
            json_set_str(c->arena, a, "value", value);
            json_set(a, "file_links", json_null(c->arena));
            const struct json *source = json_get(json_get(row, "source"), "name");
            if (source) json_set_str(c->arena, a, "source", json_text(source));
            if (json_get(row, "chosen")) json_set(a, "chosen", json_copy(c->arena, json_get(row, "chosen")));
        }
    }
    return true;
}

struct str words_track(struct ctx *c, struct str code)
{
    if (code.len < 5) return code;
    return str_fmt(c->arena, "%.*s-%.*s", STR_ARG(str_slice(code, 0, 4)),
                   STR_ARG(str_slice(code, 4, code.len)));
}
