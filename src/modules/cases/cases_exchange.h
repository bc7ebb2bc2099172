/* Private to the module: what a case is to the exchange of data. */
#ifndef TB_CASES_EXCHANGE_H
#define TB_CASES_EXCHANGE_H

#include "modules/cases/cases_internal.h"
#include "modules/exchange/exchange.h"

/* The case as a reason to ask for data: the person's own draft is live, and a case until it is decided. */
struct exchange_case case_for_exchange(const struct case_work *w);
exchange_find_case case_find_for_exchange;
exchange_live_cases case_live_for_exchange;
exchange_case_href case_href_for_exchange;

struct case_live {
    int64_t id, item, applicant, unit;
    bool live;
    struct str case_no; /* of case_store_live_of */
};
/* "" where there is none, or it has no number yet; whoever asks: it stands in lists of calls. */
bool case_store_number(struct ctx *c, int64_t id, struct str *case_no) NODISCARD;
/* Of what was sent. */
bool case_store_live(struct ctx *c, struct str case_no, struct case_live *out, bool *found) NODISCARD;
bool case_store_live_of(struct ctx *c, int64_t applicant, struct case_live **rows, size_t *count) NODISCARD;

#endif
