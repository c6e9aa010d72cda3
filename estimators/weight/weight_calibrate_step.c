/* weight_calibrate_step.c -- calibration and trimming as steps of a programme: binding, solving, telling what was not reached. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "estimators/weight/trim.h"
#include "estimators/weight/weight_plan_impl.h"

enum { IPF_SWEEPS = 5000 };
static const double MET = 1e-10;

/* --- binding --- */
static enum err_code household_codes(struct step_context *c, const char *name, const double *w, const int32_t **out, int32_t *n) {
  const struct survey_column *x;
  TRY(weight_coded_item(c, name, &x));
  int32_t *code = ARENA_ARRAY(c->a, int32_t, c->p->n + 1);
  if (!code) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++) {
    code[i] = x->code[i] < 0 ? 0 : x->code[i];
    if (!(w[i] > 0) || x->code[i] >= 0) continue;
    char subject[160];
    snprintf(subject, sizeof subject, "%.80s, row %lld", name, (long long)i + 1);
    return ERR(c->e, E_WEIGHT_MISSING, .file = c->p->columns->place, .subject = subject);
  }
  *out = code, *n = x->n_levels;
  return E_OK;
}

enum err_code calibrate_bind(struct step_context *c, const double *w) {
  struct bound_step *b = step_of(c);
  struct bound_totals *t = &b->totals;
  const struct survey_column *sigma2;
  TRY(totals_bind(c, w, t));
  if (b->s->sigma2) {
    TRY(weight_item(c, b->s->sigma2, &sigma2));
    TRY(weight_values_known(c, sigma2, w));
    if (!sigma2->number) return ERR(c->e, E_WEIGHT_PLAN_VALUE, .file = c->p->plan->place, .subject = b->s->sigma2, .expected = "a number above 0");
    double *v = ARENA_ARRAY(c->a, double, c->p->n + 1);
    if (!v) return weight_no_memory(c);
    for (int64_t i = 0; i < c->p->n; i++) v[i] = w[i] > 0 ? sigma2->number[i] : 1;
    b->sigma2 = v;
  }
  struct group_spec g = {.x = &t->x, .d = w, .part = t->part, .n_parts = t->n_parts, .sum_form = b->s->form == HOUSEHOLD_SUM,
      .mean_weights = b->s->mean_weights};
  if (b->s->household) TRY(household_codes(c, b->s->household, w, &g.household, &g.n_households));
  return groups_new(c->a, &g, &t->groups, c->e);
}

/* --- what was not reached --- */
static enum err_code tell_unmet(const struct step_context *c, const struct bound_totals *t, const struct group_calibration *g) {
  const struct bound_step *b = step_of(c);
  char found[ERR_TEXT_BYTES] = "", subject[96], next[ERR_TEXT_BYTES];
  size_t used = 0;
  int64_t n = 0;
  struct unmet_total *list = c->record ? ARENA_ARRAY(c->a, struct unmet_total, g->n_unmet + t->n_left + 1) : NULL;
  if (c->record && !list) return weight_no_memory(c);
  for (int64_t at = 0; at < (int64_t)t->n_parts * t->p; at++) {
    const struct margin_row *m = t->margin[at];
    if (!g->unmet[at] || !m) continue;
    if (list) list[n] = (struct unmet_total){*m, g->reached[at]};
    if (n++ < 4 && used + 90 < sizeof found)
      used += (size_t)snprintf(found + used, sizeof found - used, "%s%.24s %.*s%s%.*s: %.10g of %.10g", used ? ", " : "", m->item,
          (int)(m->code.n < 16 ? m->code.n : 16), m->code.p, m->within.n ? " in " : "", (int)(m->within.n < 16 ? m->within.n : 16), m->within.p,
          g->reached[at], m->total);
  }
  for (int64_t k = 0; k < t->n_left; k++)
    if (list && t->left[k]->total != 0) list[n++] = (struct unmet_total){*t->left[k], 0};
  if (c->record) c->record->met = n == 0, c->record->n_unmet = n, c->record->unmet = list;
  if (n == 0 && g->converged) return E_OK;
  snprintf(subject, sizeof subject, "%s: %lld totals", b->s->place, (long long)n);
  if (g->has_hint) snprintf(next, sizeof next, "bounds [%.6g, %.6g] reach them", g->hint_low, g->hint_high);
  if (!b->s->report_unmet)
    return ERR(c->e, E_WEIGHT_UNMET, .file = c->p->plan->place, .subject = subject, .found = found, .next = g->has_hint ? next : NULL);
  if (c->job && c->record) {
    struct err warning = {0};
    (void)ERR(&warning, E_WEIGHT_NEAREST, .file = c->p->plan->place, .subject = subject, .found = found, .next = g->has_hint ? next : NULL);
    job_problem(c->job, &warning);
  }
  return E_OK;
}

static void keep_report(const struct step_context *c, const struct group_calibration *g) {
  struct weight_record *r = c->record;
  r->steps = g->steps, r->n_redundant = g->n_redundant, r->n_at_bound = g->n_at_bound;
  r->has_hint = g->has_hint, r->hint_low = g->hint_low, r->hint_high = g->hint_high;
}

/* --- calibration --- */
static enum err_code fit_proportionally(
    const struct step_context *c, const struct bound_totals *t, const double *w, struct group_calibration *out, double *after) {
  const int64_t cells = (int64_t)t->n_parts * t->p;
  const struct groups *g = &t->groups;
  *out = (struct group_calibration){
      .converged = true, .reached = ARENA_ARRAY(c->a, double, cells + 1), .unmet = ARENA_ARRAY(c->a, uint8_t, cells + 1)};
  double *row = ARENA_ARRAY(c->a, double, g->n_rows + 1);
  if (!out->reached || !out->unmet || !row) return weight_no_memory(c);
  for (int64_t i = 0; i < g->n; i++) row[g->unit ? g->unit[i] : i] = w[i];
  for (int32_t part = 0; part < t->n_parts; part++) {
    const struct auxiliary x = auxiliary_slice(&g->x, g->first[part], g->first[part + 1]);
    const int64_t at = (int64_t)part * t->p;
    struct ipf_result r;
    TRY(weight_ipf(c->a, &x, t->total + at, MET, IPF_SWEEPS, row + g->first[part], &r, c->e));
    TRY(auxiliary_totals(c->a, &x, row + g->first[part], out->reached + at, c->e));
    out->steps = r.sweeps > out->steps ? r.sweeps : out->steps;
    for (int k = 0; k < t->p; k++) {
      out->unmet[at + k] = !(fabs(t->total[at + k] - out->reached[at + k]) <= MET * (1 + fabs(t->total[at + k])));
      out->n_unmet += out->unmet[at + k];
    }
  }
  out->converged = out->n_unmet == 0;
  for (int64_t i = 0; i < g->n; i++) after[i] = row[g->unit ? g->unit[i] : i];
  return E_OK;
}

static enum err_code keep_adjustment(const struct step_context *c, const struct bound_totals *t, const double *d, const double *sigma2) {
  c->adjustment->kind = ADJUSTED_CALIBRATED;
  TRY(groups_regression(c->a, &t->groups, d, sigma2, &c->adjustment->regression, c->e));
  c->adjustment->x = c->adjustment->regression.x;
  return E_OK;
}

enum err_code calibrate_run(const struct step_context *c, const double *w, double *out) {
  static const char *const titles[] = {"calibrate (linear)", "calibrate (truncated)", "calibrate (raking)", "calibrate (logit)", "calibrate (ipf)"};
  static const enum calibration_method methods[] = {CALIBRATE_LINEAR, CALIBRATE_TRUNCATED, CALIBRATE_RAKING, CALIBRATE_LOGIT, CALIBRATE_RAKING};
  struct bound_step *b = step_of(c);
  const struct bound_totals *t = &b->totals;
  struct group_calibration g;
  for (int64_t i = 0; i < c->p->n; i++)
    if (w[i] < 0) return ERR(c->e, E_CALIBRATION_SPEC, .file = c->p->plan->place, .subject = "a weight below 0 before the step");
  if (b->s->distance == WEIGHT_IPF) {
    TRY(fit_proportionally(c, t, w, &g, out));
  } else {
    const struct group_calibration_spec s = {.groups = &t->groups, .method = methods[b->s->distance], .d = w, .sigma2 = b->sigma2, .total = t->total,
        .bounded = b->s->bounded, .hint = c->record != NULL, .low = b->s->low, .high = b->s->high, .tolerance = MET, .start = b->lambda};
    TRY(calibrate_groups(c->a, &s, &g, c->e));
    memcpy(out, g.w, sizeof *out * (size_t)c->p->n);
  }
  if (c->record) c->record->title = titles[b->s->distance], keep_report(c, &g);
  TRY(tell_unmet(c, t, &g));
  if (!c->adjustment) return E_OK;
  b->lambda = g.converged ? g.lambda : NULL; /* where a replicate begins; NULL after proportional fitting */
  return keep_adjustment(c, t, w, b->sigma2);
}

/* --- trimming --- */
/* What is kept: the totals of the calibration, or where the weights do not reach them, what they reach. */
static enum err_code reached_totals(struct step_context *c, struct bound_step *b, const double *w) {
  const struct bound_totals *t = &b->kept->totals;
  const struct groups *g = &t->groups;
  double *row = ARENA_ARRAY(c->a, double, g->n_rows + 1), *reached = ARENA_ARRAY(c->a, double, (int64_t)t->n_parts * t->p + 1);
  bool met = true;
  if (!row || !reached) return weight_no_memory(c);
  for (int64_t i = 0; i < g->n; i++) row[g->unit ? g->unit[i] : i] += w[i];
  for (int32_t part = 0; part < t->n_parts; part++) {
    const struct auxiliary x = auxiliary_slice(&g->x, g->first[part], g->first[part + 1]);
    const int64_t at = (int64_t)part * t->p;
    TRY(auxiliary_totals(c->a, &x, row + g->first[part], reached + at, c->e));
    for (int k = 0; k < t->p; k++) met = met && fabs(t->total[at + k] - reached[at + k]) <= 10 * MET * (1 + fabs(t->total[at + k]));
  }
  b->kept_total = met ? t->total : reached;
  return E_OK;
}

enum err_code trim_bind(struct step_context *c, const double *w) {
  struct bound_step *b = step_of(c);
  if (b->s->keep == TRIM_KEEP_SUM) return E_OK;
  for (int k = c->k - 1; k >= 0 && !b->kept; k--)
    if (c->p->step[k].s->kind == WEIGHT_CALIBRATE) b->kept = &c->p->step[k];
  return b->kept ? reached_totals(c, b, w) : ERR(c->e, E_WEIGHT_PLAN_VALUE, .file = c->p->plan->place, .subject = b->s->place);
}

/* Only weights that take part: a 0 is no small weight. */
static enum err_code trim_sum(const struct step_context *c, const double *w, double *out) {
  const struct weight_step *s = step_of(c)->s;
  struct arena_mark mark = arena_mark(c->a);
  double *some = ARENA_ARRAY(c->a, double, c->p->n + 1);
  struct trim_result r;
  int64_t m = 0;
  if (!some) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++)
    if (w[i] != 0) some[m++] = w[i];
  if (weight_trim(m, fmax(s->low, 0), s->high, true, some, &r, c->e))
    return ERR(c->e, E_TRIM_IMPOSSIBLE, .file = c->p->plan->place, .subject = s->place, .expected = "bounds around the mean weight");
  m = 0;
  for (int64_t i = 0; i < c->p->n; i++) out[i] = w[i] != 0 ? some[m++] : 0;
  if (c->record) c->record->title = "trim (sum kept)", c->record->steps = r.rounds, c->record->n_at_bound = r.n_cut;
  arena_reset(c->a, mark);
  return E_OK;
}

/* The weights nearest to w between the bounds that reach what the calibration reached; a weight not above 0 begins at the smallest above 0. */
static enum err_code trim_totals(const struct step_context *c, const double *w, double *out) {
  struct bound_step *b = step_of(c);
  const struct bound_totals *t = &b->kept->totals;
  double *d = ARENA_ARRAY(c->a, double, c->p->n + 1), smallest = INFINITY;
  struct group_calibration g;
  if (!d) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++)
    if (w[i] > 0) smallest = fmin(smallest, w[i]);
  for (int64_t i = 0; i < c->p->n; i++) d[i] = w[i] < 0 ? smallest : w[i];
  const struct group_calibration_spec s = {.groups = &t->groups, .method = CALIBRATE_TRUNCATED, .d = d, .sigma2 = b->kept->sigma2,
      .total = b->kept_total, .of_weight = true, .low = fmax(b->s->low, 0), .high = b->s->high, .tolerance = MET};
  TRY(calibrate_groups(c->a, &s, &g, c->e));
  memcpy(out, g.w, sizeof *out * (size_t)c->p->n);
  if (c->record) c->record->title = "trim (totals kept)", keep_report(c, &g);
  if (!g.converged) {
    char found[96];
    snprintf(found, sizeof found, "%d totals not reached, the worst by %.3g of 1 + the total", g.n_unmet, g.worst);
    return ERR(c->e, E_TRIM_IMPOSSIBLE, .file = c->p->plan->place, .subject = b->s->place, .found = found);
  }
  return c->adjustment ? keep_adjustment(c, t, d, b->kept->sigma2) : E_OK;
}

enum err_code trim_run(const struct step_context *c, const double *w, double *out) {
  return step_of(c)->s->keep == TRIM_KEEP_SUM ? trim_sum(c, w, out) : trim_totals(c, w, out);
}
