/* Whatever is handed in as a picture: it is refused, or becomes a picture of its kind that is accepted again.
 */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool promise)
{
    if (!promise) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str content = str_n(data, size), out, again;
    struct err e = {0};
    if (costly_picture(content)) return -1;
    struct arena *a = arena_new(64 << 20);
    enum file_kind kind = file_sniff(content);
    if (a && image_reencode(a, kind, content, 64, &out, &e)) {
        must(file_sniff(out) == kind);
        must(image_reencode(a, kind, out, 64, &again, &e));
    } else if (a) {
        must(e.kind == ERR_INVALID || e.kind == ERR_FAULT);
    }
    arena_drop(a);
    return 0;
}
