/* cmd_protect_print.h -- what disclosure control did to tables, for eyes and programs: rules, counts, audit, hidden cells by name. No value, no
 *    number of units of a hidden figure. For the cmd_estimate_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_PROTECT_PRINT_H
#define SHIRABE_ESTIMATORS_CMD_PROTECT_PRINT_H
#include "estimators/command/cmd_estimate_print.h"

void protect_print_text(struct cli *c, const struct estimate_output *r);
void protect_print_cells(struct cli *c, const struct estimate_output *r); /* each hidden figure with its rule */
enum err_code protect_print_json(struct cli *c, const struct estimate_output *r, bool cells, struct err *e) NODISCARD;
/* "1 to 3" rules of a profile as one text; into out. */
const char *protect_rule_text(const struct disclosure_profile *p, bool ja, char *out, size_t size);
#endif
