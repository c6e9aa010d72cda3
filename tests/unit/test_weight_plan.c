/* Weight programmes: keys and places of errors, respondents never by default, factors kept apart with history, totals checked before and after. */
#include "tests/unit/weight_fixture.h"

enum { N = 600 };
struct world {
  struct fixture f;
  int32_t area[N], sex[N], status[N], house[N];
  double income[N];
};
static void new_world(struct world *w) {
  struct rng r;
  rng_init(&r, 11, "weights", "world", 5);
  fixture_new(&w->f, N);
  for (int i = 0; i < N; i++) {
    w->area[i] = i / 2 % 4, w->house[i] = i / 2;
    w->sex[i] = (int32_t)rng_below(&r, 2);
    w->status[i] = rng_uniform(&r) < 0.7 + 0.05 * w->area[i] ? 1 : rng_uniform(&r) < 0.1 ? 9 : 2;
    w->income[i] = 100 + 40 * rng_uniform(&r);
    w->f.base[i] = 10 + w->area[i];
  }
  fixture_codes(&w->f, "area", w->area, 4, "%d");
  fixture_codes(&w->f, "sex", w->sex, 2, "%d");
  fixture_codes(&w->f, "status", w->status, 10, "%d");
  fixture_codes(&w->f, "house", w->house, N / 2, "%04d");
  fixture_number(&w->f, "income", w->income);
}
#define RESPONDENTS "{\"step\":\"respondents\",\"response\":\"status\",\"codes\":[\"1\"],\"nonrespondents\":[\"2\"],\"ineligible\":[\"9\"]}"
#define CLASSES "{\"step\":\"nonresponse\",\"method\":\"classes\",\"by\":[\"area\"],\"min_respondents\":5,\"max_factor\":3}"
static const char MARGINS[] = "item,code,total\narea,0,1600\narea,1,1700\narea,2,1800\narea,3,1900\nsex,0,3400\nsex,1,3600\n";
#define CALIBRATE(method) "{\"step\":\"calibrate\",\"method\":\"" method "\",\"margins\":\"margins.csv\"}"

static void keys_and_places(void **state) {
  (void)state;
  static const struct {
    const char *json;
    enum err_code code;
    const char *subject;
  } bad[] = {
      {"[{\"step\":\"calibrate\",\"method\":\"linear\",\"totals\":[{\"item\":\"*\",\"total\":5}],\"bonds\":[0.5,2]}]", E_WEIGHT_PLAN_KEY,
          "adjust[0].bonds"},
      {"[{\"step\":\"calibrate\",\"method\":\"linear\",\"totals\":[{\"item\":\"*\",\"total\":5}],\"bounds\":[0.5,2]}]", E_WEIGHT_PLAN_VALUE,
          "adjust[0].bounds"},
      {"[{\"step\":\"calibrate\",\"method\":\"logit\",\"totals\":[{\"item\":\"*\",\"total\":5}]}]", E_WEIGHT_PLAN_VALUE, "adjust[0].bounds"},
      {"[{\"step\":\"calibrate\",\"method\":\"logit\",\"totals\":[{\"item\":\"*\",\"total\":5}],\"bounds\":[1.1,2]}]", E_WEIGHT_PLAN_VALUE,
          "adjust[0].bounds"},
      {"[{\"step\":\"calibrate\",\"method\":\"greg\",\"totals\":[{\"item\":\"*\",\"total\":5}]}]", E_WEIGHT_PLAN_VALUE, "adjust[0].method"},
      {"[{\"step\":\"calibrate\",\"method\":\"linear\",\"totals\":[{\"item\":\"*\",\"total\":5,\"weight\":1}]}]", E_WEIGHT_PLAN_KEY, "weight"},
      {"[{\"step\":\"calibrate\",\"method\":\"linear\"}]", E_WEIGHT_PLAN_VALUE, "adjust[0].margins"},
      {"[{\"step\":\"calibrate\",\"method\":\"linear\",\"totals\":[{\"item\":\"a\",\"code\":\"1\",\"total\":5},{\"item\":\"a\","
          "\"code\":\"1\",\"total\":6}]}]",
          E_MARGIN_TABLE, "a 1 stands twice"},
      {"[{\"step\":\"calibrate\",\"method\":\"linear\",\"within\":\"area\",\"totals\":[{\"item\":\"*\",\"total\":5}]}]", E_WEIGHT_PLAN_VALUE,
          "adjust[0].within"},
      {"[" RESPONDENTS "," RESPONDENTS "]", E_WEIGHT_PLAN_VALUE, "adjust[1].step"},
      {"[" CLASSES "]", E_WEIGHT_PLAN_VALUE, "adjust[0].step"},
      {"[{\"step\":\"trim\",\"low\":1,\"keep\":\"totals\"}]", E_WEIGHT_PLAN_VALUE, "adjust[0].keep"},
      {"[{\"step\":\"trim\",\"low\":3,\"high\":2,\"keep\":\"sum\"}]", E_WEIGHT_PLAN_VALUE, "adjust[0].low"},
      {"[{\"step\":\"trim\",\"keep\":\"sum\"}]", E_WEIGHT_PLAN_VALUE, "adjust[0].high"},
      {"[{\"step\":\"rake\"}]", E_WEIGHT_PLAN_VALUE, "adjust[0].step"},
      {"{\"step\":\"trim\"}", E_WEIGHT_PLAN_VALUE, "adjust.step"},
      {"[" RESPONDENTS ",{\"step\":\"nonresponse\",\"method\":\"logistic\",\"by\":[\"area\"]}]", E_WEIGHT_PLAN_KEY, "adjust[1].by"},
  };
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    struct world w;
    new_world(&w);
    assert_int_equal(fixture_plan(&w.f, bad[k].json, NULL), bad[k].code);
    assert_string_equal(w.f.e.subject, bad[k].subject);
    arena_free(w.f.a);
  }
}

static void margin_tables(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t line;
  } bad[] = {{"item,code\nsex,1\n", 1}, {"item,code,total,remark\nsex,1,2,x\n", 1}, {"item,code,total\nsex,0,12\nsex,1,many\n", 3},
      {"item,code,total\nsex,0,12\nsex,0,13\n", 3}, {"item,code,total\n,0,12\n", 2}, {"item,code,total\nsex,0,inf\n", 2}, {"item,code,total\n", 1}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    struct world w;
    new_world(&w);
    assert_int_equal(fixture_plan(&w.f, "[" CALIBRATE("linear") "]", bad[k].text), E_MARGIN_TABLE);
    assert_int_equal(w.f.e.line, bad[k].line);
    assert_string_equal(w.f.e.file, "margins.csv");
    arena_free(w.f.a);
  }
}

/* A code in no list stops; so does a missing code; "unknown": "nonrespondent" makes them nonrespondents, never respondents. */
static void response_codes_unmatched_are_never_respondents(void **state) {
  (void)state;
  struct world w;
  new_world(&w);
  w.f.columns.n_columns = 2; /* status anew, with a code that no list has and a blank */
  w.status[17] = 5, w.status[18] = -2;
  fixture_codes(&w.f, "status", w.status, 10, "%d");
  assert_int_equal(fixture_both(&w.f, "[" RESPONDENTS "," CLASSES "]", NULL), E_RESPONSE_CODE);
  assert_string_equal(w.f.e.found, "code 5, row 18");
  assert_int_equal(fixture_both(&w.f,
                       "[{\"step\":\"respondents\",\"response\":\"status\",\"codes\":[\"1\",\"5\"],\"nonrespondents\":[\"2\"],"
                           "\"ineligible\":[\"9\"]}]", NULL),
      E_RESPONSE_CODE);
  assert_string_equal(w.f.e.found, "no code , row 19");
  assert_int_equal(fixture_both(&w.f, "[{\"step\":\"respondents\",\"response\":\"status\",\"codes\":[\"1\"],\"unknown\":\"nonrespondent\"}]",
      NULL), E_OK);
  assert_true(w.f.survey.weight[17] == 0 && w.f.survey.weight[18] == 0);
  for (int i = 0; i < N; i++) assert_true((w.f.survey.weight[i] > 0) == (w.status[i] == 1));
  assert_int_equal(fixture_both(&w.f, "[{\"step\":\"respondents\",\"response\":\"status\",\"codes\":[\"01\"],\"unknown\":\"nonrespondent\"}]", NULL),
      E_RESPONSE_NONE);
  assert_int_equal(fixture_both(&w.f, "[{\"step\":\"respondents\",\"response\":\"state\",\"codes\":[\"1\"]}]", NULL), E_WEIGHT_ITEM);
  arena_free(w.f.a);
}

/* respondents, classes, raking, trimming: every factor by itself, their product is the weight, totals are met to the end. */
static void factors_stay_apart(void **state) {
  (void)state;
  struct world w;
  new_world(&w);
  assert_int_equal(fixture_both(&w.f,
      "[" RESPONDENTS "," CLASSES "," CALIBRATE("raking") ",{\"step\":\"trim\",\"high\":16.5,\"keep\":\"totals\"}]", MARGINS), E_OK);
  const struct weight_history *h = &w.f.history;
  assert_int_equal(h->n, 4);
  assert_int_equal(w.f.survey.n_adjustments, 4);
  for (int i = 0; i < N; i++) {
    double v = w.f.base[i];
    for (int k = 0; k < 4; k++) v *= h->record[k].factor[i];
    assert_true(fabs(v - w.f.survey.weight[i]) <= 1e-12 * v);
    assert_true((w.f.survey.weight[i] > 0) == (w.status[i] == 1));
    assert_true(w.f.survey.weight[i] <= 16.5 * (1 + 1e-12));
  }
  assert_true(h->record[2].largest > h->record[2].median && h->record[3].n_at_bound > 0);
  for (int k = 1; k < 4; k++) assert_true(h->record[k].sum_before == h->record[k - 1].sum_after);
  static const double area[] = {1600, 1700, 1800, 1900}, sex[] = {3400, 3600};
  for (int k = 0; k < 4; k++) assert_true(fabs(fixture_sum(w.f.survey.weight, w.area, k, N) - area[k]) < 1e-6);
  for (int k = 0; k < 2; k++) assert_true(fabs(fixture_sum(w.f.survey.weight, w.sex, k, N) - sex[k]) < 1e-6);
  assert_true(fabs(h->record[3].sum_after - 7000) < 1e-6 && h->record[3].met);
  double *again = ARENA_ARRAY(w.f.a, double, N);
  assert_int_equal(weight_programme_redo(w.f.a, w.f.programme, w.f.base, again, &w.f.e), E_OK);
  for (int i = 0; i < N; i++) assert_true(fabs(again[i] - w.f.survey.weight[i]) <= 1e-8 * fabs(again[i]));
  arena_free(w.f.a);
}

static void hashes_name_what_was_used(void **state) {
  (void)state;
  struct world w;
  char first[2][DIGEST_TEXT], digest[DIGEST_TEXT];
  static const char other[] = "item,code,total\narea,0,1601\narea,1,1700\narea,2,1800\narea,3,1899\nsex,0,3400\nsex,1,3600\n";
  new_world(&w);
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("raking") "]", MARGINS), E_OK);
  memcpy(first[0], w.f.plan.step[0].spec_hash, DIGEST_TEXT), memcpy(digest, w.f.history.record[0].digest, DIGEST_TEXT);
  assert_int_equal(fixture_both(&w.f, "[{\"margins\":\"margins.csv\", \"method\":\"raking\",\"step\":\"calibrate\"}]", MARGINS), E_OK);
  assert_string_equal(first[0], w.f.plan.step[0].spec_hash); /* the order of keys says nothing */
  assert_string_equal(digest, w.f.history.record[0].digest);
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("raking") "]", other), E_OK);
  assert_string_not_equal(first[0], w.f.plan.step[0].spec_hash);
  assert_string_not_equal(digest, w.f.history.record[0].digest);
  assert_int_equal(strlen(first[0]), 64);
  arena_free(w.f.a);
}

static void totals_are_checked_before(void **state) {
  (void)state;
  struct world w;
  new_world(&w);
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("raking") "]",
      "item,code,total\nsex,0,3400\nsex,1,3600\narea,0,1600\narea,1,1700\narea,2,1800\narea,3,1950\n"),
      E_MARGINS_DISAGREE);
  assert_string_equal(w.f.e.subject, "sex sums to 7000, area to 7050, difference 50");
  assert_int_equal(w.f.e.line, 4);
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("raking") "]", "item,code,total\nsex,0,3400\nsex,1,3500\nsex,2,100\n"), E_MARGIN_EMPTY);
  assert_string_equal(w.f.e.found, "sex 2");
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("raking") "]", "item,code,total\narea,0,1600\narea,1,1700\narea,2,1800\n"), E_MARGIN_NO_TOTAL);
  assert_string_equal(w.f.e.subject, "area 3, row 7");
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("linear") "]", "item,code,total\nage,0,1600\n"), E_WEIGHT_ITEM);
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("linear") "]", "item,code,total\nincome,,700000\nincome,1,7\n"), E_MARGIN_TABLE);
  assert_int_equal(fixture_both(&w.f, "[" CALIBRATE("linear") "]", "item,code,total\nsex,,700000\n"), E_MARGIN_TABLE);
  /* crossed items, a number and the constant together */
  assert_int_equal(fixture_both(&w.f, "[{\"step\":\"calibrate\",\"method\":\"linear\",\"partial\":true,\"totals\":[{\"item\":\"*\",\"total\":7000},"
                                      "{\"item\":\"sex:area\",\"code\":\"1:3\",\"total\":900},{\"item\":\"income\",\"total\":850000}]}]", NULL),
                                          E_OK);
  double total = 0, crossed = 0, income = 0;
  for (int i = 0; i < N; i++) {
    const double v = w.f.survey.weight[i];
    total += v, crossed += w.sex[i] == 1 && w.area[i] == 3 ? v : 0, income += v * w.income[i];
  }
  assert_true(fabs(total - 7000) < 1e-6 && fabs(crossed - 900) < 1e-6 && fabs(income - 850000) < 1e-4);
  arena_free(w.f.a);
}

/* Totals out of reach of the bounds: stop with bounds that would do; or the nearest weights, said. */
static void unmet(void **state) {
  (void)state;
  struct world w;
  static const char far[] = "item,code,total\narea,0,3200\narea,1,1700\narea,2,1800\narea,3,1900\nsex,0,4300\nsex,1,4300\n";
#define BOUNDED(unmet) "[{\"step\":\"calibrate\",\"method\":\"truncated\",\"bounds\":[0.8,1.3],\"margins\":\"margins.csv\"" unmet "}]"
  new_world(&w);
  assert_int_equal(fixture_both(&w.f, BOUNDED(""), far), E_WEIGHT_UNMET);
  assert_non_null(strstr(w.f.e.next, "bounds ["));
  assert_non_null(strstr(w.f.e.found, "area 0: "));
  assert_int_equal(fixture_both(&w.f, BOUNDED(",\"unmet\":\"report\""), far), E_OK);
  const struct weight_record *r = &w.f.history.record[0];
  assert_true(!r->met && r->n_unmet >= 1 && r->has_hint && r->hint_high > 1.3);
  for (int i = 0; i < N; i++) assert_true(r->factor[i] >= 0.8 - 1e-12 && r->factor[i] <= 1.3 + 1e-12);
  arena_free(w.f.a);
}

/* Members of a household have one weight, parts are met one by one. */
static void households_and_parts(void **state) {
  (void)state;
  struct world w;
  static const char parts[] = "within,item,code,total\n0,sex,0,800\n0,sex,1,900\n1,sex,0,850\n1,sex,1,900\n2,sex,0,900\n2,sex,1,910\n3,sex,"
      "0,990\n3,sex,1,980\n";
  static const char *const forms[] = {"\"house\"", "{\"item\":\"house\",\"form\":\"sum\"}"};
  for (int form = 0; form < 2; form++) {
    char json[256];
    new_world(&w);
    snprintf(json, sizeof json,
        "[{\"step\":\"calibrate\",\"method\":\"raking\",\"within\":\"area\",\"household\":%s,\"margins\":\"margins.csv\"}]", forms[form]);
    assert_int_equal(fixture_both(&w.f, json, parts), E_OK);
    for (int i = 0; i < N; i += 2) assert_true(w.f.survey.weight[i] == w.f.survey.weight[i + 1]);
    static const double expected[4][2] = {{800, 900}, {850, 900}, {900, 910}, {990, 980}};
    for (int area = 0; area < 4; area++)
      for (int sex = 0; sex < 2; sex++) {
        double s = 0;
        for (int i = 0; i < N; i++) s += w.area[i] == area && w.sex[i] == sex ? w.f.survey.weight[i] : 0;
        assert_true(fabs(s - expected[area][sex]) <= 1e-9 * expected[area][sex]);
      }
    w.f.base[7] *= 1.5;
    assert_int_equal(fixture_run(&w.f), E_HOUSEHOLD_WEIGHTS);
    w.f.base[7] /= 1.5;
    arena_free(w.f.a);
  }
  new_world(&w);
  w.house[1] = 5;
  w.f.columns.n_columns = 3;
  fixture_codes(&w.f, "house", w.house, N / 2, "%04d");
  assert_int_equal(fixture_both(&w.f,
      "[{\"step\":\"calibrate\",\"method\":\"raking\",\"within\":\"area\",\"household\":\"house\",\"margins\":\"margins.csv\"}]", parts),
          E_HOUSEHOLD_SPLIT);
  arena_free(w.f.a);
}

/* Small classes stop by default; joined on demand, told, and joined with the class that shares the leading item. */
static void small_classes(void **state) {
  (void)state;
  struct world w;
  new_world(&w);
#define BY_TWO(collapse) "[" RESPONDENTS ",{\"step\":\"nonresponse\",\"method\":\"classes\",\"by\":[\"area\",\"sex\"]," \
    "\"min_respondents\":58" collapse "}]"
  assert_int_equal(fixture_both(&w.f, BY_TWO(""), NULL), E_CLASS_SMALL);
  assert_int_equal(fixture_both(&w.f, BY_TWO(",\"collapse\":\"neighbour\""), NULL), E_OK);
  const struct weight_record *r = &w.f.history.record[1];
  assert_true(r->n_joined > 0 && r->n_notes == r->n_joined);
  assert_int_equal(strncmp(r->note[0], "class ", 6), 0);
  assert_int_equal(r->n_classes, 8 - r->n_joined);
  double before = 0, after = 0; /* who answered stands for all who are no ineligible */
  for (int i = 0; i < N; i++) before += w.status[i] != 9 ? w.f.base[i] : 0, after += w.f.survey.weight[i];
  assert_true(fabs(before - after) < 1e-9 * before);
  arena_free(w.f.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(keys_and_places), cmocka_unit_test(margin_tables),
      cmocka_unit_test(response_codes_unmatched_are_never_respondents), cmocka_unit_test(factors_stay_apart),
          cmocka_unit_test(hashes_name_what_was_used),
      cmocka_unit_test(totals_are_checked_before), cmocka_unit_test(unmet), cmocka_unit_test(households_and_parts), cmocka_unit_test(small_classes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
