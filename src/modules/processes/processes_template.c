/* What a new process begins with, so that nobody faces an empty sheet: four ways that are sound as they
 * stand, drawn and with words in both languages. */
#include "core/base/buf.h"
#include "modules/processes/processes_internal.h"

#define REVIEWING "pass send_back special_procedure extension"
#define ASKED     "agree disagree opinion"

enum { STEP = 160, LEFT = 100, MIDDLE = 140, ROW = 130, STEP_W = 100, STEP_H = 80, GATE = 50, EVENT = 36 };

enum shape { SHAPE_EVENT, SHAPE_STEP, SHAPE_GATE };

struct node {
    const char *id, *tag, *name, *en, *role, *more, *inside;
    enum shape shape;
    bool asked; /* a step of the other department */
    int column, row;
};
struct way {
    const char *from, *to, *when;
};
struct pattern {
    const char *word;
    struct node nodes[6]; /* what lies between receiving and deciding */
    struct way ways[8];
    int decide; /* column of the decision */
};

#define REVIEW_NODE(column, row)                                                                             \
    {                                                                                                        \
        "review", "userTask", "审查", "Review", "reviewer", "tongban:acts=\"" REVIEWING "\"", NULL,          \
            SHAPE_STEP, false, column, row                                                                   \
    }
#define ASK_NODE(column, row)                                                                                \
    {                                                                                                        \
        "opinion", "userTask", "征求意见", "Opinion", "reviewer",                                            \
            "tongban:acts=\"" ASKED "\" tongban:limit=\"5\"", NULL, SHAPE_STEP, true, column, row            \
    }
#define GATE_NODE(id, column)                                                                                \
    {                                                                                                        \
        id, "parallelGateway", NULL, NULL, NULL, NULL, NULL, SHAPE_GATE, false, column, 0                    \
    }

static const struct pattern patterns[] = {
    {"one", {REVIEW_NODE(2, 0)}, {{"receive", "review", NULL}, {"review", "decide", NULL}}, 3},
    {"series",
     {REVIEW_NODE(2, 0), ASK_NODE(3, 0)},
     {{"receive", "review", NULL}, {"review", "opinion", NULL}, {"opinion", "decide", NULL}},
     4},
    {"parallel",
     {GATE_NODE("split", 2), REVIEW_NODE(3, 0), ASK_NODE(3, 1), GATE_NODE("join", 4)},
     {{"receive", "split", NULL},
      {"split", "review", NULL},
      {"split", "opinion", NULL},
      {"review", "join", NULL},
      {"opinion", "join", NULL},
      {"join", "decide", NULL}},
     5},
    {"countersign",
     {REVIEW_NODE(2, 0),
      {"sign", "userTask", "会签", "Countersigning", "reviewer", "tongban:acts=\"agree disagree send_back\"",
       "<multiInstanceLoopCharacteristics><loopCardinality "
       "xsi:type=\"tFormalExpression\">3</loopCardinality></multiInstanceLoopCharacteristics>",
       SHAPE_STEP, false, 3, 0}},
     {{"receive", "review", NULL}, {"review", "sign", NULL}, {"sign", "decide", NULL}},
     4},
};

static const struct node frame_before[] = {
    {"start", "startEvent", "收到申请", "Application received", /* no translation */ NULL, NULL, NULL,
     SHAPE_EVENT, false, 0, 0},
    {"receive", "userTask", "受理", "Acceptance", /* no translation */ "desk",
     "tongban:acts=\"accept correct reject\"", NULL, SHAPE_STEP, false, 1, 0},
};
/* Columns count from that of the decision. */
static const struct node frame_behind[] = {
    {"decide", "userTask", "决定", "Decision", "decider",
     "tongban:whole=\"true\" tongban:acts=\"grant refuse send_back\"", NULL, SHAPE_STEP, false, 0, 0},
    {"decided", "exclusiveGateway", "准予？", "Granted?", /* no translation */ NULL,
     "default=\"decided-refused\"", NULL, SHAPE_GATE, false, 1, 0},
    {"granted", "endEvent", "准予", "Granted", NULL, "tongban:result=\"granted\"", NULL, SHAPE_EVENT, false,
     2, 0},
    {"refused", "endEvent", "不予许可", "Refused", NULL, "tongban:result=\"refused\"", NULL, SHAPE_EVENT,
     false, 2, 1},
};
static const struct way frame_ways[] = {
    {"start", "receive", NULL},
    {"decide", "decided", NULL},
    {"decided", "granted", "outcome = &quot;grant&quot;"},
    {"decided", "refused", NULL},
};

enum { NODES_MAX = 16, WAYS_MAX = 16 };
struct sheet {
    struct arena *arena;
    const struct process_beginning *b;
    struct node nodes[NODES_MAX];
    struct way ways[WAYS_MAX];
    size_t node_count, way_count;
};

static struct str escaped(struct arena *a, struct str s)
{
    struct buf out = buf_new(a, s.len + 16);
    for (size_t i = 0; i < s.len; i++)
        switch (s.ptr[i]) {
        case '&':
            buf_add_c(&out, "&amp;");
            break;
        case '<':
            buf_add_c(&out, "&lt;");
            break;
        case '>':
            buf_add_c(&out, "&gt;");
            break;
        case '"':
            buf_add_c(&out, "&quot;");
            break;
        default:
            buf_add_char(&out, s.ptr[i]);
        }
    return buf_str(&out);
}

static void put_node(struct buf *out, const struct sheet *s, const struct node *n)
{
    const struct unit *unit = n->asked ? s->b->other : NULL;
    struct str name = n->name ? str_c(n->name) : STR_EMPTY, en = n->en ? str_c(n->en) : STR_EMPTY;
    if (unit) {
        name = str_fmt(s->arena, "%s：%.*s", n->name, STR_ARG(unit->name));
        en = str_fmt(s->arena, "%s: %.*s", n->en, STR_ARG(unit->en.len ? unit->en : unit->name));
    }
    buf_fmt(out, "    <%s id=\"%s\"", n->tag, n->id);
    if (name.len) buf_fmt(out, " name=\"%.*s\"", STR_ARG(escaped(s->arena, name)));
    if (en.len) buf_fmt(out, " tongban:en=\"%.*s\"", STR_ARG(escaped(s->arena, en)));
    if (unit) buf_fmt(out, " tongban:department=\"%.*s\"", STR_ARG(escaped(s->arena, unit->kind)));
    if (n->more) buf_fmt(out, " %s", n->more);
    if (n->inside)
        buf_fmt(out, ">%s</%s>\n", n->inside, n->tag);
    else
        buf_add_c(out, "/>\n");
}

static void put_lane(struct buf *out, const struct sheet *s, const char *role)
{
    buf_fmt(out, "      <lane id=\"lane-%s\" name=\"%s\">", role, role);
    for (size_t i = 0; i < s->node_count; i++)
        if (s->nodes[i].role && !strcmp(s->nodes[i].role, role))
            buf_fmt(out, "<flowNodeRef>%s</flowNodeRef>", s->nodes[i].id);
    buf_add_c(out, "</lane>\n");
}

static const struct node *node_of(const struct sheet *s, const char *id)
{
    for (size_t i = 0; i < s->node_count; i++)
        if (!strcmp(s->nodes[i].id, id)) return &s->nodes[i];
    return &s->nodes[0];
}

static int width_of(const struct node *n)
{
    return n->shape == SHAPE_EVENT ? EVENT : n->shape == SHAPE_GATE ? GATE : STEP_W;
}

static int height_of(const struct node *n)
{
    return n->shape == SHAPE_EVENT ? EVENT : n->shape == SHAPE_GATE ? GATE : STEP_H;
}

static int middle_x(const struct node *n)
{
    return LEFT + n->column * STEP;
}

static int middle_y(const struct node *n)
{
    return MIDDLE + n->row * ROW;
}

static void put_shape(struct buf *out, const struct node *n)
{
    int w = width_of(n), h = height_of(n);
    buf_fmt(out,
            "      <bpmndi:BPMNShape id=\"%s-shape\" bpmnElement=\"%s\"><dc:Bounds x=\"%d\" y=\"%d\" "
            "width=\"%d\" "
            "height=\"%d\"/>",
            n->id, n->id, middle_x(n) - w / 2, middle_y(n) - h / 2, w, h);
    /* The ways of a gateway leave by its foot. */
    if (n->shape == SHAPE_GATE && n->name)
        buf_fmt(out,
                "<bpmndi:BPMNLabel><dc:Bounds x=\"%d\" y=\"%d\" width=\"80\" "
                "height=\"14\"/></bpmndi:BPMNLabel>",
                middle_x(n) - 40, middle_y(n) - h / 2 - 22);
    buf_add_c(out, "</bpmndi:BPMNShape>\n");
}

static void put_edge(struct buf *out, const struct sheet *s, const struct way *w)
{
    const struct node *from = node_of(s, w->from), *to = node_of(s, w->to);
    int x1 = middle_x(from) + width_of(from) / 2, x2 = middle_x(to) - width_of(to) / 2, y1 = middle_y(from),
        y2 = middle_y(to);
    buf_fmt(out, "      <bpmndi:BPMNEdge id=\"%s-%s-edge\" bpmnElement=\"%s-%s\">", w->from, w->to, w->from,
            w->to);
    if (y1 == y2)
        buf_fmt(out, "<di:waypoint x=\"%d\" y=\"%d\"/>", x1, y1);
    else if (y2 > y1)
        buf_fmt(out, "<di:waypoint x=\"%d\" y=\"%d\"/><di:waypoint x=\"%d\" y=\"%d\"/>", middle_x(from),
                y1 + height_of(from) / 2, middle_x(from), y2);
    else
        buf_fmt(out, "<di:waypoint x=\"%d\" y=\"%d\"/><di:waypoint x=\"%d\" y=\"%d\"/>", x1, y1, middle_x(to),
                y1);
    if (y2 < y1) {
        x2 = middle_x(to);
        y2 += height_of(to) / 2;
    }
    buf_fmt(out, "<di:waypoint x=\"%d\" y=\"%d\"/></bpmndi:BPMNEdge>\n", x2, y2);
}

static void put_process(struct buf *out, const struct sheet *s)
{
    static const char *const roles[] = {"desk", "reviewer", "decider"};
    struct arena *a = s->arena;
    buf_fmt(out, "  <process id=\"%.*s\" name=\"%.*s\"", STR_ARG(s->b->code),
            STR_ARG(escaped(a, s->b->name)));
    if (s->b->en.len) buf_fmt(out, " tongban:en=\"%.*s\"", STR_ARG(escaped(a, s->b->en)));
    buf_add_c(out, " isExecutable=\"true\">\n    <laneSet id=\"lanes\">\n");
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        put_lane(out, s, roles[i]);
    buf_add_c(out, "    </laneSet>\n");
    for (size_t i = 0; i < s->node_count; i++)
        put_node(out, s, &s->nodes[i]);
    for (size_t i = 0; i < s->way_count; i++) {
        const struct way *w = &s->ways[i];
        buf_fmt(out, "    <sequenceFlow id=\"%s-%s\" sourceRef=\"%s\" targetRef=\"%s\"", w->from, w->to,
                w->from, w->to);
        if (w->when)
            buf_fmt(out,
                    "><conditionExpression "
                    "xsi:type=\"tFormalExpression\">%s</conditionExpression></sequenceFlow>\n",
                    w->when);
        else
            buf_add_c(out, "/>\n");
    }
    buf_add_c(out, "  </process>\n");
}

static void add_nodes(struct sheet *s, const struct node *nodes, size_t count, int column)
{
    for (size_t i = 0; i < count && nodes[i].id && s->node_count < NODES_MAX; i++) {
        s->nodes[s->node_count] = nodes[i];
        s->nodes[s->node_count++].column += column;
    }
}

static void add_ways(struct sheet *s, const struct way *ways, size_t count)
{
    for (size_t i = 0; i < count && ways[i].from && s->way_count < WAYS_MAX; i++)
        s->ways[s->way_count++] = ways[i];
}

struct str process_template(struct arena *a, const struct process_beginning *b)
{
    const struct pattern *p = &patterns[0];
    struct sheet s = {.arena = a, .b = b};
    struct buf out = buf_new(a, 8192);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (str_eq_c(b->template, patterns[i].word)) p = &patterns[i];
    add_nodes(&s, frame_before, sizeof frame_before / sizeof frame_before[0], 0);
    add_nodes(&s, p->nodes, sizeof p->nodes / sizeof p->nodes[0], 0);
    add_nodes(&s, frame_behind, sizeof frame_behind / sizeof frame_behind[0], p->decide);
    add_ways(&s, p->ways, sizeof p->ways / sizeof p->ways[0]);
    add_ways(&s, frame_ways, sizeof frame_ways / sizeof frame_ways[0]);
    buf_add_c(&out,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
              "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n    "
              "xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\" "
              "xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\"\n    "
              "xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\" xmlns:tongban=\"urn:tongban:process\"\n"
              "    id=\"definitions\" targetNamespace=\"urn:tongban:process\" "
              "expressionLanguage=\"https://www.omg.org/spec/DMN/20191111/FEEL/\">\n");
    put_process(&out, &s);
    buf_fmt(
        &out,
        "  <bpmndi:BPMNDiagram id=\"diagram\">\n    <bpmndi:BPMNPlane id=\"plane\" bpmnElement=\"%.*s\">\n",
        STR_ARG(b->code));
    for (size_t i = 0; i < s.node_count; i++)
        put_shape(&out, &s.nodes[i]);
    for (size_t i = 0; i < s.way_count; i++)
        put_edge(&out, &s, &s.ways[i]);
    buf_add_c(&out, "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n</definitions>\n");
    return buf_str(&out);
}

/* ---- another process under another name ---- */

/* Is `word` an attribute's name at s[at], with '=' behind it? */
static bool is_attribute(struct str s, size_t at, struct str word)
{
    char before = at ? s.ptr[at - 1] : 'x';
    return str_starts(str_slice(s, at, s.len), word) &&
           (before == ' ' || before == '\n' || before == '\t' || before == '\r');
}

/* The start tag of the process with a new name; its other attributes stay. */
static void put_tag(struct buf *out, struct arena *a, struct str tag, const struct process_beginning *b)
{
    const struct str drop[] = {STR("name="), STR("tongban:en=")};
    for (size_t i = 0; i < tag.len;) {
        size_t end = 0;
        for (size_t k = 0; k < sizeof drop / sizeof drop[0] && !end; k++) {
            if (!is_attribute(tag, i, drop[k]) || i + drop[k].len >= tag.len) continue;
            char quote = tag.ptr[i + drop[k].len];
            end = i + drop[k].len + 1;
            while (end < tag.len && tag.ptr[end] != quote)
                end++;
            end++;
        }
        if (end)
            i = end;
        else
            buf_add_char(out, tag.ptr[i++]);
    }
    buf_fmt(out, " name=\"%.*s\"", STR_ARG(escaped(a, b->name)));
    if (b->en.len)
        buf_fmt(out, " xmlns:tongban=\"urn:tongban:process\" tongban:en=\"%.*s\"",
                STR_ARG(escaped(a, b->en)));
}

static bool is_process_tag(struct str s, size_t at)
{
    size_t i = at + 1;
    if (s.ptr[at] != '<') return false;
    while (i < s.len && s.ptr[i] != ':' && s.ptr[i] != ' ' && s.ptr[i] != '>' && s.ptr[i] != '/')
        i++;
    if (i < s.len && s.ptr[i] == ':')
        i++;
    else
        i = at + 1;
    struct str rest = str_slice(s, i, s.len);
    return str_starts(rest, STR("process")) && rest.len > 7 &&
           (rest.ptr[7] == ' ' || rest.ptr[7] == '\n' || rest.ptr[7] == '\t' || rest.ptr[7] == '\r');
}

struct str process_renamed(struct arena *a, struct str xml, struct str from,
                           const struct process_beginning *b)
{
    struct buf named = buf_new(a, xml.len + 256), out = buf_new(a, xml.len + 256);
    for (size_t i = 0; i < xml.len;) {
        if (!is_process_tag(xml, i)) {
            buf_add_char(&named, xml.ptr[i++]);
            continue;
        }
        size_t end = i;
        while (end < xml.len && xml.ptr[end] != '>')
            end++;
        if (end > i && xml.ptr[end - 1] == '/') end--;
        put_tag(&named, a, str_slice(xml, i, end), b);
        i = end;
    }
    struct str s = buf_str(&named);
    for (size_t i = 0; i < s.len;) {
        char quote = s.ptr[i];
        bool quoted = (quote == '"' || quote == '\'') && i + from.len + 1 < s.len &&
                      s.ptr[i + from.len + 1] == quote && str_eq(str_slice(s, i + 1, i + 1 + from.len), from);
        buf_add_char(&out, quote);
        i++;
        if (!quoted) continue;
        buf_add(&out, b->code);
        buf_add_char(&out, quote);
        i += from.len + 1;
    }
    return buf_str(&out);
}
