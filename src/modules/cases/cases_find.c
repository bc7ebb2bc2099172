/* The officers' search: a case by its number, or the cases of whom a number names, within what they may see.
 * Sent, never asked by an address, since numbers of persons do not belong into addresses. Names are sealed
 * and cannot be searched. */
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/cases/cases_scope.h"
#include "modules/cases/cases_web.h"
#include "modules/cases/cases_words.h"

enum { TYPED_MAX = 64 };

const struct field office_find_fields[] = {
    {"q", FIELD_LINE, "Case number, or number of a person or an organisation", .max = TYPED_MAX},
    {0},
};

/* Whose number it is; 0: nobody's that is known here. */
static bool owner_of(struct ctx *c, struct str number, bool *understood, int64_t *subject)
{
    struct ident_person person;
    struct ident_organisation organisation;
    bool is_person = ident_person(number, &person) == IDENT_OK,
         is_organisation = ident_organisation(number, &organisation) == IDENT_OK;
    *subject = 0;
    *understood = is_person || is_organisation;
    if (!*understood) return true;
    return people_find(c, is_person ? SUBJECT_PERSON : SUBJECT_ORGANISATION, number, subject);
}

static bool show(struct ctx *c, struct str typed, bool understood, const struct case_row *rows, size_t count)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "cases");
    for (size_t i = 0; i < count && i < CASES_PAGE; i++)
        if (!words_row(c, list, &rows[i], "/office/cases/")) return false;
    json_set_bool(c->arena, doc, "has_cases", count > 0);
    json_set_bool(c->arena, doc, "asked", typed.len > 0);
    json_set_bool(c->arena, doc, "understood", understood);
    json_set_bool(c->arena, doc, "more", count > CASES_PAGE);
    ctx_field(c, json_set_array(c->arena, doc, "fields"), "q", "Case number or identity number", "text",
              STR_EMPTY);
    return true;
}

bool office_find_form(struct ctx *c)
{
    return show(c, STR_EMPTY, false, NULL, 0);
}

bool office_find(struct ctx *c)
{
    char buffer[TYPED_MAX * 4];
    struct str typed = str_trim(in_text(c, "q")), number = typed;
    struct case_row *rows = NULL;
    bool understood;
    int64_t id = 0, subject = 0;
    size_t count = 0;
    if (!typed.len) return show(c, typed, false, NULL, 0);
    if (!ident_normalise(typed, buffer, sizeof buffer, &number)) number = typed;
    if (!case_store_numbered(c, number, &id)) return false;
    if (id) return ctx_redirect(c, "/office/cases/%lld", (long long)id);
    if (!owner_of(c, number, &understood, &subject)) return false;
    struct ident_case_no parts;
    understood = understood || ident_case_no(number, &parts) == IDENT_OK;
    if (subject && !case_store_of_applicant(c, subject, &rows, &count)) return false;
    return show(c, typed, understood, rows, count);
}
