/* vital_rates.h -- rates of the vital statistics from a numerator and a denominator, kept apart and rounded once.
 * Formula  rate = events / base * per; printed half away from zero on the exact ratio. Poisson se = sqrt(E)/P * per (relative 1/sqrt(E)).
 * Units    per 1,000 or per 100,000 with the printed decimals of the measure; population is never rounded.
 * Missing  a base of 0 is E_VITAL_NO_POPULATION; unknown ages or weights are left out by the caller and counted.
 * Interval rate +- z se; for fewer than 20 events the exact Poisson interval.
 * Source   厚生労働省 人口動態統計 用語の解説 and 率の算出 (https://www.mhlw.go.jp/toukei/list/81-1.html); Garwood (1936). Cost: O(1). */
#ifndef SHIRABE_ESTIMATORS_VITAL_RATES_H
#define SHIRABE_ESTIMATORS_VITAL_RATES_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum vital_measure {
  VITAL_BIRTH_RATE, VITAL_DEATH_RATE, VITAL_NATURAL_INCREASE, VITAL_MARRIAGE_RATE, VITAL_DIVORCE_RATE, VITAL_CAUSE_RATE,
  VITAL_INFANT_MORTALITY, VITAL_NEONATAL_MORTALITY, VITAL_EARLY_NEONATAL_MORTALITY, VITAL_STILLBIRTH_RATE, VITAL_PERINATAL_MORTALITY,
  VITAL_PERINATAL_OLD, VITAL_MATERNAL_MORTALITY, VITAL_SEX_RATIO, VITAL_MATERNAL_WHO, VITAL_STILL_NATURAL_RATE, VITAL_STILL_ARTIFICIAL_RATE,
  VITAL_STILL_22W_RATE, VITAL_MEASURES
};
struct vital_measure_info {
  const char *name, *label_ja, *label_en;
  int64_t per;
  int decimals;
  bool poisson; /* the numerator is a count of events (natural increase and the sex ratio have other errors) */
};
extern const struct vital_measure_info vital_measure_info[VITAL_MEASURES];

struct vital_rate {
  int64_t events, base, per;
  int decimals;
  double value, se;      /* se of a Poisson count; 0 with has_se false */
  bool has_se;
  int64_t printed;       /* scaled by 10^decimals */
  double low, high;      /* 95 % */
};
/* events / base by the rules of the measure. For natural increase events = births - deaths (may be negative). */
enum err_code vital_rate(enum vital_measure m, int64_t events, int64_t base, struct vital_rate *out, struct err *e) NODISCARD;
/* Any rate: `rate(x, per)` of a table. */
enum err_code vital_rate_per(int64_t events, int64_t base, int64_t per, int decimals, struct vital_rate *out, struct err *e) NODISCARD;

/* Denominators that are sums: stillbirths F of births B: B + F; perinatal: (F22 + early neonatal) / (B + F22). */
enum err_code vital_stillbirth_rate(int64_t births, int64_t stillbirths, struct vital_rate *out, struct err *e) NODISCARD;
enum err_code vital_perinatal_rate(int64_t births, int64_t stillbirths_22w, int64_t early_neonatal, struct vital_rate *out, struct err *e) NODISCARD;
/* Test of two areas' rates: (r1 - r2) / sqrt(E1/P1^2 + E2/P2^2); false when both have no events. */
bool vital_rate_test(int64_t e1, int64_t p1, int64_t e2, int64_t p2, double *z);
#endif
