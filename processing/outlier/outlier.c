#include "processing/outlier/outlier.h"

#include <string.h>

const char *outlier_flag_name(enum outlier_flag f) {
  static const char *const names[] = {"", "ODIL", "ODEL", "ODER", "ODIR"};
  return names[f];
}
const char *outlier_flag_status(enum outlier_flag f) {
  static const char *const names[] = {"", "FTI", "FTE", "FTE", "FTI"};
  return names[f];
}
enum err_code outlier_groups_init(struct outlier_groups *g, struct arena *a, const int32_t *group, int64_t n, int n_groups, bool declared_sorted,
                                  struct err *e) {
  *g = (struct outlier_groups){.n_groups = group ? n_groups : 1, .row = ARENA_ARRAY(a, int64_t, n)};
  g->start = ARENA_ARRAY(a, int64_t, g->n_groups + 1);
  if (!g->row || !g->start) return ERR(e, E_NO_MEMORY, .subject = "groups");
  for (int64_t i = 1; group && declared_sorted && i < n; i++)
    if (group[i] < group[i - 1]) return ERR(e, E_OUTLIER_UNSORTED, .line = i + 1, .subject = arena_printf(a, "%lld", (long long)i + 1));
  for (int64_t i = 0; i < n; i++) g->start[(group ? group[i] : 0) + 1]++;
  for (int k = 0; k < g->n_groups; k++) g->start[k + 1] += g->start[k];
  for (int64_t i = 0; i < n; i++) g->row[g->start[group ? group[i] : 0]++] = i;
  for (int k = g->n_groups; k > 0; k--) g->start[k] = g->start[k - 1];
  g->start[0] = 0;
  return E_OK;
}
enum err_code outlier_result_init(struct outlier_result *r, struct arena *a, int64_t n, int n_groups, bool effects, struct err *e) {
  *r = (struct outlier_result){.flag = ARENA_ARRAY(a, uint8_t, n), .effect = effects ? ARENA_ARRAY(a, double, n) : NULL,
                               .summary = ARENA_ARRAY(a, struct outlier_summary, n_groups)};
  return r->flag && r->summary && (r->effect || !effects) ? E_OK : ERR(e, E_NO_MEMORY, .subject = "outlier flags");
}

struct usable { /* the judged rows of one group, in row order */
  int64_t n;
  int64_t *row;
  double *value, *aux, *effect, *scratch;
};
/* Why a row cannot be judged; N_REJECTS when it can. */
static int reject_reason(const struct outlier_data *d, const struct outlier_params *p, int64_t i) {
  if (d->matched && !d->matched[i]) return REJECT_NO_MATCH;
  if (d->weight_status && !value_present(d->weight_status[i])) return REJECT_WEIGHT;
  if (!num_present(d->y, i)) return REJECT_MISSING;
  if (d->aux && !num_present(d->aux, i)) return REJECT_AUX_MISSING;
  const double y = d->y->x[i];
  if (y == 0 && (d->aux || !p->accept_zero || p->method == OUTLIER_LOG)) return REJECT_ZERO;
  if (d->aux && d->aux->x[i] == 0) return REJECT_AUX_ZERO;
  if (y < 0 && (!p->accept_negative || p->method == OUTLIER_LOG)) return REJECT_NEGATIVE;
  if (d->aux && d->aux->x[i] < 0 && (!p->accept_negative || p->method == OUTLIER_LOG)) return REJECT_AUX_NEGATIVE;
  return N_REJECTS;
}
static enum err_code gather(struct usable *u, struct outlier_summary *s, const struct outlier_data *d, const struct outlier_params *p,
                            const int64_t *row, int64_t n, struct arena *a, struct err *e) {
  u->n = 0;
  for (int64_t k = 0; k < n; k++) {
    const int64_t i = row[k];
    const int reason = reject_reason(d, p, i);
    if (reason < N_REJECTS) {
      s->n_rejected[reason]++;
      continue;
    }
    const double w = d->weight ? d->weight[i] : 1;
    if (!(w >= 0)) return ERR(e, E_OUTLIER_WEIGHT, .line = i + 1, .subject = arena_printf(a, "%lld", (long long)i + 1), .expected = "0 or more");
    u->row[u->n] = i;
    u->value[u->n] = w * d->y->x[i];
    if (d->aux) u->aux[u->n] = d->aux->x[i];
    u->n++;
  }
  s->n_used = u->n;
  return E_OK;
}
static void form_effects(struct usable *u, const struct outlier_params *p, bool ratio) {
  if (!ratio) {
    memcpy(u->effect, u->value, (size_t)u->n * sizeof *u->effect);
    return;
  }
  for (int64_t k = 0; k < u->n; k++) u->effect[k] = u->value[k] / u->aux[k];
  if (p->method != OUTLIER_HB) return;
  memcpy(u->scratch, u->effect, (size_t)u->n * sizeof *u->effect);
  const double median = order_percentile(u->scratch, u->n, 0.5);
  for (int64_t k = 0; k < u->n; k++) u->effect[k] = outlier_hb_effect(u->value[k], u->aux[k], median, p->exponent);
}
static enum outlier_flag flag_of(const struct outlier_limits *l, double x) {
  if (l->has[LIMIT_IMP_L] && x < l->at[LIMIT_IMP_L]) return OUTLIER_ODIL;
  if (l->has[LIMIT_IMP_R] && x > l->at[LIMIT_IMP_R]) return OUTLIER_ODIR;
  if (l->has[LIMIT_EXCL_L] && x < l->at[LIMIT_EXCL_L]) return OUTLIER_ODEL;
  if (l->has[LIMIT_EXCL_R] && x > l->at[LIMIT_EXCL_R]) return OUTLIER_ODER;
  return OUTLIER_NONE;
}
/* sorted: [n] effects ascending. Equal effects share the gap that parts them from the next different one towards the middle. */
static double gap_beside(const double *sorted, int64_t n, double x, bool right) {
  int64_t low = 0, high = n; /* first rank not below x (right) or above x (left) */
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (right ? sorted[middle] < x : sorted[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return right ? x - sorted[low - 1] : sorted[low] - x;
}
static void mark(struct outlier_result *r, struct outlier_summary *s, const struct usable *u, bool sorted) {
  for (int64_t k = 0; k < u->n; k++) {
    const enum outlier_flag f = flag_of(&s->limits, u->effect[k]);
    r->flag[u->row[k]] = (uint8_t)f;
    if (r->effect) r->effect[u->row[k]] = u->effect[k];
    if (r->used) r->used[u->row[k]] = 1;
    if (r->gap && sorted && f != OUTLIER_NONE) r->gap[u->row[k]] = gap_beside(u->value, u->n, u->effect[k], f >= OUTLIER_ODER);
    s->n_imputation += f == OUTLIER_ODIL || f == OUTLIER_ODIR;
    s->n_exclusion += f == OUTLIER_ODEL || f == OUTLIER_ODER;
  }
}
static enum err_code judge_group(struct outlier_result *r, struct outlier_summary *s, struct usable *u, const struct outlier_data *d,
                                 const struct outlier_params *p, const int64_t *row, int64_t n, struct arena *a, struct err *e) {
  *s = (struct outlier_summary){.n_records = n};
  for (int64_t k = 0; k < n; k++) {
    r->flag[row[k]] = OUTLIER_NONE;
    if (r->effect) r->effect[row[k]] = 0;
    if (r->used) r->used[row[k]] = 0;
    if (r->gap) r->gap[row[k]] = 0;
  }
  TRY(gather(u, s, d, p, row, n, a, e));
  if (u->n < p->min_obs) return E_OK;
  s->judged = true;
  form_effects(u, p, d->aux != NULL);
  memcpy(u->value, u->effect, (size_t)u->n * sizeof *u->effect); /* the values have served: their place is reordered by the selection */
  outlier_limits_of(&s->limits, p, u->value, u->n, u->scratch);
  mark(r, s, u, p->method == OUTLIER_SIGMA_GAP); /* which leaves the values sorted */
  return E_OK;
}
enum err_code outlier_run(struct outlier_result *r, struct arena *a, const struct outlier_data *d, const struct outlier_groups *g,
                          const struct outlier_params *p, struct err *e) {
  const struct arena_mark mark_ = arena_mark(a);
  int64_t largest = 0;
  TRY(outlier_params_check(p, e));
  for (int k = 0; k < g->n_groups; k++)
    if (g->start[k + 1] - g->start[k] > largest) largest = g->start[k + 1] - g->start[k];
  struct usable u = {.row = ARENA_ARRAY(a, int64_t, largest), .value = ARENA_ARRAY(a, double, largest)};
  if (d->aux) u.aux = ARENA_ARRAY(a, double, largest);
  u.effect = ARENA_ARRAY(a, double, largest);
  u.scratch = ARENA_ARRAY(a, double, largest);
  enum err_code code = u.row && u.value && u.effect && u.scratch && (u.aux || !d->aux) ? E_OK : ERR(e, E_NO_MEMORY, .subject = "outlier detection");
  for (int k = 0; k < g->n_groups && !code; k++)
    code = judge_group(r, &r->summary[k], &u, d, p, g->row + g->start[k], g->start[k + 1] - g->start[k], a, e);
  arena_reset(a, mark_);
  return code;
}
