/* Whatever is handed in as a picture: it is refused, or becomes a picture of its kind that is accepted again.
 */
#include "core/blob/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str content = str_n(data, size), out, again;
    struct err e = {0};
    struct arena *a = arena_new(64 << 20);
    enum file_kind kind = file_sniff(content);
    /* Large pictures cost time and show nothing new; the limit itself is a unit test's. */
    bool large = kind == FILE_PNG && size > 24 &&
                 (data[16] || data[17] || data[20] || data[21] || data[18] > 8 || data[22] > 8);
    if (a && !large && image_reencode(a, kind, content, 64, &out, &e)) {
        must(file_sniff(out) == kind);
        must(image_reencode(a, kind, out, 64, &again, &e));
    } else if (a && !large) {
        must(e.kind == ERR_INVALID || e.kind == ERR_FAULT);
    }
    arena_drop(a);
    return 0;
}
