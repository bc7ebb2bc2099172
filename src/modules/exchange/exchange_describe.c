/* What an entry says of its data, member by member: one table for form, page, check and comparison. */
#include "modules/exchange/exchange_describe.h"
#include "core/http/server.h"
#include "modules/orgs/orgs.h"
#include "modules/registry/registry.h"

/* 编制指南 2017, core metadata 1 to 13, and what platforms add to them. In the order of form and page. */
const struct entry_member entry_members[] = {
    {"code", "Code", MEMBER_LINE, .required = true, .group = "What it is",
     .hint = "At least six digits of the classification, a stroke and a number: 101001/000001"},
    {"name", "Name of the data", MEMBER_LINE, .required = true, .zh = true},
    {"en", "Name in English", .kind = MEMBER_LINE},
    {"summary", "What it holds", MEMBER_TEXT, .zh = true},
    {"class", "Kind", MEMBER_CHOICE, .words = class_words, .required = true},
    {"domain", "Field", MEMBER_LINE, .zh = true, .hint = "Such as education, medical care, transport."},
    {"format", "Format", MEMBER_CHOICE, .words = format_words, .required = true},
    {"format_type", "Type of the format", MEMBER_LINE, .hint = "Such as OFD, XLSX, PostgreSQL, JSON."},
    {"licence", "It is an electronic licence", .kind = MEMBER_FLAG},
    {"level", "Sensitivity, 1 to 4", MEMBER_LEVEL, .required = true},
    {"duty", "Office in charge", MEMBER_LINE, .zh = true, .group = "Who keeps it"},
    {"contact", "Contact", MEMBER_LINE, .zh = true,
     .hint = "Office and telephone. It is shown to officers of all departments."},
    {"system", "System it is kept in", MEMBER_LINE, .zh = true},
    {"network", "Network", MEMBER_CHOICE, .words = network_words},
    {"cycle", "Renewed", MEMBER_CHOICE, .words = cycle_words, .required = true},
    {"sharing", "How it is shared", MEMBER_CHOICE, .words = sharing_words, .required = true,
     .group = "Sharing and opening"},
    {"reason", "Condition or legal basis", MEMBER_TEXT, .zh = true,
     .hint = "On condition: the condition and what it may be used for. Not shared: the law, "
             "regulation or policy that forbids it."},
    {"refusal", "Why it is not shared", MEMBER_CHOICE, .words = refusal_words},
    {"mode", "By which way it is shared", MEMBER_CHOICE, .words = way_words},
    {"scene", "Used for", MEMBER_CHOICE, .words = scene_words},
    {"services", "Services that use it", MEMBER_CODES, .hint = "Codes of services, separated by commas."},
    {"open", "Open to society", MEMBER_CHOICE, .words = open_words, .required = true},
    {"open_condition", "Condition of opening", MEMBER_TEXT, .zh = true},
    {"register", "Register it is asked from", MEMBER_LINE, .group = "What it hangs together with",
     .hint = "The id of a register of this installation; empty when it has none."},
    {"related", "Codes of related data", MEMBER_CODES,
     .hint = "Codes of other entries, here or elsewhere, separated by commas."},
    {0},
};

enum { CODES_MAX = 20 };

/* ---- in words ---- */

static struct str level_words(const struct ctx *c, int64_t level)
{
    static const char *const levels[] = {"", "Level 1 (lowest)", "Level 2", "Level 3", "Level 4 (highest)"};
    return level >= 1 && level <= 4 ? ctx_tr(c, levels[level]) : STR_EMPTY;
}

struct str entry_member_words(const struct ctx *c, const struct entry_member *m, const struct json *doc)
{
    struct str text = json_text_of(doc, m->name);
    switch (m->kind) {
    case MEMBER_CHOICE:
        return text.len ? exchange_label(c, m->words, text) : text;
    case MEMBER_FLAG:
        return json_true_of(doc, m->name) ? ctx_tr(c, "Yes") : STR_EMPTY;
    case MEMBER_LEVEL:
        return level_words(c, json_i64_of(doc, m->name, 0));
    default:
        return text;
    }
}

void entry_rows(struct ctx *c, struct json *rows, const struct data_entry *e, const struct json *doc)
{
    const struct unit *u = orgs_unit(c, e->unit);
    exchange_row(c, rows, "Provider, who answers for it", exchange_unit_name(c, e->unit), true);
    exchange_row(c, rows, "Unified social credit code of the provider", u ? u->uscc : STR_EMPTY, false);
    for (const struct entry_member *m = entry_members; m->name; m++) {
        bool head =
            strcmp(m->name, "code") == 0 || strcmp(m->name, "name") == 0 || strcmp(m->name, "en") == 0;
        if (!head && strcmp(m->name, "related") != 0)
            exchange_row(c, rows, m->label, entry_member_words(c, m, doc), m->zh);
    }
}

bool entry_related(struct ctx *c, struct json *page, const struct json *doc)
{
    struct json *list = json_set_array(c->arena, page, "related");
    struct str rest = json_text_of(doc, "related"), code;
    json_set_bool(c->arena, page, "has_related", rest.len > 0);
    while (rest.len) {
        int64_t id;
        rest = str_cut(rest, ',', &code);
        if (!entry_store_by_code(c, str_trim(code), &id)) return false;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "code", str_trim(code));
        json_set(o, "href",
                 id ? json_string(c->arena, str_fmt(c->arena, "/office/exchange/entries/%lld", (long long)id))
                    : json_null(c->arena));
    }
    return true;
}

void entry_items(struct ctx *c, struct json *list, const struct json *doc)
{
    JSON_EACH(i, json_get(doc, "items"))
    {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "id", json_text_of(i, "id"));
        json_set_str(c->arena, o, "name", json_text_of(i, "name"));
        json_set_str(c->arena, o, "type", json_text_of(i, "type"));
        json_set_str(c->arena, o, "sharing", json_text_of(i, "sharing"));
        json_set_str(c->arena, o, "sharing_label",
                     exchange_label(c, sharing_words, json_text_of(i, "sharing")));
    }
}

struct json *entry_metadata(struct ctx *c, const struct data_entry *e, const struct json *doc)
{
    const struct unit *u = orgs_unit(c, e->unit);
    struct json *out = doc ? json_copy(c->arena, doc) : json_object(c->arena);
    json_set_str(c->arena, out, "provider", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, out, "provider_code", u ? u->uscc : STR_EMPTY);
    return out;
}

/* ---- the form ---- */

static struct str items_text(struct ctx *c, const struct json *items)
{
    struct buf b = buf_new(c->arena, 512);
    JSON_EACH(i, items)
    {
        buf_fmt(&b, "%.*s | %.*s | %.*s | %.*s\n", STR_ARG(json_text_of(i, "id")),
                STR_ARG(json_text_of(i, "name")), STR_ARG(json_text_of(i, "type")),
                STR_ARG(json_text_of(i, "sharing")));
    }
    return buf_str(&b);
}

static void add_field(struct ctx *c, struct json *fields, const struct entry_member *m,
                      const struct json *doc)
{
    struct str value = json_text_of(doc, m->name);
    struct json *f;
    switch (m->kind) {
    case MEMBER_CHOICE:
        f = exchange_field(c, fields, m->name, m->label, "select", value, m->required);
        if (!m->required) ctx_option(c, f, STR_EMPTY, ctx_tr(c, "Not said"));
        for (const struct exchange_word *w = m->words; w->code; w++)
            ctx_option(c, f, str_c(w->code), ctx_tr(c, w->msgid));
        break;
    case MEMBER_FLAG:
        value = json_true_of(doc, m->name) ? STR("1") : STR_EMPTY;
        f = exchange_field(c, fields, m->name, m->label, "checkbox", value, m->required);
        break;
    case MEMBER_LEVEL:
        value = str_fmt(c->arena, "%lld", (long long)json_i64_of(doc, m->name, 2));
        f = exchange_field(c, fields, m->name, m->label, "text", value, m->required);
        json_set_c(c->arena, f, "inputmode", "numeric");
        break;
    default:
        f = exchange_field(c, fields, m->name, m->label, m->kind == MEMBER_TEXT ? "textarea" : "text", value,
                           m->required);
        break;
    }
    if (m->hint) json_set_str(c->arena, f, "hint", ctx_tr(c, m->hint));
}

static struct json *add_group(struct ctx *c, struct json *groups, const char *title)
{
    struct json *g = json_add_object(c->arena, groups);
    json_set_str(c->arena, g, "title", ctx_tr(c, title));
    return json_set_array(c->arena, g, "fields");
}

void entry_form(struct ctx *c, struct json *groups, const struct json *doc)
{
    struct json *fields = NULL, *f;
    for (const struct entry_member *m = entry_members; m->name; m++) {
        if (m->group) fields = add_group(c, groups, m->group);
        add_field(c, fields, m, doc);
    }
    f = exchange_field(c, add_group(c, groups, "Items of data"), "items", "Items of data", "textarea",
                       items_text(c, json_get(doc, "items")), true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "One a line: id | name | type and length | free, conditional or none"));
}

static struct json *items_of(struct ctx *c, struct str text)
{
    static const char *const names[] = {"id", "name", "type", "sharing"};
    struct json *items = json_array(c->arena);
    while (text.len) {
        struct str line, part;
        text = str_cut(text, '\n', &line);
        line = str_trim(line);
        if (!line.len) continue;
        struct json *o = json_add_object(c->arena, items);
        for (size_t i = 0; i < 4; i++) {
            line = str_cut(line, '|', &part);
            json_set_str(c->arena, o, names[i], str_trim(part));
        }
    }
    return items;
}

/* Codes one by one, with a plain comma between them. */
static struct str codes_of(struct ctx *c, struct str text)
{
    struct buf b = buf_new(c->arena, 64);
    while (text.len) {
        struct str one = list_next(&text);
        if (!one.len) continue;
        if (b.len) buf_add_char(&b, ',');
        buf_add(&b, one);
    }
    return buf_str(&b);
}

struct json *entry_sent(struct ctx *c)
{
    struct json *doc = json_object(c->arena);
    for (const struct entry_member *m = entry_members; m->name; m++) {
        struct str text = m->kind == MEMBER_FLAG ? STR_EMPTY : in_text(c, m->name);
        if (m->kind == MEMBER_CODES) text = codes_of(c, text);
        if (m->kind == MEMBER_LEVEL)
            json_set_i64(c->arena, doc, m->name, in_i64(c, m->name, 0));
        else if (m->kind == MEMBER_FLAG && in_true(c, m->name))
            json_set_bool(c->arena, doc, m->name, true);
        else if (text.len)
            json_set_str(c->arena, doc, m->name, text);
    }
    json_set(doc, "items", items_of(c, in_text(c, "items")));
    return doc;
}

/* ---- is it sound? ---- */

/* Six digits or more, a stroke, digits: 编制指南 2017, code of classification and sequence. */
static bool code_sound(struct str code)
{
    struct str class, number = str_cut(code, '/', &class);
    if (class.len < 6 || !number.len || code.len > CODE_MAX) return false;
    for (size_t i = 0; i < code.len; i++)
        if (i != class.len && (code.ptr[i] < '0' || code.ptr[i] > '9')) return false;
    return true;
}

static bool check_items(struct ctx *c, const struct json *items)
{
    if (!items || !items->count || items->count > ITEMS_MAX)
        return err_at(c->err, STR("items"), "Name 1 to 60 items of data.", STR_EMPTY);
    JSON_EACH(i, items)
    {
        struct str id = json_text_of(i, "id");
        JSON_EACH(other, items)
        {
            if (other != i && str_eq(json_text_of(other, "id"), id))
                return err_at(c->err, STR("items"), "This item is named twice: %{arg}", id);
        }
        if (!id.len || !json_text_of(i, "name").len || !json_text_of(i, "type").len ||
            !exchange_known(sharing_words, json_text_of(i, "sharing")))
            return err_at(c->err, STR("items"), "This line is not complete: %{arg}", id);
    }
    return true;
}

static void check_related(struct ctx *c, const struct json *doc)
{
    struct str rest = json_text_of(doc, "related"), code;
    size_t count = 0;
    while (rest.len) {
        rest = str_cut(rest, ',', &code);
        code = str_trim(code);
        if (!code_sound(code) || ++count > CODES_MAX) {
            (void)err_at(c->err, STR("related"), "This is no code of an entry: %{arg}", code);
            return;
        }
    }
}

static void check_members(struct ctx *c, const struct json *doc)
{
    for (const struct entry_member *m = entry_members; m->name; m++) {
        struct str text = json_text_of(doc, m->name);
        if (m->kind == MEMBER_CHOICE && (text.len || m->required) && !exchange_known(m->words, text))
            (void)err_at(c->err, str_c(m->name), "Please choose one of the list.", STR_EMPTY);
    }
}

bool entry_check(struct ctx *c, const struct json *doc)
{
    struct str sharing = json_text_of(doc, "sharing"), from = json_text_of(doc, "register");
    int64_t level = json_i64_of(doc, "level", 0);
    if (!code_sound(json_text_of(doc, "code")))
        (void)err_at(c->err, STR("code"),
                     "A code is at least six digits, a stroke and a number: 101001/000001", STR_EMPTY);
    if (!json_text_of(doc, "name").len)
        (void)err_at(c->err, STR("name"), "Please give it a name.", STR_EMPTY);
    check_members(c, doc);
    bool kept = str_eq_c(sharing, "none"), on_terms = str_eq_c(sharing, "conditional");
    if (kept && !json_text_of(doc, "reason").len)
        (void)err_at(c->err, STR("reason"), "What is not shared needs its legal basis.", STR_EMPTY);
    if (on_terms && !json_text_of(doc, "reason").len)
        (void)err_at(c->err, STR("reason"), "Say the condition and what it may be used for.", STR_EMPTY);
    if (kept && !json_text_of(doc, "refusal").len)
        (void)err_at(c->err, STR("refusal"), "Say of which kind the reason is.", STR_EMPTY);
    if (str_eq_c(json_text_of(doc, "open"), "conditional") && !json_text_of(doc, "open_condition").len)
        (void)err_at(c->err, STR("open_condition"), "Say on which condition it is open.", STR_EMPTY);
    if (level < 1 || level > 4)
        (void)err_at(c->err, STR("level"), "The level is a number from 1 to 4.", STR_EMPTY);
    if (from.len && !registry_resource(c, from))
        (void)err_at(c->err, STR("register"), "There is no such register.", STR_EMPTY);
    check_related(c, doc);
    return check_items(c, json_get(doc, "items")) && c->err->kind == ERR_NONE;
}

/* ---- what differs ---- */

static void add_change(struct ctx *c, struct json *list, struct str label, struct str before,
                       struct str after)
{
    if (str_eq(before, after)) return;
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "label", label);
    json_set_str(c->arena, o, "before", before);
    json_set_str(c->arena, o, "after", after);
}

static const struct json *item_of(const struct json *doc, struct str id)
{
    JSON_EACH(i, json_get(doc, "items"))
    {
        if (str_eq(json_text_of(i, "id"), id)) return i;
    }
    return NULL;
}

static struct str item_words(struct ctx *c, const struct json *i)
{
    if (!i) return STR_EMPTY;
    struct str name = json_text_of(i, "name"), type = json_text_of(i, "type"),
               sharing = exchange_label(c, sharing_words, json_text_of(i, "sharing"));
    return str_fmt(c->arena, "%.*s · %.*s · %.*s", STR_ARG(name), STR_ARG(type), STR_ARG(sharing));
}

static struct str item_label(struct ctx *c, const struct json *i)
{
    return tr_arg(c->lang, c->arena, "Item %{arg}", json_text_of(i, "id"));
}

void entry_changes(struct ctx *c, struct json *list, const struct json *before, const struct json *after)
{
    for (const struct entry_member *m = entry_members; m->name; m++)
        add_change(c, list, ctx_tr(c, m->label), entry_member_words(c, m, before),
                   entry_member_words(c, m, after));
    JSON_EACH(i, json_get(before, "items"))
    {
        const struct json *now = item_of(after, json_text_of(i, "id"));
        add_change(c, list, item_label(c, i), item_words(c, i), item_words(c, now));
    }
    JSON_EACH(i, json_get(after, "items"))
    {
        if (!item_of(before, json_text_of(i, "id")))
            add_change(c, list, item_label(c, i), STR_EMPTY, item_words(c, i));
    }
}

const struct field exchange_entry_fields[] = {
    {"code", FIELD_LINE, "Code", .required = true, .max = CODE_MAX},
    {"name", FIELD_LINE, "Name of the data", .required = true, .max = NAME_MAX},
    {"en", FIELD_LINE, "Name in English", .max = NAME_MAX},
    {"summary", FIELD_TEXT, "What it holds", .max = 1000},
    {"class", FIELD_CHOICE, "Kind", .required = true, .choices = "base|theme|department"},
    {"domain", FIELD_LINE, "Field", .max = 60},
    {"format", FIELD_CHOICE, "Format", .required = true,
     .choices = "database|api|table|file|image|stream|self"},
    {"format_type", FIELD_LINE, "Type of the format", .max = 60},
    {"licence", FIELD_BOOL, .label = "It is an electronic licence"},
    {"level", FIELD_INT, "Sensitivity, 1 to 4", .required = true, .min = 1, .max = 4},
    {"duty", FIELD_LINE, "Office in charge", .max = NAME_MAX},
    {"contact", FIELD_LINE, "Contact", .max = NAME_MAX},
    {"system", FIELD_LINE, "System it is kept in", .max = NAME_MAX},
    {"network", FIELD_CHOICE, "Network", .choices = "government|internet|department"},
    {"cycle", FIELD_CHOICE, "Renewed", .required = true,
     .choices = "realtime|daily|weekly|monthly|quarterly|yearly|irregular"},
    {"sharing", FIELD_CHOICE, "How it is shared", .required = true, .choices = "free|conditional|none"},
    {"reason", FIELD_TEXT, "Condition or legal basis", .max = 1000},
    {"refusal", FIELD_CHOICE, "Why it is not shared", .choices = "law|policy|sensitive|other"},
    {"mode", FIELD_CHOICE, "By which way it is shared", .choices = "platform|mail|copy"},
    {"scene", FIELD_CHOICE, "Used for", .choices = "service|public|supervision|other"},
    {"services", FIELD_LINE, "Services that use it", .max = 1000},
    {"open", FIELD_CHOICE, "Open to society", .required = true, .choices = "no|conditional|free"},
    {"open_condition", FIELD_TEXT, "Condition of opening", .max = 1000},
    {"register", FIELD_LINE, "Register it is asked from", .max = 64},
    {"related", FIELD_LINE, "Codes of related data", .max = CODES_MAX * (CODE_MAX + 2)},
    {"items", FIELD_TEXT, "Items of data", .required = true, .max = 8000},
    {0},
};
