#include "core/http/libcurl.h"

#include "core/base/late.h"

static struct libcurl calls;
const struct libcurl *const libcurl = &calls;

static const struct late_symbol symbols[] = {
    LATE_SYMBOL(libcurl, easy_cleanup, curl_easy_cleanup),
    LATE_SYMBOL(libcurl, easy_getinfo, curl_easy_getinfo),
    LATE_SYMBOL(libcurl, easy_header, curl_easy_header),
    LATE_SYMBOL(libcurl, easy_init, curl_easy_init),
    LATE_SYMBOL(libcurl, easy_perform, curl_easy_perform),
    LATE_SYMBOL(libcurl, easy_reset, curl_easy_reset),
    LATE_SYMBOL(libcurl, easy_setopt, curl_easy_setopt),
    LATE_SYMBOL(libcurl, easy_strerror, curl_easy_strerror),
    LATE_SYMBOL(libcurl, global_init, curl_global_init),
    LATE_SYMBOL(libcurl, mime_addpart, curl_mime_addpart),
    LATE_SYMBOL(libcurl, mime_data, curl_mime_data),
    LATE_SYMBOL(libcurl, mime_encoder, curl_mime_encoder),
    LATE_SYMBOL(libcurl, mime_free, curl_mime_free),
    LATE_SYMBOL(libcurl, mime_init, curl_mime_init),
    LATE_SYMBOL(libcurl, mime_type, curl_mime_type),
    LATE_SYMBOL(libcurl, slist_append, curl_slist_append),
    LATE_SYMBOL(libcurl, slist_free_all, curl_slist_free_all),
};

static void begin(void)
{
    (void)libcurl->global_init(CURL_GLOBAL_DEFAULT);
}

bool libcurl_load(struct err *e)
{
    static struct late library = {.library = "libcurl.so.4",
                                  .symbols = symbols,
                                  .count = sizeof symbols / sizeof symbols[0],
                                  .table = &calls,
                                  .lock = PTHREAD_MUTEX_INITIALIZER};
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (!late_load(&library, e)) return false;
    return pthread_once(&once, begin) == 0 || err_fault(e, "libcurl does not start");
}
