/* tongban verify FILE [--issuer CERT.pem]: needs no database, no keys and no network. */
#include "app/cli.h"
#include "modules/licences/licences.h"

int command_verify(const struct settings *s)
{
    return licence_verify_file(s->args[0], s->issuer, cli_lang() == &lang_zh_cn);
}
