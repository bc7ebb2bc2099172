/* The options that say who carries messages out of the house. */
#include "app/cli.h"

enum { SECRET_FILE_MAX = 4096 };

static bool wrong(struct err *e, const char *msgid, const char *arg)
{
    err_invalid(e, "cli.messages", msgid);
    err_arg(e, str_c(arg ? arg : ""));
    return false;
}

/* The next line of the file; NULL with err where it is empty or no text. */
static const char *line_of(struct arena *a, struct str *text, const char *path, struct err *e)
{
    struct str line;
    *text = str_cut(*text, '\n', &line);
    line = str_trim(line);
    if (line.len && utf8_valid(line) && !memchr(line.ptr, 0, line.len)) return str_z(a, line);
    wrong(e, "The file %{arg} does not hold what is asked for.", path);
    return NULL;
}

const char *cli_first_line(struct arena *a, const char *path, struct err *e)
{
    struct str text;
    return cli_read_file(a, path, SECRET_FILE_MAX, &text, e) ? line_of(a, &text, path, e) : NULL;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0 && text[strlen(with)];
}

static bool sms_service(struct arena *a, const struct settings *s, struct message_services *out,
                        struct err *e)
{
    const char *key = NULL;
    if (!s->sms_url) return !s->sms_key_file || wrong(e, "--sms-key-file needs --sms-url.", NULL);
    bool local = starts(s->sms_url, "http://") && notice_address_is_local(s->sms_url);
    if (!local && !starts(s->sms_url, "https://"))
        return wrong(e, "--sms-url must be https://…, or http:// to this machine.", NULL);
    if (s->sms_key_file && !(key = cli_first_line(a, s->sms_key_file, e))) return false;
    out->sms = notice_provider_http(s->sms_url, key);
    return out->has_sms = true;
}

static bool mail_service(struct arena *a, const struct settings *s, struct message_services *out,
                         struct err *e)
{
    const char *user = NULL, *password = NULL, *why;
    struct str text, from;
    if (!s->mail_url)
        return !(s->mail_from || s->mail_credentials_file) ||
               wrong(e, "--mail-from and --mail-credentials-file need --mail-url.", NULL);
    if (!starts(s->mail_url, "smtp://") && !starts(s->mail_url, "smtps://"))
        return wrong(e, "--mail-url must be smtps://… or smtp://….", NULL);
    if (!s->mail_from || !notice_check_mail(a, str_c(s->mail_from), &from, &why))
        return wrong(e, "--mail-url needs --mail-from with the address the mail comes from.", NULL);
    if (s->mail_credentials_file && (!cli_read_file(a, s->mail_credentials_file, SECRET_FILE_MAX, &text, e) ||
                                     !(user = line_of(a, &text, s->mail_credentials_file, e)) ||
                                     !(password = line_of(a, &text, s->mail_credentials_file, e))))
        return false;
    out->mail = notice_provider_smtp(s->mail_url, str_z(a, from), user, password);
    return out->has_mail = true;
}

bool cli_message_services(struct arena *a, const struct settings *s, struct message_services *out,
                          struct err *e)
{
    *out = (struct message_services){.has_sms = false};
    return sms_service(a, s, out, e) && mail_service(a, s, out, e);
}

bool cli_use_message_services(struct server *server, const struct message_services *m, struct err *e)
{
    return notices_set_provider(server, "sms", m->has_sms ? &m->sms : NULL, e) &&
           notices_set_provider(server, "mail", m->has_mail ? &m->mail : NULL, e);
}
