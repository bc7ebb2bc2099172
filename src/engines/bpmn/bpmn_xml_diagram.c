#include "engines/bpmn/bpmn_xml.h"

#include <libxml/tree.h>

/* Where the diagram of a document puts its elements: shapes with bounds, edges with waypoints. What it says
 * otherwise (labels, colours) is not read, and what is wrong in it is left out: a model is not its picture.
 */

enum { COORDINATE_MAX = 100000, POINTS_MAX = 200 };

static bool is_named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

static const char *value_of(const xmlNode *n, const char *name)
{
    for (const xmlAttr *p = n->properties; p; p = p->next)
        if (!strcmp((const char *)p->name, name) && p->children && p->children->content)
            return (const char *)p->children->content;
    return "";
}

/* Whole units: what stands behind the point is finer than a line is wide. */
static int number(const char *z)
{
    bool minus = *z == '-';
    int n = 0;
    for (z += minus; *z >= '0' && *z <= '9' && n < COORDINATE_MAX; z++)
        n = n * 10 + (*z - '0');
    if (n > COORDINATE_MAX) n = COORDINATE_MAX;
    return minus ? -n : n;
}

static bool read_points(struct arena *a, const xmlNode *from, struct bpmn_shape *s)
{
    size_t count = 0;
    for (const xmlNode *c = from->children; c; c = c->next)
        count += is_named(c, "waypoint") && count < POINTS_MAX;
    struct bpmn_point *points = arena_try(a, (count + 1) * sizeof *points);
    if (!points) return false;
    s->points = points;
    for (const xmlNode *c = from->children; c && s->point_count < count; c = c->next)
        if (is_named(c, "waypoint"))
            points[s->point_count++] =
                (struct bpmn_point){number(value_of(c, "x")), number(value_of(c, "y"))};
    return true;
}

static bool read_shape(struct arena *a, const xmlNode *from, struct bpmn_shape *s)
{
    const char *element = value_of(from, "bpmnElement");
    size_t len = strlen(element);
    char *copy = arena_try(a, len + 1);
    if (!copy) return false;
    memcpy(copy, element, len + 1);
    *s = (struct bpmn_shape){.element = str_n(copy, len)};
    for (const xmlNode *c = from->children; c; c = c->next)
        if (is_named(c, "Bounds")) {
            s->bounds = true;
            s->x = number(value_of(c, "x"));
            s->y = number(value_of(c, "y"));
            s->width = number(value_of(c, "width"));
            s->height = number(value_of(c, "height"));
        }
    return read_points(a, from, s);
}

/* The first plane of the first diagram. */
static const xmlNode *plane_of(const xmlNode *root)
{
    for (const xmlNode *d = root->children; d; d = d->next)
        for (const xmlNode *p = is_named(d, "BPMNDiagram") ? d->children : NULL; p; p = p->next)
            if (is_named(p, "BPMNPlane")) return p;
    return NULL;
}

bool bpmn_xml_diagram(struct arena *a, const struct _xmlNode *root, struct bpmn_doc *doc)
{
    const xmlNode *plane = plane_of(root);
    size_t count = 0;
    for (const xmlNode *c = plane ? plane->children : NULL; c; c = c->next)
        count += is_named(c, "BPMNShape") || is_named(c, "BPMNEdge");
    if (!count) return true;
    doc->shapes = arena_try(a, count * sizeof *doc->shapes);
    if (!doc->shapes) return false;
    for (const xmlNode *c = plane->children; c; c = c->next)
        if ((is_named(c, "BPMNShape") || is_named(c, "BPMNEdge")) &&
            !read_shape(a, c, &doc->shapes[doc->shape_count++]))
            return false;
    return true;
}
