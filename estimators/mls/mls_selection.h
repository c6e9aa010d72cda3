/* mls_selection.h -- the January selection of first-kind establishments by the plan: take-all strata whole and for good, the others as a panel of
 *    thirds.
 * Rule     a sampled stratum draws ceil(M den / num) establishments, at least 1; where the plan leaves the rate open, what is asked for. A request
 *          that is not what the plan says is refused before anything is drawn (control C3), a stratum without a rule too.
 * Panel    panel.h: one third leaves every January, three Januaries in the sample, `rest` at least before an establishment may return.
 * Weights  M/m as drawn, in lowest terms; the same strata then stand before mls_guard without a report.
 * Shapes   frame: [n] id, stratum index, permanent random number in [0, 1); requested: [n_strata], 0 = by the plan; NULL = all by the plan.
 * Errors   E_MLS_PLAN_DEVIATES, E_MLS_SELECTION, those of panel.h. Memory: arena. Cost: n log n.
 * Source   毎月勤労統計調査 調査の概要: partial rotation by thirds since January 2018. */
#ifndef SHIRABE_ESTIMATORS_MLS_SELECTION_H
#define SHIRABE_ESTIMATORS_MLS_SELECTION_H
#include "estimators/mls/mls_guard.h"
#include "estimators/selection/panel.h"

struct mls_selection {
  int64_t n;
  const struct str *id;
  const int32_t *stratum;
  const double *random;
  const struct mls_plan *plan;
  const int64_t *requested;
  int64_t january, rest; /* Januaries since the panel began; of rest */
  const struct panel_unit *history;
  int64_t n_history;
};
struct mls_selected {
  struct panel_unit *panel; /* history and new, for the next January: sampled strata only */
  int64_t n_panel;
  int64_t *drawn, n_drawn;  /* frame rows in the sample of this January */
};
/* strata: id, industry, size, prefecture given; frame_units, drawn_units and weight are set. */
enum err_code mls_select_sample(struct arena *a, const struct mls_selection *in, struct mls_guard_stratum *strata, int32_t n_strata,
    struct mls_selected *out, struct err *e) NODISCARD;
#endif
