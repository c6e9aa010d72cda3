/* The ARIMA model: differences by the roots of fitted models, orders by BIC. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/seasonal/choice_impl.h"

enum { ORDER_MOST = 3, TURNS = 3, D_MOST = 2 };
static const double first_root = 0.96, later_root = 0.88, cancelled = 0.1, last_root = 1.05, constant_level = 1.96;

struct search {
  struct arena *a;
  const struct choice_input *in;
  double *y;
  struct effect_list list; /* with the constant at its end */
  struct choice *out;
};
void choice_constant(const struct arima_order *o, char word[CHOICE_NAME]) { snprintf(word, CHOICE_NAME, "const%d-%d", o->d, o->sd); }
static enum err_code with_constant(struct search *s, const struct arima_order *o, struct effect_list *list, struct err *e) {
  char word[CHOICE_NAME];
  *list = *s->in->list;
  choice_constant(o, word);
  return list->n == EFFECTS_MOST ? E_OK : effects_add(s->a, s->in->span, word, list, e);
}

/* --- differences --- */
/* The largest real root (as its inverse) of 1 - a B - b B^2; 0 when both are complex. */
static double real_root(double a, double b) {
  const double inside = a * a + 4 * b;
  return inside < 0 ? 0 : (a + sqrt(inside)) / 2;
}
static enum err_code fit_step(struct search *s, const struct arima_order *o, struct arima_fit *fit, bool *good, struct err *e) {
  struct choice scratch = {.n = 0};
  struct effect_list *list = ARENA_NEW(s->a, struct effect_list);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "choice");
  TRY(with_constant(s, o, list, e));
  TRY(choice_try(s->a, o, s->y, s->in->span->n, list, &scratch, fit, e));
  *good = scratch.candidate[0].flaw == CHOICE_SOUND;
  return E_OK;
}
static void note_step(struct choice_steps *steps, const struct arima_order *o, double ar, double seasonal, int d, int sd) {
  const int k = steps->n < 8 ? steps->n++ : 7;
  snprintf(steps->step[k].model, sizeof steps->step[k].model, "(%d %d %d)(%d %d %d)", o->p, o->d, o->q, o->sp, o->sd, o->sq);
  steps->step[k].ar = ar, steps->step[k].seasonal_ar = seasonal, steps->step[k].d = d, steps->step[k].sd = sd;
}
static enum err_code differences(struct search *s, struct choice_steps *steps, int *d, int *sd, struct err *e) {
  const int period = s->in->span->period;
  *d = *sd = 0;
  for (int round = 0; round < 6; round++) {
    struct arena_mark mark = arena_mark(s->a);
    const bool first = round == 0;
    const struct arima_order o = {.p = first ? 2 : 1, .d = *d, .q = first ? 0 : 1, .sp = 1, .sd = *sd, .sq = first ? 0 : 1, .period = period};
    struct arima_fit fit;
    bool good = false, more = false;
    TRY(fit_step(s, &o, &fit, &good, e));
    if (good) {
      const double *v = fit.parameter, ar = first ? real_root(v[0], v[1]) : v[0], seasonal = first ? v[2] : v[1];
      const double least = first ? first_root : later_root;
      const bool own = first || fabs(v[0] - v[2]) > cancelled, own_seasonal = first || fabs(v[1] - v[3]) > cancelled;
      if (ar > least && own && *d < D_MOST) ++*d, more = true;
      if (seasonal > least && own_seasonal && *sd < 1) ++*sd, more = true;
      note_step(steps, &o, ar, seasonal, *d, *sd);
    }
    arena_reset(s->a, mark);
    if (!more && !first) break;
  }
  return E_OK;
}

/* --- orders --- */
static bool near_unit_root(const struct arima_order *o, const double *v) {
  double at = 1, power = 1;
  for (int i = 0; i < o->p; i++) power *= last_root, at -= v[i] * power;
  bool near = o->p && at <= 0; /* 1 - phi(z) changes sign between 1 and 1.05 */
  for (int i = 0; i < o->sp; i++) near = near || v[o->p + i] >= 1 / last_root;
  return near;
}
static int find(const struct choice *c, const struct arima_order *o) {
  for (int i = 0; i < c->n; i++) {
    const struct arima_order *x = &c->candidate[i].order;
    if (x->p == o->p && x->q == o->q && x->sp == o->sp && x->sq == o->sq) return i;
  }
  return -1;
}
static enum err_code consider(struct search *s, const struct arima_order *o, int *best, struct err *e) {
  int k = find(s->out, o);
  if (k < 0) {
    struct arena_mark mark = arena_mark(s->a);
    struct arima_fit fit;
    k = s->out->n;
    TRY(choice_try(s->a, o, s->y, s->in->span->n, &s->list, s->out, &fit, e));
    struct choice_candidate *c = &s->out->candidate[k];
    if (!c->flaw && near_unit_root(o, fit.parameter)) c->flaw = CHOICE_UNIT_ROOT;
    arena_reset(s->a, mark);
  }
  const struct choice_candidate *c = &s->out->candidate[k];
  if (!c->flaw && (*best < 0 || c->bic < s->out->candidate[*best].bic)) *best = k;
  return E_OK;
}
static enum err_code seasonal_turn(struct search *s, struct arima_order o, int *best, struct err *e) {
  for (o.sp = 0; o.sp < 2; o.sp++)
    for (o.sq = 0; o.sq < 2; o.sq++) TRY(consider(s, &o, best, e));
  return E_OK;
}
static enum err_code plain_turn(struct search *s, struct arima_order o, int *best, struct err *e) {
  for (o.p = 0; o.p <= ORDER_MOST; o.p++)
    for (o.q = 0; o.q <= ORDER_MOST; o.q++)
      if (o.p + o.q + o.sp + o.sq > 0) TRY(consider(s, &o, best, e));
  return E_OK;
}
/* Does the constant stay? Its t in the model taken. */
static enum err_code test_constant(struct search *s, const struct arima_order *o, bool *constant, double *t, struct err *e) {
  struct choice scratch = {.n = 0};
  struct arima_fit fit;
  struct arena_mark mark = arena_mark(s->a);
  *constant = false, *t = 0;
  TRY(choice_try(s->a, o, s->y, s->in->span->n, &s->list, &scratch, &fit, e));
  const int last = s->list.n - 1;
  if (!scratch.candidate[0].flaw && last >= 0 && s->list.effect[last].kind == EFFECT_CONSTANT) *t = fit.beta[last] / fit.beta_se[last];
  *constant = fabs(*t) > constant_level;
  arena_reset(s->a, mark);
  return E_OK;
}
enum err_code choose_model(struct arena *a, const struct choice_input *in, struct choice *out, struct choice_steps *steps, bool *constant,
    double *constant_t, struct err *e) {
  struct search *s = ARENA_NEW(a, struct search);
  struct arima_order o = {.p = ORDER_MOST, .period = in->span->period};
  int best = -1, before = -2;
  *out = (struct choice){.taken = -1};
  *steps = (struct choice_steps){.n = 0};
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "choice");
  s->a = a, s->in = in, s->out = out;
  TRY(choice_scale(a, in, in->logs, &s->y, e));
  TRY(differences(s, steps, &o.d, &o.sd, e));
  TRY(with_constant(s, &o, &s->list, e));
  TRY(seasonal_turn(s, o, &best, e));
  for (int turn = 0; turn < TURNS && best != before; turn++) {
    before = best;
    if (best >= 0) o.sp = out->candidate[best].order.sp, o.sq = out->candidate[best].order.sq;
    TRY(plain_turn(s, o, &best, e));
    if (best < 0) continue;
    o = out->candidate[best].order;
    TRY(seasonal_turn(s, o, &best, e));
  }
  if (best < 0) return ERR(e, E_SEASONAL_AUTO, .found = "model");
  out->taken = best;
  return test_constant(s, &out->candidate[best].order, constant, constant_t, e);
}
