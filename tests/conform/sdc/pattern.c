/* pattern.c -- our audit of each tool's pattern against the audit that the pack prints. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow.h"
#include "tests/conform/sdc/sdc_case.h"

static uint8_t *pattern_of(const struct sdc_case *c, const struct json_value *p) {
  const struct json_value *ids = json_member(p, "secondary_ids");
  uint8_t *hidden = ARENA_ARRAY(c->a, uint8_t, c->t->n_cells + 1);
  int64_t id;
  for (size_t i = 0; hidden && i < json_length(ids); i++)
    if (!json_integer(json_element(ids, i), &id) || id < 0 || id >= c->t->n_cells) return NULL;
    else hidden[id] = 1;
  return hidden;
}
/* One printed number; absent = nothing to compare. */
static void compare(char *out, size_t size, const struct json_value *printed, const char *name, int64_t ours) {
  const int64_t theirs = json_member_int(printed, name, INT64_MIN);
  const size_t n = strlen(out);
  if (theirs != INT64_MIN && theirs != ours)
    snprintf(out + n, size - n, "%s%s %lld, printed %lld", n ? "; " : "", name, (long long)ours, (long long)theirs);
}
static void counts(
    const struct sdc_case *c, const struct json_value *p, const struct audit_report *r, const uint8_t *hidden, char *out, size_t size) {
  const struct json_value *x = json_member(p, "audit") ? json_member(p, "audit") : json_member(p, "audit_p10");
  double value, printed = 0;
  compare(out, size, x, "primary", r->n_primary);
  compare(out, size, x, "secondary", r->n_secondary);
  compare(out, size, x, "rank", r->rank);
  compare(out, size, x, "linearly_disclosed_suppressed", r->linear_suppressed);
  compare(out, size, x, "linearly_disclosed_primary", r->linear_primary);
  compare(out, size, x, "components", r->n_components);
  compare(out, size, x, "largest_component", r->largest_component);
  compare(out, size, x, "lp_exact_primary", r->n_exact);
  /* Some printed audits gave primaries of value 0 a level of 0.000001: they may count as violations there, and nothing else may. */
  const int64_t violations = json_member_int(x, "protection_violations", r->n_violations);
  if (violations < r->n_violations || violations > r->n_violations + r->n_zero) compare(out, size, x, "protection_violations", r->n_violations);
  (void)suppress_secondaries(c->t, hidden, &value);
  if (json_number(json_member(p, "secondary_value"), &printed) && fabs(printed - value) > 1e-6 * (1 + printed))
    snprintf(out + strlen(out), size - strlen(out), "; value %.3f, printed %.3f", value, printed);
}
static bool near(double ours, double theirs, double value) {
  if (theirs >= 1e300) return isinf(ours);
  return fabs(ours - theirs) <= 1e-3 + 2e-6 * fmax(fabs(theirs), fabs(value));
}
static void intervals(const struct sdc_case *c, const struct json_value *printed, const struct audit_report *r, const char *name) {
  int32_t bad = 0, n = 0;
  char first[200] = "";
  for (int32_t i = 0; i < r->n_primary; i++) {
    char key[24];
    double low, high, l, h;
    snprintf(key, sizeof key, "%d", (int)r->cell[i].cell);
    const struct json_value *v = json_member(printed, key);
    if (!v || !json_number(json_element(v, 0), &l) || !json_number(json_element(v, 1), &h)) continue;
    n++;
    audit_interval(c->t, &r->cell[i], false, &low, &high);
    if (near(low, l, cell_value(c->t, r->cell[i].cell)) && near(high, h, cell_value(c->t, r->cell[i].cell))) continue;
    if (bad++ == 0) snprintf(first, sizeof first, "cell %s [%.6g, %.6g], printed [%.6g, %.6g]", key, low, high, l, h);
  }
  char check[300];
  snprintf(check, sizeof check, "%s intervals", name);
  if (n) case_verdict(c, check, bad == 0, "%d of %d differ, first %s", (int)bad, (int)n, first);
}
static void one_pattern(const struct sdc_case *c, const char *name, const struct json_value *p) {
  struct audit_report r;
  struct err e = {.code = E_OK};
  char why[1000] = "", check[300];
  uint8_t *hidden = pattern_of(c, p);
  const struct json_value *printed = json_member(p, "attacker_intervals_of_primaries");
  const bool exact = printed || json_member(c->expected, "tool_reported_intervals");
  snprintf(check, sizeof check, "%s audit", name);
  if (!hidden || audit_run(c->a, c->t, hidden, &(struct audit_options){.exact = exact}, &r, &e)) {
    case_verdict(c, check, false, "%s", hidden ? err_name(e.code) : "ids");
    return;
  }
  counts(c, p, &r, hidden, why, sizeof why);
  if (audit_verify(c->t, hidden, &r, &e)) snprintf(why + strlen(why), sizeof why - strlen(why), "; certificate does not hold for cell %s", e.subject);
  case_verdict(c, check, !*why, "%s", why);
  intervals(c, printed, &r, name);
  intervals(c, json_member(c->expected, "tool_reported_intervals"), &r, "tool reported");
}
void judge_patterns(const struct sdc_case *c) {
  const char *name;
  const struct json_value *p, *all = json_member(c->expected, "patterns");
  for (size_t i = 0; json_member_at(all, i, &name, &p); i++) {
    struct sdc_case one = *c;
    one.a = arena_new(0);
    if (one.a) one_pattern(&one, name, p);
    arena_free(one.a);
  }
}
