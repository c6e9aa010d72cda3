/* cmd_mls_diff.h -- `estimate series --diff RUN1 RUN2`: two run records of the labour survey, what changed and why, cell by cell. */
#ifndef SHIRABE_ESTIMATORS_CMD_MLS_DIFF_H
#define SHIRABE_ESTIMATORS_CMD_MLS_DIFF_H
#include "base/cli.h"

/* *differ: the runs are not the same to the bit. */
enum err_code mls_diff_print(struct cli *c, const char *old_path, const char *new_path, bool *differ, struct err *e) NODISCARD;
#endif
