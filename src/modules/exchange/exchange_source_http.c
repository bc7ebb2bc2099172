/* A service of the provider: POST {"number", "items"} to its address, with the secret as a bearer token where
 * there is one. It answers 200 {"found": true, "data": {…}} or {"found": false}; 404 says the same. Where a
 * number may have several records, "data" is one or a list of them. */
#include "modules/exchange/exchange_source.h"

#include "core/json/json.h"

enum { CONNECT_MS = 2000 };

static struct str question_of(const struct source *s, struct arena *a, struct str number)
{
    struct json *q = json_object(a), *items;
    json_set_str(a, q, s->key.len ? str_z(a, s->key) : "number", number);
    items = json_set_array(a, q, "items");
    for (size_t i = 0; i < s->item_count; i++)
        json_add(items, json_string(a, s->items[i].from));
    return json_to_str(a, q);
}

/* What the provider calls its members becomes what the entry calls its items. */
static const struct json *renamed(const struct source *s, struct arena *a, const struct json *data,
                                  struct err *e)
{
    struct json *out = json_object(a);
    if (!json_is(data, JSON_OBJECT)) {
        source_broken(e, "no data in what was found");
        return NULL;
    }
    JSON_EACH(m, data)
    {
        const struct source_item *item = NULL;
        for (size_t i = 0; i < s->item_count && !item; i++)
            if (str_eq(s->items[i].from, m->key)) item = &s->items[i];
        if (!item) {
            source_broken(e, "a member nobody asked for");
            return NULL;
        }
        json_set(out, str_z(a, item->id), json_copy(a, m));
    }
    return out;
}

static const struct json *several(const struct source *s, struct arena *a, const struct json *list,
                                  struct err *e)
{
    struct json *all = json_array(a);
    JSON_EACH(one, list)
    {
        if (all->count == RECORDS_MAX) {
            json_add(all, json_boolean(a, true));
            break;
        }
        const struct json *record = renamed(s, a, one, e);
        if (!record) return NULL;
        json_add(all, (struct json *)record);
    }
    return all;
}

static bool read_answer(const struct source *s, struct arena *a, const struct fetch_answer *answer,
                        const struct json **record, struct err *e)
{
    struct err wrong = {0};
    if (answer->status == 404) return true;
    if (answer->status != 200) return source_broken(e, "status %d", answer->status);
    const struct json *doc = json_parse(a, answer->body, JSON_STRICT, &wrong);
    const struct json *found = json_get(doc, "found");
    if (!json_is(doc, JSON_OBJECT) || !json_is(found, JSON_BOOL))
        return source_broken(e, doc ? "it does not say whether it found anything" : "no JSON");
    if (!found->boolean) return true;
    const struct json *data = json_get(doc, "data");
    const bool list = s->limit > 1 && json_is(data, JSON_ARRAY);
    *record = list ? several(s, a, data, e) : renamed(s, a, data, e);
    if (!*record) return false;
    if (s->limit > 1 && !list) {
        struct json *all = json_array(a);
        json_add(all, (struct json *)*record);
        *record = all;
    }
    return true;
}

bool source_http(const struct sources *all, const struct source *s, struct arena *a, struct str number,
                 const struct json **record, bool *retry, struct err *e)
{
    struct fetch_header headers[3] = {{"content-type", STR("application/json")},
                                      {"accept", STR("application/json")}};
    struct fetch what = {.url = str_z(a, str_fmt(a, "%s%.*s", s->place, STR_ARG(s->path))),
                         .headers = headers,
                         .header_count = 2,
                         .body = question_of(s, a, number),
                         .connect_ms = CONNECT_MS < s->timeout_ms ? CONNECT_MS : s->timeout_ms,
                         .total_ms = s->timeout_ms,
                         .max = RECORD_MAX};
    struct fetch_answer answer = {0};
    struct err wrong = {0};
    *record = NULL;
    if (s->secret.len)
        headers[what.header_count++] =
            (struct fetch_header){"authorization", str_fmt(a, "Bearer %.*s", STR_ARG(s->secret))};
    if (fetch(all->fetcher, a, &what, &answer, &wrong)) return read_answer(s, a, &answer, record, e);
    *retry = answer.failure == FETCH_CONNECT;
    return source_broken(e, "%s: %s", wrong.code, wrong.detail);
}
