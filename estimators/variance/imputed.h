/* imputed.h -- totals and means of an item some of whose values were imputed: influences and extra variance, so that imputed values are not taken for
 *    observed ones.
 * Model    within a class every unit answers with the same probability p, independently (missing at random within classes). Imputed value: R x with
 *          R = sum w y / sum w x over the answers of the class (MEAN: x = 1), or a donor's value drawn in the class (HOTDECK).
 * Reverse  framework: the answers are fixed first, then the sample. e = y - R x of an answer, c the coefficient of the record in the figure (1 in the
 *          domain), A = sum over the class of w c x of the imputed, B = sum of w x of the answers:
 *          influence u = c R x + [answered] e (c + A/B), over the whole sample also for a domain: imputed values of a domain come from all answers
 *          of the class. Into the design's variance: V1.
 *          V2 = sum over answers of w (1 - p) (e (c + A/B))^2, p = weighted share of answers: the chance of answering; without it the variance of
 *          a sample that is nearly the population would be 0.
 *          V3 (HOTDECK) = sum over the imputed of w^2 c^2 s^2, s^2 = weighted variance of e in the class: the draw of donors.
 * Mean     of a domain: the same with c / N and the influence of N.
 * Again    imputed_again gives the completed values of a replicate: value + (R of the replicate - R) x, so that MEAN and RATIO are imputed from the
 *          replicate's answers (a rounded value keeps its rounding) and a donor's value keeps its distance from R: the adjusted jackknife and the
 *          bootstrap that imputes again. Under the weights of the sample they are the values themselves, to the bit.
 * Distance imputed_distance: the largest |sum w y / sum w R x - 1| over the imputed of a class. Far from 0 for MEAN and RATIO: the values were not
 *          made as the model says.
 * Shapes   y, flag, class_of: [n]; flag 1 = imputed; class_of -1 only where y is missing (outside every figure). x: [n], RATIO only, above 0.
 * Errors   E_IMPUTED_CLASS: a class with imputed values and no answer with weight; E_IMPUTED_SPEC; E_NO_MEMORY. Memory: 40 bytes a class. Cost: O(n).
 * Source   Shao & Steel (1999), JASA 94:254-265; Rao & Shao (1992), Biometrika 79:811-822; Shao & Sitter (1996), JASA 91:1278-1288; Kim & Rao
 *          (2009), Biometrika 96:917-932. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_IMPUTED_H
#define SHIRABE_ESTIMATORS_VARIANCE_IMPUTED_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum imputed_method { IMPUTED_MEAN, IMPUTED_RATIO, IMPUTED_HOTDECK };
struct imputed_item {
  const char *name; /* of the item */
  enum imputed_method method;
  int64_t n;
  const double *y, *x;
  const uint8_t *flag;
  const int32_t *class_of;
  int32_t n_classes;
  int64_t n_imputed;
};
/* of_row: 0 in the domain, -1 not, NULL = all; mean: the figure is the mean, else the total. u: [n]. */
struct imputed_figure {
  double value, response, donors; /* V2, V3 */
  bool defined;
};
enum err_code imputed_influence(struct arena *a, const struct imputed_item *m, const double *w, const int32_t *of_row, bool mean, double *u,
    struct imputed_figure *out, struct err *e) NODISCARD;
/* full: weights of the sample, w: of the replicate; out: [n]. */
enum err_code imputed_again(
    struct arena *a, const struct imputed_item *m, const double *full, const double *w, double *out, struct err *e) NODISCARD;
enum err_code imputed_distance(struct arena *a, const struct imputed_item *m, const double *w, double *out, struct err *e) NODISCARD;
#endif
