/* One error: the first failure wins.
 *
 * Fallible functions return bool, take a struct err *, and on false have set it. `code` is stable and for
 * programs, `msgid` is an English sentence that is safe to show (and is translated where it is shown; one
 * `%{arg}` in it is replaced by arg), `detail` is private and only ever logged; it must hold no personal
 * data. Kinds map to HTTP in one place (core/http). */
#ifndef TB_ERR_H
#define TB_ERR_H

#include "core/base/str.h"

enum err_kind { ERR_NONE, ERR_INVALID, ERR_DENIED, ERR_MISSING, ERR_CONFLICT, ERR_BUSY, ERR_FAULT };

enum { ERR_FIELDS_MAX = 32, ERR_TEXT_MAX = 96, ERR_DETAIL_MAX = 240 };

struct err_field {
    char field[ERR_TEXT_MAX];
    const char *msgid;
    char arg[ERR_TEXT_MAX];
};

struct err {
    enum err_kind kind;
    const char *code;  /* static: "not_found", "case.closed" … */
    const char *msgid; /* static */
    char arg[ERR_TEXT_MAX];
    char detail[ERR_DETAIL_MAX];
    const char *file;
    int line;
    int retry_s; /* of BUSY: seconds until it is worth asking again; 0: soon */
    size_t field_count;
    struct err_field fields[ERR_FIELDS_MAX];
};

#define NODISCARD __attribute__((warn_unused_result))

/* Each returns false, so that one writes `return err_missing(e, "case.missing", "…");` */
bool err_set_(struct err *e, enum err_kind kind, const char *code, const char *msgid, const char *file,
              int line);
#define err_set(e, kind, code, msgid) err_set_((e), (kind), (code), (msgid), __FILE__, __LINE__)
#define err_invalid(e, code, msgid)   err_set((e), ERR_INVALID, (code), (msgid))
#define err_denied(e, code, msgid)    err_set((e), ERR_DENIED, (code), (msgid))
#define err_missing(e, code, msgid)   err_set((e), ERR_MISSING, (code), (msgid))
#define err_conflict(e, code, msgid)  err_set((e), ERR_CONFLICT, (code), (msgid))
#define err_busy(e, code, msgid)      err_set((e), ERR_BUSY, (code), (msgid))
/* A fault shows one general sentence; what went wrong goes to the log. */
bool err_fault_(struct err *e, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#define err_fault(e, ...) err_fault_((e), __FILE__, __LINE__, __VA_ARGS__)

/* The argument of the sentence set last. Cut at a code point where it is too long. */
void err_arg(struct err *e, struct str arg);
/* Adds what is wrong with one input field; the whole becomes INVALID "input". Returns false. */
bool err_at(struct err *e, struct str field, const char *msgid, struct str arg);
void err_clear(struct err *e);

#endif
