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
    PLACES_A_SLOT = 3, /* setting desk.places */
    DESK_PAGE = 50,
    LIST_PAPERS_MAX = 200,
    IDLE_SECONDS = 60, /* setting desk.idle_seconds */
    IDLE_SECONDS_MAX = 3600,
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
};
struct desk_window {
    struct str name, groups; /* letters between bars; "" takes all */
};
struct desk_ticket {
    int64_t id, number, issued, called, calls, account;
    struct str letter, waits_for, state, place; /* "waiting", "called", "served", "no_show" */
};
struct str desk_hall(struct ctx *c);
bool desk_groups(struct ctx *c, struct desk_group **rows, size_t *count) NODISCARD;
/* Makes the next number of that group. INVALID at "group". */
bool desk_ticket_take(struct ctx *c, struct str group, struct desk_ticket *out) NODISCARD;
bool desk_ticket_load(struct ctx *c, int64_t id, struct desk_ticket *out) NODISCARD;
/* The one called longest ago by this clerk and not yet done; *found false: none. */
bool desk_ticket_mine(struct ctx *c, struct desk_ticket *out, bool *found) NODISCARD;
/* The one that waits longest, of a group or ("") of all that the window takes, appointments before the
 * others; called to that window. */
bool desk_ticket_next(struct ctx *c, struct str group, struct str window, struct desk_ticket *out,
                      bool *found) NODISCARD;
/* Only from the state `from`: *done false when it is in another by now. */
bool desk_ticket_set(struct ctx *c, const struct desk_ticket *t, const char *from, bool *done) NODISCARD;
bool desk_ticket_ahead(struct ctx *c, const struct desk_ticket *t, int64_t *count) NODISCARD;
bool desk_last_calls(struct ctx *c, struct desk_ticket **rows, size_t *count) NODISCARD;
struct str desk_ticket_text(struct ctx *c, const struct desk_ticket *t);             /* "A012" */
bool desk_issue(struct ctx *c, struct str group, struct desk_ticket *out) NODISCARD; /* with its evidence */
bool desk_group_save(struct ctx *c, const struct desk_group *g) NODISCARD;           /* made, or changed */
bool desk_windows(struct ctx *c, struct desk_window **rows, size_t *count) NODISCARD;
/* "" for all, also for a window that is on no list. */
bool desk_window_takes(struct ctx *c, struct str window, struct str *groups) NODISCARD;
bool desk_window_save(struct ctx *c, const struct desk_window *w) NODISCARD;
bool desk_window_drop(struct ctx *c, struct str name) NODISCARD;

/* ---- appointments ---- */
struct desk_appointment {
    int64_t id, item, subject, place, ticket;
    int32_t day;
    struct str slot;
};
bool desk_appointment_counts(struct ctx *c, int32_t from, int32_t to, struct desk_appointment **rows,
                             size_t *count) NODISCARD; /* place holds the count */
bool desk_appointment_add(struct ctx *c, struct desk_appointment *a, int64_t places, bool *done) NODISCARD;
bool desk_appointments_of(struct ctx *c, int64_t subject, struct desk_appointment **rows,
                          size_t *count) NODISCARD;
bool desk_appointments_on(struct ctx *c, int32_t day, struct desk_appointment **rows,
                          size_t *count) NODISCARD;
bool desk_appointment_load(struct ctx *c, int64_t id, struct desk_appointment *out) NODISCARD;
bool desk_appointment_drop(struct ctx *c, int64_t id) NODISCARD;
bool desk_appointment_arrived(struct ctx *c, int64_t id, int64_t ticket, bool *done) NODISCARD;
bool desk_forget(struct ctx *c, int64_t subject); /* appointments of who is erased */

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
