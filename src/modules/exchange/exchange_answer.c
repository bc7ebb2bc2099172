/* What a call is answered with: a yes or no, or values behind their masks, and where they come from. */
#include "core/http/server.h"
#include "engines/identifiers/identifiers.h"
#include "modules/exchange/exchange_call.h"
#include "modules/orgs/orgs.h"
#include "modules/people/people.h"

struct str exchange_number(struct ctx *c, struct str typed)
{
    enum { BYTES_MAX = 128 };
    char bytes[BYTES_MAX];
    struct str normal;
    return ident_normalise(typed, bytes, sizeof bytes, &normal) ? str_dup(c->arena, normal) : typed;
}

bool call_about(struct ctx *c, struct call *k, struct str kind, struct str case_no)
{
    const struct exchange_state *s = server_state(c->server, "exchange");
    bool found = false, firm = str_eq_c(kind, "organisation");
    k->code = exchange_number(c, k->code);
    if (!people_find(c, firm ? SUBJECT_ORGANISATION : SUBJECT_PERSON, k->code, &k->subject)) return false;
    if (!case_no.len || !s->find_case) return true;
    if (!s->find_case(c, case_no, &k->about, &found)) return false;
    if (!found) k->about = (struct exchange_case){0};
    return true;
}

static struct str text_of(struct ctx *c, const struct json *value)
{
    if (!value || value->type == JSON_NULL) return STR_EMPTY;
    if (value->type == JSON_BOOL) return value->boolean ? STR("true") : STR("false");
    return json_is(value, JSON_STRING) || json_is(value, JSON_NUMBER) ? value->text
                                                                      : json_to_str(c->arena, value);
}

/* All facts are of one record. */
static bool fits(struct ctx *c, const struct json *record, const struct json *facts)
{
    JSON_EACH(one, json_is(record, JSON_ARRAY) ? record : NULL)
    {
        if (json_is(one, JSON_OBJECT) && fits(c, one, facts)) return true;
    }
    if (json_is(record, JSON_ARRAY)) return false;
    JSON_EACH(f, facts)
    {
        struct str asked = text_of(c, f), known = text_of(c, json_get_str(record, f->key));
        if (!asked.len || !str_eq(asked, known)) return false;
    }
    return record != NULL;
}

static struct str masked(struct ctx *c, struct str kind, struct str text)
{
    if (str_eq_c(kind, "name")) return ident_mask_name(c->arena, text);
    if (str_eq_c(kind, "number")) return ident_mask_number(c->arena, text);
    if (str_eq_c(kind, "phone")) return ident_mask_phone(c->arena, text);
    return STR("***");
}

static void add_data(struct ctx *c, struct json *data, struct json *hidden, const struct call *k,
                     const struct json *record)
{
    JSON_EACH(f, k->fields)
    {
        const struct json *value = json_get_str(record, f->text);
        struct str mask = mask_of(k->permit, f->text);
        const char *key = str_z(c->arena, f->text);
        if (!mask.len) {
            json_set(data, key, value ? json_copy(c->arena, value) : json_null(c->arena));
            continue;
        }
        json_set_str(c->arena, data, key, value ? masked(c, mask, text_of(c, value)) : STR_EMPTY);
        if (hidden) json_add(hidden, json_string(c->arena, f->text));
    }
}

static void add_several(struct ctx *c, struct json *out, const struct call *k, const struct json *list)
{
    struct json *records = json_set_array(c->arena, out, "records"),
                *hidden = json_set_array(c->arena, out, "masked");
    bool more = false;
    JSON_EACH(one, list)
    {
        more = json_is(one, JSON_BOOL);
        if (!more)
            add_data(c, json_add_object(c->arena, records), records->count == 1 ? hidden : NULL, k, one);
    }
    json_set_bool(c->arena, out, "more", more);
}

void call_add_values(struct ctx *c, struct json *out, const struct call *k, const struct json *record)
{
    if (json_is(record, JSON_ARRAY)) {
        add_several(c, out, k, record);
        return;
    }
    struct json *data = json_set_object(c->arena, out, "data");
    add_data(c, data, json_set_array(c->arena, out, "masked"), k, record);
}

/* Neighbours in a tree see each other's digests: nobody shall find an answer by trying what it may be. */
static struct str salt_of(struct ctx *c, const struct call *k)
{
    struct str id = str_n(&k->id, sizeof k->id),
               salt = blind_index(ctx_keys(c), c->arena, "exchange:salt", id);
    return str_hex(c->arena, salt.ptr, salt.len);
}

void call_add_provenance(struct ctx *c, struct json *out, const struct call *k)
{
    const struct unit *u = orgs_unit(c, k->resource->unit);
    struct json *p = json_set_object(c->arena, out, "provenance");
    json_set_str(c->arena, p, "department", u ? u->name : STR_EMPTY);
    json_set_str(c->arena, p, "uscc", u ? u->uscc : STR_EMPTY);
    json_set_str(c->arena, p, "resource", k->resource->code);
    json_set_i64(c->arena, p, "version", k->resource->version);
    json_set_id(c->arena, p, "permit", k->permit->id);
    json_set_str(c->arena, p, "answered", time_rfc3339(c->arena, c->now));
    json_set_id(c->arena, p, "call", k->id);
    json_set_str(c->arena, p, "system", k->system->code);
    json_set_str(c->arena, p, "operator",
                 k->operator_id.len ? k->operator_id : k->system->code); /* who reads it */
    json_set_str(c->arena, p, "nonce", k->once.nonce);
    json_set_str(c->arena, p, "salt", salt_of(c, k));
}

/* `true` behind several records: the provider has more than were read. */
static bool has_unread(const struct json *record)
{
    return json_is(record, JSON_ARRAY) && json_is(record->last, JSON_BOOL);
}

static bool answer(struct ctx *c, const struct call *k, const struct json *record, const struct json *facts,
                   struct json **to)
{
    struct json *out = json_object(c->arena);
    bool check = str_eq_c(k->mode, "check"), yes = check ? fits(c, record, facts) : record != NULL;
    if (check && !yes && has_unread(record))
        return source_broken(c->err, "more records than are read, and none of those has the facts");
    json_set_bool(c->arena, out, check ? "match" : "found", yes);
    if (!check && record) call_add_values(c, out, k, record);
    call_add_provenance(c, out, k);
    call_note(c, k, call_result(k), yes);
    *to = out;
    return true;
}

/* The names of the facts to be checked, as fields. */
static const struct json *fields_asked(struct ctx *c, struct str mode, const struct json *fields,
                                       const struct json *facts)
{
    struct json *names = json_array(c->arena);
    if (!str_eq_c(mode, "check")) return fields;
    JSON_EACH(f, facts)
    {
        json_add(names, json_string(c->arena, f->key));
    }
    return names;
}

bool call_ask(struct ctx *c, struct call *k, const struct json *fields, const struct json *facts,
              struct json **out)
{
    const struct json *record = NULL;
    k->fields = fields_asked(c, k->mode, fields, facts);
    if (str_eq_c(k->mode, "query") && (!k->fields || !k->fields->count))
        return err_at(c->err, STR("fields"), "Name the items of data.", STR_EMPTY);
    if (call_authorise(c, k) && call_provider(c, k, &record) && answer(c, k, record, facts, out)) return true;
    if (!ctx_goes_outside(c)) call_note(c, k, c->err->code, false);
    return false;
}

bool call_may(struct ctx *c, struct call *k, const struct json *fields, const struct json *facts)
{
    k->fields = fields_asked(c, k->mode, fields, facts);
    k->later = true;
    return call_authorise(c, k) || call_refused(c, k);
}
