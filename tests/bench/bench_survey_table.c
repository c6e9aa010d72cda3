/* A table of 10 measures by 47 prefectures x 20 industries with all margins over a two-stage sample, and the variance of 100 domains under weights
 * calibrated to 66 margins against a regression for each domain (survey_covariance), 10^5 to 10^7 records, one core. The floor of the table is one
 * pass of weighted sums in 940 cells for each of its figures and margins. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/table.h"
#include "estimators/table/survey_table.h"
#include "estimators/variance/calibrated_domains.h"

enum { STRATA = 470, PSU = 20, PREFECTURES = 47, INDUSTRIES = 20, GROUPS = 19, DOMAINS = 100 };
struct rows {
  int64_t n;
  int32_t *stratum, *psu, *prefecture, *industry, *group, *domain;
  double *weight, *psus, *records, *x, *y;
  struct str *name;
};
static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static double peak_mb(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024;
}
static int make(struct arena *a, struct rows *r) {
  uint64_t seed = 88172645463325252u;
  int32_t **codes[] = {&r->stratum, &r->psu, &r->prefecture, &r->industry, &r->group, &r->domain};
  double **numbers[] = {&r->weight, &r->psus, &r->records, &r->x, &r->y};
  for (int k = 0; k < 6; k++)
    if (!(*codes[k] = ARENA_ARRAY(a, int32_t, r->n))) return 0;
  for (int k = 0; k < 5; k++)
    if (!(*numbers[k] = ARENA_ARRAY(a, double, r->n))) return 0;
  if (!(r->name = ARENA_ARRAY(a, struct str, 100))) return 0;
  for (int k = 0; k < 100; k++) r->name[k] = str_of(arena_printf(a, "%02d", k));
  const int64_t per_stratum = r->n / STRATA / PSU * PSU;
  for (int64_t i = 0; i < r->n; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    const int64_t h = i / per_stratum < STRATA ? i / per_stratum : STRATA - 1;
    r->stratum[i] = (int32_t)h, r->psu[i] = (int32_t)(i / PSU), r->prefecture[i] = (int32_t)(h / 10);
    r->industry[i] = (int32_t)((seed >> 40) % INDUSTRIES), r->group[i] = (int32_t)((seed >> 20) % GROUPS),
        r->domain[i] = (int32_t)((seed >> 30) % DOMAINS);
    r->weight[i] = 12 + (double)(h % 7), r->x[i] = (double)((seed >> 8) & 0xffff) + 1, r->y[i] = (double)((seed >> 13) & 0xfff) + 1;
    r->psus[i] = (double)(per_stratum / PSU * 4 + 400), r->records[i] = PSU * 3;
  }
  return 1;
}
static int design_of(struct arena *a, const struct rows *r, struct sample_design *d) {
  struct err e;
  const struct sample_spec s = {.n = r->n, .n_stages = 2, .stage = {{r->stratum, r->psu, r->psus}, {NULL, NULL, r->records}}, .weight = r->weight};
  return sample_design_build(a, &s, d, &e) == E_OK;
}

static double floor_of(const struct rows *r, int passes) {
  static double cell[PREFECTURES * INDUSTRIES];
  const double begin = processor_seconds();
  for (int p = 0; p < passes; p++)
    for (int64_t i = 0; i < r->n; i++) cell[r->prefecture[i] * INDUSTRIES + r->industry[i]] += r->weight[i] * r->x[i];
  return processor_seconds() - begin + cell[0] * 0;
}
static int table(int64_t n) {
  struct arena *a = arena_new(0);
  struct rows r = {.n = n};
  struct sample_design d;
  struct result_table *t;
  struct measure m[PLAN_MAX_MEASURES];
  struct err e;
  int k;
  static const char measures[] = "count();total(x);mean(x);total(y);mean(y);ratio(x,y);proportion(industry=01);"
                                 "variance(x);formula(total(x)/total(y)-1);median(x)";
  if (!make(a, &r) || !design_of(a, &r, &d) || measures_parse(a, str_of(measures), m, &k, &e)) return 1;
  uint8_t *there = ARENA_ARRAY(a, uint8_t, n);
  const struct survey_column columns[] = {{"prefecture", NULL, r.prefecture, PREFECTURES, r.name, there, {0, 0}}, {"industry", NULL, r.industry,
      INDUSTRIES, r.name, there, {0, 0}},
      {"x", r.x, NULL, 0, NULL, there, {0, 0}}, {"y", r.y, NULL, 0, NULL, there, {0, 0}}};
  const struct survey_columns c = {"made", n, 4, columns};
  const struct survey s = {.n = n, .design = &d, .weight = r.weight};
  static const char *const dimensions[] = {"prefecture", "industry"};
  const struct survey_table_request q = {.id = "t", .columns = &c, .survey = &s, .n_dimensions = 2, .dimensions = dimensions, .n_measures = k,
      .measures = m};
  const double begin = processor_seconds();
  if (survey_table(NULL, a, &q, &t, &e)) return 1;
  const double seconds = processor_seconds() - begin, bare = floor_of(&r, 4 * k);
  printf("table 47 x 20, all margins (1,008 rows), 10 measures, two stages, %.0e records: %.3f s, "
         "%.1f M records/s, %.1f x %d bare passes, peak %.0f MB\n",
      (double)n, seconds, (double)n / seconds * 1e-6, seconds / bare, 4 * k, peak_mb());
  arena_free(a);
  return 0;
}

static int calibrated(int64_t n, int by_domain) {
  struct arena *a = arena_new(0);
  struct rows r = {.n = n};
  struct sample_design d;
  struct err e;
  double var[DOMAINS], *v = var, one[DOMAINS], worst = 0;
  if (!make(a, &r) || !design_of(a, &r, &d)) return 1;
  const struct auxiliary x = {.n = n, .n_factors = 2, .code = {r.prefecture, r.group}, .levels = {PREFECTURES, GROUPS}};
  struct adjustment k = {.kind = ADJUSTED_CALIBRATED, .before = r.weight, .after = r.weight, .x = &x};
  if (regression_new(a, &x, r.weight, &k.regression, &e)) return 1;
  const struct survey s = {.n = n, .design = &d, .weight = r.weight, .n_adjustments = 1, .adjustments = {&k}};
  const double *u[1] = {r.x};
  const struct taylor_domains domains = {DOMAINS, r.domain};
  double begin = processor_seconds();
  if (calibrated_domains_variance(NULL, a, &s, &domains, 1, u, &v, &e)) return 1;
  const double together = processor_seconds() - begin;
  struct taylor_domains few = domains;
  few.n_domains = by_domain;
  begin = processor_seconds();
  int32_t *of = ARENA_ARRAY(a, int32_t, n);
  for (int64_t i = 0; i < n; i++) of[i] = r.domain[i] < by_domain ? r.domain[i] : -1;
  few.of_row = of;
  if (survey_covariance(NULL, a, &s, &few, 1, u, one, &e)) return 1;
  const double apart = (processor_seconds() - begin) / by_domain * DOMAINS;
  for (int q = 0; q < by_domain; q++) worst = fmax(worst, fabs(var[q] / one[q] - 1));
  printf("calibrated to 66 margins, 100 domains, two stages, %.0e records: %.3f s; "
         "a regression for each %.1f s (from %d of them), ratio %.0f; worst difference %.1e; peak %.0f MB\n",
      (double)n, together, apart, by_domain, apart / together, worst, peak_mb());
  arena_free(a);
  return 0;
}
int main(int argc, char **argv) {
  if (argc > 1) return table(strtoll(argv[1], NULL, 10)) ? 70 : 0; /* one size, to look at */
  for (int64_t n = 100000; n <= 10000000; n *= 10)
    if (calibrated(n, n > 1000000 ? 2 : 10)) return 70;
  for (int64_t n = 100000; n <= 10000000; n *= 10)
    if (table(n)) return 70;
  return 0;
}
