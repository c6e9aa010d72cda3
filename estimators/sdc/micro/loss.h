/* loss.h -- what protection has changed in numbers: information loss between the file before and after, record by record, and the risk that is left.
 * Shapes   before, after: d columns of n values, the same records in the same order, all present (the caller leaves records with missing values out).
 * Measures il1s: mean over records and columns of |x - x'| / (sqrt 2 sd of x). eigen: mean relative difference of the eigenvalues of the covariance
 *          matrices of the columns standardised by the sd of before. mean, variance, covariance: mean over columns (pairs) of the absolute
 *          difference, relative to the sd, the variance, the product of the two sds of before. linked: share of records after whose nearest record
 *          before is their own (standardised distance; m records tied for nearest count 1/m). rank_linked: the same by differences of mid-ranks.
 *          interval: share of values before that lie within `width` % of the ranks around the value after, averaged over columns.
 *          overlap: mean overlap of the 95 % intervals of the coefficients of a regression of the first column on the others, relative to both
 *          widths.
 * Samples  linkage compares each record with all of them; beyond `linkage_most` records a fixed stride takes so many (n_linked says how many); they
 *          look for themselves among all.
 * Missing  a measure that the data do not determine (constant columns, too few records, singular covariances) has has_x = false.
 * Errors   E_MICRO_PARAMETER (columns, width), E_NO_MEMORY. Cost: n log n for the nearest; eigenvalues d^3. Memory: 40 bytes a value.
 * Source   Mateo-Sanz, Domingo-Ferrer & Sebé (2005), IL1s; Templ (2008) eigenvalues; Karr et al. (2006) interval overlap; Pagliuca & Seri (1999)
 *          record linkage and interval disclosure. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_LOSS_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_LOSS_H
#include "base/arena.h"
#include "base/err.h"

enum { MICRO_LOSS_COLUMNS_MOST = 16 };
struct micro_loss_options {
  double width;         /* percent of the ranks on each side */
  int64_t linkage_most; /* records that look for themselves; 0 = all */
};
struct micro_loss {
  int64_t n, n_linked;
  int d;
  bool has_il1s, has_eigen, has_overlap, has_variance;
  double il1s, eigen, mean, variance, covariance, overlap;
  double linked, rank_linked, interval;
};
enum err_code micro_loss_of(struct arena *a, const double *const *before, const double *const *after, int d, int64_t n,
    const struct micro_loss_options *o, struct micro_loss *out, struct err *e) NODISCARD;
/* Eigenvalues of a symmetric matrix by Jacobi rotations, falling; matrix [m x m] is destroyed. */
void micro_eigenvalues(double *matrix, int m, double *out);
/* Rank of x[i], ties at the mean of their ranks, 1..n. */
enum err_code micro_mid_ranks(struct arena *a, const double *x, int64_t n, double *rank, struct err *e) NODISCARD;
#endif
