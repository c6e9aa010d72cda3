#include "estimators/vital/life_single.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- polynomials through knots --- */
static double lagrange(const double *x, const double *y, int n, double at) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    double term = y[i];
    for (int j = 0; j < n; j++)
      if (j != i) term *= (at - x[j]) / (x[i] - x[j]);
    sum += term;
  }
  return sum;
}
/* Derivative of the polynomial at its own knot k. */
static double slope(const double *x, const double *y, int n, int k) {
  double sum = 0, own = 0;
  for (int j = 0; j < n; j++) {
    if (j == k) continue;
    double term = y[j] / (x[j] - x[k]);
    for (int i = 0; i < n; i++)
      if (i != j && i != k) term *= (x[k] - x[i]) / (x[j] - x[i]);
    sum += term;
    own += y[k] / (x[k] - x[j]);
  }
  return sum + own;
}
static int first_knot(int at, int before, int n, int many) {
  int first = at - before;
  if (first + many > n) first = n - many;
  return first < 0 ? 0 : first;
}
/* Gauss's two points are exact for cubics. */
double life_lagrange_L(const double *age, const double *l, int n, int i) {
  const int many = n < 4 ? n : 4, first = first_knot(i, 1, n, many);
  const double half = (age[i + 1] - age[i]) / 2, middle = age[i] + half, g = half * 0.57735026918962576;
  return half * (lagrange(age + first, l + first, many, middle - g) + lagrange(age + first, l + first, many, middle + g));
}
double life_lagrange_mu(const double *age, const double *l, int n, int i) {
  const int many = n < 5 ? n : 5, first = first_knot(i, 2, n, many);
  return l[i] > 0 ? -slope(age + first, l + first, many, i - first) / l[i] : 0;
}

/* --- the table --- */
static double first_share(double q0) { return q0 < 0.01 ? 0.15 : q0 < 0.03 ? 0.20 : 0.28; }
static enum err_code bad_age(double age, const char *expected, struct err *e) {
  char text[32];
  snprintf(text, sizeof text, "%g", age);
  return ERR(e, E_LIFE_TABLE_INPUT, .subject = text, .expected = expected);
}
static enum err_code rows_of(const double *q, int n, int n_infant, struct life_single *t, struct err *e) {
  double l = 100000;
  *t = (struct life_single){.n = n, .n_infant = n_infant};
  for (int i = 0; i < n; i++) {
    struct life_single_row *r = &t->row[i];
    r->age = n_infant == 1 ? i : i < n_infant ? life_infant_start[i] : i - n_infant + 1;
    r->width = i + 1 == n ? 0 : n_infant > 1 && i < n_infant ? life_infant_start[i + 1] - life_infant_start[i] : 1;
    if (!(q[i] >= 0 && q[i] <= 1)) return bad_age(r->age, "q of 0 to 1", e);
    r->q = q[i], r->l = l, r->d = l * q[i];
    l -= r->d;
  }
  return E_OK;
}
static void years_lived(struct life_single *t) {
  double age[LIFE_SINGLE_ROWS], l[LIFE_SINGLE_ROWS];
  const int n = t->n, skip = t->n_infant == 1 ? 1 : 0; /* within the first year alone no cubic holds */
  for (int i = skip; i < n; i++) age[i - skip] = t->row[i].age, l[i - skip] = t->row[i].l;
  if (skip) t->row[0].L = t->row[0].l * (1 - (1 - first_share(t->row[0].q)) * t->row[0].q);
  for (int i = skip; i < n; i++) {
    struct life_single_row *r = &t->row[i];
    r->has_mu = !skip || i >= 3;
    r->mu = r->has_mu ? life_lagrange_mu(age, l, n - skip, i - skip) : 0;
    if (i + 1 < n) r->L = life_lagrange_L(age, l, n - skip, i - skip);
    else r->L = r->q < 1 && r->q > 0 ? r->l / -log1p(-r->q) : r->l / 2;
  }
}
static void expectations(struct life_single *t) {
  double T = 0;
  for (int i = t->n - 1; i >= 0; i--) {
    struct life_single_row *r = &t->row[i];
    r->T = T += r->L;
    r->e = r->l > 0 ? T / r->l : 0;
  }
}
static void errors(struct life_single *t, const int64_t *deaths) {
  double sum = 0;
  t->has_se = true;
  for (int i = t->n - 1; i >= 0; i--) {
    struct life_single_row *r = &t->row[i];
    if (i + 1 < t->n && deaths[i] > 0 && r->l > 0) {
      const double next = t->row[i + 1].l, a = r->d > 0 ? (r->L - next * r->width) / (r->d * r->width) : 0.5;
      const double weight = r->l * ((1 - a) * r->width + t->row[i + 1].e);
      sum += weight * weight * r->q * r->q * (1 - r->q) / (double)deaths[i];
    }
    r->se_e = r->l > 0 ? sqrt(sum) / r->l : 0;
  }
}
enum err_code life_single_from_rows(const double *q, int n, int n_infant, const int64_t *deaths, struct life_single *out, struct err *e) {
  if (n < n_infant + 5 || n > LIFE_SINGLE_ROWS || (n_infant != 1 && n_infant != LIFE_INFANT_AGES)) return bad_age(0, "6 to 160 ages", e);
  TRY(rows_of(q, n, n_infant, out, e));
  years_lived(out);
  expectations(out);
  if (deaths) errors(out, deaths);
  return E_OK;
}
enum err_code life_single_table(const double *q_infant, const double *q, int n, const int64_t *deaths, struct life_single *out, struct err *e) {
  double all[LIFE_SINGLE_ROWS], alive = 1;
  if (!q_infant) return life_single_from_rows(q, n, 1, deaths, out, e);
  if (n < 6 || n - 1 + LIFE_INFANT_AGES > LIFE_SINGLE_ROWS) return bad_age(0, "6 to 153 ages", e);
  for (int i = 0; i < LIFE_INFANT_AGES; i++) alive *= 1 - (all[i] = q_infant[i]);
  if (fabs(1 - alive - q[0]) > 1e-9) return bad_age(0, "q of the year that agrees with its weeks and months", e);
  memcpy(all + LIFE_INFANT_AGES, q + 1, sizeof *q * (size_t)(n - 1));
  return life_single_from_rows(all, n - 1 + LIFE_INFANT_AGES, LIFE_INFANT_AGES, deaths, out, e);
}

/* --- what else is printed --- */
const int life_mark_ages[4] = {65, 75, 90, 95};
void life_single_marks(const struct life_single *t, struct life_marks *out) {
  *out = (struct life_marks){0};
  for (int i = 0; i < t->n; i++) {
    const struct life_single_row *r = &t->row[i];
    const double next = r->l - r->d;
    if (r->l >= 50000 && next < 50000 && r->width > 0) out->median_age = r->age + r->width * (r->l - 50000) / (r->l - next);
    for (int k = 0; k < 4; k++)
      if (r->age == life_mark_ages[k]) out->reach[k] = r->l / 100000;
  }
}
bool life_single_e(const struct life_single *t, double age, double *e) {
  for (int i = 0; i < t->n; i++)
    if (t->row[i].age == age) return *e = t->row[i].e, true;
  return false;
}

enum err_code life_cause_deleted(
    const struct life_single *t, const int64_t *deaths, const int64_t *of_cause, struct life_single *out, struct err *e) {
  double q[LIFE_SINGLE_ROWS];
  for (int i = 0; i < t->n; i++) {
    if (of_cause[i] < 0 || of_cause[i] > deaths[i]) return bad_age(t->row[i].age, "deaths of the cause within all deaths", e);
    q[i] = t->row[i].q;
    if (deaths[i] > 0 && q[i] < 1) q[i] = -expm1(log1p(-q[i]) * ((double)(deaths[i] - of_cause[i]) / (double)deaths[i]));
  }
  return life_single_from_rows(q, t->n, t->n_infant, NULL, out, e);
}
