/* A year of vital statistics at its real size: 0.73 M births, 1.58 M deaths, stillbirths, marriages, divorces (2.8 M events), the whole table set for
 * 47 prefectures as result tables with rates, TFR, ASDR by cause, ranks, complete life tables and cross-checks; two threads. Target: under 20 s. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/vital/life_q.h"
#include "estimators/vital/life_single.h"
#include "estimators/vital/vital_year.h"
#include "tests/bench/bench_child.h"

static const int64_t counts[VITAL_FORMS] = {730000, 1580000, 16000, 475000, 184000};
static uint64_t seed = 42;
static int32_t draw(int32_t low, int32_t high) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return low + (int32_t)(seed % (uint64_t)(high - low + 1));
}
static int32_t value_of(const char *field, int64_t i) {
  if (!strcmp(field, "scope")) return draw(0, 19) ? 1 : draw(2, 6);
  if (!strcmp(field, "prefecture")) return draw(1, 47);
  if (!strcmp(field, "month")) return draw(1, 12);
  if (!strcmp(field, "sex")) return draw(1, 2);
  if (!strcmp(field, "mother_age")) return (draw(14, 50) + draw(14, 50)) / 2;
  if (!strcmp(field, "weight")) return draw(400, 4500);
  if (!strcmp(field, "weeks")) return draw(12, 42);
  if (!strcmp(field, "age")) return i % 900 ? draw(1, 60) + draw(0, 50) : 0;
  if (!strcmp(field, "age_days")) return i % 900 ? -1 : draw(0, 364);
  if (!strcmp(field, "icd")) return draw(0, ICD_KEYS - 1);
  if (strstr(field, "_age")) return draw(16, 80);
  return draw(0, 6);
}
static void make(struct arena *a, struct vital_records *r) {
  const char *field;
  for (int f = 0; f < VITAL_FORMS; f++) {
    r[f] = (struct vital_records){.n = counts[f]};
    for (int k = 0; (field = vital_field_name((enum vital_form)f, k)); k++) {
      int32_t *x = ARENA_ARRAY(a, int32_t, counts[f]);
      for (int64_t i = 0; i < counts[f]; i++) x[i] = value_of(field, i);
      r[f].field[k] = x;
    }
  }
}
static void people(struct vital_population *p) {
  for (int area = 1; area < 48; area++)
    for (int s = 1; s < 3; s++)
      for (int x = 0; x < VITAL_POPULATION_AGES; x++) p->n[0][s][x] += p->n[area][s][x] = 12000 - 100 * x;
}
/* Complete tables of both sexes: q from the population, graduated, closed by the curve. */
static void life(struct arena *a, const struct vital_population *p, double *e0) {
  struct life_single *t = ARENA_NEW(a, struct life_single);
  struct life_curve k;
  double q[111], smooth[111];
  struct err e;
  for (int area = 0; area < 48; area++)
    for (int s = 1; s < 3; s++) {
      for (int x = 0; x < 111; x++)
        if (life_q_central(x, (double)p->n[area][s][x] * fmin(1.2, 0.00005 * exp(0.095 * x)), (double)p->n[area][s][x], &q[x], &e))
          bench_die("q", &e);
      if (life_graduate(q, 111, 6, false, smooth, &e) || life_curve_fit(smooth, 105, 90, 12, NULL, &k, &e)) bench_die("graduation", &e);
      for (int x = 95; x < 111; x++) smooth[x] = life_curve_q(&k, x);
      if (life_single_table(NULL, smooth, 111, NULL, t, &e)) bench_die("life table", &e);
      *e0 = t->row[0].e;
    }
}
int main(void) {
  struct arena *a = arena_new(0);
  struct vital_records *r = ARENA_ARRAY(a, struct vital_records, VITAL_FORMS);
  struct vital_population *p = ARENA_NEW(a, struct vital_population);
  struct vital_release *release = ARENA_NEW(a, struct vital_release);
  struct vital_check_report *checks = ARENA_NEW(a, struct vital_check_report);
  struct vital_year *y = ARENA_NEW(a, struct vital_year);
  struct result_table *t;
  struct err e;
  int64_t rows = 0, events = 0;
  double e0 = 0;
  make(a, r), people(p);
  for (int f = 0; f < VITAL_FORMS; f++) events += counts[f];
  const double start = bench_now();
  if (vital_year_tabulate(a, 2023, r, &cause_rank_list, 2, y, &e)) bench_die("tabulate", &e);
  const double counted = bench_now() - start;
  for (int id = 0; id < VITAL_TABLES; id++) {
    if (vital_count_table(a, y, (enum vital_table_id)id, &t, &e)) bench_die("table", &e);
    rows += t->n_rows;
  }
  vital_year_release(y, VITAL_APPROXIMATE, release);
  vital_release_check(release, NULL, vital_year_leaf_causes(y), checks);
  if (vital_rates_table(a, release, p, &t, &e) || vital_tfr_areas_table(a, y, p, &t, &e) || vital_asdr_areas_table(a, y, p, ASDR_S60, &t, &e)
      || vital_asdr_areas_table(a, y, p, ASDR_H27, &t, &e) || vital_rank_table(a, y, &t, &e))
    bench_die("derived tables", &e);
  life(a, p, &e0);
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  printf("%lld events: %d tables counted in %.2f s, %lld rows written with rates, TFR, ASDR, ranks, 96 life tables and %lld checks (%lld failed) in "
         "%.2f s, %.0f MiB; target 20 s\n",
      (long long)events, VITAL_TABLES, counted, (long long)rows, (long long)checks->n_checked, (long long)checks->n_failed, bench_now() - start,
      (double)u.ru_maxrss / 1024);
  return checks->n_failed != 0;
}
