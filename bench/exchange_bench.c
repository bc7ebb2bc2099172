/* People for the measurement of the exchange, and calls about them.
 *
 *   exchange-bench people FOLDER COUNT EVERY         into FOLDER/tongban.db of an installation: that many
 * fictional persons (division prefix 78), each with a record in the population register, every EVERYth with a
 * live case
 *   exchange-bench calls KEY PEOPLE EVERY COUNT OUT  COUNT signed calls of the system "bench" whose key is
 * KEY (hex), each about another of the PEOPLE who have a case and under it: a line each, for submit_load
 *
 * Rows are put in in the order of their indexes, so that ten million take minutes. Who is where follows from
 * the number alone. */
#include "app/cli.h"
#include "core/base/time.h"
#include "core/jobs/jobs.h"
#include <time.h>
#include <unistd.h>

enum { LOT = 4000, A_DAY = 500, CALLS_A_MS = 16, CALL_ARENA = 64 << 10, SETTLES_S = 30 };

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM};
static struct server *server;

static _Noreturn void stop_with(const struct err *e)
{
    fprintf(stderr, "%s: %s %s\n", e->code, e->msgid ? e->msgid : "", e->detail);
    exit(1);
}

/* ---- who ---- */

/* Person n was born on day n / A_DAY after 1 January 1930, as the n % A_DAY-th of those whose number ends
 * with 500 and more: the persons of the demonstration are the first of their days. */
static struct str number_of(int64_t n, char out[19])
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char checks[] = "10X98765432";
    struct tm day;
    time_t seconds = (time_t)(-1262304000 + n / A_DAY * 86400);
    int sum = 0;
    gmtime_r(&seconds, &day);
    char text[64];
    snprintf(text, sizeof text, "780101%04d%02d%02d%03d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday,
             (int)(500 + n % A_DAY));
    memcpy(out, text, 17);
    for (int i = 0; i < 17; i++)
        sum += (out[i] - '0') * weights[i];
    out[17] = checks[sum % 11];
    out[18] = 0;
    return str_n(out, 18);
}

static struct str case_no_of(struct arena *a, int64_t n)
{
    return str_fmt(a, "BENCH%012lld", (long long)n);
}

/* ---- people ---- */

struct place {
    uint8_t index[16];
    uint32_t person;
};

static struct {
    struct place *places;
    int64_t count, done;
    int64_t every; /* of whom has a live case */
    int64_t like;  /* the case they stand like */
    int64_t *ids;  /* of subjects, by person */
} work;

static int by_index(const void *a, const void *b)
{
    return memcmp(((const struct place *)a)->index, ((const struct place *)b)->index, 16);
}

static void sort_by(const char *purpose)
{
    const struct mac_key *key = keyring_mac(server_keys(server), purpose);
    uint8_t mac[SM3_SIZE];
    char number[19];
    for (int64_t n = 0; n < work.count; n++) {
        mac_sm3(key, number_of(n, number), mac);
        memcpy(work.places[n].index, mac, 16);
        work.places[n].person = (uint32_t)n;
    }
    qsort(work.places, (size_t)work.count, sizeof *work.places, by_index);
}

static bool seal(struct ctx *c, const char *table, const char *column, int64_t row, int64_t subject,
                 struct str plain, struct str *out)
{
    struct field_place at = {table, column, row, subject};
    return field_seal(ctx_keys(c), &c->tx, &at, plain, out);
}

static bool add_case(struct ctx *c, int64_t person, int64_t subject)
{
    return db_exec(&c->tx,
                   "INSERT INTO case_file (id, case_no, track_code, item, item_version, item_name, unit_id, "
                   "division, applicant, organisation, agent, channel, status, step, role, state, "
                   "situations, answers, created, submitted, received, accepted, due, due_order, yellow_at, "
                   "red_at, paused, provisional, closed, result, opinion, process, process_version, "
                   "form_version) SELECT $1, $2, 'AAAAAA', item, item_version, item_name, unit_id, '780101', "
                   "$3, 0, 0, 'web', status, step, role, state, '{}', NULL, $4, $4, $4, $4, 0, "
                   "9223372036854775807, 0, 0, 0, 0, 0, '', NULL, process, process_version, form_version "
                   "FROM case_file WHERE id = $5",
                   DB_I(ctx_id(c)), DB_S(case_no_of(c->arena, person)), DB_I(subject), DB_I(c->now),
                   DB_I(work.like));
}

static bool add_subject(struct ctx *c, const struct place *p)
{
    struct str name, code, mobile, address;
    char number[19];
    int64_t id = work.ids[p->person] = ctx_id(c);
    return seal(c, "subject", "name", id, id, STR("示范人"), &name) &&
           seal(c, "subject", "code", id, id, number_of(p->person, number), &code) &&
           seal(c, "subject", "mobile", id, id, STR(""), &mobile) &&
           seal(c, "subject", "address", id, id, STR(""), &address) &&
           db_exec(&c->tx,
                   "INSERT INTO subject (id, kind, code_index, name, code, mobile, address, level, account, "
                   "created, changed) VALUES ($1, 1, $2, $3, $4, $5, $6, 2, 0, $7, $7)",
                   DB_I(id), DB_B(str_n(p->index, 16)), DB_B(name), DB_B(code), DB_B(mobile), DB_B(address),
                   DB_I(c->now)) &&
           (p->person % work.every || add_case(c, p->person, id));
}

static bool add_record(struct ctx *c, const struct place *p)
{
    int64_t id = ctx_id(c), n = p->person;
    char number[19];
    struct str sealed, text;
    number_of(n, number);
    text = str_fmt(
        c->arena,
        "{\"id_number\":\"%s\",\"name\":\"示范人%07lld\",\"mobile\":\"139%08lld\",\"pinyin\":\"SHIFAN "
        "REN\",\"sex\":\"女\",\"birth\":\"%.4s-%.2s-%.2s\",\"birth_place\":\"示范省\",\"nationality\":"
        "\"中国\","
        "\"address\":\"示范省示范市示范区和风街道%lld号\",\"division\":\"780101\",\"household_no\":\"7801%"
        "09lld\","
        "\"state\":\"正常\"}",
        number, (long long)n, (long long)(n % 100000000), number + 6, number + 10, number + 12,
        (long long)n % 1000, (long long)n);
    return seal(c, "registry_record", "data", id, 0, text, &sealed) &&
           db_exec(
               &c->tx,
               "INSERT INTO registry_record (id, resource, code_index, digest, data, changed) VALUES ($1, "
               "'population', $2, $3, $4, $5)",
               DB_I(id), DB_B(str_n(p->index, 16)),
               DB_B(blind_index(ctx_keys(c), c->arena, "registry:record", text)), DB_B(sealed), DB_I(c->now));
}

static bool add_lot(struct ctx *c, bool (*one)(struct ctx *c, const struct place *p))
{
    int64_t end = work.done + LOT < work.count ? work.done + LOT : work.count;
    for (int64_t i = work.done; i < end; i++)
        if (!one(c, &work.places[i])) return false;
    return true;
}
static bool add_subjects(struct ctx *c)
{
    return add_lot(c, add_subject);
}
static bool add_records(struct ctx *c)
{
    return add_lot(c, add_record);
}

static void in_lots(bool (*lot)(struct ctx *c))
{
    struct err e = {0};
    for (work.done = 0; work.done < work.count; work.done += LOT)
        if (!server_write(server, &SYSTEM, lot, NULL, &e)) stop_with(&e);
}

/* A new installation counts the clocks of all cases anew in its first seconds: before there are as many. */
static bool count_pending(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r, "SELECT COUNT(*) FROM job WHERE kind LIKE '%recount_part'")) return false;
    *(int64_t *)ctx_arg(c) = db_int(&r, 0, 0);
    return true;
}

static void settle(void)
{
    struct err e = {0};
    int64_t pending = 1;
    for (int i = 0; i < SETTLES_S && pending; i++) {
        sleep(1);
        if (jobs_drain(server, &e) < 0 || !server_read(server, &SYSTEM, count_pending, &pending, &e))
            stop_with(&e);
    }
    if (pending) {
        fputs("the installation does not come to rest\n", stderr);
        exit(1);
    }
}

/* All stand where one of the demonstration stands: what goes over every case can read them. */
static bool find_case(struct ctx *c)
{
    struct db_rows r;
    if (!db_query(&c->tx, &r,
                  "SELECT id FROM case_file WHERE status = 'accepted' AND closed = 0 AND organisation = 0 "
                  "ORDER BY id LIMIT 1"))
        return false;
    if (!r.rows) return err_missing(c->err, "case", "There is no accepted case to begin from.");
    work.like = db_int(&r, 0, 0);
    return true;
}

static int make_people(const char *folder, int64_t count, int64_t every)
{
    struct err e = {0};
    char url[4096];
    snprintf(url, sizeof url, "sqlite:%s/tongban.db", folder);
    struct server_options o = {
        .db_url = url, .var_dir = folder, .address = "127.0.0.1", .threads = 1, .durability = DB_OFF};
    server = server_open(&o, modules, module_count, &e);
    if (!server || !server_read(server, &SYSTEM, find_case, NULL, &e)) stop_with(&e);
    settle();
    work.count = count;
    work.every = every;
    work.places = mem_alloc((size_t)count, sizeof *work.places);
    work.ids = mem_alloc((size_t)count, sizeof *work.ids);
    if (!work.places || !work.ids) return 1;
    sort_by("id_number");
    in_lots(add_subjects);
    sort_by("registry:code");
    in_lots(add_records);
    server_close(server);
    mem_free(work.places);
    mem_free(work.ids);
    return 0;
}

/* ---- calls ---- */

/* A step that shares no factor with the number of people meets each of them once. */
static int64_t step_of(int64_t people)
{
    int64_t step = people * 618 / 1000 | 1;
    for (;; step += 2) {
        int64_t a = people, b = step;
        while (b) {
            int64_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) return step;
    }
}

/* The nonce begins with the time, as the documentation advises: here that at which its call will be made. */
static void write_call(FILE *f, struct arena *a, const struct mac_key *key, int64_t person, int64_t now,
                       int64_t later)
{
    char number[19];
    uint8_t digest[SM3_SIZE], mac[SM3_SIZE], nonce[8];
    number_of(person, number);
    struct str body =
        str_fmt(a,
                "{\"mode\":\"query\",\"purpose\":\"apply\",\"number\":\"%s\",\"case\":\"%s\",\"fields\":["
                "\"name\",\"mobile\"],\"operator\":\"window-1\"}",
                number, str_z(a, case_no_of(a, person)));
    sm3(body, digest);
    crypto_random(nonce, sizeof nonce);
    struct str hex = str_hex(a, digest, sizeof digest),
               once = str_fmt(a, "%lld-%.*s", (long long)(now + later),
                              STR_ARG(str_hex(a, nonce, sizeof nonce))),
               said = str_fmt(a, "POST\n/exchange/population\n%.*s\n%.*s\n%lld", STR_ARG(hex), STR_ARG(once),
                              (long long)now);
    mac_sm3(key, said, mac);
    fprintf(f,
            "TB-HMAC-SM3 "
            "system=bench,time=%lld,nonce=%.*s,digest=%.*s,signature=%.*s\t/exchange/population\t%.*s\n",
            (long long)now, STR_ARG(once), STR_ARG(hex), STR_ARG(str_hex(a, mac, sizeof mac)), STR_ARG(body));
}

static int make_calls(struct str key_hex, int64_t people, int64_t every, int64_t count, const char *out)
{
    struct err e = {0};
    struct arena *kept = arena_new(CALL_ARENA), *a = arena_new(CALL_ARENA);
    FILE *f = fopen(out, "w");
    struct str key;
    if (!kept || !a || !f || !crypto_start(&e) || !str_unhex(kept, key_hex, &key)) return 1;
    const struct mac_key *mac = mac_key_new(kept, key);
    int64_t cases = (people + every - 1) / every, step = step_of(cases), one = time_now() % cases,
            now = time_now();
    for (int64_t i = 0; i < count; i++) {
        write_call(f, a, mac, one * every, now, i / CALLS_A_MS);
        one = (one + step) % cases;
        arena_reset(a);
    }
    arena_drop(a);
    arena_drop(kept);
    return fclose(f) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    int64_t people = 0, every = 0, count = 0;
    bool makes_people = argc == 5 && strcmp(argv[1], "people") == 0,
         makes_calls = argc == 7 && strcmp(argv[1], "calls") == 0;
    if ((makes_people || makes_calls) && str_to_i64(str_c(argv[3]), &people) && people > 0 &&
        str_to_i64(str_c(argv[4]), &every) && every > 0) {
        if (makes_people) return make_people(argv[2], people, every);
        if (str_to_i64(str_c(argv[5]), &count))
            return make_calls(str_c(argv[2]), people, every, count, argv[6]);
    }
    fputs("exchange-bench people FOLDER COUNT EVERY | calls KEY PEOPLE EVERY COUNT OUT\n", stderr);
    return 2;
}
