/* Whatever is handed in as a PDF: the check answers, and never lets a script through that stands in the open;
 * a mark is laid over its pages behind the bytes as they are, or that is refused. */
#include "core/base/arena.h"
#include "core/blob/blob.h"

enum { ROOM = 64 << 20 };

static void stamp(struct str content)
{
    static const uint8_t alpha[16] = {255, 0, 255};
    const struct image_mask mask = {.w = 4, .h = 4, .alpha = alpha};
    struct arena *a = arena_new(ROOM);
    struct str out, again;
    struct err e = {0};
    if (!a) return;
    if (!pdf_stamp(a, content, &mask, STR("reader"), &out, &e)) {
        if (e.kind != ERR_INVALID) abort();
    } else if (!str_starts(out, content) || !pdf_stamp(a, out, &mask, STR("reader"), &again, &e)) {
        abort();
    }
    arena_drop(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str content = str_n(data, size);
    struct err e = {0};
    if (pdf_acceptable(content, &e)) {
        if (str_find(content, STR("/JavaScript ")) != SIZE_MAX || !str_starts(content, STR("%PDF-"))) abort();
    } else if (e.kind != ERR_INVALID) {
        abort();
    }
    stamp(content);
    return 0;
}
