/* step_edit_stats.c -- counts what the step's checks find now, for all records, for each by-group and for each office that sent records. Changes
 * nothing.
 * Checks    every check of the step, of whatever kind and severity: the tables of check_stats.h (check_tables.c).
 * Rules     beside them the hard checks that are linear, as rows with the limits of their items and the condition most of them share: the tables of
 *           edit_stats.h, for all records and by-groups; left out where no check is linear.
 * Records   the selected ones with a by-group, weighted by the job's weight where it has one.
 * Table     job_state.statistics, one row per count that is not 0. Columns: step, class (blank = all records), table, edit (number from 1, blank =
 *           none), name, status, n, weighted (6 decimals, blank without a weight), office (blank = all). Tables of the linear rules: used (n =
 *          items of
 *           the edit), edit, variable (applications), passed_missed_failed (name = how many edits), record, role; of the checks: the same names
 *           after `checks_`, status `outside` where a check was not applied. */
#include <stdio.h>

#include "processing/edit/edit_stats.h"
#include "processing/edit/rule_analysis.h"
#include "processing/step/check_tables.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_rules.h"
#include "processing/step/step_view.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "edit statistics"); }
static const char *const STATUS[] = {[EDIT_PASS] = "pass", [EDIT_MISS] = "miss", [EDIT_FAIL] = "fail"};

/* --- records with a by-group, and their weights --- */
struct counting {
  struct step_rules rules;
  struct linear_system rows;
  double *weight; /* NULL = none */
  int64_t no_group;
};

static void drop_ungrouped(struct counting *x) {
  struct step_rules *r = &x->rules;
  int64_t n = 0;
  for (int64_t i = 0; i < r->t.n; i++) {
    if (r->group[i] < 0) continue;
    for (int v = 0; v < r->t.p; v++) {
      r->t.columns[v].x[n] = r->t.columns[v].x[i];
      r->t.columns[v].status[n] = r->t.columns[v].status[i];
    }
    r->record[n] = r->record[i];
    r->group[n++] = r->group[i];
  }
  x->no_group = r->t.n - n;
  r->t.n = n;
}

static enum err_code gather(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct counting *x, struct err *e) {
  int64_t *weights;
  TRY(step_rules_build(j, s, scope, &x->rules, e));
  drop_ungrouped(x);
  TRY(linear_with_bounds(j->arena, x->rules.system, &x->rows, e));
  TRY(job_weights(j, &weights, e));
  if (!weights) return E_OK;
  x->weight = ARENA_ARRAY(j->arena, double, x->rules.t.n + 1);
  if (!x->weight) return no_memory(e);
  for (int64_t i = 0; i < x->rules.t.n; i++) x->weight[i] = (double)weights[x->rules.record[i]] / STEP_ONE;
  return E_OK;
}

/* --- rows of the table --- */
static enum err_code put(const struct statistic_writer *w, const char *table, int edit, const char *name, const char *status,
    const struct edit_tally *n, struct err *e) {
  char weighted[64];
  (void)snprintf(weighted, sizeof weighted, "%.6f", edit_weight(n));
  const struct statistic_row row = {table, edit, name, status, n->n, weighted};
  return statistic_put(w, &row, e);
}

static enum err_code put_used(struct arena *a, const struct statistic_writer *w, const struct edit_stats *s, struct err *e) {
  struct statistic_writer plain = *w;
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

static enum err_code put_group(const struct statistic_writer *w, const struct edit_stats *s, int g, struct err *e) {
  char k[16];
  for (int i = 0; i < s->m; i++)
    for (int status = 0; status < 3; status++)
      TRY(put(w, "edit", i + 1, s->edits->edits[i].id, STATUS[status], &s->edit[((int64_t)g * s->m + i) * 3 + status], e));
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
    for (int status = 0; status < 3; status++)
      TRY(put(w, "passed_missed_failed", 0, k, STATUS[status], &s->k[((int64_t)g * (s->m + 1) + i) * 3 + status], e));
  }
  for (int status = 0; status < 3; status++) TRY(put(w, "record", 0, "", STATUS[status], &s->global[g * 3 + status], e));
  return E_OK;
}

/* --- the run --- */
static enum err_code count_all(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct counting *x, struct edit_stats *all, struct err *e) {
  struct edit_groups by = {x->weight, NULL, 1};
  struct statistic_writer w = {.to = &j->statistics, .step = s->name, .weighted = x->weight != NULL};
  struct edit_stats stats;
  TRY(edit_stats_run(j->arena, &x->rows, &x->rules.t, &by, all, e));
  TRY(put_used(j->arena, &w, all, e));
  TRY(put_group(&w, all, 0, e));
  if (!s->n_by) return E_OK;
  by.group = x->rules.group;
  by.n_groups = scope->n_groups;
  TRY(edit_stats_run(j->arena, &x->rows, &x->rules.t, &by, &stats, e));
  for (int32_t g = 0; g < scope->n_groups; g++) {
    w.class = &scope->group_names[g];
    TRY(put_group(&w, &stats, g, e));
  }
  return E_OK;
}

/* The linear rules among the step's checks, with the limits of their items; a step without any counts its checks only. */
static enum err_code count_linear(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct counting *x = ARENA_NEW(j->arena, struct counting);
  struct edit_stats all;
  if (!x) return no_memory(e);
  const enum err_code code = gather(j, s, scope, x, e);
  if (code == E_JOB_NO_LINEAR) return step_note(r, "edits", 0), E_OK;
  if (code) return code;
  TRY(count_all(j, s, scope, x, &all, e));
  step_note(r, "edits", all.m);
  step_note(r, "counted", x->rules.t.n);
  step_note(r, "records_failed", all.global[EDIT_FAIL].n);
  step_note(r, "records_missed", all.global[EDIT_MISS].n);
  step_note(r, "no_group", x->no_group);
  return E_OK;
}

static enum err_code count_checks(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct check_stats all;
  TRY(check_tables_run(j, s, scope, &all, e));
  step_note(r, "checks", all.m);
  step_note(r, "checks_failed", all.record[CHECK_FAILED].n);
  step_note(r, "checks_missed", all.record[CHECK_MISSED].n);
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  TRY(step_placed(j, s, count_linear(j, s, scope, r, e), e));
  return step_placed(j, s, count_checks(j, s, scope, r, e), e);
}

const struct step_method step_edit_stats = {.name = "edit_stats", .options = NULL, .run = run};
