/* Cases of a suite of proofs. */
#include "core/json/json.h"
#include "engines/merkle/merkle.h"

static bool no_case(struct err *e)
{
    return err_invalid(e, "merkle.case", "This is no case of an inclusion or consistency proof.");
}

/* *whole is false for what is no digest: a proof with such a part verifies nothing. */
static bool take_node(struct arena *a, const struct json *text, struct merkle_node *out, bool *whole,
                      struct err *e)
{
    struct str bytes;
    if (!json_is(text, JSON_STRING) || !str_unbase64(a, json_text(text), &bytes)) return no_case(e);
    if (bytes.len == MERKLE_SIZE)
        memcpy(out->bytes, bytes.ptr, MERKLE_SIZE);
    else
        *whole = false;
    return true;
}

static bool take_number(const struct json *value, uint64_t *out, struct err *e)
{
    return (json_is(value, JSON_NUMBER) && str_to_u64(value->text, out)) || no_case(e);
}

bool merkle_case(struct arena *a, struct str text, bool *agrees, struct err *e)
{
    const struct json *j = json_parse(a, text, JSON_STRICT, e);
    if (!j) return false;
    const struct json *proof = json_get(j, "proof"), *wrong = json_get(j, "wantErr");
    bool inclusion = json_get(j, "leafIdx") != NULL, whole = true, holds = false;
    uint64_t first, second;
    struct merkle_node one = {0}, two = {0};
    if (!json_is(wrong, JSON_BOOL) || !(json_is(proof, JSON_ARRAY) || json_is(proof, JSON_NULL)))
        return no_case(e);
    struct merkle_node *nodes = ARENA_ARRAY(a, proof->count + 1, struct merkle_node);
    size_t count = 0;
    JSON_EACH(part, proof)
    {
        if (!take_node(a, part, &nodes[count++], &whole, e)) return false;
    }
    if (!take_number(json_get(j, inclusion ? "leafIdx" : "size1"), &first, e) ||
        !take_number(json_get(j, inclusion ? "treeSize" : "size2"), &second, e) ||
        !take_node(a, json_get(j, inclusion ? "leafHash" : "root1"), &one, &whole, e) ||
        !take_node(a, json_get(j, inclusion ? "root" : "root2"), &two, &whole, e))
        return false;
    /* Two equal sizes compare roots, whatever these are made of. */
    if (!whole && !inclusion && first && first == second && !count)
        holds = str_eq(json_text_of(j, "root1"), json_text_of(j, "root2"));
    else if (whole)
        holds = inclusion ? merkle_verify_inclusion(MERKLE_SHA256, first, second, &one, nodes, count, &two)
                          : merkle_verify_consistency(MERKLE_SHA256, first, second, &one, &two, nodes, count);
    *agrees = holds != json_true(wrong);
    return true;
}
