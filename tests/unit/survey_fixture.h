/* survey_fixture.h -- small random surveys in memory for tests of tables: two stages with strata and population counts, two text dimensions with
 * gaps, two numbers with gaps; and a variance written from the formula, a cell at a time. */
#ifndef SHIRABE_TESTS_UNIT_SURVEY_FIXTURE_H
#define SHIRABE_TESTS_UNIT_SURVEY_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/table.h"
#include "estimators/table/survey_table.h"

enum { WORLD_MOST = 1024 };
struct world {
  struct arena *a;
  int64_t n;
  bool two_stages, with_counts;
  int32_t stratum[WORLD_MOST], psu[WORLD_MOST], area[WORLD_MOST], sex[WORLD_MOST];
  double n1[WORLD_MOST], n2[WORLD_MOST], w[WORLD_MOST], x[WORLD_MOST], y[WORLD_MOST];
  uint8_t area_status[WORLD_MOST], sex_status[WORLD_MOST], x_status[WORLD_MOST], y_status[WORLD_MOST];
  struct survey_column column[4];
  struct survey_columns columns;
  struct sample_design design;
  struct survey survey;
};
static inline uint64_t world_draw(uint64_t seed, int64_t i, uint64_t what) {
  struct rng r;
  const uint64_t key[2] = {(uint64_t)i, what};
  rng_init(&r, seed, "survey world", key, sizeof key);
  return rng_u64(&r);
}
static inline double world_unit(uint64_t seed, int64_t i, uint64_t what) { return (double)(world_draw(seed, i, what) >> 11) * 0x1p-53; }

static const struct str WORLD_AREA[] = {{"east", 4}, {"north", 5}, {"west", 4}};
static const struct str WORLD_SEX[] = {{"1", 1}, {"2", 1}};

static inline void world_records(struct world *s, uint64_t seed) {
  int32_t psu = 0;
  for (int32_t h = 0; h < 4; h++) {
    const int32_t units = 2 + (int32_t)(world_draw(seed, h, 1) % 4);
    for (int32_t u = 0; u < units; u++, psu++) {
      const int64_t records = 2 + (int64_t)(world_draw(seed, psu, 2) % 12);
      for (int64_t i = 0; i < records; i++, s->n++) {
        const int64_t n = s->n;
        s->stratum[n] = h, s->psu[n] = psu;
        s->n1[n] = units + 3 + h, s->n2[n] = (double)records * (1 + h % 2) + (h == 3 ? 0 : 2);
        s->w[n] = s->n1[n] / units * s->n2[n] / (double)records;
        s->area[n] = (int32_t)(world_draw(seed, n, 3) % 3), s->sex[n] = (int32_t)(world_draw(seed, n, 4) % 2);
        s->x[n] = 1 + 99 * world_unit(seed, n, 5) + 10 * h, s->y[n] = 0.5 + 4 * world_unit(seed, n, 6);
        s->area_status[n] = world_draw(seed, n, 7) % 17 == 0 ? VAL_UNKNOWN : VAL_REPORTED;
        s->sex_status[n] = world_draw(seed, n, 8) % 23 == 0 ? VAL_NOT_APPLICABLE : VAL_REPORTED;
        s->x_status[n] = world_draw(seed, n, 9) % 11 == 0 ? VAL_BLANK : VAL_IMPUTED;
        s->y_status[n] = world_draw(seed, n, 10) % 13 == 0 ? VAL_REFUSED : VAL_REPORTED;
      }
    }
  }
}
static inline struct world *world_new(struct arena *a, uint64_t seed, bool two_stages, bool with_counts) {
  struct world *s = ARENA_NEW(a, struct world);
  struct err e;
  assert_non_null(s);
  *s = (struct world){.a = a, .two_stages = two_stages, .with_counts = with_counts};
  world_records(s, seed);
  for (int64_t i = 0; i < s->n; i++) {
    if (s->area_status[i] != VAL_REPORTED) s->area[i] = -1;
    if (s->sex_status[i] != VAL_REPORTED) s->sex[i] = -1;
    if (!value_present(s->x_status[i])) s->x[i] = 0;
    if (!value_present(s->y_status[i])) s->y[i] = 0;
  }
  s->column[0] = (struct survey_column){"area", NULL, s->area, 3, WORLD_AREA, s->area_status, {0, 0}};
  s->column[1] = (struct survey_column){"sex", NULL, s->sex, 2, WORLD_SEX, s->sex_status, {0, 0}};
  s->column[2] = (struct survey_column){"x", s->x, NULL, 0, NULL, s->x_status, {0, 0}};
  s->column[3] = (struct survey_column){"y", s->y, NULL, 0, NULL, s->y_status, {0, 0}};
  s->columns = (struct survey_columns){"made.csv", s->n, 4, s->column};
  const double *counts = with_counts ? s->n1 : NULL;
  struct sample_spec spec = {.n = s->n, .n_stages = two_stages ? 2 : 1, .stage = {{s->stratum, s->psu, counts}}, .weight = s->w, .nested = true};
  if (two_stages) spec.stage[1] = (struct stage_spec){NULL, NULL, with_counts ? s->n2 : NULL};
  assert_int_equal(sample_design_build(a, &spec, &s->design, &e), E_OK);
  s->survey = (struct survey){.n = s->n, .design = &s->design, .weight = s->w};
  return s;
}

/* Records of a row by its codes. */
static inline bool world_in(const struct world *s, int64_t i, struct str area, struct str sex) {
  const struct str a = s->area[i] >= 0 ? WORLD_AREA[s->area[i]] : STR("_U"), x = s->sex[i] >= 0 ? WORLD_SEX[s->sex[i]] : STR("_Z");
  return (str_eq(area, STR("_T")) || str_eq(area, a)) && (str_eq(sex, STR("_T")) || str_eq(sex, x));
}

/* (1 - f) n/(n - 1) sum (t - mean)^2 of n totals. */
static inline double world_spread(const double *t, int n, double population) {
  double mean = 0, sum = 0;
  const double f = population > 0 ? n / population : 0;
  for (int i = 0; i < n; i++) mean += t[i] / n;
  for (int i = 0; i < n; i++) sum += (t[i] - mean) * (t[i] - mean);
  return n > 1 && 1 - f > 1e-7 ? (1 - f) * n / (n - 1) * sum : 0;
}
/* Variance of sum z, z 0 outside the cell, over the whole design. */
static inline double world_variance(const struct world *s, const double *z) {
  double v = 0;
  for (int32_t h = 0; h < 4; h++) {
    double total[16] = {0}, within = 0, f1 = 0;
    int units = 0;
    for (int64_t i = 0; i < s->n;) {
      int64_t j = i;
      while (j < s->n && s->psu[j] == s->psu[i]) j++;
      if (s->stratum[i] == h) {
        for (int64_t k = i; k < j; k++) total[units] += z[k];
        within += s->two_stages && s->with_counts ? world_spread(z + i, (int)(j - i), s->n2[i]) : 0;
        units++, f1 = s->n1[i];
      }
      i = j;
    }
    v += world_spread(total, units, s->with_counts ? f1 : 0) + (s->with_counts ? units / f1 * within : 0);
  }
  return v;
}
static inline void world_near(const char *what, double ours, double expected, double relative) {
  if (!(fabs(ours - expected) <= relative * fmax(fabs(expected), 1e-9))) fail_msg("%s: ours %.17g expected %.17g", what, ours, expected);
}
#endif
