#include "modules/exchange/exchange_source.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_rows.h"
#include "modules/orgs/orgs.h"

enum { PLACES_MAX = 1 << 20 };

/* ---- kinds and places ---- */

static const char *const databases[] = {"sqlite:", "postgresql://", NULL};
static const char *const services[] = {"http://", "https://", NULL};

const struct source_kind source_kinds[] = {
    {"table", "Table of a database", true, databases, source_table},
    {"http", "Service of the provider", true, services, source_http},
    {"gjzwfwpt", "Service by the national header convention (gjzwfwpt_*)", true, services, source_gjzwfwpt},
    {"gjgxjhpt", "Service by the older header convention (gjgxjhpt_*)", true, services, source_gjgxjhpt},
    {"file", "Rows the provider delivers", false, NULL, NULL},
    {0},
};

const struct source_kind *source_kind_of(struct str code)
{
    for (const struct source_kind *k = source_kinds; k->code; k++)
        if (str_eq_c(code, k->code)) return k;
    return NULL;
}

bool sources_open(struct sources *all, struct err *e)
{
    all->fetcher = fetcher_new();
    all->pg = pg_pool_new();
    all->convention = convention_new();
    return (all->fetcher && all->pg && all->convention) || err_fault(e, "not enough memory for sources");
}

void sources_close(struct sources *all)
{
    fetcher_drop(all->fetcher);
    pg_pool_drop(all->pg);
    convention_drop(all->convention);
    while (all->places) {
        struct place *next = all->places->next;
        mem_free(all->places);
        all->places = next;
    }
}

bool exchange_add_place(struct server *server, struct str name, struct str address, struct str owner,
                        struct err *e)
{
    struct exchange_state *s = server_state(server, "exchange");
    struct place *p = mem_alloc(1, sizeof *p + name.len + address.len + owner.len + 3);
    if (!p) return err_fault(e, "not enough memory for places");
    char *text = (char *)(p + 1);
    memcpy(text, name.ptr, name.len);
    memcpy(text + name.len + 1, address.ptr, address.len);
    char *of = text + name.len + 1 + address.len + 1;
    if (owner.len) memcpy(of, owner.ptr, owner.len);
    *p = (struct place){{text, name.len}, {of, owner.len}, text + name.len + 1, s->sources.places};
    s->sources.places = p;
    return true;
}

bool places_read(struct ctx *c)
{
    const char *path = server_options(c->server)->places;
    struct str text, line, name;
    int64_t n = 0;
    if (!path) return true;
    if (!file_read(c->arena, path, PLACES_MAX, &text, c->err)) return false;
    while (text.len) {
        text = str_cut(text, '\n', &line);
        n++;
        line = str_trim(line);
        if (!line.len || line.ptr[0] == '#') continue;
        struct str address, owner = str_trim(str_cut(str_trim(str_cut(line, ' ', &name)), ' ', &address));
        if (str_find(address, STR(":")) == SIZE_MAX) {
            (void)err_invalid(c->err, "exchange.places", "The file of places is wrong in line %{arg}.");
            err_arg(c->err, str_fmt(c->arena, "%lld", (long long)n));
            return false;
        }
        if (!owner.len)
            log_event(LOG_LEVEL_WARN, "exchange.places", "place", str_z(c->arena, name), "why",
                      "no department is named behind its address: it is offered to none", NULL);
        if (!exchange_add_place(c->server, name, address, owner, c->err)) return false;
    }
    return true;
}

const struct place *source_place(const struct sources *all, struct str name)
{
    for (const struct place *p = all->places; p; p = p->next)
        if (str_eq(p->name, name)) return p;
    return NULL;
}

bool place_is_of(struct ctx *c, const struct place *p, int64_t unit)
{
    const struct unit *u = orgs_unit(c, unit);
    return str_eq_c(p->owner, "*") || (u && u->uscc.len && str_eq(p->owner, u->uscc));
}

bool source_name_sound(struct str name, bool dots)
{
    struct str part = name;
    if (dots) name = str_cut(name, '.', &part);
    if (!part.len || part.len > 63 || (part.ptr[0] >= '0' && part.ptr[0] <= '9')) return false;
    for (size_t i = 0; i < part.len; i++) {
        char ch = part.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_'))
            return false;
    }
    return !dots || !name.len || source_name_sound(name, true);
}

static struct str type_of(const struct json *items, struct str id)
{
    JSON_EACH(i, items)
    {
        if (str_eq(json_text_of(i, "id"), id)) return json_text_of(i, "type");
    }
    return STR_EMPTY;
}

struct source *source_read(struct arena *a, const struct sources *all, const struct json *doc,
                           const struct json *items, struct str secret)
{
    const struct json *map = json_get(doc, "items");
    const struct place *p = source_place(all, json_text_of(doc, "place"));
    struct source *s = ARENA_NEW(a, struct source);
    *s = (struct source){.kind = source_kind_of(json_text_of(doc, "kind")),
                         .place = p ? p->address : NULL,
                         .path = str_dup(a, json_text_of(doc, "path")),
                         .key = str_dup(a, json_text_of(doc, "key")),
                         .secret = str_dup(a, secret),
                         .rid = str_dup(a, json_text_of(doc, "rid")),
                         .sid = str_dup(a, json_text_of(doc, "sid")),
                         .ticket = json_get(doc, "ticket") ? json_copy(a, json_get(doc, "ticket")) : NULL,
                         .items = ARENA_ARRAY(a, (map ? map->count : 0) + 1, struct source_item),
                         .timeout_ms = (int)json_i64_of(doc, "timeout", SOURCE_TIMEOUT),
                         .limit = (int)json_i64_of(doc, "limit", 1)};
    JSON_EACH(m, map)
    {
        struct str type = type_of(items, m->key);
        if (type.len) /* an item the entry no longer has is no longer asked */
            s->items[s->item_count++] =
                (struct source_item){str_dup(a, m->key), str_dup(a, m->text), str_dup(a, type)};
    }
    return s->kind && s->item_count ? s : NULL;
}

/* ---- what is answered ---- */

bool source_broken(struct err *e, const char *format, ...)
{
    va_list args;
    err_busy(e, "exchange.provider",
             "The provider gave an answer that cannot be used, which is on record: ask again later, or tell "
             "the provider.");
    va_start(args, format);
    vsnprintf(e->detail, sizeof e->detail, format, args);
    va_end(args);
    return false;
}

static bool decimal_sound(struct str s)
{
    size_t digits = 0, dots = 0;
    for (size_t i = s.len && s.ptr[0] == '-'; i < s.len; i++) {
        digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
        dots += s.ptr[i] == '.' && i > 0 && i + 1 < s.len;
        if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && s.ptr[i] != '.') return false;
    }
    return digits > 0 && digits <= 38 && dots <= 1 && digits + dots + (s.ptr[0] == '-') == s.len;
}

static bool truth_of(const struct json *given, bool *out)
{
    if (given->type == JSON_BOOL) {
        *out = given->boolean;
        return true;
    }
    static const char *const words[] = {"0", "1", "false", "true"};
    for (size_t i = 0; i < 4; i++)
        if (str_eq_c(given->text, words[i])) {
            *out = i % 2 == 1;
            return true;
        }
    return false;
}

bool source_value(struct arena *a, struct str type, const struct json *given, struct json **out)
{
    char kind = type.len ? type.ptr[0] : 'C';
    int64_t longest = 0;
    int32_t day;
    struct str inner;
    bool yes;
    if (given->type == JSON_NULL) {
        *out = json_null(a);
        return true;
    }
    if (kind == 'B' || kind == 'L') {
        if (!truth_of(given, &yes)) return false;
        *out = json_boolean(a, yes);
        return true;
    }
    bool number = given->type == JSON_NUMBER;
    if (!number && given->type != JSON_STRING) return false;
    if (kind == 'N') {
        if (!decimal_sound(given->text)) return false;
    } else if (kind == 'D') {
        if (number || !date_parse(given->text, &day)) return false;
    } else {
        str_cut(str_cut(type, '(', &inner), ')', &inner);
        if (str_to_i64(inner, &longest) && longest > 0 && utf8_count(given->text) > (size_t)longest)
            return false;
        if (number) {
            *out = json_string(a, given->text);
            return true;
        }
    }
    *out = json_copy(a, given);
    return true;
}

static const struct source_item *item_of(const struct source *s, struct str id)
{
    for (size_t i = 0; i < s->item_count; i++)
        if (str_eq(s->items[i].id, id)) return &s->items[i];
    return NULL;
}

static bool accept_one(struct arena *a, const struct source *s, const struct json *given, size_t *bytes,
                       struct json **record, struct err *e)
{
    struct json *out = json_object(a);
    if (!json_is(given, JSON_OBJECT)) return source_broken(e, "a record that is no object");
    JSON_EACH(m, given)
    {
        const struct source_item *i = item_of(s, m->key);
        struct json *value;
        if (!i) return source_broken(e, "an item nobody knows");
        if (!source_value(a, i->type, m, &value))
            return source_broken(e, "not of its type: %.*s", STR_ARG(i->id));
        *bytes += value->text.len;
        json_set(out, str_z(a, i->id), value);
    }
    if (*bytes > RECORD_MAX) return source_broken(e, "a record of %zu bytes", *bytes);
    *record = out;
    return true;
}

static bool accept_several(struct arena *a, const struct source *s, const struct json *given,
                           const struct json **record, struct err *e)
{
    struct json *all = json_array(a), *one;
    size_t bytes = 0;
    JSON_EACH(g, given)
    {
        if (json_is(g, JSON_BOOL) && !g->next) {
            json_add(all, json_copy(a, g));
            break;
        }
        if (!accept_one(a, s, g, &bytes, &one, e)) return false;
        json_add(all, one);
    }
    *record = all->count ? all : NULL;
    return true;
}

bool source_accept(struct arena *a, const struct source *s, const struct json *given,
                   const struct json **record, struct err *e)
{
    struct json *one;
    size_t bytes = 0;
    *record = NULL;
    if (!given) return true;
    if (s->limit > 1 && json_is(given, JSON_ARRAY)) return accept_several(a, s, given, record, e);
    if (!accept_one(a, s, given, &bytes, &one, e)) return false;
    *record = one;
    return true;
}

/* ---- breakers ---- */

bool breaker_sleeps(const struct breaker *b, int64_t now)
{
    return atomic_load(&b->until) > now;
}

bool breaker_refuses(struct err *e)
{
    return err_busy(e, "exchange.sleeping",
                    "The provider does not answer at the moment: ask again in half a minute.");
}

bool breaker_enter(struct breaker *b, int64_t now, struct err *e)
{
    if (breaker_sleeps(b, now)) return breaker_refuses(e);
    if (atomic_load(&b->until) && atomic_exchange(&b->tried, true)) return breaker_refuses(e);
    if (atomic_fetch_add(&b->waiting, 1) < SOURCE_WAITING_MAX) return true;
    atomic_fetch_sub(&b->waiting, 1);
    return err_busy(e, "exchange.crowded", "Very many calls wait for this provider: ask again in a moment.");
}

void breaker_leave(struct breaker *b, int64_t now, bool answered)
{
    atomic_fetch_sub(&b->waiting, 1);
    if (answered) {
        atomic_store(&b->failures, 0);
        atomic_store(&b->until, 0);
    } else if (atomic_load(&b->until) || atomic_fetch_add(&b->failures, 1) + 1 >= BREAKER_FAILURES) {
        atomic_store(&b->until, now + BREAKER_MS);
    }
    atomic_store(&b->tried, false);
}

/* ---- asking ---- */

bool source_ask(const struct sources *all, const struct source *s, struct breaker *b, struct arena *a,
                struct str number, int64_t now, const struct json **record, struct err *e)
{
    const struct json *given = NULL;
    struct err wrong = {0};
    bool retry = false, ok;
    *record = NULL;
    if (!breaker_enter(b, now, e)) return false;
    ok = s->place && s->kind->ask(all, s, a, number, &given, &retry, &wrong);
    if (!ok && retry) {
        wrong = (struct err){0};
        ok = s->kind->ask(all, s, a, number, &given, &retry, &wrong);
    }
    if (!s->place) source_broken(&wrong, "no place of that name is set up here");
    ok = ok && source_accept(a, s, given, record, &wrong);
    breaker_leave(b, now, ok);
    if (ok) return true;
    log_event(LOG_LEVEL_WARN, "exchange.provider", "kind", s->kind->code, "why", wrong.detail, NULL);
    *e = wrong;
    return source_broken(e, "%s", wrong.detail);
}

/* A question on its way outside, and what came of it. */
struct outside {
    const struct sources *all;
    const struct source *source;
    struct breaker *breaker;
    struct str number;
    const struct json *record;
    int64_t begun_us; /* of the call */
    bool ok;
    struct err err;
};

static void ask_outside(struct ctx *c, void *arg)
{
    struct outside *o = arg;
    o->ok = source_ask(o->all, o->source, o->breaker, c->arena, o->number, c->now, &o->record, &o->err);
}

bool source_provide(struct ctx *c, struct call *k, const struct json **record)
{
    struct exchange_state *state = server_state(c->server, "exchange");
    const struct source *s = k->resource->source;
    struct outside *o = ctx_outside_found(c);
    if (k->given) {
        *record = k->given->record;
        if (!k->given->ok) *c->err = k->given->err;
        return k->given->ok;
    }
    if (!s->kind->waits) return rows_provide(c, s, k->code, record);
    if (o) {
        *record = o->record;
        k->begun_us = o->begun_us; /* the waiting belongs to it */
        if (!o->ok) *c->err = o->err;
        return o->ok;
    }
    o = ARENA_NEW(c->arena, struct outside);
    *o = (struct outside){.all = &state->sources,
                          .source = s,
                          .breaker = k->resource->breaker,
                          .number = k->code,
                          .begun_us = k->begun_us};
    return ctx_outside(c, ask_outside, o);
}
