/* Private to the module: a version played through with simulated people.
 *
 * Purpose: whoever draws a process sees what it does before any case runs under it. The course is a pure
 * function, so that a try-run is nothing but the list of acts that were done: each page plays it again from
 * the start. Invariants: nothing is stored, nobody is named, no clock but the one of the try-run moves; an
 * act that the version does not allow (any more) ends the play there, with the reason. Ownership: the arena
 * of the request. Units: days and ms UTC. */
#ifndef TB_PROCESSES_TRY_H
#define TB_PROCESSES_TRY_H

#include "modules/processes/processes_internal.h"

enum { TRIAL_ACTS_MAX = 200, TRIAL_TIMERS_MAX = 64, TRIAL_DECISIONS_MAX = 30 };

struct trial_timer {
    int64_t at;
    bool of_process;
    enum course_timer timer; /* of the law */
    int64_t token;           /* of the process */
    int index;
    bool rung;
};
struct trial {
    struct ctx *c;
    const struct course *course;
    const struct bpmn_sheet *sheet;
    struct course_state state;
    int64_t now;
    int32_t first_day, clock_from; /* clock_from: 0 while it does not run */
    int used;                      /* working days before that */
    bool clock_ever, clock_over;
    struct trial_timer timers[TRIAL_TIMERS_MAX];
    size_t timer_count;
    struct json *timeline; /* newest last; entries as the partial "timeline" has them */
    struct json *facts;    /* what the applicant said: situation, answers */
    const char **tones;    /* of the sheet's parts */
    const char *stopped;   /* msgid: why the play ended early */
    struct str stopped_arg;
    size_t played;
    unsigned decided; /* models asked since somebody did something */
};

/* Plays `way`: acts with commas between. */
void trial_play(struct trial *t, struct str way);
/* The next timer that may still ring; NULL: none. */
struct trial_timer *trial_next_timer(struct trial *t);
int trial_days_used(const struct trial *t);
/* The rule that waits for its answer, as a token; 0: none. */
int64_t trial_rule(const struct trial *t);
/* The message a node waits for; empty: none. */
struct str trial_message(const struct trial *t, int node);

#endif
