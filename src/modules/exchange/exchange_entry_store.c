#include "modules/exchange/exchange_internal.h"

enum { TERMS_ASKED = 3, PAIRS_WEIGHED = 12, COMMON_PAIR = 4000 /* counted no further */ };

#define COLUMNS "e.id, e.code, e.name, e.unit, e.sharing, e.state, e.version, e.pending, e.author, e.changed"

static struct data_entry entry_of(const struct db_rows *q, size_t i)
{
    return (struct data_entry){.id = db_int(q, i, 0),
                               .code = db_str(q, i, 1),
                               .name = db_str(q, i, 2),
                               .unit = db_int(q, i, 3),
                               .sharing = db_str(q, i, 4),
                               .state = db_str(q, i, 5),
                               .version = db_int(q, i, 6),
                               .pending = db_str(q, i, 7),
                               .author = db_int(q, i, 8),
                               .changed = db_int(q, i, 9)};
}

/* ---- finding ---- */

/* The next pair of characters of the text from *pos on; "" at the end. */
static struct str next_pair(struct str text, size_t *pos)
{
    size_t from = *pos, after;
    if (from >= text.len) return STR_EMPTY;
    utf8_next(text, pos);
    after = *pos;
    if (after >= text.len) return STR_EMPTY;
    utf8_next(text, &after);
    return str_slice(text, from, after);
}

/* The rarest pairs of the words, the rarest first: they narrow down, the pattern decides. */
static bool choose_terms(struct ctx *c, struct str lower, struct str terms[TERMS_ASKED])
{
    int64_t counts[TERMS_ASKED] = {0};
    struct str pair;
    for (size_t i = 0; i < TERMS_ASKED; i++)
        terms[i] = STR_EMPTY;
    size_t pos = 0, seen = 0;
    while (seen++ < PAIRS_WEIGHED && (pair = next_pair(lower, &pos)).len) {
        struct db_rows r;
        if (!db_query(&c->tx, &r,
                      "SELECT COUNT(*) FROM (SELECT 1 FROM data_entry_term WHERE term = $1 LIMIT $2) n",
                      DB_S(pair), DB_I(COMMON_PAIR)))
            return false;
        int64_t count = db_int(&r, 0, 0);
        for (size_t i = 0; i < TERMS_ASKED; i++) {
            if (terms[i].len && counts[i] <= count) continue;
            const struct str moved = terms[i];
            const int64_t its = counts[i];
            terms[i] = pair;
            counts[i] = count;
            if (!moved.len) break;
            pair = moved;
            count = its;
        }
    }
    return true;
}

/* "%words%" with what LIKE reads as a sign taken literally. */
static struct str pattern_of(struct arena *a, struct str lower)
{
    struct buf b = buf_new(a, lower.len + 8);
    if (!lower.len) return STR_EMPTY;
    buf_add_char(&b, '%');
    for (size_t i = 0; i < lower.len; i++) {
        if (lower.ptr[i] == '%' || lower.ptr[i] == '_' || lower.ptr[i] == '!') buf_add_char(&b, '!');
        buf_add_char(&b, lower.ptr[i]);
    }
    buf_add_char(&b, '%');
    return buf_str(&b);
}

#define WHICH                                                                                                \
    "AND ($2 = 'all' OR ($2 = 'waiting' AND e.pending IN ('review', 'withdraw')) OR e.state = $2) "          \
    "AND ($3 = '' OR e.sharing = $3) AND ($4 = 0 OR e.unit = $4) "                                           \
    "AND ($5 = 0 OR e.state <> 'new' OR e.unit = $5) "                                                       \
    "AND ($7 = '' OR lower(e.name) LIKE $7 ESCAPE '!' OR e.code LIKE $7 ESCAPE '!') "                        \
    "AND ($8 = '' OR e.class = $8) AND ($9 = '' OR e.open = $9) "
#define FROM_ENTRIES "SELECT " COLUMNS " FROM data_entry e "

bool entry_store_list(struct ctx *c, const struct entry_query *q, struct data_entry **rows, size_t *count)
{
    static const char all[] = FROM_ENTRIES "WHERE e.code > $1 " WHICH "ORDER BY e.code LIMIT $6";
    static const char waiting[] = FROM_ENTRIES
        "WHERE e.pending IN ('review', 'withdraw') AND e.code > $1 " WHICH "ORDER BY e.code LIMIT $6";
    static const char withdrawn[] =
        FROM_ENTRIES "WHERE e.state = 'withdrawn' AND e.code > $1 " WHICH "ORDER BY e.code LIMIT $6";
    static const char of_unit[] =
        FROM_ENTRIES "WHERE e.unit = $4 AND e.code > $1 " WHICH "ORDER BY e.code LIMIT $6";
    static const char found[] =
        "SELECT " COLUMNS
        " FROM data_entry_term t JOIN data_entry e ON e.id = t.entry WHERE t.term = $10 AND "
        "t.code > $1 " WHICH
        "AND ($11 = '' OR EXISTS (SELECT 1 FROM data_entry_term a WHERE a.term = $11 AND a.code = t.code)) "
        "AND ($12 = '' OR EXISTS (SELECT 1 FROM data_entry_term b WHERE b.term = $12 AND b.code = t.code)) "
        "ORDER BY t.code LIMIT $6";
    struct db_rows r;
    struct str terms[TERMS_ASKED], lower = str_lower(c->arena, q->words);
    if (!choose_terms(c, lower, terms)) return false;
    const struct db_val params[] = {DB_S(q->after),
                                    DB_S(q->which),
                                    DB_S(q->sharing),
                                    DB_I(q->unit),
                                    DB_I(q->own),
                                    DB_I(ENTRIES_PAGE + 1),
                                    DB_S(pattern_of(c->arena, lower)),
                                    DB_S(q->class),
                                    DB_S(q->open),
                                    DB_S(terms[0]),
                                    DB_S(terms[1]),
                                    DB_S(terms[2])};
    const char *walk = str_eq_c(q->which, "waiting")     ? waiting
                       : str_eq_c(q->which, "withdrawn") ? withdrawn
                       : q->unit                         ? of_unit
                                                         : all;
    if (!(terms[0].len ? db_query_n(&c->tx, &r, found, params, 12) : db_query_n(&c->tx, &r, walk, params, 9)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct data_entry);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = entry_of(&r, i);
    *count = r.rows;
    return true;
}

static bool parse(struct ctx *c, struct str text, const struct json **out)
{
    *out = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : NULL;
    return *out || !text.len;
}

bool entry_store_load(struct ctx *c, int64_t id, struct data_entry *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT " COLUMNS ", e.doc, e.draft FROM data_entry e WHERE e.id = $1",
                  DB_I(id)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = entry_of(&r, 0);
    return parse(c, db_str(&r, 0, 10), &out->doc) && parse(c, db_str(&r, 0, 11), &out->draft);
}

bool entry_store_by_code(struct ctx *c, struct str code, int64_t *id)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT id FROM data_entry WHERE code = $1", DB_S(code))) return false;
    *id = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

/* ---- changing ---- */

static bool save_terms(struct ctx *c, const struct data_entry *e)
{
    const struct str texts[] = {str_lower(c->arena, e->name), e->code};
    if (!db_exec(&c->tx, "DELETE FROM data_entry_term WHERE entry = $1", DB_I(e->id))) return false;
    for (size_t i = 0; i < 2; i++) {
        struct str pair;
        for (size_t pos = 0; (pair = next_pair(texts[i], &pos)).len;)
            if (!db_exec(&c->tx,
                         "INSERT INTO data_entry_term (term, code, entry) VALUES ($1, $2, $3) "
                         "ON CONFLICT (term, code) DO NOTHING",
                         DB_S(pair), DB_S(e->code), DB_I(e->id)))
                return false;
    }
    return true;
}

static struct str text_of(struct ctx *c, const struct json *doc)
{
    return doc ? json_to_str(c->arena, doc) : STR_EMPTY;
}

bool entry_store_save(struct ctx *c, const struct data_entry *e)
{
    const struct json *face = e->doc ? e->doc : e->draft;
    return db_exec(
               &c->tx,
               "INSERT INTO data_entry (id, code, name, unit, sharing, state, version, doc, pending, draft, "
               "author, changed, class, open) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
               "$13, "
               "$14) "
               "ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, sharing = "
               "excluded.sharing, state = excluded.state, version = excluded.version, doc = excluded.doc, "
               "pending = excluded.pending, draft = excluded.draft, author = excluded.author, "
               "changed = excluded.changed, class = excluded.class, open = excluded.open",
               DB_I(e->id), DB_S(e->code), DB_S(e->name), DB_I(e->unit), DB_S(e->sharing), DB_S(e->state),
               DB_I(e->version), DB_S(text_of(c, e->doc)), DB_S(e->pending), DB_S(text_of(c, e->draft)),
               DB_I(e->author), DB_I(e->changed), DB_S(json_text_of(face, "class")),
               DB_S(json_text_of(face, "open"))) &&
           save_terms(c, e);
}

bool entry_store_drop(struct ctx *c, int64_t id)
{
    return db_exec(&c->tx, "DELETE FROM data_entry_term WHERE entry = $1", DB_I(id)) &&
           db_exec(&c->tx, "DELETE FROM data_entry WHERE id = $1", DB_I(id));
}

bool entry_store_add_version(struct ctx *c, const struct data_entry *e, int64_t publisher)
{
    return db_exec(&c->tx,
                   "INSERT INTO data_entry_version (entry, version, doc, author, publisher, at) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   DB_I(e->id), DB_I(e->version), DB_S(text_of(c, e->doc)), DB_I(e->author), DB_I(publisher),
                   DB_I(c->now));
}

bool entry_store_versions(struct ctx *c, int64_t id, struct entry_version **rows, size_t *count)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT version, author, publisher, at FROM data_entry_version WHERE entry = $1 "
                  "ORDER BY version DESC LIMIT 50",
                  DB_I(id)))
        return false;
    *rows = ARENA_ARRAY(c->arena, r.rows + 1, struct entry_version);
    for (size_t i = 0; i < r.rows; i++)
        (*rows)[i] = (struct entry_version){.version = db_int(&r, i, 0),
                                            .author = db_int(&r, i, 1),
                                            .publisher = db_int(&r, i, 2),
                                            .at = db_int(&r, i, 3)};
    *count = r.rows;
    return true;
}

bool entry_store_version(struct ctx *c, int64_t id, int64_t version, struct entry_version *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT version, author, publisher, at, doc FROM data_entry_version WHERE entry = $1 AND "
                  "version = $2",
                  DB_I(id), DB_I(version)))
        return false;
    *found = r.rows > 0;
    if (!*found) return true;
    *out = (struct entry_version){.version = db_int(&r, 0, 0),
                                  .author = db_int(&r, 0, 1),
                                  .publisher = db_int(&r, 0, 2),
                                  .at = db_int(&r, 0, 3)};
    return parse(c, db_str(&r, 0, 4), &out->doc);
}

/* ---- resources ---- */

bool resource_store_save(struct ctx *c, const struct data_resource *r)
{
    return db_exec(
        &c->tx,
        "INSERT INTO data_resource (id, entry, code, kind, register, state, changed, words) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET code = excluded.code, "
        "kind = excluded.kind, register = excluded.register, state = excluded.state, "
        "changed = excluded.changed, words = excluded.words",
        DB_I(r->id), DB_I(r->entry), DB_S(r->code), DB_S(r->kind), DB_S(r->register_id), DB_S(r->state),
        DB_I(c->now), DB_S(r->words.len ? r->words : STR_EMPTY));
}

bool resource_store_of_entry(struct ctx *c, int64_t entry, struct data_resource *out, bool *found)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id, code, kind, register, state, words FROM data_resource WHERE entry = $1 ORDER "
                  "BY id LIMIT 1",
                  DB_I(entry)))
        return false;
    *found = r.rows > 0;
    if (*found)
        *out = (struct data_resource){.id = db_int(&r, 0, 0),
                                      .entry = entry,
                                      .code = db_str(&r, 0, 1),
                                      .kind = db_str(&r, 0, 2),
                                      .register_id = db_str(&r, 0, 3),
                                      .state = db_str(&r, 0, 4),
                                      .words = db_str(&r, 0, 5)};
    return true;
}

bool resource_store_of_register(struct ctx *c, struct str register_id, int64_t *entry)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT entry FROM data_resource WHERE register = $1 ORDER BY id LIMIT 1",
                  DB_S(register_id)))
        return false;
    *entry = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}

bool resource_store_by_code(struct ctx *c, struct str code, int64_t *entry)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT entry FROM data_resource WHERE code = $1", DB_S(code))) return false;
    *entry = r.rows ? db_int(&r, 0, 0) : 0;
    return true;
}
