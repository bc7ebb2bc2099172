/* tongban keys: the installation's keys in one sealed file, apart from the data. */
#include "app/cli.h"
#include "core/base/file.h"
#include "core/base/time.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXPORT_MAX = 64 << 20 };

static struct keyring *open_keys(struct arena *a, const struct settings *s, struct err *e)
{
    struct key_provider p = key_provider_file(cli_key_path(a, s));
    if (access(p.path, F_OK) == 0) return keyring_open(&p, e);
    err_missing(e, "cli.no_keys", "There are no keys in %{arg}.");
    err_arg(e, str_c(s->var));
    return NULL;
}

static bool is_free(const char *path, struct err *e)
{
    struct stat st;
    if (!path) return err_invalid(e, "cli.out", "Say with --out which file to write.");
    if (stat(path, &st) != 0 && errno == ENOENT) return true;
    err_conflict(e, "cli.out_exists", "There is already a file %{arg}; nothing was written.");
    err_arg(e, str_c(path));
    return false;
}

static bool keys_export(struct arena *a, const struct settings *s, struct err *e)
{
    struct str passphrase, sealed;
    if (!is_free(s->out, e)) return false;
    struct keyring *k = open_keys(a, s, e);
    bool ok = k && cli_passphrase(a, s, &passphrase, e) && keyring_export(k, a, passphrase, &sealed, e) &&
              file_write(s->out, sealed, 0600, e);
    keyring_close(k);
    if (ok)
        cli_say(stdout,
                "The keys are sealed in %{arg}. Keep it and its passphrase away from the data, and apart "
                "from each other.",
                str_c(s->out));
    return ok;
}

static bool keys_import(struct arena *a, const struct settings *s, struct err *e)
{
    struct str passphrase, sealed;
    if (s->arg_count != 2)
        return err_invalid(e, "cli.keys_file", "tongban keys import needs the file to read.");
    if (!cli_read_file(a, s->args[1], EXPORT_MAX, &sealed, e) || !cli_passphrase(a, s, &passphrase, e))
        return false;
    if (!file_make_folder(str_z(a, str_fmt(a, "%s/keys", s->var)), e) ||
        !keyring_import(cli_key_path(a, s), sealed, passphrase, e))
        return false;
    cli_say(stdout, "The keys are in place in %{arg}.", str_c(s->var));
    return true;
}

static bool keys_list(struct arena *a, const struct settings *s, struct err *e)
{
    struct signer ca;
    bool found = false;
    struct keyring *k = open_keys(a, s, e);
    bool ok = k && keyring_find_signer(k, STR("ca"), &ca, &found, e);
    if (ok) {
        struct str print = cli_key_fingerprint(a, k);
        cli_say(stdout, "root key: %{arg}", print);
        if (found)
            cli_say(stdout, "certificate of this installation, valid to: %{arg}",
                    date_format(a, date_of(cert_to(ca.cert))));
        else
            cli_say(stdout, "no certificate yet: it is made with the first licence", STR_EMPTY);
    }
    keyring_close(k);
    return ok;
}

static bool keys_certificate(struct arena *a, const struct settings *s, struct err *e)
{
    struct keyring *k = open_keys(a, s, e);
    const struct cert *ca = k ? keyring_ca(k, time_now(), e) : NULL;
    bool ok = ca != NULL;
    if (ok && s->out)
        ok = is_free(s->out, e) && file_write(s->out, cert_to_pem(a, ca), 0644, e);
    else if (ok) {
        struct str pem = cert_to_pem(a, ca);
        fwrite(pem.ptr, 1, pem.len, stdout);
    }
    keyring_close(k);
    return ok;
}

static const struct {
    const char *name;
    bool (*run)(struct arena *a, const struct settings *s, struct err *e);
} acts[] = {
    {"export", keys_export}, {"import", keys_import}, {"list", keys_list}, {"certificate", keys_certificate}};

int command_keys(const struct settings *s)
{
    struct err e = {0};
    struct arena *a = arena_new(256 << 20);
    if (!a || !crypto_start(&e)) return cli_fail(&e);
    int status = 2;
    size_t i = 0, count = sizeof acts / sizeof acts[0];
    while (i < count && strcmp(acts[i].name, s->args[0]) != 0)
        i++;
    if (i == count)
        cli_refuse("%{arg} is none of export, import, list, certificate.", s->args[0]);
    else
        status = acts[i].run(a, s, &e) ? 0 : cli_fail(&e);
    arena_drop(a);
    return status;
}
