/* cmd_query_common.h -- what several query commands share. */
#ifndef SHIRABE_COLLECTOR_CMD_QUERY_COMMON_H
#define SHIRABE_COLLECTOR_CMD_QUERY_COMMON_H
#include "collector/cmd_open.h"
#include "collector/query.h"

/* ITEM=VALUE of a repeated option into arena texts. */
enum err_code query_cli_pairs(struct cli *c, const char *option, struct query_pair **out, int *n, struct err *e) NODISCARD;
/* The number of a query as an operand. */
enum err_code query_cli_number(struct cli *c, int64_t *out, struct err *e) NODISCARD;
/* Opens one query through the access log for `purpose`. */
enum err_code query_cli_open(struct cli *c, struct store *s, const struct query_entry *q, const char *purpose, struct query_part **question,
    struct query_part **answer, struct err *e) NODISCARD;
const char *query_kind_text(struct cli *c, const char *kind); /* "correct" ... in the language of the call */
#endif
