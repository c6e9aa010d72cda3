/* tfr.h -- total fertility rate, two labelled methods that differ in the third decimal or worse.
 * single   national: sum over single ages 15..49 of B_x / F_x.
 * groups   prefectures: 5 x sum over the seven groups 15-19 .. 45-49 of B_g / F_g.
 * Births   of mothers aged 14 or less are added to the first age, of 50 or more to the last. Unknown ages are not distributed: counted in `unknown`.
 * Units    births; Japanese women on 1 October; children per woman.
 * Missing  a group without women is E_VITAL_NO_POPULATION; wrong age groups are E_VITAL_AGES.
 * Formula  se = sqrt(sum w^2 B / F^2), w = 1 or 5 (Poisson births).
 * Source   人口動態統計 合計特殊出生率の算出 (https://www.mhlw.go.jp/toukei/list/81-1.html). Cost: O(ages). */
#ifndef SHIRABE_ESTIMATORS_TFR_H
#define SHIRABE_ESTIMATORS_TFR_H
#include <stdint.h>

#include "base/err.h"

enum tfr_method { TFR_SINGLE_AGES, TFR_FIVE_YEAR_GROUPS };
extern const char *const tfr_method_label_en[2];
extern const char *const tfr_method_label_ja[2];
enum { TFR_SINGLE_N = 35, TFR_GROUPS_N = 7 };

struct tfr_input {
  int n;                   /* 35 single ages from 15, or 7 groups from 15-19 */
  const int64_t *births;   /* [n] */
  const int64_t *women;    /* [n] */
  int64_t births_younger, births_older, births_unknown;
};
struct tfr_result {
  enum tfr_method method;
  double value, se;
  double rate[TFR_SINGLE_N]; /* age-specific, with the younger and older births in the end ages */
  int64_t births, births_unknown;
};
enum err_code tfr(enum tfr_method method, const struct tfr_input *in, struct tfr_result *out, struct err *e) NODISCARD;
#endif
