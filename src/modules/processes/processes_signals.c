/* Who sends the signals that a process waits for: itself, or another process, published or still being
 * written (two that wait for each other are published one after the other), or a system of the department
 * that the event names. */
#include "core/http/server.h"
#include "modules/processes/processes_internal.h"

/* A version that will begin no case any more counts for nothing. */
static bool is_over(const struct snapshot *s, size_t at, int32_t today)
{
    for (size_t i = 0; i < at; i++)
        if (str_eq(s->versions[i].code, s->versions[at].code) && s->versions[i].from <= today) return true;
    return false;
}

static bool sent_by_published(struct ctx *c, struct str own, struct str signal)
{
    const struct snapshot *s = processes_snapshot(c);
    for (size_t i = 0; s && i < s->count; i++)
        if (!str_eq(s->versions[i].code, own) && !is_over(s, i, date_of(c->now)) &&
            course_sends(s->versions[i].course, signal, true))
            return true;
    return false;
}

/* Sound drafts of others. Read once, and only where a signal is not sent without them. */
struct drafts {
    const struct course **list;
    size_t count;
};

static bool read_drafts(struct ctx *c, struct str own, struct drafts *d)
{
    struct versions_row *rows;
    size_t count;
    if (d->list) return true;
    if (!versions_last(c, &process_versions, &rows, &count)) return false;
    d->list = ARENA_ARRAY(c->arena, count + 1, const struct course *);
    for (size_t i = 0; i < count; i++) {
        struct bpmn_findings *findings = ARENA_NEW(c->arena, struct bpmn_findings);
        struct course_faults *faults = ARENA_NEW(c->arena, struct course_faults);
        struct err e = {0};
        if (str_eq_c(rows[i].status, "published") || str_eq(rows[i].code, own)) continue;
        const struct course *f = course_load(c->arena, rows[i].text, findings, faults, &e);
        if (f) d->list[d->count++] = f;
    }
    return true;
}

static bool sent_by_draft(const struct drafts *d, struct str signal)
{
    for (size_t i = 0; i < d->count; i++)
        if (course_sends(d->list[i], signal, true)) return true;
    return false;
}

bool process_check_signals(struct ctx *c, struct process_report *out)
{
    const struct course *f = out->course;
    const struct bpmn *b = course_model(f);
    struct drafts drafts = {0};
    if (course_is_part(f)) return true; /* whoever calls it may send it */
    for (int i = 0; i < bpmn_node_count(b); i++) {
        struct str signal;
        if (bpmn_node_note(b, i, "department").len) continue; /* a system of it may send it */
        for (size_t k = 0; (signal = bpmn_node_waits_for(b, i, k)).len; k++) {
            if (course_sends(f, signal, false) || sent_by_published(c, out->code, signal)) continue;
            if (!read_drafts(c, out->code, &drafts)) return false;
            if (sent_by_draft(&drafts, signal)) continue;
            struct str name = bpmn_node_name(b, i).len ? bpmn_node_name(b, i) : bpmn_node_id(b, i);
            process_add_fault(
                c, out, "%{arg} waits for a signal that no process sends, neither this one nor another.",
                name, bpmn_node_id(b, i), 0);
            out->course = NULL;
        }
    }
    return true;
}
