/* How, where and by whom a service is handled: the elements of the list that somebody has verified, or that
 * follow from what this installation offers. */
#include "modules/catalogue/catalogue_manner.h"
#include "core/base/time.h"

static const struct manner_choice natures[] = {{"statutory", "Statutory authority", "1"},
                                               {"authorised", "Organisation authorised by law", "2"},
                                               {"entrusted", "Entrusted organisation", "3"},
                                               {"other", "Other", "9"},
                                               {NULL, NULL, NULL}};
static const struct manner_choice answers[] = {{"yes", "Yes", "1"}, {"no", "No", "0"}, {NULL, NULL, NULL}};
/* GB/T 39046-2020 Annex A: 行使层级, 办理形式. */
static const struct manner_choice levels[] = {{"1", "National", "1"},
                                              {"2", "Provincial", "2"},
                                              {"3", "City", "3"},
                                              {"4", "County or district", "4"},
                                              {"5", "Town or sub-district", "5"},
                                              {"6", "Village or community", "6"},
                                              {"7", "By grade", "7"},
                                              {NULL, NULL, NULL}};
static const struct manner_choice ways[] = {
    {"1", "Service window", "1"},  {"2", "On a computer", "2"}, {"3", "On a mobile phone", "3"},
    {"4", "By express post", "4"}, {"9", "Other", "9"},         {NULL, NULL, NULL}};
/* 网上办理深度 */
static const struct manner_choice depths[] = {{"1", "Advice online", "1"},
                                              {"2", "Papers received online", "2"},
                                              {"3", "Checked beforehand online", "3"},
                                              {"4", "Accepted online", "4"},
                                              {"5", "Handled online", "5"},
                                              {"6", "Result told online", "6"},
                                              {"7", "Electronic licence sent online", "7"},
                                              {"9", "Other", "9"},
                                              {NULL, NULL, NULL}};
static const char named[] = "Its name and its code.";

/* ---- what follows from what is offered here ---- */

static bool has_form(const struct item *i)
{
    return i->form_person || i->form_organisation;
}

static struct str yes_where(bool so)
{
    return so ? STR("yes") : STR_EMPTY;
}

static struct str offers_window(struct ctx *c, const struct item *i)
{
    (void)c;
    return yes_where(has_form(i));
}

static struct str offers_terminal(struct ctx *c, const struct item *i)
{
    (void)c;
    return yes_where(i->form_person && i->apply_online);
}

static bool delivers(const struct json *service)
{
    JSON_EACH(v, json_path(service, "form.properties.delivery.enum"))
    {
        if (str_eq_c(json_text(v), "deliver")) return true;
    }
    return false;
}

static struct str offers_post(struct ctx *c, const struct item *i)
{
    (void)c;
    return yes_where(delivers(i->form_person) || delivers(i->form_organisation));
}

static struct str offers_ways(struct ctx *c, const struct item *i)
{
    (void)c;
    if (!has_form(i)) return STR_EMPTY;
    return i->apply_online ? STR("1 2 3") : STR("1");
}

/* An application is received, accepted and answered on these pages; whether it can be decided without a visit
 * is for officers to say. */
static struct str offers_depth(struct ctx *c, const struct item *i)
{
    (void)c;
    if (!has_form(i) || !i->apply_online) return STR_EMPTY;
    return json_is(json_get(i->form_person, "licence"), JSON_OBJECT) ||
                   json_is(json_get(i->form_organisation, "licence"), JSON_OBJECT)
               ? STR("2 4 6 7")
               : STR("2 4 6");
}

/* Whoever applies here uses the one account of these pages. */
static struct str offers_sign_on(struct ctx *c, const struct item *i)
{
    (void)c;
    return yes_where(has_form(i) && i->apply_online && !json_text_of(i->doc, "online_address").len);
}

static struct str place_of_unit(struct ctx *c, const struct item *i)
{
    const struct unit *u = orgs_unit(c, i->unit);
    return u ? u->address : STR_EMPTY;
}

static struct str hours_of_unit(struct ctx *c, const struct item *i)
{
    const struct unit *u = orgs_unit(c, i->unit);
    return u ? u->hours : STR_EMPTY;
}

static struct str phone_of_unit(struct ctx *c, const struct item *i)
{
    const struct unit *u = orgs_unit(c, i->unit);
    return u ? u->phone : STR_EMPTY;
}

static struct str hotline(struct ctx *c, const struct item *i)
{
    (void)c;
    (void)i;
    return STR("12345");
}

const struct manner manners[] = {
    {"base_code", "Code of the base directory", .part = MANNER_CODES},
    {"local_base_code", "Local code of the base directory", .part = MANNER_CODES, .optional = true},
    {"implementing_code", "Code of the implementation list", .part = MANNER_CODES},
    {"local_implementing_code", "Local code of the implementation list", .part = MANNER_CODES,
     .optional = true},
    {"handling_code", "Code of the handling item", .part = MANNER_CODES},
    {"power_source", "Source of power", .part = MANNER_BODY},
    {"exercise_level", "Level of exercise", NULL, MANNER_MANY, MANNER_BODY, .choices = levels},
    {"body_nature", "Nature of the implementing body", NULL, MANNER_ONE, MANNER_BODY, .choices = natures},
    {"entrusting", "Entrusting body", .part = MANNER_BODY},
    {"joint_bodies", "Bodies handling it together", .part = MANNER_BODY},
    {"town", "Town or sub-district", named, .part = MANNER_BODY, .optional = true, .shown = MANNER_WHERE},
    {"village", "Village or community", named, .part = MANNER_BODY, .optional = true, .shown = MANNER_WHERE},
    {"statutory_note", "Note on the time set by law", .part = MANNER_PROCEDURE, .optional = true},
    {"promised_note", "Note on the promised time", .part = MANNER_PROCEDURE, .optional = true},
    {"limits_of_number", "Limit on numbers", .part = MANNER_PROCEDURE},
    {"special_procedures", "Special procedures",
     "Hearing, inspection, appraisal and the like, with their time.", .part = MANNER_PROCEDURE},
    {"commitment", "Commitment instead of proof", NULL, MANNER_ONE, MANNER_PROCEDURE, .choices = answers,
     .shown = MANNER_WHERE},
    {"commitment_text", "What one commits to", NULL, .part = MANNER_PROCEDURE, .optional = true,
     .shown = MANNER_WHERE},
    {"commitment_template", "Template of the commitment", NULL, MANNER_ADDRESS, MANNER_PROCEDURE,
     .optional = true, .shown = MANNER_WHERE},
    {"intermediary", "Intermediary services", .part = MANNER_PROCEDURE},
    {"handling_ways", "Ways of handling", NULL, MANNER_MANY, MANNER_ONLINE, .choices = ways,
     .offered = offers_ways},
    {"online_depth", "Depth of online handling", NULL, MANNER_MANY, MANNER_ONLINE, .choices = depths,
     .offered = offers_depth},
    {"online_address", "Address online", NULL, MANNER_ADDRESS, MANNER_ONLINE, .optional = true,
     .shown = MANNER_WHERE},
    {"mobile_address", "Address on a mobile phone", NULL, MANNER_ADDRESS, MANNER_ONLINE, .optional = true,
     .shown = MANNER_WHERE},
    {"single_sign_on", "Single sign-on", NULL, MANNER_ONE, MANNER_ONLINE, .choices = answers,
     .offered = offers_sign_on},
    {"mobile_sign_on", "Single sign-on on a mobile phone", NULL, MANNER_ONE, MANNER_ONLINE,
     .choices = answers, .offered = offers_sign_on},
    {"pay_online", "Online payment", NULL, MANNER_ONE, MANNER_ONLINE, .choices = answers},
    {"terminal", "Self-service terminals", NULL, MANNER_ONE, MANNER_ONLINE, .choices = answers,
     .offered = offers_terminal},
    {"video", "Handled by video", NULL, MANNER_ONE, MANNER_ONLINE, .choices = answers, .optional = true,
     .shown = MANNER_WHERE},
    {"hall", "In the service hall", NULL, MANNER_ONE, MANNER_PLACE, .choices = answers,
     .offered = offers_window},
    {"one_window", "At any window of the hall", NULL, MANNER_ONE, MANNER_PLACE, .choices = answers,
     .optional = true, .offered = offers_window},
    {"place", "Place of handling", "Empty: that of the department.", .part = MANNER_PLACE,
     .offered = place_of_unit},
    {"hours", "Hours of handling", "Empty: those of the department.", .part = MANNER_PLACE,
     .offered = hours_of_unit},
    {"phone", "Phone for questions", "Empty: that of the department.", .part = MANNER_PLACE,
     .offered = phone_of_unit},
    {"complaint", "Complaint channel", "Empty: 12345.", .part = MANNER_PLACE, .offered = hotline},
    {"on_site_reason", "Why one must come in person", .part = MANNER_PLACE, .optional = true,
     .shown = MANNER_WHERE},
    {"elsewhere", "Where it can be handled elsewhere", .part = MANNER_PLACE},
    {"remote", "Application from elsewhere", NULL, MANNER_ONE, MANNER_PLACE, .choices = answers,
     .optional = true, .shown = MANNER_WHERE},
    {"agency", "Helpers handle it for people", NULL, MANNER_ONE, MANNER_PLACE, .choices = answers,
     .optional = true, .shown = MANNER_WHERE},
    {"elder_friendly", "Suited to elderly people", NULL, MANNER_ONE, MANNER_PLACE, .choices = answers,
     .optional = true},
    {"post", "Delivery by post", NULL, MANNER_ONE, MANNER_RESULT, .choices = answers, .offered = offers_post},
    {"delivery", "How the result is delivered", .part = MANNER_RESULT, .optional = true,
     .shown = MANNER_AFTER},
    {"result_sample", "Sample of the result", NULL, MANNER_ADDRESS, MANNER_RESULT, .shown = MANNER_AFTER},
    {"yearly", "Yearly inspection or report", "What is due each year and until when, with law and article.",
     .part = MANNER_RESULT, .optional = true, .shown = MANNER_AFTER},
    {"remedy", "Reconsideration and litigation", .part = MANNER_RESULT, .optional = true},
    {"local_theme", "Local theme", .part = MANNER_RESULT, .optional = true},
    {"effective_from", "Planned to take effect", NULL, MANNER_DATE, MANNER_RESULT, .optional = true},
    {"effective_until", "Planned to end", NULL, MANNER_DATE, MANNER_RESULT, .optional = true},
};
const size_t manner_count = sizeof manners / sizeof manners[0];

/* ---- what is known ---- */

const struct manner *manner_find(struct str key)
{
    for (size_t n = 0; n < manner_count; n++)
        if (str_eq_c(key, manners[n].key)) return &manners[n];
    return NULL;
}

static struct str codes_of(struct ctx *c, const struct json *array)
{
    struct buf b = buf_new(c->arena, 16);
    JSON_EACH(code, array)
    {
        if (b.len) buf_add_char(&b, ' ');
        buf_add(&b, json_text(code));
    }
    return buf_str(&b);
}

static struct str stored(struct ctx *c, const struct item *i, const struct manner *m)
{
    const struct json *own = json_get(i->doc, m->key);
    struct str text = json_is(own, JSON_ARRAY) ? codes_of(c, own) : json_text(own);
    return text.len || !m->offered ? text : m->offered(c, i);
}

struct str manner_text(struct ctx *c, const struct item *i, const char *key)
{
    return stored(c, i, manner_find(str_c(key)));
}

static const char *label_of(const struct manner *m, struct str code)
{
    for (const struct manner_choice *k = m->choices; k && k->code; k++)
        if (str_eq_c(code, k->code)) return k->label;
    return NULL;
}

struct str manner_value(struct ctx *c, const struct item *i, const struct manner *m, bool *zh)
{
    struct str text = stored(c, i, m), rest = text, code;
    struct buf b = buf_new(c->arena, 32);
    *zh = !m->choices;
    if (*zh) return text;
    while (rest.len) {
        rest = str_cut(rest, ' ', &code);
        const char *label = label_of(m, code);
        *zh = !label;
        if (*zh) return text; /* words of a list from outside */
        if (b.len) buf_add_c(&b, c->lang == &lang_en ? ", " : "、");
        buf_add(&b, ctx_tr(c, label));
    }
    return buf_str(&b);
}

bool manner_is_address(struct str text)
{
    return str_starts(text, STR("https://")) || str_starts(text, STR("http://"));
}

void manner_add_shown(struct ctx *c, const struct item *i, enum manner_shown where, struct json *list)
{
    for (size_t n = 0; n < manner_count; n++) {
        bool zh;
        struct str value;
        if (manners[n].shown != where || !(value = manner_value(c, i, &manners[n], &zh)).len) continue;
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "name", ctx_tr(c, manners[n].name));
        json_set_str(c->arena, o, "value", value);
        json_set_bool(c->arena, o, "value_zh", zh);
        json_set(o, "href", manner_is_address(value) ? json_string(c->arena, value) : json_null(c->arena));
    }
}

static const char *code_in_list(const struct manner *m, struct str code)
{
    for (const struct manner_choice *k = m->choices; k && k->code; k++)
        if (str_eq_c(code, k->listed)) return k->code;
    return NULL;
}

bool manner_from_list(struct arena *a, const struct manner *m, struct str value, struct json **out)
{
    struct str rest = value, one;
    struct json *list = json_array(a);
    if (!m->choices) {
        int32_t day;
        *out = json_string(a, value);
        return m->kind != MANNER_DATE || date_parse(value, &day);
    }
    while (rest.len) {
        rest = str_cut(rest, ',', &one);
        const char *code = code_in_list(m, str_trim(one));
        if (!code) return false;
        json_add(list, json_string(a, str_c(code)));
    }
    *out = m->kind == MANNER_MANY ? list : list->last;
    return m->kind == MANNER_MANY || list->count == 1;
}
