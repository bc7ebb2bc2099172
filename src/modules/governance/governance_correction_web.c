/* Corrections: of who asks for one, who makes it, who is told, and of the person. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "engines/workclock/workclock.h"
#include "modules/governance/governance_correction.h"
#include "modules/orgs/orgs.h"

#define ROOT "/office/exchange/corrections"

static const struct exchange_word state_words[] = {{"open", "Waits for the provider"},
                                                   {"checking", "Being verified"},
                                                   {"corrected", "Corrected"},
                                                   {"refused", "Stays as it is"},
                                                   {0}};

static bool ended(const struct correction *k)
{
    return str_eq_c(k->state, "corrected") || str_eq_c(k->state, "refused");
}

static void add_light(struct ctx *c, struct json *o, const struct correction *k)
{
    static const char *const looks[][2] = {
        {"done", "Answered"}, {"red", "Overdue"}, {"yellow", "Soon due"}, {"green", "In time"}};
    bool closed = ended(k), late = !closed && c->now > k->due;
    int left = workday_between(orgs_calendar(c), date_of(c->now), date_of(k->due)), look = closed      ? 0
                                                                                           : late      ? 1
                                                                                           : left <= 1 ? 2
                                                                                                       : 3;
    struct json *l = json_set_object(c->arena, o, "light");
    json_set_c(c->arena, l, "color", looks[look][0]);
    json_set_str(c->arena, l, "label", ctx_tr(c, looks[look][1]));
    json_set_str(
        c->arena, o, "due_text",
        tr_arg(c->lang, c->arena,
               closed ? "Answered on %{arg}"
               : late ? "Due since %{arg}"
                      : "To be answered by %{arg}",
               date_words(c->lang, c->arena, date_of(closed ? k->answered_at : k->due), date_of(c->now))));
}

static struct str item_name(const struct exchange_data *d, struct str item)
{
    JSON_EACH(i, d->items)
    {
        if (str_eq(json_text_of(i, "id"), item)) return json_text_of(i, "name");
    }
    return item;
}

static bool describe(struct ctx *c, struct json *o, const struct correction *k)
{
    struct exchange_data d = {0};
    struct str name;
    bool found;
    if (!exchange_data(c, k->entry, &d, &found) || !exchange_entry_name(c, k->entry, d.name, &name))
        return false;
    json_set_str(c->arena, o, "href", str_fmt(c->arena, ROOT "/%lld", (long long)k->id));
    json_set_str(c->arena, o, "data", name);
    json_set_str(c->arena, o, "item", item_name(&d, k->item));
    json_set_str(c->arena, o, "provider", exchange_unit_name(c, k->provider));
    json_set_str(c->arena, o, "asked",
                 k->asked_unit ? exchange_unit_name(c, k->asked_unit) : ctx_tr(c, "The person"));
    json_set_bool(c->arena, o, "by_person", !k->asked_unit);
    json_set_str(c->arena, o, "opened", date_words(c->lang, c->arena, date_of(k->opened), date_of(c->now)));
    json_set_str(c->arena, o, "state_label", exchange_label(c, state_words, k->state));
    add_light(c, o, k);
    return true;
}

/* ---- lists ---- */

static bool rows_of(struct ctx *c, struct str f, struct correction **rows, size_t *count)
{
    int64_t unit = c->actor.unit ? c->actor.unit : -1, before = in_i64(c, "before", 0);
    const struct correction_query q = {
        .state = f, .provider = ctx_may(c, "exchange.publish") ? 0 : unit, .before = before};
    if (str_eq_c(f, "asked")) return correction_store_asked(c, unit, before, rows, count);
    if (str_eq_c(f, "told")) return correction_store_told(c, unit, before, rows, count);
    return correction_store_list(c, &q, rows, count);
}

bool correction_list(struct ctx *c)
{
    static const char *const chips[][2] = {{"open", "Waits for an answer"},
                                           {"checking", "Being verified"},
                                           {"done", "Answered"},
                                           {"asked", "We asked"},
                                           {"told", "We were told"}};
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "corrections"),
                *filters = json_set_array(c->arena, doc, "filters");
    bool keeps = ctx_may(c, "correction.answer") || ctx_may(c, "exchange.publish");
    struct str f = in_has(c, "f") ? in_text(c, "f") : str_c(keeps ? "open" : "asked");
    struct correction *rows;
    size_t count;
    if (!rows_of(c, f, &rows, &count)) return false;
    for (size_t i = keeps ? 0 : 3; i < sizeof chips / sizeof chips[0]; i++) {
        struct json *o = json_add_object(c->arena, filters);
        json_set_str(c->arena, o, "label", ctx_tr(c, chips[i][1]));
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "?f=%s", chips[i][0]));
        json_set_bool(c->arena, o, "current", str_eq_c(f, chips[i][0]));
    }
    for (size_t i = 0; i < count && i < CORRECTIONS_PAGE; i++)
        if (!describe(c, json_add_object(c->arena, list), &rows[i])) return false;
    json_set_bool(c->arena, doc, "has_corrections", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > CORRECTIONS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(
            c->arena, pager, "next",
            str_fmt(c->arena, "?f=%.*s&before=%lld", STR_ARG(f), (long long)rows[CORRECTIONS_PAGE - 1].id));
    }
    return true;
}

/* ---- one ---- */

bool correction_scope(struct ctx *c)
{
    struct correction k;
    return ctx_path_id(c, "id", &c->row) && correction_load(c, c->row, &k);
}

static struct str act_path(struct ctx *c, const struct correction *k, const char *act)
{
    return str_fmt(c->arena, ROOT "/%lld/%s", (long long)k->id, act);
}

static bool add_acts(struct ctx *c, struct json *acts, const struct correction *k)
{
    bool mine = ctx_may(c, "correction.answer") && c->actor.unit && c->actor.unit == k->provider, told;
    int64_t noted;
    if (mine && str_eq_c(k->state, "open"))
        exchange_act(c, acts, act_path(c, k, "take"), "Check it", "main",
                     "You look into it and answer within the clock.");
    if (mine && str_eq_c(k->state, "checking")) {
        struct json *fields =
            exchange_act(c, acts, act_path(c, k, "answer"), "Answer", "main",
                         "Correct the record first. Everybody who was given it in the last year is told.");
        struct json *f = exchange_field(c, fields, "outcome", "What became of it", "radios", STR_EMPTY, true);
        ctx_option(c, f, STR("corrected"), ctx_tr(c, "Corrected"));
        json_set(json_get(f, "options")->last, "note", json_null(c->arena));
        ctx_option(c, f, STR("refused"), ctx_tr(c, "Stays as it is"));
        json_set(json_get(f, "options")->last, "note", json_null(c->arena));
        exchange_field(c, fields, "answer", "What is right now, or why it stays", "textarea", STR_EMPTY,
                       true);
    }
    if (!correction_store_is_told(c, k->id, c->actor.unit, &told, &noted)) return false;
    if (told && !noted && ctx_may(c, "correction.answer"))
        exchange_act(c, acts, act_path(c, k, "note"), "Put right in our system", "main",
                     "Say so once your own copies are right.");
    return true;
}

bool correction_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *acts = json_set_array(c->arena, doc, "acts"), *rows;
    struct correction k;
    struct str taker = STR_EMPTY, asker = STR_EMPTY;
    int64_t told, noted;
    if (!correction_load(c, c->row, &k) || !describe(c, doc, &k) ||
        !correction_store_reached(c, k.id, &told, &noted))
        return false;
    if ((k.taken_by && !exchange_officer_name(c, k.taken_by, &taker)) ||
        (k.asked_unit && !exchange_officer_name(c, k.asked_by, &asker)))
        return false;
    ctx_reads(c, k.subject, STR("correction"), k.id);
    rows = json_set_array(c->arena, doc, "rows");
    exchange_row(c, rows, "Number of the person or firm", k.number, false);
    exchange_row(c, rows, "Item", json_text_of(doc, "item"), true);
    exchange_row(c, rows, "Who says so",
                 str_fmt(c->arena, "%.*s %.*s", STR_ARG(json_text_of(doc, "asked")), STR_ARG(asker)),
                 k.asked_unit != 0);
    exchange_row(c, rows, "What is wrong, and what is right", k.words, true);
    exchange_row(c, rows, "Provider", json_text_of(doc, "provider"), true);
    exchange_row(c, rows, "Stated on", json_text_of(doc, "opened"), false);
    exchange_row(c, rows, "Who checks it", taker, true);
    exchange_row(c, rows, "Answer", k.answer, true);
    if (told)
        exchange_row(c, rows, "Departments told",
                     str_fmt(c->arena, "%lld · %.*s %lld", (long long)told, STR_ARG(ctx_tr(c, "put right")),
                             (long long)noted),
                     false);
    if (!add_acts(c, acts, &k)) return false;
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    exchange_crumb(c, doc, "Corrections", ROOT);
    return true;
}

static bool back(struct ctx *c, const struct correction *k)
{
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, ROOT "/%lld", (long long)k->id);
}

bool correction_page_take(struct ctx *c)
{
    struct correction k;
    return correction_load(c, c->row, &k) && correction_take(c, &k) && back(c, &k);
}

bool correction_page_answer(struct ctx *c)
{
    struct correction k;
    return correction_load(c, c->row, &k) &&
           correction_answer(c, &k, str_eq_c(in_text(c, "outcome"), "corrected"), in_text(c, "answer")) &&
           back(c, &k);
}

bool correction_page_note(struct ctx *c)
{
    struct correction k;
    return correction_load(c, c->row, &k) && correction_note(c, &k) && back(c, &k);
}

/* ---- asking for one ---- */

static void add_item_field(struct ctx *c, struct json *fields, const struct exchange_data *d)
{
    struct json *f = exchange_field(c, fields, "item", "Which item is wrong", "select", STR_EMPTY, true);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "Please choose"));
    JSON_EACH(i, d->items)
    {
        ctx_option(c, f, json_text_of(i, "id"), json_text_of(i, "name"));
    }
}

static bool has_item(struct ctx *c, const struct exchange_data *d)
{
    JSON_EACH(i, d->items)
    {
        if (str_eq(json_text_of(i, "id"), in_text(c, "item"))) return true;
    }
    return err_at(c->err, STR("item"), "Please choose an item.", STR_EMPTY);
}

static void add_form(struct ctx *c, const struct exchange_data *d, bool number)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    json_set_str(c->arena, doc, "name", d->name);
    json_set_str(c->arena, doc, "provider", exchange_unit_name(c, d->unit));
    json_set_str(c->arena, doc, "action", c->req->path);
    if (number) exchange_field(c, fields, "number", "Number of the person or firm", "text", STR_EMPTY, true);
    add_item_field(c, fields, d);
    f = exchange_field(c, fields, "words", "What is wrong, and what is right", "textarea", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Say how you know: a document, a decision, another register."));
}

static bool load_entry(struct ctx *c, int64_t id, struct exchange_data *d)
{
    bool found;
    return exchange_data(c, id, d, &found) &&
           ((found && d->published) ||
            err_missing(c->err, "exchange.entry", "There is no such entry of the catalogue of data."));
}

bool correction_form(struct ctx *c)
{
    struct exchange_data d;
    if (!load_entry(c, c->row, &d) || !exchange_entry_name(c, d.entry, d.name, &d.name)) return false;
    add_form(c, &d, true);
    exchange_crumb(c, ctx_doc(c), "Corrections", ROOT);
    return true;
}

bool correction_send(struct ctx *c)
{
    struct exchange_data d;
    if (!load_entry(c, c->row, &d) || !has_item(c, &d)) return false;
    if (!c->actor.unit)
        return err_denied(c->err, "correction.unit",
                          "Only an officer of a department can ask for a correction.");
    struct correction k = {.entry = d.entry,
                           .provider = d.unit,
                           .item = in_text(c, "item"),
                           .number = in_text(c, "number"),
                           .words = in_text(c, "words"),
                           .asked_unit = c->actor.unit,
                           .asked_by = c->actor.account};
    return correction_open(c, &k) && back(c, &k);
}

/* ---- the person ---- */

static bool my_call(struct ctx *c, int64_t id, struct exchange_past *call, struct subject *me)
{
    bool found;
    if (!people_subject(c, people_applicant(c), me)) return false;
    struct str index = me->code.len ? exchange_subject_index(c, me->code) : STR_EMPTY;
    return exchange_call_of(c, id, index, call, &found) &&
           ((found && call->entry) || err_missing(c->err, "exchange.call", "There is no such call."));
}

bool correction_call_scope(struct ctx *c)
{
    struct exchange_past call;
    struct subject me;
    return ctx_path_id(c, "id", &c->row) && my_call(c, c->row, &call, &me);
}

bool correction_my_form(struct ctx *c)
{
    struct exchange_past call;
    struct exchange_data d;
    struct subject me;
    if (!my_call(c, c->row, &call, &me) || !load_entry(c, call.entry, &d) ||
        !exchange_entry_name(c, d.entry, d.name, &d.name))
        return false;
    add_form(c, &d, false);
    exchange_crumb(c, ctx_doc(c), "My page", "/me");
    exchange_crumb(c, ctx_doc(c), "Who asked for my data", "/me/exchange");
    return true;
}

bool correction_my_send(struct ctx *c)
{
    struct exchange_past call;
    struct exchange_data d;
    struct subject me;
    if (!my_call(c, c->row, &call, &me) || !load_entry(c, call.entry, &d) || !has_item(c, &d)) return false;
    struct correction k = {.entry = d.entry,
                           .provider = d.unit,
                           .item = in_text(c, "item"),
                           .number = me.code,
                           .subject = me.id,
                           .words = in_text(c, "words")};
    ctx_notice(c, "Recorded. The department that keeps this data checks it and answers you.");
    return correction_open(c, &k) && ctx_redirect(c, "/me/corrections");
}

bool correction_mine(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "corrections");
    struct correction *rows;
    size_t count;
    if (!correction_store_of(c, people_applicant(c), in_i64(c, "before", 0), &rows, &count)) return false;
    for (size_t i = 0; i < count && i < CORRECTIONS_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        if (!describe(c, o, &rows[i])) return false;
        json_set_str(c->arena, o, "words", rows[i].asked_unit ? STR_EMPTY : rows[i].words);
        json_set_str(c->arena, o, "answer", rows[i].answer);
    }
    json_set_bool(c->arena, doc, "has_corrections", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > CORRECTIONS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?before=%lld", (long long)rows[CORRECTIONS_PAGE - 1].id));
    }
    exchange_crumb(c, doc, "My page", "/me");
    exchange_crumb(c, doc, "Who asked for my data", "/me/exchange");
    return true;
}

/* ---- fields ---- */

const struct field correction_list_fields[] = {
    {"f", FIELD_CHOICE, "Which", .choices = "open|checking|done|asked|told"},
    {"before", FIELD_ID, .label = "Corrections before this one"},
    {0},
};

const struct field correction_mine_fields[] = {
    {"before", FIELD_ID, .label = "Corrections before this one"},
    {0},
};

const struct field correction_answer_fields[] = {
    {"outcome", FIELD_CHOICE, "What became of it", .required = true, .choices = "corrected|refused"},
    {"answer", FIELD_TEXT, "What is right now, or why it stays", .required = true, .min = 5,
     .max = CORRECTION_MAX},
    {0},
};

const struct field correction_form_fields[] = {
    {"number", FIELD_LINE, "Number of the person or firm", .required = true, .min = 4, .max = 40},
    {"item", FIELD_LINE, "Which item is wrong", .required = true, .max = 40},
    {"words", FIELD_TEXT, "What is wrong, and what is right", .required = true, .min = 5,
     .max = CORRECTION_MAX},
    {0},
};

const struct field correction_my_fields[] = {
    {"item", FIELD_LINE, "Which item is wrong", .required = true, .max = 40},
    {"words", FIELD_TEXT, "What is wrong, and what is right", .required = true, .min = 5,
     .max = CORRECTION_MAX},
    {0},
};
