/* Rule analysis: consistency, bounds, hidden equalities, a minimal set of the same region, implied edits, extremal points. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "processing/edit/rule_analysis.h"
#include "tests/conform/edit/rule_lp.h"
#include "tests/conform/edit/case.h"

enum verdict verify_run(const struct edit_case *c);

/* The equations of an object or array of texts as one system over s's variables; all free. */
static bool equations(const struct edit_case *c, const struct json_value *texts, const struct linear_system *s, struct linear_system *out) {
  struct strbuf b;
  struct err e;
  const char *key;
  const struct json_value *value;
  strbuf_init(&b, 0);
  for (int j = 0; j < s->p; j++) strbuf_addf(&b, "%s = 0;", s->names[j]); /* fixes the variables' order */
  for (size_t i = 0; json_is_object(texts) && json_member_at(texts, i, &key, &value); i++) strbuf_addf(&b, "%s;", json_string(value));
  for (size_t i = 0; json_is_array(texts) && i < json_length(texts); i++) strbuf_addf(&b, "%s;", json_string(json_element(texts, i)));
  const char *text = case_upper(c->arena, strbuf_cstr(&b));
  const bool ok = text && linear_parse(c->arena, str_of(text), true, out, &e) == E_OK && out->p == s->p;
  strbuf_release(&b);
  if (!ok) return false;
  out->edits += s->p;
  out->m -= s->p;
  return true;
}
/* Does every point of `region` satisfy row? */
static bool said(struct rule_lp *lp, const struct linear_edit *row) {
  struct err e;
  double most, least = INFINITY;
  const int i = lp->m;
  rule_lp_add(lp, row);
  lp->on[i] = false;
  bool ok = rule_lp_row(lp, i, 1, &most, &e) == E_OK && most <= lp->upper[i] + 1e-6 * fmax(1, fabs(lp->upper[i]));
  if (row->op == LINEAR_EQ) ok = ok && rule_lp_row(lp, i, -1, &least, &e) == E_OK && least >= lp->upper[i] - 1e-6 * fmax(1, fabs(lp->upper[i]));
  lp->m--;
  return ok;
}
static bool region_says(const struct edit_case *c, const struct linear_system *region, const struct linear_system *rows, const char *what) {
  struct rule_lp lp;
  struct err e;
  bool all = true;
  if (rule_lp_init(&lp, c->arena, region->p, region->m + 1, &e)) return false;
  for (int i = 0; i < region->m; i++) rule_lp_add(&lp, &region->edits[i]);
  for (int i = 0; i < rows->m; i++)
    if (!said(&lp, &rows->edits[i])) all = false, fprintf(c->say, "   %s: row %d is not said by the other set\n", what, i);
  return all;
}
static bool check_minimal(const struct edit_case *c, const struct rule_analysis *r) {
  const struct json_value *minimal = json_member(c->expected, "minimal");
  struct linear_system want;
  if (!minimal) return true;
  if (!equations(c, minimal, &r->rows, &want)) return fprintf(c->say, "   the expected minimal set cannot be read\n"), false;
  if (want.m != r->minimal.m) fprintf(c->say, "   minimal set: %d rows, expected %d\n", r->minimal.m, want.m);
  return region_says(c, &r->minimal, &want, "expected") && region_says(c, &want, &r->minimal, "ours") && want.m == r->minimal.m;
}
/* Members by the name of a variable, which the pack may write in either case. */
static const struct json_value *named(const struct json_value *object, const char *name) {
  const char *key;
  const struct json_value *value;
  for (size_t i = 0; json_is_object(object) && json_member_at(object, i, &key, &value); i++)
    if (strcasecmp(key, name) == 0) return value;
  return NULL;
}
static bool bound_equal(const struct json_value *v, double ours) {
  double want;
  if (!json_number(v, &want)) return !isfinite(ours);
  return case_close(want, ours, 1e-8);
}
static bool check_bounds(const struct edit_case *c, const struct rule_analysis *r) {
  const struct json_value *bounds = json_member(c->expected, "bounds");
  bool ok = true;
  for (int j = 0; bounds && j < r->rows.p; j++) {
    const struct json_value *pair = named(bounds, r->rows.names[j]);
    if (pair && bound_equal(json_element(pair, 0), r->lower[j]) && bound_equal(json_element(pair, 1), r->upper[j])) continue;
    ok = false;
    fprintf(c->say, "   bounds of %s: ours %.17g .. %.17g\n", r->rows.names[j], r->lower[j], r->upper[j]);
  }
  return ok;
}
static bool check_count(const struct edit_case *c, const char *name, int ours) {
  const struct json_value *counts = json_member(c->expected, "counts");
  double want;
  if (!json_number(json_member(counts, name), &want) || (int)want == ours) return true;
  fprintf(c->say, "   %s: ours %d, expected %d\n", name, ours, (int)want);
  return false;
}
static bool check_counts(const struct edit_case *c, const struct rule_analysis *r) {
  int unbounded = 0, determined = 0, states[5] = {0}, equal = 0;
  for (int j = 0; j < r->rows.p; j++) {
    unbounded += !isfinite(r->lower[j]) || !isfinite(r->upper[j]);
    determined += r->determined[j];
  }
  for (int i = 0; i < r->rows.m; i++) {
    states[r->state[i]]++;
    equal += r->rows.edits[i].op == LINEAR_EQ && r->kept[i];
  }
  bool ok = check_count(c, "Number of variables", r->rows.p) && check_count(c, "Number of unbounded variables", unbounded);
  ok = check_count(c, "Number of deterministic variables", determined) && ok;
  ok = check_count(c, "Number of edits read", r->rows.m) && ok;
  ok = check_count(c, "Number of edits in minimal set", r->minimal.m) && ok;
  ok = check_count(c, "Number of hidden equalities", states[RULE_HIDDEN_EQUALITY]) && ok;
  ok = check_count(c, "Number of hidden redundant equalities", states[RULE_HIDDEN_REDUNDANT]) && ok;
  ok = check_count(c, "restrict feasible region", states[RULE_TIGHT]) && ok;
  return check_count(c, "Number of equalities kept", equal) && ok;
}
static bool among(const struct linear_system *rows, const struct linear_edit *want) {
  for (int i = 0; i < rows->m; i++) {
    const struct linear_edit *r = &rows->edits[i];
    bool same = r->op == want->op && r->n == want->n && r->n > 0;
    const double f = same ? r->coef[0] / want->coef[0] : 0;
    for (int k = 0; same && k < r->n; k++) same = r->var[k] == want->var[k] && case_close(r->coef[k], f * want->coef[k], 1e-6);
    if (same && (f > 0 || r->op == LINEAR_EQ) && case_close(r->rhs, f * want->rhs, 1e-6)) return true;
  }
  return false;
}
static bool check_implied(const struct edit_case *c, const struct rule_analysis *r) {
  const struct json_value *implied = json_member(c->expected, "implied");
  const int limit = (int)case_number(c, "imply", 0);
  struct linear_system want, ours;
  struct err e;
  bool ok = true, complete;
  if (limit <= 0) return true;
  if (rule_implied(c->arena, &r->minimal, 4000, &ours, &complete, &e)) return fprintf(c->say, "   implied edits cannot be derived\n"), false;
  ok = region_says(c, &r->minimal, &ours, "implied");
  if (!implied) return ok;
  if (!equations(c, implied, &r->rows, &want)) return fprintf(c->say, "   the expected implied edits cannot be read\n"), false;
  for (int i = 0; i < want.m; i++)
    if (!among(&ours, &want.edits[i])) ok = false, fprintf(c->say, "   implied edit %d is not found\n", i);
  if (ours.m < limit && want.m != ours.m) ok = false, fprintf(c->say, "   %d implied edits, expected %d\n", ours.m, want.m);
  return ok;
}
static bool is_point(const struct json_value *v, const struct linear_system *s, const double *x) {
  for (int j = 0; j < s->p; j++) {
    double want = 0;
    (void)json_number(named(v, s->names[j]), &want);
    if (!case_close(want, x[j], 1e-6)) return false;
  }
  return true;
}
static bool check_points(const struct edit_case *c, const struct rule_analysis *r) {
  const struct json_value *want = json_member(c->expected, "extremal_points");
  struct rule_points points;
  struct err e;
  int n = 0;
  if (!want) return true;
  if (rule_extremal(c->arena, &r->minimal, (int)case_number(c, "extremal", 0), &points, &e))
    return fprintf(c->say, "   extremal points cannot be listed\n"), false;
  for (size_t i = 0; i < json_length(want); i++)
    for (int k = 0; k < points.n; k++) n += is_point(json_element(want, i), &r->rows, points.x + (size_t)k * (size_t)r->rows.p);
  if (n == points.n && points.n == (int)json_length(want)) return true;
  fprintf(c->say, "   %d extremal points, expected %zu, in common %d\n", points.n, json_length(want), n);
  return false;
}
static bool check_hidden(const struct edit_case *c, const struct rule_analysis *r) {
  const struct json_value *want = json_member(c->expected, "hidden_equality");
  int n = 0;
  for (int i = 0; i < r->rows.m; i++) n += r->state[i] == RULE_HIDDEN_EQUALITY;
  if (!want || (int)json_length(want) == n) return true;
  fprintf(c->say, "   %d hidden equalities, expected %zu\n", n, json_length(want));
  return false;
}
enum verdict verify_run(const struct edit_case *c) {
  struct linear_system s;
  struct rule_analysis r;
  struct err e = {0};
  bool consistent, has = json_boolean(json_member(c->expected, "consistent"), &consistent);
  const bool parsed = case_edits(c, "edits", &s, &e) == E_OK && rule_analyse(c->arena, &s, &r, &e) == E_OK;
  if (!parsed || !r.consistent) {
    if (!c->must_refuse) return fprintf(c->say, "   refused: %s\n", parsed ? "not consistent" : err_name(e.code)), FAILED;
    if (has && (!parsed || consistent)) return fprintf(c->say, "   refused for another reason\n"), FAILED;
    return PASSED;
  }
  if (c->must_refuse) return fprintf(c->say, "   had to be refused\n"), FAILED;
  bool ok = check_bounds(c, &r);
  ok = check_hidden(c, &r) && ok;
  ok = check_minimal(c, &r) && ok;
  ok = check_counts(c, &r) && ok;
  ok = check_implied(c, &r) && ok;
  return check_points(c, &r) && ok ? PASSED : FAILED;
}
