/* step_selective.c -- selective editing: records whose suspicious values would move a published cell are put before people, the most important
 * first (score.h, call_list.h).
 * Cells     the by-groups of the step are the cells of one published table; T = the cell's total of the previous period over the units that are
 *           here now, by the job's weight (1 each where it says none): sums of whole numbers, the same for any order. A cell that is needed and
 *           has no total above 0 stops the run (E_OUTLIER_TOTAL).
 * Expected  the item's value of the previous period, else the auxiliary item of the same place in `auxiliary`. Suspicion 1, or SELEKT's with kappa
 *           and tau.
 * Proposal  per record called: the user's text with rank, score, item and effect on the cell in percent of its total; no answers. Values flagged
 *           `impute` or imputed already are not scored. Notes: scored, called, unpredicted, no_group. */
#include "processing/outlier/call_list.h"

#include <math.h>
#include <stdio.h>

#include "base/sum.h"
#include "processing/job/step_methods.h"
#include "processing/job/step_view.h"

static const struct step_option options[] = {{.key = "items", .kind = STEP_NUMBER_ITEMS, .required = true},
    {.key = "auxiliary", .kind = STEP_NUMBER_ITEMS}, {.key = "combine", .kind = STEP_CHOICE, .required = true, .words = "maximum|sum|mean|minkowski"},
    {.key = "minkowski", .kind = STEP_DECIMAL, .low = STEP_ONE, .high = 100LL * STEP_ONE},
    {.key = "threshold", .kind = STEP_DECIMAL, .required = true, .low = 1, .high = 1000000LL * STEP_ONE},
    {.key = "unpredicted", .kind = STEP_CHOICE, .required = true, .words = "propose|leave"},
    {.key = "kappa", .kind = STEP_DECIMAL, .low = 0, .high = 1000LL * STEP_ONE},
    {.key = "tau", .kind = STEP_DECIMAL, .low = 1, .high = 1000LL * STEP_ONE}, {.key = "message_ja", .kind = STEP_TEXT, .required = true},
    {.key = "message_en", .kind = STEP_TEXT, .required = true}, {.key = "remedy_ja", .kind = STEP_TEXT, .required = true},
    {.key = "remedy_en", .kind = STEP_TEXT, .required = true}, {.key = NULL}};

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *items = step_value_of(s, "items"), *aux = step_value_of(s, "auxiliary");
  const bool kappa = step_value_of(s, "kappa")->given, tau = step_value_of(s, "tau")->given;
  (void)p;
  if (aux->given && aux->n_items != items->n_items) return step_refuse("auxiliary", "one for every item, in their order", e);
  if ((step_value_of(s, "combine")->number == GLOBAL_MINKOWSKI) != step_value_of(s, "minkowski")->given)
    return step_refuse("minkowski", "a number from 1 with combine minkowski, else none", e);
  if (kappa != tau) return step_refuse(kappa ? "tau" : "kappa", "kappa and tau together", e);
  return E_OK;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  (void)p;
  for (int k = 0; k < items->n_items && kind == EXPR_SLOT_PREV; k++)
    TRY(name_set_add(names, items->items[k]->name, e));
  return E_OK;
}

struct selection {
  const struct step_value *items;
  struct step_view view, aux;
  double *weight;
  struct score_item *scores;
  struct score_view cells;
  struct score_spec spec;
  struct score_result result;
  struct call_line *lines;
  int64_t n_lines;
};

/* --- data --- */
static enum err_code read_weights(struct job_state *j, struct selection *x, int64_t **whole, struct err *e) {
  x->weight = ARENA_ARRAY(j->arena, double, x->view.now.n + 1);
  if (!x->weight) return ERR(e, E_NO_MEMORY, .subject = "weights");
  TRY(job_weights(j, whole, e));
  for (int64_t i = 0; i < x->view.now.n; i++)
    x->weight[i] = *whole ? (double)(*whole)[x->view.record[i]] / STEP_ONE : 1;
  return E_OK;
}

static void hide_imputed(const struct job_state *j, struct selection *x, int k) {
  const struct num_column *c = &x->view.now.columns[k];
  for (int64_t i = 0; i < x->view.now.n; i++)
    if (c->status[i] == VAL_IMPUTED || step_target(j, x->items->items[k], x->view.record[i])) c->status[i] = VAL_BLANK;
}

static enum err_code totals(struct job_state *j, const struct selection *x, int k, int n_cells, const int64_t *whole, double *out, struct err *e) {
  const struct num_column *c = &x->view.before.columns[k];
  sum_int *sum = ARENA_ARRAY(j->arena, sum_int, n_cells + 1);
  double unit = 1;
  if (!sum) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int d = 0; d < c->decimals; d++)
    unit *= 10;
  for (int64_t i = 0; i < x->view.now.n; i++)
    if (num_present(c, i)) sum[x->view.group[i]] += (sum_int)llround(c->x[i] * unit) * (whole ? whole[x->view.record[i]] : STEP_ONE);
  for (int g = 0; g < n_cells; g++)
    out[g] = (double)sum[g] / STEP_ONE / unit;
  return E_OK;
}

static enum err_code suspect(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *x, int k, struct err *e) {
  double *suspicion = ARENA_ARRAY(j->arena, double, x->view.now.n + 1);
  struct outlier_groups groups;
  if (!suspicion) return ERR(e, E_NO_MEMORY, .subject = "suspicion");
  const struct outlier_data data = {.n = x->view.now.n, .y = &x->view.now.columns[k], .aux = &x->view.before.columns[k]};
  TRY(outlier_groups_init(&groups, j->arena, x->view.group, data.n, scope->n_groups, false, e));
  TRY(suspicion_fill(suspicion, j->arena, &data, &groups, (double)step_value_of(s, "kappa")->number / STEP_ONE,
      (double)step_value_of(s, "tau")->number / STEP_ONE, e));
  x->scores[k].suspicion = suspicion;
  return E_OK;
}

static enum err_code prepare(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *x, struct err *e) {
  double *divisor = ARENA_ARRAY(j->arena, double, (int64_t)x->items->n_items * scope->n_groups + 1);
  int64_t *whole;
  x->scores = ARENA_ARRAY(j->arena, struct score_item, x->items->n_items + 1);
  if (!x->scores || !divisor) return ERR(e, E_NO_MEMORY, .subject = "scores");
  TRY(read_weights(j, x, &whole, e));
  for (int k = 0; k < x->items->n_items; k++) {
    hide_imputed(j, x, k);
    x->scores[k] = (struct score_item){
        .y = &x->view.now.columns[k], .predictor = {&x->view.before.columns[k], x->aux.n_items ? &x->aux.now.columns[k] : NULL, NULL}, .weight = 1};
    TRY(totals(j, x, k, scope->n_groups, whole, divisor + (int64_t)k * scope->n_groups, e));
    if (step_value_of(s, "kappa")->given) TRY(suspect(j, s, scope, x, k, e));
  }
  x->cells = (struct score_view){x->view.group, scope->n_groups, divisor};
  x->spec = (struct score_spec){.n = x->view.now.n,
      .n_items = x->items->n_items,
      .n_views = 1,
      .items = x->scores,
      .views = &x->cells,
      .weight = x->weight,
      .global = (enum score_global)step_value_of(s, "combine")->number,
      .minkowski = (double)step_value_of(s, "minkowski")->number / STEP_ONE};
  return E_OK;
}

static enum err_code score(struct job_state *j, const struct step_spec *s, struct selection *x, struct err *e) {
  const struct call_threshold threshold = {true, (double)step_value_of(s, "threshold")->number / STEP_ONE};
  x->lines = ARENA_ARRAY(j->arena, struct call_line, x->view.now.n + 1);
  if (!x->lines) return ERR(e, E_NO_MEMORY, .subject = "call list");
  TRY(score_run(&x->result, j->arena, &x->spec, e));
  const struct call_spec call = {.score = &x->spec, .result = &x->result, .unit = x->view.now.unit, .threshold = &threshold, .seed = s->seed};
  return call_list(x->lines, &x->n_lines, j->arena, &call, e);
}

/* --- proposals --- */
static const char *joined(struct arena *a, const struct step_value *v) {
  const char *out = "";
  for (int i = 0; i < v->n_items && out; i++)
    out = arena_printf(a, "%s%s%s", out, i ? ";" : "", v->items[i]->name);
  return out;
}

static enum err_code propose(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct selection *x, int64_t rank,
    int64_t of, struct err *e) {
  const struct call_line *l = &x->lines[rank];
  const char *ja = step_value_of(s, "message_ja")->text, *en = step_value_of(s, "message_en")->text;
  struct job_proposal p = {.remedy_ja = step_value_of(s, "remedy_ja")->text, .remedy_en = step_value_of(s, "remedy_en")->text};
  if (l->unpredicted) {
    p.items = joined(j->arena, x->items);
    p.message_en = arena_printf(j->arena, "%s (rank %lld of %lld; nothing to compare it with)", en, (long long)rank + 1, (long long)of);
    p.message_ja = arena_printf(j->arena, "%s（%lld 件中 %lld 位、比べる値がない）", ja, (long long)of, (long long)rank + 1);
  } else {
    const struct str cell = scope->group_names[l->cell];
    p.items = x->items->items[l->item]->name;
    p.message_en = arena_printf(j->arena, "%s (rank %lld of %lld; score %.4g; %s moves cell '%.*s' by %.4g %%)", en, (long long)rank + 1,
        (long long)of, l->score, p.items, (int)cell.n, cell.p, l->influence_percent);
    p.message_ja = arena_printf(j->arena, "%s（%lld 件中 %lld 位、評点 %.4g、%s は集計区分「%.*s」を %.4g%% 動かす）", ja, (long long)of,
        (long long)rank + 1, l->score, p.items, (int)cell.n, cell.p, l->influence_percent);
  }
  if (!p.items || !p.message_en || !p.message_ja) return ERR(e, E_NO_MEMORY, .subject = s->name);
  return job_propose(j, s, x->view.record[l->row], &p, e);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  struct selection *x = ARENA_NEW(j->arena, struct selection);
  int64_t scored = 0, unpredicted = 0, called = 0;
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->name);
  x->items = step_value_of(s, "items");
  TRY(step_view_make(j, scope, x->items->items, x->items->n_items, (struct step_view_want){.before = true}, &x->view, e));
  if (aux->given) TRY(step_view_make(j, scope, aux->items, aux->n_items, (struct step_view_want){.before = false}, &x->aux, e));
  TRY(prepare(j, s, scope, x, e));
  TRY(step_placed(j, s, score(j, s, x, e), e));
  while (called < x->n_lines && (!x->lines[called].unpredicted || step_value_of(s, "unpredicted")->number == 0))
    called++;
  for (int64_t i = 0; i < called; i++)
    TRY(propose(j, s, scope, x, i, called, e));
  for (int64_t i = 0; i < x->view.now.n; i++) {
    scored += x->result.top_item[i] >= 0;
    unpredicted += x->result.unpredicted[i];
  }
  step_note(r, "scored", scored);
  step_note(r, "called", called);
  step_note(r, "unpredicted", unpredicted);
  step_note(r, "no_group", x->view.no_group);
  return E_OK;
}

const struct step_method step_selective = {.name = "selective", .options = options, .wanted = wanted, .run = run, .check = check};
