/* step_em.c -- flagged values of number items by EM under the normal distribution (em_normal.h) within the by-groups: conditional means, or draws by
 * the unit's hash.
 * log       items that are modelled by their logarithm; a mean is then exp(m + v/2) (em_conditional.h), a draw the exponential of the drawn
 *           logarithm. A record in which such an item is not above 0 is no case of the model: not_positive counts its values.
 * Cases     gaps that are not flagged are completed inside the model only; values imputed before predict, but are gaps to the fit. Every item needs
 *           min_count values that fit.
 * Refusal   a class that has not converged after max_iterations gets nothing: its records become proposals. Notes: see step_model.h. */
#include <math.h>

#include "processing/impute/em_conditional.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_model.h"

static const struct step_option options[] = {{.key = "items", .kind = STEP_NUMBER_ITEMS, .required = true},
    {.key = "take", .kind = STEP_CHOICE, .required = true, .words = "mean|draw"}, {.key = "log", .kind = STEP_NUMBER_ITEMS},
    {.key = "max_iterations", .kind = STEP_INT, .required = true, .low = 1, .high = 100000},
    {.key = "tolerance", .kind = STEP_DECIMAL, .required = true, .low = 1, .high = STEP_ONE},
    {.key = "min_count", .kind = STEP_INT, .required = true, .low = 2, .high = 1000000000}, {.key = NULL}};

static bool contains(const struct step_value *v, const struct item *item) {
  for (int i = 0; i < v->n_items; i++)
    if (v->items[i] == item) return true;
  return false;
}

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *v = step_value_of(s, "items"), *logs = step_value_of(s, "log");
  (void)p;
  TRY(step_check_items(s, "items", e));
  if (v->n_items < 2 || v->n_items > EM_ITEMS) return step_refuse("items", "2 to 32 items", e);
  for (int i = 0; i < v->n_items; i++)
    for (int k = 0; k < i; k++)
      if (v->items[k] == v->items[i]) return step_refuse("items", "each item once", e);
  for (int i = 0; i < logs->n_items; i++)
    if (!contains(v, logs->items[i])) return step_refuse("log", "items of the step", e);
  return E_OK;
}

struct em_step {
  struct step_model m;
  const struct step_value *log;
  int64_t not_positive;
};

/* Logarithms once for all classes; records that have none leave the model. */
static void take_logs(struct em_step *x) {
  struct step_model *m = &x->m;
  const int64_t n = m->view.now.n;
  for (int k = 0; k < m->p; k++) {
    if (!contains(x->log, m->items[k])) continue;
    for (int64_t i = 0; i < n; i++) {
      if (m->use[k * n + i] == MODEL_GAP || m->out[i]) continue;
      if (m->x[k * n + i] > 0) m->x[k * n + i] = log(m->x[k * n + i]);
      else {
        m->out[i] = 1;
        for (int o = 0; o < m->p; o++) x->not_positive += m->target[o * n + i];
      }
    }
  }
}

static bool worth_it(struct step_model *m, const struct model_class *c, bool *small) {
  bool wanted = false;
  *small = false;
  for (int k = 0; k < m->p; k++) {
    wanted = wanted || step_model_wanted(m, c, k);
    *small = *small || step_model_fitting(m, c, k) < step_value_of(m->s, "min_count")->number;
  }
  return wanted;
}

/* From the scale of the model to that of the items. */
static enum err_code back(const struct em_step *x, const struct model_class *c, const struct em_fit *fit, const uint32_t *observed, bool draw,
    struct num_table *t, struct err *e) {
  for (int k = 0; k < x->m.p; k++) {
    if (!contains(x->log, x->m.items[k])) continue;
    for (int64_t i = 0; i < c->n; i++) {
      double spread = 0;
      if (observed[i] >> k & 1) continue;
      if (!draw) TRY(em_conditional_variance(fit, observed[i], k, &spread, e));
      t->columns[k].x[i] = exp(t->columns[k].x[i] + spread / 2);
    }
  }
  return E_OK;
}

static enum err_code fill(struct em_step *x, const struct em_fit *fit, int32_t g, struct err *e) {
  struct step_model *m = &x->m;
  const bool draw = step_value_of(m->s, "take")->number != 0;
  struct model_class c;
  int64_t n;
  bool fitted;
  TRY(step_model_class(m, g, true, &c, e));
  uint32_t *observed = ARENA_ARRAY(m->j->arena, uint32_t, c.n + 1);
  if (!observed) return ERR(e, E_NO_MEMORY, .subject = m->s->name);
  for (int64_t i = 0; i < c.n; i++)
    for (int k = 0; k < m->p; k++) observed[i] |= (uint32_t)num_present(&c.t.columns[k], i) << k;
  enum err_code code = em_impute(m->j->arena, &c.t, fit, draw, m->s->seed, &n, e);
  if (!code) code = back(x, &c, fit, observed, draw, &c.t, e);
  TRY(step_model_fitted(m, code, &fitted, e));
  if (!fitted) return E_OK;
  step_model_take(m, &c, &c.t);
  m->classes++;
  return E_OK;
}

static enum err_code one_class(struct em_step *x, int32_t g, struct err *e) {
  struct step_model *m = &x->m;
  const struct em_rule rule = {(int)step_value_of(m->s, "max_iterations")->number, (double)step_value_of(m->s, "tolerance")->number / STEP_ONE};
  const struct arena_mark mark = arena_mark(m->j->arena);
  struct model_class c;
  struct em_fit fit = {.p = 0};
  bool small, fitted;
  TRY(step_model_class(m, g, false, &c, e));
  if (!worth_it(m, &c, &small)) return E_OK;
  if (small) {
    m->too_small++;
    return E_OK;
  }
  TRY(step_model_fitted(m, em_normal(m->j->arena, &c.t, &rule, &fit, e), &fitted, e));
  m->iterations = fit.iterations > m->iterations ? fit.iterations : m->iterations;
  arena_reset(m->j->arena, mark);
  if (!fitted) return E_OK;
  if (!fit.converged) {
    m->not_converged++;
    TRY(step_model_class(m, g, false, &c, e));
    return step_model_ask(m, &c, e);
  }
  m->fitted[g] = c.n;
  TRY(fill(x, &fit, g, e));
  arena_reset(m->j->arena, mark);
  return E_OK;
}

static enum err_code formulas(struct em_step *x, bool draw, struct err *e) {
  struct step_model *m = &x->m;
  for (int k = 0; k < m->p; k++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    strbuf_addf(&b, "%s%s given", draw ? "draw" : "mean", contains(x->log, m->items[k]) ? " of its logarithm" : "");
    for (int o = 0, many = 0; o < m->p; o++)
      if (o != k) strbuf_addf(&b, "%s %s%s", many++ ? "," : "", contains(x->log, m->items[o]) ? "log " : "", m->items[o]->name);
    m->formula[k] = b.failed ? NULL : arena_strdup(m->j->arena, strbuf_cstr(&b), b.n);
    strbuf_release(&b);
    if (!m->formula[k]) return ERR(e, E_NO_MEMORY, .subject = m->s->name);
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  const bool draw = step_value_of(s, "take")->number != 0;
  struct em_step *x = ARENA_NEW(j->arena, struct em_step);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->name);
  x->log = step_value_of(s, "log");
  TRY(step_model_begin(j, s, scope, items->items, items->n_items, items->n_items, &x->m, e));
  take_logs(x);
  for (int32_t g = 0; g < scope->n_groups; g++) TRY(one_class(x, g, e));
  TRY(formulas(x, draw, e));
  TRY(step_model_put(&x->m, draw ? "em_draw" : "em_mean", e));
  step_model_notes(&x->m, r);
  if (x->log->n_items) step_note(r, "not_positive", x->not_positive);
  return E_OK;
}

const struct step_method step_em = {.name = "em", .options = options, .run = run, .check = check};
