/* localise_mixed_run.h -- mixed error localisation for many records: what plainly passes is found column by column, the others are searched
 * with a pool of refutations learnt from earlier records.
 * Shapes   data: n records; x[j], status[j] [n] of numeric variable j (absent from VAL_BLANK on); code[k] [n], -1 = missing or not in the code
 *          list. flags: NULL, or [p + q] each NULL or [n] of enum localise_flag.
 * Answer   as localise_mixed() gives for each record alone: the pool only saves work, a refutation is used where its sums are broken at the record's
 *          own values. So the answer depends neither on threads, order nor on which other records are there. Records that reach a limit (UNSOLVED)
 *          are searched again with an empty pool, so that this too is the record's own.
 * Witness  x [p] and code [q] of the whole record, for SOLVED.
 * Errors   E_LOCALISE_WEIGHT, E_NO_MEMORY, E_CANCELLED.
 * Memory   1 byte per record; 8 (p + q) + 150 bytes per record that does not pass; some MiB per thread.
 * Cost     some 5 ns per rule atom for a passing record, tens of microseconds for others; tests/bench/bench_localise_mixed.c.
 * Source   as localise_mixed.h; cuts shared among records as in Garfinkel, Kunnathur and Liepins (1988), OR Letters 7. */
#ifndef SHIRABE_PROCESSING_LOCALISE_LOCALISE_MIXED_RUN_H
#define SHIRABE_PROCESSING_LOCALISE_LOCALISE_MIXED_RUN_H
#include "processing/localise/localise_mixed.h"

struct mixed_columns {
  int64_t n;
  const struct str *unit;          /* [n] */
  const double *const *x;          /* [p][n] 0 where absent */
  const uint8_t *const *status;    /* [p][n] */
  const int *const *code;          /* [q][n] */
  const uint8_t *const *flags;     /* NULL or [p + q] */
  const double *const *prediction; /* NULL or [p] each NULL or [n]: see mixed_record */
};
struct mixed_case {
  int64_t row;
  uint8_t status, reason;
  int n_set, n_paid, n_operations;
  const int *set, *paid;
  int operations[2];
  double cost;
  const double *x;
  const int *code;
};
struct mixed_metrics { /* programmes, conflicts and what follows tell about the work and depend on threads; the rest does not */
  int64_t by_status[5], by_size[LOCALISE_SIZES];
  int64_t searched, programmes, conflicts, doubtful, exact_programmes;
};
struct mixed_result {
  uint8_t *status; /* [n] */
  int64_t n_cases;
  struct mixed_case *cases; /* ascending by row */
  struct mixed_metrics metrics;
};
/* job gives threads and cancel; the results live in a. */
enum err_code localise_mixed_run(const struct job *job, struct arena *a, const struct mixed_spec *spec, const struct mixed_columns *data,
                                 struct mixed_result *out, struct err *e) NODISCARD;
#endif
