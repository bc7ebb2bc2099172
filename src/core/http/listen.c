#include "core/db/db_driver.h"
#include "core/http/private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

static bool begin_modules(struct server *s, struct err *e)
{
    for (size_t i = 0; i < s->module_count; i++)
        if (s->modules[i]->begin && !s->modules[i]->begin(s, e)) return false;
    return true;
}

bool server_listen(struct server *s, int *port, struct err *e)
{
    if (pipe2(s->quit_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return err_fault(e, "pipe: %s", strerror(errno));
    s->jobs = jobs_start(s, 2, e);
    return s->jobs && watch_start(s, e) && begin_modules(s, e) && front_start(s, port, e);
}

/* What start-up and bursts needed goes back to the system. */
void server_wait(struct server *s)
{
    enum { AFTER_START_MS = 1000, BETWEEN_MS = 60000 };
    struct pollfd quit = {.fd = s->quit_pipe[0], .events = POLLIN};
    int wait = AFTER_START_MS, told;
    while ((told = poll(&quit, 1, wait)) == 0 || (told < 0 && errno == EINTR))
        if (told == 0) {
            if (wait == AFTER_START_MS) db_ease(s->db);
            mem_trim();
            wait = BETWEEN_MS;
        }
}

void server_quit(struct server *s)
{
    int saved = errno;
    if (write(s->quit_pipe[1], "q", 1) < 0) errno = saved;
    errno = saved;
}
