#include "estimators/vital/reproduction.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"

const char *const parity_label_en[PARITY_ORDERS] = {"first", "second", "third", "fourth", "fifth and later", "unknown"};
const char *const parity_label_ja[PARITY_ORDERS] = {"第1子", "第2子", "第3子", "第4子", "第5子以上", "不詳"};

enum err_code tfr_by_parity(enum tfr_method method, const struct parity_input *in, struct parity_result *out, struct err *e) {
  int64_t all[TFR_SINGLE_N] = {0};
  struct tfr_input total = {.n = in->n, .births = all, .women = in->women};
  for (int k = 0; k < PARITY_ORDERS; k++) {
    const struct tfr_input one = {
        .n = in->n, .births = in->births[k], .women = in->women, .births_younger = in->younger[k], .births_older = in->older[k]};
    TRY(tfr(method, &one, &out->order[k], e));
    for (int i = 0; i < in->n; i++) all[i] += in->births[k][i];
    total.births_younger += in->younger[k];
    total.births_older += in->older[k];
  }
  return tfr(method, &total, &out->all, e);
}

enum err_code reproduction_rates(enum tfr_method method, int n, const int64_t *girls, const int64_t *women, const double *L,
    struct reproduction *out, struct err *e) {
  const double width = method == TFR_SINGLE_AGES ? 1 : 5;
  struct sum gross = {0, 0}, net = {0, 0}, gross_var = {0, 0}, net_var = {0, 0};
  char place[64];
  if (n < 1 || n > TFR_SINGLE_N) return ERR(e, E_VITAL_AGES, .subject = "girls", .expected = "1 to 35 ages");
  for (int i = 0; i < n; i++) {
    snprintf(place, sizeof place, "women aged %d", 15 + i * (int)width);
    if (women[i] <= 0) return ERR(e, E_VITAL_NO_POPULATION, .subject = place);
    const double f = (double)women[i], share = L[i] / (width * 100000);
    if (!(share >= 0 && share <= 1)) return ERR(e, E_LIFE_TABLE_INPUT, .subject = place, .expected = "L of 0 to 100,000 a year of age");
    out->rate[i] = (double)girls[i] / f;
    out->surviving[i] = out->rate[i] * share;
    sum_add(&gross, width * out->rate[i]);
    sum_add(&net, width * out->surviving[i]);
    const double variance = width * width * (double)girls[i] / (f * f);
    sum_add(&gross_var, variance);
    sum_add(&net_var, variance * share * share);
  }
  out->gross = sum_result(&gross), out->net = sum_result(&net);
  out->gross_se = sqrt(sum_result(&gross_var)), out->net_se = sqrt(sum_result(&net_var));
  return E_OK;
}
