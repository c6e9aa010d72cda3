/* bench_household.c -- nearest-neighbour minimum change over households of three persons, 5 % failing: seconds of processor, peak memory, growth; and
 * the floor: every failed household against every donor
 * over the same values, persons as they stand, bare loops. Six items per person; rules between persons judged by a function in C, so that the search
 * itself is measured.
 * Optional argument: the largest number of households (100,000 unless given). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "processing/impute/nim.h"

enum { PERSONS = 3, NUMBERS = 2, CODED = 4, ITEMS = NUMBERS + CODED, V = PERSONS * ITEMS };
enum { AGE, INCOME, REL, SEX, MARITAL, WORK };
static const struct str CODES[] = {{"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}};

static double processor(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}
static long peak_kib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss;
}
static _Noreturn void die(const char *what) {
  fprintf(stderr, "benchmark: %s\n", what);
  exit(70);
}
static int at(int person, int item) { return item < NUMBERS ? person * NUMBERS + item : PERSONS * NUMBERS + person * CODED + item - NUMBERS; }

/* One head; a spouse is married, as the head then is; a child is 15 younger than the head; who does not work earns at most 300. Failure: rule * 4 +
 * person. */
static int first_failure(void *context, const double *x) {
  int heads = 0, head = 0, spouse = -1;
  (void)context;
  for (int p = 0; p < PERSONS; p++) {
    if (x[at(p, REL)] == 0) heads++, head = p;
    if (x[at(p, REL)] == 1) spouse = p;
  }
  if (heads != 1) return 0;
  if (spouse >= 0 && x[at(spouse, MARITAL)] != 1) return 4 + spouse;
  if (spouse >= 0 && x[at(head, MARITAL)] != 1) return 8;
  for (int p = 0; p < PERSONS; p++) {
    if (x[at(p, REL)] == 2 && x[at(p, AGE)] + 15 > x[at(head, AGE)]) return 12 + p;
    if (x[at(p, WORK)] == 1 && x[at(p, INCOME)] > 300) return 16 + p;
  }
  return -1;
}
static bool involves(void *context, int failure, int variable) {
  const int rule = failure / 4, person = failure % 4;
  bool rel = false, marital = false, age = false;
  (void)context;
  for (int p = 0; p < PERSONS; p++) rel |= variable == at(p, REL), marital |= variable == at(p, MARITAL), age |= variable == at(p, AGE);
  if (rule == 0) return rel;
  if (rule == 1 || rule == 2) return rel || marital;
  if (rule == 3) return rel || age;
  return variable == at(person, WORK) || variable == at(person, INCOME);
}

struct work {
  struct arena *a;
  int64_t n;
  struct str *unit;
  double *value;
  uint8_t *must;
};
static void person(double *x, int p, double age, int rel, int sex, int marital, struct rng *g) {
  const int work = age < 18 || rng_uniform(g) < 0.3;
  x[at(p, AGE)] = age, x[at(p, REL)] = rel, x[at(p, SEX)] = sex, x[at(p, MARITAL)] = marital, x[at(p, WORK)] = work;
  x[at(p, INCOME)] = floor(work ? rng_uniform(g) * 250 : 150 + rng_uniform(g) * 900);
}
static void spoil(double *x, struct rng *g) {
  const int kind = (int)(rng_uniform(g) * 4);
  if (kind == 0) x[at(1, REL)] = 0;
  else if (kind == 1) x[at(0, MARITAL)] = 0, x[at(1, REL)] = 1;
  else if (kind == 2) x[at(2, AGE)] = 90, x[at(2, REL)] = 2;
  else x[at(1, WORK)] = 1, x[at(1, INCOME)] = 4000;
}
static void make(struct work *w, int64_t n) {
  w->a = arena_new(0);
  w->n = n;
  w->unit = w->a ? ARENA_ARRAY(w->a, struct str, n) : NULL;
  w->value = w->a ? ARENA_ARRAY(w->a, double, n *V) : NULL;
  w->must = w->a ? ARENA_ARRAY(w->a, uint8_t, n * V) : NULL;
  if (!w->unit || !w->value || !w->must) die("no memory");
  for (int64_t i = 0; i < n; i++) {
    struct rng g;
    double *x = w->value + i * V;
    const char *name = arena_printf(w->a, "%lld", (long long)i);
    if (!name) die("no memory");
    w->unit[i] = str_of(name);
    rng_init(&g, 9, "household", &i, sizeof i);
    const double head = floor(28 + rng_uniform(&g) * 50);
    const bool couple = rng_uniform(&g) < 0.7;
    person(x, 0, head, 0, rng_uniform(&g) < 0.3, couple ? 1 : 2, &g);
    person(x, 1, couple ? head - 3 : floor(18 + rng_uniform(&g) * 60), couple ? 1 : 3, rng_uniform(&g) < 0.5, couple ? 1 : 0, &g);
    person(x, 2, floor(head - 16 - rng_uniform(&g) * 12), 2, rng_uniform(&g) < 0.5, 0, &g);
    if (rng_uniform(&g) < 0.05) spoil(x, &g);
  }
}
/* Every failed household against every other over all values: what no order of persons, no bound and no search would cost. */
static double floor_seconds(const struct work *w, const struct nim_result *r, double *sum) {
  const double begin = processor();
  for (int64_t i = 0; i < r->n_units; i++) {
    const double *f = w->value + r->units[i].row * V;
    double least = 1e300;
    for (int64_t k = 0; k < w->n; k++) {
      const double *p = w->value + k * V;
      double far = 0;
      for (int v = 0; v < PERSONS * NUMBERS; v++) {
        const double d = fabs(f[v] - p[v]) / (v % NUMBERS == AGE ? 20 : 1000);
        far += d < 1 ? d : 1;
      }
      for (int v = PERSONS * NUMBERS; v < V; v++) far += f[v] != p[v];
      if (k != r->units[i].row && far < least) least = far;
    }
    *sum += least;
  }
  return processor() - begin;
}
static double run(int64_t n, double before) {
  struct work w;
  struct rule_category categories[PERSONS * CODED];
  struct nim_variable variables[V];
  int place[V];
  struct nim_result r;
  struct err e;
  double sum = 0;
  make(&w, n);
  const long input = peak_kib();
  for (int v = 0; v < V; v++) variables[v] = (struct nim_variable){.weight = 1, .scale = v % NUMBERS == AGE ? 20 : 1000};
  for (int k = 0; k < PERSONS * CODED; k++) categories[k] = (struct rule_category){.name = "code", .n_codes = 4, .codes = CODES};
  for (int p = 0; p < PERSONS; p++)
    for (int k = 0; k < ITEMS; k++) place[p * ITEMS + k] = at(p, k);
  const struct rule_set rules = {.numeric = {.p = PERSONS * NUMBERS}, .n_categories = PERSONS * CODED, .categories = categories};
  const struct nim_judge judge = {NULL, NULL, first_failure, involves};
  const struct nim_spec s = {.rules = &rules,
      .variables = variables,
      .layout = {PERSONS, ITEMS, 0, place, true},
      .judge = &judge,
      .n_donors = 10,
      .alpha = 0.9,
      .gamma = 1.1,
      .t = 1,
      .max_nodes = 20000,
      .seed = 1};
  const struct nim_data d = {.n = n, .unit = w.unit, .value = w.value, .must = w.must};
  const double begin = processor();
  if (nim_impute(w.a, &s, &d, &r, &e)) die("it failed");
  const double seconds = processor() - begin;
  int64_t served = 0;
  for (int64_t i = 0; i < r.n_units; i++) served += r.units[i].outcome == NIM_FOUND;
  printf("minimum change, %lld households of 3 persons, %lld failing, %lld served: %.2f s (%.0f households/s), %ld KiB above the input", (long long)n,
      (long long)r.n_units, (long long)served, seconds, (double)n / seconds, peak_kib() - input);
  if (before > 0) printf(", %.1f x the time of the row before", seconds / before);
  const double bare = floor_seconds(&w, &r, &sum);
  printf("; bare loops %.2f s (sum %.0f), ratio %.2f\n", bare, sum, seconds / bare);
  (void)fflush(stdout);
  arena_free(w.a);
  return seconds;
}

int main(int argc, char **argv) {
  const int64_t most = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
  double before = 0;
  for (int64_t n = 10000; n <= most && n > 0; n = n < most && n * 10 > most ? most : n * 10) {
    before = run(n, before);
    if (n == most) break;
  }
  return 0;
}
