/* At the desk: who stands there is confirmed with a document in hand; what is known of them opens to the
 * clerk only with the number and name they give. What would hand an account to somebody else takes two
 * officers. */
#include "core/crypto/crypto.h"
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/people/people_internal.h"

enum { LOOKS_AN_HOUR = 60, REFERENCE_MIN = 4, REFERENCE_MAX = 30 };
#define TOGETHER  MS_HOUR       /* within which the second officer confirms */
#define LOOK_LIFE (2 * MS_HOUR) /* for which a person stays open to the clerk */

static const char *const documents[][2] = {{"id_card", "Identity card"},
                                           {"temporary", "Temporary identity card"},
                                           {"passport", "Passport"},
                                           {"household", "Household register"}};

bool people_check_reference(struct arena *a, struct str in, struct str *out, const char **why)
{
    struct buf b = buf_new(a, in.len + 1);
    bool wrong = false;
    *why = "Please enter the number of the case or the queue ticket: letters, digits and hyphens.";
    for (size_t i = 0; i < in.len; i++) {
        char ch = in.ptr[i];
        if (ch == ' ') continue;
        if (ch >= 'a' && ch <= 'z') ch = (char)(ch - 'a' + 'A');
        wrong = wrong || !((ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-');
        buf_add_char(&b, ch);
    }
    *out = buf_str(&b);
    return !wrong && out->len >= REFERENCE_MIN && out->len <= REFERENCE_MAX;
}

/* ---- looking somebody up ---- */

static bool alarm_limit(struct ctx *c)
{
    const struct actor *clerk = ctx_arg(c);
    c->actor.kind = ACTOR_OFFICER;
    c->actor.account = clerk->account;
    c->actor.unit = clerk->unit;
    return evidence_add(c, "desk.alarm", "account", clerk->account, 0, NULL);
}

static bool limit(struct ctx *c, const char *what)
{
    const struct actor system = {.kind = ACTOR_SYSTEM};
    int most = server_options(c->server)->desk_looks;
    struct str key = str_fmt(c->arena, "%lld", (long long)c->actor.account);
    struct actor clerk = c->actor;
    if (people_limit_kept(c, what, key, most ? most : LOOKS_AN_HOUR, MS_HOUR)) return true;
    if (c->err->kind != ERR_BUSY || strcmp(c->err->code, "limit") != 0) return false;
    struct err reached = *c->err;
    err_clear(c->err);
    if (!server_write(c->server, &system, alarm_limit, &clerk, c->err)) return false;
    *c->err = reached;
    return false;
}

/* Every attempt counts, also one that finds nobody. */
bool people_desk_limit(struct ctx *c)
{
    return limit(c, "desk:look");
}

/* Whether a name belongs to a number is told there too. */
bool people_desk_card_limit(struct ctx *c)
{
    return limit(c, "desk:card");
}

bool people_desk_open(struct ctx *c, int64_t subject, struct str purpose)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "purpose", purpose);
    return people_store_look(c, c->actor.account, subject) &&
           evidence_add(c, "desk.look", "person", subject, subject, detail);
}

bool people_desk_find(struct ctx *c, enum subject_kind kind, struct str code, struct str name,
                      struct str purpose, int64_t *id)
{
    struct subject_row row;
    if (!people_store_find(c, kind, code, id) || !*id) return c->err->kind == ERR_NONE;
    if (!people_store_load(c, *id, &row)) return false;
    if (str_eq(str_trim(row.s.name), str_trim(name))) return people_desk_open(c, *id, purpose);
    *id = 0;
    return true;
}

bool people_desk_card(struct ctx *c, struct str number, struct str name, int64_t *id)
{
    struct subject_row row;
    const struct json *record;
    if (!people_store_find(c, SUBJECT_PERSON, number, id) || (*id && !people_store_load(c, *id, &row)) ||
        !registry_record(c, STR("population"), number, NULL, &record))
        return false;
    struct str known = record ? json_text_of(record, "name") : *id ? row.s.name : STR_EMPTY;
    return !known.len || str_eq(str_trim(known), str_trim(name)) ||
           err_at(c->err, STR("name"), "Name and number do not belong together. Please check both.",
                  STR_EMPTY);
}

bool people_desk_may(struct ctx *c, int64_t subject)
{
    bool open;
    if (!people_store_looked(c, c->actor.account, subject, c->now - LOOK_LIFE, &open)) return false;
    return open || err_denied(c->err, "desk.look",
                              "Please find this person first, by the number and the name they give you.");
}

/* ---- confirming who is here ---- */

bool people_desk_verify_page(struct ctx *c)
{
    struct json *doc = ctx_doc(c), *fields = json_set_array(c->arena, doc, "fields"), *f;
    json_set_c(c->arena, doc, "action", "/office/desk/verify-person");
    json_set_c(c->arena, people_field(c, fields, "name", "Name", "text", STR_EMPTY, true), "width", "20");
    people_hint(c, fields->last, "As on the identity card");
    json_set_c(c->arena, people_field(c, fields, "id_number", "Identity number", "text", STR_EMPTY, true),
               "width", "20");
    json_set_c(c->arena, people_field(c, fields, "mobile", "Mobile number", "tel", STR_EMPTY, true), "width",
               "20");
    f = people_field(c, fields, "document", "Document seen", "select", STR("id_card"), true);
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        ctx_option(c, f, str_c(documents[i][0]), ctx_tr(c, documents[i][1]));
    f = people_field(c, fields, "reference", "Number of the case or the queue ticket", "text", STR_EMPTY,
                     true);
    json_set_c(c->arena, f, "width", "20");
    json_set_c(c->arena, f, "autocomplete", "off");
    people_field(c, fields, "seen", "I have seen the document and the person", "checkbox", STR_EMPTY, true);
    people_hint(c,
                people_field(c, fields, "reset",
                             "Close the account of this number, so that the person can register again",
                             "checkbox", STR_EMPTY, false),
                "When the mobile is lost or the password forgotten. For a confirmed account a second officer "
                "enters the same within an hour.");
    return true;
}

/* Whoever confirms a number hands the account to the mobile that is written down: of somebody who was
 * confirmed before, that is not for one officer alone. */
static bool takes_two(struct ctx *c, bool reset, struct subject_row *row, bool *two)
{
    int64_t id;
    *two = false;
    if (!people_store_find(c, SUBJECT_PERSON, in_text(c, "id_number"), &id)) return false;
    if (!id) return true;
    if (!people_store_load(c, id, row)) return false;
    if (row->s.level < LEVEL_MATCHED) return true;
    *two = row->account ? reset : row->s.mobile.len && !str_eq(row->s.mobile, in_text(c, "mobile"));
    return true;
}

static bool ask(struct ctx *c, const struct subject_row *row, const struct desk_request *r,
                const struct json *detail)
{
    const struct people_messenger *m = &people_state(c)->messenger;
    if (!people_store_request(c, r) ||
        !evidence_add(c, "account.reset_asked", "person", row->s.id, row->s.id, detail))
        return false;
    if (m->text && row->s.mobile.len &&
        !m->text(
            c, row->s.mobile,
            "At a service desk it was asked to close your account for government services or to change "
            "its mobile. If it was not you, please go to a service desk with your identity card at once.",
            json_object(c->arena)))
        return false;
    if (row->account &&
        !people_tell(c, row->s.id, "At a service desk it was asked to close your account.", "/me/profile"))
        return false;
    ctx_notice(c,
               "Asked for. A second officer who sees the person and the document enters the same here within "
               "an hour; until then nothing changes.");
    return ctx_redirect(c, "/office/desk/verify-person");
}

/* Another officer asked for the same within the hour? Then it is done now. */
static bool second_officer(struct ctx *c, const struct desk_request *r, bool *second)
{
    struct desk_request there;
    bool found;
    if (!people_store_requested(c, r->subject, &there, &found)) return false;
    *second = found && there.officer != r->officer && c->now - there.asked < TOGETHER &&
              there.reset == r->reset && str_eq(there.mobile, r->mobile);
    return !*second || people_store_request_done(c, r->subject);
}

bool people_desk_seen(struct ctx *c)
{
    struct subject_row row = {0};
    bool two, second = false, reset = in_true(c, "reset");
    int64_t id;
    struct json *detail = json_object(c->arena);
    if (!in_true(c, "seen"))
        return err_at(c->err, STR("seen"), "Without this the identity is not confirmed.", STR_EMPTY);
    json_set_str(c->arena, detail, "document", in_text(c, "document"));
    json_set_str(c->arena, detail, "reference", in_text(c, "reference"));
    if (!takes_two(c, reset, &row, &two)) return false;
    struct desk_request r = {.subject = row.s.id,
                             .officer = c->actor.account,
                             .asked = c->now,
                             .reset = reset,
                             .mobile =
                                 blind_index(ctx_keys(c), c->arena, "desk:mobile", in_text(c, "mobile"))};
    if (two && !second_officer(c, &r, &second)) return false;
    if (two && !second) return ask(c, &row, &r, detail);
    if (reset && !people_desk_reset(c, in_text(c, "id_number"))) return false;
    if (!people_desk_verify(c, in_text(c, "name"), in_text(c, "id_number"), in_text(c, "mobile"), detail,
                            &id))
        return false;
    ctx_notice(c, "The identity is confirmed.");
    return people_desk_open(c, id, STR("identity")) &&
           ctx_redirect(c, "/office/desk?person=%lld", (long long)id);
}
