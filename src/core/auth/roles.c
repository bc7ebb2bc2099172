#include "core/auth/auth.h"

#include "core/http/server.h"

static struct json *find_role(struct ctx *c, struct json *array, struct str name)
{
    for (struct json *r = array->first; r; r = r->next)
        if (str_eq(json_text_of(r, "name"), name)) return (struct json *)json_get(r, "permissions");
    struct json *role = json_add_object(c->arena, array);
    json_set_str(c->arena, role, "name", name);
    return json_set_array(c->arena, role, "permissions");
}

bool roles_list(struct ctx *c, struct json *array)
{
    const struct module *const *modules;
    size_t count = server_modules(c->server, &modules);
    for (size_t m = 0; m < count; m++)
        for (size_t i = 0; i < modules[m]->permission_count; i++) {
            const struct permission *p = &modules[m]->permissions[i];
            struct str rest = str_c(p->roles), name;
            while (rest.len) {
                rest = str_cut(rest, '|', &name);
                if (name.len) json_add(find_role(c, array, name), json_string(c->arena, str_c(p->name)));
            }
        }
    return true;
}
