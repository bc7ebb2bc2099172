/* What acts and their details are called on the pages. What has no words here is shown by its code. */
#include "modules/evidence/evidence_internal.h"

const struct evidence_word evidence_acts[] = {
    {"setting.change", "A setting of the installation changed"},
    {"setting.drop", "A coming change of a setting taken back"},
    {"setting.begin", "A change of a setting began to hold"},
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
    {"case.rule_refused", "Refused by rule"},
    {"case.rule_unable", "Handed to a person"},
    {"case.ruled", "Settled by a decision model"},
    {"case.stuck", "A decision model could not answer"},
    {"case.halted", "A job about the case was given up"},
    {"case.delivered", "Result handed over"},
    {"case.withdraw", "Application withdrawn"},
    {"case.agree", "Agreed, as one of several who sign"},
    {"case.disagree", "Did not agree, as one of several who sign"},
    {"case.fill", "Filled in the form of the step"},
    {"case.recall", "Took back what was passed on"},
    {"case.open", "Task taken up"},
    {"case.add_sign", "Asked one more to sign"},
    {"case.drop_sign", "Let one who was asked to sign off"},
    {"case.transfer", "Task handed over to somebody else"},
    {"case.delegate", "Task delegated for a time"},
    {"case.urge", "Task urged"},
    {"case.paper", "Paper received at the desk"},
    {"bundle.paper", "Paper received at the desk"},
    {"case.defer", "A document may follow later"},
    {"case.supply", "What was owed has been supplied"},
    {"case.commitment", "Taken on the applicant's promise"},
    {"case.commitment_kept", "Promise verified and kept"},
    {"case.commitment_broken", "Promise verified and not kept"},
    {"case.suspend", "Case held up"},
    {"case.resume", "Case goes on again"},
    {"case.process_timer", "A time set by the process ran out"},
    {"case.moved", "Case moved to another version of its process"},
    {"case.opinion", "Opinion of another department given"},
    {"case.served", "Step done by a system"},
    {"case.service_error", "Step reported as impossible by a system"},
    {"case.message", "Message taken by a case"},
    {"case.signal", "Signal heard"},
    {"case.signal_sent", "Signal sent to other cases"},
    {"worker.fetch", "Task taken by a system"},
    {"worker.complete", "Task done by a system"},
    {"worker.failure", "Task failed at a system"},
    {"worker.error", "Error reported by a system"},
    {"worker.extend", "Task kept by a system"},
    {"worker.unlock", "Task let go by a system"},
    {"worker.message", "Message sent by a system"},
    {"worker.signal", "Signal sent by a system"},
    {"worker.retry", "Task of a system let be tried again"},
    {"worker.grant", "Topic given to a system"},
    {"worker.revoke", "Topic taken from a system"},
    {"worker.password", "Password given to a system"},
    {"worker.password_end", "Password taken from a system"},
    {"bundle.submit", "Life event sent"},
    {"bundle.ask", "Time asked for of a life event's appointment"},
    {"bundle.open", "Service of a life event begun"},
    {"bundle.block", "Service of a life event cannot begin"},
    {"bundle.stuck", "Service of a life event could not be begun"},
    {"bundle.done", "Everything of a life event answered"},
    {"bundle.withdraw", "Life event withdrawn"},
    {"bundle.overdue", "Common promise of a life event not kept"},
    {"bundle.hand_over", "Package of results handed over"},
    {"bundle.delivery", "Parcel of a life event recorded"},
    {"bundle.import", "Life event imported"},
    {"bundle.draft", "Draft of a life event saved"},
    {"bundle.review", "Life event sent to review"},
    {"bundle.publish", "Life event published"},
    {"bundle.return", "Draft of a life event returned"},
    {"bundle.roll_back", "Earlier version of a life event in force again"},
    {"process.import", "Process imported"},
    {"process.draft", "Draft of a process saved"},
    {"process.review", "Process sent to review"},
    {"process.publish", "Process published"},
    {"process.return", "Draft of a process returned"},
    {"process.roll_back", "Earlier version of a process in force again"},
    {"form.draft", "Draft of a form saved"},
    {"form.review", "Form sent to review"},
    {"form.publish", "Form published"},
    {"form.return", "Draft of a form returned"},
    {"form.roll_back", "Earlier version of a form in force again"},
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
    {"exchange.entry_draft", "Entry of the data catalogue drafted"},
    {"exchange.entry_submit", "Entry of the data catalogue handed in"},
    {"exchange.entry_discard", "Draft of the data catalogue discarded"},
    {"exchange.entry_ask_end", "Withdrawal from the data catalogue asked for"},
    {"exchange.entry_publish", "Entry of the data catalogue published"},
    {"exchange.entry_withdraw", "Entry of the data catalogue withdrawn"},
    {"exchange.entry_return", "Entry of the data catalogue sent back"},
    {"exchange.entry_suspend", "Data of an entry suspended"},
    {"exchange.entry_resume", "Suspended data given again"},
    {"exchange.told_note", "Change of used data taken note of"},
    {"exchange.system_add", "System registered for the exchange"},
    {"exchange.system_key", "New key given to a system"},
    {"exchange.system_key_end", "Secret key taken from a system"},
    {"exchange.key_add", "Key added to a system"},
    {"exchange.key_end", "Key of a system ended"},
    {"exchange.permit_ask", "Request for data made"},
    {"exchange.permit_office", "Request for data agreed to by the own office"},
    {"exchange.permit_grant", "Permit to use data granted"},
    {"exchange.permit_refuse", "Request for data refused"},
    {"exchange.permit_extend", "Time to answer a request for data extended"},
    {"exchange.permit_end", "Permit to use data ended"},
    {"exchange.permit_suspend", "Permit to use data suspended"},
    {"exchange.permit_lift", "Suspension of a permit lifted"},
    {"exchange.source_submit", "Source of data handed in"},
    {"exchange.source_agree", "Source of data agreed to"},
    {"exchange.source_return", "Source of data sent back"},
    {"exchange.deliver", "Rows delivered by a provider"},
    {"exchange.call", "Data called through the exchange"},
    {"exchange.kept", "What a provider said kept for an application"},
    {"exchange.rebuild", "What finds calls by their person built anew"},
    {"exchange.refusals", "Refused calls beyond the limit of a minute, summed up"},
    {"exchange.object", "Objection to a call of data"},
    {"exchange.object_answer", "Objection answered"},
    {"exchange.object_note", "Department said what it did about an objection"},
    {"exchange.follow", "Following of changes of data asked for"},
    {"node.ask", "Call to another node sent"},
    {"node.refuse", "Call to another node refused here"},
    {"node.outcome", "Outcome of a call to another node"},
    {"node.settled", "Outcome of a call learned later"},
    {"node.serve", "Call of another node answered"},
    {"node.serve_again", "Call of another node answered again"},
    {"node.foreign", "Another node named a system that is not its own"},
    {"node.directory", "Directory of members taken"},
    {"node.directory_refused", "Directory of members refused"},
    {"node.change_ask", "Change of the directory of members asked for"},
    {"node.change_agree", "Change of the directory of members agreed to"},
    {"node.change_refuse", "Change of the directory of members refused"},
    {"node.identity", "Identity of this node set"},
    {"node.join", "Hub of this node set"},
    {"node.log_forked", "The log of another node took something back"},
    {"demand.state", "Need for data stated"},
    {"demand.propose", "Need for data put to a provider"},
    {"demand.confirm", "Source of needed data confirmed"},
    {"demand.refuse", "Need for data answered with no"},
    {"demand.evaluate", "Data that were needed evaluated"},
    {"demand.withdraw", "Need for data withdrawn"},
    {"correction.open", "Doubt about shared data reported"},
    {"correction.take", "Doubt about shared data being verified"},
    {"correction.answer", "Doubt about shared data answered"},
    {"correction.note", "Correction of shared data taken note of"},
    {"quality.begin", "Rules of quality begun for an entry"},
    {"quality.rule", "Rule of quality added"},
    {"quality.rule_drop", "Rule of quality removed"},
    {"quality.start", "Check of quality started"},
    {"quality.run", "Check of quality done"},
    {"watch.alarm", "Alarm about calls of data"},
    {"watch.alarm_take", "Alarm taken on"},
    {"watch.alarm_close", "Alarm closed"},
    {"watch.rule", "Rule of alarms changed"},
    {"watch.person_add", "Person put on the watch list"},
    {"watch.person_drop", "Person taken off the watch list"},
    {"desk.ticket", "Number taken at the hall"},
    {"desk.call", "Number called"},
    {"desk.no_show", "Nobody came to the window"},
    {"desk.served", "Visit at the window over"},
    {"desk.transfer", "Number sent to another group"},
    {"desk.group", "Group of numbers set up"},
    {"desk.hours", "Hours of a group set up"},
    {"desk.window", "Window set up"},
    {"desk.window_drop", "Window taken off the list"},
    {"desk.appoint", "Appointment at the hall made"},
    {"desk.appoint_cancel", "Appointment at the hall cancelled"},
    {"desk.give", "Papers handed over to a department"},
    {"desk.take", "Papers signed for by the department"},
    {"desk.exit", "Result handed out"},
    {"desk.parcel", "Parcel recorded"},
    {"kiosk.visit", "Visit at a self-service terminal"},
    {"kiosk.apply", "Application at a self-service terminal"},
    {"supervision.find", "Warning found by a rule of supervision"},
    {"supervision.order", "Order issued to a department"},
    {"supervision.answer", "Order answered"},
    {"supervision.accept", "Answer to an order accepted"},
    {"supervision.send_back", "Answer to an order sent back"},
    {"supervision.excuse", "Warning set aside"},
    {"supervision.rule", "Rule of supervision changed"},
    {"supervision.rule_add", "Rule of supervision added"},
    {"supervision.rule_end", "Rule of supervision ended"},
    {"rating.give", "Rating given"},
    {"rating.verify", "Bad rating verified"},
    {"rating.measure", "Measure entered for a bad rating"},
    {"rating.close", "Bad rating answered and closed"},
    {"rating.exclude_ask", "Exclusion of a rating asked for"},
    {"rating.exclude", "Rating excluded"},
    {"rating.exclude_deny", "Exclusion of a rating not approved"},
    {"case.accepted_by_time", "Accepted because time passed"},
    {"case.never_corrected", "Ended because no correction came"},
    {"account.open", "Account opened"},
    {"account.create", "Officer added from the command line"},
    {"account.disable", "Officer's account closed from the command line"},
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
    {"catalogue.draft", "Draft of a service saved"},
    {"catalogue.review", "Draft of a service sent to review"},
    {"catalogue.publish", "Version of a service published"},
    {"catalogue.return", "Draft of a service returned"},
    {"job.retry", "Job tried again"},
    {"registry.import", "Register imported"},
    {"registry.put", "Register entry changed"},
    {"decision.draft", "Decision model changed"},
    {"decision.review", "Decision model sent to review"},
    {"decision.publish", "Decision model published"},
    {"decision.return", "Decision model returned to its author"},
    {"decision.import", "Shipped decision model published"},
    {"decision.use", "Rule applied in a case"},
    {"decision.match", "Looked for those entitled by a policy"},
    {"evidence.altered", "Altered evidence found"},
};
const size_t evidence_act_count = sizeof evidence_acts / sizeof evidence_acts[0];

static const struct evidence_word objects[] = {
    {"case", "Case"},
    {"bundle", "Life event"},
    {"bundle_version", "Version of a life event"},
    {"licence", "Licence"},
    {"item", "Service"},
    {"account", "Account"},
    {"person", "Person"},
    {"mandate", "Mandate"},
    {"rating", "Rating of a case"},
    {"data_entry", "Data catalogue entry"},
    {"share_permit", "Permit to use data"},
    {"exchange_system", "Business system"},
    {"exchange_call", "Call of shared data"},
    {"data_source", "Source of data"},
    {"exchange_delivery", "Delivery of rows"},
    {"exchange_told", "Notice of a change of data"},
    {"registry", "Register of a department"},
    {"decision", "Decision model"},
    {"process", "Process"},
    {"form", "Form"},
    {"data_demand", "Need for data"},
    {"data_correction", "Doubt about shared data"},
    {"watch_alarm", "Alarm"},
    {"watch_rule", "Rule of alarms"},
    {"watch_person", "Watched person"},
    {"ticket", "Number of the queue"},
    {"appointment", "Appointment"},
    {"list", "List of papers handed over"},
    {"node", "Node"},
    {"node_call", "Call of another node"},
    {"node_change", "Change of the directory of members"},
    {"setting", "Setting"},
    {"subscription", "Following of changes"},
    {"evidence", "Evidence"},
    {"job", "Job"},
};

static const struct evidence_word kinds_of_data[] = {
    {"person", "Name, number and contact details"},
    {"number", "Full number"},
    {"case", "The application and its answers"},
    {"material", "Documents handed in"},
    {"document", "Documents handed in"},
    {"full numbers", "Full number"},
    {"licence", "Licence"},
    {"outbox", "Text messages"},
    {"rating", "What was said in a rating"},
    {"objection", "What was said in an objection"},
    {"entitled", "What registers say for a policy"},
    {"node_fact", "What another installation said"},
};
#define TOLD "told: " /* and the data: what another department said, kept for a case */

/* Why somebody looked is told by the page they were on. */
static const struct evidence_word pages[] = {
    {"/kiosk", "Self-service"},
    {"/office/cases", "Handling of an application"},
    {"/office/desk", "Receiving at the desk"},
    {"/office/inbox", "Handling of an application"},
    {"/office/find", "Search for a case or person"},
    {"/office/licences", "Care for licences"},
    {"/office/ratings", "Following up a rating"},
    {"/office/outbox", "Care for the program"},
    {"/office/board", "Supervision of time limits"},
    {"/office/exchange", "Care for shared data"},
    {"/office/exit", "Receiving at the desk"},
    {"/office/queue", "Receiving at the desk"},
    {"/office/supervision", "Supervision of time limits"},
    {"/office/entitled", "Search for those entitled by a policy"},
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
    if (str_starts(what, STR(TOLD)))
        return tr_arg(c->lang, c->arena, "What another department said: %{arg}",
                      str_slice(what, sizeof TOLD - 1, what.len));
    struct str known = LABEL(c, kinds_of_data, what);
    return known.ptr == what.ptr ? ctx_tr(c, "Personal data") : known;
}

struct str evidence_why_label(struct ctx *c, struct str route)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (str_starts(route, str_c(pages[i].code))) return ctx_tr(c, pages[i].msgid);
    return ctx_tr(c, "Work of the program");
}

/* ---- details ---- */

static const struct evidence_word statuses[] = {
    {"draft", "Draft"},
    {"submitted", "Received"},
    {"correction", "Correction needed"},
    {"rejected", "Not accepted"},
    {"accepted", "Accepted"},
    {"reviewing", "Under review"},
    {"special_procedure", "Special procedure"},
    {"decided", "Decided"},
    {"closed", "Completed"},
    {"withdrawn", "Withdrawn"},
    {NULL, NULL},
};
static const struct evidence_word licences[] = {
    {"draft", "Being signed"},  {"valid", "In force"},      {"suspended", "Suspended"},
    {"revoked", "Revoked"},     {"expired", "Expired"},     {"cancelled", "Cancelled"},
    {"forfeited", "Forfeited"}, {"superseded", "Replaced"}, {NULL, NULL},
};
static const struct evidence_word refusals[] = {
    {"wrong", "wrong password"},
    {"locked", "too many attempts before"},
    {"inactive", "closed account"},
    {"code", "wrong code"},
    {NULL, NULL},
};
static const struct evidence_word realms[] = {
    {"person", "at the door for people"}, {"officer", "at the door for officers"}, {NULL, NULL}};
static const struct evidence_word factors[] = {
    {"code", "with an authenticator"}, {"recovery", "with a recovery code"}, {NULL, NULL}};
static const struct evidence_word purposes[] = {
    {"apply", "To apply"},
    {"ask", "To ask about an application"},
    {"collect", "To collect a result"},
    {"identity", "Confirm an identity"},
    {NULL, NULL},
};
static const struct evidence_word outcomes[] = {
    {"grant", "Granted by rule"},
    {"refuse", "Refused by rule"},
    {"person", "The rule leaves it to a person"},
    {NULL, NULL},
};
static const struct evidence_word policy_purposes[] = {
    {"tell", "To tell those entitled, who need not apply"},
    {"estimate", "To estimate what a policy costs"},
    {"audit", "To check what was granted"},
    {NULL, NULL},
};
static const struct evidence_word documents[] = {
    {"id_card", "Identity card"},
    {"temporary", "Temporary identity card"},
    {"passport", "Passport"},
    {"household", "Household register"},
    {NULL, NULL},
};
static const struct evidence_word roles[] = {
    {"desk", "Service desk"},
    {"reviewer", "Reviewing"},
    {"decider", "Deciding"},
    {"editor", "Catalogue"},
    {"steward", "Data steward"},
    {"data_steward", "Data of the department"},
    {"data_manager", "Data authority"},
    {"supervisor", "Supervision"},
    {"system_admin", "System administrator"},
    {"security_admin", "Security administrator"},
    {"audit_admin", "Audit administrator"},
    {NULL, NULL},
};
static const struct evidence_word ways[] = {
    {"base", "by the population base"}, {"desk", "at a service desk"}, {NULL, NULL}};
static const struct evidence_word yes_no[] = {
    {"0", "no"}, {"1", "yes"}, {"false", "no"}, {"true", "yes"}, {NULL, NULL}};

static const struct evidence_word no_yes[] = {{"false", "yes"}, {"true", "no"}, {NULL, NULL}};

static const struct evidence_word sign_places[] = {
    {"before", "before the holder"}, {"after", "after the holder"}, {NULL, NULL}};

static const struct evidence_word troubles[] = {{"unknown", "no version is in force"},
                                                {"input", "it has no such input"},
                                                {"type", "a value of another type"},
                                                {"nothing", "no result"},
                                                {"no_way", "no way on in the process"},
                                                {"endless", "asked again and again"},
                                                {NULL, NULL}};

static const struct evidence_word call_modes[] = {{"check", "checked"},
                                                  {"query", "asked"},
                                                  {"batch", "asked for many"},
                                                  {"subscribe", "followed changes"},
                                                  {NULL, NULL}};
static const struct evidence_word source_kinds[] = {{"table", "table"},
                                                    {"http", "service"},
                                                    {"file", "delivered rows"},
                                                    {"gjzwfwpt", "service by the national header convention"},
                                                    {"gjgxjhpt", "service by the older header convention"},
                                                    {NULL, NULL}};
static const struct evidence_word call_purposes[] = {{"apply", "handling an application"},
                                                     {"supervise", "supervision by law"},
                                                     {"public-service", "public service"},
                                                     {NULL, NULL}};
static const struct evidence_word call_results[] = {
    {"ok", "answered"},
    {"exchange.filtered", "kept back by the filter"},
    {"exchange.permit", "No permit"},
    {"exchange.expired", "The permit was not in force"},
    {"exchange.network", "Another address"},
    {"exchange.purpose", "Another purpose"},
    {"exchange.operator", "Somebody the permit does not name"},
    {"exchange.mode", "Another way of asking"},
    {"exchange.field", "An item the permit does not name"},
    {"exchange.not_shared", "Not shared any more"},
    {"exchange.masked", "A check of a masked item"},
    {"exchange.convention", "Body not signed"},
    {"exchange.no_case", "No case"},
    {"exchange.case_subject", "The case of another person"},
    {"exchange.case_closed", "The case was closed"},
    {"exchange.case_item", "Another service"},
    {"exchange.sleeping", "The provider rests after failures"},
    {"exchange.provider", "The provider failed"},
    {"exchange.not_provider", "Data of another department"},
    {"exchange.replay", "Sent twice"},
    {"exchange.quota", "The quota of the day was used up"},
    {"exchange.rate", "Too many calls a minute"},
    {NULL, NULL},
};
static const struct evidence_word call_states[] = {{"ok", "answered"},
                                                   {"refused", "call refused"},
                                                   {"unknown", "no answer yet"},
                                                   {"answered", "answered, the answer was lost"},
                                                   {"never", "never arrived"},
                                                   {"left", "the other node left before it could say"},
                                                   {NULL, NULL}};
static const struct evidence_word parcel_states[] = {{"sent", "Handed to the carrier"},
                                                     {"on_the_way", "On the way"},
                                                     {"delivered", "Delivered"},
                                                     {"returned", "Came back"},
                                                     {NULL, NULL}};
static const struct evidence_word node_changes[] = {
    {"enrol", "Enters or is renewed"}, {"leave", "Leaves"}, {NULL, NULL}};

static const struct evidence_word key_kinds[] = {
    {"sm2", "public key"}, {"gjzwfwpt", "secret of the national header convention"}, {NULL, NULL}};
static const struct evidence_word schemes[] = {{"TB-HMAC-SM3", "signed with a secret key"},
                                               {"TB-SM2", "signed with SM2"},
                                               {"TB-NODE", "signed by another node"},
                                               {"gjzwfwpt", "signed by the national header convention"},
                                               {"", "not signed"},
                                               {NULL, NULL}};
static const struct evidence_word demand_states[] = {
    {"stated", "Looks for its source"},
    {"proposed", "Put to a provider"},
    {"confirmed", "Source confirmed"},
    {"absent", "No such data, or not to be shared"},
    {"evaluated", "Evaluated"},
    {"withdrawn", "Withdrawn"},
    {NULL, NULL},
};
static const struct evidence_word correction_states[] = {
    {"open", "Waits for the provider"},
    {"checking", "Being verified"},
    {"corrected", "Corrected"},
    {"refused", "Stays as it is"},
    {NULL, NULL},
};
static const struct evidence_word watch_kinds[] = {
    {"bulk", "Very many people"},
    {"off_hours", "Outside of working hours"},
    {"no_case", "Without a case"},
    {"curious", "Curious colleague"},
    {"watched", "Watched person"},
    {"protected", "protected person"},
    {"staff", "member of the staff"},
    {"household", "household of the staff"},
    {NULL, NULL},
};
static const struct evidence_word alarm_outcomes[] = {
    {"lawful", "The calls were lawful; explained"},
    {"misuse", "Misuse; handed on for discipline"},
    {"mistake", "A mistake; put right with the department"},
    {"rule", "The rule is too strict; to be adjusted"},
    {NULL, NULL},
};
static const struct evidence_word quality_kinds[] = {
    {"required", "Never empty"},
    {"type", "As the description says"},
    {"format", "In a known format"},
    {"list", "One of a list"},
    {"range", "Within a range"},
    {"unique", "Never twice"},
    {"same", "As another register has it"},
    {"fresh", "Not older than so many days"},
    {"reachable", "The provider answers"},
    {NULL, NULL},
};
static const struct evidence_word objection_outcomes[] = {
    {"upheld", "upheld: the call should not have been made"},
    {"explained", "the call was lawful"},
    {NULL, NULL}};
static const struct evidence_word takers[] = {{"courier", "A carrier"},
                                              {"applicant", "The applicant"},
                                              {"agent", "The agent"},
                                              {"letter", "With a letter of authority"},
                                              {NULL, NULL}};

/* A key of a detail with the words around its value, and the words of the value where those are known. `act`:
 * only for acts that begin so. */
static const struct {
    const char *act, *key, *msgid;
    const struct evidence_word *values;
} details[] = {
    {"case.", "status", "then: %{arg}", statuses},
    {"case.paper", "material", "%{arg}", NULL},
    {"case.", "item_version", "version %{arg} of the service", NULL},
    {"case.signal", "signal", "signal %{arg}", NULL},
    {"case.signal", "number", "signal number %{arg}", NULL},
    {"case.halted", "job", "job %{arg}", NULL},
    {"case.stuck", "model", "model %{arg}", NULL},
    {"case.stuck", "trouble", "%{arg}", troubles},
    {"case.", "to", "to account %{arg}", NULL},
    {"case.", "step", "back to the step that the record of the case names", NULL},
    {"case.", "keep", "steps in between are done again: %{arg}", no_yes},
    {"case.", "signs", "signs %{arg}", sign_places},
    {"case.", "until", "until %{arg}", NULL},
    {"licence.", "from", "before: %{arg}", licences},
    {"licence.", "to", "then: %{arg}", licences},
    {"catalogue.", "version", "version %{arg} of the service", NULL},
    {"exchange.", "code", "code %{arg}", NULL},
    {"exchange.", "version", "version %{arg} of the entry", NULL},
    {"decision.", "model", "model %{arg}", NULL},
    {"decision.", "version", "version %{arg} of the model", NULL},
    {"process.", "version", "version %{arg} of the process", NULL},
    {"form.", "version", "version %{arg} of the form", NULL},
    {"decision.", "outcome", "%{arg}", outcomes},
    {"decision.", "purpose", "%{arg}", policy_purposes},
    {"decision.", "entitled", "entitled: %{arg}", NULL},
    {"decision.", "digest", "digest %{arg}", NULL},
    {"booking.", "item", "service %{arg}", NULL},
    {"booking.", "slot", "for %{arg}", NULL},
    {"rating.", "case", "case %{arg}", NULL},
    {"rating.", "level", "level %{arg} of 5", NULL},
    {"rating.", "published", "published: %{arg}", yes_no},
    {"account.", "why", "%{arg}", refusals},
    {"account.", "realm", "%{arg}", realms},
    {"account.", "second", "%{arg}", factors},
    {"officer.", "with", "%{arg}", factors},
    {"officer.", "roles", "roles: %{arg}", roles},
    {"desk.", "purpose", "%{arg}", purposes},
    {"exchange.key", "kind", "%{arg}", key_kinds},
    {"exchange.", "fingerprint", "fingerprint %{arg}", NULL},
    {"exchange.", "subject", "about person %{arg}", NULL},
    {"exchange.call", "service", "service %{arg}", NULL},
    {"exchange.call", "found", "found: %{arg}", yes_no},
    {"exchange.call", "records", "%{arg} records", NULL},
    {"exchange.call", "whose", "mark of the number asked about %{arg}", NULL},
    {"exchange.", "signed", "%{arg}", schemes},
    {"exchange.", "answer", "digest of the answer %{arg}", NULL},
    {"exchange.", "digest", "digest %{arg}", NULL},
    {"exchange.", "entry", "entry %{arg}", NULL},
    {"exchange.", "system", "system %{arg}", NULL},
    {"exchange.", "operator", "asked by %{arg}", NULL},
    {"exchange.", "operators", "who may ask: %{arg}", NULL},
    {"exchange.", "resource", "resource %{arg}", NULL},
    {"exchange.", "permit", "permit %{arg}", NULL},
    {"exchange.", "case", "case %{arg}", NULL},
    {"exchange.", "mode", "%{arg}", call_modes},
    {"exchange.", "purpose", "used for %{arg}", call_purposes},
    {"exchange.", "fields", "items %{arg}", NULL},
    {"exchange.", "kind", "%{arg}", source_kinds},
    {"exchange.", "place", "place %{arg}", NULL},
    {"exchange.", "batch", "batch %{arg}", NULL},
    {"exchange.", "inserted", "new rows: %{arg}", NULL},
    {"exchange.", "updated", "changed rows: %{arg}", NULL},
    {"exchange.", "deleted", "deleted rows: %{arg}", NULL},
    {"exchange.", "refused", "refused rows: %{arg}", NULL},
    {"exchange.", "result", "result: %{arg}", call_results},
    {"exchange.object_answer", "outcome", "%{arg}", objection_outcomes},
    {"exchange.permit", "call", "after the objection to call %{arg}", NULL},
    {"exchange.permit", "replaces", "takes the place of permit %{arg}, on which nobody had decided", NULL},
    {"exchange.permit", "replaced", "permit %{arg} takes its place", NULL},
    {"exchange.permit", "request", "nobody had decided, nor did on request %{arg} in time", NULL},
    {"", "document", "document seen: %{arg}", documents},
    {"", "reference", "case or ticket %{arg}", NULL},
    {"mandate.", "agent", "to person %{arg}", NULL},
    {"person.", "how", "%{arg}", ways},
    {"person.", "level", "level %{arg} of identity", NULL},
    {"consent.", "text", "text %{arg}", NULL},
    {"registry.", "resource", "register %{arg}", NULL},
    {"demand.", "state", "then: %{arg}", demand_states},
    {"correction.", "state", "then: %{arg}", correction_states},
    {"correction.", "item", "item %{arg}", NULL},
    {"", "entry", "entry %{arg}", NULL},
    {"quality.", "kind", "%{arg}", quality_kinds},
    {"quality.", "item", "item %{arg}", NULL},
    {"quality.", "records", "records checked: %{arg}", NULL},
    {"quality.", "score", "quality: %{arg} of 1000", NULL},
    {"watch.", "kind", "%{arg}", watch_kinds},
    {"watch.", "outcome", "%{arg}", alarm_outcomes},
    {"watch.", "enabled", "in use: %{arg}", yes_no},
    {"watch.", "number", "number %{arg}", NULL},
    {"watch.", "span", "span %{arg}", NULL},
    {"watch.", "seen", "seen: %{arg}", NULL},
    {"watch.", "call", "call %{arg}", NULL},
    {"supervision.", "order", "order %{arg}", NULL},
    {"supervision.", "days", "working days: %{arg}", NULL},
    {"desk.", "ticket", "number %{arg}", NULL},
    {"desk.", "window", "window %{arg}", NULL},
    {"desk.", "papers", "papers: %{arg}", NULL},
    {"desk.exit", "who", "%{arg}", takers},
    {"bundle.hand_over", "who", "%{arg}", takers},
    {"bundle.delivery", "state", "%{arg}", parcel_states},
    {"desk.parcel", "state", "%{arg}", parcel_states},
    {"node.", "kind", "%{arg}", node_changes},
    {"node.", "call", "call %{arg}", NULL},
    {"node.", "client", "client %{arg}", NULL},
    {"node.", "service", "service asked %{arg}", NULL},
    {"node.", "node", "node %{arg}", NULL},
    {"node.", "content", "digest of the question %{arg}", NULL},
    {"node.", "sent", "digest of the message %{arg}", NULL},
    {"node.", "answer", "digest of the answer %{arg}", NULL},
    {"node.", "result", "result: %{arg}", call_results},
    {"node.", "purpose", "used for %{arg}", call_purposes},
    {"node.", "operator", "asked by %{arg}", NULL},
    {"node.", "system", "system %{arg}", NULL},
    {"node.", "unit", "department %{arg}", NULL},
    {"node.", "mode", "%{arg}", call_modes},
    {"node.", "fields", "items %{arg}", NULL},
    {"node.", "whose", "mark of the number asked about %{arg}", NULL},
    {"node.", "state", "then: %{arg}", call_states},
    {"node.", "took_us", "took %{arg} µs", NULL},
    {"node.", "id", "call %{arg}", NULL},
    {"node.", "subject", "about person %{arg}", NULL},
    {"exchange.refusals", "caller", "asked by %{arg}", NULL},
    {"exchange.refusals", "minute", "in the minute from %{arg}", NULL},
    {"exchange.refusals", "count", "calls: %{arg}", NULL},
    {"exchange.refusals", "reasons", "reasons: %{arg}", NULL},
    {"exchange.rebuild", "calls", "calls: %{arg}", NULL},
    {"exchange.rebuild", "forgotten", "of people erased, forgotten: %{arg}", NULL},
    {"exchange.kept", "hours", "shown for %{arg} hours", NULL},
    {"exchange.kept", "case", "shown as long as case %{arg} is kept", NULL},
    {"node.", "item", "service %{arg}", NULL},
    {"node.", "case", "case %{arg}", NULL},
    {"node.", "callers_item", "service %{arg}", NULL},
    {"node.", "callers_case", "case %{arg}", NULL},
    {"node.", "number", "number %{arg}", NULL},
    {"node.", "digest", "digest %{arg}", NULL},
    {"node.", "code", "code %{arg}", NULL},
    {"setting.", "setting", "setting %{arg}", NULL},
    {"setting.", "before", "before: %{arg}", NULL},
    {"setting.", "after", "then: %{arg}", NULL},
    {"setting.", "from", "from the day %{arg}", NULL},
    {"exchange.system_key", "until", "the one before until %{arg}", NULL},
    {"bundle.", "name", "“%{arg}”", NULL},
    {"bundle.", "item", "service “%{arg}”", NULL},
    {"bundle.", "version", "version no. %{arg}", NULL},
    {"worker.", "system", "system %{arg}", NULL},
    {"worker.", "topic", "topic %{arg}", NULL},
    {"worker.signal", "number", "signal number %{arg}", NULL},
    {"case.moved", "version", "version %{arg} of the process", NULL},
    {"case.moved", "from", "before: version %{arg}", NULL},
    {"case.", "from", "from %{arg}", NULL},
    {"evidence.", "altered", "altered rows: %{arg}", NULL},
    {"evidence.", "row", "the newest of them %{arg}", NULL},
};

static struct str value_words(struct ctx *c, const struct evidence_word *table, struct str value)
{
    for (; table && table->code; table++)
        if (str_eq_c(value, table->code)) return ctx_tr(c, table->msgid);
    return value;
}

/* Several values stand with '|' between them. */
static struct str all_words(struct ctx *c, const struct evidence_word *table, struct str values)
{
    struct buf b = buf_new(c->arena, 64);
    struct str one;
    if (!table || str_find_char(values, '|') == SIZE_MAX) return value_words(c, table, values);
    while (values.len) {
        values = str_cut(values, '|', &one);
        if (b.len) buf_add(&b, ctx_tr(c, ", "));
        buf_add(&b, value_words(c, table, one));
    }
    return buf_str(&b);
}

static struct str unit_words(struct ctx *c, struct str unit)
{
    uint64_t id;
    struct str name = str_to_u64(unit, &id) ? evidence_unit_name(c, (int64_t)id) : STR_EMPTY;
    return name.len ? name : unit;
}

static struct str scope_words(struct ctx *c, struct str unit)
{
    return unit.len ? unit_words(c, unit) : ctx_tr(c, "all services");
}

struct str evidence_detail_label(struct ctx *c, struct str act, struct str key, struct str value)
{
    if (str_eq_c(key, "what")) return evidence_what_label(c, value);
    if (str_eq_c(key, "route")) return evidence_why_label(c, value);
    if (str_eq_c(key, "scope")) return scope_words(c, value);
    if (str_eq_c(key, "unit") || str_eq_c(key, "provider")) return unit_words(c, value);
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
        if (str_eq_c(key, details[i].key) && str_starts(act, str_c(details[i].act)))
            return tr_arg(c->lang, c->arena, details[i].msgid, all_words(c, details[i].values, value));
    /* The keyed mark of an address: enough to see that two are the same. */
    if (str_eq_c(key, "from"))
        return tr_arg(c->lang, c->arena, "origin %{arg}", str_slice(value, 0, value.len < 8 ? value.len : 8));
    return str_fmt(c->arena, "%.*s %.*s", STR_ARG(key), STR_ARG(value));
}
