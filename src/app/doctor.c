/* tongban doctor: looks at everything an installation needs, and says what to do. Changes nothing. */
#include "app/cli.h"
#include "core/auth/auth.h"
#include "core/base/time.h"
#include "core/http/libcurl.h"
#include "core/jobs/jobs.h"
#include "engines/licencepdf/libpango.h"
#include "modules/catalogue/catalogue.h"
#include "modules/licences/licences.h"
#include "modules/orgs/orgs.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { OFFICERS_PART = 200, PARKED_SHOWN = 100, FREE_MIB = 1024, CLOCK_SLACK_S = 120, LATE_IN_YEAR = 11 };

struct doctor {
    const struct settings *settings;
    struct arena *arena;
    int problems;
};

static void well(const char *msgid, struct str arg)
{
    struct str text = tr(cli_lang(), "[ ok ] ");
    fwrite(text.ptr, 1, text.len, stdout);
    cli_say(stdout, msgid, arg);
}

/* What is wrong, and what to do about it. */
static void problem(struct doctor *d, const char *msgid, struct str arg, const char *advice)
{
    struct str text = tr(cli_lang(), "[ !! ] ");
    d->problems++;
    fwrite(text.ptr, 1, text.len, stdout);
    cli_say(stdout, msgid, arg);
    struct str indented = tr(cli_lang(), advice);
    printf("       %.*s\n", STR_ARG(indented));
}

static struct str number(struct doctor *d, int64_t n)
{
    return str_fmt(d->arena, "%lld", (long long)n);
}

static void failed(struct doctor *d, const struct err *e, const char *advice)
{
    struct str text =
        tr_arg(cli_lang(), d->arena, e->msgid ? e->msgid : "Something went wrong.", str_c(e->arg));
    problem(d, "%{arg}", e->detail[0] ? str_fmt(d->arena, "%.*s (%s)", STR_ARG(text), e->detail) : text,
            advice);
}

/* ---- folder, disk, clock ---- */

static bool look_at_folder(struct doctor *d)
{
    struct stat st;
    const char *var = d->settings->var;
    if (stat(var, &st) != 0 || !S_ISDIR(st.st_mode)) {
        problem(d, "There is no folder %{arg}.", str_c(var),
                "Name the folder of the installation with --var, or start one with: tongban serve");
        return false;
    }
    if (st.st_mode & 077)
        problem(d, "Other users of this machine can look into the folder %{arg}.", str_c(var),
                "Close it: chmod 700 FOLDER");
    else
        well("The folder %{arg} is closed to others.", str_c(var));
    return true;
}

static void look_at_disk(struct doctor *d)
{
    struct statvfs v;
    if (statvfs(d->settings->var, &v) != 0) return;
    int64_t free_mib = (int64_t)(v.f_bavail * (v.f_frsize / 1024) / 1024);
    if (free_mib < FREE_MIB)
        problem(d, "Only %{arg} MiB are free on this disk.", number(d, free_mib),
                "Make room: a full disk stops every application.");
    else
        well("%{arg} MiB are free on this disk.", number(d, free_mib));
}

static void look_at_clock(struct doctor *d)
{
    struct stat st;
    int64_t now = time_now();
    const char *file = str_z(d->arena, str_fmt(d->arena, "%s/tongban.db", d->settings->var));
    bool back = stat(file, &st) == 0 && st.st_mtim.tv_sec > now / MS_SECOND + CLOCK_SLACK_S;
    if (back || date_to_civil(date_of(now)).year < 2026)
        problem(d, "The clock shows %{arg}, which is before what was done here already.",
                time_format(d->arena, now),
                "Set the clock (timedatectl set-ntp true): time limits and licences depend on it.");
    else
        well("The clock shows %{arg} (Beijing time).", time_format(d->arena, now));
}

/* Those that a running program loads only when it needs them; that of PostgreSQL shows with the database. */
static void look_at_libraries(struct doctor *d)
{
    struct err e = {0};
    if (libpango_load(&e) && libcurl_load(&e))
        well("The libraries for licences, mails and other servers are there.", STR_EMPTY);
    else
        failed(d, &e, "Install it: apt-get install libpangocairo-1.0-0 libcurl4");
}

/* ---- keys and database ---- */

static bool look_at_keys(struct doctor *d)
{
    struct err e = {0};
    const char *path = cli_key_path(d->arena, d->settings);
    struct key_provider p = key_provider_file(path);
    if (access(path, F_OK) != 0) {
        problem(d, "The root key is missing: %{arg}.", str_c(path),
                "Without it nothing personal can be read. Bring it back: tongban keys import FILE. Do not "
                "start the program before.");
        return false;
    }
    struct keyring *k = keyring_open(&p, &e);
    if (!k) {
        failed(d, &e,
               "Make the file readable for the program's user alone (chmod 600), or bring the keys back: "
               "tongban keys import FILE");
        return false;
    }
    well("The keys can be read, and by nobody else: %{arg}.", cli_key_fingerprint(d->arena, k));
    keyring_close(k);
    return true;
}

static bool look_at_database(struct doctor *d)
{
    struct err e = {0};
    int pending = 0;
    struct db *db = cli_open_db(d->arena, d->settings, &pending, &e);
    bool ok = db && db_check(db, &e);
    if (!ok)
        failed(d, &e,
               db ? "The database is damaged: stop the program and restore the last backup."
                  : "See to it that the database of --db or --var is there and reachable.");
    else if (pending)
        problem(d, "%{arg} migrations are still to be run.", number(d, pending),
                "Start the program once: it brings the database up to date.");
    else
        well("The database (%{arg}) is sound and up to date.", str_c(db_engine(db)));
    if (db) db_close(db);
    return ok && !pending;
}

/* ---- what is inside ---- */

static bool look_at_files(struct ctx *c)
{
    struct doctor *d = ctx_arg(c);
    int64_t named, missing;
    if (!blob_check(ctx_blobs(c), &c->tx, &named, &missing)) return false;
    if (missing)
        problem(d, "%{arg} files that people handed in are not there.", number(d, missing),
                "Bring the folder blobs back from a backup; nothing else needs to change.");
    else
        well("All files that people handed in are there: %{arg}.", number(d, named));
    return true;
}

static bool look_at_jobs(struct ctx *c)
{
    struct doctor *d = ctx_arg(c);
    struct job_row *rows;
    size_t count;
    if (!jobs_list(c, STR("parked"), 0, PARKED_SHOWN, &rows, &count)) return false;
    if (count)
        problem(d, "%{arg} jobs failed too often and wait for somebody.", number(d, (int64_t)count),
                "Look at them under /office/jobs, mend the cause, and run them again.");
    else
        well("No job waits for somebody.", STR_EMPTY);
    return true;
}

static bool look_at_licences(struct ctx *c)
{
    struct doctor *d = ctx_arg(c);
    int64_t unsigned_yet;
    if (!licence_unsigned(c, &unsigned_yet)) return false;
    if (unsigned_yet)
        problem(
            d, "Licences that wait for their signature: %{arg}.", number(d, unsigned_yet),
            "A running program signs within seconds. Start it; if they still wait, look under /office/jobs.");
    else
        well("Every licence that was granted is signed.", STR_EMPTY);
    return true;
}

static bool has_role(struct str roles, const char *role)
{
    struct str one;
    while (roles.len) {
        roles = str_cut(roles, '|', &one);
        if (str_eq_c(one, role)) return true;
    }
    return false;
}

static bool look_at_officers(struct ctx *c)
{
    struct doctor *d = ctx_arg(c);
    struct account *part;
    size_t count;
    int64_t after = 0, active = 0, admins = 0;
    do {
        if (!account_list(c, ACTOR_OFFICER, after, OFFICERS_PART, &part, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            after = part[i].id;
            active += part[i].active;
            admins += part[i].active && has_role(part[i].roles, "security_admin");
        }
    } while (count == OFFICERS_PART);
    if (!admins)
        problem(d, "Nobody can administer accounts yet.", STR_EMPTY,
                "Add the first administrator: tongban user add --admin NAME");
    else
        well("Officers who can sign in: %{arg}.", number(d, active));
    return true;
}

static bool look_at_place(struct ctx *c)
{
    struct doctor *d = ctx_arg(c);
    struct str place = orgs_place(c);
    if (!place.len || !catalogue_count(c))
        problem(d, "The directory of services is empty.", STR_EMPTY,
                "Import the list of the place: tongban import items FILE --division CODE");
    else
        well("Services in the directory: %{arg}.", number(d, (int64_t)catalogue_count(c)));
    return true;
}

static bool look_at_calendar(struct ctx *c)
{
    struct doctor *d = ctx_arg(c);
    const struct workcalendar *w = orgs_calendar(c);
    struct civil now = date_to_civil(date_of(c->now));
    int needed = now.month >= LATE_IN_YEAR ? now.year + 1 : now.year;
    if (w->last_year < needed)
        problem(d, "The working calendar does not know the year %{arg}: due dates in it are provisional.",
                number(d, needed), "When the State Council has announced it: tongban import calendar FILE");
    else
        well("The working calendar reaches to the year %{arg}.", number(d, w->last_year));
    return true;
}

static void look_inside(struct doctor *d)
{
    static handler *const looks[] = {look_at_officers, look_at_place, look_at_calendar,
                                     look_at_files,    look_at_jobs,  look_at_licences};
    const struct actor system = {.kind = ACTOR_SYSTEM};
    struct err e = {0};
    int lock = -1;
    struct server *s = cli_open_beside(d->arena, d->settings, &lock, &e);
    if (!s) failed(d, &e, "Mend this first; the rest could not be looked at.");
    for (size_t i = 0; s && i < sizeof looks / sizeof looks[0]; i++) {
        err_clear(&e);
        if (!server_read(s, &system, looks[i], d, &e))
            failed(d, &e, "Look at the program's log for what is behind it.");
    }
    server_close(s);
    if (lock >= 0) close(lock);
}

int command_doctor(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(64 << 20);
    if (!a || !crypto_start(&e)) return cli_fail(&e);
    struct doctor d = {.settings = s, .arena = a};
    if (look_at_folder(&d)) {
        look_at_disk(&d);
        look_at_clock(&d);
        look_at_libraries(&d);
        bool keys = look_at_keys(&d), database = look_at_database(&d);
        if (keys && database) look_inside(&d);
    }
    if (d.problems)
        cli_say(stdout, "Things to see to: %{arg}.", number(&d, d.problems));
    else
        cli_say(stdout, "All is well.", STR_EMPTY);
    arena_drop(a);
    return d.problems ? 1 : 0;
}
