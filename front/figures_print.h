/* figures_print.h -- what was built, in words or JSON: tables, withheld ones with their reason, skipped ones, the bundle. */
#ifndef SHIRABE_FRONT_FIGURES_PRINT_H
#define SHIRABE_FRONT_FIGURES_PRINT_H
#include "base/cli.h"
#include "front/figures.h"

void figures_print(struct cli *c, const struct figures *f);
#endif
