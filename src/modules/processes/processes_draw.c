/* The picture of a process as numbers for an SVG. Where the document says where its elements stand, they
 * stand there; else columns go by the longest way from the start, rows by the order in which ways part. */
#include "core/base/buf.h"
#include "modules/processes/processes_internal.h"

#include <stdlib.h>

enum {
    COLUMN = 176,
    ROW = 112,
    LEFT = 60,
    TOP = 64,
    TASK_W = 128,
    TASK_H = 64,
    GATE = 24,
    EVENT = 18,
    MARGIN = 40,
    WIDE = 15, /* a Chinese character; others take half */
    LINE = 18,
    LINES_MAX = 4,
    DRAWN_MAX = 400 /* larger ones are tables, not pictures */
};

struct box {
    int x, y, w, h; /* upper left corner */
};
struct drawing {
    struct ctx *c;
    const struct bpmn_sheet *s;
    const char *const *tones;
    int process, columns, rows;
    int *column, *row; /* -1: not drawn */
    bool *back;        /* flows that lead back */
    bool own;          /* laid out here */
    struct box *boxes;
    int shift_x, shift_y, right, bottom;
};

static const struct bpmn_part *part_of(const struct drawing *d, int i)
{
    return &d->s->parts[i];
}

static bool is_node(const struct drawing *d, int i)
{
    const struct bpmn_part *p = part_of(d, i);
    return !p->flow && !p->process && (d->own ? p->parent == d->process : p->placed);
}

static bool is_edge(const struct drawing *d, int i)
{
    const struct bpmn_part *p = part_of(d, i);
    return p->flow && p->from >= 0 && p->to >= 0 && is_node(d, p->from) && is_node(d, p->to);
}

/* ---- our own layout ---- */

/* Depth first: a flow to a node that is still being visited leads back. */
static void find_back(struct drawing *d, int node, char *state)
{
    state[node] = 1;
    for (int i = 0; i < d->s->count; i++) {
        if (!is_edge(d, i) || part_of(d, i)->from != node) continue;
        int to = part_of(d, i)->to;
        if (state[to] == 1)
            d->back[i] = true;
        else if (!state[to])
            find_back(d, to, state);
    }
    for (int i = 0; i < d->s->count; i++)
        if (part_of(d, i)->host == node && is_node(d, i) && !state[i]) find_back(d, i, state);
    state[node] = 2;
}

static void place_columns(struct drawing *d)
{
    bool more = true;
    for (int round = 0; more && round <= d->s->count; round++) {
        more = false;
        for (int i = 0; i < d->s->count; i++) {
            const struct bpmn_part *p = part_of(d, i);
            if (is_node(d, i) && p->host >= 0 && d->column[i] < d->column[p->host]) {
                d->column[i] = d->column[p->host];
                more = true;
            }
            if (!is_edge(d, i) || d->back[i] || d->column[p->to] > d->column[p->from]) continue;
            d->column[p->to] = d->column[p->from] + 1;
            more = true;
        }
    }
    for (int i = 0; i < d->s->count; i++)
        if (is_node(d, i) && d->column[i] >= d->columns) d->columns = d->column[i] + 1;
}

static bool taken(const struct drawing *d, int column, int row)
{
    for (int i = 0; i < d->s->count; i++)
        if (d->column[i] == column && d->row[i] == row && part_of(d, i)->host < 0) return true;
    return false;
}

static int wanted_row(const struct drawing *d, int node)
{
    for (int i = 0; i < d->s->count; i++) {
        const struct bpmn_part *p = part_of(d, i);
        if (is_edge(d, i) && p->to == node && !d->back[i] && d->row[p->from] >= 0)
            return d->row[p->from] + (part_of(d, p->from)->host >= 0);
    }
    return 0;
}

static void place_rows(struct drawing *d)
{
    for (int column = 0; column < d->columns; column++)
        for (int i = 0; i < d->s->count; i++) {
            if (!is_node(d, i) || d->column[i] != column) continue;
            int host = part_of(d, i)->host, row = host >= 0 ? d->row[host] : wanted_row(d, i);
            while (host < 0 && taken(d, column, row))
                row++;
            d->row[i] = row;
            if (row >= d->rows) d->rows = row + 1;
        }
}

static void lay_out(struct drawing *d)
{
    char *state = ARENA_ARRAY(d->c->arena, (size_t)d->s->count + 1, char);
    for (int i = 0; i < d->s->count; i++) {
        d->row[i] = -1;
        d->column[i] = is_node(d, i) ? 0 : -1;
    }
    for (int i = 0; i < d->s->count; i++)
        if (is_node(d, i) && str_eq_c(part_of(d, i)->kind, "startEvent") && !state[i]) find_back(d, i, state);
    for (int i = 0; i < d->s->count; i++)
        if (is_node(d, i) && !state[i]) find_back(d, i, state);
    place_columns(d);
    place_rows(d);
    for (int i = 0; i < d->s->count; i++) {
        const struct bpmn_part *p = part_of(d, i);
        if (!is_node(d, i)) continue;
        int w = p->event     ? 2 * EVENT
                : p->gateway ? 2 * GATE
                             : TASK_W,
            h = p->event     ? 2 * EVENT
                : p->gateway ? 2 * GATE
                             : TASK_H,
            x = LEFT + d->column[i] * COLUMN, y = TOP + d->row[i] * ROW;
        if (p->host >= 0) {
            x += TASK_W / 4;
            y += TASK_H / 2;
        }
        d->boxes[i] = (struct box){x - w / 2, y - h / 2, w, h};
    }
}

/* Where the document places every node of the process itself. */
static bool is_placed(const struct drawing *d)
{
    bool any = false;
    for (int i = 0; i < d->s->count; i++) {
        const struct bpmn_part *p = part_of(d, i);
        if (p->flow || p->process || p->parent != d->process) continue;
        if (!p->placed || p->width <= 0 || p->height <= 0) return false;
        any = true;
    }
    return any;
}

/* ---- ways of flows ---- */

static struct bpmn_point middle(const struct box *b)
{
    return (struct bpmn_point){b->x + b->w / 2, b->y + b->h / 2};
}

static size_t own_way(const struct drawing *d, int flow, struct bpmn_point out[6])
{
    const struct bpmn_part *p = part_of(d, flow), *from = part_of(d, p->from);
    const struct box *f = &d->boxes[p->from], *t = &d->boxes[p->to];
    struct bpmn_point a = middle(f), b = middle(t);
    int x1 = f->x + f->w, x2 = t->x, mid = x2 - (COLUMN - TASK_W) / 2;
    size_t n = 0;
    if (d->back[flow]) {
        int low = TOP + d->rows * ROW - ROW / 2;
        const struct bpmn_point way[] = {{x1, a.y},      {x1 + 12, a.y}, {x1 + 12, low},
                                         {x2 - 12, low}, {x2 - 12, b.y}, {x2, b.y}};
        for (; n < 6; n++)
            out[n] = way[n];
        return n;
    }
    if (from->host >= 0 || (from->gateway && b.y > a.y)) {
        /* Leaves by its foot, so that ways do not lie upon each other. */
        out[n++] = (struct bpmn_point){a.x, f->y + f->h};
        out[n++] = (struct bpmn_point){a.x, b.y};
        out[n++] = (struct bpmn_point){x2, b.y};
        return n;
    }
    out[n++] = (struct bpmn_point){x1, a.y};
    if (a.y != b.y) {
        if (d->column[p->to] - d->column[p->from] == 1) mid = (x1 + x2) / 2;
        out[n++] = (struct bpmn_point){mid, a.y};
        out[n++] = (struct bpmn_point){mid, b.y};
    }
    out[n++] = (struct bpmn_point){x2, b.y};
    return n;
}

static size_t way_of(const struct drawing *d, int flow, struct bpmn_point **out)
{
    const struct bpmn_part *p = part_of(d, flow);
    size_t n = p->point_count > 6 ? p->point_count : 6;
    *out = ARENA_ARRAY(d->c->arena, n, struct bpmn_point);
    if (d->own) return own_way(d, flow, *out);
    for (n = 0; n < p->point_count; n++)
        (*out)[n] = (struct bpmn_point){p->points[n].x + d->shift_x, p->points[n].y + d->shift_y};
    if (n) return n;
    (*out)[0] = middle(&d->boxes[p->from]);
    (*out)[1] = middle(&d->boxes[p->to]);
    return 2;
}

/* ---- words ---- */

static int breadth(struct str s)
{
    int n = 0;
    for (size_t at = 0; at < s.len;)
        n += utf8_next(s, &at) >= 0x1100 ? WIDE : WIDE / 2 + 1;
    return n;
}

/* As much as fits, cut at a space where there is one. */
static struct str line_of(struct str *rest, int room, bool last)
{
    size_t at = 0, cut = 0;
    int n = 0;
    struct str line;
    if (last || breadth(*rest) <= room) {
        line = *rest;
        *rest = STR_EMPTY;
        return line;
    }
    while (at < rest->len) {
        size_t before = at;
        uint32_t ch = utf8_next(*rest, &at);
        n += ch >= 0x1100 ? WIDE : WIDE / 2 + 1;
        if (n > room && before > 0) {
            if (!cut) cut = before;
            break;
        }
        if (ch == ' ') cut = before + 1;
        if (ch >= 0x1100) cut = at;
    }
    if (!cut) cut = at;
    line = str_trim(str_slice(*rest, 0, cut));
    *rest = str_slice(*rest, cut, rest->len);
    return line;
}

enum stand { STANDS_IN, STANDS_ABOVE, STANDS_BELOW };

static void add_label(struct drawing *d, struct json *o, struct str name, int x, int y, int room,
                      enum stand stand)
{
    struct arena *a = d->c->arena;
    struct json *list = json_set_array(a, o, "lines");
    struct str lines[LINES_MAX];
    int n = 0;
    while (name.len && n < LINES_MAX) {
        lines[n] = line_of(&name, room, n == LINES_MAX - 1);
        n++;
    }
    int first = stand == STANDS_IN      ? y + 5 - (n - 1) * LINE / 2
                : stand == STANDS_ABOVE ? y - (n - 1) * LINE
                                        : y;
    for (int i = 0; i < n; i++) {
        struct json *l = json_add_object(a, list);
        json_set_str(a, l, "text", lines[i]);
        json_set_i64(a, l, "x", x);
        json_set_i64(a, l, "y", first + i * LINE);
    }
    if (n && first + n * LINE > d->bottom) d->bottom = first + n * LINE;
    if (n && x + room / 2 > d->right) d->right = x + room / 2;
}

struct str process_part_name(const struct ctx *c, const struct bpmn_part *p)
{
    struct str en = bpmn_detail(p, "en");
    return c->lang == &lang_en && en.len ? en : p->name;
}

/* ---- parts of the picture ---- */

static const char *tone_of(const struct drawing *d, int part)
{
    return d->tones && d->tones[part] ? d->tones[part] : "plain";
}

static const char *sign_of(const struct bpmn_part *p)
{
    static const struct {
        const char *name, *sign;
    } signs[] = {{"parallelGateway", "+"},
                 {"inclusiveGateway", "O"},
                 {"eventBasedGateway", "◇"},
                 {"complexGateway", "✱"},
                 {"exclusiveGateway", "×"}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (str_eq_c(p->kind, signs[i].name)) return signs[i].sign;
    return "";
}

static bool has(const struct bpmn_part *p, const char *detail)
{
    for (size_t i = 0; i < p->detail_count; i++)
        if (str_eq_c(p->details[i].name, detail)) return true;
    return false;
}

static const char *event_sign(const struct bpmn_part *p)
{
    return has(p, "timerEventDefinition")       ? "◷"
           : has(p, "messageEventDefinition")   ? "✉"
           : has(p, "terminateEventDefinition") ? "●"
                                                : "";
}

static bool holds_parts(const struct drawing *d, int part)
{
    for (int i = 0; i < d->s->count; i++)
        if (part_of(d, i)->parent == part && is_node(d, i)) return true;
    return false;
}

static void add_node(struct drawing *d, struct json *list, int node)
{
    struct arena *a = d->c->arena;
    const struct bpmn_part *p = part_of(d, node);
    const struct box *b = &d->boxes[node];
    struct bpmn_point m = middle(b);
    struct json *o = json_add_object(a, list);
    bool around = !p->event && !p->gateway && holds_parts(d, node);
    int half_w = b->w / 2, half_h = b->h / 2;
    json_set_bool(a, o, "event", p->event);
    json_set_bool(a, o, "gate", p->gateway);
    json_set_bool(a, o, "task", !p->event && !p->gateway);
    json_set_bool(a, o, "around", around);
    json_set_c(a, o, "tone", tone_of(d, node));
    json_set_i64(a, o, "x", p->event ? m.x : b->x);
    json_set_i64(a, o, "y", p->event ? m.y : b->y);
    json_set_i64(a, o, "w", b->w);
    json_set_i64(a, o, "h", b->h);
    json_set_i64(a, o, "r", half_h);
    json_set_i64(a, o, "inner", half_h - 4);
    json_set_i64(a, o, "line", str_eq_c(p->kind, "endEvent") ? 3 : 1);
    json_set_bool(a, o, "double",
                  p->event && !str_eq_c(p->kind, "startEvent") && !str_eq_c(p->kind, "endEvent"));
    json_set_str(a, o, "points",
                 str_fmt(a, "%d,%d %d,%d %d,%d %d,%d", m.x, m.y - half_h, m.x + half_w, m.y, m.x,
                         m.y + half_h, m.x - half_w, m.y));
    json_set_c(a, o, "mark", p->gateway ? sign_of(p) : p->event ? event_sign(p) : "");
    json_set_i64(a, o, "mark_x", m.x);
    json_set_i64(a, o, "mark_y", m.y + 6);
    json_set(o, "several",
             has(p, "multiInstanceLoopCharacteristics")
                 ? json_string(a, str_fmt(a, "M%d %dv10m5 -10v10m5 -10v10", m.x - 5, b->y + b->h - 13))
                 : json_null(a));
    if (p->gateway)
        add_label(d, o, process_part_name(d->c, p), m.x, b->y - 8, COLUMN - 20, STANDS_ABOVE);
    else if (p->event)
        add_label(d, o, process_part_name(d->c, p), m.x, b->y + b->h + 18, COLUMN - 40, STANDS_BELOW);
    else
        add_label(d, o, process_part_name(d->c, p), m.x, around ? b->y + 18 : m.y, b->w - 10,
                  around ? STANDS_BELOW : STANDS_IN);
}

static void add_edge(struct drawing *d, struct json *list, int flow)
{
    struct arena *a = d->c->arena;
    struct bpmn_point *way;
    size_t n = way_of(d, flow, &way), longest = 0;
    int best = -1;
    struct json *o = json_add_object(a, list);
    struct buf text = buf_new(a, 64);
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&text, "%s%d,%d", i ? " " : "", way[i].x, way[i].y);
        if (way[i].x > d->right) d->right = way[i].x;
        if (way[i].y > d->bottom) d->bottom = way[i].y;
        int length = i + 1 < n ? abs(way[i + 1].x - way[i].x) + abs(way[i + 1].y - way[i].y) : -1;
        if (length > best) {
            best = length;
            longest = i;
        }
    }
    struct bpmn_point end = way[n - 1], before = way[n - 2];
    int dx = end.x - before.x, dy = end.y - before.y;
    struct str head = abs(dx) >= abs(dy)
                          ? str_fmt(a, "%d,%d %d,%d %d,%d", end.x, end.y, end.x + (dx < 0 ? 9 : -9),
                                    end.y - 5, end.x + (dx < 0 ? 9 : -9), end.y + 5)
                          : str_fmt(a, "%d,%d %d,%d %d,%d", end.x, end.y, end.x - 5,
                                    end.y + (dy < 0 ? 9 : -9), end.x + 5, end.y + (dy < 0 ? 9 : -9));
    json_set_str(a, o, "points", buf_str(&text));
    json_set_str(a, o, "head", head);
    json_set_c(a, o, "tone", tone_of(d, flow));
    add_label(d, o, process_part_name(d->c, part_of(d, flow)), (way[longest].x + way[longest + 1].x) / 2,
              (way[longest].y + way[longest + 1].y) / 2 - 7, best > 60 ? best : 60, STANDS_ABOVE);
}

/* ---- the whole ---- */

static void take_places(struct drawing *d)
{
    int least_x = 0, least_y = 0;
    bool any = false;
    for (int i = 0; i < d->s->count; i++) {
        const struct bpmn_part *p = part_of(d, i);
        if (!is_node(d, i)) continue;
        if (!any || p->x < least_x) least_x = p->x;
        if (!any || p->y < least_y) least_y = p->y;
        any = true;
    }
    d->shift_x = MARGIN - least_x;
    d->shift_y = MARGIN - least_y;
    for (int i = 0; i < d->s->count; i++) {
        const struct bpmn_part *p = part_of(d, i);
        if (is_node(d, i))
            d->boxes[i] = (struct box){p->x + d->shift_x, p->y + d->shift_y, p->width, p->height};
    }
}

struct json *process_draw(struct ctx *c, const struct bpmn_sheet *s, const char *const *tones)
{
    struct drawing d = {.c = c, .s = s, .tones = tones, .process = -1};
    struct json *out = json_object(c->arena), *edges = json_set_array(c->arena, out, "edges"),
                *nodes = json_set_array(c->arena, out, "nodes");
    for (int i = s->count; i-- > 0;)
        if (s->parts[i].process) d.process = i;
    if (d.process < 0 || s->count > DRAWN_MAX) return json_null(c->arena);
    d.column = ARENA_ARRAY(c->arena, (size_t)s->count + 1, int);
    d.row = ARENA_ARRAY(c->arena, (size_t)s->count + 1, int);
    d.back = ARENA_ARRAY(c->arena, (size_t)s->count + 1, bool);
    d.boxes = ARENA_ARRAY(c->arena, (size_t)s->count + 1, struct box);
    d.own = !is_placed(&d);
    if (d.own)
        lay_out(&d);
    else
        take_places(&d);
    for (int i = 0; i < s->count; i++)
        if (is_node(&d, i)) {
            const struct box *b = &d.boxes[i];
            if (b->x + b->w > d.right) d.right = b->x + b->w;
            if (b->y + b->h > d.bottom) d.bottom = b->y + b->h;
            add_node(&d, nodes, i);
        }
    for (int i = 0; i < s->count; i++)
        if (is_edge(&d, i)) add_edge(&d, edges, i);
    if (!nodes->count) return json_null(c->arena);
    json_set_i64(c->arena, out, "width", d.right + MARGIN / 2);
    json_set_i64(c->arena, out, "height", d.bottom + MARGIN / 2);
    return out;
}
