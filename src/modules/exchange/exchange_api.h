/* Private to the module: its part of the API document (OpenAPI 3.1), in English. The answers are told as they
 * are sent; every code a call can be refused with is named. */
#ifndef TB_EXCHANGE_API_H
#define TB_EXCHANGE_API_H

#include "modules/exchange/exchange_internal.h"

struct json *exchange_api(struct arena *a, struct err *e);
extern const struct api_face exchange_api_call, exchange_api_convention, exchange_api_batch,
    exchange_api_batch_page, exchange_api_changes, exchange_api_rows;

#endif
