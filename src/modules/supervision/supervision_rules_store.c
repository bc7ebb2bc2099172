#include "core/http/server.h"
#include "modules/supervision/supervision_rules.h"

static const char *const places[RULE_PLACES] = {
    [SUPERVISE_ANY_ROLE] = "", [SUPERVISE_ACCEPTING] = "desk", [SUPERVISE_OTHERS] = "office"};

static enum supervise_role place_of(struct str word)
{
    int p = RULE_PLACES;
    while (--p > 0 && !str_eq_c(word, places[p])) {
    }
    return (enum supervise_role)p;
}

static bool take(struct ctx *c, const struct db_rows *r, size_t i, struct arena *a, struct rule_row *out)
{
    *out = (struct rule_row){.rule = {.id = str_dup(a, db_str(r, i, 0)),
                                      .version = (int)db_int(r, i, 1),
                                      .kind = supervise_kind_of(db_str(r, i, 2)),
                                      .level = supervise_level_of(db_str(r, i, 3)),
                                      .threshold = (int)db_int(r, i, 4),
                                      .limit = (int)db_int(r, i, 5),
                                      .role = place_of(db_str(r, i, 6))},
                             .told = str_dup(a, db_str(r, i, 7)),
                             .active = db_int(r, i, 8) != 0,
                             .scope = str_dup(a, db_str(r, i, 9)),
                             .name = str_dup(a, db_str(r, i, 10)),
                             .reason = str_dup(a, db_str(r, i, 11)),
                             .ended = db_int(r, i, 12),
                             .at = db_int(r, i, 13),
                             .account = db_int(r, i, 14)};
    return (out->rule.kind != SUPERVISE_KIND_COUNT && out->rule.level != SUPERVISE_LEVEL_COUNT) ||
           err_fault(c->err, "a rule of supervision is of no kind or level");
}

bool rules_store_all(struct ctx *c, struct arena *a, struct rule_row **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, version, kind, level, threshold, step_limit, role, told, active, scope, name, "
                  "reason, ended, at, account FROM supervision_rule x WHERE version = (SELECT MAX(version) "
                  "FROM supervision_rule y WHERE y.id = x.id)"))
        return false;
    *rows = ARENA_ARRAY(a, r.rows + 1, struct rule_row);
    for (*count = 0; *count < r.rows; ++*count)
        if (!take(c, &r, *count, a, &(*rows)[*count])) return false;
    return true;
}

bool rules_store_add(struct ctx *c, const struct rule_row *row)
{
    return db_exec(
        &c->tx,
        "INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, "
        "active, at, account, scope, name, reason, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
        "$9, $10, $11, $12, $13, $14, $15)",
        DB_S(row->rule.id), DB_I(row->rule.version), DB_C(supervise_kind_name(row->rule.kind)),
        DB_C(supervise_level_name(row->rule.level)), DB_I(row->rule.threshold), DB_I(row->rule.limit),
        DB_C(places[row->rule.role]), DB_S(row->told), DB_I(row->active), DB_I(c->now),
        DB_I(c->actor.account), DB_S(row->scope), DB_S(row->name), DB_S(row->reason), DB_I(row->ended));
}
