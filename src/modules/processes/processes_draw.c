/* The picture of a process as numbers for an SVG: columns by the longest way from the start, rows in the
 * order in which ways part. */
#include "core/base/buf.h"
#include "modules/processes/processes_internal.h"

enum {
    COLUMN = 168,
    ROW = 104,
    LEFT = 60,
    TOP = 64,
    TASK_W = 128,
    TASK_H = 60,
    GATE = 24,
    EVENT = 18,
    LABEL = 9
};

struct drawing {
    struct ctx *c;
    const struct bpmn *b;
    int process, count, columns, rows;
    int *column, *row; /* -1: not drawn */
    bool *back;        /* edges that lead back */
    int edges;
};

static bool is_drawn(const struct drawing *d, int node)
{
    return bpmn_node_parent(d->b, node) == d->process;
}

/* Depth first: an edge to a node that is still being visited leads back. */
static void find_back(struct drawing *d, int node, char *state)
{
    struct bpmn_edge e;
    state[node] = 1;
    for (int i = 0; bpmn_edge(d->b, i, &e); i++) {
        if (e.from != node) continue;
        if (state[e.to] == 1)
            d->back[i] = true;
        else if (!state[e.to])
            find_back(d, e.to, state);
    }
    for (int i = 0; i < d->count; i++)
        if (bpmn_node_host(d->b, i) == node && !state[i]) find_back(d, i, state);
    state[node] = 2;
}

static void place_columns(struct drawing *d)
{
    struct bpmn_edge e;
    bool more = true;
    for (int round = 0; more && round <= d->count; round++) {
        more = false;
        for (int i = 0; i < d->count; i++) {
            int host = bpmn_node_host(d->b, i);
            if (host < 0 || d->column[i] >= d->column[host]) continue;
            d->column[i] = d->column[host];
            more = true;
        }
        for (int i = 0; bpmn_edge(d->b, i, &e); i++) {
            if (d->back[i] || d->column[e.to] > d->column[e.from] || !is_drawn(d, e.from)) continue;
            d->column[e.to] = d->column[e.from] + 1;
            more = true;
        }
    }
    for (int i = 0; i < d->count; i++)
        if (is_drawn(d, i) && d->column[i] >= d->columns) d->columns = d->column[i] + 1;
}

static bool taken(const struct drawing *d, int column, int row)
{
    for (int i = 0; i < d->count; i++)
        if (d->column[i] == column && d->row[i] == row && bpmn_node_host(d->b, i) < 0) return true;
    return false;
}

static int wanted_row(const struct drawing *d, int node)
{
    struct bpmn_edge e;
    for (int i = 0; bpmn_edge(d->b, i, &e); i++)
        if (e.to == node && !d->back[i] && d->row[e.from] >= 0)
            return d->row[e.from] + (bpmn_node_host(d->b, e.from) >= 0);
    return 0;
}

static void place_rows(struct drawing *d)
{
    for (int column = 0; column < d->columns; column++)
        for (int i = 0; i < d->count; i++) {
            if (!is_drawn(d, i) || d->column[i] != column) continue;
            int host = bpmn_node_host(d->b, i), row = host >= 0 ? d->row[host] : wanted_row(d, i);
            while (host < 0 && taken(d, column, row))
                row++;
            d->row[i] = row;
            if (row >= d->rows) d->rows = row + 1;
        }
}

static int x_of(const struct drawing *d, int node)
{
    int x = LEFT + d->column[node] * COLUMN;
    return bpmn_node_host(d->b, node) >= 0 ? x + TASK_W / 4 : x;
}

static int y_of(const struct drawing *d, int node)
{
    int y = TOP + d->row[node] * ROW;
    return bpmn_node_host(d->b, node) >= 0 ? y + TASK_H / 2 : y;
}

static int half_width(const struct drawing *d, int node)
{
    enum bpmn_kind kind = bpmn_node_kind(d->b, node);
    bool event = (kind >= BPMN_START_EVENT && kind <= BPMN_BOUNDARY_EVENT);
    return event ? EVENT : kind >= BPMN_EXCLUSIVE ? GATE : TASK_W / 2;
}

/* A long name stands in two lines. */
static void add_label(const struct drawing *d, struct json *o, struct str name, int x, int y, bool inside)
{
    struct arena *a = d->c->arena;
    struct json *lines = json_set_array(a, o, "lines");
    bool wide = name.len && (unsigned char)name.ptr[0] >= 0x80;
    size_t room = wide ? LABEL * 3 : 17, cut = name.len;
    if (name.len > room) {
        cut = wide ? (name.len / 3 + 1) / 2 * 3 : name.len / 2;
        while (!wide && cut < name.len && name.ptr[cut] != ' ')
            cut++;
    }
    struct str parts[] = {str_slice(name, 0, cut), str_slice(name, cut, name.len)};
    for (int i = 0; i < 2 && parts[i].len; i++) {
        struct json *l = json_add_object(a, lines);
        json_set_str(a, l, "text", parts[i]);
        json_set_i64(a, l, "x", x);
        json_set_i64(a, l, "y", y + i * 18 - (inside && parts[1].len ? 9 : 0));
    }
}

static struct str name_of(const struct drawing *d, int node)
{
    struct str en = bpmn_node_note(d->b, node, "en");
    return d->c->lang == &lang_en && en.len ? en : bpmn_node_name(d->b, node);
}

static void add_node(const struct drawing *d, struct json *list, int node)
{
    struct arena *a = d->c->arena;
    struct json *o = json_add_object(a, list);
    enum bpmn_kind kind = bpmn_node_kind(d->b, node);
    int x = x_of(d, node), y = y_of(d, node), half = half_width(d, node);
    bool event = half == EVENT, gate = half == GATE;
    json_set_bool(a, o, "event", event);
    json_set_bool(a, o, "gate", gate);
    json_set_bool(a, o, "task", !event && !gate);
    json_set_i64(a, o, "x", event || gate ? x : x - TASK_W / 2);
    json_set_i64(a, o, "y", event || gate ? y : y - TASK_H / 2);
    json_set_i64(a, o, "width", kind == BPMN_END_EVENT ? 3 : 1);
    json_set_str(a, o, "points",
                 str_fmt(a, "%d,%d %d,%d %d,%d %d,%d", x, y - GATE, x + GATE, y, x, y + GATE, x - GATE, y));
    json_set_c(a, o, "mark", kind == BPMN_PARALLEL ? "+" : kind == BPMN_INCLUSIVE ? "O" : "×");
    json_set_i64(a, o, "mark_y", y + 6);
    json_set_i64(a, o, "mark_x", x);
    add_label(d, o, name_of(d, node), x,
              gate    ? y - half - 8
              : event ? y + half + 20
                      : y + 5,
              !event && !gate);
}

static void add_edge(const struct drawing *d, struct json *list, const struct bpmn_edge *e, bool back)
{
    struct arena *a = d->c->arena;
    struct json *o = json_add_object(a, list);
    int x1 = x_of(d, e->from) + half_width(d, e->from), y1 = y_of(d, e->from),
        x2 = x_of(d, e->to) - half_width(d, e->to), y2 = y_of(d, e->to), mid = x2 - (COLUMN - TASK_W) / 2;
    struct str points = str_fmt(a, "%d,%d %d,%d", x1, y1, x2, y2);
    if (back) {
        int low = TOP + d->rows * ROW - ROW / 2;
        points = str_fmt(a, "%d,%d %d,%d %d,%d %d,%d %d,%d %d,%d", x1, y1, x1 + 12, y1, x1 + 12, low, x2 - 12,
                         low, x2 - 12, y2, x2, y2);
    } else if (bpmn_node_host(d->b, e->from) >= 0) {
        points = str_fmt(a, "%d,%d %d,%d %d,%d", x_of(d, e->from), y1 + EVENT, x_of(d, e->from), y2, x2, y2);
    } else if (y1 != y2) {
        if (d->column[e->to] - d->column[e->from] == 1) mid = (x1 + x2) / 2;
        /* Leaves a gateway by its foot, so that ways do not lie upon each other. */
        points =
            half_width(d, e->from) == GATE && y2 > y1
                ? str_fmt(a, "%d,%d %d,%d %d,%d", x_of(d, e->from), y1 + GATE, x_of(d, e->from), y2, x2, y2)
                : str_fmt(a, "%d,%d %d,%d %d,%d %d,%d", x1, y1, mid, y1, mid, y2, x2, y2);
    }
    json_set_str(a, o, "points", points);
    json_set_str(a, o, "head", str_fmt(a, "%d,%d %d,%d %d,%d", x2, y2, x2 - 9, y2 - 5, x2 - 9, y2 + 5));
}

struct json *process_draw(struct ctx *c, const struct course *f)
{
    struct drawing d = {.c = c, .b = course_model(f)};
    struct json *out = json_object(c->arena), *edges = json_set_array(c->arena, out, "edges"),
                *nodes = json_set_array(c->arena, out, "nodes");
    struct bpmn_edge e;
    d.process = bpmn_process(d.b, 0);
    d.count = bpmn_node_count(d.b);
    while (bpmn_edge(d.b, d.edges, &e))
        d.edges++;
    d.column = ARENA_ARRAY(c->arena, (size_t)d.count + 1, int);
    d.row = ARENA_ARRAY(c->arena, (size_t)d.count + 1, int);
    d.back = ARENA_ARRAY(c->arena, (size_t)d.edges + 1, bool);
    char *state = ARENA_ARRAY(c->arena, (size_t)d.count + 1, char);
    for (int i = 0; i < d.count; i++) {
        d.row[i] = -1;
        d.column[i] = is_drawn(&d, i) ? 0 : -1;
    }
    for (int i = 0; i < d.count; i++)
        if (bpmn_node_kind(d.b, i) == BPMN_START_EVENT && !state[i]) find_back(&d, i, state);
    place_columns(&d);
    place_rows(&d);
    for (int i = 0; bpmn_edge(d.b, i, &e); i++)
        if (is_drawn(&d, e.from) && is_drawn(&d, e.to)) add_edge(&d, edges, &e, d.back[i]);
    for (int i = 0; i < d.count; i++)
        if (is_drawn(&d, i)) add_node(&d, nodes, i);
    json_set_i64(c->arena, out, "width", LEFT * 2 + (d.columns - 1) * COLUMN + TASK_W / 4);
    json_set_i64(c->arena, out, "height", TOP * 2 + (d.rows - 1) * ROW + 20);
    return out;
}
