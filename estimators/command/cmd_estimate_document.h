/* cmd_estimate_document.h -- a run as one JSON document: lineage, weights, tables with their digests. Written by `estimate run --json` and kept
 *    in the store, one table each, by `estimate run --keep`; read again by estimators/table/result_read.h. For the cmd_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_DOCUMENT_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_DOCUMENT_H
#include "base/json_out.h"
#include "estimators/command/cmd_estimate_core.h"

/* only: the index of the one table, without what was skipped and stored; -1 = all. ids may be NULL. */
enum err_code estimate_document(const struct estimate_output *r, char (*ids)[65], int only, struct strbuf *to, struct err *e) NODISCARD;
#endif
