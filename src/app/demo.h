/* Private to the demonstration. */
#ifndef TB_DEMO_H
#define TB_DEMO_H

#include "app/cli.h"

struct demo {
    struct arena *arena;
    const char *data_dir, *accounts_path;
    struct str state, version, place; /* of the data; of what was made; 6 digits */
    bool done;
    const struct json *officers, *persons, *organisations, *registry, *exchange;
    struct str password, hash; /* one for all accounts */
};

/* Steps inside a write; ctx_arg is the struct demo. */
bool demo_add_officers(struct ctx *c);
/* demo_people.c: what registers know; persons and their accounts, organisations. */
bool demo_add_registers(struct ctx *c);
bool demo_add_exchange(struct ctx *c); /* the catalogue of data */
bool demo_add_people(struct ctx *c);
/* What serve prints: accounts and what to try, in both languages. */
struct str demo_accounts_text(const struct demo *d);

#endif
