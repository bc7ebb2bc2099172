#include "app/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT(member) offsetof(struct settings, member)

static const struct option_row common[] = {
    {"--var", OPTION_TEXT, AT(var), "folder for database, keys and files (default: var)"},
    {"--db", OPTION_TEXT, AT(db), "database: sqlite:PATH or postgresql://… (default: sqlite:VAR/tongban.db)"},
    {"--data", OPTION_TEXT, AT(data), "folder with the shipped data (default: data beside the program)"},
    {"--help", OPTION_FLAG, AT(help), "this text"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row *find_option(const struct option_row *table, const char *name)
{
    for (; table && table->name; table++)
        if (strcmp(table->name, name) == 0) return table;
    return NULL;
}

static int refuse(const char *command, const char *what, const char *about)
{
    struct str reason = tr(cli_lang(), about);
    fprintf(stderr, "tongban %s: %s: %.*s (tongban %s --help)\n", command, what, STR_ARG(reason), command);
    return 2;
}

static int take_option(const struct command *c, const struct option_row *o, const char *value,
                       struct settings *out)
{
    char *at = (char *)out + o->offset;
    int64_t n;
    switch (o->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)at = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)(void *)at = value;
        return 0;
    case OPTION_COUNT:
        if (!str_to_i64(str_c(value), &n) || n < 0 || n > INT_MAX)
            return refuse(c->name, o->name, "a whole number is needed");
        *(int *)(void *)at = (int)n;
        return 0;
    case OPTION_INT:
        if (!str_to_i64(str_c(value), &n) || n < 0 || n > 65535)
            return refuse(c->name, o->name, "a whole number from 0 to 65535 is needed");
        *(int *)(void *)at = (int)n;
        return 0;
    }
    return 2;
}

int cli_parse(const struct command *c, int argc, char **argv, struct settings *out)
{
    *out = (struct settings){.var = "var", .address = "127.0.0.1", .port = 8080};
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            if (out->arg_count == c->max_args) return refuse(c->name, argv[i], "one argument too many");
            out->args[out->arg_count++] = argv[i];
            continue;
        }
        char name[64];
        const char *equals = strchr(argv[i], '=');
        int len = equals ? (int)(equals - argv[i]) : (int)strlen(argv[i]);
        snprintf(name, sizeof name, "%.*s", len, argv[i]);
        const struct option_row *o = find_option(common, name);
        if (!o) o = find_option(c->options, name);
        if (!o) return refuse(c->name, argv[i], "there is no such option");
        const char *value = equals ? equals + 1 : NULL;
        if (o->kind == OPTION_FLAG && value) return refuse(c->name, name, "this option takes no value");
        if (o->kind != OPTION_FLAG && !value) {
            if (i + 1 == argc) return refuse(c->name, name, "this option needs a value");
            value = argv[++i];
        }
        int wrong = take_option(c, o, value, out);
        if (wrong) return wrong;
    }
    if (!out->help && out->arg_count < c->min_args) return refuse(c->name, c->usage, "something is missing");
    return 0;
}

static void print_options(const struct option_row *table)
{
    for (; table && table->name; table++) {
        struct str help = tr(cli_lang(), table->help);
        printf("  %-23s %.*s\n", table->name, STR_ARG(help));
    }
}

void cli_help(const struct command *c)
{
    struct str help = tr(cli_lang(), c->help);
    printf("tongban %s %s\n\n%.*s\n\n", c->name, c->usage, STR_ARG(help));
    print_options(c->options);
    print_options(common);
}

const char *cli_db_url(struct arena *a, const struct settings *s)
{
    return s->db ? s->db : str_z(a, str_fmt(a, "sqlite:%s/tongban.db", s->var));
}

const char *cli_data_dir(struct arena *a, const struct settings *s, struct err *e)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    struct str here = n > 0 ? str_n(exe, (size_t)n) : STR_EMPTY;
    while (here.len && here.ptr[here.len - 1] != '/')
        here.len--;
    const char *tries[] = {s->data, str_z(a, str_fmt(a, "%.*s../data", STR_ARG(here))),
                           str_z(a, str_fmt(a, "%.*s../share/tongban/data", STR_ARG(here))), "data"};
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        if (!tries[i]) continue;
        if (access(str_z(a, str_fmt(a, "%s/catalogue", tries[i])), R_OK) == 0) return tries[i];
        if (i == 0) break;
    }
    err_missing(e, "cli.data", "The folder with the shipped data cannot be found; name it with --data.");
    return NULL;
}

int cli_lock(struct arena *a, const struct settings *s, struct err *e)
{
    if (mkdir(s->var, 0700) != 0 && errno != EEXIST) {
        err_fault(e, "cannot make folder %s: %s", s->var, strerror(errno));
        return -1;
    }
    int fd = open(str_z(a, str_fmt(a, "%s/lock", s->var)), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_fault(e, "cannot open %s/lock: %s", s->var, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    close(fd);
    err_conflict(e, "cli.running",
                 "The program is running on this folder (%{arg}). Stop it first, or use its pages.");
    err_arg(e, str_c(s->var));
    return -1;
}

bool cli_read_file(struct arena *a, const char *path, size_t max, struct str *out, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0) close(fd);
        err_missing(e, "cli.file", "The file %{arg} cannot be read.");
        err_arg(e, str_c(path));
        return false;
    }
    if ((size_t)st.st_size > max) {
        close(fd);
        err_invalid(e, "cli.file_large", "The file %{arg} is too large.");
        err_arg(e, str_c(path));
        return false;
    }
    char *bytes = arena_array(a, (size_t)st.st_size + 1, 1);
    size_t have = 0;
    ssize_t n;
    while (have < (size_t)st.st_size && (n = read(fd, bytes + have, (size_t)st.st_size - have)) > 0)
        have += (size_t)n;
    close(fd);
    *out = str_n(bytes, have);
    return true;
}

/* ---- acts of a command ---- */

static bool run_guarded(const struct cli_act *act, struct arena *a, const struct settings *s, struct err *e)
{
    jmp_buf env;
    if (setjmp(env) != 0) return err_invalid(e, "cli.memory", "There is not enough memory.");
    arena_guard(a, &env);
    return act->run(a, s, e);
}

int cli_act(const struct settings *s, const struct cli_act *acts, size_t count, size_t bytes,
            const char *unknown)
{
    struct err e = {0};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(acts[i].name, s->args[0]) != 0) continue;
        struct arena *a = arena_new(bytes);
        if (!a) return cli_refuse("There is not enough memory.", NULL);
        bool ok = run_guarded(&acts[i], a, s, &e);
        int code = ok ? 0 : e.kind != ERR_NONE ? cli_fail(&e) : 1;
        arena_drop(a);
        return code;
    }
    return cli_refuse(unknown, s->args[0]);
}

int cli_by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}
