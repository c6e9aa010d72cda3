/* Nearest-neighbour minimum change of households against enumeration: 2,000 random sets of households of 2 and 3 persons with rules between persons.
 * The size of what is taken is the smallest over all
 * donors, all orders of their persons of least distance and all subsets of values; what is taken passes; skipping far donors by the bound, the order
 * of units and the subset served change nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "processing/impute/nim.h"

enum { PERSONS = 3, HOUSES = 14, V = 2 * PERSONS };
static const struct str CODES[] = {{"0", 1}, {"1", 1}, {"2", 1}};
struct houses {
  int size, v;
  double value[HOUSES * V];
  uint8_t must[HOUSES * V];
  struct str unit[HOUSES];
  char name[HOUSES][8];
  struct nim_variable variables[V];
  struct rule_category categories[PERSONS];
  struct rule_set rules;
  int place[V];
};

/* Exactly one head (0); a spouse (1) is 4 or older; a child (2) is 3 younger than the head. Failure: rule * 8 + person. */
static int first_failure(void *context, const double *x) {
  const int n = ((const struct houses *)context)->size;
  int heads = 0, head = -1;
  for (int p = 0; p < n; p++)
    if (x[n + p] == 0) heads++, head = p;
  if (heads != 1) return 0;
  for (int p = 0; p < n; p++)
    if (x[n + p] == 1 && x[p] < 4) return 8 + p;
  for (int p = 0; p < n; p++)
    if (x[n + p] == 2 && x[p] + 3 > x[head]) return 16 + p;
  return -1;
}
static bool involves(void *context, int failure, int variable) {
  const int n = ((const struct houses *)context)->size, person = failure % 8;
  if (failure < 8) return variable >= n;
  return failure >= 16 || variable == person || variable == n + person;
}

static void make(struct houses *h, uint64_t seed) {
  static const char *names[] = {"age1", "age2", "age3"};
  struct rng g;
  memset(h, 0, sizeof *h);
  rng_init(&g, seed, "households", &seed, sizeof seed);
  h->size = 2 + (int)(rng_uniform(&g) * 2);
  h->v = 2 * h->size;
  h->rules = (struct rule_set){.numeric = {.p = h->size, .names = names}, .n_categories = h->size, .categories = h->categories};
  for (int p = 0; p < h->size; p++) {
    h->categories[p] = (struct rule_category){.name = "rel", .n_codes = 3, .codes = CODES};
    h->variables[p] = (struct nim_variable){.weight = 1.5, .scale = 5};
    h->variables[h->size + p] = (struct nim_variable){.weight = 1};
    h->place[2 * p] = p;
    h->place[2 * p + 1] = h->size + p;
  }
  for (int i = 0; i < HOUSES; i++) {
    (void)snprintf(h->name[i], sizeof h->name[i], "u%02d", i);
    h->unit[i] = (struct str){h->name[i], 3};
    for (int k = 0; k < h->v; k++) {
      h->value[i * h->v + k] = floor(rng_uniform(&g) * (k < h->size ? 12 : 3));
      h->must[i * h->v + k] = rng_uniform(&g) < 0.04;
    }
  }
}

static struct nim_spec spec_of(struct houses *h, const struct nim_judge *judge, bool alike, int donors) {
  return (struct nim_spec){.rules = &h->rules,
      .variables = h->variables,
      .layout = {h->size, 2, 0, h->place, alike},
      .judge = judge,
      .n_donors = donors,
      .alpha = 0.9,
      .gamma = 1,
      .t = 1,
      .max_nodes = 100000,
      .seed = 5};
}

/* --- enumeration --- */
static double distance(const struct houses *h, int k, double x, double y) {
  if (k >= h->size) return x != y ? 1 : 0;
  return 1.5 * fmin(1, fabs(x - y) / 5);
}
static double apart(const struct houses *h, int f, const double *p) {
  double sum = 0;
  for (int k = 0; k < h->v; k++)
    if (!h->must[f * h->v + k]) sum += distance(h, k, h->value[f * h->v + k], p[k]);
  return sum;
}
static double least_size(struct houses *h, int f, const double *p) {
  const double far = apart(h, f, p);
  double best = INFINITY;
  for (int set = 0; set < 1 << h->v; set++) {
    double x[V], change = 0;
    bool allowed = true;
    for (int k = 0; k < h->v; k++) {
      const bool must = h->must[f * h->v + k], taken = set >> k & 1;
      allowed = allowed && (!must || taken);
      x[k] = taken ? p[k] : h->value[f * h->v + k];
      if (taken && !must) change += distance(h, k, h->value[f * h->v + k], p[k]);
    }
    if (allowed && first_failure(h, x) < 0) best = fmin(best, 0.1 * far + 0.8 * change);
  }
  return best;
}
static const int ORDERS[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
/* Over the orders of least distance: the smallest and the largest of their least sizes. */
static void of_donor(struct houses *h, int f, int donor, double *low, double *high) {
  double p[6][V], far[6], nearest = INFINITY;
  const int n = h->size == 2 ? 2 : 6;
  for (int o = 0; o < n; o++) {
    for (int i = 0; i < h->size; i++) {
      p[o][i] = h->value[donor * h->v + ORDERS[o][i]];
      p[o][h->size + i] = h->value[donor * h->v + h->size + ORDERS[o][i]];
    }
    far[o] = apart(h, f, p[o]);
    nearest = fmin(nearest, far[o]);
  }
  *low = INFINITY;
  *high = 0;
  for (int o = 0; o < n; o++) {
    if (far[o] > nearest + 1e-9) continue;
    const double size = least_size(h, f, p[o]);
    *low = fmin(*low, size);
    *high = fmax(*high, size);
  }
}

static bool is_donor(struct houses *h, int i) {
  for (int k = 0; k < h->v; k++)
    if (h->must[i * h->v + k]) return false;
  return first_failure(h, h->value + i * h->v) < 0;
}

static void the_smallest_change_of_all(void **state) {
  (void)state;
  int served = 0;
  for (uint64_t seed = 1; seed <= 2000; seed++) {
    struct arena *a = arena_new(0);
    struct houses h;
    struct nim_result r;
    struct err e;
    make(&h, seed);
    const struct nim_judge judge = {&h, NULL, first_failure, involves};
    const struct nim_spec s = spec_of(&h, &judge, true, HOUSES);
    const struct nim_data d = {.n = HOUSES, .unit = h.unit, .value = h.value, .must = h.must};
    assert_int_equal(nim_impute(a, &s, &d, &r, &e), E_OK);
    for (int64_t i = 0; i < r.n_units; i++) {
      const struct nim_unit *u = &r.units[i];
      double low = INFINITY, high = INFINITY;
      for (int k = 0; k < HOUSES; k++) {
        double from, to;
        if (!is_donor(&h, k)) continue;
        of_donor(&h, (int)u->row, k, &from, &to);
        low = fmin(low, from);
        high = fmin(high, to);
      }
      assert_int_equal(u->outcome, isinf(low) ? NIM_NO_DONOR : NIM_FOUND);
      if (u->outcome != NIM_FOUND) continue;
      assert_true(first_failure(&h, u->value) < 0);
      assert_true(u->size >= low - 1e-9 && u->size <= high + 1e-9);
      served++;
    }
    arena_free(a);
  }
  assert_true(served > 10000);
}

static bool same_unit(const struct nim_unit *p, const struct nim_unit *q, const struct houses *h) {
  if (p->outcome != q->outcome) return false;
  return p->outcome != NIM_FOUND ||
         (p->size == q->size && memcmp(p->value, q->value, (size_t)h->v * sizeof(double)) == 0 && memcmp(p->taken, q->taken, (size_t)h->v) == 0);
}

static void bound_order_and_subset_change_nothing(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 500; seed++) {
    struct arena *a = arena_new(0);
    struct houses h, turned;
    struct nim_result r, whole, back, some;
    struct err e;
    uint8_t serve[HOUSES];
    make(&h, seed);
    turned = h;
    turned.rules.categories = turned.categories;
    for (int i = 0; i < HOUSES; i++) {
      const int j = HOUSES - 1 - i;
      turned.unit[i] = h.unit[j];
      memcpy(turned.value + i * h.v, h.value + j * h.v, (size_t)h.v * sizeof(double));
      memcpy(turned.must + i * h.v, h.must + j * h.v, (size_t)h.v);
      serve[i] = i % 3 == 0;
    }
    const struct nim_judge judge = {&h, NULL, first_failure, involves};
    const struct nim_spec bound = spec_of(&h, &judge, true, 2), plain = spec_of(&h, &judge, false, 2);
    const struct nim_data d = {.n = HOUSES, .unit = h.unit, .value = h.value, .must = h.must},
                          t = {.n = HOUSES, .unit = turned.unit, .value = turned.value, .must = turned.must};
    const struct nim_data part = {.n = HOUSES, .unit = h.unit, .value = h.value, .must = h.must, .serve = serve};
    assert_int_equal(nim_impute(a, &bound, &d, &r, &e), E_OK);
    assert_int_equal(nim_impute(a, &plain, &d, &whole, &e), E_OK);
    assert_int_equal(nim_impute(a, &bound, &t, &back, &e), E_OK);
    assert_int_equal(nim_impute(a, &bound, &part, &some, &e), E_OK);
    assert_int_equal(r.n_units, whole.n_units);
    for (int64_t i = 0, k = 0; i < r.n_units; i++) {
      assert_true(same_unit(&r.units[i], &whole.units[i], &h));
      assert_true(same_unit(&r.units[i], &back.units[i], &h));
      if (serve[r.units[i].row]) assert_true(same_unit(&r.units[i], &some.units[k++], &h));
    }
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_smallest_change_of_all), cmocka_unit_test(bound_order_and_subset_change_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
