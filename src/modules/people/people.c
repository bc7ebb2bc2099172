#include <stdlib.h>

#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

struct people_state *people_state(const struct ctx *c)
{
    return server_state(c->server, "people");
}

bool people_start(struct ctx *c)
{
    struct people_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    server_set_state(c->server, "people", s);
    registry_set_who(c->server, people_who);
    server_on_acting(c->server, people_check_acting);
    return true;
}

void people_stop(struct server *server)
{
    mem_free(server_state(server, "people"));
    server_set_state(server, "people", NULL);
}

void people_add_part(struct server *server, const struct people_part *part)
{
    struct people_state *s = server_state(server, "people");
    if (s->part_count == PARTS_MAX) abort(); /* one that is left out would keep what it should erase */
    s->parts[s->part_count++] = part;
}

void people_set_messenger(struct server *server, const struct people_messenger *messenger)
{
    struct people_state *s = server_state(server, "people");
    s->messenger = *messenger;
}

bool people_tell(struct ctx *c, int64_t subject, const char *msgid, const char *href)
{
    const struct people_messenger *m = &people_state(c)->messenger;
    return !m->send || m->send(c, subject, msgid, json_object(c->arena), str_c(href));
}

static bool say_when(struct ctx *c, int64_t window_ms)
{
    if (strcmp(c->err->code, "limit") != 0) return false;
    err_clear(c->err);
    err_busy(c->err, "limit", "There were too many attempts. Please try again in %{arg} minutes.");
    err_arg(c->err, str_fmt(c->arena, "%lld", (long long)(window_ms / MS_MINUTE)));
    return false;
}

bool people_limit(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms)
{
    return auth_limit(c, purpose, key, most, window_ms) || say_when(c, window_ms);
}

bool people_limit_kept(struct ctx *c, const char *purpose, struct str key, int most, int64_t window_ms)
{
    return auth_limit_kept(c, purpose, key, most, window_ms) || say_when(c, window_ms);
}

bool people_account(struct ctx *c, enum actor_kind kind, struct str login, struct account *out, bool *found)
{
    struct str hash;
    *found = account_by_login(c, kind, login, out, &hash);
    if (*found) return true;
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

/* ---- subjects ---- */

static bool is_own(const struct ctx *c, int64_t subject)
{
    return c->actor.kind == ACTOR_PERSON && (subject == c->actor.subject || subject == c->actor.acting_for);
}

bool people_subject(struct ctx *c, int64_t id, struct subject *out)
{
    struct subject_row row;
    if (!people_store_load(c, id, &row)) {
        if (strcmp(c->err->code, "subject.erased") != 0) return false;
        err_clear(c->err);
        *out = (struct subject){.id = id,
                                .kind = SUBJECT_PERSON,
                                .name = ctx_tr(c, "Erased person"),
                                .code = STR_EMPTY,
                                .mobile = STR_EMPTY,
                                .address = STR_EMPTY,
                                .erased = true};
        return true;
    }
    if (c->actor.kind != ACTOR_SYSTEM && !is_own(c, id)) ctx_reads(c, id, STR("person"), id);
    *out = row.s;
    return true;
}

bool people_mobile(struct ctx *c, int64_t id, struct str *mobile)
{
    struct subject_row row;
    *mobile = STR_EMPTY;
    if (people_store_load(c, id, &row)) {
        *mobile = row.s.mobile;
        return true;
    }
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}

bool people_find(struct ctx *c, enum subject_kind kind, struct str code, int64_t *id)
{
    return people_store_find(c, kind, code, id);
}

bool people_ensure(struct ctx *c, const struct subject *s, int64_t *id)
{
    if (!people_store_find(c, s->kind, s->code, id)) return false;
    if (*id) return true;
    struct subject fresh = *s;
    if (fresh.level < LEVEL_DECLARED) fresh.level = LEVEL_DECLARED;
    if (!people_store_insert(c, &fresh)) return false;
    *id = fresh.id;
    return true;
}

static bool raise_account(struct ctx *c, int64_t id, int level, bool *raised)
{
    struct account account;
    if (!id) return true;
    if (!account_load(c, id, &account)) return false;
    if (account.level >= level) return true;
    account.level = level;
    *raised = true;
    return account_save(c, &account);
}

bool people_raise(struct ctx *c, int64_t id, int level, const char *how)
{
    struct subject_row row;
    bool raised = false;
    if (!people_store_load(c, id, &row)) return false;
    if (row.s.level < level) {
        row.s.level = level;
        raised = true;
        if (!people_store_save(c, &row)) return false;
    }
    if (!raise_account(c, row.account, level, &raised)) return false;
    if (!raised) return true;
    struct json *detail = json_object(c->arena);
    json_set_c(c->arena, detail, "how", how);
    json_set_i64(c->arena, detail, "level", level);
    return evidence_add(c, "person.raise", "person", id, id, detail) &&
           (!row.account || people_tell(c, id,
                                        "Who you are has been confirmed. You now see what registers know "
                                        "about you and can receive licences.",
                                        "/me"));
}

bool people_base_knows(struct ctx *c, const struct subject *s, bool *knows)
{
    const struct json *record;
    *knows = false;
    if (!registry_matches_population(c, s->name, s->code, knows) || !*knows) return c->err->kind == ERR_NONE;
    if (!registry_record(c, STR("population"), s->code, NULL, &record)) return false;
    struct str mobile = json_text_of(record, "mobile");
    /* Names and numbers are known to many; the mobile in the base, shown to be at hand by a code, is not. */
    *knows = mobile.len && str_eq(mobile, s->mobile);
    return true;
}

/* ---- accounts ---- */

bool people_add_account(struct ctx *c, int64_t subject, struct str mobile, struct str hash, int64_t *account)
{
    struct subject_row row;
    if (!people_store_load(c, subject, &row)) return false;
    struct account a = {.subject = subject,
                        .kind = ACTOR_PERSON,
                        .login = mobile,
                        .area = STR_EMPTY,
                        .roles = STR_EMPTY,
                        .label = row.s.name,
                        .level = row.s.level,
                        .active = true};
    if (!account_create(c, &a, hash)) return false;
    row.account = a.id;
    row.s.mobile = mobile;
    *account = a.id;
    /* Whoever comes back before their files may go has taken their request back. */
    return people_store_save(c, &row) && people_store_erasure_drop(c, subject) &&
           evidence_add(c, "account.open", "account", a.id, subject, NULL);
}

bool people_close_account(struct ctx *c, int64_t subject)
{
    struct subject_row row;
    struct account account;
    if (!people_store_load(c, subject, &row)) return false;
    if (!row.account) return true;
    if (!account_load(c, row.account, &account)) return false;
    account.active = false;
    account.login = str_fmt(c->arena, "closed:%lld", (long long)account.id);
    row.account = 0;
    return account_save(c, &account) && account_set_login(c, account.id, account.login) &&
           people_store_save(c, &row) &&
           evidence_add(c, "account.close", "account", account.id, subject, NULL);
}

/* Who came to the desk with their card is right; who only declared the same number elsewhere is not. */
static bool drop_stranger(struct ctx *c, const struct subject_row *row, struct str mobile)
{
    struct account account;
    if (!row->account) return true;
    if (!account_load(c, row->account, &account)) return false;
    return account.level >= LEVEL_MATCHED || str_eq(account.login, mobile) ||
           people_close_account(c, row->s.id);
}

bool people_desk_reset(struct ctx *c, struct str number)
{
    const struct people_messenger *m = &people_state(c)->messenger;
    struct subject_row row;
    struct account account;
    int64_t id;
    if (!people_store_find(c, SUBJECT_PERSON, number, &id)) return false;
    if (!id) return true;
    if (!people_store_load(c, id, &row)) return false;
    if (!row.account) return true;
    if (!account_load(c, row.account, &account) || !people_close_account(c, id)) return false;
    if (account.level < LEVEL_MATCHED) return true;
    if (!m->text)
        return err_busy(c->err, "people.messages",
                        "No text messages can be sent at the moment. Please try again later.");
    /* Whoever holds the mobile hears of it, should it not be they who stand at the desk. */
    return m->text(
               c, account.login,
               "Your account for government services has been closed at a service desk. If it was not you "
               "who asked for it, please go to a service desk with your identity card at once.",
               json_object(c->arena)) &&
           evidence_add(c, "account.reset", "account", account.id, id, NULL);
}

bool people_desk_verify(struct ctx *c, struct str name, struct str number, struct str mobile,
                        const struct json *detail, int64_t *id)
{
    struct subject s = {.kind = SUBJECT_PERSON,
                        .name = name,
                        .code = number,
                        .mobile = mobile,
                        .address = STR_EMPTY,
                        .level = LEVEL_DECLARED};
    struct subject_row row;
    if (!people_ensure(c, &s, id) || !people_store_load(c, *id, &row) || !drop_stranger(c, &row, mobile))
        return false;
    if (!people_store_load(c, *id, &row)) return false;
    /* The clerk has the card in hand; but a confirmed name stays, and so does the mobile of the account that
     * belongs to it: this form is not the way to change them. */
    bool matched = row.s.level >= LEVEL_MATCHED;
    if (!matched) row.s.name = name;
    if (mobile.len && !(matched && row.account)) row.s.mobile = mobile;
    return people_store_save(c, &row) && evidence_add(c, "person.seen", "person", *id, *id, detail) &&
           people_raise(c, *id, LEVEL_MATCHED, "desk");
}

/* ---- officers ---- */

const char *const people_roles[] = {
    "desk",         "reviewer",     "decider",        "editor",      "steward", "supervisor", "data_steward",
    "data_manager", "system_admin", "security_admin", "audit_admin", "kiosk",   NULL};
const char *const people_role_titles[] = {"Service desk",
                                          "Reviewing",
                                          "Deciding",
                                          "Catalogue",
                                          "Data steward",
                                          "Supervision",
                                          "Data of the department",
                                          "Data authority",
                                          "System administrator",
                                          "Security administrator",
                                          "Audit administrator",
                                          "Self-service terminal"};

static bool has_role(struct str roles, const char *role)
{
    struct str one;
    while (roles.len) {
        roles = str_cut(roles, '|', &one);
        if (str_eq_c(one, role)) return true;
    }
    return false;
}

const char *people_roles_conflict(struct arena *a, struct str roles)
{
    (void)a;
    int admins =
        has_role(roles, "system_admin") + has_role(roles, "security_admin") + has_role(roles, "audit_admin");
    bool handles = has_role(roles, "desk") || has_role(roles, "reviewer") || has_role(roles, "decider");
    if (has_role(roles, "kiosk") && str_find_char(roles, '|') != SIZE_MAX)
        return "A self-service terminal has no other role.";
    if (admins > 1) return "System, security and audit administrators must be three different people.";
    if (admins && handles) return "An administrator must not handle applications.";
    if (has_role(roles, "desk") && has_role(roles, "decider"))
        return "Who works at the desk must not decide.";
    return NULL;
}

bool people_new_officer(struct ctx *c, struct account *a, struct str hash)
{
    const char *conflict = people_roles_conflict(c->arena, a->roles);
    if (conflict) return err_at(c->err, STR("roles"), conflict, STR_EMPTY);
    a->kind = ACTOR_OFFICER;
    a->active = true;
    if (!account_create(c, a, hash)) return false;
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "roles", a->roles);
    return evidence_add(c, "officer.add", "account", a->id, 0, detail);
}

bool people_add_officer(struct ctx *c, struct str login, struct str name, struct str roles, int64_t unit,
                        struct str area, struct str hash, int64_t *account)
{
    struct account a = {.login = login, .label = name, .roles = roles, .unit = unit, .area = area};
    if (!people_new_officer(c, &a, hash)) return false;
    *account = a.id;
    return true;
}

/* ---- words ---- */

struct str people_mask_name(struct arena *a, struct str name)
{
    return ident_mask_name(a, name);
}

struct str people_mask_code(struct arena *a, struct str code)
{
    return ident_mask_number(a, code);
}

struct str people_level_label(const struct ctx *c, int level)
{
    return ctx_tr(c, level >= LEVEL_MATCHED ? "Identity confirmed" : "Declared only");
}

bool people_who(struct ctx *c, int64_t subject, struct registry_applicant *out)
{
    struct subject s, person;
    if (!people_subject(c, subject, &s)) return false;
    bool acts = c->actor.kind == ACTOR_PERSON && c->actor.subject;
    *out = (struct registry_applicant){.code = s.code, .name = s.name, .mobile = s.mobile, .level = s.level};
    if (acts && c->actor.level < out->level) out->level = c->actor.level;
    /* A mandate may have ended since the session chose whom it acts for. */
    if (acts && c->actor.subject != subject && !people_may_act_for(c, subject)) {
        if (c->err->kind != ERR_NONE) return false;
        out->level = 0;
    }
    if (acts && c->actor.subject != subject) {
        if (!people_subject(c, c->actor.subject, &person)) return false;
    } else if (s.kind == SUBJECT_PERSON) {
        person = s;
    } else {
        return true;
    }
    out->person_name = person.name;
    out->person_code = person.code;
    out->person_mobile = person.mobile;
    return true;
}

/* ---- input ---- */

static bool checked(struct arena *a, struct str in, size_t cap, struct str *out)
{
    char *room = arena_alloc(a, cap);
    return ident_normalise(in, room, cap, out);
}

bool people_check_mobile(struct arena *a, struct str in, struct str *out, const char **why)
{
    struct str normal;
    *why = "Please enter a mobile number of 11 digits.";
    return checked(a, in, 24, &normal) && ident_mobile(normal, out) == IDENT_OK;
}

bool people_check_id_number(struct arena *a, struct str in, struct str *out, const char **why)
{
    enum ident_reason reason = checked(a, in, 24, out) ? ident_person(*out, NULL) : IDENT_LENGTH;
    if (reason == IDENT_OK && out->len != 18) reason = IDENT_LENGTH;
    *why = ident_msgid(reason);
    return reason == IDENT_OK;
}

bool people_check_name(struct arena *a, struct str in, struct str *out, const char **why)
{
    bool wrong = false;
    (void)a;
    for (size_t pos = 0; pos < in.len;) {
        uint32_t c = utf8_next(in, &pos);
        wrong = wrong || (c >= '0' && c <= '9') ||
                (c < 0x80 && strchr("<>@#$%^&*()_=+[]{}|\\/?!;:\"~`", (int)c) != NULL);
    }
    *out = in;
    *why = "Please enter the name as it stands on the identity card.";
    return !wrong && utf8_count(in) >= 2;
}
