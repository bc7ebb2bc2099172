/* Fictional people, officers and registers for trying everything: data/demo. Each step leaves alone what is
 * already there, so that the whole may run at every start; a setting remembers for which data and which place
 * it was done, and then nothing is read at all. */
#include "app/demo.h"
#include "app/demo_permits.h"
#include "core/base/file.h"
#include "modules/catalogue/catalogue.h"
#include "modules/governance/governance.h"
#include "modules/orgs/orgs.h"

#include <sys/stat.h>

#define DEMO_SETTING "demo.version"
#define DEMO_PLACE   "780101"
#define DEMO_FORMAT  "4" /* what this file makes of the data: a new number makes it run once more */

enum { DEMO_ARENA = 16 << 20, FILE_MAX = 8 << 20 };

static bool read_json(struct demo *d, const char *name, const struct json **out, struct err *e)
{
    struct str text;
    if (!cli_read_file(d->arena, str_z(d->arena, str_fmt(d->arena, "%s/%s", d->data_dir, name)), FILE_MAX,
                       &text, e))
        return false;
    *out = json_parse(d->arena, text, JSON_STRICT, e);
    return *out != NULL;
}

static bool read_data(struct demo *d, struct err *e)
{
    return read_json(d, "demo/officers.json", &d->officers, e) &&
           read_json(d, "demo/persons.json", &d->persons, e) &&
           read_json(d, "demo/organisations.json", &d->organisations, e) &&
           read_json(d, "demo/registry.json", &d->registry, e) &&
           read_json(d, "exchange/entries.json", &d->exchange, e);
}

/* ---- is there anything to do? ---- */

static bool look(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    struct str place = orgs_place(c), done;
    d->place = str_dup(d->arena, place.len ? place : STR(DEMO_PLACE));
    d->version = str_fmt(d->arena, "%s %.*s %.*s", DEMO_FORMAT, STR_ARG(d->state), STR_ARG(d->place));
    if (!orgs_setting(c, DEMO_SETTING, &done)) return false;
    d->done = str_eq(done, d->version);
    return true;
}

/* ---- the place and its departments ---- */

static bool add_place(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    struct buf lines = buf_new(c->arena, 256);
    if (!str_eq_c(d->place, DEMO_PLACE)) return true;
    JSON_EACH(v, json_get(d->officers, "divisions"))
    {
        struct str code = json_text_of(v, "code"), name = json_text_of(v, "name"), parent = STR_EMPTY;
        if (str_eq_c(code, "780100"))
            parent = STR("780000");
        else if (!str_eq_c(code, "780000"))
            parent = STR("780100");
        buf_fmt(&lines, "%.*s\t%.*s\t%.*s\n", STR_ARG(code), STR_ARG(name), STR_ARG(parent));
    }
    return orgs_import_divisions(c, buf_str(&lines), json_object(c->arena)) && orgs_set_place(c, d->place);
}

/* A list brings its own departments; those its place lacks are made up. */
static bool add_departments(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    JSON_EACH(one, json_get(d->officers, "departments"))
    {
        struct unit u = {.kind = json_text_of(one, "kind"),
                         .name = json_text_of(one, "name"),
                         .en = json_text_of(one, "en"),
                         .uscc = json_text_of(one, "uscc"),
                         .division = d->place};
        const struct unit *there = orgs_unit_of_kind(c, u.kind, d->place);
        if (there && there->uscc.len) continue;
        if (there) {
            struct str uscc =
                u.uscc; /* a licence needs an issuer's code: a fictional one where the list has none */
            u = *there;
            u.uscc = uscc;
        }
        if (!orgs_save_unit(c, &u)) return false;
    }
    return true;
}

static bool fill_catalogue(struct ctx *c)
{
    return catalogue_fill_demo(c);
}

static bool finish(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    return orgs_save_setting(c, DEMO_SETTING, d->version);
}

/* ---- accounts ---- */

static bool make_password(struct demo *d, struct err *e)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; /* none that look alike */
    uint8_t random[12];
    struct buf b = buf_new(d->arena, 16);
    crypto_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        if (i && i % 4 == 0) buf_add_char(&b, '-');
        buf_add_char(&b, letters[random[i] % (sizeof letters - 1)]);
    }
    d->password = buf_str(&b);
    return password_hash(d->arena, d->password, &d->hash, e);
}

static bool run_steps(struct server *s, struct demo *d, struct err *e)
{
    static handler *const steps[] = {
        add_place,           add_departments,  demo_add_officers, demo_add_registers, demo_add_exchange,
        demo_grant_platform, governance_begin, demo_add_people,   fill_catalogue,     finish};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!read_data(d, e) || !make_password(d, e)) return false;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (!server_write(s, &system, steps[i], d, e)) return false;
    return file_write(d->accounts_path, demo_accounts_text(d), 0600, e);
}

bool demo_prepare(struct server *s, const char *data_dir, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct arena *a = arena_new(DEMO_ARENA);
    struct stat st;
    if (!a) return err_fault(e, "not enough memory for the demonstration");
    struct demo d = {.arena = a, .data_dir = data_dir};
    d.accounts_path = str_z(a, str_fmt(a, "%s/demo-accounts.txt", server_options(s)->var_dir));
    bool ok = cli_ensure_catalogue(s, data_dir, e) && cli_folder_state(a, data_dir, &d.state, e) &&
              server_read(s, &system, look, &d, e);
    if (ok && !(d.done && stat(d.accounts_path, &st) == 0)) ok = run_steps(s, &d, e);
    arena_drop(a);
    return ok;
}
