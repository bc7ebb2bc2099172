/* tongban node: makes this installation an exchange node, and tells other nodes of it. */
#include "app/cli.h"
#include "core/base/file.h"
#include "modules/nodes/nodes.h"

#include <unistd.h>

enum { FILE_MAX = 4 << 20 };

struct node_work {
    struct arena *arena;
    const struct settings *settings;
    struct str given, made;
};

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

static bool be(struct ctx *c)
{
    const struct node_work *w = ctx_arg(c);
    const struct nodes_identity me = {.code = str_c(w->settings->name),
                                      .url = str_c(w->settings->public_url),
                                      .members = str_c(w->settings->members),
                                      .instance = str_c(w->settings->instance)};
    return nodes_be(c, &me);
}

static bool begin_directory(struct ctx *c)
{
    struct str own;
    return nodes_enrolment(c, &own) && nodes_admit(c, own);
}

static bool keep(struct node_work *w, bool ok, struct str text)
{
    if (ok) w->made = str_dup(w->arena, text);
    return ok;
}

static bool request(struct ctx *c)
{
    struct str text = STR_EMPTY;
    bool ok = nodes_enrolment(c, &text);
    return keep(ctx_arg(c), ok, text);
}

static bool anchor(struct ctx *c)
{
    struct str text = STR_EMPTY;
    bool ok = nodes_anchor(c, &text);
    return keep(ctx_arg(c), ok, text);
}

static bool join(struct ctx *c)
{
    struct node_work *w = ctx_arg(c);
    struct str fingerprint = STR_EMPTY;
    bool ok = nodes_join(c, w->given, &fingerprint);
    return keep(w, ok, fingerprint);
}

static bool witness(struct ctx *c)
{
    return nodes_add_witness(c, ((struct node_work *)ctx_arg(c))->given);
}

/* ---- the acts ---- */

static bool act_witness(struct server *s, struct node_work *w, struct err *e)
{
    w->given = str_c(w->settings->arg_count == 2 ? w->settings->args[1] : "");
    if (!server_write(s, &SYSTEM, witness, w, e)) return false;
    cli_say(stdout, "Signatures of this witness are published with the log from now on.", STR_EMPTY);
    return true;
}

static bool act_set(struct server *s, struct node_work *w, struct err *e)
{
    if (!server_write(s, &SYSTEM, be, w, e)) return false;
    cli_say(stdout, "This installation is the node %{arg} now.", str_c(w->settings->name));
    return true;
}

/* A hub is the first node of its own directory. */
static bool act_directory(struct server *s, struct node_work *w, struct err *e)
{
    if (!server_write(s, &SYSTEM, begin_directory, w, e)) return false;
    cli_say(stdout, "The directory is signed anew, with this node in it.", STR_EMPTY);
    return true;
}

static bool put(struct node_work *w, struct err *e)
{
    if (w->settings->out) return file_write(w->settings->out, w->made, 0644, e);
    fwrite(w->made.ptr, 1, w->made.len, stdout);
    fputc('\n', stdout);
    return true;
}

static bool act_request(struct server *s, struct node_work *w, struct err *e)
{
    return server_read(s, &SYSTEM, request, w, e) && put(w, e);
}

static bool act_anchor(struct server *s, struct node_work *w, struct err *e)
{
    return server_read(s, &SYSTEM, anchor, w, e) && put(w, e);
}

static bool act_join(struct server *s, struct node_work *w, struct err *e)
{
    if (w->settings->arg_count != 2)
        return err_invalid(e, "cli.node_file", "tongban node join needs the file of the hub.");
    if (!cli_read_file(w->arena, w->settings->args[1], FILE_MAX, &w->given, e) ||
        !server_write(s, &SYSTEM, join, w, e))
        return false;
    cli_say(stdout, "Compare this fingerprint of the hub's key over another road: %{arg}", w->made);
    return true;
}

int command_node(const struct settings *s)
{
    static const struct {
        const char *name;
        bool (*run)(struct server *s, struct node_work *w, struct err *e);
    } acts[] = {{"set", act_set},       {"directory", act_directory}, {"request", act_request},
                {"anchor", act_anchor}, {"join", act_join},           {"witness", act_witness}};
    struct err e = {0};
    struct arena *a = arena_new(16 << 20);
    int lock = -1, status = 1;
    size_t i = 0, count = sizeof acts / sizeof acts[0];
    if (!a) return 1;
    while (i < count && strcmp(acts[i].name, s->args[0]) != 0)
        i++;
    if (i == count) {
        status = cli_refuse("%{arg} is none of set, directory, request, anchor, join, witness.", s->args[0]);
    } else {
        struct node_work w = {.arena = a, .settings = s};
        struct server *server = cli_open(a, s, &lock, &e);
        status = server && acts[i].run(server, &w, &e) ? 0 : cli_fail(&e);
        server_close(server);
        if (lock >= 0) close(lock);
    }
    arena_drop(a);
    return status;
}
