/* mls_guard.h -- the plan guard: proves of a draw and of a month that they are what the approved plan says, and prices each departure in yen.
 * Controls
 *   C1  weight of every stratum = M/m from the frame count and the selection, as exact rationals; every report carries it; no weight is never 1
 *   C2  take-all cells: r x response within 0.95 .. 1.05, every establishment designated
 *   C3  rule and rate of every stratum as in the plan; a stratum outside the plan
 *   C4  sum of weights per stratum against the establishments of the frame (1 %), weighted workers against its workers (warning, 20 %)
 *   C5  weights against those of the run before: a change moves the figures of this very month by so much; above 0.1 % a published note is needed
 *   C6  achieved <= designated = published sample
 *   C8  program and weight table are those the plan names (SHA-256)
 * Price    bias = average contractual pay of all cells as the run's weights give it minus the same with this stratum's weight set right, in yen; the
 *          same for the cells the stratum reports to. error = standard error that sampling the stratum adds where the plan takes it whole.
 * Stop     a finding stops the release unless an exception names its stratum and control and two persons have signed it: then it is printed.
 * Shapes   strata: [n_strata], the indices of sample.design; sample: reports with the weights the program USED (design_view: nothing is repaired).
 * Errors   those of mls_ratio; E_MLS_PLAN_DEVIATES from mls_guard_enforce. Memory: arena. Cost: two estimations per stratum that departs.
 * Source   統計法に基づく調査計画; 毎月勤労統計調査等に関する特別監察委員会 報告書 (2019-01-22, 2019-02-27). */
#ifndef SHIRABE_ESTIMATORS_MLS_GUARD_H
#define SHIRABE_ESTIMATORS_MLS_GUARD_H
#include "base/digest.h"
#include "estimators/mls/mls_plan.h"
#include "estimators/mls/mls_ratio.h"

enum mls_control { MLS_C1 = 1, MLS_C2, MLS_C3, MLS_C4, MLS_C5, MLS_C6, MLS_C7, MLS_C8, MLS_C9, MLS_C10, MLS_C11 };
struct mls_guard_stratum {
  struct str id, industry, size, prefecture;
  int64_t frame_units, frame_workers; /* workers below 0 = not known */
  int64_t drawn_units;                /* in the selection file */
  int64_t weight_num, weight_den;     /* of the weight table; 0/0 = none */
  int64_t before_num, before_den;     /* of the run before; 0/0 = none */
};
struct mls_guard_exception {
  struct str stratum;
  enum mls_control control;
  const char *text;
  int signers; /* different persons whose signature was verified */
};
struct mls_guard_input {
  const struct mls_plan *plan;
  const struct mls_guard_stratum *strata;
  int32_t n_strata;
  const struct mls_sample *sample; /* NULL = only the draw is judged, before any report */
  const struct mls_cell *cells;
  int32_t n_cells;
  int64_t min_reports;
  struct str program, weights;     /* SHA-256 of what runs; "" = not known: a departure when the plan names one */
  bool note_published;             /* C5 */
  const struct mls_guard_exception *exceptions;
  int32_t n_exceptions;
};
enum { MLS_FINDING_TEXT = 240 };
struct mls_finding {
  enum mls_control control;
  int32_t stratum; /* -1 = of the run as a whole */
  char text[MLS_FINDING_TEXT];
  bool priced;
  double bias, bias_cells; /* yen per head and month: all cells; the cells of the stratum */
  double error;            /* yen: standard error added to the average of all cells; 0 where the plan samples */
  bool stops;
  const char *exception;   /* text of the signed exception that lets it pass */
};
struct mls_guard_result {
  struct mls_finding *findings;
  int32_t n_findings, n_stops;
  int64_t published, designated, achieved;
  bool estimated;
  double pay, pay_as_planned; /* yen: average contractual pay with the weights of the run and with every weight set right */
};
enum err_code mls_guard(struct arena *a, const struct mls_guard_input *in, struct mls_guard_result *out, struct err *e) NODISCARD;
/* E_MLS_PLAN_DEVIATES naming the costliest stratum, its control and the yen; E_OK when nothing stops. */
enum err_code mls_guard_enforce(const struct mls_guard_input *in, const struct mls_guard_result *r, struct err *e) NODISCARD;
/* SHA-256 of the weight table: ids, frame counts, drawn counts, weights, in order of id. */
void mls_guard_weights_digest(const struct mls_guard_stratum *strata, int32_t n, char out[DIGEST_TEXT]);
/* One line per finding, for the release and the table's notes. */
const char *mls_finding_line(const struct mls_guard_input *in, const struct mls_finding *f, char *out, size_t size);
#endif
