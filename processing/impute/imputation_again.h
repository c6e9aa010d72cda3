/* imputation_again.h -- gaps imputed anew in a replicate of the bootstrap, class by class, by a weighted linear model, a ratio or donors: the
 * function that imputation_bootstrap.h asks for, returning the total of all units and that of each class.
 * Linear   weighted least squares to the drawn respondents, weights = replicate weight times that of the fit over v (imputation_parts.h).
 * Donor    the drawn respondent nearest in x (of equally near ones the one with the lower x, then the first of the class's rows); without x one drawn
 *          by the unit's hash of (seed, replicate), with chances by how often each stands in the replicate.
 * Shapes   classes: rows of the design, each row in one class at most; domain: [n] rows that count. A class without a drawn respondent, or too few
 *          for its model, ends with E_MODEL_DATA. Memory 32 bytes a row, kept. Cost per replicate O(n p^2), donors O(n log n). */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTATION_AGAIN_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTATION_AGAIN_H
#include "base/str.h"
#include "processing/impute/imputation_parts.h"

struct again_point {
  double x;
  int32_t row, place;
};
struct again {
  const struct parts_input *in;
  const struct parts_class *classes;
  int n_classes;
  const uint8_t *domain;
  const struct str *unit;
  uint64_t seed;
  struct again_point **donors; /* of each class by x; made by again_make */
  int64_t *n_donors, *drawn;
  struct qr_sum *q;
};
/* in, classes, n_classes, domain, unit, seed are the caller's. */
enum err_code again_make(struct arena *a, struct again *x, struct err *e) NODISCARD;
/* A bootstrap_estimate: context is a struct again; out: [1 + n_classes]. */
enum err_code again_totals(void *context, const int32_t *times, const double *weight, int replicate, double *out, struct err *e);
#endif
