/* risk.h -- the risk that a record is found again: of one record, of a household, of the file; by weights, and by a log-linear model of the
 *    population.
 * Shapes   f, F: sample count and estimated population count of a record's pattern (frequency.h); risk [records]; household [records] dense ids.
 * Units    risks are probabilities 0..1; the global risk is an expected number of records found again.
 * Formula  p = f/F. f = 1: p/(1-p) log(1/p); f = 2: p/(1-p) - (p/(1-p))^2 log(1/p); f >= 3: p/(f - (1-p)); F <= f: 1/f. A household: 1 - prod(1 - r).
 *          Log-linear: the population count of a pattern is Poisson(lambda), that of the sample Poisson(pi lambda); pi lambda is fitted by main
 *          effects, or main effects and all pairs; over sample uniques tau1 = sum exp(-lambda(1-pi)) estimates the population uniques among them and
 *          tau2 = sum (1 - exp(-lambda(1-pi)))/(lambda(1-pi)) the matches that are right.
 * Missing  keys: as the meaning of micro_count says. The model needs whole patterns: records with a missing key are left out and counted.
 * Errors   E_MICRO_PARAMETER (fraction outside 0..1), E_CAP_EXCEEDED (more than MICRO_CELLS_MOST cells for pairs), E_MICRO_SOLVE (pairs do not
 *          converge), E_NO_MEMORY.
 * Memory   8 bytes a record; pairs: 8 bytes a cell of the full table. Cost: patterns; pairs: rounds x pairs x cells.
 * Source   Benedetti & Franconi (1998) with the approximation of Capobianchi, Polettini & Lucarelli (2001), values checked with sdcMicro 5.8.1 on
 *          francdat; Skinner & Holmes (1998), Journal of Official Statistics 14, 361-372. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RISK_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RISK_H
#include "estimators/sdc/micro/frequency.h"

enum { MICRO_CELLS_MOST = 1 << 24 };
double micro_risk(double f, double population);
struct micro_risk_file {
  double *risk;            /* [records] of the record alone */
  double *household_risk;  /* [records] of its household; NULL without households */
  double global;           /* sum of the risks */
  double global_household; /* sum over records of the risk of their household */
  double greatest;
};
enum err_code micro_risk_of(struct arena *a, const struct micro_frequency *f, struct micro_meaning meaning, const int32_t *household,
    struct micro_risk_file *out, struct err *e) NODISCARD;
struct micro_loglinear {
  bool pairs;
  int64_t n_records, n_left_out, n_unique; /* modelled, with a missing key, sample uniques */
  double fraction, tau1, tau2;
  int rounds; /* of the fit of pairs */
};
/* fraction: sampling fraction in (0, 1]. */
enum err_code micro_loglinear_of(struct arena *a, const struct micro_patterns *p, double fraction, bool pairs, struct micro_loglinear *out,
    struct err *e) NODISCARD;
#endif
