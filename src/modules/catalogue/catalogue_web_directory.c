/* The directory of all services, with the time set by law, the promise, and how much shorter it is. */
#include "core/base/time.h"
#include "modules/catalogue/catalogue_internal.h"

enum { PAGE = 50 };

static void add_row(struct ctx *c, struct json *list, const struct item *i)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, list);
    const struct unit *u = orgs_unit(c, i->unit);
    struct str statutory = limit_text(c, i->statutory), promised = limit_text(c, i->promised),
               shorter = limit_compression(c, i->promised, i->statutory),
               why = limit_incomparable(c, i->promised, i->statutory);
    json_set_id(a, o, "id", i->id);
    json_set_str(a, o, "code", i->code);
    json_set_str(a, o, "name", i->name);
    json_set_str(a, o, "href", item_href(a, i));
    json_set_str(a, o, "type_label", item_type_text(c, i->type));
    json_set_str(a, o, "department", u ? u->name : STR_EMPTY);
    json_set(o, "statutory", statutory.len ? json_string(a, statutory) : json_null(a));
    json_set(o, "promised", promised.len ? json_string(a, promised) : json_null(a));
    json_set(o, "compressed", shorter.len ? json_string(a, shorter) : json_null(a));
    json_set(o, "incomparable", why.len ? json_string(a, why) : json_null(a));
}

static void plain_field(struct ctx *c, struct json *f, const char *kind)
{
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    json_set_bool(c->arena, f, "required",
                  true); /* a filter left open is no omission: no "(optional)" behind it */
}

static void add_filters(struct ctx *c, struct json *doc)
{
    static const char *const types[] = {"01", "05", "07", "08", "09", "10", "20"};
    const struct snapshot *s = catalogue_snapshot(c);
    struct json *fields = json_set_array(c->arena, doc, "fields");
    struct str dept =
        in_has(c, "dept") ? str_fmt(c->arena, "%lld", (long long)in_i64(c, "dept", 0)) : STR_EMPTY;
    struct json *q = ctx_field(c, fields, "dq", "Service name", "text", in_text(c, "dq"));
    plain_field(c, q, "input");
    json_set_bool(c->arena, q, "label_zh", false);
    struct json *d = ctx_field(c, fields, "dept", "Department", "text", dept),
                *t = ctx_field(c, fields, "type", "Type", "text", in_text(c, "type"));
    plain_field(c, d, "select");
    ctx_option(c, d, STR_EMPTY, ctx_tr(c, "All departments"));
    for (size_t i = 0; i < s->unit_count; i++) {
        const struct unit *u = orgs_unit(c, s->units[i].unit);
        if (u) ctx_option(c, d, str_fmt(c->arena, "%lld", (long long)u->id), u->name);
    }
    plain_field(c, t, "select");
    ctx_option(c, t, STR_EMPTY, ctx_tr(c, "All types"));
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        ctx_option(c, t, str_c(types[i]), item_type_text(c, str_c(types[i])));
}

static void add_pager(struct ctx *c, struct json *doc, int64_t next)
{
    if (!next) {
        json_set(doc, "pager", json_null(c->arena));
        return;
    }
    struct buf b = buf_new(c->arena, 128);
    buf_fmt(&b, "/directory?after=%lld", (long long)next);
    if (in_text(c, "dq").len) {
        buf_add_c(&b, "&dq=");
        buf_add(&b, url_encode(c->arena, in_text(c, "dq")));
    }
    if (in_has(c, "dept")) buf_fmt(&b, "&dept=%lld", (long long)in_i64(c, "dept", 0));
    if (in_text(c, "type").len) buf_fmt(&b, "&type=%.*s", STR_ARG(in_text(c, "type")));
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next", buf_str(&b));
}

bool directory_page(struct ctx *c)
{
    const struct snapshot *s = catalogue_snapshot(c);
    struct item_list found;
    struct item_filter f = {
        .query = in_text(c, "dq"), .unit = in_i64(c, "dept", 0), .type = in_text(c, "type")};
    catalogue_find(c, &f, in_i64(c, "after", 0), PAGE, &found);
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "items");
    for (size_t i = 0; i < found.count; i++)
        add_row(c, list, found.items[i]);
    json_set_array(c->arena, doc, "crumbs");
    json_set_str(c->arena, doc, "total", count_text(c->arena, found.total));
    if (s->law_days)
        json_set_str(
            c->arena, doc, "compression",
            str_fmt(c->arena, "%lld%%", (long long)((s->law_days - s->promised_days) * 100 / s->law_days)));
    else
        json_set(doc, "compression", json_null(c->arena));
    json_set_str(c->arena, doc, "compared", count_text(c->arena, s->compared));
    json_set_bool(c->arena, doc, "has_items", list->count > 0);
    add_filters(c, doc);
    add_pager(c, doc, found.next);
    return true;
}

const struct field directory_fields[] = {
    {"dq", FIELD_LINE, "Service name", .max = 100},
    {"dept", FIELD_ID, .label = "Department"},
    {"type", FIELD_CHOICE, "Type", .choices = "01|05|07|08|09|10|20"},
    {"after", FIELD_ID, .label = "Items behind this one"},
    {0},
};
