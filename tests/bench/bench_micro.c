/* Protection of microdata on made populations of 10^5 and 10^6 records (an argument: one other size): keys of 8 regions, sex, 9 ages, 4 marital
 * states, 5 household sizes and 13 occupations; marital state and occupation depend on age and sex. Beside the peer's seconds (sdcMicro 5.8.1, R
 * 4.2.2, the same machine type, measured on another made population of the same keys: blanks are therefore also given per record below k, where
 * sdcMicro has 1.007 and 1.001). Processor seconds, one thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/rng.h"
#include "estimators/sdc/micro/recount.h"
#include "estimators/sdc/micro/suppress_local.h"

enum { KEYS = 6 };
static const int32_t codes[KEYS] = {8, 2, 9, 4, 5, 13};
static double seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
static long peak_mib(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss / 1024;
}
/* Index by falling probability exp(-rate i). */
static int32_t skewed(struct rng *r, int32_t n, double rate) {
  const double top = 1 - exp(-rate * n);
  const int32_t i = (int32_t)floor(-log(1 - rng_uniform(r) * top) / rate);
  return i < n ? i : n - 1;
}
static int make_keys(struct arena *a, int64_t n, struct micro_keys *k) {
  struct rng r;
  rng_init(&r, 20261129, "bench_micro", NULL, 0);
  *k = (struct micro_keys){.n = n, .m = KEYS};
  for (int j = 0; j < KEYS; j++) {
    k->name[j] = "key", k->n_codes[j] = codes[j];
    if (!(k->code[j] = ARENA_ARRAY(a, int32_t, n))) return 0;
  }
  for (int64_t i = 0; i < n; i++) {
    const int32_t sex = (int32_t)rng_below(&r, 2), age = (int32_t)rng_below(&r, 9);
    k->code[0][i] = 1 + skewed(&r, 8, 0.25), k->code[1][i] = 1 + sex, k->code[2][i] = 1 + age;
    k->code[3][i] = 1 + (skewed(&r, 4, age < 2 ? 3.0 : 1.0) + (age > 2)) % 4;
    k->code[4][i] = 1 + skewed(&r, 5, 0.45);
    k->code[5][i] = 1 + (skewed(&r, 13, age < 2 || age > 6 ? 0.5 : 0.25) + 3 * sex) % 13;
  }
  return 1;
}
static void die(const struct err *e) {
  char text[512];
  err_format(e, LANG_EN, text, sizeof text);
  fprintf(stderr, "%s\n", text);
  exit(1);
}
static void suppress(struct arena *a, const struct micro_keys *k, const struct micro_patterns *p, int share, double before) {
  struct micro_suppression s;
  struct micro_recount again;
  struct err e;
  const double start = seconds();
  if (micro_suppress(a, k, p, &(struct micro_suppress_options){.k = 3, .share = share}, &s, &e)) die(&e);
  const double done = seconds();
  if (micro_recount(a, k, s.blanked, 3, &again, &e)) die(&e);
  printf("  k = 3, share %d: %lld records below k, %lld blanks (%.3f each) on %lld records, %lld carried, %lld given back; %.3f s with counts\n", share,
      (long long)s.n_violating, (long long)s.n_all, (double)s.n_all / (double)(s.n_violating ? s.n_violating : 1), (long long)s.n_records,
      (long long)s.n_carried, (long long)s.n_restored, done - start + before);
  printf("    blanks by key:");
  for (int j = 0; j < KEYS; j++) printf(" %lld", (long long)s.n_blanks[j]);
  printf("; counted again by sorting: %lld below k, least %lld, %.3f s\n", (long long)again.n_below, (long long)again.least, seconds() - done);
}
static void k_anonymity(int64_t n, const char *peer) {
  struct arena *a = arena_new(0);
  struct micro_keys k;
  struct micro_patterns p;
  struct err e;
  if (!a || !make_keys(a, n, &k)) exit(1);
  const double start = seconds();
  if (micro_patterns_of(a, &k, NULL, &p, &e)) die(&e);
  const double counted = seconds() - start;
  printf("%lld records: %lld patterns, counted in %.3f s (%s)\n", (long long)n, (long long)p.n, counted, peer);
  for (int share = 0; share <= 1; share++) suppress(a, &k, &p, share, counted);
  printf("  peak %ld MiB\n", peak_mib());
  arena_free(a);
}
int main(int argc, char **argv) {
  if (argc > 1) return k_anonymity(strtoll(argv[1], NULL, 10), "no peer"), 0;
  k_anonymity(100000, "sdcMicro: freqCalc 0.06 s, localSuppression 149 s, 10663 below k, 10739 blanks");
  k_anonymity(1000000, "sdcMicro: freqCalc 1.08 s, localSuppression 196 s, 7422 below k, 7429 blanks; target 5 s");
  return 0;
}
