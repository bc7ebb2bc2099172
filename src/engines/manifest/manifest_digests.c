/* Format "tongban-licence/2": one digest per element, so that whatever was changed can be named. */
#include "engines/manifest/manifest_internal.h"

#define FIELD "fields."

/* Every element beside the face's fields, by its path, with what people call it. */
static const struct element {
    const char *path, *label;
} elements[] = {
    {"licence_id", "Identifier"},
    {"type.code", "Code of the type"},
    {"type.name", "Type"},
    {"number", "Number"},
    {"version", "Version"},
    {"issued", "Issued on"},
    {"valid_from", "Valid from"},
    {"valid_to", "Valid until"},
    {"issuer.name", "Issued by"},
    {"issuer.uscc", "Code of the issuer"},
    {"holder.code_type", "Kind of the holder's code"},
    {"item.code", "Code of the service"},
    {"item.name", "Service"},
    {"demo", "Demonstration"},
    {"signed_at", "Time of signing"},
    {"face", "Digest of the page"},
    {"certificate", "Certificate of the signer"},
};

/* What holds the digests together stands under the signature itself, or is it. */
static const char *const frame[] = {
    "format", "digests", "fields", "fields_digest", "signature.algorithm", "signature.value"};

enum { ELEMENTS = sizeof elements / sizeof elements[0], FRAME = sizeof frame / sizeof frame[0] };

/* SM3(path ‖ 0 ‖ canonical form). */
static struct str element_digest(struct arena *a, struct str path, const struct json *value)
{
    struct buf b = buf_new(a, 256);
    buf_add(&b, path);
    buf_add_char(&b, 0);
    buf_add(&b, manifest_canonical(a, value));
    return manifest_digest_hex(a, buf_str(&b));
}

static struct str field_path(struct arena *a, const struct json *field)
{
    return str_cat(a, STR(FIELD), json_text_of(field, "name"));
}

void manifest_digests_set(struct arena *a, struct json *document)
{
    struct json *digests = json_object(a);
    for (size_t i = 0; i < ELEMENTS; i++) {
        const char *path = elements[i].path;
        json_set_str(a, digests, path, element_digest(a, str_c(path), json_path(document, path)));
    }
    JSON_EACH(f, json_get(document, "fields"))
    {
        struct str path = field_path(a, f);
        json_set_str(a, digests, str_z(a, path), element_digest(a, path, manifest_field_bare(a, f)));
    }
    json_set(document, "digests", digests);
}

static bool occurs_before(const struct json *fields, const struct json *field)
{
    for (const struct json *f = fields->first; f != field; f = f->next)
        if (str_eq(json_text_of(f, "name"), json_text_of(field, "name"))) return true;
    return false;
}

bool manifest_digests_fit(struct arena *a, const struct json *document, const struct json *field,
                          enum manifest_harm *harm)
{
    struct str path = field_path(a, field);
    const struct json *digest = json_get_str(json_get(document, "digests"), path);
    bool added = !digest || occurs_before(json_get(document, "fields"), field);
    *harm = added ? ENTRY_ADDED : ENTRY_CHANGED;
    return !added && str_eq(json_text(digest), element_digest(a, path, manifest_field_bare(a, field)));
}

static bool is_element(struct str path)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        if (str_eq_c(path, elements[i].path)) return true;
    for (size_t i = 0; i < FRAME; i++)
        if (str_eq_c(path, frame[i])) return true;
    return false;
}

static bool is_group(struct str key)
{
    for (size_t i = 0; i < ELEMENTS; i++) {
        struct str first;
        if (str_cut(str_c(elements[i].path), '.', &first).len && str_eq(first, key)) return true;
    }
    return str_eq_c(key, "signature");
}

/* A name with a point in it could pass for a path. */
static bool is_plain_key(struct str key)
{
    return str_find(key, STR(".")) == SIZE_MAX;
}

static void find_added(struct arena *a, const struct json *document, struct manifest_report *r)
{
    JSON_EACH(m, document)
    {
        bool group = is_group(m->key);
        if (!group && !(is_plain_key(m->key) && is_element(m->key)))
            manifest_fault_add(r, ENTRY_ADDED, m->key, STR_EMPTY, true);
        JSON_EACH(child, group && json_is(m, JSON_OBJECT) ? m : NULL)
        {
            struct str path = str_cat(a, str_cat(a, m->key, STR(".")), child->key);
            if (!is_element(path)) manifest_fault_add(r, ENTRY_ADDED, path, STR_EMPTY, true);
        }
    }
}

static bool has_field(const struct json *document, struct str name)
{
    JSON_EACH(f, json_get(document, "fields"))
    {
        if (str_eq(json_text_of(f, "name"), name)) return true;
    }
    return false;
}

static void find_missing_fields(const struct json *document, struct manifest_report *r)
{
    JSON_EACH(d, json_get(document, "digests"))
    {
        struct str name = str_slice(d->key, sizeof FIELD - 1, d->key.len);
        if (str_starts(d->key, STR(FIELD)) && !has_field(document, name))
            manifest_fault_add(r, ENTRY_MISSING, name, STR_EMPTY, false);
    }
}

void manifest_digests_check(struct arena *a, const struct json *document, struct manifest_report *r)
{
    const struct json *digests = json_get(document, "digests");
    for (size_t i = 0; i < ELEMENTS; i++) {
        struct str path = str_c(elements[i].path), label = str_c(elements[i].label);
        const struct json *value = json_path(document, elements[i].path);
        if (!value)
            manifest_fault_add(r, ENTRY_MISSING, path, label, true);
        else if (!str_eq(json_text(json_get_str(digests, path)), element_digest(a, path, value)))
            manifest_fault_add(r, ENTRY_CHANGED, path, label, true);
    }
    find_added(a, document, r);
    find_missing_fields(document, r);
}
