#include "estimators/sdc/sdc_action.h"

#include <math.h>
#include <string.h>

#include "estimators/sdc/sdc_action_cells.h"
#include "estimators/sdc/suppress/perturb.h"
#include "estimators/sdc/suppress/perturb_keyed.h"

enum { ROUND_SECONDS = 60, ATTACKED_MAX = 2000 };
static const char *const words[SDC_N_ACTIONS] = {"suppress", "round", "small-counts", "redact-round", "cell-key"};
const char *sdc_action_word(enum sdc_action_kind k) { return k < SDC_N_ACTIONS ? words[k] : ""; }

/* --- the profile --- */

static enum err_code whole(const struct json_value *p, const char *member, int64_t least, int64_t *out, struct err *e) {
  const struct json_value *v = json_member(p, member);
  return v && json_integer(v, out) && *out >= least && *out < 1000000000 ? E_OK : ERR(e, E_SDC_ACTION, .subject = member);
}
enum err_code sdc_action_read(const struct json_value *p, struct sdc_action *out, struct err *e) {
  int64_t n;
  *out = (struct sdc_action){.kind = SDC_ACTION_SUPPRESS};
  const struct json_value *action = json_member(p, "action");
  if (!action) return E_OK;
  const char *text = json_string(action);
  while (text && out->kind < SDC_N_ACTIONS && strcmp(text, words[out->kind]) != 0) out->kind++;
  if (!text || out->kind == SDC_N_ACTIONS) return ERR(e, E_SDC_ACTION, .subject = text ? text : "action");
  if (out->kind == SDC_ACTION_SUPPRESS) return E_OK;
  if (out->kind != SDC_ACTION_CELL_KEY) TRY(whole(p, "base", 2, &out->base, e));
  if (out->kind == SDC_ACTION_REDACT_ROUND) TRY(whole(p, "threshold", 2, &out->threshold, e));
  if (out->kind != SDC_ACTION_CELL_KEY) return E_OK;
  TRY(whole(p, "range", 1, &n, e));
  out->range = (int)n;
  if (!json_number(json_member(p, "variance"), &out->variance)) return ERR(e, E_SDC_ACTION, .subject = "variance");
  (void)json_number(json_member(p, "stay"), &out->stay);
  if (json_member(p, "blocked")) TRY(whole(p, "blocked", 0, &n, e));
  else n = 0;
  out->blocked = (int)n;
  return E_OK;
}

/* --- the table --- */

struct acting {
  struct result_table *t;
  const struct sdc_action *x;
  const uint8_t *secret;
  const char *scope;
  const struct sdc_sum_rule *rules;
  int n_rules;
  struct ptable noise;
  uint8_t *redacted; /* [n_rows], by n */
};
static bool refuse(struct acting *g, const char *why) {
  g->t->refusal = arena_printf(g->t->arena, "action %s: %s", sdc_action_word(g->x->kind), why);
  return false;
}
static bool values_of(struct acting *g, int k, int64_t *v) { /* k = n_measures: n */
  const struct result_table *t = g->t;
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (k == t->n_measures) {
      if (t->n_status[i] != RESULT_SHOWN) return refuse(g, "a row without its number of units");
      v[i] = t->n[i];
      continue;
    }
    const struct result_measure *m = &t->measures[k];
    const double x = m->status[i] == RESULT_SHOWN ? m->value[i] : NAN;
    if (!(fabs(x) < 1e15) || x != nearbyint(x) || x < 0) return refuse(g, "a figure that is no whole number, or not shown");
    if (x > (double)t->n[i]) return refuse(g, "an amount: rounding and noise of counts do not protect it");
    v[i] = (int64_t)x;
  }
  return true;
}
static bool treatable(struct acting *g) {
  if (g->t->n_measures == 0) return refuse(g, "no figure");
  for (int k = 0; k < g->t->n_measures; k++)
    if (!g->t->measures[k].additive) return refuse(g, "a measure that is no count or total");
  if (g->x->kind == SDC_ACTION_CELL_KEY && !g->secret) return refuse(g, "no secret of the survey (SHIRABE_NOISE_SECRET_FILE)");
  return true;
}
/* What an outsider may think of each figure. Rows are marked by n: of another count in a marked row he knows that it is below the threshold. */
static void intervals(const struct acting *g, const struct cell_table *c, const int64_t *out, bool units, int64_t *low, int64_t *high) {
  const bool marks = g->redacted != NULL;
  rounding_intervals(c, out, units ? g->redacted : NULL, g->x->threshold, g->x->base, marks, marks, low, high);
  for (int32_t i = 0; marks && !units && i < c->n_cells; i++)
    if (g->redacted[i]) low[i] = 0, high[i] = g->x->threshold - 1;
}
static enum err_code attacked(struct acting *g, const struct cell_table *c, const int64_t *out, bool units, struct err *e) {
  int64_t *low = ARENA_ARRAY(g->t->arena, int64_t, c->n_cells + 1), *high = ARENA_ARRAY(g->t->arena, int64_t, c->n_cells + 1);
  struct interval_attack found;
  if (!low || !high) return ERR(e, E_NO_MEMORY, .subject = g->t->id);
  intervals(g, c, out, units, low, high);
  TRY(perturb_attack(c, low, high, 0, g->redacted ? g->x->threshold : g->x->base, ATTACKED_MAX, false, &found, e));
  if (found.n_exact) (void)refuse(g, "a small figure could be found exactly from the rounded ones");
  else if (found.n_judged < found.n_small) (void)refuse(g, "more small figures than the attack can judge");
  return E_OK;
}
/* By codes alone a cell would keep its noise when a unit comes or goes, and the difference of two editions, or of a table and a part of it, would be
 * exact. With its number of units in the key the noise is another one then, and the same where the cell is the same. */
static enum err_code key_of_row(const struct acting *g, struct perturb_keys *keys, struct err *e) {
  for (int64_t i = 0; i < g->t->n_rows; i++) {
    const char *text = arena_printf(g->t->arena, "%s|%lld|%016llx", g->scope, (long long)g->t->n[i], (unsigned long long)keys->key[i]);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = g->t->id);
    keys->key[i] = cell_record_key(g->secret, text, strlen(text));
  }
  return E_OK;
}
/* One measure, or n, changed into `out`; a refusal where it cannot be. */
static enum err_code change(struct acting *g, int k, const int64_t *v, int64_t *out, struct err *e) {
  struct cell_table *c;
  struct err why = {.code = E_OK};
  struct perturb_keys keys;
  bool proved;
  const enum sdc_action_kind kind = g->x->kind;
  const bool sums = kind != SDC_ACTION_CELL_KEY, units = k == g->t->n_measures;
  enum err_code code = sdc_action_cells(g->t, v, units, sums, g->rules, g->n_rules, &c, &why);
  if (code == E_SDC_NOT_ADDITIVE) return (void)refuse(g, "a sum that does not hold"), E_OK;
  if (!code && kind == SDC_ACTION_ROUND) code = round_controlled(c, g->x->base, 0, ROUND_SECONDS, out, &proved, &why);
  if (code == E_SDC_NO_ROUNDING || code == E_SDC_SIZE) return (void)refuse(g, "no rounding of all sums was found"), E_OK;
  if (!code && kind == SDC_ACTION_SMALL_COUNTS) code = round_small(c, g->x->base, out, &why);
  if (!code && kind == SDC_ACTION_CELL_KEY) code = cell_keys_of_codes(g->t->arena, c, g->secret, &keys, &why);
  if (!code && kind == SDC_ACTION_CELL_KEY) code = key_of_row(g, &keys, &why);
  if (!code && kind == SDC_ACTION_CELL_KEY) code = perturb_counts(c, &g->noise, keys.key, out, &why);
  if (!code && kind == SDC_ACTION_REDACT_ROUND && units) { /* zeros as well: a marked total of two marked parts would tell all three */
    redact_then_round(c, g->x->threshold, g->x->base, true, out, g->redacted);
    code = attacked(g, c, out, true, &why);
  } else if (!code && kind == SDC_ACTION_REDACT_ROUND) {
    uint8_t *none = ARENA_ARRAY(g->t->arena, uint8_t, c->n_cells + 1);
    if (!none) return ERR(e, E_NO_MEMORY, .subject = g->t->id);
    redact_then_round(c, 0, g->x->base, false, out, none);
    code = attacked(g, c, out, false, &why);
  }
  if (!code && kind == SDC_ACTION_ROUND) code = attacked(g, c, out, units, &why);
  if (code && e) *e = why;
  return code;
}
static void put(struct acting *g, int64_t *const *out) {
  struct result_table *t = g->t;
  for (int k = 0; k < t->n_measures && out[k]; k++) {
    struct result_measure *m = &t->measures[k];
    m->judged = m->judged_y = NULL, m->low = m->high = m->deff = NULL;
    m->n_used = NULL;
    for (int64_t i = 0; i < t->n_rows; i++) {
      m->value[i] = (double)out[k][i];
      m->se[i] = m->cv[i] = 0, m->df[i] = 0;
      if (m->has_se) m->has_se[i] = 0;
      if (m->has_interval) m->has_interval[i] = 0;
      if (m->has_deff) m->has_deff[i] = 0;
      if (g->redacted && g->redacted[i]) result_hide(m, i, "fewer units than the threshold");
    }
  }
  for (int64_t i = 0; i < t->n_rows; i++) {
    t->n[i] = out[t->n_measures][i];
    if (g->redacted && g->redacted[i]) t->n_status[i] = RESULT_SUPPRESSED, t->n[i] = 0;
  }
}
static const char *note_of(const struct acting *g) {
  const long long base = (long long)g->x->base;
  switch (g->x->kind) {
    case SDC_ACTION_ROUND: return arena_printf(g->t->arena, "every figure is a neighbouring multiple of %lld of the true one; all sums hold", base);
    case SDC_ACTION_SMALL_COUNTS:
      return arena_printf(g->t->arena, "counts below %lld were changed to 0 or %lld, totals with them; all sums hold", base, base);
    case SDC_ACTION_REDACT_ROUND:
      return arena_printf(g->t->arena, "rows of fewer than %lld units are hidden, the other figures rounded to multiples of %lld",
          (long long)g->x->threshold, base);
    case SDC_ACTION_CELL_KEY: return "figures carry random noise that is the same for the same cell in every table; sums need not hold";
    default: return "";
  }
}
enum err_code sdc_action_apply(
    struct result_table *t, const struct sdc_action *x, const uint8_t *secret, const char *scope, const struct sdc_sum_rule *rules, int n_rules,
    struct err *e) {
  struct acting g = {.t = t, .x = x, .secret = secret, .scope = scope, .rules = rules, .n_rules = n_rules};
  int64_t *out[RESULT_MAX_MEASURES + 1] = {NULL}, *v = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1);
  if (x->kind == SDC_ACTION_SUPPRESS) return E_OK;
  if (!v) return ERR(e, E_NO_MEMORY, .subject = t->id);
  if (x->kind == SDC_ACTION_REDACT_ROUND && !(g.redacted = ARENA_ARRAY(t->arena, uint8_t, t->n_rows + 1)))
    return ERR(e, E_NO_MEMORY, .subject = t->id);
  if (!treatable(&g)) return E_OK;
  if (x->kind == SDC_ACTION_CELL_KEY) TRY(ptable_make(t->arena, x->range, x->variance, x->stay, x->blocked, &g.noise, e));
  for (int k = t->n_measures; k >= 0; k--) { /* n first: it decides what is redacted */
    if (!(out[k] = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = t->id);
    if (!values_of(&g, k, v)) return E_OK;
    TRY(change(&g, k, v, out[k], e));
    if (t->refusal) return E_OK;
  }
  put(&g, out);
  result_note(t, note_of(&g));
  result_note(t, "changed figures carry no standard error: it would give the true ones back");
  return E_OK;
}
