/* tongban process move CASE_NO…|CODE [OLD=NEW…] --to VERSION: running cases go on under another version of
 * their process; OLD=NEW says that a step is another one there. Said for some steps that are gone and not for
 * all, nothing is moved (OLD=- : cases there stay). Exit code 0: all were moved, or would be; 1: some were
 * not. */
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
    int64_t to, after, moved, left, unsaid;
    size_t looked;
    struct bpmn_place *list;
    struct bpmn_places places; /* without those that stay */
    size_t said;               /* with them, in `list` behind */
    bool look;
};

static bool is_said(const struct moving *m, struct str id)
{
    for (size_t i = 0; i < m->said; i++)
        if (str_eq(m->list[i].from, id)) return true;
    return false;
}

/* "review=check". False: it is a case or a process. */
static bool add_place(struct moving *m, struct str arg)
{
    struct bpmn_place p = {.to = str_cut(arg, '=', &p.from)};
    if (p.from.len == arg.len) return false;
    bool stays = str_eq_c(p.to, "-");
    m->list[m->said] = p;
    if (!stays) {
        m->list[m->said] = m->list[m->places.count];
        m->list[m->places.count++] = p;
    }
    m->said++;
    return true;
}

static bool move_some(struct ctx *c)
{
    struct moving *m = ctx_arg(c);
    struct json *report = json_array(c->arena);
    int64_t after = m->after, moved = 0, left = 0;
    if (!process_move_cases(c, m->one ? STR_EMPTY : m->what, (int)m->to, m->one ? m->what : STR_EMPTY,
                            &m->places, &after, !m->look && !m->settings->dry_run, report))
        return false;
    JSON_EACH(r, report)
    {
        bool stays = json_true_of(r, "has_missing");
        JSON_EACH(place, json_get(r, "places"))
        {
            m->unsaid += !is_said(m, json_text_of(place, "id"));
        }
        JSON_EACH(lack, m->look ? NULL : json_get(r, "missing"))
        {
            cli_say(stdout, "Stays as it is: %{arg}",
                    str_fmt(c->arena, "%.*s: %.*s", STR_ARG(json_text_of(r, "case_no")),
                            STR_ARG(json_text_of(lack, "text"))));
        }
        moved += !stays;
        left += stays;
    }
    m->looked = report->count;
    m->moved += m->look ? 0 : moved;
    m->left += m->look ? 0 : left;
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
    m.places.list = m.list = ARENA_ARRAY(a, (size_t)s->arg_count, struct bpmn_place);
    struct str *what = ARENA_ARRAY(a, (size_t)s->arg_count, struct str);
    size_t count = 0;
    for (int i = 1; i < s->arg_count; i++)
        if (!add_place(&m, str_c(s->args[i]))) what[count++] = str_c(s->args[i]);
    m.server = cli_open_beside(a, s, &lock, &e);
    bool ok = m.server != NULL;
    for (int look = m.said > 0; look >= 0; look--) {
        m.look = look;
        for (size_t i = 0; ok && i < count && (look || !m.said || !m.unsaid); i++) {
            m.what = what[i];
            ok = move_all(&m, &e);
        }
        if (look && ok && m.unsaid)
            ok = err_conflict(&e, "process.places",
                              "Nothing was moved: it is not said of every step that is gone what it is now.");
    }
    cli_figure(stdout, s->dry_run ? "can be moved" : "moved", m.moved);
    cli_figure(stdout, "stay", m.left);
    server_close(m.server);
    if (lock >= 0) close(lock);
    arena_drop(a);
    return !ok ? cli_fail(&e) : m.left ? 1 : 0;
}
