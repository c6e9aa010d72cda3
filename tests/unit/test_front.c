/* The front's library: names of cells, the lineage written and read back, a bundle that passes every machine-readability rule, and each rule failing
 * on its example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"
#include "front/bundle.h"
#include "front/explain.h"
#include "front/lineage.h"
#include "secure-store/release_rules.h"

/* --- names of cells --- */
static const struct {
  const char *text, *release, *table, *measure, *dimensions; /* dimensions "a=1;b=2"; release NULL = refused */
} names[] = {
    {"mls-2025-12/main?industry=E&size=5:C", "mls-2025-12", "main", "C", "industry=E;size=5;"},
    {"mls-2025-12/main:C", "mls-2025-12", "main", "C", ""},
    {"vital-2015/tfr:tfr(births, women)", "vital-2015", "tfr", "tfr(births, women)", ""},
    {"a/b?c=1:2:d", "a", "b", "d", "c=1:2;"}, /* the measure follows the last colon */
    {"a/b?industry=E-1&sex=_T:count()", "a", "b", "count()", "industry=E-1;sex=_T;"},
    {"", NULL, NULL, NULL, NULL},
    {"mls-2025-12", NULL, NULL, NULL, NULL},
    {"mls-2025-12/main", NULL, NULL, NULL, NULL},
    {"/main:C", NULL, NULL, NULL, NULL},
    {"mls/:C", NULL, NULL, NULL, NULL},
    {"mls/main:", NULL, NULL, NULL, NULL},
    {"mls/main?size:C", NULL, NULL, NULL, NULL},
    {"mls/main?=5:C", NULL, NULL, NULL, NULL},
    {"mls/main?size=:C", NULL, NULL, NULL, NULL},
    {"mls/main?size=5&size=7:C", NULL, NULL, NULL, NULL},
    {"mls/main?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1:C", NULL, NULL, NULL, NULL},
};

static void a_cell_has_a_release_a_table_codes_and_a_measure(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct arena *a = arena_new(0);
    struct cell_name c;
    struct err e;
    char dimensions[256] = "";
    enum err_code code = cell_parse(a, names[i].text, &c, &e);
    if (code != (names[i].release ? E_OK : E_EXPLAIN_CELL)) fail_msg("'%s': %s", names[i].text, err_name(code));
    for (int k = 0, n = 0; names[i].release && k < c.n; k++)
      n += snprintf(dimensions + n, sizeof dimensions - (size_t)n, "%s=%s;", c.dimensions[k], c.codes[k]);
    if (names[i].release) {
      assert_string_equal(c.release, names[i].release);
      assert_string_equal(c.table, names[i].table);
      assert_string_equal(c.measure, names[i].measure);
      assert_string_equal(dimensions, names[i].dimensions);
    }
    arena_free(a);
  }
}

/* --- a table of two dimensions, one figure suppressed by pairs --- */
static struct result_table *deaths(struct arena *a, const char *id) {
  static const char *const areas[] = {"_T", "01", "02"}, *const sexes[] = {"_T", "1", "2"};
  struct result_table *t;
  struct err e;
  assert_int_equal(result_table_new(a, id, 9, 2, 1, &t, &e), E_OK);
  t->title_en = "deaths", t->title_ja = "死亡数", t->survey = "vital", t->form = "death", t->period = "2026-01", t->profile = "persons_10";
  t->n_row_dimensions = 1;
  t->dimensions[0].name = "residence_prefecture";
  t->dimensions[1].name = "sex";
  t->measures[0].name = "count()";
  t->measures[0].unit = "person";
  for (int i = 0; i < 9; i++) {
    t->dimensions[0].code[i] = str_of(areas[i / 3]);
    t->dimensions[1].code[i] = str_of(sexes[i % 3]);
    t->measures[0].value[i] = 7001 + i;
    t->n[i] = 7001 + i;
    if (i / 3 && i % 3) {
      result_hide(&t->measures[0], i, "fewer units than the profile's minimum");
      t->n_status[i] = RESULT_SUPPRESSED;
    }
  }
  return t;
}

static struct str part_of(const struct release_part *parts, int64_t n, const char *name) {
  for (int64_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return parts[i].bytes;
  return STR("");
}

static bool holds(struct str s, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= s.n; i++)
    if (!memcmp(s.p + i, word, n)) return true;
  return false;
}

static void a_bundle_passes_every_rule_a_program_can_judge(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  const struct bundle_table tables[] = {{.table = deaths(a, "deaths"), .decision = "publish", .reason = ""}};
  struct release_part parts[5];
  struct err e;
  int64_t n;
  assert_int_equal(bundle_parts(a, tables, 1, parts, &n, &e), E_OK);
  assert_int_equal(n, 5);
  for (int wide = 0; wide < 2; wide++) {
    const char *name = wide ? "tables/deaths.wide.csv" : "tables/deaths.csv";
    const struct rule_input in = {name, part_of(parts, n, name), wide, part_of(parts, n, "codes.csv"), part_of(parts, n, "columns.csv"), "deaths"};
    struct rule_result r[RELEASE_RULES];
    int passed = 0;
    assert_int_equal(release_rules(a, &in, r, &e), E_OK);
    for (int i = 0; i < RELEASE_RULES; i++) {
      if (r[i].verdict == RULE_FAILED) fail_msg("%s of %s at %lld:%lld", r[i].id, name, (long long)r[i].line, (long long)r[i].column);
      passed += r[i].verdict == RULE_PASSED;
    }
    assert_true(passed >= 20);
  }
  arena_free(a);
}

/* 7005, 7006, 7008, 7009 are the suppressed figures: in no file, in no form. */
static void neither_a_suppressed_figure_nor_a_withheld_table_is_in_any_part(void **state) {
  (void)state;
  static const char *const secret[] = {"7005", "7006", "7008", "7009"};
  struct arena *a = arena_new(0);
  const struct bundle_table tables[] = {{.table = deaths(a, "deaths"), .decision = "publish", .reason = ""},
      {.table = deaths(a, "kept_back"), .decision = "withhold", .reason = "one figure"}};
  struct release_part parts[8];
  struct str report;
  struct err e;
  int64_t n;
  assert_int_equal(bundle_parts(a, tables, 2, parts, &n, &e), E_OK);
  assert_int_equal(n, 5);
  for (int64_t i = 0; i < n; i++) {
    assert_false(holds(parts[i].bytes, "kept_back"));
    for (size_t k = 0; k < 4; k++)
      if (holds(parts[i].bytes, secret[k])) fail_msg("%s in %s", secret[k], parts[i].name);
  }
  assert_true(holds(part_of(parts, n, "tables/deaths.csv"), "7001"));
  assert_int_equal(bundle_disclosure(a, tables, 2, parts, n, &report, &e), E_OK);
  assert_true(holds(report, "kept_back") && holds(report, "withhold"));
  for (size_t k = 0; k < 4; k++) assert_false(holds(report, secret[k]));
  arena_free(a);
}

/* --- every rule has an example that breaks it --- */
#define HEAD "table,period,sex,measure,unit,value,status\n"
#define ROW "t,2026-01,1,deaths,person,12,shown\n"
#define CODES "table,column,code,label_ja,label_en\nt,sex,1,男,male\nt,status,shown,表章,shown\nt,status,suppressed,秘匿,suppressed\n"
#define COLUMNS                                                                                                                                    \
  "table,column,kind,label_ja,label_en,unit\nt,table,text,,,\nt,period,period,,,\nt,sex,dimension,,,\nt,value,value,,,person\nt,deaths,value,,,\n"
static const struct {
  const char *rule, *csv, *codes;
  bool wide;
} breaches[] = {
    {"L1-02", HEAD ROW ",,,,,,\n" ROW, CODES, false},
    {"L1-03", HEAD ",,,,,,\n" ROW, CODES, false},
    {"L1-04", HEAD ROW ",2026-01,1,deaths,person,12,shown\n", CODES, false},
    {"L1-05", "table,period,sex,measure,unit,value,\n" ROW, CODES, false},
    {"L1-06", HEAD "t,2026-01,1, deaths,person,12,shown\n", CODES, false},
    {"L1-08", HEAD "t,2026-01,1,\xe2\x91\xa0,person,12,shown\n", CODES, false},
    {"L1-09", HEAD "t,2026-01,1,deaths,person,,shown\n", CODES, false},
    {"L1-14", HEAD "t,2026-01,1,\"dea\nths\",person,12,shown\n", CODES, false},
    {"L2-01", HEAD "t,2026-01,1,deaths,person,12*,shown\n", CODES, false},
    {"L2-02", HEAD "t,2026-01,1,\xe3\x80\x83,person,12,shown\n", CODES, false},
    {"L2-03", "table,period,sex,measure,unit,value,value\n" ROW, CODES, false},
    {"L2-04", HEAD "t,2026-01,3,deaths,person,12,shown\n", CODES, false},
    {"L2-06", HEAD "t,2026-01,1,=A1,person,12,shown\n", CODES, false},
    {"L3-01", HEAD "\n" ROW, CODES, false},
    {"L3-02", HEAD ROW, "table,column,code,label_ja,label_en\n", false},
    {"L3-03", HEAD "t,2026-01,1,deaths,person,,hidden\n", CODES, false},
    {"L3-04", HEAD "t,2026-01,1,deaths,,12,shown\n", CODES, false},
    {"L3-04", "period,sex,deaths\n2026-01,1,12\n", CODES, true},
    {"L3-05", HEAD "t,R8-01,1,deaths,person,12,shown\n", CODES, false},
    {"L3-08", "table,period,sex,measure,unit,value,\xe7\x8a\xb6\xe6\x85\x8b\n" ROW, CODES, false},
    {"L3-09", "table,period,sex,deaths\nt,2026-01,1,12\n", CODES, false},
};

static enum rule_verdict verdict_of(const char *rule, const char *csv, const char *codes, bool wide) {
  struct arena *a = arena_new(0);
  struct rule_result r[RELEASE_RULES];
  struct err e;
  enum rule_verdict v = RULE_NOT_APPLICABLE;
  const struct rule_input in = {"tables/t.csv", str_of(csv), wide, str_of(codes), STR(COLUMNS), "t"};
  enum err_code code = release_rules(a, &in, r, &e);
  if (code && (code != E_CSV_HEADER_TWICE || strcmp(rule, "L2-03")))
    fail_msg("%s: %s", rule, err_name(code)); /* a heading given twice is refused by the reader itself */
  if (code) v = RULE_FAILED;
  for (int i = 0; !code && i < RELEASE_RULES; i++)
    if (!strcmp(r[i].id, rule)) v = r[i].verdict;
  arena_free(a);
  return v;
}

static void every_rule_has_an_example_that_breaks_it(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof breaches / sizeof *breaches; i++) {
    if (verdict_of(breaches[i].rule, HEAD ROW, CODES, false) != RULE_PASSED) fail_msg("%s fails on the sound table", breaches[i].rule);
    if (verdict_of(breaches[i].rule, breaches[i].csv, breaches[i].codes, breaches[i].wide) != RULE_FAILED)
      fail_msg("%s (case %zu) passes", breaches[i].rule, i);
  }
}

/* --- lineage --- */
/* No row count, no plain hash; the same bytes again, others under another key and for other content. */
static void what_goes_out_of_a_lineage(struct arena *a, const struct estimate_output *r, const struct bundle_table *decided, struct shard *shard) {
  struct hmac_key key[2];
  struct str once, again, other, changed;
  struct lineage l;
  struct err e;
  hmac_key_init(&key[0], (const uint8_t *)"one", 3);
  hmac_key_init(&key[1], (const uint8_t *)"two", 3);
  assert_int_equal(lineage_write(NULL, a, &key[0], r, decided, &once, &e), E_OK);
  assert_int_equal(lineage_write(NULL, a, &key[0], r, decided, &again, &e), E_OK);
  assert_int_equal(lineage_write(NULL, a, &key[1], r, decided, &other, &e), E_OK);
  snprintf(shard->content_hash, sizeof shard->content_hash, "%s", "c3");
  assert_int_equal(lineage_write(NULL, a, &key[0], r, decided, &changed, &e), E_OK);
  assert_true(str_eq(once, again) && !str_eq(once, other) && !str_eq(once, changed));
  assert_false(holds(once, "rows"));
  assert_false(holds(once, "\"c2\""));
  assert_false(holds(once, "\"b1\""));
  assert_true(holds(once, "municipality-011002"));
  assert_int_equal(lineage_read(a, once, &l, &e), E_RELEASE_BUNDLE);
}
static void a_lineage_is_read_as_it_was_written(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct shard shards[2] = {{.n_rows = 12}, {.n_rows = 30}};
  struct form form = {.id = "death", .hash_hex = "f0"};
  struct estimate_dataset dataset = {.name = "vital/death/2026-01/received", .form = &form, .shards = shards, .n_shards = 2};
  struct estimate_table tables[2] = {{.form = &form, .table = deaths(a, "deaths")}, {.form = &form, .table = deaths(a, "kept_back")}};
  struct estimate_skipped skipped = {"birth", "births", "日本語", "no data of vital/birth in 2026-01", E_TABLE_DATA};
  const struct bundle_table decided[] = {{.table = tables[0].table, .decision = "publish"}, {.table = tables[1].table, .decision = "withhold"}};
  struct estimate_output r = {.survey = "vital",
      .period = "2026-01",
      .tables = tables,
      .n_tables = 2,
      .datasets = &dataset,
      .n_datasets = 1,
      .skipped = &skipped,
      .n_skipped = 1,
      .spec_hash = "5a"};
  struct lineage l;
  struct str json;
  struct err e;
  snprintf(shards[0].batch, sizeof shards[0].batch, "%s", "b1");
  snprintf(shards[0].sender, sizeof shards[0].sender, "%s", "municipality-011002");
  snprintf(shards[1].content_hash, sizeof shards[1].content_hash, "%s", "c2");
  assert_int_equal(lineage_write(NULL, a, NULL, &r, decided, &json, &e), E_OK);
  assert_false(holds(json, "日本語")); /* the same bits in every language */
  assert_true(holds(json, "no data of vital/birth in 2026-01"));
  assert_int_equal(lineage_read(a, json, &l, &e), E_OK);
  assert_string_equal(l.survey, "vital");
  assert_string_equal(l.period, "2026-01");
  assert_string_equal(l.spec_hash, "5a");
  assert_int_equal(l.n_datasets, 1);
  assert_string_equal(l.datasets[0].stage, "received");
  assert_int_equal(l.datasets[0].n_shards, 2);
  assert_string_equal(l.datasets[0].shards[0].batch, "b1");
  assert_string_equal(l.datasets[0].shards[0].sender, "municipality-011002");
  assert_string_equal(l.datasets[0].shards[1].content_hash, "c2");
  assert_int_equal(l.datasets[0].shards[1].rows, 30);
  assert_int_equal(l.n_tables, 2);
  assert_string_equal(l.table_ids[1], "kept_back");
  assert_int_equal(strlen(l.table_hashes[0]), 64);
  assert_string_equal(l.table_hashes[1], ""); /* few unknown figures are found by trying */
  what_goes_out_of_a_lineage(a, &r, decided, &shards[1]);
  arena_free(a);
}

static void what_is_no_lineage_is_refused(void **state) {
  (void)state;
  static const char *const texts[] = {"", "{}", "[]", "{\"format\":\"shirabe-lineage-2\"}", "{\"format\":\"shirabe-lineage-1\""};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct arena *a = arena_new(0);
    struct lineage l;
    struct err e;
    if (lineage_read(a, str_of(texts[i]), &l, &e) == E_OK) fail_msg("read: %s", texts[i]);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_cell_has_a_release_a_table_codes_and_a_measure),
      cmocka_unit_test(a_bundle_passes_every_rule_a_program_can_judge),
      cmocka_unit_test(neither_a_suppressed_figure_nor_a_withheld_table_is_in_any_part),
      cmocka_unit_test(every_rule_has_an_example_that_breaks_it),
      cmocka_unit_test(a_lineage_is_read_as_it_was_written),
      cmocka_unit_test(what_is_no_lineage_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
