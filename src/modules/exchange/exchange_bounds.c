/* What a permit hides and what it is for: read strictly, so that a slip of the pen opens nothing. */
#include "core/auth/auth.h"
#include "core/http/server.h"
#include "modules/catalogue/catalogue.h"
#include "modules/exchange/exchange_permit.h"

struct str list_next(struct str *rest)
{
    static const char wide[] = "，";
    size_t narrow = str_find_char(*rest, ','), other = str_find(*rest, STR(wide)),
           at = narrow < other ? narrow : other, width = narrow < other ? 1 : sizeof wide - 1;
    struct str one = at == SIZE_MAX ? *rest : str_slice(*rest, 0, at);
    *rest = at == SIZE_MAX ? STR_EMPTY : str_slice(*rest, at + width, rest->len);
    return str_trim(one);
}

const struct exchange_word mask_words[] = {{"name", "A name: the first character stays"},
                                           {"number", "A number: its first and last character stay"},
                                           {"phone", "A phone number: three and four digits stay"},
                                           {"all", "All of it"},
                                           {0}};

/* NULL: sound; else what is wrong with the pair. */
static const char *wrong_mask(struct str fields, struct str pair, struct str *item, struct str *kind)
{
    if (str_find_char(pair, '=') == SIZE_MAX) return "This is not a mask such as mobile=phone: %{arg}";
    *kind = str_trim(str_cut(pair, '=', item));
    *item = str_trim(*item);
    if (!item->len || !list_names(fields, *item))
        return "Only items that are asked for can be masked: %{arg}";
    return exchange_known(mask_words, *kind)
               ? NULL
               : "Items are masked as name, number, phone or all, not so: %{arg}";
}

static void add(struct buf *b, struct str one)
{
    if (b->len) buf_add_char(b, ',');
    buf_add(b, one);
}

bool masks_take(struct ctx *c, struct str fields, struct str *masks)
{
    struct buf items = buf_new(c->arena, 64), normal = buf_new(c->arena, 64);
    for (struct str rest = *masks, item, kind; rest.len;) {
        struct str pair = list_next(&rest);
        if (!pair.len) continue;
        const char *wrong = wrong_mask(fields, pair, &item, &kind);
        if (!wrong && list_names(buf_str(&items), item)) wrong = "This item is masked twice: %{arg}";
        if (wrong) return err_at(c->err, STR("masks"), wrong, pair);
        add(&items, item);
        add(&normal, str_fmt(c->arena, "%.*s=%.*s", STR_ARG(item), STR_ARG(kind)));
    }
    *masks = buf_str(&normal);
    return true;
}

struct str mask_of(const struct share_permit *p, struct str id)
{
    struct str found = STR_EMPTY;
    for (struct str rest = p->masks, item, kind; rest.len;) {
        struct str pair = list_next(&rest);
        if (wrong_mask(p->fields, pair, &item, &kind)) return STR("all");
        if (!found.len && str_eq(item, id)) found = kind;
    }
    return found;
}

bool services_take(struct ctx *c, bool callers_case, struct str *services)
{
    struct buf normal = buf_new(c->arena, 64);
    for (struct str rest = *services; rest.len;) {
        struct str code = list_next(&rest);
        if (!code.len) continue;
        bool any = str_eq_c(code, "*") && !normal.len && !str_trim(rest).len;
        /* Services of another installation are not in the directory of this one. */
        if (!any && (str_find_char(code, '*') != SIZE_MAX ||
                     (!callers_case && !catalogue_item(c, code) && !catalogue_of_base(c, code))))
            return err_at(c->err, STR("services"), "There is no service of this code: %{arg}", code);
        add(&normal, code);
    }
    *services = buf_str(&normal);
    return normal.len || err_at(c->err, STR("services"), "Name the services, or * for every one.", STR_EMPTY);
}

/* ---- who may ask ---- */

enum { OPERATOR_MAX = 60 };

static bool is_platform(struct str system)
{
    return str_eq_c(system, PLATFORM_SYSTEM);
}

/* 0: there is none with this login. */
static bool officer_of(struct ctx *c, struct str login, int64_t *account)
{
    struct account a;
    struct str hash;
    struct err why = {0}, *own = c->err, *of_tx = c->tx.err;
    c->err = c->tx.err = &why;
    bool found = account_by_login(c, ACTOR_OFFICER, login, &a, &hash);
    c->err = own;
    c->tx.err = of_tx;
    *account = found ? a.id : 0;
    if (found || why.kind == ERR_MISSING) return true;
    *c->err = why;
    return false;
}

static bool check_operator(struct ctx *c, struct str system, struct str one)
{
    int64_t account;
    size_t star = str_find_char(one, '*');
    if (one.len > OPERATOR_MAX || (star != SIZE_MAX && star + 1 != one.len))
        return err_at(c->err, STR("operators"),
                      "This is neither a name nor the beginning of names with a * behind it: %{arg}", one);
    if (!is_platform(system) || str_eq_c(one, "*") || str_eq_c(one, EXCHANGE_APPLICANT)) return true;
    return officer_of(c, one, &account) &&
           (account || err_at(c->err, STR("operators"), "There is no officer with this login: %{arg}", one));
}

bool operators_take(struct ctx *c, struct str system, struct str *operators)
{
    struct buf normal = buf_new(c->arena, 64);
    for (struct str rest = *operators; rest.len;) {
        struct str one = list_next(&rest);
        if (one.len && !check_operator(c, system, one)) return false;
        if (one.len && !list_names(buf_str(&normal), one)) add(&normal, one);
    }
    *operators = buf_str(&normal);
    return normal.len ||
           err_at(c->err, STR("operators"), "Name who may ask, or * for anyone the system names.", STR_EMPTY);
}

bool operators_known(struct ctx *c, struct arena *a, struct str operators, struct str *out)
{
    struct buf known = buf_new(a, 64);
    for (struct str rest = operators; rest.len;) {
        struct str one = list_next(&rest);
        int64_t account = 0;
        bool word = str_eq_c(one, "*") || str_eq_c(one, EXCHANGE_APPLICANT);
        if (!word && !officer_of(c, one, &account)) return false;
        if (word) add(&known, one);
        if (account) add(&known, str_fmt(c->arena, "%lld", (long long)account));
    }
    *out = buf_str(&known);
    return true;
}

bool operators_hold(const struct share_permit *p, struct str system, struct str who)
{
    const bool itself = str_eq(who, system);
    for (struct str rest = p->operators, one; rest.len;) {
        rest = str_cut(rest, ',', &one);
        const bool many = one.len && one.ptr[one.len - 1] == '*';
        if (many ? !itself && str_starts(who, str_slice(one, 0, one.len - 1)) : str_eq(one, who)) return true;
    }
    return false;
}

struct str operators_words(struct ctx *c, const struct share_permit *p)
{
    struct buf b = buf_new(c->arena, 64);
    for (struct str rest = p->operators; rest.len;) {
        struct str one = list_next(&rest);
        const char *msgid = str_eq_c(one, "*")                  ? "Anyone, who must be named"
                            : str_eq(one, p->system_code)       ? "The system itself"
                            : str_eq_c(one, EXCHANGE_APPLICANT) ? "The applicant"
                                                                : NULL;
        if (b.len) buf_add_c(&b, " · ");
        buf_add(&b, msgid ? ctx_tr(c, msgid) : one);
    }
    return buf_str(&b);
}
