#include "engines/feel/feel_zone.h"

#include "core/base/file.h"
#include "engines/feel/feel_calendar.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
enum { NAME_MAX_LEN = 64, FILE_MAX = 64 * 1024, HEADER_LEN = 44, TYPE_LEN = 6 };

/* A day of the year on which the offset changes, and when on that day, by the local time then in force. */
struct turn {
    enum { TURN_JULIAN, TURN_DAY, TURN_WEEK } kind; /* Jn (1…365, no leap day), n (0…365), Mm.w.d */
    int month, week, day;
    int32_t time;
};

struct feel_zone {
    struct str name;
    size_t count;
    const int64_t *at;      /* instants of change, ascending */
    const int32_t *offsets; /* offsets[i] from at[i] on */
    int32_t first;          /* before at[0] */
    bool has_rule, has_summer;
    int32_t standard, summer; /* the rule for what lies behind the last change */
    struct turn to_summer, to_standard;
    const struct feel_zone *next;
};

/* ---- the rule: a POSIX TZ string (RFC 8536, 3.3.1) ---- */
struct reader {
    struct str text;
    size_t at;
};

static char peek(const struct reader *r)
{
    return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c) return false;
    r->at++;
    return true;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool number(struct reader *r, int max, int *out)
{
    int n = 0;
    if (!digit(peek(r))) return false;
    while (digit(peek(r))) {
        n = n * 10 + (r->text.ptr[r->at++] - '0');
        if (n > max) return false;
    }
    *out = n;
    return true;
}

static bool abbreviation(struct reader *r)
{
    size_t from = r->at;
    if (take(r, '<')) {
        while (peek(r) && peek(r) != '>')
            r->at++;
        return take(r, '>');
    }
    while (letter(peek(r)))
        r->at++;
    return r->at > from;
}

static bool clock(struct reader *r, int32_t *out)
{
    int hours, minutes = 0, seconds = 0;
    bool minus = take(r, '-');
    if (!minus) take(r, '+');
    if (!number(r, 167, &hours)) return false;
    if (take(r, ':') && !number(r, 59, &minutes)) return false;
    if (take(r, ':') && !number(r, 59, &seconds)) return false;
    int32_t all = hours * 3600 + minutes * 60 + seconds;
    *out = minus ? -all : all;
    return true;
}

static bool turn(struct reader *r, struct turn *out)
{
    bool ok;
    *out = (struct turn){.time = 2 * 3600};
    if (take(r, 'M')) {
        out->kind = TURN_WEEK;
        ok = number(r, 12, &out->month) && out->month >= 1 && take(r, '.') && number(r, 5, &out->week) &&
             out->week >= 1 && take(r, '.') && number(r, 6, &out->day);
    } else if (take(r, 'J')) {
        out->kind = TURN_JULIAN;
        ok = number(r, 365, &out->day) && out->day >= 1;
    } else {
        out->kind = TURN_DAY;
        ok = number(r, 365, &out->day);
    }
    return ok && (!take(r, '/') || clock(r, &out->time));
}

static bool rule(struct feel_zone *z, struct str text)
{
    struct reader r = {.text = text};
    int32_t west;
    if (!text.len) return true;
    if (!abbreviation(&r) || !clock(&r, &west)) return false;
    z->has_rule = true;
    z->standard = -west;
    if (r.at == text.len) return true;
    z->has_summer = true;
    z->summer = z->standard + 3600;
    if (!abbreviation(&r)) return false;
    if (peek(&r) != ',') {
        if (!clock(&r, &west)) return false;
        z->summer = -west;
    }
    return take(&r, ',') && turn(&r, &z->to_summer) && take(&r, ',') && turn(&r, &z->to_standard) &&
           r.at == text.len;
}

/* Seconds of the turn in a year, in local time. */
static int64_t turn_in(const struct turn *t, int64_t year)
{
    int64_t day = feel_days_of(year, 1, 1);
    switch (t->kind) {
    case TURN_JULIAN:
        day += t->day - 1 + (t->day >= 60 && feel_month_days(year, 2) == 29);
        break;
    case TURN_DAY:
        day += t->day;
        break;
    case TURN_WEEK: {
        int64_t first = feel_days_of(year, t->month, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 0 = Sunday, as the rule counts */
        int64_t in_month = (t->day - weekday + 7) % 7 + 7 * (t->week - 1);
        if (in_month >= feel_month_days(year, t->month)) in_month -= 7;
        day = first + in_month;
    }
    }
    return day * FEEL_DAY_SECONDS + t->time;
}

static int32_t rule_offset(const struct feel_zone *z, int64_t utc)
{
    if (!z->has_summer) return z->standard;
    struct feel_moment m = {0};
    int64_t local = utc + z->standard;
    int64_t day = local / FEEL_DAY_SECONDS - (local % FEEL_DAY_SECONDS < 0);
    if (!feel_days_set(&m, day)) return z->standard;
    int64_t summer = turn_in(&z->to_summer, m.year) - z->standard;
    int64_t standard = turn_in(&z->to_standard, m.year) - z->summer;
    bool in_summer = summer < standard ? utc >= summer && utc < standard : utc >= summer || utc < standard;
    return in_summer ? z->summer : z->standard;
}

/* ---- the file ---- */
static uint64_t big(const char *p, size_t bytes)
{
    uint64_t n = 0;
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | (unsigned char)p[i];
    return n;
}

struct counts {
    size_t isut, isstd, leap, time, type, chars;
};

static bool header(struct str file, size_t at, struct counts *c)
{
    if (file.len < at || file.len - at < HEADER_LEN) return false;
    const char *h = file.ptr + at;
    if (memcmp(h, "TZif", 4) != 0 || h[4] < '2') return false;
    *c = (struct counts){big(h + 20, 4), big(h + 24, 4), big(h + 28, 4),
                         big(h + 32, 4), big(h + 36, 4), big(h + 40, 4)};
    return c->isut <= FILE_MAX && c->isstd <= FILE_MAX && c->leap <= FILE_MAX && c->time <= FILE_MAX &&
           c->type <= FILE_MAX && c->chars <= FILE_MAX;
}

static size_t body(const struct counts *c, size_t time_size)
{
    return c->time * (time_size + 1) + c->type * TYPE_LEN + c->chars + c->leap * (time_size + 4) + c->isstd +
           c->isut;
}

/* The second part of the file, with times of 64 bits; the first is for readers of old. */
static bool zone_parse(struct arena *a, struct str file, struct feel_zone *z)
{
    struct counts c;
    if (!header(file, 0, &c)) return false;
    size_t at = HEADER_LEN + body(&c, 4);
    if (!header(file, at, &c)) return false;
    at += HEADER_LEN;
    size_t end = at + body(&c, 8);
    if (file.len < end || file.len - end < 2 || !c.type || c.leap) return false;
    const char *times = file.ptr + at, *indexes = times + c.time * 8, *types = indexes + c.time;
    int64_t *instants = ARENA_ARRAY(a, c.time, int64_t);
    int32_t *offsets = ARENA_ARRAY(a, c.time, int32_t);
    for (size_t i = 0; i < c.time; i++) {
        size_t type = (unsigned char)indexes[i];
        if (type >= c.type) return false;
        instants[i] = (int64_t)big(times + i * 8, 8);
        if (i && instants[i] <= instants[i - 1]) return false;
        offsets[i] = (int32_t)(uint32_t)big(types + type * TYPE_LEN, 4);
    }
    z->count = c.time;
    z->at = instants;
    z->offsets = offsets;
    z->first = (int32_t)(uint32_t)big(types, 4);
    struct str footer = str_slice(file, end, file.len);
    return footer.ptr[0] == '\n' && footer.ptr[footer.len - 1] == '\n' &&
           rule(z, str_slice(footer, 1, footer.len - 1));
}

/* Names of the data base: parts of letters, digits, "_", "-" and "+", so that no path leads out of the
 * folder. Not its own variants of the data, nor the machine's setting. */
static bool name_allowed(struct str name)
{
    static const char *const others[] = {"posix", "right", "localtime", "posixrules"};
    if (!name.len || name.len > NAME_MAX_LEN) return false;
    bool start = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (start && !letter(c)) return false;
        if (!letter(c) && !digit(c) && c != '_' && c != '-' && c != '+' && c != '/') return false;
        start = c == '/';
    }
    if (start) return false;
    struct str head;
    str_cut(name, '/', &head);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_eq_c(head, others[i])) return false;
    return true;
}

const struct feel_zone *feel_zone_find(struct feel_run *r, struct str name)
{
    for (const struct feel_zone *z = r->zones; z; z = z->next)
        if (str_eq(z->name, name)) return z;
    struct str file;
    struct err e = {0};
    if (!name_allowed(name)) return NULL;
    const char *path = str_z(r->arena, str_cat(r->arena, STR(ZONE_FOLDER), name));
    if (!file_read(r->arena, path, FILE_MAX, &file, &e)) return NULL;
    struct feel_zone *z = ARENA_NEW(r->arena, struct feel_zone);
    if (!zone_parse(r->arena, file, z)) return NULL;
    z->name = str_dup(r->arena, name);
    z->next = r->zones;
    r->zones = z;
    return z;
}

struct str feel_zone_name(const struct feel_zone *z)
{
    return z->name;
}

int32_t feel_zone_offset(const struct feel_zone *z, int64_t utc)
{
    size_t low = 0, high = z->count; /* changes at or before utc */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->at[middle] <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == z->count && z->has_rule) return rule_offset(z, utc);
    return low ? z->offsets[low - 1] : z->first;
}

int32_t feel_zone_offset_local(const struct feel_zone *z, int64_t local)
{
    int32_t before = feel_zone_offset(z, local - FEEL_DAY_SECONDS);
    int32_t after = feel_zone_offset(z, local + FEEL_DAY_SECONDS);
    if (before == after || feel_zone_offset(z, local - before) == before) return before;
    return feel_zone_offset(z, local - after) == after ? after : before;
}
