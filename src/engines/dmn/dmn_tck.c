#include "engines/dmn/dmn_tck.h"

#include "core/base/file.h"
#include "engines/dmn/dmn_internal.h"

#include <dirent.h>
#include <setjmp.h>

enum { SOURCES_MAX = 200, FOLDER_DEPTH_MAX = 20, ARENA_BYTES = 512 << 20 };

static const char *const namespaces[] = {"http://www.omg.org/spec/DMN/20160719/testcase", NULL};

struct kit {
    int64_t now;
    dmn_tck_tell *tell;
    void *arg;
    struct dmn_tck_count count;
};

/* One file of test cases. */
struct file {
    struct kit *kit;
    struct arena *arena; /* of the file */
    struct arena *turn;  /* of one case */
    struct str folder, path;
    const struct dmn_xml *root;
    const struct dmn_model *model;
    struct str test;
};

static void failure(struct file *f, struct str node, struct str expected, struct str got,
                    const struct feel_note *note)
{
    struct dmn_tck_failure x = {f->path, f->test, node, expected, got, note};
    f->kit->tell(f->kit->arg, &x);
}

/* ---- values as the kit writes them ---- */

static const struct {
    const char *type;
    enum feel_kind kind;
} types[] = {
    {"string", FEEL_STRING},  {"boolean", FEEL_BOOLEAN},    {"date", FEEL_DATE},
    {"time", FEEL_TIME},      {"dateTime", FEEL_DATE_TIME}, {"duration", FEEL_DAYS},
    {"decimal", FEEL_NUMBER}, {"double", FEEL_NUMBER},      {"integer", FEEL_NUMBER},
    {"int", FEEL_NUMBER},     {"long", FEEL_NUMBER},        {"float", FEEL_NUMBER},
};

static struct feel_value scalar(struct feel_run *r, const struct dmn_xml *x)
{
    struct str prefix, type = dmn_xml_attribute(x, "type"), local = str_cut(type, ':', &prefix);
    struct str text = str_trim(x->text);
    enum feel_kind kind = FEEL_STRING;
    struct feel_value v = FEEL_NOTHING;
    struct decimal n;
    if (str_eq_c(dmn_xml_attribute(x, "nil"), "true")) return v;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_eq_c(local.len ? local : type, types[i].type)) kind = types[i].kind;
    switch (kind) {
    case FEEL_STRING:
        return feel_string(x->text);
    case FEEL_BOOLEAN:
        return feel_boolean(str_eq_c(text, "true") || str_eq_c(text, "1"));
    case FEEL_NUMBER:
        return decimal_parse(text, &n) ? feel_number(n) : v;
    default:
        if (dmn_read_value(r, kind, text, &v) ||
            (kind == FEEL_DAYS && dmn_read_value(r, FEEL_MONTHS, text, &v)))
            return v;
        return FEEL_NOTHING;
    }
}

static struct feel_value value(struct feel_run *r, const struct dmn_xml *holder);

static struct feel_value list(struct feel_run *r, const struct dmn_xml *x)
{
    struct feel_value *items, v;
    size_t n = 0;
    if (str_eq_c(dmn_xml_attribute(x, "nil"), "true")) return FEEL_NOTHING;
    v = feel_list(r->arena, dmn_xml_count(x, "item"), &items);
    DMN_XML_EACH(item, x, "item") items[n++] = value(r, item);
    return v;
}

static struct feel_value context(struct feel_run *r, const struct dmn_xml *holder)
{
    struct feel_entry *entries;
    struct feel_value v = feel_context(r->arena, dmn_xml_count(holder, "component"), &entries);
    size_t n = 0;
    DMN_XML_EACH(c, holder, "component")
    entries[n++] = (struct feel_entry){dmn_xml_attribute(c, "name"), value(r, c)};
    return v;
}

static struct feel_value value(struct feel_run *r, const struct dmn_xml *holder)
{
    const struct dmn_xml *one = dmn_xml_child(holder, "value"), *many = dmn_xml_child(holder, "list");
    if (one) return scalar(r, one);
    if (many) return list(r, many);
    return dmn_xml_child(holder, "component") ? context(r, holder) : FEEL_NOTHING;
}

/* ---- comparing ---- */

static bool same(struct feel_value expected, struct feel_value got);

static bool same_number(struct decimal a, struct decimal b)
{
    struct decimal difference, tolerance;
    return decimal_compare(a, b) == 0 ||
           (decimal_parse(STR("1E-8"), &tolerance) && decimal_subtract(a, b, &difference) &&
            decimal_compare(decimal_abs(difference), tolerance) < 0);
}

static bool same_list(const struct feel_list *a, const struct feel_list *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same(a->items[i], b->items[i])) return false;
    return true;
}

static bool same_context(const struct feel_context *a, const struct feel_context *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct feel_entry *other = feel_find(b, a->entries[i].key);
        if (!other || !same(a->entries[i].value, other->value)) return false;
    }
    return true;
}

static bool same(struct feel_value expected, struct feel_value got)
{
    if (expected.kind != got.kind) return false;
    switch (expected.kind) {
    case FEEL_NULL:
        return true;
    case FEEL_NUMBER:
        return same_number(expected.number, got.number);
    case FEEL_LIST:
        return same_list(expected.list, got.list);
    case FEEL_CONTEXT:
        return same_context(expected.context, got.context);
    default: {
        struct feel_value equal = feel_equal(expected, got);
        return feel_same(expected, got) || (equal.kind == FEEL_BOOLEAN && equal.boolean);
    }
    }
}

/* ---- running ---- */

static const struct feel_context *inputs(struct feel_run *r, const struct dmn_xml *test)
{
    struct feel_entry *entries;
    struct feel_value v = feel_context(r->arena, dmn_xml_count(test, "inputNode"), &entries);
    size_t n = 0;
    DMN_XML_EACH(x, test, "inputNode")
    {
        struct str name = dmn_xml_attribute(x, "name"), ns = dmn_xml_attribute(x, "namespace");
        if (ns.len) name = str_fmt(r->arena, "%.*s#%.*s", STR_ARG(ns), STR_ARG(name));
        entries[n++] = (struct feel_entry){name, value(r, x)};
    }
    return v.context;
}

/* A service with several outputs gives them in one context; the kit asks for each by its name. */
static struct feel_value of_service(const struct feel_run *, const struct dmn_element *service,
                                    struct feel_value v, struct str node)
{
    const struct dmn_part *p = (const struct dmn_part *)service;
    return p->output_count > 1 && v.kind == FEEL_CONTEXT ? feel_get(v.context, node) : v;
}

static bool outcome(struct file *f, struct feel_run *r, const struct dmn_xml *test, struct str node,
                    const struct feel_context *given, struct feel_value *out)
{
    struct str type = dmn_xml_attribute(test, "type"), called = dmn_xml_attribute(test, "invocableName");
    const struct dmn_element *e;
    if (str_eq_c(type, "decisionService")) {
        if (!(e = dmn_find(f->model, DMN_SERVICE, called))) return false;
        *out = of_service(r, e, dmn_call(r, f->model, e, given).value, node);
    } else if (str_eq_c(type, "bkm")) {
        if (!(e = dmn_find(f->model, DMN_KNOWLEDGE, called))) return false;
        *out = dmn_invoke(r, f->model, e, given).value;
    } else {
        if (!(e = dmn_find(f->model, DMN_DECISION, node))) return false;
        *out = dmn_evaluate(r, f->model, e, given).value;
    }
    return true;
}

static bool result_holds(struct file *f, const struct dmn_xml *test, const struct dmn_xml *node)
{
    struct feel_run r = feel_run_new(f->turn, f->kit->now);
    struct str name = dmn_xml_attribute(node, "name");
    const struct dmn_xml *wanted = dmn_xml_child(node, "expected");
    bool error = str_eq_c(dmn_xml_attribute(node, "errorResult"), "true");
    struct feel_value got = FEEL_NOTHING, expected = wanted && !error ? value(&r, wanted) : FEEL_NOTHING;
    if (!outcome(f, &r, test, name, inputs(&r, test), &got)) {
        failure(f, name, feel_literal(f->turn, expected), STR("nothing of that name"), NULL);
        return false;
    }
    if (same(expected, got)) return true;
    failure(f, name, feel_literal(f->turn, expected), feel_literal(f->turn, got), r.notes.first);
    return false;
}

static bool test_holds(struct file *f, const struct dmn_xml *test)
{
    bool good = true;
    DMN_XML_EACH(node, test, "resultNode")
    {
        arena_reset(f->turn);
        good = result_holds(f, test, node) && good;
    }
    return good;
}

/* ---- files ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool names_in(struct arena *a, const char *folder, char ***out, size_t *count, struct err *e)
{
    size_t cap = 64;
    *count = 0;
    *out = ARENA_ARRAY(a, cap, char *);
    DIR *dir = opendir(folder);
    if (!dir) {
        err_missing(e, "dmn.folder", "The folder %{arg} cannot be read.");
        err_arg(e, str_c(folder));
        return false;
    }
    for (struct dirent *d; (d = readdir(dir));) {
        /* no jump while the folder is open */
        char *name = arena_try(a, strlen(d->d_name) + 1);
        char **more = *count == cap ? arena_try(a, 2 * cap * sizeof(char *)) : *out;
        if (!name || !more) {
            closedir(dir);
            return err_fault(e, "out of memory");
        }
        if (more != *out) {
            memcpy(more, *out, cap * sizeof(char *));
            *out = more;
            cap *= 2;
        }
        memcpy(name, d->d_name, strlen(d->d_name) + 1);
        if (name[0] != '.') (*out)[(*count)++] = name;
    }
    closedir(dir);
    qsort(*out, *count, sizeof(char *), by_text);
    return true;
}

static const char *joined(struct arena *a, struct str folder, const char *name)
{
    return str_z(a, str_fmt(a, "%.*s/%s", STR_ARG(folder), name));
}

/* The model of the file first, then its neighbours, which it may import. */
static size_t sources_of(struct file *f, struct str model, struct dmn_source *out, struct err *e)
{
    char **names;
    size_t count, n = 1;
    if (!names_in(f->arena, str_z(f->arena, f->folder), &names, &count, e)) return 0;
    for (size_t i = 0; i < count && n < SOURCES_MAX; i++) {
        struct str name = str_c(names[i]);
        bool own = str_eq(name, model);
        if (!str_ends(name, STR(".dmn"))) continue;
        struct dmn_source *s = own ? &out[0] : &out[n++];
        s->name = name;
        if (!file_read(f->arena, joined(f->arena, f->folder, names[i]), DMN_SOURCE_MAX, &s->xml, e)) return 0;
    }
    if (out[0].name.len) return n;
    err_missing(e, "dmn.model", "The model %{arg} is not there.");
    err_arg(e, model);
    return 0;
}

static bool load(struct file *f, struct err *e)
{
    struct feel_notes notes = {0};
    struct dmn_source *sources = ARENA_ARRAY(f->arena, SOURCES_MAX, struct dmn_source);
    size_t n = sources_of(f, dmn_xml_text_of(f->root, "modelName"), sources, e);
    if (!n) return false;
    f->model = dmn_load(f->arena, sources, n, &notes, e);
    return f->model;
}

static void run_cases(struct file *f)
{
    struct err e = {0};
    size_t cases = dmn_xml_count(f->root, "testCase");
    if (!load(f, &e)) {
        failure(f, STR_EMPTY, STR_EMPTY, str_fmt(f->arena, "%s %s", e.msgid ? e.msgid : "", e.arg), NULL);
        f->kit->count.failed += cases;
        return;
    }
    DMN_XML_EACH(test, f->root, "testCase")
    {
        f->test = dmn_xml_attribute(test, "id");
        if (test_holds(f, test))
            f->kit->count.passed++;
        else
            f->kit->count.failed++;
    }
}

static bool run_guarded(struct file *f)
{
    jmp_buf env;
    if (setjmp(env) != 0) return false;
    arena_guard(f->arena, &env);
    arena_guard(f->turn, &env);
    run_cases(f);
    return true;
}

static void run_file(struct kit *kit, struct arena *a, struct str folder, const char *path)
{
    struct err e = {0};
    struct file f = {.kit = kit, .arena = a, .folder = folder, .path = str_c(path)};
    struct dmn_source s = {.name = f.path};
    if (!file_read(a, path, DMN_SOURCE_MAX, &s.xml, &e)) return;
    f.root = dmn_xml_read(a, s, namespaces, &e);
    if (!f.root) return; /* some other XML */
    f.turn = arena_new(ARENA_BYTES);
    if (!f.turn || !run_guarded(&f)) {
        failure(&f, STR_EMPTY, STR_EMPTY, STR("out of memory"), NULL);
        kit->count.failed++;
    }
    arena_drop(f.turn);
}

static bool run_folder(struct kit *kit, const char *folder, int depth, struct err *e);

static void run_entry(struct kit *kit, struct str folder, const char *path, int depth)
{
    struct arena *a = arena_new(ARENA_BYTES);
    struct err e = {0};
    if (a && str_ends(str_c(path), STR(".xml"))) run_file(kit, a, folder, path);
    arena_drop(a);
    if (depth < FOLDER_DEPTH_MAX && !run_folder(kit, path, depth + 1, &e)) return; /* no folder */
}

static bool run_folder(struct kit *kit, const char *folder, int depth, struct err *e)
{
    struct arena *a = arena_new(ARENA_BYTES);
    char **names;
    size_t count = 0;
    if (!a) return err_fault(e, "out of memory");
    bool ok = names_in(a, folder, &names, &count, e);
    for (size_t i = 0; ok && i < count; i++)
        run_entry(kit, str_c(folder), joined(a, str_c(folder), names[i]), depth);
    arena_drop(a);
    return ok;
}

bool dmn_tck_run(const char *folder, int64_t now, dmn_tck_tell *tell, void *arg, struct dmn_tck_count *out,
                 struct err *e)
{
    struct kit kit = {.now = now, .tell = tell, .arg = arg};
    bool ok = run_folder(&kit, folder, 0, e);
    *out = kit.count;
    return ok;
}
