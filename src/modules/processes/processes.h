/* Processes (办理流程): BPMN models under version, by which cases run.
 *
 * Ownership: every version that ever was published is compiled once into an immutable snapshot; borrowed
 * pointers live until the request ends. Invariants: a version is published by somebody who did not write it,
 * only when it breaks no rule of BPMN and can be the course of a case; it never changes afterwards. On a day
 * the version is in force that takes effect last among those published by then; who goes back to an earlier
 * one publishes its text again. Cases name process and version, and keep them. Units: days as
 * core/base/time.h counts them. Errors: those of the database; MISSING "process". */
#ifndef TB_PROCESSES_H
#define TB_PROCESSES_H

#include "core/http/route.h"
#include "engines/course/course.h"

extern const struct module processes_module;

struct process_version {
    int64_t process;
    int version;
    struct str code, name, en;
    int32_t from;
    const struct course *course;
};

/* NULL when no version of that code is in force on that day. */
const struct process_version *process_in_force(struct ctx *c, struct str code, int32_t day);
/* Any version that ever was in force; NULL when there is none. */
const struct process_version *process_version_of(struct ctx *c, struct str code, int version);
/* The first that was published: under it run cases of before there were processes. */
const struct process_version *process_first(struct ctx *c, struct str code);
/* Can an application begin it? One that begins on an event waits for that event instead. */
bool process_may_begin(const struct process_version *v);
/* The code that the flow of a service names. Flows of before there were processes named none: they ran as
 * "rule-first" or "one-review". */
struct str process_of_flow(const struct json *flow);

/* All processes that a service may name, drafts as well, by code: for whoever lets an officer choose one. */
struct process_name {
    struct str code, name, en;
    bool published;
};
bool process_list(struct ctx *c, struct process_name **rows, size_t *count) NODISCARD;

/* Moves running cases of that process (one: by its number, then the code may be empty) to a version, for the
 * module that keeps them, which needs this one. Adds to the array `report` an object {case_no, from, to,
 * moved, has_missing, missing: [{text, element}], places: [{id, name, options: [{id, name}]}]} for each case
 * it looked at, behind id *after, at most a page; *after is the last one, or stays. `apply` false: only
 * looks. `places` says which steps are others now (NULL: all keep their ids); "places" of the report are
 * those that are not there, and what could take them, also where `places` speaks of them. */
typedef bool process_mover(struct ctx *c, struct str code, int to, struct str case_no,
                           const struct bpmn_places *places, int64_t *after, bool apply, struct json *report);
void process_set_mover(struct server *s, process_mover *mover);

process_mover process_move_cases;

/* ---- decision models that business rule tasks ask: module decisions answers, which needs this one ---- */
struct process_decided {
    struct str wrong; /* empty: nothing; else one sentence, and nothing below */
    const struct json *result;
    struct str words, name;
    int version;
    const struct json *rules; /* [{decision, rule}]: which of them spoke */
};
struct process_decisions {
    /* Those in force today, as options of a field. */
    void (*options)(struct ctx *c, struct json *field);
    /* What keeps a task from asking that model, given values under these names; empty: nothing. */
    struct str (*wrong_with)(struct ctx *c, struct str code, const struct json *given);
    /* Asks the version in force on that day. facts: {answers, situation} of nobody. */
    bool (*try_it)(struct ctx *c, struct str code, const struct json *given, const struct json *facts,
                   int32_t day, struct process_decided *out);
};
void process_set_decisions(struct server *s, const struct process_decisions *decisions);
/* The processes a version of which, in force or under which cases may still run, asks that model: an array of
 * {name, code, href}. */
void process_add_asking(struct ctx *c, struct str model, struct json *list);

/* data/processes: publishes every model of the folder that is new, or whose text changed since, as the
 * program's own. INVALID when one of them cannot be used. */
bool process_import_shipped(struct ctx *c, const char *data_dir, struct json *report) NODISCARD;

#endif
