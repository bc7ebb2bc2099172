/* What a published entry shares, and what its next version takes from permits. */
#include "modules/exchange/exchange_shares.h"

#include "core/http/server.h"
#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_told.h"

static bool shares_nothing(const struct json *doc)
{
    return !doc || str_eq_c(json_text_of(doc, "sharing"), "none");
}

static void add(struct buf *b, struct str one)
{
    if (b->len) buf_add_char(b, ',');
    buf_add(b, one);
}

struct str shares_of(struct arena *a, const struct json *doc)
{
    struct buf b = buf_new(a, 128);
    JSON_EACH(i, shares_nothing(doc) ? NULL : json_get(doc, "items"))
    {
        if (!str_eq_c(json_text_of(i, "sharing"), "none")) add(&b, json_text_of(i, "id"));
    }
    return buf_str(&b);
}

static struct str sifted(struct arena *a, struct str list, struct str other, bool named)
{
    struct buf b = buf_new(a, 128);
    for (struct str rest = list, one; rest.len;) {
        rest = str_cut(rest, ',', &one);
        if (list_names(other, one) == named) add(&b, one);
    }
    return buf_str(&b);
}

struct str list_without(struct arena *a, struct str list, struct str other)
{
    return sifted(a, list, other, false);
}

struct str list_within(struct arena *a, struct str list, struct str other)
{
    return sifted(a, list, other, true);
}

/* What cannot be read stays, and hides everything (mask_of). */
static struct str masks_left(struct arena *a, struct str masks, struct str lost)
{
    struct buf b = buf_new(a, 64);
    for (struct str rest = masks, pair, item; rest.len;) {
        rest = str_cut(rest, ',', &pair);
        (void)str_cut(pair, '=', &item);
        if (!list_names(lost, str_trim(item))) add(&b, pair);
    }
    return buf_str(&b);
}

void shares_cut(struct arena *a, struct share_permit *p, struct str shared)
{
    p->lost = list_without(a, p->fields, shared);
    if (!p->lost.len) return;
    p->fields = list_within(a, p->fields, shared);
    p->masks = masks_left(a, p->masks, p->lost);
}

struct str shares_names(struct ctx *c, const struct json *doc, struct str ids)
{
    struct buf b = buf_new(c->arena, 128);
    for (struct str rest = ids, id; rest.len;) {
        struct str name = STR_EMPTY;
        rest = str_cut(rest, ',', &id);
        JSON_EACH(i, json_get(doc, "items"))
        {
            if (str_eq(json_text_of(i, "id"), id)) name = json_text_of(i, "name");
        }
        if (b.len) buf_add_c(&b, "、");
        if (name.len) buf_fmt(&b, "%.*s ", STR_ARG(name));
        buf_add(&b, id);
    }
    return buf_str(&b);
}

/* ---- by a new version ---- */

bool losses_of(struct ctx *c, const struct data_entry *e, const struct json *next, struct loss **rows,
               size_t *count)
{
    struct share_permit *permits;
    size_t all;
    *count = 0;
    struct str gone = list_without(c->arena, shares_of(c->arena, e->doc), shares_of(c->arena, next));
    if (!gone.len) return true;
    if (!permit_store_of_entry(c, e->id, &permits, &all)) return false;
    *rows = ARENA_ARRAY(c->arena, all + 1, struct loss);
    for (size_t i = 0; i < all; i++) {
        struct str items = list_within(c->arena, permits[i].fields, gone);
        if (items.len) (*rows)[(*count)++] = (struct loss){permits[i], items};
    }
    return true;
}

bool losses_tell(struct ctx *c, const struct data_entry *e, const struct json *before,
                 const struct loss *rows, size_t count)
{
    bool whole = shares_nothing(e->doc);
    for (size_t i = 0; i < count; i++) {
        const struct share_permit *p = &rows[i].permit;
        struct str words = whole ? json_text_of(e->doc, "reason") : shares_names(c, before, rows[i].items);
        if (p->unit != e->unit && !told_asker(c, p, whole ? "unshared" : "loses", words)) return false;
    }
    return true;
}

/* ---- by a version from before that was told ---- */

/* Of an entry that is withdrawn they are told that. */
static bool tell_earlier(struct ctx *c, int64_t permit, struct str lost)
{
    struct share_permit p;
    struct data_entry e;
    bool found, told;
    if (!permit_store_load(c, permit, &p, &found)) return false;
    if (!found || p.unit == p.provider) return true;
    if (!told_store_lost(c, &p, &told)) return false;
    if (told) return true;
    if (!entry_store_load(c, p.entry, &e, &found)) return false;
    const struct loss one = {p, lost};
    return !found || !str_eq_c(e.state, "published") || losses_tell(c, &e, e.doc, &one, 1);
}

bool exchange_losses_run(struct ctx *c, const struct json *)
{
    const struct exchange_snapshot *s = exchange_now(c);
    for (size_t i = 0; i < s->permit_count; i++) {
        const struct share_permit *p = &s->permits[i];
        if (p->lost.len && p->unit && p->valid_until > c->now && !tell_earlier(c, p->id, p->lost))
            return false;
    }
    return true;
}

void losses_record(struct ctx *c, struct json *detail, const struct loss *rows, size_t count)
{
    struct json *list = count ? json_set_array(c->arena, detail, "losses") : NULL;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "permit", rows[i].permit.id);
        json_set_str(c->arena, o, "items", rows[i].items);
    }
}

bool losses_show(struct ctx *c, struct json *doc, const struct data_entry *e)
{
    struct json *list = json_set_array(c->arena, doc, "losses");
    struct loss *rows = NULL;
    size_t count = 0;
    if (e->doc && e->draft && !losses_of(c, e, e->draft, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        const struct share_permit *p = &rows[i].permit;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/exchange/permits/%lld", (long long)p->id));
        json_set_str(c->arena, o, "consumer", exchange_unit_name(c, p->unit));
        json_set_str(c->arena, o, "system", p->system_name);
        json_set_str(c->arena, o, "state_label", permit_state_words(c, p));
        json_set_str(c->arena, o, "items", shares_names(c, e->doc, rows[i].items));
    }
    json_set_bool(c->arena, doc, "has_losses", count > 0);
    return true;
}
