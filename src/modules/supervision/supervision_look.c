/* Looking at cases: what begins, what ends, who is told. */
#include "core/base/id.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/supervision/supervision_rules.h"

/* Acts are written with ids in the order of time, but transactions end in another: acts of the last half
 * minute are looked at again. A round is one write: short, and the next follows at once where more waits. */
enum { ROUND_ACTS = 200, ROUND_CASES = 100 };
#define UNSETTLED (30 * MS_SECOND)
/* However long nothing seems to change. */
#define AT_LATEST (7 * MS_DAY)
/* Services of one life event move their common promise without an act in this case. */
#define TOGETHER_AT_LATEST MS_DAY

/* ---- telling ---- */

/* Rules about what is owed name them; the place says which of it. */
static bool tell_applicant(struct ctx *c, const struct finding *f)
{
    struct str day, duty = str_cut(f->place, '/', &day);
    int64_t id;
    return !str_to_i64(duty, &id) || case_tell_owed(c, f->case_id, id);
}

/* Which task or job it is of stands at the end of a place. */
static struct str end_of(struct str place)
{
    struct str last = STR_EMPTY;
    while (place.len)
        place = str_cut(place, '/', &last);
    return last;
}

/* Stewards mend systems of their department, whoever's the case is. */
static int64_t stewards_of(const struct case_watch *w, const struct finding *f)
{
    int64_t id;
    for (size_t i = 0; str_to_i64(end_of(f->place), &id) && i < w->incident_count; i++)
        if (w->incidents[i].id == id) return w->incidents[i].mender;
    return f->unit;
}

static bool tell(struct ctx *c, const struct case_watch *w, const struct finding *f, struct str told)
{
    struct str one;
    while (told.len) {
        told = str_cut(told, '|', &one);
        if (str_eq_c(one, "applicant")) {
            if (!tell_applicant(c, f)) return false;
            continue;
        }
        struct message m = {.told = one,
                            .unit = str_eq_c(one, "steward") ? stewards_of(w, f) : f->unit,
                            .division = f->division,
                            .what = f->kind,
                            .finding_id = f->id,
                            .case_no = f->case_no};
        if (!message_add(c, &m)) return false;
    }
    return true;
}

static bool begin(struct ctx *c, const struct case_watch *w, const struct supervise_finding *now,
                  struct str told)
{
    struct json *detail = json_object(c->arena);
    struct finding f = {.id = ctx_id(c),
                        .case_id = w->file.id,
                        .case_no = w->file.case_no,
                        .item_name = w->file.item_name,
                        .unit = now->unit ? now->unit : w->file.unit,
                        .division = w->file.division,
                        .rule = now->rule->id,
                        .rule_version = now->rule->version,
                        .kind = str_c(supervise_kind_name(now->rule->kind)),
                        .level = now->rule->level,
                        .place = now->key,
                        .account = now->account,
                        .since = now->at,
                        .found = c->now};
    json_set_str(c->arena, detail, "rule", f.rule);
    json_set_i64(c->arena, detail, "rule_version", f.rule_version);
    json_set_c(c->arena, detail, "level", supervise_level_name(now->rule->level));
    json_set_i64(c->arena, detail, "since", f.since);
    json_set_id(c->arena, detail, "finding", f.id);
    return finding_add(c, &f) && tell(c, w, &f, told) &&
           evidence_add(c, "supervision.find", "case", f.case_id, w->file.applicant, detail);
}

/* Of what was mended nobody has to read any more. What comes again afterwards is told again. */
static bool end(struct ctx *c, struct finding *f)
{
    f->ended = c->now;
    return finding_set_ended(c, f->id, c->now) &&
           (!supervise_kind_mended(supervise_kind_of(f->kind)) || message_end(c, f->id));
}

static bool stand_again(struct ctx *c, const struct case_watch *w, struct finding *f, struct str told)
{
    f->ended = 0;
    return finding_set_ended(c, f->id, 0) &&
           (!supervise_kind_mended(supervise_kind_of(f->kind)) || tell(c, w, f, told));
}

/* ---- one case ---- */

/* A task of a system stays the same where a version that the case was moved to calls its step otherwise. */
static bool same_place(const struct finding *f, const struct supervise_finding *now)
{
    return str_eq(f->place, now->key) || (now->rule->kind == SUPERVISE_INCIDENT &&
                                          str_eq_c(f->kind, supervise_kind_name(now->rule->kind)) &&
                                          str_eq(end_of(f->place), end_of(now->key)));
}

/* Another rule may have taken the place of the one that found it: what stands, or was set aside, is not found
 * a second time by a rule that says the same of the same place. */
static bool is_same(const struct finding *f, const struct supervise_finding *now)
{
    bool lives = !f->ended || f->excused,
         alike = f->level == (int)now->rule->level && str_eq_c(f->kind, supervise_kind_name(now->rule->kind));
    return same_place(f, now) && (str_eq(f->rule, now->rule->id) || (lives && alike));
}

static struct finding *known(struct finding *list, size_t count, const struct supervise_finding *f)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].rule, f->rule->id) && same_place(&list[i], f)) return &list[i];
    for (size_t i = 0; i < count; i++)
        if (is_same(&list[i], f)) return &list[i];
    return NULL;
}

static bool still(const struct supervise_result *r, const struct finding *f)
{
    for (size_t i = 0; i < r->count; i++)
        if (is_same(f, &r->list[i])) return true;
    return false;
}

static struct str told_by(const struct rule_row *const *rules, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rules[i]->rule.id, id)) return rules[i]->told;
    return STR_EMPTY;
}

static bool compare(struct ctx *c, const struct case_watch *w, const struct supervise_result *r,
                    const struct rule_row *const *rules, size_t rule_count)
{
    struct finding *before;
    size_t count;
    if (!finding_of_case(c, w->file.id, &before, &count)) return false;
    for (size_t i = 0; i < r->count; i++) {
        struct finding *f = known(before, count, &r->list[i]);
        struct str told = told_by(rules, rule_count, r->list[i].rule->id);
        if (f && f->ended && !f->excused && !stand_again(c, w, f, told)) return false;
        if (f) continue;
        if (!begin(c, w, &r->list[i], told)) return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!before[i].ended && !still(r, &before[i]) && !end(c, &before[i])) return false;
    return true;
}

static bool is_open(const struct case_file *f)
{
    return f->submitted && !f->closed && !str_eq_c(f->status, "decided");
}

/* The light of a case: green is -1, else the gravest of what stands about time. */
static int light_of(const struct supervise_result *r, bool decided)
{
    int level = -1;
    for (size_t i = 0; i < r->count; i++)
        if (supervise_kind_lights(r->list[i].rule->kind, decided) && (int)r->list[i].rule->level > level)
            level = (int)r->list[i].rule->level;
    return level;
}

bool supervision_look(struct ctx *c, int64_t case_id)
{
    struct case_watch w;
    struct supervise_facts f;
    struct supervise_result r;
    const struct rule_row **rows;
    if (!case_watch_load(c, case_id, &w)) {
        if (c->err->kind != ERR_MISSING) return false;
        err_clear(c->err); /* a draft that was thrown away */
        return watched_drop(c, case_id);
    }
    if (!w.file.submitted) return true;
    if (!supervision_facts(c, &w, &f)) return false;
    const struct rule_case of = {.division = w.file.division,
                                 .type = w.item ? w.item->type : STR_EMPTY,
                                 .item = w.item ? w.item->code : STR_EMPTY,
                                 .unit = w.file.unit};
    size_t count = supervision_rules_for(c, supervision_book(c), &of, &rows);
    struct supervise_rule *rules = ARENA_ARRAY(c->arena, count + 1, struct supervise_rule);
    for (size_t i = 0; i < count; i++)
        rules[i] = rows[i]->rule;
    supervise(rules, count, &f, c->now, &r);
    if (!compare(c, &w, &r, rows, count)) return false;
    bool open = is_open(&w.file);
    /* What was promised for it may outlast the case, and so may a job that was given up. */
    if (!open && !w.duty_count && !w.halted_count) return watched_drop(c, case_id);
    int64_t latest = c->now + (w.together.part ? TOGETHER_AT_LATEST : AT_LATEST),
            next = r.next < latest ? r.next : latest;
    return watched_save(c, &w.file, light_of(&r, !open), next);
}

/* ---- a round ---- */

static bool seen_before(const int64_t *cases, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (cases[i] == id) return true;
    return false;
}

/* `after`: where the round before stopped, 0 where this one is the first. What is kept never passes what is
 * settled, so that the next first round looks at the young acts again. */
static bool look_at_changes(struct ctx *c, int64_t after, int64_t *go_on)
{
    int64_t *cases, *acts, cursor, settled = id_at_least(c->now - UNSETTLED);
    size_t count;
    if (!cursor_load(c, &cursor) ||
        !case_watch_changes(c, after > cursor ? after : cursor, ROUND_ACTS, &cases, &acts, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!seen_before(cases, i, cases[i]) && !supervision_look(c, cases[i])) return false;
    if (!count) return true;
    int64_t last = acts[count - 1];
    if (count == ROUND_ACTS) *go_on = last;
    if (last >= settled) last = settled - 1;
    return last <= cursor || cursor_save(c, last);
}

static bool look_at_due(struct ctx *c, int64_t after, int64_t *go_on)
{
    int64_t *cases;
    size_t count;
    if (!watched_due(c, ROUND_CASES, &cases, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!supervision_look(c, cases[i])) return false;
    if (count == ROUND_CASES && !*go_on) *go_on = after > 0 ? after : 1;
    return true;
}

bool supervision_round(struct ctx *c, const struct json *payload)
{
    int64_t after = json_i64_of(payload, "after", 0), go_on = 0;
    bool changed;
    if (!orgs_clock_changed(c, "supervision.clock", &changed) ||
        (changed && !watched_wake_all(c, c->now + ORGS_CLOCK_SETTLES_MS)))
        return false;
    if (!look_at_changes(c, after, &go_on) || !look_at_due(c, after, &go_on)) return false;
    if (!go_on) return true;
    struct json *next = json_object(c->arena);
    json_set_id(c->arena, next, "after", go_on);
    return job_add(c, "supervision.more", STR("more"), next, c->now);
}

bool supervision_charge(struct ctx *c, int64_t case_id, int64_t fen)
{
    int64_t before, at;
    if (!charge_load(c, case_id, &before, &at)) return false;
    if (before >= 0 && before != fen)
        return err_conflict(c->err, "supervision.charged",
                            "Another amount was noted for this application before.");
    return before == fen || (charge_save(c, case_id, fen) && watched_wake(c, case_id));
}
