#include "core/db/libpq.h"

#include "core/base/late.h"

static struct libpq calls;
const struct libpq *const libpq = &calls;

static const struct late_symbol symbols[] = {
    LATE_SYMBOL(libpq, clear, PQclear),
    LATE_SYMBOL(libpq, cmd_status, PQcmdStatus),
    LATE_SYMBOL(libpq, cmd_tuples, PQcmdTuples),
    LATE_SYMBOL(libpq, connectdb_params, PQconnectdbParams),
    LATE_SYMBOL(libpq, connect_poll, PQconnectPoll),
    LATE_SYMBOL(libpq, connect_start_params, PQconnectStartParams),
    LATE_SYMBOL(libpq, consume_input, PQconsumeInput),
    LATE_SYMBOL(libpq, enter_pipeline_mode, PQenterPipelineMode),
    LATE_SYMBOL(libpq, exec, PQexec),
    LATE_SYMBOL(libpq, finish, PQfinish),
    LATE_SYMBOL(libpq, flush, PQflush),
    LATE_SYMBOL(libpq, ftype, PQftype),
    LATE_SYMBOL(libpq, getisnull, PQgetisnull),
    LATE_SYMBOL(libpq, getlength, PQgetlength),
    LATE_SYMBOL(libpq, get_result, PQgetResult),
    LATE_SYMBOL(libpq, getvalue, PQgetvalue),
    LATE_SYMBOL(libpq, is_busy, PQisBusy),
    LATE_SYMBOL(libpq, nfields, PQnfields),
    LATE_SYMBOL(libpq, ntuples, PQntuples),
    LATE_SYMBOL(libpq, pipeline_sync, PQpipelineSync),
    LATE_SYMBOL(libpq, result_error_field, PQresultErrorField),
    LATE_SYMBOL(libpq, result_status, PQresultStatus),
    LATE_SYMBOL(libpq, send_prepare, PQsendPrepare),
    LATE_SYMBOL(libpq, send_query, PQsendQuery),
    LATE_SYMBOL(libpq, send_query_params, PQsendQueryParams),
    LATE_SYMBOL(libpq, send_query_prepared, PQsendQueryPrepared),
    LATE_SYMBOL(libpq, set_notice_processor, PQsetNoticeProcessor),
    LATE_SYMBOL(libpq, set_notice_receiver, PQsetNoticeReceiver),
    LATE_SYMBOL(libpq, socket, PQsocket),
    LATE_SYMBOL(libpq, status, PQstatus),
    LATE_SYMBOL(libpq, transaction_status, PQtransactionStatus),
};

bool libpq_load(struct err *e)
{
    static struct late library = {.library = "libpq.so.5",
                                  .symbols = symbols,
                                  .count = sizeof symbols / sizeof symbols[0],
                                  .table = &calls,
                                  .lock = PTHREAD_MUTEX_INITIALIZER};
    return late_load(&library, e);
}
