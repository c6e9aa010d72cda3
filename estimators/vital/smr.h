/* smr.h -- standardised mortality ratios of small areas, plain and shrunk (empirical Bayes), and years of life lost early.
 * Formula  E = sum P_i m_i (standard rates); SMR = D/E, se = sqrt(D)/E, exact Poisson interval. Empirical Bayes: the true ratios of the areas of a
 *          group (二次医療圏, prefecture) follow a gamma law of shape beta and rate alpha, taken from the group by moments: m = sum D / sum E,
 *          s2 = sum E (SMR - m)^2 / sum E - m n / sum E, alpha = m/s2, beta = m^2/s2; EB-SMR = (D + beta)/(E + alpha), interval by quantiles of
 *          the gamma law of shape D + beta, rate E + alpha. s2 <= 0: the areas differ by chance alone, `flat`, EB-SMR = m without interval.
 * Units    ratios of 1 (times 100 when printed). PYLL(70) = sum of deaths x (70 - age), ages below 70, per 100,000 when divided by people.
 * Missing  an area with E = 0 is E_VITAL_NO_POPULATION. Shapes: areas [n], one group per call. Cost: linear.
 * Source   Clayton & Kaldor (1987) Biometrics 43; Marshall (1991) Appl. Stat. 40; 厚生労働省 人口動態保健所・市区町村別統計 (EB-SMR). */
#ifndef SHIRABE_ESTIMATORS_SMR_H
#define SHIRABE_ESTIMATORS_SMR_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct smr_area {
  int64_t deaths;
  double expected;
  double smr, se, low, high;   /* out */
  double eb, eb_low, eb_high;  /* out */
  bool has_eb_interval;
};
struct smr_prior {
  double alpha, beta, mean, variance; /* variance of the true ratios */
  bool flat;
};
double smr_expected(int n, const double *standard_rate, const int64_t *people);
enum err_code smr_areas(struct smr_area *areas, int64_t n, double confidence, struct smr_prior *prior, struct err *e) NODISCARD;
double pyll(int n, const double *age, const int64_t *deaths, double limit);
#endif
