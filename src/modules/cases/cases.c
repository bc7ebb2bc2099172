#include "core/crypto/keyring.h"
#include "core/http/server.h"
#include "modules/cases/cases_exchange.h"
#include "modules/cases/cases_scope.h"
#include "modules/licences/licences.h"
#include "modules/orgs/orgs.h"
#include "modules/registry/registry.h"

/* ---- whose cases ---- */

struct case_scope_values case_scope_values(const struct ctx *c)
{
    struct case_scope_values s = {.area = STR_EMPTY};
    switch (c->actor.kind) {
    case ACTOR_SYSTEM:
        s.all = 1;
        break;
    case ACTOR_PERSON:
        s.subject = c->actor.subject;
        s.acting_for = c->actor.acting_for;
        break;
    case ACTOR_OFFICER:
        s.area = c->actor.area;
        while (s.area.len >= 2 && str_ends(s.area, STR("00")))
            s.area = str_slice(s.area, 0, s.area.len - 2);
        s.whole_area = ctx_may(c, "case.receive") || ctx_may(c, "case.supervise");
        s.unit = ctx_may(c, "case.review") || ctx_may(c, "case.decide") ? c->actor.unit : 0;
        break;
    case ACTOR_ANYONE:
        break;
    }
    return s;
}

bool case_has_role(const struct ctx *c, enum course_role role)
{
    switch (role) {
    /* At the desk a clerk sends what the person standing there asks for. */
    case COURSE_APPLICANT:
        return c->actor.kind == ACTOR_PERSON ||
               (c->actor.kind == ACTOR_OFFICER && ctx_may(c, "case.receive"));
    case COURSE_DESK:
        return c->actor.kind == ACTOR_OFFICER && ctx_may(c, "case.receive");
    case COURSE_REVIEWER:
        return c->actor.kind == ACTOR_OFFICER && ctx_may(c, "case.review");
    case COURSE_DECIDER:
        return c->actor.kind == ACTOR_OFFICER && ctx_may(c, "case.decide");
    case COURSE_SYSTEM:
        return c->actor.kind == ACTOR_SYSTEM;
    default:
        return false;
    }
}

/* ---- sealing ---- */

static struct field_place place_of(const struct case_work *w, const char *column)
{
    return (struct field_place){
        .table = "case_file", .column = column, .row = w->file.id, .subject = w->file.applicant};
}

bool case_seal(struct ctx *c, const struct case_work *w, const char *column, struct str plain,
               struct str *sealed)
{
    *sealed = STR_EMPTY;
    struct field_place at = place_of(w, column);
    return !plain.len || field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

bool case_open(struct ctx *c, const struct case_work *w, const char *column, struct str sealed,
               struct str *plain)
{
    *plain = STR_EMPTY;
    struct field_place at = place_of(w, column);
    if (!sealed.len || field_open(ctx_keys(c), &c->tx, &at, sealed, plain)) return true;
    if (strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err); /* of an erased person nothing is left but the frame of the case */
    *plain = STR_EMPTY;
    return true;
}

/* ---- words in two languages ---- */

#define BETWEEN_LANGUAGES '\x1e' /* record separator: nobody can type it into a form */

struct str case_two_languages(struct ctx *c, struct str zh, struct str en)
{
    return en.len ? str_fmt(c->arena, "%.*s%c%.*s", STR_ARG(zh), BETWEEN_LANGUAGES, STR_ARG(en)) : zh;
}

struct str case_speak(const struct ctx *c, struct str text, bool *translated)
{
    struct str zh, en;
    *translated = str_find_char(text, BETWEEN_LANGUAGES) != SIZE_MAX;
    if (!*translated) return text;
    en = str_cut(text, BETWEEN_LANGUAGES, &zh);
    return c->lang == &lang_en ? en : zh;
}

/* ---- loading ---- */

/* What the program itself wrote; where it cannot be read, that is no fault of whoever asks. */
static struct json *stored(struct ctx *c, struct str text, const char *what)
{
    struct json *doc = text.len ? json_parse(c->arena, text, JSON_STRICT, c->err) : json_object(c->arena);
    if (doc) return doc;
    err_clear(c->err);
    err_fault(c->err, "the stored %s of a case is no JSON", what);
    return NULL;
}

static bool load_answers(struct ctx *c, struct case_work *w)
{
    struct str text;
    if (!case_open(c, w, "answers", w->sealed_answers, &text) ||
        !case_open(c, w, "opinion", w->sealed_opinion, &w->opinion))
        return false;
    w->opinion = case_speak(c, w->opinion, &w->opinion_translated);
    const struct json *values = stored(c, text, "answers");
    const struct json *situations = values ? stored(c, w->situations_text, "situations") : NULL;
    if (!situations) return false;
    w->answers = (struct form_answers){.values = values, .situations = situations};
    return true;
}

/* What registers know is asked anew while the applicant fills in; once sent, the case holds what was said
 * then. */
static void load_prefill(struct ctx *c, struct case_work *w)
{
    bool open = w->state.status == COURSE_DRAFT || w->state.status == COURSE_CORRECTION;
    const struct exchange_case about = case_for_exchange(w);
    w->answers.prefill = open ? exchange_prefill(c, &about, w->schema) : NULL;
}

/* A draft follows the process in force; what was sent keeps the version it was sent under. */
static void find_process(struct ctx *c, struct case_work *w)
{
    bool draft = str_eq_c(w->file.status, "draft");
    struct str code = w->process_code.len ? w->process_code : process_of_flow(json_get(w->service, "flow"));
    w->process = draft                ? process_in_force(c, code, date_of(c->now))
                 : w->process_version ? process_version_of(c, code, w->process_version)
                                      : process_first(c, code);
    w->course = w->process ? w->process->course : NULL;
    if (draft || !w->process) return;
    w->process_code = w->process->code; /* of before there were processes: kept with its next move */
    w->process_version = w->process->version;
}

static bool load_state(struct ctx *c, struct case_work *w)
{
    struct service_code code;
    if (!item_code(c, w->item, w->organisation, w->form_version, &code)) return false;
    w->form = code.form;
    w->schema = code.schema;
    find_process(c, w);
    w->state = course_start();
    if (str_eq_c(w->file.status, "draft")) return true;
    if (!w->course) return err_fault(c->err, "the process of case %lld is not there", (long long)w->file.id);
    struct json *state = stored(c, w->state_text, "state");
    if (!state || !case_read_variables(c, w, state) ||
        !course_state_read(c->arena, w->course, state, &w->state, c->err))
        return false;
    w->had_duties = w->state.process.duty_count > 0;
    w->heard = course_hears(w->course);
    return true;
}

bool case_work_load(struct ctx *c, int64_t id, struct case_work *w)
{
    bool found;
    *w = (struct case_work){0};
    if (!case_store_find(c, id, w, &found)) return false;
    if (!found) return err_missing(c->err, "case", "We cannot find this application.");
    if (!catalogue_version(c, w->file.item, w->file.item_version, &w->item)) return false;
    w->service = item_service(w->item, w->organisation);
    if (!w->service) return err_fault(c->err, "case without a service for its applicant");
    if (!load_state(c, w) || !load_answers(c, w)) return false;
    load_prefill(c, w);
    if (!case_load_asked(c, w) || !case_load_filled(c, w)) return false;
    /* Before it is sent there is no clock. */
    return !w->file.submitted || case_store_clock(c, id, w->clock, &w->clock_count, NULL);
}

bool case_load(struct ctx *c, int64_t id, struct case_file *out)
{
    struct case_work w = {0};
    bool found;
    if (!case_store_find(c, id, &w, &found)) return false;
    if (!found) return err_missing(c->err, "case", "We cannot find this application.");
    *out = w.file;
    return true;
}

static bool scope_to(struct ctx *c, bool draft_too)
{
    struct case_file file;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !case_load(c, id, &file)) return false;
    if (!draft_too && str_eq_c(file.status, "draft"))
        return err_missing(c->err, "case", "We cannot find this application.");
    c->row = id;
    return true;
}

bool case_scope(struct ctx *c)
{
    return scope_to(c, true);
}

bool case_office_scope(struct ctx *c)
{
    return scope_to(c, false);
}

bool case_must_be_draft(struct ctx *c, const struct case_work *w)
{
    if (w->state.status == COURSE_DRAFT) return true;
    return err_conflict(c->err, "case.sent", "This application has already been sent.");
}

/* ---- materials ---- */

static bool condition_holds(const struct json *when, const struct case_work *w)
{
    if (!json_is(when, JSON_OBJECT)) return true;
    struct str situation = json_text_of(when, "situation"), field = json_text_of(when, "field");
    const struct json *is = situation.len ? json_get_str(w->answers.situations, situation)
                            : w->form     ? form_field_value(w->form, field, &w->answers)
                                          : NULL;
    struct str value =
        is && is->type == JSON_BOOL ? (is->boolean ? STR("true") : STR("false")) : json_text(is);
    const struct json *equals = json_get(when, "equals");
    if (equals)
        return str_eq(value, equals->type == JSON_BOOL ? (equals->boolean ? STR("true") : STR("false"))
                                                       : json_text(equals));
    JSON_EACH(one, json_get(when, "in"))
    {
        if (str_eq(value, one->text)) return true;
    }
    return false;
}

/* Options of the situations may add materials that no other answer asks for. */
static bool named_by_options(const struct case_work *w, struct str material, bool *chosen)
{
    bool named = false;
    *chosen = false;
    JSON_EACH(s, json_get(w->service, "situations"))
    {
        struct str answer = json_text(json_get_str(w->answers.situations, json_text_of(s, "id")));
        JSON_EACH(o, json_get(s, "options"))
        {
            JSON_EACH(m, json_get(o, "materials"))
            {
                if (!str_eq(m->text, material)) continue;
                named = true;
                *chosen = *chosen || str_eq(answer, json_text_of(o, "value"));
            }
        }
    }
    return named;
}

static bool held_in_register(struct ctx *c, const struct case_work *w, const struct json *resource,
                             struct str code, struct case_material *m)
{
    const struct exchange_case about = case_for_exchange(w);
    if (!exchange_holds(c, &about, code, json_text_of(resource, "id"), NULL, &m->held)) return false;
    m->held_by = json_text_of(resource, "name");
    m->held_by_en = json_text_of(resource, "en");
    m->held_from = json_text_of(resource, "id");
    return true;
}

static bool held_as_licence(struct ctx *c, const struct case_work *w, struct str from, struct str code,
                            struct case_material *m)
{
    const struct exchange_case about = case_for_exchange(w);
    struct licence *list;
    size_t count;
    if (!licence_list(c, w->file.applicant, from, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        m->held = m->held || str_eq_c(list[i].status, "valid");
    if (!m->held) { /* licences of before, or of others */
        struct json *where = json_object(c->arena);
        json_set_str(c->arena, where, "type_name", from);
        json_set_c(c->arena, where, "state", "有效");
        if (!exchange_holds(c, &about, code, STR("licences"), where, &m->held)) return false;
        m->held_from = STR("licences");
    }
    m->held_by = from;
    m->held_by_en = STR_EMPTY;
    return true;
}

/* A resource that lies elsewhere: with a provider, a database, another node. */
static bool held_elsewhere(struct ctx *c, const struct case_work *w, struct str from, struct str code,
                           struct case_material *m)
{
    const struct exchange_case about = case_for_exchange(w);
    m->held_from = from;
    return exchange_holds(c, &about, code, from, NULL, &m->held);
}

static bool held_by_one(struct ctx *c, const struct case_work *w, struct str from, struct str code,
                        struct case_material *m)
{
    const struct json *resource = registry_resource(c, from);
    bool bound = false;
    if (resource) return held_in_register(c, w, resource, code, m);
    if (!exchange_is_bound(c, from, &m->held_by, &m->held_by_en, &bound)) return false;
    return bound ? held_elsewhere(c, w, from, code, m) : held_as_licence(c, w, from, code, m);
}

/* Registers, resources that lie elsewhere and types of licence, separated by '|': the first that has it. */
bool case_held(struct ctx *c, const struct case_work *w, struct case_material *m)
{
    struct str rest = json_text_of(m->rule, "from"), from;
    struct subject applicant;
    if (!rest.len) return true;
    if (!people_subject(c, w->file.applicant, &applicant)) return false;
    if (applicant.level < 2 && !w->organisation)
        return true; /* whose identity nobody confirmed sees no prior data */
    while (rest.len && !m->held) {
        rest = str_cut(rest, '|', &from);
        if (!held_by_one(c, w, from, applicant.code, m)) return false;
    }
    return true;
}

bool case_materials(struct ctx *c, const struct case_work *w, struct case_material **out, size_t *out_count)
{
    struct case_upload *uploads;
    size_t uploaded, count = 0;
    const struct json *rules = json_get(w->service, "materials");
    struct case_material *list = ARENA_ARRAY(c->arena, (rules ? rules->count : 0) + 1, struct case_material);
    if (!case_store_uploads(c, w->file.id, &uploads, &uploaded)) return false;
    for (size_t i = 0; i < uploaded; i++)
        if (!case_open(c, w, "file_name", uploads[i].file_name, &uploads[i].file_name)) return false;
    JSON_EACH(rule, rules)
    {
        if (count == MATERIALS_MAX) break;
        struct case_material *m = &list[count++];
        struct str need = json_text_of(rule, "need");
        bool chosen;
        *m = (struct case_material){
            .id = json_text_of(rule, "id"), .name = json_text_of(rule, "name"), .rule = rule};
        bool named = named_by_options(w, m->id, &chosen);
        m->wanted = (!named || chosen) && condition_holds(json_get(rule, "when"), w);
        m->may_defer = str_eq_c(need, "deferrable");
        m->required = str_eq_c(need, "required") || m->may_defer;
        for (size_t i = 0; i < uploaded; i++) {
            if (!str_eq(uploads[i].material, m->id)) continue;
            if (str_eq_c(uploads[i].state, "deferred"))
                m->deferred = true;
            else if (m->upload_count < FILES_A_CASE_MAX)
                m->uploads[m->upload_count++] = &uploads[i];
        }
        if (m->wanted && !case_held(c, w, m)) return false;
    }
    *out = list;
    *out_count = count;
    return true;
}

bool case_points(struct ctx *c, const struct case_work *w, struct case_point **list, size_t *count)
{
    if (!case_store_points(c, w->file.id, list, count)) return false;
    for (size_t i = 0; i < *count; i++)
        if (!case_open(c, w, "point", (*list)[i].reason, &(*list)[i].reason)) return false;
    return true;
}
