/* Edit statistics: the six tables, compared by equation and by field; with `by`, per group. */
#include <math.h>
#include <string.h>

#include "processing/edit/edit_stats.h"
#include "processing/edit/rule_analysis.h"
#include "tests/conform/edit/case.h"

enum verdict editstats_run(const struct edit_case *c);
enum { MAX_BY = 8 };
struct run {
  const struct edit_case *c;
  struct edit_stats stats;
  int *edit_of; /* [n_ids] number of the pack -> our row, -1 */
  int n_ids, n_by;
  const char *by[MAX_BY];
  struct cells groups; /* one row per group */
};

static bool say(const struct run *r, const char *table, const char *what) {
  fprintf(r->c->say, "   %s: %s\n", table, what);
  return false;
}
static int same_row(const struct run *r, const char *written) {
  const char *text = case_upper(r->c->arena, written);
  struct linear_system one;
  struct strbuf b;
  struct err e;
  int found = -1;
  strbuf_init(&b, 0);
  for (int j = 0; j < r->stats.p; j++) strbuf_addf(&b, "%s = 0;", r->stats.edits->names[j]);
  strbuf_addf(&b, "%s;", text ? text : "");
  if (linear_parse(r->c->arena, str_of(strbuf_cstr(&b)), true, &one, &e) == E_OK && one.p == r->stats.p) {
    const struct linear_edit *want = &one.edits[one.m - 1];
    for (int i = 0; i < r->stats.m && found < 0; i++) {
      const struct linear_edit *o = &r->stats.edits->edits[i];
      bool same = o->op == want->op && o->n == want->n && o->n > 0;
      const double f = same ? o->coef[0] / want->coef[0] : 0;
      for (int k = 0; same && k < o->n; k++) same = o->var[k] == want->var[k] && case_close(o->coef[k], f * want->coef[k], 1e-6);
      if (same && (f > 0 || o->op == LINEAR_EQ) && case_close(o->rhs, f * want->rhs, 1e-6)) found = i;
    }
  }
  strbuf_release(&b);
  return found;
}
static bool read_edits(struct run *r, const struct cells *t) {
  const int id = cells_find(t, "EDITID"), text = cells_find(t, "EDIT_EQUATION");
  r->n_ids = 0;
  for (int64_t i = 0; i < t->n_rows; i++)
    if (cells_at(t, i, id)->number >= r->n_ids) r->n_ids = (int)cells_at(t, i, id)->number + 1;
  r->edit_of = ARENA_ARRAY(r->c->arena, int, r->n_ids + 1);
  for (int i = 0; i < r->n_ids; i++) r->edit_of[i] = -1;
  for (int64_t i = 0; i < t->n_rows; i++) {
    const int found = same_row(r, arena_strdup(r->c->arena, cells_at(t, i, text)->text.p, cells_at(t, i, text)->text.n));
    if (found < 0) return say(r, "outedits_reduced", "an edit of the pack is not among ours");
    r->edit_of[(int)cells_at(t, i, id)->number] = found;
  }
  return t->n_rows == r->stats.m || say(r, "outedits_reduced", "another number of edits");
}
static int group_of(const struct run *r, const struct cells *t, int64_t row) {
  for (int64_t g = 0; g < r->groups.n_rows; g++) {
    bool same = true;
    for (int k = 0; k < r->n_by && same; k++) {
      const int column = cells_find(t, r->by[k]);
      same = column < 0 || str_eq(cells_at(t, row, column)->text, cells_at(&r->groups, g, k)->text);
    }
    if (same) return (int)g;
  }
  return 0;
}
static bool equals(const struct cells *t, int64_t row, const char *column, double ours) {
  const int at = cells_find(t, column);
  return at < 0 || case_close(cells_at(t, row, at)->number, ours, 1e-9);
}
static bool three(const struct cells *t, int64_t row, const struct edit_tally *v) {
  return equals(t, row, "OBS_PASSED", (double)v[EDIT_PASS].n) && equals(t, row, "OBS_MISSED", (double)v[EDIT_MISS].n) &&
         equals(t, row, "OBS_FAILED", (double)v[EDIT_FAIL].n);
}
static int field_of(const struct run *r, const struct cells *t, int64_t row) {
  char *name = arena_strdup(r->c->arena, cells_at(t, row, cells_find(t, "FIELDID"))->text.p, cells_at(t, row, cells_find(t, "FIELDID"))->text.n);
  return linear_find(r->stats.edits, str_of(case_upper(r->c->arena, name)));
}
static bool row_equal(const struct run *r, const char *name, const struct cells *t, int64_t row) {
  const struct edit_stats *s = &r->stats;
  const int g = group_of(r, t, row), id = cells_find(t, "EDITID"), k = cells_find(t, "K_EDITS");
  if (strcmp(name, "outglobal_status") == 0) return three(t, row, &s->global[g * 3]) && equals(t, row, "OBS_TOTAL", (double)edit_stats_total(s, g).n);
  if (strcmp(name, "outk_edits_status") == 0) return three(t, row, &s->k[((int64_t)g * (s->m + 1) + (int)cells_at(t, row, k)->number) * 3]);
  if (strcmp(name, "outedit_status") == 0) return three(t, row, &s->edit[((int64_t)g * s->m + r->edit_of[(int)cells_at(t, row, id)->number]) * 3]);
  const int j = field_of(r, t, row);
  if (j < 0) return false;
  const double all = (double)edit_stats_total(s, g).n;
  if (strcmp(name, "outvars_role") == 0) {
    const struct edit_tally *v = &s->role[((int64_t)g * s->p + j) * 3];
    return three(t, row, v) && equals(t, row, "OBS_NOT_APPLICABLE", all - (double)(v[0].n + v[1].n + v[2].n));
  }
  return equals(t, row, "EDIT_APPLIC_PASSED", (double)edit_stats_applied(s, g, j, EDIT_PASS).n) &&
         equals(t, row, "EDIT_APPLIC_MISSED", (double)edit_stats_applied(s, g, j, EDIT_MISS).n) &&
         equals(t, row, "EDIT_APPLIC_FAILED", (double)edit_stats_applied(s, g, j, EDIT_FAIL).n) && equals(t, row, "EDITS_INVOLVED", s->involved[j]) &&
         equals(t, row, "EDIT_APPLIC_NOTINVOLVED", all * (s->m - s->involved[j]));
}
static bool table_equal(struct run *r, const struct json_value *from, const char *name) {
  struct cells t;
  struct err e;
  bool ok = true;
  if (case_cells(r->c->arena, json_member(from, name), &t, &e)) return say(r, name, "cannot be read");
  for (int64_t i = 0; i < t.n_rows; i++)
    if (!row_equal(r, name, &t, i)) ok = false, fprintf(r->c->say, "   %s: row %lld differs\n", name, (long long)i);
  return ok;
}
/* One group per distinct combination of the `by` columns, in order of appearance. */
static bool make_groups(struct run *r, int32_t *group) {
  const struct cells *t = &r->c->data;
  r->n_by = case_words(r->c, "by", r->by, MAX_BY);
  r->groups = (struct cells){.n_columns = r->n_by, .names = r->by, .cell = ARENA_ARRAY(r->c->arena, struct cell, t->n_rows * (r->n_by + 1) + 1)};
  for (int64_t i = 0; i < t->n_rows && r->n_by; i++) {
    int64_t g = 0;
    for (; g < r->groups.n_rows; g++) {
      bool same = true;
      for (int k = 0; k < r->n_by && same; k++) same = str_eq(cells_at(t, i, cells_find(t, r->by[k]))->text, cells_at(&r->groups, g, k)->text);
      if (same) break;
    }
    if (g == r->groups.n_rows) {
      for (int k = 0; k < r->n_by; k++) {
        if (cells_find(t, r->by[k]) < 0) return say(r, r->by[k], "no such column");
        r->groups.cell[g * r->n_by + k] = *cells_at(t, i, cells_find(t, r->by[k]));
      }
      r->groups.n_rows++;
    }
    group[i] = (int32_t)g;
  }
  return true;
}
static enum err_code compute(struct run *r, struct rule_analysis *a, struct err *e) {
  struct linear_system s;
  struct num_table t;
  int32_t *group = ARENA_ARRAY(r->c->arena, int32_t, r->c->data.n_rows + 1);
  TRY(case_edits(r->c, "edits", &s, e));
  TRY(rule_analyse(r->c->arena, &s, a, e));
  if (!a->consistent) return ERR(e, E_RULES_CONFLICT, .subject = "edits");
  TRY(case_num_table(r->c, &r->c->data, s.names, s.p, &t, e));
  if (!group || !make_groups(r, group)) return ERR(e, E_NO_MEMORY, .subject = "groups");
  const struct edit_groups by = {NULL, r->n_by ? group : NULL, (int)r->groups.n_rows};
  return edit_stats_run(r->c->arena, &a->minimal, &t, &by, &r->stats, e);
}
enum verdict editstats_run(const struct edit_case *c) {
  static const char *const tables[] = {"outedit_applic", "outedit_status", "outglobal_status", "outk_edits_status", "outvars_role"};
  struct run r = {.c = c};
  struct rule_analysis a;
  struct cells edits;
  struct err e = {0};
  const struct json_value *from = json_member(c->expected, "outedits_reduced") ? c->expected : json_member(c->whole, "banff_build_output");
  if (compute(&r, &a, &e)) return c->must_refuse ? PASSED : (fprintf(c->say, "   refused: %s %s\n", err_name(e.code), e.subject), FAILED);
  if (c->must_refuse) return fprintf(c->say, "   had to be refused\n"), FAILED;
  if (case_cells(c->arena, json_member(from, "outedits_reduced"), &edits, &e) || edits.n_rows == 0)
    return fprintf(c->say, "   no expected tables\n"), FAILED;
  if (!read_edits(&r, &edits)) return FAILED;
  bool ok = true;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) ok = table_equal(&r, from, tables[i]) && ok;
  return ok ? PASSED : FAILED;
}
