#include "estimators/table/variance_function.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/table_plan.h"

static const double KNOWN = 1e-9;

const char *variance_cell_name(uint8_t cell) {
  static const char *const names[] = {"used", "dropped", "total_left_out", "hidden", "no_standard_error", "known", "not_above_zero"};
  return names[cell < VARIANCE_CELLS ? cell : VARIANCE_HIDDEN];
}

/* --- which measure --- */
static bool is_total(struct arena *a, const struct result_measure *m) {
  struct measure how;
  struct err e;
  if (m->additive) return true;
  return measure_parse(a, str_of(m->name), &how, &e) == E_OK && (how.kind == MEASURE_COUNT || how.kind == MEASURE_TOTAL);
}
/* "total(income); count()" */
static const char *totals_of(struct arena *a, const struct result_table *t, char *out, size_t size) {
  size_t used = 0;
  *out = 0;
  for (int k = 0; k < t->n_measures && used < size; k++)
    if (is_total(a, &t->measures[k])) used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "; " : "", t->measures[k].name);
  return out;
}
static enum err_code choose_measure(struct arena *a, const struct result_table *t, const struct variance_request *q, int *out, struct err *e) {
  char totals[ERR_TEXT_BYTES];
  *out = q->measure ? result_find_measure(t, q->measure) : -1;
  for (int k = 0; !q->measure && k < t->n_measures && *out < 0; k++)
    if (is_total(a, &t->measures[k])) *out = k;
  if (*out >= 0 && is_total(a, &t->measures[*out])) return E_OK;
  totals_of(a, t, totals, sizeof totals);
  const char *asked = q->measure ? q->measure : t->n_measures ? t->measures[0].name : t->id;
  if (q->measure && *out < 0) return ERR(e, E_GVF_MEASURE, .file = q->place, .subject = asked, .expected = totals);
  return ERR(e, E_GVF_NOT_TOTAL, .file = q->place, .subject = asked, .expected = totals);
}

/* --- which cells --- */
static bool is_margin(const struct result_table *t, int64_t row) {
  for (int d = 0; d < t->n_dimensions; d++)
    if (str_eq(t->dimensions[d].code[row], STR("_T"))) return true;
  return false;
}
static uint8_t judge(const struct result_table *t, const struct result_measure *m, int64_t row, bool inner) {
  if (inner && is_margin(t, row)) return VARIANCE_MARGIN;
  if (m->status[row] != RESULT_SHOWN) return VARIANCE_HIDDEN;
  if (!m->has_se[row]) return VARIANCE_NO_ERROR;
  if (!(m->value[row] > 0)) return VARIANCE_NOT_ABOVE;
  return m->se[row] > KNOWN * m->value[row] ? VARIANCE_USED : VARIANCE_KNOWN;
}

/* Figures that may be used, without gaps; row[i] says whose they are. */
struct figures {
  int64_t n;
  double *total, *se;
  int64_t *row;
  uint8_t *fate; /* enum gvf_cell */
};
static enum err_code collect(struct arena *a, bool inner, struct variance_function *v, struct figures *f, struct err *e) {
  const struct result_table *t = v->table;
  const struct result_measure *m = &t->measures[v->measure];
  const int64_t n = t->n_rows + 1;
  *f = (struct figures){.total = ARENA_ARRAY(a, double, n), .se = ARENA_ARRAY(a, double, n), .row = ARENA_ARRAY(a, int64_t, n)};
  f->fate = ARENA_ARRAY(a, uint8_t, n);
  v->cell = ARENA_ARRAY(a, uint8_t, n);
  if (!f->total || !f->se || !f->row || !f->fate || !v->cell) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++) {
    v->cell[i] = judge(t, m, i, inner);
    if (v->cell[i] != VARIANCE_USED) continue;
    f->total[f->n] = m->value[i], f->se[f->n] = m->se[i];
    f->row[f->n++] = i;
  }
  return E_OK;
}
static void account(struct variance_function *v, const struct figures *f) {
  const struct result_table *t = v->table;
  for (int64_t i = 0; i < f->n; i++)
    if (f->fate[i] == GVF_DROPPED) v->cell[f->row[i]] = VARIANCE_DROPPED;
  for (int64_t i = 0; i < t->n_rows; i++) {
    const double x = t->measures[v->measure].value[i];
    v->count[v->cell[i]]++;
    if (v->cell[i] != VARIANCE_USED) continue;
    v->n_margins += is_margin(t, i);
    if (v->smallest == 0 || x < v->smallest) v->smallest = x;
    if (x > v->largest) v->largest = x;
  }
}
/* The library knows neither the file nor the measure; and of too few cells it does not know how many the table had. */
static enum err_code placed(const struct variance_function *v, const struct variance_request *q, int64_t n, enum err_code code, struct err *e) {
  char found[64];
  if (code == E_NO_MEMORY) return code;
  snprintf(found, sizeof found, "%lld / %lld", (long long)n, (long long)v->table->n_rows);
  const struct err was = *e;
  return ERR(e, code, .file = q->place, .subject = v->table->measures[v->measure].name, .found = code == E_GVF ? found : was.found);
}

enum err_code variance_function(
    struct arena *a, const struct result_table *t, const struct variance_request *q, struct variance_function *out, struct err *e) {
  struct figures f;
  *out = (struct variance_function){.table = t};
  TRY(choose_measure(a, t, q, &out->measure, e));
  TRY(collect(a, q->inner, out, &f, e));
  const enum err_code code = gvf_fit(a, &q->fit, f.n, f.total, f.se, f.fate, &out->gvf, e);
  if (code) return placed(out, q, f.n, code, e);
  account(out, &f);
  return E_OK;
}

/* --- sizes --- */
bool variance_inside(const struct variance_function *v, double size) { return size >= v->smallest && size <= v->largest; }

/* 1, 2, 5, 10 ... for 0, 1, 2, 3 ...; 0.5 for -1. A negative power divides, so that 0.5 is the nearest double to it. */
static double one_two_five(int index) {
  static const double lead[] = {1, 2, 5};
  const int power = index >= 0 ? index / 3 : -((2 - index) / 3), rest = (index - 3 * power) % 3;
  return power >= 0 ? lead[rest] * pow(10, power) : lead[rest] / pow(10, -power);
}
int variance_sizes(const struct variance_function *v, double *at) {
  int from = 3 * (int)floor(log10(v->smallest)) - 1, to, stride = 1, n = 0;
  while (one_two_five(from + 1) <= v->smallest) from++;
  to = from;
  while (one_two_five(to) < v->largest) to++;
  while ((to - from) / stride + 2 >= VARIANCE_LADDER) stride = stride == 1 ? 3 : 2 * stride;
  if (stride > 1) from = 3 * (int)floor(from / 3.0);
  for (int i = from; n < VARIANCE_LADDER && (n == 0 || at[n - 1] < v->largest); i += stride) at[n++] = one_two_five(i);
  return n;
}
