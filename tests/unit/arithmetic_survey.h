/* arithmetic_survey.h -- a survey made by arithmetic alone, so that R makes the same one: 240 records, 40 units in 4 strata, finite populations.
 *   i <- 0:239
 *   d <- data.frame(h=i%%4, psu=(i%/%4)%%10+10*(i%%4), w=10+(i*13)%%7+(i%%4), N=40+10*(i%%4), x=(i*37)%%101, g=c("a","b","c")[((i*5)%/%7)%%3+1],
 *     r=c("n","s")[((i*11)%/%13)%%2+1])
 *   d$gi <- match(d$g,c("a","b","c"))-1; d$y <- 50+0.3*d$x+5*d$gi+(i*i*17)%%41; d$z <- as.integer((i*i*29)%%53 < 20+d$x/5)
 *   d$k <- (i*i*11)%%7+(d$x>50); d$inc <- 1000+(i*i*71)%%9973+50*((i*71)%%97)
 *   des <- svydesign(id=~psu, strata=~h, weights=~w, fpc=~N, data=d)
 * Every value beside a call in the tests that use it is what R 4.2.2 with survey 4.1-1 printed for that call on `des`. */
#ifndef SHIRABE_TESTS_UNIT_ARITHMETIC_SURVEY_H
#define SHIRABE_TESTS_UNIT_ARITHMETIC_SURVEY_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/table.h"
#include "estimators/design/columns.h"
#include "estimators/variance/survey.h"

enum { ARITHMETIC_ROWS = 240 };
struct arithmetic {
  struct arena *a;
  int32_t h[ARITHMETIC_ROWS], psu[ARITHMETIC_ROWS], g[ARITHMETIC_ROWS], r[ARITHMETIC_ROWS];
  double w[ARITHMETIC_ROWS], population[ARITHMETIC_ROWS], x[ARITHMETIC_ROWS], y[ARITHMETIC_ROWS], z[ARITHMETIC_ROWS], k[ARITHMETIC_ROWS],
      income[ARITHMETIC_ROWS];
  uint8_t present[ARITHMETIC_ROWS];
  struct survey_column column[6];
  struct survey_columns columns;
  struct sample_design design;
  struct survey survey;
};
static inline void near(double ours, double expected, double relative) {
  if (!(fabs(ours - expected) <= relative * fmax(fabs(expected), 1e-12))) fail_msg("ours %.17g expected %.17g", ours, expected);
}
static inline void arithmetic_survey(struct arithmetic *s) {
  static const struct str G[] = {{"a", 1}, {"b", 1}, {"c", 1}}, R[] = {{"n", 1}, {"s", 1}};
  struct err e;
  *s = (struct arithmetic){.a = arena_new(0)};
  for (int i = 0; i < ARITHMETIC_ROWS; i++) {
    s->h[i] = i % 4, s->psu[i] = i / 4 % 10 + 10 * (i % 4), s->w[i] = 10 + i * 13 % 7 + i % 4, s->population[i] = 40 + 10 * (i % 4);
    s->x[i] = i * 37 % 101, s->g[i] = i * 5 / 7 % 3, s->r[i] = i * 11 / 13 % 2;
    s->y[i] = 50 + 0.3 * s->x[i] + 5 * s->g[i] + i * i * 17 % 41;
    s->z[i] = i * i * 29 % 53 < 20 + s->x[i] / 5;
    s->k[i] = i * i * 11 % 7 + (s->x[i] > 50);
    s->income[i] = 1000 + i * i * 71 % 9973 + 50 * (i * 71 % 97);
    s->present[i] = VAL_REPORTED;
  }
  const struct survey_column columns[] = {{"x", s->x, NULL, 0, NULL, s->present, {0, 0}}, {"y", s->y, NULL, 0, NULL, s->present, {0, 0}},
      {"z", s->z, NULL, 0, NULL, s->present, {0, 0}}, {"k", s->k, NULL, 0, NULL, s->present, {0, 0}}, {"g", NULL, s->g, 3, G, s->present, {0, 0}},
      {"r", NULL, s->r, 2, R, s->present, {0, 0}}};
  for (int k = 0; k < 6; k++) s->column[k] = columns[k];
  s->columns = (struct survey_columns){"arithmetic", ARITHMETIC_ROWS, 6, s->column};
  const struct sample_spec spec = {.n = ARITHMETIC_ROWS, .n_stages = 1, .stage = {{s->h, s->psu, s->population}}, .weight = s->w};
  assert_int_equal(sample_design_build(s->a, &spec, &s->design, &e), E_OK);
  s->survey = (struct survey){.n = ARITHMETIC_ROWS, .design = &s->design, .weight = s->w};
}
#endif
