/* Registers of departments that this installation can ask (人口库, 法人库, 公积金 …): what the state knows need not be asked again.
 *
 * Later capabilities replace the table behind this header by calls to other departments; the header stays. A record belongs to one subject number, found by
 * blind index, its data sealed. Nobody below assurance level 2 gets prior data. */
#ifndef TB_REGISTRY_H
#define TB_REGISTRY_H

#include "core/http/route.h"

extern const struct module registry_module;

/* {id, name, en, department, fields[]} or NULL; from data/demo/registry.json as imported. "person" is an alias of "population". */
const struct json *registry_resource(struct ctx *c, struct str resource);
/* The record of `code` in the resource (the first that has the members of `where`, may be NULL); *record = NULL when there is none. */
bool registry_record(struct ctx *c, struct str resource, struct str code, const struct json *where, const struct json **record) NODISCARD;
/* Does the population base know this person by exactly this name and number? */
bool registry_matches_population(struct ctx *c, struct str name, struct str id_number, bool *matches) NODISCARD;
/* For each property of a form schema with x-source (and x-max): {"prop":{"value","source","source_en","max"}}. `subject` is the applicant (people.h);
 * `account` sources come from the subject itself. Empty below level 2 except for the account's own declarations. */
struct json *registry_prefill(struct ctx *c, const struct json *schema, int64_t subject);
bool registry_import(struct ctx *c, const struct json *file, struct json *report) NODISCARD;
/* Adds or replaces one record (for effects of decisions, and demo). */
bool registry_put(struct ctx *c, struct str resource, struct str code, const struct json *record) NODISCARD;

#endif
