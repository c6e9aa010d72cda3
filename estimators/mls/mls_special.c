#include "estimators/mls/mls_special.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"

struct work {
  const struct mls_special *s;
  struct mls_special_result *out;
  double *weight;        /* [n_districts] */
  struct sum *workers, *values; /* [n_groups] weighted */
  double *z;             /* [n_districts] */
};

/* More districts than were drawn would weigh more than the stratum holds, and their squares about the mean could be below 0. */
static enum err_code check_drawn(struct arena *a, const struct mls_special *s, struct err *e) {
  int64_t *present = ARENA_ARRAY(a, int64_t, s->n_strata + 1);
  char place[48], drawn[64], found[32];
  if (!present) return ERR(e, E_NO_MEMORY, .subject = "special survey");
  for (int32_t d = 0; d < s->n_districts; d++) present[s->stratum[d]]++;
  for (int32_t h = 0; h < s->n_strata; h++) {
    if (present[h] <= s->strata[h].drawn) continue;
    snprintf(place, sizeof place, "stratum %d", (int)h + 1);
    snprintf(drawn, sizeof drawn, "no more than the %lld districts drawn", (long long)s->strata[h].drawn);
    snprintf(found, sizeof found, "%lld", (long long)present[h]);
    return ERR(e, E_MLS_MONTH_INPUT, .subject = place, .expected = drawn, .found = found);
  }
  return E_OK;
}
static enum err_code open_work(struct arena *a, struct work *w, struct err *e) {
  const struct mls_special *s = w->s;
  char place[48];
  w->weight = ARENA_ARRAY(a, double, s->n_districts + 1);
  w->z = ARENA_ARRAY(a, double, s->n_districts + 1);
  w->workers = ARENA_ARRAY(a, struct sum, s->n_groups + 1);
  w->values = ARENA_ARRAY(a, struct sum, s->n_groups + 1);
  w->out->adjustment = ARENA_ARRAY(a, double, s->n_groups + 1);
  if (!w->weight || !w->z || !w->workers || !w->values || !w->out->adjustment) return ERR(e, E_NO_MEMORY, .subject = "special survey");
  for (int32_t d = 0; d < s->n_districts; d++) {
    snprintf(place, sizeof place, "district %d", (int)d + 1);
    if (s->stratum[d] < 0 || s->stratum[d] >= s->n_strata) return ERR(e, E_MLS_MONTH_INPUT, .subject = place);
    const struct mls_district_stratum *h = &s->strata[s->stratum[d]];
    if (h->drawn < 1 || h->districts < h->drawn) return ERR(e, E_MLS_MONTH_INPUT, .subject = place, .expected = "1 <= drawn <= districts");
    w->weight[d] = (double)h->districts / (double)h->drawn;
  }
  TRY(check_drawn(a, s, e));
  for (int64_t i = 0; i < s->n; i++) {
    snprintf(place, sizeof place, "person %lld", (long long)i + 1);
    if (s->district[i] < 0 || s->district[i] >= s->n_districts || s->group[i] < 0 || s->group[i] >= s->n_groups)
      return ERR(e, E_MLS_MONTH_INPUT, .subject = place);
    sum_add(&w->workers[s->group[i]], w->weight[s->district[i]]);
    sum_add(&w->values[s->group[i]], w->weight[s->district[i]] * s->value[i]);
  }
  return E_OK;
}
static enum err_code adjust(struct work *w, struct err *e) {
  char place[48];
  for (int32_t g = 0; g < w->s->n_groups; g++) {
    const double workers = sum_result(&w->workers[g]);
    w->out->adjustment[g] = 1;
    if (!w->s->census || (workers == 0 && w->s->census[g] == 0)) continue;
    snprintf(place, sizeof place, "industry group %d", (int)g + 1);
    if (workers == 0) return ERR(e, E_MLS_MONTH_INPUT, .subject = place, .expected = "a person of the group, or no workers in the census");
    w->out->adjustment[g] = w->s->census[g] / workers;
  }
  return E_OK;
}
/* What one person adds to the linearised total: y - R x for an average, y for a total; within an adjusted group minus the group's mean of it. */
static void district_sums(struct work *w, double ratio) {
  const struct mls_special *s = w->s;
  for (int32_t d = 0; d < s->n_districts; d++) w->z[d] = 0;
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t g = s->group[i];
    const double mean = s->census ? sum_result(&w->values[g]) / sum_result(&w->workers[g]) - ratio : 0;
    w->z[s->district[i]] += w->out->adjustment[g] * w->weight[s->district[i]] * (s->value[i] - ratio - mean);
  }
}
static enum err_code between_districts(const struct work *w, double *variance, struct err *e) {
  struct sum total = {0, 0};
  char place[48];
  for (int32_t h = 0; h < w->s->n_strata; h++) {
    const double d = (double)w->s->strata[h].drawn, f = d / (double)w->s->strata[h].districts;
    double sum = 0, squares = 0;
    if (f >= 1) continue;
    snprintf(place, sizeof place, "%d", (int)h + 1);
    if (d < 2) return ERR(e, E_LONELY_PSU, .subject = place, .found = place, .expected = "two districts or more, or all of them");
    for (int32_t k = 0; k < w->s->n_districts; k++)
      if (w->s->stratum[k] == h) sum += w->z[k];
    int64_t present = 0;
    for (int32_t k = 0; k < w->s->n_districts; k++)
      if (w->s->stratum[k] == h) squares += (w->z[k] - sum / d) * (w->z[k] - sum / d), present++;
    squares += (d - (double)present) * (sum / d) * (sum / d); /* drawn districts without a person */
    sum_add(&total, (1 - f) * d / (d - 1) * squares);
  }
  *variance = sum_result(&total);
  return E_OK;
}
enum err_code mls_special_estimate(struct arena *a, const struct mls_special *s, struct mls_special_result *out, struct err *e) {
  struct work w = {.s = s, .out = out};
  double variance = 0;
  *out = (struct mls_special_result){.persons = 0};
  TRY(open_work(a, &w, e));
  TRY(adjust(&w, e));
  for (int32_t g = 0; g < s->n_groups; g++) {
    out->persons += out->adjustment[g] * sum_result(&w.workers[g]);
    out->total += out->adjustment[g] * sum_result(&w.values[g]);
  }
  if (!(out->persons > 0)) return ERR(e, E_MLS_MONTH_INPUT, .subject = "special survey", .expected = "a person");
  out->average = out->total / out->persons;
  district_sums(&w, out->average);
  TRY(between_districts(&w, &variance, e));
  out->average_se = sqrt(variance) / out->persons;
  district_sums(&w, 0);
  TRY(between_districts(&w, &variance, e));
  out->total_se = sqrt(variance);
  return E_OK;
}
