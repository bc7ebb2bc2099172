/* Rules of corrections. */
#include "modules/governance/governance_correction.h"

#include "core/base/id.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"

bool correction_load(struct ctx *c, int64_t id, struct correction *k)
{
    bool found, told = false;
    int64_t unit = c->actor.unit;
    if (!correction_store_load(c, id, k, &found)) return false;
    bool seen =
        found && (ctx_may(c, "exchange.publish") || (unit && (k->provider == unit || k->asked_unit == unit)));
    if (found && !seen && unit && !correction_store_is_told(c, id, unit, &told, &k->noted_at)) return false;
    return seen || told || err_missing(c->err, "correction", "There is no such correction.");
}

static bool record(struct ctx *c, const char *act, const struct correction *k)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "entry", k->entry);
    json_set_str(c->arena, detail, "item", k->item);
    json_set_str(c->arena, detail, "state", k->state);
    return evidence_add(c, act, "data_correction", k->id, k->subject, detail);
}

bool correction_open(struct ctx *c, struct correction *k)
{
    k->id = ctx_id(c);
    k->opened = c->now;
    k->state = STR("open");
    k->number = exchange_number(c, k->number);
    k->subject_index = exchange_subject_index(c, k->number);
    if (!k->subject && !people_find(c, SUBJECT_PERSON, k->number, &k->subject)) return false;
    if (!k->subject && !people_find(c, SUBJECT_ORGANISATION, k->number, &k->subject)) return false;
    return orgs_due(c, "exchange.correction_workdays", &k->due) && correction_store_add(c, k) &&
           record(c, "correction.open", k);
}

static bool done_or_conflict(struct ctx *c, bool done)
{
    return done || err_conflict(c->err, "correction.state",
                                "This step has already been done, or another one comes first.");
}

static bool is_provider(struct ctx *c, const struct correction *k)
{
    return (c->actor.unit && k->provider == c->actor.unit) ||
           err_denied(c->err, "exchange.not_provider",
                      "Only the department that provides this data can do this.");
}

bool correction_take(struct ctx *c, struct correction *k)
{
    bool done;
    k->state = STR("checking");
    return is_provider(c, k) && correction_store_take(c, k->id, &done) && done_or_conflict(c, done) &&
           record(c, "correction.take", k);
}

/* Everybody who was told the datum in the last year, the person among them. */
static bool tell_all(struct ctx *c, const struct correction *k)
{
    struct exchange_consumer *rows;
    size_t count;
    if (!k->subject_index.len) return true;
    if (!exchange_told(c, k->subject_index, k->entry, id_at_least(c->now - TOLD_DAYS * MS_DAY), &rows,
                       &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].unit && rows[i].unit != k->provider && !correction_store_tell(c, k->id, rows[i].unit))
            return false;
    return true;
}

static bool tell_person(struct ctx *c, const struct correction *k, bool corrected)
{
    struct json *params = json_object(c->arena);
    struct exchange_data d = {0};
    bool found;
    if (!k->subject) return true;
    if (!exchange_data(c, k->entry, &d, &found)) return false;
    json_set_str(c->arena, params, "data", d.name);
    json_set_str(c->arena, params, "answer", k->answer);
    return notice_send(c, k->subject,
                       corrected ? "Data about you has been corrected (%{data}): %{answer}"
                                 : "Data about you stays as it is (%{data}): %{answer}",
                       params, STR("/me/corrections"));
}

bool correction_answer(struct ctx *c, struct correction *k, bool corrected, struct str answer)
{
    bool done;
    k->state = str_c(corrected ? "corrected" : "refused");
    k->answer = answer;
    return is_provider(c, k) && correction_store_answer(c, k, &done) && done_or_conflict(c, done) &&
           (!corrected || tell_all(c, k)) && tell_person(c, k, corrected) &&
           record(c, "correction.answer", k);
}

bool correction_note(struct ctx *c, struct correction *k)
{
    bool done;
    return correction_store_note(c, k->id, c->actor.unit, &done) && done_or_conflict(c, done) &&
           record(c, "correction.note", k);
}

/* ---- what is kept about a person, and what waits for a steward ---- */

static bool export(struct ctx *c, int64_t subject, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "corrections");
    struct correction *rows;
    size_t count = CORRECTIONS_PAGE + 1;
    for (int64_t before = 0; count > CORRECTIONS_PAGE && list->count < 1000;) {
        if (!correction_store_of(c, subject, before, &rows, &count)) return false;
        for (size_t i = 0; i < count && i < CORRECTIONS_PAGE; i++) {
            struct json *o = json_add_object(c->arena, list);
            json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, rows[i].opened, c->now));
            json_set_str(c->arena, o, "item", rows[i].item);
            json_set_str(c->arena, o, "words", rows[i].words);
            json_set_str(c->arena, o, "state", rows[i].state);
            json_set_str(c->arena, o, "answer", rows[i].answer);
            before = rows[i].id;
        }
    }
    return true;
}

static void add_figure(struct ctx *c, struct json *doc, const char *label, const char *href, int64_t n)
{
    struct json *f = json_add_object(c->arena, (struct json *)json_get(doc, "figures"));
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    json_set_c(c->arena, f, "href", href);
    json_set_str(c->arena, f, "count", str_fmt(c->arena, "%lld", (long long)n));
    json_set(f, "color", json_null(c->arena));
}

static bool office_home(struct ctx *c, struct json *doc)
{
    int64_t open, told;
    if (!ctx_may(c, "correction.answer") || !c->actor.unit) return true;
    if (!correction_store_waiting(c, c->actor.unit, &open, &told)) return false;
    add_figure(c, doc, "Corrections to make", "/office/exchange/corrections?f=open", open);
    add_figure(c, doc, "Corrected by others", "/office/exchange/corrections?f=told", told);
    return true;
}

const struct people_part correction_part = {
    .name = "governance", .export = export, .erase = correction_store_forget, .office_home = office_home};
