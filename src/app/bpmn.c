/* tongban bpmn check|test: process models on the command line. Needs no database, no keys and no network. */
#include "engines/bpmn/bpmn.h"
#include "app/cli.h"
#include "engines/bpmn/bpmn_betsy.h"

#include <dirent.h>
#include <setjmp.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 28, CASES_MAX = 1 << 20, FOLDERS_MAX = 4096 };

/* ---- check ---- */

static struct str findings_line(struct arena *a, const struct bpmn_finding *f)
{
    struct str text = tr(cli_lang(), f->msgid);
    return str_fmt(a, "%d: %.*s: %.*s [%s, %s]", f->line, STR_ARG(f->element), STR_ARG(text), f->rule,
                   f->clause);
}

static bool check(struct arena *a, const struct settings *s, struct err *e)
{
    const struct bpmn_options options = {.strict = s->strict};
    struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
    struct str xml;
    if (!cli_read_file(a, s->args[1], BPMN_SOURCE_MAX, &xml, e)) return false;
    struct bpmn *b = bpmn_load(a, xml, &options, findings, e);
    for (size_t i = 0; i < findings->count; i++) {
        struct str line = findings_line(a, &findings->list[i]);
        printf("%s:%.*s\n", s->args[1], STR_ARG(line));
    }
    if (!b) return false;
    cli_say(stdout, "The model can be used. Elements that run: %{arg}.",
            str_fmt(a, "%d", bpmn_node_count(b)));
    return true;
}

/* ---- test ---- */

struct tally {
    const char *root;
    struct arena *arena; /* of one folder */
    size_t passed, failed, doubtful;
};

static bool read_in(struct arena *a, const char *folder, struct str name, size_t max, struct str *out,
                    struct err *e)
{
    return cli_read_file(a, str_z(a, str_fmt(a, "%s/%.*s", folder, STR_ARG(name))), max, out, e);
}

static bool executable(struct tally *t, const char *folder, const struct json *about, struct err *e)
{
    struct str xml, name = json_text_of(about, "process");
    bool doubtful = betsy_is_doubtful(about);
    if (!read_in(t->arena, folder, json_text_of(about, "file"), BPMN_SOURCE_MAX, &xml, e)) return false;
    JSON_EACH(one, json_get(about, "cases"))
    {
        struct betsy_verdict v = betsy_run(t->arena, xml, about, one);
        t->doubtful += doubtful;
        t->passed += !doubtful && v.passed;
        t->failed += !doubtful && !v.passed;
        if (doubtful || !v.passed)
            printf("%s %.*s %lld: got [%.*s], expected [%.*s]\n",
                   !doubtful  ? "failed"
                   : v.passed ? "doubtful, passes"
                              : "doubtful, differs",
                   STR_ARG(name), (long long)json_i64_of(one, "number", 0), STR_ARG(v.got),
                   STR_ARG(v.expected));
    }
    return true;
}

static bool refused(struct tally *t, const char *folder, const struct json *about, struct err *e)
{
    struct str constraint = json_text_of(about, "constraint");
    JSON_EACH(model, json_get(about, "models"))
    {
        struct str xml, file = json_text_of(model, "file");
        if (!read_in(t->arena, folder, file, BPMN_SOURCE_MAX, &xml, e)) return false;
        struct betsy_verdict v = betsy_refuse(t->arena, xml, constraint);
        t->passed += v.passed;
        t->failed += !v.passed;
        if (!v.passed) printf("failed %.*s %.*s: %.*s\n", STR_ARG(constraint), STR_ARG(file), STR_ARG(v.got));
    }
    return true;
}

static bool folder(struct tally *t, const char *path, struct err *e)
{
    struct str text;
    if (!read_in(t->arena, path, STR("cases.json"), CASES_MAX, &text, e)) return false;
    const struct json *about = json_parse(t->arena, text, JSON_STRICT, e);
    if (!about) return false;
    return json_get(about, "models") ? refused(t, path, about, e) : executable(t, path, about, e);
}

static bool has_cases(struct arena *a, const char *path)
{
    return access(str_z(a, str_fmt(a, "%s/cases.json", path)), R_OK) == 0;
}

/* One folder within the memory of its own. */
static bool folder_guarded(struct tally *t, const char *name, struct err *e)
{
    jmp_buf env;
    if (setjmp(env) != 0) return err_fault(e, "no memory for %s", name);
    arena_guard(t->arena, &env);
    return folder(t, name, e);
}

static bool test(struct arena *a, const struct settings *s, struct err *e)
{
    struct tally t = {.root = s->args[1]};
    const char **names = ARENA_ARRAY(a, FOLDERS_MAX, const char *);
    size_t count = 0;
    DIR *dir = has_cases(a, t.root) ? NULL : opendir(t.root);
    for (struct dirent *d; dir && count < FOLDERS_MAX && (d = readdir(dir));) {
        const char *path = str_z(a, str_fmt(a, "%s/%s", t.root, d->d_name));
        if (d->d_name[0] != '.' && has_cases(a, path)) names[count++] = path;
    }
    if (dir)
        closedir(dir);
    else
        names[count++] = t.root;
    qsort(names, count, sizeof *names, cli_by_name);
    if (!count) return err_missing(e, "bpmn.test", "There are no test cases in that folder.");
    for (size_t i = 0; i < count; i++) {
        t.arena = arena_new(ARENA_BYTES);
        if (!t.arena) return err_fault(e, "no memory");
        bool ok = folder_guarded(&t, names[i], e);
        arena_drop(t.arena);
        if (!ok) return false;
    }
    if (t.doubtful) printf("%zu doubtful cases, not counted\n", t.doubtful);
    printf("%zu passed, %zu failed\n", t.passed, t.failed);
    return t.failed == 0;
}

int command_bpmn(const struct settings *s)
{
    static const struct cli_act acts[] = {{"check", check}, {"test", test}};
    return cli_act(s, acts, sizeof acts / sizeof acts[0], ARENA_BYTES,
                   "bpmn knows check and test, not %{arg}.");
}
