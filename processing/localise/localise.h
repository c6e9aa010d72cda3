/* localise.h -- which values of a record are wrong: the cheapest set of variables that can be changed so that every edit holds (Fellegi and
 * Holt).
 * Shapes   system: p variables with bounds, m linear edits. data: n records; its columns are found by the system's names.
 * Weights  weight[p] > 0, the cost of changing a variable; INFINITY = may not be changed. Kept in millionths, so that sums do not depend on
 *          their order. Nothing is assumed: weight must be given. record_weight[j][i] replaces weight[j] in record i.
 * Missing  a missing value is always in the set (its weight counts), and so are values flagged LOCALISE_FORCED. LOCALISE_FROZEN: may not be
 *          changed. Values below a lower bound or above an upper one are found by the search itself: nothing else can mend them.
 * Answer   per record a status; for records that do not pass the set, its cost and a witness: values of the set with which every edit holds,
 *          near the old ones. SOLVED is always checked in the data's own units with the tolerance of linear_edit.h, and no cheaper set exists.
 * Ties     of several cheapest sets the one with the smallest sum of priority, then the smallest hash of (seed, unit, set of names): the answer
 *          depends neither on the order of records, edits or variables, nor on threads, nor on which other records are there.
 * Values   continuous within their bounds; a witness is put on whole steps where that keeps every edit. Sets that only whole numbers rule out:
 *          localise_mixed.h.
 * Errors   E_LOCALISE_WEIGHT, E_LOCALISE_COLUMN, E_NO_MEMORY. A record that cannot be settled is UNSOLVED with its reason, never left out.
 * Memory   72 bytes and the set per record that does not pass, 1 byte per record, and at most LOCALISE_POOL_BYTES per thread.
 * Cost     about 30 ns per passing record, a few microseconds per other one (10 variables); linear in n.
 * Source   Fellegi and Holt (1976), JASA 71:17-35; cuts of inconsistent subsystems by Farkas' lemma as in Garfinkel, Kunnathur and Liepins
 *          (1988), OR Letters 7; weighted hitting sets by branch and bound; de Waal, Pannekoek and Scholtus (2011), Handbook of Statistical Data
 *          Editing, ch. 3. */
#ifndef SHIRABE_PROCESSING_LOCALISE_LOCALISE_H
#define SHIRABE_PROCESSING_LOCALISE_LOCALISE_H
#include "base/job.h"
#include "processing/edit/linear_edit.h"
#include "processing/unit/num_table.h"

enum { LOCALISE_POOL_BYTES = 16 << 20, LOCALISE_MAX_THREADS = 64 };
enum localise_flag { LOCALISE_FREE, LOCALISE_FORCED, LOCALISE_FROZEN };
enum localise_status { LOCALISE_PASSED, LOCALISE_SOLVED, LOCALISE_REJECTED_CARDINALITY, LOCALISE_UNSOLVED, LOCALISE_NO_SOLUTION };
/* Why UNSOLVED; LOCALISE_OPTIMA_CUT stands beside SOLVED when there are more optimal sets than were to be listed. */
enum localise_reason { LOCALISE_BECAUSE_NOTHING, LOCALISE_NODES, LOCALISE_PROGRAMMES, LOCALISE_NUMBERS, LOCALISE_OPTIMA_CUT };
const char *localise_status_name(enum localise_status s); /* "passed", "solved" ... */
const char *localise_reason_name(enum localise_reason r);

struct localise_spec {
  const struct linear_system *system;
  const double *weight;               /* [p] */
  const double *const *record_weight; /* NULL, or [p] each NULL or [n] */
  const uint8_t *const *flags;        /* NULL, or [p] each NULL or [n] of enum localise_flag */
  const double *priority;             /* NULL, or [p] >= 0 */
  uint64_t seed;
  double max_cost;    /* INFINITY = no limit; above it REJECTED_CARDINALITY */
  int64_t max_nodes;  /* of the search, per record; 0 = 1,000,000 */
  int max_programmes; /* linear programmes per record; 0 = 10,000 */
  int max_optima;     /* 0: only one set is looked for; else all are counted and at most so many kept */
};
struct localise_case {
  int64_t row;
  uint8_t status, reason;
  int n_set, n_optima; /* n_optima: 0 when not asked for */
  double cost;
  const int *set;        /* [n_set] variables of the system, ascending */
  const double *witness; /* [n_set] */
  const int *optima;     /* when asked: n_listed sets, each as its size and its variables */
  int n_listed;
};
enum { LOCALISE_SIZES = 16 };
struct localise_metrics {                        /* programmes, nodes and cuts tell about the work and depend on threads; the rest does not */
  int64_t by_status[5], by_size[LOCALISE_SIZES]; /* sizes of sets; the last counts all larger ones */
  int64_t several_optima, programmes, nodes, exact_programmes;
  int cuts;
};
struct localise_result {
  uint8_t *status; /* [n] */
  int64_t n_cases;
  struct localise_case *cases; /* ascending by row */
  struct localise_metrics metrics;
};
/* job gives threads and cancel; the results live in a. */
enum err_code localise_run(const struct job *job, struct arena *a, const struct localise_spec *spec, const struct num_table *data,
                           struct localise_result *out, struct err *e) NODISCARD;
const struct localise_case *localise_find(const struct localise_result *r, int64_t row); /* NULL: the record passed */
#endif
