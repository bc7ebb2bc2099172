/* Officers' pages of processes: list, picture, versions, review, going back, moving cases. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/processes/processes_internal.h"

static struct str account_name(struct ctx *c, int64_t account)
{
    struct account a;
    if (!account) return ctx_tr(c, "Shipped with the program");
    if (account_load(c, account, &a)) return a.label;
    err_clear(c->err);
    return STR_EMPTY;
}

struct str process_status_label(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {
        {"draft", "Draft"}, {"review", "Waiting for review"}, {"published", "Published"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

struct str process_name_of(const struct ctx *c, const struct versions_row *v)
{
    return c->lang == &lang_en && v->en.len ? v->en : v->name;
}

static struct str from_text(struct ctx *c, int32_t day)
{
    return day ? date_words_full(c->lang, c->arena, day) : ctx_tr(c, "from the beginning");
}

/* ---- the list ---- */

bool processes_list_page(struct ctx *c)
{
    struct versions_row *rows;
    size_t count;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "processes");
    if (!versions_last(c, &process_versions, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct versions_row *v = &rows[i];
        const struct process_version *now = process_in_force(c, v->code, date_of(c->now));
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", v->id);
        json_set_str(c->arena, o, "code", v->code);
        json_set_str(c->arena, o, "name", process_name_of(c, v));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/processes/%lld", (long long)v->id));
        json_set(o, "in_force",
                 now ? json_string(c->arena, str_fmt(c->arena, "%d", now->version)) : json_null(c->arena));
        json_set_i64(c->arena, o, "last", v->version);
        json_set_str(c->arena, o, "status_label", process_status_label(c, v->status));
    }
    json_set(doc, "new_href",
             ctx_may(c, "process.edit") ? json_string(c->arena, STR("/office/processes/new"))
                                        : json_null(c->arena));
    return true;
}

/* ---- one process ---- */

bool processes_scope(struct ctx *c)
{
    struct versions_row *rows;
    size_t count;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !versions_of(c, &process_versions, id, &rows, &count)) return false;
    if (!count) return err_missing(c->err, "process", "We cannot find this process.");
    c->row = id;
    return true;
}

static struct json *add_act(struct ctx *c, const char *label, const char *tone, const char *path,
                            const char *says)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, (struct json *)json_get(ctx_doc(c), "acts"));
    json_set_str(a, o, "label", ctx_tr(c, label));
    json_set_c(a, o, "tone", tone);
    json_set_bool(a, o, "open", str_eq_c(str_c(tone), "main"));
    json_set_bool(a, o, "danger", false);
    json_set_str(a, o, "action", str_fmt(a, "/office/processes/%lld/%s", (long long)c->row, path));
    json_set_str(a, o, "says", ctx_tr(c, says));
    return json_set_array(a, o, "fields");
}

static void add_acts(struct ctx *c, const struct versions_row *last, const struct versions_row *shown)
{
    struct json *fields;
    bool publishes = ctx_may(c, "process.publish");
    json_set_array(c->arena, ctx_doc(c), "acts");
    if (str_eq_c(last->status, "review") && publishes && !versions_is_author(c, last)) {
        add_act(c, "Publish", "main", "publish",
                "From the day it takes effect new cases run under this version. Running cases keep theirs.");
        fields = add_act(c, "Return to the author", "quiet", "return", "The author reads your reason.");
        json_set_bool(c->arena, ctx_field(c, fields, "why", "Your reason", "textarea", STR_EMPTY), "required",
                      true);
    }
    if (shown->version != last->version && shown->published_at && publishes) {
        fields = add_act(c, "Go back to this version", "quiet", "roll-back",
                         "Its text takes effect today, as a new version.");
        ctx_field(c, fields, "version", "Version", "hidden", str_fmt(c->arena, "%d", shown->version));
    }
}

static void add_version(struct ctx *c, struct json *timeline, const struct versions_row *v, bool shown)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, timeline);
    bool open = !v->published_at;
    int64_t when = v->published_at ? v->published_at : v->made_at;
    struct str who = account_name(c, v->made_by);
    if (v->reviewed_by && v->reviewed_by != v->made_by)
        who = str_fmt(a, "%.*s → %.*s", STR_ARG(who), STR_ARG(account_name(c, v->reviewed_by)));
    json_set_i64(a, o, "number", v->version);
    json_set_str(a, o, "href", str_fmt(a, "/office/processes/%lld?version=%d", (long long)v->id, v->version));
    json_set_bool(a, o, "shown", shown);
    json_set_str(a, o, "status_label", process_status_label(c, v->status));
    json_set_str(a, o, "from", from_text(c, v->from));
    json_set_str(a, o, "when", time_words(c->lang, a, when, c->now));
    json_set_str(a, o, "who", who);
    json_set(o, "note", open && v->note.len ? json_string(a, v->note) : json_null(a));
}

const char *const process_role_words[COURSE_ROLE_COUNT] = {[COURSE_APPLICANT] = "Applicant",
                                                           [COURSE_DESK] = "Service desk",
                                                           [COURSE_REVIEWER] = "Reviewer",
                                                           [COURSE_DECIDER] = "Decider"};
const char *const process_act_words[COURSE_ACT_COUNT] = {[COURSE_ACCEPT] = "Accept",
                                                         [COURSE_CORRECT] = "Ask for correction once",
                                                         [COURSE_REJECT] = "Do not accept",
                                                         [COURSE_PASS] = "Pass on",
                                                         [COURSE_SEND_BACK] = "Send back",
                                                         [COURSE_SPECIAL] = "Special procedure",
                                                         [COURSE_EXTEND] = "Ask for an extension",
                                                         [COURSE_GRANT] = "Grant",
                                                         [COURSE_REFUSE] = "Refuse",
                                                         [COURSE_AGREE] = "Agree",
                                                         [COURSE_DISAGREE] = "Do not agree",
                                                         [COURSE_OPINION] = "Give an opinion"};

struct str process_department_words(struct ctx *c, struct str department)
{
    const struct unit **units;
    size_t count = department.len ? orgs_units(c, &units) : 0;
    for (size_t i = 0; i < count; i++)
        if (str_eq(units[i]->kind, department))
            return c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name;
    return department.len ? ctx_tr(c, "The department that the service names") : STR_EMPTY;
}

static struct str who_words(struct ctx *c, const struct course_step *s)
{
    struct arena *a = c->arena;
    struct str who = ctx_tr(c, process_role_words[s->role]),
               unit = process_department_words(c, s->department);
    if (unit.len) who = str_fmt(a, "%.*s · %.*s", STR_ARG(unit), STR_ARG(who));
    if (s->limit)
        who = str_fmt(a, "%.*s · %.*s", STR_ARG(who),
                      STR_ARG(tr_arg(c->lang, a, "%{arg} working days", str_fmt(a, "%d", s->limit))));
    return who;
}

static void add_steps(struct ctx *c, struct json *doc, const struct course *f)
{
    struct json *list = json_set_array(c->arena, doc, "steps");
    for (size_t i = 0; i < course_step_count(f); i++) {
        const struct course_step *s = course_step_at(f, (int)i);
        struct json *o = json_add_object(c->arena, list);
        struct str words = STR_EMPTY;
        for (int k = 0; k < COURSE_ACT_COUNT; k++)
            if (s->acts & (1u << k))
                words = words.len ? str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(words),
                                            c->lang == &lang_en ? ", " : "、",
                                            STR_ARG(ctx_tr(c, process_act_words[k])))
                                  : ctx_tr(c, process_act_words[k]);
        json_set_str(c->arena, o, "id", s->id);
        json_set_str(c->arena, o, "name", c->lang == &lang_en && s->name_en.len ? s->name_en : s->name);
        json_set_str(c->arena, o, "role", who_words(c, s));
        json_set_str(c->arena, o, "acts", words);
    }
}

bool processes_chosen(struct ctx *c, const char *param, struct versions_row **rows, size_t *count, size_t *at)
{
    int64_t wanted = in_i64(c, param, 0);
    *at = 0;
    if (!versions_of(c, &process_versions, c->row, rows, count)) return false;
    while (wanted && *at < *count && (*rows)[*at].version != wanted)
        (*at)++;
    return *at < *count || err_missing(c->err, "process", "We cannot find this version.");
}

static struct json *link_or_null(struct ctx *c, bool there, const char *path)
{
    return there
               ? json_string(c->arena, str_fmt(c->arena, "/office/processes/%lld%s", (long long)c->row, path))
               : json_null(c->arena);
}

/* The one it can best be compared with: the last published before it. */
static int other_version(const struct versions_row *rows, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (rows[i].published_at) return rows[i].version;
    return 0;
}

bool processes_page(struct ctx *c)
{
    struct versions_row *rows;
    size_t count, at;
    struct process_report report;
    struct json *doc = ctx_doc(c), *versions = json_set_array(c->arena, doc, "versions");
    if (!processes_chosen(c, "version", &rows, &count, &at)) return false;
    const struct versions_row *v = &rows[at], *last = &rows[0];
    if (!process_check(c, v->text, &report)) return false;
    bool draft = str_eq_c(last->status, "draft"), review = str_eq_c(last->status, "review");
    int before = other_version(rows, count, at);
    json_set_id(c->arena, doc, "id", v->id);
    json_set_str(c->arena, doc, "code", v->code);
    json_set_str(c->arena, doc, "name", process_name_of(c, v));
    json_set_i64(c->arena, doc, "number", v->version);
    json_set_str(c->arena, doc, "status_label", process_status_label(c, v->status));
    json_set_str(c->arena, doc, "from", from_text(c, v->from));
    json_set_str(c->arena, doc, "base", str_fmt(c->arena, "/office/processes/%lld", (long long)v->id));
    json_set(doc, "model_href",
             link_or_null(c, true, str_z(c->arena, str_fmt(c->arena, "/model?version=%d", v->version))));
    json_set(doc, "try_href",
             link_or_null(c, report.course != NULL,
                          str_z(c->arena, str_fmt(c->arena, "/try?version=%d", v->version))));
    json_set(doc, "compare_href",
             link_or_null(c, before > 0,
                          str_z(c->arena, str_fmt(c->arena, "/compare?from=%d&to=%d", before, v->version))));
    json_set(doc, "picture", report.readable ? process_draw(c, &report.sheet, NULL) : json_null(c->arena));
    json_set_array(c->arena, doc, "steps");
    if (report.course) add_steps(c, doc, report.course);
    json_set_bool(c->arena, doc, "has_steps", report.course != NULL);
    for (size_t i = 0; i < count; i++)
        add_version(c, versions, &rows[i], i == at);
    bool edits = ctx_may(c, "process.edit");
    json_set(doc, "edit_href", link_or_null(c, edits && !review, "/edit"));
    json_set_bool(c->arena, doc, "draft", draft);
    json_set_bool(c->arena, doc, "sends", edits && draft && at == 0 && report.course);
    json_set_bool(c->arena, doc, "own", review && versions_is_author(c, last));
    json_set(doc, "move_href", link_or_null(c, ctx_may(c, "process.move"), "/move"));
    json_set(doc, "faults", report.faults);
    json_set_bool(c->arena, doc, "has_faults", report.faults->count > 0);
    add_acts(c, last, v);
    return true;
}

bool processes_model(struct ctx *c)
{
    struct versions_row *rows;
    size_t count, at;
    if (!processes_chosen(c, "version", &rows, &count, &at)) return false;
    return ctx_file(c, rows[at].text, "application/xml",
                    str_fmt(c->arena, "%.*s-%d.bpmn", STR_ARG(rows[at].code), rows[at].version));
}

bool processes_publish_now(struct ctx *c)
{
    if (!process_publish(c, c->row)) return false;
    ctx_notice(c, "Published.");
    return ctx_redirect(c, "/office/processes/%lld", (long long)c->row);
}

bool processes_return_now(struct ctx *c)
{
    if (!versions_return(c, &process_versions, c->row, in_text(c, "why"))) return false;
    ctx_notice(c, "Returned to the author.");
    return ctx_redirect(c, "/office/processes/%lld", (long long)c->row);
}

bool processes_roll_back_now(struct ctx *c)
{
    if (!process_roll_back(c, c->row, (int)in_i64(c, "version", 0))) return false;
    ctx_notice(c, "The earlier version is in force again from today.");
    return ctx_redirect(c, "/office/processes/%lld", (long long)c->row);
}

const struct field processes_page_fields[] = {
    {"version", FIELD_INT, "Version", .min = 1, .max = 1000000},
    {0},
};
const struct field processes_return_fields[] = {{"why", FIELD_TEXT, "Your reason", true, .max = 1000}, {0}};
const struct field processes_back_fields[] = {
    {"version", FIELD_INT, "Version", true, .min = 1, .max = 1000000},
    {0},
};
