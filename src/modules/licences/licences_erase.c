/* What licences keep of a person who asked to be erased: those in force as long as they are, those that ended
 * as files. Then number, indexes and page go; the identifier stays, so that it is never given again, and
 * verification finds nothing under it. */
#include "core/blob/blob.h"
#include "core/http/server.h"
#include "modules/licences/licences_internal.h"
#include "modules/people/people.h"

enum { ERASED_AT_ONCE = 1000 };

static bool ended_at(struct ctx *c, const struct licence_record *r, int64_t *at)
{
    struct licence_event *events;
    size_t count;
    if (!licences_store_events(c, r->id, &events, &count)) return false;
    *at = r->valid_to ? date_start(r->valid_to + 1) : 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].at > *at || !str_eq_c(r->status, "valid")) *at = events[i].at;
    return true;
}

static bool in_force(struct str status)
{
    return str_eq_c(status, "valid") || str_eq_c(status, "not_yet") || str_eq_c(status, "suspended") ||
           str_eq_c(status, "draft");
}

bool licences_kept(struct ctx *c, int64_t subject, struct people_kept *k)
{
    struct licence_record *rows;
    size_t count;
    int64_t forced = 0, ended = 0, last = 0, at;
    if (!licences_store_of_holder(c, subject, STR_EMPTY, 0, ERASED_AT_ONCE, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        if (in_force(licences_status_now(c, &rows[i]))) {
            forced++;
            continue;
        }
        if (!ended_at(c, &rows[i], &at)) return false;
        ended++;
        if (at > last) last = at;
    }
    people_keep(c, k, "Licences in force: %{arg}", forced, PEOPLE_IN_FORCE);
    people_keep(c, k, "Licences that have ended: %{arg}", ended, last);
    return true;
}

/* A record that was altered keeps its wrong mac: a new one would hide that. */
static bool erase_one(struct ctx *c, struct licence_record *r)
{
    bool fits = licences_mac_fits(c, r);
    struct str page = r->page;
    r->number = str_fmt(c->arena, "erased:%lld", (long long)r->id);
    r->page = r->name_index = r->face_index = STR_EMPTY;
    if (fits) {
        uint8_t *mac = arena_alloc(c->arena, SM3_SIZE);
        licences_mac(c, r, mac);
        r->mac = str_n(mac, SM3_SIZE);
    }
    return (!page.len || blob_release(&c->tx, page, "licence", r->id)) && licences_store_erase(c, r);
}

bool licences_erase(struct ctx *c, int64_t subject)
{
    struct licence_record *rows;
    size_t count;
    if (!licences_store_of_holder(c, subject, STR_EMPTY, 0, ERASED_AT_ONCE, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++)
        if (!erase_one(c, &rows[i])) return false;
    return true;
}
