#include "app/demo.h"
#include "core/auth/auth.h"
#include "modules/orgs/orgs.h"

/* Roles separated by '|'. */
static struct str roles_of(struct ctx *c, const struct json *officer)
{
    struct buf b = buf_new(c->arena, 32);
    JSON_EACH(r, json_get(officer, "roles"))
    {
        if (b.len) buf_add_char(&b, '|');
        buf_add(&b, r->text);
    }
    return buf_str(&b);
}

static bool add_officer(struct ctx *c, struct demo *d, const struct json *officer)
{
    struct account there;
    struct str hash;
    struct err absent = {0}, *own = c->err;
    struct account a = {.kind = ACTOR_OFFICER,
                        .login = json_text_of(officer, "login"),
                        .label = json_text_of(officer, "name"),
                        .roles = roles_of(c, officer),
                        .area = d->place,
                        .active = true};
    const struct unit *u = orgs_unit_of_kind(c, json_text_of(officer, "department"), d->place);
    if (!u) return true; /* the place has no such department */
    a.unit = u->id;
    c->err = &absent;
    bool found = account_by_login(c, ACTOR_OFFICER, a.login, &there, &hash);
    c->err = own;
    if (!found && absent.kind != ERR_MISSING) {
        *c->err = absent;
        return false;
    }
    if (!found) return account_create(c, &a, d->hash);
    a.id = there.id;
    return account_save(c, &a) && account_set_password(c, a.id, d->hash, false);
}

bool demo_add_officers(struct ctx *c)
{
    struct demo *d = ctx_arg(c);
    JSON_EACH(officer, json_get(d->officers, "officers"))
    {
        if (!add_officer(c, d, officer)) return false;
    }
    return true;
}

/* ---- what serve prints ---- */

static void add_person(struct buf *b, const struct json *p)
{
    if (!json_true_of(p, "account")) return;
    struct str mobile = json_text_of(p, "mobile"), name = json_text_of(p, "name"),
               story = json_text_of(p, "story"), en = json_text_of(p, "story_en");
    buf_fmt(b, "    %.*s  %.*s  %.*s · %.*s\n", STR_ARG(mobile), STR_ARG(name), STR_ARG(story), STR_ARG(en));
}

static void add_officer_line(struct buf *b, const struct json *o)
{
    struct str login = json_text_of(o, "login"), name = json_text_of(o, "name"),
               post = json_text_of(o, "post"), en = json_text_of(o, "post_en");
    if (str_find_char(login, '.') != SIZE_MAX && !str_starts(login, STR("transport.")))
        return; /* the others are named by their rule below */
    buf_fmt(b, "    %.*s  %.*s  %.*s · %.*s\n", STR_ARG(login), STR_ARG(name), STR_ARG(post), STR_ARG(en));
}

struct str demo_accounts_text(const struct demo *d)
{
    struct buf b = buf_new(d->arena, 4096);
    buf_fmt(&b,
            "\n  演示账号（全部虚构） · Demonstration accounts (all fictional)\n  密码 · Password: %.*s\n\n",
            STR_ARG(d->password));
    buf_add_c(&b, "  群众 · People  /sign-in\n");
    JSON_EACH(p, json_get(d->persons, "persons"))
    {
        add_person(&b, p);
    }
    buf_add_c(&b, "  工作人员 · Officers  /office/sign-in\n");
    JSON_EACH(o, json_get(d->officers, "officers"))
    {
        add_officer_line(&b, o);
    }
    buf_add_c(
        &b,
        "    每个部门 · Every department: <department>.review, <department>.decide, <department>.data "
        "(market, tobacco, "
        "public-security …)\n"
        "\n  试一试 · What to try\n"
        "    1. 首页搜索“开小卖部卖烟”，打开办事指南 · Search for it on the home page and open the guide\n"
        "    2. 用群众账号登录并在线申请 · Sign in as a person and apply online\n"
        "    3. 用 desk1 受理，再由部门账号审查、决定 · Accept as desk1, then review and decide as the "
        "department\n"
        "    4. 在 /verify 核验证照 · Verify the licence at /verify\n"
        "    5. 用 data1 或 supervisor 登录，打开“数据目录”，看授权、用数、异议和告警 · As data1 or "
        "supervisor, open "
        "the data catalogue: permits, use, objections, alarms\n");
    return buf_str(&b);
}
