/* tongban dmn eval|check|test: decision models on the command line. Needs no database, no keys and no
 * network. */
#include "engines/dmn/dmn.h"
#include "app/cli.h"
#include "core/base/time.h"
#include "engines/dmn/dmn_tck.h"

#include <dirent.h>
#include <libgen.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 30, INPUT_MAX = 64 << 20, SOURCES_MAX = 200 };

struct work {
    const struct settings *settings;
    struct arena *arena;
    const struct dmn_model *model;
    struct feel_notes notes; /* of loading */
    const char *path;
};

/* ---- reading ---- */

static bool read_standard_input(struct arena *a, struct str *out, struct err *e)
{
    struct buf b = buf_new(a, 65536);
    size_t n;
    while ((n = fread(buf_room(&b, 65536), 1, 65536, stdin)) > 0) {
        b.len += n;
        if (b.len > INPUT_MAX) return err_invalid(e, "dmn.input", "The input is too large.");
    }
    *out = buf_str(&b);
    return true;
}

/* The models beside this one, which it may import; those that cannot be read are not there. */
static size_t add_neighbours(struct work *w, struct dmn_source *out, size_t n)
{
    const char *folder = dirname((char *)str_z(w->arena, str_c(w->path)));
    const char *own = basename((char *)str_z(w->arena, str_c(w->path)));
    DIR *dir = opendir(folder);
    char names[SOURCES_MAX][256];
    size_t count = 0;
    for (struct dirent *d; dir && count < SOURCES_MAX && (d = readdir(dir));)
        if (str_ends(str_c(d->d_name), STR(".dmn")) && strcmp(d->d_name, own) != 0)
            snprintf(names[count++], sizeof names[0], "%s", d->d_name);
    if (dir) closedir(dir);
    for (size_t i = 0; i < count && n < SOURCES_MAX; i++) {
        struct err ignored = {0};
        const char *path = str_z(w->arena, str_fmt(w->arena, "%s/%s", folder, names[i]));
        out[n].name = str_dup(w->arena, str_c(names[i]));
        if (cli_read_file(w->arena, path, DMN_SOURCE_MAX, &out[n].xml, &ignored)) n++;
    }
    return n;
}

static bool load(struct work *w, struct err *e)
{
    struct dmn_source *sources = ARENA_ARRAY(w->arena, SOURCES_MAX, struct dmn_source);
    sources[0].name = str_c(w->path);
    if (!cli_read_file(w->arena, w->path, DMN_SOURCE_MAX, &sources[0].xml, e)) return false;
    bool imports = str_find(sources[0].xml, STR("import")) != SIZE_MAX;
    size_t n = imports ? add_neighbours(w, sources, 1) : 1;
    w->model = dmn_load(w->arena, sources, n, &w->notes, e);
    return w->model;
}

/* ---- notes ---- */

static struct str sentence(struct arena *a, const struct feel_note *n)
{
    struct str text = tr(cli_lang(), n->msgid);
    size_t hole = str_find(text, STR("%{arg}"));
    if (hole == SIZE_MAX) return text;
    return str_fmt(a, "%.*s%.*s%.*s", (int)hole, text.ptr, STR_ARG(n->arg), (int)(text.len - hole - 6),
                   text.ptr + hole + 6);
}

static struct str place(struct arena *a, const struct feel_note *n)
{
    return n->line ? str_fmt(a, "%.*s:%d:%d", STR_ARG(n->where), n->line, n->column) : n->where;
}

static void print_notes(struct work *w, FILE *to, const struct feel_notes *notes)
{
    for (const struct feel_note *n = notes->first; n; n = n->next) {
        struct str kind = tr(cli_lang(), n->severity == FEEL_ERROR ? "error" : "warning");
        struct str where = place(w->arena, n), text = sentence(w->arena, n);
        fprintf(to, "%s: %.*s: %.*s: %.*s\n", w->path, STR_ARG(kind), STR_ARG(where), STR_ARG(text));
    }
}

/* ---- eval ---- */

static void add_rules(struct json *out, struct arena *a, const struct dmn_hit *hits)
{
    struct json *rules = json_set_array(a, out, "rules");
    for (const struct dmn_hit *h = hits; h; h = h->next) {
        struct json *rule = json_add_object(a, rules), *inputs, *annotations;
        json_set_str(a, rule, "decision", h->decision);
        json_set_i64(a, rule, "rule", (int64_t)h->rule);
        if (h->rule_id.len) json_set_str(a, rule, "id", h->rule_id);
        inputs = json_set_array(a, rule, "inputs");
        for (size_t i = 0; i < h->input_count; i++) {
            struct json *one = json_add_object(a, inputs);
            json_set_str(a, one, "input", h->input_texts[i]);
            json_set(one, "value", feel_to_json(a, h->input_values[i]));
            json_set_str(a, one, "condition", h->entry_texts[i]);
        }
        annotations = h->annotation_count ? json_set_array(a, rule, "annotations") : NULL;
        for (size_t i = 0; i < h->annotation_count; i++)
            json_add(annotations, json_string(a, h->annotations[i]));
    }
}

static void add_notes(struct json *out, struct arena *a, const struct feel_notes *notes)
{
    struct json *list = json_set_array(a, out, "notes");
    for (const struct feel_note *n = notes->first; n; n = n->next) {
        struct json *one = json_add_object(a, list);
        json_set_str(a, one, "where", place(a, n));
        json_set_str(a, one, "note", sentence(a, n));
    }
}

/* The decision, service or knowledge model of that name. */
static bool evaluate(struct work *w, struct feel_run *r, struct str name, const struct feel_context *in,
                     struct json *out, struct err *e)
{
    static struct dmn_result (*const how[])(struct feel_run *, const struct dmn_model *,
                                            const struct dmn_element *, const struct feel_context *) = {
        [DMN_DECISION] = dmn_evaluate, [DMN_KNOWLEDGE] = dmn_invoke, [DMN_SERVICE] = dmn_call};
    for (enum dmn_kind kind = DMN_DECISION; kind <= DMN_SERVICE; kind++) {
        const struct dmn_element *element = dmn_find(w->model, kind, name);
        if (!element) continue;
        struct dmn_result result = how[kind](r, w->model, element, in);
        json_set(out, "result", feel_to_json(w->arena, result.value));
        json_set(
            out, "decisions",
            feel_to_json(w->arena, (struct feel_value){.kind = FEEL_CONTEXT, .context = result.decisions}));
        add_rules(out, w->arena, result.hits);
        return true;
    }
    err_missing(e, "dmn.decision", "The model has no decision, service or function %{arg}.");
    err_arg(e, name);
    return false;
}

static void evaluate_all(struct work *w, struct feel_run *r, const struct feel_context *in, struct json *out)
{
    struct json *all = json_set_object(w->arena, out, "decisions");
    for (size_t i = 0; i < dmn_count(w->model, DMN_DECISION); i++) {
        const struct dmn_element *d = dmn_at(w->model, DMN_DECISION, i);
        json_set(all, str_z(w->arena, d->name),
                 feel_to_json(w->arena, dmn_evaluate(r, w->model, d, in).value));
    }
}

static struct work work_of(struct arena *a, const struct settings *s)
{
    return (struct work){.settings = s, .arena = a, .path = s->args[1]};
}

static bool eval(struct arena *a, const struct settings *s, struct err *e)
{
    struct work own = work_of(a, s), *w = &own;
    struct str text;
    if (!s->input)
        return err_invalid(e, "dmn.input",
                           "Say with --input which file holds the input, or - for standard input.");
    bool read = strcmp(s->input, "-") == 0 ? read_standard_input(w->arena, &text, e)
                                           : cli_read_file(w->arena, s->input, INPUT_MAX, &text, e);
    if (!read || !load(w, e)) return false;
    const struct json *j = json_parse(w->arena, text, JSON_STRICT, e);
    if (!j) return false;
    if (j->type != JSON_OBJECT)
        return err_invalid(e, "dmn.input", "The input is no JSON object of names and values.");
    struct feel_run r = feel_run_new(w->arena, time_now());
    const struct feel_context *in = dmn_inputs(&r, w->model, j);
    struct json *out = json_object(w->arena);
    if (!s->decision)
        evaluate_all(w, &r, in, out);
    else if (!evaluate(w, &r, str_c(s->decision), in, out, e))
        return false;
    add_notes(out, w->arena, &r.notes);
    struct str written = json_to_str(w->arena, out);
    printf("%.*s\n", STR_ARG(written));
    return true;
}

/* ---- check ---- */

static bool check(struct arena *a, const struct settings *s, struct err *e)
{
    struct work own = work_of(a, s), *w = &own;
    if (!load(w, e)) return false;
    dmn_check(w->arena, w->model, &w->notes);
    print_notes(w, stdout, &w->notes);
    if (w->notes.errors) {
        err_invalid(e, "dmn.check", "Errors in the model: %{arg}.");
        err_arg(e, str_fmt(w->arena, "%zu", w->notes.errors));
        return false;
    }
    cli_say(stdout, "The model can be used. Warnings: %{arg}.", str_fmt(w->arena, "%zu", w->notes.count));
    return true;
}

/* ---- test ---- */

static void print_failure(void *arg, const struct dmn_tck_failure *f)
{
    struct arena *a = arg;
    printf("%.*s %.*s", STR_ARG(f->file), STR_ARG(f->test));
    if (f->node.len) printf(" %.*s", STR_ARG(f->node));
    if (f->expected.len) printf(": expected %.*s, got", STR_ARG(f->expected));
    printf("%s %.*s\n", f->expected.len ? "" : ":", STR_ARG(f->got));
    if (!f->note) return;
    struct str text = sentence(a, f->note), where = place(a, f->note);
    printf("    %.*s: %.*s\n", STR_ARG(where), STR_ARG(text));
    arena_reset(a);
}

static bool test(struct arena *a, const struct settings *s, struct err *e)
{
    struct dmn_tck_count count;
    if (!dmn_tck_run(s->args[1], time_now(), print_failure, a, &count, e)) return false;
    printf("%zu passed, %zu failed\n", count.passed, count.failed);
    return count.failed == 0;
}

int command_dmn(const struct settings *s)
{
    static const struct cli_act acts[] = {{"eval", eval}, {"check", check}, {"test", test}};
    return cli_act(s, acts, sizeof acts / sizeof acts[0], ARENA_BYTES,
                   "dmn knows eval, check and test, not %{arg}.");
}
