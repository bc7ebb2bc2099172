#include "engines/bpmn/bpmn_sheet.h"

#include "engines/bpmn/bpmn_xml.h"

struct reading {
    struct arena *arena;
    const struct bpmn_doc *doc;
    struct bpmn_part *parts;
    struct bpmn_detail *details; /* of the part that is read */
    size_t room, count;
};

static bool is_part(const struct bpmn_el *el)
{
    return el->tag == TAG_PROCESS || el->tag == TAG_SEQUENCE_FLOW || (el->is & IS_FLOW_NODE) != 0;
}

static void add_detail(struct reading *r, struct str name, struct str value)
{
    if (r->count == r->room) {
        size_t room = r->room * 2 + 8;
        struct bpmn_detail *more = ARENA_ARRAY(r->arena, room, struct bpmn_detail);
        if (r->count) memcpy(more, r->details, r->count * sizeof *more);
        r->details = more;
        r->room = room;
    }
    r->details[r->count++] = (struct bpmn_detail){name, value};
}

static struct str local(struct str name)
{
    return name.len && name.ptr[0] == ':' ? str_slice(name, 1, name.len) : name;
}

/* Ids and how the text of an expression is typed say nothing about what happens. */
static void add_attributes(struct reading *r, const struct bpmn_el *el, bool part)
{
    static const char *const silent[] = {"id",        "name",     "sourceRef",     ":type",
                                         "targetRef", "language", "attachedToRef", NULL};
    for (size_t i = 0; i < el->attr_count; i++) {
        bool skip = false;
        for (int k = 0; silent[k] && !skip; k++)
            skip = str_eq_c(el->attrs[i].name, silent[k]) && (part || !str_eq_c(el->attrs[i].name, "name"));
        if (!skip) add_detail(r, local(el->attrs[i].name), str_trim(el->attrs[i].value));
    }
}

static void add_inside(struct reading *r, const struct bpmn_el *el)
{
    BPMN_CHILDREN(c, el)
    {
        if (is_part(c) || c->tag == TAG_LANE_SET || str_eq_c(c->kind, "incoming") ||
            str_eq_c(c->kind, "outgoing"))
            continue;
        add_detail(r, c->kind, c->text);
        add_attributes(r, c, false);
        add_inside(r, c);
    }
}

static void read_part(struct reading *r, const struct bpmn_el *el, struct str lane)
{
    struct bpmn_part *p = &r->parts[el->node];
    const struct bpmn_el *up = bpmn_around(el, IS_LEVEL), *host = bpmn_ref(r->doc, el, "attachedToRef"),
                         *from = bpmn_ref(r->doc, el, "sourceRef"), *to = bpmn_ref(r->doc, el, "targetRef");
    bool flow = el->tag == TAG_SEQUENCE_FLOW;
    *p = (struct bpmn_part){.id = el->id,
                            .name = bpmn_attr(el, "name"),
                            .kind = el->kind,
                            .flow = flow,
                            .event = (el->is & IS_EVENT) != 0,
                            .gateway = (el->is & IS_GATEWAY) != 0,
                            .process = el->tag == TAG_PROCESS,
                            .parent = up ? up->node : -1,
                            .host = !flow && host ? host->node : -1,
                            .from = flow && from ? from->node : -1,
                            .to = flow && to ? to->node : -1,
                            .line = el->line};
    r->details = NULL;
    r->room = r->count = 0;
    if (lane.len) add_detail(r, STR("lane"), lane);
    add_attributes(r, el, true);
    add_inside(r, el);
    p->details = r->details;
    p->detail_count = r->count;
    p->passes = el->passes;
    p->pass_count = el->pass_count;
    for (size_t i = 0; i < r->doc->shape_count; i++) {
        const struct bpmn_shape *s = &r->doc->shapes[i];
        if (!el->id.len || !str_eq(s->element, el->id)) continue;
        p->placed = s->bounds;
        p->x = s->x;
        p->y = s->y;
        p->width = s->width;
        p->height = s->height;
        p->points = s->points;
        p->point_count = s->point_count > 1 ? s->point_count : 0;
    }
}

/* An inner lane says more than the one around it: it comes later. */
static void read_lanes(const struct bpmn_doc *doc, struct str *lanes)
{
    BPMN_ALL(el, doc)
    {
        if (el->tag != TAG_LANE) continue;
        BPMN_CHILDREN(c, el)
        {
            const struct bpmn_el *at = str_eq_c(c->kind, "flowNodeRef") ? bpmn_by_id(doc, c->text) : NULL;
            if (at && at->node >= 0) lanes[at->node] = bpmn_attr(el, "name");
        }
    }
}

bool bpmn_sheet_read(struct arena *a, struct str xml, struct bpmn_sheet *out, struct err *e)
{
    struct bpmn_doc *doc = bpmn_xml_read(a, xml, e);
    struct reading r = {.arena = a, .doc = doc};
    if (!doc) return false;
    *out = (struct bpmn_sheet){0};
    BPMN_ALL(el, doc)
    {
        if (is_part(el)) el->node = out->count++;
    }
    if (out->count > BPMN_SHEET_MAX)
        return err_invalid(e, "bpmn.model",
                           "The model has more elements, or deeper ones, than this program reads.");
    struct str *lanes = ARENA_ARRAY(a, (size_t)out->count + 1, struct str);
    out->parts = r.parts = ARENA_ARRAY(a, (size_t)out->count + 1, struct bpmn_part);
    read_lanes(doc, lanes);
    BPMN_ALL(el, doc)
    {
        if (el->node >= 0) read_part(&r, el, lanes[el->node]);
    }
    return true;
}

int bpmn_sheet_find(const struct bpmn_sheet *s, struct str id)
{
    for (int i = 0; i < s->count; i++)
        if (str_eq(s->parts[i].id, id)) return i;
    return -1;
}

struct str bpmn_detail(const struct bpmn_part *p, const char *name)
{
    for (size_t i = 0; i < p->detail_count; i++)
        if (str_eq_c(p->details[i].name, name)) return p->details[i].value;
    return STR_EMPTY;
}
