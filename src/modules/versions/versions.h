/* Texts under version with a second pair of eyes: what forms, processes and decision models have in common.
 *
 * A text is written as a draft, sent to review, and published by somebody who did not write on it; then it
 * never changes. Who goes back to an earlier version publishes its text again, as a new one, from today. Each
 * kind keeps its own tables KIND_model (id, code) and KIND_version, which this module reads and writes by
 * their names; what a sound text is, and what follows from publishing one, is the kind's own. Ownership: rows
 * live in the request's arena. Invariants: a version that was published is not written to again; a draft
 * remembers every hand (core/auth/authors.h). Units: instants in ms UTC, days as core/base/time.h counts
 * them. Errors: the codes of the kind. It has no routes and no state. */
#ifndef TB_VERSIONS_H
#define TB_VERSIONS_H

#include "core/http/route.h"

extern const struct module versions_module;

struct versions_kind {
    const char *name;    /* "form": of its tables, of the acts on record ("form.draft"), of the object */
    const char *module;  /* whose snapshots hold what is published */
    const char *key;     /* column of the version's table that names the model */
    const char *text;    /* column */
    const char *missing; /* sentence */
    struct {
        const char *missing, *under_review, *no_draft, *no_review, *four_eyes, *open;
    } codes;
};

/* Of kinds whose versions have these columns and no others: id (the key), version, status, name, name_en,
 * valid_from, text, note, authors, made_by, made_at, reviewed_by, published_at. */
struct versions_row {
    int64_t id;
    int version;
    struct str code, status, name, en, text, note, authors;
    int32_t from;
    int64_t made_by, made_at, reviewed_by, published_at;
};

/* ---- stored (versions_store.c) ---- */
bool versions_by_code(struct ctx *c, const struct versions_kind *k, struct str code,
                      int64_t *id) NODISCARD; /* 0: none */
bool versions_add_model(struct ctx *c, const struct versions_kind *k,
                        const struct versions_row *row) NODISCARD;
bool versions_add(struct ctx *c, const struct versions_kind *k, const struct versions_row *row) NODISCARD;
bool versions_renew(struct ctx *c, const struct versions_kind *k, const struct versions_row *row) NODISCARD;
bool versions_set_status(struct ctx *c, const struct versions_kind *k, int64_t id, int version,
                         const char *status) NODISCARD;
bool versions_set_note(struct ctx *c, const struct versions_kind *k, int64_t id, int version,
                       struct str note) NODISCARD;
bool versions_set_published(struct ctx *c, const struct versions_kind *k,
                            const struct versions_row *row) NODISCARD;
/* Newest first. */
bool versions_of(struct ctx *c, const struct versions_kind *k, int64_t id, struct versions_row **rows,
                 size_t *count) NODISCARD;
/* By code, then newest effect first. */
bool versions_published(struct ctx *c, const struct versions_kind *k, struct versions_row **rows,
                        size_t *count) NODISCARD;
/* The last version of each. */
bool versions_last(struct ctx *c, const struct versions_kind *k, struct versions_row **rows,
                   size_t *count) NODISCARD;

/* ---- drafts and the second pair of eyes (versions.c) ---- */
/* Puts the act KIND.act on record. */
bool versions_note(struct ctx *c, const struct versions_kind *k, const char *act, int64_t id,
                   int version) NODISCARD;
/* The draft, or where there is none the version published last. */
bool versions_draft(struct ctx *c, const struct versions_kind *k, int64_t id, struct versions_row *row,
                    bool *open) NODISCARD;
bool versions_is_author(const struct ctx *c, const struct versions_row *row);
/* Into the open draft, or as a new version that begins one. CONFLICT while it is under review. */
bool versions_save(struct ctx *c, const struct versions_kind *k, struct versions_row *row,
                   bool open) NODISCARD;
/* CONFLICT where there is none. */
bool versions_must_be_draft(struct ctx *c, const struct versions_kind *k,
                            const struct versions_row *row) NODISCARD;
/* Is it under review, and is the actor somebody else than who wrote on it? */
bool versions_reviews(struct ctx *c, const struct versions_kind *k, struct str status, int64_t made_by,
                      struct str authors) NODISCARD;
/* The draft under review, for somebody else. */
bool versions_under_review(struct ctx *c, const struct versions_kind *k, int64_t id,
                           struct versions_row *row) NODISCARD;
bool versions_publish(struct ctx *c, const struct versions_kind *k, const struct versions_row *row) NODISCARD;
bool versions_return(struct ctx *c, const struct versions_kind *k, int64_t id, struct str why) NODISCARD;
/* An earlier version as a new one from today: to be looked at, then kept by versions_go_back. CONFLICT while
 * a draft is open. */
bool versions_earlier(struct ctx *c, const struct versions_kind *k, int64_t id, int version,
                      struct versions_row *row) NODISCARD;
bool versions_go_back(struct ctx *c, const struct versions_kind *k, const struct versions_row *row) NODISCARD;
/* Names the state of a draft, so that nobody saves over what another has changed. */
struct str versions_revision(const struct ctx *c, const struct versions_row *row, bool open);

#endif
