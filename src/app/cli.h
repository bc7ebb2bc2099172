/* Commands and their options: tables, one clear sentence for whatever is wrong, and nothing changed then. */
#ifndef TB_CLI_H
#define TB_CLI_H

#include "core/http/server.h"
#include "modules/notices/notices.h"

enum option_kind { OPTION_TEXT, OPTION_INT, OPTION_COUNT, OPTION_FLAG }; /* OPTION_INT: to 65535 */

struct option_row {
    const char *name; /* "--port" */
    enum option_kind kind;
    size_t offset; /* into struct settings */
    const char *help;
};

struct settings {
    const char *db, *var, *data, *public_url, *address, *trusted_proxies, *vfs, *durability;
    const char *sms_url, *sms_key_file, *mail_url, *mail_from, *mail_credentials_file, *metrics_token_file,
        *places;
    const char *log, *key, *keys, *checkpoint;
    const char *division, *name, *roles, *unit, *passphrase_file, *issuer, *lang, *to, *out, *decision,
        *input, *members, *instance;
    int port, threads, desk_looks, keep_years, cases, year, seed;
    bool demo, require_second_factor, admin, with_keys, strict, dry_run, push, help;
    const char *args[8]; /* what is not an option */
    int arg_count;
};

struct command {
    const char *name, *usage, *help;
    const struct option_row *options; /* ended by name NULL; beside the common ones */
    int min_args, max_args;
    int (*run)(const struct settings *s);
};

extern const struct command commands[];
extern const size_t command_count;
extern const struct module *const modules[];
extern const size_t module_count;

/* 0 and filled settings, or 2 after one sentence on standard error. */
int cli_parse(const struct command *c, int argc, char **argv, struct settings *out);
void cli_help(const struct command *c);
/* Says what is wrong (translated where the terminal's language is Chinese) and returns 1. */
int cli_fail(const struct err *e);
/* The same for a sentence that is no struct err; arg may be NULL. */
int cli_refuse(const char *msgid, const char *arg);

/* ---- words on the terminal, in Chinese where LC_ALL, LC_MESSAGES or LANG begins with zh ---- */
const struct lang *cli_lang(void);
/* One line with its end; %{arg} is replaced. */
void cli_say(FILE *to, const char *msgid, struct str arg);
/* "  label      value" */
void cli_figure(FILE *to, const char *label, int64_t value);

struct progress {
    const char *label; /* msgid */
    int last;          /* per cent drawn last; -1 at first */
};
/* A bar on standard error where that is a terminal; nothing elsewhere. done == total ends it. */
void cli_progress(struct progress *p, size_t done, size_t total);
/* One line from standard input without its end: not shown on a terminal, where `msgid` asks for it. INVALID
 * when there is none. */
bool cli_read_secret(struct arena *a, const char *msgid, struct str *out, struct err *e) NODISCARD;
/* The passphrase: first line of --passphrase-file, or asked for. */
bool cli_passphrase(struct arena *a, const struct settings *s, struct str *out, struct err *e) NODISCARD;

/* The database address of these settings, in the arena. */
const char *cli_db_url(struct arena *a, const struct settings *s);
/* The folder with the shipped data. NULL with err. */
const char *cli_data_dir(struct arena *a, const struct settings *s, struct err *e);
/* Imports data/catalogue where it is new or changed since it was imported last. */
bool cli_ensure_catalogue(struct server *s, const char *data_dir, struct err *e) NODISCARD;
/* What the files below a folder look like (names, sizes, times of change): tells cheaply whether anything
 * changed. */
bool cli_folder_state(struct arena *a, const char *folder, struct str *out, struct err *e) NODISCARD;
/* Remembers which root key the database was made with, and refuses another. */
extern const struct module installation_module;
/* Opens the server. Refuses when the database is there and its root key is not (a new key would make
 * everything in it unreadable), and when the key is another one than it was made with. */
struct server *cli_server(const struct server_options *o, struct err *e);
/* Opens it for a command, alone on this folder: refuses while `tongban serve` runs on it. */
struct server *cli_open(struct arena *a, const struct settings *s, int *lock, struct err *e);
/* The same beside a running program; refuses only what an upgrade would change under it. *lock is -1 then. */
struct server *cli_open_beside(struct arena *a, const struct settings *s, int *lock, struct err *e);
/* The root key's file of these settings, in the arena. */
const char *cli_key_path(struct arena *a, const struct settings *s);
/* 16 hex digits that tell which root key this is, and tell nothing of the key. */
struct str cli_key_fingerprint(struct arena *a, const struct keyring *k);
/* Opens the database of an installation that is there, and up to date, without migrating it. *pending may be
 * NULL: then any pending migration is refused. */
struct db *cli_open_db(struct arena *a, const struct settings *s, int *pending, struct err *e);
/* Locks the folder; -1 with err CONFLICT when another process has it. */
int cli_lock(struct arena *a, const struct settings *s, struct err *e);
/* A file's content, at most max bytes. */
bool cli_read_file(struct arena *a, const char *path, size_t max, struct str *out, struct err *e) NODISCARD;

/* `tongban COMMAND ACT …` without a database: runs the act named by the first argument within `bytes` of
 * memory, and says what went wrong; `unknown` (msgid with %{arg}) where no act has that name. */
struct cli_act {
    const char *name;
    bool (*run)(struct arena *a, const struct settings *s, struct err *e);
};
int cli_act(const struct settings *s, const struct cli_act *acts, size_t count, size_t bytes,
            const char *unknown);
/* qsort of texts */
int cli_by_name(const void *x, const void *y);

/* Who carries messages out of the house, as the options say. Lives as long as the server. */
struct message_services {
    struct notice_provider sms, mail;
    bool has_sms, has_mail;
};
/* Reads and checks the options; changes nothing. */
bool cli_message_services(struct arena *a, const struct settings *s, struct message_services *out,
                          struct err *e) NODISCARD;
/* The first line of a file, trimmed: text that is not empty. */
const char *cli_first_line(struct arena *a, const char *path, struct err *e);
bool cli_use_message_services(struct server *server, const struct message_services *m,
                              struct err *e) NODISCARD;

/* Runs every case below a folder; names those that failed. false when the folder cannot be read. */
struct suite_count {
    int passed, failed;
};
bool merkle_suite(const char *folder, struct suite_count *n, FILE *out) NODISCARD;

int command_serve(const struct settings *s);
int command_simulate(const struct settings *s);
int command_import(const struct settings *s);
int command_verify(const struct settings *s);
int command_backup(const struct settings *s);
int command_restore(const struct settings *s);
int command_user(const struct settings *s);
int command_keys(const struct settings *s);
int command_doctor(const struct settings *s);
int command_routes(const struct settings *s);
int command_access(const struct settings *s);
int command_dmn(const struct settings *s);
int command_bpmn(const struct settings *s);
int command_process(const struct settings *s);
int command_rebuild(const struct settings *s);
int command_schema(const struct settings *s);
int command_openapi(const struct settings *s);
int command_merkle(const struct settings *s);
int command_audit(const struct settings *s);
int command_witness(const struct settings *s);
int command_node(const struct settings *s);
int command_demo_nodes(const struct settings *s);

/* Fictional people, officers and registers (demo.c). Makes passwords at the first run and writes them to
 * VAR/demo-accounts.txt. */
bool demo_prepare(struct server *s, const char *data_dir, struct err *e) NODISCARD;
/* Some fifty cases of the last 25 working days in all states, once (demo_cases.c). After demo_prepare, before
 * the program listens. */
bool demo_cases(struct server *s, struct err *e) NODISCARD;
extern const struct module demo_module; /* what of it is done later */

#endif
