/* Closing an account and erasing a person (个人信息保护法 第四十七条): the person asks, two officers confirm.
 * What nothing keeps goes at once. What must be kept is kept and nothing else: the account is closed, and
 * when the last of it may go, the data key goes, with blind indexes and files. Evidence stays; it names
 * nobody. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

enum { ERASURES_PAGE = 50, DUE_AT_ONCE = 50 };
#define LOOK_AGAIN (30 * MS_DAY) /* at what has no known end */

/* ---- what stands in the way ---- */

void people_must_end(struct ctx *c, struct people_kept *k, const char *msgid, int64_t count, const char *href)
{
    if (!count) return;
    struct json *o = json_add_object(c->arena, k->open);
    json_set_str(c->arena, o, "text",
                 tr_arg(c->lang, c->arena, msgid, str_fmt(c->arena, "%lld", (long long)count)));
    json_set_c(c->arena, o, "href", href);
}

/* The same day so many years on; of 29 February the day before, where there is none. */
static int64_t years_after(int64_t ms, int years)
{
    struct civil d = time_civil(ms);
    if (!date_valid(d.year + years, d.month, d.day)) d.day--;
    return date_start(date_from_civil(d.year + years, d.month, d.day));
}

void people_keep(struct ctx *c, struct people_kept *k, const char *msgid, int64_t count, int64_t ended)
{
    int years = server_options(c->server)->keep_years;
    bool known = ended != PEOPLE_IN_FORCE && years > 0;
    int64_t until = known ? years_after(ended, years) : INT64_MAX;
    if (!count || until <= c->now) return;
    struct str words =
        known ? tr_arg(c->lang, c->arena, "until %{arg}",
                       date_words(c->lang, c->arena, date_of(until), date_of(c->now)))
              : ctx_tr(c, ended == PEOPLE_IN_FORCE ? "as long as they are in force, and as files after that"
                                                   : "for good: no end of keeping is set on this platform");
    struct json *o = json_add_object(c->arena, k->files);
    json_set_str(c->arena, o, "text",
                 tr_arg(c->lang, c->arena, msgid, str_fmt(c->arena, "%lld", (long long)count)));
    json_set_str(c->arena, o, "until", words);
    if (until > k->until) k->until = until;
}

static bool find_kept(struct ctx *c, int64_t subject, struct people_kept *k)
{
    const struct people_state *s = people_state(c);
    *k = (struct people_kept){.open = json_array(c->arena), .files = json_array(c->arena)};
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i]->kept && !s->parts[i]->kept(c, subject, k)) return false;
    return true;
}

static void show_kept(struct ctx *c, struct json *doc, const struct people_kept *k)
{
    json_set(doc, "open", k->open);
    json_set_bool(c->arena, doc, "has_open", k->open->count > 0);
    json_set(doc, "files", k->files);
    json_set_bool(c->arena, doc, "has_files", k->files->count > 0);
}

static bool waits(const struct erasure *e)
{
    return str_eq_c(e->status, "asked") || str_eq_c(e->status, "confirmed");
}

/* ---- the person ---- */

bool people_erase_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct people_kept k;
    struct erasure e;
    bool found;
    if (!find_kept(c, c->actor.subject, &k) || !people_store_erasure(c, c->actor.subject, &e, &found))
        return false;
    people_crumb(c, doc, "My page", "/me");
    people_crumb(c, doc, "My details", "/me/profile");
    json_set_c(c->arena, doc, "action", "/me/erase");
    json_set_c(c->arena, doc, "withdraw_action", "/me/erase/withdraw");
    show_kept(c, doc, &k);
    bool asked = found && waits(&e);
    json_set(doc, "asked",
             asked ? json_string(c->arena, time_words(c->lang, c->arena, e.asked, c->now))
                   : json_null(c->arena));
    json_set_bool(c->arena, doc, "may_ask", !asked && k.open->count == 0);
    json_set_c(c->arena,
               people_field(c, json_set_array(c->arena, doc, "fields"), "password", "Current password",
                            "password", STR_EMPTY, true),
               "autocomplete", "current-password");
    return true;
}

bool people_erase_check(struct ctx *c)
{
    return people_own_password(c, "password");
}

static bool nothing_open(struct ctx *c, const struct people_kept *k)
{
    return k->open->count == 0 ||
           err_conflict(c->err, "erasure.open", "What is under way has to end first, or be withdrawn.");
}

bool people_erase_ask(struct ctx *c)
{
    struct people_kept k;
    struct erasure e;
    bool found;
    if (!find_kept(c, c->actor.subject, &k) || !nothing_open(c, &k) ||
        !people_store_erasure(c, c->actor.subject, &e, &found))
        return false;
    if (found && waits(&e)) return ctx_redirect(c, "/me/erase");
    e = (struct erasure){.subject = c->actor.subject, .status = STR("asked"), .asked = c->now};
    ctx_notice(c, "Asked for. Two officers confirm it; until then nothing changes and you can take it back.");
    return people_store_erasure_drop(c, e.subject) && people_store_erasure_put(c, &e) &&
           evidence_add(c, "person.erase_asked", "person", e.subject, e.subject, NULL) &&
           people_tell(c, e.subject,
                       "You asked for your account to be closed and your data to be erased. If it was not "
                       "you, take it back and change your password.",
                       "/me/erase") &&
           ctx_redirect(c, "/me/erase");
}

bool people_erase_withdraw(struct ctx *c)
{
    struct erasure e;
    bool found;
    if (!people_store_erasure(c, c->actor.subject, &e, &found)) return false;
    if (found && waits(&e) &&
        (!people_store_erasure_drop(c, e.subject) ||
         !evidence_add(c, "person.erase_withdrawn", "person", e.subject, e.subject, NULL)))
        return false;
    ctx_notice(c, "Taken back. Your account stays as it is.");
    return ctx_redirect(c, "/me/erase");
}

/* ---- doing it ---- */

/* Parts act on rows that the officer who confirms has no business with. */
static bool as_the_program(struct ctx *c, bool (*act)(struct ctx *c, int64_t subject), int64_t subject)
{
    struct actor officer = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    bool ok = act(c, subject);
    c->actor = officer;
    return ok;
}

static bool forget(struct ctx *c, int64_t subject)
{
    const struct people_state *s = people_state(c);
    struct subject_row row;
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i]->forget && !as_the_program(c, s->parts[i]->forget, subject)) return false;
    if (!people_store_mandates_end(c, subject) || !people_close_account(c, subject) ||
        !people_store_load(c, subject, &row))
        return false;
    row.s.mobile = row.s.address = STR_EMPTY;
    return people_store_save(c, &row);
}

static bool erase(struct ctx *c, struct erasure *e)
{
    const struct people_state *s = people_state(c);
    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i]->erase && !as_the_program(c, s->parts[i]->erase, e->subject)) return false;
    e->status = STR("erased");
    e->erased = c->now;
    e->until = e->look = 0;
    return account_erase(c, e->subject) && people_store_erase(c, e->subject) &&
           subject_erase(ctx_keys(c), &c->tx, e->subject) && people_store_erasure_put(c, e) &&
           evidence_add(c, "person.erase", "person", e->subject, e->subject, NULL);
}

static bool keep(struct ctx *c, struct erasure *e, const struct people_kept *k)
{
    bool known = k->until != INT64_MAX;
    e->status = STR("kept");
    e->until = known ? k->until : 0;
    e->look = known ? k->until : c->now + LOOK_AGAIN;
    return people_store_erasure_put(c, e);
}

/* To the mobile itself: there is no account any more that could read a message. */
static bool tell(struct ctx *c, struct str mobile, bool kept)
{
    const struct people_messenger *m = &people_state(c)->messenger;
    return !m->text || !mobile.len ||
           m->text(c, mobile,
                   kept ? "Your account for government services has been closed as you asked. Files that "
                          "must be kept are erased when their time is over."
                        : "Your account for government services has been closed and your data has been "
                          "erased, as you asked.",
                   json_object(c->arena));
}

static bool carry_out(struct ctx *c, struct erasure *e)
{
    struct people_kept k;
    struct subject_row row;
    if (!find_kept(c, e->subject, &k) || !nothing_open(c, &k) || !people_store_load(c, e->subject, &row))
        return false;
    struct str mobile = row.s.mobile;
    if (!forget(c, e->subject) ||
        !evidence_add(c, "person.erase_closed", "person", e->subject, e->subject, NULL))
        return false;
    return (k.until ? keep(c, e, &k) : erase(c, e)) && tell(c, mobile, k.until != 0);
}

/* The job: those whose time is over. */
bool people_erase_due(struct ctx *c, const struct json *payload)
{
    struct erasure *list;
    size_t count;
    (void)payload;
    if (!people_store_erasures_due(c, DUE_AT_ONCE, &list, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct people_kept k;
        if (!find_kept(c, list[i].subject, &k)) return false;
        if (!(k.until || k.open->count ? keep(c, &list[i], &k) : erase(c, &list[i]))) return false;
    }
    return true;
}

/* ---- officers ---- */

static struct str status_words(struct ctx *c, const struct erasure *e)
{
    static const char *const words[][2] = {{"asked", "Waits for the first officer"},
                                           {"confirmed", "Waits for a second officer"},
                                           {"kept", "Account closed, files kept"},
                                           {"erased", "Erased"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(e->status, words[i][0])) return ctx_tr(c, words[i][1]);
    return e->status;
}

static struct str until_words(struct ctx *c, const struct erasure *e)
{
    if (!str_eq_c(e->status, "kept")) return STR_EMPTY;
    return e->until ? tr_arg(c->lang, c->arena, "until %{arg}",
                             date_words(c->lang, c->arena, date_of(e->until), date_of(c->now)))
                    : ctx_tr(c, "no end known now");
}

bool people_erasures(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *out = json_set_array(c->arena, doc, "erasures");
    struct erasure *list;
    size_t count;
    if (!people_store_erasures(c, in_i64(c, "before", 0), ERASURES_PAGE + 1, &list, &count)) return false;
    for (size_t i = 0; i < count && i < ERASURES_PAGE; i++) {
        struct json *o = json_add_object(c->arena, out);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/erasures/%lld", (long long)list[i].subject));
        json_set_str(c->arena, o, "asked", time_words(c->lang, c->arena, list[i].asked, c->now));
        json_set_str(c->arena, o, "status", list[i].status);
        json_set_str(c->arena, o, "status_label", status_words(c, &list[i]));
        json_set_str(c->arena, o, "until", until_words(c, &list[i]));
    }
    json_set_bool(c->arena, doc, "has_erasures", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > ERASURES_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "/office/erasures?before=%lld", (long long)list[ERASURES_PAGE - 1].asked));
    }
    return true;
}

static bool load_row(struct ctx *c, struct erasure *e)
{
    bool found;
    if (!people_store_erasure(c, c->row, e, &found)) return false;
    return found || err_missing(c->err, "erasure", "There is no such request.");
}

bool people_erasure_scope(struct ctx *c)
{
    struct erasure e;
    return ctx_path_id(c, "id", &c->row) && load_row(c, &e);
}

static struct json *add_act(struct ctx *c, struct json *acts, const char *what, const char *label,
                            const char *says, bool danger)
{
    struct json *o = json_add_object(c->arena, acts);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "tone", danger ? "main" : "quiet");
    json_set_bool(c->arena, o, "open", danger || c->failed);
    json_set_bool(c->arena, o, "danger", danger);
    json_set_str(c->arena, o, "action",
                 str_fmt(c->arena, "/office/erasures/%lld/%s", (long long)c->row, what));
    json_set_str(c->arena, o, "says", ctx_tr(c, says));
    return json_set_array(c->arena, o, "fields");
}

static void known_row(struct ctx *c, struct json *list, const char *label, struct str value)
{
    if (!value.len) return;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "value", value);
}

static struct str when(struct ctx *c, int64_t ms)
{
    return ms ? time_words(c->lang, c->arena, ms, c->now) : STR_EMPTY;
}

bool people_erasure_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *rows, *acts;
    struct erasure e;
    struct people_kept k;
    struct subject who;
    if (!load_row(c, &e) || !people_subject(c, e.subject, &who) || !find_kept(c, e.subject, &k)) return false;
    rows = json_set_array(c->arena, doc, "rows");
    known_row(c, rows, "Name", who.name);
    known_row(c, rows, "Identity number", who.erased ? STR_EMPTY : people_mask_code(c->arena, who.code));
    known_row(c, rows, "Asked for", when(c, e.asked));
    known_row(c, rows, "First confirmation", when(c, e.first_at));
    known_row(c, rows, "Second confirmation", when(c, e.second_at));
    known_row(c, rows, "Erased", when(c, e.erased));
    json_set_str(c->arena, doc, "status_label", status_words(c, &e));
    json_set_bool(c->arena, doc, "erased", who.erased);
    show_kept(c, doc, &k);
    acts = json_set_array(c->arena, doc, "acts");
    if (waits(&e) && e.first_by != c->actor.account)
        add_act(c, acts, "confirm", "Confirm the erasure",
                e.first_by
                    ? "It happens now and cannot be undone: the account is closed, and what must not be "
                      "kept is erased."
                    : "A second officer confirms after you; until then nothing changes.",
                true);
    if (waits(&e))
        json_set_bool(
            c->arena,
            people_field(c,
                         add_act(c, acts, "refuse", "Refuse the erasure",
                                 "For example while a dispute or an inquiry is under way. The person "
                                 "gets the reason.",
                                 false),
                         "reason", "Reasons", "textarea", STR_EMPTY, true),
            "required", true);
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    return true;
}

static bool still_waits(struct ctx *c, const struct erasure *e)
{
    return waits(e) || err_conflict(c->err, "erasure.done", "This request has been answered already.");
}

bool people_erasure_confirm(struct ctx *c)
{
    struct erasure e;
    if (!load_row(c, &e) || !still_waits(c, &e)) return false;
    if (e.first_by == c->actor.account)
        return err_conflict(c->err, "erasure.two_officers",
                            "Another officer must confirm: you were the first.");
    if (!evidence_add(c, "person.erase_confirmed", "person", e.subject, e.subject, NULL)) return false;
    if (e.first_by) {
        e.second_by = c->actor.account;
        e.second_at = c->now;
        ctx_notice(c, "Done: the account is closed.");
        return carry_out(c, &e) && ctx_redirect(c, "/office/erasures/%lld", (long long)c->row);
    }
    e.first_by = c->actor.account;
    e.first_at = c->now;
    e.status = STR("confirmed");
    ctx_notice(c, "Confirmed. A second officer confirms after you.");
    return people_store_erasure_put(c, &e) && ctx_redirect(c, "/office/erasures/%lld", (long long)c->row);
}

bool people_erasure_refuse(struct ctx *c)
{
    const struct people_messenger *m = &people_state(c)->messenger;
    struct erasure e;
    struct json *params = json_object(c->arena);
    if (!load_row(c, &e) || !still_waits(c, &e)) return false;
    json_set_str(c->arena, params, "reason", in_text(c, "reason"));
    ctx_notice(c, "Refused. The person gets the reason.");
    return people_store_erasure_drop(c, e.subject) &&
           evidence_add(c, "person.erase_refused", "person", e.subject, e.subject, NULL) &&
           (!m->send ||
            m->send(c, e.subject, "Your account is not closed and your data is not erased now: %{reason}",
                    params, STR("/me/erase"))) &&
           ctx_redirect(c, "/office/erasures");
}
