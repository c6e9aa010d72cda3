/* service_estimate.h -- totals and ratios of the detail forms by domain (type of facility, kind of service) with standard errors.
 * Formula  Y = sum w y, R = Y / X x scale; variance of a stratified sample without replacement, cells as strata: sum N (N - n) s^2 / n, of a ratio
 *          with the linearised residuals (y - R x) / X x scale. In cells with an answer from every facility it is 0.
 * Meaning  of sampled kinds the variance of the design and of nonresponse together; of take-all kinds nonresponse taken as sampling in the cell: our
 *          choice, no official formula was found. Marked by has_se 1 and 2 of result_table.h.
 * Shapes   respondents [m]; cell of each (-1 takes no part); measures [k] of y and x [m] (x NULL: total); in: [k][m] 1 = both are there, NULL = all.
 * Totals   whose item some respondents lack: w = N / respondents with the item, by cell, and their variance (our choice, reweighted is set); ratios
 *          keep w. A cell of which nobody has the item leaves its domains and the whole not defined (cell_without_item). One respondent with
 *          the item for several facilities: a value without standard error, unless LONELY_CENTRE.
 * Domains  0..n_domains-1 by respondent, and the sum of all as domain n_domains. Missing: a respondent without the item is no part of the
 *          measure, numerator or denominator, and counted. A denominator of 0 is not defined.
 * Lonely   a cell with one respondent of several facilities stops (E_LONELY_PSU), or counts its deviation from 0 (LONELY_CENTRE).
 * Errors   those of sample_design.h. Memory: 24 bytes per respondent and measure. Cost: O(m k). Same bits whatever the threads (taylor.h)
 *          and the order of the respondents.
 * Source   Särndal, Swensson & Wretman (1992) 3.7, 5.6; estimators/variance/taylor.h. */
#ifndef SHIRABE_ESTIMATORS_FACILITY_SERVICE_ESTIMATE_H
#define SHIRABE_ESTIMATORS_FACILITY_SERVICE_ESTIMATE_H
#include "base/job.h"
#include "estimators/design/sample_design.h"
#include "estimators/facility/service_cell.h"

enum { SERVICE_MEASURES_MOST = 32 };
struct service_measure {
  const double *y, *x; /* [m] */
  const uint8_t *in;   /* [m] */
  double scale;
};
struct service_estimate {
  double value, numerator, denominator, se;
  bool defined, has_se;
  bool reweighted;       /* a total: respondents with the item stand for the facilities of their cell */
  bool cell_without_item; /* a total: in a cell nobody has the item */
  int64_t n, n_left_out; /* respondents with and without the items */
};
enum err_code service_estimates(const struct job *job, struct arena *a, const struct service_cells *cells, int64_t m, const int32_t *domain,
    int32_t n_domains, const struct service_measure *measures, int k, enum lonely_policy lonely, struct service_estimate *out,
    struct err *e) NODISCARD;
/* out: [n_domains + 1][k] */
#endif
