#include "engines/bpmn/bpmn_betsy.h"

enum { SLOW_MS = 10000, AFTERWARDS_MS = 120000, SPANS = 2 };

struct recorder {
    struct arena *arena;
    struct json *trace;
    struct bpmn_world *world;
    bool marker, data;
    int64_t span_from[SPANS], span_until[SPANS];
};

/* ---- expressions ---- */
/* The one method call of the neutral language: test.contains("a"). */
static struct str call(struct arena *a, struct str text)
{
    size_t dot = str_find(text, STR(".contains("));
    size_t behind = dot + sizeof(".contains(") - 1;

    if (dot == SIZE_MAX) return text;
    return str_fmt(a, "contains(%.*s, %.*s", STR_ARG(str_slice(text, 0, dot)),
                   STR_ARG(str_slice(text, behind, text.len)));
}

static struct str translate(struct arena *a, struct str text)
{
    text = str_trim(text);
    if (str_starts(text, STR("!")))
        return str_fmt(a, "not(%.*s)", STR_ARG(call(a, str_trim(str_slice(text, 1, text.len)))));
    if (str_starts(text, STR("${")) && str_ends(text, STR("}")))
        return str_trim(str_slice(text, 2, text.len - 1));
    return call(a, text);
}

static const struct bpmn_options options = {
    .script_format = {"betsy", sizeof("betsy") - 1}, .expression = translate, .strict = true};

/* ---- scripts ---- */
static const struct json *one_variable(struct arena *a, const char *name, struct json *value)
{
    struct json *o = json_object(a);

    json_set(o, name, value);
    return o;
}

static void record(struct recorder *r, const char *word)
{
    json_add(r->trace, json_string(r->arena, str_c(word)));
}

static void span(struct recorder *r, int which, int64_t *delay)
{
    r->span_from[which] = bpmn_world_now(r->world);
    r->span_until[which] = r->span_from[which] + SLOW_MS;
    *delay = SLOW_MS;
}

static bool work(void *data, struct arena *a, const struct bpmn_command *c, const struct bpmn_state *s,
                 const struct json **variables, int64_t *delay, struct str *error)
{
    struct recorder *r = data;
    struct str word = c->text;

    if (c->kind != BPMN_DO_SCRIPT) return false;
    if (str_starts(word, STR("SCRIPT_task")))
        json_add(r->trace, json_string(a, word));
    else if (str_eq_c(word, "CREATE_MARKER_FILE"))
        r->marker = true;
    else if (str_starts(word, STR("INCREMENT_INTEGER_VARIABLE"))) {
        int64_t n = json_i64(bpmn_get(s, c->token, STR("integerVariable")), 0);

        *variables = one_variable(a, "integerVariable", json_number(a, n + 1));
        if (str_ends(word, STR("_AND_LOG"))) record(r, "INCREMENT_correct");
    } else if (str_eq_c(word, "SET_STRING_DATA"))
        *variables = one_variable(a, "data", json_string(a, STR("String"))); /* no translation */
    else if (str_eq_c(word, "LOG_DATA"))
        r->data = str_eq_c(json_text(bpmn_get(s, c->token, STR("data"))), "String"); /* no translation */
    else if (str_eq_c(word, "THROW_ERROR"))
        *error = STR("ERR_CODE");
    else if (str_eq_c(word, "WAIT_TEN_SECONDS"))
        *delay = SLOW_MS;
    else if (str_eq_c(word, "CREATE_TIMESTAMP_LOG_1"))
        span(r, 0, delay);
    else if (str_eq_c(word, "CREATE_TIMESTAMP_LOG_2"))
        span(r, 1, delay);
    return true;
}

/* ---- a case ---- */
static bool run(struct bpmn_world *w, const struct bpmn *b, const struct json *about, const struct json *one,
                int *instance, struct err *e)
{
    const struct json *inputs = json_get(one, "inputs");

    JSON_EACH(first, json_path(one, "options.start_first"))
    {
        int node = bpmn_node(b, json_text(first));

        if (node < 0 || bpmn_world_start(w, node, NULL, e) < 0 || !bpmn_world_settle(w, e)) return false;
    }
    *instance = bpmn_world_start(w, bpmn_node(b, json_text_of(about, "process")), inputs, e);
    if (*instance < 0) return false;
    return bpmn_world_run(
        w, bpmn_world_now(w) + json_i64(json_path(one, "options.delay_ms"), 0) + AFTERWARDS_MS, e);
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* As a multiset: order never counts. */
static struct str words(struct arena *a, const struct json *list)
{
    struct str *sorted = ARENA_ARRAY(a, (list ? list->count : 0) + 1, struct str);
    struct buf b = buf_new(a, 128);
    size_t n = 0;

    JSON_EACH(w, list)
    {
        sorted[n++] = json_text(w);
    }
    qsort(sorted, n, sizeof(*sorted), by_text);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(&b, ' ');
        buf_add(&b, sorted[i]);
    }
    return buf_str(&b);
}

/* The marker is looked at where the case speaks of it, as upstream does. */
static bool speaks_of(const struct json *list, const char *word)
{
    JSON_EACH(w, list)
    {
        if (str_eq_c(json_text(w), word)) return true;
    }
    return false;
}

/* Our own addition to the tests: in what state the instance is left. */
static bool state_fits(const struct bpmn_state *s, struct str wanted)
{
    if (str_eq_c(wanted, "completed")) return s->status == BPMN_COMPLETED || s->status == BPMN_TERMINATED;
    if (str_eq_c(wanted, "waiting")) return s->status == BPMN_RUNNING;
    if (str_eq_c(wanted, "ended-by-error")) return s->status == BPMN_ENDED_BY_ERROR;
    return true;
}

struct betsy_verdict betsy_run(struct arena *a, struct str xml, const struct json *about,
                               const struct json *one)
{
    struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
    struct err e = {0};
    struct bpmn *b = bpmn_load(a, xml, &options, findings, &e);
    const struct json *expected = json_get(one, "expected_trace");
    bool either = expected && expected->count == 1 && str_eq_c(json_text(expected->first), "ERROR");
    struct recorder r = {.arena = a, .trace = json_array(a)};
    struct betsy_verdict v = {.expected = words(a, expected)};
    int instance = -1;

    if (!b) {
        record(&r, "ERROR");
        v.got = words(a, r.trace);
        v.passed = str_eq(v.got, v.expected);
        v.got = str_fmt(a, "refused: %s (%.*s)", findings->count ? findings->list[0].rule : "no BPMN",
                        STR_ARG(findings->count ? findings->list[0].element : STR_EMPTY));
        return v;
    }
    r.world = bpmn_world_new(a, b, 0, work, &r);
    if (!run(r.world, b, about, one, &instance, &e)) record(&r, either ? "ERROR" : "ERROR_runtime");
    if (r.marker && speaks_of(expected, "MARKER_exists")) record(&r, "MARKER_exists");
    if (r.data) record(&r, "DATA_correct");
    if (r.span_until[0] > r.span_from[1] && r.span_until[1] > r.span_from[0])
        record(&r, "EXECUTION_parallel");
    if (instance >= 0 && bpmn_world_state(r.world, instance)->status == BPMN_ENDED_BY_ERROR)
        record(&r, "ERROR_thrownErrorEvent");
    v.got = words(a, r.trace);
    v.passed = str_eq(v.got, v.expected);
    if (v.passed && instance >= 0 &&
        !state_fits(bpmn_world_state(r.world, instance), json_text_of(one, "final_state"))) {
        v.passed = false;
        v.got = str_fmt(a, "%.*s (%s)", STR_ARG(v.got),
                        bpmn_status_name(bpmn_world_state(r.world, instance)->status));
    }
    return v;
}

/* ---- models to be refused ---- */
static int number_of(struct str constraint)
{
    int64_t n;

    if (str_eq_c(constraint, "REF")) return BPMN_EXT_REF;
    return str_to_i64(str_slice(constraint, 3, constraint.len), &n) ? (int)n : -1;
}

struct betsy_verdict betsy_refuse(struct arena *a, struct str xml, struct str constraint)
{
    struct bpmn_findings *findings = ARENA_NEW(a, struct bpmn_findings);
    struct err e = {0};
    struct betsy_verdict v = {.expected = constraint};
    struct buf got = buf_new(a, 128);
    int wanted = number_of(constraint);

    if (bpmn_load(a, xml, &options, findings, &e)) buf_add_c(&got, "loaded");
    for (size_t i = 0; i < findings->count; i++) {
        const struct bpmn_finding *f = &findings->list[i];

        buf_fmt(&got, "%s%s (%.*s)", i ? ", " : "", f->rule, STR_ARG(f->element));
        v.passed |= f->ext == wanted || (f->ext2 && f->ext2 == wanted);
    }
    v.got = buf_str(&got);
    return v;
}

bool betsy_is_doubtful(const struct json *about)
{
    static const char *const kinds[] = {"expectation-vs-model", "race", "disabled"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_eq_c(json_text(json_path(about, "doubt.kind")), kinds[i])) return true;
    return false;
}
