/* edit_population.h -- made records for the editing benches: deterministic, each a pure function of (seed, record number).
 * Small    10 non-negative items of a labour survey (employees, hours, pay): 3 balances, 7 ratio rules. 10 % of records in error (one field, one
 *          time in five two), 4 % with 1 to 3 values missing; about 13 % fail.
 * Large    21 items in a hierarchy of 5 balances with 20 ratio rules. 12 % in error, 5 % with 1 to 3 missing; about 19 % fail.
 * Errors   a value times 10 or 1000, divided by 10, a changed leading digit, or two digits swapped; an error may leave every edit true.
 * Values   whole numbers; true values satisfy every edit. */
#ifndef SHIRABE_TESTS_BENCH_EDIT_POPULATION_H
#define SHIRABE_TESTS_BENCH_EDIT_POPULATION_H
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/rng.h"
#include "processing/edit/linear_edit.h"
#include "processing/unit/num_table.h"

enum edit_population { POPULATION_SMALL, POPULATION_LARGE };
enum { POPULATION_MAX_ITEMS = 21 };
static inline int population_items(enum edit_population kind) { return kind == POPULATION_SMALL ? 10 : 21; }
static inline const char *population_edits(enum edit_population kind) {
  return kind == POPULATION_SMALL
             ? "ER + EP = ET; HS + HO = HT; PS + PO + PX = PT; HT <= 300*ET; HT >= 20*ET; PT >= 50*ET; PT <= 3000*ET; HO <= 0.6*HS; PO <= 0.6*PS; PX "
               "<= 2*PS;"
             : "A + B + C = T; A1 + A2 + A3 + A4 + A5 = A; B1 + B2 + B3 + B4 = B; C1 + C2 + C3 + C4 = C; A11 + A12 + A13 + A14 = A1;"
               "A <= 0.7*T; A >= 0.2*T; B <= 0.5*T; B >= 0.1*T; C <= 0.5*T; A1 <= 0.6*A; A1 >= 0.05*A; A2 <= 0.5*A; A3 <= 0.5*A; A4 <= 0.4*A; A5 <= "
               "0.4*A;"
               "B1 <= 0.6*B; B2 <= 0.6*B; B3 <= 0.5*B; B4 <= 0.5*B; C1 <= 0.6*C; C2 <= 0.6*C; C3 <= 0.6*C; C4 >= 0.02*C; A11 <= 0.7*A1;";
}
/* Names in the order of population_record(). */
static inline const char *const *population_names(enum edit_population kind) {
  static const char *const SMALL[] = {"ER", "EP", "ET", "HS", "HO", "HT", "PS", "PO", "PX", "PT"};
  static const char *const LARGE[] = {"A",  "B",  "C",  "T",  "A1", "A2", "A3",  "A4",  "A5",  "B1", "B2",
                                      "B3", "B4", "C1", "C2", "C3", "C4", "A11", "A12", "A13", "A14"};
  return kind == POPULATION_SMALL ? SMALL : LARGE;
}
static inline double population_between(struct rng *r, double low, double high) { return low + (high - low) * rng_uniform(r); }
/* whole = the sum of n parts, whose shares are about equal. */
static inline double population_parts(struct rng *r, double whole, int n, double *part) {
  double share[8], sum = 0, given = 0;
  for (int k = 0; k < n; k++) sum += share[k] = population_between(r, 0.75, 1.25);
  for (int k = 0; k < n; k++) given += part[k] = k + 1 < n ? floor(whole * share[k] / sum) : whole - given;
  return whole;
}
static inline void population_true_small(struct rng *r, double *x) {
  const double staff = floor(exp(population_between(r, 1.6, 6.2)));
  x[1] = floor(staff * population_between(r, 0, 0.5));
  x[0] = staff - x[1];
  x[2] = staff;
  x[3] = ceil(staff * population_between(r, 60, 170));
  x[4] = floor(x[3] * population_between(r, 0, 0.4));
  x[5] = x[3] + x[4];
  x[6] = ceil(staff * population_between(r, 150, 900));
  x[7] = floor(x[6] * population_between(r, 0, 0.4));
  x[8] = floor(x[6] * population_between(r, 0, 1));
  x[9] = x[6] + x[7] + x[8];
}
static inline void population_true_large(struct rng *r, double *x) {
  x[3] = floor(exp(population_between(r, 7.5, 13)));
  x[0] = floor(x[3] * population_between(r, 0.3, 0.5));
  x[1] = floor(x[3] * population_between(r, 0.15, 0.3));
  x[2] = x[3] - x[0] - x[1];
  population_parts(r, x[0], 5, x + 4);
  population_parts(r, x[1], 4, x + 9);
  population_parts(r, x[2], 4, x + 13);
  population_parts(r, x[4], 4, x + 17);
}
static inline double population_wrong(struct rng *r, double v) {
  const double tens = pow(10, floor(log10(v > 1 ? v : 1)));
  switch (rng_below(r, 5)) {
    case 0: return v * 10 + (v == 0);
    case 1: return v * 1000 + (v == 0);
    case 2: return floor(v / 10) + (v == 0);
    case 3: return v + tens * (double)(1 + rng_below(r, 4));
    default: return floor(v / 100) * 100 + fmod(v, 10) * 10 + floor(fmod(v, 100) / 10);
  }
}
/* x as reported and as true (NULL allowed), missing[j] = 1 where not reported (x[j] is then 0). */
static inline void population_record(enum edit_population kind, uint64_t seed, int64_t i, double *x, uint8_t *missing, double *truth) {
  const int p = population_items(kind);
  const double error_rate = kind == POPULATION_SMALL ? 0.10 : 0.12, missing_rate = kind == POPULATION_SMALL ? 0.04 : 0.05;
  struct rng r;
  rng_init(&r, seed, "edit population", &i, sizeof i);
  if (kind == POPULATION_SMALL)
    population_true_small(&r, x);
  else
    population_true_large(&r, x);
  if (truth) memcpy(truth, x, (size_t)p * sizeof *x);
  memset(missing, 0, (size_t)p);
  if (rng_uniform(&r) < error_rate) {
    const int n = rng_below(&r, 5) == 0 ? 2 : 1;
    for (int k = 0; k < n; k++) {
      const uint64_t j = rng_below(&r, (uint64_t)p);
      x[j] = population_wrong(&r, x[j]);
    }
  }
  if (rng_uniform(&r) < missing_rate)
    for (uint64_t n = 1 + rng_below(&r, 3); n > 0; n--) {
      const uint64_t j = rng_below(&r, (uint64_t)p);
      missing[j] = 1;
      x[j] = 0;
    }
}
/* Records from .. from + n - 1 with ids "U<number>". */
static inline enum err_code population_table(struct arena *a, enum edit_population kind, uint64_t seed, int64_t from, int64_t n,
                                             struct num_table *out, struct err *e) {
  const int p = population_items(kind);
  if (num_table_init(out, a, population_names(kind), p, n, e)) return E_NO_MEMORY;
  struct str *unit = ARENA_ARRAY(a, struct str, n + 1);
  char *text = ARENA_ARRAY(a, char, n * 16 + 1);
  if (!unit || !text) return ERR(e, E_NO_MEMORY, .subject = "population");
  for (int64_t i = 0; i < n; i++) {
    double x[POPULATION_MAX_ITEMS];
    uint8_t missing[POPULATION_MAX_ITEMS];
    population_record(kind, seed, from + i, x, missing, NULL);
    for (int j = 0; j < p; j++) {
      out->columns[j].x[i] = x[j];
      out->columns[j].status[i] = missing[j] ? VAL_BLANK : VAL_REPORTED;
    }
    char *id = text + i * 16, digits[16];
    int length = 0, at = 0;
    for (int64_t v = from + i; v > 0 || length == 0; v /= 10) digits[length++] = (char)('0' + v % 10);
    id[at++] = 'U';
    while (length > 0) id[at++] = digits[--length];
    unit[i] = str_view(id, (size_t)at);
  }
  out->unit = unit;
  return E_OK;
}
#endif
