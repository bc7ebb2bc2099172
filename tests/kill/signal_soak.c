/* Cases that wait for signals of other cases, while the program that brings them is killed. The parent kills
 * it (process_soak.py); started again it goes on from what is stored.
 *
 *   signal-soak FOLDER COUNT run     one program, until SENDERS signals have reached COUNT cases; 0 when so
 *   signal-soak FOLDER COUNT check   did each of them hear each signal once, in each place where it waited?
 *
 * Each case waits in the flow, for the first signal, and in an event sub-process, for every one. */
#include "kill/soak.h"

enum { BEGIN = 40, SENDERS = 12 };

#define SIGNAL        "<signalEventDefinition signalRef='S'/>"
#define WAY(from, to) "<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define TASK(id, role, acts)                                                                                 \
    "<userTask id='" id "' name='" id "' t:candidateGroups='" role "' t:acts='" acts "'/>"
static const char model[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:tongban:process' id='d' "
    "targetNamespace='t'><signal id='S' name='soak'/><process id='one-review' name='Soak' "
    "isExecutable='true'>"
    "<startEvent id='start'/>" TASK("receive", "desk", "accept correct reject") TASK("review", "reviewer",
                                                                                     "pass")
        TASK("decide", "decider",
             "grant refuse") "<parallelGateway id='f'/><parallelGateway id='j'/>"
                             "<intermediateCatchEvent id='hear'>" SIGNAL
                             "</intermediateCatchEvent><intermediateThrowEvent id='send'>" SIGNAL
                             "</intermediateThrowEvent><subProcess id='beside' "
                             "triggeredByEvent='true'><startEvent id='in' "
                             "isInterrupting='false'>" SIGNAL
                             "</startEvent><task id='note'/><endEvent id='out'/>" WAY("in", "note")
                                 WAY("note",
                                     "out") "</subProcess><exclusiveGateway id='g' default='g-no'/><endEvent "
                                            "id='yes' "
                                            "t:result='granted'/><endEvent id='no' "
                                            "t:result='refused'/><sequenceFlow id='g-yes' sourceRef='g' "
                                            "targetRef='yes'><conditionExpression "
                                            "xsi:type='tFormalExpression'>outcome = \"grant\""
                                            "</conditionExpression></sequenceFlow>" WAY("g", "no")
                                                WAY("start", "receive") WAY("receive", "f") WAY("f", "review")
                                                    WAY("f", "hear") WAY("review", "send") WAY("send", "j")
                                                        WAY("hear", "j") WAY("j", "decide")
                                                            WAY("decide", "g") "</process></definitions>";

struct soak {
    struct soak_people who;
    int64_t count, begun, accepted, sent, waiting; /* waiting: jobs that bring signals */
    int64_t wrong;
};

static bool begin_some(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct case_seed seed = {
        .item = catalogue_by_id(c, s->who.item), .applicant = s->who.person.subject, .channel = "web"};
    for (int i = 0; i < BEGIN && s->begun + i < s->count + SENDERS; i++) {
        int64_t id;
        soak_become(c, &s->who.person);
        if (!case_seed(c, &seed, &id)) return false;
        soak_become(c, &s->who.people[COURSE_DESK]);
        if (!case_seed_act(c, id, "accept", STR_EMPTY)) return false;
    }
    return true;
}

/* The next of those that send: the last SENDERS. */
static bool send_one(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM case_file WHERE process_version = 2 AND submitted > 0 ORDER BY id DESC "
                  "LIMIT $1",
                  DB_I(SENDERS)))
        return false;
    soak_become(c, &s->who.people[COURSE_REVIEWER]);
    return case_seed_act_at(c, db_int(&r, (size_t)s->sent, 0), "pass", "review", NULL, STR("x"));
}

static bool count_all(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT (SELECT COUNT(*) FROM case_file WHERE process_version = 2 AND submitted > 0), "
                  "(SELECT COUNT(*) FROM case_signal), (SELECT COUNT(*) FROM job WHERE kind IN "
                  "('case.signal', 'case.hear'))"))
        return false;
    s->begun = db_int(&r, 0, 0);
    s->sent = db_int(&r, 0, 1);
    s->waiting = db_int(&r, 0, 2);
    return true;
}

static bool run(struct soak *s, struct err *e)
{
    for (;;) {
        if (!soak_read(&s->who, count_all, s, e)) return false;
        if (s->begun < s->count + SENDERS) {
            if (!soak_write(&s->who, begin_some, s, e)) return false;
            continue;
        }
        if (s->sent == SENDERS && !s->waiting) return true;
        if (s->sent < SENDERS && !soak_write(&s->who, send_one, s, e)) return false;
        if ((s->sent % 3 == 2 || s->sent == SENDERS) && jobs_drain(s->who.server, e) < 0) return false;
        if (s->sent == SENDERS) usleep(5000);
    }
}

/* ---- checking ---- */

/* Who sends hears its own signal in the act that sends it: that is no entry of its record. */
static bool check_cases(struct ctx *c)
{
    struct soak *s = ctx_arg(c);
    struct db_rows r;
    int64_t heard = 0;
    if (!db_query(&c->tx, &r,
                  "SELECT f.id, (SELECT COUNT(*) FROM case_event e WHERE e.case_id = f.id AND e.act = "
                  "'signal'), (SELECT COUNT(*) FROM case_listening l WHERE l.case_id = f.id), (SELECT "
                  "COUNT(*) FROM case_event e WHERE e.case_id = f.id AND e.act = 'signal_sent') FROM "
                  "case_file f WHERE f.process_version = 2 AND f.submitted > 0 ORDER BY f.id"))
        return false;
    for (size_t i = 0; i < r.rows; i++) {
        bool sends = (int64_t)i >= s->count;
        int64_t times = db_int(&r, i, 1), others = SENDERS - sends;
        bool right = (times == others + 1 || (sends && times == others)) && db_int(&r, i, 2) == 1 &&
                     db_int(&r, i, 3) == sends;
        if (!right && s->wrong++ < 3)
            fprintf(stderr, "case %lld heard %lld times, waits %lld times, sent %lld\n",
                    (long long)db_int(&r, i, 0), (long long)times, (long long)db_int(&r, i, 2),
                    (long long)db_int(&r, i, 3));
        heard += times;
    }
    s->wrong += (int64_t)r.rows != s->count + SENDERS;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM evidence WHERE act = 'case.signal'")) return false;
    s->wrong += db_int(&r, 0, 0) != heard;
    printf("%d signals heard %lld times, %lld cases wrong\n", SENDERS, (long long)heard, (long long)s->wrong);
    return true;
}

static bool check(struct soak *s, struct err *e)
{
    return soak_read(&s->who, count_all, s, e) && soak_read(&s->who, check_cases, s, e) && !s->wrong &&
           s->sent == SENDERS;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct soak s = {.who = {.arena = arena_new(1 << 20)}};
    if (argc != 4 || !str_to_i64(str_c(argv[2]), &s.count) || !soak_open(&s.who, argv[1], &e)) return 2;
    bool ok = soak_publish(&s.who, argv[1], model, &e) && soak_find_people(&s.who, &e) &&
              soak_read(&s.who, count_all, &s, &e);
    printf("ready: %lld begun, %lld signals, %lld to bring\n", (long long)s.begun, (long long)s.sent,
           (long long)s.waiting);
    fflush(stdout);
    ok = ok && (strcmp(argv[3], "check") == 0 ? check(&s, &e) : run(&s, &e));
    if (!ok && e.kind != ERR_NONE) soak_fail(&e);
    soak_close(&s.who);
    return ok ? 0 : 1;
}
