/* Files people hand in: encrypted, content-addressed, synced before the commit that names them.
 *
 * A blob's id is the hex SM3 of its plain content under a domain key (HMAC, so that ids reveal nothing). On
 * disk: dir/ab/cdef…, SM4-GCM in 64 KiB frames under a key from the keyring, written to a temporary name,
 * synced, renamed, directory synced. The table blob(id, size, type, created) and blob_ref rows name what is
 * in use; blob_collect removes files that no committed row names and that are older than a day. */
#ifndef TB_BLOB_H
#define TB_BLOB_H

#include "core/crypto/keyring.h"

struct blob_store;
struct blob_store *blob_open(const char *dir, struct keyring *k, struct err *e) NODISCARD;
void blob_close(struct blob_store *s);
/* Durable when it returns true. *id lives in the arena. Never on the writer thread. */
bool blob_put(struct blob_store *s, struct arena *a, struct str content, struct str *id,
              struct err *e) NODISCARD;
/* MISSING "blob.missing"; FAULT "altered". */
bool blob_get(struct blob_store *s, struct arena *a, struct str id, struct str *content,
              struct err *e) NODISCARD;
/* Is the file there? */
bool blob_exists(const struct blob_store *s, struct str id);
/* Calls in_use for each file older than min_age_ms, folder by folder (files of one folder share the first two
 * digits of their ids); removes those it denies. Returns how many were removed, or -1 with the first failure:
 * a folder or file that fails does not keep the others from being collected. */
int64_t blob_collect(struct blob_store *s, struct arena *a, int64_t now, int64_t min_age_ms,
                     bool (*in_use)(void *arg, struct str id), void *arg, struct err *e);
/* Copies all files into another directory, as they are (for backup; a store opened there copies back). Files
 * that are there already stay. */
bool blob_copy_all(struct blob_store *s, const char *to_dir, struct err *e) NODISCARD;

/* ---- rows ---- */
/* Records the file and that `owner` (a table's name) row owner_id names it. Twice is once. */
bool blob_refer(struct db_tx *tx, struct str id, int64_t size, const char *media_type, int64_t now,
                const char *owner, int64_t owner_id) NODISCARD;
/* Takes one reference back. */
bool blob_release(struct db_tx *tx, struct str id, const char *owner, int64_t owner_id) NODISCARD;
bool blob_in_use(struct db_tx *tx, struct str id, bool *used) NODISCARD;
/* The ids rows name that begin with `prefix`, ascending; memory of tx->arena. */
bool blob_used(struct db_tx *tx, struct str prefix, struct str **ids, size_t *count) NODISCARD;
/* Forgets files that no row names and that are gone from the store. */
bool blob_forget(struct blob_store *s, struct db_tx *tx) NODISCARD;
/* Counts the files that rows name, and those of them that are not in the store. */
bool blob_check(struct blob_store *s, struct db_tx *tx, int64_t *named, int64_t *missing) NODISCARD;

/* ---- what a file is, by content ---- */
enum file_kind { FILE_UNKNOWN, FILE_JPEG, FILE_PNG, FILE_PDF };
enum file_kind file_sniff(struct str content);
const char *file_media_type(enum file_kind k);
/* Decodes and encodes the picture again in its own format (nothing hidden survives: no metadata, no
 * transparency, turned upright), scaled so that no side exceeds max_side pixels (0: as it is). INVALID
 * "file.broken" for what does not decode, "file.pixels" above 40 megapixels, "file.type" for other kinds. */
bool image_reencode(struct arena *a, enum file_kind kind, struct str content, unsigned max_side,
                    struct str *out, struct err *e) NODISCARD;
/* The same picture with a mark laid over it again and again: dark where the picture is light, light where it
 * is dark. Kinds and errors as image_reencode. */
struct image_mask {
    unsigned w, h;
    const uint8_t *alpha; /* w bytes a row, from the top */
};
bool image_stamp(struct arena *a, enum file_kind kind, struct str content, const struct image_mask *mask,
                 struct str *out, struct err *e) NODISCARD;
/* PDF: accepted as it is when it begins as one, ends as one, and has no script, launch, form submission,
 * embedded file or rich medium, in the open or inside object streams: else INVALID "file.active". INVALID
 * "file.broken" without header or trailer, "file.locked" when encrypted (nobody could look inside). */
bool pdf_acceptable(struct str content, struct err *e) NODISCARD;
/* The same file with the mark on every page, as an annotation that is seen, printed and cannot be moved: an
 * incremental update behind the bytes as they are, so that signatures over them stay what they were; before
 * it a line `%tongban-reader words`. What has no pages gets the line alone. INVALID "pdf.mark" where a page
 * cannot be told from what is broken, or there are too many. Some milliseconds; not on the writer's thread.
 */
bool pdf_stamp(struct arena *a, struct str content, const struct image_mask *mask, struct str words,
               struct str *out, struct err *e) NODISCARD;

#endif
