#include "modules/cases/cases_exchange.h"

#include "core/http/server.h"

static void add_item(struct exchange_case *k, const struct item *i)
{
    if (!i) return;
    k->item_code = i->code;
    k->base = i->base;
}

struct exchange_case case_for_exchange(const struct case_work *w)
{
    struct exchange_case k = {.id = w->file.id,
                              .item = w->file.item,
                              .applicant = w->file.applicant,
                              .unit = w->file.unit,
                              .live = !w->file.closed && !w->file.result.len};
    add_item(&k, w->item);
    return k;
}

bool case_find_for_exchange(struct ctx *c, struct str case_no, struct exchange_case *out, bool *found)
{
    struct case_live l;
    if (!case_store_live(c, case_no, &l, found) || !*found) return *found || c->err->kind == ERR_NONE;
    *out = (struct exchange_case){
        .id = l.id, .item = l.item, .applicant = l.applicant, .unit = l.unit, .live = l.live};
    add_item(out, catalogue_by_id(c, l.item));
    return true;
}

bool case_live_for_exchange(struct ctx *c, int64_t applicant, struct exchange_case **rows, size_t *count)
{
    struct case_live *live;
    if (!case_store_live_of(c, applicant, &live, count)) return false;
    *rows = ARENA_ARRAY(c->arena, *count + 1, struct exchange_case);
    for (size_t i = 0; i < *count; i++) {
        (*rows)[i] = (struct exchange_case){.id = live[i].id,
                                            .item = live[i].item,
                                            .applicant = applicant,
                                            .unit = live[i].unit,
                                            .live = true,
                                            .case_no = live[i].case_no};
        add_item(&(*rows)[i], catalogue_by_id(c, live[i].item));
    }
    return true;
}

bool case_href_for_exchange(struct ctx *c, int64_t id, struct str *href, struct str *case_no)
{
    const char *page = c->actor.kind == ACTOR_OFFICER ? "/office/cases/%lld" : NULL;
    struct case_file f;
    *href = *case_no = STR_EMPTY;
    if (!case_store_number(c, id, case_no)) return false;
    if (page && !ctx_may(c, "case.work")) return true;
    if (case_load(c, id, &f)) {
        bool draft = str_eq_c(f.status, "draft");
        *href = !page   ? str_fmt(c->arena, draft ? "/apply/%lld" : "/cases/%lld", (long long)id)
                : draft ? STR_EMPTY
                        : str_fmt(c->arena, "/office/cases/%lld", (long long)id);
        return true;
    }
    if (c->err->kind != ERR_MISSING) return false;
    err_clear(c->err);
    return true;
}
