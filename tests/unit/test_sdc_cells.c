/* Each primary rule on a table of the store: nine areas whose cells can be added by hand. What is hidden stands beside every rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/sdc/sdc_primary.h"
#include "estimators/table/tabulate.h"

static const struct record {
  char area;
  int64_t x, y, owner; /* owner 0 = stands alone */
  uint8_t waiver, asked;
} records[] = {
    {'A', 50, 1, 0, 0, 0}, {'A', 45, 1, 0, 0, 0}, {'A', 5, 1, 0, 0, 0},                       /* 95 of 100 by two */
    {'B', 80, 1, 0, 0, 0}, {'B', 10, 1, 0, 0, 0}, {'B', 6, 1, 0, 0, 0}, {'B', 4, 1, 0, 0, 0}, /* 90 by two, 96 by three */
    {'C', 60, 1, 0, 0, 0}, {'C', 30, 1, 0, 0, 0},                                             /* two units */
    {'D', 10, 1, 7, 0, 0}, {'D', 11, 1, 7, 0, 0}, {'D', 12, 1, 7, 0, 0},                      /* three units of one owner */
    {'E', 0, 1, 0, 0, 0}, {'E', 0, 1, 0, 0, 0}, {'E', 0, 1, 0, 0, 0}, {'E', 0, 1, 0, 0, 0},   /* zeros observed */
    {'F', -70, 1, 0, 0, 0}, {'F', 20, 1, 0, 0, 0}, {'F', 5, 1, 0, 0, 0}, {'F', 5, 1, 0, 0, 0}, /* 70 of 100 by size */
    {'G', 95, 1, 0, 1, 0}, {'G', 3, 1, 0, 0, 0}, {'G', 2, 1, 0, 0, 0},                        /* the largest consents */
    {'H', 70, 1, 0, 0, 1}, {'H', 20, 1, 0, 0, 0}, {'H', 10, 1, 0, 0, 0},                      /* the largest asked */
    {'I', 10, 97, 0, 0, 0}, {'I', 10, 1, 0, 0, 0}, {'I', 10, 1, 0, 0, 0},                     /* the denominator is dominated */
};
enum { N = sizeof records / sizeof *records };
static const struct {
  const char *name;
  struct sdc_rule rule;
  bool owners, waivers, asked;
  const char *total, *count, *ratio; /* areas hidden in total(x), count(), ratio(x,y); * = the margin */
} rules[] = {
    {"three units", {.min_n = 3}, false, false, false, "C", "C", "C"},
    {"three owners", {.min_n = 3}, true, false, false, "CD", "CD", "CD"},
    {"2, 90 %", {.dominance_n = 2, .dominance_percent = 90}, false, false, false, "ACG", "", "ACGI"},
    {"3, 95 %", {.dominance_n = 3, .dominance_percent = 95}, false, false, false, "ABCDGHI", "", "ABCDGHI"},
    {"1, 65 %", {.dominance_n = 1, .dominance_percent = 65}, false, false, false, "BCFGH", "", "*BCFGHI"},
    {"p 10 %", {.p = 10, .q = 100, .coalition = 1}, false, false, false, "CG", "", "CGI"},
    {"p 10 %, coalition of two", {.p = 10, .q = 100, .coalition = 2}, false, false, false, "ABCDFGHI", "", "ABCDFGHI"},
    {"p/q 10/50", {.p = 10, .q = 50, .coalition = 1}, false, false, false, "ABCFGH", "", "ABCFGHI"},
    {"p 10 %, waiver", {.p = 10, .q = 100, .coalition = 1}, false, true, false, "C", "", "CI"},
    {"on request", {.request = true, .request_percent = 50, .min_n = 3}, false, false, true, "H", "", "H"},
    {"zeros of a group", {.p = 10, .q = 100, .coalition = 1, .zero_is_group = true}, false, false, false, "CEG", "", "CEGI"},
};

static const struct table *shard_of(struct arena *a, struct table *t) {
  struct column columns[3] = {
      {.name = "area", .type = COL_CODE}, {.name = "x", .type = COL_INT, .unit = ""}, {.name = "y", .type = COL_INT, .unit = ""}};
  struct err e;
  columns[0].dict = dict_new(a);
  assert_int_equal(table_init(t, a, columns, 3, N + 1, &e), E_OK);
  for (int i = 0; i < N; i++) {
    t->columns[0].code[i] = dict_add(t->columns[0].dict, str_view(&records[i].area, 1));
    t->columns[1].i64[i] = records[i].x, t->columns[2].i64[i] = records[i].y;
    for (int c = 0; c < 3; c++) t->columns[c].status[i] = VAL_REPORTED;
  }
  t->n_rows = N;
  return t;
}
static void hidden_areas(const struct result_table *t, int measure, char out[32]) {
  size_t n = 0;
  for (int64_t i = 0; i < t->n_rows; i++)
    if (t->measures[measure].status[i] == RESULT_SUPPRESSED)
      out[n++] = str_eq(t->dimensions[0].code[i], STR("_T")) ? '*' : t->dimensions[0].code[i].p[0];
  out[n] = 0;
}
static struct result_table *make(struct arena *a, const struct sdc_judging *g) {
  struct table *t = ARENA_NEW(a, struct table);
  const struct table **shards = ARENA_ARRAY(a, const struct table *, 1);
  struct item items[] = {
      {.name = "area", .unit = "", .record = "r"}, {.name = "x", .unit = "", .record = "r"}, {.name = "y", .unit = "", .record = "r"}};
  const struct form form = {.survey = "s", .id = "f", .n_items = 3, .items = items};
  const struct table_spec spec = {"t", "", "", "f", "area", "", "total(x);count();ratio(x,y)", "", "", "", "p", 2};
  struct table_plan plan;
  struct result_table *out;
  struct err e;
  shards[0] = shard_of(a, t);
  const struct tabulate_input in = {&form, shards, 1, NULL, g};
  assert_int_equal(table_plan_parse(a, &spec, &plan, &e), E_OK);
  assert_int_equal(tabulate(a, &in, &plan, &out, &e), E_OK);
  return out;
}
static void each_rule_hides_what_it_should(void **state) {
  (void)state;
  int64_t owner[N];
  uint8_t waiver[N], asked[N];
  for (int i = 0; i < N; i++) owner[i] = records[i].owner ? records[i].owner : -1, waiver[i] = records[i].waiver, asked[i] = records[i].asked;
  for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
    struct arena *a = arena_new(0);
    char have[32];
    struct sdc_primary_report r;
    const struct disclosure_profile p = {.name = "p", .rule = rules[k].rule};
    const struct sdc_judging g = {&p.rule, rules[k].owners ? owner : NULL, rules[k].waivers ? waiver : NULL, rules[k].asked ? asked : NULL};
    struct result_table *t = make(a, &g);
    sdc_primary(t, &p, &r);
    const char *const want[] = {rules[k].total, rules[k].count, rules[k].ratio};
    for (int m = 0; m < 3; m++) {
      hidden_areas(t, m, have);
      if (strcmp(have, want[m]) != 0) fail_msg("%s, %s: hidden %s, not %s", rules[k].name, t->measures[m].name, have, want[m]);
    }
    arena_free(a);
  }
}
/* What a mean gives away: the sum with its sign; and the only contributor by name. */
static void a_judgement_keeps_what_the_audit_needs(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  static const struct sdc_rule rule = {.p = 10, .q = 100, .coalition = 1, .weights = SDC_WEIGHTS_RAW};
  const struct sdc_judging g = {.rule = &rule};
  const int32_t row[] = {0, 0, 1, -1, 0};
  const double x[] = {-70, 20, 9, 1000, 5}, w[] = {1, 2, 3, 1, 0};
  struct sdc_judgement j[3] = {{0}};
  struct err e;
  assert_int_equal(sdc_judge_cells(a, &g, 5, row, x, w, 3, j, &e), E_OK);
  assert_true(j[0].n == 2 && j[0].sum == -30 && j[0].total == 110 && j[0].weight == 3 && j[0].negative); /* weight 0 takes no part */
  assert_true(j[1].n == 1 && j[1].sum == 27 && j[1].owner == 2 && !j[1].negative);
  assert_int_equal(j[2].n, 0);
  arena_free(a);
}
static const struct {
  enum sdc_weights weights;
  double level;
} weighted[] = {{SDC_WEIGHTS_NONE, 5 - 0}, {SDC_WEIGHTS_REPEAT, 5 - 4}, {SDC_WEIGHTS_RAW, 5 - 4.4}};
/* Units of 50 (weight 1) and 4 (weight 2.1): the rest beside the two largest is nothing; the second 4; 58.4 - 54. p 10 % of 50 is 5. */
static void weights_count_as_the_profile_says(void **state) {
  (void)state;
  for (size_t k = 0; k < 3; k++) {
    struct arena *a = arena_new(0);
    const struct sdc_rule rule = {.p = 10, .q = 100, .coalition = 1, .weights = weighted[k].weights};
    const struct sdc_judging g = {.rule = &rule};
    const int32_t row[] = {0, 0};
    const double x[] = {50, 4}, w[] = {1, 2.1};
    struct sdc_judgement j[1] = {{0}};
    struct err e;
    assert_int_equal(sdc_judge_cells(a, &g, 2, row, x, w, 1, j, &e), E_OK);
    assert_int_equal(j[0].reason, SDC_P_PERCENT);
    assert_true(fabs(j[0].level - weighted[k].level) < 1e-9);
    arena_free(a);
  }
}
/* Selection of the largest against a full sort: many contributions, every rule, any order. */
static void the_largest_are_found_among_many(void **state) {
  (void)state;
  struct sdc_contribution x[500] = {{0}}, y[500];
  uint64_t seed = 9;
  for (int round = 0; round < 200; round++) {
    const int n = 1 + round * 2;
    double top[4] = {0}, total = 0;
    for (int i = 0; i < n; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      const double v = (double)(seed >> 33 & 1023) * (seed >> 50 & 1 ? 1 : 0.5);
      x[i] = (struct sdc_contribution){v, 1, -1, false, false, i};
      total += v;
      for (int k = 0; k < 4; k++)
        if (v > top[k]) {
          memmove(top + k + 1, top + k, sizeof *top * (size_t)(3 - k));
          top[k] = v;
          break;
        }
    }
    memcpy(y, x, sizeof x);
    struct sdc_judgement j;
    struct err e;
    const struct sdc_rule rule = {.dominance_n = 4, .dominance_percent = 1, .p = 50, .q = 100, .coalition = 2};
    assert_int_equal(sdc_judge(&rule, y, n, &j, &e), E_OK);
    const double four = top[0] + top[1] + top[2] + top[3], rest = total - top[0] - top[1] - top[2];
    const double level = total > 0 ? fmax(100 * four - total, 0.5 * top[0] - rest) : 0;
    if (fabs(j.level - fmax(level, 0)) > 1e-6 || j.largest != top[0] || j.second != top[1])
      fail_msg("%d contributions: %g, not %g", n, j.level, level);
  }
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_rule_hides_what_it_should),
      cmocka_unit_test(a_judgement_keeps_what_the_audit_needs),
      cmocka_unit_test(weights_count_as_the_profile_says),
      cmocka_unit_test(the_largest_are_found_among_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
