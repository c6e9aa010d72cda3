#include "estimators/vital/tfr.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"

const char *const tfr_method_label_en[2] = {
    "sum of single-age rates 15-49 (national method)", "5 x sum of five-year group rates (prefecture method)"};
const char *const tfr_method_label_ja[2] = {"各歳別出生率の合計（全国の方法）", "5歳階級別出生率の合計×5（都道府県の方法）"};

enum err_code tfr(enum tfr_method method, const struct tfr_input *in, struct tfr_result *out, struct err *e) {
  char place[64];
  double width = method == TFR_SINGLE_AGES ? 1 : 5;
  int n = method == TFR_SINGLE_AGES ? TFR_SINGLE_N : TFR_GROUPS_N;
  struct sum total = {0, 0}, variance = {0, 0};
  if (in->n != n)
    return ERR(e, E_VITAL_AGES, .subject = "tfr", .expected = method == TFR_SINGLE_AGES ? "35 single ages 15-49" : "7 groups 15-19 .. 45-49");
  *out = (struct tfr_result){.method = method, .births_unknown = in->births_unknown};
  for (int i = 0; i < n; i++) {
    int64_t births = in->births[i] + (i == 0 ? in->births_younger : 0) + (i == n - 1 ? in->births_older : 0);
    snprintf(place, sizeof place, "women aged %d", 15 + i * (int)width);
    if (in->women[i] <= 0) return ERR(e, E_VITAL_NO_POPULATION, .subject = place);
    double women = (double)in->women[i];
    out->births += births;
    out->rate[i] = (double)births / women;
    sum_add(&total, width * out->rate[i]);
    sum_add(&variance, width * width * (double)births / (women * women));
  }
  out->value = sum_result(&total);
  out->se = sqrt(sum_result(&variance));
  return E_OK;
}
