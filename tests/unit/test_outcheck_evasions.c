/* test_outcheck_evasions.c -- row 25: tables that hide a figure and tell it beside it, and tables that are named so that a rule does not see them. */
#include "tests/unit/outcheck_fixture.h"

#define HEAD "region,measure,kind,value,n,status,df,parameters,se,cv,unit\n"
static bool reveals(struct looking *l, int64_t line, const char *detail) {
  for (int64_t i = 0; i < l->r.n_findings; i++) {
    const struct outcheck_finding *f = &l->r.finding[i];
    if (f->reason == OUTCHECK_EXACT && f->line == line && strcmp(f->detail, detail) == 0) return true;
  }
  return false;
}
/* 160 - 100 - 52 = 8: the n of one hidden figure is the other one. */
static void what_stands_beside_a_hidden_figure(void **state) {
  (void)state;
  static const struct {
    const char *row;
    enum outcheck_verdict household, establishment;
  } cases[] = {{"2,births,count,,52,suppressed,,,,,\n", OUTCHECK_FAIL, OUTCHECK_PASS},
      {"2,births,count,,,suppressed,50,,,,\n", OUTCHECK_FAIL, OUTCHECK_FAIL},
      {"2,births,count,,,suppressed,,3,,,\n", OUTCHECK_FAIL, OUTCHECK_FAIL},
      {"2,births,count,,,suppressed,,,7.2,,\n", OUTCHECK_FAIL, OUTCHECK_FAIL},
      {"2,births,count,,,suppressed,,,,13.8,\n", OUTCHECK_FAIL, OUTCHECK_FAIL},
      {"2,births,count,,,suppressed,,,,,births\n", OUTCHECK_PASS, OUTCHECK_PASS}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int p = 0; p < 2; p++) {
      char text[400];
      snprintf(text, sizeof text, HEAD "_T,births,count,160,160,,,,,,\n1,births,count,100,100,,,,,,\n%s"
          "3,births,count,,,suppressed,,,,,\n", cases[i].row);
      struct looking l = look_at(p ? "establishment" : "household", "t.csv", text, NULL);
      assert_int_equal(verdict_of(&l, OUTCHECK_HIDDEN_SHOWN, 4), p ? cases[i].establishment : cases[i].household);
      look_end(&l);
    }
}
/* The n of shown means tell the number of units of a hidden one; so does the n of another measure about the same units. */
static void units_of_a_hidden_figure_follow(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv", HEAD "_T,income,sum,900,160,,,,,,\n"
      "1,income,sum,500,100,,,,,,\n2,income,sum,,,suppressed,,,,,\n"
      "3,income,sum,,,suppressed,,,,,\n_T,age,mean,40,160,,,,,,\n1,age,mean,41,100,,,,,,\n"
      "2,age,mean,39,52,,,,,,\n3,age,mean,,,suppressed,,,,,\n", NULL);
  assert_true(reveals(&l, 5, "its number of units")); /* by the n of age */
  assert_true(reveals(&l, 9, "its number of units"));
  assert_false(reveals(&l, 4, "its number of units")); /* 52 units are no few */
  look_end(&l);
  l = look_at("household", "t.csv", HEAD "_T,births,count,160,160,,,,,,\n"
      "1,births,count,100,100,,,,,,\n2,births,count,,,suppressed,,,,,\n"
      "3,births,count,,,suppressed,,,,,\n_T,weight,mean,3000,160,,,,,,\n1,weight,mean,3010,100,,,,,,\n2,weight,mean,2990,52,,,,,,\n", NULL);
  assert_true(reveals(&l, 5, "its number of units"));
  look_end(&l);
  l = look_at("household", "t.csv", HEAD "_T,income,sum,900,160,,,,,,\n"
      "1,income,sum,500,100,,,,,,\n2,income,sum,,,suppressed,,,,,\n"
      "3,income,sum,,,suppressed,,,,,\n", NULL);
  assert_int_equal(findings(&l, OUTCHECK_EXACT, -1), 0);
  look_end(&l);
}
static void totals_by_other_words(void **state) {
  (void)state;
  static const char *const words[] = {"_T", "計", "総数", "合計", "総計", "total", "Total", "ALL", "", " 計 ", "　合計"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    char text[400];
    snprintf(text, sizeof text, HEAD "%s,births,count,60,60,,,,,,\n1,births,count,31,31,,,,,,\n2,births,count,20,20,,,,,,\n"
        "3,births,count,,,suppressed,,,,,\n", words[i]);
    struct looking l = look_at("household", "t.csv", text, NULL);
    assert_int_equal(verdict_of(&l, OUTCHECK_EXACT, 5), OUTCHECK_FAIL);
    look_end(&l);
  }
  struct looking l = look_at("household", "t.csv", HEAD "_T,x,count,90,90,,,,,,\n"
      "計,births,count,60,60,,,,,,\n1,births,count,31,31,,,,,,\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_TOTAL_UNTOLD, 3), OUTCHECK_REVIEW);
  assert_int_equal(findings(&l, OUTCHECK_TOTAL_UNTOLD, 2), 0);
  look_end(&l);
}
static void one_kind_for_a_measure(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv", HEAD "_T,births,sum,60,60,,,,,,\n1,births,count,31,31,,,,,,\n"
      "2,births,count,,,suppressed,,,,,\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_TWO_KINDS, 3), OUTCHECK_FAIL);
  assert_int_equal(findings(&l, OUTCHECK_TWO_KINDS, 2), 0);
  look_end(&l);
}
static void a_sum_by_another_name(void **state) {
  (void)state;
  static const struct {
    const char *row;
    enum outcheck_reason reason;
    bool found;
  } cases[] = {{"gini,0.4", OUTCHECK_RANGE, false}, {"gini,5940", OUTCHECK_RANGE, true}, {"survival,0.4", OUTCHECK_RANGE, false},
      {"survival,1.4", OUTCHECK_RANGE, true}, {"survival,-0.4", OUTCHECK_RANGE, true}, {"hhi,10001", OUTCHECK_RANGE, true},
      {"statistic,5190", OUTCHECK_DOMINANCE, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[400];
    snprintf(text, sizeof text, HEAD "1,income,%s,20,,18,2,,,\n", cases[i].row);
    struct strbuf u;
    strbuf_init(&u, 0);
    strbuf_adds(&u, "unit,region,income\n");
    for (int k = 1; k <= 20; k++) strbuf_addf(&u, "u%d,1,%d\n", k, k == 1 ? 5000 : 10);
    struct looking l = look_at("household", "t.csv", text, strbuf_cstr(&u));
    assert_int_equal(findings(&l, cases[i].reason, 2) == 1, cases[i].found);
    look_end(&l);
    strbuf_release(&u);
  }
}
/* 3 persons with n = 60: nobody sees the records, so the figure speaks. */
static void a_small_count_with_a_large_n(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv", HEAD "1,births,count,3,60,,,,,,\n2,births,count,3,60,,,,,,千人\n3,births,count,40,60,,,,,,\n"
      "4,births,count,61,60,,,,,,\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 3), OUTCHECK_REVIEW);
  assert_int_equal(verdict_of(&l, OUTCHECK_COUNT_WRONG, 4), OUTCHECK_REVIEW);
  assert_int_equal(findings(&l, OUTCHECK_SMALL, 5) + findings(&l, OUTCHECK_COUNT_WRONG, 5), 0);
  look_end(&l);
}

/* Digits of other scripts, small and formal ones; a status that speaks; zeros before a number; counts below nothing. */
static void numbers_in_texts(void **state) {
  (void)state;
  static const struct {
    const char *row;
    enum outcheck_reason reason;
    bool found;
  } cases[] = {{"¹²³⁴⁵⁶⁷,x,count,60,60,,,,,,\n", OUTCHECK_TEXT_DIGITS, true},
      {"๑๒๓๔๕๖๗,x,count,60,60,,,,,,\n", OUTCHECK_TEXT_DIGITS, true},
      {"壱百弐拾参万四,x,count,60,60,,,,,,\n", OUTCHECK_TEXT_DIGITS, true},
      {"千葉県市原市,x,count,60,60,,,,,,\n", OUTCHECK_TEXT_DIGITS, false},
      {"1,x,count,60,60,3120g,,,,,\n", OUTCHECK_STATUS, true}, {"1,x,count,60,60,,,,,,\n", OUTCHECK_STATUS, false},
      {"1,x,count,0000060,60,,,,,,\n", OUTCHECK_NOT_A_NUMBER, true}, {"1,x,count,60,00060,,,,,,\n", OUTCHECK_NOT_A_NUMBER, true},
      {"1,x,mean,-0.0,60,,,,,,\n", OUTCHECK_NOT_A_NUMBER, true}, {"1,x,mean,-0.5,60,,,,,,\n", OUTCHECK_NOT_A_NUMBER, false},
      {"1,x,mean,0.5,60,,,,,,\n", OUTCHECK_NOT_A_NUMBER, false}, {"1,x,count,-60,60,,,,,,\n", OUTCHECK_RANGE, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[400];
    snprintf(text, sizeof text, HEAD "%s", cases[i].row);
    struct looking l = look_at("household", "t.csv", text, NULL);
    if ((findings(&l, cases[i].reason, 2) == 1) != cases[i].found) fail_msg("%s", cases[i].row);
    look_end(&l);
  }
}
/* Spaces, order of members, escapes and quotes stay behind; the figures are the same, and writing again changes nothing. */
static void tables_are_written_again(void **state) {
  (void)state;
  static const struct {
    const char *name, *text, *want;
  } cases[] = {{"t.csv", "\xef\xbb\xbf\"region\",measure,kind,value,n\r\n\"1\",x,count,60,60\r\n\"a,b\",x,count,70,70",
                   "region,measure,kind,value,n\n1,x,count,60,60\n\"a,b\",x,count,70,70\n"},
      {"t.json", "[ {\t\"region\":\"\\u0031\",  \"measure\":\"x\",\"kind\":\"mean\",\"value\":0.50,\"n\":\"60\"}\n\n, {\"n\":70,"
                 "\"value\":\"0.0000001\","
                 "\"kind\":\"mean\",\"measure\":\"x\",\"region\":2}]\t\t",
          "[{\"region\":\"1\",\"measure\":\"x\",\"kind\":\"mean\",\"value\":0.5,\"n\":60},"
          "{\"region\":\"2\",\"measure\":\"x\",\"kind\":\"mean\",\"value\":\"0.0000001\",\"n\":70}]"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf first, second;
    strbuf_init(&first, 0), strbuf_init(&second, 0);
    struct looking l = look_at("household", cases[i].name, cases[i].text, NULL);
    outcheck_table_write(&l.t, &first);
    look_end(&l);
    char got[600], *to = got; /* without the line ends and spaces of the writer */
    for (const char *p = strbuf_cstr(&first); *p; p++)
      if (i == 0 || (*p != '\n' && *p != ' ')) *to++ = *p;
    *to = 0;
    assert_string_equal(got, cases[i].want);
    l = look_at("household", cases[i].name, strbuf_cstr(&first), NULL);
    outcheck_table_write(&l.t, &second);
    assert_string_equal(strbuf_cstr(&second), strbuf_cstr(&first));
    look_end(&l);
    strbuf_release(&first), strbuf_release(&second);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_stands_beside_a_hidden_figure), cmocka_unit_test(units_of_a_hidden_figure_follow),
      cmocka_unit_test(totals_by_other_words), cmocka_unit_test(one_kind_for_a_measure), cmocka_unit_test(a_sum_by_another_name),
      cmocka_unit_test(a_small_count_with_a_large_n), cmocka_unit_test(numbers_in_texts),
      cmocka_unit_test(tables_are_written_again)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
