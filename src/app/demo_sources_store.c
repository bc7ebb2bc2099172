#include "app/demo_sources.h"

static bool create(struct db_tx *tx, const struct json *table)
{
    struct buf b = buf_new(tx->arena, 200);
    buf_fmt(&b, "CREATE TABLE %.*s (", STR_ARG(json_text_of(table, "name")));
    JSON_EACH(column, json_get(table, "columns"))
    {
        buf_fmt(&b, "%.*s TEXT, ", STR_ARG(column->text));
    }
    struct str key = json_text(json_at(json_get(table, "columns"), 0));
    buf_fmt(&b, "PRIMARY KEY (%.*s))", STR_ARG(key));
    return db_exec(tx, str_z(tx->arena, buf_str(&b)));
}

static bool insert(struct db_tx *tx, const struct json *table, const struct json *row)
{
    struct buf b = buf_new(tx->arena, 200);
    struct db_val *values = ARENA_ARRAY(tx->arena, row->count + 1, struct db_val);
    size_t n = 0;
    buf_fmt(&b, "INSERT INTO %.*s VALUES (", STR_ARG(json_text_of(table, "name")));
    JSON_EACH(cell, row)
    {
        buf_fmt(&b, n ? ", $%zu" : "$%zu", n + 1);
        values[n++] = DB_S(cell->text);
    }
    buf_add_char(&b, ')');
    return db_exec_n(tx, str_z(tx->arena, buf_str(&b)), values, n, NULL);
}

static bool fill(struct db *db, struct arena *a, const struct json *table, struct err *e)
{
    struct db_tx tx;
    if (!db_begin_write(db, a, e, &tx)) return false;
    bool ok = create(&tx, table);
    JSON_EACH(row, ok ? json_get(table, "rows") : NULL)
    {
        ok = ok && insert(&tx, table, row);
    }
    return db_end(db, &tx, ok) && ok;
}

bool demo_table(struct arena *a, const char *path, const struct json *table, struct err *e)
{
    FILE *there = fopen(path, "r");
    if (there) {
        fclose(there);
        return true;
    }
    const struct db_options o = {.url = str_z(a, str_fmt(a, "sqlite:%s", path)), .readers = 1};
    struct db *db = db_open(&o, e);
    bool ok = db && fill(db, a, table, e);
    if (db) db_close(db);
    if (!ok) remove(path); /* the next start makes it whole */
    return ok;
}
