/* What acts are called on the pages. An act without a name here is shown by its code. */
#include "modules/evidence/evidence_internal.h"

const struct evidence_word evidence_acts[] = {
    {"data.read", "Looked at personal data"},
    {"case.submit", "Application sent"},
    {"case.accept", "Application accepted"},
    {"case.correct", "Correction asked for"},
    {"case.correction_supplied", "Correction supplied"},
    {"case.reject", "Application not accepted"},
    {"case.pass", "Reviewed and passed on"},
    {"case.send_back", "Sent back to an earlier step"},
    {"case.special_procedure", "Special procedure begun"},
    {"case.special_begin", "Special procedure begun"},
    {"case.special_end", "Special procedure ended"},
    {"case.extension", "Extension asked for"},
    {"case.extension_granted", "Extension approved"},
    {"case.extension_denied", "Extension not approved"},
    {"case.grant", "Decision: granted"},
    {"case.refuse", "Decision: refused"},
    {"case.timer", "A time limit passed"},
    {"case.rule_answered", "Answered by rule"},
    {"case.rule_unable", "Handed to a person"},
    {"case.delivered", "Result handed over"},
    {"case.withdraw", "Application withdrawn"},
    {"licence.issue", "Licence issued"},
    {"licence.suspend", "Licence suspended"},
    {"licence.release", "Licence valid again"},
    {"licence.revoke", "Licence revoked"},
    {"licence.cancel", "Licence cancelled"},
    {"licence.forfeit", "Licence forfeited"},
    {"licence.expire", "Licence expired"},
    {"licence.supersede", "Licence replaced by a newer one"},
    {"booking.take", "Appointment made"},
    {"booking.move", "Appointment moved"},
    {"booking.cancel", "Appointment cancelled"},
    {"rating.give", "Rating given"},
    {"rating.verify", "Bad rating verified"},
    {"rating.measure", "Measure entered for a bad rating"},
    {"rating.close", "Bad rating answered and closed"},
    {"rating.exclude_ask", "Exclusion of a rating asked for"},
    {"rating.exclude", "Rating excluded"},
    {"rating.exclude_deny", "Exclusion of a rating not approved"},
    {"account.open", "Account opened"},
    {"account.close", "Account closed"},
    {"account.sign_in", "Signed in"},
    {"account.sign_in_half", "Password right, second step asked for"},
    {"account.sign_in_failed", "Sign-in refused"},
    {"account.reset_asked", "Closing of a confirmed account asked for at the desk"},
    {"account.reset", "Confirmed account closed at the desk"},
    {"account.password", "Password changed"},
    {"account.mobile", "Mobile number changed"},
    {"officer.add", "Officer added"},
    {"officer.change", "Officer changed"},
    {"officer.password", "Officer's password set anew"},
    {"officer.factor", "Second factor set up"},
    {"officer.factor_end", "Second factor turned off"},
    {"officer.factor_reset", "Officer's second factor reset"},
    {"officer.disable", "Officer's account closed"},
    {"officer.enable", "Officer's account opened again"},
    {"mandate.give", "Mandate given"},
    {"mandate.revoke", "Mandate withdrawn"},
    {"consent.give", "Consent given"},
    {"person.act_for", "Began to act for somebody"},
    {"person.contact", "Contact details changed"},
    {"person.mail", "Mail address changed"},
    {"person.channels", "Ways of being reached chosen"},
    {"person.erase_asked", "Erasure asked for"},
    {"person.erase_withdrawn", "Erasure no longer asked for"},
    {"person.erase_confirmed", "Erasure confirmed by an officer"},
    {"person.erase_refused", "Erasure refused"},
    {"person.erase_closed", "Account closed for erasure"},
    {"person.erase", "Person erased"},
    {"person.raise", "Confirmed who somebody is"},
    {"person.seen", "Person seen at the desk"},
    {"desk.look", "Looked somebody up at the desk"},
    {"desk.alarm", "Alarm: very many people looked up at the desk"},
    {"registry.import", "Register imported"},
    {"registry.put", "Register entry changed"},
    {"evidence.altered", "Altered evidence found"},
};
const size_t evidence_act_count = sizeof evidence_acts / sizeof evidence_acts[0];

static const struct evidence_word objects[] = {
    {"case", "Case"},
    {"licence", "Licence"},
    {"item", "Service"},
    {"account", "Account"},
    {"person", "Person"},
    {"mandate", "Mandate"},
    {"rating", "Rating of a case"},
    {"registry", "Register of a department"},
    {"evidence", "Evidence"},
};

static const struct evidence_word kinds_of_data[] = {
    {"person", "Name, number and contact details"},
    {"number", "Full number"},
    {"case", "The application and its answers"},
    {"material", "Documents handed in"},
    {"licence", "Licence"},
    {"outbox", "Text messages"},
    {"rating", "What was said in a rating"},
};

/* Why somebody looked is told by the page they were on. */
static const struct evidence_word pages[] = {
    {"/office/cases", "Handling of an application"}, {"/office/desk", "Receiving at the desk"},
    {"/office/inbox", "Handling of an application"}, {"/office/find", "Search for a case or person"},
    {"/office/licences", "Care for licences"},       {"/office/ratings", "Following up a rating"},
    {"/office/outbox", "Care for the program"},      {"/office/board", "Supervision of time limits"},
};

static struct str label(struct ctx *c, const struct evidence_word *table, size_t count, struct str code)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_c(code, table[i].code)) return ctx_tr(c, table[i].msgid);
    return code;
}

#define LABEL(c, table, code) label((c), (table), sizeof(table) / sizeof((table)[0]), (code))

struct str evidence_act_label(struct ctx *c, struct str act)
{
    return LABEL(c, evidence_acts, act);
}

struct str evidence_object_label(struct ctx *c, struct str kind)
{
    return LABEL(c, objects, kind);
}

struct str evidence_what_label(struct ctx *c, struct str what)
{
    struct str known = LABEL(c, kinds_of_data, what);
    return known.ptr == what.ptr ? ctx_tr(c, "Personal data") : known;
}

struct str evidence_why_label(struct ctx *c, struct str route)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (str_starts(route, str_c(pages[i].code))) return ctx_tr(c, pages[i].msgid);
    return ctx_tr(c, "Work of the program");
}
