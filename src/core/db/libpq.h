/* The functions of libpq that are used here, loaded with the first connection (core/base/late.h): most
 * installations keep their data in SQLite. Nothing of `libpq` may be called before libpq_load succeeded. */
#ifndef TB_LIBPQ_H
#define TB_LIBPQ_H

#include "core/base/err.h"

#include <libpq-fe.h>

struct libpq {
    typeof(PQclear) *clear;
    typeof(PQcmdStatus) *cmd_status;
    typeof(PQcmdTuples) *cmd_tuples;
    typeof(PQconnectdbParams) *connectdb_params;
    typeof(PQconnectPoll) *connect_poll;
    typeof(PQconnectStartParams) *connect_start_params;
    typeof(PQconsumeInput) *consume_input;
    typeof(PQenterPipelineMode) *enter_pipeline_mode;
    typeof(PQexec) *exec;
    typeof(PQfinish) *finish;
    typeof(PQflush) *flush;
    typeof(PQftype) *ftype;
    typeof(PQgetisnull) *getisnull;
    typeof(PQgetlength) *getlength;
    typeof(PQgetResult) *get_result;
    typeof(PQgetvalue) *getvalue;
    typeof(PQisBusy) *is_busy;
    typeof(PQnfields) *nfields;
    typeof(PQntuples) *ntuples;
    typeof(PQpipelineSync) *pipeline_sync;
    typeof(PQresultErrorField) *result_error_field;
    typeof(PQresultStatus) *result_status;
    typeof(PQsendPrepare) *send_prepare;
    typeof(PQsendQuery) *send_query;
    typeof(PQsendQueryParams) *send_query_params;
    typeof(PQsendQueryPrepared) *send_query_prepared;
    typeof(PQsetNoticeProcessor) *set_notice_processor;
    typeof(PQsetNoticeReceiver) *set_notice_receiver;
    typeof(PQsocket) *socket;
    typeof(PQstatus) *status;
    typeof(PQtransactionStatus) *transaction_status;
};

extern const struct libpq *const libpq;

bool libpq_load(struct err *e) NODISCARD;

#endif
