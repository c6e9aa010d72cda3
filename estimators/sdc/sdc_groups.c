#include "estimators/sdc/sdc_groups.h"

#include <string.h>

enum { ITEMS_MOST = 256 };
struct items {
  const char *name[ITEMS_MOST];
  int set[ITEMS_MOST], n; /* set: a smaller item of the same group, itself at its head */
};
static int head(const struct items *x, int k) {
  while (x->set[k] != k) k = x->set[k];
  return k;
}
static int item(struct items *x, const char *name) {
  for (int k = 0; k < x->n; k++)
    if (!strcmp(x->name[k], name)) return k;
  if (x->n == ITEMS_MOST) return ITEMS_MOST - 1; /* too many to tell apart: they go together */
  x->name[x->n] = name, x->set[x->n] = x->n;
  return x->n++;
}
static int known(const struct items *x, const char *name) {
  for (int k = 0; k < x->n; k++)
    if (!strcmp(x->name[k], name)) return k;
  return -1;
}
static void join(struct items *x, int a, int b) {
  a = head(x, a), b = head(x, b);
  if (a < b) x->set[b] = a;
  else x->set[a] = b;
}
/* Columns of the labour survey by family; what is not named belongs to the workers. */
static const char *mls_family(const char *column) {
  static const char *const pay[] = {"G", "C", "B", "O", "S", "part_hourly_pay"}, *const hours[] = {"H", "Hs", "Ho"};
  for (int k = 0; k < 6; k++)
    if (!strcmp(column, pay[k])) return "\x1fpay";
  for (int k = 0; k < 3; k++)
    if (!strcmp(column, hours[k])) return "\x1fhours";
  return strcmp(column, "D") ? "" : "\x1f""days";
}
static bool is_mls(const struct measure *m) { return m->kind == MEASURE_MLS || m->kind == MEASURE_MLS_ROLLUP; }
static void of_measure(struct items *x, const struct measure *m, int *first) {
  const char *const name[2] = {is_mls(m) ? mls_family(m->x) : m->x, is_mls(m) ? "" : m->y};
  for (int k = 0; k < 2; k++) {
    if (!*name[k]) continue;
    const int own = item(x, name[k]);
    if (*first < 0) *first = own;
    else join(x, *first, own);
  }
  for (int k = 0; k < m->n_figures; k++) of_measure(x, &m->figures[k], first);
}

/* --- what adds up --- */
static bool mls_workers(const struct measure *m) { return is_mls(m) && !*mls_family(m->x); }
static bool tells_a_sum(const struct measure *m) { /* and is no sum itself */
  switch (m->kind) {
    case MEASURE_MEAN:
    case MEASURE_RATIO:
    case MEASURE_RATE:
    case MEASURE_PROPORTION:
    case MEASURE_ARPR: return true;
    case MEASURE_FGT: return measure_is_share(m);
    case MEASURE_MLS:
    case MEASURE_MLS_ROLLUP: return !mls_workers(m) && strcmp(m->x, "part_hourly_pay") != 0;
    default: return false;
  }
}
/* Nothing of it adds up, whatever stands beside it. */
static bool tells_no_sum(const struct measure *m) {
  switch (m->kind) {
    case MEASURE_QUANTILE:
    case MEASURE_GINI:
    case MEASURE_ARPT:
    case MEASURE_RMPG:
    case MEASURE_QSR: return true;
    case MEASURE_FORMULA:
      for (int k = 0; k < m->n_figures; k++)
        if (!tells_no_sum(&m->figures[k])) return false;
      return m->n_figures > 0;
    default: return false;
  }
}
static const char *named(struct arena *a, const struct measure *m, enum sdc_source s) {
  if (m->kind == MEASURE_COUNT) return "count()";
  if (is_mls(m)) return arena_printf(a, "mls(%s)", m->x);
  if (m->kind == MEASURE_TOTAL || m->kind == MEASURE_MEAN) return arena_printf(a, "total(%s)", m->x);
  if (s == SDC_OF_Y && measure_is_share(m)) return arena_printf(a, "those without %s", m->name);
  return s == SDC_OF_Y ? arena_printf(a, "denominator of %s", m->name) : arena_printf(a, "numerator of %s", m->name);
}
static enum err_code add(struct sdc_groups *g, const char *name, int group, bool units, int table, int measure, enum sdc_source s, struct err *e) {
  int k = 0;
  if (!name) return ERR(e, E_NO_MEMORY, .subject = "quantities");
  while (k < g->n_quantities && strcmp(g->quantity[k].name, name) != 0) k++;
  if (k == SDC_QUANTITIES_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "quantities of linked tables");
  struct sdc_quantity *q = &g->quantity[k];
  if (k == g->n_quantities) {
    g->n_quantities++;
    *q = (struct sdc_quantity){.name = name, .group = group, .units = units};
    for (int i = 0; i < SDC_LINKED_MOST; i++) q->at[i].measure = -1;
  }
  if (q->at[table].measure < 0 || s == SDC_OF_VALUE) q->at[table].measure = (int16_t)measure, q->at[table].source = (uint8_t)s;
  return E_OK;
}
static enum err_code quantities(struct arena *a, const struct sdc_linked_table *t, int table, struct sdc_groups *g, struct err *e) {
  for (int k = 0; k < t->plan->n_measures && k < t->table->n_measures; k++) {
    const struct measure *m = &t->plan->measures[k];
    const struct result_measure *r = &t->table->measures[k];
    const int group = g->of[table][k];
    if (r->additive) {
      TRY(add(g, named(a, m, SDC_OF_X), group, m->kind == MEASURE_COUNT, table, k, SDC_OF_VALUE, e));
      continue;
    }
    if (!tells_a_sum(m)) continue;
    if (!r->judged && !r->judged_y) g->blind[group] = true;
    if (r->judged) TRY(add(g, named(a, m, SDC_OF_X), group, false, table, k, SDC_OF_X, e));
    if (r->judged_y) TRY(add(g, named(a, m, SDC_OF_Y), group, false, table, k, SDC_OF_Y, e));
  }
  return E_OK;
}
static bool audited_there(const struct sdc_groups *g, int table, const char *name) {
  for (int k = 0; name && k < g->n_quantities; k++)
    if (!strcmp(g->quantity[k].name, name)) return g->quantity[k].at[table].measure >= 0;
  return false;
}
/* Is all that a figure of a formula adds up from a quantity of this table? total(x) stands for a mean of x and for a side of a ratio. */
static bool parts_audited(struct arena *a, const struct sdc_groups *g, int table, const struct measure *m) {
  for (int k = 0; k < m->n_figures; k++)
    if (!parts_audited(a, g, table, &m->figures[k])) return false;
  if (m->kind == MEASURE_FORMULA || tells_no_sum(m)) return true;
  if (m->kind == MEASURE_COUNT) return true; /* n stands in every table */
  const char *const item[2] = {m->x, m->y};
  for (int k = 0; k < 2; k++) {
    if (!*item[k]) continue;
    const bool whole = m->kind == MEASURE_TOTAL || m->kind == MEASURE_MEAN || m->kind == MEASURE_RATIO;
    if (whole && audited_there(g, table, arena_printf(a, "total(%s)", item[k]))) continue;
    if (!audited_there(g, table, named(a, m, k ? SDC_OF_Y : SDC_OF_X))) return false; /* of a share its units stand for those without it */
  }
  return true;
}
static void formulas(struct arena *a, const struct sdc_linked_table *t, int table, struct sdc_groups *g) {
  for (int k = 0; k < t->plan->n_measures && k < t->table->n_measures; k++) {
    const struct measure *m = &t->plan->measures[k];
    const int group = g->of[table][k];
    if (!tells_no_sum(m)) g->sums[group] = true;
    if (m->kind == MEASURE_FORMULA && !parts_audited(a, g, table, m)) g->blind[group] = true;
  }
}
enum err_code sdc_groups_find(struct arena *a, const struct sdc_linked_table *t, int n, const struct sdc_structure *structure, struct sdc_groups *g,
    struct err *e) {
  struct items *x = ARENA_NEW(a, struct items);
  int number[ITEMS_MOST], first[SDC_LINKED_MOST][RESULT_MAX_MEASURES];
  memset(first, -1, sizeof first);
  *g = (struct sdc_groups){.n = 1, .quantity = ARENA_ARRAY(a, struct sdc_quantity, SDC_QUANTITIES_MOST)};
  if (!x || !g->quantity) return ERR(e, E_NO_MEMORY, .subject = "groups");
  for (int i = 0; i < n; i++)
    for (int k = 0; k < t[i].plan->n_measures && k < RESULT_MAX_MEASURES; k++) {
      first[i][k] = -1;
      of_measure(x, &t[i].plan->measures[k], &first[i][k]);
    }
  for (int k = 0; k < structure->n_ties; k++) {
    const int one = known(x, structure->ties[k].a), other = known(x, structure->ties[k].b);
    if (one >= 0 && other >= 0) join(x, one, other);
  }
  for (int k = 0; k < x->n; k++) number[k] = head(x, k) == k ? (g->n < SDC_GROUPS_MOST ? g->n++ : SDC_GROUPS_MOST - 1) : -1;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < t[i].table->n_measures; k++) /* a table of one measure may show more columns than its plan: they belong to it */
      g->of[i][k] = k < t[i].plan->n_measures && first[i][k] >= 0 ? number[head(x, first[i][k])]
                    : k >= t[i].plan->n_measures && first[i][0] >= 0 ? number[head(x, first[i][0])] : 0;
  for (int i = 0; i < n; i++) TRY(add(g, "n", 0, true, i, 0, SDC_OF_N, e));
  for (int i = 0; i < n; i++) TRY(quantities(a, &t[i], i, g, e));
  for (int i = 0; i < n; i++) formulas(a, &t[i], i, g);
  return E_OK;
}
