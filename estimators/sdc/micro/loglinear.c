/* loglinear.c -- the log-linear estimate of risk.h. Main effects have a closed form, so that no empty cell is made; pairs need the
 * full table. */
#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/sdc/micro/risk.h"

enum { ROUNDS_MOST = 500 };
struct fit {
  struct arena *arena;
  const struct micro_patterns *p;
  double *mu; /* [patterns] fitted count */
};
static bool whole(const struct micro_patterns *p, int64_t k) { return p->missing[k] == 0; }

static enum err_code fit_main(struct fit *f, double n, struct err *e) {
  const struct micro_patterns *p = f->p;
  for (int64_t k = 0; k < p->n; k++) f->mu[k] = n;
  for (int j = 0; j < p->m; j++) {
    double *margin = ARENA_ARRAY(f->arena, double, p->n_codes[j] + 1);
    if (!margin) return ERR(e, E_NO_MEMORY, .subject = "log-linear model");
    for (int64_t k = 0; k < p->n; k++)
      if (whole(p, k)) margin[p->code[j][k]] += (double)p->count[k];
    for (int64_t k = 0; k < p->n; k++) f->mu[k] *= margin[p->code[j][k]] / n;
  }
  return E_OK;
}

/* --- pairs: iterative proportional fitting on the full table --- */
struct full {
  int64_t n, stride[MICRO_KEYS_MOST];
  double *mu, *wanted, *fitted; /* wanted, fitted: one margin of two keys */
};
static int64_t digit(const struct full *t, const struct micro_patterns *p, int j, int64_t cell) { return cell / t->stride[j] % p->n_codes[j]; }

static enum err_code make_full(struct fit *f, struct full *t, struct err *e) {
  int64_t widest = 1;
  t->n = 1;
  for (int j = 0; j < f->p->m; j++) {
    t->stride[j] = t->n;
    if (t->n > MICRO_CELLS_MOST / (f->p->n_codes[j] ? f->p->n_codes[j] : 1))
      return ERR(e, E_CAP_EXCEEDED, .subject = "cells of the log-linear model", .next = "recode the keys, or fit main effects only");
    t->n *= f->p->n_codes[j];
    for (int i = 0; i < j; i++)
      if ((int64_t)f->p->n_codes[i] * f->p->n_codes[j] > widest) widest = (int64_t)f->p->n_codes[i] * f->p->n_codes[j];
  }
  t->mu = ARENA_ARRAY(f->arena, double, t->n + 1);
  t->wanted = ARENA_ARRAY(f->arena, double, widest), t->fitted = ARENA_ARRAY(f->arena, double, widest);
  if (!t->mu || !t->wanted || !t->fitted) return ERR(e, E_NO_MEMORY, .subject = "log-linear model");
  for (int64_t c = 0; c < t->n; c++) t->mu[c] = 1;
  return E_OK;
}
/* Scales the margin of the keys i, j to that of the data; returns the greatest gap it found. */
static double scale_pair(const struct fit *f, struct full *t, int i, int j) {
  const struct micro_patterns *p = f->p;
  const int64_t width = p->n_codes[j], size = width * p->n_codes[i];
  double gap = 0;
  memset(t->wanted, 0, (size_t)size * sizeof *t->wanted), memset(t->fitted, 0, (size_t)size * sizeof *t->fitted);
  for (int64_t k = 0; k < p->n; k++)
    if (whole(p, k)) t->wanted[(p->code[i][k] - 1) * width + p->code[j][k] - 1] += (double)p->count[k];
  for (int64_t c = 0; c < t->n; c++) t->fitted[digit(t, p, i, c) * width + digit(t, p, j, c)] += t->mu[c];
  for (int64_t x = 0; x < size; x++) {
    if (fabs(t->wanted[x] - t->fitted[x]) > gap) gap = fabs(t->wanted[x] - t->fitted[x]);
    t->fitted[x] = t->fitted[x] > 0 ? t->wanted[x] / t->fitted[x] : 0;
  }
  for (int64_t c = 0; c < t->n; c++) t->mu[c] *= t->fitted[digit(t, p, i, c) * width + digit(t, p, j, c)];
  return gap;
}
static enum err_code fit_pairs(struct fit *f, double n, int *rounds, struct err *e) {
  struct full t = {.n = 1};
  double gap = HUGE_VAL;
  TRY(make_full(f, &t, e));
  for (*rounds = 0; *rounds < ROUNDS_MOST && gap > 1e-8 * n; ++*rounds) {
    gap = 0;
    for (int i = 0; i < f->p->m; i++)
      for (int j = i + 1; j < f->p->m; j++) {
        const double g = scale_pair(f, &t, i, j);
        if (g > gap) gap = g;
      }
  }
  if (gap > 1e-4 * n) return ERR(e, E_MICRO_SOLVE, .subject = "log-linear model with pairs");
  for (int64_t k = 0; k < f->p->n; k++) {
    int64_t cell = 0;
    if (!whole(f->p, k)) continue;
    for (int j = 0; j < f->p->m; j++) cell += t.stride[j] * (f->p->code[j][k] - 1);
    f->mu[k] = t.mu[cell];
  }
  return E_OK;
}

/* --- sums over sample uniques --- */
static void add_uniques(const struct fit *f, struct micro_loglinear *out) {
  struct sum tau1 = {0, 0}, tau2 = {0, 0};
  for (int64_t k = 0; k < f->p->n; k++) {
    if (!whole(f->p, k) || f->p->count[k] != 1) continue;
    const double beyond = f->mu[k] / out->fraction * (1 - out->fraction); /* expected others in the population */
    out->n_unique++;
    sum_add(&tau1, exp(-beyond));
    sum_add(&tau2, beyond > 0 ? -expm1(-beyond) / beyond : 1);
  }
  out->tau1 = sum_result(&tau1), out->tau2 = sum_result(&tau2);
}
static enum err_code fit_and_add(struct fit *f, struct micro_loglinear *out, struct err *e) {
  if (!(f->mu = ARENA_ARRAY(f->arena, double, f->p->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "log-linear model");
  if (!out->n_records) return E_OK;
  if (out->pairs && f->p->m > 1) TRY(fit_pairs(f, (double)out->n_records, &out->rounds, e));
  else TRY(fit_main(f, (double)out->n_records, e));
  add_uniques(f, out);
  return E_OK;
}
enum err_code micro_loglinear_of(struct arena *a, const struct micro_patterns *p, double fraction, bool pairs, struct micro_loglinear *out,
    struct err *e) {
  *out = (struct micro_loglinear){.pairs = pairs, .fraction = fraction};
  if (!(fraction > 0 && fraction <= 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "sampling fraction", .expected = "above 0, at most 1");
  for (int64_t k = 0; k < p->n; k++) *(whole(p, k) ? &out->n_records : &out->n_left_out) += p->count[k];
  const struct arena_mark mark = arena_mark(a);
  struct fit f = {.arena = a, .p = p};
  const enum err_code code = fit_and_add(&f, out, e);
  arena_reset(a, mark);
  return code;
}
