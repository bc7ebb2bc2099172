/* Beginning: the questions of the situation, and whether this person can apply here at all. */
#include "core/http/server.h"
#include "modules/cases/cases_apply.h"

struct start {
    const struct item *item;
    const struct json *service;
    int64_t applicant, agent;
    bool organisation;
};

enum hindrance { MAY_START, NOT_ONLINE, FOR_PERSONS, FOR_ORGANISATIONS, NO_MANDATE, LEVEL_NEEDED };

static const struct {
    const char *code, *msgid;
} hindrances[] = {
    [MAY_START] = {"", ""},
    [NOT_ONLINE] = {"item.offline",
                    "This service cannot be applied for online. Please visit the service desk."},
    [FOR_PERSONS] = {"item.audience", "This service is for persons. Please act for yourself to apply."},
    [FOR_ORGANISATIONS] = {"item.audience",
                           "This service is for organisations. Please choose the organisation you act for."},
    [NO_MANDATE] = {"mandate",
                    "You no longer have a mandate for this service. Please choose again for whom you act."},
    [LEVEL_NEEDED] =
        {"level",
         "Your identity must be confirmed first: match it with the population base or visit a service desk."},
};

static bool look(struct ctx *c, struct start *s)
{
    struct subject who;
    s->item = catalogue_item(c, ctx_path(c, "id"));
    if (!s->item) return err_missing(c->err, "item", "We cannot find this service.");
    s->applicant = people_applicant(c);
    s->agent = c->actor.acting_for ? c->actor.subject : 0;
    if (!people_subject(c, s->applicant, &who)) return false;
    s->organisation = who.kind == SUBJECT_ORGANISATION;
    s->service = item_service(s->item, s->organisation);
    return true;
}

static bool find_hindrance(struct ctx *c, const struct start *s, enum hindrance *why)
{
    struct subject who;
    *why = MAY_START;
    if (!s->item->apply_online)
        *why = NOT_ONLINE;
    else if (!s->service)
        *why = s->organisation ? FOR_PERSONS : FOR_ORGANISATIONS;
    else if (s->agent && !people_may_act_before(c, s->applicant, s->item->unit))
        *why = NO_MANDATE;
    if (*why != MAY_START || c->err->kind != ERR_NONE) return c->err->kind == ERR_NONE;
    if (!people_subject(c, s->organisation && s->agent ? s->agent : s->applicant, &who)) return false;
    int64_t level = who.id == c->actor.subject && c->actor.level < who.level ? c->actor.level : who.level;
    if (level < json_i64_of(s->service, "requires_level", 1)) *why = LEVEL_NEEDED;
    return true;
}

static bool to_level(struct ctx *c, const struct item *item)
{
    ctx_warning(c, "This service needs a confirmed identity. It takes a minute.");
    return ctx_redirect(c, "/me/level?next=/items/%lld/apply", (long long)item->id);
}

/* ---- the page ---- */

/* Answers sent now, or those of the draft there is. */
static bool known_situations(struct ctx *c, const struct start *s, struct case_work *w, int64_t *draft)
{
    if (!case_store_draft_of(c, s->item->id, s->applicant, s->agent, false, draft)) return false;
    return !*draft || case_work_load(c, *draft, w);
}

static struct str sent_answer(const struct ctx *c, struct str id)
{
    const struct json *sent = json_get(c->in, "situations");
    return json_is(sent, JSON_OBJECT) ? json_text(json_get_str(sent, id)) : ctx_param(c, id);
}

static void add_question(struct ctx *c, struct json *fields, const struct json *q, struct str value)
{
    bool zh, help_zh;
    struct str label = apply_pick(c, q, "question", "en", &zh),
               help = apply_pick(c, q, "help", "help_en", &help_zh);
    struct json *f = apply_field(c, fields, str_z(c->arena, json_text_of(q, "id")), label, zh, "radios");
    json_set_str(c->arena, f, "value", value);
    if (help.len) json_set_str(c->arena, f, "hint", help);
    struct json *options = json_set_array(c->arena, f, "options");
    JSON_EACH(o, json_get(q, "options"))
    {
        struct json *out = json_add_object(c->arena, options);
        json_set_str(c->arena, out, "value", json_text_of(o, "value"));
        json_set_str(c->arena, out, "label", apply_pick(c, o, "label", "en", NULL));
        json_set_bool(c->arena, out, "checked", str_eq(value, json_text_of(o, "value")));
        json_set(out, "note", json_null(c->arena));
        if (str_eq(value, json_text_of(o, "value"))) words_chosen(c, f, value, json_text_of(out, "label"));
    }
}

static void set_ended(struct ctx *c, struct json *doc, struct str text, bool zh)
{
    struct json *ended = json_set_object(c->arena, doc, "ended");
    json_set_str(c->arena, ended, "text", text);
    json_set_bool(c->arena, ended, "text_zh", zh);
}

static void set_hindrance(struct ctx *c, struct json *doc, const struct start *s, enum hindrance why)
{
    bool switches = why == FOR_PERSONS || why == FOR_ORGANISATIONS || why == NO_MANDATE;
    set_ended(c, doc, ctx_tr(c, hindrances[why].msgid), false);
    json_set_c(c->arena, doc, "hindrance", hindrances[why].code);
    json_set_bool(c->arena, doc, "has_form", false);
    if (switches)
        json_set_str(c->arena, doc, "switch",
                     str_fmt(c->arena, "/me/acting?next=/items/%lld/apply", (long long)s->item->id));
}

static bool start_document(struct ctx *c, const struct start *s)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    struct case_work w = {0};
    int64_t draft;
    if (!known_situations(c, s, &w, &draft)) return false;
    JSON_EACH(q, json_get(s->service, "situations"))
    {
        struct str id = json_text_of(q, "id"), value = sent_answer(c, id);
        add_question(c, fields, q, value.len ? value : json_text(json_get_str(w.answers.situations, id)));
    }
    size_t steps = 0;
    struct apply_plan plan;
    if (draft) {
        if (!apply_plan(c, &w, &plan)) return false;
        steps = plan.steps;
        json_set_str(c->arena, doc, "draft", str_fmt(c->arena, "/apply/%lld", (long long)draft));
    }
    apply_head(c, doc, s->item, item_href(c->arena, s->item), steps ? 1 : 0, steps);
    json_set(doc, "ended", json_null(c->arena));
    json_set(doc, "switch", json_null(c->arena));
    json_set_bool(c->arena, doc, "has_form", true);
    json_set_bool(c->arena, doc, "has_questions", fields->count > 0);
    struct str privacy = apply_pick(c, json_get(s->service, "notice"), "zh", "en", NULL);
    json_set(doc, "privacy", privacy.len ? json_string(c->arena, privacy) : json_null(c->arena));
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "/items/%lld/apply", (long long)s->item->id));
    return true;
}

bool apply_start(struct ctx *c)
{
    struct start s;
    enum hindrance why;
    if (!look(c, &s) || !find_hindrance(c, &s, &why)) return false;
    if (why == LEVEL_NEEDED && c->html) return to_level(c, s.item);
    if (why == MAY_START) return start_document(c, &s);
    struct json *doc = ctx_doc(c);
    apply_head(c, doc, s.item, item_href(c->arena, s.item), 0, 0);
    json_set_array(c->arena, doc, "fields");
    json_set(doc, "switch", json_null(c->arena));
    set_hindrance(c, doc, &s, why);
    return true;
}

/* ---- answering ---- */

static const struct json *chosen_option(const struct json *q, struct str value)
{
    JSON_EACH(o, json_get(q, "options"))
    {
        if (str_eq(json_text_of(o, "value"), value)) return o;
    }
    return NULL;
}

/* An answer that ends the application is not a mistake: the page says so, and nothing is stored. */
static const struct json *ending(const struct ctx *c, const struct start *s)
{
    JSON_EACH(q, json_get(s->service, "situations"))
    {
        const struct json *ends = json_get(chosen_option(q, sent_answer(c, json_text_of(q, "id"))), "ends");
        if (json_is(ends, JSON_OBJECT)) return ends;
    }
    return NULL;
}

/* A draft begun under an older version goes on under the one in force: what was filled in is kept, and
 * checked anew before it is sent. */
static bool renew_version(struct ctx *c, struct case_work *w, const struct item *item)
{
    int64_t id = w->file.id;
    struct service_code service;
    if (w->file.item_version == item->version) return true;
    if (!item_code(c, item, w->organisation, 0, &service)) return false;
    w->file.item_version = item->version;
    w->form_version = service.form_version;
    return case_store_save(c, w) && case_work_load(c, id, w);
}

bool apply_start_save(struct ctx *c)
{
    struct start s;
    enum hindrance why;
    struct case_work w;
    struct apply_plan plan;
    int64_t id;
    bool zh;
    if (!look(c, &s) || !find_hindrance(c, &s, &why)) return false;
    if (why == LEVEL_NEEDED && c->html) return to_level(c, s.item);
    if (why == LEVEL_NEEDED || why == NO_MANDATE)
        return err_denied(c->err, hindrances[why].code, hindrances[why].msgid);
    const struct json *ends = why == MAY_START ? ending(c, &s) : NULL;
    if (ends && c->html) {
        if (!start_document(c, &s)) return false;
        struct str text = apply_pick(c, ends, "zh", "en", &zh);
        set_ended(c, ctx_doc(c), text, zh);
        return true;
    }
    if (!draft_open(c, s.item, "web", s.applicant, s.agent, &id) || !case_work_load(c, id, &w) ||
        !renew_version(c, &w, s.item))
        return false;
    struct json *chosen = json_object(c->arena);
    JSON_EACH(q, json_get(s.service, "situations"))
    {
        struct str name = json_text_of(q, "id");
        json_set_str(c->arena, chosen, str_z(c->arena, name), sent_answer(c, name));
    }
    if (!draft_situations(c, &w, chosen) || !apply_plan(c, &w, &plan)) return false;
    json_set_id(c->arena, ctx_doc(c), "id", id);
    return ctx_created(c, "%s", str_z(c->arena, apply_next(c, &w, &plan)));
}
