/* selection_fixture.h -- what the tests of sample selection share: a group of units with keys, and tallies of many draws. */
#ifndef SHIRABE_TESTS_SELECTION_FIXTURE_H
#define SHIRABE_TESTS_SELECTION_FIXTURE_H
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/selection/draw.h"
#include "estimators/selection/joint.h"
#include "estimators/selection/size_probability.h"
#include "estimators/selection/unit_random.h"

enum { UNITS_MOST = 64 };
struct group {
  struct draw_group g;
  uint64_t key[UNITS_MOST];
  double u[UNITS_MOST], pi[UNITS_MOST], x[UNITS_MOST];
};

static inline void group_sizes(struct group *w, int n, int size, const double *x) {
  struct size_probability p;
  struct err e;
  w->g = (struct draw_group){.n = n, .size = size, .key = w->key, .u = w->u, .pi = w->pi};
  for (int k = 0; k < n; k++) w->x[k] = x ? x[k] : 1;
  assert_int_equal(size_probability(n, w->x, size, NULL, w->pi, &p, &e), E_OK);
}

/* The keys of draw number `seed`. */
static inline void group_keys(struct group *w, uint64_t seed) {
  char id[8];
  for (int k = 0; k < w->g.n; k++) {
    snprintf(id, sizeof id, "u%02d", k);
    w->key[k] = random_key(seed, "unit", str_of(id));
    w->u[k] = random_unit_interval(w->key[k]);
  }
  w->g.stream = random_key(seed, "cell", str_of("x"));
}

struct tally {
  int64_t draws, one[UNITS_MOST], two[UNITS_MOST][UNITS_MOST], smallest, largest;
};
static inline void tally_draws(struct arena *a, enum draw_method m, struct group *w, int64_t draws, uint64_t from, struct tally *t) {
  uint8_t taken[UNITS_MOST];
  struct err e;
  *t = (struct tally){.draws = draws, .smallest = UNITS_MOST};
  for (int64_t d = 0; d < draws; d++) {
    group_keys(w, from + (uint64_t)d);
    assert_int_equal(draw_take(a, m, &w->g, taken, &e), E_OK);
    int64_t size = 0;
    for (int k = 0; k < w->g.n; k++) {
      if (!taken[k]) continue;
      size++;
      t->one[k]++;
      for (int l = 0; l < k; l++) t->two[k][l] += taken[l];
    }
    t->smallest = size < t->smallest ? size : t->smallest;
    t->largest = size > t->largest ? size : t->largest;
  }
}
/* How many standard deviations a count is from what the probability gives. */
static inline double deviations(int64_t count, int64_t draws, double p) {
  const double sd = sqrt((double)draws * p * (1 - p));
  const double off = fabs((double)count - (double)draws * p);
  return sd > 0 ? off / sd : off > 1e-9 * (double)draws ? INFINITY : 0;
}
#endif
