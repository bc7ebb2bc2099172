/* The numbers that modules declare, as administrators of this installation see and set them: at once, or from
 * a day on. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/orgs/orgs_internal.h"

enum { COMING_DAYS = 5 * 366 };

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

enum { LIGHT_DAYS_MAX = 30, LIGHT_HOURS_MAX = 240 };

const struct setting orgs_settings[3] = {
    {"lights.yellow_workdays", "Lights turn yellow that long before the due day", "working days", 0,
     LIGHT_DAYS_MAX, CLOCK_YELLOW_DAYS, .running = true},
    {"lights.yellow_hours", "Lights of limits in hours turn yellow that long before they end", "hours", 0,
     LIGHT_HOURS_MAX, CLOCK_YELLOW_HOURS, .running = true},
    {"lights.red_workdays", "Lights turn red that long before the due day (0: only when it is over)",
     "working days", 0, LIGHT_DAYS_MAX, CLOCK_RED_DAYS, .running = true},
};

bool orgs_load_thresholds(struct ctx *c, struct clock_thresholds *t)
{
    int *const into[] = {&t->yellow_days, &t->yellow_hours, &t->red_days};
    for (size_t i = 0; i < sizeof into / sizeof into[0]; i++) {
        int64_t n;
        if (!orgs_number(c, orgs_settings[i].name, &n)) return false;
        *into[i] = (int)n;
    }
    return true;
}

/* ---- the page ---- */

static struct str day_of(struct ctx *c, int64_t moment)
{
    return date_format(c->arena, date_of(moment));
}

struct comings {
    struct orgs_coming *rows;
    size_t count;
};

static void add_coming(struct ctx *c, struct json *o, const struct setting *s, const struct comings *all)
{
    struct json *list = json_set_array(c->arena, o, "coming");
    for (size_t i = 0; i < all->count; i++) {
        if (!str_eq_c(all->rows[i].name, s->name)) continue;
        struct json *one = json_add_object(c->arena, list);
        json_set_str(c->arena, one, "from", day_of(c, all->rows[i].starts));
        json_set_str(c->arena, one, "value", all->rows[i].value);
    }
    json_set_bool(c->arena, o, "has_coming", list->count > 0);
}

static bool add(struct ctx *c, struct json *list, const struct setting *s, bool change,
                const struct comings *all)
{
    struct str value;
    bool own;
    if (!value_of(c, s, &value, &own)) return false;
    struct json *o = json_add_object(c->arena, list);
    json_set_c(c->arena, o, "name", s->name);
    json_set_str(c->arena, o, "label", ctx_tr(c, s->label));
    json_set_str(c->arena, o, "unit", ctx_tr(c, s->unit));
    json_set_str(c->arena, o, "value", value);
    json_set_str(c->arena, o, "now", value);
    json_set_str(c->arena, o, "from", STR_EMPTY);
    add_coming(c, o, s, all);
    json_set_bool(c->arena, o, "running", s->running);
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
    json_set_str(c->arena, o, "from", in_text(c, "from"));
    json_set_str(c->arena, o, "error", tr_arg(c->lang, c->arena, f->msgid, str_c(f->arg)));
    return true;
}

bool orgs_settings_page(struct ctx *c)
{
    struct json *list = json_set_array(c->arena, ctx_doc(c), "settings");
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    bool change = ctx_may(c, "settings.change");
    struct comings all;
    if (!orgs_store_coming(c, &all.rows, &all.count)) return false;
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->setting_count; i++)
            if (!add(c, list, &modules[m]->settings[i], change, &all)) return false;
    return true;
}

/* The first moment of the day that was chosen; now where none was. */
static bool start_sent(struct ctx *c, int64_t *starts)
{
    int32_t day, today = date_of(c->now);
    *starts = c->now;
    if (!in_has(c, "from")) return true;
    if (!date_parse(in_text(c, "from"), &day) || day < today)
        return err_at(c->err, STR("from"), "This day has passed.", STR_EMPTY);
    if (day > today + COMING_DAYS) return err_at(c->err, STR("from"), "This day is too far away.", STR_EMPTY);
    if (day > today) *starts = date_start(day);
    return true;
}

static bool record(struct ctx *c, const char *act, struct str name, struct str before, struct str after,
                   int64_t starts)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "setting", name);
    json_set_str(c->arena, detail, "before", before);
    json_set_str(c->arena, detail, "after", after);
    json_set_str(c->arena, detail, "from", day_of(c, starts));
    return evidence_add(c, act, "setting", 0, 0, detail);
}

bool orgs_settings_save(struct ctx *c)
{
    const struct setting *s = find(c, in_text(c, "name"));
    struct str before, after = in_text(c, "value");
    int64_t starts;
    bool own;
    if (!s) return err_missing(c->err, "setting", "There is no such setting.");
    if (!fits(s, after))
        return s->text ? err_at(c->err, STR("value"), "This is too long; at most %{arg} characters.",
                                number(c, s->most))
                       : err_at(c->err, STR("value"), "A whole number is needed, %{arg}.",
                                str_fmt(c->arena, "%lld – %lld", (long long)s->least, (long long)s->most));
    if (s->check && after.len && !s->check(c, after)) return false;
    if (!start_sent(c, &starts) || !value_of(c, s, &before, &own)) return false;
    bool now = starts <= c->now;
    if (!(now ? orgs_store_setting(c, s->name, after) : orgs_store_setting_from(c, s->name, starts, after)))
        return false;
    if (now) ctx_changed(c, "orgs");
    ctx_notice(c, s->running ? now ? "Saved. What is running follows within minutes."
                                   : "Saved. What is running then follows on that day."
                  : now      ? "Saved. It holds for what begins from now on."
                             : "Saved. It holds for what begins from that day on.");
    return record(c, "setting.change", str_c(s->name), before, after, starts) &&
           ctx_redirect(c, "/office/settings");
}

bool orgs_settings_drop(struct ctx *c)
{
    const struct setting *s = find(c, in_text(c, "name"));
    struct str before;
    int32_t day;
    bool own, dropped = false;
    if (!s) return err_missing(c->err, "setting", "There is no such setting.");
    if (date_parse(in_text(c, "from"), &day) &&
        !orgs_store_drop_setting_from(c, s->name, date_start(day), &dropped))
        return false;
    if (!dropped) return err_missing(c->err, "setting", "Nothing is to change on that day.");
    if (!value_of(c, s, &before, &own)) return false;
    ctx_notice(c, "Recorded.");
    return record(c, "setting.drop", str_c(s->name), before, before, date_start(day)) &&
           ctx_redirect(c, "/office/settings");
}

bool orgs_settings_begin(struct ctx *c, const struct json *)
{
    struct comings come;
    if (!orgs_store_come(c, &come.rows, &come.count)) return false;
    for (size_t i = 0; i < come.count; i++) {
        const struct orgs_coming *r = &come.rows[i];
        const char *name = str_z(c->arena, r->name);
        struct str before;
        if (!orgs_store_standing(c, name, &before) || !orgs_store_setting(c, name, r->value) ||
            !record(c, "setting.begin", r->name, before, r->value, r->starts))
            return false;
        ctx_changed(c, "orgs");
    }
    return true;
}

const struct field orgs_setting_fields[] = {
    {"name", FIELD_LINE, "Setting", .required = true, .max = 80},
    {"value", FIELD_LINE, "Value", .max = 1000},
    {"from", FIELD_DATE, .label = "From the day"},
    {0},
};

const struct field orgs_setting_drop_fields[] = {
    {"name", FIELD_LINE, "Setting", .required = true, .max = 80},
    {"from", FIELD_DATE, "From the day", .required = true},
    {0},
};
