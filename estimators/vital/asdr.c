#include "estimators/vital/asdr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"

const struct model_population asdr_models[2] = {
    [ASDR_S60] = {"S60", "昭和60年モデル人口", 18,
        {"0-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79",
            "80-84", "85+"},
        {8180000, 8338000, 8497000, 8655000, 8814000, 8972000, 9130000, 9289000, 9400000, 8651000, 7616000, 6581000, 5546000, 4511000, 3476000,
            2441000, 1406000, 784000},
        120287000},
    [ASDR_H27] = {"H27", "平成27年モデル人口", 21,
        {"0", "1-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74",
            "75-79", "80-84", "85-89", "90-94", "95+"},
        {978000, 4048000, 5369000, 5711000, 6053000, 6396000, 6738000, 7081000, 7423000, 7766000, 8108000, 8451000, 8793000, 9135000, 9246000,
            7892000, 6306000, 4720000, 3134000, 1548000, 423000},
        125319000},
};

enum err_code asdr(
    enum asdr_model model, int n, const int64_t *deaths, const int64_t *people, int64_t deaths_unknown, struct asdr_result *out, struct err *e) {
  const struct model_population *m = &asdr_models[model];
  struct sum rate = {0, 0}, variance = {0, 0};
  if (n != m->n_groups)
    return ERR(e, E_VITAL_AGES, .subject = m->name, .expected = model == ASDR_S60 ? "18 groups 0-4 .. 85+" : "21 groups 0, 1-4 .. 95+");
  *out = (struct asdr_result){.model = model, .deaths_unknown = deaths_unknown};
  for (int i = 0; i < n; i++) {
    if (people[i] <= 0) return ERR(e, E_VITAL_NO_POPULATION, .subject = m->group[i]);
    double weight = (double)m->people[i] / (double)m->total, p = (double)people[i], d = (double)deaths[i];
    out->deaths += deaths[i];
    sum_add(&rate, weight * d / p);
    sum_add(&variance, weight * weight * d / (p * p));
  }
  out->value = sum_result(&rate);
  out->se = sqrt(sum_result(&variance));
  return E_OK;
}

/* "5-9" -> 5..9, "85+" -> 85..open, "0" -> 0..0. */
static bool bounds(const char *label, int64_t *low, int64_t *high) {
  char *end;
  if (*label < '0' || *label > '9') return false;
  *low = *high = strtoll(label, &end, 10);
  if (*end == '+' && !end[1]) *high = INT64_MAX;
  else if (*end == '-') {
    const char *from = end + 1;
    *high = strtoll(from, &end, 10);
    if (end == from || *end || *high < *low) return false;
  } else if (*end) return false;
  return true;
}

static int group_of(enum asdr_model model, int64_t low, int64_t high) {
  for (int i = 0; i < asdr_models[model].n_groups; i++) {
    int64_t l, h;
    if (bounds(asdr_models[model].group[i], &l, &h) && low >= l && high <= h) return i;
  }
  return -1;
}

int asdr_group_of_age(enum asdr_model model, int64_t age) { return group_of(model, age, age); }

int asdr_group_of_label(enum asdr_model model, const char *label) {
  int64_t low, high;
  return bounds(label, &low, &high) ? group_of(model, low, high) : -1;
}
