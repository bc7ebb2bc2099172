#include "modules/evidence/evidence_log.h"

enum { WITNESSES_MAX = 32 };

bool cosign_store_put(struct ctx *c, const struct evidence_cosigned *s)
{
    return db_exec(
        &c->tx,
        "INSERT INTO evidence_cosignature (witness, size, text, signatures, line, at) VALUES ($1, $2, $3, "
        "$4, $5, $6) "
        "ON CONFLICT (witness) DO UPDATE SET size = excluded.size, text = excluded.text, signatures = "
        "excluded.signatures, line = excluded.line, at = excluded.at WHERE evidence_cosignature.size <= "
        "excluded.size",
        DB_S(s->witness), DB_I((int64_t)s->size), DB_S(s->text), DB_S(s->signatures), DB_S(s->line),
        DB_I(c->now));
}

bool cosign_store_all(struct ctx *c, struct evidence_cosigned **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT witness, size, text, signatures, line FROM evidence_cosignature ORDER BY size "
                  "DESC, witness "
                  "LIMIT $1",
                  DB_I(WITNESSES_MAX)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct evidence_cosigned);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct evidence_cosigned){.witness = db_str(&r, i, 0),
                                                .size = (uint64_t)db_int(&r, i, 1),
                                                .text = db_str(&r, i, 2),
                                                .signatures = db_str(&r, i, 3),
                                                .line = db_str(&r, i, 4)};
    *count = r.rows;
    return true;
}
