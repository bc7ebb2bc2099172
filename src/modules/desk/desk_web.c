#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/desk/desk_internal.h"
#include "modules/people/people.h"

static const struct field group_fields[] = {{"group", FIELD_LINE, "Group", .required = true, .max = 2}, {0}};
static const struct field call_fields[] = {
    {"window", FIELD_LINE, "Window", .required = true, .max = 10},
    {"group", FIELD_LINE, "Group", .max = 2},
    {0},
};
static const struct field times_fields[] = {
    {"hours", FIELD_LINE, "Opening hours", .required = true, .max = 120},
    {"minutes", FIELD_INT, "Length of an appointment, in minutes", .required = true, .min = 5,
     .max = SLOT_MINUTES_MAX},
    {"places", FIELD_INT, "Appointments at the same time", .required = true, .min = 0, .max = PLACES_MAX},
    {"units", FIELD_LIST, .label = "Departments whose services it takes; none chosen: all"},
    {0},
};
static const struct field day_fields[] = {
    {"day", FIELD_DATE, .label = "Day"},
    {"after", FIELD_LINE, "Behind this time, group and place", .max = 40},
    {0},
};
static const struct field slot_fields[] = {{"slot", FIELD_LINE, "Day and time", .required = true, .max = 40},
                                           {0}};
static const struct field unit_fields[] = {{"unit", FIELD_ID, "Department", .required = true}, {0}};
static const struct field find_fields[] = {
    {"case_no", FIELD_LINE, "Reference number", .required = true, .max = 40}, {0}};
static const struct field exit_fields[] = {
    {"what", FIELD_LINE, "What is handed out", .required = true, .max = 200},
    {"name", FIELD_LINE, "Name of who takes it", .required = true, .check = people_check_name},
    {"number", FIELD_LINE, "Number of the identity card that was seen", .required = true,
     .check = people_check_id_number},
    {"letter", FIELD_BOOL, .label = "A letter of authority was seen"},
    {"charged", FIELD_LINE, "Charged, in yuan", .max = 12},
    {0},
};
static const struct field parcel_fields[] = {
    {"carrier", FIELD_LINE, "Carrier", .required = true, .max = 40},
    {"parcel", FIELD_LINE, "Number of the parcel", .required = true, .max = 40},
    {0},
};
static const struct field state_fields[] = {
    {"state", FIELD_CHOICE, "State", .required = true, .choices = "sent|on_the_way|delivered|returned"}, {0}};
static const struct field number_fields[] = {
    {"number", FIELD_LINE, "Number of your identity card", .required = true, .check = people_check_id_number},
    {"item", FIELD_ID, .label = "Service"},
    {0}};
static const struct field code_fields[] = {
    {"code", FIELD_SECRET, "Code from your mobile", .required = true, .max = 10},
    {"item", FIELD_ID, .label = "Service"},
    {0}};
static const struct field item_fields[] = {{"item", FIELD_ID, "Service", .required = true}, {0}};
static const struct field wanted_fields[] = {{"item", FIELD_ID, .label = "Service"}, {0}};
static const struct field service_fields[] = {
    {"q", FIELD_LINE, "Words", .max = 60},
    {"theme", FIELD_LINE, "Theme", .max = 10},
    {"from", FIELD_ID, .label = "Services after this one"},
    {0},
};
static const struct field windows_fields[] = {
    {"window", FIELD_LINE, "Window", .required = true, .max = 10},
    {"takes", FIELD_LIST, .label = "Groups it takes; none: all"},
    {0},
};
static const struct field drop_fields[] = {{"window", FIELD_LINE, "Window", .required = true, .max = 10},
                                           {0}};
static const struct field letter_fields[] = {
    {"letter", FIELD_LINE, "Letter", .required = true, .max = 1},
    {"name", FIELD_LINE, "Name in Chinese", .required = true, .max = 20},
    {"en", FIELD_LINE, "Name in English", .required = true, .max = 40},
    {"used", FIELD_BOOL, .label = "In use"},
    {0},
};

static const struct route routes[] = {
    /* tickets */
    GET("/screen", ALLOW(PUBLIC), SCOPE(NO_ROW), desk_screen, "desk/screen",
        .summary = "The screen in the hall: the last calls"),
    GET("/office/queue", ALLOW("desk.queue"), SCOPE(NO_ROW), desk_queue_page, "desk/queue",
        .flags = ROUTE_PERSONAL, .summary = "Who waits, and the number at my window"),
    POST("/office/queue/take", ALLOW("desk.queue"), SCOPE(NO_ROW), desk_queue_take, "desk/queue",
         .in = group_fields, .again = desk_queue_page, .summary = "Takes a number for somebody"),
    POST("/office/queue/call", ALLOW("desk.queue"), SCOPE(NO_ROW), desk_queue_call, "desk/queue",
         .in = call_fields, .again = desk_queue_page, .summary = "Calls the next number to a window"),
    GET("/office/queue/{id}", ALLOW("desk.queue"), SCOPE(desk_queue_scope), desk_ticket_page, "desk/ticket",
        .flags = ROUTE_PERSONAL, .summary = "A ticket to print"),
    POST("/office/queue/{id}/repeat", ALLOW("desk.queue"), SCOPE(desk_queue_scope), desk_queue_repeat,
         "desk/queue", .again = desk_queue_page, .summary = "Calls the number again"),
    POST("/office/queue/{id}/no-show", ALLOW("desk.queue"), SCOPE(desk_queue_scope), desk_queue_no_show,
         "desk/queue", .again = desk_queue_page, .summary = "Nobody came"),
    POST("/office/queue/{id}/done", ALLOW("desk.queue"), SCOPE(desk_queue_scope), desk_queue_done,
         "desk/queue", .again = desk_queue_page, .summary = "The visit is over"),
    POST("/office/queue/{id}/transfer", ALLOW("desk.queue"), SCOPE(desk_queue_scope), desk_queue_transfer,
         "desk/queue", .in = group_fields, .again = desk_queue_page,
         .summary = "Sends the number to another group"),
    GET("/office/windows", ALLOW("desk.windows"), SCOPE(NO_ROW), desk_windows_page, "desk/windows",
        .summary = "Groups of numbers, and the windows that take them"),
    POST("/office/windows", ALLOW("desk.windows"), SCOPE(NO_ROW), desk_windows_save, "desk/windows",
         .in = windows_fields, .again = desk_windows_page, .summary = "Adds or changes a window"),
    POST("/office/windows/groups", ALLOW("desk.windows"), SCOPE(NO_ROW), desk_windows_group, "desk/windows",
         .in = letter_fields, .again = desk_windows_page, .summary = "Adds or changes a group"),
    GET("/office/windows/groups/{letter}", ALLOW("desk.windows"), SCOPE(NO_ROW), desk_times_page,
        "desk/hours", .summary = "Opening hours of a group, its appointments, and the departments it takes"),
    POST("/office/windows/groups/{letter}", ALLOW("desk.windows"), SCOPE(NO_ROW), desk_times_save,
         "desk/hours", .in = times_fields, .again = desk_times_page,
         .summary = "Changes hours, length and number of appointments of a group"),
    POST("/office/windows/remove", ALLOW("desk.windows"), SCOPE(NO_ROW), desk_windows_drop, "desk/windows",
         .in = drop_fields, .again = desk_windows_page, .summary = "Takes a window off the list"),
    /* appointments */
    GET("/items/{id}/appointment", ALLOW(PERSON), SCOPE(NO_ROW), desk_appoint_page, "desk/appoint",
        .summary = "Free times at the hall for a service"),
    POST("/items/{id}/appointment", ALLOW(PERSON), SCOPE(NO_ROW), desk_appoint, "desk/appoint",
         .in = slot_fields, .again = desk_appoint_page, .summary = "Makes an appointment at the hall"),
    GET("/me/appointments", ALLOW(PERSON), SCOPE(NO_ROW), desk_my_appointments, "desk/my_appointments",
        .summary = "My appointments at the hall"),
    POST("/me/appointments/{id}/cancel", ALLOW(PERSON), SCOPE(desk_appointment_scope),
         desk_appointment_cancel, NULL, .summary = "Cancels an appointment"),
    GET("/office/appointments", ALLOW("desk.queue"), SCOPE(NO_ROW), desk_day_page, "desk/day",
        .in = day_fields, .flags = ROUTE_PERSONAL,
        .summary = "Who comes to the hall on a day, by time and kind of window"),
    POST("/office/appointments/{id}/arrive", ALLOW("desk.queue"), SCOPE(desk_appointment_scope),
         desk_appointment_arrive, "desk/queue", .again = desk_queue_page,
         .summary = "Who has an appointment is here: a number at once"),
    /* papers */
    GET("/office/handover", ALLOW("desk.lists"), SCOPE(NO_ROW), desk_handover_page, "desk/handover",
        .summary = "Papers to hand over, and the lists"),
    POST("/office/handover", ALLOW("desk.handover"), SCOPE(NO_ROW), desk_handover_give, "desk/handover",
         .in = unit_fields, .again = desk_handover_page,
         .summary = "Gives what waits to a department, signed by the desk"),
    GET("/office/handover/{id}", ALLOW("desk.lists"), SCOPE(desk_list_scope), desk_list_page, "desk/list",
        .flags = ROUTE_PERSONAL, .summary = "A hand-over list with both signatures"),
    POST("/office/handover/{id}/take", ALLOW("desk.papers"), SCOPE(desk_list_scope), desk_list_take,
         "desk/list", .again = desk_list_page, .summary = "Signs for the papers, by the department"),
    /* results */
    GET("/office/exit", ALLOW("desk.exit"), SCOPE(NO_ROW), desk_exit_page, "desk/exit",
        .flags = ROUTE_PERSONAL, .summary = "Handing out results, and parcels that are on their way"),
    POST("/office/exit", ALLOW("desk.exit"), SCOPE(NO_ROW), desk_exit_find, "desk/exit", .in = find_fields,
         .again = desk_exit_page, .flags = ROUTE_READS, .summary = "Finds an application by its number"),
    GET("/office/exit/{id}", ALLOW("desk.exit"), SCOPE(case_office_scope), desk_exit_case, "desk/exit_case",
        .flags = ROUTE_PERSONAL, .summary = "What was handed out or sent for an application"),
    POST("/office/exit/{id}", ALLOW("desk.exit"), SCOPE(case_office_scope), desk_exit_record,
         "desk/exit_case", .in = exit_fields, .prepare = people_desk_card_limit, .again = desk_exit_case,
         .summary = "Records who took the result, and what was charged"),
    POST("/office/exit/{id}/parcel", ALLOW("desk.exit"), SCOPE(case_office_scope), desk_parcel_send,
         "desk/exit_case", .in = parcel_fields, .again = desk_exit_case,
         .summary = "Records a parcel; the applicant is told"),
    POST("/office/parcels/{id}", ALLOW("desk.exit"), SCOPE(desk_parcel_scope), desk_parcel_change,
         "desk/exit", .in = state_fields, .again = desk_exit_page, .summary = "What became of a parcel"),
    /* kiosk */
    GET("/kiosk", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk, "desk/kiosk", .flags = ROUTE_HTML_ONLY,
        .summary = "The start of the self-service terminal"),
    POST("/kiosk/ticket", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_ticket, "desk/kiosk",
         .in = group_fields, .again = desk_kiosk, .flags = ROUTE_HTML_ONLY, .summary = "Takes a number"),
    GET("/kiosk/ticket/{id}", ALLOW("kiosk.use"), SCOPE(desk_queue_scope), desk_ticket_page, "desk/ticket",
        .flags = ROUTE_HTML_ONLY, .summary = "The ticket to print"),
    GET("/kiosk/identify", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_identify_page, "desk/kiosk_form",
        .in = wanted_fields, .flags = ROUTE_HTML_ONLY, .summary = "The number of the visitor's card"),
    POST("/kiosk/identify", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_identify, "desk/kiosk_form",
         .in = number_fields, .prepare = desk_kiosk_limit, .again = desk_kiosk_identify_page,
         .flags = ROUTE_HTML_ONLY, .summary = "Sends a code to the visitor's own mobile"),
    GET("/kiosk/code", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_code_page, "desk/kiosk_form",
        .in = wanted_fields, .flags = ROUTE_HTML_ONLY, .summary = "The code"),
    POST("/kiosk/code", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_confirm, "desk/kiosk_form",
         .in = code_fields, .prepare = desk_kiosk_try, .again = desk_kiosk_code_page,
         .flags = ROUTE_HTML_ONLY, .summary = "Begins the visit"),
    GET("/kiosk/me", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_me, "desk/kiosk_me",
        .flags = ROUTE_HTML_ONLY, .summary = "The visitor's applications and licences"),
    POST("/kiosk/appointments/{id}/arrive", ALLOW("kiosk.use"), SCOPE(desk_kiosk_appointment_scope),
         desk_kiosk_arrive, NULL, .flags = ROUTE_HTML_ONLY,
         .summary = "The visitor has an appointment and is here: the number"),
    GET("/kiosk/services", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_services, "desk/kiosk_services",
        .in = service_fields, .flags = ROUTE_HTML_ONLY, .summary = "Services by words and themes"),
    GET("/kiosk/items/{id}", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_item, "desk/kiosk_item",
        .flags = ROUTE_HTML_ONLY, .summary = "A service in short"),
    GET("/kiosk/items/{id}/apply", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_start, "cases/apply_start",
        .flags = ROUTE_HTML_ONLY, .summary = "Begins an application at the terminal"),
    POST("/kiosk/items/{id}/apply", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_save, "cases/apply_start",
         .in = case_start_fields, .again = desk_kiosk_show, .flags = ROUTE_HTML_ONLY,
         .summary = "Answers the questions of the situation"),
    GET("/kiosk/apply/{id}", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_show,
        "cases/apply_tasks", .flags = ROUTE_HTML_ONLY, .summary = "What the draft still needs"),
    GET("/kiosk/apply/{id}/form/{page}", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_show,
        "cases/apply_page", .flags = ROUTE_HTML_ONLY, .summary = "A page of the form"),
    POST("/kiosk/apply/{id}/form/{page}", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_save,
         "cases/apply_page", .in = case_form_fields, .again = desk_kiosk_show,
         .flags = ROUTE_HTML_ONLY | ROUTE_UPLOAD, .summary = "Saves a page of the form"),
    GET("/kiosk/apply/{id}/materials", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_show,
        "cases/apply_materials", .flags = ROUTE_HTML_ONLY,
        .summary = "Documents, none of which the terminal takes"),
    POST("/kiosk/apply/{id}/materials", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_save,
         "cases/apply_materials", .in = case_files_fields, .again = desk_kiosk_show,
         .flags = ROUTE_HTML_ONLY | ROUTE_UPLOAD, .summary = "Documents to hand in later"),
    GET("/kiosk/apply/{id}/booking", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_show,
        "cases/apply_booking", .flags = ROUTE_HTML_ONLY, .summary = "Free times"),
    POST("/kiosk/apply/{id}/booking", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_save,
         "cases/apply_booking", .in = case_booking_fields, .again = desk_kiosk_show, .flags = ROUTE_HTML_ONLY,
         .summary = "Books an appointment"),
    GET("/kiosk/apply/{id}/summary", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_show,
        "cases/apply_summary", .flags = ROUTE_HTML_ONLY, .summary = "Everything once more"),
    POST("/kiosk/apply/{id}/submit", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_save,
         "cases/apply_summary", .in = case_submit_fields, .again = desk_kiosk_show, .flags = ROUTE_HTML_ONLY,
         .summary = "Sends the application"),
    POST("/kiosk/apply/{id}/discard", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_save, NULL,
         .flags = ROUTE_HTML_ONLY, .summary = "Throws the draft away"),
    GET("/kiosk/cases/{id}", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_case,
        "desk/kiosk_case", .flags = ROUTE_HTML_ONLY,
        .summary = "One of the visitor's applications, to print"),
    GET("/kiosk/cases/{id}/receipt", ALLOW("kiosk.use"), SCOPE(desk_kiosk_case_scope), desk_kiosk_show,
        "cases/receipt", .flags = ROUTE_HTML_ONLY, .summary = "The receipt, to print"),
    GET("/kiosk/licences/{id}", ALLOW("kiosk.use"), SCOPE(desk_kiosk_licence_scope), desk_kiosk_licence,
        "licences/licence", .flags = ROUTE_HTML_ONLY, .summary = "A licence, to print"),
    GET("/kiosk/licences/{id}/qr.svg", ALLOW("kiosk.use"), SCOPE(desk_kiosk_licence_scope), desk_kiosk_qr,
        NULL, .flags = ROUTE_HTML_ONLY, .summary = "Its code"),
    POST("/kiosk/apply", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_apply, "desk/kiosk_me",
         .in = item_fields, .again = desk_kiosk_me, .flags = ROUTE_HTML_ONLY,
         .summary = "Sends what a rule answers at once"),
    POST("/kiosk/stay", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_stay, NULL, .flags = ROUTE_HTML_ONLY,
         .summary = "Somebody is still there"),
    POST("/kiosk/end", ALLOW("kiosk.use"), SCOPE(NO_ROW), desk_kiosk_end, NULL, .flags = ROUTE_HTML_ONLY,
         .summary = "Ends the visit"),
};

static const struct permission permissions[] = {
    {"desk.queue", "Call numbers and receive appointments", "desk"},
    {"desk.windows", "Set up groups of numbers and windows", "system_admin"},
    {"desk.handover", "Hand papers over to departments", "desk"},
    {"desk.papers", "Sign for papers from the desk", "reviewer|decider"},
    {"desk.lists", "See hand-over lists", "desk|reviewer|decider"},
    {"desk.exit", "Hand out results and send parcels", "desk"},
    {"kiosk.use", "Be a self-service terminal", "kiosk"},
};

static const struct job_kind jobs[] = {
    {"desk.papers", "Note papers to be handed over to departments", .run = desk_papers_round,
     .every_ms = MS_MINUTE},
    {"desk.more", "Note further papers to be handed over to departments", .run = desk_papers_round},
};

static const struct setting settings[] = {
    {"desk.appointed_row", "With an appointment, a window calls one after the other before one without",
     "numbers", 1, 20, .otherwise = APPOINTED_ROW},
    {"desk.idle_seconds", "A self-service terminal forgets who stands there when nobody touches it for",
     "seconds", 20, IDLE_SECONDS_MAX, .otherwise = IDLE_SECONDS},
    {"desk.address", "Address of the service desks", "street and number, floor", 0, ADDRESS_MAX,
     .text = true},
};

static const char *const needs[] = {"cases", "catalogue", "evidence",    "licences", "notices",
                                    "orgs",  "people",    "supervision", NULL};

static const struct people_part part = {.name = "desk", .forget = desk_forget};

static bool start(struct ctx *c)
{
    people_add_part(c->server, &part);
    return true;
}

const struct module desk_module = {
    .name = "desk",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    SETTINGS(settings),
    .start = start,
    .frame = desk_kiosk_frame,
};
