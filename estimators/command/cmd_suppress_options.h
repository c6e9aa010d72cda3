/* cmd_suppress_options.h -- the options of `estimate suppress` and `estimate perturb` before any file is read: ranges, options that would have no
 * effect with the method or the options they stand beside, outputs that would write over inputs. For these two commands only.
 * Errors: E_USAGE_VALUE (a number out of its range), E_SDC_OPTION (no effect), E_MICRO_FILES (an input would be written over). */
#ifndef SHIRABE_ESTIMATORS_CMD_SUPPRESS_OPTIONS_H
#define SHIRABE_ESTIMATORS_CMD_SUPPRESS_OPTIONS_H
#include "base/cli.h"

enum err_code suppress_check_options(struct cli *c, struct err *e) NODISCARD;
enum err_code perturb_check_options(struct cli *c, struct err *e) NODISCARD;
#endif
