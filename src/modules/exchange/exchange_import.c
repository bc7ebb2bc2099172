/* Entries from outside, and made-up ones to see what a large catalogue costs. */
#include "modules/exchange/exchange_permit.h"
#include "modules/exchange/exchange_setup.h"
#include "modules/orgs/orgs.h"

enum { LINES_SHOWN = 100 };

struct tally {
    int64_t read, fresh, changed, same, refused, kept;
    struct json *refusals, *kept_lines;
};

static void name_line(struct ctx *c, const struct tally *t, struct json *list, struct str reason)
{
    if (list->count >= LINES_SHOWN) return;
    struct json *r = json_add_object(c->arena, list);
    json_set_i64(c->arena, r, "line", t->read);
    json_set_str(c->arena, r, "reason", reason);
}

static void refuse(struct ctx *c, struct tally *t, struct str reason)
{
    t->refused++;
    name_line(c, t, t->refusals, reason);
}

/* What officers made of an entry, in words; NULL where it is as an import left it. */
static bool edited_here(struct ctx *c, const struct data_entry *e, const char **how)
{
    struct entry_version *versions;
    size_t count;
    *how = NULL;
    if (e->pending.len)
        *how = "kept, a draft or a withdrawal waits here";
    else if (!str_eq_c(e->state, "published"))
        *how = "kept, withdrawn here";
    if (*how) return true;
    if (!entry_store_versions(c, e->id, &versions, &count)) return false;
    if (count && versions[0].publisher) *how = "kept, edited here";
    return true;
}

/* What is kept of one: everything but the department, which is a row's own. */
static struct json *doc_of(struct ctx *c, const struct json *one)
{
    struct json *doc = json_object(c->arena);
    JSON_EACH(member, one)
    {
        if (!str_eq_c(member->key, "unit"))
            json_set(doc, str_z(c->arena, member->key), json_copy(c->arena, member));
    }
    return doc;
}

static bool import_one(struct ctx *c, const struct json *one, struct tally *t)
{
    const struct unit *u = orgs_unit_of_kind(c, json_text_of(one, "unit"), orgs_place(c));
    struct data_entry e = {0};
    struct json *doc = doc_of(c, one);
    struct err wrong = {0}, *own = c->err;
    const char *edited = NULL;
    int64_t id;
    bool found;
    t->read++;
    if (!u) {
        refuse(c, t, STR("the place has no such department"));
        return true;
    }
    c->err = &wrong;
    bool sound = entry_check(c, doc);
    c->err = own;
    if (!sound) {
        refuse(c, t, str_fmt(c->arena, "%s: %s", wrong.fields[0].field, wrong.fields[0].msgid));
        return true;
    }
    if (!entry_store_by_code(c, json_text_of(doc, "code"), &id)) return false;
    if (id && (!entry_store_load(c, id, &e, &found) || !edited_here(c, &e, &edited))) return false;
    if (edited) {
        t->kept++;
        name_line(c, t, t->kept_lines, str_c(edited));
        return true;
    }
    if (id &&
        str_eq(json_to_str(c->arena, e.doc ? e.doc : json_null(c->arena)), json_to_str(c->arena, doc))) {
        t->same++;
        return true;
    }
    if (!id) e = (struct data_entry){.id = ctx_id(c), .unit = u->id};
    err_clear(&wrong);
    c->err = &wrong;
    bool own_source = entry_has_own_source(c, &e, doc);
    c->err = own;
    if (!own_source && wrong.kind == ERR_CONFLICT) {
        refuse(c, t, str_c(wrong.msgid));
        return true;
    }
    if (!own_source) return false;
    e.draft = doc;
    e.author = c->actor.account;
    t->fresh += id == 0;
    t->changed += id != 0;
    return entry_publish(c, &e) && permit_platform(c, &e);
}

bool exchange_import(struct ctx *c, const struct json *file, struct json *report)
{
    struct tally t = {.refusals = json_array(c->arena), .kept_lines = json_array(c->arena)};
    const struct json *entries = json_get(file, "entries");
    if (!json_is(entries, JSON_ARRAY))
        return err_invalid(c->err, "exchange.file", "This file holds no catalogue of data.");
    JSON_EACH(one, entries)
    {
        if (!import_one(c, one, &t)) return false;
    }
    json_set_i64(c->arena, report, "read", t.read);
    json_set_i64(c->arena, report, "new", t.fresh);
    json_set_i64(c->arena, report, "changed", t.changed);
    json_set_i64(c->arena, report, "same", t.same);
    json_set_i64(c->arena, report, "refused", t.refused);
    json_set_i64(c->arena, report, "kept", t.kept);
    json_set(report, "refusals", t.refusals);
    json_set(report, "kept_lines", t.kept_lines);
    return true;
}

/* ---- sources ---- */

static struct json *setup_of(struct ctx *c, const struct data_entry *e, const struct json *one)
{
    static const char *const texts[] = {"code", "kind", "place", "path", "key"};
    struct json *doc = json_object(c->arena);
    const struct json *items = json_get(one, "items");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_set_str(c->arena, doc, texts[i], json_text_of(one, texts[i]));
    json_set(doc, "items", items ? json_copy(c->arena, items) : setup_items(c, e, STR_EMPTY));
    json_set_i64(c->arena, doc, "timeout", json_i64_of(one, "timeout", SOURCE_TIMEOUT));
    return doc;
}

static bool deliver(struct ctx *c, const struct data_entry *e, const struct json *rows)
{
    struct data_resource r;
    const struct source *s;
    bool found;
    if (!rows || !resource_store_of_entry(c, e->id, &r, &found) || !found || !source_store_read(c, r.id, &s))
        return !rows;
    struct delivery d = {.resource = r.id,
                         .batch = str_fmt(c->arena, "import-%lld", (long long)ctx_id(c)),
                         .digest = rows_digest(c->arena, rows),
                         .whole = true};
    return s && rows_apply(c, s, &d, rows);
}

static bool import_source(struct ctx *c, const struct json *one)
{
    struct data_entry e;
    int64_t id;
    bool found, there;
    if (!entry_store_by_code(c, json_text_of(one, "entry"), &id) || !entry_store_load(c, id, &e, &found))
        return false;
    if (!found || !setup_holds(c, id, &there)) return !found;
    return there || (setup_import(c, &e, setup_of(c, &e, one), json_text_of(one, "secret")) &&
                     deliver(c, &e, json_get(one, "rows")));
}

static bool import_facts(struct ctx *c, const struct json *facts)
{
    struct str there;
    if (!facts || !orgs_setting(c, "exchange.facts", &there)) return !facts;
    return there.len || orgs_save_setting(c, "exchange.facts", json_to_str(c->arena, facts));
}

bool exchange_import_sources(struct ctx *c, const struct json *file)
{
    JSON_EACH(one, json_get(file, "sources"))
    {
        if (!import_source(c, one)) return false;
    }
    if (!import_facts(c, json_get(file, "facts"))) return false;
    ctx_changed(c, "exchange"); /* places named since the program began */
    return true;
}

/* ---- made up ---- */

static const char *const things[] = {"许可", "备案", "登记", "检查", "处罚", "补贴",
                                     "人员", "场所", "设备", "项目", "车辆", "合同"};
static const char *const fields_of_work[] = {"供水", "供热", "客运", "货运", "种子", "渔业", "旅游", "出版",
                                             "气象", "地震", "消防", "体育", "科技", "商务", "粮食", "林木"};

#define PICK(list, n) (list)[(size_t)(n) % (sizeof(list) / sizeof(list)[0])]

static struct str made_code(struct arena *a, int64_t n)
{
    return str_fmt(a, "3%05lld/%06lld", (long long)(n % 100000), (long long)n);
}

static struct json *made_doc(struct ctx *c, int64_t n)
{
    static const char *const sharing[] = {"conditional", "conditional", "free", "conditional",
                                          "free",        "conditional", "none", "conditional",
                                          "free",        "conditional"};
    struct arena *a = c->arena;
    struct json *doc = json_object(a), *items = json_array(a), *item = json_add_object(a, items);
    const char *type = PICK(sharing, n);
    json_set_str(a, doc, "code", made_code(a, n));
    json_set_str(
        a, doc, "name",
        str_fmt(a, "%s%s信息（演示%lld）", PICK(fields_of_work, n / 12), PICK(things, n), (long long)n));
    json_set_c(a, doc, "en", "");
    json_set_c(a, doc, "summary", "为演示规模而生成，不对应任何真实数据。");
    json_set_c(a, doc, "class", "department");
    json_set_c(a, doc, "format", "database");
    json_set_c(a, doc, "sharing", type);
    json_set_c(a, doc, "reason", strcmp(type, "free") == 0 ? "" : "演示数据：条件与依据从略");
    if (strcmp(type, "none") == 0) json_set_c(a, doc, "refusal", refusal_words[n % 4].code);
    json_set_c(a, doc, "mode", way_words[n % 3].code);
    json_set_c(a, doc, "scene", scene_words[n % 4].code);
    json_set_c(a, doc, "network", network_words[n % 3].code);
    json_set_c(a, doc, "open", open_words[n % 3].code);
    if (n % 3 == 1) json_set_c(a, doc, "open_condition", "演示数据：开放条件从略");
    if (n > 1) json_set_str(a, doc, "related", made_code(a, n - 1));
    json_set_c(a, doc, "cycle", cycle_words[n % 7].code);
    json_set_i64(a, doc, "level", 1 + n % 4);
    json_set_c(a, doc, "duty", "");
    json_set_c(a, doc, "register", "");
    json_set_c(a, item, "id", "number");
    json_set_c(a, item, "name", "编号");
    json_set_c(a, item, "type", "C(32)");
    json_set_c(a, item, "sharing", type);
    json_set(doc, "items", items);
    return doc;
}

bool exchange_make(struct ctx *c, const struct exchange_made *m)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    if (!count) return err_missing(c->err, "exchange.units", "There are no departments yet.");
    for (int64_t n = m->from; n < m->from + m->count; n++) {
        struct data_entry e = {.id = ctx_id(c), .unit = units[(size_t)n % count]->id};
        struct data_resource r = {
            .entry = e.id, .kind = STR("api"), .register_id = STR_EMPTY, .state = STR("closed")};
        int64_t there;
        e.draft = made_doc(c, n);
        if (!entry_store_by_code(c, json_text_of(e.draft, "code"), &there)) return false;
        if (there) continue;
        if (!entry_publish(c, &e)) return false;
        if (n > m->resources) continue;
        r.id = ctx_id(c);
        r.code = str_fmt(c->arena, "made-%lld", (long long)n);
        if (!resource_store_save(c, &r)) return false;
    }
    return true;
}
