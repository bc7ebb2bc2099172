#include "core/auth/auth.h"
#include "core/base/id.h"
#include "core/base/time.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence_internal.h"

enum { LOOKS_PAGE = 30 };

static const char *actor_word(int64_t kind)
{
    switch (kind) {
    case ACTOR_PERSON:
        return "person";
    case ACTOR_OFFICER:
        return "officer";
    case ACTOR_SYSTEM:
        return "program";
    default:
        return "anyone";
    }
}

static struct str with_seconds(struct arena *a, int64_t at)
{
    struct civil t = time_civil(at);
    return str_fmt(a, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

static void add_pager(struct ctx *c, struct json *doc, struct str next)
{
    if (!next.len) {
        json_set(doc, "pager", json_null(c->arena));
        return;
    }
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set(pager, "previous", json_null(c->arena));
    json_set_str(c->arena, pager, "next", next);
}

/* ---- the audit ---- */

/* Officers by name; persons only by what they are: their names are nobody's business here. "" for those. */
static bool officer_name(struct ctx *c, int64_t account, struct str *out)
{
    struct account a;
    *out = STR_EMPTY;
    if (account_load(c, account, &a)) {
        if (a.kind == ACTOR_OFFICER) *out = a.label.len ? a.label : a.login;
        return true;
    }
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

static bool who_label(struct ctx *c, const struct evidence_row *r, struct str *out)
{
    switch (r->actor_kind) {
    case ACTOR_PERSON:
        *out = ctx_tr(c, "A person");
        return true;
    case ACTOR_SYSTEM:
        *out = ctx_tr(c, "The program");
        return true;
    case ACTOR_OFFICER:
        break;
    default:
        *out = ctx_tr(c, "Somebody not signed in");
        return true;
    }
    if (!officer_name(c, r->account, out)) return false;
    if (!out->len) *out = ctx_tr(c, "An officer");
    return true;
}

/* Object, number, and of an officer's account its name: whose sign-in was refused, say. */
static bool about_label(struct ctx *c, const struct evidence_row *r, struct str *out)
{
    struct str name = STR_EMPTY;
    *out = STR_EMPTY;
    if (!r->object) return true;
    if (str_eq_c(r->object_kind, "account") && !officer_name(c, r->object, &name)) return false;
    *out = str_fmt(c->arena, "%.*s %lld%s%.*s", STR_ARG(evidence_object_label(c, r->object_kind)),
                   (long long)r->object, name.len ? " · " : "", STR_ARG(name));
    return true;
}

/* The parts of a detail one after another, in words. */
static struct str detail_words(struct ctx *c, struct str act, struct str detail)
{
    struct err ignored = {0};
    const struct json *doc = json_parse(c->arena, detail, 0, &ignored);
    if (!json_is(doc, JSON_OBJECT)) return detail;
    struct buf b = buf_new(c->arena, detail.len + 64);
    JSON_EACH(part, doc)
    {
        struct buf other = buf_new(c->arena, 32);
        if (!json_is(part, JSON_STRING)) json_write(&other, part);
        struct str text = json_is(part, JSON_STRING) ? part->text : buf_str(&other);
        if (b.len) buf_add_c(&b, " · ");
        if (str_eq_c(part->key, "fields") || str_eq_c(part->key, "item")) text = evidence_items(c, doc, text);
        buf_add(&b, evidence_detail_label(c, act, part->key, text));
    }
    return buf_str(&b);
}

static bool add_entry(struct ctx *c, struct json *list, const struct evidence_row *r)
{
    struct arena *a = c->arena;
    struct json *o = json_add_object(a, list);
    struct str who, about, mac = str_hex(a, r->mac.ptr, r->mac.len);
    if (!who_label(c, r, &who) || !about_label(c, r, &about)) return false;
    json_set_id(a, o, "id", r->id);
    json_set_str(a, o, "when", with_seconds(a, r->at));
    json_set_str(a, o, "at", time_rfc3339(a, r->at));
    json_set_str(a, o, "who", who);
    json_set_str(a, o, "department", evidence_unit_name(c, r->unit));
    json_set_c(a, o, "actor_kind", actor_word(r->actor_kind));
    json_set_id(a, o, "account", r->account);
    json_set_id(a, o, "unit", r->unit);
    json_set_str(a, o, "act", evidence_act_label(c, r->act));
    json_set_str(a, o, "act_code", r->act);
    json_set_str(a, o, "about", about);
    json_set_str(a, o, "object_kind", r->object_kind);
    json_set_id(a, o, "object", r->object);
    if (r->object) json_set_str(a, o, "href", str_fmt(a, "?about=%lld", (long long)r->object));
    json_set_str(a, o, "detail", str_eq_c(r->detail, "{}") ? STR_EMPTY : detail_words(c, r->act, r->detail));
    json_set_str(a, o, "digest", mac.len > 16 ? str_cat(a, str_slice(mac, 0, 16), STR("…")) : mac);
    json_set_bool(a, o, "altered", evidence_altered(c, r));
    return true;
}

static struct json *filter_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                                 const char *kind, struct str value)
{
    static const char *const none[] = {
        "hint",      "error", "source",   "autocomplete",
        "inputmode", "width", "maxlength"}; /* the partial looks outward for what is absent */
    struct json *f = json_add_object(c->arena, fields);
    json_set_c(c->arena, f, "id", name);
    json_set_str(c->arena, f, "label", ctx_tr(c, label));
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    json_set_c(c->arena, f, "type", "text");
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        json_set(f, none[i], json_null(c->arena));
    json_set_str(c->arena, f, "value", value);
    json_set_bool(c->arena, f, "required", true);
    return f;
}

static void add_filters(struct ctx *c, struct json *doc)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    struct json *acts = filter_field(c, fields, "act", "Act", "select", in_text(c, "act"));
    ctx_option(c, acts, STR_EMPTY, ctx_tr(c, "Every act"));
    for (size_t i = 0; i < evidence_act_count; i++)
        ctx_option(c, acts, str_c(evidence_acts[i].code),
                   evidence_act_label(c, str_c(evidence_acts[i].code)));
    filter_field(c, fields, "who", "Officer's account", "input", in_text(c, "who"));
    struct str about =
        in_has(c, "about") ? str_fmt(c->arena, "%lld", (long long)in_i64(c, "about", 0)) : STR_EMPTY;
    json_set_c(c->arena, filter_field(c, fields, "about", "Number of the case or object", "input", about),
               "inputmode", "numeric");
    filter_field(c, fields, "day", "Day", "date", in_text(c, "day"));
}

/* *found is false for an account that does not exist. */
static bool account_of(struct ctx *c, struct str login, int64_t *id, bool *found)
{
    struct account a;
    struct str hash;
    *id = 0;
    *found = true;
    if (!login.len) return true;
    if (account_by_login(c, ACTOR_OFFICER, login, &a, &hash)) {
        *id = a.id;
        return true;
    }
    *found = false;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

/* A day bounds the ids; without one, what has no index of its own is looked for in the last month only. */
static void set_span(const struct ctx *c, struct evidence_query *q, bool *windowed)
{
    int32_t day;
    *windowed = false;
    if (date_parse(in_text(c, "day"), &day)) {
        int64_t end = id_at_least(date_start(day + 1));
        q->from = id_at_least(date_start(day));
        if (!q->before || q->before > end) q->before = end;
    } else if (!q->object && (q->account || q->act.len)) {
        q->from = id_at_least(date_start(date_of(c->now) - WINDOW_DAYS));
        *windowed = true;
    }
}

static void add_query(struct buf *b, struct arena *a, const char *name, struct str value)
{
    if (value.len) buf_fmt(b, "&%s=%.*s", name, STR_ARG(url_encode(a, value)));
}

static struct str next_page(struct ctx *c, int64_t before)
{
    struct buf b = buf_new(c->arena, 128);
    buf_fmt(&b, "?before=%lld", (long long)before);
    add_query(&b, c->arena, "act", in_text(c, "act"));
    add_query(&b, c->arena, "who", in_text(c, "who"));
    add_query(&b, c->arena, "day", in_text(c, "day"));
    if (in_has(c, "about")) buf_fmt(&b, "&about=%lld", (long long)in_i64(c, "about", 0));
    return buf_str(&b);
}

static bool audit(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "entries");
    struct evidence_query q = {
        .object = in_i64(c, "about", 0), .act = in_text(c, "act"), .before = in_i64(c, "before", 0)};
    struct evidence_row *rows = NULL;
    size_t count = 0;
    bool known, windowed;
    if (!account_of(c, in_text(c, "who"), &q.account, &known)) return false;
    set_span(c, &q, &windowed);
    if (known && !evidence_store_list(c, &q, &rows, &count)) return false;
    for (size_t i = 0; i < count && i < EVIDENCE_PAGE; i++)
        if (!add_entry(c, list, &rows[i])) return false;
    add_filters(c, doc);
    json_set_bool(c->arena, doc, "has_entries", count > 0);
    json_set_bool(c->arena, doc, "last_month_only", windowed);
    add_pager(c, doc, count > EVIDENCE_PAGE ? next_page(c, rows[EVIDENCE_PAGE - 1].id) : STR_EMPTY);
    return true;
}

/* ---- who looked at my data ---- */

static void add_look(struct ctx *c, struct json *list, const struct evidence_row *r)
{
    struct err ignored = {0};
    const struct json *detail = json_parse(c->arena, r->detail, JSON_STRICT, &ignored);
    struct json *o = json_add_object(c->arena, list);
    struct str unit = evidence_unit_name(c, r->unit);
    bool program = r->actor_kind == ACTOR_SYSTEM;
    json_set_str(c->arena, o, "when", time_words(c->lang, c->arena, r->at, c->now));
    json_set_str(c->arena, o, "at", time_rfc3339(c->arena, r->at));
    json_set_str(c->arena, o, "who",
                 program    ? ctx_tr(c, "The program")
                 : unit.len ? unit
                            : ctx_tr(c, "An officer"));
    json_set_bool(c->arena, o, "who_zh", !program && unit.len > 0);
    json_set_str(c->arena, o, "what", evidence_what_label(c, json_text_of(detail, "what")));
    json_set_str(c->arena, o, "why",
                 program ? ctx_tr(c, "Work of the program")
                         : evidence_why_label(c, json_text_of(detail, "route")));
    /* The object of a look at a person alone is that person: no case to lead to. */
    if (r->object && r->object != r->subject && str_eq_c(json_text_of(detail, "what"), "case"))
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/cases/%lld", (long long)r->object));
}

bool evidence_seen(struct ctx *c, int64_t subject, int limit, struct json *list)
{
    struct evidence_row *rows;
    size_t count;
    if (!evidence_store_looks(c, subject, 0, limit, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        add_look(c, list, &rows[i]);
    return true;
}

static bool access_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "looks");
    struct evidence_row *rows;
    size_t count;
    if (!evidence_store_looks(c, c->actor.subject, in_i64(c, "before", 0), LOOKS_PAGE + 1, &rows, &count))
        return false;
    for (size_t i = 0; i < count && i < LOOKS_PAGE; i++)
        add_look(c, list, &rows[i]);
    json_set_bool(c->arena, doc, "has_looks", count > 0);
    add_pager(c, doc,
              count > LOOKS_PAGE ? str_fmt(c->arena, "?before=%lld", (long long)rows[LOOKS_PAGE - 1].id)
                                 : STR_EMPTY);
    struct json *crumb = json_add_object(c->arena, json_set_array(c->arena, doc, "crumbs"));
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "My page"));
    json_set_c(c->arena, crumb, "href", "/me");
    return true;
}

/* ---- tables ---- */

static const struct field audit_fields[] = {
    {"before", FIELD_ID, .label = "Rows before this one"},
    {"act", FIELD_LINE, "Act", .max = 60},
    {"who", FIELD_LINE, "Officer's account", .max = 60},
    {"about", FIELD_ID, .label = "Number of the case or object"},
    {"day", FIELD_DATE, .label = "Day"},
    {0},
};

static const struct field page_fields[] = {
    {"before", FIELD_ID, .label = "Rows before this one"},
    {0},
};

static const struct route routes[] = {
    GET("/office/audit", ALLOW("audit.read"), SCOPE(NO_ROW), audit, "site/audit", .in = audit_fields,
        .flags = ROUTE_PERSONAL, .summary = "The record of every act, newest first"),
    GET("/me/access", ALLOW(PERSON), SCOPE(NO_ROW), access_page, "evidence/access", .in = page_fields,
        .summary = "Who looked at my data, newest first"),
};

static const struct permission permissions[] = {
    {"audit.read", "Read the record of every act", "audit_admin"},
};

static const struct job_kind jobs[] = {
    {"evidence.check", "Check the record of acts", .prepare = evidence_check_prepare, .run = evidence_check,
     .every_ms = MS_HOUR},
};

const struct module evidence_module = {
    .name = "evidence",
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = evidence_start,
    .stop = evidence_stop,
};
