/* tongban import: lists from outside, in writes of a few thousand lines each, so that a long list neither
 * fills memory nor holds the database. */
#include "app/import.h"
#include "modules/bundles/bundles.h"
#include "modules/catalogue/catalogue.h"
#include "modules/decisions/decisions.h"
#include "modules/exchange/exchange.h"
#include "modules/orgs/orgs.h"
#include "modules/processes/processes.h"
#include "modules/registry/registry.h"

#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_LINES = 2000, LIST_MAX = 512 << 20, CODES = 1 << 16, REFUSALS_SHOWN = 100, MADE_STEP = 500 };

typedef bool take_lines(struct ctx *c, struct str tsv, struct json *report);

/* ---- the report ---- */

static void take_named(struct importing *im, struct json *list, const struct json *named, int64_t line_offset)
{
    JSON_EACH(r, named)
    {
        if (list->count == REFUSALS_SHOWN) return;
        struct json *copy = json_copy(im->arena, r);
        json_set_i64(im->arena, copy, "line", json_i64_of(r, "line", 0) + line_offset);
        json_add(list, copy);
    }
}

void import_count(struct importing *im, const struct json *report, int64_t line_offset)
{
    im->read += json_i64_of(report, "read", 0);
    im->fresh += json_i64_of(report, "new", 0);
    im->changed += json_i64_of(report, "changed", 0);
    im->same += json_i64_of(report, "same", 0);
    im->refused += json_i64_of(report, "refused", 0);
    im->kept += json_i64_of(report, "kept", 0);
    take_named(im, im->refusals, json_get(report, "refusals"), line_offset);
    take_named(im, im->kept_lines, json_get(report, "kept_lines"), line_offset);
}

static void print_named(const struct importing *im, const struct json *list, int64_t count)
{
    JSON_EACH(r, list)
    {
        struct str reason = lang_text(cli_lang(), json_text_of(r, "reason")), file = json_text_of(r, "file");
        struct str where = file.len
                               ? file
                               : tr_arg(cli_lang(), im->arena, "line %{arg}",
                                        str_fmt(im->arena, "%lld", (long long)json_i64_of(r, "line", 0)));
        printf("    %.*s: %.*s\n", STR_ARG(where), STR_ARG(reason));
    }
    if (count > (int64_t)list->count)
        cli_say(stdout, "    … and others: only the first hundred are named", STR_EMPTY);
}

static void print_report(const struct importing *im, const char *title)
{
    cli_say(stdout, title, STR_EMPTY);
    cli_figure(stdout, "read", im->read);
    cli_figure(stdout, "new", im->fresh);
    cli_figure(stdout, "changed", im->changed);
    cli_figure(stdout, "unchanged", im->same);
    cli_figure(stdout, "refused", im->refused);
    print_named(im, im->refusals, im->refused);
    if (im->kept) cli_figure(stdout, "kept, edited here", im->kept);
    print_named(im, im->kept_lines, im->kept);
}

/* ---- writes ---- */

bool import_write(struct importing *im, handler *fn, void *arg, struct err *e)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    return server_write(im->server, &system, fn, arg, e);
}

struct batch {
    struct importing *im;
    take_lines *take;
    struct str heading, lines; /* heading: the first line of the list */
    bool last;
    struct json *report; /* of the run that counts: in the import's arena */
};

static bool write_batch(struct ctx *c)
{
    struct batch *b = ctx_arg(c);
    struct json *report = json_object(c->arena);
    if (b->im->settings->division) json_set_c(c->arena, report, "division", b->im->settings->division);
    json_set_str(c->arena, report, "heading", b->heading);
    if (!b->take(c, b->lines, report)) return false;
    b->report = json_copy(b->im->arena, report);
    c->more_follows = !b->last; /* nobody here reads between the parts */
    return true;
}

/* At most BATCH_LINES lines from the beginning of *rest. */
static struct str next_lines(struct str *rest, int64_t *count)
{
    size_t at = 0;
    for (*count = 0; at < rest->len && *count < BATCH_LINES; ++*count) {
        const char *end = memchr(rest->ptr + at, '\n', rest->len - at);
        at = end ? (size_t)(end - rest->ptr) + 1 : rest->len;
    }
    struct str lines = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at, rest->len);
    return lines;
}

static bool write_lines(struct importing *im, struct str text, take_lines *take, struct err *e)
{
    struct str rest = text, heading;
    int64_t line = 0, count;
    if (str_starts(rest, STR("\xEF\xBB\xBF"))) rest = str_slice(rest, 3, rest.len);
    str_cut(rest, '\n', &heading);
    if (!utf8_valid(heading)) heading = STR_EMPTY;
    while (rest.len) {
        struct batch b = {
            .im = im, .take = take, .heading = str_trim(heading), .lines = next_lines(&rest, &count)};
        b.last = rest.len == 0;
        if (!import_write(im, write_batch, &b, e)) return false;
        import_count(im, b.report, line);
        line += count;
        cli_progress(&im->progress, text.len - rest.len, text.len);
    }
    return true;
}

static bool check_list(struct importing *im, const char *path, struct err *e)
{
    if (!cli_read_file(im->arena, path, LIST_MAX, &im->text, e)) return false;
    if (!im->text.len || memchr(im->text.ptr, '\0', im->text.len)) {
        err_invalid(e, "import.text", "The file %{arg} is empty or is no text; nothing was changed.");
        err_arg(e, str_c(path));
        return false;
    }
    return true;
}

/* ---- kinds ---- */

static bool import_divisions(struct importing *im, const char *path, struct err *e)
{
    (void)path;
    return write_lines(im, im->text, orgs_import_divisions, e);
}

static bool import_calendar(struct importing *im, const char *path, struct err *e)
{
    (void)path;
    return write_lines(im, im->text, orgs_import_calendar, e);
}

static bool set_place(struct ctx *c)
{
    const struct settings *s = ctx_arg(c);
    if (s->division) return orgs_set_place(c, str_c(s->division));
    return orgs_place(c).len ||
           err_invalid(c->err, "import.division",
                       "Say with --division which place the list belongs to (six digits).");
}

static bool division_ok(const char *code, struct err *e)
{
    uint64_t n;
    if (!code || (strlen(code) == 6 && str_to_u64(str_c(code), &n))) return true;
    err_invalid(e, "import.division", "--division needs six digits, not %{arg}.");
    err_arg(e, str_c(code));
    return false;
}

struct seen {
    struct seen *next;
    struct str code;
};

static bool seen_before(struct importing *im, struct seen **table, struct str code)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < code.len; i++)
        h = (h ^ (unsigned char)code.ptr[i]) * 16777619u;
    struct seen **slot = &table[h % CODES];
    for (const struct seen *s = *slot; s; s = s->next)
        if (str_eq(s->code, code)) return true;
    struct seen *fresh = ARENA_NEW(im->arena, struct seen);
    *fresh = (struct seen){*slot, code};
    *slot = fresh;
    return false;
}

/* A code that stands twice, far apart: the module sees one part of the list at a time. The second line is
 * emptied, its number kept. */
static struct str without_repeats(struct importing *im, struct str text)
{
    struct seen **table = ARENA_ARRAY(im->arena, CODES, struct seen *);
    struct buf out = buf_new(im->arena, text.len + 1);
    struct str line, code;
    for (int64_t n = 1; text.len; n++) {
        text = str_cut(text, '\n', &line);
        str_cut(line, '\t', &code);
        code = str_trim(code);
        if (code.len && seen_before(im, table, code)) {
            im->read++;
            im->refused++;
            if (im->refusals->count < REFUSALS_SHOWN) {
                struct json *r = json_add_object(im->arena, im->refusals);
                json_set_i64(im->arena, r, "line", n);
                json_set_c(im->arena, r, "reason", "the code stands twice in the list");
            }
        } else {
            buf_add(&out, line);
        }
        buf_add_char(&out, '\n');
    }
    return buf_str(&out);
}

static bool check_items(struct importing *im, const char *path, struct err *e)
{
    return division_ok(im->settings->division, e) && check_list(im, path, e);
}

static bool import_items(struct importing *im, const char *path, struct err *e)
{
    (void)path;
    const char *data = cli_data_dir(im->arena, im->settings, e);
    return data && cli_ensure_catalogue(im->server, data, e) &&
           import_write(im, set_place, (void *)im->settings, e) &&
           write_lines(im, without_repeats(im, im->text), catalogue_import_items, e);
}

static bool write_catalogue(struct ctx *c)
{
    struct batch *b = ctx_arg(c);
    struct json *report = json_object(c->arena);
    if (!catalogue_import_shipped(c, b->lines.ptr, report) ||
        !decision_import_shipped(c, b->lines.ptr, json_object(c->arena)) ||
        !process_import_shipped(c, b->lines.ptr, json_object(c->arena)) ||
        !bundle_import_shipped(c, b->lines.ptr, json_object(c->arena)))
        return false;
    b->report = json_copy(b->im->arena, report);
    return true;
}

static bool check_catalogue(struct importing *im, const char *path, struct err *e)
{
    if (access(str_z(im->arena, str_fmt(im->arena, "%s/catalogue/themes.json", path)), R_OK) != 0) {
        err_missing(e, "import.catalogue",
                    "%{arg} is not a folder with a catalogue in it (catalogue/themes.json …).");
        err_arg(e, str_c(path));
        return false;
    }
    return true;
}

static bool import_catalogue(struct importing *im, const char *path, struct err *e)
{
    struct batch b = {.im = im, .lines = str_c(path)};
    if (!import_write(im, write_catalogue, &b, e)) return false;
    import_count(im, b.report, 0);
    return true;
}

/* ---- registers of other departments ---- */

struct registers {
    struct importing *im;
    const struct json *file;
    struct json *report;
};

static bool write_registers(struct ctx *c)
{
    struct registers *r = ctx_arg(c);
    struct json *report = json_object(c->arena);
    if (!registry_import(c, r->file, report)) return false;
    r->report = json_copy(r->im->arena, report);
    return true;
}

static bool check_registry(struct importing *im, const char *path, struct err *e)
{
    return check_list(im, path, e) && (im->file = json_parse(im->arena, im->text, JSON_STRICT, e)) != NULL;
}

static bool import_registry(struct importing *im, const char *path, struct err *e)
{
    struct registers r = {.im = im, .file = im->file};
    (void)path;
    if (!import_write(im, write_registers, &r, e)) return false;
    import_count(im, r.report, 0);
    return true;
}

/* ---- the catalogue of data ---- */

static bool write_exchange(struct ctx *c)
{
    struct registers *r = ctx_arg(c);
    struct json *report = json_object(c->arena);
    if (!exchange_import(c, r->file, report)) return false;
    r->report = json_copy(r->im->arena, report);
    return true;
}

static bool write_made(struct ctx *c)
{
    return exchange_make(c, ctx_arg(c));
}

/* {entries, resources}: how many to make up, for trying a catalogue of that size. */
static bool make_exchange(struct importing *im, const struct json *made, struct err *e)
{
    int64_t entries = json_i64_of(made, "entries", 0), resources = json_i64_of(made, "resources", 0);
    struct exchange_made m = {.resources = resources};
    for (m.from = 1; m.from <= entries; m.from += m.count) {
        m.count = entries - m.from + 1 < MADE_STEP ? entries - m.from + 1 : MADE_STEP;
        if (!import_write(im, write_made, &m, e)) return false;
        im->read += m.count;
        im->fresh += m.count;
    }
    return true;
}

static bool import_exchange(struct importing *im, const char *path, struct err *e)
{
    struct registers r = {.im = im, .file = im->file};
    (void)path;
    if (!import_write(im, write_exchange, &r, e)) return false;
    import_count(im, r.report, 0);
    return make_exchange(im, json_get(im->file, "made"), e);
}

/* ---- the command ---- */

static const struct import_kind {
    const char *name, *title;
    bool (*check)(struct importing *im, const char *path,
                  struct err *e); /* before an installation is opened or made */
    bool (*run)(struct importing *im, const char *path, struct err *e);
} kinds[] = {
    {"items", "Items", check_items, import_items},
    {"laws", "Laws", import_check_laws, import_laws},
    {"divisions", "Divisions", check_list, import_divisions},
    {"calendar", "Working calendar", check_list, import_calendar},
    {"registry", "Registers", check_registry, import_registry},
    {"exchange", "Catalogue of data", check_registry, import_exchange},
    {"catalogue", "Shipped catalogue", check_catalogue, import_catalogue},
};

static const struct import_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    return NULL;
}

static int run(struct importing *im, const struct import_kind *kind)
{
    struct err e = {0};
    int lock;
    if (!kind->check(im, im->settings->args[1], &e)) return cli_fail(&e);
    im->server = cli_open(im->arena, im->settings, &lock, &e);
    bool ok = im->server && kind->run(im, im->settings->args[1], &e);
    server_close(im->server);
    if (lock >= 0) close(lock);
    if (im->read) print_report(im, kind->title);
    if (!ok) {
        if (im->read) cli_say(stderr, "The import stopped; what the report above names was kept.", STR_EMPTY);
        return cli_fail(&e);
    }
    if (im->read && im->read == im->refused)
        return cli_refuse("Nothing in %{arg} could be used; nothing was changed.", im->settings->args[1]);
    return im->read ? 0 : cli_refuse("There was nothing to read in %{arg}.", im->settings->args[1]);
}

int command_import(const struct settings *s)
{
    const struct import_kind *kind = find_kind(s->args[0]);
    if (!kind) {
        cli_refuse("There is no list of the kind %{arg}: items, laws, divisions, calendar, registry, "
                   "exchange or catalogue.",
                   s->args[0]);
        return 2;
    }
    if (access(s->args[1], R_OK) != 0)
        return cli_refuse("The file %{arg} cannot be read.",
                          s->args[1]); /* before a folder is made for nothing */
    struct arena *a = arena_new((size_t)2 << 30);
    if (!a) return 1;
    struct importing im = {.settings = s,
                           .arena = a,
                           .refusals = json_array(a),
                           .kept_lines = json_array(a),
                           .progress = {kind->title, -1}};
    int status = run(&im, kind);
    arena_drop(a);
    return status;
}
