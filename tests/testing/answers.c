#include "testing/answers.h"

#include "core/http/answers.h"

#include <pthread.h>
#include <unistd.h>

enum { SEEN_MAX = 1 << 16, DIGITS_OF_TIME = 13, DOCUMENT_MAX = 64 << 20 };

static struct {
    pthread_mutex_t lock;
    struct arena *arena; /* as long as the test program */
    struct answer_shape *shapes;
    uint64_t seen[SEEN_MAX]; /* digests of what was written: place and kind */
    bool new;                /* in the document at hand */
    char fault[400];
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- of what kind is a value? ---- */

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0;
}

static bool is_date(struct str s)
{
    return s.len == 10 && s.ptr[4] == '-' && s.ptr[7] == '-' && is_digits(str_slice(s, 0, 4)) &&
           is_digits(str_slice(s, 5, 7)) && is_digits(str_slice(s, 8, 10));
}

/* Ids are made of the time and have 18 digits (core/http/ids.c); shorter ones are numbers of other kinds. */
static unsigned kind_of(const struct json *v)
{
    switch (v->type) {
    case JSON_NULL:
        return SHAPE_NULL;
    case JSON_BOOL:
        return SHAPE_BOOLEAN;
    case JSON_NUMBER:
        if (!is_digits(v->text) &&
            !(v->text.len > 1 && is_digits(str_slice(v->text, 1, v->text.len)) && v->text.ptr[0] == '-'))
            return SHAPE_NUMBER;
        return v->text.len == DIGITS_OF_TIME ? SHAPE_TIME : SHAPE_INTEGER;
    case JSON_STRING:
        if (is_date(v->text)) return SHAPE_DATE;
        return is_digits(v->text) && v->text.len >= 16 && v->text.len <= 19 && v->text.ptr[0] != '0'
                   ? SHAPE_ID
                   : SHAPE_STRING;
    case JSON_OBJECT:
        return SHAPE_OBJECT;
    default:
        return SHAPE_NOTHING;
    }
}

/* Does a table that says `allowed` cover it? */
static bool covers(unsigned allowed, unsigned kind)
{
    if (allowed & (kind | SHAPE_ANY)) return true;
    if (kind == SHAPE_OBJECT && (allowed & SHAPE_NAMED)) return true;
    if (allowed & SHAPE_STRING) return kind & (SHAPE_ID | SHAPE_DATE);
    if (allowed & SHAPE_NUMBER) return kind & (SHAPE_INTEGER | SHAPE_TIME);
    return (allowed & SHAPE_INTEGER) && kind == SHAPE_TIME;
}

/* ---- against the table ---- */

struct place {
    const struct place *up;
    struct str name;
};

static void add_place(struct buf *b, const struct place *p)
{
    if (!p) return;
    add_place(b, p->up);
    buf_fmt(b, "%s%.*s", p->up ? "." : "", STR_ARG(p->name));
}

static bool misfit(const struct place *p, const struct json *v)
{
    if (all.fault[0]) return false;
    struct arena *a = arena_new(DOCUMENT_MAX);
    if (!a) abort();
    struct buf b = buf_new(a, 256);
    add_place(&b, p);
    struct str text = json_to_str(a, v);
    snprintf(all.fault, sizeof all.fault,
             "docs/answers.txt does not know: %.*s = %.*s (./dev answers writes what is there)",
             STR_ARG(buf_str(&b)), (int)(text.len < 80 ? text.len : 80), text.ptr);
    arena_drop(a);
    return false;
}

static bool fits(const struct shape *s, const struct json *v, unsigned arrays, const struct place *p);

static const struct shape *member_named(const struct shape *s, struct str name)
{
    const struct shape *any = NULL;
    for (const struct shape *c = s ? s->first : NULL; c; c = c->next) {
        if (str_eq(c->name, name)) return c;
        if (str_eq_c(c->name, "*")) any = c;
    }
    return any;
}

static bool member_fits(const struct shape *s, const struct json *m, const struct place *p)
{
    struct place below = {p, m->key};
    const struct shape *c = member_named(s->block, m->key);
    if (!c) c = member_named(s, m->key);
    return c ? fits(c, m, c->arrays, &below) : misfit(&below, m);
}

static bool fits(const struct shape *s, const struct json *v, unsigned arrays, const struct place *p)
{
    unsigned allowed = arrays == s->arrays && s->arrays ? s->also : s->kinds;
    if (arrays && v->type == JSON_ARRAY) {
        if (s->kinds & SHAPE_ANY) return true;
        JSON_EACH(one, v)
        {
            if (!fits(s, one, arrays - 1, p)) return false;
        }
        return true;
    }
    if (allowed & SHAPE_ANY) return true;
    if ((arrays && arrays != s->arrays) || v->type == JSON_ARRAY || !covers(allowed, kind_of(v)))
        return misfit(p, v);
    if (v->type == JSON_OBJECT) {
        JSON_EACH(m, v)
        {
            if (!member_fits(s, m, p)) return false;
        }
    }
    return true;
}

/* The block for an answer of that kind; a document has one, files one for each type. */
static const struct answer_shape *block_of(const char *method, const char *path, int status,
                                           const struct json *doc, struct str type)
{
    char text[12];
    snprintf(text, sizeof text, "%d", status);
    for (const struct answer_shape *s = all.shapes; s; s = s->next) {
        if (!str_eq_c(s->method, method) || !str_eq_c(s->path, path) || !str_eq_c(s->status, text)) continue;
        bool empty = s->shape && s->shape->kinds == SHAPE_NOTHING && !s->shape->arrays;
        if (doc ? s->shape && !empty : type.len ? str_eq(s->type, type) : empty) return s;
    }
    return NULL;
}

/* ---- for tools/answers ---- */

static uint64_t digest(uint64_t h, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}

static void remember(uint64_t h)
{
    if (!h) h = 1;
    for (size_t i = h % SEEN_MAX, tries = 0; tries < SEEN_MAX; i = (i + 1) % SEEN_MAX, tries++) {
        if (all.seen[i] == h) return;
        if (!all.seen[i]) {
            all.seen[i] = h;
            all.new = true;
            return;
        }
    }
    all.new = true;
}

static void remember_all(uint64_t at, const struct json *v)
{
    if (v->type == JSON_ARRAY) {
        at = digest(at, "[]", 2);
        if (!v->first) remember(at);
        JSON_EACH(one, v)
        {
            remember_all(at, one);
        }
        return;
    }
    unsigned kind = kind_of(v);
    remember(digest(at, &kind, sizeof kind));
    if (v->type != JSON_OBJECT) return;
    JSON_EACH(m, v)
    {
        remember_all(digest(digest(at, ".", 1), m->key.ptr, m->key.len), m);
    }
}

static void write_seen(const char *folder, const char *head, const struct json *doc)
{
    char path[512];
    all.new = false;
    uint64_t at = digest(UINT64_C(14695981039346656037), head, strlen(head));
    if (doc)
        remember_all(at, doc);
    else
        remember(at);
    if (!all.new) return;
    struct arena *a = arena_new(DOCUMENT_MAX);
    if (!a) abort();
    snprintf(path, sizeof path, "%s/%d", folder, (int)getpid());
    FILE *f = fopen(path, "a");
    if (!f) abort();
    struct str text = doc ? json_to_str(a, doc) : STR_EMPTY;
    fprintf(f, "%s\t%.*s\n", head, STR_ARG(text));
    fclose(f);
    arena_drop(a);
}

static void read_table(void)
{
    struct err e = {0};
    if (all.arena) return;
    all.arena = arena_new(16 << 20);
    if (!all.arena) abort();
    all.shapes = answers_parse(all.arena, answers_text(), &e);
    if (e.kind) snprintf(all.fault, sizeof all.fault, "%s", e.detail);
}

void answers_look(const struct route *r, int status, const struct json *doc, struct str type)
{
    const char *method = r->method == METHOD_GET ? "GET" : "POST", *folder = getenv("TB_ANSWERS");
    if (r->flags & ROUTE_HTML_ONLY || (r->api && r->api->answer)) return;
    char head[400];
    snprintf(head, sizeof head, "%s %s %d%s%.*s", method, r->path, status,
             doc        ? ""
             : type.len ? " file "
                        : " nothing",
             STR_ARG(type));
    pthread_mutex_lock(&all.lock);
    read_table();
    if (folder) write_seen(folder, head, doc);
    const struct answer_shape *s = block_of(method, r->path, status, doc, type);
    struct place top = {NULL, str_c(head)};
    if (!s)
        misfit(&top, doc ? doc : &(struct json){.type = JSON_NULL});
    else if (doc)
        fits(s->shape, doc, s->shape->arrays, &top);
    pthread_mutex_unlock(&all.lock);
}

const char *answers_fault(void)
{
    static char said[sizeof all.fault];
    pthread_mutex_lock(&all.lock);
    memcpy(said, all.fault, sizeof said);
    all.fault[0] = '\0';
    pthread_mutex_unlock(&all.lock);
    if (getenv("TB_ANSWERS_LEARN")) said[0] = '\0';
    return said;
}
