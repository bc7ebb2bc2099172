/* A provider behind SMTP: plain text in UTF-8, one mail a text. */
#include "core/base/time.h"
#include "core/http/libcurl.h"
#include "modules/notices/notices_internal.h"

#include <time.h>

enum { CONNECT_SECONDS = 5, SEND_SECONDS = 20, WORD_BYTES = 39 };

/* RFC 2047: encoded words of at most 75 characters, each of whole characters. */
static struct str encoded_words(struct arena *a, struct str text)
{
    struct buf out = buf_new(a, text.len * 2 + 64);
    for (size_t from = 0; from < text.len;) {
        size_t to = from, next = from;
        while (next < text.len) {
            utf8_next(text, &next);
            if (next - from > WORD_BYTES) break;
            to = next;
        }
        struct str word = str_base64url(a, text.ptr + from, to - from);
        buf_add(&out, from ? STR(" =?UTF-8?B?") : STR("=?UTF-8?B?"));
        for (size_t i = 0; i < word.len; i++)
            buf_add_char(&out, word.ptr[i] == '-' ? '+' : word.ptr[i] == '_' ? '/' : word.ptr[i]);
        for (size_t i = word.len; i % 4; i++)
            buf_add_char(&out, '=');
        buf_add(&out, STR("?="));
        from = to;
    }
    return buf_str(&out);
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = libcurl->slist_append(*list, line);
    if (longer) *list = longer;
    return longer != NULL;
}

static bool add_headers(struct curl_slist **list, struct arena *a, const struct notice_provider *p,
                        const struct notice_parcel *parcel)
{
    const char *at = strchr(p->from, '@');
    char date[64];
    struct tm tm;
    time_t now = time(NULL);
    gmtime_r(&now, &tm);
    strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S +0000", &tm);
    return add_header(list, date) && add_header(list, str_z(a, str_fmt(a, "From: <%s>", p->from))) &&
           add_header(list, str_z(a, str_fmt(a, "To: <%.*s>", STR_ARG(parcel->to)))) &&
           add_header(list,
                      str_z(a, str_fmt(a, "Subject: %.*s", STR_ARG(encoded_words(a, parcel->title))))) &&
           add_header(list, str_z(a, str_fmt(a, "Message-ID: <%lld.tongban%s>", (long long)parcel->key,
                                             at ? at : "@localhost"))) &&
           add_header(list, "Auto-Submitted: auto-generated");
}

static bool add_text(curl_mime *mime, struct str text)
{
    curl_mimepart *part = mime ? libcurl->mime_addpart(mime) : NULL;
    return part && libcurl->mime_data(part, text.ptr, text.len) == CURLE_OK &&
           libcurl->mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
           libcurl->mime_encoder(part, "base64") == CURLE_OK;
}

static void set_options(CURL *curl, const struct notice_provider *p)
{
    bool here = notice_address_is_local(p->address);
    libcurl->easy_setopt(curl, CURLOPT_URL, p->address);
    libcurl->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    libcurl->easy_setopt(curl, CURLOPT_USE_SSL, (long)(here ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    libcurl->easy_setopt(curl, CURLOPT_MAIL_FROM, p->from);
    if (p->user) {
        libcurl->easy_setopt(curl, CURLOPT_USERNAME, p->user);
        libcurl->easy_setopt(curl, CURLOPT_PASSWORD, p->password);
    }
    libcurl->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    libcurl->easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_SECONDS);
    libcurl->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

static bool send_smtp(const struct notice_provider *p, struct arena *a, const struct notice_parcel *parcel,
                      struct err *e)
{
    if (!libcurl_load(e)) return false;
    CURL *curl = libcurl->easy_init();
    if (!curl) return err_fault(e, "not enough memory to send a mail");
    struct curl_slist *headers = NULL, *to = NULL;
    curl_mime *mime = libcurl->mime_init(curl);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (add_headers(&headers, a, p, parcel) && add_header(&to, str_z(a, parcel->to)) &&
        add_text(mime, parcel->text)) {
        set_options(curl, p);
        libcurl->easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        libcurl->easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
        libcurl->easy_setopt(curl, CURLOPT_MIMEPOST, mime);
        code = libcurl->easy_perform(curl);
    }
    libcurl->easy_cleanup(curl);
    libcurl->mime_free(mime);
    libcurl->slist_free_all(headers);
    libcurl->slist_free_all(to);
    return code == CURLE_OK ||
           err_fault(e, "the mail service did not take it: %s", libcurl->easy_strerror(code));
}

struct notice_provider notice_provider_smtp(const char *address, const char *from, const char *user,
                                            const char *password)
{
    return (struct notice_provider){.name = "smtp",
                                    .send = send_smtp,
                                    .address = address,
                                    .from = from,
                                    .user = user,
                                    .password = password};
}

/* ---- addresses ---- */

static bool all_of(struct str s, const char *others)
{
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
              (ch && strchr(others, ch))))
            return false;
    }
    return s.len > 0;
}

static bool is_domain(struct str s)
{
    struct str label;
    size_t labels = 0;
    if (s.len > 253 || str_ends(s, STR("."))) return false;
    while (s.len) {
        s = str_cut(s, '.', &label);
        if (label.len > 63 || !all_of(label, "-") || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
            return false;
        labels++;
    }
    return labels > 1;
}

bool notice_check_mail(struct arena *a, struct str in, struct str *out, const char **why)
{
    size_t at = str_find_char(in, '@');
    *why = "An address such as name@example.cn is needed.";
    if (at == SIZE_MAX || at > 64 || in.len > 254) return false;
    struct str local = str_slice(in, 0, at), domain = str_slice(in, at + 1, in.len);
    if (!all_of(local, ".!#$%&'*+/=?^_`{|}~-") || local.ptr[0] == '.' || local.ptr[local.len - 1] == '.' ||
        str_find(local, STR("..")) != SIZE_MAX || !is_domain(domain))
        return false;
    *out = str_cat(a, str_slice(in, 0, at + 1), str_lower(a, domain));
    return true;
}
