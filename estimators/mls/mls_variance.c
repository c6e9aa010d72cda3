#include "estimators/mls/mls_variance.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"

struct group_part {
  double factor;       /* sum of E_c / joint e0 over the roll-up's cells of this group */
  double residual;     /* R_g */
};
struct stratum_part {
  struct sum total, squares;
  int64_t n;
};
struct mls_variance {
  const struct mls_sample *s;
  const struct mls_cell *cells;
  int32_t n_cells;
  const struct mls_ratio_result *r;
  struct group_part *groups;   /* [n_cells] */
  struct stratum_part *strata; /* [n_strata] */
  int32_t *touched_strata, *touched_groups, n_touched_strata, n_touched_groups;
  double *z;
  int64_t *reports, n;
  const struct sdc_judging *judging; /* NULL = not judged */
  struct sdc_contribution *room;     /* [s->n] */
  int32_t *group_first, *group_next; /* members of each collapse group, as lists */
};

enum err_code mls_variance_begin(struct arena *a, const struct mls_sample *s, const struct mls_cell *cells, int32_t n_cells,
    const struct mls_ratio_result *r, struct mls_variance **out, struct err *e) {
  TRY(design_check_lonely(s->design, e));
  struct mls_variance *v = ARENA_NEW(a, struct mls_variance);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "variance");
  *v = (struct mls_variance){.s = s, .cells = cells, .n_cells = n_cells, .r = r};
  v->groups = ARENA_ARRAY(a, struct group_part, n_cells + 1);
  v->strata = ARENA_ARRAY(a, struct stratum_part, s->design->n_strata + 1);
  v->touched_strata = ARENA_ARRAY(a, int32_t, s->design->n_strata + 1);
  v->touched_groups = ARENA_ARRAY(a, int32_t, n_cells + 1);
  v->z = ARENA_ARRAY(a, double, s->n + 1);
  v->reports = ARENA_ARRAY(a, int64_t, s->n + 1);
  v->group_first = ARENA_ARRAY(a, int32_t, n_cells + 1);
  v->group_next = ARENA_ARRAY(a, int32_t, n_cells + 1);
  if (!v->groups || !v->strata || !v->touched_strata || !v->touched_groups || !v->z || !v->reports || !v->group_first || !v->group_next)
    return ERR(e, E_NO_MEMORY, .subject = "variance");
  for (int32_t c = 0; c <= n_cells; c++) v->group_first[c] = v->group_next[c] = -1;
  for (int32_t c = n_cells - 1; c >= 0; c--) {
    v->group_next[c] = v->group_first[r->cells[c].group];
    v->group_first[r->cells[c].group] = c;
  }
  *out = v;
  return E_OK;
}

/* A column is one item, or two with a sign. */
struct combination {
  int first, second;
  double sign;
};
static struct combination combination_of(int column) {
  static const struct combination table[MLS_COLUMNS] = {[MLS_COL_D] = {MLS_D, -1, 0},
      [MLS_COL_H] = {MLS_HS, MLS_HO, 1},
      [MLS_COL_HS] = {MLS_HS, -1, 0},
      [MLS_COL_HO] = {MLS_HO, -1, 0},
      [MLS_COL_G] = {MLS_C, MLS_S, 1},
      [MLS_COL_C] = {MLS_C, -1, 0},
      [MLS_COL_B] = {MLS_C, MLS_O, -1},
      [MLS_COL_O] = {MLS_O, -1, 0},
      [MLS_COL_S] = {MLS_S, -1, 0}};
  return table[column];
}

static double value_at(const struct mls_sample *s, int split, int item, int64_t i) {
  int64_t v = split == MLS_GENERAL ? s->x[MLS_ALL][item][i] - s->x[MLS_PART][item][i] : s->x[split][item][i];
  return (double)v;
}

static bool asked(const struct mls_sample *s, int split, int item) {
  if (split == MLS_GENERAL) return s->x[MLS_ALL][item] && s->x[MLS_PART][item];
  return s->x[split][item] != NULL;
}

static double amount_at(const struct mls_sample *s, int split, struct combination k, int64_t i) {
  double a = value_at(s, split, k.first, i);
  if (k.second >= 0) a += k.sign * value_at(s, split, k.second, i);
  return mls_item_is_money(k.first) ? a * 1000 : a;
}

static void begin_groups(struct mls_variance *v, const struct mls_rollup *g) {
  for (int32_t i = 0; i < v->n_touched_groups; i++) v->groups[v->touched_groups[i]] = (struct group_part){0, 0};
  v->n_touched_groups = 0;
  for (int32_t m = 0; m < g->n_members; m++) {
    const struct mls_cell_result *c = &v->r->cells[g->members[m]];
    if (c->empty) continue;
    if (v->groups[c->group].factor == 0) v->touched_groups[v->n_touched_groups++] = c->group;
    v->groups[c->group].factor += c->ratio;
  }
}

/* Average over the roll-up from the cells' totals, and its heads. */
static bool average_of(const struct mls_variance *v, const struct mls_rollup *g, int split, struct combination k, double *mean, double *heads) {
  struct sum amount = {0, 0}, n = {0, 0};
  for (int32_t m = 0; m < g->n_members; m++) {
    const struct mls_totals *t = &v->r->cells[g->members[m]].totals;
    sum_add(&amount, t->x[split][k.first]);
    if (k.second >= 0) sum_add(&amount, k.sign * t->x[split][k.second]);
    sum_add(&n, mls_heads(t, split));
  }
  *heads = sum_result(&n);
  if (!(*heads > 0)) return false;
  *mean = sum_result(&amount) / *heads;
  return true;
}

static void group_residual(struct mls_variance *v, int32_t group, int split, struct combination k, double mean) {
  const struct mls_sample *s = v->s;
  struct sum top = {0, 0};
  for (int32_t c = v->group_first[group]; c >= 0; c = v->group_next[c])
    for (int64_t i = v->r->first[c]; i < v->r->first[c + 1]; i++) {
      int64_t u = v->r->order[i];
      double n = (value_at(s, split, MLS_E0, u) + value_at(s, split, MLS_E1, u)) / 2;
      sum_add(&top, s->design->weight[u] * (amount_at(s, split, k, u) - mean * n));
    }
  double bottom = v->r->cells[group].joint_e0;
  v->groups[group].residual = bottom > 0 ? sum_result(&top) / bottom : 0;
}

static void collect_z(struct mls_variance *v, int split, struct combination k, double mean, double heads) {
  const struct mls_sample *s = v->s;
  v->n = 0;
  for (int32_t j = 0; j < v->n_touched_groups; j++) {
    const struct group_part *g = &v->groups[v->touched_groups[j]];
    for (int32_t c = v->group_first[v->touched_groups[j]]; c >= 0; c = v->group_next[c])
      for (int64_t i = v->r->first[c]; i < v->r->first[c + 1]; i++) {
        int64_t u = v->r->order[i];
        double n = (value_at(s, split, MLS_E0, u) + value_at(s, split, MLS_E1, u)) / 2;
        double residual = amount_at(s, split, k, u) - mean * n - g->residual * value_at(s, MLS_ALL, MLS_E0, u);
        if (v->judging) v->room[v->n] = (struct sdc_contribution){.value = amount_at(s, split, k, u), .weight = g->factor * s->design->weight[u]};
        v->reports[v->n] = u;
        v->z[v->n++] = g->factor * s->design->weight[u] * residual / heads;
      }
  }
}

enum err_code mls_variance_judge(struct arena *a, struct mls_variance *v, const struct sdc_judging *g, struct err *e) {
  v->room = ARENA_ARRAY(a, struct sdc_contribution, v->s->n + 1);
  if (!v->room) return ERR(e, E_NO_MEMORY, .subject = "contributions");
  v->judging = g;
  return E_OK;
}
/* Reports whose cell carries nothing into the roll-up take no part. */
enum err_code mls_variance_judged(struct mls_variance *v, struct sdc_judgement *out, struct err *e) {
  const struct sdc_judging *g = v->judging;
  int64_t n = 0;
  if (!g || v->n == 0) return E_OK;
  for (int64_t i = 0; i < v->n; i++) {
    if (!(v->room[i].weight > 0)) continue;
    const int64_t u = v->reports[i];
    v->room[n] = v->room[i];
    v->room[n].holding = g->holding ? g->holding[u] : -1;
    v->room[n].waiver = g->waiver && g->waiver[u];
    v->room[n].asked = g->asked && g->asked[u];
    v->room[n++].unit = u;
  }
  return sdc_judge(g->rule, v->room, n, out, e);
}

static double sum_variance(struct mls_variance *v, bool *from_response) {
  const struct design *d = v->s->design;
  struct sum total = {0, 0};
  v->n_touched_strata = 0;
  for (int64_t i = 0; i < v->n; i++) {
    struct stratum_part *h = &v->strata[d->stratum[v->reports[i]]];
    if (h->n++ == 0) v->touched_strata[v->n_touched_strata++] = d->stratum[v->reports[i]];
    sum_add(&h->total, v->z[i]);
  }
  for (int64_t i = 0; i < v->n; i++) {
    int32_t stratum = d->stratum[v->reports[i]];
    double deviation = v->z[i] - sum_result(&v->strata[stratum].total) / (double)d->sample_units[stratum];
    sum_add(&v->strata[stratum].squares, deviation * deviation);
  }
  for (int32_t i = 0; i < v->n_touched_strata; i++) {
    int32_t stratum = v->touched_strata[i];
    struct stratum_part *h = &v->strata[stratum];
    double m = (double)d->sample_units[stratum], f = design_fraction(d, stratum), mean = sum_result(&h->total) / m;
    sum_add(&h->squares, (m - (double)h->n) * mean * mean);
    if (1 - f >= 1e-7 && m >= 2) {
      sum_add(&total, (1 - f) * m / (m - 1) * sum_result(&h->squares));
      if (d->info && d->info[stratum].rule == STRATUM_TAKE_ALL) *from_response = true;
    }
    *h = (struct stratum_part){.n = 0};
  }
  return sum_result(&total);
}

void mls_variance_average(struct mls_variance *v, const struct mls_rollup *g, int split, int column, struct mls_error *out) {
  struct combination k = combination_of(column);
  double mean, heads;
  *out = (struct mls_error){.defined = false};
  v->n = 0;
  if (column < MLS_COL_D || !asked(v->s, split, k.first) || (k.second >= 0 && !asked(v->s, split, k.second))) return;
  if (!average_of(v, g, split, k, &mean, &heads)) return;
  begin_groups(v, g);
  for (int32_t j = 0; j < v->n_touched_groups; j++) group_residual(v, v->touched_groups[j], split, k, mean);
  collect_z(v, split, k, mean, heads);
  double variance = sum_variance(v, &out->from_response);
  out->defined = true;
  out->value = mean;
  out->se = sqrt(variance > 0 ? variance : 0);
  out->cv = mean != 0 ? out->se / fabs(mean) : 0;
  out->n = v->n;
  out->df = v->n - v->n_touched_strata;
}

const double *mls_variance_influence(const struct mls_variance *v, const int64_t **reports, int64_t *n) {
  *reports = v->reports;
  *n = v->n;
  return v->z;
}
