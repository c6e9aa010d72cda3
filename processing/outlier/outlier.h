/* outlier.h -- univariate outliers of one item within groups: which values are to be imputed (FTI) and which only to be excluded from models (FTE).
 * Shapes   data: [n] rows as they stand; groups: a partition of the rows; flags: [n] bytes; summaries: one per group.
 * Effect   what is judged: the value y (times its weight where there is one), the ratio y / aux, or the HB effect of that ratio.
 * Missing  a row without value, auxiliary value or record, or with a zero or negative one where those are not accepted, is not judged and is counted
 *          by reason. With an auxiliary item zeros are never accepted: the ratio says nothing there.
 * Flags    outside the imputation limits ODIL (left), ODIR (right); else outside the exclusion limits ODEL, ODER. Comparisons are strict.
 * Errors   E_OUTLIER_PARAMETER, E_OUTLIER_WEIGHT. A group with fewer than min_obs usable rows is not judged, and its summary says so.
 * Order    flags and summaries are the same bits for any order of rows and numbering of groups. Memory: 32 to 40 bytes per row of the largest group
 *          as scratch, released at the end.
 * Methods  and their sources: outlier_limits.h; page: outlier.md. */
#ifndef SHIRABE_PROCESSING_OUTLIER_OUTLIER_H
#define SHIRABE_PROCESSING_OUTLIER_OUTLIER_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "processing/outlier/outlier_limits.h"
#include "processing/unit/num_table.h"

struct outlier_data {
  int64_t n;
  const struct num_column *y;
  const struct num_column *aux; /* aligned with y: another item, or the item of the last period; NULL = the values themselves are judged */
  const uint8_t *matched;       /* 0 where the unit has no record in the last period; NULL = all have one */
  const double *weight;         /* NULL = unweighted, said by the caller; multiplies the value judged, never the auxiliary */
  const uint8_t *weight_status; /* rows whose weight is missing are not judged and counted; NULL = every weight is there */
};
struct outlier_groups { /* rows by group, ascending within a group */
  int n_groups;
  int64_t *start; /* [n_groups + 1] into row */
  int64_t *row;   /* [n] */
};
/* group: [n] codes 0 .. n_groups-1, or NULL for one group. declared_sorted: the codes must ascend, else E_OUTLIER_UNSORTED. */
enum err_code outlier_groups_init(struct outlier_groups *g, struct arena *a, const int32_t *group, int64_t n, int n_groups, bool declared_sorted,
                                  struct err *e) NODISCARD;

enum outlier_flag { OUTLIER_NONE, OUTLIER_ODIL, OUTLIER_ODEL, OUTLIER_ODER, OUTLIER_ODIR };
const char *outlier_flag_name(enum outlier_flag f);  /* "", "ODIL" ... */
const char *outlier_flag_status(enum outlier_flag f); /* "", "FTI", "FTE" */

enum outlier_reject { REJECT_NO_MATCH, REJECT_WEIGHT, REJECT_MISSING, REJECT_AUX_MISSING, REJECT_ZERO, REJECT_AUX_ZERO, REJECT_NEGATIVE,
                     REJECT_AUX_NEGATIVE, N_REJECTS };
struct outlier_summary {
  int64_t n_records, n_used, n_rejected[N_REJECTS], n_imputation, n_exclusion;
  bool judged; /* false: too few; what follows is then not filled */
  struct outlier_limits limits;
};
struct outlier_result {
  uint8_t *flag;  /* [n] enum outlier_flag */
  double *effect; /* [n] filled when not NULL; of rows not judged 0 */
  uint8_t *used;  /* [n] filled when not NULL: 1 where the row was judged */
  /* [n] filled when not NULL, of rows flagged by SIGMA_GAP: distance of the effect to the next different one towards the middle; else 0 */
  double *gap;
  struct outlier_summary *summary; /* [n_groups] */
};
/* The result's arrays are the caller's (outlier_result_init makes them). */
enum err_code outlier_result_init(struct outlier_result *r, struct arena *a, int64_t n, int n_groups, bool effects, struct err *e) NODISCARD;
enum err_code outlier_run(struct outlier_result *r, struct arena *a, const struct outlier_data *d, const struct outlier_groups *g,
                          const struct outlier_params *p, struct err *e) NODISCARD;
#endif
