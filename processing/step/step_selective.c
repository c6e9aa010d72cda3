/* step_selective.c -- selective editing: records whose suspicious values would move a published cell are put before people, the most important
 * first (score.h, call_list.h).
 * Cells     the by-groups of the step are the cells of one published table; divisors: step_score.h. A cell that is needed and has none above 0 stops
 *           the run (E_OUTLIER_TOTAL).
 * Expected  the item's value of the previous period, else the auxiliary item of the same place in `auxiliary`. Suspicion 1, or SELEKT's with kappa
 *           and tau.
 * Proposal  per record called: the user's text with rank, score, item and effect on the cell in percent of its total; no answers. Values flagged
 *           `impute` or imputed already are not scored. Notes: scored, called, unpredicted, no_group, cutoff_score_e6 (score of
 *           the last one called by score, in millionths), remaining_percent_e6 (the largest expected pseudo-bias of a cell after the calls). */
#include "processing/outlier/call_list.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_score.h"
#include "processing/outlier/cell_text.h"

static const struct step_option options[] = {{.key = "items", .kind = STEP_NUMBER_ITEMS, .required = true},
    {.key = "auxiliary", .kind = STEP_NUMBER_ITEMS}, {.key = "combine", .kind = STEP_CHOICE, .required = true, .words = "maximum|sum|mean|minkowski"},
    {.key = "minkowski", .kind = STEP_DECIMAL, .low = STEP_ONE, .high = 100LL * STEP_ONE},
    {.key = "threshold", .kind = STEP_DECIMAL, .low = 1, .high = 1000000LL * STEP_ONE},
    {.key = "thresholds", .kind = STEP_TEXT},
    {.key = "unpredicted", .kind = STEP_CHOICE, .required = true, .words = "propose|leave"},
    {.key = "kappa", .kind = STEP_DECIMAL, .low = 0, .high = 1000LL * STEP_ONE},
    {.key = "tau", .kind = STEP_DECIMAL, .low = 1, .high = 1000LL * STEP_ONE}, {.key = "standard_errors", .kind = STEP_TEXT},
    {.key = "message_ja", .kind = STEP_TEXT, .required = true},
    {.key = "message_en", .kind = STEP_TEXT, .required = true}, {.key = "remedy_ja", .kind = STEP_TEXT, .required = true},
    {.key = "remedy_en", .kind = STEP_TEXT, .required = true}, {.key = NULL}};

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const bool one = step_value_of(s, "threshold")->given;
  struct cell_value *v;
  int n;
  (void)p;
  if (one == step_value_of(s, "thresholds")->given) return step_refuse("threshold", "a threshold, or thresholds of classes", e);
  TRY(selection_check(s, e));
  struct arena *a = one ? NULL : arena_new((size_t)16 << 20);
  if (!a) return one ? E_OK : ERR(e, E_NO_MEMORY, .subject = s->name);
  const enum err_code code = cell_values_parse(a, str_of(step_value_of(s, "thresholds")->text), false, &v, &n, e);
  arena_free(a);
  return code;
}

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  (void)p;
  for (int k = 0; k < items->n_items && kind == EXPR_SLOT_PREV; k++)
    TRY(name_set_add(names, items->items[k]->name, e));
  return E_OK;
}

struct calls {
  struct selection x;
  struct call_line *lines;
  int64_t n_lines, called;
};

/* One per by-group. With `thresholds` nobody of a class that it does not name is called by score. */
static enum err_code thresholds_of(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct call_threshold **out, struct err *e) {
  const struct step_value *each = step_value_of(s, "thresholds");
  struct cell_value *v;
  int n;
  *out = ARENA_ARRAY(j->arena, struct call_threshold, scope->n_groups + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int32_t g = 0; g < scope->n_groups && !each->given; g++)
    (*out)[g] = (struct call_threshold){true, (double)step_value_of(s, "threshold")->number / STEP_ONE};
  if (!each->given) return E_OK;
  TRY(cell_values_parse(j->arena, str_of(each->text), false, &v, &n, e));
  for (int i = 0; i < n; i++)
    for (int32_t g = 0; g < scope->n_groups; g++)
      if (str_eq(v[i].class_, scope->group_names[g])) (*out)[g] = (struct call_threshold){true, v[i].value};
  return E_OK;
}

static enum err_code score(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct calls *c, struct err *e) {
  struct selection *x = &c->x;
  struct call_threshold *threshold;
  TRY(thresholds_of(j, s, scope, &threshold, e));
  c->lines = ARENA_ARRAY(j->arena, struct call_line, x->view.now.n + 1);
  if (!c->lines) return ERR(e, E_NO_MEMORY, .subject = "call list");
  TRY(score_run(&x->result, j->arena, &x->spec, e));
  const struct call_spec call = {.score = &x->spec, .result = &x->result, .unit = x->view.now.unit, .domain = x->view.group, .threshold = threshold,
      .seed = s->seed};
  return call_list(c->lines, &c->n_lines, j->arena, &call, e);
}

/* --- what is left when all calls are made: the cell with the largest expected pseudo-bias, in percent of its divisor --- */
static enum err_code remaining(struct job_state *j, const struct calls *c, double *out, struct err *e) {
  const struct selection *x = &c->x;
  const int n_cells = x->cells.n_cells;
  uint8_t *called = ARENA_ARRAY(j->arena, uint8_t, x->view.now.n + 1);
  sum_int *sum = ARENA_ARRAY(j->arena, sum_int, n_cells + 1);
  if (!called || !sum) return ERR(e, E_NO_MEMORY, .subject = "call list");
  for (int64_t i = 0; i < c->called; i++)
    called[c->lines[i].row] = 1;
  *out = 0;
  for (int k = 0; k < x->items->n_items; k++) {
    double unit = 1, expected;
    int which;
    for (int d = 0; d < x->scores[k].y->decimals; d++)
      unit *= 10;
    memset(sum, 0, (size_t)n_cells * sizeof *sum);
    for (int64_t i = 0; i < x->view.now.n; i++)
      if (!called[i] && num_present(x->scores[k].y, i) && score_prediction(&x->scores[k], i, &expected, &which))
        sum[x->view.group[i]] += (sum_int)(llround(x->scores[k].y->x[i] * unit) - llround(expected * unit)) *
                                 (x->whole_weight ? x->whole_weight[x->view.record[i]] : STEP_ONE);
    for (int g = 0; g < n_cells; g++) {
      const double divisor = x->cells.divisor[(int64_t)k * n_cells + g];
      if (divisor > 0) *out = fmax(*out, 100 * fabs((double)sum[g] / STEP_ONE / unit) / divisor);
    }
  }
  return E_OK;
}

static int64_t in_millionths(double x) { return x < 9e12 ? llround(x * 1e6) : INT64_MAX; }

/* --- proposals --- */
static const char *joined(struct arena *a, const struct step_value *v) {
  const char *out = "";
  for (int i = 0; i < v->n_items && out; i++)
    out = arena_printf(a, "%s%s%s", out, i ? ";" : "", v->items[i]->name);
  return out;
}

static enum err_code propose(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct calls *c, int64_t rank,
    struct err *e) {
  const struct call_line *l = &c->lines[rank];
  const struct selection *x = &c->x;
  const int64_t of = c->called;
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
  struct calls *c = ARENA_NEW(j->arena, struct calls);
  int64_t scored = 0, unpredicted = 0;
  double cutoff = 0, left = 0;
  if (!c) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(selection_make(j, s, scope, &c->x, e));
  TRY(step_placed(j, s, score(j, s, scope, c, e), e));
  while (c->called < c->n_lines && (!c->lines[c->called].unpredicted || step_value_of(s, "unpredicted")->number == 0))
    c->called++;
  for (int64_t i = 0; i < c->called; i++) {
    if (!c->lines[i].unpredicted) cutoff = c->lines[i].score;
    TRY(propose(j, s, scope, c, i, e));
  }
  for (int64_t i = 0; i < c->x.view.now.n; i++) {
    scored += c->x.result.top_item[i] >= 0;
    unpredicted += c->x.result.unpredicted[i];
  }
  TRY(remaining(j, c, &left, e));
  step_note(r, "scored", scored);
  step_note(r, "called", c->called);
  step_note(r, "unpredicted", unpredicted);
  step_note(r, "no_group", c->x.view.no_group);
  step_note(r, "cutoff_score_e6", in_millionths(cutoff));
  step_note(r, "remaining_percent_e6", in_millionths(left));
  return E_OK;
}

const struct step_method step_selective = {.name = "selective", .options = options, .wanted = wanted, .run = run, .check = check};
