#include "app/cli.h"

#define AT(member) offsetof(struct settings, member)

static const struct option_row serve_options[] = {
    {"--port", OPTION_INT, AT(port), "port to listen on (default: 8080; 0: any free one)"},
    {"--address", OPTION_TEXT, AT(address), "IPv4 address to listen on (default: 127.0.0.1)"},
    {"--public-url", OPTION_TEXT, AT(public_url), "address people see, such as https://zw.example.gov.cn"},
    {"--trusted-proxies", OPTION_TEXT, AT(trusted_proxies),
     "addresses whose X-Forwarded-For counts, separated by commas"},
    {"--sms-url", OPTION_TEXT, AT(sms_url),
     "service that takes texts to mobiles, https://… (default: the outbox)"},
    {"--sms-key-file", OPTION_TEXT, AT(sms_key_file),
     "file whose first line is the bearer token of that service"},
    {"--mail-url", OPTION_TEXT, AT(mail_url),
     "mail server, smtps://host:465 or smtp://host:587 (default: the outbox)"},
    {"--mail-from", OPTION_TEXT, AT(mail_from), "address the mail comes from"},
    {"--mail-credentials-file", OPTION_TEXT, AT(mail_credentials_file),
     "file with the account of the mail server on the first line, its password on the second"},
    {"--metrics-token-file", OPTION_TEXT, AT(metrics_token_file),
     "file whose first line is the bearer token that opens /metrics from elsewhere"},
    {"--places", OPTION_TEXT, AT(places),
     "file of places data come from: a name, sqlite:PATH, postgresql://… or https://…, and whose it is, a "
     "line"},
    {"--threads", OPTION_INT, AT(threads), "threads that read requests (default: one a core)"},
    {"--require-second-factor", OPTION_FLAG, AT(require_second_factor),
     "officers sign in with password and authenticator"},
    {"--desk-looks", OPTION_INT, AT(desk_looks), "people one clerk may look up an hour (default: 60)"},
    {"--keep-years", OPTION_INT, AT(keep_years),
     "years that files of decided matters are kept before a person who asked is erased (default: for good)"},
    {"--demo", OPTION_FLAG, AT(demo), "fictional people, officers and registers to try everything with"},
#ifdef TB_TESTING
    {"--vfs", OPTION_TEXT, AT(vfs), "SQLite VFS of the crash test"},
    {"--durability", OPTION_TEXT, AT(durability), "off: what the crash test must catch"},
#endif
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row import_options[] = {
    {"--division", OPTION_TEXT, AT(division), "six-digit code of the place the items belong to"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row backup_options[] = {
    {"--with-keys", OPTION_FLAG, AT(with_keys), "put the keys beside the data, sealed with a passphrase"},
    {"--passphrase-file", OPTION_TEXT, AT(passphrase_file),
     "file whose first line is the passphrase (else standard input)"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row restore_options[] = {
    {"--passphrase-file", OPTION_TEXT, AT(passphrase_file),
     "file whose first line is the passphrase (else standard input)"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row user_options[] = {
    {"--admin", OPTION_FLAG, AT(admin), "the first administrator of accounts (role security_admin)"},
    {"--roles", OPTION_TEXT, AT(roles), "roles separated by '|'"},
    {"--unit", OPTION_TEXT, AT(unit), "id of the officer's department"},
    {"--division", OPTION_TEXT, AT(division), "division code the officer may see (default: all)"},
    {"--name", OPTION_TEXT, AT(name), "the officer's name"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row keys_options[] = {
    {"--passphrase-file", OPTION_TEXT, AT(passphrase_file),
     "file whose first line is the passphrase (else standard input)"},
    {"--out", OPTION_TEXT, AT(out), "file to write"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row verify_options[] = {
    {"--issuer", OPTION_TEXT, AT(issuer),
     "certificate (PEM) of the issuer or of its installation, from /verify/certificates; for acts: keys from "
     "/log/keys; for answers: /exchange/certificates"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row audit_options[] = {
    {"--checkpoint", OPTION_TEXT, AT(checkpoint),
     "file with a signed head of the log that was kept elsewhere"},
    {"--out", OPTION_TEXT, AT(out), "folder to write the public log into when it is sound"},
    {"--keys", OPTION_TEXT, AT(keys), "file with the keys of a log from outside, from its /log/keys"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row witness_options[] = {
    {"--push", OPTION_FLAG, AT(push), "give the log the signature, to publish it with its head"},
    {"--log", OPTION_TEXT, AT(log), "the log: https://HOST/log, or the folder it was written into"},
    {"--key", OPTION_TEXT, AT(key), "key of the log (first line of its /log/keys); needed once"},
    {"--name", OPTION_TEXT, AT(name), "name of this witness, such as witness.example.gov.cn; needed once"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row dmn_options[] = {
    {"--decision", OPTION_TEXT, AT(decision),
     "decision, service or function to evaluate, by name or id (default: all decisions)"},
    {"--input", OPTION_TEXT, AT(input), "JSON object of input data by name; - for standard input"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row bpmn_options[] = {
    {"--strict", OPTION_FLAG, AT(strict), "also ask for what holds by the letter of the standard only"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row process_options[] = {
    {"--to", OPTION_TEXT, AT(to), "number of the version to move cases to"},
    {"--dry-run", OPTION_FLAG, AT(dry_run), "only say what would happen"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row simulate_options[] = {
    {"--cases", OPTION_COUNT, AT(cases), "how many cases come in that year (default: 20000)"},
    {"--year", OPTION_INT, AT(year), "the year (default: 2026)"},
    {"--seed", OPTION_COUNT, AT(seed), "another number gives another year"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row node_options[] = {
    {"--name", OPTION_TEXT, AT(name), "name of this node: letters, digits, hyphens and dots"},
    {"--public-url", OPTION_TEXT, AT(public_url),
     "address where other nodes reach it, such as https://jh.example.gov.cn"},
    {"--members", OPTION_TEXT, AT(members),
     "codes (USCC) of the departments it speaks for, separated by commas (default: all here)"},
    {"--instance", OPTION_TEXT, AT(instance), "makes it the hub of an instance of that name"},
    {"--out", OPTION_TEXT, AT(out), "file to write"},
    {NULL, OPTION_FLAG, 0, NULL},
};

static const struct option_row demo_nodes_options[] = {
    {"--port", OPTION_INT, AT(port), "port of the hub; the department has the next one (default: 8080)"},
    {"--threads", OPTION_INT, AT(threads), "threads that read requests (default: one a core)"},
    {NULL, OPTION_FLAG, 0, NULL},
};

const struct command commands[] = {
    {"serve", "[options]", "Runs the platform.", serve_options, 0, 0, command_serve},
    {"import", "items|laws|divisions|calendar|registry|exchange|catalogue FILE",
     "Reads a list from outside and reports what was read, new, changed and refused.", import_options, 2, 2,
     command_import},
    {"backup", "FOLDER",
     "Writes a consistent copy of database and files into a new folder, while the program runs.",
     backup_options, 1, 1, command_backup},
    {"restore", "FOLDER", "Puts such a copy into an empty installation.", restore_options, 1, 1,
     command_restore},
    {"user", "add|password|reset-factor|list|disable [NAME]",
     "Officers' accounts. A password is read from standard input.", user_options, 1, 2, command_user},
    {"keys", "export|import|list|certificate [FILE]", "Keys of this installation, sealed with a passphrase.",
     keys_options, 1, 2, command_keys},
    {"doctor", "", "Checks database, files, keys and settings, and says what to do.", NULL, 0, 0,
     command_doctor},
    {"verify", "FILE",
     "Checks a licence (manifest or PDF), proofs of acts or an answer of the exchange offline: 0 authentic, "
     "1 not, 2 unreadable.",
     verify_options, 1, 1, command_verify},
    {"dmn", "eval MODEL.dmn|check MODEL.dmn|test FOLDER",
     "Decision models (DMN 1.2 to 1.5): evaluates one, says what is wrong with one, runs test cases.",
     dmn_options, 2, 2, command_dmn},
    {"audit", "[LOG]",
     "Computes the log of all acts again and finds any change; LOG: of another, by address or folder.",
     audit_options, 0, 1, command_audit},
    {"witness", "--log LOG", "Follows the log of another, and signs that it only grew.", witness_options, 0,
     0, command_witness},
    {"node", "set|directory|request|anchor|join|witness [FILE|KEY]",
     "Makes this installation an exchange node, enrols it, joins it to a hub.", node_options, 1, 2,
     command_node},
    {"demo-nodes", "", "Two nodes with fictional data in one go: a hub and a department.", demo_nodes_options,
     0, 0, command_demo_nodes},
    {"merkle", "test FOLDER",
     "Checks inclusion and consistency proofs: every JSON case below a folder; ends with what passed.", NULL,
     1, 2, command_merkle},
    {"process", "move CASE_NO…|CODE [OLD=NEW…] --to VERSION",
     "Moves running cases to another version of their process (all of a process by its code), where every "
     "step they stand in is there, or is said to be another one; else says what is missing.",
     process_options, 2, 8, command_process},
    {"rebuild", "calls",
     "Builds anew what finds the calls about a person, where the audit names calls that they would not find.",
     NULL, 1, 1, command_rebuild},
    {"bpmn", "check MODEL.bpmn|test FOLDER",
     "Process models (BPMN 2.0): says which rules one breaks, runs test cases.", bpmn_options, 2, 2,
     command_bpmn},
    {"schema", "check SCHEMA.json [DOCUMENT.json]|test FOLDER|FILE.json",
     "JSON Schema 2020-12: says what is wrong with a schema or a document, runs test cases.", NULL, 2, 3,
     command_schema},
    {"simulate", "CALENDAR",
     "A year of cases over clock, calendar and rules of supervision, checked against a second count.",
     simulate_options, 1, 1, command_simulate},
    {"routes", "", "Prints every address the program answers.", NULL, 0, 0, command_routes},
    {"access", "", "Prints who may do what: the table that is compared in the tests.", NULL, 0, 0,
     command_access},
    {"openapi", "", "Prints the API as an OpenAPI 3.1 document.", NULL, 0, 0, command_openapi},
};
const size_t command_count = sizeof commands / sizeof commands[0];
