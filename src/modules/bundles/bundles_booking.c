/* Appointments of members: chosen before sending for those that begin at once, and when its turn comes for
 * one that waited for another. */
#include "core/http/server.h"
#include "modules/bookings/bookings.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/people/people.h"

static struct str address(struct ctx *c, const struct bundle_work *w, size_t member)
{
    return str_fmt(c->arena, "/me/bundles/%lld/booking/%.*s", (long long)w->file.id,
                   STR_ARG(w->plan.members[member].id));
}

struct str bundle_slot(const struct bundle_work *w, size_t member)
{
    return json_text(json_get_str(w->slots, w->plan.members[member].id));
}

struct str bundle_booking_field(struct ctx *c, const struct bundle_work *w, size_t member)
{
    return str_cat(c->arena, STR("booking:"), w->plan.members[member].id);
}

struct str bundle_booking_href(struct ctx *c, const struct bundle_work *w, size_t member)
{
    return address(c, w, member);
}

bool bundle_books(const struct bundle_work *w, size_t member)
{
    const struct bundle_member *m = &w->plan.members[member];
    return m->chosen && m->item && m->booking && !m->after && !w->file.clerk;
}

bool bundle_bookings(struct ctx *c, const struct bundle_work *w, struct bundle_todo *t)
{
    t->books = 0;
    t->to_book = SIZE_MAX;
    for (size_t i = 0; i < w->plan.member_count; i++) {
        struct str slot = bundle_slot(w, i);
        bool is_free = false;
        if (!bundle_books(w, i)) continue;
        t->books++;
        if (t->to_book != SIZE_MAX) continue;
        if (slot.len &&
            !booking_free(c, w->plan.members[i].item->id, w->plan.members[i].booking, slot, &is_free))
            return false;
        if (!is_free) t->to_book = i;
    }
    return true;
}

/* ---- the page ---- */

struct place {
    struct bundle_work w;
    size_t member, nth; /* nth: of those asked before sending, from 0 */
    bool asked;         /* sent, and its turn has come */
};

static bool find(struct ctx *c, struct place *p)
{
    struct bundle_row *rows;
    size_t count;
    *p = (struct place){.member = SIZE_MAX};
    if (!bundle_load(c, c->row, &p->w)) return false;
    bool draft = str_eq_c(p->w.file.status, "draft");
    for (size_t i = 0; i < p->w.plan.member_count && p->member == SIZE_MAX; i++) {
        if (str_eq(p->w.plan.members[i].id, ctx_path(c, "member")))
            p->member = i;
        else
            p->nth += bundle_books(&p->w, i);
    }
    if (p->member != SIZE_MAX && draft && bundle_books(&p->w, p->member)) return true;
    if (p->member != SIZE_MAX && !draft) {
        if (!bundle_store_members(c, p->w.file.id, &rows, &count)) return false;
        for (size_t i = 0; i < count; i++)
            p->asked =
                p->asked || ((size_t)rows[i].position == p->member && str_eq_c(rows[i].status, BUNDLE_ASKED));
        if (p->asked && p->w.plan.members[p->member].item) return true;
    }
    return err_missing(c->err, "booking", "This service needs no appointment.");
}

bool bundles_booking(struct ctx *c)
{
    struct place p;
    struct bundle_todo t;
    if (!find(c, &p)) return false;
    const struct bundle_member *m = &p.w.plan.members[p.member];
    if (!case_booking_page(c, m->item->id, m->booking, bundle_slot(&p.w, p.member),
                           address(c, &p.w, p.member)))
        return false;
    bool english = c->lang == &lang_en && m->item->en.len;
    json_set_str(c->arena, ctx_doc(c), "service", english ? m->item->en : m->item->name);
    json_set_bool(c->arena, ctx_doc(c), "service_zh", !english);
    struct str base = bundle_base(c, &p.w.file);
    if (p.asked) {
        bundles_head(c, &p.w, base, 0, 0);
        return true;
    }
    if (!bundles_todo(c, &p.w, &t)) return false;
    bundles_head(c, &p.w, str_cat(c->arena, base, t.wanted ? STR("/materials") : STR("/summary")),
                 t.steps - t.books + p.nth, t.steps);
    return true;
}

/* ---- choosing ---- */

static bool keep(struct ctx *c, struct place *p, struct str slot)
{
    const struct bundle_member *m = &p->w.plan.members[p->member];
    struct json *slots = json_copy(c->arena, p->w.slots);
    struct bundle_todo t;
    bool is_free;
    if (!booking_free(c, m->item->id, m->booking, slot, &is_free)) return false;
    if (!is_free) return err_at(c->err, STR("slot"), "Please choose one of the times offered.", STR_EMPTY);
    json_set_str(c->arena, slots, str_z(c->arena, m->id), slot);
    p->w.slots = slots;
    p->w.file.slots = json_to_str(c->arena, slots);
    return bundle_store_save(c, &p->w.file) && bundles_todo(c, &p->w, &t) &&
           ctx_redirect(c, "%s", str_z(c->arena, bundles_next(c, &p->w, &t)));
}

bool bundles_booking_save(struct ctx *c)
{
    struct place p;
    bool stuck;
    if (!find(c, &p)) return false;
    if (!p.asked) return keep(c, &p, in_text(c, "slot"));
    if (!bundle_open_asked(c, &p.w, p.member, in_text(c, "slot"), &stuck)) return false;
    if (stuck)
        ctx_warning(c, "This service could not be begun. Please apply for it separately.");
    else
        ctx_notice(c, "Your appointment is booked.");
    return ctx_redirect(c, "/me/bundles/%lld", (long long)p.w.file.id);
}

/* ---- due for the person ---- */

bool bundle_due(struct ctx *c, struct json *list)
{
    struct bundle_row *rows;
    size_t count;
    int64_t acting = c->actor.acting_for;
    if (acting && !people_may_act_for(c, acting)) return c->err->kind == ERR_NONE;
    if (!bundle_store_asked(c, acting ? acting : c->actor.subject, acting ? 0 : c->actor.subject, &rows,
                            &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = catalogue_by_id(c, rows[i].item);
        struct json *o = json_add_object(c->arena, list);
        bool english = c->lang == &lang_en && item && item->en.len;
        json_set_str(c->arena, o, "name", english ? item->en : rows[i].item_name);
        json_set_str(c->arena, o, "href", str_fmt(c->arena, "/me/bundles/%lld", (long long)rows[i].file));
        json_set_str(c->arena, o, "text", ctx_tr(c, "Please choose a time for your appointment."));
    }
    return true;
}

const struct field bundles_booking_fields[] = {
    {"slot", FIELD_LINE, "Day and time", .required = true, .max = 40},
    {0},
};
