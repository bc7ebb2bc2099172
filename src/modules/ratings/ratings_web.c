/* What people see: the page on which a case is rated, and the public sums. */
#include "modules/ratings/ratings_web.h"
#include "core/http/server.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/orgs/orgs.h"
#include "modules/ratings/ratings_internal.h"

struct json *ratings_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                           const char *kind, bool required)
{
    static const char *const none[] = {"hint", "source", "autocomplete", "inputmode", "width", "maxlength"};
    struct json *f = ctx_field(c, parent, name, label, "text", STR_EMPTY);
    json_set_bool(c->arena, json_set_object(c->arena, f, "kind"), kind, true);
    /* The partial looks outward for what is absent, so what is absent is said. */
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        json_set(f, none[i], json_null(c->arena));
    if (!json_get(f, "error")) json_set(f, "error", json_null(c->arena));
    json_set_bool(c->arena, f, "required", required);
    json_set_bool(c->arena, f, "readonly", false);
    json_set_bool(c->arena, f, "label_zh", false);
    return f;
}

/* Was this value of a list among what was sent? */
static bool was_sent(const struct ctx *c, const char *name, const char *value)
{
    for (const struct param *p = c->failed ? c->req->form.first : NULL; p; p = p->next)
        if (str_eq_c(p->name, name) && str_eq_c(p->value, value)) return true;
    return false;
}

struct str ratings_number(struct arena *a, int64_t n)
{
    struct str digits = str_fmt(a, "%lld", (long long)n);
    struct buf b = buf_new(a, digits.len * 2);
    for (size_t i = 0; i < digits.len; i++) {
        if (i && (digits.len - i) % 3 == 0 && digits.ptr[i - 1] != '-') buf_add_char(&b, ',');
        buf_add_char(&b, digits.ptr[i]);
    }
    return buf_str(&b);
}

static struct str share(struct arena *a, int64_t part, int64_t all)
{
    if (!all) return STR("–");
    int64_t tenths = (part * 1000 + all / 2) / all;
    if (tenths == 1000 && part < all) tenths = 999; /* rounding never makes it perfect */
    return tenths % 10 ? str_fmt(a, "%lld.%lld%%", (long long)(tenths / 10), (long long)(tenths % 10))
                       : str_fmt(a, "%lld%%", (long long)(tenths / 10));
}

/* ---- rating ---- */

static void add_reasons(struct ctx *c, struct json *fields, const char *name, const char *label, int level)
{
    struct json *f = ratings_field(c, fields, name, label, "checkboxes", false),
                *options = json_set_array(c->arena, f, "options");
    for (size_t i = 0; i < rating_reason_count; i++) {
        if (!(rating_reasons[i].levels & 1u << level)) continue;
        struct json *o = json_add_object(c->arena, options);
        json_set_c(c->arena, o, "value", rating_reasons[i].code);
        json_set_str(c->arena, o, "label", ctx_tr(c, rating_reasons[i].msgid));
        json_set_bool(c->arena, o, "checked", was_sent(c, name, rating_reasons[i].code));
        json_set(o, "note", json_null(c->arena));
    }
}

static void add_levels(struct ctx *c, struct json *doc)
{
    struct json *levels = json_set_array(c->arena, doc, "levels");
    struct json *probe = ctx_field(c, doc, "level", "Your rating", "radios", STR_EMPTY);
    struct str error = json_text_of(probe, "error");
    json_set(doc, "level_error", error.len ? json_string(c->arena, error) : json_null(c->arena));
    json_set(doc, "level", json_null(c->arena));
    for (int i = 1; i <= LEVELS; i++) {
        struct json *o = json_add_object(c->arena, levels);
        struct str value = str_fmt(c->arena, "%d", i);
        json_set_str(c->arena, o, "value", value);
        json_set_str(c->arena, o, "label", ctx_tr(c, rating_level_msgid(i)));
        json_set_bool(c->arena, o, "checked", was_sent(c, "level", str_z(c->arena, value)));
    }
}

bool ratings_rate_page(struct ctx *c)
{
    struct rating r;
    struct case_file f;
    if (c->failed &&
        c->failed->kind ==
            ERR_CONFLICT) { /* rated already, or too early: the page of the case tells more than this form */
        *c->err = *c->failed;
        return false;
    }
    if (!case_load(c, c->row, &f)) return false;
    if (!rating_may_give(c, c->row, &r)) {
        if (!c->html || c->failed || strcmp(c->err->code, "rating.done") != 0) return false;
        /* The link on the page of the case outlives the rating: a person is led back with thanks. */
        err_clear(c->err);
        ctx_notice(c, "This application has already been rated. Thank you.");
        return ctx_redirect(c, "/cases/%lld", (long long)c->row);
    }
    struct json *doc = ctx_doc(c), *item = json_set_object(c->arena, doc, "item");
    const struct item *now = catalogue_by_id(c, r.item);
    json_set_id(c->arena, item, "id", r.item);
    json_set_str(c->arena, item, "name", r.item_name);
    json_set_str(c->arena, item, "href", now ? item_href(c->arena, now) : STR_EMPTY);
    json_set_str(c->arena, doc, "case_no", r.case_no);
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "/cases/%lld/rate", (long long)c->row));
    add_levels(c, doc);
    struct json *fields = json_set_array(c->arena, doc, "fields");
    add_reasons(c, fields, "good", "What went well", 1);
    add_reasons(c, fields, "bad", "What went wrong", LEVELS);
    json_set_i64(c->arena, ratings_field(c, fields, "text", "What you would like to say", "textarea", false),
                 "maxlength", SAID_MAX);
    struct json *crumbs = json_set_array(c->arena, doc, "crumbs"), *crumb = json_add_object(c->arena, crumbs);
    json_set_str(c->arena, crumb, "name", ctx_tr(c, "My page"));
    json_set_c(c->arena, crumb, "href", "/me");
    crumb = json_add_object(c->arena, crumbs);
    json_set_str(c->arena, crumb, "name", r.item_name);
    json_set_str(c->arena, crumb, "href", str_fmt(c->arena, "/cases/%lld", (long long)c->row));
    return true;
}

/* Reasons that do not go with the level are told, not dropped. */
static bool take_reasons(struct ctx *c, const char *field, int64_t level, struct buf *codes)
{
    JSON_EACH(given, json_get(c->in, field))
    {
        for (size_t i = 0; i < rating_reason_count; i++) {
            if (!str_eq_c(given->text, rating_reasons[i].code)) continue;
            if (!(rating_reasons[i].levels & 1u << level))
                return err_at(c->err, str_c(field),
                              "This reason does not go with your rating. Please change one of them.",
                              STR_EMPTY);
            if (codes->len) buf_add_char(codes, ',');
            buf_add(codes, given->text);
        }
    }
    return true;
}

bool ratings_rate(struct ctx *c)
{
    struct rating r;
    struct buf codes = buf_new(c->arena, 64);
    if (!rating_may_give(c, c->row, &r)) return false;
    r.level = in_i64(c, "level", 0);
    if (!take_reasons(c, "good", r.level, &codes) || !take_reasons(c, "bad", r.level, &codes)) return false;
    r.reasons = buf_str(&codes);
    r.said = in_text(c, "text");
    if (!rating_give(c, &r)) return false;
    ctx_notice(c, r.level >= FIRST_BAD_LEVEL
                      ? "Thank you. What went wrong will be followed up, and you will get an answer."
                      : "Thank you for your rating.");
    return ctx_redirect(c, "/cases/%lld", (long long)c->row);
}

/* ---- the public page ---- */

static void add_level_bars(struct ctx *c, struct json *doc, const int64_t counts[LEVELS + 1])
{
    struct json *levels = json_set_array(c->arena, doc, "levels");
    int64_t max = 1;
    for (int i = 1; i <= LEVELS; i++) {
        struct json *o = json_add_object(c->arena, levels);
        json_set_str(c->arena, o, "value", str_fmt(c->arena, "%d", i));
        json_set_str(c->arena, o, "label", ctx_tr(c, rating_level_msgid(i)));
        json_set_i64(c->arena, o, "count", counts[i]);
        if (counts[i] > max) max = counts[i];
    }
    json_set_i64(c->arena, doc, "max", max);
}

static struct str name_of(struct ctx *c, int64_t key, bool units)
{
    const struct unit *u = units ? orgs_unit(c, key) : NULL;
    const struct item *i = units ? NULL : catalogue_by_id(c, key);
    return u ? u->name : i ? i->name : STR_EMPTY;
}

static void add_row(struct ctx *c, struct json *list, int64_t key, const int64_t n[LEVELS + 1], bool units)
{
    struct str name = name_of(c, key, units);
    int64_t total = 0;
    for (int i = 1; i <= LEVELS; i++)
        total += n[i];
    struct json *o = json_add_object(c->arena, list);
    json_set_id(c->arena, o, "id", key);
    json_set_str(c->arena, o, "name",
                 name.len ? name : ctx_tr(c, units ? "Another department" : "A service no longer offered"));
    json_set_str(c->arena, o, "href",
                 units      ? str_fmt(c->arena, "/ratings?department=%lld", (long long)key)
                 : name.len ? str_fmt(c->arena, "/items/%lld", (long long)key)
                            : STR_EMPTY);
    json_set_str(c->arena, o, "total", ratings_number(c->arena, total));
    json_set_str(c->arena, o, "good_share", share(c->arena, n[1] + n[2], total));
    json_set_str(c->arena, o, "bad", ratings_number(c->arena, n[4] + n[5]));
}

/* Rows come ordered by key: each run of one key is a line of the table. */
static void add_rows(struct ctx *c, struct json *list, const struct rating_count *rows, size_t count,
                     bool units)
{
    for (size_t i = 0; i < count;) {
        int64_t n[LEVELS + 1] = {0}, key = rows[i].key;
        for (; i < count && rows[i].key == key; i++)
            if (rows[i].level >= 1 && rows[i].level <= LEVELS) n[rows[i].level] = rows[i].count;
        add_row(c, list, key, n, units);
    }
}

static bool add_replies(struct ctx *c, struct json *doc)
{
    struct rating *rows;
    size_t count;
    if (!ratings_store_published(c, &rows, &count)) return false;
    struct json *list = json_set_array(c->arena, doc, "replies");
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct civil d = time_civil(rows[i].closed_at);
        json_set_str(c->arena, o, "said",
                     rows[i].said.len ? rows[i].said : rating_reasons_text(c, rows[i].reasons));
        json_set_str(c->arena, o, "reply", rows[i].reply);
        json_set_str(c->arena, o, "department", name_of(c, rows[i].unit, true));
        json_set_str(c->arena, o, "when", date_format(c->arena, date_from_civil(d.year, d.month, d.day)));
    }
    json_set_bool(c->arena, doc, "has_replies", count > 0);
    return true;
}

bool ratings_public_page(struct ctx *c)
{
    int64_t counts[LEVELS + 1], total = 0, in_time, of, unit = in_i64(c, "department", 0);
    struct rating_count *rows;
    size_t row_count;
    struct json *doc = ctx_doc(c), *crumbs = json_set_array(c->arena, doc, "crumbs");
    if (!ratings_store_levels(c, 0, unit, counts) || !ratings_store_in_time(c, &in_time, &of)) return false;
    for (int i = 1; i <= LEVELS; i++)
        total += counts[i];
    if (unit && !total) return err_missing(c->err, "page", "We cannot find this page.");
    json_set_bool(c->arena, doc, "has_ratings", total > 0);
    json_set_str(c->arena, doc, "total", ratings_number(c->arena, total));
    json_set_str(c->arena, doc, "good_share", share(c->arena, counts[1] + counts[2], total));
    json_set_str(c->arena, doc, "bad", ratings_number(c->arena, counts[4] + counts[5]));
    json_set_str(c->arena, doc, "rectified_share", share(c->arena, in_time, of));
    add_level_bars(c, doc, counts);
    json_set(doc, "department", json_null(c->arena));
    struct json *departments = json_set_array(c->arena, doc, "departments"),
                *items = json_set_array(c->arena, doc, "items");
    if (unit) {
        if (!ratings_store_by_item(c, unit, &rows, &row_count)) return false;
        add_rows(c, items, rows, row_count, false);
        json_set_str(c->arena, doc, "department", name_of(c, unit, true));
        struct json *crumb = json_add_object(c->arena, crumbs);
        json_set_str(c->arena, crumb, "name", ctx_tr(c, "Ratings"));
        json_set_c(c->arena, crumb, "href", "/ratings");
    } else {
        if (!ratings_store_by_unit(c, &rows, &row_count)) return false;
        add_rows(c, departments, rows, row_count, true);
    }
    json_set_bool(c->arena, doc, "has_departments", departments->count > 0);
    json_set_bool(c->arena, doc, "has_items", items->count > 0);
    json_set_bool(c->arena, doc, "has_replies", false);
    json_set_array(c->arena, doc, "replies");
    return unit || add_replies(c, doc);
}

/* ---- tables ---- */

static const struct field rate_fields[] = {
    {"level", FIELD_INT, "Your rating", .required = true, .min = 1, .max = LEVELS},
    {"good", FIELD_LIST, "What went well", .max = 20, .choices = "fast|clear|easy|once|friendly"},
    {"bad", FIELD_LIST, "What went wrong", .max = 20,
     .choices = "slow|unclear|hard|visits|extra|attitude|fees"},
    {"text", FIELD_TEXT, "What you would like to say", .max = SAID_MAX},
    {0},
};

static const struct field public_fields[] = {
    {"department", FIELD_ID, .label = "Department"},
    {0},
};

static const struct field list_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|done|all"},
    {"at", FIELD_ID, .label = "Ratings beyond this one"},
    {0},
};

static const struct field verify_fields[] = {
    {"finding", FIELD_TEXT, "What was found", .required = true, .min = 5, .max = WORDS_MAX},
    {0},
};

static const struct field measure_fields[] = {
    {"measure", FIELD_TEXT, "What is changed", .required = true, .min = 5, .max = WORDS_MAX},
    {0},
};

static const struct field close_fields[] = {
    {"reply", FIELD_TEXT, "Answer to the person", .required = true, .min = 5, .max = WORDS_MAX},
    {"callback", FIELD_CHOICE, "Call-back", .required = true, .choices = "accepted|not_accepted|not_reached"},
    {"publish", FIELD_BOOL, .label = "Publish what was said and the answer"},
    {0},
};

static const struct field ask_fields[] = {
    {"why", FIELD_TEXT, "Why it should be left out", .required = true, .min = 5, .max = WORDS_MAX},
    {0},
};

static const struct field decide_fields[] = {
    {"agree", FIELD_CHOICE, "Decision", .required = true, .choices = "yes|no"},
    {"answer", FIELD_TEXT, "Reason of the decision", .required = true, .min = 5, .max = WORDS_MAX},
    {0},
};

#define ONE "ratings/rating_office"

static const struct route routes[] = {
    GET("/cases/{id}/rate", ALLOW(PERSON), SCOPE(case_scope), ratings_rate_page, "ratings/rate",
        .summary = "The form on which a case is rated"),
    POST("/cases/{id}/rate", ALLOW(PERSON), SCOPE(case_scope), ratings_rate, "ratings/rate",
         .in = rate_fields, .again = ratings_rate_page,
         .summary = "Rates a case once, when there is a result"),
    GET("/ratings", ALLOW(PUBLIC), SCOPE(NO_ROW), ratings_public_page, "ratings/ratings_public",
        .in = public_fields, .flags = ROUTE_CACHED,
        .summary = "Sums of all ratings by department, or of a department by service"),
    GET("/office/ratings", ALLOW("rating.handle"), SCOPE(NO_ROW), ratings_office_list,
        "ratings/ratings_office", .in = list_fields, .flags = ROUTE_PERSONAL,
        .summary = "Ratings of the department with their clock"),
    GET("/office/ratings/{id}", ALLOW("rating.handle"), SCOPE(ratings_office_scope), ratings_office_one, ONE,
        .flags = ROUTE_PERSONAL, .summary = "A rating and what was done about it"),
    POST("/office/ratings/{id}/verify", ALLOW("rating.handle"), SCOPE(ratings_office_scope),
         ratings_office_verify, ONE, .in = verify_fields, .again = ratings_office_one,
         .summary = "Enters what was found out about a bad rating"),
    POST("/office/ratings/{id}/measure", ALLOW("rating.handle"), SCOPE(ratings_office_scope),
         ratings_office_measure, ONE, .in = measure_fields, .again = ratings_office_one,
         .summary = "Enters what is changed because of a bad rating"),
    POST("/office/ratings/{id}/close", ALLOW("rating.handle"), SCOPE(ratings_office_scope),
         ratings_office_close, ONE, .in = close_fields, .again = ratings_office_one,
         .summary = "Answers the person, notes the call-back and closes"),
    POST("/office/ratings/{id}/exclude", ALLOW("rating.handle"), SCOPE(ratings_office_scope),
         ratings_office_ask, ONE, .in = ask_fields, .again = ratings_office_one,
         .summary = "Asks that a mistaken rating be left out"),
    POST("/office/ratings/{id}/exclusion", ALLOW("rating.exclude"), SCOPE(ratings_office_scope),
         ratings_office_decide, ONE, .in = decide_fields, .again = ratings_office_one,
         .summary = "A second person decides whether a rating is left out"),
};

static const struct permission permissions[] = {
    {"rating.handle", "Follow up bad ratings of the department", "reviewer|supervisor"},
    {"rating.supervise", "See the ratings of all departments of the area", "supervisor"},
    {"rating.exclude", "Decide whether a mistaken rating is left out", "supervisor"},
};

static const char *const needs[] = {"cases", "catalogue", "evidence", "notices", "orgs", "people", NULL};

static bool rateable(struct ctx *c, int64_t case_id, bool *yes)
{
    int64_t given;
    if (!ratings_store_of_case(c, case_id, &given)) return false;
    *yes = !given;
    return true;
}

static bool start(struct ctx *c)
{
    case_set_rateable(c->server, rateable);
    return true;
}

static const struct setting settings[] = {
    {"rating.rectify_workdays", "A bad rating is put right within", "working days", 1, LIMIT_COUNT_MAX,
     .otherwise = 15},
};

const struct module ratings_module = {
    .name = "ratings",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    SETTINGS(settings),
    .start = start,
};
