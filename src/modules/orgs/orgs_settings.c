/* The numbers that modules declare, as administrators of this installation see and set them. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs_internal.h"

static const struct setting *find(struct ctx *c, struct str name)
{
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->setting_count; i++)
            if (str_eq_c(name, modules[m]->settings[i].name)) return &modules[m]->settings[i];
    return NULL;
}

static bool fits(const struct setting *s, struct str text)
{
    int64_t n;
    if (s->text) return utf8_count(text) <= (size_t)s->most;
    return str_to_i64(text, &n) && n >= s->least && n <= s->most;
}

static struct str number(struct ctx *c, int64_t n)
{
    return str_fmt(c->arena, "%lld", (long long)n);
}

/* *own: set here, and soundly. */
static bool value_of(struct ctx *c, const struct setting *s, struct str *value, bool *own)
{
    if (!orgs_store_find_setting(c, s->name, value)) return false;
    *own = value->len && fits(s, *value);
    if (!*own) *value = s->text ? STR_EMPTY : number(c, s->otherwise);
    return true;
}

bool orgs_number(struct ctx *c, const char *name, int64_t *value)
{
    const struct setting *s = find(c, str_c(name));
    struct str text;
    bool own;
    if (!s) return err_fault(c->err, "no module declares the setting %s", name);
    return value_of(c, s, &text, &own) && str_to_i64(text, value);
}

bool orgs_due(struct ctx *c, const char *name, int64_t *due)
{
    int64_t days;
    bool provisional;
    if (!orgs_number(c, name, &days)) return false;
    *due = workclock_due(orgs_calendar(c), office_hours_default, c->now,
                         (struct limit){LIMIT_WORKDAYS, (int)days}, &provisional);
    return true;
}

/* ---- the page ---- */

static bool add(struct ctx *c, struct json *list, const struct setting *s, bool change)
{
    struct str value;
    bool own;
    if (!value_of(c, s, &value, &own)) return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "name", s->name);
    json_set_str(c->arena, o, "label", ctx_tr(c, s->label));
    json_set_str(c->arena, o, "unit", ctx_tr(c, s->unit));
    json_set_str(c->arena, o, "value", value);
    json_set_bool(c->arena, o, "text", s->text);
    json_set_str(c->arena, o, "least", number(c, s->least));
    json_set_str(c->arena, o, "most", number(c, s->most));
    json_set_str(c->arena, o, "otherwise", number(c, s->otherwise));
    json_set_bool(c->arena, o, "own", own);
    json_set_bool(c->arena, o, "unverified", s->unverified && !own);
    json_set_bool(c->arena, o, "change", change);
    bool wrong = c->failed && c->failed->field_count && str_eq_c(in_text(c, "name"), s->name);
    json_set(o, "error", json_null(c->arena));
    if (!wrong) return true;
    const struct err_field *f = &c->failed->fields[0];
    json_set_str(c->arena, o, "value", in_text(c, "value"));
    json_set_str(c->arena, o, "error", tr_arg(c->lang, c->arena, f->msgid, str_c(f->arg)));
    return true;
}

bool orgs_settings_page(struct ctx *c)
{
    struct json *list = json_set_array(c->arena, ctx_doc(c), "settings");
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    bool change = ctx_may(c, "settings.change");
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->setting_count; i++)
            if (!add(c, list, &modules[m]->settings[i], change)) return false;
    return true;
}

bool orgs_settings_save(struct ctx *c)
{
    const struct setting *s = find(c, in_text(c, "name"));
    struct str before, after = in_text(c, "value");
    bool own;
    if (!s) return err_missing(c->err, "setting", "There is no such setting.");
    if (!fits(s, after))
        return s->text ? err_at(c->err, STR("value"), "This is too long; at most %{arg} characters.",
                                number(c, s->most))
                       : err_at(c->err, STR("value"), "A whole number is needed, %{arg}.",
                                str_fmt(c->arena, "%lld – %lld", (long long)s->least, (long long)s->most));
    if (!value_of(c, s, &before, &own) || !orgs_store_setting(c, s->name, after)) return false;
    struct json *detail = json_object(c->arena);
    json_set_c(c->arena, detail, "setting", s->name);
    json_set_str(c->arena, detail, "before", before);
    json_set_str(c->arena, detail, "after", after);
    c->refresh = true;
    ctx_notice(c, "Saved. It holds for what begins from now on.");
    return evidence_add(c, "setting.change", "setting", 0, 0, detail) && ctx_redirect(c, "/office/settings");
}

const struct field orgs_setting_fields[] = {
    {"name", FIELD_LINE, "Setting", .required = true, .max = 80},
    {"value", FIELD_LINE, "Value", .max = 1000},
    {0},
};
