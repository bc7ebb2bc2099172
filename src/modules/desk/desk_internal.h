/* Private to the module. Nothing here moves a case: the desk receives, calls, hands on and hands out;
 * deciding is the cases module's and never the desk's.
 *
 * A hall is the place of this installation; a day is a civil day there; a window is what its clerk calls it
 * ("3"). The number of a ticket begins anew each day in each group. */
#ifndef TB_DESK_INTERNAL_H
#define TB_DESK_INTERNAL_H

#include "core/base/time.h"
#include "modules/cases/cases.h"
#include "modules/catalogue/catalogue.h"
#include "modules/desk/desk.h"

enum {
    GROUPS_MAX = 20,
    WINDOWS_MAX = 100,
    SCREEN_CALLS = 8,
    SCREEN_SECONDS = 5,
    TICKET_SECONDS = 15,
    SERVICES_SHOWN = 12,
    DAYS_AHEAD = 7,
    SLOTS_MAX = 96, /* of one day of a kind of window */
    SLOT_MINUTES_MAX = 240,
    PLACES_MAX = 100,
    APPOINTMENTS_EACH = 3,
    APPOINTED_ROW = 2, /* setting desk.appointed_row */
    DESK_PAGE = 50,
    LIST_PAPERS_MAX = 200,
    IDLE_SECONDS = 60, /* setting desk.idle_seconds */
    IDLE_SECONDS_MAX = 3600,
    ADDRESS_MAX = 200, /* setting desk.address: characters */
    VISIT_TRIES = 3
};

/* The group whose numbers are for those with an appointment: called before the others, and given on arrival
 * only. */
#define DESK_APPOINTED "C"

/* ---- queue ---- */
struct desk_group {
    struct str letter, name, zh, en; /* name: zh or en, as the request reads */
    int64_t waiting;
    bool ended; /* no number is given any more */
    /* A group is a kind of window: when it is open ("09:00-12:00 14:00-16:30", ascending), how long a slot
     * is, how many are received in one (0: no appointments), departments it takes ("3|7", "" all). */
    struct str hours, units;
    int64_t minutes, places;
};
struct desk_slot {
    int from, until; /* minutes of the day */
    struct str text; /* "09:00-09:30" */
};
struct desk_window {
    struct str name, groups; /* letters between bars; "" takes all */
};
struct desk_ticket {
    int64_t id, number, issued, called, calls, account;
    int64_t turn; /* from when it goes before those without an appointment; 0: never */
    struct str letter, waits_for, state, place; /* "waiting", "called", "served", "no_show" */
};
struct str desk_hall(struct ctx *c);
bool desk_groups(struct ctx *c, struct desk_group **rows, size_t *count) NODISCARD;
/* Makes the next number of t->letter, waiting for t->waits_for ("": the same). INVALID at "group". */
bool desk_ticket_take(struct ctx *c, struct desk_ticket *t) NODISCARD;
bool desk_ticket_load(struct ctx *c, int64_t id, struct desk_ticket *out) NODISCARD;
/* The one called longest ago by this clerk and not yet done; *found false: none. */
bool desk_ticket_mine(struct ctx *c, struct desk_ticket *out, bool *found) NODISCARD;
/* The next for that window, of a group or ("") of all that it takes: who has an appointment whose time has
 * come, by that time, then the others as they came. After `row` with an appointment one after the other, one
 * without. */
bool desk_ticket_next(struct ctx *c, struct str group, struct str window, int64_t row,
                      struct desk_ticket *out, bool *found) NODISCARD;
/* Only from the state `from`: *done false when it is in another by now. */
bool desk_ticket_set(struct ctx *c, const struct desk_ticket *t, const char *from, bool *done) NODISCARD;
bool desk_ticket_ahead(struct ctx *c, const struct desk_ticket *t, int64_t *count) NODISCARD;
bool desk_last_calls(struct ctx *c, struct desk_ticket **rows, size_t *count) NODISCARD;
struct str desk_ticket_text(struct ctx *c, const struct desk_ticket *t);             /* "A012" */
bool desk_issue(struct ctx *c, struct str group, struct desk_ticket *out) NODISCARD; /* with its evidence */
bool desk_issue_for(struct ctx *c, struct desk_ticket *t) NODISCARD; /* of letter, waits_for and turn given */
bool desk_group_save_times(struct ctx *c, const struct desk_group *g) NODISCARD; /* hours … units */
bool desk_letters_have(struct str letters, struct str letter);                   /* of "A|C" */
bool desk_group_save(struct ctx *c, const struct desk_group *g) NODISCARD;       /* made, or changed */
bool desk_windows(struct ctx *c, struct desk_window **rows, size_t *count) NODISCARD;
/* "" for all, also for a window that is on no list. */
bool desk_window_takes(struct ctx *c, struct str window, struct str *groups) NODISCARD;
bool desk_window_save(struct ctx *c, const struct desk_window *w) NODISCARD;
bool desk_window_drop(struct ctx *c, struct str name) NODISCARD;

/* ---- hours and slots (desk_times.c) ---- */
bool desk_hours_valid(struct str hours);
size_t desk_slots(struct arena *a, const struct desk_group *g, struct desk_slot *out); /* at most SLOTS_MAX */
int64_t desk_slot_begins(int32_t day, struct str slot);                                /* ms */
int64_t desk_slot_ends(int32_t day, struct str slot);
bool desk_group_takes(const struct desk_group *g, int64_t unit);
bool desk_group_bookable(const struct desk_group *g, int64_t unit);

/* ---- appointments ---- */
struct desk_appointment {
    int64_t id, item, subject, place, ticket;
    int32_t day;
    struct str slot, letter;
};
/* A day's list, behind (slot, letter, place); groups "": all; expected: only who is not here yet. */
struct desk_day {
    int32_t day;
    struct str slot, letter, groups;
    int64_t place;
    bool expected;
};
bool desk_appointment_counts(struct ctx *c, struct str letter, int32_t from, int32_t to,
                             struct desk_appointment **rows, size_t *count) NODISCARD; /* place: how many */
/* The lowest free place; *done false: all are taken. */
bool desk_appointment_add(struct ctx *c, struct desk_appointment *a, int64_t places, bool *done) NODISCARD;
bool desk_appointments_of(struct ctx *c, int64_t subject, struct desk_appointment **rows,
                          size_t *count) NODISCARD;
/* One more than a page. */
bool desk_appointments_on(struct ctx *c, const struct desk_day *q, struct desk_appointment **rows,
                          size_t *count) NODISCARD;
bool desk_appointment_load(struct ctx *c, int64_t id, struct desk_appointment *out) NODISCARD;
/* *done false: whose it is has come. */
bool desk_appointment_drop(struct ctx *c, int64_t id, bool *done) NODISCARD;
bool desk_appointment_arrived(struct ctx *c, int64_t id, int64_t ticket, bool *done) NODISCARD;
bool desk_forget(struct ctx *c, int64_t subject); /* appointments of who is erased */
/* Gives the number for it, or the one that was given. */
bool desk_arrive(struct ctx *c, int64_t id, int64_t *ticket) NODISCARD;
/* "appointments" and "has_appointments": of a person, from today; today: only those to come today. */
bool desk_add_mine(struct ctx *c, struct json *doc, int64_t subject, const char *base, bool today) NODISCARD;
/* The same: of a day. Reads names, masked. */
bool desk_add_day(struct ctx *c, struct json *doc, const struct desk_day *q, struct desk_appointment *last,
                  bool *more) NODISCARD;

/* ---- papers and lists ---- */
struct desk_paper {
    int64_t upload, case_id, unit, copies;
    struct str case_no, material, division;
};
struct desk_list {
    int64_t id, unit, papers, given_by, given, taken_by, taken;
    struct str division;
};
struct desk_view {
    bool all_units; /* the desk: its area */
    int64_t unit;
    struct str area;
};
struct desk_view desk_view_of(const struct ctx *c);
bool desk_papers_round(struct ctx *c, const struct json *payload);
bool desk_paper_add(struct ctx *c, const struct desk_paper *p) NODISCARD;
bool desk_papers_waiting(struct ctx *c, const struct desk_view *v, struct desk_paper **rows,
                         size_t *count) NODISCARD;
bool desk_papers_of(struct ctx *c, int64_t list, struct desk_paper **rows, size_t *count) NODISCARD;
/* Puts what waits for that department on a new list; papers 0: there was nothing. */
bool desk_list_add(struct ctx *c, const struct desk_view *v, struct desk_list *l) NODISCARD;
bool desk_list_load(struct ctx *c, const struct desk_view *v, int64_t id, struct desk_list *out) NODISCARD;
bool desk_lists(struct ctx *c, const struct desk_view *v, struct desk_list **rows, size_t *count) NODISCARD;
bool desk_list_sign(struct ctx *c, int64_t id, bool *done) NODISCARD;
bool desk_cursor(struct ctx *c, int64_t *act) NODISCARD;
bool desk_cursor_save(struct ctx *c, int64_t act) NODISCARD;

/* ---- results ---- */
struct desk_exit {
    int64_t case_id, unit, applicant, at, account;
    struct str case_no, division, item_name, what, who, taker; /* who: "applicant", "agent", "letter" */
};
struct desk_parcel {
    int64_t id, case_id, applicant, sent, changed;
    struct str case_no, division, carrier, number, state; /* "sent", "on_the_way", "delivered", "returned" */
};
bool desk_exit_add(struct ctx *c, const struct desk_exit *e, bool *fresh) NODISCARD;
bool desk_exit_of(struct ctx *c, int64_t case_id, struct desk_exit *out, bool *found) NODISCARD;
bool desk_parcel_add(struct ctx *c, const struct desk_parcel *p, bool *fresh) NODISCARD;
bool desk_parcel_load(struct ctx *c, const struct desk_view *v, int64_t id,
                      struct desk_parcel *out) NODISCARD;
bool desk_parcels_of(struct ctx *c, int64_t case_id, struct desk_parcel **rows, size_t *count) NODISCARD;
bool desk_parcels_open(struct ctx *c, const struct desk_view *v, struct desk_parcel **rows,
                       size_t *count) NODISCARD;
bool desk_parcel_set(struct ctx *c, int64_t id, struct str state) NODISCARD;

/* ---- the kiosk ---- */
struct desk_visit {
    int64_t subject, tries, until;
    struct str code;
    bool confirmed;
};
bool desk_visit_load(struct ctx *c, struct desk_visit *out, bool *found) NODISCARD;
bool desk_visit_save(struct ctx *c, const struct desk_visit *v) NODISCARD;
bool desk_visit_end(struct ctx *c) NODISCARD;
/* *in false: nobody, or whoever it was has gone. */
bool desk_visitor(struct ctx *c, struct desk_visit *v, bool *in) NODISCARD;
bool desk_visit_renew(struct ctx *c, struct desk_visit *v) NODISCARD;
/* Runs `page` with the visitor as the actor, and keeps what it leads to below /kiosk. MISSING "visit" when
 * nobody is there. */
bool desk_as_visitor(struct ctx *c, bool (*page)(struct ctx *c)) NODISCARD;

/* ---- words ---- */
struct json *desk_field(struct ctx *c, struct json *parent, const char *name, const char *label,
                        const char *kind, bool required);
struct str desk_unit_name(struct ctx *c, int64_t unit);
bool desk_officer(struct ctx *c, int64_t account, struct str *out) NODISCARD;

/* ---- pages ---- */
bool desk_queue_page(struct ctx *c);
bool desk_queue_take(struct ctx *c);
bool desk_queue_call(struct ctx *c);
bool desk_queue_scope(struct ctx *c);
bool desk_queue_repeat(struct ctx *c);
bool desk_queue_no_show(struct ctx *c);
bool desk_queue_done(struct ctx *c);
bool desk_queue_transfer(struct ctx *c);
bool desk_ticket_page(struct ctx *c);
bool desk_windows_page(struct ctx *c);
bool desk_windows_group(struct ctx *c);
bool desk_windows_save(struct ctx *c);
bool desk_windows_drop(struct ctx *c);
bool desk_times_page(struct ctx *c);
bool desk_times_save(struct ctx *c);
bool desk_day_page(struct ctx *c);
bool desk_screen(struct ctx *c);
bool desk_appoint_page(struct ctx *c);
bool desk_appoint(struct ctx *c);
bool desk_my_appointments(struct ctx *c);
bool desk_appointment_scope(struct ctx *c);
bool desk_appointment_cancel(struct ctx *c);
bool desk_appointment_arrive(struct ctx *c);
bool desk_handover_page(struct ctx *c);
bool desk_handover_give(struct ctx *c);
bool desk_list_scope(struct ctx *c);
bool desk_list_page(struct ctx *c);
bool desk_list_take(struct ctx *c);
bool desk_exit_page(struct ctx *c);
bool desk_exit_find(struct ctx *c);
bool desk_exit_case(struct ctx *c);
bool desk_exit_record(struct ctx *c);
bool desk_parcel_send(struct ctx *c);
bool desk_parcel_scope(struct ctx *c);
bool desk_parcel_change(struct ctx *c);
bool desk_kiosk(struct ctx *c);
bool desk_kiosk_ticket(struct ctx *c);
bool desk_kiosk_identify_page(struct ctx *c);
bool desk_kiosk_identify(struct ctx *c);
bool desk_kiosk_limit(struct ctx *c);
bool desk_kiosk_code_page(struct ctx *c);
bool desk_kiosk_try(struct ctx *c);
bool desk_kiosk_confirm(struct ctx *c);
bool desk_kiosk_me(struct ctx *c);
bool desk_kiosk_case(struct ctx *c);
bool desk_kiosk_apply(struct ctx *c);
bool desk_kiosk_end(struct ctx *c);
bool desk_kiosk_appointment_scope(struct ctx *c);
bool desk_kiosk_arrive(struct ctx *c);
bool desk_kiosk_stay(struct ctx *c);
bool desk_kiosk_frame(struct ctx *c, struct json *page);
bool desk_kiosk_services(struct ctx *c);
bool desk_kiosk_item(struct ctx *c);
bool desk_kiosk_case_scope(struct ctx *c);
bool desk_kiosk_start(struct ctx *c);
bool desk_kiosk_show(struct ctx *c);
bool desk_kiosk_save(struct ctx *c);
bool desk_kiosk_licence_scope(struct ctx *c);
bool desk_kiosk_licence(struct ctx *c);
bool desk_kiosk_qr(struct ctx *c);

#endif
