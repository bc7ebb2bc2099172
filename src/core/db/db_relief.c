#include "core/db/db_relief.h"

#include "core/base/log.h"

#include <sys/resource.h>
#include <unistd.h>

enum { RELIEF_NICE = 5 };

struct db_relief {
    struct db *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    enum { RELIEF_RESTS, RELIEF_ASKED, RELIEF_DONE } state;
    bool stopping;
};

static void warn(const struct err *e)
{
    log_event(LOG_LEVEL_WARN, "db.checkpoint_failed", "detail", e->detail, NULL);
}

static void carry_over(struct db_relief *r, struct db_conn **own)
{
    struct err e = {0};
    if (!*own) *own = r->db->driver->connect(r->db, false, &e);
    if (!*own) {
        warn(&e);
        return;
    }
    (*own)->db = r->db;
    if (!db_lay_down(*own, DB_LAY_BESIDE, &e)) warn(&e);
}

static void *relieve(void *arg)
{
    struct db_relief *r = arg;
    struct db_conn *own = NULL;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), RELIEF_NICE); /* who waits for an answer goes first */
    pthread_mutex_lock(&r->lock);
    while (!r->stopping) {
        if (r->state != RELIEF_ASKED) {
            pthread_cond_wait(&r->wake, &r->lock);
            continue;
        }
        pthread_mutex_unlock(&r->lock);
        carry_over(r, &own);
        pthread_mutex_lock(&r->lock);
        r->state = RELIEF_DONE;
        pthread_cond_broadcast(&r->wake);
    }
    pthread_mutex_unlock(&r->lock);
    if (own) r->db->driver->disconnect(own);
    return NULL;
}

struct db_relief *db_relief_start(struct db *db, struct err *e)
{
    struct db_relief *r = mem_alloc(1, sizeof *r);
    if (!r) {
        err_fault(e, "out of memory");
        return NULL;
    }
    r->db = db;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wake, NULL);
    if (pthread_create(&r->thread, NULL, relieve, r) == 0) return r;
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    mem_free(r);
    err_fault(e, "no thread for the log");
    return NULL;
}

void db_relief_stop(struct db_relief *r)
{
    if (!r) return;
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    mem_free(r);
}

void db_relief_turn(struct db_relief *r, bool too_long)
{
    pthread_mutex_lock(&r->lock);
    if (r->state == RELIEF_RESTS) {
        r->state = RELIEF_ASKED;
        pthread_cond_broadcast(&r->wake);
    }
    while (too_long && r->state == RELIEF_ASKED)
        pthread_cond_wait(&r->wake, &r->lock);
    bool ends = r->state == RELIEF_DONE;
    pthread_mutex_unlock(&r->lock);
    if (!ends) return;
    db_lay_rest(r->db);
    pthread_mutex_lock(&r->lock);
    r->state = RELIEF_RESTS;
    pthread_mutex_unlock(&r->lock);
}
