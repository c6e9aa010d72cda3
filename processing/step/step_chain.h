/* step_chain.h -- the rows of a chain over time: the step's records in the run's period and the same units in other periods, as longitudinal.h wants
 * them. For step_longitudinal.c.
 * Rows     the first view.now.n are those of the period itself (number 0), in the by-group the unit has now. Another period gives a row where the
 *          unit has a record and a value there; without a value only an earlier period that has not been run yet (its chain is bridged).
 * Class    own_class: a row of another period whose by-items of the form differ from those of now is left out, as if the unit had not been there;
 *          by-items of the register are taken as they are now.
 * Back     values imputed in their own run stand with their stored marker; imputed by another method, with C: they are carried on and count in no
 *          link. Values flagged `exclude` in any of the periods count in none. A value that its own run flagged
 *          `impute` and did not replace is no value: neither carried on nor counted.
 * Period   the number is the offset; step and lag of the rule are in the same unit. Memory: about 60 bytes a row beside longitudinal.h. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_CHAIN_H
#define SHIRABE_PROCESSING_JOB_STEP_CHAIN_H
#include "processing/step/step_correct.h"

struct chain {
  const struct item *items[2]; /* item, auxiliary */
  int n_items, n_periods;      /* other periods with rows */
  int32_t lag;
  struct step_view view;
  int64_t n;
  struct str *unit;
  int32_t *period, *class_;
  double *y, *x;
  uint8_t *y_status, *x_status, *include, *back, *target;
  struct num_column manual;
  int64_t n_past;
  struct long_past *past;
  struct long_row *rows;
};
struct chain_want {
  const struct item *item, *auxiliary; /* auxiliary NULL = none */
  struct expr *manual;                 /* NULL = none */
  int32_t lag, back, weight_lag;       /* weight_lag 0 = links are not weighted */
  bool following, own_class;           /* own_class: only where the unit had the same by-items in that period */
};
enum err_code chain_rows(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain_want *want,
    struct chain *c, struct err *e) NODISCARD;
enum err_code chain_run(struct job_state *j, const struct long_rule *rule, struct chain *c, struct err *e) NODISCARD;
/* A link without any pair stands between row i and the value it was made from: its own, or one of a period that was bridged. */
bool chain_default(const struct chain *c, int64_t i);
#endif
