/* smooth.h -- any smooth function of estimated figures, with its gradient by forward-mode derivatives: log(a/b), (a - b)/c, sqrt(a^2 + b^2).
 * Text     + - * / ^ ( ), numbers, names of the figures (letters, digits, _ . or anything between backquotes), log exp sqrt abs.
 * Use      value g(T) and gradient dg/dT_j; the variance is gradient' V gradient, the influence of a record sum_j gradient_j u_j.
 * Missing  where a value or derivative does not exist (log of 0, division by 0) smooth_value returns false.
 * Errors   E_SMOOTH with place and what was expected; at most SMOOTH_MOST names, SMOOTH_NODES operations. Cost: O(nodes names).
 * Source   linearisation: Woodruff (1971), JASA 66; forward mode: Griewank & Walther (2008), Evaluating Derivatives, ch. 3. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_SMOOTH_H
#define SHIRABE_ESTIMATORS_ESTIMATE_SMOOTH_H
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum { SMOOTH_MOST = 32, SMOOTH_NODES = 256 };
struct smooth_node;
struct smooth {
  int n_names, n_nodes;
  const char *name[SMOOTH_MOST]; /* in the order of their first appearance */
  struct smooth_node *node;
};
enum err_code smooth_parse(struct arena *a, const char *text, struct smooth *out, struct err *e) NODISCARD;
/* x: [n_names]; gradient: [n_names]. */
bool smooth_value(const struct smooth *s, const double *x, double *value, double *gradient);
#endif
