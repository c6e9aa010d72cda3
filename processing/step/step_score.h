/* step_score.h -- the scores of a selective step: its records, cells, divisors and expected values as score.h wants them. For step_selective.c and
 * the replay of past periods.
 * Cells    the by-groups of the step. Divisor: the cell's total of the previous period over the units that are here now, by the job's weight (1 each
 *          where it says none): sums of whole numbers; or with `standard_errors` the standard error of the cell's last estimate ("Cello").
 * Values   flagged `impute` or imputed already are not scored. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_SCORE_H
#define SHIRABE_PROCESSING_JOB_STEP_SCORE_H
#include "processing/step/step_view.h"
#include "processing/outlier/score.h"

struct selection {
  const struct step_value *items;
  struct step_view view, aux;
  double *weight;
  const int64_t *whole_weight; /* by record, times STEP_ONE; NULL = 1 each */
  struct score_item *scores;
  struct score_view cells;
  struct score_spec spec;
  struct score_result result;
};
/* Views, divisors and spec; nothing is scored yet. */
enum err_code selection_make(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *x, struct err *e) NODISCARD;
/* The standard errors of item k: [n_groups], NULL where the step has none. */
enum err_code selection_errors(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, int k, double **out,
    struct err *e) NODISCARD;
enum err_code selection_check(const struct step_spec *s, struct err *e) NODISCARD; /* the options that scoring reads */
#endif
