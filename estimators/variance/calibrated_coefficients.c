/* Regression coefficients of the influences of all domains on the calibration variables. */
#include <string.h>

#include "base/sum.h"
#include "estimators/variance/calibrated_domains_impl.h"

static enum err_code compensated_normal(struct arena *a, struct calibrated_step *k, struct err *e) {
  const int64_t p = k->p;
  k->normal = ARENA_ARRAY(a, double, p *p + 1);
  struct arena_mark mark = arena_mark(a);
  struct sum *s = ARENA_ARRAY(a, struct sum, p *p + 1);
  struct calibrated_row r;
  if (!k->normal || !s) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
  for (int64_t i = 0; i < k->x->n; i++) {
    if (k->q[i] == 0) continue;
    calibrated_row_of(k->x, i, &r);
    for (int j = 0; j < r.n; j++)
      for (int l = 0; l <= j; l++) sum_add(&s[r.column[j] * p + r.column[l]], k->q[i] * r.value[j] * r.value[l]);
  }
  for (int64_t i = 0; i < p * p; i++) k->normal[i] = sum_result(&s[i]);
  arena_reset(a, mark);
  return E_OK;
}
/* G = X_k' Q_k (a_l / a_k) X_l. */
static enum err_code cross(struct arena *a, struct calibrated_step *k, int l, const struct calibrated_step *later, struct err *e) {
  struct calibrated_row r, x;
  double *g = ARENA_ARRAY(a, double, (int64_t)k->p * later->p + 1);
  if (!g) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
  for (int64_t i = 0; i < k->x->n; i++) {
    const double factor = k->after[i] != 0 ? k->q[i] * later->after[i] / k->after[i] : 0;
    if (factor == 0) continue;
    calibrated_row_of(k->x, i, &r);
    calibrated_row_of(later->x, i, &x);
    for (int j = 0; j < r.n; j++)
      for (int h = 0; h < x.n; h++) g[(int64_t)r.column[j] * later->p + x.column[h]] += factor * r.value[j] * x.value[h];
  }
  k->cross[l] = g;
  return E_OK;
}

static int depth_of(const struct sample_design *d) {
  for (int s = d->n_stages - 1; s > 0; s--)
    for (int64_t q = 0; q < d->stage[s].n_parents; q++)
      if (d->stage[s].coefficient[q] != 0) return s + 1;
  return 1;
}

enum err_code calibrated_plan_new(struct arena *a, const struct survey *s, struct calibrated_plan *out, struct err *e) {
  *out = (struct calibrated_plan){.s = s, .depth = depth_of(s->design)};
  for (int k = s->n_adjustments - 1; k >= 0; k--) {
    const struct adjustment *x = s->adjustments[k];
    if (x->kind != ADJUSTED_CALIBRATED) continue;
    struct calibrated_step *step = &out->step[out->n_steps];
    *step = (struct calibrated_step){.x = x->regression.x, .f = &x->regression.f, .q = x->regression.q, .after = x->after, .p = x->regression.f.p};
    TRY(compensated_normal(a, step, e));
    for (int l = 0; l < out->n_steps; l++) TRY(cross(a, step, l, &out->step[l], e));
    out->n_steps++;
  }
  return E_OK;
}

/* X' Q (w u / a) of the columns: records of their domains only. */
static enum err_code right_sides(
    struct arena *a, const struct calibrated_plan *p, const struct calibrated_step *k, const struct calibrated_columns *c, double *out, struct err *e) {
  struct sum *s = ARENA_ARRAY(a, struct sum, (int64_t)k->p * COLUMNS + 1);
  struct calibrated_row r;
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
  for (int64_t j = c->first / p->n_domains; j < p->m && j * p->n_domains < c->first + c->n; j++) {
    const double *u = p->u[j];
    const int64_t offset = j * p->n_domains - c->first;
    for (int64_t i = 0; i < p->s->n; i++) {
      const int32_t d = p->domains && p->domains->of_row ? p->domains->of_row[i] : 0;
      const int64_t column = offset + d;
      if (d < 0 || column < 0 || column >= c->n || k->after[i] == 0) continue;
      const double v = k->q[i] * (p->s->weight[i] * u[i] / k->after[i]);
      if (v == 0) continue;
      calibrated_row_of(k->x, i, &r);
      for (int h = 0; h < r.n; h++) sum_add(&s[(int64_t)r.column[h] * COLUMNS + column], v * r.value[h]);
    }
  }
  for (int64_t i = 0; i < (int64_t)k->p * COLUMNS; i++) out[i] = sum_result(&s[i]);
  return E_OK;
}

/* right - M b, compensated, of one column. */
static void missing_part(const struct calibrated_step *k, const double *right, const double *b, double *out) {
  const int64_t p = k->p;
  for (int64_t i = 0; i < p; i++) {
    struct sum s = {right[i], 0};
    for (int64_t j = 0; j < p; j++) {
      const double product = (j <= i ? k->normal[i * p + j] : k->normal[j * p + i]) * b[j];
      if (product != 0) sum_add(&s, -product);
    }
    out[i] = sum_result(&s);
  }
}
static enum err_code solve_columns(
    struct arena *a, const struct calibrated_step *k, const struct calibrated_columns *c, const double *right, double *b, struct err *e) {
  const int64_t p = k->p;
  double *r = ARENA_ARRAY(a, double, p + 1), *x = ARENA_ARRAY(a, double, p + 1), *rest = ARENA_ARRAY(a, double, p + 1);
  if (!r || !x || !rest) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
  for (int column = 0; column < c->n; column++) {
    for (int64_t i = 0; i < p; i++) r[i] = right[i * COLUMNS + column];
    auxiliary_solve(k->f, r, x);
    missing_part(k, r, x, rest);
    auxiliary_solve(k->f, rest, rest);
    for (int64_t i = 0; i < p; i++) b[i * COLUMNS + column] = x[i] + rest[i];
  }
  return E_OK;
}

enum err_code calibrated_coefficients(struct arena *a, const struct calibrated_plan *p, struct calibrated_columns *c, struct err *e) {
  for (int k = 0; k < p->n_steps; k++) {
    const struct calibrated_step *step = &p->step[k];
    c->b[k] = ARENA_ARRAY(a, double, (int64_t)step->p * COLUMNS + 1);
    struct arena_mark mark = arena_mark(a);
    double *right = ARENA_ARRAY(a, double, (int64_t)step->p * COLUMNS + 1);
    if (!c->b[k] || !right) return ERR(e, E_NO_MEMORY, .subject = "calibrated variance");
    TRY(right_sides(a, p, step, c, right, e));
    for (int l = 0; l < k; l++)
      for (int64_t i = 0; i < step->p; i++)
        for (int64_t j = 0; j < p->step[l].p; j++) {
          const double g = step->cross[l][i * p->step[l].p + j];
          for (int h = 0; g != 0 && h < c->n; h++) right[i * COLUMNS + h] -= g * c->b[l][j * COLUMNS + h];
        }
    TRY(solve_columns(a, step, c, right, c->b[k], e));
    arena_reset(a, mark);
  }
  return E_OK;
}
