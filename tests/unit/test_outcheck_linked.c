/* test_outcheck_linked.c -- gaps that an outsider would use: levels within a dimension, several tables read together, means with their counts,
 *          tables behind odds ratios
 * and models, curves, concentration; and what the checkers are told about each figure. Each with a twin that is sound. */
#include "tests/unit/outcheck_fixture.h"

#include "estimators/sdc/outcheck_linked.h"

#define HEAD "region,measure,kind,value,n,status\n"
static int of(const struct outcheck_report *r, enum outcheck_reason reason, const char *file, int64_t line) {
  int n = 0;
  for (int64_t i = 0; i < r->n_findings; i++)
    n += r->finding[i].reason == reason && (!file || strcmp(r->finding[i].file, file) == 0) && (line < 0 || r->finding[i].line == line);
  return n;
}

/* --- levels --- */
#define LEVELS "column,code,parent\nregion,R1,\nregion,R2,\nregion,01,R1\nregion,02,R1\nregion,03,R2\nregion,04,R2\n"
static struct outcheck_report levels_of(struct looking *l, const char *table, const char *levels) {
  struct err e = {.code = E_OK};
  struct outcheck_hierarchy *h = ARENA_NEW(l->a, struct outcheck_hierarchy);
  struct outcheck_report r = {.a = l->a};
  assert_int_equal(outcheck_table_parse(l->a, "t.csv", str_of(table), &l->t, &e), E_OK);
  if (levels) {
    assert_int_equal(outcheck_hierarchy_csv(l->a, "levels", str_of(levels), h, &e), E_OK);
    l->t.levels = h;
  }
  assert_int_equal(outcheck_table_judge(&l->p, &l->t, NULL, &r, &e), E_OK);
  return r;
}
#define TWO_LEVELS(a, b, c, d)                                                                       \
  HEAD "_T,persons,count,200,200,\nR1,persons,count,90,90,\nR2,persons,count,110,110,\n01,persons,count," a "\n" \
       "02,persons,count," b "\n03,persons,count," c "\n04,persons,count," d "\n"
static void a_region_gives_its_prefecture_away(void **state) {
  (void)state;
  struct looking l = {.a = arena_new(0)};
  profile_named(&l, "household");
  const char *one = TWO_LEVELS(",,suppressed", "50,50,", ",,suppressed", "60,60,");
  struct outcheck_report r = levels_of(&l, one, LEVELS);
  assert_int_equal(of(&r, OUTCHECK_EXACT, NULL, 5), 1); /* 01 = R1 - 02 */
  assert_int_equal(of(&r, OUTCHECK_EXACT, NULL, 7), 1);
  assert_int_equal(r.n_intervals, 2);
  assert_true(r.interval[0].low == 40 && r.interval[0].high == 40 && r.interval[1].low == 50);
  r = levels_of(&l, one, NULL); /* without them: they do not add up, a person is asked */
  assert_int_equal(of(&r, OUTCHECK_EXACT, NULL, -1), 0);
  assert_true(of(&r, OUTCHECK_NOT_ADDITIVE, NULL, -1) > 0);
  r = levels_of(&l, TWO_LEVELS(",,suppressed", ",,suppressed", "50,50,", "60,60,"), LEVELS);
  assert_int_equal(of(&r, OUTCHECK_EXACT, NULL, -1), 0);
  assert_int_equal(of(&r, OUTCHECK_NOT_ADDITIVE, NULL, -1), 0);
  assert_true(r.n_intervals == 2 && r.interval[0].low == 0 && r.interval[0].high == 90);
  arena_free(l.a);
}
static void levels_that_are_none(void **state) {
  (void)state;
  static const char *const bad[] = {"column,code\nregion,01\n", "column,code,parent\nregion,01,\nregion,01,\n",
      "column,code,parent\nregion,01,R9\n", "column,code,parent\nregion,01,02\nregion,02,01\n",
      "column,code,parent\nregion,_T,01\n", "column,code,parent\n,01,\n"};
  struct arena *a = arena_new(0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct outcheck_hierarchy h;
    struct err e;
    assert_int_equal(outcheck_hierarchy_csv(a, "levels", str_of(bad[i]), &h, &e), E_OUTPUT_HIERARCHY);
  }
  arena_free(a);
}

/* --- several tables --- */
static struct outcheck_report together(struct looking *l, const char *first, const char *second) {
  struct err e = {.code = E_OK};
  struct outcheck_table *t[2] = {ARENA_NEW(l->a, struct outcheck_table), ARENA_NEW(l->a, struct outcheck_table)};
  struct outcheck_report r = {.a = l->a};
  assert_int_equal(outcheck_table_parse(l->a, "a.csv", str_of(first), t[0], &e), E_OK);
  if (second) assert_int_equal(outcheck_table_parse(l->a, "b.csv", str_of(second), t[1], &e), E_OK);
  for (int i = 0; i < (second ? 2 : 1); i++) assert_int_equal(outcheck_table_judge(&l->p, t[i], NULL, &r, &e), E_OK);
  assert_int_equal(of(&r, OUTCHECK_EXACT, NULL, -1), 0); /* nothing by itself: that is the point of these tables */
  assert_int_equal(outcheck_linked(&l->p, (const struct outcheck_table *const *)t, second ? 2 : 1, &r, &e), E_OK);
  return r;
}
#define BY_REGION HEAD "_T,persons,count,100,100,\n1,persons,count,40,40,\n2,persons,count,60,60,\n"
#define SEX_HEAD "region,sex,measure,kind,value,n,status\n"
static void another_table_holds_the_total(void **state) {
  (void)state;
  struct looking l = {.a = arena_new(0)};
  profile_named(&l, "household");
  struct outcheck_report r = together(&l, BY_REGION,
      SEX_HEAD "1,m,persons,count,,,suppressed\n1,f,persons,count,25,25,\n2,m,persons,count,30,30,\n2,f,persons,count,30,30,\n");
  assert_int_equal(of(&r, OUTCHECK_TOGETHER, "b.csv", 2), 1);
  assert_int_equal(outcheck_result(&r), OUTCHECK_FAIL);
  r = together(&l, BY_REGION,
      SEX_HEAD "1,m,persons,count,,,suppressed\n1,f,persons,count,,,suppressed\n2,m,persons,count,30,30,\n2,f,persons,count,30,30,\n");
  assert_int_equal(of(&r, OUTCHECK_TOGETHER, NULL, -1) + of(&r, OUTCHECK_TOGETHER_NARROW, NULL, -1) + of(&r, OUTCHECK_DISAGREE, NULL, -1), 0);
  /* another measure is another thing */
  r = together(&l, BY_REGION, SEX_HEAD "1,m,visits,count,,,suppressed\n1,f,visits,count,25,25,\n");
  assert_int_equal(of(&r, OUTCHECK_TOGETHER, NULL, -1), 0);
  arena_free(l.a);
}
static void tables_that_disagree_are_for_a_person(void **state) {
  (void)state;
  struct looking l = {.a = arena_new(0)};
  profile_named(&l, "household");
  struct outcheck_report r = together(&l, BY_REGION, SEX_HEAD "1,_T,persons,count,41,41,\n2,_T,persons,count,,,suppressed\n");
  assert_int_equal(of(&r, OUTCHECK_DISAGREE, "b.csv", 2), 1);
  assert_int_equal(of(&r, OUTCHECK_TOGETHER, NULL, -1), 0); /* though 100 - 40 would give the other one */
  assert_int_equal(outcheck_result(&r), OUTCHECK_REVIEW);
  arena_free(l.a);
}
static void means_follow_from_counts(void **state) {
  (void)state;
  struct looking l = {.a = arena_new(0)};
  profile_named(&l, "household");
  const char *means = HEAD "_T,income,mean,10,60,\n1,income,mean,8,20,\n2,income,mean,,,suppressed\n3,income,mean,,,suppressed\n";
  struct outcheck_report r = together(&l, means, SEX_HEAD "2,m,income,mean,9,10,\n2,f,income,mean,11,10,\n");
  assert_int_equal(of(&r, OUTCHECK_BY_WEIGHTS, "a.csv", 4), 1); /* region 2 of its two sexes */
  assert_int_equal(of(&r, OUTCHECK_BY_WEIGHTS, "a.csv", 5), 1); /* then region 3 of the total */
  r = together(&l, means, SEX_HEAD "2,m,income,mean,9,10,\n2,f,income,mean,,,suppressed\n");
  assert_int_equal(of(&r, OUTCHECK_BY_WEIGHTS, NULL, -1), 0);
  r = together(&l, means, NULL);
  assert_int_equal(of(&r, OUTCHECK_BY_WEIGHTS, NULL, -1), 0);
  /* the counts stand in the other table */
  r = together(&l, HEAD "_T,income,mean,10,,\n1,income,mean,8,,\n2,income,mean,,,suppressed\n3,income,mean,,,suppressed\n",
      SEX_HEAD "_T,_T,persons,count,60,60,\n1,_T,persons,count,20,20,\n2,m,income,mean,9,10,\n2,f,income,mean,11,10,\n");
  assert_int_equal(of(&r, OUTCHECK_BY_WEIGHTS, "a.csv", 5), 1);
  arena_free(l.a);
}

/* --- a table cut in two and read together tells exactly what the whole one tells --- */
enum { SIDE = 4 }; /* 3 codes and the total, in both dimensions; code 0 is the total */
struct cut {
  struct strbuf whole, first, second;
  int64_t line_whole[SIDE * SIDE], line_part[SIDE * SIDE];
};
static void put_row(struct cut *c, int region, int sex, int value, bool hidden, int64_t line, int64_t *in_first, int64_t *in_second) {
  static const char *const code[SIDE] = {"_T", "1", "2", "3"};
  struct strbuf *part = sex ? &c->second : &c->first;
  char figures[64];
  snprintf(figures, sizeof figures, hidden ? ",,suppressed" : "%d,%d,", value, value);
  strbuf_addf(&c->whole, "%s,%s,persons,count,%s\n", code[region], code[sex], figures);
  if (sex) strbuf_addf(part, "%s,%s,persons,count,%s\n", code[region], code[sex], figures);
  else strbuf_addf(part, "%s,persons,count,%s\n", code[region], figures);
  c->line_whole[region * SIDE + sex] = line;
  c->line_part[region * SIDE + sex] = sex ? ++*in_second : ++*in_first;
}
static void make_cut(struct cut *c, unsigned *seed) {
  int v[SIDE][SIDE] = {{0}};
  int64_t line = 1, in_first = 1, in_second = 1;
  for (int i = 1; i < SIDE; i++)
    for (int k = 1; k < SIDE; k++) {
      v[i][k] = 10 + rand_r(seed) % 90;
      v[i][0] += v[i][k], v[0][k] += v[i][k], v[0][0] += v[i][k];
    }
  strbuf_init(&c->whole, 0), strbuf_init(&c->first, 0), strbuf_init(&c->second, 0);
  strbuf_adds(&c->whole, SEX_HEAD), strbuf_adds(&c->first, HEAD), strbuf_adds(&c->second, SEX_HEAD);
  for (int i = 0; i < SIDE; i++)
    for (int k = 0; k < SIDE; k++) put_row(c, i, k, v[i][k], rand_r(seed) % 3 == 0, ++line, &in_first, &in_second);
}
static bool said_exact(const struct outcheck_report *r, const char *file, int64_t line) {
  return of(r, OUTCHECK_EXACT, file, line) + of(r, OUTCHECK_TOGETHER, file, line) > 0;
}
static void a_table_cut_in_two_tells_the_same(void **state) {
  (void)state;
  unsigned seed = 20260101;
  int revealed = 0;
  for (int round = 0; round < 200; round++) {
    struct looking l = {.a = arena_new(0)};
    struct cut c;
    struct err e;
    struct outcheck_table t[3];
    struct outcheck_report whole = {.a = l.a}, parts = {.a = l.a};
    profile_named(&l, "household");
    make_cut(&c, &seed);
    assert_int_equal(outcheck_table_parse(l.a, "w.csv", str_view(c.whole.p, c.whole.n), &t[0], &e), E_OK);
    assert_int_equal(outcheck_table_parse(l.a, "a.csv", str_view(c.first.p, c.first.n), &t[1], &e), E_OK);
    assert_int_equal(outcheck_table_parse(l.a, "b.csv", str_view(c.second.p, c.second.n), &t[2], &e), E_OK);
    const struct outcheck_table *const two[2] = {&t[1], &t[2]};
    assert_int_equal(outcheck_intervals(&l.p, &t[0], &whole, &e), E_OK);
    for (int i = 0; i < 2; i++) assert_int_equal(outcheck_intervals(&l.p, two[i], &parts, &e), E_OK);
    assert_int_equal(outcheck_linked(&l.p, two, 2, &parts, &e), E_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
      const bool known = said_exact(&whole, "w.csv", c.line_whole[i]);
      if (known != said_exact(&parts, i % SIDE ? "b.csv" : "a.csv", c.line_part[i])) fail_msg("round %d, figure %d\n%s", round, i,
          strbuf_cstr(&c.whole));
      revealed += known;
    }
    strbuf_release(&c.whole), strbuf_release(&c.first), strbuf_release(&c.second);
    arena_free(l.a);
  }
  print_message("  %d figures of 200 tables follow exactly\n", revealed);
  assert_true(revealed > 100);
}

/* --- kinds --- */
struct kind_case {
  const char *what, *row;
  enum outcheck_reason reason;
  enum outcheck_verdict verdict; /* PASS: the reason must not be there */
};
#define KIND_HEAD "time,measure,kind,value,n,df,parameters,cell_min,design_cells\n"
static void tables_behind_figures(void **state) {
  (void)state;
  static const struct kind_case cases[] = {
      {"an odds ratio without its counts", "_T,smoking,odds-ratio,1.8,200,,,,\n", OUTCHECK_NO_CELLS, OUTCHECK_FAIL},
      {"one with four in a cell", "_T,smoking,odds-ratio,1.8,200,,,4,\n", OUTCHECK_DESIGN_SMALL, OUTCHECK_FAIL},
      {"a sound one", "_T,smoking,odds-ratio,1.8,200,,,30,\n", OUTCHECK_DESIGN_SMALL, OUTCHECK_PASS},
      {"a model that may be a table", "_T,sex,coefficient,1.8,200,196,4,,\n", OUTCHECK_DESIGN, OUTCHECK_REVIEW},
      {"a model of classes with all combinations", "_T,sex,coefficient,1.8,200,196,4,30,4\n", OUTCHECK_SATURATED, OUTCHECK_FAIL},
      {"a model of classes with three persons in one", "_T,sex,coefficient,1.8,200,197,3,3,4\n", OUTCHECK_DESIGN_SMALL, OUTCHECK_FAIL},
      {"a sound model of classes", "_T,sex,coefficient,1.8,200,197,3,30,4\n", OUTCHECK_DESIGN, OUTCHECK_PASS},
      {"the same is not saturated", "_T,sex,coefficient,1.8,200,197,3,30,4\n", OUTCHECK_SATURATED, OUTCHECK_PASS},
      {"a saturated one", "_T,sex,coefficient,1.8,4,0,4,,\n", OUTCHECK_SATURATED, OUTCHECK_FAIL},
      {"few df", "_T,sex,coefficient,1.8,12,5,7,,\n", OUTCHECK_DF, OUTCHECK_FAIL},
      {"a concentration that names its largest", "_T,sales,hhi,0.95,40,,,,\n", OUTCHECK_DOMINANCE, OUTCHECK_FAIL},
      {"the same in ten thousandths", "_T,sales,hhi,9500,40,,,,\n", OUTCHECK_DOMINANCE, OUTCHECK_FAIL},
      {"a low one", "_T,sales,hhi,0.2,40,,,,\n", OUTCHECK_DOMINANCE, OUTCHECK_PASS},
      {"whose contributions nobody saw", "_T,sales,hhi,0.2,40,,,,\n", OUTCHECK_NO_RECORDS, OUTCHECK_REVIEW},
      {"a Gini index of five", "_T,income,gini,0.3,5,,,,\n", OUTCHECK_SMALL, OUTCHECK_FAIL},
      {"of fifty", "_T,income,gini,0.3,50,,,,\n", OUTCHECK_SMALL, OUTCHECK_PASS},
      {"a curve that loses three", "0,alive,survival,1,100,,,,\n1,alive,survival,0.97,97,,,,\n", OUTCHECK_STEPS, OUTCHECK_FAIL},
      {"a curve that loses twenty", "0,alive,survival,1,100,,,,\n1,alive,survival,0.8,80,,,,\n", OUTCHECK_STEPS, OUTCHECK_PASS},
      {"a curve with six at risk", "9,alive,survival,0.1,6,,,,\n", OUTCHECK_SMALL, OUTCHECK_FAIL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[400];
    snprintf(text, sizeof text, KIND_HEAD "%s", cases[i].row);
    struct looking l = look_at("household", "t.csv", text, NULL);
    enum outcheck_verdict worst = OUTCHECK_PASS;
    for (int64_t k = 0; k < l.r.n_findings; k++)
      if (l.r.finding[k].reason == cases[i].reason && l.r.finding[k].verdict > worst) worst = l.r.finding[k].verdict;
    if (worst != cases[i].verdict) {
      print_findings_of(&l);
      fail_msg("%s: %s", cases[i].what, outcheck_verdict_name(worst));
    }
    look_end(&l);
  }
}

/* --- what the checkers read --- */
static void evidence_counts_and_shares(void **state) {
  (void)state;
  struct strbuf units;
  strbuf_init(&units, 0);
  strbuf_adds(&units, "unit,region,sales\n");
  /* region 1: 60 + 27 of 28; region 2: 12 of 12 */
  for (int i = 1; i <= 40; i++) strbuf_addf(&units, "u%d,%d,%d\n", i, i <= 28 ? 1 : 2, i == 1 ? 60 : 1);
  struct looking l = look_at("household", "t.csv", "region,measure,kind,value,n\n_T,sales,sum,99,40\n1,sales,sum,87,28\n2,sales,sum,12,12\n",
      strbuf_cstr(&units));
  assert_int_equal(l.r.n_evidence, 3);
  const struct outcheck_evidence *one = &l.r.evidence[1];
  assert_true(one->n == 28 && one->complement == 12 && one->line == 3);
  assert_true(one->largest > 68.96 && one->largest < 68.97 && one->two_largest > 70.11 && one->two_largest < 70.12); /* 60 / 87, 61 / 87 */
  assert_true(l.r.evidence[0].complement == -1 && l.r.evidence[2].complement == 28);
  strbuf_release(&units);
  look_end(&l);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_region_gives_its_prefecture_away), cmocka_unit_test(levels_that_are_none),
      cmocka_unit_test(another_table_holds_the_total),
      cmocka_unit_test(tables_that_disagree_are_for_a_person), cmocka_unit_test(means_follow_from_counts),
      cmocka_unit_test(a_table_cut_in_two_tells_the_same), cmocka_unit_test(tables_behind_figures),
          cmocka_unit_test(evidence_counts_and_shares)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
