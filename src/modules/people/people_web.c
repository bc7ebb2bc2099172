#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "modules/people/people_internal.h"

#define SIGN_IN_FIELDS                                                                                       \
    {"account", FIELD_LINE, "Account", true, .max = 64},                                                     \
        {"password", FIELD_SECRET, "Password", true, .max = 200},                                            \
        {"next", FIELD_LINE, "Where to go on", .max = 500},                                                  \
    {                                                                                                        \
        0                                                                                                    \
    }
static const struct field sign_in_fields[] = {SIGN_IN_FIELDS};
static const struct field next_fields[] = {{"next", FIELD_LINE, "Where to go on", .max = 500}, {0}};
static const struct field token_fields[] = {{"t", FIELD_LINE, "Reference of the code", .max = 64}, {0}};
static const struct field register_fields[] = {
    {"mobile", FIELD_LINE, "Mobile number", true, .max = 20, .check = people_check_mobile}, {0}};
static const struct field confirm_fields[] = {
    {"t", FIELD_LINE, "Reference of the code", true, .max = 64},
    {"code", FIELD_LINE, "Code from the message", true, .max = 6},
    {"name", FIELD_LINE, "Name", true, .max = 50, .check = people_check_name},
    {"id_number", FIELD_LINE, "Identity number", true, .max = 24, .check = people_check_id_number},
    {"password", FIELD_SECRET, "Password", true, .max = 200},
    {"agree", FIELD_BOOL, .label = "Consent"},
    {0},
};
static const struct field profile_fields[] = {
    {"mobile", FIELD_LINE, "Mobile number", true, .max = 20, .check = people_check_mobile},
    {"address", FIELD_LINE, "Contact address", .max = 200},
    {0},
};
static const struct field code_fields[] = {{"t", FIELD_LINE, "Reference of the code", true, .max = 64},
                                           {"code", FIELD_LINE, "Code from the message", true, .max = 6},
                                           {0}};
static const struct field password_fields[] = {
    {"old_password", FIELD_SECRET, "Current password", true, .max = 200},
    {"password", FIELD_SECRET, "New password", true, .max = 200},
    {0}};
static const struct field level_fields[] = {
    {"name", FIELD_LINE, "Name", true, .max = 50, .check = people_check_name},
    {"id_number", FIELD_LINE, "Identity number", true, .max = 24, .check = people_check_id_number},
    {"next", FIELD_LINE, "Where to go on", .max = 500},
    {0},
};
static const struct field acting_fields[] = {
    {"mandate", FIELD_LINE, "0, r:CODE of a firm, or m:ID of a mandate", true, .max = 40}, {0}};
static const struct field mandate_fields[] = {
    {"name", FIELD_LINE, "Name of the agent", true, .max = 50, .check = people_check_name},
    {"id_number", FIELD_LINE, "Identity number of the agent", true, .max = 24,
     .check = people_check_id_number},
    {"scope", FIELD_LINE, "Id of a department; empty: all services", .max = 20},
    {"from", FIELD_DATE, "From", .required = true},
    {"until", FIELD_DATE, .label = "Until and including"},
    {0},
};
static const struct field list_fields[] = {{"q", FIELD_LINE, "Name or account", .max = 60},
                                           {"dept", FIELD_INT, "Department", .max = INT64_MAX},
                                           {"after", FIELD_ID, .label = "Rows after this one"},
                                           {0}};
#define OFFICER_FIELDS                                                                                       \
    {"name", FIELD_LINE, "Name", true, .max = 50, .check = people_check_name},                               \
        {"department", FIELD_ID, .label = "Department"}, {"area", FIELD_LINE, "Division", .max = 12},        \
    {                                                                                                        \
        "roles", FIELD_LIST, "Roles", true, .choices = PEOPLE_ROLE_CHOICES                                   \
    }
static const struct field officer_new_fields[] = {
    OFFICER_FIELDS,
    {"account", FIELD_LINE, "Account", true, .min = 2, .max = 64},
    {"password", FIELD_SECRET, "First password", true, .max = 200},
    {0},
};
static const struct field officer_fields[] = {OFFICER_FIELDS, {0}};
static const struct field officer_password_fields[] = {
    {"password", FIELD_SECRET, "New password", true, .max = 200}, {0}};
static const struct field factor_fields[] = {
    {"code", FIELD_SECRET, "Code of the authenticator", true, .max = 24}, {0}};
static const struct field factor_enter_fields[] = {
    {"code", FIELD_SECRET, "Code of the authenticator, or a recovery code", true, .max = 24},
    {"next", FIELD_LINE, "Where to go on", .max = 500},
    {0}};
static const struct field factor_change_fields[] = {
    {"code", FIELD_SECRET, "Code of the authenticator, or a recovery code", true, .max = 24},
    {"go", FIELD_CHOICE, "Set up anew, or turn off", true, .choices = "again|end"},
    {0}};
static const struct field desk_fields[] = {
    {"name", FIELD_LINE, "Name", true, .max = 50, .check = people_check_name},
    {"id_number", FIELD_LINE, "Identity number", true, .max = 24, .check = people_check_id_number},
    {"mobile", FIELD_LINE, "Mobile number", true, .max = 20, .check = people_check_mobile},
    {"document", FIELD_CHOICE, "Document seen", true, .choices = "id_card|temporary|passport|household"},
    {"reference", FIELD_LINE, "Number of the case or the queue ticket", true, .max = 40,
     .check = people_check_reference},
    {"seen", FIELD_BOOL, .label = "The document and the person have been seen"},
    {"reset", FIELD_BOOL,
     .label = "Close the account of this number; a confirmed one takes a second officer"},
    {0},
};

static const struct field erase_fields[] = {{"password", FIELD_SECRET, "Current password", true, .max = 200},
                                            {0}};
static const struct field erasures_fields[] = {{"before", FIELD_INT, "Asked for before", .max = INT64_MAX},
                                               {0}};
static const struct field refuse_fields[] = {{"reason", FIELD_TEXT, "Reasons", true, .max = 500}, {0}};

#define MANAGE "account.manage"
#define ERASE  "person.erase"

static const struct route routes[] = {
    GET("/register", ALLOW(PUBLIC), SCOPE(NO_ROW), people_register_page, "people/register",
        .summary = "Registration: the mobile"),
    POST("/register", ALLOW(PUBLIC), SCOPE(NO_ROW), people_register_send, "people/register",
         .in = register_fields, .prepare = people_register_check, .again = people_register_page,
         .summary = "Sends a code to a mobile; the location names its reference"),
    GET("/register/confirm", ALLOW(PUBLIC), SCOPE(NO_ROW), people_confirm_page, "people/register",
        .in = token_fields, .summary = "Registration: who one is"),
    POST("/register/confirm", ALLOW(PUBLIC), SCOPE(NO_ROW), people_confirm, "people/register",
         .in = confirm_fields, .prepare = people_confirm_check, .again = people_confirm_page,
         .summary = "Opens an account and signs in"),
    GET("/sign-in", ALLOW(PUBLIC), SCOPE(NO_ROW), people_sign_in_page, "people/sign_in", .in = next_fields,
        .summary = "Sign-in for people"),
    POST("/sign-in", ALLOW(PUBLIC), SCOPE(NO_ROW), people_sign_in, "people/sign_in", .in = sign_in_fields,
         .prepare = people_sign_in_check, .again = people_sign_in_page,
         .summary = "Signs a person in by mobile and password"),
    GET("/office/sign-in", ALLOW(PUBLIC), SCOPE(NO_ROW), people_office_sign_in_page, "people/sign_in",
        .in = next_fields, .summary = "Sign-in for officers"),
    POST("/office/sign-in", ALLOW(PUBLIC), SCOPE(NO_ROW), people_office_sign_in, "people/sign_in",
         .in = sign_in_fields, .prepare = people_office_sign_in_check, .again = people_office_sign_in_page,
         .summary = "Signs an officer in by account name and password"),
    GET("/office/sign-in/code", ALLOW(OFFICER), SCOPE(NO_ROW), people_code_page, "people/sign_in_code",
        .in = next_fields, .flags = ROUTE_AT_CODE, .summary = "Sign-in for officers: the second step"),
    POST("/office/sign-in/code", ALLOW(OFFICER), SCOPE(NO_ROW), people_code_enter, "people/sign_in_code",
         .in = factor_enter_fields, .prepare = people_code_check, .again = people_code_page,
         .flags = ROUTE_AT_CODE,
         .summary = "Completes an officer's sign-in with the code of the authenticator"),
    POST("/sign-out", ALLOW(SIGNED_IN), SCOPE(NO_ROW), people_sign_out, NULL, .flags = ROUTE_ALWAYS,
         .summary = "Ends the session"),

    GET("/me", ALLOW(PERSON), SCOPE(NO_ROW), people_me, "people/me", .summary = "My page"),
    GET("/me/profile", ALLOW(PERSON), SCOPE(NO_ROW), people_profile_page, "people/profile",
        .summary = "My details"),
    POST("/me/profile", ALLOW(PERSON), SCOPE(NO_ROW), people_profile_save, "people/profile",
         .in = profile_fields, .prepare = people_profile_check, .again = people_profile_page,
         .summary = "Changes address and mobile; a new mobile is confirmed by a code"),
    GET("/me/mobile", ALLOW(PERSON), SCOPE(NO_ROW), people_mobile_page, "people/mobile", .in = token_fields,
        .summary = "The code that confirms a new mobile"),
    POST("/me/mobile", ALLOW(PERSON), SCOPE(NO_ROW), people_mobile_save, "people/mobile", .in = code_fields,
         .prepare = people_mobile_check, .again = people_mobile_page, .summary = "Confirms a new mobile"),
    POST("/me/password", ALLOW(PERSON), SCOPE(NO_ROW), people_password_save, "people/profile",
         .in = password_fields, .prepare = people_password_check, .again = people_profile_page,
         .summary = "Changes the password and ends all other sessions"),
    GET("/me/level", ALLOW(PERSON), SCOPE(NO_ROW), people_level_page, "people/verify_level",
        .in = next_fields, .summary = "How sure we are who you are"),
    POST("/me/level", ALLOW(PERSON), SCOPE(NO_ROW), people_level_match, "people/verify_level",
         .in = level_fields, .prepare = people_level_check, .again = people_level_page,
         .summary = "Compares name, number and mobile with the population base"),
    GET("/me/acting", ALLOW(PERSON), SCOPE(NO_ROW), people_acting_page, "people/acting",
        .summary = "For whom I can act"),
    POST("/me/acting", ALLOW(PERSON), SCOPE(NO_ROW), people_acting_choose, "people/acting",
         .in = acting_fields, .again = people_acting_page, .summary = "Chooses for whom I act"),
    GET("/me/mandates", ALLOW(PERSON), SCOPE(NO_ROW), people_mandates_page, "people/mandates",
        .summary = "Mandates given and received"),
    POST("/me/mandates", ALLOW(PERSON), SCOPE(NO_ROW), people_mandate_give, "people/mandates",
         .in = mandate_fields, .prepare = people_mandates_check, .again = people_mandates_page,
         .summary = "Gives another person a mandate"),
    POST("/me/mandates/{id}/revoke", ALLOW(PERSON), SCOPE(people_mandate_scope), people_mandate_revoke, NULL,
         .summary = "Revokes a mandate"),
    GET("/me/data", ALLOW(PERSON), SCOPE(NO_ROW), people_data_export, NULL,
        .summary = "Everything kept about me, as a JSON file"),

    GET("/me/erase", ALLOW(PERSON), SCOPE(NO_ROW), people_erase_page, "people/erase",
        .summary = "Closing the account and erasing the person: what goes, what is kept"),
    POST("/me/erase", ALLOW(PERSON), SCOPE(NO_ROW), people_erase_ask, "people/erase", .in = erase_fields,
         .prepare = people_erase_check, .again = people_erase_page,
         .summary = "Asks for the account to be closed and the person to be erased"),
    POST("/me/erase/withdraw", ALLOW(PERSON), SCOPE(NO_ROW), people_erase_withdraw, NULL,
         .summary = "Takes the request back"),
    GET("/office/erasures", ALLOW(ERASE), SCOPE(NO_ROW), people_erasures, "people/erasures",
        .in = erasures_fields, .flags = ROUTE_PERSONAL, .summary = "Who asked to be erased"),
    GET("/office/erasures/{id}", ALLOW(ERASE), SCOPE(people_erasure_scope), people_erasure_page,
        "people/erasure", .flags = ROUTE_PERSONAL, .summary = "One request"),
    POST("/office/erasures/{id}/confirm", ALLOW(ERASE), SCOPE(people_erasure_scope), people_erasure_confirm,
         "people/erasure", .again = people_erasure_page,
         .summary = "Confirms an erasure; the second officer's confirmation carries it out"),
    POST("/office/erasures/{id}/refuse", ALLOW(ERASE), SCOPE(people_erasure_scope), people_erasure_refuse,
         "people/erasure", .in = refuse_fields, .again = people_erasure_page,
         .summary = "Refuses an erasure with a reason"),

    GET("/office", ALLOW(OFFICER), SCOPE(NO_ROW), people_office_home, "site/office_home",
        .summary = "An officer's first page"),
    GET("/office/password", ALLOW(OFFICER), SCOPE(NO_ROW), people_office_password_page, "people/password",
        .flags = ROUTE_AT_PASSWORD, .summary = "Change the password"),
    POST("/office/password", ALLOW(OFFICER), SCOPE(NO_ROW), people_office_password_save, "people/password",
         .in = password_fields, .prepare = people_office_password_check, .again = people_office_password_page,
         .flags = ROUTE_AT_PASSWORD, .summary = "Changes an officer's own password"),
    GET("/office/second-factor", ALLOW(OFFICER), SCOPE(NO_ROW), people_factor_page, "people/second_factor",
        .flags = ROUTE_AT_FACTOR, .summary = "An officer's second factor"),
    GET("/office/second-factor/qr.svg", ALLOW(OFFICER), SCOPE(NO_ROW), people_factor_qr, NULL,
        .flags = ROUTE_AT_FACTOR, .summary = "The key that waits for its first code, for the authenticator"),
    POST("/office/second-factor/begin", ALLOW(OFFICER), SCOPE(NO_ROW), people_factor_begin, NULL,
         .flags = ROUTE_AT_FACTOR, .summary = "Makes a key for the authenticator"),
    POST("/office/second-factor", ALLOW(OFFICER), SCOPE(NO_ROW), people_factor_confirm,
         "people/second_factor", .in = factor_fields, .again = people_factor_page, .flags = ROUTE_AT_FACTOR,
         .summary = "Turns the second factor on with its first code; answers with the recovery codes"),
    POST("/office/second-factor/change", ALLOW(OFFICER), SCOPE(NO_ROW), people_factor_change,
         "people/second_factor", .in = factor_change_fields, .prepare = people_factor_check,
         .again = people_factor_page, .summary = "Sets the second factor up anew, or turns it off"),
    GET("/office/officers", ALLOW(MANAGE), SCOPE(NO_ROW), people_officers, "people/officers",
        .in = list_fields, .summary = "Officers"),
    GET("/office/officers/roles", ALLOW(MANAGE), SCOPE(NO_ROW), people_roles_page, "people/roles",
        .summary = "Who may do what"),
    GET("/office/officers/new", ALLOW(MANAGE), SCOPE(NO_ROW), people_officer_new_page, "people/officer_edit",
        .summary = "A new officer"),
    POST("/office/officers/new", ALLOW(MANAGE), SCOPE(NO_ROW), people_officer_new, "people/officer_edit",
         .in = officer_new_fields, .prepare = people_officer_new_check, .again = people_officer_new_page,
         .summary = "Adds an officer"),
    GET("/office/officers/{id}", ALLOW(MANAGE), SCOPE(people_officer_scope), people_officer_page,
        "people/officer_edit", .summary = "One officer"),
    POST("/office/officers/{id}", ALLOW(MANAGE), SCOPE(people_officer_scope), people_officer_save,
         "people/officer_edit", .in = officer_fields, .again = people_officer_page,
         .summary = "Changes name, roles, department and division"),
    POST("/office/officers/{id}/disable", ALLOW(MANAGE), SCOPE(people_officer_scope), people_officer_disable,
         NULL, .summary = "Closes an officer's account"),
    POST("/office/officers/{id}/enable", ALLOW(MANAGE), SCOPE(people_officer_scope), people_officer_enable,
         NULL, .summary = "Opens an officer's account again"),
    POST("/office/officers/{id}/password", ALLOW(MANAGE), SCOPE(people_officer_scope),
         people_officer_password_save, "people/officer_edit", .in = officer_password_fields,
         .prepare = people_officer_password_check, .again = people_officer_page,
         .summary = "Sets an officer's password"),
    POST("/office/officers/{id}/second-factor", ALLOW(MANAGE), SCOPE(people_officer_scope),
         people_officer_factor_reset, NULL, .summary = "Resets an officer's second factor"),
    GET("/office/desk/verify-person", ALLOW("desk.receive"), SCOPE(NO_ROW), people_desk_verify_page,
        "people/verify_person", .flags = ROUTE_PERSONAL, .summary = "Confirm who stands at the desk"),
    POST("/office/desk/verify-person", ALLOW("desk.receive"), SCOPE(NO_ROW), people_desk_seen,
         "people/verify_person", .in = desk_fields, .again = people_desk_verify_page,
         .summary = "Confirms the identity of a person seen at the desk"),
};

static const struct permission permissions[] = {
    {MANAGE, "Manage the accounts and roles of officers", "security_admin"},
    {ERASE, "Confirm or refuse the erasure of persons who asked for it", "security_admin|audit_admin"},
    {"desk.receive", "Receive people and their applications at the desk", "desk"},
};

static bool sweep(struct ctx *c, const struct json *payload)
{
    (void)payload;
    return people_store_code_sweep(c) && people_store_desk_sweep(c) && auth_sweep(c);
}

static const struct job_kind jobs[] = {
    {"people.sweep", "Clear away codes that ran out", .run = sweep, .every_ms = MS_HOUR},
    {"people.erase", "Erase persons whose files may go", .run = people_erase_due, .every_ms = MS_HOUR},
};

static const char *const needs[] = {"evidence", "orgs", "registry", NULL};

const struct module people_module = {
    .name = "people",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
    JOBS(jobs),
    .start = people_start,
    .stop = people_stop,
    .frame = people_frame,
};
