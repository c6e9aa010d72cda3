/* step_chained.c -- flagged values of numbers and codes by chained regressions (chain_model.h) within the by-groups: each item on all the others,
 * round after round.
 * Robust    none = least squares; huber, tukey with the usual constants 1.345 and 4.685 (95 % efficiency under the normal).
 * Cases     gaps that are not flagged are completed inside the model only; a class needs min_count values of every item. Values excluded or imputed
 *           before are gaps inside the model and keep what they hold.
 * Refusal   a class that does not converge within max_rounds gets nothing: its records become proposals. Notes: see step_model.h. */
#include "processing/impute/chain_model.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_model.h"

enum robust_choice { CHAIN_PLAIN, CHAIN_HUBER, CHAIN_TUKEY };
static const struct robust_rule robust_rules[] = {
    [CHAIN_HUBER] = {ROBUST_HUBER, 1.345, 0, 100, 1e-8}, [CHAIN_TUKEY] = {ROBUST_TUKEY, 4.685, 0, 100, 1e-8}};
static const struct step_option options[] = {{.key = "items", .kind = STEP_ITEMS, .required = true},
    {.key = "robust", .kind = STEP_CHOICE, .required = true, .words = "none|huber|tukey"},
    {.key = "max_rounds", .kind = STEP_INT, .required = true, .low = 1, .high = 1000},
    {.key = "tolerance", .kind = STEP_DECIMAL, .required = true, .low = 1, .high = STEP_ONE},
    {.key = "min_count", .kind = STEP_INT, .required = true, .low = 2, .high = 1000000000}, {.key = NULL}};

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *v = step_value_of(s, "items");
  (void)p;
  TRY(step_check_items(s, "items", e));
  if (v->n_items < 2) return step_refuse("items", "two items or more", e);
  for (int i = 0; i < v->n_items; i++) {
    const struct item *it = v->items[i];
    const bool number = it->type == COL_INT && it->class != CLASS_DATE && it->class != CLASS_WAREKI;
    if (!number && it->type != COL_CODE) return step_refuse("items", "numbers and codes", e);
    for (int k = 0; k < i; k++)
      if (v->items[k] == it) return step_refuse("items", "each item once", e);
  }
  return E_OK;
}

/* Ranks among all texts become 0 .. K-1 within the class; of_class[q] is the rank again. A single code is a constant number. */
static int pack_codes(struct num_column *c, int64_t n, const struct step_model *m, int k, int32_t *of_class, int32_t *place) {
  int count = 0;
  const int64_t all = m->view.now.n;
  int32_t last = -1;
  for (int64_t i = 0; i < all; i++)
    if ((int32_t)m->x[k * all + i] > last) last = (int32_t)m->x[k * all + i];
  for (int32_t q = 0; q <= last; q++) place[q] = -1;
  for (int64_t i = 0; i < n; i++)
    if (num_present(c, i)) place[(int32_t)c->x[i]] = 0;
  for (int32_t q = 0; q <= last; q++)
    if (place[q] == 0) of_class[count] = q, place[q] = count++;
  for (int64_t i = 0; i < n; i++)
    if (num_present(c, i)) c->x[i] = place[(int32_t)c->x[i]];
  return count < 2 ? 0 : count;
}

struct coding {
  int *n_categories;
  int32_t **of_class, *place;
};
static enum err_code code_items(const struct step_model *m, struct model_class *c, struct coding *out, struct err *e) {
  struct arena *a = m->j->arena;
  *out = (struct coding){.n_categories = ARENA_ARRAY(a, int, m->p), .of_class = ARENA_ARRAY(a, int32_t *, m->p),
      .place = ARENA_ARRAY(a, int32_t, m->view.now.n + 1)};
  if (!out->n_categories || !out->of_class || !out->place) return ERR(e, E_NO_MEMORY, .subject = m->s->name);
  for (int k = 0; k < m->p; k++) {
    if (!m->texts[k]) continue;
    if (!(out->of_class[k] = ARENA_ARRAY(a, int32_t, m->view.now.n + 1))) return ERR(e, E_NO_MEMORY, .subject = m->s->name);
    out->n_categories[k] = pack_codes(&c->t.columns[k], c->n, m, k, out->of_class[k], out->place);
  }
  return E_OK;
}

static void uncode(const struct step_model *m, struct model_class *c, const struct coding *coding) {
  for (int k = 0; k < m->p; k++)
    for (int64_t i = 0; m->texts[k] && i < c->n; i++) c->t.columns[k].x[i] = coding->of_class[k][(int32_t)c->t.columns[k].x[i]];
}

static bool large_enough(const struct step_model *m, const struct model_class *c) {
  for (int k = 0; k < m->p; k++)
    if (step_model_fitting(m, c, k) < step_value_of(m->s, "min_count")->number) return false;
  return true;
}

static bool anything(const struct step_model *m, const struct model_class *c) {
  for (int k = 0; k < m->p; k++)
    if (step_model_wanted(m, c, k)) return true;
  return false;
}

static enum err_code fit(struct step_model *m, struct model_class *c, struct chain_result *result, bool *fitted, struct err *e) {
  const int64_t robust = step_value_of(m->s, "robust")->number;
  struct coding coding;
  TRY(code_items(m, c, &coding, e));
  const struct chain_rule rule = {coding.n_categories, robust == CHAIN_PLAIN ? NULL : &robust_rules[robust],
      (int)step_value_of(m->s, "max_rounds")->number, (double)step_value_of(m->s, "tolerance")->number / STEP_ONE};
  TRY(step_model_fitted(m, chain_impute(m->j->arena, &c->t, &rule, result, e), fitted, e));
  if (*fitted) uncode(m, c, &coding);
  return E_OK;
}

/* Proposals grow in the arena: those of a class are made after its memory was given back. */
static enum err_code one_class(struct step_model *m, int32_t g, struct err *e) {
  const struct arena_mark mark = arena_mark(m->j->arena);
  struct chain_result result = {.rounds = 0};
  struct model_class c;
  bool fitted = false;
  TRY(step_model_class(m, g, false, &c, e));
  if (!anything(m, &c)) return E_OK;
  if (!large_enough(m, &c)) {
    m->too_small++;
    return E_OK;
  }
  TRY(fit(m, &c, &result, &fitted, e));
  if (fitted && result.converged) {
    step_model_take(m, &c, &c.t);
    m->classes++;
    m->fitted[g] = c.n;
  }
  m->iterations = result.rounds > m->iterations ? result.rounds : m->iterations;
  m->condition = result.condition > m->condition ? result.condition : m->condition;
  arena_reset(m->j->arena, mark);
  if (!fitted || result.converged) return E_OK;
  m->not_converged++;
  TRY(step_model_class(m, g, false, &c, e));
  return step_model_ask(m, &c, e);
}

static enum err_code formulas(struct step_model *m, struct err *e) {
  static const char *const words[] = {"least squares", "Huber", "Tukey"};
  const char *name = words[step_value_of(m->s, "robust")->number];
  for (int k = 0; k < m->p; k++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    strbuf_addf(&b, "%s on ", m->texts[k] ? "logits" : name);
    for (int o = 0, many = 0; o < m->p; o++)
      if (o != k) strbuf_addf(&b, "%s%s", many++ ? ", " : "", m->items[o]->name);
    m->formula[k] = b.failed ? NULL : arena_strdup(m->j->arena, strbuf_cstr(&b), b.n);
    strbuf_release(&b);
    if (!m->formula[k]) return ERR(e, E_NO_MEMORY, .subject = m->s->name);
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  struct step_model m;
  TRY(step_model_begin(j, s, scope, items->items, items->n_items, items->n_items, &m, e));
  for (int32_t g = 0; g < scope->n_groups; g++) TRY(one_class(&m, g, e));
  TRY(formulas(&m, e));
  TRY(step_model_put(&m, "chained", e));
  step_model_notes(&m, r);
  return E_OK;
}

const struct step_method step_chained = {.name = "chained", .options = options, .run = run, .check = check};
