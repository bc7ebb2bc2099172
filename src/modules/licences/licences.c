#include "modules/licences/licences.h"

#include "core/http/server.h"
#include "core/jobs/jobs.h"
#include "engines/identifiers/identifiers.h"
#include "modules/evidence/evidence.h"
#include "modules/licences/licences_internal.h"
#include "modules/notices/notices.h"
#include "modules/people/people.h"

/* ---- keys of the module ---- */

static struct licences_state *state(const struct ctx *c)
{
    return server_state(c->server, "licences");
}

bool licences_start(struct ctx *c)
{
    struct licences_state *s = mem_alloc(1, sizeof *s);
    if (!s) return err_fault(c->err, "not enough memory to start");
    keyring_domain(ctx_keys(c), "licence.mac", s->mac_key, sizeof s->mac_key);
    keyring_domain(ctx_keys(c), "licence.check", s->check_key, sizeof s->check_key);
    server_set_state(c->server, "licences", s);
    people_add_part(c->server, &licences_people_part);
    return keyring_ca(ctx_keys(c), c->now, c->err) != NULL; /* made here, so that no reading page has to */
}

void licences_stop(struct server *server)
{
    struct licences_state *s = server_state(server, "licences");
    if (s) crypto_wipe(s, sizeof *s);
    mem_free(s);
    server_set_state(server, "licences", NULL);
}

/* ---- what a record says cannot be changed unnoticed ---- */

static void part(struct buf *b, struct str s)
{
    buf_fmt(b, "%zu:", s.len); /* the length in front keeps neighbouring columns apart */
    buf_add(b, s);
}

static void number(struct buf *b, int64_t n)
{
    buf_add_i64(b, n);
    buf_add_char(b, '|');
}

void licences_mac(struct ctx *c, const struct licence_record *r, uint8_t out[SM3_SIZE])
{
    const struct str texts[] = {
        r->type_name,    r->type_code, r->licence_id,      r->number,     r->version,    r->issuer_code,
        r->item_code,    r->item_name, r->status,          r->name_index, r->face_index, r->face,
        r->holder_facts, r->manifest,  r->manifest_digest, r->page,       r->case_no};
    const int64_t numbers[] = {r->id,      r->issuer, r->holder,     r->case_id,  r->one_per_holder,
                               r->demo,    r->issued, r->valid_from, r->valid_to, r->supersedes,
                               r->officer, r->created};
    struct buf b = buf_new(c->arena, 8192);
    buf_add_c(&b, "licence|");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        number(&b, numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        part(&b, texts[i]);
    hmac_sm3(str_n(state(c)->mac_key, SM3_SIZE), buf_str(&b), out);
}

bool licences_mac_fits(struct ctx *c, const struct licence_record *r)
{
    uint8_t mac[SM3_SIZE];
    licences_mac(c, r, mac);
    return r->mac.len == SM3_SIZE && crypto_equal(mac, r->mac.ptr, SM3_SIZE);
}

static void event_mac(struct ctx *c, const struct licence_event *e, uint8_t out[SM3_SIZE])
{
    struct buf b = buf_new(c->arena, 512);
    buf_add_c(&b, "event|");
    number(&b, e->id);
    number(&b, e->licence);
    number(&b, e->officer);
    number(&b, e->unit);
    number(&b, e->at);
    part(&b, e->op);
    part(&b, e->from);
    part(&b, e->to);
    part(&b, e->reason);
    part(&b, e->document);
    hmac_sm3(str_n(state(c)->mac_key, SM3_SIZE), buf_str(&b), out);
}

bool licences_event_mac_fits(struct ctx *c, const struct licence_event *e)
{
    uint8_t mac[SM3_SIZE];
    event_mac(c, e, mac);
    return e->mac.len == SM3_SIZE && crypto_equal(mac, e->mac.ptr, SM3_SIZE);
}

static void set_mac(struct ctx *c, struct licence_record *r)
{
    uint8_t *mac = arena_alloc(c->arena, SM3_SIZE);
    licences_mac(c, r, mac);
    r->mac = str_n(mac, SM3_SIZE);
}

/* ---- what is sealed ---- */

static struct field_place place(const struct licence_record *r, const char *column)
{
    return (struct field_place){.table = "licence", .column = column, .row = r->id, .subject = r->holder};
}

static bool open_json(struct ctx *c, const struct licence_record *r, const char *column, struct str sealed,
                      const struct json **out)
{
    struct str text;
    struct field_place at = place(r, column);
    if (!field_open(ctx_keys(c), &c->tx, &at, sealed, &text)) return false;
    *out = json_parse(c->arena, text, JSON_STRICT, c->err);
    return *out != NULL;
}

static bool was_erased(struct ctx *c)
{
    if (!c->err->code || strcmp(c->err->code, "key.erased") != 0) return false;
    err_clear(c->err);
    return true;
}

bool licences_face(struct ctx *c, const struct licence_record *r, const struct json **face)
{
    if (open_json(c, r, "face", r->face, face)) return true;
    *face = json_array(c->arena);
    return was_erased(c);
}

bool licences_holder(struct ctx *c, const struct licence_record *r, struct licence_holder *out)
{
    const struct json *facts;
    if (!open_json(c, r, "holder_facts", r->holder_facts, &facts)) {
        *out = (struct licence_holder){ctx_tr(c, "Erased person"), STR_EMPTY, STR_EMPTY};
        return was_erased(c);
    }
    *out = (struct licence_holder){json_text_of(facts, "name"), json_text_of(facts, "code"),
                                   json_text_of(facts, "code_type")};
    return true;
}

bool licences_manifest(struct ctx *c, const struct licence_record *r, struct str *json)
{
    struct field_place at = place(r, "manifest");
    if (!r->manifest.len)
        return err_missing(c->err, "licence.unsigned",
                           "This licence is still being signed. Please try again in a moment.");
    return field_open(ctx_keys(c), &c->tx, &at, r->manifest, json);
}

/* People write names with and without spaces, in wide and narrow characters. */
struct str licences_name_index(struct ctx *c, struct str name)
{
    char *z = arena_array(c->arena, name.len + 1, 1);
    struct str normal;
    if (!ident_normalise(name, z, name.len, &normal)) normal = name;
    return blind_index(ctx_keys(c), c->arena, "licence.name", normal);
}

/* ---- addresses ---- */

struct str licences_check(struct ctx *c, struct str licence_id)
{
    uint8_t mac[SM3_SIZE];
    hmac_sm3(str_n(state(c)->check_key, SM3_SIZE), licence_id, mac);
    return str_slice(str_base64url(c->arena, mac, sizeof mac), 0, LICENCE_CHECK);
}

struct str licences_verify_url(struct ctx *c, struct str licence_id)
{
    struct str base = server_address(c->server, c->arena);
    return str_fmt(c->arena, "%.*s/verify/%.*s?c=%.*s", STR_ARG(base), STR_ARG(licence_id),
                   STR_ARG(licences_check(c, licence_id)));
}

/* ---- granting ---- */

static bool face_is_sound(struct ctx *c, const struct json *face)
{
    if (face && face->count > LICENCE_FACE_MAX)
        return err_fault(c->err, "the face of a licence has too many entries");
    JSON_EACH(f, face)
    {
        struct str name = json_text_of(f, "name");
        if (!name.len || str_eq_c(name, "holder_name") || str_eq_c(name, "holder_code"))
            return err_fault(c->err, "an entry of the face of a licence has a wrong name");
        for (size_t i = 0; i < name.len; i++)
            if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789_", name.ptr[i], 37))
                return err_fault(c->err, "an entry of the face of a licence has a wrong name");
    }
    return true;
}

static struct str name_on_face(const struct json *face, struct str otherwise)
{
    struct str holder = STR_EMPTY;
    JSON_EACH(f, face)
    {
        if (str_eq_c(json_text_of(f, "name"), "business_name") && json_text_of(f, "value").len)
            return json_text_of(f, "value");
        if (str_eq_c(json_text_of(f, "name"), "holder")) holder = json_text_of(f, "value");
    }
    return holder.len ? holder : otherwise;
}

/* Identifier (GB/T 36904) and printed number. */
static bool give_numbers(struct ctx *c, const struct licence_spec *spec, struct licence_record *r)
{
    const struct json *rule = json_get(spec->type, "number");
    struct str prefix = json_text_of(rule, "prefix");
    struct civil day = date_to_civil(r->issued);
    char *text = arena_array(c->arena, IDENT_LICENCE_MAX, 1);
    int64_t running, serial;
    if (!licences_store_next(c, str_cat(c->arena, STR("number:"), prefix), &running)) return false;
    r->number = licences_number(c->arena, rule, running);
    if (!r->number.len)
        return err_conflict(c->err, "licence.numbers",
                            "No number is left for this kind of licence. Please tell the operator.");
    if (!licences_store_next(c, str_fmt(c->arena, "serial:%.*s:%04d", STR_ARG(r->type_code), day.year),
                             &serial))
        return false;
    enum ident_reason why = ident_licence_compose(
        r->type_code, r->issuer_code, str_fmt(c->arena, "%04d%08lld", day.year, (long long)serial), 1, text,
        &r->licence_id);
    r->version = STR("001");
    return why == IDENT_OK || err_fault(c->err, "no identifier for a licence: reason %d", (int)why);
}

static bool seal(struct ctx *c, const struct licence_record *r, const char *column, struct str plain,
                 struct str *sealed)
{
    struct field_place at = place(r, column);
    return field_seal(ctx_keys(c), &c->tx, &at, plain, sealed);
}

static bool seal_contents(struct ctx *c, const struct json *face, const struct subject *holder,
                          struct licence_record *r)
{
    struct json *facts = json_object(c->arena);
    json_set_str(c->arena, facts, "name", holder->name);
    json_set_str(c->arena, facts, "code", holder->code);
    json_set_c(c->arena, facts, "code_type", holder->kind == SUBJECT_PERSON ? "111" : "001");
    r->name_index = licences_name_index(c, holder->name);
    r->face_index = licences_name_index(c, name_on_face(face, holder->name));
    return seal(c, r, "face", face ? json_to_str(c->arena, face) : STR("[]"), &r->face) &&
           seal(c, r, "holder_facts", json_to_str(c->arena, facts), &r->holder_facts);
}

static bool draft_row(struct ctx *c, const struct licence_spec *spec, const struct unit *unit,
                      struct licence_record *r)
{
    struct subject holder;
    struct str serial = json_text_of(spec->type, "serial");
    if (!people_subject(c, spec->holder, &holder) || !face_is_sound(c, spec->face)) return false;
    *r = (struct licence_record){.id = ctx_id(c),
                                 .type_name = json_text_of(spec->type, "name"),
                                 .issuer = spec->issuer,
                                 .issuer_code = licences_issuer_code(c->arena, unit),
                                 .holder = spec->holder,
                                 .case_id = spec->case_id,
                                 .case_no = spec->case_no,
                                 .item_code = spec->item_code,
                                 .item_name = spec->item_name,
                                 .one_per_holder = json_true_of(spec->type, "one_per_holder"),
                                 .issued = date_of(c->now),
                                 .valid_from = spec->valid_from,
                                 .status = STR("draft"),
                                 .officer = c->actor.account,
                                 .created = c->now};
    r->demo = server_options(c->server)->demo || licences_is_fictional(r->issuer_code);
    r->valid_to = licences_valid_to(spec->type, spec->face, holder.code, spec->valid_from);
    r->type_code = str_cat(c->arena, r->issuer_code, serial.len == 3 ? serial : STR("999"));
    return give_numbers(c, spec, r) && seal_contents(c, spec->face, &holder, r);
}

bool licence_draft(struct ctx *c, const struct licence_spec *spec, int64_t *licence)
{
    struct licence_record r;
    bool there = false;
    if (spec->case_id && !licences_store_of_case(c, spec->case_id, &r, &there)) return false;
    if (there) {
        *licence = r.id;
        return true;
    }
    const struct unit *unit = orgs_unit(c, spec->issuer);
    if (!unit) return err_fault(c->err, "a licence needs an issuing department");
    if (!draft_row(c, spec, unit, &r)) return false;
    set_mac(c, &r);
    struct json *payload = json_object(c->arena);
    json_set_id(c->arena, payload, "licence", r.id);
    *licence = r.id;
    return licences_store_add(c, &r) &&
           job_add(c, "licence.sign", str_fmt(c->arena, "licence:%lld", (long long)r.id), payload, c->now);
}

/* ---- status ---- */

struct str licences_status_now(const struct ctx *c, const struct licence_record *r)
{
    bool counts = str_eq_c(r->status, "valid") || str_eq_c(r->status, "suspended");
    if (counts && r->valid_to && r->valid_to < date_of(c->now)) return STR("expired");
    return str_eq_c(r->status, "valid") && r->valid_from > date_of(c->now) ? STR("not_yet") : r->status;
}

bool licences_add_event(struct ctx *c, const struct licence_record *r, const char *op, struct str to,
                        struct str reason, struct str document, int64_t officer, int64_t unit)
{
    uint8_t *mac = arena_alloc(c->arena, SM3_SIZE);
    struct licence_event e = {.id = ctx_id(c),
                              .licence = r->id,
                              .op = str_c(op),
                              .from = r->status,
                              .to = to,
                              .document = document,
                              .officer = officer,
                              .unit = unit,
                              .at = c->now};
    struct field_place at = {.table = "licence_event", .column = "reason", .row = e.id, .subject = r->holder};
    if (reason.len && !field_seal(ctx_keys(c), &c->tx, &at, reason, &e.reason)) return false;
    event_mac(c, &e, mac);
    e.mac = str_n(mac, SM3_SIZE);
    return licences_store_add_event(c, &e);
}

bool licences_set_status(struct ctx *c, struct licence_record *r, const char *op, const char *to,
                         struct str reason, struct str document)
{
    struct str was = r->status;
    struct json *detail = json_object(c->arena);
    bool done, system = c->actor.kind == ACTOR_SYSTEM;
    if (!licences_add_event(c, r, op, str_c(to), reason, document, system ? r->officer : c->actor.account,
                            system ? r->issuer : c->actor.unit))
        return false;
    r->status = str_c(to);
    set_mac(c, r);
    if (!licences_store_update(c, r, was, &done)) return false;
    if (!done)
        return err_conflict(c->err, "licence.status", "This cannot be done in the licence's present state.");
    json_set_str(c->arena, detail, "from", was);
    json_set_c(c->arena, detail, "to", to);
    return evidence_add(c, str_z(c->arena, str_fmt(c->arena, "licence.%s", op)), "licence", r->id, r->holder,
                        detail);
}

bool licences_change(struct ctx *c, struct licence_record *r, const char *op, const char *to,
                     struct str reason, struct str document)
{
    if (!licences_mac_fits(c, r))
        return err_conflict(
            c->err, "licence.altered",
            "The record of this licence was altered outside the program. Please tell the operator.");
    return licences_set_status(c, r, op, to, reason, document);
}

/* ---- for other modules ---- */

static void fill(struct ctx *c, const struct licence_record *r, struct licence *out)
{
    *out = (struct licence){.id = r->id,
                            .holder = r->holder,
                            .issuer = r->issuer,
                            .case_id = r->case_id,
                            .type_name = r->type_name,
                            .licence_id = r->licence_id,
                            .number = r->number,
                            .status = licences_status_now(c, r),
                            .issued = date_format(c->arena, r->issued),
                            .valid_to = r->valid_to ? date_format(c->arena, r->valid_to) : STR_EMPTY};
}

bool licence_list(struct ctx *c, int64_t holder, struct str type_name, struct licence **list, size_t *count)
{
    struct licence_record *rows;
    if (!licences_store_of_holder(c, holder, type_name, 0, 200, &rows, count)) return false;
    *list = ARENA_ARRAY(c->arena, *count + 1, struct licence);
    for (size_t i = 0; i < *count; i++)
        fill(c, &rows[i], &(*list)[i]);
    return true;
}

bool licence_unsigned(struct ctx *c, int64_t *count)
{
    return licences_store_count(c, STR("draft"), count);
}

bool licence_of_case(struct ctx *c, int64_t case_id, struct licence *out, bool *found)
{
    struct licence_record r;
    *out = (struct licence){0};
    if (!licences_store_of_case(c, case_id, &r, found)) return false;
    if (*found) fill(c, &r, out);
    return true;
}
