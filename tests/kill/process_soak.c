/* Cases of a process with parallel branches, a timer, a task of a department's system and returns, driven by
 * the rules of everybody's until all are through. The parent kills it (process_soak.py); started again it
 * goes on from what is stored.
 *
 *   process-soak FOLDER COUNT run     one program, until COUNT cases are closed; 0 when they are
 *   process-soak FOLDER COUNT check   the state of each against the same acts without interruption
 *
 * What a case is to go through follows from its id; how far it is, from the acts on record. */
#include "kill/soak.h"
#include "modules/exchange/exchange_system.h"
#include "modules/workers/workers.h"

enum {
    BEGIN = 40,
    BATCH = 100,
    SCRIPT_MAX = 16,
    ABANDONED = 16, /* of so many locks the worker forgets one */
    FAILED = 24     /* and says of one that it could not do it now */
};

/* "timer", "served" and "delivered" come by themselves: the driver waits for them. `to`: a step to send back
 * to. */
struct act {
    const char *name, *step, *to;
};
static const struct act scripts[][SCRIPT_MAX] = {
    {{"accept", 0, 0},
     {"pass", "review", 0},
     {"timer", 0, 0},
     {"pass", "visit", 0},
     {"served", "check", 0},
     {"grant", "decide", 0},
     {"delivered", 0, 0},
     {0}},
    {{"accept", 0, 0},
     {"timer", 0, 0},
     {"pass", "visit", 0},
     {"served", "check", 0},
     {"pass", "review", 0},
     {"send_back", "decide", "review"},
     {"pass", "review", 0},
     {"refuse", "decide", 0},
     {"delivered", 0, 0},
     {0}},
    {{"accept", 0, 0},
     {"pass", "review", 0},
     {"timer", 0, 0},
     {"pass", "visit", 0},
     {"served", "check", 0},
     {"send_back", "decide", "receive"},
     {"pass", "receive", 0},
     {"timer", 0, 0},
     {"pass", "visit", 0},
     {"served", "check", 0},
     {"pass", "review", 0},
     {"grant", "decide", 0},
     {"delivered", 0, 0},
     {0}},
    {{"accept", 0, 0},
     {"special_procedure", "review", 0},
     {"special_end", "review", 0},
     {"pass", "review", 0},
     {"timer", 0, 0},
     {"pass", "visit", 0},
     {"served", "check", 0},
     {"grant", "decide", 0},
     {"delivered", 0, 0},
     {0}},
    {{"accept", 0, 0},
     {"timer", 0, 0},
     {"send_back", "visit", "receive"},
     {"pass", "receive", 0},
     {"timer", 0, 0},
     {"pass", "visit", 0},
     {"served", "check", 0},
     {"pass", "review", 0},
     {"grant", "decide", 0},
     {"delivered", 0, 0},
     {0}},
    {{"reject", 0, 0}, {0}},
};
enum { SCRIPTS = sizeof scripts / sizeof scripts[0] };

#define WAY(from, to) "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define TASK(id, role, acts)                                                                                 \
    "<userTask id='" id "' name='" id "' t:candidateGroups='" role "' t:acts='" acts "'/>"
static const char model[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' id='d' "
    "targetNamespace='t'><process id='one-review' name='Soak' isExecutable='true'>"
    "<startEvent id='start'/>" TASK("receive", "desk", "accept correct reject") TASK(
        "review", "reviewer", "pass send_back special_procedure") TASK("visit", "reviewer", "pass send_back")
        TASK("decide", "decider",
             "grant refuse send_back") "<parallelGateway id='f'/><parallelGateway "
                                       "id='j'/><intermediateCatchEvent id='wait'>"
                                       "<timerEventDefinition><timeDuration "
                                       "xsi:type='tFormalExpression'>PT1S</timeDuration>"
                                       "</timerEventDefinition></intermediateCatchEvent>"
                                       "<serviceTask id='check' t:topic='soak.check' t:gives='case_no'/>"
                                       "<exclusiveGateway id='g' default='g-no'/><endEvent id='yes' "
                                       "t:result='granted'/>"
                                       "<endEvent id='no' t:result='refused'/>"
                                       "<sequenceFlow id='g-yes' sourceRef='g' "
                                       "targetRef='yes'><conditionExpression "
                                       "xsi:type='tFormalExpression'>outcome = "
                                       "\"grant\"</conditionExpression></sequenceFlow>" WAY("g", "no")
                                           WAY("start", "receive") WAY("receive", "f") WAY("f", "review")
                                               WAY("f", "wait") WAY("wait", "visit") WAY("review", "j")
                                                   WAY("visit", "check") WAY("check", "j") WAY("j", "decide")
                                                       WAY("decide", "g") "</process></definitions>";

struct soak {
    struct soak_people who;
    int64_t count, begun, closed, after, looked;
    int64_t checked, wrong, done; /* done: acts of the last round */
    int64_t served, locked;
    struct arena *asks;
};

static const struct act *script_of(int64_t id)
{
    return scripts[((uint64_t)id >> 3) % SCRIPTS];
}

static enum course_role role_of(const struct act *a)
{
    if (!a->step || strcmp(a->step, "receive") == 0) return COURSE_DESK;
    return strcmp(a->step, "decide") == 0 ? COURSE_DECIDER : COURSE_REVIEWER;
}

/* ---- running ---- */

static bool begin_some(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    const struct item *item = catalogue_by_id(c, s->who.item);
    struct case_seed seed = {.item = item, .applicant = s->who.person.subject, .channel = "web"};
    for (int i = 0; i < BEGIN && s->begun + i < s->count; i++) {
        int64_t id;
        soak_become(c, &s->who.person);
        if (!case_seed(c, &seed, &id)) return false;
    }
    return true;
}

static bool by_itself(const struct act *a)
{
    return strcmp(a->name, "timer") == 0 || strcmp(a->name, "served") == 0 ||
           strcmp(a->name, "delivered") == 0;
}

/* While a timer runs that comes later in the script, what comes before it is done in one transaction: it
 * could ring in between. */
static bool timer_follows(const struct act *a)
{
    while (a->name && !by_itself(a))
        a++;
    return a->name && strcmp(a->name, "timer") == 0;
}

static bool go_on(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT f.id, (SELECT COUNT(*) FROM case_event e WHERE e.case_id = f.id) FROM case_file f "
            "WHERE f.closed = 0 AND f.submitted > 0 AND f.channel = 'web' AND f.process_version = 2 AND "
            "f.id > $1 ORDER BY f.id LIMIT $2",
            DB_I(s->after), DB_I(BATCH)))
        return false;
    int64_t last = 0;
    s->done = 0;
    for (size_t i = 0; i < r.rows; i++) {
        int64_t id = db_int(&r, i, 0), done = db_int(&r, i, 1) - 1;
        const struct act *a = &script_of(id)[done];
        last = id;
        for (bool more = true; a->name && !by_itself(a) && more; a++, s->done++) {
            soak_become(c, &s->who.people[role_of(a)]);
            if (!case_seed_act_at(c, id, a->name, a->step, a->to, STR("x")))
                return err_fault(c->err, "case %lld, act %lld %s: %s", (long long)id, (long long)done,
                                 a->name, c->err->code);
            more = timer_follows(a + 1);
        }
    }
    s->after = r.rows == BATCH ? last : 0;
    return true;
}

static bool count_all(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    if (!db_query(
            &c->tx, &r,
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN closed > 0 THEN 1 ELSE 0 END), 0) FROM case_file WHERE "
            "process_version = 2 AND submitted > 0"))
        return false;
    s->begun = db_int(&r, 0, 0);
    s->closed = db_int(&r, 0, 1);
    return true;
}

/* ---- the system of the department ---- */

#define SYSTEM_NAME "soak-checks"
#define PASSWORD    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct answer ask(struct soak *s, const char *path, const char *body)
{
    struct answer out = {0};
    struct request *r = ARENA_NEW(s->asks, struct request);
    struct str pair = STR(SYSTEM_NAME ":" PASSWORD);
    *r = (struct request){.method = METHOD_POST,
                          .path = str_c(path),
                          .body = str_c(body),
                          .content_type = STR("application/json"),
                          .accept = STR("*/*"),
                          .peer = STR("192.0.2.1"),
                          .direct = STR("192.0.2.1")};
    r->authorization = str_cat(s->asks, STR("Basic "), str_base64(s->asks, pair.ptr, pair.len));
    server_handle(s->who.server, s->asks, r, &out);
    return out;
}

/* Some locks are forgotten, as by a worker that died: they end, and the task is fetched again. Some tasks are
 * reported as failed and tried again. Some answers are sent twice, or by a worker that does not hold the
 * task: they change nothing. */
static bool complete(struct soak *s, const struct json *task, struct err *e)
{
    const char *task_path = str_z(
        s->asks, str_fmt(s->asks, "/engine-rest/external-task/%.*s", STR_ARG(json_text_of(task, "id"))));
    const char *path = str_z(s->asks, str_fmt(s->asks, "%s/complete", task_path));
    const char *body = str_z(s->asks, str_fmt(s->asks, "{\"workerId\":\"w%d\"}", (int)getpid()));
    struct answer a;
    s->locked++;
    if (s->locked % ABANDONED == 0) return true;
    if (s->locked % FAILED == 1) {
        a = ask(s, str_z(s->asks, str_fmt(s->asks, "%s/failure", task_path)),
                str_z(s->asks, str_fmt(s->asks,
                                       "{\"workerId\":\"w%d\",\"errorMessage\":\"x\",\"retries\":9,"
                                       "\"retryTimeout\":1000}",
                                       (int)getpid())));
        return a.status == 204 || a.status == 404 || err_fault(e, "a failure was answered %d", a.status);
    }
    if (s->locked % 8 == 2) {
        a = ask(s, path, "{\"workerId\":\"another\"}");
        if (a.status < 400) return err_fault(e, "a worker without a lock was answered %d", a.status);
    }
    a = ask(s, path, body);
    if (a.status != 204 && a.status != 404)
        return err_fault(e, "a task was answered %d: %.*s", a.status, STR_ARG(a.body));
    s->served += a.status == 204;
    if (s->locked % 8) return true;
    a = ask(s, path, body);
    return a.status == 404 || err_fault(e, "a task was done twice (%d)", a.status);
}

static bool work(struct soak *s, struct err *e)
{
    s->asks = arena_new(64 << 20);
    const char *body = str_z(
        s->asks, str_fmt(s->asks,
                         "{\"workerId\":\"w%d\",\"maxTasks\":100,\"topics\":[{\"topicName\":\"soak.check\","
                         "\"lockDuration\":60000}]}",
                         (int)getpid()));
    struct answer a = ask(s, "/engine-rest/external-task/fetchAndLock", body);
    const struct json *list = a.status == 200 ? json_parse(s->asks, a.body, JSON_STRICT, e) : NULL;
    bool ok = list || err_fault(e, "a fetch was answered %d: %.*s", a.status, STR_ARG(a.body));
    JSON_EACH(task, list)
    {
        ok = ok && complete(s, task, e);
    }
    arena_drop(s->asks);
    return ok;
}

static bool add_system(struct ctx *c)
{
    const struct item *item = catalogue_of_base(c, str_c(soak_item));
    struct actor program = c->actor;
    struct db_rows r;
    struct str key;
    if (!db_query(&c->tx, &r, "SELECT 1 FROM worker_access WHERE system = $1", DB_C(SYSTEM_NAME)))
        return false;
    if (r.rows) return true;
    c->actor = (struct actor){.kind = ACTOR_OFFICER, .unit = item->unit};
    bool ok = system_add(c, STR(SYSTEM_NAME), STR("核查系统"), &key);
    c->actor = program;
    return ok && workers_set_password(c, STR(SYSTEM_NAME), STR(PASSWORD)) &&
           workers_give_topic(c, STR(SYSTEM_NAME), STR("soak.check"));
}

static bool run(struct soak *s, struct err *e)
{
    for (int round = 0;; round++) {
        if (!work(s, e)) return false;
        if (s->begun < s->count) {
            if (!soak_write(&s->who, begin_some, s, e)) return false;
            s->begun += BEGIN;
        }
        if (!soak_write(&s->who, go_on, s, e)) return false;
        if (round % 4 == 0 && jobs_drain(s->who.server, e) < 0) return false;
        if (s->after || s->begun < s->count) continue;
        if (!s->done && jobs_drain(s->who.server, e) < 0) return false;
        if (!s->done) usleep(5000);
        if (!soak_read(&s->who, count_all, s, e)) return false;
        if (s->closed >= s->count) return true;
    }
}

/* ---- checking ---- */

/* The same acts in memory, one after the other. */
static bool expected(struct ctx *c, const struct soak *s, int64_t id, const struct course *f,
                     const struct json *stored, struct course_state *out)
{
    struct course_commands asked;
    struct json *known = json_object(c->arena);
    JSON_EACH(v, json_path(stored, "process.variables"))
    {
        struct str name = json_text_of(v, "name");
        if (!str_eq_c(name, "outcome"))
            json_set(known, str_z(c->arena, name), json_copy(c->arena, json_get(v, "value")));
    }
    struct course_event event = {.kind = COURSE_SUBMIT,
                                 .role = COURSE_APPLICANT,
                                 .variables = known,
                                 .who = str_fmt(c->arena, "%lld", (long long)s->who.person.id)};
    *out = course_start();
    if (!course_next(c->arena, f, out, &event, out, &asked, c->err)) return false;
    for (const struct act *a = script_of(id); a->name; a++) {
        event = (struct course_event){
            .kind = COURSE_DO, .act = course_act_of(str_c(a->name)), .role = role_of(a)};
        event.who = str_fmt(c->arena, "%lld", (long long)s->who.people[role_of(a)].id);
        event.target = a->to ? str_c(a->to) : STR_EMPTY;
        for (size_t i = 0; i < out->process.count; i++) {
            const struct bpmn_token *t = &out->process.tokens[i];
            struct str node = bpmn_node_id(course_model(f), t->node);
            if (strcmp(a->name, "timer") == 0 ? str_eq_c(node, "wait") : a->step && str_eq_c(node, a->step))
                event.token = t->id;
        }
        if (strcmp(a->name, "timer") == 0) event.kind = COURSE_PROCESS_TIMER;
        if (strcmp(a->name, "served") == 0) event.kind = COURSE_SERVED;
        if (strcmp(a->name, "delivered") == 0) event.kind = COURSE_DELIVERED;
        if (strcmp(a->name, "special_end") == 0) event.kind = COURSE_SPECIAL_END;
        if (by_itself(a)) {
            event.role = COURSE_SYSTEM;
            event.who = STR_EMPTY;
        }
        if (!course_next(c->arena, f, out, &event, out, &asked, c->err)) return false;
    }
    return true;
}

static int length_of(const struct act *a)
{
    int n = 0;
    while (a[n].name)
        n++;
    return n;
}

static bool check_some(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    const struct process_version *p = process_version_of(c, STR("one-review"), 2);
    if (!p ||
        !db_query(&c->tx, &r,
                  "SELECT f.id, f.state, (SELECT COUNT(*) FROM case_event e WHERE e.case_id = f.id), (SELECT "
                  "COUNT(*) FROM case_waiting w WHERE w.case_id = f.id) FROM case_file f WHERE "
                  "f.process_version = 2 AND f.submitted > 0 AND f.id > $1 ORDER BY f.id LIMIT 200",
                  DB_I(s->after)))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        struct course_state state;
        int64_t id = db_int(&r, i, 0);
        const struct json *stored = json_parse(c->arena, db_str(&r, i, 1), JSON_STRICT, c->err);
        if (!stored || !expected(c, s, id, p->course, stored, &state)) return false;
        struct str right = json_to_str(c->arena, course_state_write(c->arena, p->course, &state));
        bool same = str_eq(right, db_str(&r, i, 1)) && db_int(&r, i, 2) == length_of(script_of(id)) + 1 &&
                    !db_int(&r, i, 3);
        if (!same && s->wrong++ < 3)
            fprintf(stderr, "case %lld\n  is     %.*s\n  should %.*s\n", (long long)id,
                    STR_ARG(db_str(&r, i, 1)), STR_ARG(right));
        s->checked++;
        s->after = id;
    }
    s->looked = (int64_t)r.rows;
    return true;
}

/* Every task that was asked for is done once, and none is left. */
static bool check_tasks(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    int64_t tasks = 0;
    if (!db_query(&c->tx, &r, "SELECT id FROM case_file WHERE process_version = 2 AND submitted > 0"))
        return false;
    for (size_t i = 0; i < r.rows; i++)
        for (const struct act *a = script_of(db_int(&r, i, 0)); a->name; a++)
            tasks += strcmp(a->name, "served") == 0;
    if (!db_query(&c->tx, &r,
                  "SELECT (SELECT COUNT(*) FROM external_task), (SELECT COUNT(*) FROM evidence WHERE act = "
                  "'worker.complete'), (SELECT COUNT(*) FROM evidence WHERE act = 'worker.fetch')"))
        return false;
    printf("%lld tasks of a system, %lld done, %lld locks, %lld left\n", (long long)tasks,
           (long long)db_int(&r, 0, 1), (long long)db_int(&r, 0, 2), (long long)db_int(&r, 0, 0));
    s->wrong += db_int(&r, 0, 0) + (db_int(&r, 0, 1) != tasks);
    return true;
}

static bool check(struct soak *s, struct err *e)
{
    if (!soak_read(&s->who, check_tasks, s, e)) return false;
    s->after = 0;
    do {
        if (!soak_read(&s->who, check_some, s, e)) return false;
    } while (s->looked == 200);
    printf("%lld cases, %lld wrong\n", (long long)s->checked, (long long)s->wrong);
    return s->checked >= s->count && !s->wrong;
}

/* ---- opening ---- */

static bool prepare(struct soak *s, const char *folder, struct err *e)
{
    return soak_publish(&s->who, folder, model, e) && soak_write(&s->who, add_system, NULL, e);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct soak s = {.who = {.arena = arena_new(1 << 20)}};
    if (argc != 4 || !str_to_i64(str_c(argv[2]), &s.count) || !soak_open(&s.who, argv[1], &e)) return 2;
    bool ok =
        prepare(&s, argv[1], &e) && soak_find_people(&s.who, &e) && soak_read(&s.who, count_all, &s, &e);
    printf("ready: %lld begun, %lld closed\n", (long long)s.begun, (long long)s.closed);
    fflush(stdout);
    ok = ok && (strcmp(argv[3], "check") == 0 ? check(&s, &e) : run(&s, &e));
    if (!ok && e.kind != ERR_NONE) soak_fail(&e);
    soak_close(&s.who);
    return ok ? 0 : 1;
}
