/* Private to the module: how a provider's steward sets up where the data of an entry come from, and a second
 * person agrees (four eyes, as with entries). What holds goes on until then. */
#ifndef TB_EXCHANGE_SETUP_H
#define TB_EXCHANGE_SETUP_H

#include "modules/exchange/exchange_call.h"
#include "modules/exchange/exchange_rows.h"

/* ---- exchange_setup.c ---- */
/* doc: {code, kind, place, path, key, rid, sid, ticket, items, timeout}. Errors at the fields; CONFLICT
 * "exchange.one_source" for the entry of a register. */
bool setup_check(struct ctx *c, const struct data_entry *e, const struct json *doc) NODISCARD;
/* 一数一源: CONFLICT "exchange.one_source" where another entry has its data from that place and path. */
bool setup_alone(struct ctx *c, int64_t entry, const struct json *doc) NODISCARD;
/* secret NULL: the one there is stays. */
bool setup_hand_in(struct ctx *c, const struct data_entry *e, const struct json *doc,
                   const struct str *secret) NODISCARD;
/* DENIED "exchange.four_eyes" for who handed it in. The resource is open, or goes on as it was. */
bool setup_agree(struct ctx *c, const struct data_entry *e) NODISCARD;
bool setup_return(struct ctx *c, const struct data_entry *e) NODISCARD;
/* For imports, which were reviewed where they come from. */
bool setup_import(struct ctx *c, const struct data_entry *e, const struct json *doc,
                  struct str secret) NODISCARD;
/* {name: value} from lines "name = value". */
struct json *setup_lines(struct ctx *c, struct str lines);
/* {item: column} from lines "item = column"; every item by its own name where there is no line. */
struct json *setup_items(struct ctx *c, const struct data_entry *e, struct str lines);

/* ---- pages: exchange_setup_web.c ---- */
/* Where data come from is for the department that provides them and for who agrees to it. */
bool setup_may_see(const struct ctx *c, const struct data_entry *e);
bool exchange_setup_scope(struct ctx *c);
bool exchange_setup(struct ctx *c);
bool exchange_setup_save(struct ctx *c);
bool exchange_setup_agree(struct ctx *c);
bool exchange_setup_return(struct ctx *c);
bool exchange_file_prepare(struct ctx *c);
bool exchange_file(struct ctx *c);
extern const struct field exchange_setup_fields[], exchange_file_fields[];

#endif
