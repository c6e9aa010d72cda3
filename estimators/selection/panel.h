/* panel.h -- a rotating panel: the sample of each stratum in groups, one of which leaves and is replaced at a time, as in the labour surveys (a
 *    third in, a third out); a unit that has left rests before it may come back.
 * Rule     a panel of `groups` groups; a unit stays `stay` periods, a multiple of groups, or less when it replaces one that had gone. Every stay /
 *          groups periods one group leaves as a whole: at turn t = period / (stay / groups), rounded down, group t mod groups; so the turns of a
 *          panel need no memory, and those of a missed period are made up for. Who enters: of the stratum's units that are neither in the panel nor
 *          within `rest` periods after they left, those with fewer turns behind them first, then by permanent random number. Each group has n /
 *          groups units, the first ones one more.
 * Births   units new in the frame may enter at once. Deaths: units no longer in the frame leave and are replaced within their group at the same time.
 *          Strata   a unit whose stratum changed leaves the old stratum, as if it had gone, and may enter in the new one.
 * Weights  N / n of the stratum now: the panel is a simple random sample of the stratum as long as units that rest are alike the others; this is
 *          said in the report, not assumed silently.
 * Shapes   frame [n]: ids, strata (dense), random numbers; history: one record per unit that has ever been in, with the period it entered and the one
 *          it left (-1 = still in); periods are counted from 0. out has the same form and order: by stratum, group, id.
 * Burden   turns = how often a unit has entered.
 * Errors   E_PANEL_SHORT: a stratum has too few units that may enter; E_PANEL_HISTORY: a period before the last one of the history; E_NO_MEMORY.
 * Memory   about 80 bytes a unit. Cost: n log n.
 * Source   Ohlsson (1995) in Business Survey Methods ch. 9 (rotation by permanent random numbers); Nieuwenbroek (1990, 2001) and Cotton & Hesse
 *          (1992) (burden control); Ministry of Health, Labour and Welfare, Monthly Labour Survey, description of sampling (thirds each January). */
#ifndef SHIRABE_ESTIMATORS_SELECTION_PANEL_H
#define SHIRABE_ESTIMATORS_SELECTION_PANEL_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "estimators/selection/sample_plan.h"

struct panel_unit {
  struct str id, stratum;
  int32_t group;
  int64_t entered, left, turns; /* left -1 = in */
};
struct panel_frame {
  int64_t n;
  const struct str *id, *stratum; /* [n] */
  const double *u;                /* [n] permanent random numbers */
};
struct panel_stratum {
  struct str label;
  int64_t size; /* n wanted */
};
struct panel_counts {
  int64_t n_units, n_in, n_entered, n_rotated, n_gone, n_resting;
};
struct panel_step {
  int64_t period;
  const struct sampling_rotation *rotation;
  int64_t n_strata;
  const struct panel_stratum *strata; /* in binary order of labels */
};
/* history in any order, n_history 0 = the first panel. counts [n_strata]. */
enum err_code panel_rotate(struct arena *a, const struct panel_frame *f, const struct panel_step *step, int64_t n_history,
    const struct panel_unit *history,
    int64_t *n_out, struct panel_unit **out, struct panel_counts *counts, struct err *e) NODISCARD;
#endif
