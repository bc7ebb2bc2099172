/* The officers' search: a case by its number, or the cases of whom a number names, within what they may see.
 * Sent, never asked by an address, since numbers of persons do not belong into addresses. Names are sealed
 * and cannot be searched. The desk, which sees cases of all departments, finds people by number and name with
 * a purpose, on its own page; nobody tries more numbers an hour than it may. */
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

struct sought {
    struct str typed, number; /* as typed, and in its normal form */
    bool person, organisation, a_case;
};

static struct sought sought(struct ctx *c)
{
    char bytes[TYPED_MAX * 4];
    struct ident_person person;
    struct ident_organisation organisation;
    struct ident_case_no parts;
    struct str normal;
    struct sought s = {.typed = str_trim(in_text(c, "q"))};
    s.number = ident_normalise(s.typed, bytes, sizeof bytes, &normal) ? str_dup(c->arena, normal) : s.typed;
    s.person = ident_person(s.number, &person) == IDENT_OK;
    s.organisation = !s.person && ident_organisation(s.number, &organisation) == IDENT_OK;
    s.a_case = ident_case_no(s.number, &parts) == IDENT_OK;
    return s;
}

static bool show(struct ctx *c, const struct sought *s, const struct case_row *rows, size_t count)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "cases");
    for (size_t i = 0; i < count && i < CASES_PAGE; i++)
        if (!words_row(c, list, &rows[i], "/office/cases/")) return false;
    json_set_bool(c->arena, doc, "has_cases", count > 0);
    json_set_bool(c->arena, doc, "asked", s->typed.len > 0);
    json_set_bool(c->arena, doc, "understood", s->person || s->organisation || s->a_case);
    json_set_bool(c->arena, doc, "at_desk", ctx_may(c, "case.receive") && (s->person || s->organisation));
    json_set_bool(c->arena, doc, "more", count > CASES_PAGE);
    ctx_field(c, json_set_array(c->arena, doc, "fields"), "q", "Case number or identity number", "text",
              STR_EMPTY);
    return true;
}

bool office_find_form(struct ctx *c)
{
    const struct sought nothing = {.typed = STR_EMPTY};
    return show(c, &nothing, NULL, 0);
}

bool office_find_limit(struct ctx *c)
{
    const struct sought s = sought(c);
    return (!s.person && !s.organisation) || people_desk_limit(c);
}

bool office_find(struct ctx *c)
{
    const struct sought s = sought(c);
    struct case_row *rows = NULL;
    int64_t id = 0, subject = 0;
    size_t count = 0;
    if (!s.typed.len) return show(c, &s, NULL, 0);
    if (!case_store_numbered(c, s.number, &id)) return false;
    if (id) return ctx_redirect(c, "/office/cases/%lld", (long long)id);
    if ((s.person || s.organisation) && !ctx_may(c, "case.receive") &&
        (!people_find(c, s.person ? SUBJECT_PERSON : SUBJECT_ORGANISATION, s.number, &subject) ||
         (subject && !case_store_of_applicant(c, subject, &rows, &count))))
        return false;
    return show(c, &s, rows, count);
}
