#include "core/base/err.h"

#include <stdarg.h>

/* Copies with an end mark, cutting at a code point. */
static void copy_text(char *to, size_t size, struct str from)
{
    size_t n = from.len < size - 1 ? from.len : size - 1;
    while (n < from.len && n > 0 && ((unsigned char)from.ptr[n] & 0xC0) == 0x80)
        n--;
    if (n) memcpy(to, from.ptr, n);
    to[n] = '\0';
}

bool err_set_(struct err *e, enum err_kind kind, const char *code, const char *msgid, const char *file,
              int line)
{
    if (e->kind != ERR_NONE) return false;
    e->kind = kind;
    e->code = code;
    e->msgid = msgid;
    e->file = file;
    e->line = line;
    return false;
}

bool err_fault_(struct err *e, const char *file, int line, const char *format, ...)
{
    if (e->kind != ERR_NONE) return false;
    err_set_(e, ERR_FAULT, "fault", "Something went wrong on our side. Nothing was lost; please try again.",
             file, line);
    va_list args;
    va_start(args, format);
    vsnprintf(e->detail, sizeof e->detail, format, args);
    va_end(args);
    return false;
}

void err_arg(struct err *e, struct str arg)
{
    copy_text(e->arg, sizeof e->arg, arg);
}

bool err_at(struct err *e, struct str field, const char *msgid, struct str arg)
{
    err_set(e, ERR_INVALID, "input", "Please check what you entered.");
    if (e->kind != ERR_INVALID || e->field_count == ERR_FIELDS_MAX) return false;
    struct err_field *f = &e->fields[e->field_count++];
    copy_text(f->field, sizeof f->field, field);
    f->msgid = msgid;
    copy_text(f->arg, sizeof f->arg, arg);
    return false;
}

void err_clear(struct err *e)
{
    e->kind = ERR_NONE;
    e->code = e->msgid = e->file = NULL;
    e->line = e->retry_s = 0;
    e->arg[0] = e->detail[0] = '\0';
    e->field_count = 0;
}
