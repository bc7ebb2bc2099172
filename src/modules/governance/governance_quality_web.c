/* Quality as officers see it: a board with the worst first, and an entry with its shape, history and rules.
 */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/governance/governance_quality.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

#define ROOT "/office/exchange/quality"

enum {
    USED_MAX = 200,
    GOOD = 950,
    FAIR = 800,
    RADAR_X = 170,
    RADAR_Y = 135,
    RADAR_R = 95,
    LINE_W = 600,
    LINE_H = 100
};

static struct str score_text(struct ctx *c, int64_t s)
{
    return s < 0 ? STR("–") : str_fmt(c->arena, "%lld.%lld", (long long)(s / 10), (long long)(s % 10));
}

static const char *tone(int64_t s)
{
    return s < 0 ? "none" : s >= GOOD ? "good" : s >= FAIR ? "fair" : "poor";
}

static void add_cell(struct ctx *c, struct json *list, const char *label, int64_t s)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "score", score_text(c, s));
    json_set_c(c->arena, o, "tone", tone(s));
}

static void add_scores(struct ctx *c, struct json *o, const struct quality_scores *s)
{
    struct json *cells = json_set_array(c->arena, o, "cells");
    json_set_str(c->arena, o, "overall", score_text(c, s->overall));
    json_set_c(c->arena, o, "tone", tone(s->overall));
    for (int d = 0; d < DIMENSIONS; d++)
        add_cell(c, cells, dimension_words[d].msgid, s->of[d]);
}

/* ---- the board ---- */

struct listed {
    struct quality_scores *rows;
    size_t count;
    bool more;
};

/* f: "own", "used" (what the department has permits for), "all". */
static bool list_of(struct ctx *c, struct str f, struct listed *out)
{
    int64_t *used;
    size_t count;
    bool found;
    out->more = false;
    if (!str_eq_c(f, "used")) {
        int64_t unit = str_eq_c(f, "own") ? c->actor.unit ? c->actor.unit : -1 : 0;
        if (!quality_store_list(c, unit, in_i64(c, "overall", -2), in_i64(c, "entry", 0), QUALITY_PAGE + 1,
                                &out->rows, &out->count))
            return false;
        out->more = out->count > QUALITY_PAGE;
        if (out->more) out->count = QUALITY_PAGE;
        return true;
    }
    if (!exchange_data_used(c, c->actor.unit, USED_MAX, &used, &count)) return false;
    out->rows = ARENA_ARRAY(c->arena, count + 1, struct quality_scores);
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!quality_store_latest(c, used[i], &out->rows[out->count], &found)) return false;
        out->count += found;
    }
    return true;
}

static bool add_entry(struct ctx *c, struct json *list, const struct quality_scores *s)
{
    struct exchange_data d = {0};
    struct str name;
    bool found;
    if (!exchange_data(c, s->entry, &d, &found) || !exchange_entry_name(c, s->entry, d.name, &name))
        return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "href", str_fmt(c->arena, ROOT "/%lld", (long long)s->entry));
    json_set_str(c->arena, o, "name", found ? name : STR_EMPTY);
    json_set_str(c->arena, o, "department", exchange_unit_name(c, s->unit));
    json_set_str(c->arena, o, "when", date_format(c->arena, date_of(s->at)));
    add_scores(c, o, s);
    return true;
}

static struct str which(struct ctx *c)
{
    if (in_has(c, "f")) return in_text(c, "f");
    return ctx_may(c, "quality.keep") ? STR("own") : STR("all");
}

static bool add_providers(struct ctx *c, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "providers");
    struct quality_scores *rows;
    size_t count;
    if (!quality_store_providers(c, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", exchange_unit_name(c, rows[i].unit));
        json_set_i64(c->arena, o, "entries", rows[i].entry);
        json_set_i64(c->arena, o, "w", rows[i].overall < 0 ? 0 : rows[i].overall / 10);
        json_set_str(c->arena, o, "overall", score_text(c, rows[i].overall));
        json_set_c(c->arena, o, "tone", tone(rows[i].overall));
    }
    json_set_bool(c->arena, doc, "has_providers", count > 0);
    return true;
}

struct used {
    int64_t entries, overall, worst; /* scores: -1 where nothing was checked */
};

/* How good what a department uses is: the mean over entries it has permits for. */
static bool used_by(struct ctx *c, int64_t unit, struct used *out)
{
    struct quality_scores s;
    int64_t *ids, sum = 0, scored = 0, worst = 1000;
    size_t count;
    bool found;
    if (!exchange_data_used(c, unit, USED_MAX, &ids, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!quality_store_latest(c, ids[i], &s, &found)) return false;
        if (!found || s.overall < 0) continue;
        sum += s.overall;
        scored++;
        if (s.overall < worst) worst = s.overall;
    }
    *out = (struct used){(int64_t)count, scored ? sum / scored : -1, scored ? worst : -1};
    return true;
}

static bool add_consumer(struct ctx *c, struct json *list, const struct unit *u)
{
    struct used n;
    if (!used_by(c, u->id, &n)) return false;
    if (!n.entries) return true;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "name", exchange_unit_name(c, u->id));
    json_set_i64(c->arena, o, "entries", n.entries);
    json_set_i64(c->arena, o, "w", n.overall < 0 ? 0 : n.overall / 10);
    json_set_str(c->arena, o, "overall", score_text(c, n.overall));
    json_set_c(c->arena, o, "tone", tone(n.overall));
    json_set_str(c->arena, o, "worst", score_text(c, n.worst));
    json_set_c(c->arena, o, "worst_tone", tone(n.worst));
    return true;
}

static bool add_consumers(struct ctx *c, struct json *doc)
{
    struct json *list = json_set_array(c->arena, doc, "consumers");
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    for (size_t i = 0; i < count; i++)
        if (!add_consumer(c, list, units[i])) return false;
    json_set_bool(c->arena, doc, "has_consumers", list->count > 0);
    return true;
}

bool quality_board(struct ctx *c)
{
    static const char *const chips[][2] = {
        {"own", "Of my department"}, {"used", "What my department uses"}, {"all", "All departments"}};
    struct json *doc = ctx_doc(c), *filters = json_set_array(c->arena, doc, "filters"),
                *list = json_set_array(c->arena, doc, "entries"),
                *heads = json_set_array(c->arena, doc, "heads");
    struct str f = which(c);
    struct listed found;
    if (!list_of(c, f, &found)) return false;
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        if (!c->actor.unit && i < 2) continue;
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i][0]));
        json_set_bool(c->arena, o, "current", str_eq_c(f, chips[i][0]));
    }
    for (int d = 0; d < DIMENSIONS; d++)
        json_set_str(c->arena, json_add_object(c->arena, heads), "label",
                     ctx_tr(c, dimension_words[d].msgid));
    for (size_t i = 0; i < found.count; i++)
        if (!add_entry(c, list, &found.rows[i])) return false;
    json_set_bool(c->arena, doc, "has_entries", found.count > 0);
    json_set_str(c->arena, doc, "file_href", str_fmt(c->arena, ROOT "/table.csv?f=%.*s", STR_ARG(f)));
    json_set(doc, "pager", json_null(c->arena));
    if (found.more) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        const struct quality_scores *last = &found.rows[found.count - 1];
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?f=%.*s&overall=%lld&entry=%lld", STR_ARG(f),
                             (long long)last->overall, (long long)last->entry));
    }
    return add_providers(c, doc) && add_consumers(c, doc);
}

static void file_head(struct ctx *c, struct people_table *t, const char *first, bool worst)
{
    people_table_row(t);
    people_table_cell(t, ctx_tr(c, first));
    people_table_cell(t, ctx_tr(c, "Entries"));
    people_table_cell(t, ctx_tr(c, "Overall"));
    if (worst) people_table_cell(t, ctx_tr(c, "Worst of them"));
    people_table_row(t);
}

static bool file_departments(struct ctx *c, struct people_table *t)
{
    struct quality_scores *rows;
    const struct unit **units;
    struct used n;
    size_t count, known = orgs_units(c, &units);
    if (!quality_store_providers(c, &rows, &count)) return false;
    file_head(c, t, "By provider", false);
    for (size_t i = 0; i < count; i++) {
        people_table_cell(t, exchange_unit_name(c, rows[i].unit));
        people_table_number(t, rows[i].entry);
        people_table_cell(t, score_text(c, rows[i].overall));
        people_table_row(t);
    }
    file_head(c, t, "By consumer", true);
    for (size_t i = 0; i < known; i++) {
        if (!used_by(c, units[i]->id, &n)) return false;
        if (!n.entries) continue;
        people_table_cell(t, exchange_unit_name(c, units[i]->id));
        people_table_number(t, n.entries);
        people_table_cell(t, score_text(c, n.overall));
        people_table_cell(t, score_text(c, n.worst));
        people_table_row(t);
    }
    return true;
}

bool quality_board_file(struct ctx *c)
{
    struct people_table t;
    struct listed found;
    bool there;
    if (!list_of(c, which(c), &found) || !people_table_begin(c, &t)) return false;
    people_table_cell(&t, ctx_tr(c, "Data"));
    people_table_cell(&t, ctx_tr(c, "Department"));
    people_table_cell(&t, ctx_tr(c, "Overall"));
    for (int d = 0; d < DIMENSIONS; d++)
        people_table_cell(&t, ctx_tr(c, dimension_words[d].msgid));
    people_table_row(&t);
    for (size_t i = 0; i < found.count; i++) {
        const struct quality_scores *s = &found.rows[i];
        struct exchange_data d = {0};
        struct str name;
        if (!exchange_data(c, s->entry, &d, &there) || !exchange_entry_name(c, s->entry, d.name, &name))
            return false;
        people_table_cell(&t, name);
        people_table_cell(&t, exchange_unit_name(c, s->unit));
        people_table_cell(&t, score_text(c, s->overall));
        for (int k = 0; k < DIMENSIONS; k++)
            people_table_cell(&t, score_text(c, s->of[k]));
        people_table_row(&t);
    }
    if (!file_departments(c, &t)) return false;
    return people_table_send(
        c, &t, str_fmt(c->arena, "quality-%.*s.csv", STR_ARG(date_format(c->arena, date_of(c->now)))));
}

/* ---- one entry ---- */

static bool load(struct ctx *c, int64_t entry, struct exchange_data *d)
{
    bool found;
    return exchange_data(c, entry, d, &found) &&
           ((found && d->published) ||
            err_missing(c->err, "exchange.entry", "There is no such entry of the catalogue of data."));
}

bool quality_entry_scope(struct ctx *c)
{
    struct exchange_data d;
    return ctx_path_id(c, "id", &c->row) && load(c, c->row, &d);
}

static bool keeps(const struct ctx *c, const struct exchange_data *d)
{
    return ctx_may(c, "quality.keep") && c->actor.unit && d->unit == c->actor.unit;
}

static const int hexagon[DIMENSIONS][2] = {{0, -1000}, {866, -500}, {866, 500},
                                           {0, 1000},  {-866, 500}, {-866, -500}};

static struct str ring(struct ctx *c, const int64_t *scores, int64_t all)
{
    struct buf b = buf_new(c->arena, 96);
    for (int d = 0; d < DIMENSIONS; d++) {
        int64_t s = scores ? scores[d] : all;
        if (s < 0) continue;
        buf_fmt(&b, "%s%lld,%lld", b.len ? " " : "",
                (long long)(RADAR_X + hexagon[d][0] * RADAR_R * s / 1000000),
                (long long)(RADAR_Y + hexagon[d][1] * RADAR_R * s / 1000000));
    }
    return buf_str(&b);
}

static void add_radar(struct ctx *c, struct json *doc, const struct quality_scores *s)
{
    static const char *const anchors[DIMENSIONS] = {"middle", "start", "start", "middle", "end", "end"};
    struct json *radar = json_set_object(c->arena, doc, "radar"),
                *rings = json_set_array(c->arena, radar, "rings"),
                *axes = json_set_array(c->arena, radar, "axes");
    struct buf text = buf_new(c->arena, 200);
    for (int64_t r = 250; r <= 1000; r += 250)
        json_set_str(c->arena, json_add_object(c->arena, rings), "points", ring(c, NULL, r));
    json_set_str(c->arena, radar, "points", ring(c, s->of, 0));
    for (int d = 0; d < DIMENSIONS; d++) {
        struct json *o = json_add_object(c->arena, axes);
        struct str label = ctx_tr(c, dimension_words[d].msgid);
        json_set_i64(c->arena, o, "x", RADAR_X + hexagon[d][0] * RADAR_R / 1000);
        json_set_i64(c->arena, o, "y", RADAR_Y + hexagon[d][1] * RADAR_R / 1000);
        json_set_i64(c->arena, o, "tx", RADAR_X + hexagon[d][0] * (RADAR_R + 10) / 1000);
        json_set_i64(c->arena, o, "ty", RADAR_Y + hexagon[d][1] * (RADAR_R + 16) / 1000 + 5);
        json_set_c(c->arena, o, "anchor", anchors[d]);
        json_set_str(c->arena, o, "label", label);
        buf_fmt(&text, "%s%.*s %.*s", d ? ", " : "", STR_ARG(label), STR_ARG(score_text(c, s->of[d])));
    }
    json_set_str(c->arena, radar, "text", buf_str(&text));
}

static bool add_history(struct ctx *c, struct json *doc, int64_t entry)
{
    struct json *list = json_set_array(c->arena, doc, "history");
    struct quality_scores *rows;
    struct buf b = buf_new(c->arena, 600);
    size_t count;
    if (!quality_store_history(c, entry, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct quality_scores *s = &rows[count - 1 - i];
        buf_fmt(&b, "%s%zu,%lld", i ? " " : "", count > 1 ? i * LINE_W / (count - 1) : 0,
                (long long)(LINE_H - (s->overall < 0 ? 0 : s->overall) * LINE_H / 1000));
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, s->at, c->now));
        json_set_i64(c->arena, o, "records", s->records);
        add_scores(c, o, s);
    }
    json_set_str(c->arena, doc, "line", buf_str(&b));
    json_set_bool(c->arena, doc, "has_history", count > 1);
    return true;
}

static void add_rule(struct ctx *c, struct json *list, const struct quality_rule *r,
                     const struct exchange_data *d, const struct quality_count *n,
                     const struct quality_failure *failures, size_t count)
{
    struct json *o = json_add_object(c->arena, list), *examples = json_set_array(c->arena, o, "examples");
    int64_t s = n && n->checked ? (n->checked - n->failed) * 1000 / n->checked : -1;
    int dimension = quality_dimension_of(r->kind);
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "text", quality_rule_text(c, r, d->items));
    json_set_str(c->arena, o, "dimension",
                 dimension < 0 ? STR_EMPTY : ctx_tr(c, dimension_words[dimension].msgid));
    json_set_i64(c->arena, o, "checked", n ? n->checked : 0);
    json_set_i64(c->arena, o, "failed", n ? n->failed : 0);
    json_set_bool(c->arena, o, "any_failed", n && n->failed > 0);
    json_set_str(c->arena, o, "score", score_text(c, s));
    json_set_c(c->arena, o, "tone", tone(s));
    for (size_t i = 0; i < count; i++)
        if (failures[i].rule == r->id)
            json_set_str(c->arena, json_add_object(c->arena, examples), "number", failures[i].number);
    json_set_bool(c->arena, o, "has_examples", examples->count > 0);
}

/* Which records fail is shown to who has to mend them, and that they saw it is on record. */
static bool add_rules(struct ctx *c, struct json *doc, const struct exchange_data *d)
{
    struct json *list = json_set_array(c->arena, doc, "rules");
    struct quality_rule *rules;
    struct quality_count *counts = NULL;
    struct quality_failure *failures = NULL;
    struct quality_run run;
    size_t count, counted = 0, failed = 0;
    bool found;
    if (!quality_store_rules(c, d->entry, &rules, &count) ||
        !quality_store_last_run(c, d->entry, &run, &found))
        return false;
    if (found && (!quality_store_counts(c, run.id, &counts, &counted) ||
                  (keeps(c, d) && !quality_store_failures(c, run.id, &failures, &failed))))
        return false;
    if (failed) ctx_reads(c, 0, STR("quality"), d->entry);
    for (size_t i = 0; i < count; i++) {
        const struct quality_count *n = NULL;
        for (size_t k = 0; k < counted; k++)
            if (counts[k].rule == rules[i].id) n = &counts[k];
        add_rule(c, list, &rules[i], d, n, failures, failed);
    }
    json_set_bool(c->arena, doc, "has_rules", count > 0);
    return true;
}

static void add_form(struct ctx *c, struct json *doc, const struct exchange_data *d)
{
    struct json *fields = json_set_array(c->arena, doc, "fields"), *f;
    exchange_select(c, fields, "kind", "Rule", kind_words, STR_EMPTY, true);
    f = exchange_field(c, fields, "item", "Item", "select", STR_EMPTY, false);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "The whole entry"));
    JSON_EACH(i, d->items)
    {
        ctx_option(c, f, json_text_of(i, "id"), json_text_of(i, "name"));
    }
    f = exchange_field(c, fields, "param", "Measure", "text", STR_EMPTY, false);
    json_set_str(
        c->arena, f, "hint",
        ctx_tr(c,
               "Format: id_number, uscc, mobile, date, month, division, number. List: a|b|c. Range: 0..100. "
               "Days: 31. Another register: population.name"));
}

bool quality_entry(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct exchange_data d;
    struct quality_scores s = {.overall = -1, .of = {-1, -1, -1, -1, -1, -1}};
    struct quality_plan plan = {0};
    struct str name;
    bool scored, planned;
    if (!load(c, c->row, &d) || !exchange_entry_name(c, d.entry, d.name, &name) ||
        !quality_store_latest(c, d.entry, &s, &scored) || !quality_store_plan(c, d.entry, &plan, &planned))
        return false;
    json_set_str(c->arena, doc, "name", name);
    json_set_str(c->arena, doc, "code", d.code);
    json_set_str(c->arena, doc, "department", exchange_unit_name(c, d.unit));
    json_set_str(c->arena, doc, "entry_href",
                 str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)d.entry));
    json_set_str(c->arena, doc, "root", str_fmt(c->arena, ROOT "/%lld", (long long)d.entry));
    json_set_bool(c->arena, doc, "scored", scored);
    json_set_str(c->arena, doc, "when", scored ? time_words(c->lang, c->arena, s.at, c->now) : STR_EMPTY);
    json_set_i64(c->arena, doc, "records", s.records);
    json_set_bool(c->arena, doc, "running", plan.running != 0);
    json_set_bool(c->arena, doc, "whole", plan.whole);
    json_set_bool(c->arena, doc, "keeps", keeps(c, &d));
    add_scores(c, doc, &s);
    add_radar(c, doc, &s);
    add_form(c, doc, &d);
    exchange_crumb(c, doc, "Quality", ROOT);
    return add_history(c, doc, d.entry) && add_rules(c, doc, &d);
}

/* ---- what the steward does ---- */

static bool load_own(struct ctx *c, struct exchange_data *d)
{
    return load(c, c->row, d) &&
           (keeps(c, d) || err_denied(c->err, "exchange.not_provider",
                                      "Only the department that provides this data can do this."));
}

static bool done(struct ctx *c, const char *act, const struct exchange_data *d, const struct json *detail)
{
    ctx_notice(c, "Recorded.");
    return evidence_add(c, act, "data_entry", d->entry, 0, detail) &&
           ctx_redirect(c, ROOT "/%lld", (long long)d->entry);
}

bool quality_rule_add(struct ctx *c)
{
    struct exchange_data d;
    struct json *detail = json_object(c->arena);
    struct quality_rule *rules;
    struct quality_plan plan;
    size_t count;
    bool fresh, found;
    if (!load_own(c, &d)) return false;
    const struct quality_rule r = {.id = ctx_id(c),
                                   .entry = d.entry,
                                   .kind = in_text(c, "kind"),
                                   .item = in_text(c, "item"),
                                   .param = in_text(c, "param")};
    if (!quality_rule_check(c, &r, d.items) || !quality_store_rules(c, d.entry, &rules, &count)) return false;
    if (count >= RULES_MAX) return err_at(c->err, STR("kind"), "An entry has at most 60 rules.", STR_EMPTY);
    if (!quality_store_add_rule(c, &r, &fresh) || !quality_store_plan(c, d.entry, &plan, &found))
        return false;
    if (!found) plan = (struct quality_plan){.entry = d.entry, .unit = d.unit, .next_at = c->now + MS_DAY};
    json_set_id(c->arena, detail, "entry", d.entry);
    json_set_str(c->arena, detail, "kind", r.kind);
    json_set_str(c->arena, detail, "item", r.item);
    return quality_store_save_plan(c, &plan) && done(c, "quality.rule", &d, detail);
}

bool quality_rule_drop(struct ctx *c)
{
    struct exchange_data d;
    bool gone;
    return load_own(c, &d) && quality_store_drop_rule(c, d.entry, in_i64(c, "rule", 0), &gone) &&
           done(c, "quality.rule_drop", &d, NULL);
}

bool quality_rules_begin(struct ctx *c)
{
    struct exchange_data d;
    return load_own(c, &d) && quality_begin(c, &d) && done(c, "quality.begin", &d, NULL);
}

bool quality_check_now(struct ctx *c)
{
    struct exchange_data d;
    struct quality_plan plan;
    bool found;
    if (!load_own(c, &d) || !quality_store_plan(c, d.entry, &plan, &found)) return false;
    if (!found) plan = (struct quality_plan){.entry = d.entry, .unit = d.unit};
    if (plan.running)
        return err_conflict(c->err, "quality.running",
                            "This entry is being checked. Please wait until that has ended.");
    plan.whole = in_true(c, "whole");
    return quality_start(c, &plan) && done(c, "quality.start", &d, NULL);
}

/* ---- fields ---- */

const struct field quality_board_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "own|used|all"},
    {"overall", FIELD_INT, "Score of the last row before", .min = -1, .max = 1000},
    {"entry", FIELD_ID, .label = "Entry of the last row before"},
    {0},
};

const struct field quality_rule_fields[] = {
    {"kind", FIELD_CHOICE, "Rule", .required = true,
     .choices = "required|type|format|list|range|unique|same|fresh|reachable"},
    {"item", FIELD_LINE, "Item", .max = 40},
    {"param", FIELD_LINE, "Measure", .max = 200},
    {0},
};

const struct field quality_drop_fields[] = {
    {"rule", FIELD_ID, "Rule", .required = true},
    {0},
};

const struct field quality_now_fields[] = {
    {"whole", FIELD_BOOL, .label = "All records"},
    {0},
};
