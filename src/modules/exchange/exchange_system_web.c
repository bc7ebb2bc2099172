/* Systems of the department and their keys, as its steward sees them. */
#include "core/base/time.h"
#include "core/http/server.h"
#include "modules/exchange/exchange_refusals.h"

#include <string.h>

enum { GROUP = 8 }; /* digits of a fingerprint between two spaces */

/* ---- the list ---- */

static struct str href_of(struct ctx *c, int64_t id, const char *more)
{
    return str_fmt(c->arena, "/office/exchange/systems/%lld%s", (long long)id, more);
}

static bool systems_page(struct ctx *c, struct str key)
{
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "systems"),
                *fields = json_set_array(c->arena, doc, "fields"), *f;
    struct exchange_system *rows;
    size_t count;
    int64_t unit = c->actor.unit ? c->actor.unit : -1;
    if (!system_store_list(c, unit, in_i64(c, "before", 0), &rows, &count)) return false;
    for (size_t i = 0; i < count && i < SYSTEMS_PAGE; i++) {
        struct json *o = json_add_object(c->arena, list);
        json_set_id(c->arena, o, "id", rows[i].id);
        json_set_str(c->arena, o, "code", rows[i].code);
        json_set_str(c->arena, o, "name", rows[i].name);
        json_set_str(c->arena, o, "href", href_of(c, rows[i].id, ""));
    }
    json_set_bool(c->arena, doc, "has_systems", count > 0);
    json_set(doc, "pager", json_null(c->arena));
    if (count > SYSTEMS_PAGE) {
        struct json *pager = json_set_object(c->arena, doc, "pager");
        json_set(pager, "previous", json_null(c->arena));
        json_set_str(c->arena, pager, "next",
                     str_fmt(c->arena, "?before=%lld", (long long)rows[SYSTEMS_PAGE - 1].id));
    }
    json_set(doc, "key", key.len ? json_string(c->arena, key) : json_null(c->arena));
    exchange_field(c, fields, "name", "Name of the system", "text", STR_EMPTY, true);
    f = exchange_field(c, fields, "code", "Code", "text", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint",
                 ctx_tr(c, "Small letters, digits and hyphens: the name it signs with."));
    json_set_c(c->arena, doc, "action", "/office/exchange/systems");
    exchange_crumb(c, doc, "Requests and permits", "/office/exchange/permits");
    return true;
}

bool exchange_systems(struct ctx *c)
{
    return systems_page(c, STR_EMPTY);
}

static bool check_code(struct arena *a, struct str in, struct str *out, const char **why)
{
    (void)a;
    *out = in;
    *why = "Small letters, digits and hyphens: the name it signs with.";
    for (size_t i = 0; i < in.len; i++) {
        char ch = in.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-')) return false;
    }
    return in.len > 0;
}

bool exchange_system_add(struct ctx *c)
{
    struct str key;
    return system_add(c, in_text(c, "code"), in_text(c, "name"), &key) && systems_page(c, key);
}

/* ---- one ---- */

bool exchange_system_scope(struct ctx *c)
{
    struct exchange_system s;
    return ctx_path_id(c, "id", &c->row) && system_load(c, c->row, &s);
}

static struct str grouped(struct ctx *c, struct str hex)
{
    struct buf b = buf_new(c->arena, 80);
    for (size_t i = 0; i < hex.len; i += GROUP) {
        if (i) buf_add_char(&b, ' ');
        buf_add(&b, str_slice(hex, i, i + GROUP));
    }
    return buf_str(&b);
}

static const char *state_of(const struct ctx *c, const struct system_key *k)
{
    if (k->ended) return "No longer in force";
    if (c->now >= k->valid_until) return "Expired";
    if (str_eq_c(k->kind, KEY_HMAC)) return "Replaced, accepted until";
    return c->now < k->valid_from ? "Not yet valid" : "In force";
}

static bool add_key(struct ctx *c, struct json *list, const struct system_key *k)
{
    struct json *o = json_add_object(c->arena, list);
    struct str name;
    if (!exchange_officer_name(c, k->added_by, &name)) return false;
    json_set_c(c->arena, o, "way",
               str_eq_c(k->kind, KEY_SM2)    ? "TB-SM2"
               : str_eq_c(k->kind, KEY_HMAC) ? "TB-HMAC-SM3"
                                             : "gjzwfwpt");
    json_set_str(c->arena, o, "fingerprint", grouped(c, k->fingerprint));
    json_set_str(c->arena, o, "state", ctx_tr(c, state_of(c, k)));
    json_set_bool(c->arena, o, "in_force", !k->ended);
    json_set_str(c->arena, o, "added", date_format(c->arena, date_of(k->added)));
    json_set_str(c->arena, o, "by", name);
    json_set(o, "until", json_null(c->arena));
    if (k->ended || k->valid_until != INT64_MAX)
        json_set_str(c->arena, o, "until",
                     date_format(c->arena, date_of(k->ended ? k->ended : k->valid_until - 1)));
    return true;
}

/* What replaces a secret nobody else has learned need not stop the system. */
static bool add_new_key(struct ctx *c, struct json *acts, const struct exchange_system *s, bool has_secret)
{
    int64_t until;
    if (!system_overlap(c, &until)) return false;
    struct json *fields = exchange_act(
        c, acts, href_of(c, s->id, "/key"), "New secret key", "quiet",
        has_secret ? "It is shown once, on the next page. The one there is now is accepted beside "
                     "it until the day below, so that the system can change over."
                   : "It is shown once, on the next page.");
    if (!has_secret) return true;
    exchange_field(c, fields, "until", "The old one is accepted until", "date",
                   date_format(c->arena, date_of(until > c->now ? until - 1 : c->now)), false);
    exchange_field(c, fields, "at_once", "End the old one at once: others may have learned it", "checkbox",
                   STR_EMPTY, true);
    return true;
}

static bool add_acts(struct ctx *c, struct json *acts, const struct exchange_system *s, bool has_secret,
                     const struct system_key *keys, size_t count)
{
    struct json *fields =
        exchange_act(c, acts, href_of(c, s->id, "/keys"), "Add a public key", "main",
                     "The system makes a pair of SM2 keys and keeps the private one. Compare the fingerprint "
                     "with its maker by another way before it is used.");
    struct json *f =
        exchange_field(c, fields, "pem", "Public key or certificate", "textarea", STR_EMPTY, true);
    json_set_str(c->arena, f, "hint", ctx_tr(c, "As PEM, from -----BEGIN to -----END."));
    if (!add_new_key(c, acts, s, has_secret)) return false;
    if (has_secret)
        (void)exchange_act(c, acts, href_of(c, s->id, "/key/end"), "Take the secret key away", "quiet",
                           "Calls signed with it are refused at once. Public keys stay in force.");
    (void)exchange_act(c, acts, href_of(c, s->id, "/secrets"),
                       "Add a secret for the national header convention", "quiet",
                       "Only for systems that cannot sign otherwise: that convention signs no body, and each "
                       "permit must allow it.");
    for (size_t i = 0; i < count; i++) {
        if (keys[i].ended) continue;
        fields = exchange_act(c, acts, href_of(c, s->id, "/keys/end"), "End the key %{arg}", "quiet",
                              "Calls signed with it are refused at once.");
        json_set_str(
            c->arena, acts->last, "label",
            tr_arg(c->lang, c->arena, "End the key %{arg}", str_slice(keys[i].fingerprint, 0, GROUP)));
        exchange_field(c, fields, "key", "Key", "hidden", str_fmt(c->arena, "%lld", (long long)keys[i].id),
                       true);
    }
    return true;
}

static bool system_page(struct ctx *c, struct str key)
{
    struct exchange_system s;
    struct system_key *rows;
    size_t count;
    struct str mark;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "keys"),
                *refused = json_set_array(c->arena, doc, "refused"),
                *acts = json_set_array(c->arena, doc, "acts");
    if (!system_load(c, c->row, &s) || !system_fingerprint(c, &s, &mark) ||
        !key_store_list(c, s.id, &rows, &count))
        return false;
    json_set_id(c->arena, doc, "id", s.id);
    json_set_str(c->arena, doc, "name", s.name);
    json_set_str(c->arena, doc, "code", s.code);
    json_set(doc, "key", key.len ? json_string(c->arena, key) : json_null(c->arena));
    json_set_bool(c->arena, doc, "has_secret", mark.len > 0);
    json_set_str(c->arena, doc, "fingerprint", grouped(c, mark));
    json_set_bool(c->arena, doc, "has_keys", count > 0);
    for (size_t i = 0; i < count; i++)
        if (!add_key(c, list, &rows[i])) return false;
    if (!refusals_show(c, s.code, refused)) return false;
    json_set_bool(c->arena, doc, "has_refused", refused->count > 0);
    if (!add_acts(c, acts, &s, mark.len > 0, rows, count)) return false;
    exchange_crumb(c, doc, "Requests and permits", "/office/exchange/permits");
    exchange_crumb(c, doc, "Systems and keys", "/office/exchange/systems");
    return true;
}

bool exchange_system(struct ctx *c)
{
    return system_page(c, STR_EMPTY);
}

static bool overlap_sent(struct ctx *c, int64_t *until)
{
    int32_t day, today = date_of(c->now);
    *until = c->now;
    if (in_true(c, "at_once")) return true;
    if (!in_has(c, "until")) return system_overlap(c, until);
    if (!date_parse(in_text(c, "until"), &day) || day < today)
        return err_at(c->err, STR("until"), "This day has passed.", STR_EMPTY);
    if (day > today + OVERLAP_MAX_DAYS)
        return err_at(c->err, STR("until"), "At most %{arg} days from now.",
                      str_fmt(c->arena, "%d", OVERLAP_MAX_DAYS));
    *until = date_start(day + 1);
    return true;
}

bool exchange_system_key(struct ctx *c)
{
    struct exchange_system s;
    struct str key;
    int64_t until;
    return system_load(c, c->row, &s) && overlap_sent(c, &until) && system_new_key(c, &s, until, &key) &&
           system_page(c, key);
}

bool exchange_system_secret(struct ctx *c)
{
    struct exchange_system s;
    struct str key;
    return system_load(c, c->row, &s) && system_add_secret(c, &s, &key) && system_page(c, key);
}

static bool back(struct ctx *c, bool ok)
{
    if (!ok) return false;
    ctx_notice(c, "Recorded.");
    return ctx_redirect(c, "/office/exchange/systems/%lld", (long long)c->row);
}

bool exchange_system_drop_key(struct ctx *c)
{
    struct exchange_system s;
    return back(c, system_load(c, c->row, &s) && system_drop_key(c, &s));
}

bool exchange_system_public(struct ctx *c)
{
    struct exchange_system s;
    return back(c, system_load(c, c->row, &s) && system_add_public(c, &s, in_text(c, "pem")));
}

bool exchange_system_end(struct ctx *c)
{
    struct exchange_system s;
    return back(c, system_load(c, c->row, &s) && system_end_key(c, &s, in_i64(c, "key", 0)));
}

/* ---- fields ---- */

const struct field exchange_systems_fields[] = {
    {"before", FIELD_ID, .label = "Systems before this one"},
    {0},
};

const struct field exchange_system_fields[] = {
    {"code", FIELD_LINE, "Code", .required = true, .max = 40, .check = check_code},
    {"name", FIELD_LINE, "Name of the system", .required = true, .max = NAME_MAX},
    {0},
};

const struct field exchange_public_fields[] = {
    {"pem", FIELD_TEXT, "Public key or certificate", .required = true, .max = PEM_MAX},
    {0},
};

const struct field exchange_new_key_fields[] = {
    {"until", FIELD_DATE, .label = "The old one is accepted until"},
    {"at_once", FIELD_BOOL, .label = "End the old one at once: others may have learned it"},
    {0},
};

const struct field exchange_end_key_fields[] = {
    {"key", FIELD_ID, "Key", .required = true},
    {0},
};
