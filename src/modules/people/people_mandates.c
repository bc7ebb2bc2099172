/* For whom one may act: the register of organisations says it, or a mandate does. */
#include "core/http/server.h"
#include "core/i18n/dates.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people_internal.h"

/* ---- rules ---- */

int64_t people_applicant(const struct ctx *c)
{
    return c->actor.acting_for ? c->actor.acting_for : c->actor.subject;
}

static bool is_representative(struct ctx *c, int64_t person, const struct subject *organisation, bool *is)
{
    struct subject_row self;
    const struct json *record;
    *is = false;
    if (organisation->kind != SUBJECT_ORGANISATION) return true;
    if (!people_store_load(c, person, &self) ||
        !registry_record(c, STR("org"), organisation->code, NULL, &record))
        return false;
    *is = record && str_eq(json_text_of(record, "legal_representative_id_number"), self.s.code);
    return true;
}

static bool in_scope(struct str scope, int64_t unit)
{
    int64_t of = 0;
    return !scope.len || (unit && str_to_i64(scope, &of) && of == unit);
}

/* unit −1: for any service at all. */
static bool stands_for(struct ctx *c, int64_t person, int64_t principal, int64_t unit)
{
    struct subject_row row;
    struct mandate *list;
    size_t count;
    bool is;
    if (principal == person) return true;
    if (!people_store_load(c, principal, &row)) {
        if (c->err->kind == ERR_MISSING) err_clear(c->err);
        return false;
    }
    if (!is_representative(c, person, &row.s, &is)) return false;
    if (is) return true;
    if (!people_store_mandates(c, principal, person, true, &list, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (unit < 0 || in_scope(list[i].scope, unit)) return true;
    return false;
}

static bool may_act(struct ctx *c, int64_t principal, int64_t unit)
{
    return c->actor.kind == ACTOR_PERSON && c->actor.level >= LEVEL_MATCHED && c->actor.subject &&
           principal && stands_for(c, c->actor.subject, principal, unit);
}

bool people_may_act_for(struct ctx *c, int64_t organisation)
{
    return may_act(c, organisation, -1);
}

bool people_may_act_before(struct ctx *c, int64_t principal, int64_t unit)
{
    return may_act(c, principal, unit);
}

bool people_agent_may(struct ctx *c, int64_t agent, int64_t principal, int64_t unit)
{
    return agent && principal && stands_for(c, agent, principal, unit);
}

/* A mandate ends while sessions live on. Pages are then one's own again; an act meant for the firm is
 * refused, never done for oneself by mistake. */
bool people_check_acting(struct ctx *c)
{
    if (people_may_act_for(c, c->actor.acting_for)) return true;
    if (c->err->kind != ERR_NONE) return false;
    c->actor.acting_for = 0;
    c->actor.acting_name = c->actor.acting_sealed = STR_EMPTY;
    bool leaves =
        c->route && (strcmp(c->route->path, "/me/acting") == 0 || strcmp(c->route->path, "/sign-out") == 0);
    if (!c->req || c->req->method == METHOD_GET || leaves) return true;
    return err_denied(c->err, "people.acting_ended",
                      "You may no longer act for this person or firm. Choose on your page for whom you act.");
}

/* ---- choosing ---- */

static struct json *choice(struct ctx *c, struct json *list, struct str id, struct str name, struct str text,
                           const char *icon, bool current)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_str(c->arena, o, "id", id);
    json_set_str(c->arena, o, "name", name);
    json_set_bool(c->arena, o, "name_zh", true);
    json_set_str(c->arena, o, "text", text);
    json_set_c(c->arena, o, "icon", icon);
    json_set_bool(c->arena, o, "current", current);
    return o;
}

static bool add_represented(struct ctx *c, struct json *list)
{
    struct subject_row self;
    struct json *orgs;
    if (!people_store_load(c, c->actor.subject, &self) || !registry_represented(c, self.s.code, &orgs))
        return false;
    JSON_EACH(o, orgs)
    {
        struct str code = json_text_of(o, "uscc");
        int64_t id;
        if (!people_find(c, SUBJECT_ORGANISATION, code, &id)) return false;
        choice(c, list, str_cat(c->arena, STR("r:"), code), json_text_of(o, "name"),
               ctx_tr(c, "Legal representative or proprietor"), "building", id && id == c->actor.acting_for);
    }
    return true;
}

static struct str until_text(struct ctx *c, int64_t to)
{
    if (!to) return ctx_tr(c, "until revoked");
    return tr_arg(c->lang, c->arena, "until %{arg}",
                  date_words(c->lang, c->arena, date_of(to - 1), date_of(c->now)));
}

static struct str scope_text(struct ctx *c, struct str scope)
{
    int64_t id;
    if (!scope.len) return ctx_tr(c, "all services");
    const struct unit *u = str_to_i64(scope, &id) ? orgs_unit(c, id) : NULL;
    return u ? (c->lang == &lang_en && u->en.len ? u->en : u->name) : scope;
}

static bool add_mandated(struct ctx *c, struct json *list)
{
    struct mandate *m;
    size_t count;
    if (!people_store_mandates(c, 0, c->actor.subject, true, &m, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct subject_row p;
        if (!people_store_load(c, m[i].principal, &p)) {
            if (c->err->kind != ERR_MISSING) return false;
            err_clear(c->err);
            continue;
        }
        struct str text = str_fmt(c->arena, "%.*s · %.*s · %.*s", STR_ARG(ctx_tr(c, "Agent")),
                                  STR_ARG(scope_text(c, m[i].scope)), STR_ARG(until_text(c, m[i].to)));
        choice(c, list, str_fmt(c->arena, "m:%lld", (long long)m[i].id), p.s.name, text,
               p.s.kind == SUBJECT_PERSON ? "user" : "building", m[i].principal == c->actor.acting_for);
    }
    return true;
}

bool people_acting_list(struct ctx *c, struct json *list)
{
    struct json *self =
        choice(c, list, STR("0"), ctx_tr(c, "For myself"), ctx_actor_name(c), "user", !c->actor.acting_for);
    json_set_bool(c->arena, self, "name_zh", false);
    if (c->actor.level < LEVEL_MATCHED) return true;
    return add_represented(c, list) && add_mandated(c, list);
}

bool people_acting_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    people_crumb(c, doc, "My page", "/me");
    json_set_bool(c->arena, doc, "declared_only", c->actor.level < LEVEL_MATCHED);
    return people_acting_list(c, json_set_array(c->arena, doc, "acting"));
}

static bool not_for(struct ctx *c)
{
    if (c->err->kind != ERR_NONE) return false;
    return err_denied(c->err, "people.acting", "You cannot act for this person or firm.");
}

/* The firm gets its row when somebody first acts for it. */
static bool represented_subject(struct ctx *c, struct str uscc, int64_t *id)
{
    const struct json *record;
    *id = 0;
    if (!registry_record(c, STR("org"), uscc, NULL, &record)) return false;
    if (!record) return true;
    struct subject s = {.kind = SUBJECT_ORGANISATION,
                        .name = json_text_of(record, "name"),
                        .code = uscc,
                        .address = json_text_of(record, "address"),
                        .mobile = STR_EMPTY,
                        .level = LEVEL_MATCHED};
    return people_ensure(c, &s, id);
}

static bool chosen_subject(struct ctx *c, struct str choice, int64_t *id)
{
    struct mandate m;
    bool found;
    int64_t mandate;
    *id = 0;
    if (str_starts(choice, STR("r:"))) return represented_subject(c, str_slice(choice, 2, choice.len), id);
    if (!str_starts(choice, STR("m:")) || !str_to_i64(str_slice(choice, 2, choice.len), &mandate))
        return true;
    if (!people_store_mandate_load(c, mandate, &m, &found)) return false;
    if (found && m.agent == c->actor.subject) *id = m.principal;
    return true;
}

bool people_acting_choose(struct ctx *c)
{
    struct str choice = in_text(c, "mandate");
    struct subject_row row;
    int64_t id = 0;
    if (str_eq_c(choice, "0")) {
        ctx_notice(c, "You act for yourself now.");
        return auth_act_for(c, 0, STR_EMPTY) && ctx_redirect(c, "/me");
    }
    if (!chosen_subject(c, choice, &id)) return false;
    if (!people_may_act_for(c, id)) return not_for(c);
    if (!people_store_load(c, id, &row) || !auth_act_for(c, id, row.s.name)) return false;
    ctx_notice(c, "From now on you act for the one you chose.");
    return evidence_add(c, "person.act_for", "person", id, id, NULL) && ctx_redirect(c, "/me");
}

/* ---- giving and revoking ---- */

static bool add_row(struct ctx *c, struct json *list, const struct mandate *m, int64_t other)
{
    struct subject_row row;
    if (!people_store_load(c, other, &row)) {
        if (c->err->kind != ERR_MISSING) return false;
        err_clear(c->err);
        return true;
    }
    struct json *o = json_add_object(c->arena, list);
    bool over = m->to && m->to <= c->now;
    json_set_id(c->arena, o, "id", m->id);
    json_set_str(c->arena, o, "name",
                 row.s.kind == SUBJECT_PERSON ? people_mask_name(c->arena, row.s.name) : row.s.name);
    json_set_str(c->arena, o, "number",
                 row.s.kind == SUBJECT_PERSON ? people_mask_code(c->arena, row.s.code) : row.s.code);
    json_set_str(c->arena, o, "scope_text", scope_text(c, m->scope));
    json_set_str(c->arena, o, "from", date_words(c->lang, c->arena, date_of(m->from), date_of(c->now)));
    json_set_str(c->arena, o, "until_text",
                 m->to ? date_words(c->lang, c->arena, date_of(m->to - 1), date_of(c->now))
                       : ctx_tr(c, "until revoked"));
    json_set_str(c->arena, o, "state_label",
                 ctx_tr(c, m->revoked         ? "Revoked"
                           : over             ? "Ended"
                           : m->from > c->now ? "Not yet in force"
                                              : "In force"));
    json_set_bool(c->arena, o, "can_revoke", !m->revoked && !over && m->principal == people_applicant(c));
    return true;
}

static bool add_rows(struct ctx *c, struct json *doc, const char *key, const char *has, int64_t principal,
                     int64_t agent)
{
    struct mandate *m;
    size_t count;
    if (!people_store_mandates(c, principal, agent, false, &m, &count)) return false;
    struct json *list = json_set_array(c->arena, doc, key);
    for (size_t i = 0; i < count; i++)
        if (!add_row(c, list, &m[i], principal ? m[i].agent : m[i].principal)) return false;
    json_set_bool(c->arena, doc, has, list->count > 0);
    return true;
}

static void add_scopes(struct ctx *c, struct json *fields)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    struct json *f = people_field(c, fields, "scope", "For which services", "select", STR_EMPTY, true);
    ctx_option(c, f, STR_EMPTY, ctx_tr(c, "all services"));
    for (size_t i = 0; i < count; i++)
        ctx_option(c, f, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name);
}

/* Why the actor gives no mandate here: NULL when they do. */
static bool why_not(struct ctx *c, const struct subject *principal, const char **why)
{
    bool is;
    *why = NULL;
    if (c->actor.level < LEVEL_MATCHED) *why = "Please confirm who you are first.";
    if (*why || principal->id == c->actor.subject) return true;
    if (!is_representative(c, c->actor.subject, principal, &is)) return false;
    if (!is) *why = "Only the legal representative can give a mandate for this firm.";
    return true;
}

static void give_form(struct ctx *c, struct json *doc)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    people_field(c, fields, "name", "Name of the agent", "text", STR_EMPTY, true);
    struct json *number =
        people_field(c, fields, "id_number", "Identity number of the agent", "text", STR_EMPTY, true);
    json_set_c(c->arena, number, "width", "20");
    add_scopes(c, fields);
    people_field(c, fields, "from", "First day", "date", date_format(c->arena, date_of(c->now)), true);
    people_hint(c, people_field(c, fields, "until", "Until and including", "date", STR_EMPTY, false),
                "Leave this empty for a mandate that lasts until you revoke it.");
}

bool people_mandates_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct subject_row principal;
    const char *why;
    if (!people_store_load(c, people_applicant(c), &principal) || !why_not(c, &principal.s, &why))
        return false;
    people_crumb(c, doc, "My page", "/me");
    json_set_str(c->arena, doc, "principal", principal.s.name);
    json_set_bool(c->arena, doc, "can_give", !why);
    json_set(doc, "why_not", why ? json_string(c->arena, ctx_tr(c, why)) : json_null(c->arena));
    json_set_bool(c->arena, doc, "declared_only", c->actor.level < LEVEL_MATCHED);
    json_set_c(c->arena, doc, "action", "/me/mandates");
    give_form(c, doc);
    /* Whom else the firm trusts is not an agent's business. */
    return (why || add_rows(c, doc, "given", "has_given", people_applicant(c), 0)) &&
           add_rows(c, doc, "received", "has_received", 0, c->actor.subject);
}

bool people_mandates_check(struct ctx *c)
{
    return people_limit_kept(c, "people:mandate", str_fmt(c->arena, "%lld", (long long)c->actor.account), 10,
                             MS_HOUR);
}

static bool read_term(struct ctx *c, struct mandate *m)
{
    int32_t from, until;
    if (!date_parse(in_text(c, "from"), &from))
        return err_at(c->err, STR("from"), "Please enter a real date, such as 2026-11-21.", STR_EMPTY);
    m->from = date_start(from);
    if (!in_has(c, "until") || !in_text(c, "until").len) return true;
    if (!date_parse(in_text(c, "until"), &until) || until < from || until < date_of(c->now))
        return err_at(c->err, STR("until"), "A mandate cannot end before it begins, or in the past.",
                      STR_EMPTY);
    m->to = date_start(until + 1);
    return true;
}

static bool read_scope(struct ctx *c, struct mandate *m)
{
    int64_t unit;
    m->scope = in_text(c, "scope");
    if (!m->scope.len || (str_to_i64(m->scope, &unit) && orgs_unit(c, unit))) return true;
    return err_at(c->err, STR("scope"), "Please choose one of the options.", STR_EMPTY);
}

/* Only who decides for the principal gives mandates: themself, or its legal representative. An agent does not
 * pass on. */
static bool may_give(struct ctx *c, int64_t principal)
{
    struct subject_row row;
    const char *why;
    if (!people_store_load(c, principal, &row) || !why_not(c, &row.s, &why)) return false;
    return !why || err_denied(c->err, "people.mandate", why);
}

static bool find_agent(struct ctx *c, struct mandate *m)
{
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = in_text(c, "name"),
                        .code = in_text(c, "id_number"),
                        .mobile = STR_EMPTY,
                        .address = STR_EMPTY,
                        .level = LEVEL_DECLARED};
    struct subject_row row;
    if (!people_ensure(c, &s, &m->agent) || !people_store_load(c, m->agent, &row)) return false;
    if (!str_eq(row.s.name, s.name))
        return err_at(c->err, STR("name"), "Name and number do not belong together. Please check both.",
                      STR_EMPTY);
    if (m->agent == m->principal || m->agent == c->actor.subject)
        return err_at(c->err, STR("id_number"), "This is your own number.", STR_EMPTY);
    return true;
}

bool people_mandate_give(struct ctx *c)
{
    struct mandate m = {.principal = people_applicant(c)};
    if (!may_give(c, m.principal) || !read_term(c, &m) || !read_scope(c, &m) || !find_agent(c, &m) ||
        !people_store_mandate_add(c, &m))
        return false;
    struct json *detail = json_object(c->arena);
    json_set_id(c->arena, detail, "agent", m.agent);
    json_set_str(c->arena, detail, "scope", m.scope);
    ctx_notice(c, "The mandate has been given.");
    return evidence_add(c, "mandate.give", "mandate", m.id, m.principal, detail) &&
           people_tell(c, m.agent, "You have been given a mandate to act for somebody.", "/me/mandates") &&
           ctx_created(c, "/me/mandates");
}

/* The principal's own mandates; whose they are not, they do not exist for. */
bool people_mandate_scope(struct ctx *c)
{
    struct mandate m;
    bool found;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !people_store_mandate_load(c, id, &m, &found)) return false;
    if (!found || m.principal != people_applicant(c))
        return err_missing(c->err, "mandate", "There is no such mandate.");
    c->row = id;
    return true;
}

bool people_mandate_revoke(struct ctx *c)
{
    struct mandate m;
    bool done, found;
    if (!may_give(c, people_applicant(c)) || !people_store_mandate_load(c, c->row, &m, &found) ||
        !people_store_mandate_revoke(c, c->row, people_applicant(c), &done))
        return false;
    ctx_notice(c, "The mandate has been revoked. It no longer holds.");
    if (!done) return ctx_redirect(c, "/me/mandates");
    return evidence_add(c, "mandate.revoke", "mandate", c->row, m.principal, NULL) &&
           people_tell(c, m.agent, "A mandate you had has been revoked.", "/me/mandates") &&
           ctx_redirect(c, "/me/mandates");
}
