#include "modules/nodes/nodes_directory.h"

#include <stdlib.h>
#include <string.h>

static bool no_directory(struct err *e)
{
    return err_invalid(e, "nodes.directory", "This is no directory of members.");
}

bool node_code_ok(struct str code)
{
    if (!code.len || code.len > NODE_CODE_MAX) return false;
    for (size_t i = 0; i < code.len; i++) {
        char ch = code.ptr[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!letter && !strchr("-._", ch)) return false;
    }
    return true;
}

static bool url_ok(struct str url)
{
    return url.len <= URL_MAX && (str_starts(url, STR("http://")) || str_starts(url, STR("https://"))) &&
           !str_ends(url, STR("/"));
}

static int by_code(const void *a, const void *b)
{
    return str_cmp(((const struct dir_node *)a)->code, ((const struct dir_node *)b)->code);
}

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct dir_subsystem *)a)->id, ((const struct dir_subsystem *)b)->id);
}

const struct dir_node *directory_node(const struct directory *d, struct str code)
{
    const struct dir_node key = {.code = code};
    return d ? bsearch(&key, d->nodes, d->node_count, sizeof key, by_code) : NULL;
}

const struct dir_subsystem *directory_subsystem(const struct directory *d, struct str id)
{
    const struct dir_subsystem key = {.id = id};
    return d ? bsearch(&key, d->subsystems, d->subsystem_count, sizeof key, by_id) : NULL;
}

static bool read_node(struct arena *a, const struct json *o, struct dir_node *out, struct err *e)
{
    *out = (struct dir_node){.code = json_text_of(o, "code"),
                             .url = json_text_of(o, "url"),
                             .log_key = json_text_of(o, "log_key"),
                             .witness_key = json_text_of(o, "witness_key"),
                             .cert = cert_from_pem(a, json_text_of(o, "certificate"), e)};
    return out->cert && (node_code_ok(out->code) && url_ok(out->url) ? true : no_directory(e));
}

/* Counts and checks before anything is built, so that arrays have their size. */
static bool members_sound(const struct json *members, size_t *subsystems)
{
    *subsystems = 0;
    JSON_EACH(m, members)
    {
        if (!node_code_ok(json_text_of(m, "class")) || !node_code_ok(json_text_of(m, "code"))) return false;
        JSON_EACH(s, json_get(m, "subsystems"))
        {
            if (!node_code_ok(json_text_of(s, "code"))) return false;
            ++*subsystems;
        }
    }
    return json_is(members, JSON_ARRAY);
}

static bool read_members(struct directory *d, const struct json *members, struct err *e)
{
    JSON_EACH(m, members)
    {
        const struct dir_node *node = directory_node(d, json_text_of(m, "node"));
        struct str class = json_text_of(m, "class"), code = json_text_of(m, "code"),
                   id = str_fmt(d->arena, "%.*s/%.*s/%.*s", STR_ARG(d->instance), STR_ARG(class),
                                STR_ARG(code));
        if (!node) return no_directory(e);
        JSON_EACH(s, json_get(m, "subsystems"))
        {
            d->subsystems[d->subsystem_count++] = (struct dir_subsystem){
                .id = str_fmt(d->arena, "%.*s/%.*s", STR_ARG(id), STR_ARG(json_text_of(s, "code"))),
                .name = json_text_of(s, "name"),
                .member = id,
                .member_name = json_text_of(m, "name"),
                .node = node,
                .services = json_get(s, "services")};
        }
    }
    return true;
}

bool directory_read(struct arena *a, struct str text, struct directory *out, struct err *e)
{
    const struct json *doc = json_parse(a, text, JSON_STRICT, e), *nodes = json_get(doc, "nodes"),
                      *members = json_get(doc, "members");
    size_t subsystems;
    if (!doc) return false;
    *out = (struct directory){.arena = a,
                              .instance = json_text_of(doc, "instance"),
                              .number = json_i64_of(doc, "number", 0),
                              .issued = json_i64_of(doc, "issued", 0),
                              .expires = json_i64_of(doc, "expires", 0)};
    if (!node_code_ok(out->instance) || out->number < 1 || out->expires <= out->issued ||
        !json_is(nodes, JSON_ARRAY) || !members_sound(members, &subsystems))
        return no_directory(e);
    out->nodes = ARENA_ARRAY(a, nodes->count + 1, struct dir_node);
    out->subsystems = ARENA_ARRAY(a, subsystems + 1, struct dir_subsystem);
    JSON_EACH(n, nodes)
    {
        if (!read_node(a, n, &out->nodes[out->node_count++], e)) return false;
    }
    qsort(out->nodes, out->node_count, sizeof *out->nodes, by_code);
    if (!read_members(out, members, e)) return false;
    qsort(out->subsystems, out->subsystem_count, sizeof *out->subsystems, by_id);
    for (size_t i = 1; i < out->subsystem_count; i++)
        if (str_eq(out->subsystems[i - 1].id, out->subsystems[i].id)) return no_directory(e);
    for (size_t i = 1; i < out->node_count; i++)
        if (str_eq(out->nodes[i - 1].code, out->nodes[i].code)) return no_directory(e);
    return true;
}

/* ---- what comes before a directory ---- */

static bool self_signed(struct arena *a, const char *kind, const struct envelope *v, const struct cert *cert,
                        struct err *e)
{
    return envelope_signed(a, kind, v, cert_public(cert)) ||
           err_denied(e, "nodes.signature", "This file is not signed by the key it names.");
}

bool enrolment_read(struct arena *a, struct str bytes, struct enrolment *out, struct err *e)
{
    struct envelope v;
    size_t subsystems;
    if (!envelope_open(a, bytes, &v, e)) return false;
    out->doc = json_parse(a, v.text, JSON_STRICT, e);
    if (!out->doc) return false;
    if (!json_text_of(out->doc, "certificate").len ||
        !members_sound(json_get(out->doc, "members"), &subsystems))
        return err_invalid(e, "nodes.enrolment", "This file does not ask for a node to be enrolled.");
    out->certificate = json_text_of(out->doc, "certificate");
    return read_node(a, out->doc, &out->node, e) && self_signed(a, "enrolment", &v, out->node.cert, e);
}

bool anchor_read(struct arena *a, struct str bytes, struct anchor *out, struct err *e)
{
    struct envelope v;
    if (!envelope_open(a, bytes, &v, e)) return false;
    const struct json *doc = json_parse(a, v.text, JSON_STRICT, e);
    if (!doc) return false;
    *out = (struct anchor){.instance = json_text_of(doc, "instance"),
                           .url = json_text_of(doc, "url"),
                           .certificate = json_text_of(doc, "certificate"),
                           .cert = cert_from_pem(a, json_text_of(doc, "certificate"), e)};
    if (!out->cert) return false;
    if (!node_code_ok(out->instance) || !url_ok(out->url))
        return err_invalid(e, "nodes.anchor", "This file does not tell of a hub.");
    return self_signed(a, "anchor", &v, out->cert, e);
}
