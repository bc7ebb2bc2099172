#include "core/http/server.h"
#include "modules/cases/cases.h"
#include "modules/evidence/evidence.h"
#include "modules/notices/notices.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/ratings/ratings_internal.h"

/* ---- words that are data: version 1 of the list of reasons ---- */

enum { GOOD = 1 << 1 | 1 << 2 | 1 << 3, BAD = 1 << 3 | 1 << 4 | 1 << 5 };

const struct rating_reason rating_reasons[] = {
    {"fast", GOOD, "It was fast"},
    {"clear", GOOD, "The guide was clear"},
    {"easy", GOOD, "It was easy to use"},
    {"once", GOOD, "One visit, or none, was enough"},
    {"friendly", GOOD, "The officers were friendly and able"},
    {"slow", BAD, "It took too long"},
    {"unclear", BAD, "I was not told clearly what is needed"},
    {"hard", BAD, "It was hard to use"},
    {"visits", BAD, "I had to come more than once"},
    {"extra", BAD, "Documents outside the list were asked for"},
    {"attitude", BAD, "The officers were not friendly"},
    {"fees", BAD, "Fees outside the list were asked for"},
};
const size_t rating_reason_count = sizeof rating_reasons / sizeof rating_reasons[0];

const char *rating_level_msgid(int64_t level)
{
    static const char *const names[] = {
        "", "Very satisfied", "Satisfied", "Basically satisfied", "Dissatisfied", "Very dissatisfied"};
    return level >= 1 && level <= LEVELS ? names[level] : "";
}

struct str rating_reasons_text(struct ctx *c, struct str codes)
{
    struct buf b = buf_new(c->arena, 64);
    struct str code;
    while (codes.len) {
        codes = str_cut(codes, ',', &code);
        for (size_t i = 0; i < rating_reason_count; i++) {
            if (!str_eq_c(code, rating_reasons[i].code)) continue;
            if (b.len) buf_add_c(&b, " · ");
            buf_add(&b, ctx_tr(c, rating_reasons[i].msgid));
        }
    }
    return buf_str(&b);
}

/* ---- who sees what ---- */

struct rating_view rating_view_of(const struct ctx *c)
{
    struct rating_view v = {
        .unit = c->actor.unit, .area = c->actor.area, .area_wide = ctx_may(c, "rating.supervise")};
    while (v.area.len >= 2 && str_ends(v.area, STR("00")))
        v.area.len -= 2; /* "00" pairs mean the whole of the level above */
    return v;
}

/* ---- the clock ---- */

struct clock_due rating_due(struct ctx *c, const struct rating *r)
{
    const struct clock_event events[] = {{CLOCK_START, r->at, 0}, {CLOCK_STOP, r->closed_at, 0}};
    const struct clock_terms terms =
        orgs_clock_terms(c, (struct limit){LIMIT_NONE, 0}, (struct limit){LIMIT_WORKDAYS, (int)r->days});
    return workclock_state(events, r->closed_at ? 2 : 1, &terms, c->now).promised;
}

static bool open_rectification(struct ctx *c, struct rating *r)
{
    bool provisional;
    if (!orgs_number(c, "rating.rectify_workdays", &r->days)) return false;
    r->due = workclock_due(orgs_calendar(c), office_hours_default, r->at,
                           (struct limit){LIMIT_WORKDAYS, (int)r->days}, &provisional);
    return ratings_store_open(c, r);
}

/* ---- giving ---- */

/* An agent whose mandate has ended, or is for another department, has no say any more. */
static bool still_theirs(struct ctx *c, const struct case_file *f)
{
    if (f->applicant == c->actor.subject || people_may_act_before(c, f->applicant, f->unit)) return true;
    if (c->err->kind != ERR_NONE) return false;
    return err_missing(c->err, "case", "We cannot find this application.");
}

bool rating_may_give(struct ctx *c, int64_t case_id, struct rating *out)
{
    struct case_file f;
    int64_t earlier;
    if (!case_load(c, case_id, &f) || !still_theirs(c, &f) || !ratings_store_of_case(c, case_id, &earlier))
        return false;
    if (earlier)
        return err_conflict(c->err, "rating.done", "This application has already been rated. Thank you.");
    if (!f.closed && !f.result.len)
        return err_conflict(c->err, "rating.early", "An application can be rated once there is a result.");
    *out = (struct rating){.case_id = f.id,
                           .case_no = f.case_no,
                           .item = f.item,
                           .item_version = f.item_version,
                           .item_name = f.item_name,
                           .unit = f.unit,
                           .division = f.division,
                           .channel = f.channel,
                           .rater = c->actor.subject,
                           .at = c->now};
    return true;
}

static bool record(struct ctx *c, const char *act, const struct rating *r, const char *key, int64_t value)
{
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "case", r->case_id);
    if (key) json_set_i64(c->arena, detail, key, value);
    return evidence_add(c, act, "rating", r->id, r->rater, detail);
}

bool rating_give(struct ctx *c, struct rating *r)
{
    bool fresh;
    r->id = ctx_id(c);
    if (!ratings_store_add(c, r, &fresh)) return false;
    if (!fresh)
        return err_conflict(c->err, "rating.done", "This application has already been rated. Thank you.");
    if (r->level >= FIRST_BAD_LEVEL && !open_rectification(c, r)) return false;
    return record(c, "rating.give", r, "level", r->level);
}

bool rating_add(struct ctx *c, int64_t case_id, int level, struct str reasons, struct str said)
{
    struct rating r;
    if (!rating_may_give(c, case_id, &r)) return false;
    r.level = level;
    r.reasons = reasons;
    r.said = said;
    return rating_give(c, &r);
}

/* ---- putting right ---- */

static bool in_order(struct ctx *c, bool done)
{
    return done || err_conflict(c->err, "rating.state",
                                "This step has already been done, or another one comes first.");
}

bool rating_verify(struct ctx *c, const struct rating *r, struct str finding)
{
    bool done;
    return ratings_store_verify(c, r, finding, &done) && in_order(c, done) &&
           record(c, "rating.verify", r, NULL, 0);
}

bool rating_measure(struct ctx *c, const struct rating *r, struct str measure)
{
    bool done;
    return ratings_store_measure(c, r, measure, &done) && in_order(c, done) &&
           record(c, "rating.measure", r, NULL, 0);
}

static struct json *words_about(struct ctx *c, const struct rating *r)
{
    struct json *params = json_object(c->arena);
    json_set_str(c->arena, params, "item", r->item_name);
    return params;
}

bool rating_close(struct ctx *c, const struct rating *r, struct str reply, struct str callback, bool publish)
{
    bool done;
    struct json *params = words_about(c, r);
    json_set_str(c->arena, params, "reply", reply);
    return ratings_store_close(c, r, reply, callback, publish, &done) && in_order(c, done) &&
           record(c, "rating.close", r, "published", publish) &&
           notice_send(c, r->rater, "Your rating of “%{item}” has been followed up: %{reply}", params,
                       str_fmt(c->arena, "/cases/%lld", (long long)r->case_id));
}

/* ---- excluding a mistaken one: two people, one reason ---- */

bool rating_ask_exclusion(struct ctx *c, const struct rating *r, struct str why)
{
    bool done;
    if (r->excluded) return in_order(c, false);
    return ratings_store_ask(c, r, why, &done) && in_order(c, done) &&
           record(c, "rating.exclude_ask", r, NULL, 0);
}

bool rating_decide_exclusion(struct ctx *c, const struct rating *r, bool agree, struct str answer)
{
    bool done;
    if (str_eq_c(r->exclusion, "asked") && r->asked_by == c->actor.account)
        return err_denied(c->err, "rating.second_person",
                          "Who asked for it cannot decide it: a second person must.");
    if (!ratings_store_decide(c, r, agree, answer, &done) || !in_order(c, done)) return false;
    if (!agree) return record(c, "rating.exclude_deny", r, NULL, 0);
    struct json *params = words_about(c, r);
    json_set_str(c->arena, params, "why", answer);
    return ratings_store_exclude(c, r) && record(c, "rating.exclude", r, NULL, 0) &&
           notice_send(c, r->rater, "Your rating of “%{item}” has been reviewed and is not counted: %{why}",
                       params, str_fmt(c->arena, "/cases/%lld", (long long)r->case_id));
}

/* ---- sums ---- */

struct json *rating_sum(struct ctx *c, int64_t item)
{
    int64_t counts[LEVELS + 1], total = 0;
    if (!ratings_store_levels(c, item, 0, counts)) return NULL;
    struct json *sum = json_object(c->arena), *levels = json_array(c->arena);
    for (int level = 1; level <= LEVELS; level++) {
        struct json *o = json_add_object(c->arena, levels);
        json_set_i64(c->arena, o, "level", level);
        json_set_i64(c->arena, o, "count", counts[level]);
        total += counts[level];
    }
    json_set_i64(c->arena, sum, "count", total);
    json_set_i64(c->arena, sum, "satisfied", counts[1] + counts[2]);
    json_set(sum, "levels", levels);
    return sum;
}
