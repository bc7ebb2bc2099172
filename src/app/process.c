/* tongban process move CASE_NO…|CODE [OLD=NEW…] --to VERSION: running cases go on under another version of
 * their process; OLD=NEW says that a step is another one there. Said for some steps that are gone and not for
 * all, nothing is moved (OLD=- : cases there stay). Exit code 0: all were moved, or would be; 1: some were
 * not; 2: the words of the command are wrong. */
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
    struct str unsaid;              /* steps that are gone and of which nothing is said */
    const struct bpmn_place *unfit; /* said to be what that version has not, or has no room for there */
    struct bpmn_place *list;
    struct bpmn_places places; /* without those that stay */
    size_t said;               /* with them, in `list` behind */
    bool look;
};

static const struct bpmn_place *said_of(const struct moving *m, struct str id)
{
    for (size_t i = 0; i < m->said; i++)
        if (str_eq(m->list[i].from, id)) return &m->list[i];
    return NULL;
}

static bool stays(const struct bpmn_place *p)
{
    return str_eq_c(p->to, "-");
}

static void add_unsaid(struct moving *m, struct str id)
{
    struct str all = m->unsaid, one;
    while (all.len) {
        all = str_cut(all, ' ', &one);
        if (str_eq(one, id)) return;
    }
    m->unsaid = m->unsaid.len ? str_fmt(m->arena, "%.*s %.*s", STR_ARG(m->unsaid), STR_ARG(id))
                              : str_dup(m->arena, id);
}

/* What is said of a step that is gone, against what could take its place. */
static void check_place(struct moving *m, const struct json *place)
{
    const struct bpmn_place *p = said_of(m, json_text_of(place, "id"));
    if (!p) add_unsaid(m, json_text_of(place, "id"));
    if (!p || stays(p)) return;
    JSON_EACH(option, json_get(place, "options"))
    {
        if (str_eq(json_text_of(option, "id"), p->to)) return;
    }
    m->unfit = p;
}

/* "review=check". False: it is a case or a process. */
static bool add_place(struct moving *m, struct str arg)
{
    struct bpmn_place p = {.to = str_cut(arg, '=', &p.from)};
    if (p.from.len == arg.len) return false;
    m->list[m->said] = p;
    if (!stays(&p)) {
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
    c->lang = cli_lang();
    if (!process_move_cases(c, m->one ? STR_EMPTY : m->what, (int)m->to, m->one ? m->what : STR_EMPTY,
                            &m->places, &after, !m->look && !m->settings->dry_run, report))
        return false;
    JSON_EACH(r, report)
    {
        bool lacks = json_true_of(r, "has_missing");
        JSON_EACH(place, m->look ? json_get(r, "places") : NULL)
        {
            check_place(m, place);
        }
        JSON_EACH(lack, m->look ? NULL : json_get(r, "missing"))
        {
            cli_say(stdout, "Stays as it is: %{arg}",
                    str_fmt(c->arena, "%.*s: %.*s", STR_ARG(json_text_of(r, "case_no")),
                            STR_ARG(json_text_of(lack, "text"))));
        }
        moved += !lacks;
        left += lacks;
    }
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

static bool all_is_said(const struct moving *m, struct err *e)
{
    if (m->unsaid.len) {
        err_conflict(e, "process.places",
                     "Nothing was moved: say as OLD=NEW what these steps are now: %{arg}.");
        err_arg(e, m->unsaid);
    } else if (m->unfit) {
        err_conflict(e, "process.places",
                     "Nothing was moved: that version has no step %{arg}, or none that can take that place.");
        err_arg(e, m->unfit->to);
    }
    return !m->unsaid.len && !m->unfit;
}

/* What is wrong with the words of the command; NULL: nothing. */
static const char *wrong_with(struct moving *m, size_t count)
{
    const struct settings *s = m->settings;
    if (strcmp(s->args[0], "move") != 0 || !s->to || !str_to_i64(str_c(s->to), &m->to) || m->to < 1 ||
        m->to > INT32_MAX || !count)
        return "Say which cases, and the number of the version with --to.";
    for (size_t i = 0; i < m->said; i++)
        if (!m->list[i].from.len || !m->list[i].to.len)
            return "Say as OLD=NEW what a step is now: both are needed.";
    return NULL;
}

int command_process(const struct settings *s)
{
    struct err e = {0};
    int lock = -1;
    struct arena *a = arena_new(PROCESS_ARENA);
    struct moving m = {.settings = s, .arena = a};
    if (!a) return 1;
    m.places.list = m.list = ARENA_ARRAY(a, (size_t)s->arg_count, struct bpmn_place);
    struct str *what = ARENA_ARRAY(a, (size_t)s->arg_count, struct str);
    size_t count = 0;
    for (int i = 1; i < s->arg_count; i++)
        if (!add_place(&m, str_c(s->args[i]))) what[count++] = str_c(s->args[i]);
    const char *wrong = wrong_with(&m, count);
    if (wrong) {
        cli_refuse(wrong, NULL);
        arena_drop(a);
        return 2;
    }
    m.server = cli_open_beside(a, s, &lock, &e);
    bool ok = m.server != NULL;
    for (int look = m.said > 0; look >= 0; look--) {
        m.look = look;
        for (size_t i = 0; ok && i < count; i++) {
            m.what = what[i];
            ok = move_all(&m, &e);
        }
        ok = ok && (!look || all_is_said(&m, &e));
    }
    cli_figure(stdout, s->dry_run ? "can be moved" : "moved", m.moved);
    cli_figure(stdout, "stay", m.left);
    server_close(m.server);
    if (lock >= 0) close(lock);
    arena_drop(a);
    return !ok ? cli_fail(&e) : m.left ? 1 : 0;
}
