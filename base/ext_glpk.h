/* ext_glpk.h -- linear programmes solved by the GNU Linear Programming Kit; the only includer of <glpk.h>. For rule analysis, and as the
 *    independent check of our own solver. GLPK's messages are switched off; where it would abort (out of memory), so would we: callers keep m and
 *    n below 10,000.
 * Threads  GLPK keeps its state per thread. Cost: tens of microseconds for small programmes; glp_simplex with presolve off. */
#ifndef SHIRABE_BASE_EXT_GLPK_H
#define SHIRABE_BASE_EXT_GLPK_H
#include "base/lp.h"

void lp_glpk(const struct lp *lp, struct lp_result *out);
/* The same by GLPK's exact rational simplex: slow, for the doubtful ones. */
void lp_glpk_exact(const struct lp *lp, struct lp_result *out);
/* Branch and cut: whole [n] says which columns are whole numbers. No multipliers. For comparisons only: its whole numbers are so within 1e-5. */
void lp_glpk_whole(const struct lp *lp, const bool *whole, struct lp_result *out);
#endif
