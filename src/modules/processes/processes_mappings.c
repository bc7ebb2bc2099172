/* What calls are given and give back, and what decision models are given, as a plain form: a table for each
 * and side, with rows to fill. In the first cell a name, "=" and an expression, or "*" for everything. The
 * designer has the same table in its panel and takes these controls away. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

enum { ROWS_MAX = 40, ROWS_FREE = 2 };

static struct str control(struct ctx *c, const struct bpmn_part *call, bool out, size_t row, const char *cell)
{
    return str_fmt(c->arena, "map.%.*s.%s.%zu.%s", STR_ARG(call->id), out ? "out" : "in", row, cell);
}

/* A rule: what asks a decision model, which gives back one result and that by its name. */
static bool is_rule(const struct bpmn_part *p)
{
    return str_eq_c(p->kind, "businessRuleTask") && p->id.len > 0;
}

static bool is_call(const struct bpmn_part *p)
{
    return (str_eq_c(p->kind, "callActivity") && p->id.len > 0) ||
           (is_rule(p) && bpmn_detail(p, "decisionRef").len &&
            !str_eq_c(bpmn_detail(p, "decisionRef"), "answer"));
}

static struct str from_text(struct ctx *c, const struct bpmn_pass *p)
{
    return p->all ? STR("*") : p->expression.len ? str_cat(c->arena, STR("= "), p->expression) : p->from;
}

static void add_row(struct ctx *c, struct json *rows, const struct bpmn_part *call, bool out,
                    const struct bpmn_pass *p)
{
    size_t n = rows->count;
    struct json *o = json_add_object(c->arena, rows);
    json_set_str(c->arena, o, "from_name", control(c, call, out, n, "from"));
    json_set_str(c->arena, o, "to_name", control(c, call, out, n, "to"));
    json_set_str(c->arena, o, "from", p ? from_text(c, p) : STR_EMPTY);
    json_set_str(c->arena, o, "to", p ? p->to : STR_EMPTY);
}

static void add_side(struct ctx *c, struct json *sides, const struct bpmn_part *call, bool out)
{
    struct json *side = json_add_object(c->arena, sides), *rows = json_set_array(c->arena, side, "rows");
    bool rule = is_rule(call);
    json_set_str(c->arena, side, "legend",
                 ctx_tr(c, rule  ? "What the decision model is given"
                           : out ? "What it gives back"
                                 : "What the call is given"));
    json_set_str(
        c->arena, side, "from_label",
        ctx_tr(c, out ? "There: a name, or = and an expression" : "Here: a name, or = and an expression"));
    json_set_str(c->arena, side, "to_label",
                 ctx_tr(c, rule  ? "Input of the decision model"
                           : out ? "Here under the name"
                                 : "There under the name"));
    for (size_t i = 0; i < call->pass_count && rows->count < ROWS_MAX; i++)
        if (call->passes[i].out == out) add_row(c, rows, call, out, &call->passes[i]);
    for (int i = 0; i < ROWS_FREE; i++)
        add_row(c, rows, call, out, NULL);
}

void process_add_mappings(struct ctx *c, struct json *doc, const struct process_report *r)
{
    struct json *calls = json_set_array(c->arena, doc, "calls");
    for (int i = 0; r->readable && i < r->sheet.count; i++) {
        const struct bpmn_part *p = &r->sheet.parts[i];
        if (!is_call(p)) continue;
        struct str name = process_part_name(c, p);
        struct json *o = json_add_object(c->arena, calls), *sides = json_set_array(c->arena, o, "sides");
        json_set_str(c->arena, o, "id", p->id);
        json_set_str(c->arena, o, "name", name.len ? name : p->id);
        json_set_str(c->arena, o, "called", bpmn_detail(p, is_rule(p) ? "decisionRef" : "calledElement"));
        add_side(c, sides, p, false);
        if (!is_rule(p)) add_side(c, sides, p, true);
    }
    json_set_bool(c->arena, doc, "has_calls", calls->count > 0);
}

/* ---- reading it ---- */

static void read_row(struct ctx *c, const struct bpmn_part *call, bool out, size_t row,
                     struct bpmn_pass *list, size_t *count)
{
    struct str from = str_trim(ctx_param(c, control(c, call, out, row, "from"))),
               to = str_trim(ctx_param(c, control(c, call, out, row, "to")));
    bool expression = from.len && from.ptr[0] == '=';
    if (!from.len && !to.len) return;
    list[(*count)++] = (struct bpmn_pass){
        .out = out,
        .all = str_eq_c(from, "*"),
        .from = expression ? STR_EMPTY : from,
        .expression = expression ? str_trim(str_slice(from, 1, from.len)) : STR_EMPTY,
        .to = to,
    };
}

static bool same(const struct bpmn_part *call, const struct bpmn_pass *list, size_t count)
{
    size_t k = 0;
    for (int out = 0; out < 2; out++)
        for (size_t i = 0; i < call->pass_count; i++) {
            const struct bpmn_pass *p = &call->passes[i];
            if (p->out != (out != 0)) continue;
            if (k == count || list[k].out != p->out || list[k].all != p->all || !str_eq(list[k].to, p->to) ||
                (!p->all && (!str_eq(list[k].expression, p->expression) ||
                             (!p->expression.len && !str_eq(list[k].from, p->from)))))
                return false;
            k++;
        }
    return k == count;
}

bool process_read_mappings(struct ctx *c, const struct bpmn_sheet *sheet, struct str *xml)
{
    struct bpmn_pass list[2 * (ROWS_MAX + ROWS_FREE)];
    for (int i = 0; i < sheet->count; i++) {
        const struct bpmn_part *p = &sheet->parts[i];
        size_t count = 0;
        if (!is_call(p) ||
            !params_has(&c->req->form,
                        str_fmt(c->arena, "map.%.*s", STR_ARG(p->id)))) /* the form had no such call */
            continue;
        for (int out = 0; out < 2; out++)
            for (size_t row = 0; row < ROWS_MAX + ROWS_FREE; row++)
                read_row(c, p, out != 0, row, list, &count);
        if (!same(p, list, count) && !bpmn_write_passes(c->arena, *xml, p->id, list, count, xml, c->err))
            return false;
    }
    return true;
}
