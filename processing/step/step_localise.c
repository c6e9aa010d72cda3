/* step_localise.c -- error localisation: the cheapest set of values that must be wrong gets the flag `impute`, with the proof in Japanese and
 * English as the reason. Where the step's checks are all linear and hard (under the condition that they share) by localise.h, with cuts pooled over
 * all records; else, or with operations, by localise_mixed.h (step_localise_mixed.c). Costs are the job's `reliability`, by record where it is an
 * expression. Keys, constants and derived items are never flagged; a value that is not asked of the record (not applicable) is not either. Records
 * without an answer are put before people. */
#include <math.h>

#include "processing/edit/linear_eval.h"
#include "processing/step/operation_list.h"
#include "processing/step/reliability.h"
#include "processing/step/step_localise_mixed.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"
#include "processing/localise/localise_proof.h"

static const struct step_option options[] = {{.key = "max_cost", .kind = STEP_DECIMAL, .low = 1, .high = INT64_MAX},
    {.key = "max_nodes", .kind = STEP_INT, .low = 1, .high = 1000000000}, {.key = "proofs", .kind = STEP_TRUTH},
    {.key = "rules", .kind = STEP_CHOICE, .words = "all|linear"}, {.key = "operations", .kind = STEP_TEXT},
    {.key = "max_operations", .kind = STEP_INT, .low = 1, .high = 2}, {.key = "carry_out", .kind = STEP_TRUTH},
    {.key = "keep_unknown", .kind = STEP_TRUTH}, {.key = NULL}};

struct localisation {
  const struct step_spec *step;
  struct step_rules rules;
  struct localise_spec spec;
  bool proofs, keep_unknown;
  int64_t unproved;
};

/* Weights of the records of t, where the item's reliability is an expression. */
static enum err_code record_costs(struct job_state *j, struct localisation *l, const struct step_scope *scope, struct err *e) {
  const double **of = ARENA_ARRAY(j->arena, const double *, l->rules.t.p + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = l->step->name);
  for (int v = 0; v < l->rules.t.p; v++) {
    const double *all;
    if (!isfinite(l->spec.weight[v])) continue;
    TRY(job_reliability(j, l->rules.item[v], scope->selected, &all, e));
    double *rows = all ? ARENA_ARRAY(j->arena, double, l->rules.t.n + 1) : NULL;
    if (all && !rows) return ERR(e, E_NO_MEMORY, .subject = l->step->name);
    for (int64_t i = 0; all && i < l->rules.t.n; i++) rows[i] = all[l->rules.record[i]];
    of[v] = rows;
  }
  l->spec.record_weight = of;
  return E_OK;
}

static enum err_code costs(struct job_state *j, struct localisation *l, const struct step_scope *scope, struct err *e) {
  double *weight = ARENA_ARRAY(j->arena, double, l->rules.t.p + 1);
  if (!weight) return ERR(e, E_NO_MEMORY, .subject = l->step->name);
  for (int v = 0; v < l->rules.t.p; v++) {
    const struct item *it = l->rules.item[v] < 0 ? NULL : &j->form->items[l->rules.item[v]];
    weight[v] = !it || it->required || it->origin == ORIGIN_DERIVED ? INFINITY : j->plan->reliability[l->rules.item[v]];
  }
  l->spec.weight = weight;
  return record_costs(j, l, scope, e);
}

/* Flags that stand force a value into the set. A missing value that is not asked stays as it is: its rules are unknown, not failed. */
static enum err_code cell_limits(struct job_state *j, struct localisation *l, struct err *e) {
  uint8_t **flags;
  TRY(step_rules_flags(j, &l->rules, FLAG_IMPUTE, &flags, e)); /* 1 = LOCALISE_FORCED */
  l->spec.flags = (const uint8_t *const *)flags;
  return E_OK;
}

/* The proof in both languages; names and rules only, no values. */
static enum err_code reason_of(struct job_state *j, struct localisation *l, int64_t row, const char **out, struct err *e) {
  struct localise_proof proof;
  struct strbuf b;
  struct err why;
  *out = "localised; proof not asked for";
  if (!l->proofs) return E_OK;
  *out = "localised; the infeasibility of smaller sets holds within the tolerances only";
  enum err_code code = localise_prove(j->arena, &l->spec, &l->rules.t, row, &proof, &why);
  if (code == E_LOCALISE_NO_PROOF) return l->unproved++, E_OK;
  if (code) return *e = why, code;
  strbuf_init(&b, 0);
  code = localise_proof_print(l->rules.system, &proof, LANG_EN, false, &b, e);
  if (!code) code = localise_proof_print(l->rules.system, &proof, LANG_JA, false, &b, e);
  const char *copy = code ? NULL : arena_strdup(j->arena, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  if (!code && !copy) return ERR(e, E_NO_MEMORY, .subject = l->step->name);
  *out = copy;
  return code;
}

static enum err_code flag_case(struct job_state *j, struct localisation *l, const struct localise_case *c, struct err *e) {
  const char *reason;
  TRY(reason_of(j, l, c->row, &reason, e));
  for (int k = 0; k < c->n_set; k++) {
    const int v = c->set[k];
    const uint8_t status = l->rules.t.columns[v].status[c->row];
    if (l->rules.item[v] < 0 || status == VAL_NOT_APPLICABLE) continue;
    if (l->keep_unknown && (status == VAL_UNKNOWN || status == VAL_REFUSED)) continue;
    TRY(job_flag(j, l->step, &j->form->items[l->rules.item[v]], l->rules.record[c->row], FLAG_IMPUTE, reason, e));
  }
  return E_OK;
}

static enum err_code hand_over_items(struct job_state *j, struct localisation *l, const struct localise_case *c, const char *items, struct err *e) {
  if (!items) return ERR(e, E_NO_MEMORY, .subject = l->step->name);
  const struct job_proposal p = {items, "誤りの箇所を機械的に決められない", "which values are wrong cannot be settled by rule",
      "原票または報告者に確かめて訂正する", "ask the respondent or look at the form, and correct it"};
  return job_propose(j, l->step, l->rules.record[c->row], &p, e);
}

static enum err_code hand_over(struct job_state *j, struct localisation *l, const struct localise_case *c, struct err *e) {
  return hand_over_items(j, l, c, step_rules_failing(j, &l->rules, c->row), e);
}

static const char *items_of_edit(struct job_state *j, const struct localisation *l, const struct linear_edit *edit) {
  const char *out = "";
  for (int k = 0; k < edit->n && out; k++)
    if (l->rules.item[edit->var[k]] >= 0) out = arena_printf(j->arena, "%s%s%s", out, *out ? ";" : "", l->rules.t.columns[edit->var[k]].name);
  return out && !*out ? j->record->keys[0]->name : out;
}

/* All rules of the step's checks are linear and hard, and either none has a condition or all have the same. */
static bool only_linear(const struct step_rules *r) {
  bool same = true;
  for (int i = 0; i < r->chosen.n_rules; i++) same = same && (r->part.condition ? r->chosen.rules[i].n_atoms == 2 : r->chosen.rules[i].n_atoms == 1);
  return same && r->part.system.m == r->chosen.n_rules && r->part.system.m > 0;
}

/* Records that pass within the tolerance of the search and yet fail when whole steps are counted go to people. */
static enum err_code hand_over_close(struct job_state *j, struct localisation *l, const struct localise_result *result, int64_t *n, struct err *e) {
  const struct linear_system *s = l->rules.system;
  struct linear_plan *plan;
  TRY(linear_plan_new(j->arena, s, &l->rules.t, &plan, e));
  struct linear_scratch *scratch = linear_scratch_new(j->arena, plan);
  uint8_t *status = ARENA_ARRAY(j->arena, uint8_t, (int64_t)s->m * LINEAR_BLOCK + 1);
  if (!scratch || !status) return ERR(e, E_NO_MEMORY, .subject = l->step->name);
  for (int64_t row0 = 0; row0 < l->rules.t.n; row0 += LINEAR_BLOCK) {
    const int block = l->rules.t.n - row0 < LINEAR_BLOCK ? (int)(l->rules.t.n - row0) : LINEAR_BLOCK;
    (void)linear_eval(plan, scratch, row0, block, status, NULL);
    for (int k = 0; k < block; k++) {
      int i = 0;
      while (i < s->m && status[(size_t)i * LINEAR_BLOCK + (size_t)k] != EDIT_FAIL) i++;
      if (i == s->m || result->status[row0 + k] != LOCALISE_PASSED) continue;
      const struct localise_case c = {.row = row0 + k};
      TRY(hand_over_items(j, l, &c, items_of_edit(j, l, &s->edits[i]), e));
      ++*n;
    }
  }
  return E_OK;
}

static enum err_code run_linear(struct job_state *j, struct localisation *l, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *cost = step_value_of(l->step, "max_cost");
  struct localise_result result;
  TRY(step_rules_build(j, l->step, scope, &l->rules, e));
  l->spec = (struct localise_spec){.system = l->rules.system,
                                   .seed = l->step->seed,
                                   .max_cost = cost->given ? (double)cost->number / STEP_ONE : INFINITY,
                                   .max_nodes = step_value_of(l->step, "max_nodes")->number};
  TRY(costs(j, l, scope, e));
  TRY(cell_limits(j, l, e));
  TRY(localise_run(j->job, j->arena, &l->spec, &l->rules.t, &result, e));
  for (int64_t i = 0; i < result.n_cases; i++) {
    if (result.cases[i].status == LOCALISE_SOLVED) TRY(flag_case(j, l, &result.cases[i], e));
    else TRY(hand_over(j, l, &result.cases[i], e));
  }
  int64_t close = 0;
  TRY(hand_over_close(j, l, &result, &close, e));
  result.metrics.by_status[LOCALISE_PASSED] -= close;
  result.metrics.by_status[LOCALISE_UNSOLVED] += close;
  step_note(r, "edits", l->rules.system->m);
  step_note(r, "judged", l->rules.t.n);
  for (int k = 0; k < 5; k++) step_note(r, localise_status_name((enum localise_status)k), result.metrics.by_status[k]);
  step_note(r, "without_proof", l->unproved);
  return E_OK;
}

/* How many of the step's checks of this record type cannot be used at all: process rules says why. */
static int64_t not_used(const struct job_state *j, const struct step_spec *s, const struct rule_form *f) {
  int64_t n = 0;
  for (int i = 0; i < j->form->n_checks; i++) n += s->checks[i] && !f->other_record[i] && f->refusal[i] != RULE_USED;
  return n;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *proofs = step_value_of(s, "proofs");
  struct localisation l = {.step = s, .proofs = !proofs->given || proofs->number, .keep_unknown = step_value_of(s, "keep_unknown")->number};
  struct step_rules choice = {.record = NULL};
  const bool linear = step_value_of(s, "rules")->number == 1;
  if (!linear) TRY(step_rules_choose(j, s, &choice, e));
  if (!linear && (step_value_of(s, "operations")->given || !only_linear(&choice))) {
    TRY(step_localise_mixed(j, s, scope, &choice.chosen, r, e));
    step_note(r, "checks_not_used", not_used(j, s, &choice.form));
    return E_OK;
  }
  return run_linear(j, &l, scope, r, e);
}

/* Operations and what is to be done with them, before anything runs. */
static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  static const char *const needs[] = {"max_operations", "carry_out"};
  const struct step_value *operations = step_value_of(s, "operations");
  struct operation_list list;
  (void)p;
  for (int k = 0; k < 2; k++)
    if (step_value_of(s, needs[k])->given != operations->given)
      return ERR(e, E_JOB_VALUE, .subject = needs[k], .expected = operations->given ? "it is required with operations" : "only with operations");
  if (!operations->given) return E_OK;
  if (step_value_of(s, "rules")->given && step_value_of(s, "rules")->number == 1)
    return ERR(e, E_JOB_VALUE, .subject = "operations", .expected = "no operations with linear rules alone");
  struct arena *a = arena_new((size_t)1 << 20);
  const enum err_code code = a ? operation_list_parse(a, str_of(operations->text), &list, e) : ERR(e, E_NO_MEMORY, .subject = "operations");
  arena_free(a);
  return code;
}

const struct step_method step_localise = {.name = "localise", .options = options, .run = run, .check = check};
