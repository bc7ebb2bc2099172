/* Runs: which entries are due, a page of records at a time, and the scores at the end. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/evidence/evidence.h"
#include "modules/governance/governance_quality.h"
#include "modules/registry/registry.h"
#include "modules/watch/watch.h"

/* ---- beginning ---- */

static bool next_page(struct ctx *c, int64_t run)
{
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "run", run);
    return job_add(c, "quality.page", str_fmt(c->arena, "%lld", (long long)run), payload, c->now);
}

/* A register no larger than a sample is read whole: its ids may lie in clusters, which even steps jump over.
 */
static bool reads_all(struct ctx *c, const struct quality_plan *p, bool *all)
{
    struct exchange_data data;
    bool found;
    *all = p->whole;
    if (*all) return true;
    return exchange_data(c, p->entry, &data, &found) &&
           (!found || !data.register_id.len ||
            registry_at_most(c, data.register_id, (int64_t)SAMPLE_PAGES * PAGE_RECORDS, all));
}

bool quality_start(struct ctx *c, struct quality_plan *p)
{
    struct quality_run run = {.id = ctx_id(c), .entry = p->entry, .started = c->now};
    if (!reads_all(c, p, &run.whole)) return false;
    p->running = run.id;
    p->next_at = c->now + MS_DAY;
    return quality_store_save_run(c, &run) && quality_store_save_plan(c, p) && next_page(c, run.id);
}

bool quality_planner(struct ctx *c, const struct json *)
{
    struct quality_plan *rows;
    size_t count;
    if (!quality_store_due(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!quality_start(c, &rows[i])) return false;
    return true;
}

/* ---- reading ---- */

struct page {
    struct quality_run run;
    struct exchange_data data;
    struct quality_rule *rules;
    size_t rule_count;
    struct json *counts; /* of the same order as the rules */
};

/* Where the next piece begins: a sample jumps over the register in even steps. */
static bool scan(struct ctx *c, struct page *p, struct json **list)
{
    int64_t first, last, from = p->run.after;
    *list = json_array(c->arena);
    if (!p->data.register_id.len) return true;
    if (!p->run.whole) {
        if (!registry_range(c, p->data.register_id, &first, &last)) return false;
        int64_t target = first - 1 + (last - first) / SAMPLE_PAGES * p->run.page;
        if (p->run.page >= SAMPLE_PAGES) return true;
        if (target > from) from = target;
    }
    p->run.after = from;
    return registry_scan(c, p->data.register_id, &p->run.after, PAGE_RECORDS, list);
}

/* A piece of a sample may be empty; the sample ends with its last piece. */
static bool is_last(const struct page *p, size_t records)
{
    if (!p->data.register_id.len) return true;
    return p->run.whole ? records < PAGE_RECORDS : p->run.page + 1 >= SAMPLE_PAGES || records == 0;
}

static bool check_record(struct ctx *c, struct page *p, const struct json *record)
{
    struct str number = quality_value(c, record, json_text_of(json_at(p->data.items, 0), "id"));
    struct json *o = p->counts->first;
    for (size_t i = 0; i < p->rule_count; i++, o = o->next) {
        const struct quality_rule *r = &p->rules[i];
        enum quality_verdict verdict;
        if (str_eq_c(r->kind, "unique")) {
            struct str value = quality_value(c, record, r->item);
            if (value.len)
                json_add((struct json *)json_get(o, "seen"),
                         json_string(c->arena,
                                     str_hex(c->arena,
                                             blind_index(ctx_keys(c), c->arena, "quality", value).ptr, 16)));
            continue;
        }
        if (!quality_check(c, r, p->data.items, record, &verdict)) return false;
        if (verdict == QUALITY_NOTHING) continue;
        json_set_i64(c->arena, o, "checked", json_i64_of(o, "checked", 0) + 1);
        if (verdict == QUALITY_HOLDS) continue;
        json_set_i64(c->arena, o, "failed", json_i64_of(o, "failed", 0) + 1);
        struct json *failures = (struct json *)json_get(o, "failures");
        if (failures->count < FAILURES_KEPT && number.len) json_add(failures, json_string(c->arena, number));
    }
    return true;
}

static bool load_page(struct ctx *c, int64_t run, struct page *p, bool *found)
{
    if (!quality_store_run(c, run, &p->run, found)) return false;
    *found = *found && !p->run.finished;
    if (!*found) return true;
    return exchange_data(c, p->run.entry, &p->data, found) &&
           (!*found || quality_store_rules(c, p->run.entry, &p->rules, &p->rule_count));
}

bool quality_read_page(struct ctx *c, const struct json *payload)
{
    struct page p = {0};
    struct json *list;
    bool found;
    if (!load_page(c, json_i64_of(payload, "run", 0), &p, &found)) return false;
    c->prepared = json_object(c->arena);
    if (!found) return true;
    p.counts = json_set_array(c->arena, c->prepared, "counts");
    for (size_t i = 0; i < p.rule_count; i++) {
        struct json *o = json_add_object(c->arena, p.counts);
        json_set_id(c->arena, o, "rule", p.rules[i].id);
        json_set_i64(c->arena, o, "checked", 0);
        json_set_i64(c->arena, o, "failed", 0);
        json_set_array(c->arena, o, "failures");
        json_set_array(c->arena, o, "seen");
    }
    if (!scan(c, &p, &list)) return false;
    JSON_EACH(record, list)
    {
        if (!check_record(c, &p, record)) return false;
    }
    json_set_i64(c->arena, c->prepared, "page", p.run.page);
    json_set_id(c->arena, c->prepared, "after", p.run.after);
    json_set_i64(c->arena, c->prepared, "records", (int64_t)list->count);
    json_set_bool(c->arena, c->prepared, "last", is_last(&p, list->count));
    return true;
}

/* ---- adding ---- */

static bool add_counts(struct ctx *c, int64_t run, int64_t page)
{
    JSON_EACH(o, json_get(c->prepared, "counts"))
    {
        struct quality_count n = {json_i64_of(o, "rule", 0), json_i64_of(o, "checked", 0),
                                  json_i64_of(o, "failed", 0)};
        int64_t k = page * FAILURES_KEPT;
        JSON_EACH(one, json_get(o, "seen"))
        {
            struct str digest;
            bool fresh;
            if (!str_unhex(c->arena, one->text, &digest) ||
                !quality_store_see(c, run, n.rule, digest, &fresh))
                return false;
            n.checked++;
            n.failed += !fresh;
        }
        JSON_EACH(number, json_get(o, "failures"))
        {
            if (k < FAILURES_KEPT * 4 && !quality_store_fail(c, run, n.rule, k++, number->text)) return false;
        }
        if (!quality_store_add_count(c, run, &n)) return false;
    }
    return true;
}

static bool score(struct ctx *c, const struct page *p, struct quality_scores *s)
{
    int64_t checked[DIMENSIONS] = {0}, failed[DIMENSIONS] = {0}, sum = 0, known = 0;
    struct quality_count *counts;
    size_t count;
    if (!quality_store_counts(c, p->run.id, &counts, &count)) return false;
    for (size_t i = 0; i < p->rule_count; i++) {
        int d = quality_dimension_of(p->rules[i].kind);
        for (size_t k = 0; d >= 0 && k < count; k++) {
            if (counts[k].rule != p->rules[i].id) continue;
            checked[d] += counts[k].checked;
            failed[d] += counts[k].failed;
        }
    }
    for (int d = 0; d < DIMENSIONS; d++) {
        s->of[d] = checked[d] ? (checked[d] - failed[d]) * 1000 / checked[d] : -1;
        if (s->of[d] < 0) continue;
        sum += s->of[d];
        known++;
    }
    s->overall = known ? sum / known : -1;
    return true;
}

static bool add_reach(struct ctx *c, const struct page *p)
{
    struct quality_count n = {0};
    for (size_t i = 0; i < p->rule_count; i++) {
        if (!str_eq_c(p->rules[i].kind, "reachable")) continue;
        n.rule = p->rules[i].id;
        if (!watch_reached(c, p->data.resource, date_of(c->now) - REACH_DAYS, &n.checked, &n.failed))
            return false;
        if (n.checked && !quality_store_add_count(c, p->run.id, &n)) return false;
    }
    return true;
}

static bool finish(struct ctx *c, struct page *p)
{
    struct quality_scores s = {
        .entry = p->run.entry, .unit = p->data.unit, .at = c->now, .records = p->run.records};
    struct json *detail = json_object(c->arena);
    struct quality_plan plan;
    bool found;
    p->run.finished = c->now;
    if (!add_reach(c, p) || !score(c, p, &s) || !quality_store_finish(c, &p->run, &s) ||
        !quality_store_plan(c, p->run.entry, &plan, &found))
        return false;
    plan.running = 0;
    if (found && !quality_store_save_plan(c, &plan)) return false;
    json_set_i64(c->arena, detail, "records", s.records);
    json_set_i64(c->arena, detail, "score", s.overall);
    return evidence_add(c, "quality.run", "data_entry", p->run.entry, 0, detail);
}

bool quality_add_page(struct ctx *c, const struct json *payload)
{
    struct page p = {0};
    bool found;
    if (!load_page(c, json_i64_of(payload, "run", 0), &p, &found)) return false;
    /* Another program was here between reading and writing: it goes on from there. */
    if (!found || !json_get(c->prepared, "page") || json_i64_of(c->prepared, "page", -1) != p.run.page)
        return true;
    p.run.after = json_i64_of(c->prepared, "after", 0);
    p.run.records += json_i64_of(c->prepared, "records", 0);
    if (!add_counts(c, p.run.id, p.run.page)) return false;
    p.run.page++;
    if (json_true_of(c->prepared, "last")) return finish(c, &p);
    return quality_store_save_run(c, &p.run) && next_page(c, p.run.id);
}

/* ---- rules from the description ---- */

static bool add_rule(struct ctx *c, const struct exchange_data *d, const char *kind, struct str item,
                     const char *param)
{
    const struct quality_rule r = {
        .id = ctx_id(c), .entry = d->entry, .kind = str_c(kind), .item = item, .param = str_c(param)};
    bool fresh;
    return quality_store_add_rule(c, &r, &fresh);
}

bool quality_begin(struct ctx *c, const struct exchange_data *d)
{
    static const struct {
        const char *item, *format;
    } formats[] = {{"id_number", "id_number"}, {"legal_representative_id_number", "id_number"},
                   {"uscc", "uscc"},           {"mobile", "mobile"},
                   {"division", "division"},   {"last_paid", "month"},
                   {"paid_until", "month"}};
    size_t n = 0;
    struct quality_plan plan;
    bool found;
    JSON_EACH(i, d->items)
    {
        struct str id = json_text_of(i, "id");
        if (n++ < 2 && !add_rule(c, d, "required", id, "")) return false;
        if (!add_rule(c, d, "type", id, "")) return false;
        for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++)
            if (str_eq_c(id, formats[k].item) && !add_rule(c, d, "format", id, formats[k].format))
                return false;
    }
    if (!add_rule(c, d, "reachable", STR_EMPTY, "") || !quality_store_plan(c, d->entry, &plan, &found))
        return false;
    if (!found) plan = (struct quality_plan){.entry = d->entry, .unit = d->unit, .next_at = c->now};
    return quality_store_save_plan(c, &plan);
}

bool governance_begin(struct ctx *c)
{
    struct exchange_data *rows, d;
    struct quality_plan plan;
    size_t count;
    bool found;
    if (!exchange_data_open(c, 0, 0, 1000, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].register_id.len) continue;
        if (!quality_store_plan(c, rows[i].entry, &plan, &found)) return false;
        if (found) continue;
        if (!exchange_data(c, rows[i].entry, &d, &found) || (found && !quality_begin(c, &d))) return false;
    }
    return true;
}
