/* panel_file.h -- the file of a rotating panel, panel.csv: one row per unit that has ever been in, so that rest and burden can be judged.
 * Columns  the unit column of the plan, stratum, group (from 1), entered, left (blank = in), turns, population, sample, weight, weight_fraction: N
 *          and n of the stratum and N / n for units that are in, else blank.
 * Periods  as 2025-12, 2025-Q4, 2025, FY2025, one kind in a file; counted in their own kind.
 * Errors   E_PANEL_HISTORY with the line: a column that is missing, a period of another kind, a number that is none; E_NO_MEMORY.
 * Memory   from the arena. Cost: linear. Source: none, plain keeping. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_PANEL_FILE_H
#define SHIRABE_ESTIMATORS_SELECTION_PANEL_FILE_H
#include "base/date.h"
#include "base/ext_csv.h"
#include "estimators/selection/panel.h"

int64_t panel_period_index(const struct period *p);
struct period panel_period(int64_t index, enum period_kind kind);
enum err_code panel_read(struct arena *a, const char *place, const struct csv_table *t, const char *unit, enum period_kind kind, int64_t *n,
    struct panel_unit **out, struct err *e) NODISCARD;
/* units and samples [n_strata] of the strata of `step`. */
void panel_write(const struct panel_step *step, const int64_t *units, const char *unit, enum period_kind kind, int64_t n, const struct panel_unit *p,
    struct strbuf *b);
#endif
