/* tongban schema check|test: JSON Schema 2020-12 on the command line. Needs no database, no keys and no
 * network. */
#include "app/cli.h"
#include "engines/schema/schema_suite.h"

#include <dirent.h>
#include <libgen.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 29, GROUP_BYTES = 1 << 28, INPUT_MAX = 64 << 20, FILES_MAX = 1000, LEVELS_UP = 4 };
#define REMOTES "http://localhost:1234/"

static const struct json *read_json(struct arena *a, const char *path, struct err *e)
{
    struct str text;
    return cli_read_file(a, path, INPUT_MAX, &text, e) ? json_parse(a, text, JSON_STRICT, e) : NULL;
}

/* ---- check ---- */

static void print_fault(struct arena *a, const char *path, const struct schema_fault *f)
{
    struct str text = tr_arg(cli_lang(), a, f->msgid, f->arg);
    printf("%s#%.*s: %.*s [%.*s]\n", path, STR_ARG(f->instance), STR_ARG(text), STR_ARG(f->schema));
}

/* One document against what judges it; says each fault. */
static bool sound(struct arena *a, const char *path, const struct schema_faults *faults, bool valid,
                  struct err *e)
{
    for (const struct schema_fault *f = faults->first; f; f = f->next)
        print_fault(a, path, f);
    if (valid) return true;
    err_invalid(e, "schema.check", "The document does not fit: %{arg}");
    err_arg(e, str_c(path));
    return false;
}

static bool check(struct arena *a, const struct settings *s, struct err *e)
{
    const struct schema_options options = {.formats = true, .base = STR_EMPTY};
    struct schema_faults faults = {0};
    bool valid;
    const struct json *document = read_json(a, s->args[1], e);
    if (!document || !schema_check(a, document, &options, &faults, &valid, e) ||
        !sound(a, s->args[1], &faults, valid, e))
        return false;
    struct schema *schema = schema_compile(a, document, &options, e);
    if (!schema) return false;
    if (s->arg_count > 2) {
        const struct json *instance = read_json(a, s->args[2], e);
        if (!instance || !schema_judge(a, schema, instance, &faults, &valid, e) ||
            !sound(a, s->args[2], &faults, valid, e))
            return false;
    }
    cli_say(stdout, s->arg_count > 2 ? "The document fits." : "The schema can be used.", STR_EMPTY);
    return true;
}

/* ---- test ---- */

struct suite {
    struct arena *arena;
    const char *remotes; /* folder; NULL: none */
    const char *file;    /* at work */
};

static const struct json *remote(void *arg, struct str uri)
{
    struct suite *s = arg;
    struct err ignored = {0};
    if (!s->remotes || !str_starts(uri, STR(REMOTES)) || str_find(uri, STR("..")) != SIZE_MAX) return NULL;
    struct str path = str_slice(uri, strlen(REMOTES), uri.len);
    return read_json(s->arena, str_z(s->arena, str_fmt(s->arena, "%s/%.*s", s->remotes, STR_ARG(path))),
                     &ignored);
}

static void print_failure(void *arg, const struct schema_suite_failure *f)
{
    struct suite *s = arg;
    printf("failed %s: %.*s: %.*s: expected %s", s->file, STR_ARG(f->group), STR_ARG(f->test),
           f->expected ? "valid" : "invalid");
    if (f->msgid) {
        struct str text = tr_arg(cli_lang(), s->arena, f->msgid, f->arg);
        printf(", got: %.*s", STR_ARG(text));
    }
    printf("\n");
}

static size_t list_files(struct arena *a, const char *folder, const char **names)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *d; dir && count < FILES_MAX && (d = readdir(dir));)
        if (d->d_name[0] != '.' && str_ends(str_c(d->d_name), STR(".json")))
            names[count++] = str_z(a, str_fmt(a, "%s/%s", folder, d->d_name));
    if (dir) closedir(dir);
    qsort(names, count, sizeof *names, cli_by_name);
    return count;
}

static const char *remotes_near(struct arena *a, const char *from)
{
    struct str path = str_c(from);
    if (str_ends(path, STR(".json"))) path = str_c(dirname((char *)str_z(a, path)));
    for (int i = 0; i <= LEVELS_UP; i++) {
        const char *remotes = str_z(a, str_fmt(a, "%.*s/remotes", STR_ARG(path)));
        if (access(remotes, R_OK) == 0) return remotes;
        path = str_fmt(a, "%.*s/..", STR_ARG(path));
    }
    return NULL;
}

static bool test(struct arena *a, const struct settings *s, struct err *e)
{
    const char *folder = s->args[1], **names = ARENA_ARRAY(a, FILES_MAX, const char *);
    struct suite suite = {.arena = a, .remotes = remotes_near(a, folder)};
    struct schema_suite_count count = {0};
    const char *draft = str_z(a, str_fmt(a, "%s/tests/draft2020-12", folder));
    if (access(draft, R_OK) == 0) folder = draft;
    struct schema_options options = {.document = remote, .arg = &suite, .base = STR_EMPTY};
    /* The suite keeps apart what needs formats to be asserted. */
    options.formats = str_find(str_c(folder), STR("/optional")) != SIZE_MAX;
    size_t files = 1;
    if (str_ends(str_c(folder), STR(".json")))
        names[0] = folder;
    else
        files = list_files(a, folder, names);
    if (!files) return err_missing(e, "schema.test", "There are no test cases in that folder.");
    for (size_t i = 0; i < files; i++) {
        const struct json *groups = read_json(a, names[i], e);
        if (!groups) return false;
        suite.file = names[i];
        schema_suite_run(groups, &options, GROUP_BYTES, print_failure, &suite, &count);
    }
    printf("%zu passed, %zu failed\n", count.passed, count.failed);
    return count.failed == 0;
}

int command_schema(const struct settings *s)
{
    static const struct cli_act acts[] = {{"check", check}, {"test", test}};
    return cli_act(s, acts, sizeof acts / sizeof acts[0], ARENA_BYTES,
                   "schema knows check and test, not %{arg}.");
}
