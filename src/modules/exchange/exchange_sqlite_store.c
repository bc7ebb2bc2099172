/* A table of a provider's SQLite file: opened for this one question, read only, ended when its time is over.
 */
#include "core/base/time.h"
#include "modules/exchange/exchange_source.h"

#include <sqlite3.h>

enum { STEPS_BETWEEN_LOOKS = 1000 };

struct str source_sql(struct arena *a, const struct source *s)
{
    struct buf b = buf_new(a, 512);
    struct str rest = s->path, part;
    buf_add_c(&b, "SELECT ");
    for (size_t i = 0; i < s->item_count; i++)
        buf_fmt(&b, "%s\"%.*s\"", i ? ", " : "", STR_ARG(s->items[i].from));
    buf_add_c(&b, " FROM ");
    for (bool first = true; rest.len; first = false) {
        rest = str_cut(rest, '.', &part);
        buf_fmt(&b, "%s\"%.*s\"", first ? "" : ".", STR_ARG(part));
    }
    buf_fmt(&b, " WHERE \"%.*s\" = $1", STR_ARG(s->key));
    /* The same records in the same order, whenever it is asked. */
    for (size_t i = 0; s->limit > 1 && i < s->item_count; i++)
        buf_fmt(&b, "%s%zu", i ? ", " : " ORDER BY ", i + 1);
    buf_fmt(&b, " LIMIT %d", s->limit > 1 ? RECORDS_MAX + 1 : 2);
    return buf_str(&b);
}

static int time_is_over(void *until)
{
    return time_monotonic_us() > *(const int64_t *)until;
}

static struct json *cell(struct arena *a, sqlite3_stmt *st, int i)
{
    int type = sqlite3_column_type(st, i);
    if (type == SQLITE_NULL) return json_null(a);
    if (type == SQLITE_BLOB) return NULL;
    const unsigned char *text = sqlite3_column_text(st, i);
    struct str s = str_dup(a, str_n(text, (size_t)sqlite3_column_bytes(st, i)));
    if (!text || !utf8_valid(s)) return NULL;
    struct json *value = json_string(a, s);
    if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) value->type = JSON_NUMBER;
    return value;
}

static bool read_row(const struct source *s, sqlite3_stmt *st, struct arena *a, struct json *out,
                     struct err *e)
{
    for (size_t i = 0; i < s->item_count; i++) {
        struct json *value = cell(a, st, (int)i);
        if (!value) return source_broken(e, "not of its type: %.*s", STR_ARG(s->items[i].id));
        json_set(out, str_z(a, s->items[i].id), value);
    }
    return true;
}

static bool read_several(const struct source *s, sqlite3_stmt *st, struct arena *a,
                         const struct json **record, struct err *e)
{
    struct json *all = json_array(a);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (all->count == RECORDS_MAX) {
            json_add(all, json_boolean(a, true));
            rc = SQLITE_DONE;
            break;
        }
        if (!read_row(s, st, a, json_add_object(a, all), e)) return false;
    }
    if (rc != SQLITE_DONE) return source_broken(e, "%s", sqlite3_errstr(rc));
    if (all->count) *record = all;
    return true;
}

static bool read_rows(const struct source *s, sqlite3 *, sqlite3_stmt *st, struct arena *a,
                      const struct json **record, struct err *e)
{
    if (s->limit > 1) return read_several(s, st, a, record, e);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_DONE) return true;
    if (rc != SQLITE_ROW) return source_broken(e, "%s", sqlite3_errstr(rc));
    struct json *out = json_object(a);
    if (!read_row(s, st, a, out, e)) return false;
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) return source_broken(e, "two rows of one number");
    if (rc != SQLITE_DONE) return source_broken(e, "%s", sqlite3_errstr(rc));
    *record = out;
    return true;
}

/* The arena may be full half-way: the guard of this function lets the file go first. */
static bool ask_open(const struct source *s, sqlite3 *db, struct arena *a, struct str number,
                     const struct json **record, struct err *e)
{
    struct str sql = source_sql(a, s);
    sqlite3_stmt *volatile st = NULL;
    sqlite3_stmt *made = NULL;
    jmp_buf env;
    jmp_buf *volatile outer = NULL;
    volatile bool ok = false;
    int rc = sqlite3_prepare_v2(db, sql.ptr, (int)sql.len, &made, NULL);
    if (rc != SQLITE_OK) return source_broken(e, "%s", sqlite3_errmsg(db));
    st = made;
    outer = arena_guard(a, &env);
    if (setjmp(env) == 0) {
        ok = sqlite3_bind_text(st, 1, number.ptr, (int)number.len, SQLITE_STATIC) == SQLITE_OK &&
             read_rows(s, db, st, a, record, e);
    } else {
        source_broken(e, "more than memory holds");
    }
    arena_guard(a, outer);
    sqlite3_finalize(st);
    return ok;
}

bool source_sqlite(const struct source *s, const char *path, struct arena *a, struct str number,
                   const struct json **record, struct err *e)
{
    sqlite3 *db = NULL;
    int64_t until = time_monotonic_us() + (int64_t)s->timeout_ms * 1000;
    bool ok = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    if (ok) {
        sqlite3_busy_timeout(db, s->timeout_ms);
        sqlite3_progress_handler(db, STEPS_BETWEEN_LOOKS, time_is_over, &until);
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* a column that is not there is no text */
        ok = ask_open(s, db, a, number, record, e);
    } else {
        source_broken(e, "the file does not open");
    }
    sqlite3_close(db);
    return ok;
}

bool source_table(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                  const struct json **record, bool *retry, struct err *e)
{
    static const char sqlite[] = "sqlite:";
    *record = NULL;
    if (strncmp(s->place, sqlite, sizeof sqlite - 1) == 0)
        return source_sqlite(s, s->place + sizeof sqlite - 1, a, number, record, e);
    return source_postgres(all->pg, s, a, number, record, retry, e);
}
