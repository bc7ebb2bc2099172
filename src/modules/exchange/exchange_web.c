#include "modules/exchange/exchange_internal.h"

#define ENTRY "exchange/entry"
#define EDIT  "exchange/entry_edit"
#define ONE   "/office/exchange/entries/{id}"

static const struct route routes[] = {
    GET("/office/exchange", ALLOW("exchange.read"), SCOPE(NO_ROW), exchange_entries, "exchange/entries",
        .in = exchange_list_fields, .summary = "The catalogue of data, in order of codes"),
    GET("/office/exchange/new", ALLOW("exchange.catalogue"), SCOPE(NO_ROW), exchange_entry_new, EDIT,
        .summary = "The form for a new entry of the catalogue of data"),
    POST("/office/exchange/new", ALLOW("exchange.catalogue"), SCOPE(NO_ROW), exchange_entry_create, EDIT,
         .in = exchange_entry_fields, .again = exchange_entry_new,
         .summary = "Drafts a new entry of the catalogue of data"),
    GET(ONE, ALLOW("exchange.read"), SCOPE(exchange_entry_scope), exchange_entry, ENTRY,
        .summary = "An entry of the catalogue of data"),
    GET(ONE "/edit", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_edit, EDIT,
        .summary = "The form for the next version of an entry"),
    POST(ONE "/edit", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_save, EDIT,
         .in = exchange_entry_fields, .again = exchange_entry_edit,
         .summary = "Saves the draft of the next version of an entry"),
    POST(ONE "/submit", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_submit,
         ENTRY, .again = exchange_entry, .summary = "Hands a draft in for review"),
    POST(ONE "/discard", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_discard,
         ENTRY, .again = exchange_entry, .summary = "Discards a draft"),
    POST(ONE "/withdraw", ALLOW("exchange.catalogue"), SCOPE(exchange_entry_scope), exchange_entry_withdraw,
         ENTRY, .again = exchange_entry, .summary = "Asks that an entry be withdrawn"),
    POST(ONE "/agree", ALLOW("exchange.publish"), SCOPE(exchange_entry_scope), exchange_entry_agree, ENTRY,
         .again = exchange_entry, .summary = "A second person publishes or withdraws an entry"),
    POST(ONE "/return", ALLOW("exchange.publish"), SCOPE(exchange_entry_scope), exchange_entry_return, ENTRY,
         .again = exchange_entry, .summary = "Sends an entry back to its steward"),
};

static const struct permission permissions[] = {
    {"exchange.read", "See the catalogue of data", "data_steward|data_manager|supervisor"},
    {"exchange.catalogue", "Describe the data of the department", "data_steward"},
    {"exchange.publish", "Publish and withdraw entries of the catalogue of data", "data_manager"},
};

static const char *const needs[] = {"evidence", "orgs", "registry", NULL};

const struct module exchange_module = {
    .name = "exchange",
    .needs = needs,
    ROUTES(routes),
    PERMISSIONS(permissions),
};
