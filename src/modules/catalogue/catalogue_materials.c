/* What is known of a document one provides (申请材料): need, original or copy, on paper or electronic, how
 * many, where it comes from; in words for guides, and the fields in which officers write it. */
#include "modules/catalogue/catalogue_edit.h"

enum { MATERIALS = 12 };

struct word {
    const char *code, *text;
};
static const struct word needs[] = {
    {"required", "always"}, {"optional", "if it applies"}, {"deferrable", "may follow later"}, {NULL, NULL}};
static const struct word kinds[] = {
    {"original", "Original"}, {"copy", "Copy"}, {"both", "Original and copy"}, {NULL, NULL}};
static const struct word forms[] = {
    {"paper", "On paper"}, {"electronic", "Electronic"}, {"either", "Paper or electronic"}, {NULL, NULL}};
static const struct word sources[] = {{"applicant", "You provide it yourself"},
                                      {"government", "Issued by an authority"},
                                      {"other", "From somebody else"},
                                      {NULL, NULL}};

static struct str word_of(struct ctx *c, const struct word *list, struct str code)
{
    for (; list->code; list++)
        if (str_eq_c(code, list->code)) return ctx_tr(c, list->text);
    return STR_EMPTY;
}

/* ---- in words ---- */

static void set_known(struct ctx *c, struct json *o, const char *key, struct str text)
{
    json_set(o, key, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

static struct str counted(struct ctx *c, const char *msgid, int64_t count)
{
    return tr_arg(c->lang, c->arena, msgid, str_fmt(c->arena, "%lld", (long long)count));
}

/* "Original: 1, copies: 2" as far as it is known. */
static struct str count_words(struct ctx *c, struct str kind, int64_t originals, int64_t copies)
{
    bool original = str_eq_c(kind, "original"), copy = str_eq_c(kind, "copy");
    if (str_eq_c(kind, "both") && originals > 0 && copies > 0)
        return str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(counted(c, "Originals: %{arg}", originals)),
                       c->lang == &lang_en ? ", " : "、", STR_ARG(counted(c, "Copies: %{arg}", copies)));
    if (original && copies > 0) return counted(c, "Originals: %{arg}", copies);
    if (copy && copies > 0) return counted(c, "Copies: %{arg}", copies);
    if (kind.len) return word_of(c, kinds, kind);
    return copies > 0 ? counted(c, "How many: %{arg}", copies) : STR_EMPTY;
}

void material_add_facts(struct ctx *c, struct json *o, const struct json *m)
{
    struct str form = json_text_of(m, "form"), kind = json_text_of(m, "kind"),
               source = json_text_of(m, "source");
    int64_t copies = json_i64_of(m, "copies", 0), originals = json_i64_of(m, "originals", 0);
    set_known(c, o, "form", form);
    set_known(c, o, "form_text",
              form.len                ? word_of(c, forms, form)
              : json_get(m, "accept") ? ctx_tr(c, "Upload a file or a photo")
                                      : STR_EMPTY);
    set_known(c, o, "kind", kind);
    json_set(o, "originals", originals > 0 ? json_number(c->arena, originals) : json_null(c->arena));
    json_set(o, "copies", copies > 0 ? json_number(c->arena, copies) : json_null(c->arena));
    set_known(c, o, "count_text", count_words(c, kind, originals, copies));
    set_known(c, o, "source", source);
    set_known(c, o, "source_text", word_of(c, sources, source));
    set_known(c, o, "issuer", json_text_of(m, "issuer"));
}

struct str material_line(struct ctx *c, const struct json *m)
{
    const struct str parts[] = {
        word_of(c, needs, json_text_of(m, "need")),
        count_words(c, json_text_of(m, "kind"), json_i64_of(m, "originals", 0), json_i64_of(m, "copies", 0)),
        word_of(c, forms, json_text_of(m, "form")),
        word_of(c, sources, json_text_of(m, "source")),
        json_text_of(m, "issuer"),
        edit_basis_line(c, json_get(m, "basis")),
    };
    struct buf b = buf_new(c->arena, 96);
    buf_add(&b, json_text_of(m, "name"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].len) buf_fmt(&b, " · %.*s", STR_ARG(parts[i]));
    return buf_str(&b);
}

/* ---- the fields ---- */

static const char *named(struct ctx *c, int n, const char *what)
{
    return str_z(c->arena, str_fmt(c->arena, "m%d_%s", n, what));
}

static void choice_field(struct ctx *c, struct json *fields, int n, const char *what, const char *label,
                         struct str value, const struct word *list, bool open)
{
    struct json *f = edit_field(c, fields, "select", named(c, n, what), label, value, !open, NULL);
    if (open) edit_choice(c, f, "", "Not verified");
    for (; list->code; list++)
        edit_choice(c, f, list->code, list->text);
}

static void count_field(struct ctx *c, struct json *fields, int n, const char *what, const char *label,
                        int64_t count, const char *hint)
{
    struct json *f =
        edit_field(c, fields, "input", named(c, n, what), label,
                   count > 0 ? str_fmt(c->arena, "%lld", (long long)count) : STR_EMPTY, false, hint);
    json_set_c(c->arena, f, "inputmode", "numeric");
    json_set_c(c->arena, f, "width", "5");
}

static void material_fields(struct ctx *c, struct json *sections, int n, const struct json *m)
{
    struct str name = json_text_of(m, "name"), need = json_text_of(m, "need"),
               number = tr_arg(c->lang, c->arena, "Document %{arg}", str_fmt(c->arena, "%d", n));
    struct json *fields =
        edit_fold(c, sections, str_z(c->arena, str_fmt(c->arena, "material-%d", n)),
                  name.len ? str_fmt(c->arena, "%.*s · %.*s", STR_ARG(number), STR_ARG(name)) : number);
    edit_field(c, fields, "input", named(c, n, "name"), "Document", name, false, NULL);
    choice_field(c, fields, n, "need", "Needed", need.len ? need : STR("required"), needs, false);
    choice_field(c, fields, n, "kind", "Original or copy", json_text_of(m, "kind"), kinds, true);
    count_field(c, fields, n, "copies", "How many", json_i64_of(m, "copies", 0),
                "Where both are asked for: the copies.");
    count_field(c, fields, n, "originals", "How many originals", json_i64_of(m, "originals", 0),
                "Only where originals and copies are asked for.");
    choice_field(c, fields, n, "form", "Paper or electronic", json_text_of(m, "form"), forms, true);
    choice_field(c, fields, n, "source", "Where the document comes from", json_text_of(m, "source"), sources,
                 true);
    edit_field(c, fields, "input", named(c, n, "issuer"), "Who issues it", json_text_of(m, "issuer"), false,
               NULL);
    edit_field(c, fields, "input", named(c, n, "basis"), "Law and article that ask for it",
               edit_basis_line(c, json_get(m, "basis")), false, NULL);
}

void material_section(struct ctx *c, struct json *sections, const struct item *i)
{
    bool own = item_own_service(i) != NULL;
    const struct json *list = json_get(i->doc, "materials"), *m = list ? list->first : NULL;
    int count = list ? (int)list->count : 0;
    edit_section(c, sections, "materials", "Documents you provide",
                 own ? "The documents of this service are part of its own form."
                     : "What the state already has is found by itself.");
    for (int n = 1; !own && n <= MATERIALS; n++, m = m ? m->next : NULL) {
        if (!m && n > 1 && !c->failed && n > count + 2) break;
        material_fields(c, sections, n, m);
    }
}

/* ---- and back ---- */

static void keep_given(struct ctx *c, struct json *m, int n, const char *what)
{
    struct str text = in_text(c, named(c, n, what));
    if (text.len || json_get(m, what))
        json_set(m, what, text.len ? json_string(c->arena, text) : json_null(c->arena));
}

static void keep_count(struct ctx *c, struct json *m, int n, const char *what)
{
    const char *name = named(c, n, what);
    if (in_has(c, name) || json_get(m, what))
        json_set(m, what, in_has(c, name) ? json_number(c->arena, in_i64(c, name, 0)) : json_null(c->arena));
}

static void keep_basis(struct ctx *c, struct json *m, int n)
{
    const char *name = named(c, n, "basis");
    struct str line = in_text(c, name);
    struct json *basis = NULL;
    if (line.len && !edit_read_basis(c, line, name, &basis)) return;
    if (basis || json_get(m, "basis")) json_set(m, "basis", basis ? basis : json_null(c->arena));
}

void materials_read(struct edit_reading *r)
{
    struct ctx *c = r->c;
    struct json *list = json_array(c->arena);
    for (int n = 1; n <= MATERIALS; n++) {
        struct str name = in_text(c, named(c, n, "name")), need = in_text(c, named(c, n, "need"));
        if (!name.len) continue;
        struct json *m = edit_known(c->arena, json_get(r->before, "materials"), "name", name);
        json_set_str(c->arena, m, "need", need.len ? need : STR("required"));
        keep_given(c, m, n, "kind");
        keep_given(c, m, n, "form");
        keep_given(c, m, n, "source");
        keep_given(c, m, n, "issuer");
        keep_count(c, m, n, "copies");
        keep_count(c, m, n, "originals");
        keep_basis(c, m, n);
        if (in_has(c, named(c, n, "originals")) && !str_eq_c(in_text(c, named(c, n, "kind")), "both"))
            err_at(c->err, str_c(named(c, n, "originals")), "Only where originals and copies are asked for.",
                   STR_EMPTY);
        json_add(list, m);
    }
    edit_keep(r, "materials", list);
}
