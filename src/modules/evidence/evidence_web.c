#include "core/base/time.h"
#include "modules/evidence/evidence_internal.h"

static const char *actor_word(int64_t kind)
{
    switch (kind) {
    case ACTOR_PERSON: return "person";
    case ACTOR_OFFICER: return "officer";
    case ACTOR_SYSTEM: return "program";
    default: return "anyone";
    }
}

static void row_document(struct ctx *c, struct json *list, const struct evidence_row *r)
{
    struct json *o = json_add_object(c->arena, list);
    json_set_id(c->arena, o, "id", r->id);
    json_set_str(c->arena, o, "at", time_format(c->arena, r->at));
    json_set_str(c->arena, o, "act", r->act);
    json_set_c(c->arena, o, "actor_kind", actor_word(r->actor_kind));
    json_set_id(c->arena, o, "account", r->account);
    json_set_id(c->arena, o, "unit", r->unit);
    json_set_str(c->arena, o, "object_kind", r->object_kind);
    json_set_id(c->arena, o, "object", r->object);
    json_set_str(c->arena, o, "detail", r->detail);
    uint8_t mac[SM3_SIZE];
    evidence_mac(c, r, mac);
    json_set_bool(c->arena, o, "altered", r->mac.len != SM3_SIZE || !crypto_equal(mac, r->mac.ptr, SM3_SIZE));
}

static bool list_document(struct ctx *c, int64_t subject, struct str act)
{
    struct evidence_row *rows;
    size_t count;
    if (!evidence_store_list(c, subject, act, in_i64(c, "before", 0), &rows, &count)) return false;
    struct json *doc = ctx_doc(c), *list = json_set_array(c->arena, doc, "events");
    for (size_t i = 0; i < count && i < EVIDENCE_PAGE; i++) row_document(c, list, &rows[i]);
    json_set_bool(c->arena, doc, "empty", count == 0);
    json_set_str(c->arena, doc, "act", act);
    if (count > EVIDENCE_PAGE) json_set_id(c->arena, doc, "next", rows[EVIDENCE_PAGE - 1].id);
    return true;
}

static bool audit(struct ctx *c)
{
    return list_document(c, 0, in_text(c, "act"));
}

static const struct field list_fields[] = {
    {"before", FIELD_ID, "Rows before this one"},
    {"act", FIELD_LINE, "Act", .max = 60},
    {0},
};

static const struct route routes[] = {
    GET("/office/audit", ALLOW("audit.read"), SCOPE(NO_ROW), audit, NULL, .in = list_fields, .summary = "The record of every act, newest first"),
};

static const struct permission permissions[] = {
    {"audit.read", "Read the record of every act", "audit_admin"},
};

const struct module evidence_module = {
    .name = "evidence",
    ROUTES(routes),
    PERMISSIONS(permissions),
    .start = evidence_start,
    .stop = evidence_stop,
};
