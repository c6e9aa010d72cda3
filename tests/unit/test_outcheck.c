/* test_outcheck.c -- row 25: what an output must not tell, each trick by itself, against a table that is clean but for it. */
#include "tests/unit/outcheck_fixture.h"

#include <math.h>

static void clean_table_passes(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv",
      "region,measure,kind,value,n\n_T,persons,count,60,60\n1,persons,count,25,25\n2,persons,count,35,35\n", NULL);
  print_findings_of(&l);
  assert_int_equal(l.r.n_findings, 1); /* the author's word stands for the counts: a person is told so */
  assert_int_equal(verdict_of(&l, OUTCHECK_NO_RECORDS, 0), OUTCHECK_REVIEW);
  assert_int_equal(l.r.n[OUTCHECK_PASS], 3);
  look_end(&l);
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "unit,region\n");
  for (int i = 1; i <= 60; i++) strbuf_addf(&b, "u%d,%d\n", i, i <= 25 ? 1 : 2);
  l = look_at("household", "t.csv",
      "region,measure,kind,value,n\n_T,persons,count,60,60\n1,persons,count,25,25\n2,persons,count,35,35\n", strbuf_cstr(&b));
  print_findings_of(&l);
  assert_int_equal(l.r.n_findings, 0);
  assert_int_equal(outcheck_result(&l.r), OUTCHECK_PASS);
  look_end(&l);
  strbuf_release(&b);
}

/* Cells of 1, 2, 9 against 10 persons; of 1, 2, 9 against 3 establishments. */
static void small_cells(void **state) {
  (void)state;
  static const struct {
    const char *profile, *kind;
    int n;
    bool fails;
  } cases[] = {{"household", "count", 1, true}, {"household", "count", 2, true}, {"household", "count", 9, true}, {"household", "count", 10, false},
      {"establishment", "sum", 1, true}, {"establishment", "sum", 2, true}, {"establishment", "sum", 3, false}, {"establishment", "sum", 9, false},
      {"establishment", "count", 1, false}, {"opensafely", "count", 7, true}, {"opensafely", "count", 8, false}, {"ndb", "count", 9, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char table[400];
    snprintf(
        table, sizeof table, "region,measure,kind,value,n\n1,x,%s,%d,%d\n2,x,%s,500,100\n", cases[i].kind, cases[i].n, cases[i].n, cases[i].kind);
    struct looking l = look_at(cases[i].profile, "t.csv", table, NULL);
    const bool failed = verdict_of(&l, OUTCHECK_SMALL, 2) == OUTCHECK_FAIL;
    if (failed != cases[i].fails) fprintf(stderr, "case %d\n", (int)i);
    assert_int_equal(failed, cases[i].fails);
    assert_int_equal(findings(&l, OUTCHECK_SMALL, 3), 0);
    look_end(&l);
  }
}
static void no_count_no_way(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv", "region,measure,kind,value\n1,income,mean,300\n2,persons,count,7\n3,persons,count,70.5\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_NO_COUNT, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 3), OUTCHECK_FAIL); /* an unweighted count is its own number */
  assert_int_equal(verdict_of(&l, OUTCHECK_NO_COUNT, 3), OUTCHECK_REVIEW);
  assert_int_equal(verdict_of(&l, OUTCHECK_NO_COUNT, 4), OUTCHECK_FAIL); /* a weighted one is not */
  look_end(&l);
}
static void weighted_count_of_two_units(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv", "region,measure,kind,value,n\n1,persons,count,1200,2\n2,persons,count,9000,15\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 2), OUTCHECK_FAIL);
  assert_int_equal(findings(&l, OUTCHECK_SMALL, 3), 0);
  look_end(&l);
  /* and it does not help to leave the number of units out, or to state another one */
  const char *units = "unit,weight,region\nu1,600,1\nu2,600,1\n";
  l = look_at("household", "t.csv", "region,measure,kind,value\n1,persons,count,1200\n", units);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 2), OUTCHECK_FAIL);
  look_end(&l);
  l = look_at("household", "t.csv", "region,measure,kind,value,n\n1,persons,count,1200,1200\n", units);
  assert_int_equal(verdict_of(&l, OUTCHECK_COUNT_WRONG, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 2), OUTCHECK_FAIL);
  look_end(&l);
  /* one household with three rows is one unit */
  l = look_at("establishment", "t.csv", "region,measure,kind,value\n1,x,sum,6\n", "unit,region,x\nu1,1,2\nu1,1,2\nu1,1,2\n");
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 2), OUTCHECK_FAIL);
  look_end(&l);
}

static const char *units_of(struct strbuf *b, int n, double big, double zero_from) {
  strbuf_init(b, 0);
  strbuf_adds(b, "unit,region,income\n");
  for (int i = 1; i <= n; i++) strbuf_addf(b, "u%d,1,%d\n", i, i == 1 ? (int)big : i > (int)zero_from ? 0 : 10);
  return strbuf_cstr(b);
}
/* A mean over 20 units, one of which makes up nearly all of it. */
static void dominated_mean(void **state) {
  (void)state;
  static const struct {
    double big;
    enum outcheck_reason reason;
    bool found;
  } cases[] = {
      {10, OUTCHECK_DOMINANCE, false}, {5000, OUTCHECK_DOMINANCE, true}, {1700, OUTCHECK_DOMINANCE, true}, {1600, OUTCHECK_DOMINANCE, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) { /* 19 of 10: (x + 10) / (x + 190) > 90 % from x = 1610 on */
    struct strbuf b;
    char table[200];
    const double mean = (cases[i].big + 190) / 20;
    snprintf(table, sizeof table, "region,measure,kind,value,n\n1,income,mean,%.1f,20\n", mean);
    struct looking l = look_at("household", "t.csv", table, units_of(&b, 20, cases[i].big, 99));
    assert_int_equal(findings(&l, cases[i].reason, 2) == 1, cases[i].found);
    assert_int_equal(findings(&l, OUTCHECK_OTHER_FIGURE, 2), 0);
    look_end(&l);
    strbuf_release(&b);
  }
  /* p %: three establishments, the rest below 10 % of the largest, and (2, 90 %) not yet above */
  struct looking l = look_at("establishment", "t.csv", "region,measure,kind,value,n\n1,income,sum,1000,4\n",
      "unit,region,income\nu1,1,940\nu2,1,20\nu3,1,20\nu4,1,20\n");
  assert_true(findings(&l, OUTCHECK_DOMINANCE, 2) == 1 || findings(&l, OUTCHECK_P_PERCENT, 2) == 1);
  look_end(&l);
  l = look_at("establishment", "t.csv", "region,measure,kind,value,n\n1,income,sum,1000,12\n",
      "unit,region,income\nu1,1,600\nu2,1,290\nu3,1,11\nu4,1,11\nu5,1,11\nu6,1,11\nu7,1,11\nu8,1,11\nu9,1,11\nu10,1,11\nu11,1,11\nu12,1,11\n");
  assert_int_equal(findings(&l, OUTCHECK_DOMINANCE, 2) + findings(&l, OUTCHECK_P_PERCENT, 2), 0);
  look_end(&l);
  /* without the records a person has to see to it */
  l = look_at("household", "t.csv", "region,measure,kind,value,n\n1,income,mean,300,20\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_NO_RECORDS, 2), OUTCHECK_REVIEW);
  look_end(&l);
}
/* The sum of income x indicator over 1,000 units, where the indicator is 1 for one of them; or the weight is. */
static void indicator_vector(void **state) {
  (void)state;
  struct strbuf b;
  struct looking l = look_at("household", "t.csv", "region,measure,kind,value,n\n1,income,sum,70,1000\n", units_of(&b, 1000, 70, 1));
  assert_int_equal(verdict_of(&l, OUTCHECK_INDICATOR, 2), OUTCHECK_FAIL);
  assert_int_equal(findings(&l, OUTCHECK_SMALL, 2), 0);
  look_end(&l);
  strbuf_release(&b);
  strbuf_init(&b, 0);
  strbuf_adds(&b, "unit,weight,region,income\n");
  for (int i = 1; i <= 50; i++) strbuf_addf(&b, "u%d,%d,1,%d\n", i, i == 7, 100 + i);
  l = look_at("household", "t.csv", "region,measure,kind,value,n\n1,income,mean,107,50\n", strbuf_cstr(&b));
  assert_int_equal(verdict_of(&l, OUTCHECK_INDICATOR, 2), OUTCHECK_FAIL);
  look_end(&l);
  strbuf_release(&b);
  /* as a variable of the table: a class with one unit, and its complement against the total */
  strbuf_init(&b, 0);
  strbuf_adds(&b, "unit,flag,income\n");
  for (int i = 1; i <= 50; i++) strbuf_addf(&b, "u%d,%d,%d\n", i, i == 7, 100 + i);
  l = look_at("household", "t.csv",
      "flag,measure,kind,value,n,status\n_T,income,mean,125.5,50,\n0,income,mean,125.9,49,\n1,income,mean,,,suppressed\n", strbuf_cstr(&b));
  struct err e;
  const struct outcheck_candidate me = {&l.t, l.units.set, "itself"};
  assert_int_equal(outcheck_compare(&l.p, &me, &me, &l.r, &e), E_OK);
  assert_int_equal(verdict_of(&l, OUTCHECK_DIFFERENCE, 2), OUTCHECK_FAIL);
  look_end(&l);
  strbuf_release(&b);
}

static void extremes_quantiles_percents_zeros(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv",
      "region,measure,kind,value,n\n1,a,max,900,100\n1,b,min,3,100\n1,c,quantile,50,100\n1,d,percent,100,40\n1,e,percent,0,40\n1,f,count,0,0\n"
      "1,g,percent,55,9\n",
      NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXTREME, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXTREME, 3), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_ORDER, 4), OUTCHECK_REVIEW);
  assert_int_equal(verdict_of(&l, OUTCHECK_FULL, 5), OUTCHECK_REVIEW);
  assert_int_equal(findings(&l, OUTCHECK_ZERO, -1), 0); /* this profile shows zeros */
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 8), OUTCHECK_FAIL);
  look_end(&l);
  l = look_at("acro", "t.csv", "region,measure,kind,value,n\n1,d,percent,100,40\n1,e,percent,0.0,40\n1,f,count,0,0\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_FULL, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_ZERO, 3), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_ZERO, 4), OUTCHECK_FAIL);
  look_end(&l);
  /* 100 % in other words: a class that holds its whole group */
  l = look_at("acro", "t.csv", "ill,measure,kind,value,n\n_T,persons,count,40,40\n1,persons,count,40,40\n2,persons,count,0,0\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_FULL, 3), OUTCHECK_FAIL);
  look_end(&l);
}

static const struct outcheck_interval *interval_at(const struct looking *l, int64_t line) {
  for (int64_t i = 0; i < l->r.n_intervals; i++)
    if (l->r.interval[i].line == line) return &l->r.interval[i];
  return NULL;
}
static void total_minus_parts(void **state) {
  (void)state;
  /* one suppressed figure in a sum */
  struct looking l = look_at("household", "t.csv",
      "region,measure,kind,value,n,status\n_T,persons,count,105,105,\n1,persons,count,60,60,\n2,persons,count,40,40,\n"
      "3,persons,count,,,suppressed\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXACT, 5), OUTCHECK_FAIL);
  assert_true(interval_at(&l, 5)->low == 5 && interval_at(&l, 5)->high == 5);
  look_end(&l);
  /* the row left out instead: line 0, because it is not there */
  l = look_at("household", "t.csv",
      "sex,region,measure,kind,value,n\n_T,_T,p,count,205,205\n_T,1,p,count,160,160\n_T,2,p,count,45,45\n1,_T,p,count,100,100\n1,1,p,count,60,60\n"
      "1,2,p,count,40,40\n2,_T,p,count,105,105\n2,1,p,count,100,100\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXACT, 0), OUTCHECK_FAIL);
  look_end(&l);
  /* 2 x 2 suppressed in a 3 x 3 table: not exact, and the interval is that of the transport */
  l = look_at("household", "t.csv",
      "a,b,measure,kind,value,n,status\n_T,_T,p,count,240,240,\n_T,1,p,count,40,40,\n_T,2,p,count,60,60,\n_T,3,p,count,140,140,\n"
      "1,_T,p,count,50,50,\n"
      "2,_T,p,count,60,60,\n3,_T,p,count,130,130,\n1,1,p,count,,,suppressed\n1,2,p,count,,,suppressed\n2,1,p,count,,,suppressed\n"
      "2,2,p,count,,,suppressed\n"
      "1,3,p,count,30,30,\n2,3,p,count,30,30,\n3,1,p,count,20,20,\n3,2,p,count,30,30,\n3,3,p,count,80,80,\n", NULL);
  /* rows leave 20 and 30, columns 20 and 30: each figure 0 .. 20, the last one 10 .. 30 */
  assert_int_equal(findings(&l, OUTCHECK_EXACT, -1), 0);
  assert_true(interval_at(&l, 9)->low == 0 && interval_at(&l, 9)->high == 20);
  assert_true(interval_at(&l, 12)->low == 10 && interval_at(&l, 12)->high == 30);
  assert_int_equal(l.r.n_intervals, 4);
  look_end(&l);
  /* exact through non-negativity alone: rows of 0 force both */
  l = look_at("household", "t.csv",
      "a,b,measure,kind,value,n,status\n1,_T,p,count,30,30,\n1,1,p,count,,,suppressed\n1,2,p,count,,,suppressed\n1,3,p,count,30,30,\n", NULL);
  assert_int_equal(findings(&l, OUTCHECK_EXACT, -1), 2);
  look_end(&l);
  /* decimals are added up as written: 0.1 + 0.2 = 0.3 */
  l = look_at("establishment", "t.csv",
      "r,measure,kind,value,n,status\n_T,y,sum,0.6,30,\n1,y,sum,0.1,10,\n2,y,sum,0.2,10,\n3,y,sum,,,suppressed\n", NULL);
  assert_true(fabs(interval_at(&l, 5)->low - 0.3) < 1e-12);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXACT, 5), OUTCHECK_FAIL);
  look_end(&l);
  /* a mean beside its total: with the counts the third one follows */
  l = look_at("household", "t.csv",
      "r,measure,kind,value,n,status\n_T,y,mean,10,50,\n1,y,mean,9,20,\n2,y,mean,11,25,\n3,y,mean,,,suppressed\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXACT, 5), OUTCHECK_FAIL);
  look_end(&l);
  /* narrow: 99 .. 101 of a sum that may be negative elsewhere is none; here 0 <= */
  l = look_at("establishment", "t.csv",
      "r,b,measure,kind,value,n,status\n1,_T,y,sum,1000,30,\n1,1,y,sum,,,suppressed\n1,2,y,sum,,,suppressed\n_T,1,y,sum,990,30,\n2,1,y,sum,0,30,\n"
      "_T,2,y,sum,10,30,\n2,2,y,sum,,,suppressed\n2,_T,y,sum,,,suppressed\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_EXACT, 3), OUTCHECK_FAIL); /* column 1 has no other: 990 */
  look_end(&l);
}
static void parts_that_do_not_add_up(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv", "r,measure,kind,value,n\n_T,p,count,100,100\n1,p,count,50,50\n2,p,count,40,40\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_NOT_ADDITIVE, 2), OUTCHECK_REVIEW);
  look_end(&l);
  l = look_at("household", "t.csv",
      "r,measure,kind,value,n,status\n_T,p,count,100,100,\n1,p,count,70,70,\n2,p,count,40,40,\n3,p,count,,,suppressed\n4,p,count,,,suppressed\n",
      NULL);
  assert_true(findings(&l, OUTCHECK_NOT_ADDITIVE, -1) > 0); /* parts above the total */
  look_end(&l);
}

static void suppressed_but_told(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv",
      "r,measure,kind,value,n,status\n1,p,count,4,,suppressed\n2,p,count,,4,suppressed\n3,x,mean,7,4,\n4,p,count,X,,\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_HIDDEN_SHOWN, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_HIDDEN_SHOWN, 3), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SHOWN_COUNT, 4), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_NOT_A_NUMBER, 5), OUTCHECK_FAIL);
  look_end(&l);
}

/* Two tables of released figures; the second leaves one unit out by a condition on another variable. */
static void tables_that_differ_by_one_unit(void **state) {
  (void)state;
  struct strbuf all, but_one, other;
  struct err e;
  strbuf_init(&all, 0), strbuf_init(&but_one, 0), strbuf_init(&other, 0);
  strbuf_adds(&all, "unit,region,income\n"), strbuf_adds(&but_one, "unit,region,income\n"), strbuf_adds(&other, "unit,region,income\n");
  for (int i = 1; i <= 40; i++) {
    strbuf_addf(&all, "u%d,1,%d\n", i, 100 + i);
    if (i != 17) strbuf_addf(&but_one, "u%d,1,%d\n", i, 100 + i);
    strbuf_addf(&other, "u%d,1,%d\n", i == 17 ? 99 : i, 100 + i); /* the same number of units, one exchanged */
  }
  struct looking x = look_at("household", "x.csv", "region,measure,kind,value,n\n1,income,sum,4820,40\n", strbuf_cstr(&all));
  struct looking y = look_at("household", "y.csv", "region,measure,kind,value,n\n1,income,sum,4703,39\n", strbuf_cstr(&but_one));
  struct looking z = look_at("household", "z.csv", "region,measure,kind,value,n\n1,income,sum,4820,40\n", strbuf_cstr(&other));
  assert_int_equal(x.r.n_findings + y.r.n_findings + z.r.n_findings, 0); /* each by itself is clean */
  const struct outcheck_candidate a = {&x.t, x.units.set, "output o-1, x.csv"}, b = {&y.t, y.units.set, "y"}, c = {&z.t, z.units.set, "z"};
  assert_int_equal(outcheck_compare(&x.p, &b, &a, &y.r, &e), E_OK);
  assert_int_equal(findings(&y, OUTCHECK_DIFFERENCE, 2), 1);
  assert_string_equal(y.r.finding[0].detail, "output o-1, x.csv");
  assert_int_equal(outcheck_compare(&x.p, &c, &a, &z.r, &e), E_OK);
  assert_int_equal(findings(&z, OUTCHECK_DIFFERENCE, 2), 1);
  assert_int_equal(outcheck_compare(&x.p, &a, &a, &x.r, &e), E_OK); /* the same question again tells nothing */
  assert_int_equal(x.r.n_findings, 0);
  /* without the units the numbers of them decide */
  const struct outcheck_candidate bare = {&y.t, NULL, "y"};
  y.r.n_findings = 0;
  assert_int_equal(outcheck_compare(&x.p, &bare, &a, &y.r, &e), E_OK);
  assert_int_equal(findings(&y, OUTCHECK_DIFFERENCE_LIKELY, 2), 1);
  /* what is kept of the units is read back, and nothing else is */
  struct strbuf kept;
  struct outcheck_set *set = NULL;
  strbuf_init(&kept, 0);
  outcheck_sets_text(&y.t, y.units.set, &kept);
  assert_int_equal(outcheck_sets_parse(y.a, &y.t, str_view(kept.p, kept.n), &set, &e), E_OK);
  assert_int_equal(set[0].n, 39);
  assert_memory_equal(set[0].token, y.units.set[0].token, 39 * sizeof(uint64_t));
  for (size_t n = 0; n < kept.n; n++) assert_int_equal(outcheck_sets_parse(y.a, &y.t, str_view(kept.p, n), &set, &e), E_OUTPUT_TABLE);
  strbuf_release(&kept), strbuf_release(&all), strbuf_release(&but_one), strbuf_release(&other);
  look_end(&x), look_end(&y), look_end(&z);
}

/* Without the units: the same measure and codes, numbers of units that are few apart. */
static void tables_compared_by_their_counts(void **state) {
  (void)state;
  static const struct {
    const char *other;
    bool found;
  } cases[] = {{"region,measure,kind,value,n\n1,income,sum,4000,41\n", true}, {"region,measure,kind,value,n\n1,income,sum,4000,31\n", true},
      {"region,measure,kind,value,n\n1,income,sum,4000,40\n", false}, {"region,measure,kind,value,n\n1,income,sum,4000,30\n", false},
      {"region,measure,kind,value,n\n1,income,sum,4000,50\n", false}, {"region,measure,kind,value,n\n2,income,sum,4000,41\n", false},
      {"region,measure,kind,value,n\n1,tax,sum,4000,41\n", false}, {"region,measure,kind,value,n,status\n1,income,sum,,41,suppressed\n", false},
      {"region,sex,measure,kind,value,n\n1,_T,income,sum,4000,41\n", true}, {"region,sex,measure,kind,value,n\n1,2,income,sum,4000,41\n", false},
      {"measure,kind,value,n\nincome,sum,4000,41\n", false}, {"region,measure,kind,value\n1,income,sum,4000\n", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct err e;
    struct looking x = look_at("household", "x.csv", "region,measure,kind,value,n\n1,income,sum,4820,40\n", NULL);
    struct looking y = look_at("household", "y.csv", cases[i].other, NULL);
    const struct outcheck_candidate a = {&x.t, NULL, "x"}, b = {&y.t, NULL, "y"};
    assert_int_equal(outcheck_compare(&x.p, &a, &b, &x.r, &e), E_OK);
    if ((findings(&x, OUTCHECK_DIFFERENCE_LIKELY, 2) == 1) != cases[i].found) fprintf(stderr, "case %d\n", (int)i);
    assert_int_equal(findings(&x, OUTCHECK_DIFFERENCE_LIKELY, 2) == 1, cases[i].found);
    look_end(&x), look_end(&y);
  }
}
/* What one table hides must not be shown by another: in both directions, with the dimension that one of them lacks. */
static void hidden_here_shown_there(void **state) {
  (void)state;
  static const struct {
    const char *mine, *other, *units_mine, *units_other;
    bool found;
  } cases[] = {
      {"r,measure,kind,value,n,status\n1,x,sum,,,suppressed\n", "r,measure,kind,value,n\n1,x,sum,5,50\n", NULL, NULL, true},
      {"r,measure,kind,value,n\n1,x,sum,5,50\n", "r,s,measure,kind,value,n,status\n1,_T,x,sum,,,suppressed\n", NULL, NULL, true},
      {"r,measure,kind,value,n,status\n1,x,sum,,,suppressed\n", "r,measure,kind,value,n,status\n1,x,sum,,,suppressed\n", NULL, NULL, false},
      {"r,measure,kind,value,n,status\n1,x,sum,,,suppressed\n", "r,measure,kind,value,n\n2,x,sum,5,50\n", NULL, NULL, false},
      {"r,measure,kind,value,n,status\n1,x,sum,,,suppressed\n", "r,measure,kind,value,n\n1,x,sum,5,1\n", "unit,r,x\nu1,1,5\n", "unit,r,x\n"
          "u1,1,5\n", true},
      {"r,measure,kind,value,n,status\n1,x,sum,,,suppressed\n", "r,measure,kind,value,n\n1,x,sum,5,1\n", "unit,r,x\nu1,1,5\n", "unit,r,x\n"
          "u2,1,5\n", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct err e;
    struct looking x = look_at("household", "x.csv", cases[i].mine, cases[i].units_mine), y = look_at("household", "y.csv", cases[i].other,
        cases[i].units_other);
    const struct outcheck_candidate a = {&x.t, x.with_units ? x.units.set : NULL, "x"}, b = {&y.t, y.with_units ? y.units.set : NULL, "y"};
    x.r.n_findings = 0;
    assert_int_equal(outcheck_compare(&x.p, &a, &b, &x.r, &e), E_OK);
    if ((findings(&x, OUTCHECK_EXACT, 2) == 1) != cases[i].found) fprintf(stderr, "case %d\n", (int)i);
    assert_int_equal(findings(&x, OUTCHECK_EXACT, 2) == 1, cases[i].found);
    look_end(&x), look_end(&y);
  }
}
static void texts_that_hide_numbers(void **state) {
  (void)state;
  static const struct {
    const char *code;
    enum outcheck_reason reason;
  } cases[] = {{"=1+1", OUTCHECK_FORMULA}, {"@SUM(A1)", OUTCHECK_FORMULA}, {"+81", OUTCHECK_FORMULA}, {"id 1234567", OUTCHECK_TEXT_DIGITS},
      {"１２３４５６７", OUTCHECK_TEXT_DIGITS}, {"一二三四五六七", OUTCHECK_TEXT_DIGITS}, {"①②③④⑤⑥⑦", OUTCHECK_TEXT_DIGITS}, {"a\xe2\x80\x8b" "b",
      OUTCHECK_TEXT_CONTROL},
      {"\xf0\x9d\x9f\x8e\xf0\x9d\x9f\x8f\xf0\x9d\x9f\x90\xf0\x9d\x9f\x91\xf0\x9d\x9f\x92\xf0\x9d\x9f\x93\xf0\x9d\x9f\x94", OUTCHECK_TEXT_DIGITS},
      {"この欄には八十バイトより長い文章が書かれていて本来の分類の符号や名称とはとても思えない長さです", OUTCHECK_TEXT_LONG}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char table[600];
    snprintf(table, sizeof table, "region,measure,kind,value,n\n%s,x,count,50,50\n北海道,x,count,60,60\n", cases[i].code);
    struct looking l = look_at("household", "t.csv", table, NULL);
    if (verdict_of(&l, cases[i].reason, 2) != OUTCHECK_FAIL) fprintf(stderr, "text %d\n", (int)i), print_findings_of(&l);
    assert_int_equal(verdict_of(&l, cases[i].reason, 2), OUTCHECK_FAIL);
    assert_int_equal(verdict_of(&l, cases[i].reason, 3), OUTCHECK_PASS);
    look_end(&l);
  }
  struct looking l = look_at("household", "t.csv", "region,measure,kind,value,n,se\n1,x,mean,3.141592653589,50,=A1\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_VALUE_DIGITS, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_FORMULA, 2), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_NOT_A_NUMBER, 2), OUTCHECK_FAIL);
  look_end(&l);
}

static void regressions(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv",
      "term,measure,kind,value,n,df,parameters\na,m1,coefficient,0.5,100,97,3\na,m2,coefficient,0.5,12,9,3\na,m3,coefficient,0.5,12,0,12\n"
      "a,m4,coefficient,0.5,100,,\na,m5,statistic,0.9,100,97,3\na,m6,unit-value,4,100,97,3\na,m7,statistic,0.9,100,50,3\n", NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_DESIGN, 2), OUTCHECK_REVIEW);
  assert_int_equal(verdict_of(&l, OUTCHECK_DF, 3), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SATURATED, 4), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_NO_DF, 5), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_UNIT, 7), OUTCHECK_FAIL);
  assert_int_equal(verdict_of(&l, OUTCHECK_DF, 8), OUTCHECK_FAIL); /* df = n - parameters */
  for (int64_t i = 0; i < l.r.n_findings; i++) assert_true(l.r.finding[i].line != 6);
  look_end(&l);
}

/* Values nobody could take for a limit or a line: they must not be in the report. */
static void report_has_no_value(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.csv",
      "region,measure,kind,value,n\n1,income,max,7351,777\n2,income,mean,86423,5\n3,income,quantile,0.91357,888\n4,p,count,64297,\n",
      "unit,region,income\nu1,2,86423\nu2,2,86423\nu3,2,86423\nu4,2,86423\nu5,2,86423\n");
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  outcheck_report_json(&l.p, &l.r, &j);
  assert_true(json_done(&j));
  static const char *const values[] = {"7351", "86423", "91357", "64297"};
  for (size_t i = 0; i < 4; i++) assert_null(strstr(strbuf_cstr(&b), values[i]));
  assert_non_null(strstr(strbuf_cstr(&b), "\"reason\":\"extreme\""));
  strbuf_release(&b);
  look_end(&l);
}

static void json_is_read_like_csv(void **state) {
  (void)state;
  struct looking l = look_at("household", "t.json",
      "[{\"region\":\"1\",\"measure\":\"p\",\"kind\":\"count\",\"value\":9,\"n\":9},"
      "{\"region\":\"2\",\"measure\":\"p\",\"kind\":\"count\",\"value\":90,\"n\":90}]",
      NULL);
  assert_int_equal(verdict_of(&l, OUTCHECK_SMALL, 1), OUTCHECK_FAIL);
  assert_int_equal(l.r.n_cells, 2);
  look_end(&l);
}
static void what_is_no_table(void **state) {
  (void)state;
  static const char *const bad[][2] = {{"t.csv", ""}, {"t.csv", "a,b\n1,2\n"}, {"t.csv", "measure,kind,value\n"}, {"t.csv", "measure,kind,value\n"
      "x,guess,1\n"},
      {"t.csv", "measure,kind,value,n\nx,count,1,many\n"}, {"t.csv", "measure,kind,value,n\nx,count,1,-1\n"}, {"t.csv",
      "measure,kind,value,value\nx,count,1,1\n"},
      {"t.csv", "r,measure,kind,value\n1,x,count,1\n1,x,count,99\n"}, {"t.csv", "measure,kind,value\n\xff,count,1\n"}, {"t.json", "{}"},
      {"t.json", "[]"},
      {"t.json", "[{\"measure\":\"x\",\"kind\":\"count\",\"value\":{\"hidden\":1}}]"}, {"t.json", "[{\"measure\":\"x\"},{\"kind\":\"count\"}]"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct arena *a = arena_new(0);
    struct outcheck_table t;
    struct err e;
    enum err_code code = outcheck_table_parse(a, bad[i][0], str_of(bad[i][1]), &t, &e);
    if (!code) fprintf(stderr, "table %d\n", (int)i);
    assert_int_not_equal(code, E_OK);
    arena_free(a);
  }
}
static void profiles(void **state) {
  (void)state;
  static const char *const ids[] = {"household", "establishment", "ndb", "acro", "opensafely", "ons", "datashield", "onsite"};
  struct looking l = {.a = arena_new(0)};
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) profile_named(&l, ids[i]);
  assert_int_equal(l.p.status, 'M'); /* of the on-site list nothing was found: said so */
  struct err e;
  static const char head[] = "id,label_en,label_ja,source,status,min_n,dominance_n,dominance_percent,p_percent,min_df,zeros,full_percent,extremes,"
                             "counts_public,protection_percent,text_bytes,text_digits,value_digits,picture_bits\n";
  static const char *const bad[] = {"x,a,b,c,V,1,2,90,10,10,pass,review,fail,no,10,80,6,12,6\n",
      "x,a,b,c,Q,10,2,90,10,10,pass,review,fail,no,10,80,6,12,6\n",
      "x,a,b,c,V,10,3,90,10,10,pass,review,fail,no,10,80,6,12,6\n", "x,a,b,c,V,10,2,90,10,10,maybe,review,fail,no,10,80,6,12,6\n",
      "y,a,b,c,V,10,2,90,10,10,pass,review,fail,no,10,80,6,12,6\n", "x,a,b,c,V,10,2,90,10,10,pass,review,fail,no,10,80,6,16,6\n",
      "x,a,b,c,V,10,2,90,10,10,pass,review,fail,no,10,80,6,12,9\n"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[800];
    snprintf(text, sizeof text, "%s%s", head, bad[i]);
    assert_int_equal(outcheck_profile_read(l.a, "p.csv", str_of(text), "x", &l.p, &e), E_OUTPUT_PROFILE);
  }
  arena_free(l.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(clean_table_passes), cmocka_unit_test(small_cells), cmocka_unit_test(no_count_no_way),
      cmocka_unit_test(weighted_count_of_two_units), cmocka_unit_test(dominated_mean), cmocka_unit_test(indicator_vector),
      cmocka_unit_test(extremes_quantiles_percents_zeros), cmocka_unit_test(total_minus_parts), cmocka_unit_test(parts_that_do_not_add_up),
      cmocka_unit_test(suppressed_but_told), cmocka_unit_test(tables_that_differ_by_one_unit), cmocka_unit_test(tables_compared_by_their_counts),
      cmocka_unit_test(hidden_here_shown_there),
      cmocka_unit_test(texts_that_hide_numbers),
      cmocka_unit_test(regressions), cmocka_unit_test(report_has_no_value), cmocka_unit_test(json_is_read_like_csv),
      cmocka_unit_test(what_is_no_table),
      cmocka_unit_test(profiles)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
