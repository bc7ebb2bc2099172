/* Bundles under version: written by one person as a form, published by another. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/evidence/evidence.h"

/* ---- versions ---- */

static bool newest(struct ctx *c, struct bundle_version **rows, size_t *count)
{
    if (!bundle_store_versions(c, ctx_path(c, "code"), rows, count)) return false;
    return *count || err_missing(c->err, "bundle", "We cannot find this life event.");
}

static bool is_open(const struct bundle_version *v)
{
    return str_eq_c(v->status, "draft") || str_eq_c(v->status, "review");
}

static struct str mark_of(const struct ctx *c)
{
    return str_fmt(c->arena, "|%lld|", (long long)c->actor.account);
}

static bool is_author(const struct ctx *c, const struct bundle_version *v)
{
    return c->actor.account &&
           (v->made_by == c->actor.account || str_find(v->authors, mark_of(c)) != SIZE_MAX);
}

static struct str status_label(struct ctx *c, struct str status)
{
    static const char *const words[][2] = {{"draft", "Draft"},
                                           {"review", "Under review"},
                                           {"published", "In force"},
                                           {"superseded", "Superseded"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(status, words[i][0])) return ctx_tr(c, words[i][1]);
    return status;
}

static bool note(struct ctx *c, const char *act, const struct bundle_version *v)
{
    struct json *detail = json_object(c->arena);
    struct bundle_version named = *v;
    if (!bundle_version_doc(c, &named)) return false;
    json_set_str(c->arena, detail, "name", json_text_of(named.doc, "name"));
    json_set_i64(c->arena, detail, "version", v->version);
    return evidence_add(c, act, "bundle_version", 0, 0, detail);
}

bool bundles_versions(struct ctx *c)
{
    struct bundle_version *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, ctx_doc(c), "bundles");
    if (!bundle_store_versions(c, STR_EMPTY, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!bundle_version_doc(c, &rows[i])) return false;
        struct json *o = json_add_object(c->arena, list);
        const struct json *members = json_get(rows[i].doc, "members");
        json_set_str(c->arena, o, "code", rows[i].code);
        json_set_str(c->arena, o, "name", bundle_text(c, rows[i].doc, "name", "en"));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "/office/bundle-versions/%.*s", STR_ARG(rows[i].code)));
        json_set_i64(c->arena, o, "version", rows[i].version);
        json_set_str(c->arena, o, "status_label", status_label(c, rows[i].status));
        json_set_bool(c->arena, o, "off", json_true_of(rows[i].doc, "off"));
        json_set_i64(c->arena, o, "members", members ? (int64_t)members->count : 0);
    }
    json_set_bool(c->arena, ctx_doc(c), "has_bundles", list->count > 0);
    return true;
}

/* ---- the form ---- */

static struct str list_text(struct ctx *c, const struct json *list, const char *between)
{
    struct buf b = buf_new(c->arena, 128);
    JSON_EACH(x, list)
    {
        if (b.len) buf_add_c(&b, between);
        buf_add(&b, json_text(x));
    }
    return buf_str(&b);
}

/* "shop_name = food.shop_name, fire.shop_name" */
static struct str groups_text(struct ctx *c, const struct json *groups, const char *key)
{
    struct buf b = buf_new(c->arena, 512);
    JSON_EACH(g, groups)
    {
        if (b.len) buf_add_char(&b, '\n');
        buf_fmt(&b, "%.*s = %.*s", STR_ARG(json_text_of(g, key)),
                STR_ARG(list_text(c, json_get(g, "of"), ", ")));
    }
    return buf_str(&b);
}

static struct str pairs_text(struct ctx *c, const struct json *pairs)
{
    struct buf b = buf_new(c->arena, 256);
    JSON_EACH(p, pairs)
    {
        if (b.len) buf_add_char(&b, '\n');
        buf_fmt(&b, "%.*s = %.*s", STR_ARG(p->key), STR_ARG(json_text(p)));
    }
    return buf_str(&b);
}

static const struct {
    const char *name, *label;
} texts[] = {{"name", "Name (Chinese)"},        {"en", "Name (English)"},
             {"text", "In one line (Chinese)"}, {"text_en", "In one line (English)"},
             {"who", "For whom (Chinese)"},     {"who_en", "For whom (English)"}};

static void add_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                      const char *type, struct str value, const char *hint)
{
    struct json *f = ctx_field(c, fields, name, label, type, value);
    if (hint) json_set_str(c->arena, f, "hint", ctx_tr(c, hint));
    case_field_whole(c, f);
}

static void add_form(struct ctx *c, struct json *doc, const struct json *b)
{
    struct json *fields = json_set_array(c->arena, doc, "fields"),
                *more = json_set_array(c->arena, doc, "mapping"),
                *members = json_set_array(c->arena, doc, "members");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        add_field(c, fields, texts[i].name, texts[i].label, "text", json_text_of(b, texts[i].name), NULL);
    add_field(c, fields, "words", "What people say, one a line", "textarea",
              list_text(c, json_get(b, "words"), "\n"), NULL);
    size_t n = 0;
    JSON_EACH(m, json_get(b, "members"))
    {
        const struct item *item = catalogue_of_base(c, json_text_of(m, "item"));
        const struct json *when = json_get(m, "when");
        struct json *o = json_add_object(c->arena, members);
        struct str at = str_fmt(c->arena, "m%zu", n++);
        json_set_str(c->arena, o, "at", at);
        json_set_str(c->arena, o, "id", json_text_of(m, "id"));
        json_set_str(c->arena, o, "item", json_text_of(m, "item"));
        json_set_str(c->arena, o, "name", item ? item->name : json_text_of(m, "item"));
        json_set_str(c->arena, o, "department", item ? bundle_unit_name(c, item->unit) : STR_EMPTY);
        json_set_bool(c->arena, o, "on", !json_true_of(m, "off"));
        json_set_i64(c->arena, o, "place", (int64_t)n);
        json_set_str(c->arena, o, "after", list_text(c, json_get(m, "after"), ", "));
        json_set(o, "when",
                 json_is(when, JSON_OBJECT)
                     ? json_string(c->arena,
                                   str_fmt(c->arena, "%.*s = %.*s", STR_ARG(json_text_of(when, "situation")),
                                           STR_ARG(json_text_of(when, "equals"))))
                     : json_null(c->arena));
    }
    add_field(c, more, "fields", "Asked once", "textarea", groups_text(c, json_get(b, "fields"), "id"),
              "One field a line: name = member.field, member.field. Fields of the same name and meaning are "
              "asked once without being named here.");
    add_field(c, more, "given", "From an earlier member", "textarea", pairs_text(c, json_get(b, "given")),
              "member.field = the member whose licence number it is");
    add_field(c, more, "fixed", "Settled", "textarea", pairs_text(c, json_get(b, "fixed")),
              "member.field = value; nobody is asked");
    add_field(c, more, "documents", "The same document", "textarea",
              groups_text(c, json_get(b, "documents"), "name"),
              "name = member.document, member.document. Documents of the same name are one already.");
    json_set_bool(c->arena, doc, "on", !json_true_of(b, "off"));
}

static void add_versions(struct ctx *c, struct json *doc, const struct bundle_version *rows, size_t count)
{
    struct json *list = json_set_array(c->arena, doc, "versions");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_i64(c->arena, o, "version", rows[i].version);
        json_set_str(c->arena, o, "status_label", status_label(c, rows[i].status));
        json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, rows[i].made_at, c->now));
        json_set(o, "note",
                 rows[i].note.len && !str_eq_c(rows[i].note, "shipped") ? json_string(c->arena, rows[i].note)
                                                                        : json_null(c->arena));
    }
}

bool bundles_version(struct ctx *c)
{
    struct bundle_version *rows;
    struct bundle_plan p;
    size_t count;
    if (!newest(c, &rows, &count)) return false;
    struct bundle_version *v = &rows[0];
    if (!bundle_version_doc(c, v)) return false;
    struct json *doc = ctx_doc(c), *faults = json_set_array(c->arena, doc, "faults");
    struct str path = str_fmt(c->arena, "/office/bundle-versions/%.*s", STR_ARG(v->code));
    if (!bundle_check(c, v->doc, faults)) return false;
    if (!faults->count && !bundle_plan_make(c, v->doc, NULL, NULL, &p)) return false;
    bool review = str_eq_c(v->status, "review"), own = is_author(c, v);
    json_set_str(c->arena, doc, "code", v->code);
    json_set_str(c->arena, doc, "name", bundle_text(c, v->doc, "name", "en"));
    json_set_i64(c->arena, doc, "version", v->version);
    json_set_str(c->arena, doc, "status", v->status);
    json_set_str(c->arena, doc, "status_label", status_label(c, v->status));
    json_set_str(c->arena, doc, "action", path);
    json_set_str(c->arena, doc, "guide", str_fmt(c->arena, "/bundles/%.*s", STR_ARG(v->code)));
    json_set_bool(c->arena, doc, "has_faults", faults->count > 0);
    json_set_bool(c->arena, doc, "editable", ctx_may(c, "bundle.edit") && !review);
    json_set_bool(c->arena, doc, "draft", str_eq_c(v->status, "draft"));
    json_set_bool(c->arena, doc, "own", review && own && ctx_may(c, "bundle.publish"));
    json_set_bool(c->arena, doc, "may_publish", review && !own && ctx_may(c, "bundle.publish"));
    json_set(doc, "picture", json_null(c->arena));
    json_set_array(c->arena, doc, "stages");
    if (!faults->count) bundles_draw(c, doc, &p);
    add_form(c, doc, v->doc);
    add_versions(c, doc, rows, count);
    return true;
}

/* ---- saving ---- */

static struct json *lines_of(struct ctx *c, struct str text, char sep)
{
    struct json *out = json_array(c->arena);
    struct str rest = text, line;
    while (rest.len) {
        rest = str_cut(rest, sep, &line);
        line = str_trim(line);
        if (line.len) json_add(out, json_string(c->arena, line));
    }
    return out;
}

static bool read_pairs(struct ctx *c, const char *name, struct json *out)
{
    JSON_EACH(l, lines_of(c, in_text(c, name), '\n'))
    {
        struct str key, value = str_trim(str_cut(json_text(l), '=', &key));
        key = str_trim(key);
        if (!key.len || !value.len)
            return err_at(c->err, str_c(name), "Each line is: name = value", STR_EMPTY);
        json_set_str(c->arena, out, str_z(c->arena, key), value);
    }
    return true;
}

static bool read_groups(struct ctx *c, const char *name, const char *key, const struct json *before,
                        struct json *out)
{
    struct json *pairs = json_object(c->arena);
    if (!read_pairs(c, name, pairs)) return false;
    JSON_EACH(p, pairs)
    {
        struct json *g = json_add_object(c->arena, out);
        json_set_str(c->arena, g, key, p->key);
        JSON_EACH(old, before)
        {
            if (str_eq(json_text_of(old, key), p->key) && json_text_of(old, "en").len)
                json_set_str(c->arena, g, "en", json_text_of(old, "en"));
        }
        json_set(g, "of", lines_of(c, json_text(p), ','));
    }
    return true;
}

/* By the places given; who has the same place stays in the order of before. */
static struct json *read_members(struct ctx *c, const struct json *before)
{
    struct arena *a = c->arena;
    struct json *out = json_array(a), *list[BUNDLE_MEMBERS_MAX];
    int64_t places[BUNDLE_MEMBERS_MAX];
    size_t count = 0, n = 0;
    JSON_EACH(m, before)
    {
        if (count == BUNDLE_MEMBERS_MAX) break;
        struct json *copy = json_copy(a, m);
        int64_t place = (int64_t)n + 1;
        struct str at = str_fmt(a, "m%zu", n++), on = ctx_param(c, str_cat(a, at, STR(".on"))),
                   said = ctx_param(c, str_cat(a, at, STR(".place")));
        if (!str_to_i64(str_trim(said), &place)) place = (int64_t)n;
        json_set(copy, "after", lines_of(c, ctx_param(c, str_cat(a, at, STR(".after"))), ','));
        json_set_bool(a, copy, "off", !on.len);
        size_t i = count++;
        while (i > 0 && places[i - 1] > place) {
            places[i] = places[i - 1];
            list[i] = list[i - 1];
            i--;
        }
        places[i] = place;
        list[i] = copy;
    }
    for (size_t i = 0; i < count; i++) {
        list[i]->next = NULL;
        json_add(out, list[i]);
    }
    struct str id = str_trim(ctx_param(c, STR("new_id"))), item = str_trim(ctx_param(c, STR("new_item")));
    if (id.len && item.len && count < BUNDLE_MEMBERS_MAX) {
        struct json *m = json_add_object(a, out);
        json_set_str(a, m, "id", id);
        json_set_str(a, m, "item", item);
        json_set_array(a, m, "after");
        json_set(m, "when", json_null(a));
        json_set_object(a, m, "situations");
    }
    return out;
}

static bool read_form(struct ctx *c, const struct json *before, struct json *doc)
{
    struct json *fields = json_array(c->arena), *documents = json_array(c->arena),
                *given = json_object(c->arena), *fixed = json_object(c->arena);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_set_str(c->arena, doc, texts[i].name, in_text(c, texts[i].name));
    if (!read_groups(c, "fields", "id", NULL, fields) || !read_pairs(c, "given", given) ||
        !read_pairs(c, "fixed", fixed) ||
        !read_groups(c, "documents", "name", json_get(before, "documents"), documents))
        return false;
    json_set(doc, "words", lines_of(c, in_text(c, "words"), '\n'));
    json_set(doc, "members", read_members(c, json_get(before, "members")));
    json_set(doc, "fields", fields);
    json_set(doc, "given", given);
    json_set(doc, "fixed", fixed);
    json_set(doc, "documents", documents);
    json_set_bool(c->arena, doc, "off", !in_true(c, "on"));
    return true;
}

bool bundles_version_save(struct ctx *c)
{
    struct bundle_version *rows;
    size_t count;
    if (!newest(c, &rows, &count)) return false;
    struct bundle_version v = rows[0];
    bool open = is_open(&v), review = str_eq_c(in_text(c, "go"), "review");
    if (str_eq_c(v.status, "review"))
        return err_conflict(c->err, "bundle.under_review",
                            "This draft is under review. It can be changed when the reviewer returns it.");
    if (!bundle_version_doc(c, &v)) return false;
    struct json *doc = json_copy(c->arena, v.doc);
    if (!read_form(c, v.doc, doc)) return false;
    struct str mark = mark_of(c);
    if (!open) {
        v.version++;
        v.authors = v.note = STR_EMPTY;
        v.reviewed_by = v.published_at = 0;
    }
    if (str_find(v.authors, mark) == SIZE_MAX) v.authors = str_cat(c->arena, v.authors, mark);
    v.status = review ? STR("review") : STR("draft");
    v.text = json_to_str(c->arena, doc);
    v.made_by = c->actor.account;
    v.made_at = c->now;
    ctx_notice(c, review ? "Sent to review." : "Your draft is saved.");
    return (open ? bundle_store_save_version(c, &v) : bundle_store_add_version(c, &v)) &&
           note(c, review ? "bundle.review" : "bundle.draft", &v) &&
           ctx_redirect(c, "/office/bundle-versions/%.*s", STR_ARG(v.code));
}

/* ---- the second pair of eyes ---- */

bool bundles_version_act(struct ctx *c)
{
    struct bundle_version *rows;
    size_t count;
    if (!newest(c, &rows, &count)) return false;
    struct bundle_version v = rows[0];
    bool publish = str_eq_c(in_text(c, "go"), "publish");
    if (!str_eq_c(v.status, "review"))
        return err_conflict(c->err, "bundle.no_review", "There is nothing to review here any more.");
    if (is_author(c, &v))
        return err_denied(c->err, "bundle.four_eyes",
                          "You drafted this yourself. Someone else must publish it.");
    if (publish) {
        struct json *faults = json_array(c->arena);
        if (!bundle_version_doc(c, &v) || !bundle_check(c, v.doc, faults)) return false;
        if (faults->count)
            return err_conflict(c->err, "bundle.unsound",
                                "It cannot be published: it has faults. They are listed.");
        v.status = STR("published");
        v.reviewed_by = c->actor.account;
        v.published_at = c->now;
        ctx_notice(c, "Published. It is in force now.");
    } else {
        v.status = STR("draft");
        v.note = in_text(c, "why");
        if (!v.note.len) return err_at(c->err, STR("why"), "Please give a reason.", STR_EMPTY);
        ctx_notice(c, "Returned to its author.");
    }
    return (!publish || bundle_store_supersede(c, v.code, v.version)) && bundle_store_save_version(c, &v) &&
           note(c, publish ? "bundle.publish" : "bundle.return", &v) &&
           ctx_redirect(c, "/office/bundle-versions/%.*s", STR_ARG(v.code));
}

const struct field bundles_edit_fields[] = {
    {"name", FIELD_LINE, "Name (Chinese)", .required = true, .max = 60},
    {"en", FIELD_LINE, "Name (English)", .required = true, .max = 80},
    {"text", FIELD_LINE, "In one line (Chinese)", .max = 120},
    {"text_en", FIELD_LINE, "In one line (English)", .max = 160},
    {"who", FIELD_LINE, "For whom (Chinese)", .max = 120},
    {"who_en", FIELD_LINE, "For whom (English)", .max = 160},
    {"words", FIELD_TEXT, "What people say, one a line", .max = 2000},
    {"on", FIELD_BOOL, "Offered"},
    {"fields", FIELD_TEXT, "Asked once", .max = 8000},
    {"given", FIELD_TEXT, "From an earlier member", .max = 4000},
    {"fixed", FIELD_TEXT, "Settled", .max = 4000},
    {"documents", FIELD_TEXT, "The same document", .max = 4000},
    {"go", FIELD_CHOICE, "What to do", .choices = "save|review"},
    {0},
};
const struct field bundles_act_fields[] = {
    {"go", FIELD_CHOICE, "What to do", .required = true, .choices = "publish|return"},
    {"why", FIELD_TEXT, "Your reason", .max = 1000},
    {0},
};
