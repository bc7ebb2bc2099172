/* The life of an entry: drafted by the provider's steward, published by somebody else. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_shares.h"
#include "modules/exchange/exchange_told.h"

/* ---- who sees it ---- */

bool entry_is_mine(const struct ctx *c, const struct data_entry *e)
{
    return ctx_may(c, "exchange.catalogue") && c->actor.unit && e->unit == c->actor.unit;
}

static bool unseen(struct ctx *c)
{
    return err_missing(c->err, "exchange.entry", "There is no such entry in the catalogue of data.");
}

bool entry_load(struct ctx *c, int64_t id, struct data_entry *out)
{
    bool found;
    if (!entry_store_load(c, id, out, &found)) return false;
    if (!found) return unseen(c);
    bool secret = str_eq_c(out->state, "new") && c->actor.kind != ACTOR_SYSTEM;
    return !secret || entry_is_mine(c, out) || ctx_may(c, "exchange.publish") || unseen(c);
}

/* ---- acts ---- */

static struct json *detail_of(struct ctx *c, const struct data_entry *e)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "code", e->code);
    json_set_i64(c->arena, detail, "version", e->version);
    return detail;
}

static bool record(struct ctx *c, const char *act, const struct data_entry *e)
{
    return evidence_add(c, act, "data_entry", e->id, 0, detail_of(c, e));
}

static bool order(struct ctx *c)
{
    return err_conflict(c->err, "exchange.state",
                        "This step has already been done, or another one comes first.");
}

static bool code_free(struct ctx *c, const struct data_entry *e, struct str code)
{
    int64_t other;
    if (!entry_store_by_code(c, code, &other)) return false;
    return !other || other == e->id || err_at(c->err, STR("code"), "Another entry has this code.", STR_EMPTY);
}

/* What lists show of an entry never published is its draft; afterwards its published face. */
static void take_face(struct data_entry *e, const struct json *doc)
{
    e->code = json_text_of(doc, "code");
    e->name = json_text_of(doc, "name");
    e->sharing = json_text_of(doc, "sharing");
}

bool entry_draft(struct ctx *c, struct data_entry *e, const struct json *doc)
{
    if (!entry_check(c, doc) || !code_free(c, e, json_text_of(doc, "code"))) return false;
    if (!e->id) {
        if (!c->actor.unit)
            return err_denied(c->err, "exchange.unit",
                              "Only an officer of a department can describe its data.");
        *e = (struct data_entry){
            .id = ctx_id(c), .unit = c->actor.unit, .state = STR("new"), .pending = STR_EMPTY};
    }
    if (e->pending.len && !str_eq_c(e->pending, "draft")) return order(c);
    e->draft = doc;
    e->pending = STR("draft");
    e->author = c->actor.account;
    e->changed = c->now;
    if (str_eq_c(e->state, "new")) take_face(e, doc);
    return entry_store_save(c, e) && record(c, "exchange.entry_draft", e);
}

static bool step(struct ctx *c, struct data_entry *e, const char *from, const char *to, const char *act)
{
    if (!str_eq_c(e->pending, from)) return order(c);
    e->pending = str_c(to);
    e->author = c->actor.account;
    e->changed = c->now;
    return entry_store_save(c, e) && record(c, act, e);
}

bool entry_submit(struct ctx *c, struct data_entry *e)
{
    return step(c, e, "draft", "review", "exchange.entry_submit");
}

bool entry_ask_withdrawal(struct ctx *c, struct data_entry *e)
{
    if (!str_eq_c(e->state, "published")) return order(c);
    return step(c, e, "", "withdraw", "exchange.entry_ask_end");
}

bool entry_discard(struct ctx *c, struct data_entry *e)
{
    if (!str_eq_c(e->pending, "draft")) return order(c);
    if (!record(c, "exchange.entry_discard", e)) return false;
    if (str_eq_c(e->state, "new")) return entry_store_drop(c, e->id);
    e->pending = STR_EMPTY;
    e->draft = NULL;
    e->changed = c->now;
    return entry_store_save(c, e);
}

static bool second_person(struct ctx *c, const struct data_entry *e)
{
    return e->author != c->actor.account ||
           err_denied(c->err, "exchange.four_eyes",
                      "You handed this in yourself. Someone else must decide it.");
}

/* 一数一源: a register answers for one entry, and so does another source. Of entries that are open already
 * that was asked when they were opened: two that had one source before it was asked both go on. */
bool entry_has_own_source(struct ctx *c, const struct data_entry *e, const struct json *doc)
{
    struct str from = json_text_of(doc, "register");
    struct data_resource r;
    bool found;
    int64_t other;
    if (from.len)
        return resource_store_of_register(c, from, &other) &&
               (!other || other == e->id ||
                err_conflict(c->err, "exchange.one_source",
                             "This register belongs to another entry: one item of data has one source."));
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    bool open = found && !r.register_id.len && !str_eq_c(r.state, "closed");
    return !found || open || setup_still_alone(c, e->id);
}

static bool hang_resource(struct ctx *c, const struct data_entry *e)
{
    struct str from = json_text_of(e->doc, "register");
    struct data_resource r;
    bool found, elsewhere = false;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!from.len && !found) return true;
    if (!from.len && !setup_holds(c, e->id, &elsewhere)) return false;
    if (!found)
        r = (struct data_resource){.id = ctx_id(c), .entry = e->id, .kind = STR("table"), .state = STR_EMPTY};
    r.register_id = from;
    if (from.len) r.code = from;
    if (!from.len && !elsewhere)
        r.state = STR("closed");
    else if (!str_eq_c(r.state, "suspended"))
        r.state = STR("open");
    ctx_changed(c, "exchange");
    return resource_store_save(c, &r);
}

static bool close_resource(struct ctx *c, const struct data_entry *e)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!found) return true;
    r.state = STR("closed");
    ctx_changed(c, "exchange");
    return resource_store_save(c, &r);
}

static bool record_published(struct ctx *c, const struct data_entry *e, const struct loss *losses,
                             size_t count)
{
    struct json *detail = detail_of(c, e);
    losses_record(c, detail, losses, count);
    return evidence_add(c, "exchange.entry_publish", "data_entry", e->id, 0, detail);
}

bool entry_publish(struct ctx *c, struct data_entry *e)
{
    struct str code = json_text_of(e->draft, "code");
    const struct json *before = e->doc;
    struct loss *losses = NULL;
    size_t count;
    if (!code_free(c, e, code) || !entry_has_own_source(c, e, e->draft) ||
        !losses_of(c, e, e->draft, &losses, &count))
        return false;
    e->doc = e->draft;
    e->draft = NULL;
    e->pending = STR_EMPTY;
    e->state = STR("published");
    e->version++;
    e->changed = c->now;
    take_face(e, e->doc);
    return entry_store_save(c, e) && entry_store_add_version(c, e, c->actor.account) && hang_resource(c, e) &&
           (e->version == 1 || told_holders(c, e, "version", STR_EMPTY)) &&
           losses_tell(c, e, before, losses, count) && record_published(c, e, losses, count);
}

bool entry_agree(struct ctx *c, struct data_entry *e)
{
    if (str_eq_c(e->pending, "review")) return second_person(c, e) && entry_publish(c, e);
    if (!str_eq_c(e->pending, "withdraw")) return order(c);
    if (!second_person(c, e)) return false;
    e->pending = STR_EMPTY;
    e->state = STR("withdrawn");
    e->changed = c->now;
    return entry_store_save(c, e) && close_resource(c, e) && told_holders(c, e, "withdrawn", STR_EMPTY) &&
           record(c, "exchange.entry_withdraw", e);
}

bool entry_return(struct ctx *c, struct data_entry *e)
{
    bool review = str_eq_c(e->pending, "review");
    if (!review && !str_eq_c(e->pending, "withdraw")) return order(c);
    if (!second_person(c, e)) return false;
    e->pending = review ? STR("draft") : STR_EMPTY;
    e->changed = c->now;
    return entry_store_save(c, e) && record(c, "exchange.entry_return", e);
}

/* ---- a pause ---- */

static bool pause_to(struct ctx *c, const struct data_entry *e, const char *from, const char *to,
                     struct str words)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!found || !str_eq_c(r.state, from)) return order(c);
    r.state = str_c(to);
    r.words = words;
    ctx_changed(c, "exchange");
    return resource_store_save(c, &r);
}

bool entry_suspend(struct ctx *c, const struct data_entry *e, struct str words)
{
    return pause_to(c, e, "open", "suspended", words) && told_holders(c, e, "suspended", words) &&
           record(c, "exchange.entry_suspend", e);
}

bool entry_resume(struct ctx *c, const struct data_entry *e)
{
    return pause_to(c, e, "suspended", "open", STR_EMPTY) && told_holders(c, e, "resumed", STR_EMPTY) &&
           record(c, "exchange.entry_resume", e);
}
