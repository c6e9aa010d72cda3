#include "estimators/variance/imputed.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"

struct class_sums {
  struct sum wy, wx, answered; /* of the answers: w y, w x, w */
  struct sum w;                /* of all */
  struct sum imputed;             /* w c x of the imputed */
  struct sum square;              /* w e^2 of the answers */
};
static double x_of(const struct imputed_item *m, int64_t i) { return m->method == IMPUTED_RATIO ? m->x[i] : 1; }
static bool takes_part(const struct imputed_item *m, const double *w, int64_t i) { return m->class_of[i] >= 0 && w[i] != 0; }

static enum err_code sums_of(struct arena *a, const struct imputed_item *m, const double *w, struct class_sums **out, struct err *e) {
  struct class_sums *c = ARENA_ARRAY(a, struct class_sums, (int64_t)m->n_classes + 1);
  int64_t *needed = ARENA_ARRAY(a, int64_t, (int64_t)m->n_classes + 1); /* first imputed record, from 1 */
  if (!c || !needed) return ERR(e, E_NO_MEMORY, .subject = m->name);
  for (int64_t i = 0; i < m->n; i++) {
    if (!takes_part(m, w, i)) continue;
    struct class_sums *s = &c[m->class_of[i]];
    sum_add(&s->w, w[i]);
    if (m->flag[i]) {
      if (!needed[m->class_of[i]]) needed[m->class_of[i]] = i + 1;
      continue;
    }
    sum_add(&s->answered, w[i]), sum_add(&s->wy, w[i] * m->y[i]), sum_add(&s->wx, w[i] * x_of(m, i));
  }
  for (int32_t k = 0; k < m->n_classes; k++) {
    char name[96];
    snprintf(name, sizeof name, "%d of %.40s (record %lld is in it)", (int)k + 1, m->name, (long long)needed[k]);
    if (needed[k] && !(sum_result(&c[k].wx) > 0)) return ERR(e, E_IMPUTED_CLASS, .subject = name);
  }
  *out = c;
  return E_OK;
}
static double rate_of(const struct class_sums *s) {
  const double wx = sum_result(&s->wx);
  return wx != 0 ? sum_result(&s->wy) / wx : 0;
}
static bool in_domain(const int32_t *of_row, int64_t i) { return !of_row || of_row[i] >= 0; }

/* Value, size of the domain, and per class what the imputed of the domain hang on. */
static void gather(const struct imputed_item *m, const double *w, const int32_t *of_row, struct class_sums *c, double *total, double *size) {
  struct sum y = {0, 0}, n = {0, 0};
  for (int64_t i = 0; i < m->n; i++) {
    if (!takes_part(m, w, i)) continue;
    struct class_sums *s = &c[m->class_of[i]];
    const double e = m->y[i] - rate_of(s) * x_of(m, i);
    if (!m->flag[i]) sum_add(&s->square, w[i] * e * e);
    if (!in_domain(of_row, i)) continue;
    sum_add(&y, w[i] * m->y[i]), sum_add(&n, w[i]);
    if (m->flag[i]) sum_add(&s->imputed, w[i] * x_of(m, i));
  }
  *total = sum_result(&y), *size = sum_result(&n);
}

enum err_code imputed_influence(struct arena *a, const struct imputed_item *m, const double *w, const int32_t *of_row, bool mean, double *u,
    struct imputed_figure *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct class_sums *c;
  struct sum response = {0, 0}, donors = {0, 0};
  double total, size;
  TRY(sums_of(a, m, w, &c, e));
  gather(m, w, of_row, c, &total, &size);
  *out = (struct imputed_figure){.defined = !mean || size != 0};
  out->value = !mean ? total : size != 0 ? total / size : 0;
  const double one = mean ? (size != 0 ? 1 / size : 0) : 1;
  for (int64_t i = 0; i < m->n; i++) {
    u[i] = 0;
    if (!takes_part(m, w, i)) continue;
    const struct class_sums *s = &c[m->class_of[i]];
    const double rate = rate_of(s), in = in_domain(of_row, i) ? one : 0, wx = sum_result(&s->wx);
    const double carried = in + (wx != 0 ? sum_result(&s->imputed) / wx : 0) * one;
    u[i] = in * rate * x_of(m, i) - (mean ? in * out->value : 0);
    if (m->flag[i]) {
      const double answered = sum_result(&s->answered);
      if (m->method == IMPUTED_HOTDECK && answered > 0) sum_add(&donors, w[i] * w[i] * in * in * sum_result(&s->square) / answered);
      continue;
    }
    const double d = (m->y[i] - rate * x_of(m, i)) * carried, p = sum_result(&s->answered) / sum_result(&s->w);
    u[i] += d;
    sum_add(&response, w[i] * (1 - p) * d * d);
  }
  out->response = sum_result(&response), out->donors = sum_result(&donors);
  arena_reset(a, mark);
  return E_OK;
}

enum err_code imputed_again(struct arena *a, const struct imputed_item *m, const double *full, const double *w, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct class_sums *c, *before;
  TRY(sums_of(a, m, w, &c, e));
  TRY(sums_of(a, m, full, &before, e));
  for (int64_t i = 0; i < m->n; i++) {
    out[i] = m->y[i];
    if (!m->flag[i] || m->class_of[i] < 0) continue;
    out[i] = m->y[i] + (rate_of(&c[m->class_of[i]]) - rate_of(&before[m->class_of[i]])) * x_of(m, i);
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code imputed_distance(struct arena *a, const struct imputed_item *m, const double *w, double *out, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  struct class_sums *c;
  *out = 0;
  TRY(sums_of(a, m, w, &c, e));
  struct sum *off = ARENA_ARRAY(a, struct sum, (int64_t)m->n_classes + 1);
  if (!off) return ERR(e, E_NO_MEMORY, .subject = m->name);
  for (int64_t i = 0; i < m->n; i++) {
    if (!m->flag[i] || !takes_part(m, w, i)) continue;
    struct class_sums *s = &c[m->class_of[i]];
    const double predicted = rate_of(s) * x_of(m, i);
    sum_add(&off[m->class_of[i]], w[i] * (m->y[i] - predicted)), sum_add(&s->imputed, w[i] * predicted);
  }
  for (int32_t k = 0; k < m->n_classes; k++) {
    const double predicted = sum_result(&c[k].imputed);
    if (predicted != 0) *out = fmax(*out, fabs(sum_result(&off[k]) / predicted));
  }
  arena_reset(a, mark);
  return E_OK;
}
