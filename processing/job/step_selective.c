/* step_selective.c -- selective editing (score.h): records whose suspicious values would move a cell of last period's published totals become proposals.
 * Score    100 w |y - y_prev| / T, T = sum of w y_prev over the records of the by-group; global score = the largest over the items. Called: score >= threshold, and records
 *          without last period's value of an item, which nobody can judge by rule. A group with no total of an item stops the step (E_OUTLIER_TOTAL), unless its records lack it.
 * Message  the share of the cell; the items, the most influential first. No values. */
#include <math.h>
#include <stdio.h>

#include "processing/job/step_methods.h"
#include "processing/job/step_rules.h"
#include "processing/outlier/score.h"

static const struct step_option options[] = {{.key = "items", .kind = STEP_NUMBER_ITEMS, .required = true}, {.key = "threshold", .kind = STEP_DECIMAL, .required = true, .low = 1, .high = INT64_MAX},
                                             {.key = "unpredicted", .kind = STEP_CHOICE, .required = true, .words = "call|leave"}, {.key = NULL}};

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  const struct step_value *v = step_value_of(s, "items");
  (void)p;
  for (int i = 0; i < v->n_items && kind == EXPR_SLOT_PREV; i++) TRY(name_set_add(names, v->items[i]->name, e));
  return E_OK;
}

struct selection {
  struct step_rules rules;
  struct num_column *previous; /* [p] */
  double *weight, *divisor;
  struct score_item *items;
  struct score_result result;
};

static enum err_code previous_column(struct job_state *j, const struct step_rules *r, int v, struct num_column *out, struct err *e) {
  const struct num_column *now = &r->t.columns[v];
  double scale = 1;
  *out = (struct num_column){now->name, now->decimals, ARENA_ARRAY(j->arena, double, r->t.n + 1), ARENA_ARRAY(j->arena, uint8_t, r->t.n + 1)};
  if (!out->x || !out->status) return ERR(e, E_NO_MEMORY, .subject = now->name);
  for (int d = 0; d < now->decimals; d++) scale *= 10;
  for (int64_t i = 0; i < r->t.n; i++) {
    const struct unit_shard *shard = job_shard_of(j, r->record[i]);
    int k = shard->previous ? table_find(shard->previous, now->name) : -1;
    int64_t row = r->record[i] - shard->first_record;
    out->status[i] = k < 0 ? VAL_BLANK : shard->previous->columns[k].status[row];
    if (value_present(out->status[i])) out->x[i] = (double)shard->previous->columns[k].i64[row] / scale;
  }
  return E_OK;
}

/* Totals of the last period by cell, exact in 128 bits so that they do not depend on the order of records. */
static enum err_code divisors(struct job_state *j, struct selection *k, int n_groups, const int64_t *weight, struct err *e) {
  sum_int *sum = ARENA_ARRAY(j->arena, sum_int, n_groups + 1);
  k->divisor = ARENA_ARRAY(j->arena, double, (int64_t)k->rules.t.p * n_groups + 1);
  if (!sum || !k->divisor) return ERR(e, E_NO_MEMORY, .subject = "selective editing");
  for (int v = 0; v < k->rules.t.p; v++) {
    double scale = 1;
    for (int d = 0; d < k->previous[v].decimals; d++) scale *= 10;
    for (int g = 0; g < n_groups; g++) sum[g] = 0;
    for (int64_t i = 0; i < k->rules.t.n; i++)
      if (k->rules.group[i] >= 0 && num_present(&k->previous[v], i)) sum[k->rules.group[i]] += (sum_int)llround(k->previous[v].x[i] * scale) * (weight ? weight[k->rules.record[i]] : STEP_ONE);
    for (int g = 0; g < n_groups; g++) k->divisor[v * n_groups + g] = (double)sum[g] / scale / STEP_ONE;
  }
  return E_OK;
}

static enum err_code prepare(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct selection *k, struct err *e) {
  const struct step_value *v = step_value_of(s, "items");
  int64_t *weight;
  TRY(step_items_build(j, scope, v->items, v->n_items, &k->rules, e));
  TRY(job_weights(j, &weight, e));
  k->previous = ARENA_ARRAY(j->arena, struct num_column, k->rules.t.p + 1);
  k->items = ARENA_ARRAY(j->arena, struct score_item, k->rules.t.p + 1);
  k->weight = ARENA_ARRAY(j->arena, double, k->rules.t.n + 1);
  k->result = (struct score_result){ARENA_ARRAY(j->arena, double, k->rules.t.n + 1), ARENA_ARRAY(j->arena, double, k->rules.t.n + 1), ARENA_ARRAY(j->arena, int32_t, k->rules.t.n + 1),
                                    ARENA_ARRAY(j->arena, int32_t, k->rules.t.n + 1), ARENA_ARRAY(j->arena, uint8_t, k->rules.t.n + 1)};
  if (!k->previous || !k->items || !k->weight || !k->result.global || !k->result.top_local || !k->result.top_item || !k->result.top_view || !k->result.unpredicted) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t i = 0; i < k->rules.t.n; i++) k->weight[i] = weight ? (double)weight[k->rules.record[i]] / STEP_ONE : 1;
  for (int i = 0; i < k->rules.t.p; i++) {
    TRY(previous_column(j, &k->rules, i, &k->previous[i], e));
    k->items[i] = (struct score_item){.y = &k->rules.t.columns[i], .predictor = {&k->previous[i]}, .weight = 1};
  }
  return divisors(j, k, scope->n_groups, weight, e);
}

static enum err_code propose(struct job_state *j, const struct step_spec *s, const struct selection *k, int64_t row, struct err *e) {
  int top = k->result.top_item[row];
  const char *items = top >= 0 ? k->rules.t.columns[top].name : k->rules.t.columns[0].name;
  for (int v = 0; v < k->rules.t.p && items; v++)
    if (v != (top >= 0 ? top : 0)) items = arena_printf(j->arena, "%s;%s", items, k->rules.t.columns[v].name);
  bool scored = top >= 0 && k->result.global[row] * STEP_ONE >= (double)step_value_of(s, "threshold")->number;
  char ja[200], en[200];
  if (!items) return ERR(e, E_NO_MEMORY, .subject = s->name);
  (void)snprintf(ja, sizeof ja, scored ? "前期との差が集計区分の合計の %.2f%% に当たる" : "前期の値がなく、影響を判断できない", k->result.global[row]);
  (void)snprintf(en, sizeof en, scored ? "the difference to last period is %.2f per cent of the total of its cell" : "without a value of last period its influence cannot be judged", k->result.global[row]);
  const struct job_proposal p = {items, ja, en, "値を確かめ、正しければ理由を付けて確認済みとする", "confirm the value with a reason, or correct it"};
  return job_propose(j, s, k->rules.record[row], &p, e);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct selection k = {.weight = NULL};
  int64_t called = 0, unpredicted = 0;
  bool call_unpredicted = step_value_of(s, "unpredicted")->number == 0;
  TRY(prepare(j, s, scope, &k, e));
  const struct score_view view = {k.rules.group, scope->n_groups, k.divisor};
  const struct score_spec spec = {.n = k.rules.t.n, .n_items = k.rules.t.p, .n_views = 1, .items = k.items, .views = &view, .weight = k.weight, .global = GLOBAL_MAXIMUM, .minkowski = 1};
  TRY(score_run(&k.result, j->arena, &spec, e));
  for (int64_t i = 0; i < k.rules.t.n; i++) {
    bool high = k.result.top_item[i] >= 0 && k.result.global[i] * STEP_ONE >= (double)step_value_of(s, "threshold")->number;
    unpredicted += k.result.unpredicted[i] != 0;
    called += high;
    if (high || (k.result.unpredicted[i] && call_unpredicted)) TRY(propose(j, s, &k, i, e));
  }
  step_note(r, "above_threshold", called);
  step_note(r, "unpredicted", unpredicted);
  return E_OK;
}

const struct step_method step_selective = {.name = "selective", .options = options, .wanted = wanted, .run = run};
