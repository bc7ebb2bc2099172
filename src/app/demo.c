/* Fictional people, officers, registers and cases for trying everything: data/demo. */
#include "app/cli.h"
#include "modules/orgs/orgs.h"

struct demo {
    const char *data_dir;
};

static bool read_json(struct ctx *c, const char *data_dir, const char *name, struct json **out)
{
    struct str text;
    if (!cli_read_file(c->arena, str_z(c->arena, str_fmt(c->arena, "%s/demo/%s", data_dir, name)), 8 << 20, &text, c->err)) return false;
    *out = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *out != NULL;
}

static bool add_departments(struct ctx *c, const struct json *officers)
{
    JSON_EACH(d, json_get(officers, "departments"))
    {
        struct unit u = {.kind = json_text_of(d, "kind"),
                         .name = json_text_of(d, "name"),
                         .en = json_text_of(d, "en"),
                         .uscc = json_text_of(d, "uscc"),
                         .division = json_text_of(d, "division")};
        if (!orgs_save_unit(c, &u)) return false;
    }
    return true;
}

static bool prepare(struct ctx *c)
{
    const struct demo *d = ctx_arg(c);
    struct json *officers;
    return read_json(c, d->data_dir, "officers.json", &officers) && add_departments(c, officers);
}

bool demo_prepare(struct server *s, const char *data_dir, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct demo d = {data_dir};
    return server_write(s, &system, prepare, &d, e);
}
