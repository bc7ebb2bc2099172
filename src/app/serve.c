#include "app/cli.h"
#include "app/demo_sources.h"
#include "core/base/log.h"

#include <signal.h>
#include <unistd.h>

#ifdef TB_TESTING
#include "testing/lossy_vfs.h"
#endif

/* The signal handler needs to know which server; nothing else is global. NULL while none waits to be told. */
static struct server *_Atomic serving;
static volatile sig_atomic_t asked;

static void on_signal(int signal)
{
    (void)signal;
    asked = 1;
    struct server *s = serving;
    if (s) server_quit(s);
}

static void catch_signals(void)
{
    struct sigaction quit = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &quit, NULL);
    sigaction(SIGINT, &quit, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static void print_accounts(const struct settings *s)
{
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/demo-accounts.txt", s->var);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        fputs(line, stdout);
    if (f) fclose(f);
}

/* Without it, links in messages and printed codes lead nowhere, and cookies are not bound to https. */
static void warn_of_address(const struct settings *s)
{
    if (!s->public_url && strncmp(s->address, "127.", 4) != 0)
        log_event(LOG_LEVEL_WARN, "serve.no_public_url", "address", s->address, "hint",
                  "--public-url names the address people see", NULL);
}

/* Whoever sees the port open may send the signal at once. */
static bool listen_caught(struct server *server, int *port, struct err *e)
{
    catch_signals();
    if (!server_listen(server, port, e)) return false;
    serving = server;
    return true;
}

static bool serve(struct arena *a, const struct settings *s, const struct message_services *services,
                  struct err *e)
{
    int port = 0;
    const char *token = NULL;
    struct demo_provider *provider = NULL;
    if (s->metrics_token_file && !(token = cli_first_line(a, s->metrics_token_file, e))) return false;
    struct server_options o = {
        .db_url = cli_db_url(a, s),
        .var_dir = s->var,
        .public_url = s->public_url,
        .address = s->address,
        .port = s->port,
        .trusted_proxies = s->trusted_proxies,
        .metrics_token = token,
        .threads = s->threads,
        .demo = s->demo,
        .require_second_factor = s->require_second_factor,
        .desk_looks = s->desk_looks,
        .keep_years = s->keep_years,
        .places = s->places,
        .vfs = s->vfs,
        .durability = s->durability && strcmp(s->durability, "off") == 0 ? DB_OFF : DB_FULL,
    };
    struct server *server = cli_server(&o, e);
    if (!server) return false;
    const char *data = s->demo ? cli_data_dir(a, s, e) : NULL;
    bool ok = cli_use_message_services(server, services, e) &&
              (!s->demo || (data && demo_prepare(server, data, e) && demo_cases(server, e) &&
                            demo_sources(server, data, &provider, e))) &&
              listen_caught(server, &port, e);
    if (ok) {
        warn_of_address(s);
        cli_say(stdout, "Tongban is ready: http://%{arg}", str_fmt(a, "%s:%d", s->address, port));
        if (s->demo) print_accounts(s);
        fflush(stdout);
        if (!asked) server_wait(server);
        log_event(LOG_LEVEL_INFO, "serve.draining", NULL);
    }
    serving = NULL; /* told; the pipe goes with the server */
    server_close(server);
    demo_sources_end(provider);
    return ok;
}

int command_serve(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(1 << 20);
    if (!a) return 1;
#ifdef TB_TESTING
    if (s->vfs && !lossy_vfs_register()) {
        fputs("tongban serve: the test VFS cannot be registered.\n", stderr);
        return 1;
    }
#endif
    struct message_services services;
    int lock = cli_message_services(a, s, &services, &e) ? cli_lock(a, s, &e) : -1;
    int status = lock >= 0 && serve(a, s, &services, &e) ? 0 : cli_fail(&e);
    if (lock >= 0) close(lock);
    arena_drop(a);
    return status;
}
