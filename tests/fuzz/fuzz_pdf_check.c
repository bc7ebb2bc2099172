/* Whatever is handed in as a PDF: the check answers, and never lets a script through that stands in the open.
 */
#include "core/blob/blob.h"

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
    return 0;
}
