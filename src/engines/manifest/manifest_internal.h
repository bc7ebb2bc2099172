/* Between the files of this engine: digests as every version of the format makes them, and the rule of the
 * second version, in which each element of the document has a digest under the signature. Results live in the
 * arena given. */
#ifndef TB_MANIFEST_INTERNAL_H
#define TB_MANIFEST_INTERNAL_H

#include "engines/manifest/manifest.h"

struct str manifest_digest_hex(struct arena *a, struct str data);
struct str manifest_canonical(struct arena *a, const struct json *value);
/* A field of the face without value and salt: what stays of one that is withheld. */
struct json *manifest_field_bare(struct arena *a, const struct json *field);

/* Notes what is wrong with an entry; what is beyond MANIFEST_FAULTS_MAX is not counted. */
void manifest_fault_add(struct manifest_report *r, enum manifest_harm harm, struct str name, struct str title,
                        bool metadata);

/* ---- manifest_digests.c ---- */
/* Sets "digests" over all that the document has by now. */
void manifest_digests_set(struct arena *a, struct json *document);
/* Metadata and the field list against "digests": what was changed, is missing or was added is noted. */
void manifest_digests_check(struct arena *a, const struct json *document, struct manifest_report *r);
/* One field of the face against its entry there; *harm is ENTRY_ADDED for one that has none, or the second of
 * a name. */
bool manifest_digests_fit(struct arena *a, const struct json *document, const struct json *field,
                          enum manifest_harm *harm);

/* ---- manifest_find.c ---- */
/* The manifest of a PDF that has no mark any more, in the open or deflated (not under another filter or a
 * password): nothing is known of its page. Looks at 10,000 streams and 32 MiB at most. */
bool manifest_find(struct arena *a, struct str pdf, struct str *json);

#endif
