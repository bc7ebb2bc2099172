/* Private to the module: versions as stored, the snapshot, drafts, pages. */
#ifndef TB_PROCESSES_INTERNAL_H
#define TB_PROCESSES_INTERNAL_H

#include "core/base/shared.h"
#include "core/base/time.h"
#include "modules/processes/processes.h"

enum { XML_MAX = 1 << 20 };

struct version_row {
    int64_t process;
    int version;
    struct str code, status, name, en, xml, note, authors;
    int32_t from;
    int64_t made_by, made_at, reviewed_by, published_at;
};

struct snapshot {
    struct arena *arena;
    struct process_version *versions; /* ever published; by code, then newest effect first */
    size_t count;
};
struct processes_state {
    struct shared snapshot;
    process_mover *mover;
};
const struct snapshot *processes_snapshot(struct ctx *c);

/* What keeps a document from being published, as {text, where, line} in the language of the request; name and
 * code as the document has them. NULL: it cannot be used. */
struct process_report {
    struct json *faults;
    struct str code, name, en;
    const struct course *course;
};
bool process_check(struct ctx *c, struct str xml, struct process_report *out) NODISCARD;

/* ---- processes_edit.c ---- */
/* The draft, or where there is none the version published last. */
bool process_draft(struct ctx *c, int64_t process, struct version_row *row, bool *open) NODISCARD;
bool process_save(struct ctx *c, struct version_row *row, bool open) NODISCARD;
bool process_send_to_review(struct ctx *c, const struct version_row *row) NODISCARD;
bool process_is_author(const struct ctx *c, const struct version_row *row);
bool process_publish(struct ctx *c, int64_t process) NODISCARD;
bool process_return(struct ctx *c, int64_t process, struct str why) NODISCARD;
/* The text of an earlier version takes effect today. CONFLICT while a draft is open. */
bool process_roll_back(struct ctx *c, int64_t process, int version) NODISCARD;

/* ---- processes_draw.c ---- */
/* {width, height, nodes: [...], edges: [...]}: the picture, laid out from left to right. */
struct json *process_draw(struct ctx *c, const struct course *f);

/* ---- processes_store.c ---- */
bool processes_store_by_code(struct ctx *c, struct str code, int64_t *id) NODISCARD; /* 0: none */
bool processes_store_add_model(struct ctx *c, const struct version_row *row) NODISCARD;
bool processes_store_add(struct ctx *c, const struct version_row *row) NODISCARD;
bool processes_store_save(struct ctx *c, const struct version_row *row) NODISCARD;
bool processes_store_status(struct ctx *c, const struct version_row *row, const char *status) NODISCARD;
bool processes_store_note(struct ctx *c, const struct version_row *row, struct str note) NODISCARD;
bool processes_store_publish(struct ctx *c, const struct version_row *row) NODISCARD;
/* Newest first. */
bool processes_store_versions(struct ctx *c, int64_t process, struct version_row **rows,
                              size_t *count) NODISCARD;
bool processes_store_published(struct ctx *c, struct version_row **rows, size_t *count) NODISCARD;
/* The last version of each. */
bool processes_store_list(struct ctx *c, struct version_row **rows, size_t *count) NODISCARD;

/* ---- pages ---- */
bool processes_list_page(struct ctx *c);
bool processes_new_page(struct ctx *c);
bool processes_create(struct ctx *c);
bool processes_scope(struct ctx *c);
bool processes_page(struct ctx *c);
bool processes_upload(struct ctx *c);
bool processes_model(struct ctx *c);
bool processes_publish_now(struct ctx *c);
bool processes_return_now(struct ctx *c);
bool processes_roll_back_now(struct ctx *c);
bool processes_move_page(struct ctx *c);
bool processes_move(struct ctx *c);
extern const struct field processes_upload_fields[], processes_return_fields[], processes_back_fields[],
    processes_move_fields[], processes_page_fields[];

#endif
