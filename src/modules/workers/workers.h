/* Service tasks for systems of departments, over the REST protocol of Camunda 7 (external tasks).
 *
 * A service task of a process waits as a row until a system with its topic has fetched, locked and completed
 * it. Invariants: what a system may take, its department has given it (topic) and the model has meant for
 * that department; a task is done once, by who holds its lock; a lock that ended lets another worker fetch; a
 * task without retries left is an incident that people see and let be tried again. What is handed over and
 * what is said of failures is sealed under the applicant's key; every act is evidence. */
#ifndef TB_WORKERS_H
#define TB_WORKERS_H

#include "core/http/route.h"

extern const struct module workers_module;

/* For demonstrations and tests: gives a system of this installation that topic; a password of 64 hex digits
 * in its place of what it had. */
bool workers_give_topic(struct ctx *c, struct str system, struct str topic) NODISCARD;
bool workers_set_password(struct ctx *c, struct str system, struct str password) NODISCARD;

/* Permissions: "worker.read", "worker.retry", "worker.grant". */

#endif
