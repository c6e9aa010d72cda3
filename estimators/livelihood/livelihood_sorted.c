#include "estimators/livelihood/livelihood_sorted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"

static const double TIE = 1e-12;

const char *livelihood_figure_name(int figure) {
  static const char *const names[LIVELIHOOD_FIGURES] = {"poverty_line", "median", "mean", "gini", "p90_p10", "decile_1", "decile_2", "decile_3",
      "decile_4", "decile_5", "decile_6", "decile_7", "decile_8", "decile_9", "rate_all", "rate_children", "rate_working_with_children",
      "rate_one_adult", "rate_more_adults"};
  return names[figure];
}

/* --- order --- */
struct place {
  double income;
  int32_t row;
};
static int by_income(const void *x, const void *y) {
  const struct place *a = x, *b = y;
  if (a->income != b->income) return a->income < b->income ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}
static enum err_code new_sorted(struct arena *a, int64_t n, int32_t **row, double **income, double **persons, struct err *e) {
  *row = ARENA_ARRAY(a, int32_t, n + 1), *income = ARENA_ARRAY(a, double, n + 1);
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++)
    if (!(persons[g] = ARENA_ARRAY(a, double, n + 1))) return ERR(e, E_NO_MEMORY, .subject = "incomes");
  return *row && *income && n <= INT32_MAX ? E_OK : ERR(e, E_NO_MEMORY, .subject = "incomes");
}
enum err_code livelihood_sort(
    struct arena *a, const struct livelihood_persons *d, bool school, struct livelihood_sorted *out, struct err *e) {
  double *income, *persons[LIVELIHOOD_GROUPS];
  int32_t *row;
  int64_t n = 0;
  TRY(new_sorted(a, d->n, &row, &income, persons, e));
  const struct arena_mark mark = arena_mark(a);
  struct place *list = ARENA_ARRAY(a, struct place, d->n + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "incomes");
  for (int64_t i = 0; i < d->n; i++)
    if (d->known[i] && d->persons[GROUP_ALL][i] > 0) list[n++] = (struct place){d->income[i], (int32_t)i};
  qsort(list, (size_t)n, sizeof *list, by_income);
  for (int64_t k = 0; k < n; k++) {
    row[k] = list[k].row, income[k] = list[k].income;
    for (int g = 0; g < LIVELIHOOD_GROUPS; g++) persons[g][k] = d->persons[g][list[k].row];
  }
  arena_reset(a, mark);
  *out = (struct livelihood_sorted){.data = d, .school = school, .n = n, .row = row, .income = income};
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) out->persons[g] = persons[g];
  return n ? E_OK : ERR(e, E_LIVELIHOOD_EMPTY, .subject = "known income");
}

/* --- one pass --- */
struct totals {
  double size[LIVELIHOOD_GROUPS]; /* persons */
  double income, as_it_is;        /* negatives as 0; with them */
  double gini;
};
static struct totals totals_of(const struct livelihood_sorted *s, const double *w) {
  struct sum size[LIVELIHOOD_GROUPS] = {{0, 0}}, income = {0, 0}, area = {0, 0}, whole = {0, 0};
  struct totals t;
  memset(&t, 0, sizeof t);
  for (int64_t k = 0; k < s->n; k++) {
    const double weight = w[s->row[k]], persons = weight * s->persons[GROUP_ALL][k], y = s->income[k] > 0 ? s->income[k] : 0;
    const double before = sum_result(&income);
    sum_add(&size[GROUP_ALL], persons);
    sum_add(&whole, persons * s->income[k]);
    sum_add(&income, persons * y);
    sum_add(&area, persons * (before + sum_result(&income)));
    for (int g = 1; g < LIVELIHOOD_GROUPS; g++)
      if (s->persons[g][k] > 0) sum_add(&size[g], weight * s->persons[g][k]);
  }
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) t.size[g] = sum_result(&size[g]);
  t.income = sum_result(&income), t.as_it_is = sum_result(&whole);
  if (t.size[GROUP_ALL] > 0 && t.income > 0) t.gini = 1 - sum_result(&area) / (t.size[GROUP_ALL] * t.income);
  return t;
}
/* The next income that has weight; that of k when there is none. */
static double income_after(const struct livelihood_sorted *s, const double *w, int64_t k) {
  for (int64_t i = k + 1; i < s->n; i++)
    if (w[s->row[i]] > 0) return s->income[i];
  return s->income[k];
}
static void deciles_of(const struct livelihood_sorted *s, const double *w, double size, double *out) {
  struct sum passed = {0, 0};
  int next = 1;
  for (int64_t k = 0; k < s->n && next <= LIVELIHOOD_DECILES; k++) {
    sum_add(&passed, w[s->row[k]] * s->persons[GROUP_ALL][k]);
    const double c = sum_result(&passed);
    for (; next <= LIVELIHOOD_DECILES && c >= size * next / 10 - TIE * size; next++) {
      const bool exact = fabs(c - size * next / 10) <= TIE * size;
      out[next - 1] = s->school && exact ? (s->income[k] + income_after(s, w, k)) / 2 : s->income[k];
    }
  }
}
static void rates_of(const struct livelihood_sorted *s, const double *w, double line, const double *size, double *value, uint8_t *defined) {
  struct sum poor[LIVELIHOOD_GROUPS] = {{0, 0}};
  for (int64_t k = 0; k < s->n && s->income[k] < line; k++)
    for (int g = 0; g < LIVELIHOOD_GROUPS; g++)
      if (s->persons[g][k] > 0) sum_add(&poor[g], w[s->row[k]] * s->persons[g][k]);
  for (int g = 0; g < LIVELIHOOD_GROUPS; g++) {
    defined[g] = size[g] > 0;
    value[g] = size[g] > 0 ? sum_result(&poor[g]) / size[g] : 0;
  }
}
void livelihood_values(const struct livelihood_sorted *s, const double *w, double *value, uint8_t *defined) {
  const struct totals t = totals_of(s, w);
  double *decile = value + FIGURE_DECILE;
  memset(value, 0, sizeof *value * LIVELIHOOD_FIGURES);
  memset(defined, 0, LIVELIHOOD_FIGURES);
  if (!(t.size[GROUP_ALL] > 0)) return;
  memset(defined, 1, FIGURE_RATE);
  deciles_of(s, w, t.size[GROUP_ALL], decile);
  value[FIGURE_MEDIAN] = decile[4];
  value[FIGURE_LINE] = decile[4] / 2;
  value[FIGURE_MEAN] = t.as_it_is / t.size[GROUP_ALL];
  value[FIGURE_GINI] = t.gini, defined[FIGURE_GINI] = t.income > 0;
  defined[FIGURE_P90_P10] = decile[0] > 0;
  value[FIGURE_P90_P10] = decile[0] > 0 ? decile[8] / decile[0] : 0;
  rates_of(s, w, value[FIGURE_LINE], t.size, value + FIGURE_RATE, defined + FIGURE_RATE);
}
enum err_code livelihood_replicate(void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) {
  (void)a, (void)replicate, (void)e;
  livelihood_values(context, w, theta, defined);
  return E_OK;
}
bool livelihood_gini_unweighted(const struct livelihood_sorted *s, double *out) {
  struct sum size = {0, 0}, income = {0, 0}, area = {0, 0};
  for (int64_t k = 0; k < s->n; k++) {
    const double y = s->income[k] > 0 ? s->income[k] : 0, before = sum_result(&income);
    sum_add(&size, s->persons[GROUP_ALL][k]);
    sum_add(&income, s->persons[GROUP_ALL][k] * y);
    sum_add(&area, s->persons[GROUP_ALL][k] * (before + sum_result(&income)));
  }
  if (!(sum_result(&income) > 0)) return false;
  *out = 1 - sum_result(&area) / (sum_result(&size) * sum_result(&income));
  return true;
}
