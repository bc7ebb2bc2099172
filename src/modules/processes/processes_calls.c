/* What a process names that stands elsewhere: forms of its steps, and processes it calls, which must be there
 * and not lead back; and the course with all of it in it. Of what is called every published version is at
 * hand: which one runs is seen when the call begins, and running calls keep theirs. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

enum { CALLS_MAX = 64, CODES_MAX = 64, OTHERS_MAX = 1000 };

/* Published versions of everything that is called, also by what is called; by code, newest effect first. */
struct others {
    struct arena *arena;
    struct course_other *list;
    size_t count, room;
    struct str codes[CODES_MAX];
    size_t code_count;
    bool (*more)(struct others *o, struct str code);
    void *data;
};

static void add_other(struct others *o, struct str code, int version, int32_t from,
                      const struct course *course)
{
    if (o->count == o->room) {
        size_t room = o->room * 2 + 16;
        struct course_other *list = ARENA_ARRAY(o->arena, room, struct course_other);
        if (o->count) memcpy(list, o->list, o->count * sizeof *list);
        o->list = list;
        o->room = room;
    }
    o->list[o->count++] = (struct course_other){code, version, date_start(from), course};
}

static bool add_code(struct others *o, struct str code)
{
    for (size_t i = 0; i < o->code_count; i++)
        if (str_eq(o->codes[i], code)) return true;
    if (o->code_count == CODES_MAX || o->count > OTHERS_MAX) return true; /* what is not there is a fault */
    o->codes[o->code_count++] = code;
    return o->more(o, code);
}

static bool add_called_by(struct others *o, const struct course *f)
{
    struct course_call calls[CALLS_MAX];
    size_t count = course_calls(f, calls, CALLS_MAX);
    for (size_t i = 0; i < count; i++)
        if (!add_code(o, calls[i].code)) return false;
    return true;
}

static bool gather(struct others *o, const struct course *f)
{
    if (!add_called_by(o, f)) return false;
    for (size_t i = 0; i < o->count; i++)
        if (!add_called_by(o, o->list[i].course)) return false;
    return true;
}

/* ---- the snapshot ---- */

struct versions {
    const struct process_version *list;
    const struct course *const *own; /* without what they call */
    size_t count;
};

static bool from_snapshot(struct others *o, struct str code)
{
    const struct versions *v = o->data;
    for (size_t i = 0; i < v->count; i++)
        if (str_eq(v->list[i].code, code))
            add_other(o, v->list[i].code, v->list[i].version, v->list[i].from, v->own[i]);
    return true;
}

void process_link_all(struct arena *a, struct process_version *list, size_t count)
{
    struct course_call one;
    const struct course **own = ARENA_ARRAY(a, count + 1, const struct course *);
    struct versions all = {list, own, count};
    for (size_t i = 0; i < count; i++)
        own[i] = list[i].course;
    for (size_t i = 0; i < count; i++) {
        if (!course_calls(own[i], &one, 1)) continue;
        struct others o = {.arena = a, .more = from_snapshot, .data = &all};
        if (gather(&o, own[i])) list[i].course = course_link(a, own[i], o.list, o.count);
    }
}

/* ---- a document that is to be published ---- */

static int newer(const void *x, const void *y)
{
    const struct versions_row *a = x, *b = y;
    return a->from != b->from ? (a->from < b->from) - (a->from > b->from)
                              : (a->version < b->version) - (a->version > b->version);
}

/* As they are stored at this moment, not as the snapshot has them: two that call each other may be published
 * one right after the other. */
static bool from_store(struct others *o, struct str code)
{
    struct ctx *c = o->data;
    struct versions_row *rows;
    int64_t process;
    size_t count;
    if (!versions_by_code(c, &process_versions, code, &process) ||
        !versions_of(c, &process_versions, process, &rows, &count))
        return false;
    qsort(rows, count, sizeof *rows, newer);
    for (size_t i = 0; i < count; i++) {
        struct bpmn_findings *findings = ARENA_NEW(c->arena, struct bpmn_findings);
        struct course_faults *faults = ARENA_NEW(c->arena, struct course_faults);
        if (!str_eq_c(rows[i].status, "published")) continue;
        const struct course *f = course_load(c->arena, rows[i].text, findings, faults, c->err);
        if (!f) return false;
        add_other(o, code, rows[i].version, rows[i].from, f);
    }
    return true;
}

/* Versions that such a call may take from today on. */
static bool may_take(const struct others *o, size_t at, const struct course_call *call, int64_t now)
{
    const struct course_other *v = &o->list[at];
    if (!str_eq(v->code, call->code)) return false;
    if (call->version) return v->version == call->version;
    for (size_t i = 0; i < at; i++) /* one that took effect later, by today, is before it */
        if (str_eq(o->list[i].code, call->code) && o->list[i].from <= now) return false;
    return true;
}

struct walk {
    const struct others *o;
    struct str own;
    int64_t now;
    bool *seen; /* by version */
};

static bool leads_back(struct walk *w, const struct course_call *call)
{
    struct course_call calls[CALLS_MAX];
    if (str_eq(call->code, w->own)) return true;
    for (size_t i = 0; i < w->o->count; i++) {
        if (w->seen[i] || !may_take(w->o, i, call, w->now)) continue;
        w->seen[i] = true;
        size_t count = course_calls(w->o->list[i].course, calls, CALLS_MAX);
        for (size_t k = 0; k < count; k++)
            if (leads_back(w, &calls[k])) return true;
    }
    return false;
}

static bool is_there(const struct others *o, const struct course_call *call, int64_t now)
{
    for (size_t i = 0; i < o->count; i++)
        if (may_take(o, i, call, now) && (call->version || o->list[i].from <= now)) return true;
    return false;
}

void process_check_forms(struct ctx *c, struct process_report *out)
{
    bool sound = true;
    const struct course *f = out->course;
    for (size_t i = 0; i < course_step_count(f); i++) {
        const struct course_step *s = course_step_at(f, (int)i);
        if (!s->form.len || form_in_force(c, s->form, date_of(c->now))) continue;
        process_add_fault(c, out, "The form that the step %{arg} asks has no version in force.",
                          s->name.len ? s->name : s->id, s->id, 0);
        sound = false;
    }
    if (!sound) out->course = NULL;
}

static const char *fault_of(struct ctx *c, const struct others *o, struct str own,
                            const struct course_call *call)
{
    struct walk w = {o, own, c->now, ARENA_ARRAY(c->arena, o->count + 1, bool)};
    if (leads_back(&w, call)) return "The process that %{arg} calls leads back to this one.";
    if (is_there(o, call, c->now)) return NULL;
    return call->version ? "The process that %{arg} calls has no published version of that number."
                         : "The process that %{arg} calls has no version in force.";
}

/* ---- what calls are given and give back ---- */

/* Names in the mappings themselves do not make a variable exist. */
static size_t given(const struct bpmn_sheet *s, struct str variable)
{
    size_t n = 0;
    for (int i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->parts[i].pass_count; k++)
            n += !s->parts[i].passes[k].out && str_eq(s->parts[i].passes[k].from, variable);
    return n;
}

/* A variable that the model speaks of, that the case has, or that may come from outside. */
static bool has(const struct course *f, struct str variable, size_t beside)
{
    return course_is_reserved(variable) || course_says(f, variable) > beside || course_takes_from_outside(f);
}

static const char *pass_fault(const struct process_report *r, const struct course *called,
                              const struct bpmn_pass *p, struct str *about)
{
    const struct course *own = r->course;
    bool expression = p->expression.len > 0;
    *about = expression ? p->expression : p->from;
    if (!p->to.len || !about->len) {
        if (!about->len) *about = p->to;
        return p->out ? "What a call gives back needs a name on both sides: %{arg}"
                      : "What a call is given needs a name on both sides: %{arg}";
    }
    if (!expression && !(p->out ? has(called, p->from, 0) : has(own, p->from, given(&r->sheet, p->from))))
        return p->out ? "A call gives back what the called process does not have: %{arg}"
                      : "A call is given what this process does not have: %{arg}";
    *about = p->to;
    if (p->out) /* a name of its own comes to be by that; officers see it on the page of the case */
        return course_is_reserved(p->to) && !str_eq_c(p->to, "outcome")
                   ? "A call gives back under a name that belongs to the case: %{arg}"
                   : NULL;
    return course_is_reserved(p->to) || course_says(called, p->to) > 0
               ? NULL
               : "A call is given under a name that the called process does not read: %{arg}";
}

/* Against the version in force; `faults` counts them. */
static void check_passes(struct ctx *c, struct process_report *out, const struct others *o,
                         const struct course_call *call, size_t *faults)
{
    const struct course *called = NULL;
    int at = bpmn_sheet_find(&out->sheet, call->element);
    for (size_t i = 0; i < o->count && !called; i++)
        if (may_take(o, i, call, c->now) && (call->version || o->list[i].from <= c->now))
            called = o->list[i].course;
    for (size_t i = 0; called && at >= 0 && i < out->sheet.parts[at].pass_count; i++) {
        const struct bpmn_pass *p = &out->sheet.parts[at].passes[i];
        struct str about;
        const char *msgid = p->all ? NULL : pass_fault(out, called, p, &about);
        if (!msgid) continue;
        process_add_fault(c, out, msgid, about, call->element, 0);
        json_set_str(c->arena, out->faults->last, "text", tr_arg(c->lang, c->arena, msgid, about));
        ++*faults;
    }
}

bool process_check_calls(struct ctx *c, struct process_report *out)
{
    struct course_call calls[CALLS_MAX];
    struct others o = {.arena = c->arena, .more = from_store, .data = c};
    size_t count = course_calls(out->course, calls, CALLS_MAX), faults = 0;
    if (!count) return true;
    if (!gather(&o, out->course)) return false;
    for (size_t i = 0; i < count; i++) {
        const char *msgid = fault_of(c, &o, out->code, &calls[i]);
        if (!msgid) {
            check_passes(c, out, &o, &calls[i], &faults);
            continue;
        }
        process_add_fault(c, out, msgid, calls[i].name.len ? calls[i].name : calls[i].element,
                          calls[i].element, 0);
        faults++;
    }
    out->course = faults ? NULL : course_link(c->arena, out->course, o.list, o.count);
    return true;
}
