/* What changed between two versions, element by element: added, removed, changed, and the two pictures. Where
 * an element stands on the sheet is no change. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

struct side {
    struct bpmn_sheet sheet;
    const char **tones;
};

/* ---- words ---- */

static struct str kind_words(struct ctx *c, const struct bpmn_part *p)
{
    static const char *const words[][2] = {{"process", "Process"},
                                           {"startEvent", "Beginning"},
                                           {"endEvent", "End"},
                                           {"userTask", "Step"},
                                           {"manualTask", "Step"},
                                           {"businessRuleTask", "Rule"},
                                           {"serviceTask", "Service task"},
                                           {"scriptTask", "Script"},
                                           {"sendTask", "Message"},
                                           {"receiveTask", "Message"},
                                           {"boundaryEvent", "Event"},
                                           {"intermediateCatchEvent", "Event"},
                                           {"intermediateThrowEvent", "Event"},
                                           {"subProcess", "Sub-process"},
                                           {"sequenceFlow", "Way"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(p->kind, words[i][0])) return ctx_tr(c, words[i][1]);
    return p->gateway ? ctx_tr(c, "Gateway") : p->kind;
}

static struct str end_words(const struct ctx *c, const struct bpmn_sheet *s, int part)
{
    if (part < 0) return STR("–");
    struct str name = process_part_name(c, &s->parts[part]);
    return name.len ? name : s->parts[part].id;
}

static struct str part_words(struct ctx *c, const struct bpmn_sheet *s, int part)
{
    const struct bpmn_part *p = &s->parts[part];
    struct str name = process_part_name(c, p), from, to;
    if (!p->flow) return name.len ? name : p->id;
    from = end_words(c, s, p->from);
    to = end_words(c, s, p->to);
    return name.len ? str_fmt(c->arena, "%.*s → %.*s (%.*s)", STR_ARG(from), STR_ARG(to), STR_ARG(name))
                    : str_fmt(c->arena, "%.*s → %.*s", STR_ARG(from), STR_ARG(to));
}

static struct str detail_label(struct ctx *c, struct str name)
{
    static const char *const words[][2] = {{"name", "Name of the element"},
                                           {"en", "English name"},
                                           {"lane", "Who does it"},
                                           {"candidateGroups", "Who does it"},
                                           {"acts", "What may be done"},
                                           {"department", "Of which department"},
                                           {"limit", "Working days for this step"},
                                           {"result", "How the case is decided here"},
                                           {"whole", "Not finished while a document is owed"},
                                           {"conditionExpression", "Condition"},
                                           {"default", "The way otherwise"},
                                           {"timeDuration", "After how long"},
                                           {"timeDate", "On a day"},
                                           {"timeCycle", "Again and again"},
                                           {"workingDays", "Count working days"},
                                           {"loopCardinality", "How many people sign"},
                                           {"completionCondition", "It is enough when"},
                                           {"topic", "Topic"},
                                           {"decisionRef", "Which decision answers"},
                                           {"documentation", "Explanation"},
                                           {"cancelActivity", "It ends the step it stands at"},
                                           {"kind", "Kind"},
                                           {"ends", "From where to where"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_eq_c(name, words[i][0])) return ctx_tr(c, words[i][1]);
    return name;
}

static struct str acts_words(struct ctx *c, struct str acts)
{
    struct str all = STR_EMPTY, word;
    while (acts.len) {
        acts = str_cut(acts, ' ', &word);
        enum course_act act = course_act_of(word);
        if (!word.len) continue;
        if (act < COURSE_ACT_COUNT && process_act_words[act]) word = ctx_tr(c, process_act_words[act]);
        all = all.len ? str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(all), c->lang == &lang_en ? ", " : "、",
                                STR_ARG(word))
                      : word;
    }
    return all;
}

static struct str value_words(struct ctx *c, struct str name, struct str value)
{
    if (str_eq_c(name, "acts")) return acts_words(c, value);
    if (str_eq_c(name, "result"))
        return ctx_tr(c, str_eq_c(value, "granted")   ? "Granted"
                         : str_eq_c(value, "refused") ? "Refused"
                                                      : "–");
    if (str_eq_c(name, "lane") || str_eq_c(name, "candidateGroups"))
        for (int r = 0; r < COURSE_ROLE_COUNT; r++)
            if (process_role_words[r] && str_eq_c(value, course_role_name((enum course_role)r)))
                return ctx_tr(c, process_role_words[r]);
    if (str_eq_c(value, "true")) return ctx_tr(c, "yes");
    if (str_eq_c(value, "false")) return ctx_tr(c, "no");
    return value;
}

/* ---- differences ---- */

static void add_change(struct ctx *c, struct json *list, struct str name, struct str before, struct str after)
{
    struct json *o;
    if (str_eq(before, after)) return;
    o = json_add_object(c->arena, list);
    before = value_words(c, name, before);
    after = value_words(c, name, after);
    json_set_str(c->arena, o, "what", detail_label(c, name));
    json_set(o, "before", before.len ? json_string(c->arena, before) : json_null(c->arena));
    json_set(o, "after", after.len ? json_string(c->arena, after) : json_null(c->arena));
}

/* The way otherwise is told as the flow it is. */
static struct str detail_of(struct ctx *c, const struct bpmn_sheet *s, const struct bpmn_part *p,
                            struct str name)
{
    struct str value = STR_EMPTY;
    for (size_t i = 0; i < p->detail_count && !value.len; i++)
        if (str_eq(p->details[i].name, name)) value = p->details[i].value;
    int flow = str_eq_c(name, "default") && value.len ? bpmn_sheet_find(s, value) : -1;
    return flow >= 0 ? part_words(c, s, flow) : value;
}

/* A renamed neighbour is not another one. */
static bool same_end(const struct side *a, int i, const struct side *b, int k)
{
    return i >= 0 && k >= 0 ? str_eq(a->sheet.parts[i].id, b->sheet.parts[k].id) : i == k;
}

static struct json *changes_of(struct ctx *c, const struct side *a, int i, const struct side *b, int k)
{
    const struct bpmn_part *p = &a->sheet.parts[i], *q = &b->sheet.parts[k];
    struct json *list = json_array(c->arena);
    if (!str_eq(p->kind, q->kind)) add_change(c, list, STR("kind"), kind_words(c, p), kind_words(c, q));
    add_change(c, list, STR("name"), p->name, q->name);
    if (p->flow && !(same_end(a, p->from, b, q->from) && same_end(a, p->to, b, q->to)))
        add_change(c, list, STR("ends"), part_words(c, &a->sheet, i), part_words(c, &b->sheet, k));
    for (size_t n = 0; n < p->detail_count; n++)
        add_change(c, list, p->details[n].name, detail_of(c, &a->sheet, p, p->details[n].name),
                   detail_of(c, &b->sheet, q, p->details[n].name));
    for (size_t n = 0; n < q->detail_count; n++) {
        bool old = false;
        for (size_t m = 0; m < p->detail_count && !old; m++)
            old = str_eq(p->details[m].name, q->details[n].name);
        if (!old) add_change(c, list, q->details[n].name, STR_EMPTY, q->details[n].value);
    }
    return list;
}

static void add_row(struct ctx *c, struct json *list, const struct side *s, int part, const char *tone,
                    const char *label, struct json *changes)
{
    struct json *o = json_add_object(c->arena, list);
    s->tones[part] = tone;
    json_set_c(c->arena, o, "tone", tone);
    json_set_str(c->arena, o, "label", ctx_tr(c, label));
    json_set_str(c->arena, o, "kind", kind_words(c, &s->sheet.parts[part]));
    json_set_str(c->arena, o, "name", part_words(c, &s->sheet, part));
    json_set(o, "changes", changes);
}

static void compare(struct ctx *c, const struct side *a, const struct side *b, struct json *list)
{
    for (int k = 0; k < b->sheet.count; k++) {
        int i = bpmn_sheet_find(&a->sheet, b->sheet.parts[k].id);
        if (i < 0) {
            add_row(c, list, b, k, "added", "New here", json_array(c->arena));
            continue;
        }
        struct json *changes = changes_of(c, a, i, b, k);
        if (!changes->count) continue;
        add_row(c, list, b, k, "changed", "Changed", changes);
        a->tones[i] = "changed";
    }
    for (int i = 0; i < a->sheet.count; i++)
        if (bpmn_sheet_find(&b->sheet, a->sheet.parts[i].id) < 0)
            add_row(c, list, a, i, "removed", "Removed", json_array(c->arena));
}

/* ---- the page ---- */

static bool read_side(struct ctx *c, const struct versions_row *v, struct side *s)
{
    if (!bpmn_sheet_read(c->arena, v->text, &s->sheet, c->err)) return false;
    s->tones = ARENA_ARRAY(c->arena, (size_t)s->sheet.count + 1, const char *);
    return true;
}

static void add_side(struct ctx *c, struct json *doc, const char *key, const struct versions_row *v,
                     const struct side *s)
{
    struct json *o = json_set_object(c->arena, doc, key);
    json_set_i64(c->arena, o, "number", v->version);
    json_set_str(c->arena, o, "status_label", process_status_label(c, v->status));
    json_set_str(c->arena, o, "from", date_format(c->arena, v->from));
    json_set(o, "picture", process_draw(c, &s->sheet, s->tones));
}

static void choose_field(struct ctx *c, struct json *fields, const char *name, const char *label,
                         const struct versions_row *rows, size_t count, int chosen)
{
    struct json *f = ctx_field(c, fields, name, label, "select", str_fmt(c->arena, "%d", chosen));
    json_set_bool(c->arena, f, "required", true);
    for (size_t i = 0; i < count; i++) {
        struct str number = str_fmt(c->arena, "%d", rows[i].version);
        ctx_option(c, f, number,
                   str_fmt(c->arena, "%.*s · %.*s",
                           STR_ARG(tr_arg(c->lang, c->arena, "Version %{arg}", number)),
                           STR_ARG(process_status_label(c, rows[i].status))));
    }
}

bool processes_compare_page(struct ctx *c)
{
    struct versions_row *rows;
    size_t count, at, before;
    struct side a, b;
    struct json *doc = ctx_doc(c), *fields, *list;
    if (!processes_chosen(c, "to", &rows, &count, &at) ||
        !processes_chosen(c, "from", &rows, &count, &before))
        return false;
    if (!in_has(c, "from") && at + 1 < count) before = at + 1;
    if (!read_side(c, &rows[before], &a) || !read_side(c, &rows[at], &b)) return false;
    json_set_str(c->arena, doc, "name", process_name_of(c, &rows[at]));
    json_set_str(c->arena, doc, "code", rows[at].code);
    json_set_str(c->arena, doc, "base", str_fmt(c->arena, "/office/processes/%lld", (long long)rows[at].id));
    fields = json_set_array(c->arena, doc, "fields");
    choose_field(c, fields, "from", "Earlier version", rows, count, rows[before].version);
    choose_field(c, fields, "to", "Later version", rows, count, rows[at].version);
    list = json_set_array(c->arena, doc, "rows");
    compare(c, &a, &b, list);
    json_set_bool(c->arena, doc, "has_rows", list->count > 0);
    add_side(c, doc, "earlier", &rows[before], &a);
    add_side(c, doc, "later", &rows[at], &b);
    return true;
}

const struct field processes_compare_fields[] = {
    {"from", FIELD_INT, "Earlier version", .min = 1, .max = 1000000},
    {"to", FIELD_INT, "Later version", .min = 1, .max = 1000000},
    {0},
};
