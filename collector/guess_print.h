/* guess_print.h -- a guess for people (a table of columns with the evidence in words) and as JSON. Examples are shapes of cells unless the user asks
 * for values. */
#ifndef SHIRABE_COLLECTOR_GUESS_PRINT_H
#define SHIRABE_COLLECTOR_GUESS_PRINT_H
#include "base/cli.h"
#include "collector/guess_map.h"

/* mapping NULL = without a form. */
void guess_print(struct cli *c, const char *file, const struct guess *g, const struct guess_mapping *mapping);
#endif
