/* How much data is used: bars over time, and who provides, asks and is refused. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"
#include "modules/watch/watch_internal.h"

enum { BARS_MAX = 60, CHART_WIDTH = 1200, CHART_HEIGHT = 200 };

static const struct period {
    const char *code, *label;
    enum usage_sums sums;
    int bars;
} periods[] = {{"day", "Last 24 hours", USAGE_HOURS, 24},
               {"month", "Last 30 days", USAGE_DAYS, 30},
               {"year", "Last 52 weeks", USAGE_WEEKS, 52}};

static const struct grouping {
    const char *code, *label;
} groupings[] = {{"provider", "By provider"},
                 {"consumer", "By consumer"},
                 {"resource", "By resource"},
                 {"system", "By system"}};

struct board {
    const struct period *period;
    const struct grouping *by;
    struct usage_query q;
    struct took_query took; /* whole days: of 24 hours today and yesterday */
    int64_t answered[BARS_MAX], refused[BARS_MAX], most;
};

static struct str grouped(struct ctx *c, int64_t n)
{
    char digits[32], out[48];
    size_t len = str_put_i64(digits, n), at = 0;
    for (size_t i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0 && out[at - 1] != '-') out[at++] = ',';
        out[at++] = digits[i];
    }
    return str_dup(c->arena, str_n(out, at));
}

static struct str percent(struct ctx *c, int64_t part, int64_t whole)
{
    int64_t tenths = whole > 0 ? part * 1000 / whole : 0;
    return str_fmt(c->arena, "%lld.%lld%%", (long long)(tenths / 10), (long long)(tenths % 10));
}

static bool board_of(struct ctx *c, struct board *b)
{
    struct usage_bar *bars;
    size_t count;
    *b = (struct board){.period = &periods[0], .by = &groupings[0]};
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++)
        if (str_eq_c(in_text(c, "period"), periods[i].code)) b->period = &periods[i];
    for (size_t i = 0; i < sizeof groupings / sizeof groupings[0]; i++)
        if (str_eq_c(in_text(c, "by"), groupings[i].code)) b->by = &groupings[i];
    const int64_t now[] = {c->now / MS_HOUR, date_of(c->now), (date_of(c->now) + 3) / 7};
    b->q.sums = b->period->sums;
    b->q.to = now[b->q.sums] + 1;
    b->q.from = b->q.to - b->period->bars;
    b->took.from = b->q.sums == USAGE_HOURS  ? date_of(c->now) - 1
                   : b->q.sums == USAGE_DAYS ? b->q.from
                                             : b->q.from * 7 - 3;
    b->took.to = date_of(c->now) + 1;
    b->q.unit = ctx_may(c, "watch.alarms") ? 0 : c->actor.unit ? c->actor.unit : -1;
    b->took.unit = b->q.unit;
    if (!usage_store_bars(c, &b->q, &bars, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        int64_t at = bars[i].at - b->q.from;
        b->answered[at] = bars[i].answered;
        b->refused[at] = bars[i].refused;
        if (bars[i].answered + bars[i].refused > b->most) b->most = bars[i].answered + bars[i].refused;
    }
    return true;
}

static struct str bar_label(struct ctx *c, const struct board *b, int i)
{
    int64_t at = b->q.from + i;
    if (b->q.sums == USAGE_DAYS) return date_format(c->arena, (int32_t)at);
    if (b->q.sums == USAGE_WEEKS) return date_format(c->arena, (int32_t)at * 7 - 3);
    struct str text = time_format(c->arena, at * MS_HOUR);
    return str_slice(text, 5, text.len);
}

/* *zh: it is in Chinese whatever the language of the page. */
static bool row_name(struct ctx *c, const struct board *b, int64_t id, struct str *name, bool *zh)
{
    *zh = id != 0;
    if (strcmp(b->by->code, "resource") == 0) return exchange_resource_name(c, id, name);
    if (strcmp(b->by->code, "system") == 0) return exchange_system_name(c, id, name);
    if (id) return exchange_provider_name(c, id, name, zh);
    *name = ctx_tr(c, "People's own applications");
    return true;
}

/* ---- the page ---- */

static void add_choices(struct ctx *c, struct json *doc, const struct board *b)
{
    struct json *list = json_set_array(c->arena, doc, "periods");
    for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", ctx_tr(c, periods[i].label));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "?period=%s&by=%s", periods[i].code, b->by->code));
        json_set_bool(c->arena, o, "current", &periods[i] == b->period);
    }
    list = json_set_array(c->arena, doc, "groupings");
    for (size_t i = 0; i < sizeof groupings / sizeof groupings[0]; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_str(c->arena, o, "label", ctx_tr(c, groupings[i].label));
        json_set_str(c->arena, o, "href",
                     str_fmt(c->arena, "?period=%s&by=%s", b->period->code, groupings[i].code));
        json_set_bool(c->arena, o, "current", &groupings[i] == b->by);
    }
}

static void add_chart(struct ctx *c, struct json *doc, const struct board *b)
{
    struct json *chart = json_set_object(c->arena, doc, "chart"),
                *list = json_set_array(c->arena, chart, "bars");
    int64_t answered = 0, refused = 0, most = b->most > 0 ? b->most : 1;
    int slot = CHART_WIDTH / b->period->bars;
    for (int i = 0; i < b->period->bars; i++) {
        struct json *o = json_add_object(c->arena, list);
        int64_t no = b->refused[i] * CHART_HEIGHT / most,
                all = (b->answered[i] + b->refused[i]) * CHART_HEIGHT / most;
        answered += b->answered[i];
        refused += b->refused[i];
        json_set_i64(c->arena, o, "x", i * slot + slot / 8);
        json_set_i64(c->arena, o, "w", slot - slot / 4);
        json_set_i64(c->arena, o, "y", CHART_HEIGHT - all);
        json_set_i64(c->arena, o, "h", all - no);
        json_set_i64(c->arena, o, "y_no", CHART_HEIGHT - no);
        json_set_i64(c->arena, o, "h_no", no);
        json_set_str(c->arena, o, "label", bar_label(c, b, i));
        json_set_str(c->arena, o, "answered", grouped(c, b->answered[i]));
        json_set_str(c->arena, o, "refused", grouped(c, b->refused[i]));
        json_set_bool(c->arena, o, "any", b->answered[i] + b->refused[i] > 0);
    }
    json_set_str(c->arena, chart, "first", bar_label(c, b, 0));
    json_set_str(c->arena, chart, "middle", bar_label(c, b, b->period->bars / 2));
    json_set_str(c->arena, chart, "last", bar_label(c, b, b->period->bars - 1));
    json_set_str(c->arena, chart, "most", tr_arg(c->lang, c->arena, "Most: %{arg}", grouped(c, b->most)));
    json_set_str(c->arena, chart, "text",
                 str_fmt(c->arena, "%.*s: %.*s %lld, %.*s %lld", STR_ARG(ctx_tr(c, b->period->label)),
                         STR_ARG(ctx_tr(c, "Answered")), (long long)answered,
                         STR_ARG(ctx_tr(c, "Call refused")), (long long)refused));
    json_set_str(c->arena, doc, "calls", grouped(c, answered + refused));
    json_set_str(c->arena, doc, "answered", grouped(c, answered));
    json_set_str(c->arena, doc, "refused", grouped(c, refused));
    json_set_str(c->arena, doc, "refused_share", percent(c, refused, answered + refused));
    json_set_bool(c->arena, doc, "has_calls", answered + refused > 0);
}

/* ---- how long answers took ---- */

static bool by_department(const struct board *b, enum took_key *key)
{
    bool provider = strcmp(b->by->code, "provider") == 0;
    *key = provider ? TOOK_PROVIDERS : TOOK_CONSUMERS;
    return provider || strcmp(b->by->code, "consumer") == 0;
}

static const struct took_row *took_of(const struct took_row *rows, size_t count, int64_t key)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].key == key) return &rows[i];
    return NULL;
}

static void set_took(struct ctx *c, struct json *o, const struct took_row *t)
{
    json_set_str(c->arena, o, "median", t ? took_text(c, t->median) : STR("–"));
    json_set_str(c->arena, o, "p95", t ? took_text(c, t->p95) : STR("–"));
}

/* Days, of a year weeks. */
static bool took_over_time(struct ctx *c, const struct board *b, struct took_row **rows, size_t *count)
{
    return took_store_list(c, b->q.sums == USAGE_WEEKS ? TOOK_WEEKS : TOOK_DAYS, &b->took, rows, count);
}

static struct str took_label(struct ctx *c, const struct board *b, int64_t at)
{
    return date_format(c->arena, (int32_t)(b->q.sums == USAGE_WEEKS ? at * 7 - 3 : at));
}

/* One under the other from the longest: the part up to the median stands out. */
static bool add_took(struct ctx *c, struct json *doc, const struct board *b)
{
    struct json *list = json_set_array(c->arena, doc, "took");
    struct took_row *rows;
    size_t count;
    int64_t most = 1;
    if (!took_store_list(c, TOOK_ALL, &b->took, &rows, &count)) return false;
    set_took(c, doc, count ? &rows[0] : NULL);
    if (!took_over_time(c, b, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].p95 > most) most = rows[i].p95;
    for (size_t i = count; i-- > 0;) {
        struct json *o = json_add_object(c->arena, list);
        int64_t w = rows[i].median * 100 / most;
        json_set_str(c->arena, o, "when", took_label(c, b, rows[i].key));
        json_set_str(c->arena, o, "calls", grouped(c, rows[i].calls));
        set_took(c, o, &rows[i]);
        json_set_i64(c->arena, o, "w", w);
        json_set_i64(c->arena, o, "w95", rows[i].p95 * 100 / most - w);
    }
    json_set_bool(c->arena, doc, "has_took", count > 0);
    json_set_bool(c->arena, doc, "two_days", b->q.sums == USAGE_HOURS);
    json_set_str(c->arena, doc, "took_each", ctx_tr(c, b->q.sums == USAGE_WEEKS ? "Week from" : "Day"));
    return true;
}

static bool add_rows(struct ctx *c, struct json *doc, const struct board *b)
{
    struct json *list = json_set_array(c->arena, doc, "rows"),
                *why = json_set_array(c->arena, doc, "refusals");
    struct usage_row *rows;
    struct took_row *took = NULL;
    enum took_key key;
    size_t count, timed = 0;
    struct str name;
    bool zh, departments = by_department(b, &key);
    if (!usage_store_rows(c, &b->q, str_c(b->by->code), &rows, &count) ||
        (departments && !took_store_list(c, key, &b->took, &took, &timed)))
        return false;
    json_set_bool(c->arena, doc, "departments", departments);
    int64_t most = count ? rows[0].answered + rows[0].refused : 1;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        int64_t all = rows[i].answered + rows[i].refused;
        if (!row_name(c, b, rows[i].id, &name, &zh)) return false;
        json_set_str(c->arena, o, "name", name);
        json_set_bool(c->arena, o, "zh", zh);
        json_set_str(c->arena, o, "calls", grouped(c, all));
        json_set_str(c->arena, o, "refused", grouped(c, rows[i].refused));
        json_set_bool(c->arena, o, "refused_any", rows[i].refused > 0);
        json_set_i64(c->arena, o, "w", rows[i].answered * 100 / most);
        json_set_i64(c->arena, o, "w_no", rows[i].refused * 100 / most);
        json_set_str(c->arena, o, "share", percent(c, rows[i].refused, all));
        set_took(c, o, took_of(took, timed, rows[i].id));
    }
    json_set_str(c->arena, doc, "by_label", ctx_tr(c, b->by->label));
    if (!usage_store_refusals(c, &b->q, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, why);
        json_set_str(c->arena, o, "reason", exchange_result_words(c, rows[i].result));
        json_set_str(c->arena, o, "calls", grouped(c, rows[i].refused));
        json_set_i64(c->arena, o, "w", rows[i].refused * 100 / (rows[0].refused ? rows[0].refused : 1));
    }
    json_set_bool(c->arena, doc, "has_refusals", count > 0);
    return true;
}

bool watch_usage(struct ctx *c)
{
    struct json *doc = ctx_doc(c);
    struct board b;
    if (!board_of(c, &b)) return false;
    add_choices(c, doc, &b);
    add_chart(c, doc, &b);
    json_set_str(c->arena, doc, "scope",
                 b.q.unit > 0 ? exchange_unit_name(c, b.q.unit) : ctx_tr(c, "All departments"));
    json_set_bool(c->arena, doc, "scope_zh", b.q.unit > 0);
    json_set_str(c->arena, doc, "as_of", time_format(c->arena, c->now));
    json_set_str(
        c->arena, doc, "file_href",
        str_fmt(c->arena, "/office/exchange/usage/table.csv?period=%s&by=%s", b.period->code, b.by->code));
    return add_rows(c, doc, &b) && add_took(c, doc, &b);
}

/* ---- the file ---- */

struct file {
    struct people_table t;
    bool timed; /* with how long answers took, in milliseconds */
};

static void file_took(struct ctx *c, struct file *f, int64_t us)
{
    people_table_cell(&f->t,
                      us ? str_fmt(c->arena, "%lld.%03lld", (long long)(us / 1000), (long long)(us % 1000))
                         : STR_EMPTY);
}

static void file_row(struct ctx *c, struct file *f, struct str name, int64_t answered, int64_t refused,
                     const struct took_row *took)
{
    people_table_cell(&f->t, name);
    people_table_number(&f->t, answered);
    people_table_number(&f->t, refused);
    if (f->timed) {
        file_took(c, f, took ? took->median : 0);
        file_took(c, f, took ? took->p95 : 0);
    }
    people_table_row(&f->t);
}

static void timed_cell(struct ctx *c, struct file *f, const struct board *b, struct str label)
{
    people_table_cell(&f->t, b->q.sums != USAGE_HOURS ? label
                                                      : str_fmt(c->arena, "%.*s · %.*s", STR_ARG(label),
                                                                STR_ARG(ctx_tr(c, "Today and yesterday"))));
}

static void timed_head(struct ctx *c, struct file *f, const struct board *b)
{
    timed_cell(c, f, b, ctx_tr(c, "Median in milliseconds"));
    timed_cell(c, f, b, ctx_tr(c, "95 of 100 within, in milliseconds"));
}

/* of: of which board the durations are told as well; NULL: none. */
static void file_head(struct ctx *c, struct file *f, const char *first, const struct board *of)
{
    f->timed = of != NULL;
    people_table_cell(&f->t, ctx_tr(c, first));
    people_table_cell(&f->t, ctx_tr(c, "Answered"));
    people_table_cell(&f->t, ctx_tr(c, "Call refused"));
    if (of) timed_head(c, f, of);
    people_table_row(&f->t);
}

static bool file_groups(struct ctx *c, struct file *f, const struct board *b)
{
    struct usage_row *rows;
    struct took_row *took = NULL;
    enum took_key key;
    size_t count, timed = 0;
    struct str name;
    bool zh, departments = by_department(b, &key);
    if (!usage_store_rows(c, &b->q, str_c(b->by->code), &rows, &count) ||
        (departments && !took_store_list(c, key, &b->took, &took, &timed)))
        return false;
    file_head(c, f, b->by->label, departments ? b : NULL);
    for (size_t i = 0; i < count; i++) {
        if (!row_name(c, b, rows[i].id, &name, &zh)) return false;
        file_row(c, f, name, rows[i].answered, rows[i].refused, took_of(took, timed, rows[i].id));
    }
    people_table_row(&f->t);
    return true;
}

static bool file_times(struct ctx *c, struct file *f, const struct board *b)
{
    struct took_row *rows;
    size_t count;
    if (!took_over_time(c, b, &rows, &count)) return false;
    people_table_cell(&f->t, ctx_tr(c, b->q.sums == USAGE_WEEKS ? "Week from" : "Day"));
    people_table_cell(&f->t, ctx_tr(c, "Answered"));
    timed_head(c, f, b);
    people_table_row(&f->t);
    for (size_t i = 0; i < count; i++) {
        people_table_cell(&f->t, took_label(c, b, rows[i].key));
        people_table_number(&f->t, rows[i].calls);
        file_took(c, f, rows[i].median);
        file_took(c, f, rows[i].p95);
        people_table_row(&f->t);
    }
    people_table_row(&f->t);
    return true;
}

bool watch_usage_file(struct ctx *c)
{
    struct file f = {.timed = false};
    struct usage_row *rows;
    struct board b;
    size_t count;
    if (!board_of(c, &b) || !people_table_begin(c, &f.t)) return false;
    file_head(c, &f, b.period->label, NULL);
    for (int i = 0; i < b.period->bars; i++)
        file_row(c, &f, bar_label(c, &b, i), b.answered[i], b.refused[i], NULL);
    people_table_row(&f.t);
    if (!file_groups(c, &f, &b) || !file_times(c, &f, &b) || !usage_store_refusals(c, &b.q, &rows, &count))
        return false;
    file_head(c, &f, "Why calls were refused", NULL);
    for (size_t i = 0; i < count; i++)
        file_row(c, &f, exchange_result_words(c, rows[i].result), 0, rows[i].refused, NULL);
    return people_table_send(c, &f.t,
                             str_fmt(c->arena, "usage-%s-%.*s.csv", b.period->code,
                                     STR_ARG(date_format(c->arena, date_of(c->now)))));
}

const struct field watch_usage_fields[] = {
    {"period", FIELD_CHOICE, "Period", .choices = "day|month|year"},
    {"by", FIELD_CHOICE, "Grouped by", .choices = "provider|consumer|resource|system"},
    {0},
};
