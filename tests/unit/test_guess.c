/* Guessing: where the table lies, what each column is, which item of a form it holds, and what is written for a person to keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ext_json.h"
#include "collector/guess_impl.h"
#include "collector/guess_write.h"

struct bench {
  struct arena *a;
  struct job job;
  struct source source;
  struct guess_lists lists;
  struct guess g;
};
static char path[] = "/tmp/shirabe-guess-XXXXXX";

static void write_file(const char *p, size_t n) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static enum err_code guess_bytes(struct bench *b, const char *p, size_t n, struct err *e) {
  *b = (struct bench){.a = arena_new(0), .source = {.fd = -1}};
  b->job = (struct job){.arena = b->a, .n_threads = 1};
  write_file(p, n);
  enum err_code code = source_open(b->a, path, true, &b->source, e);
  if (!code) code = guess_lists_read(b->a, &b->job, "forms", &b->lists, e);
  return code ? code : guess_file(b->a, &b->job, &b->source, &source_reader_csv, &b->lists, &b->g, e);
}

static void guess_text(struct bench *b, const char *text) {
  struct err e = {0};
  if (guess_bytes(b, text, strlen(text), &e)) fail_msg("guess failed with %d: %s", (int)e.code, text);
}

static void done(struct bench *b) {
  source_close(&b->source);
  arena_free(b->a);
}

static void the_table_is_found(void **state) {
  (void)state;
  static const struct {
    const char *text;
    char delimiter;
    int titles, headers, columns, notes;
  } cases[] = {
      {"市,人口\n甲市,5\n乙市,6\n丙市,7\n", ',', 0, 1, 2, 0},
      {"市\t人口\n甲市\t5\n乙市\t6\n", '\t', 0, 1, 2, 0},
      {"市;人口\n甲市;5\n乙市;6\n", ';', 0, 1, 2, 0},
      {"市;備考\n甲市;a,b\n乙市;c,d,e\n", ';', 0, 1, 2, 0},
      {"人口の表,,\n市,男,女\n甲市,5,6\n乙市,6,7\n", ',', 1, 1, 3, 0},
      {"人口の表\n\n単位 人\n市,男,女\n甲市,5,6\n乙市,6,7\n", ',', 2, 1, 3, 0},
      {"市,人口,\n,男,女\n甲市,5,6\n乙市,6,7\n", ',', 0, 2, 3, 0},
      {"市,人口,\n,男,女\n,人,人\n甲市,5,6\n乙市,6,7\n", ',', 0, 3, 3, 0},
      {"市,人口,世帯,面積,備考,別\n,うち男,,,,\n,人,世帯,km2,字,別\n甲市,5,6,7,8,9\n乙市,6,7,8,9,1\n", ',', 0, 3, 6, 0},
      {"市,2018,2019,2020\n甲市,5,6,9\n乙市,6,7,1\n", ',', 0, 1, 4, 0},
      {"年,1-2,1,2\n,平均,１月,２月\nyear,av.,Jan.,Feb.\n1952,-,5,6\n1953,7,5,7\n1954,7,5,8\n", ',', 0, 3, 4, 0},
      {"code,level,parent\nA,major,\n01,middle,A\n010,minor,01\n0100,detail,010\n0101,detail,010\n0102,detail,010\n", ',', 0, 1, 3, 0},
      {"5,6\n7,8\n9,1\n", ',', 0, 0, 2, 0},
      {"001, ,A\n002, ,B\n003, ,A\n", ',', 0, 0, 3, 0},
      {"甲,乙\n甲,丙\n", ',', 0, 0, 2, 0},
      {"市,区分\n甲市,一\n乙市,二\n", ',', 0, 1, 2, 0},
      {"市,人口\n甲市,5\n乙市,6\n注）概数\n資料,\n", ',', 0, 1, 2, 2},
      {"1,2,3\n", ',', 0, 0, 3, 0},
      {"人口\n5\n6\n", ',', 0, 1, 1, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct bench b;
    guess_text(&b, cases[i].text);
    if (b.g.sample.delimiter != cases[i].delimiter || b.g.title_rows != cases[i].titles || b.g.header_rows != cases[i].headers ||
        b.g.n_columns != cases[i].columns || b.g.notes != cases[i].notes)
      fail_msg("case %zu: delimiter %d, titles %d, headers %d, columns %d, notes %d", i, b.g.sample.delimiter, (int)b.g.title_rows,
               (int)b.g.header_rows, (int)b.g.n_columns, (int)b.g.notes);
    done(&b);
  }
}

/* One column below a heading, twelve cells in turn. */
static void each_column_gets_its_class(void **state) {
  (void)state;
  static const struct {
    const char *heading, *cells[4];
    enum item_class class;
    enum guess_reason reason;
    const char *list;
    int decimals;
  } cases[] = {
      {"人口", {"5", "12", "1,234", "７"}, CLASS_COUNT, REASON_NUMBERS, NULL, 0},
      {"増減", {"5", "△3", "-2", "0"}, CLASS_AMOUNT, REASON_NUMBERS, NULL, 0},
      {"給与額", {"5", "6", "7", "8"}, CLASS_AMOUNT, REASON_NUMBERS, NULL, 0},
      {"失業率", {"2.5", "3", "2.75", "2.1"}, CLASS_RATE, REASON_NUMBERS, NULL, 2},
      {"割合", {"5%", "6%", "7%", "8%"}, CLASS_RATE, REASON_NUMBERS, NULL, 0},
      {"x", {"5人", "6人", "7人", "8人"}, CLASS_COUNT, REASON_NUMBERS, NULL, 0},
      {"x", {"5", "6", "集計中", "8"}, CLASS_COUNT, REASON_NUMBERS, NULL, 0},
      {"x", {"5", "集計中", "未定", "8"}, CLASS_TEXT, REASON_MIXED, NULL, 0},
      {"x", {"-", "…", "5", "6"}, CLASS_COUNT, REASON_NUMBERS, NULL, 0},
      {"x", {"43.0620877", "43.06208771", "5", "6"}, CLASS_AMOUNT, REASON_NUMBERS, NULL, 8},
      {"x", {"43.0620877", "43.0620877112", "5", "6"}, CLASS_TEXT, REASON_TOO_FINE, NULL, 9},
      {"x", {"1.18E+12", "1.18E+12", "1.19E+12", "2.18E+12"}, CLASS_CODE, REASON_FEW_VALUES, NULL, 0},
      {"x", {"001", "012", "123", "007"}, CLASS_CODE, REASON_LEADING_ZEROS, NULL, 0},
      {"x", {"000001.000", "000001.500", "000002.000", "000003.000"}, CLASS_AMOUNT, REASON_NUMBERS, NULL, 3},
      {"整理番号", {"12", "13", "14", "15"}, CLASS_CODE, REASON_CODE_HEADING, NULL, 0},
      {"団体コード", {"011002", "011011", "011029", "011037"}, CLASS_CODE, REASON_CODE_LIST, "municipalities", 0},
      {"x", {"011002", "011011", "011029", "011037"}, CLASS_CODE, REASON_CODE_LIST, "municipalities", 0},
      {"x", {"011003", "011012", "011020", "011038"}, CLASS_CODE, REASON_LEADING_ZEROS, NULL, 0},
      {"都道府県", {"01", "02", "13", "47"}, CLASS_CODE, REASON_CODE_LIST, "prefectures", 0},
      {"x", {"01", "02", "13", "47"}, CLASS_CODE, REASON_LEADING_ZEROS, NULL, 0},
      {"性別", {"1", "2", "1", "2"}, CLASS_CODE, REASON_CODE_LIST, "sex", 0},
      {"子の数", {"1", "2", "1", "2"}, CLASS_COUNT, REASON_NUMBERS, NULL, 0},
      {"死因", {"A00", "C349", "I21", "J18"}, CLASS_CODE, REASON_CODE_LIST, "icd10", 0},
      {"渡航の有無", {"0", "1", "1", "0"}, CLASS_FLAG, REASON_TWO_VALUES, NULL, 0},
      {"届出日", {"2025/4/1", "2025-04-02", "2025年4月3日", "2025.4.4"}, CLASS_DATE, REASON_DATES, NULL, 0},
      {"届出日", {"R7.4.1", "令和7年4月2日", "H31.4.30", "S64.1.7"}, CLASS_WAREKI, REASON_ERA_DATES, NULL, 0},
      {"届出日", {"20250401", "20250402", "20250403", "20250404"}, CLASS_DATE, REASON_COMPACT_DATES, NULL, 0},
      {"氏名", {"甲山乙", "丙川丁", "戊田己", "庚野辛"}, CLASS_NAME, REASON_NAME_HEADING, NULL, 0},
      {"区分", {"A1", "B2", "A1", "B2"}, CLASS_CODE, REASON_FEW_VALUES, NULL, 0},
      {"備考", {"甲", "乙", "丙", "丁"}, CLASS_TEXT, REASON_TEXT, NULL, 0},
      {"x", {"", "", "", ""}, CLASS_TEXT, REASON_EMPTY, NULL, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct bench b;
    struct strbuf t;
    strbuf_init(&t, 0);
    strbuf_addf(&t, "番号;%s\n", cases[i].heading);
    for (int k = 0; k < 12; k++) strbuf_addf(&t, "%d;%s\n", k * 3 + 1, cases[i].cells[k % 4]);
    guess_text(&b, strbuf_cstr(&t));
    const struct guess_column *c = &b.g.columns[1];
    const char *list = c->list.name ? c->list.name : "", *wanted = cases[i].list ? cases[i].list : "";
    if (c->class != cases[i].class || c->reason != cases[i].reason || strcmp(list, wanted) != 0 || c->decimals != cases[i].decimals)
      fail_msg("case %zu (%s, %s): class %s, reason %d, list %s, decimals %d", i, cases[i].heading, cases[i].cells[0], item_class_name(c->class),
               (int)c->reason, list, c->decimals);
    strbuf_release(&t);
    done(&b);
  }
}

static void evidence_is_counted(void **state) {
  (void)state;
  struct bench b;
  guess_text(&b, "団体コード,人口,世帯\n10006,-,1\n10015,5,2\n10023,…,3\n10032, ,4\n");
  const struct guess_column *code = &b.g.columns[0], *people = &b.g.columns[1];
  assert_int_equal(code->lost_zero_percent, 25); /* 010006 is Hokkaido with its zero; the others have other check digits */
  assert_int_equal(people->filled, 1);
  assert_int_equal(people->blank, 1);
  assert_int_equal(people->signs, 2);
  assert_int_equal(people->n_signs, 2);
  char missing[GUESS_MISSING_BYTES];
  assert_string_equal(guess_missing(people, missing), "-=not_applicable;…=unknown");
  assert_string_equal(people->shape, "9");
  assert_string_equal(code->shape, "99999");
  done(&b);
}

/* 外字, second bytes that look like separators, and a guess that does not depend on the encoding. */
static void cp932_and_utf8_give_the_same_guess(void **state) {
  (void)state;
  static const char sjis[] = "\x8e\x73,\x90\x6c\x8c\xfb\n\x83\x5c\x8e\x73,5\n\x94\x5c\x8e\x73,6\n\xf0\x40,7\n";
  struct bench b;
  struct err e = {0};
  assert_int_equal(guess_bytes(&b, sjis, sizeof sjis - 1, &e), E_OK);
  assert_int_equal(b.source.encoding.encoding, ENCODING_CP932);
  assert_int_equal(b.g.header_rows, 1);
  assert_int_equal(b.g.n_columns, 2);
  assert_string_equal(b.g.columns[1].label, "人口");
  assert_int_equal(b.g.columns[1].class, CLASS_COUNT);
  done(&b);
}

static void headings_join_their_levels(void **state) {
  (void)state;
  struct bench b;
  guess_text(&b, "市,\"人口\n（総数）\",,世帯,\n,男,女,,うち単身\n甲市,5,6,7,8\n乙市,6,7,8,9\n");
  static const char *const labels[] = {"市", "人口(総数)/男", "人口(総数)/女", "世帯", "世帯/うち単身"};
  assert_int_equal(b.g.header_rows, 2);
  for (int j = 0; j < 5; j++) {
    assert_string_equal(b.g.columns[j].label, labels[j]);
    assert_true(b.g.columns[j].heading_unique);
  }
  done(&b);
  guess_text(&b, "x,l,L\n0,5,6\n1,6,7\n"); /* intake does not tell capitals apart */
  assert_true(b.g.columns[0].heading_unique);
  assert_false(b.g.columns[1].heading_unique);
  done(&b);
  guess_text(&b, "市,人口,人口,\n甲市,5,6,7\n乙市,6,7,8\n");
  assert_true(b.g.columns[0].heading_unique);
  assert_false(b.g.columns[1].heading_unique);
  assert_false(b.g.columns[2].heading_unique);
  assert_false(b.g.columns[3].heading_unique);
  done(&b);
}

/* x and * have a meaning among figures; among texts they may be answers. */
static void signs_get_the_meaning_of_printed_tables(void **state) {
  (void)state;
  struct bench b;
  char missing[GUESS_MISSING_BYTES];
  guess_text(&b, "市,人口,印\n甲市,x,x\n乙市,***,・\n丙市,・,甲\n丁市,*,乙\n戊市,5,丙\n己市,△,-\n");
  assert_string_equal(guess_missing(&b.g.columns[1], missing), "x=suppressed;***=not_available;・=impossible;*=small_base");
  assert_int_equal(b.g.columns[1].signs, 5);
  assert_string_equal(guess_missing(&b.g.columns[2], missing), "-=not_applicable");
  done(&b);
}

static void nothing_filled_is_nothing_guessed(void **state) {
  (void)state;
  static const char *const files[] = {",,\n,,\n", "\n\n", " , \n"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    struct bench b;
    struct err e = {0};
    assert_int_equal(guess_bytes(&b, files[i], strlen(files[i]), &e), E_GUESS_EMPTY);
    done(&b);
  }
}

static void the_sample_ends_and_says_so(void **state) {
  (void)state;
  struct bench b;
  struct strbuf t;
  strbuf_init(&t, 0);
  strbuf_adds(&t, "市,人口\n");
  for (int i = 0; i < GUESS_SAMPLE_ROWS + 10; i++) strbuf_addf(&t, "甲市,%d\n", i);
  guess_text(&b, strbuf_cstr(&t));
  assert_false(b.g.sample.whole);
  assert_int_equal(b.g.sample.n_rows, GUESS_SAMPLE_ROWS);
  done(&b);
  strbuf_reset(&t);
  strbuf_adds(&t, "市,備考\n");
  for (int i = 0; i < 2000; i++) { /* the sample's bytes end inside a quoted cell */
    strbuf_addf(&t, "甲市,\"");
    for (int k = 0; k < 1000; k++) strbuf_adds(&t, "長い\n備考");
    strbuf_addf(&t, "%d\"\n", i);
  }
  guess_text(&b, strbuf_cstr(&t));
  assert_false(b.g.sample.whole);
  assert_int_equal(b.g.n_columns, 2);
  done(&b);
  strbuf_release(&t);
}

/* --- a known form --- */

static const struct form *birth_form(struct bench *b) {
  struct form *f;
  struct err e = {0};
  if (form_read(b->a, &b->job, "forms", "vital", "birth", NULL, INT64_MIN, &f, NULL, &e)) fail_msg("vital/birth: %d", (int)e.code);
  return f;
}

static const char *item_of(const struct guess_mapping *m, int j) { return m->match[j].item ? m->match[j].item->name : ""; }

static void columns_find_their_items(void **state) {
  (void)state;
  struct bench b;
  struct guess_mapping m;
  struct err e = {0};
  guess_text(&b,
             "市区町村コード（届出地）,事件簿番号,性　別,出生時の体重,なにか別のもの\n011002,1,1,3200,甲\n011011,2,2,2900,乙\n011029,3,1,3100,丙\n");
  const struct form *f = birth_form(&b);
  assert_int_equal(guess_map(b.a, f, &b.g, &m, &e), E_OK);
  assert_string_equal(item_of(&m, 0), "municipality_code");
  assert_string_equal(item_of(&m, 1), "event_book_no");
  assert_string_equal(item_of(&m, 2), "sex");
  assert_string_equal(item_of(&m, 4), "");
  assert_int_equal(m.match[0].reason, MAP_EXACT);
  assert_int_equal(m.match[0].score, 100);
  assert_true(m.match[3].item == NULL || m.match[3].reason == MAP_NEAR);
  assert_true(m.n_missing > 10);
  for (int i = 0; i < m.n_missing; i++) assert_string_not_equal(m.missing[i]->name, "sex");
  done(&b);
}

/* The content decides between headings that are equally near, and lowers the confidence when it does not agree. */
static void content_weighs_in(void **state) {
  (void)state;
  struct bench good, bad;
  struct guess_mapping m1, m2;
  struct err e = {0};
  guess_text(&good, "性別,事件簿番号\n1,1\n2,2\n1,3\n");
  guess_text(&bad, "性別,事件簿番号\n男,1\n女,2\n男,3\n");
  assert_int_equal(guess_map(good.a, birth_form(&good), &good.g, &m1, &e), E_OK);
  assert_int_equal(guess_map(bad.a, birth_form(&bad), &bad.g, &m2, &e), E_OK);
  assert_string_equal(item_of(&m1, 0), "sex");
  assert_string_equal(item_of(&m2, 0), "sex");
  assert_int_equal(m1.match[0].content, 100);
  assert_int_equal(m2.match[0].content, 0);
  assert_true(m1.match[0].score > m2.match[0].score);
  done(&good), done(&bad);
}

/* What is written is what the form reader reads. */
static void the_layout_is_one_the_form_accepts(void **state) {
  (void)state;
  struct bench b;
  struct guess_mapping m;
  struct err e = {0};
  struct strbuf text;
  struct json_out j;
  struct layout *l;
  guess_text(&b, "出生の表\t\t\n市区町村コード（届出地）\t事件簿番号\t性別\n011002\t1\t1\n011011\t2\t2\n");
  const struct form *f = birth_form(&b);
  assert_int_equal(guess_map(b.a, f, &b.g, &m, &e), E_OK);
  strbuf_init(&text, 0);
  json_begin(&j, &text, false);
  guess_layout_object(&j, &b.g, &m);
  assert_true(json_done(&j));
  assert_int_equal(layout_parse(b.a, &b.job, f, "guess.json", str_view(text.p, text.n), &l, &e), E_OK);
  assert_int_equal(l->n_items, 3);
  assert_int_equal(l->title_rows, 1);
  assert_int_equal(l->header_rows, 1);
  assert_int_equal(l->delimiter, '\t');
  assert_string_equal(l->encoding, "utf-8");
  assert_string_equal(l->items[2]->name, "sex");
  strbuf_release(&text);
  done(&b);
}

static int make_path(void **state) {
  (void)state;
  int fd = mkstemp(path);
  return fd < 0 || close(fd);
}
static int remove_path(void **state) {
  (void)state;
  return unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_table_is_found),          cmocka_unit_test(each_column_gets_its_class),
      cmocka_unit_test(evidence_is_counted),         cmocka_unit_test(cp932_and_utf8_give_the_same_guess),
      cmocka_unit_test(headings_join_their_levels),
      cmocka_unit_test(signs_get_the_meaning_of_printed_tables),  cmocka_unit_test(nothing_filled_is_nothing_guessed),
      cmocka_unit_test(the_sample_ends_and_says_so), cmocka_unit_test(columns_find_their_items),
      cmocka_unit_test(content_weighs_in),           cmocka_unit_test(the_layout_is_one_the_form_accepts),
  };
  return cmocka_run_group_tests(tests, make_path, remove_path);
}
