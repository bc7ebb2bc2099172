/* Officers and their roles: the business of the security administrator. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people_internal.h"

enum { OFFICERS_PAGE = 50, OFFICERS_STEP = 200, OFFICERS_MAX = 20000 };

static struct str unit_name(struct ctx *c, int64_t id)
{
    const struct unit *u = id ? orgs_unit(c, id) : NULL;
    if (!u) return STR_EMPTY;
    return c->lang == &lang_en && u->en.len ? u->en : u->name;
}

static struct str roles_text(struct ctx *c, struct str roles)
{
    struct buf b = buf_new(c->arena, 64);
    struct str one;
    while (roles.len) {
        roles = str_cut(roles, '|', &one);
        struct str title = one;
        for (size_t i = 0; people_roles[i]; i++)
            if (str_eq_c(one, people_roles[i])) title = ctx_tr(c, people_role_titles[i]);
        if (b.len) buf_add(&b, ctx_tr(c, ", "));
        buf_add(&b, title);
    }
    return buf_str(&b);
}

/* ---- the list ---- */

static bool matches(struct ctx *c, const struct account *a)
{
    struct str q = str_lower(c->arena, in_text(c, "q"));
    int64_t dept = in_i64(c, "dept", 0);
    if (dept && a->unit != dept) return false;
    return !q.len || str_find(str_lower(c->arena, a->login), q) != SIZE_MAX ||
           str_find(str_lower(c->arena, a->label), q) != SIZE_MAX;
}

static bool officer_row(struct ctx *c, struct json *list, const struct account *a)
{
    int64_t last;
    if (!people_store_last_seen(c, a->id, &last)) return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_id(c->arena, o, "id", a->id);
    json_set_str(c->arena, o, "name", a->label);
    json_set_str(c->arena, o, "href", str_fmt(c->arena, "/office/officers/%lld", (long long)a->id));
    json_set_str(c->arena, o, "account", a->login);
    json_set_str(c->arena, o, "department", unit_name(c, a->unit));
    json_set_str(c->arena, o, "roles", a->roles);
    json_set_str(c->arena, o, "roles_text", roles_text(c, a->roles));
    json_set(o, "last", last ? json_string(c->arena, time_format(c->arena, last)) : json_null(c->arena));
    json_set_bool(c->arena, o, "active", a->active);
    json_set_str(c->arena, o, "state_label", ctx_tr(c, a->active ? "In use" : "Closed"));
    return true;
}

struct listing {
    int64_t after, total, next;
    size_t shown;
};

/* Names and logins are sealed, so the search looks at each; officers are hundreds, not millions. */
static bool list_officers(struct ctx *c, struct json *list, struct listing *l)
{
    int64_t from = 0, last = 0;
    for (int64_t seen = 0; seen < OFFICERS_MAX;) {
        struct account *some;
        size_t count;
        if (!account_list(c, ACTOR_OFFICER, from, OFFICERS_STEP, &some, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            if (!matches(c, &some[i])) continue;
            l->total++;
            if (some[i].id <= l->after) continue;
            if (l->shown == OFFICERS_PAGE) {
                if (!l->next) l->next = last;
                continue;
            }
            if (!officer_row(c, list, &some[i])) return false;
            l->shown++;
            last = some[i].id;
        }
        if (count < OFFICERS_STEP) return true;
        from = some[count - 1].id;
        seen += (int64_t)count;
    }
    return true;
}

static void department_options(struct ctx *c, struct json *field, const char *first)
{
    const struct unit **units;
    size_t count = orgs_units(c, &units);
    ctx_option(c, field, STR_EMPTY, ctx_tr(c, first));
    for (size_t i = 0; i < count; i++)
        ctx_option(c, field, str_fmt(c->arena, "%lld", (long long)units[i]->id),
                   c->lang == &lang_en && units[i]->en.len ? units[i]->en : units[i]->name);
}

bool people_officers(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields");
    struct listing l = {.after = in_i64(c, "after", 0)};
    people_field(c, fields, "q", "Name or account", "text", in_text(c, "q"), true);
    department_options(c,
                       people_field(c, fields, "dept", "Department", "select",
                                    str_fmt(c->arena, "%lld", (long long)in_i64(c, "dept", 0)), true),
                       "All departments");
    struct json *list = json_set_array(c->arena, doc, "officers");
    if (!list_officers(c, list, &l)) return false;
    json_set_bool(c->arena, doc, "has_officers", list->count > 0);
    json_set_str(c->arena, doc, "total", str_fmt(c->arena, "%lld", (long long)l.total));
    json_set_c(c->arena, doc, "new_href", "/office/officers/new");
    json_set_c(c->arena, doc, "roles_href", "/office/officers/roles");
    if (!l.next) return true;
    struct json *pager = json_set_object(c->arena, doc, "pager");
    json_set_str(c->arena, pager, "next",
                 str_fmt(c->arena, "/office/officers?after=%lld&dept=%lld&q=%.*s", (long long)l.next,
                         (long long)in_i64(c, "dept", 0), STR_ARG(url_encode(c->arena, in_text(c, "q")))));
    return true;
}

/* ---- one officer ---- */

static bool chosen(const struct ctx *c, struct str roles, const char *role)
{
    if (!c->failed) {
        struct str one;
        while (roles.len) {
            roles = str_cut(roles, '|', &one);
            if (str_eq_c(one, role)) return true;
        }
        return false;
    }
    for (const struct param *p = c->req->form.first; p; p = p->next)
        if (str_eq_c(p->name, "roles") && str_eq_c(p->value, role)) return true;
    return false;
}

static void role_field(struct ctx *c, struct json *fields, struct str roles)
{
    struct json *f = people_field(c, fields, "roles", "Roles", "checkboxes", STR_EMPTY, true);
    for (size_t i = 0; people_roles[i]; i++) {
        ctx_option(c, f, str_c(people_roles[i]), ctx_tr(c, people_role_titles[i]));
        struct json *o = ((struct json *)json_get(f, "options"))->last;
        json_set_bool(c->arena, o, "checked", chosen(c, roles, people_roles[i]));
        json_set(o, "note",
                 strcmp(people_roles[i], "desk") == 0
                     ? json_string(c->arena, ctx_tr(c, "Who works at the desk must not decide."))
                     : json_null(c->arena));
    }
}

static void officer_fields(struct ctx *c, struct json *doc, const struct account *a)
{
    struct json *fields = json_set_array(c->arena, doc, "fields");
    struct json *f = people_field(c, fields, "name", "Name", "text", a->label, true);
    json_set_c(c->arena, f, "width", "10");
    f = people_field(c, fields, "account", "Account", "text", a->login, true);
    json_set_c(c->arena, f, "width", "20");
    json_set_c(c->arena, f, "autocomplete", "off");
    json_set_bool(c->arena, f, "readonly", a->id != 0);
    f = people_field(c, fields, "department", "Department", "select",
                     a->unit ? str_fmt(c->arena, "%lld", (long long)a->unit) : STR_EMPTY, true);
    department_options(c, f, "none");
    f = people_field(c, fields, "area", "Division", "text", a->area, false);
    json_set_c(c->arena, f, "width", "10");
    people_hint(c, f,
                "Code of the division whose cases this person sees; empty: all that the department has");
    role_field(c, fields, a->roles);
}

static void rights(struct ctx *c, struct json *doc, struct str roles)
{
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    struct json *list = json_set_array(c->arena, doc, "rights");
    struct actor probe = {0};
    server_permit(c->server, &probe, roles);
    struct actor kept = c->actor;
    memcpy(c->actor.permissions, probe.permissions, sizeof probe.permissions);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->permission_count; i++)
            if (ctx_may(c, modules[m]->permissions[i].name))
                json_add(list, json_string(c->arena, ctx_tr(c, modules[m]->permissions[i].title)));
    c->actor = kept;
    json_set_bool(c->arena, doc, "has_rights", list->count > 0);
}

bool people_officer_new_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct account nobody = {.login = STR_EMPTY, .label = STR_EMPTY, .area = STR_EMPTY, .roles = STR_EMPTY};
    json_set_str(c->arena, doc, "title", ctx_tr(c, "New officer"));
    json_set_bool(c->arena, doc, "title_zh", false);
    json_set_c(c->arena, doc, "action", "/office/officers/new");
    officer_fields(c, doc, &nobody);
    struct json *f = people_field(c, (struct json *)json_get(doc, "fields"), "password", "First password",
                                  "password", STR_EMPTY, true);
    json_set_c(c->arena, f, "autocomplete", "new-password");
    people_hint(c, f, "At least 12 characters; the officer chooses another at the first sign-in");
    return true;
}

static struct str joined_roles(struct ctx *c)
{
    struct buf b = buf_new(c->arena, 64);
    JSON_EACH(role, json_get(c->in, "roles"))
    {
        if (b.len) buf_add_char(&b, '|');
        buf_add(&b, json_text(role));
    }
    return buf_str(&b);
}

/* Name, roles, department and area as sent; errors stand at their fields. */
static bool read_officer(struct ctx *c, struct account *a)
{
    uint64_t digits;
    a->label = in_text(c, "name");
    a->roles = joined_roles(c);
    a->unit = in_i64(c, "department", 0);
    a->area = in_text(c, "area");
    const char *conflict = people_roles_conflict(c->arena, a->roles);
    if (conflict) err_at(c->err, STR("roles"), conflict, STR_EMPTY);
    if (a->unit && !orgs_unit(c, a->unit))
        err_at(c->err, STR("department"), "Please choose one of the options.", STR_EMPTY);
    if (a->area.len && (!str_to_u64(a->area, &digits) || a->area.len > 12 || a->area.len % 2))
        err_at(c->err, STR("area"), "Please enter a division code, such as 780101.", STR_EMPTY);
    return c->err->kind == ERR_NONE;
}

bool people_officer_new_check(struct ctx *c)
{
    struct str hash;
    if (!auth_password_acceptable(c, in_text(c, "account"), in_text(c, "password"), ACTOR_OFFICER) ||
        !password_hash(c->arena, in_text(c, "password"), &hash, c->err))
        return false;
    c->prepared = json_object(c->arena);
    json_set_str(c->arena, c->prepared, "hash", hash);
    return true;
}

bool people_officer_new(struct ctx *c)
{
    struct account a = {0};
    bool taken;
    struct account other;
    if (!read_officer(c, &a) || !people_account(c, ACTOR_OFFICER, in_text(c, "account"), &other, &taken))
        return false;
    if (taken) return err_at(c->err, STR("account"), "This account name is taken.", STR_EMPTY);
    ctx_notice(c, "The officer has been added.");
    a.login = in_text(c, "account");
    a.given = true;
    return people_new_officer(c, &a, json_text_of(c->prepared, "hash")) &&
           ctx_created(c, "/office/officers/%lld", (long long)a.id);
}

bool people_officer_scope(struct ctx *c)
{
    struct account a;
    int64_t id;
    if (!ctx_path_id(c, "id", &id) || !account_load(c, id, &a)) return false;
    if (a.kind != ACTOR_OFFICER) return err_missing(c->err, "account.missing", "There is no such account.");
    c->row = id;
    return true;
}

static struct json *act(struct ctx *c, struct json *acts, const char *label, const char *tone,
                        const char *what, const char *says)
{
    struct json *o = json_add_object(c->arena, acts);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_c(c->arena, o, "tone", tone);
    json_set_bool(c->arena, o, "open", false);
    json_set_bool(c->arena, o, "danger", strcmp(tone, "danger") == 0);
    json_set_str(c->arena, o, "action",
                 str_fmt(c->arena, "/office/officers/%lld/%s", (long long)c->row, what));
    json_set_str(c->arena, o, "says", ctx_tr(c, says));
    return json_set_array(c->arena, o, "fields");
}

bool people_officer_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct account a;
    if (!account_load(c, c->row, &a)) return false;
    json_set_str(c->arena, doc, "title", a.label);
    json_set_bool(c->arena, doc, "title_zh", true);
    json_set_str(c->arena, doc, "action", str_fmt(c->arena, "/office/officers/%lld", (long long)a.id));
    json_set_bool(c->arena, doc, "active", a.active);
    officer_fields(c, doc, &a);
    rights(c, doc, a.roles);
    struct json *acts = json_set_array(c->arena, doc, "acts");
    if (a.id != c->actor.account) {
        struct json *fields =
            act(c, acts, "Set a new password", "quiet", "password",
                "Ends all sessions of this person, who chooses another password at the next sign-in.");
        json_set_c(c->arena, people_field(c, fields, "password", "New password", "password", STR_EMPTY, true),
                   "autocomplete", "new-password");
        if (a.factor)
            act(c, acts, "Reset the second factor", "quiet", "second-factor",
                "For a lost phone, once you are sure who asks. Ends all sessions of this person.");
        if (a.active)
            act(c, acts, "Close the account", "danger", "disable",
                "Signs this person out at once. The account can be opened again.");
        else
            act(c, acts, "Open the account again", "quiet", "enable",
                "This person can sign in again with the password they had.");
    }
    json_set_bool(c->arena, doc, "has_acts", acts->count > 0);
    return true;
}

/* Nobody gives rights to themself, or takes away the last hand that could give them back. */
static bool not_oneself(struct ctx *c)
{
    return c->row != c->actor.account ||
           err_denied(c->err, "officer.self",
                      "You cannot change your own account. Another security administrator does it.");
}

static bool record(struct ctx *c, const char *act_name, struct str roles)
{
    struct json *detail = json_object(c->arena);
    if (roles.len) json_set_str(c->arena, detail, "roles", roles);
    return evidence_add(c, act_name, "account", c->row, 0, detail);
}

bool people_officer_save(struct ctx *c)
{
    struct account a;
    if (!not_oneself(c) || !account_load(c, c->row, &a) || !read_officer(c, &a)) return false;
    ctx_notice(c, "Saved.");
    return account_save(c, &a) && record(c, "officer.change", a.roles) &&
           ctx_redirect(c, "/office/officers/%lld", (long long)c->row);
}

static bool set_active(struct ctx *c, bool active)
{
    struct account a;
    if (!not_oneself(c) || !account_load(c, c->row, &a)) return false;
    a.active = active;
    ctx_notice(c, active ? "The account is open again." : "The account is closed.");
    return account_save(c, &a) && record(c, active ? "officer.enable" : "officer.disable", STR_EMPTY) &&
           ctx_redirect(c, "/office/officers/%lld", (long long)c->row);
}

bool people_officer_disable(struct ctx *c)
{
    return set_active(c, false);
}

bool people_officer_enable(struct ctx *c)
{
    return set_active(c, true);
}

bool people_officer_password_check(struct ctx *c)
{
    struct account a;
    struct str hash;
    if (!not_oneself(c) || !account_load(c, c->row, &a) ||
        !auth_password_acceptable(c, a.login, in_text(c, "password"), ACTOR_OFFICER) ||
        !password_hash(c->arena, in_text(c, "password"), &hash, c->err))
        return false;
    c->prepared = json_object(c->arena);
    json_set_str(c->arena, c->prepared, "hash", hash);
    return true;
}

bool people_officer_password_save(struct ctx *c)
{
    ctx_notice(c, "The password has been set.");
    return not_oneself(c) && account_set_password(c, c->row, json_text_of(c->prepared, "hash"), true) &&
           record(c, "officer.password", STR_EMPTY) &&
           ctx_redirect(c, "/office/officers/%lld", (long long)c->row);
}

bool people_officer_factor_reset(struct ctx *c)
{
    ctx_notice(c, "The second factor has been reset.");
    return not_oneself(c) && factor_drop(c, c->row) && account_end_sessions(c, c->row) &&
           record(c, "officer.factor_reset", STR_EMPTY) &&
           ctx_redirect(c, "/office/officers/%lld", (long long)c->row);
}

/* ---- who may do what ---- */

static struct str permission_title(struct ctx *c, struct str name)
{
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->permission_count; i++)
            if (str_eq_c(name, modules[m]->permissions[i].name))
                return ctx_tr(c, modules[m]->permissions[i].title);
    return name;
}

bool people_roles_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *given = json_array(c->arena),
                *roles = json_set_array(c->arena, doc, "roles");
    if (!roles_list(c, given)) return false;
    for (size_t i = 0; people_roles[i]; i++) {
        struct json *o = json_add_object(c->arena, roles);
        json_set_c(c->arena, o, "role", people_roles[i]);
        json_set_str(c->arena, o, "title", ctx_tr(c, people_role_titles[i]));
        struct json *list = json_set_array(c->arena, o, "rights");
        JSON_EACH(r, given)
        {
            if (!str_eq_c(json_text_of(r, "name"), people_roles[i])) continue;
            JSON_EACH(p, json_get(r, "permissions"))
            json_add(list, json_string(c->arena, permission_title(c, json_text(p))));
        }
        json_set_bool(c->arena, o, "has_rights", list->count > 0);
    }
    return true;
}
