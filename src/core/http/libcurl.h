/* The functions of libcurl that are used here, loaded with the first question to another server
 * (core/base/late.h). Nothing of `libcurl` may be called before libcurl_load succeeded. */
#ifndef TB_LIBCURL_H
#define TB_LIBCURL_H

#include "core/base/err.h"

#include <curl/curl.h>

struct libcurl {
    typeof(curl_easy_cleanup) *easy_cleanup;
    typeof(curl_easy_getinfo) *easy_getinfo;
    typeof(curl_easy_header) *easy_header;
    typeof(curl_easy_init) *easy_init;
    typeof(curl_easy_perform) *easy_perform;
    typeof(curl_easy_reset) *easy_reset;
    typeof(curl_easy_setopt) *easy_setopt;
    typeof(curl_easy_strerror) *easy_strerror;
    typeof(curl_global_init) *global_init;
    typeof(curl_mime_addpart) *mime_addpart;
    typeof(curl_mime_data) *mime_data;
    typeof(curl_mime_encoder) *mime_encoder;
    typeof(curl_mime_free) *mime_free;
    typeof(curl_mime_init) *mime_init;
    typeof(curl_mime_type) *mime_type;
    typeof(curl_slist_append) *slist_append;
    typeof(curl_slist_free_all) *slist_free_all;
};

extern const struct libcurl *const libcurl;

bool libcurl_load(struct err *e) NODISCARD;

#endif
