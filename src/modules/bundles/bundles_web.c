#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/bundles/bundles_apply.h"
#include "modules/people/people.h"

static const struct route routes[] = {
    /* ---- everybody ---- */
    GET("/bundles", ALLOW(PUBLIC), SCOPE(NO_ROW), bundles_page, "bundles/list", .flags = ROUTE_CACHED,
        .summary = "Life events: several services as one application"),
    GET("/bundles/{code}", ALLOW(PUBLIC), SCOPE(NO_ROW), bundles_guide, "bundles/guide",
        .flags = ROUTE_CACHED,
        .summary = "One guide for all members, for the situation given as ?question=answer"),
    /* ---- the applicant ---- */
    GET("/bundles/{code}/apply", ALLOW(PERSON), SCOPE(NO_ROW), bundles_start, "cases/apply_start",
        .in = bundles_start_fields, .summary = "The questions of the situation of a life event"),
    POST("/bundles/{code}/apply", ALLOW(PERSON), SCOPE(NO_ROW), bundles_start_save, "cases/apply_start",
         .in = bundles_start_fields, .again = bundles_start,
         .summary = "Opens a draft of a life event, or the one there is, with the answers"),
    GET("/me/bundles", ALLOW(PERSON), SCOPE(NO_ROW), bundles_mine, "bundles/mine", .in = bundles_list_fields,
        .summary = "My life events, newest first"),
    GET("/me/bundles/{id}", ALLOW(PERSON), SCOPE(bundle_scope), bundles_one, "bundles/progress",
        .summary = "How all members of a life event stand"),
    GET("/me/bundles/{id}/corrections", ALLOW(PERSON), SCOPE(bundle_scope), bundles_corrections,
        "bundles/corrections", .summary = "Everything that departments ask for, over all members"),
    POST("/me/bundles/{id}/corrections", ALLOW(PERSON), SCOPE(bundle_scope), bundles_corrections_save,
         "bundles/corrections", .prepare = bundles_corrections_check, .again = bundles_corrections,
         .flags = ROUTE_UPLOAD, .summary = "Supplies all of it at once, as m0-p1, m2-p1 …"),
    GET("/me/bundles/{id}/package.zip", ALLOW(PERSON), SCOPE(bundle_scope), bundles_package, NULL,
        .prepare = bundles_package_make, .summary = "All licences and decisions as one file"),
    GET("/me/bundles/{id}/form/{page}", ALLOW(PERSON), SCOPE(bundle_scope), bundles_form, "cases/apply_page",
        .summary = "A page of the one form, filled in with what is known"),
    POST("/me/bundles/{id}/form/{page}", ALLOW(PERSON), SCOPE(bundle_scope), bundles_form_save,
         "cases/apply_page", .in = bundles_form_fields, .prepare = bundles_form_check, .again = bundles_form,
         .flags = ROUTE_UPLOAD, .summary = "Saves a page of the one form"),
    GET("/me/bundles/{id}/materials", ALLOW(PERSON), SCOPE(bundle_scope), bundles_files,
        "cases/apply_materials", .summary = "The one set of documents"),
    POST("/me/bundles/{id}/materials", ALLOW(PERSON), SCOPE(bundle_scope), bundles_files_save,
         "cases/apply_materials", .in = bundles_files_fields, .prepare = bundles_files_check,
         .again = bundles_files, .flags = ROUTE_UPLOAD,
         .summary = "Adds or removes documents, as material:<id>"),
    GET("/me/bundles/{id}/files/{file}", ALLOW(PERSON), SCOPE(bundle_scope), bundles_file, NULL,
        .summary = "A document of a life event"),
    GET("/me/bundles/{id}/booking/{member}", ALLOW(PERSON), SCOPE(bundle_scope), bundles_booking,
        "cases/apply_booking", .summary = "Free times for the appointment of a member"),
    POST("/me/bundles/{id}/booking/{member}", ALLOW(PERSON), SCOPE(bundle_scope), bundles_booking_save,
         "cases/apply_booking", .in = bundles_booking_fields, .again = bundles_booking,
         .summary = "Chooses a time; of a member whose turn has come, books it and opens its case"),
    GET("/me/bundles/{id}/summary", ALLOW(PERSON), SCOPE(bundle_scope), bundles_summary,
        "cases/apply_summary", .summary = "Everything once more, and what is missing"),
    POST("/me/bundles/{id}/submit", ALLOW(PERSON), SCOPE(bundle_scope), bundles_send, "cases/apply_summary",
         .in = bundles_submit_fields, .again = bundles_summary,
         .summary = "Sends the application: opens the members' cases"),
    POST("/me/bundles/{id}/discard", ALLOW(PERSON), SCOPE(bundle_scope), bundles_throw_away, NULL,
         .summary = "Throws a draft of a life event away"),
    POST("/me/bundles/{id}/withdraw", ALLOW(PERSON), SCOPE(bundle_scope), bundles_withdraw, NULL,
         .summary = "Withdraws every member that can still be withdrawn"),
    /* ---- the desk, for a person who is there ---- */
    GET("/office/desk/bundles/{code}", ALLOW("case.receive"), SCOPE(NO_ROW), bundles_start,
        "bundles/desk_start", .in = bundles_start_fields, .flags = ROUTE_PERSONAL,
        .summary = "The questions, asked at the desk"),
    POST("/office/desk/bundles/{code}", ALLOW("case.receive"), SCOPE(NO_ROW), bundles_start_save,
         "bundles/desk_start", .in = bundles_start_fields, .again = bundles_start,
         .summary = "Begins a life event for a person at the desk"),
    GET("/office/desk/bundle/{id}/form/{page}", ALLOW("case.receive"), SCOPE(bundle_scope), bundles_form,
        "bundles/desk_page", .flags = ROUTE_PERSONAL, .summary = "A page of the one form, at the desk"),
    POST("/office/desk/bundle/{id}/form/{page}", ALLOW("case.receive"), SCOPE(bundle_scope),
         bundles_form_save, "bundles/desk_page", .in = bundles_form_fields, .prepare = bundles_form_check,
         .again = bundles_form, .flags = ROUTE_UPLOAD,
         .summary = "Saves a page of the one form, at the desk"),
    GET("/office/desk/bundle/{id}/materials", ALLOW("case.receive"), SCOPE(bundle_scope), bundles_files,
        "bundles/desk_files", .flags = ROUTE_PERSONAL, .summary = "The one set of documents, at the desk"),
    POST("/office/desk/bundle/{id}/materials", ALLOW("case.receive"), SCOPE(bundle_scope), bundles_files_save,
         "bundles/desk_files", .in = bundles_files_fields, .prepare = bundles_files_check,
         .again = bundles_files, .flags = ROUTE_UPLOAD, .summary = "Scans, or what was seen on paper"),
    GET("/office/desk/bundle/{id}/files/{file}", ALLOW("case.receive"), SCOPE(bundle_scope), bundles_file,
        NULL, .flags = ROUTE_PERSONAL, .summary = "A scan of a life event"),
    GET("/office/desk/bundle/{id}/summary", ALLOW("case.receive"), SCOPE(bundle_scope), bundles_summary,
        "bundles/desk_summary", .flags = ROUTE_PERSONAL, .summary = "Everything once more, at the desk"),
    POST("/office/desk/bundle/{id}/submit", ALLOW("case.receive"), SCOPE(bundle_scope), bundles_send,
         "bundles/desk_summary", .in = bundles_submit_fields, .again = bundles_summary,
         .summary = "Receives the life event: opens the members' cases"),
    /* ---- officers ---- */
    GET("/office/bundles", ALLOW("case.work"), SCOPE(NO_ROW), bundles_office_list, "bundles/office_list",
        .in = bundles_list_fields, .flags = ROUTE_PERSONAL,
        .summary = "Life events under way, by their common promise"),
    GET("/office/bundles/{id}", ALLOW("case.work"), SCOPE(bundle_office_scope), bundles_office_one,
        "bundles/office_one", .flags = ROUTE_PERSONAL, .summary = "How the members of a life event stand"),
    POST("/office/bundles/{id}/hand-over", ALLOW("case.receive"), SCOPE(bundle_office_scope),
         bundles_hand_over, "bundles/office_one", .in = bundles_hand_fields,
         .prepare = bundles_hand_over_limit, .again = bundles_office_one,
         .summary = "Hands the package of results over: to whom, against which card, or with which carrier"),
    POST("/office/bundles/{id}/delivery", ALLOW("case.receive"), SCOPE(bundle_office_scope), bundles_delivery,
         "bundles/office_one", .in = bundles_delivery_fields, .again = bundles_office_one,
         .summary = "What became of the parcel"),
    GET("/office/bundles/{id}/receipt", ALLOW("case.receive"), SCOPE(bundle_office_scope), bundles_receipt,
        "bundles/receipt", .in = bundles_receipt_fields, .flags = ROUTE_PERSONAL,
        .summary = "The receipt of a hand-over, to print and sign"),
    /* ---- administrators ---- */
    GET("/office/bundle-versions", ALLOW("bundle.read"), SCOPE(NO_ROW), bundles_versions, "bundles/versions",
        .summary = "Life events with their newest versions"),
    GET("/office/bundle-versions/new", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_new, "bundles/new",
        .summary = "A new life event: its name"),
    POST("/office/bundle-versions/new", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_new_save, "bundles/new",
         .in = bundles_new_fields, .again = bundles_new, .summary = "Begins the draft of a new life event"),
    GET("/office/bundle-versions/{code}", ALLOW("bundle.read"), SCOPE(NO_ROW), bundles_version,
        "bundles/version", .summary = "The newest version of a life event: names and services"),
    POST("/office/bundle-versions/{code}", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_version_save,
         "bundles/version", .in = bundles_edit_fields, .again = bundles_version,
         .summary = "Saves names and services of a life event as a draft"),
    POST("/office/bundle-versions/{code}/members", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_members_save,
         "bundles/version", .in = bundles_members_fields, .again = bundles_version,
         .summary = "Adds a service to a life event, or takes one out"),
    GET("/office/bundle-versions/{code}/questions", ALLOW("bundle.read"), SCOPE(NO_ROW), bundles_questions,
        "bundles/questions", .summary = "The questions of the situation"),
    POST("/office/bundle-versions/{code}/questions", ALLOW("bundle.edit"), SCOPE(NO_ROW),
         bundles_questions_save, "bundles/questions", .in = bundles_revision_fields,
         .again = bundles_questions, .summary = "Saves the questions of the situation"),
    GET("/office/bundle-versions/{code}/form", ALLOW("bundle.read"), SCOPE(NO_ROW), bundles_mapping,
        "bundles/mapping", .summary = "What one service asks, and what of it is asked once (?member=)"),
    POST("/office/bundle-versions/{code}/form", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_mapping_save,
         "bundles/mapping", .in = bundles_revision_fields, .again = bundles_mapping,
         .summary = "Saves how fields and documents of one service are asked"),
    GET("/office/bundle-versions/{code}/pages", ALLOW("bundle.read"), SCOPE(NO_ROW), bundles_pages,
        "bundles/pages", .summary = "The pages of the one form"),
    POST("/office/bundle-versions/{code}/pages", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_pages_save,
         "bundles/pages", .in = bundles_revision_fields, .again = bundles_pages,
         .summary = "Saves the pages of the one form"),
    GET("/office/bundle-versions/{code}/try", ALLOW("bundle.read"), SCOPE(NO_ROW), bundles_try, "bundles/try",
        .summary = "Plays a version through for a situation; nothing is stored"),
    POST("/office/bundle-versions/{code}/send", ALLOW("bundle.edit"), SCOPE(NO_ROW), bundles_version_send,
         "bundles/version", .in = bundles_revision_fields, .again = bundles_version,
         .summary = "Sends the draft to review"),
    POST("/office/bundle-versions/{code}/roll-back", ALLOW("bundle.publish"), SCOPE(NO_ROW),
         bundles_roll_back, "bundles/version", .in = bundles_back_fields, .again = bundles_version,
         .summary = "Publishes an earlier version again"),
    POST("/office/bundle-versions/{code}/review", ALLOW("bundle.publish"), SCOPE(NO_ROW), bundles_version_act,
         "bundles/version", .in = bundles_act_fields, .again = bundles_version,
         .summary = "Publishes what somebody else drafted, or returns it"),
};

static const struct permission permissions[] = {
    {"bundle.read", "See life events with drafts", "editor|steward|supervisor"},
    {"bundle.edit", "Write life events", "editor"},
    {"bundle.publish", "Review and publish life events", "steward|supervisor"},
};

static const struct job_kind jobs[] = {
    {"bundle.next", "Begin the next services of a life event", .run = bundle_run_next},
    {"bundle.overdue", "Watch the common promise of a life event", .run = bundle_run_overdue},
    {"bundle.recount", "See whether the calendar changed, for life events", .run = bundle_run_recount,
     .every_ms = MS_MINUTE},
    {"bundle.recount_part", "Count time limits of life events anew after a change of the calendar",
     .run = bundle_run_recount_part},
    {"bundle.expire_drafts", "Throw away old drafts of life events", .run = bundle_run_expire,
     .every_ms = 6 * MS_HOUR},
};

/* ---- what stands on pages of others ---- */

static bool export_of(struct ctx *c, int64_t subject, struct json *doc)
{
    struct bundle_file *rows;
    size_t count;
    struct json *list = json_set_array(c->arena, doc, "bundles");
    if (!bundle_store_of(c, subject, 0, 0, &rows, &count)) return false;
    for (size_t i = 0; i < count; i++) {
        struct json *o = json_add_object(c->arena, list);
        struct str answers;
        if (!bundle_open_text(c, &rows[i], "answers", rows[i].sealed_answers, &answers)) return false;
        json_set_str(c->arena, o, "number", rows[i].number);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "status", rows[i].status);
        json_set_str(c->arena, o, "situation", rows[i].situations);
        json_set_str(c->arena, o, "answers", answers);
    }
    return true;
}

static const struct people_part part = {
    .name = "bundles", .export = export_of, .forget = bundle_forget_person, .erase = bundle_store_erase};
static const struct case_follower follower = {.moved = bundle_moved,
                                              .show = bundle_show,
                                              .promise = bundle_promise,
                                              .at_desk = bundle_at_desk,
                                              .due = bundle_due};

static bool start(struct ctx *c)
{
    people_add_part(c->server, &part);
    case_set_follower(c->server, &follower);
    return true;
}

static const char *const needs[] = {"evidence",  "orgs",  "people",   "notices",  "licences",
                                    "catalogue", "cases", "bookings", "versions", NULL};

const struct module bundles_module = {
    .name = "bundles",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = start,
};
