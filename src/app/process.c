/* tongban process move CASE_NO…|CODE --to VERSION: running cases go on under another version of their
 * process. Exit code 0: all were moved, or would be; 1: some were not. */
#include "app/cli.h"
#include "modules/processes/processes.h"

#include <unistd.h>

enum { PROCESS_ARENA = 64 << 20 };

struct moving {
    const struct settings *settings;
    struct arena *arena;
    struct server *server;
    struct str what;
    bool one; /* a case; else a process */
    int64_t to, after, moved, left;
    size_t looked;
};

static bool move_some(struct ctx *c)
{
    struct moving *m = ctx_arg(c);
    struct json *report = json_array(c->arena);
    int64_t after = m->after, moved = 0, left = 0;
    if (!process_move_cases(c, m->one ? STR_EMPTY : m->what, (int)m->to, m->one ? m->what : STR_EMPTY, &after,
                            !m->settings->dry_run, report))
        return false;
    JSON_EACH(r, report)
    {
        struct str no = json_text_of(r, "case_no"), missing = json_text_of(r, "missing");
        if (missing.len)
            cli_say(stdout, "Stays as it is, for the other version lacks: %{arg}",
                    str_fmt(c->arena, "%.*s (%.*s)", STR_ARG(missing), STR_ARG(no)));
        moved += !missing.len;
        left += missing.len > 0;
    }
    m->looked = report->count;
    m->moved += moved;
    m->left += left;
    m->after = after;
    return true;
}

static bool is_known(struct ctx *c)
{
    struct moving *m = ctx_arg(c);
    m->one = !process_first(c, m->what);
    return true;
}

static bool move_all(struct moving *m, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    if (!server_read(m->server, &system, is_known, m, e)) return false;
    int64_t before;
    m->after = 0;
    do {
        before = m->after;
        if (!server_write(m->server, &system, move_some, m, e)) return false;
    } while (!m->one && m->after > before);
    return true;
}

int command_process(const struct settings *s)
{
    struct err e = {0};
    int lock = -1;
    struct arena *a = arena_new(PROCESS_ARENA);
    struct moving m = {.settings = s, .arena = a};
    if (!a) return 1;
    if (strcmp(s->args[0], "move") != 0 || !s->to || !str_to_i64(str_c(s->to), &m.to) || m.to < 1 ||
        m.to > INT32_MAX || s->arg_count < 2) {
        cli_refuse("Say which cases, and the number of the version with --to.", NULL);
        arena_drop(a);
        return 2;
    }
    m.server = cli_open_beside(a, s, &lock, &e);
    bool ok = m.server != NULL;
    for (int i = 1; ok && i < s->arg_count; i++) {
        m.what = str_c(s->args[i]);
        ok = move_all(&m, &e);
    }
    cli_figure(stdout, s->dry_run ? "can be moved" : "moved", m.moved);
    cli_figure(stdout, "stay", m.left);
    server_close(m.server);
    if (lock >= 0) close(lock);
    arena_drop(a);
    return !ok ? cli_fail(&e) : m.left ? 1 : 0;
}
