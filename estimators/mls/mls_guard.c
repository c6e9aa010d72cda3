#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/mls/mls_carry.h"
#include "estimators/mls/mls_guard_impl.h"

__extension__ typedef __int128 wide;

static const double cover_tolerance = 0.05, unit_tolerance = 0.01, worker_tolerance = 0.2, note_limit = 0.001;

static const char *signed_exception(const struct guard *g, int32_t stratum, enum mls_control c) {
  struct str id = stratum < 0 ? STR("*") : g->in->strata[stratum].id;
  for (int32_t i = 0; i < g->in->n_exceptions; i++) {
    const struct mls_guard_exception *x = &g->in->exceptions[i];
    if (x->signers >= 2 && x->control == c && x->text && *x->text && str_eq(x->stratum, id)) return x->text;
  }
  return NULL;
}
static struct mls_finding *find(struct guard *g, enum mls_control c, int32_t stratum, const char *format, ...) __attribute__((format(printf, 4, 5)));
static struct mls_finding *find(struct guard *g, enum mls_control c, int32_t stratum, const char *format, ...) {
  struct mls_finding *f = &g->out->findings[g->out->n_findings];
  if (g->out->n_findings < g->room) g->out->n_findings++; /* there is room for every finding a stratum can have, and one more */
  *f = (struct mls_finding){.control = c, .stratum = stratum, .exception = signed_exception(g, stratum, c)};
  f->stops = !f->exception;
  va_list args;
  va_start(args, format);
  vsnprintf(f->text, sizeof f->text, format, args);
  va_end(args);
  return f;
}

/* --- the draw ---------------------------------------------------------------------------------------------------------------------------- */
static void check_weight(struct guard *g, int32_t h) {
  const struct mls_guard_stratum *s = &g->in->strata[h];
  if (s->weight_num < 1 || s->weight_den < 1) {
    find(g, MLS_C1, h, "no weight in the weight table; %lld of %lld establishments drawn", (long long)s->drawn_units, (long long)s->frame_units);
    return;
  }
  if ((wide)s->weight_num * s->drawn_units != (wide)s->weight_den * s->frame_units)
    find(g, MLS_C1, h, "weight %lld/%lld, but %lld of %lld establishments were drawn", (long long)s->weight_num, (long long)s->weight_den,
        (long long)s->drawn_units, (long long)s->frame_units);
}
static void check_rule(struct guard *g, int32_t h) {
  const struct mls_guard_stratum *s = &g->in->strata[h];
  const struct mls_plan_rule *r = mls_plan_rule_of(g->in->plan, s->industry, s->size, s->prefecture);
  if (!r) find(g, MLS_C3, h, "the plan has no rule for this stratum");
  else if (r->take_all && s->drawn_units != s->frame_units)
    find(g, MLS_C3, h, "the plan takes all %lld establishments, %lld were drawn", (long long)s->frame_units, (long long)s->drawn_units);
  else if (!r->any_rate) {
    /* A rate need not divide the frame: the number drawn is M/w rounded either way, and never less than 1. */
    int64_t low = (int64_t)((wide)s->frame_units * r->den / r->num);
    int64_t high = (int64_t)(((wide)s->frame_units * r->den + r->num - 1) / r->num);
    if (low < 1) low = 1;
    if (s->drawn_units < low || s->drawn_units > high)
      find(g, MLS_C3, h, "the plan draws one in %lld/%lld of %lld establishments, %lld were drawn", (long long)r->num, (long long)r->den,
          (long long)s->frame_units, (long long)s->drawn_units);
  }
}
static void check_restored(struct guard *g, int32_t h) {
  const struct mls_guard_stratum *s = &g->in->strata[h];
  if (s->weight_num < 1 || s->weight_den < 1) return;
  double restored = (double)s->drawn_units * (double)s->weight_num / (double)s->weight_den;
  if (fabs(restored / (double)s->frame_units - 1) > unit_tolerance)
    find(g, MLS_C4, h, "the weights stand for %.0f establishments, the frame has %lld", restored, (long long)s->frame_units);
}
static void check_counts(struct guard *g) {
  struct mls_guard_result *r = g->out;
  r->published = g->in->plan->sample;
  for (int32_t h = 0; h < g->in->n_strata; h++) r->designated += g->in->strata[h].drawn_units;
  r->achieved = g->in->sample ? g->in->sample->n : 0;
  if (r->published >= 0 && r->designated != r->published)
    find(g, MLS_C6, -1, "%lld establishments are published as the sample, %lld are designated", (long long)r->published, (long long)r->designated);
}
static void check_digest(struct guard *g, const char *what, struct str planned, struct str runs) {
  if (!planned.n || str_eq(planned, runs)) return;
  find(g, MLS_C8, -1, "the %s is not the approved one: plan %.12s, run %.12s", what, planned.p, runs.n ? runs.p : "unknown");
}

/* --- the reports ------------------------------------------------------------------------------------------------------------------------- */
struct facts {
  int64_t n;
  double low, high, e0; /* weights used; workers at the beginning, unweighted */
};
static void check_used(struct guard *g, int32_t h, const struct facts *f) {
  const struct mls_guard_stratum *s = &g->in->strata[h];
  double right = mls_guard_right_weight(s);
  if (f->n == 0) return;
  if (f->n > s->drawn_units)
    find(g, MLS_C6, h, "%lld establishments report, %lld are designated", (long long)f->n, (long long)s->drawn_units);
  if (fabs(f->low / right - 1) > 1e-12 || fabs(f->high / right - 1) > 1e-12)
    find(g, MLS_C1, h, "reports are expanded by %.6g, the draw of %lld from %lld asks for %.6g", f->low, (long long)s->drawn_units,
        (long long)s->frame_units, right);
  double response = (double)f->n / (double)s->drawn_units;
  if (s->frame_workers > 0 && fabs(f->high * f->e0 / response / (double)s->frame_workers - 1) > worker_tolerance)
    find(g, MLS_C4, h, "weighted workers %.0f, the frame has %lld", f->high * f->e0 / response, (long long)s->frame_workers)->stops = false;
}
static enum err_code check_reports(struct guard *g, struct err *e) {
  const struct mls_sample *s = g->in->sample;
  struct facts *facts = ARENA_ARRAY(g->a, struct facts, g->in->n_strata + 1);
  if (!facts) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  for (int64_t i = 0; i < s->n; i++) {
    struct facts *f = &facts[s->design->stratum[i]];
    double w = s->design->weight[i];
    if (f->n == 0 || w < f->low) f->low = w;
    if (w > f->high) f->high = w;
    f->e0 += (double)s->x[MLS_ALL][MLS_E0][i];
    f->n++;
  }
  for (int32_t h = 0; h < g->in->n_strata; h++) check_used(g, h, &facts[h]);
  return E_OK;
}
/* C2: every cell of take-all strata only, by the plan and not by what was drawn. */
static enum err_code check_cover(struct guard *g, struct err *e) {
  const struct mls_sample *s = g->in->sample;
  struct mls_ratio_result r;
  TRY(mls_ratio(g->a, s, g->in->cells, g->in->n_cells, g->in->min_reports, &r, e));
  int32_t *seen = ARENA_ARRAY(g->a, int32_t, g->in->n_strata + 1);
  if (!seen) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  for (int32_t c = 0; c < g->in->n_cells; c++) {
    bool all = r.first[c + 1] > r.first[c] && r.cells[c].weighted_e0 > 0;
    int64_t drawn = 0;
    int32_t first = -1;
    for (int64_t i = r.first[c]; i < r.first[c + 1]; i++) {
      int32_t h = s->design->stratum[r.order[i]];
      const struct mls_guard_stratum *t = &g->in->strata[h];
      const struct mls_plan_rule *rule = mls_plan_rule_of(g->in->plan, t->industry, t->size, t->prefecture);
      all = all && rule && rule->take_all;
      if (seen[h] == c + 1) continue;
      seen[h] = c + 1;
      drawn += t->drawn_units;
      if (first < 0 || mls_guard_right_weight(t) > mls_guard_right_weight(&g->in->strata[first])) first = h;
    }
    if (!all || drawn == 0) continue;
    double value = g->in->cells[c].workers_before / r.cells[c].weighted_e0 * (double)(r.first[c + 1] - r.first[c]) / (double)drawn;
    if (fabs(value - 1) > cover_tolerance)
      find(g, MLS_C2, first, "take-all cell %.*s: ratio x response is %.3f", (int)g->in->cells[c].id.n, g->in->cells[c].id.p, value);
  }
  return E_OK;
}
static void check_change(struct guard *g, int32_t h) {
  const struct mls_guard_stratum *s = &g->in->strata[h];
  if (s->before_num < 1 || s->before_den < 1 || s->weight_num < 1 || s->weight_den < 1) return;
  if ((wide)s->before_num * s->weight_den == (wide)s->weight_num * s->before_den) return;
  find(g, MLS_C5, h, "weight %lld/%lld, in the run before %lld/%lld", (long long)s->weight_num, (long long)s->weight_den, (long long)s->before_num,
      (long long)s->before_den);
}
/* A change of weights that the headline hardly feels, or that was announced, is printed and passes. */
static void settle_changes(struct guard *g) {
  double step = 0;
  for (int32_t i = 0; i < g->out->n_findings; i++)
    if (g->out->findings[i].control == MLS_C5) step += fabs(g->out->findings[i].bias);
  bool small = g->out->estimated && step <= note_limit * g->out->pay;
  for (int32_t i = 0; i < g->out->n_findings; i++)
    if (g->out->findings[i].control == MLS_C5 && (small || g->in->note_published)) g->out->findings[i].stops = false;
}

enum err_code mls_guard(struct arena *a, const struct mls_guard_input *in, struct mls_guard_result *out, struct err *e) {
  struct guard g = {a, in, out, 8 * in->n_strata + in->n_cells + 8};
  *out = (struct mls_guard_result){.findings = ARENA_ARRAY(a, struct mls_finding, g.room + 1)};
  if (!out->findings) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  for (int32_t h = 0; h < in->n_strata; h++) {
    if (in->strata[h].frame_units < 1 || in->strata[h].drawn_units < 0 || in->strata[h].drawn_units > in->strata[h].frame_units)
      find(&g, MLS_C1, h, "%lld drawn of %lld in the frame", (long long)in->strata[h].drawn_units, (long long)in->strata[h].frame_units);
    check_rule(&g, h);
    check_weight(&g, h);
    check_restored(&g, h);
    check_change(&g, h);
  }
  check_counts(&g);
  check_digest(&g, "program", in->plan->program, in->program);
  check_digest(&g, "weight table", in->plan->weights, in->weights);
  if (in->sample) {
    TRY(check_reports(&g, e));
    TRY(check_cover(&g, e));
    TRY(mls_guard_price(&g, e));
  }
  settle_changes(&g);
  for (int32_t i = 0; i < out->n_findings; i++) out->n_stops += out->findings[i].stops;
  return E_OK;
}

const char *mls_finding_line(const struct mls_guard_input *in, const struct mls_finding *f, char *out, size_t size) {
  struct str id = f->stratum < 0 ? STR("-") : in->strata[f->stratum].id;
  const char *kind = f->stops ? "stop" : f->exception ? "exception" : "note";
  size_t n = (size_t)snprintf(out, size, "%s C%d stratum %.*s: %s", kind, (int)f->control, (int)id.n, id.p, f->text);
  if (f->priced && n < size) n += (size_t)snprintf(out + n, size - n, "; bias %+.0f yen of all, %+.0f of its cells", f->bias, f->bias_cells);
  if (f->error > 0 && n < size) n += (size_t)snprintf(out + n, size - n, "; adds a standard error of %.0f yen", f->error);
  if (f->exception && n < size) snprintf(out + n, size - n, "; approved: %s", f->exception);
  return out;
}
enum err_code mls_guard_enforce(const struct mls_guard_input *in, const struct mls_guard_result *r, struct err *e) {
  const struct mls_finding *worst = NULL;
  char line[ERR_TEXT_BYTES], found[64];
  if (!r->n_stops) return E_OK;
  for (int32_t i = 0; i < r->n_findings; i++)
    if (r->findings[i].stops && (!worst || fabs(r->findings[i].bias) > fabs(worst->bias))) worst = &r->findings[i];
  if (!worst) return E_OK;
  snprintf(found, sizeof found, "%d departures", r->n_stops);
  return ERR(e, E_MLS_PLAN_DEVIATES, .subject = mls_finding_line(in, worst, line, sizeof line), .found = found);
}

static int by_id(const void *x, const void *y) {
  const struct mls_guard_stratum *const *a = x, *const *b = y;
  return str_cmp((*a)->id, (*b)->id);
}
void mls_guard_weights_digest(const struct mls_guard_stratum *strata, int32_t n, char out[DIGEST_TEXT]) {
  const struct mls_guard_stratum **order = calloc((size_t)n + 1, sizeof *order);
  struct digest d;
  digest_begin(&d);
  for (int32_t h = 0; order && h < n; h++) order[h] = &strata[h];
  if (order && n) qsort(order, (size_t)n, sizeof *order, by_id);
  for (int32_t h = 0; order && h < n; h++) {
    const double v[4] = {
        (double)order[h]->frame_units, (double)order[h]->drawn_units, (double)order[h]->weight_num, (double)order[h]->weight_den};
    digest_text(&d, order[h]->id);
    digest_reals(&d, v, 4);
  }
  digest_end(&d, out);
  free(order);
}
