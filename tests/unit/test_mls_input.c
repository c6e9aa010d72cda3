/* The labour survey's datasets joined: what has no stratum, weight or cell stops; the plan is data; incomplete reports drop out and are counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "estimators/mls/mls_input.h"

enum { REPORTS = 6 };
struct month {
  struct arena *a;
  struct table establishment, registers, strata, cells;
  const struct table *shard[4];
  struct mls_datasets d;
};

static const char *const prefixes[] = {"e0", "inc", "dec", "e1", "pt", "d", "hs", "ho", "c", "o", "s"};
static const char *const suffixes[] = {"total", "male", "female", "part"};

static void make(struct arena *a, struct table *t, const char *const *texts, const char *const *numbers, int64_t capacity) {
  struct column c[64];
  struct err e;
  int n = 0;
  for (int i = 0; texts[i]; i++) c[n++] = (struct column){.name = texts[i], .type = COL_CODE, .dict = dict_new(a)};
  for (int i = 0; numbers[i]; i++)
    c[n++] = (struct column){.name = numbers[i], .type = COL_INT, .unit = "", .decimals = !strcmp(numbers[i], "workers") ? 1 : 0};
  assert_int_equal(table_init(t, a, c, n, capacity, &e), E_OK);
}

static void text(struct table *t, const char *column, int64_t row, const char *value) {
  struct column *c = table_column(t, column);
  c->status[row] = *value ? VAL_REPORTED : VAL_BLANK;
  c->code[row] = *value ? dict_add(c->dict, str_of(value)) : 0;
}

static void number(struct table *t, const char *column, int64_t row, int64_t value) {
  struct column *c = table_column(t, column);
  assert_non_null(c);
  c->status[row] = VAL_REPORTED;
  c->i64[row] = value;
}

static void missing(struct table *t, const char *column, int64_t row, uint8_t status) {
  struct column *c = table_column(t, column);
  c->status[row] = status;
  c->i64[row] = 0;
}

static void make_reports(struct month *m) {
  static const char *const ids[] = {"prefecture", "establishment_no", NULL};
  static char names[11 * 4][16];
  const char *numbers[64];
  int n = 0;
  for (int i = 0; i < 11; i++)
    for (int s = 0; s < 4; s++) {
      if ((i == 4 && s == 3) || (i == 9 && (s == 1 || s == 2))) continue;
      snprintf(names[n], sizeof names[n], "%s_%s", prefixes[i], suffixes[s]);
      numbers[n] = names[n];
      n++;
    }
  numbers[n] = NULL;
  make(m->a, &m->establishment, ids, numbers, REPORTS);
  for (int k = 0; k < REPORTS; k++) {
    char no[16];
    snprintf(no, sizeof no, "%08d", k + 1);
    text(&m->establishment, "prefecture", k, "13");
    text(&m->establishment, "establishment_no", k, no);
    for (int i = 0; i < n; i++)
      number(&m->establishment, numbers[i], k, strstr(numbers[i], "_total") ? 100 + 2 * k : strstr(numbers[i], "_part") ? 10 : 50 + k);
    for (int s = 0; s < 4; s++) {
      char name[16];
      snprintf(name, sizeof name, "inc_%s", suffixes[s]);
      number(&m->establishment, name, k, 0);
      snprintf(name, sizeof name, "dec_%s", suffixes[s]);
      number(&m->establishment, name, k, 0);
    }
    number(&m->establishment, "pt_total", k, 10);
    number(&m->establishment, "pt_male", k, 4);
    number(&m->establishment, "pt_female", k, 6);
    m->establishment.n_rows++;
  }
}

static void set_up(struct month *m) {
  static const char *const register_texts[] = {"prefecture", "establishment_no", "stratum_id", "cell", NULL},
                           *const register_numbers[] = {"weight_num", "weight_den", NULL};
  static const char *const stratum_texts[] = {"stratum_id", "rule", "size", NULL},
                           *const stratum_numbers[] = {
                               "frame_establishments", "drawn_establishments", "weight_num", "weight_den", "effective_from", "effective_to", NULL};
  static const char *const cell_texts[] = {"cell", "industry", "size", "neighbour", NULL},
                           *const cell_numbers[] = {"workers", "insurance_rate", "insurance_factor", NULL};
  memset(m, 0, sizeof *m);
  m->a = arena_new(0);
  make_reports(m);
  make(m->a, &m->registers, register_texts, register_numbers, REPORTS);
  make(m->a, &m->strata, stratum_texts, stratum_numbers, 4);
  make(m->a, &m->cells, cell_texts, cell_numbers, 4);
  for (int k = 0; k < REPORTS; k++) {
    char no[16];
    snprintf(no, sizeof no, "%08d", k + 1);
    text(&m->registers, "prefecture", k, "13");
    text(&m->registers, "establishment_no", k, no);
    text(&m->registers, "stratum_id", k, k < 3 ? "E-1" : "E-5");
    text(&m->registers, "cell", k, k < 3 ? "E/1" : "E/5");
    number(&m->registers, "weight_num", k, k < 3 ? 1 : 4);
    number(&m->registers, "weight_den", k, 1);
    m->registers.n_rows++;
  }
  static const struct {
    const char *id, *rule, *size;
    int64_t frame, drawn, num, den;
  } strata[] = {{"E-1", "take-all", "1", 3, 3, 1, 1}, {"E-5", "sample", "5", 12, 3, 4, 1}};
  for (int h = 0; h < 2; h++) {
    text(&m->strata, "stratum_id", h, strata[h].id);
    text(&m->strata, "rule", h, strata[h].rule);
    text(&m->strata, "size", h, strata[h].size);
    number(&m->strata, "frame_establishments", h, strata[h].frame);
    number(&m->strata, "drawn_establishments", h, strata[h].drawn);
    number(&m->strata, "weight_num", h, strata[h].num);
    number(&m->strata, "weight_den", h, strata[h].den);
    number(&m->strata, "effective_from", h, 17532);
    missing(&m->strata, "effective_to", h, VAL_BLANK);
    text(&m->cells, "cell", h, h ? "E/5" : "E/1");
    text(&m->cells, "industry", h, "E");
    text(&m->cells, "size", h, h ? "5" : "1");
    text(&m->cells, "neighbour", h, h ? "E/1" : "E/5");
    number(&m->cells, "workers", h, h ? 15005 : 3040);
    number(&m->cells, "insurance_rate", h, 0);
    number(&m->cells, "insurance_factor", h, 0);
    m->strata.n_rows++;
    m->cells.n_rows++;
  }
  m->shard[0] = &m->establishment, m->shard[1] = &m->registers, m->shard[2] = &m->strata, m->shard[3] = &m->cells;
  m->d = (struct mls_datasets){.establishment = {"mls/establishment", m->shard, 1},
      .registers = {"mls/register", m->shard + 1, 1},
      .strata = {"mls/stratum", m->shard + 2, 1},
      .cells = {"mls/cell", m->shard + 3, 1},
      .day = 20453};
}

static void a_whole_month_from_tables_to_rows(void **state) {
  (void)state;
  struct month m;
  struct mls_input in;
  struct mls_run_result r;
  struct err e;
  set_up(&m);
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_OK);
  assert_int_equal(in.run.sample.n, REPORTS);
  assert_int_equal(in.plan.n_take_all, 1);
  assert_int_equal(mls_run(m.a, &in.run, &r, &e), E_OK);
  for (int32_t g = 0; g < in.run.n_rollups; g++)
    if (str_eq(r.rows[g].industry, STR("TL")) && str_eq(r.rows[g].size, STR("T"))) {
      assert_int_equal(r.rows[g].value[MLS_ALL][MLS_COL_E0], 304 + 1501); /* 1500.5 rounds up: E is met per cell */
      assert_int_equal(in.n_reports[g * MLS_SPLITS + MLS_ALL], REPORTS);
    }
  arena_free(m.a);
}

/* An establishment that employs nobody part-time is no unit of the part-time figures: with it a figure of one would count as a figure of many. */
static void units_of_a_split_are_the_reports_that_have_such_workers(void **state) {
  (void)state;
  struct month m;
  struct mls_input in;
  struct err e;
  set_up(&m);
  for (int64_t k = 0; k < REPORTS - 1; k++) number(&m.establishment, "e0_part", k, 0), number(&m.establishment, "e1_part", k, 0);
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_OK);
  for (int32_t g = 0; g < in.run.n_rollups; g++) {
    const struct mls_rollup *r = &in.run.rollups[g];
    if (!str_eq(r->industry, STR("TL")) || !str_eq(r->size, STR("T"))) continue;
    assert_int_equal(in.n_reports[g * MLS_SPLITS + MLS_ALL], REPORTS);
    assert_int_equal(in.n_reports[g * MLS_SPLITS + MLS_GENERAL], REPORTS);
    assert_int_equal(in.n_reports[g * MLS_SPLITS + MLS_PART], 1);
  }
  arena_free(m.a);
}

static void reports_that_nobody_drew_stop_the_run(void **state) {
  (void)state;
  static const struct {
    const char *column, *value;
    enum err_code code;
  } cases[] = {{"establishment_no", "99999999", E_NO_STRATUM}, {"stratum_id", "", E_NO_STRATUM}, {"stratum_id", "E-7", E_NO_STRATUM},
      {"cell", "", E_MLS_NO_CELL}, {"cell", "E/7", E_MLS_NO_CELL}, {"stratum_id", "E-5", E_WEIGHT_NOT_INVERSE}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct month m;
    struct mls_input in;
    struct err e;
    set_up(&m);
    text(&m.registers, cases[i].column, 1, cases[i].value);
    assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), cases[i].code);
    assert_string_equal(e.subject, "mls/establishment row 2");
    arena_free(m.a);
  }
}

static void a_register_without_weight_stops_the_run(void **state) {
  (void)state;
  struct month m;
  struct mls_input in;
  struct err e;
  set_up(&m);
  missing(&m.registers, "weight_num", 4, VAL_BLANK);
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_NO_WEIGHT);
  assert_string_equal(e.subject, "mls/establishment row 5");
  arena_free(m.a);
}

/* The stratum table says "sample", the plan says take-all: the plan wins. */
static void sampled_strata(struct month *m) {
  text(&m->strata, "rule", 0, "sample");
  number(&m->strata, "frame_establishments", 0, 9);
  number(&m->strata, "weight_num", 0, 3);
  for (int k = 0; k < 3; k++) number(&m->registers, "weight_num", k, 3);
}

static void the_plan_wins_over_the_stratum_table(void **state) {
  (void)state;
  static const char plan[] = "{\"rules\":[{\"size\":\"1\",\"rule\":\"take-all\"}],\"exceptions\":[]}";
  static const char excepted[] =
      "{\"rules\":[{\"size\":\"1\",\"rule\":\"take-all\"}],\"exceptions\":[{\"stratum\":\"E-1\",\"text\":\"approval 7\"}]}";
  struct month m;
  struct mls_input in;
  struct err e;
  set_up(&m);
  sampled_strata(&m);
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_OK); /* without a plan the table stands */
  m.d.plan_json = plan;
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_TAKE_ALL_SAMPLED);
  assert_string_equal(e.subject, "E-1");
  m.d.plan_json = excepted;
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_OK);
  assert_int_equal(in.plan.n_exceptions, 1);
  assert_string_equal(in.plan.exceptions[0].text, "approval 7");
  arena_free(m.a);
}

static void incomplete_reports_drop_out_and_are_counted(void **state) {
  (void)state;
  struct month m;
  struct mls_input in;
  struct err e;
  set_up(&m);
  missing(&m.establishment, "c_total", 1, VAL_UNKNOWN);
  number(&m.establishment, "pt_total", 4, 0); /* nobody part-time: its columns may be empty */
  missing(&m.establishment, "c_part", 4, VAL_BLANK);
  missing(&m.establishment, "hs_part", 4, VAL_NOT_APPLICABLE);
  missing(&m.establishment, "c_part", 5, VAL_BLANK); /* has part-time workers: incomplete */
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_OK);
  assert_int_equal(in.n_incomplete, 2);
  assert_int_equal(in.run.sample.n, REPORTS - 2);
  arena_free(m.a);
}

static void strata_out_of_force_are_not_used(void **state) {
  (void)state;
  struct month m;
  struct mls_input in;
  struct err e;
  set_up(&m);
  number(&m.strata, "effective_to", 1, 20000);
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_NO_STRATUM);
  m.d.day = 19999;
  assert_int_equal(mls_input_build(m.a, &m.d, &in, &e), E_OK);
  arena_free(m.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_whole_month_from_tables_to_rows),
      cmocka_unit_test(units_of_a_split_are_the_reports_that_have_such_workers), cmocka_unit_test(reports_that_nobody_drew_stop_the_run),
      cmocka_unit_test(a_register_without_weight_stops_the_run),
      cmocka_unit_test(the_plan_wins_over_the_stratum_table),
      cmocka_unit_test(incomplete_reports_drop_out_and_are_counted),
      cmocka_unit_test(strata_out_of_force_are_not_used),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
