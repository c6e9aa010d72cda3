/* Tables with margins over a register and over a weighted sample, and the measures' grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "estimators/table/tabulate.h"

static const struct {
  const char *text;
  enum err_code code;
  enum measure_kind kind;
  const char *x, *y;
  int64_t per;
} measures[] = {
    {"count()", E_OK, MEASURE_COUNT, "", "", 1},
    {" total( x ) ", E_OK, MEASURE_TOTAL, "x", "", 1},
    {"mean(birth_weight)", E_OK, MEASURE_MEAN, "birth_weight", "", 1},
    {"ratio(x,y)", E_OK, MEASURE_RATIO, "x", "y", 1},
    {"rate(population, 1000)", E_OK, MEASURE_RATE, "", "population", 1000},
    {"rate(births, women, 1000)", E_OK, MEASURE_RATE, "births", "women", 1000},
    {"asdr(deaths, population, S60)", E_OK, MEASURE_ASDR, "deaths", "population", 1},
    {"mls(C)", E_OK, MEASURE_MLS, "C", "", 1},
    {"life_table(q)", E_OK, MEASURE_LIFE_TABLE, "q", "", 1},
    {"", E_TABLE_MEASURE, 0, "", "", 0},
    {"count", E_TABLE_MEASURE, 0, "", "", 0},
    {"count(", E_TABLE_MEASURE, 0, "", "", 0},
    {"count(x)", E_TABLE_MEASURE, 0, "", "", 0},
    {"total()", E_TABLE_MEASURE, 0, "", "", 0},
    {"total(x,)", E_TABLE_MEASURE, 0, "", "", 0},
    {"total(1x)", E_TABLE_MEASURE, 0, "", "", 0},
    {"ratio(x,y,z)", E_TABLE_MEASURE, 0, "", "", 0},
    {"rate(x,y,0)", E_TABLE_MEASURE, 0, "", "", 0},
    {"rate(x,y,-5)", E_TABLE_MEASURE, 0, "", "", 0},
    {"rate(x,y,1e3)", E_TABLE_MEASURE, 0, "", "", 0},
    {"asdr(d,p,S61)", E_TABLE_MEASURE, 0, "", "", 0},
    {"median(x)", E_OK, MEASURE_QUANTILE, "x", "", 1},
    {"quantile(x, 0.9, rule=hf6, interval=logit)", E_OK, MEASURE_QUANTILE, "x", "", 1},
    {"proportion(x=1, interval=beta)", E_OK, MEASURE_PROPORTION, "x", "", 1},
    {"fgt(x,1,12000)", E_OK, MEASURE_FGT, "x", "", 1},
    {"fgt(x,0,arpt,percent=0.5)", E_OK, MEASURE_FGT, "x", "", 1},
    {"theil(x)", E_OK, MEASURE_GEI, "x", "", 1},
    {"formula(total(a) / total(b) - 1)", E_OK, MEASURE_FORMULA, "", "", 1},
    {"formula(log(mean(a)) * 1e-3 + ratio(a,b)^2)", E_OK, MEASURE_FORMULA, "", "", 1},
    {"quantile(x)", E_TABLE_MEASURE, 0, "", "", 0},
    {"quantile(x,2)", E_TABLE_MEASURE, 0, "", "", 0},
    {"quantile(x,0.5,rule=hf10)", E_TABLE_MEASURE, 0, "", "", 0},
    {"quantile(x,rule=hf6,0.5)", E_TABLE_MEASURE, 0, "", "", 0},
    {"mean(x,rule=hf6)", E_TABLE_MEASURE, 0, "", "", 0},
    {"proportion(x)", E_TABLE_MEASURE, 0, "", "", 0},
    {"fgt(x,1,-5)", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(1+2)", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(total(a)/b)", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(median(a)/2)", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(formula(total(a)))", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(total(a)*\xff)", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(total(a)*`b`)", E_TABLE_MEASURE, 0, "", "", 0},
    {"formula(total(a)", E_TABLE_MEASURE, 0, "", "", 0},
    {"total(x))", E_TABLE_MEASURE, 0, "", "", 0},
};

static void measures_are_read_or_refused(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
    struct arena *a = arena_new(0);
    struct measure m;
    struct err e;
    enum err_code code = measure_parse(a, str_of(measures[i].text), &m, &e);
    if (code != measures[i].code) fail_msg("%s: %s", measures[i].text, err_name(code));
    if (!code) {
      assert_int_equal(m.kind, measures[i].kind);
      assert_string_equal(m.x, measures[i].x);
      assert_string_equal(m.y, measures[i].y);
      assert_int_equal(m.per, measures[i].per);
    }
    arena_free(a);
  }
}

enum { N = 9 };
/* area, sex, x, y; the last record has unknown sex and no x */
static const struct {
  const char *area, *sex;
  int64_t x, y;
} records[N] = {{"01", "1", 10, 2}, {"01", "1", 20, 2}, {"01", "2", 30, 5}, {"02", "1", 40, 5}, {"02", "2", 50, 1}, {"02", "2", 60, 1},
    {"02", "2", 70, 1}, {"01", "2", 80, 1}, {"02", NULL, 0, 4}};

struct data {
  struct arena *a;
  struct table tables[3];
  const struct table *shards[3];
  struct form form;
  struct item items[4];
  struct table_spec spec;
  struct tabulate_input in;
};

static void fill(struct data *d, int shard, int from, int to) {
  struct err e;
  struct column columns[4] = {{.name = "area", .type = COL_CODE}, {.name = "sex", .type = COL_CODE},
      {.name = "x", .type = COL_INT, .decimals = 1, .unit = "g"}, {.name = "y", .type = COL_INT, .unit = ""}};
  columns[0].dict = dict_new(d->a);
  columns[1].dict = dict_new(d->a);
  struct table *t = &d->tables[shard];
  assert_int_equal(table_init(t, d->a, columns, 4, to - from + 1, &e), E_OK);
  for (int i = from; i < to; i++) {
    int64_t r = t->n_rows++;
    t->columns[0].code[r] = dict_add(t->columns[0].dict, str_of(records[i].area));
    t->columns[0].status[r] = VAL_REPORTED;
    t->columns[1].status[r] = records[i].sex ? VAL_REPORTED : VAL_UNKNOWN;
    if (records[i].sex) t->columns[1].code[r] = dict_add(t->columns[1].dict, str_of(records[i].sex));
    t->columns[2].i64[r] = records[i].x;
    t->columns[2].status[r] = records[i].sex ? VAL_REPORTED : VAL_UNKNOWN;
    t->columns[3].i64[r] = records[i].y;
    t->columns[3].status[r] = VAL_REPORTED;
  }
  d->shards[shard] = t;
}

static void set_up(struct data *d, int cut1, int cut2, const char *rows, const char *columns, const char *measure) {
  static const char *const names[] = {"area", "sex", "x", "y"};
  memset(d, 0, sizeof *d);
  d->a = arena_new(0);
  fill(d, 0, 0, cut1);
  fill(d, 1, cut1, cut2);
  fill(d, 2, cut2, N);
  for (int i = 0; i < 4; i++) d->items[i] = (struct item){.name = names[i], .unit = "", .decimals = i == 2, .record = "r"};
  d->form = (struct form){.survey = "s", .id = "f", .n_items = 4, .items = d->items};
  d->spec = (struct table_spec){"t", "", "", "f", rows, columns, measure, "", "", "", "persons_10", 2};
  d->in = (struct tabulate_input){&d->form, d->shards, 3, NULL, NULL};
}

static struct result_table *make(struct data *d) {
  struct table_plan plan;
  struct result_table *t = NULL;
  struct err e;
  assert_int_equal(table_plan_parse(d->a, &d->spec, &plan, &e), E_OK);
  assert_int_equal(tabulate(d->a, &d->in, &plan, &t, &e), E_OK);
  return t;
}

static double value(const struct result_table *t, int measure, const char *first, const char *second) {
  struct str codes[2] = {str_of(first), str_of(second)};
  int64_t row = result_find_row(t, codes);
  assert_true(row >= 0);
  assert_int_equal(t->measures[measure].status[row], RESULT_SHOWN);
  return t->measures[measure].value[row];
}

static void every_margin_of_a_register(void **state) {
  (void)state;
  struct data d;
  set_up(&d, 3, 6, "area", "sex", "count();total(x);mean(x);ratio(x,y);rate(x,y,1000)");
  struct result_table *t = make(&d);
  assert_int_equal(t->n_rows, 3 * 4 - 1); /* 01 has nobody of unknown sex */
  assert_true(value(t, 0, "_T", "_T") == 9 && value(t, 0, "01", "_T") == 4 && value(t, 0, "_T", "2") == 5 && value(t, 0, "02", "_U") == 1);
  assert_true(value(t, 1, "_T", "_T") == 36 && value(t, 1, "01", "1") == 3 && value(t, 1, "02", "_T") == 22);
  assert_true(fabs(value(t, 2, "_T", "_T") - 4.5) < 1e-15); /* of 8 records: one has no value */
  assert_true(fabs(value(t, 3, "_T", "_T") - 36.0 / 18) < 1e-15); /* y of the record without x is left out too */
  assert_true(fabs(value(t, 4, "01", "2") - 1000 * 11.0 / 6) < 1e-9);
  assert_true(str_eq(t->dimensions[0].code[0], STR("_T")) && str_eq(t->dimensions[1].code[0], STR("_T")));
  arena_free(d.a);
}

/* What is no sum goes through the survey engine: the same rows, no error. */
static void other_measures_of_a_register(void **state) {
  (void)state;
  struct data d;
  set_up(&d, 3, 6, "area", "sex", "median(x);count();proportion(sex=2);variance(x);formula(total(x)/count());mean(x)");
  struct result_table *t = make(&d);
  assert_int_equal(t->n_rows, 3 * 4 - 1);
  assert_true(value(t, 1, "_T", "_T") == 9 && value(t, 5, "_T", "_T") == 4.5);
  assert_true(value(t, 0, "_T", "_T") == 4 && value(t, 0, "01", "1") == 1); /* x is 1 to 8 */
  assert_true(fabs(value(t, 2, "_T", "_T") - 5.0 / 8) < 1e-15);              /* one of nine has no sex */
  assert_true(fabs(value(t, 3, "_T", "_T") - 6) < 1e-13);
  assert_true(fabs(value(t, 4, "_T", "_T") - 4.5) < 1e-14); /* records without x are outside both figures */
  for (int k = 0; k < t->n_measures; k++)
    for (int64_t r = 0; r < t->n_rows; r++) assert_int_equal(t->measures[k].has_se[r], 0);
  arena_free(d.a);
}

static void the_split_into_shards_changes_no_bit(void **state) {
  (void)state;
  struct strbuf first, other;
  for (int weighted = 0; weighted < 2; weighted++) {
    strbuf_init(&first, 0);
    for (int cut = 0; cut < 5; cut++) {
      struct data d;
      struct design design;
      struct err e;
      int32_t stratum[N] = {0, 1, 0, 1, 0, 1, 0, 1, 0};
      double w[N] = {3.1, 2.2, 3.1, 2.2, 3.1, 2.2, 3.1, 2.2, 3.1}, frame[2] = {15.5, 8.8};
      set_up(&d, cut, cut + 3, "sex", "area", "total(x);mean(x);ratio(x,y);median(x);gini(x);formula(total(x)-mean(y))");
      assert_int_equal(design_view(d.a, N, 2, stratum, w, frame, &design, &e), E_OK);
      if (weighted) d.in.design = &design;
      struct result_table *t = make(&d);
      strbuf_init(&other, 0);
      result_csv_rows(t, &other);
      if (cut == 0) strbuf_add(&first, other.p, other.n);
      assert_string_equal(strbuf_cstr(&first), strbuf_cstr(&other));
      strbuf_release(&other);
      arena_free(d.a);
    }
    strbuf_release(&first);
  }
}

/* Weighted: stratum 0 N=10 n=5, stratum 1 N=8 n=4. Domain area 01, by hand from z = w x. */
static void weighted_domains_have_linearised_errors(void **state) {
  (void)state;
  struct data d;
  struct design design;
  struct err e;
  int32_t stratum[N] = {0, 1, 0, 1, 0, 1, 0, 1, 0};
  double w[N] = {2, 2, 2, 2, 2, 2, 2, 2, 2}, frame[2] = {10, 8};
  set_up(&d, 2, 5, "area", "", "count();total(x)");
  assert_int_equal(design_view(d.a, N, 2, stratum, w, frame, &design, &e), E_OK);
  d.in.design = &design;
  struct result_table *t = make(&d);
  struct str one[1] = {STR("01")};
  int64_t row = result_find_row(t, one);
  assert_true(row >= 0);
  assert_true(t->measures[0].value[row] == 8 && fabs(t->measures[1].value[row] - 28) < 1e-12); /* 2 (1+2+3+8) */
  /* stratum 0: z = 2,6,0,0,0: sum 8, squares 40 - 64/5 = 27.2, V = .5*5/4*27.2 = 17; stratum 1: z = 4,0,0,16: 272 - 400/4 = 172, V = .5*4/3*172 */
  assert_true(fabs(t->measures[1].se[row] - sqrt(17 + 0.5 * 4 / 3 * 172)) < 1e-12);
  assert_int_equal(t->n[row], 4);
  arena_free(d.a);
}

static void an_item_that_the_data_do_not_have_is_named(void **state) {
  (void)state;
  struct data d;
  struct table_plan plan;
  struct result_table *t;
  struct err e;
  set_up(&d, 3, 6, "region", "", "count()");
  assert_int_equal(table_plan_parse(d.a, &d.spec, &plan, &e), E_OK);
  assert_int_equal(tabulate(d.a, &d.in, &plan, &t, &e), E_TABLE_ITEM);
  assert_string_equal(e.subject, "region");
  arena_free(d.a);
}

static void an_empty_dataset_gives_a_zero_total(void **state) {
  (void)state;
  struct data d;
  set_up(&d, 0, 0, "area", "", "count()");
  d.in.n_shards = 2; /* both empty */
  struct result_table *t = make(&d);
  assert_int_equal(t->n_rows, 1);
  assert_true(t->measures[0].value[0] == 0);
  arena_free(d.a);
}

static void wide_form_puts_the_columns_across(void **state) {
  (void)state;
  struct data d;
  struct strbuf b;
  struct err e;
  set_up(&d, 3, 6, "area", "sex", "count()");
  struct result_table *t = make(&d);
  strbuf_init(&b, 0);
  assert_int_equal(result_csv_wide(t, 0, &b, &e), E_OK);
  assert_string_equal(strbuf_cstr(&b), "area,sex=_T,sex=1,sex=2,sex=_U\n_T,9,3,5,1\n01,4,2,2,\n02,5,1,3,1\n");
  strbuf_release(&b);
  arena_free(d.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(measures_are_read_or_refused),
      cmocka_unit_test(every_margin_of_a_register),
      cmocka_unit_test(other_measures_of_a_register),
      cmocka_unit_test(the_split_into_shards_changes_no_bit),
      cmocka_unit_test(weighted_domains_have_linearised_errors),
      cmocka_unit_test(an_item_that_the_data_do_not_have_is_named),
      cmocka_unit_test(an_empty_dataset_gives_a_zero_total),
      cmocka_unit_test(wide_form_puts_the_columns_across),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
