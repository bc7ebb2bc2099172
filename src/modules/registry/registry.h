/* Registers of departments that this installation can ask (人口库, 法人库, 公积金 …): what the state knows
 * need not be asked again.
 *
 * Later capabilities replace the table behind this header by calls to other departments; the header stays. A
 * record belongs to one subject number, found by blind index, its data sealed. Nobody below assurance level 2
 * gets prior data. */
#ifndef TB_REGISTRY_H
#define TB_REGISTRY_H

#include "core/http/route.h"

extern const struct module registry_module;

/* {id, name, en, department, fields[]} or NULL; from data/demo/registry.json as imported. "person" is an
 * alias of "population". */
const struct json *registry_resource(struct ctx *c, struct str resource);
/* The record of `code` in the resource (the first that has the members of `where`, may be NULL); *record =
 * NULL when there is none. */
bool registry_record(struct ctx *c, struct str resource, struct str code, const struct json *where,
                     const struct json **record) NODISCARD;
/* All of them, the oldest first; an empty list when there is none. */
bool registry_records(struct ctx *c, struct str resource, struct str code, const struct json *where,
                      const struct json **list) NODISCARD;
/* No more of them than the oldest `most` are read, from the database and unsealed; those that this request
 * read before may be more. */
bool registry_oldest(struct ctx *c, struct str resource, struct str code, int64_t most,
                     const struct json **list) NODISCARD;
/* How many records of one number an answer of that resource has at most: its member "limit", 1 to 50; 1
 * where it says nothing, though it may keep several (`many`). */
enum { REGISTRY_LIMIT = 50 };
int registry_limit(const struct json *resource);
/* All records of a resource in parts, by id: those behind *after, at most `limit`; *after moves on. For
 * passes over everybody; whoever shows one of them records that. */
bool registry_scan(struct ctx *c, struct str resource, int64_t *after, int limit,
                   struct json **list) NODISCARD;
/* Ids of the first and last record of a resource; both 0 where there is none. */
bool registry_range(struct ctx *c, struct str resource, int64_t *first, int64_t *last) NODISCARD;
/* Has the resource at most `limit` records? Counts no further than that. */
bool registry_at_most(struct ctx *c, struct str resource, int64_t limit, bool *holds) NODISCARD;
/* Does the population base know this person by exactly this name and number? */
bool registry_matches_population(struct ctx *c, struct str name, struct str id_number,
                                 bool *matches) NODISCARD;
/* The organisations whose record in "org" names this person (公民身份号码) as legal representative: an array
 * of records of "org". */
bool registry_represented(struct ctx *c, struct str id_number, struct json **list) NODISCARD;
/* For each property of a form schema with x-source (and x-max):
 * {"prop":{"value","source","source_en","max"}}. `subject` is the applicant (people.h); `account` sources
 * come from the person who acts (or from the applicant, where an officer acts for a person). Empty below
 * level 2 except for the account's own declarations. NULL with err when the applicant cannot be read. */
struct json *registry_prefill(struct ctx *c, const struct json *schema, int64_t subject);

/* Who an applicant is, given by the module that keeps subjects (which needs this one, and not the other way
 * round). */
struct registry_applicant {
    struct str code, name, mobile; /* of the applicant: 公民身份号码 or 统一社会信用代码 */
    struct str person_name, person_code, person_mobile; /* of the person who acts; "" when unknown */
    int level; /* what may be shown: the lower of the subject's and the session's */
};
typedef bool registry_who(struct ctx *c, int64_t subject, struct registry_applicant *out);
/* false with err when the applicant cannot be read. */
bool registry_applicant(struct ctx *c, int64_t subject, struct registry_applicant *out) NODISCARD;
/* Set once, at start. */
void registry_set_who(struct server *s, registry_who *who);

/* {resources: […], records: {resource: […]}}; what is already there stays. Report: read, new, refused,
 * refusals [{line, reason}]. */
bool registry_import(struct ctx *c, const struct json *file, struct json *report) NODISCARD;
/* Adds one record, or replaces the one of that code where the resource keeps one a code (for effects of
 * decisions, and demo). MISSING "registry.resource". */
bool registry_put(struct ctx *c, struct str resource, struct str code, const struct json *record) NODISCARD;

#endif
