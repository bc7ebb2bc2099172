#include "modules/supervision/supervision_rules.h"

#include "core/base/shared.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"

enum {
    BOOK_MAX = 64 << 20,
    DIVISION_MAX = 12,
    SCOPES_MAX = DIVISION_MAX + 4,
    SLOTS = (int)SUPERVISE_KIND_COUNT * (int)SUPERVISE_LEVEL_COUNT * RULE_PLACES
};
/* ---- the book ---- */

struct rules_state {
    struct shared book;
};

static void drop_book(void *data)
{
    arena_drop(((struct rule_book *)data)->arena);
}

const struct rule_book *supervision_book(struct ctx *c)
{
    struct rules_state *s = server_state(c->server, "supervision");
    return ctx_shared(c, &s->book);
}

static int by_scope(const void *x, const void *y)
{
    const struct rule_row *a = x, *b = y;
    int order = str_cmp(a->scope, b->scope);
    return order ? order : str_cmp(a->rule.id, b->rule.id);
}

static bool fill(struct ctx *c, struct rule_book *b)
{
    if (!rules_store_all(c, b->arena, &b->rows, &b->count)) return false;
    qsort(b->rows, b->count, sizeof *b->rows, by_scope);
    return true;
}

bool supervision_rules_refresh(struct ctx *c)
{
    struct rules_state *s = server_state(c->server, "supervision");
    struct arena *a = arena_new(BOOK_MAX);
    if (!a) return err_fault(c->err, "not enough memory for the rules of supervision");
    struct rule_book *fresh = ARENA_NEW(a, struct rule_book);
    fresh->arena = a;
    if (!fill(c, fresh)) {
        arena_drop(a);
        return false;
    }
    return shared_put(&s->book, fresh, drop_book) ||
           err_fault(c->err, "not enough memory for the rules of supervision");
}

bool supervision_rules_start(struct ctx *c)
{
    struct rules_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    shared_open(&s->book);
    server_set_state(c->server, "supervision", s);
    return supervision_rules_refresh(c);
}

void supervision_rules_stop(struct server *server)
{
    struct rules_state *s = server_state(server, "supervision");
    if (!s) return;
    shared_close(&s->book);
    mem_free(s);
    server_set_state(server, "supervision", NULL);
}

const struct rule_row *supervision_rule_of(const struct rule_book *b, struct str id)
{
    for (size_t i = 0; b && i < b->count; i++)
        if (str_eq(b->rows[i].rule.id, id)) return &b->rows[i];
    return NULL;
}

/* ---- which speak of a case ---- */

/* The first row of that scope, or where it would stand. */
static size_t first_of(const struct rule_book *b, struct str scope)
{
    size_t low = 0, high = b->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(b->rows[mid].scope, scope) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static int slot_of(const struct supervise_rule *r)
{
    return ((int)r->kind * SUPERVISE_LEVEL_COUNT + (int)r->level) * RULE_PLACES + (int)r->role;
}

static bool speaks(const struct rule_row *r)
{
    return r->active && !r->ended;
}

/* One scope after the other, the more specific one later: of a kind, level and place the last one with a rule
 * counts, with all that it has. */
struct choice {
    const struct rule_book *book;
    size_t first[SCOPES_MAX], behind[SCOPES_MAX]; /* rows of each scope */
    int count, total;
    int last[SLOTS];
};

static void look_in(struct choice *k, struct str scope)
{
    size_t i = first_of(k->book, scope);
    if (k->count == SCOPES_MAX) return;
    k->first[k->count] = i;
    for (; i < k->book->count && str_eq(k->book->rows[i].scope, scope); i++) {
        if (speaks(&k->book->rows[i])) k->last[slot_of(&k->book->rows[i].rule)] = k->count;
        k->total++;
    }
    k->behind[k->count++] = i;
}

size_t supervision_rules_for(struct ctx *c, const struct rule_book *b, const struct rule_case *of,
                             const struct rule_row ***out)
{
    struct choice k = {.book = b};
    struct arena *a = c->arena;
    size_t count = 0;
    if (!b) return 0;
    look_in(&k, STR_EMPTY);
    for (size_t len = 1; len <= of->division.len && len <= DIVISION_MAX; len++)
        look_in(&k, str_cat(a, STR("division:"), str_slice(of->division, 0, len)));
    look_in(&k, str_cat(a, STR("type:"), of->type));
    look_in(&k, str_fmt(a, "unit:%lld", (long long)of->unit));
    look_in(&k, str_cat(a, STR("item:"), of->item));
    *out = ARENA_ARRAY(a, (size_t)k.total + 1, const struct rule_row *);
    for (int s = 0; s < k.count; s++)
        for (size_t i = k.first[s]; i < k.behind[s]; i++)
            if (speaks(&b->rows[i]) && k.last[slot_of(&b->rows[i].rule)] == s) (*out)[count++] = &b->rows[i];
    return count;
}

const struct rule_row *supervision_rule_like(const struct rule_book *b, const struct rule_row *row)
{
    for (size_t i = b ? first_of(b, row->scope) : 0; b && i < b->count; i++) {
        const struct rule_row *r = &b->rows[i];
        if (!str_eq(r->scope, row->scope)) break;
        if (!r->ended && slot_of(&r->rule) == slot_of(&row->rule) && !str_eq(r->rule.id, row->rule.id))
            return r;
    }
    return NULL;
}

struct str supervision_division_part(struct str code)
{
    while (code.len >= 4 && str_ends(code, STR("00")))
        code.len -= 2;
    return code;
}

/* ---- whose rules ---- */

bool supervision_whole(struct ctx *c)
{
    return str_starts(orgs_place(c), supervision_view_of(c).area);
}

bool supervision_scope_within(struct ctx *c, struct str scope)
{
    struct str kind, rest = str_cut(scope, ':', &kind), area = supervision_view_of(c).area;
    int64_t id;
    if (supervision_whole(c)) return true;
    if (str_eq_c(kind, "division")) return str_starts(rest, area);
    if (str_eq_c(kind, "unit")) {
        const struct unit *u = str_to_i64(rest, &id) ? orgs_unit(c, id) : NULL;
        return u && str_starts(u->division, area);
    }
    const struct item *i = str_eq_c(kind, "item") ? catalogue_item(c, rest) : NULL;
    return i && str_starts(i->division, area);
}

/* ---- words ---- */

/* Places are kept without the pairs of nothing behind them; names go by the whole code of six digits. */
static struct str division_name(struct ctx *c, struct str part)
{
    struct str code = part;
    while (code.len < 6)
        code = str_cat(c->arena, code, STR("0"));
    struct str name = orgs_division_path(c, code);
    return name.len ? name : part;
}

struct str supervision_scope_words(struct ctx *c, struct str scope)
{
    struct str kind, rest = str_cut(scope, ':', &kind), name = rest;
    int64_t id;
    if (!scope.len) return STR_EMPTY;
    if (str_eq_c(kind, "division")) name = division_name(c, rest);
    if (str_eq_c(kind, "type")) name = item_type_text(c, rest);
    if (str_eq_c(kind, "unit") && str_to_i64(rest, &id) && orgs_unit(c, id)) name = orgs_unit(c, id)->name;
    if (str_eq_c(kind, "item")) {
        const struct item *i = catalogue_item(c, rest);
        if (i) name = c->lang == &lang_en && i->en.len ? i->en : i->name;
    }
    return tr_arg(c->lang, c->arena,
                  str_eq_c(kind, "division") ? "Only in %{arg}"
                  : str_eq_c(kind, "type")   ? "Only for items of the type %{arg}"
                  : str_eq_c(kind, "unit")   ? "Only for %{arg}"
                                             : "Only for the item %{arg}",
                  name);
}

/* ---- storing ---- */

static struct json *detail_of(struct ctx *c, const struct rule_row *row)
{
    struct json *o = json_object(c->arena);
    json_set_str(c->arena, o, "rule", row->rule.id);
    json_set_i64(c->arena, o, "version", row->rule.version);
    json_set_c(c->arena, o, "kind", supervise_kind_name(row->rule.kind));
    json_set_c(c->arena, o, "level", supervise_level_name(row->rule.level));
    json_set_i64(c->arena, o, "threshold", row->rule.threshold);
    json_set_i64(c->arena, o, "limit", row->rule.limit);
    json_set_bool(c->arena, o, "active", row->active);
    if (row->scope.len) json_set_str(c->arena, o, "scope", row->scope);
    if (row->reason.len) json_set_str(c->arena, o, "reason", row->reason);
    return o;
}

/* What may be answered otherwise now is looked at soon; as far as that is told by department or place. */
static bool wake(struct ctx *c, struct str scope)
{
    struct str kind, rest = str_cut(scope, ':', &kind);
    int64_t unit = 0;
    if (!str_eq_c(kind, "unit") || !str_to_i64(rest, &unit)) unit = 0;
    return watched_wake_part(c, c->now, unit, str_eq_c(kind, "division") ? rest : STR_EMPTY);
}

bool supervision_rule_save(struct ctx *c, struct rule_row *row, const char *act)
{
    row->rule.version++;
    ctx_changed(c, "supervision");
    return rules_store_add(c, row) && evidence_add(c, act, "rule", row->rule.version, 0, detail_of(c, row)) &&
           wake(c, row->scope);
}
