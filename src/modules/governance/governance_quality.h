/* Private to the module: rules of quality, runs and scores.
 *
 * A run reads pages of records in the job's read step and adds what it counted in its write step, so that no
 * writer waits for it. A sample is ten pieces of records spread evenly over the register. */
#ifndef TB_GOVERNANCE_QUALITY_H
#define TB_GOVERNANCE_QUALITY_H

#include "modules/exchange/exchange.h"
#include "modules/governance/governance.h"

enum {
    DIMENSIONS = 6,
    RULES_MAX = 60, /* of one entry */
    PAGE_RECORDS = 200,
    SAMPLE_PAGES = 10,
    FAILURES_KEPT = 5, /* a rule and run */
    PLANS_STARTED = 4, /* a pass of the planner */
    REACH_DAYS = 30,
    HISTORY = 60,
    QUALITY_PAGE = 30
};

/* In order of the columns: 规范性 完整性 准确性 一致性 时效性 可访问性. */
extern const struct exchange_word dimension_words[];
int quality_dimension_of(struct str kind); /* of a kind of rule; -1: no such kind */

struct quality_rule {
    int64_t id, entry;
    struct str kind, item, param;
};
/* Sentence for a rule: "公民身份号码 · 格式：身份证号码". */
struct str quality_rule_text(struct ctx *c, const struct quality_rule *r, const struct json *items);
/* INVALID at the fields "kind", "item", "param" unless the rule is sound for these items. */
bool quality_rule_check(struct ctx *c, const struct quality_rule *r, const struct json *items) NODISCARD;
enum quality_verdict { QUALITY_NOTHING, QUALITY_HOLDS, QUALITY_FAILS };
/* One record by one rule; pure but for "same", which asks the other register. "unique" and "reachable" are no
 * matter of one record: QUALITY_NOTHING. */
bool quality_check(struct ctx *c, const struct quality_rule *r, const struct json *items,
                   const struct json *record, enum quality_verdict *out) NODISCARD;
/* What a record says of the item, as text; "" when it says nothing. */
struct str quality_value(struct ctx *c, const struct json *record, struct str item);
extern const struct exchange_word kind_words[], format_names[];

struct quality_scores {
    int64_t entry, unit, at, overall, of[DIMENSIONS], records; /* thousandths, -1: nothing checked */
};
struct quality_plan {
    int64_t entry, unit, next_at, running;
    bool whole;
};
struct quality_run {
    int64_t id, entry, after, page, records, started, finished;
    bool whole;
};
struct quality_count {
    int64_t rule, checked, failed;
};
struct quality_failure {
    int64_t rule;
    struct str number;
};

/* ---- governance_quality_store.c ---- */
bool quality_store_rules(struct ctx *c, int64_t entry, struct quality_rule **rows, size_t *count) NODISCARD;
bool quality_store_add_rule(struct ctx *c, const struct quality_rule *r, bool *fresh) NODISCARD;
bool quality_store_drop_rule(struct ctx *c, int64_t entry, int64_t rule, bool *done) NODISCARD;
bool quality_store_plan(struct ctx *c, int64_t entry, struct quality_plan *out, bool *found) NODISCARD;
bool quality_store_save_plan(struct ctx *c, const struct quality_plan *p) NODISCARD;
bool quality_store_due(struct ctx *c, struct quality_plan **rows, size_t *count) NODISCARD;
bool quality_store_run(struct ctx *c, int64_t id, struct quality_run *out, bool *found) NODISCARD;
bool quality_store_save_run(struct ctx *c, const struct quality_run *r) NODISCARD;
bool quality_store_last_run(struct ctx *c, int64_t entry, struct quality_run *out, bool *found) NODISCARD;
bool quality_store_add_count(struct ctx *c, int64_t run, const struct quality_count *n) NODISCARD;
bool quality_store_counts(struct ctx *c, int64_t run, struct quality_count **rows, size_t *count) NODISCARD;
bool quality_store_see(struct ctx *c, int64_t run, int64_t rule, struct str digest, bool *fresh) NODISCARD;
bool quality_store_fail(struct ctx *c, int64_t run, int64_t rule, int64_t n, struct str number) NODISCARD;
bool quality_store_failures(struct ctx *c, int64_t run, struct quality_failure **rows,
                            size_t *count) NODISCARD;
/* Keeps the score; forgets what earlier runs of the entry counted, and what this one has seen. */
bool quality_store_finish(struct ctx *c, const struct quality_run *r,
                          const struct quality_scores *s) NODISCARD;
bool quality_store_latest(struct ctx *c, int64_t entry, struct quality_scores *out, bool *found) NODISCARD;
bool quality_store_history(struct ctx *c, int64_t entry, struct quality_scores **rows,
                           size_t *count) NODISCARD;
/* Worst first, behind (overall, entry) of the last row before; unit 0: all. */
bool quality_store_list(struct ctx *c, int64_t unit, int64_t overall, int64_t entry, int limit,
                        struct quality_scores **rows, size_t *count) NODISCARD;
/* Means by provider, worst first; `entry` counts how many. */
bool quality_store_providers(struct ctx *c, struct quality_scores **rows, size_t *count) NODISCARD;

/* ---- governance_quality_run.c ---- */
bool quality_start(struct ctx *c, struct quality_plan *p) NODISCARD;
bool quality_planner(struct ctx *c, const struct json *payload);
bool quality_read_page(struct ctx *c, const struct json *payload);
bool quality_add_page(struct ctx *c, const struct json *payload);
/* The rules that follow from the description of the items. */
bool quality_begin(struct ctx *c, const struct exchange_data *d) NODISCARD;

/* ---- pages ---- */
bool quality_board(struct ctx *c);
bool quality_board_file(struct ctx *c);
bool quality_entry(struct ctx *c);
bool quality_entry_scope(struct ctx *c);
bool quality_rule_add(struct ctx *c);
bool quality_rule_drop(struct ctx *c);
bool quality_rules_begin(struct ctx *c);
bool quality_check_now(struct ctx *c);
extern const struct field quality_board_fields[], quality_rule_fields[], quality_drop_fields[],
    quality_now_fields[];

#endif
