/* The appointment of a case that was sent: shown on its page, and moved by its person until it begins. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/cases/cases_apply.h"
#include "modules/cases/cases_web.h"

static const struct json *setting_of(const struct case_work *w)
{
    const struct json *setting = json_get(w->service, "booking");
    return json_is(setting, JSON_OBJECT) ? setting : NULL;
}

bool case_show_booking(struct ctx *c, struct json *doc, const struct case_work *w)
{
    const struct json *setting = setting_of(w);
    struct str slot;
    bool ahead;
    json_set(doc, "appointment", json_null(c->arena));
    if (!setting) return true;
    if (!booking_of_case(c, w->file.id, &slot) || !booking_ahead(c, w->file.id, &ahead)) return false;
    if (!slot.len) return true;
    bool movable = ahead && !w->file.closed, chinese;
    struct json *o = json_set_object(c->arena, doc, "appointment");
    json_set_str(c->arena, o, "time", slot);
    json_set_str(c->arena, o, "place", apply_pick(c, setting, "place", "place_en", &chinese));
    json_set_bool(c->arena, o, "place_zh", chinese);
    json_set(o, "change",
             movable ? json_string(c->arena, str_fmt(c->arena, "/cases/%lld/booking", (long long)w->file.id))
                     : json_null(c->arena));
    return true;
}

static bool load(struct ctx *c, struct case_work *w)
{
    bool ahead;
    if (!apply_load(c, w)) return false;
    if (w->state.status == COURSE_DRAFT || !setting_of(w))
        return err_missing(c->err, "booking", "This service needs no appointment.");
    if (!booking_ahead(c, w->file.id, &ahead)) return false;
    return (ahead && !w->file.closed) ||
           err_conflict(c->err, "booking.past", "This appointment can no longer be changed.");
}

bool apply_rebook(struct ctx *c)
{
    struct case_work w;
    struct str slot;
    if (!load(c, &w) || !booking_of_case(c, w.file.id, &slot)) return false;
    struct str home = str_fmt(c->arena, "/cases/%lld", (long long)w.file.id);
    if (!case_booking_page(c, w.file.item, setting_of(&w), slot, str_cat(c->arena, home, STR("/booking"))))
        return false;
    apply_head(c, ctx_doc(c), w.item, home, 0, 0);
    return true;
}

bool apply_rebook_save(struct ctx *c)
{
    struct case_work w;
    if (!load(c, &w) || !booking_take(c, w.file.id, w.file.item, setting_of(&w), in_text(c, "slot")))
        return false;
    ctx_notice(c, "Your appointment is booked.");
    return ctx_redirect(c, "/cases/%lld", (long long)w.file.id);
}
