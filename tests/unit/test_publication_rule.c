/* Publication rules: what is read, which figure gets which mark, what is taken away. */
#include "table_fixture.h"

#include <stdio.h>

#include "base/ext_json.h"
#include "estimators/table/publication_rule.h"
#include "forms/form_files.h"

static enum err_code parse(struct arena *a, const char *text, struct publication_rule *out, struct err *e) {
  struct json_document *d;
  TRY(json_parse("rule.json", text, strlen(text), &d, e));
  enum err_code code = publication_rule_parse(a, "rule.json", json_root(d), NULL, out, e);
  json_release(d);
  return code;
}

#define E_LEVEL "{\"from\":16.5,\"mark\":\"E\",\"action\":\"mark\",\"ja\":\"j\",\"en\":\"careful\"}"
#define F_LEVEL "{\"above\":33.3,\"mark\":\"F\",\"action\":\"replace\",\"ja\":\"k\",\"en\":\"not shown\"}"
#define BOTH "\"cv\":[" E_LEVEL "," F_LEVEL "]"

static const struct {
  const char *text, *subject;
} bad[] = {
    {"{\"cvs\":[]}", "cvs"},
    {"{\"cv\":5}", "cv"},
    {"{\"cv\":[" F_LEVEL "," E_LEVEL "]}", "cv"},
    {"{\"cv\":[{\"mark\":\"E\",\"action\":\"mark\"}]}", "cv"},
    {"{\"cv\":[{\"from\":1,\"above\":2,\"mark\":\"E\",\"action\":\"mark\"}]}", "cv"},
    {"{\"cv\":[{\"from\":-1,\"mark\":\"E\",\"action\":\"mark\"}]}", "from"},
    {"{\"cv\":[{\"from\":\"a\",\"mark\":\"E\",\"action\":\"mark\"}]}", "from"},
    {"{\"cv\":[{\"from\":1,\"mark\":\"E\",\"action\":\"shout\"}]}", "action"},
    {"{\"cv\":[{\"from\":1,\"mark\":\"E\"}]}", "action"},
    {"{\"cv\":[{\"from\":1,\"action\":\"mark\"}]}", "mark"},
    {"{\"cv\":[{\"from\":1,\"mark\":\"a mark that is far too long\",\"action\":\"mark\"}]}", "mark"},
    {"{\"cv\":[{\"from\":1,\"mark\":\"E\",\"action\":\"mark\",\"en\":\"a\"},{\"from\":2,\"mark\":\"E\",\"action\":\"mark\",\"en\":\"b\"}]}", "mark"},
    {"{\"min_n\":10}", "min_n"},
    {"{\"min_n\":{\"at_least\":0,\"mark\":\"n\",\"action\":\"mark\"}}", "at_least"},
    {"{\"min_df\":{\"at_least\":5,\"mark\":\"n\",\"action\":\"mark\",\"why\":\"\"}}", "why"},
    {"{\"confidence\":95}", "confidence"},
    {"{\"confidence\":0}", "confidence"},
    {"{\"profile\":\"nobody\"}", "nobody"},
    {"{\"profile\":\"x\",\"cv\":[]}", "cv"},
};

static void bad_rules_are_refused_with_their_key(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct arena *a = arena_new(0);
    struct publication_rule r;
    struct err e = {.code = E_OK};
    enum err_code code = parse(a, bad[i].text, &r, &e);
    if (code != E_PUBLICATION_RULE || strcmp(e.subject, bad[i].subject)) fail_msg("%s: %s at '%s'", bad[i].text, err_name(code), e.subject);
    arena_free(a);
  }
}

static void shipped_profiles_are_read_and_marked_unconfirmed(void **state) {
  (void)state;
  static const char *const names[] = {"style_e_f", "style_asterisk"};
  struct arena *a = arena_new(0);
  struct str text;
  struct json_document *d;
  OK(form_file_load(a, "forms/codelists/publication_rules.json", &text, e));
  OK(json_parse("publication_rules.json", text.p, text.n, &d, e));
  assert_int_equal(json_length(json_member(json_root(d), "profiles")), 2);
  for (int i = 0; i < 2; i++) {
    char publish[64];
    struct json_document *p;
    struct publication_rule r;
    snprintf(publish, sizeof publish, "{\"profile\":\"%s\",\"confidence\":0.9}", names[i]);
    OK(json_parse("publish", publish, strlen(publish), &p, e));
    OK(publication_rule_parse(a, "publish", json_root(p), json_root(d), &r, e));
    assert_string_equal(r.name, names[i]);
    assert_string_equal(r.status, "unconfirmed");
    assert_true(r.confidence == 0.9 && r.n_levels == 2 && r.no_information.present);
    json_release(p);
  }
  json_release(d);
  arena_free(a);
}

/* --- one figure --- */
static const struct {
  const char *rule;
  double value, se;
  int64_t df, n;
  bool has_se, interval;
  uint8_t status;
  const char *flag, *reason;
  bool error_kept;
} facts[] = {
    {"{" BOTH "}", 100, 16.4, 30, 50, true, true, RESULT_SHOWN, NULL, NULL, true},
    {"{" BOTH "}", 100, 16.5, 30, 50, true, true, RESULT_SHOWN, "E", NULL, true}, /* from includes its limit */
    {"{" BOTH "}", 100, 33.3, 30, 50, true, true, RESULT_SHOWN, "E", NULL, true}, /* above does not */
    {"{" BOTH "}", 100, 33.4, 30, 50, true, true, RESULT_UNRELIABLE, "F", "cv above 33.3 %", false},
    {"{" BOTH "}", -100, 33.4, 30, 50, true, true, RESULT_UNRELIABLE, "F", "cv above 33.3 %", false}, /* a negative figure */
    {"{" BOTH "}", 0, 2, 30, 50, true, true, RESULT_UNRELIABLE, "F", "cv above 33.3 %", false},       /* the cv of 0 has no bound */
    {"{" BOTH "}", 0, 0, 30, 50, true, true, RESULT_SHOWN, NULL, NULL, true},
    {"{" BOTH "}", 100, 0, 0, 50, false, false, RESULT_SHOWN, NULL, NULL, false}, /* a register has no cv */
    {"{" BOTH ",\"min_n\":{\"at_least\":10,\"mark\":\"n\",\"action\":\"replace\"}}", 100, 0, 0, 9, false, false, RESULT_UNRELIABLE, "n",
        "fewer than 10 units", false},
    {"{" BOTH ",\"min_n\":{\"at_least\":10,\"mark\":\"n\",\"action\":\"mark\"}}", 100, 5, 30, 10, true, true, RESULT_SHOWN, NULL, NULL, true},
    {"{" BOTH ",\"min_n\":{\"at_least\":10,\"mark\":\"n\",\"action\":\"mark\"}}", 100, 40, 30, 3, true, true, RESULT_UNRELIABLE, "F",
        "cv above 33.3 %", false}, /* the stronger action */
    {"{" BOTH ",\"min_df\":{\"at_least\":4,\"mark\":\"d\",\"action\":\"mark\"}}", 100, 20, 3, 50, true, true, RESULT_SHOWN, "d", NULL, true},
    {"{" BOTH ",\"min_df\":{\"at_least\":4,\"mark\":\"d\",\"action\":\"hide\"}}", 100, 40, 3, 50, true, true, RESULT_UNRELIABLE, NULL,
        "fewer than 4 degrees of freedom", false},
    /* df 0: a standard error of 0 is no certainty */
    {"{" BOTH ",\"no_information\":{\"mark\":\"n/i\",\"action\":\"mark\"}}", 100, 0, 0, 50, true, true, RESULT_SHOWN, "n/i", NULL, false},
    {"{" BOTH ",\"no_information\":{\"mark\":\"n/i\",\"action\":\"replace\"}}", 100, 2, -1, 50, true, true, RESULT_UNRELIABLE, "n/i",
        "no information about the error", false},
    {"{" BOTH ",\"no_information\":{\"mark\":\"n/i\",\"action\":\"mark\"}}", 100, 0, 0, 50, false, true, RESULT_SHOWN, "n/i", NULL, false},
    {"{}", 100, 90, 1, 1, true, true, RESULT_SHOWN, NULL, NULL, true},
};

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static void every_figure_gets_its_mark(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
    struct arena *a = arena_new(0);
    struct result_table *t;
    struct publication_rule r;
    struct publication_report report;
    OK(parse(a, facts[i].rule, &r, e));
    OK(result_table_new(a, "t", 1, 0, 1, &t, e));
    struct result_measure *m = &t->measures[0];
    if (facts[i].interval) OK(result_keep_precision(t, 0, 0.95, e));
    m->name = "x", m->value[0] = facts[i].value, m->se[0] = facts[i].se, m->df[0] = facts[i].df, m->has_se[0] = facts[i].has_se;
    if (m->low) m->low[0] = 1, m->high[0] = 2, m->has_interval[0] = 1;
    t->n[0] = facts[i].n;
    OK(publication_rule_apply(&r, t, &report, e));
    if (m->status[0] != facts[i].status || !same_text(m->flag[0], facts[i].flag) || !same_text(m->reason[0], facts[i].reason))
      fail_msg("fact %zu: status %d, mark %s, reason %s", i, m->status[0], m->flag[0] ? m->flag[0] : "none", m->reason[0] ? m->reason[0] : "none");
    if (m->has_se[0] != facts[i].error_kept || (m->low && m->has_interval[0] != facts[i].error_kept)) fail_msg("fact %zu: the error is kept", i);
    if (facts[i].status == RESULT_UNRELIABLE) assert_true(m->value[0] == 0 && m->se[0] == 0 && (!m->low || m->low[0] == 0));
    assert_int_equal(report.n_marked + report.n_replaced + report.n_hidden, facts[i].flag || facts[i].reason ? 1 : 0);
    arena_free(a);
  }
}

/* Suppressed figures are not judged again: their status, and so the count of suppressions, stays; units of the measure count before those of the
 * row. */
static void protection_goes_before_publication(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 999);
  struct publication_rule r;
  struct publication_report report;
  OK(parse(a, "{\"min_n\":{\"at_least\":1000,\"mark\":\"n\",\"action\":\"replace\"}}", &r, e));
  t->measures[1].n_used = ARENA_ARRAY(a, int64_t, FIXTURE_ROWS);
  for (int i = 0; i < FIXTURE_ROWS; i++) t->measures[1].n_used[i] = 5000;
  OK(publication_rule_apply(&r, t, &report, e));
  assert_int_equal(t->measures[0].status[FIXTURE_SUPPRESSED], RESULT_SUPPRESSED);
  assert_int_equal(t->measures[0].status[0], RESULT_UNRELIABLE);
  assert_int_equal(t->measures[1].status[0], RESULT_SHOWN);
  assert_int_equal(report.n_figures, 2 * (FIXTURE_ROWS - 4));
  assert_int_equal(report.n_replaced, FIXTURE_ROWS - 4);
  assert_int_equal(t->n_marks, 1);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bad_rules_are_refused_with_their_key),
      cmocka_unit_test(shipped_profiles_are_read_and_marked_unconfirmed), cmocka_unit_test(every_figure_gets_its_mark),
      cmocka_unit_test(protection_goes_before_publication)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
