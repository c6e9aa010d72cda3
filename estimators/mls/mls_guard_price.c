/* What a departure costs: the month estimated with the weights of the run and again with one stratum's weight set right. */
#include <math.h>

#include "base/sum.h"
#include "estimators/mls/mls_guard_impl.h"
#include "estimators/mls/mls_variance.h"

struct pricing {
  struct guard *g;
  struct mls_sample sample;
  struct design design;
  double *weight, *used, *frame; /* [n], [n], [strata] */
  struct mls_rollup all;
};

/* Average contractual pay over the member cells; NAN without heads. */
static enum err_code pay(struct pricing *p, const struct mls_rollup *g, double *out, struct mls_ratio_result *r, struct err *e) {
  const struct mls_guard_input *in = p->g->in;
  struct sum amount = {0, 0}, heads = {0, 0};
  TRY(mls_ratio(p->g->a, &p->sample, in->cells, in->n_cells, in->min_reports, r, e));
  for (int32_t m = 0; m < g->n_members; m++) {
    const struct mls_totals *t = &r->cells[g->members[m]].totals;
    sum_add(&amount, t->x[MLS_ALL][MLS_C]);
    sum_add(&heads, mls_heads(t, MLS_ALL));
  }
  *out = sum_result(&heads) > 0 ? sum_result(&amount) / sum_result(&heads) : NAN;
  return E_OK;
}
static void set_weight(struct pricing *p, int32_t h, double w) {
  for (int64_t i = 0; i < p->sample.n; i++)
    if (p->design.stratum[i] == h) p->weight[i] = w;
}
static void as_used(struct pricing *p) {
  for (int64_t i = 0; i < p->sample.n; i++) p->weight[i] = p->used[i];
}
/* Cells to which the stratum reports. */
static void cells_of(const struct pricing *p, int32_t h, int32_t *members, struct mls_rollup *g) {
  *g = (struct mls_rollup){.members = members};
  for (int64_t i = 0; i < p->sample.n; i++) {
    int32_t c = p->sample.cell[i], k = 0;
    if (p->design.stratum[i] != h) continue;
    while (k < g->n_members && members[k] != c) k++;
    if (k == g->n_members) members[g->n_members++] = c;
  }
}
/* sqrt of the variance that goes away when the stratum counts as taken whole. */
static double added_error(struct pricing *p, int32_t h, const struct mls_ratio_result *r) {
  const struct mls_guard_input *in = p->g->in;
  struct mls_error with, without;
  struct mls_variance *v;
  struct err e;
  double frame = p->frame[h];
  if (mls_variance_begin(p->g->a, &p->sample, in->cells, in->n_cells, r, &v, &e)) return 0;
  mls_variance_average(v, &p->all, MLS_ALL, MLS_COL_C, &with);
  p->frame[h] = (double)p->design.sample_units[h];
  mls_variance_average(v, &p->all, MLS_ALL, MLS_COL_C, &without);
  p->frame[h] = frame;
  double gone = with.se * with.se - without.se * without.se;
  return gone > 0 ? sqrt(gone) : 0;
}
static enum err_code price_one(struct pricing *p, struct mls_finding *f, int32_t *members, struct err *e) {
  const struct mls_guard_stratum *s = &p->g->in->strata[f->stratum];
  const double right = f->control == MLS_C5 ? (double)s->before_num / (double)s->before_den : mls_guard_right_weight(s);
  struct mls_ratio_result r;
  struct mls_rollup mine;
  double all[2], own[2];
  cells_of(p, f->stratum, members, &mine);
  if (!mine.n_members || right < 1) return E_OK;
  TRY(pay(p, &p->all, &all[0], &r, e));
  TRY(pay(p, &mine, &own[0], &r, e));
  set_weight(p, f->stratum, right);
  TRY(pay(p, &p->all, &all[1], &r, e));
  TRY(pay(p, &mine, &own[1], &r, e));
  if (f->control == MLS_C3) f->error = added_error(p, f->stratum, &r);
  as_used(p);
  f->priced = isfinite(all[0]) && isfinite(all[1]);
  f->bias = all[0] - all[1];
  f->bias_cells = own[0] - own[1];
  return E_OK;
}
static enum err_code open_pricing(struct pricing *p, struct err *e) {
  const struct mls_guard_input *in = p->g->in;
  int32_t *all = ARENA_ARRAY(p->g->a, int32_t, in->n_cells + 1);
  p->sample = *in->sample;
  p->design = *in->sample->design;
  p->weight = ARENA_ARRAY(p->g->a, double, p->sample.n + 1);
  p->used = ARENA_ARRAY(p->g->a, double, p->sample.n + 1);
  p->frame = ARENA_ARRAY(p->g->a, double, in->n_strata + 1);
  if (!all || !p->weight || !p->used || !p->frame) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  for (int32_t c = 0; c < in->n_cells; c++) all[c] = c;
  for (int64_t i = 0; i < p->sample.n; i++) p->used[i] = in->sample->design->weight[i];
  for (int32_t h = 0; h < in->n_strata; h++) p->frame[h] = (double)in->strata[h].frame_units;
  as_used(p);
  p->design.weight = p->weight;
  p->design.frame_units = p->frame;
  p->sample.design = &p->design;
  p->all = (struct mls_rollup){.n_members = in->n_cells, .members = all};
  return E_OK;
}
enum err_code mls_guard_price(struct guard *g, struct err *e) {
  struct pricing p = {.g = g};
  struct mls_ratio_result r;
  if (!g->in->sample->x[MLS_ALL][MLS_C] || !g->in->n_cells) return E_OK;
  TRY(open_pricing(&p, e));
  int32_t *members = ARENA_ARRAY(g->a, int32_t, g->in->n_cells + 1);
  if (!members) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  TRY(pay(&p, &p.all, &g->out->pay, &r, e));
  for (int32_t i = 0; i < g->out->n_findings; i++) {
    struct mls_finding *f = &g->out->findings[i];
    if (f->stratum >= 0 && f->control != MLS_C4) TRY(price_one(&p, f, members, e));
  }
  for (int32_t h = 0; h < g->in->n_strata; h++)
    if (mls_guard_right_weight(&g->in->strata[h]) >= 1) set_weight(&p, h, mls_guard_right_weight(&g->in->strata[h]));
  TRY(pay(&p, &p.all, &g->out->pay_as_planned, &r, e));
  g->out->estimated = true;
  return E_OK;
}
