/* Private to the module: the objects of a PDF, as far as they are needed to lay a mark over its pages.
 *
 * The file is read once from front to back, streams passed over, object streams inflated; of an object that
 * is there twice the later one counts, as updates are appended. What cross-reference tables say is not asked.
 * Texts borrow from the file or from what was inflated, which belongs to the document. All work is bounded by
 * the document's budgets: what goes beyond is as if it was broken. ISO 32000-1, 7.2, 7.3, 7.5. */
#ifndef TB_PDF_INTERNAL_H
#define TB_PDF_INTERNAL_H

#include "core/blob/blob.h"

enum { PDF_OBJECTS_MAX = 1 << 19 };

/* Where an object's value begins, and how far it reaches at most. */
struct pdf_object {
    const char *at; /* NULL: there is none */
    uint32_t reach;
    uint16_t generation;
};

struct pdf_inflated {
    struct pdf_inflated *next;
    char bytes[];
};

struct pdf {
    struct str file;
    struct pdf_object *objects; /* by number */
    size_t count;               /* one more than the highest number there may be */
    struct pdf_inflated *inflated;
    size_t work, to_inflate; /* bytes that may still be looked at, inflated */
    struct str trailer;      /* the dictionary that counts, "" where there is none with a /Root */
    size_t section;          /* where the last cross-reference section begins */
    bool sound;              /* it does begin there */
    bool table;              /* it is a table, not a stream */
    bool locked;             /* some part of it is encrypted */
};

/* false: not enough memory. What is read may be very little. */
bool pdf_read(struct pdf *p, struct str file) NODISCARD;
void pdf_drop(struct pdf *p);

/* ---- values ---- */
/* The text of the value at *pos, behind which *pos is set; a reference "7 0 R" is one value. false: none. */
bool pdf_value(struct pdf *p, struct str text, size_t *pos, struct str *value);
/* Of a dictionary's text; "" where it has no such key. */
struct str pdf_get(struct pdf *p, struct str dictionary, const char *key);
bool pdf_is_name(struct str value, const char *name);
bool pdf_reference(struct str value, int64_t *number);
bool pdf_integer(struct str value, int64_t *out);
/* What the reference leads to; other values as they are; "" for what is not there. */
struct str pdf_resolve(struct pdf *p, struct str value);
struct str pdf_text(struct pdf *p, int64_t number);

#endif
