/* chain_model.h -- chained regressions: each item with gaps is fitted on all others and its gaps predicted, in turn, until nothing moves.
 * Method   start: median of a number, most frequent category. In each round, items by falling number of gaps: numbers by least squares or robust
 *          regression, categories by one logit per category against the rest, the highest score wins (ties: the lower code). Ends when a round moves
 *          no item by more than `tolerance`: numbers sum (new - old)^2 over the gaps / (gaps * variance observed), categories the share of gaps that
 *          change. Source: Templ, Kowarik & Filzmoser (2011), Iterative stepwise regression imputation; logits: see regression_robust.h.
 * Shapes   t: n rows, p items; n_categories[j] = 0: number; K >= 2: codes 0 .. K-1 held as numbers. The regressors (intercept, numbers, K-1
 *          indicators) are at most 32.
 * Missing  every gap of t is filled (VAL_IMPUTED), whether or not it is an item flagged: blank out what is not to be used, mask what is not to be
 *          filled.
 * Meaning  values are conditional expectations, or likeliest categories: right for totals of single items, too narrow for spreads; use pmm.h or draws
 *          for these.
 * Errors   E_MODEL_DATA: an item without a value; E_MODEL_SPEC; E_NO_MEMORY. Row order changes no bit. Cost: rounds * items * n * regressors^2. */
#ifndef SHIRABE_PROCESSING_IMPUTE_CHAIN_MODEL_H
#define SHIRABE_PROCESSING_IMPUTE_CHAIN_MODEL_H
#include "processing/impute/regression_robust.h"
#include "processing/unit/num_table.h"

struct chain_rule {
  const int *n_categories;          /* [p] */
  const struct robust_rule *robust; /* NULL: least squares */
  int max_rounds;                   /* usual: 20 */
  double tolerance;                 /* usual: 1e-4 */
};
struct chain_result {
  int rounds;
  bool converged;
  double moved; /* of the last round */
  int64_t imputed;
  double condition; /* the largest of the regressions of numbers */
};
enum err_code chain_impute(struct arena *a, struct num_table *t, const struct chain_rule *rule, struct chain_result *out, struct err *e) NODISCARD;
#endif
