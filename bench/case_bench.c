/* How many whole cases a second, when many people work at once.
 *
 *   case-bench URL FOLDER DATA [CASES [CALLERS]]     "sqlite:/tmp/x.db" or "postgresql://…"; keys and files
 * in FOLDER; the shipped data in DATA, of which a new database is given the demonstration
 *
 * A case of five steps: filled in and sent, accepted at the desk, passed on by two reviewers and a decider,
 * granted. Each of the six is a write of its own through the product's own acts, with all that belongs to
 * it: form and documents checked, answers and words sealed, state, clock, timer of the time for acceptance,
 * inboxes, message, evidence; it answers when the disk has it. CALLERS (256) work side by side, each at one
 * case after the other; the sequencer of the evidence runs beside. What jobs do after a decision (sending
 * messages, handing over) is not waited for.
 *
 * Prints "RESULT cases/s CPU-µs-each": the median of the rounds. */
#include "app/cli.h"
#include "core/auth/auth.h"
#include "core/base/time.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/evidence/evidence_log.h"
#include "modules/processes/processes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { ROUNDS = 5, CALLERS_MAX = 512 };

static const char base_item[] = "BI-0010";
static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};

#define WAY(from, to) "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define TASK(id, role, acts)                                                                                 \
    "<userTask id='" id "' name='" id "' t:candidateGroups='" role "' t:acts='" acts "'/>"
static const char model[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' id='d' "
    "targetNamespace='t'><process id='one-review' name='Five steps' isExecutable='true'>"
    "<startEvent id='start'/>" TASK("receive", "desk", "accept correct reject") TASK("review", "reviewer",
                                                                                     "pass send_back")
        TASK("check", "reviewer", "pass send_back") TASK("agree", "decider", "pass send_back") TASK(
            "decide", "decider", "grant refuse send_back") WAY("start", "receive") WAY("receive", "review")
            WAY("review", "check") WAY("check", "agree") WAY("agree", "decide") WAY("decide", "g") WAY(
                "g", "no") "<exclusiveGateway id='g' default='g-no'/><endEvent id='yes' t:result='granted'/>"
                           "<endEvent id='no' t:result='refused'/><sequenceFlow id='g-yes' sourceRef='g' "
                           "targetRef='yes'><conditionExpression xsi:type='tFormalExpression'>outcome = "
                           "\"grant\"</conditionExpression></sequenceFlow></process></definitions>";

static const struct {
    const char *act, *step;
    enum course_role role;
} acts[] = {{"accept", "receive", COURSE_DESK},
            {"pass", "review", COURSE_REVIEWER},
            {"pass", "check", COURSE_REVIEWER},
            {"pass", "agree", COURSE_DECIDER},
            {"grant", "decide", COURSE_DECIDER}};
enum { ACTS = sizeof acts / sizeof acts[0] };

static struct bench {
    struct server *server;
    struct arena *arena;
    const char *folder;
    int64_t item;
    struct account people[COURSE_ROLE_COUNT];
    atomic_int left; /* cases of this round that nobody has begun */
    int64_t decided;
} bench;

static _Noreturn void stop_with(const struct err *e)
{
    fprintf(stderr, "%s: %s %s %s\n", e->code, e->msgid, e->detail, e->arg);
    exit(1);
}

/* ---- who acts ---- */

static void keep(enum course_role role, const struct account *a)
{
    bench.people[role] = *a;
    bench.people[role].roles = str_dup(bench.arena, a->roles);
    bench.people[role].area = str_dup(bench.arena, a->area);
}

static bool find_people(struct ctx *c)
{
    const struct item *item = catalogue_of_base(c, str_c(base_item));
    struct account *list, one;
    size_t count;
    int64_t after = 0;
    struct str hash;
    if (!item) return err_fault(c->err, "no item");
    bench.item = item->id;
    if (!account_by_login(c, ACTOR_OFFICER, STR("desk1"), &one, &hash)) return false;
    keep(COURSE_DESK, &one);
    if (!account_by_login(c, ACTOR_PERSON, STR("13900000101"), &one, &hash)) return false;
    keep(COURSE_APPLICANT, &one);
    do {
        if (!account_list_unit(c, item->unit, after, 100, &list, &count)) return false;
        for (size_t i = 0; i < count; i++) {
            after = list[i].id;
            if (str_eq_c(list[i].roles, "reviewer")) keep(COURSE_REVIEWER, &list[i]);
            if (str_eq_c(list[i].roles, "decider")) keep(COURSE_DECIDER, &list[i]);
        }
    } while (count == 100);
    return (bench.people[COURSE_REVIEWER].id && bench.people[COURSE_DECIDER].id) ||
           err_fault(c->err, "the department of %s has no officers", base_item);
}

static void become(struct ctx *c, enum course_role role)
{
    const struct account *a = &bench.people[role];
    c->actor = (struct actor){.kind = a->kind,
                              .account = a->id,
                              .unit = a->unit,
                              .area = a->area,
                              .subject = a->subject,
                              .level = a->level};
    server_permit(c->server, &c->actor, a->roles);
}

/* ---- one case ---- */

struct doing {
    int64_t id;
    int act;
};

static bool send(struct ctx *c)
{
    struct doing *d = ctx_arg(c);
    struct case_seed seed = {.item = catalogue_by_id(c, bench.item),
                             .applicant = bench.people[COURSE_APPLICANT].subject,
                             .channel = "web"};
    become(c, COURSE_APPLICANT);
    return case_seed(c, &seed, &d->id);
}

static bool act(struct ctx *c)
{
    const struct doing *d = ctx_arg(c);
    become(c, acts[d->act].role);
    return case_seed_act_at(c, d->id, acts[d->act].act, acts[d->act].step, NULL, STR("x"));
}

static void write_or_stop(handler *fn, void *arg)
{
    struct err e = {0};
    if (!server_write(bench.server, &SYSTEM, fn, arg, &e)) stop_with(&e);
}

static void *work(void *)
{
    while (atomic_fetch_sub(&bench.left, 1) > 0) {
        struct doing d = {0};
        write_or_stop(send, &d);
        for (d.act = 0; d.act < ACTS; d.act++)
            write_or_stop(act, &d);
    }
    return NULL;
}

/* ---- measuring ---- */

static bool count_decided(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM case_file WHERE result = 'granted'")) return false;
    bench.decided = db_int(&r, 0, 0);
    return true;
}

static int64_t decided(void)
{
    struct err e = {0};
    if (!server_read(bench.server, &SYSTEM, count_decided, NULL, &e)) stop_with(&e);
    return bench.decided;
}

static double cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

struct figure {
    double each_second, cpu_us;
};

static struct figure round_of(int cases, int callers)
{
    pthread_t t[CALLERS_MAX];
    int64_t before = decided(), start = time_monotonic_us();
    double cpu = cpu_us();
    bench.left = cases;
    for (int i = 0; i < callers; i++)
        if (pthread_create(&t[i], NULL, work, NULL) != 0) exit(1);
    for (int i = 0; i < callers; i++)
        pthread_join(t[i], NULL);
    struct figure f = {.each_second = cases * 1e6 / (double)(time_monotonic_us() - start),
                       .cpu_us = (cpu_us() - cpu) / cases};
    if (decided() - before == cases) return f;
    fprintf(stderr, "%lld of %d cases are decided\n", (long long)(decided() - before), cases);
    exit(1);
}

static int by_rate(const void *a, const void *b)
{
    double x = ((const struct figure *)a)->each_second, y = ((const struct figure *)b)->each_second;
    return (x > y) - (x < y);
}

static void measure(int cases, int callers)
{
    struct figure rounds[ROUNDS];
    struct err e = {0};
    struct evidence_sequencer *sequencer = evidence_sequencer_start(bench.server, &e);
    if (!sequencer) stop_with(&e);
    (void)round_of(callers, callers);
    for (int i = 0; i < ROUNDS; i++)
        rounds[i] = round_of(cases / ROUNDS, callers);
    evidence_sequencer_stop(sequencer);
    qsort(rounds, ROUNDS, sizeof rounds[0], by_rate);
    printf("RESULT %.0f %.0f\n", rounds[ROUNDS / 2].each_second, rounds[ROUNDS / 2].cpu_us);
}

/* ---- opening ---- */

static bool publish(struct ctx *c)
{
    return process_import_shipped(c, bench.folder, json_object(c->arena));
}

static void publish_model(void)
{
    char path[600];
    snprintf(path, sizeof path, "%s/processes", bench.folder);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/processes/one-review.bpmn", bench.folder);
    FILE *f = fopen(path, "w");
    if (!f || fputs(model, f) < 0 || fclose(f) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(1);
    }
    write_or_stop(publish, NULL);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    int cases = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 10000,
        callers = argc > 5 ? (int)strtol(argv[5], NULL, 10) : 256;
    if (argc < 4 || cases < ROUNDS || callers < 1 || callers > CALLERS_MAX) {
        fprintf(stderr, "usage: case-bench URL FOLDER DATA [CASES [CALLERS]]\n");
        return 2;
    }
    struct server_options o = {
        .db_url = argv[1], .var_dir = argv[2], .address = "127.0.0.1", .threads = 2, .demo = true};
    bench.folder = argv[2];
    bench.arena = arena_new(1 << 20);
    bench.server = bench.arena ? server_open(&o, modules, module_count, &e) : NULL;
    if (!bench.server || !demo_prepare(bench.server, argv[3], &e)) stop_with(&e);
    publish_model();
    if (!server_read(bench.server, &SYSTEM, find_people, NULL, &e)) stop_with(&e);
    measure(cases, callers);
    server_close(bench.server);
    arena_drop(bench.arena);
    return 0;
}
