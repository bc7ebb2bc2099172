/* Signals between cases: who waits for which, and what was sent. Private to the module.
 *
 * A signal is sent in the transaction of the act that leads to it and gets a number there. Who waits for it
 * has a row, with the number of the last signal before it began to wait. The job case.signal gives each case
 * that waited then a job of its own (case.hear), which moves it in the transaction that ends the job: every
 * case hears a signal once, however often the program dies, and none holds up another.
 *
 * A system of a department sends one to the cases whose event waits for a signal of that department
 * (`department` of the event, else the one that owns the case), and to one case alone (case_signal_one) in
 * its own transaction. What it brings is kept as far as the model names it. */
#ifndef TB_CASES_SIGNALS_H
#define TB_CASES_SIGNALS_H

#include "modules/cases/cases_internal.h"

/* Of signals that lead to signals: so many one after the other, and so many of one name by one case in all
 * that one first signal led to. What goes on is a round that would never end, or spreads without end where
 * several cases wait on each side. */
enum { SIGNAL_ROUNDS_MAX = 30, SIGNAL_AGAIN_MAX = 5 };

/* Those among the commands (COURSE_BROADCAST), each to every case that waits for it now. CONFLICT
 * "case.signal_round". */
bool case_send_signals(struct ctx *c, const struct case_work *w,
                       const struct course_commands *done) NODISCARD;
/* Rows for what the case waits for, and no others. */
bool case_keep_listening(struct ctx *c, const struct case_work *w) NODISCARD;
bool case_run_signal(struct ctx *c, const struct json *payload);
bool case_run_hear(struct ctx *c, const struct json *payload);

/* ---- cases_signals_store.c ---- */
struct case_listening {
    int64_t case_id, token;
    struct str name;
    int64_t unit; /* whose systems may send it: the department that the event names, else the owner's */
};
/* One that is on its way: of a case (from), or of a system `by` of a department (unit), with what it brings,
 * sealed (values). */
struct case_sending {
    int64_t number, root, from, unit;
    struct str name, by, values;
    int rounds;
};
/* root: the first signal that led to it; 0: it is the first. */
bool signals_store_send(struct ctx *c, struct str name, int64_t case_id, int64_t root,
                        int64_t *number) NODISCARD;
/* How many of that name the case has sent among those that one first signal led to. */
bool signals_store_sent(struct ctx *c, struct str name, int64_t case_id, int64_t root,
                        int64_t *count) NODISCARD;
bool signals_store_of_case(struct ctx *c, int64_t case_id, struct case_listening **list,
                           size_t *count) NODISCARD;
bool signals_store_listen(struct ctx *c, const struct case_listening *one) NODISCARD;
/* It goes on waiting, for systems of another department. */
bool signals_store_hand(struct ctx *c, const struct case_listening *one) NODISCARD;
bool signals_store_leave(struct ctx *c, const struct case_listening *one) NODISCARD;
/* Who waited for it before it was sent, but the case that sends it; of a system those that wait for one of
 * its department. Behind `after`, at most `most`. */
bool signals_store_waiting(struct ctx *c, const struct case_sending *s, const struct case_listening *after,
                           int most, struct case_listening **list, size_t *count) NODISCARD;

#endif
