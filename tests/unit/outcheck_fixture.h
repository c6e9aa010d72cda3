/* outcheck_fixture.h -- a table and its records as texts, judged by a profile of the shipped file. */
#ifndef SHIRABE_TESTS_UNIT_OUTCHECK_FIXTURE_H
#define SHIRABE_TESTS_UNIT_OUTCHECK_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "estimators/sdc/outcheck_sets.h"

#define UNUSED_HERE __attribute__((unused))
struct looking {
  struct arena *a;
  struct outcheck_profile p;
  struct outcheck_table t;
  struct outcheck_units units;
  bool with_units;
  struct outcheck_report r;
};
/* Ids are "u12": the token is the number, so that a test sees what it compares. */
static enum err_code UNUSED_HERE plain_token(void *context, struct str unit, uint64_t *out, struct err *e) {
  int64_t v = 0;
  (void)context, (void)e;
  if (unit.n < 2 || !str_int64(str_view(unit.p + 1, unit.n - 1), &v)) return E_BUG;
  *out = (uint64_t)v;
  return E_OK;
}
static void UNUSED_HERE profile_named(struct looking *l, const char *id) {
  struct err e = {.code = E_OK};
  uint8_t *text = NULL;
  size_t n = 0;
  assert_int_equal(file_read("forms/secure/output_profiles.csv", 1 << 20, &text, &n, &e), E_OK);
  const char *copy = arena_strdup(l->a, (const char *)text, n);
  free(text);
  assert_int_equal(outcheck_profile_read(l->a, "output_profiles.csv", str_view(copy, n), id, &l->p, &e), E_OK);
}
static struct looking UNUSED_HERE look_at(const char *profile, const char *name, const char *table, const char *units) {
  struct looking l = {.a = arena_new(0), .with_units = units != NULL};
  struct err e = {.code = E_OK};
  profile_named(&l, profile);
  l.r.a = l.a;
  enum err_code code = outcheck_table_parse(l.a, name, str_of(arena_strdup(l.a, table, strlen(table))), &l.t, &e);
  if (code) fprintf(stderr, "%s: %s %s %s\n", err_name(code), e.subject, e.expected, e.found);
  assert_int_equal(code, E_OK);
  if (units) code = outcheck_units_csv(l.a, "units", str_of(arena_strdup(l.a, units, strlen(units))), &l.t, plain_token, NULL, &l.units, &e);
  if (code) fprintf(stderr, "%s: %s %s\n", err_name(code), e.subject, e.expected);
  assert_int_equal(code, E_OK);
  assert_int_equal(outcheck_table_judge(&l.p, &l.t, units ? &l.units : NULL, &l.r, &e), E_OK);
  assert_int_equal(outcheck_count(&l.r, &l.t, &e), E_OK);
  return l;
}
static void UNUSED_HERE look_end(struct looking *l) { arena_free(l->a); }
static int UNUSED_HERE findings(const struct looking *l, enum outcheck_reason reason, int64_t line) {
  int n = 0;
  for (int64_t i = 0; i < l->r.n_findings; i++) n += l->r.finding[i].reason == reason && (line < 0 || l->r.finding[i].line == line);
  return n;
}
static enum outcheck_verdict UNUSED_HERE verdict_of(const struct looking *l, enum outcheck_reason reason, int64_t line) {
  for (int64_t i = 0; i < l->r.n_findings; i++)
    if (l->r.finding[i].reason == reason && l->r.finding[i].line == line) return l->r.finding[i].verdict;
  return OUTCHECK_PASS;
}
static void UNUSED_HERE print_findings_of(const struct looking *l) {
  for (int64_t i = 0; i < l->r.n_findings; i++)
    fprintf(stderr, "  %s %s:%lld %s %s %s\n", outcheck_verdict_name(l->r.finding[i].verdict), l->r.finding[i].file, (long long)l->r.finding[i].line,
        l->r.finding[i].cell, outcheck_reason_word(l->r.finding[i].reason), l->r.finding[i].detail);
}
#endif
