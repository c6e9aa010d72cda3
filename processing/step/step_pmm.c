/* step_pmm.c -- flagged values of a number item by predictive mean matching (pmm.h) within the by-groups: the value of one of the k records whose
 * fitted value is nearest, drawn by the unit's hash.
 * Donor   a record with the item reported, not flagged, not imputed before, and every predictor; at least min_count (and k) of them in the class.
 * Log     method pmm, the donor's record number, the predictors. Notes: see step_model.h; no_predictor counts values without a predictor. */
#include "processing/impute/pmm.h"
#include "processing/impute/regression_qr.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_model.h"

static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "predictors", .kind = STEP_NUMBER_ITEMS, .required = true}, {.key = "k", .kind = STEP_INT, .required = true, .low = 1, .high = 1000},
    {.key = "min_count", .kind = STEP_INT, .required = true, .low = 2, .high = 1000000000}, {.key = NULL}};

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *predictors = step_value_of(s, "predictors");
  (void)p;
  TRY(step_check_items(s, "item", e));
  if (predictors->n_items > QR_COLUMNS - 2) return step_refuse("predictors", "at most 31 items", e);
  if (step_value_of(s, "min_count")->number < step_value_of(s, "k")->number) return step_refuse("min_count", "at least k", e);
  for (int i = 0; i < predictors->n_items; i++) {
    if (predictors->items[i] == item->items[0]) return step_refuse("predictors", "items other than the one imputed", e);
    for (int k = 0; k < i; k++)
      if (predictors->items[k] == predictors->items[i]) return step_refuse("predictors", "each item once", e);
  }
  return E_OK;
}

/* Donors give values that were reported: what was imputed before is no value of the item here, but predicts. */
static void only_reported(const struct step_model *m, struct model_class *c) {
  for (int64_t i = 0; i < c->n; i++)
    if (m->use[c->row[i]] == MODEL_KNOWN) c->t.columns[0].x[i] = 0, c->t.columns[0].status[i] = VAL_BLANK;
}

static void take_donors(struct step_model *m, const struct model_class *c, const struct pmm_result *r) {
  step_model_take(m, c, &c->t);
  for (int64_t i = 0; i < c->n; i++)
    if (m->target[c->row[i]] && r->donor[i] >= 0) m->donor[c->row[i]] = c->row[r->donor[i]];
}

static enum err_code one_class(struct step_model *m, int32_t g, struct err *e) {
  int predictors[QR_COLUMNS] = {0};
  struct pmm_result result = {.donors = 0};
  struct model_class c;
  bool fitted;
  TRY(step_model_class(m, g, true, &c, e));
  if (!step_model_wanted(m, &c, 0)) return E_OK;
  if (step_model_fitting(m, &c, 0) < step_value_of(m->s, "min_count")->number) {
    m->too_small++;
    return E_OK;
  }
  only_reported(m, &c);
  for (int k = 1; k < m->p; k++) predictors[k - 1] = k;
  const uint64_t seed = num_unit_hash(m->s->seed, str_of(m->items[0]->name));
  const int k = (int)step_value_of(m->s, "k")->number;
  TRY(step_model_fitted(m, pmm_impute(m->j->arena, &c.t, 0, predictors, m->p - 1, k, seed, &result, e), &fitted, e));
  if (!fitted) return E_OK;
  take_donors(m, &c, &result);
  m->classes++;
  m->fitted[g] = result.donors;
  m->condition = result.condition > m->condition ? result.condition : m->condition;
  return E_OK;
}

static int64_t without_predictor(const struct step_model *m) {
  int64_t n = 0;
  for (int64_t i = 0; i < m->view.now.n; i++) n += m->target[i] && !m->found[i] && !m->out[i] && m->fitted[m->view.group[i]] >= 0;
  return n;
}

static enum err_code formula_of(struct step_model *m, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_addf(&b, "one of the %lld records nearest by the regression on ", (long long)step_value_of(m->s, "k")->number);
  for (int k = 1; k < m->p; k++) strbuf_addf(&b, "%s%s", k > 1 ? ", " : "", m->items[k]->name);
  m->formula[0] = b.failed ? NULL : arena_strdup(m->j->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return m->formula[0] ? E_OK : ERR(e, E_NO_MEMORY, .subject = m->s->name);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *predictors = step_value_of(s, "predictors");
  const struct item **items = ARENA_ARRAY(j->arena, const struct item *, predictors->n_items + 1);
  struct step_model m;
  if (!items) return ERR(e, E_NO_MEMORY, .subject = s->name);
  items[0] = item->items[0];
  for (int k = 0; k < predictors->n_items; k++) items[k + 1] = predictors->items[k];
  TRY(step_model_begin(j, s, scope, items, predictors->n_items + 1, 1, &m, e));
  for (int32_t g = 0; g < scope->n_groups; g++) {
    const struct arena_mark mark = arena_mark(j->arena);
    TRY(one_class(&m, g, e));
    arena_reset(j->arena, mark);
  }
  TRY(formula_of(&m, e));
  TRY(step_model_put(&m, "pmm", e));
  step_model_notes(&m, r);
  step_note(r, "no_predictor", without_predictor(&m));
  return E_OK;
}

const struct step_method step_pmm = {.name = "pmm", .options = options, .run = run, .check = check};
