#include "estimators/mls/mls_path.h"

#include <math.h>
#include <stdio.h>

static void set_gap(struct mls_gap *g, double carried, double benchmark) {
  *g = (struct mls_gap){carried, benchmark, benchmark - carried, carried > 0 ? benchmark / carried - 1 : 0};
}
enum err_code mls_benchmark(const struct mls_carry_cell *carried, const double *benchmark, int32_t n, double *workers_before, struct mls_gap *gaps,
    struct mls_gap *total, struct err *e) {
  double before = 0, after = 0;
  char place[48];
  for (int32_t c = 0; c < n; c++) {
    snprintf(place, sizeof place, "cell %d", (int)c + 1);
    if (isnan(benchmark[c]) || !(carried[c].workers_next >= 0))
      return ERR(e, E_MLS_MONTH_INPUT, .subject = place, .expected = "workers of 0 or more");
    workers_before[c] = benchmark[c] >= 0 ? benchmark[c] : carried[c].workers_next;
    set_gap(&gaps[c], carried[c].workers_next, workers_before[c]);
    before += carried[c].workers_next;
    after += workers_before[c];
  }
  set_gap(total, before, after);
  return E_OK;
}

enum err_code mls_factors(double old_level, double new_level, int m, enum mls_factor shape, double *factor, struct err *e) {
  if (!(old_level > 0) || !(new_level > 0) || m < 1)
    return ERR(e, E_MLS_MONTH_INPUT, .subject = "back-revision", .expected = "two levels above 0 and a month or more between");
  const double step = new_level / old_level;
  for (int i = 0; i <= m; i++) {
    const double part = (double)i / m;
    factor[i] = shape == MLS_FACTOR_LINEAR ? 1 + (step - 1) * part : pow(step, part);
  }
  return E_OK;
}

/* Below 0 when the path was so in any month: movers took more than there were. */
static double path_end(double first, double k, const struct mls_k_months *m) {
  double workers = first;
  for (int i = 0; i < m->n && workers >= 0; i++) workers = workers * m->growth[i] * (1 + k * m->rho[i]) + (m->moved ? m->l * m->moved[i] : 0);
  return workers;
}
static enum err_code check_months(const struct mls_k_months *m, struct err *e) {
  char place[48];
  if (!(m->l >= 0 && m->l <= 1)) return ERR(e, E_MLS_MONTH_INPUT, .subject = "choice of K", .expected = "L from 0 to 1");
  for (int i = 0; i < m->n; i++) {
    snprintf(place, sizeof place, "month %d", i + 1);
    if (!(m->growth[i] > 0) || !(fabs(m->rho[i]) <= 1))
      return ERR(e, E_MLS_MONTH_INPUT, .subject = place, .expected = "growth above 0, rho a fraction from -1 to 1");
  }
  return E_OK;
}
enum err_code mls_choose_k(double first, double last, const struct mls_k_months *m, struct mls_k_choice *out, struct err *e) {
  int best = 5; /* 0.5: wins all ties */
  if (!(first > 0) || !(last >= 0) || m->n < 1)
    return ERR(e, E_MLS_MONTH_INPUT, .subject = "choice of K", .expected = "two census levels and months");
  TRY(check_months(m, e));
  for (int i = 0; i < MLS_K_STEPS; i++) {
    out->end[i] = path_end(first, i / 10.0, m);
    if (!(out->end[i] >= 0)) return ERR(e, E_MLS_MONTH_INPUT, .subject = "choice of K", .expected = "workers of 0 or more in every month of a path");
    out->deviation[i] = fabs(out->end[i] - last) / first;
  }
  for (int away = 1; away <= 5; away++)
    for (int side = -1; side <= 1; side += 2)
      if (out->deviation[5 + side * away] < out->deviation[best]) best = 5 + side * away;
  out->k = best / 10.0;
  return E_OK;
}

enum err_code mls_find_movers(const struct mls_sample *s, const struct mls_ratio_result *r, int32_t n_cells, const int32_t *now,
    const struct mls_mover_policy *policy, struct mls_mover *movers, int64_t *n_movers, double *left, struct err *e) {
  char place[48];
  *n_movers = 0;
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t from = s->cell[i];
    if (now[i] == from) continue;
    snprintf(place, sizeof place, "report %lld", (long long)i + 1);
    if (now[i] < -1 || now[i] >= n_cells) return ERR(e, E_MLS_NO_CELL, .subject = place);
    const double weight = policy->destination_weight ? policy->destination_weight[i] : s->design->weight[i];
    const double workers = r->cells[from].ratio * weight * (double)s->x[MLS_ALL][MLS_E1][i];
    if (now[i] >= 0) movers[(*n_movers)++] = (struct mls_mover){from, now[i], workers};
    else if (policy->leaving_counts && left) left[from] += workers;
  }
  return E_OK;
}
