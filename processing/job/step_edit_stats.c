/* step_edit_stats.c -- counts what the linear hard checks find now: the tables of edit_stats.h for all records and for each by-group (an office, a class). Changes nothing.
 * Rules     the hard checks of the step that are linear, with the condition most of them share, and the limits of their items; E_STEP_NO_LINEAR without any.
 * Records   the selected ones with a by-group to which the condition applies, weighted by the job's weight where it has one.
 * Table     job_state.statistics, one row per count that is not 0. Columns: step, class (blank = all records), table, edit (number from 1, blank = none), name, status, n, weighted
 *           (6 decimals, blank without a weight). Tables: used (n = items of the edit), edit, variable (applications), passed_missed_failed (name = how many edits), record, role. */
#include <stdio.h>
#include <string.h>

#include "processing/edit/edit_stats.h"
#include "processing/edit/rule_analysis.h"
#include "processing/edit/rule_build.h"
#include "processing/edit/rule_eval.h"
#include "processing/edit/rule_part.h"
#include "processing/job/step_methods.h"
#include "processing/job/step_view.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "edit statistics"); }
static const char *const STATUS[] = {[EDIT_PASS] = "pass", [EDIT_MISS] = "miss", [EDIT_FAIL] = "fail"};

/* --- rules and records --- */
struct counting {
  struct rule_form form;
  struct rule_set chosen;
  struct rule_part part;
  struct linear_system rows;
  struct num_table t;
  double *weight;  /* NULL = none */
  int32_t *group;
  int64_t no_group;
};

static enum err_code choose_rules(struct job_state *j, const struct step_spec *s, struct counting *x, struct err *e) {
  TRY(rule_build(j->arena, j->form, j->shards[0].record, &x->form, e));
  x->chosen = x->form.set;
  x->chosen.n_rules = 0;
  x->chosen.rules = ARENA_ARRAY(j->arena, struct rule, x->form.set.n_rules + 1);
  if (!x->chosen.rules) return no_memory(e);
  for (int i = 0; i < x->form.set.n_rules; i++)
    if (s->checks[x->form.set.rules[i].check]) x->chosen.rules[x->chosen.n_rules++] = x->form.set.rules[i];
  TRY(rule_linear_part(j->arena, &x->chosen, &x->part, e));
  if (!x->part.system.m) return ERR(e, E_STEP_NO_LINEAR, .subject = s->name);
  return linear_with_bounds(j->arena, &x->part.system, &x->rows, e);
}

/* The condition that the system assumes; a record with an unknown code is left out. */
static bool applies(const struct counting *x, const struct rule_data *d, int64_t row) {
  const struct rule_atom *c = x->part.condition;
  if (!c) return true;
  const int32_t code = d->codes[c->k][row];
  return code >= 0 && !(c->set[code / 64] >> (code % 64) & 1);
}

static enum err_code add_shard(struct job_state *j, const struct step_scope *scope, const struct unit_shard *shard, const int64_t *weights, struct counting *x, struct err *e) {
  struct rule_data d;
  TRY(rule_data_of(j->arena, &x->chosen, shard, &d, e));
  for (int64_t row = 0; row < shard->current->n_rows; row++) {
    const int64_t record = shard->first_record + row;
    if (!scope->selected[record] || !applies(x, &d, row)) continue;
    if (scope->group[record] < 0) {
      x->no_group++;
      continue;
    }
    for (int v = 0; v < x->t.p; v++) {
      const struct num_column *c = &d.numbers.columns[linear_find(&x->chosen.numeric, str_of(x->t.columns[v].name))];
      x->t.columns[v].x[x->t.n] = c->x[row];
      x->t.columns[v].status[x->t.n] = c->status[row];
    }
    if (weights) x->weight[x->t.n] = (double)weights[record] / STEP_ONE;
    x->group[x->t.n++] = scope->group[record];
  }
  return E_OK;
}

static enum err_code gather(struct job_state *j, const struct step_scope *scope, struct counting *x, struct err *e) {
  int64_t *weights;
  TRY(job_weights(j, &weights, e));
  x->group = ARENA_ARRAY(j->arena, int32_t, scope->n_selected + 1);
  if (weights) x->weight = ARENA_ARRAY(j->arena, double, scope->n_selected + 1);
  if (!x->group || (weights && !x->weight)) return no_memory(e);
  TRY(num_table_init(&x->t, j->arena, x->rows.names, x->rows.p, scope->n_selected, e));
  for (int v = 0; v < x->rows.p; v++) {
    if (linear_find(&x->chosen.numeric, str_of(x->rows.names[v])) < 0) return ERR(e, E_BUG, .subject = x->rows.names[v]);
    x->t.columns[v].decimals = x->rows.decimals[v];
  }
  x->t.n = 0;
  for (int i = 0; i < j->n_shards; i++) TRY(add_shard(j, scope, &j->shards[i], weights, x, e));
  return E_OK;
}

/* --- rows of the table --- */
struct writer {
  struct table *to;
  const char *step;
  struct str class;
  bool all, weighted;
};

static bool put_text(struct table *t, int column, struct str text, bool there) {
  struct column *c = &t->columns[column];
  c->status[t->n_rows] = there ? VAL_REPORTED : VAL_BLANK;
  c->code[t->n_rows] = dict_add(c->dict, there ? text : STR(""));
  return c->code[t->n_rows] >= 0;
}

static enum err_code put(const struct writer *w, const char *table, int edit, const char *name, const char *status, const struct edit_tally *n, struct err *e) {
  struct table *t = w->to;
  char weighted[64];
  if (!n->n) return E_OK;
  TRY(table_reserve(t, t->n_rows + 1, e));
  (void)snprintf(weighted, sizeof weighted, "%.6f", edit_weight(n));
  t->columns[STATISTIC_EDIT].i64[t->n_rows] = edit;
  t->columns[STATISTIC_EDIT].status[t->n_rows] = edit ? VAL_REPORTED : VAL_BLANK;
  t->columns[STATISTIC_N].i64[t->n_rows] = n->n;
  const bool good = put_text(t, STATISTIC_STEP, str_of(w->step), true) && put_text(t, STATISTIC_CLASS, w->class, !w->all) && put_text(t, STATISTIC_TABLE, str_of(table), true) &&
                    put_text(t, STATISTIC_NAME, str_of(name), *name) && put_text(t, STATISTIC_STATUS, str_of(status), *status) && put_text(t, STATISTIC_WEIGHTED, str_of(weighted), w->weighted);
  if (!good) return no_memory(e);
  t->n_rows++;
  return E_OK;
}

static enum err_code put_used(struct arena *a, const struct writer *w, const struct edit_stats *s, struct err *e) {
  struct writer plain = *w;
  plain.weighted = false;
  for (int i = 0; i < s->m; i++) {
    const struct edit_tally n = {s->edits->edits[i].n, 0};
    struct strbuf b;
    strbuf_init(&b, 0);
    enum err_code code = linear_print(s->edits, &s->edits->edits[i], &b, e);
    const char *text = code ? NULL : arena_printf(a, "%s: %s", s->edits->edits[i].id, strbuf_cstr(&b));
    strbuf_release(&b);
    if (code) return code;
    if (!text) return no_memory(e);
    TRY(put(&plain, "used", i + 1, text, "", &n, e));
  }
  return E_OK;
}

static struct edit_tally rest_of(const struct edit_stats *s, int g, const struct edit_tally *three) {
  struct edit_tally rest = edit_stats_total(s, g);
  for (int status = 0; status < 3; status++) rest = (struct edit_tally){rest.n - three[status].n, rest.weight - three[status].weight};
  return rest;
}

static enum err_code put_group(const struct writer *w, const struct edit_stats *s, int g, struct err *e) {
  char k[16];
  for (int i = 0; i < s->m; i++)
    for (int status = 0; status < 3; status++) TRY(put(w, "edit", i + 1, s->edits->edits[i].id, STATUS[status], &s->edit[((int64_t)g * s->m + i) * 3 + status], e));
  for (int v = 0; v < s->p; v++) {
    const struct edit_tally *role = &s->role[((int64_t)g * s->p + v) * 3], rest = rest_of(s, g, role);
    for (int status = 0; status < 3; status++) {
      const struct edit_tally applied = edit_stats_applied(s, g, v, (enum edit_status)status);
      TRY(put(w, "variable", 0, s->edits->names[v], STATUS[status], &applied, e));
      TRY(put(w, "role", 0, s->edits->names[v], STATUS[status], &role[status], e));
    }
    TRY(put(w, "role", 0, s->edits->names[v], "not_applicable", &rest, e));
  }
  for (int i = 0; i <= s->m; i++) {
    (void)snprintf(k, sizeof k, "%d", i);
    for (int status = 0; status < 3; status++) TRY(put(w, "passed_missed_failed", 0, k, STATUS[status], &s->k[((int64_t)g * (s->m + 1) + i) * 3 + status], e));
  }
  for (int status = 0; status < 3; status++) TRY(put(w, "record", 0, "", STATUS[status], &s->global[g * 3 + status], e));
  return E_OK;
}

/* --- the run --- */
static enum err_code count_all(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct counting *x, struct edit_stats *all, struct err *e) {
  struct edit_groups by = {x->weight, NULL, 1};
  struct writer w = {.to = &j->statistics, .step = s->name, .all = true, .weighted = x->weight != NULL};
  struct edit_stats stats;
  TRY(edit_stats_run(j->arena, &x->rows, &x->t, &by, all, e));
  TRY(put_used(j->arena, &w, all, e));
  TRY(put_group(&w, all, 0, e));
  if (!s->n_by) return E_OK;
  by.group = x->group;
  by.n_groups = scope->n_groups;
  TRY(edit_stats_run(j->arena, &x->rows, &x->t, &by, &stats, e));
  w.all = false;
  for (int32_t g = 0; g < scope->n_groups; g++) {
    w.class = scope->group_names[g];
    TRY(put_group(&w, &stats, g, e));
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct counting *x = ARENA_NEW(j->arena, struct counting);
  struct edit_stats all;
  if (!x) return no_memory(e);
  TRY(step_placed(j, s, choose_rules(j, s, x, e), e));
  TRY(gather(j, scope, x, e));
  TRY(step_placed(j, s, count_all(j, s, scope, x, &all, e), e));
  step_note(r, "edits", all.m);
  step_note(r, "counted", x->t.n);
  step_note(r, "records_failed", all.global[EDIT_FAIL].n);
  step_note(r, "records_missed", all.global[EDIT_MISS].n);
  step_note(r, "no_group", x->no_group);
  return E_OK;
}

const struct step_method step_edit_stats = {.name = "edit_stats", .options = NULL, .run = run};
