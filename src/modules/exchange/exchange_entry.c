/* The life of an entry: drafted by the provider's steward, published by somebody else. */
#include "core/http/server.h"
#include "modules/evidence/evidence.h"
#include "modules/exchange/exchange_internal.h"
#include "modules/registry/registry.h"

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

/* ---- is it sound? ---- */

/* Six digits or more, a stroke, digits: 编制指南 2017, code of classification and sequence. */
static bool code_sound(struct str code)
{
    struct str class, number = str_cut(code, '/', &class);
    if (class.len < 6 || !number.len || code.len > CODE_MAX) return false;
    for (size_t i = 0; i < code.len; i++)
        if (i != class.len && (code.ptr[i] < '0' || code.ptr[i] > '9')) return false;
    return true;
}

static bool check_items(struct ctx *c, const struct json *items)
{
    if (!items || !items->count || items->count > ITEMS_MAX)
        return err_at(c->err, STR("items"), "Name 1 to 60 items of data.", STR_EMPTY);
    JSON_EACH(i, items)
    {
        struct str id = json_text_of(i, "id");
        JSON_EACH(other, items)
        {
            if (other != i && str_eq(json_text_of(other, "id"), id))
                return err_at(c->err, STR("items"), "This item is named twice: %{arg}", id);
        }
        if (!id.len || !json_text_of(i, "name").len || !json_text_of(i, "type").len ||
            !exchange_known(sharing_words, json_text_of(i, "sharing")))
            return err_at(c->err, STR("items"), "This line is not complete: %{arg}", id);
    }
    return true;
}

static void check_choice(struct ctx *c, const struct json *doc, const char *name,
                         const struct exchange_word *list)
{
    if (!exchange_known(list, json_text_of(doc, name)))
        (void)err_at(c->err, str_c(name), "Please choose one of the list.", STR_EMPTY);
}

bool entry_check(struct ctx *c, const struct json *doc)
{
    struct str sharing = json_text_of(doc, "sharing"), from = json_text_of(doc, "register");
    int64_t level = json_i64_of(doc, "level", 0);
    if (!code_sound(json_text_of(doc, "code")))
        (void)err_at(c->err, STR("code"),
                     "A code is at least six digits, a stroke and a number: 101001/000001", STR_EMPTY);
    if (!json_text_of(doc, "name").len)
        (void)err_at(c->err, STR("name"), "Please give it a name.", STR_EMPTY);
    check_choice(c, doc, "class", class_words);
    check_choice(c, doc, "format", format_words);
    check_choice(c, doc, "sharing", sharing_words);
    check_choice(c, doc, "open", open_words);
    check_choice(c, doc, "cycle", cycle_words);
    if (str_eq_c(sharing, "none") && !json_text_of(doc, "reason").len)
        (void)err_at(c->err, STR("reason"), "What is not shared needs its legal basis.", STR_EMPTY);
    if (str_eq_c(sharing, "conditional") && !json_text_of(doc, "reason").len)
        (void)err_at(c->err, STR("reason"), "Say the condition and what it may be used for.", STR_EMPTY);
    if (level < 1 || level > 4)
        (void)err_at(c->err, STR("level"), "The level is a number from 1 to 4.", STR_EMPTY);
    if (from.len && !registry_resource(c, from))
        (void)err_at(c->err, STR("register"), "There is no such register.", STR_EMPTY);
    return check_items(c, json_get(doc, "items")) && c->err->kind == ERR_NONE;
}

/* ---- acts ---- */

static bool record(struct ctx *c, const char *act, const struct data_entry *e)
{
    struct json *detail = json_object(c->arena);
    json_set_str(c->arena, detail, "code", e->code);
    json_set_i64(c->arena, detail, "version", e->version);
    return evidence_add(c, act, "data_entry", e->id, 0, detail);
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

/* 一数一源: a register answers for one entry. */
static bool hang_resource(struct ctx *c, const struct data_entry *e)
{
    struct str from = json_text_of(e->doc, "register");
    struct data_resource r;
    bool found, elsewhere = false;
    int64_t other;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!from.len && !found) return true;
    if (from.len && !resource_store_of_register(c, from, &other)) return false;
    if (from.len && other && other != e->id)
        return err_conflict(c->err, "exchange.one_source",
                            "This register belongs to another entry: one item of data has one source.");
    if (!from.len && !setup_holds(c, e->id, &elsewhere)) return false;
    if (!found) r = (struct data_resource){.id = ctx_id(c), .entry = e->id, .kind = STR("table")};
    r.register_id = from;
    if (from.len) r.code = from;
    r.state = from.len || elsewhere ? STR("open") : STR("closed");
    c->refresh = true;
    return resource_store_save(c, &r);
}

static bool close_resource(struct ctx *c, const struct data_entry *e)
{
    struct data_resource r;
    bool found;
    if (!resource_store_of_entry(c, e->id, &r, &found)) return false;
    if (!found) return true;
    r.state = STR("closed");
    c->refresh = true;
    return resource_store_save(c, &r);
}

bool entry_publish(struct ctx *c, struct data_entry *e)
{
    struct str code = json_text_of(e->draft, "code");
    if (!code_free(c, e, code)) return false;
    e->doc = e->draft;
    e->draft = NULL;
    e->pending = STR_EMPTY;
    e->state = STR("published");
    e->version++;
    e->changed = c->now;
    take_face(e, e->doc);
    return entry_store_save(c, e) && entry_store_add_version(c, e, c->actor.account) && hang_resource(c, e) &&
           record(c, "exchange.entry_publish", e);
}

bool entry_agree(struct ctx *c, struct data_entry *e)
{
    if (str_eq_c(e->pending, "review")) return second_person(c, e) && entry_publish(c, e);
    if (!str_eq_c(e->pending, "withdraw")) return order(c);
    if (!second_person(c, e)) return false;
    e->pending = STR_EMPTY;
    e->state = STR("withdrawn");
    e->changed = c->now;
    return entry_store_save(c, e) && close_resource(c, e) && record(c, "exchange.entry_withdraw", e);
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
