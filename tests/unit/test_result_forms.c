/* Result tables as CSV, JSON, digest bytes, pictures, comparisons and codebooks: what is hidden leaves no trace in any of them; what is
 * written is read back. */
#include "table_fixture.h"

#include <stdio.h>

#include "base/ext_sodium.h"
#include "estimators/table/chart/chart_revision.h"
#include "estimators/table/codebook.h"
#include "estimators/table/table_digest.h"

/* --- every output of one table into one buffer --- */
static void picture(struct arena *a, const struct result_table *t, enum chart_kind kind, const char *measure, struct strbuf *b) {
  const struct result_table *const list[] = {t};
  const struct chart_request q = {.kind = kind, .measure = measure, .classes = 5, .lang = kind == CHART_BAR ? LANG_JA : LANG_EN, .margins = true};
  OK(chart_of_results(a, list, 1, &q, b, e));
}

static void compared(struct arena *a, const struct result_table *x, const struct result_table *y, struct strbuf *b) {
  struct revision r;
  struct json_out j;
  const struct revision_options o = {.independent = true};
  OK(revision_compare(a, x, y, &o, &r, e));
  revision_csv(&r, b);
  json_begin(&j, b, false);
  revision_json(&r, &j);
  if (r.summary.n_changed) OK(chart_of_revision(a, &r, LANG_EN, NULL, NULL, b, e));
}

static void json_of(const struct result_table *t, struct strbuf *b) {
  struct json_out j;
  json_begin(&j, b, false);
  result_json(t, &j);
  assert_true(json_done(&j));
}

enum { OUTPUTS = 15 };
static void output(struct arena *a, int which, double secret, struct strbuf *b) {
  struct result_table *t = fixture_table(a, secret), *other = fixture_table(a, secret / 3);
  const struct result_document d = {.n_tables = 1, .tables = &t, .spec_hash = "", .program = ""};
  const struct codebook_words w = {.found = false};
  other->measures[0].value[0] += 17;                            /* something shown that changes */
  other->measures[0].status[FIXTURE_SUPPRESSED] = RESULT_SHOWN; /* and something that was hidden before */
  other->measures[0].value[FIXTURE_SUPPRESSED] = 341;
  switch (which) {
  case 0: result_csv_long(t, b); break;
  case 1: result_csv_rows(t, b); break;
  case 2: OK(result_csv_wide(t, 0, b, e)); break;
  case 3: OK(result_csv_wide(t, 1, b, e)); break;
  case 4: t->digest = "0123", json_of(t, b); break;
  case 5: json_of(t, b); break;
  case 6: result_canonical(t, b); break;
  case 7: picture(a, t, CHART_DOT, "mean(income)", b); break;
  case 8: picture(a, t, CHART_BAR, "total(income)", b); break;
  case 9: picture(a, t, CHART_LINE, "mean(income)", b); break;
  case 10: picture(a, t, CHART_MAP, "mean(income)", b); break;
  case 11: compared(a, t, t, b); break;
  case 12: compared(a, other, t, b); break;
  case 13: compared(a, t, other, b); break;
  default: OK(codebook_write(a, &d, t, &w, PAGE_HTML, LANG_EN, b, e)); break;
  }
}

/* Two tables that differ only in what stands behind hidden cells give the same bytes; one that differs in a shown cell does not. */
static void hidden_cells_leave_no_trace(void **state) {
  (void)state;
  for (int which = 0; which < OUTPUTS; which++) {
    struct arena *a = arena_new(0);
    struct strbuf x, y;
    strbuf_init(&x, 0), strbuf_init(&y, 0);
    output(a, which, 987654.25, &x);
    output(a, which, 123.5, &y);
    assert_false(x.failed || y.failed);
    if (x.n != y.n || memcmp(x.p, y.p, x.n) != 0) fail_msg("output %d tells what is hidden", which);
    if (strstr(strbuf_cstr(&x), "987654") || strstr(strbuf_cstr(&x), "987,654")) fail_msg("output %d prints what is hidden", which);
    strbuf_release(&x), strbuf_release(&y);
    arena_free(a);
  }
}

static void suppressed_row_of_a_map_has_no_colour(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 987654.25);
  struct strbuf b;
  const struct result_table *const list[] = {t};
  const struct chart_request q = {.kind = CHART_MAP, .n_where = 1, .where = {{"sex", STR("1")}}, .classes = 5, .lang = LANG_EN};
  strbuf_init(&b, 0);
  OK(chart_of_results(a, list, 1, &q, &b, e));
  const char *tile = strstr(strbuf_cstr(&b), "<title>Hokkaido x</title>");
  assert_non_null(tile);
  assert_true(strncmp(strstr(tile, "fill="), "fill=\"url(#chart-hatch)\"", 24) == 0);
  assert_non_null(strstr(b.p, "x  suppressed  (1)"));
  assert_non_null(strstr(b.p, "<title>Aomori no figure</title>"));
  strbuf_release(&b);
  arena_free(a);
}

/* --- JSON and back --- */
static void canonical_hex(const struct result_table *t, char hex[65]) {
  struct strbuf b;
  uint8_t hash[HASH_BYTES];
  strbuf_init(&b, 0);
  result_canonical(t, &b);
  sha256_of(b.p, b.n, hash);
  for (int i = 0; i < HASH_BYTES; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
  strbuf_release(&b);
}

static void what_is_written_is_read_with_the_same_digest(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 5);
  struct result_document d;
  struct strbuf first, second;
  char x[65], y[65];
  canonical_hex(t, x);
  t->digest = x;
  strbuf_init(&first, 0), strbuf_init(&second, 0);
  json_of(t, &first);
  OK(result_read(a, "t.json", first.p, first.n, &d, e));
  assert_int_equal(d.n_tables, 1);
  canonical_hex(d.tables[0], y);
  assert_string_equal(x, y);
  assert_string_equal(d.tables[0]->digest, x);
  assert_int_equal(d.tables[0]->n_row_dimensions, 1);
  json_of(d.tables[0], &second);
  assert_int_equal(first.n, second.n);
  assert_memory_equal(first.p, second.p, first.n);
  strbuf_release(&first), strbuf_release(&second);
  arena_free(a);
}

static void a_changed_figure_changes_the_digest(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 5);
  char x[65], y[65];
  canonical_hex(t, x);
  t->measures[0].value[2] += 0.04; /* below the last decimal shown: 320.25 -> 320.29, both 320.3 */
  canonical_hex(t, y);
  assert_string_equal(x, y);
  t->measures[0].value[2] += 0.1;
  canonical_hex(t, y);
  assert_string_not_equal(x, y);
  t = fixture_table(a, 5), t->measures[1].flag[1] = "F", canonical_hex(t, y);
  assert_string_not_equal(x, y);
  t = fixture_table(a, 5), t->measures[1].high[3] *= 1.0000000001, canonical_hex(t, y);
  assert_string_not_equal(x, y);
  t = fixture_table(a, 5), t->title_en = "another title", canonical_hex(t, y);
  assert_string_equal(x, y);
  arena_free(a);
}

static void long_csv_is_read_back(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 5);
  struct result_document d;
  struct strbuf first, second;
  strbuf_init(&first, 0), strbuf_init(&second, 0);
  result_csv_long(t, &first);
  OK(result_read(a, "t.csv", first.p, first.n, &d, e));
  result_csv_long(d.tables[0], &second);
  assert_string_equal(strbuf_cstr(&first), strbuf_cstr(&second));
  strbuf_release(&first), strbuf_release(&second);
  arena_free(a);
}

/* --- what is refused, and where --- */
#define HEAD "{\"table\":\"t\",\"rows\":[{\"key\":{\"a\":\"1\"},\"n\":5,\"measures\":{\"x\":"
static const struct {
  const char *text, *subject;
} refused[] = {
    {HEAD "{\"value\":1,\"status\":\"shown\",\"extra\":2}}}]}", "rows[0].measures.x.extra"},
    {HEAD "{\"value\":1,\"status\":\"hidden\"}}}]}", "rows[0].measures.x.status"},
    {HEAD "{\"value\":null,\"status\":\"shown\"}}}]}", "rows[0].measures.x.value"},
    {HEAD "{\"value\":7,\"status\":\"suppressed\"}}}]}", "rows[0].measures.x.value"},
    {HEAD "{\"value\":null,\"se\":3,\"status\":\"suppressed\"}}}]}", "rows[0].measures.x.se"},
    {HEAD "{\"value\":null,\"deff\":3,\"status\":\"suppressed\"}}}]}", "rows[0].measures.x.deff"},
    {HEAD "{\"value\":1,\"cv\":3,\"status\":\"shown\"}}}]}", "rows[0].measures.x.se"},
    {HEAD "{\"value\":1,\"se\":-3,\"status\":\"shown\"}}}]}", "rows[0].measures.x.se"},
    {HEAD "{\"value\":1,\"low\":0,\"status\":\"shown\"}}}]}", "rows[0].measures.x.low"},
    {HEAD "{\"value\":1,\"low\":3,\"high\":2,\"confidence\":0.9,\"status\":\"shown\"}}}]}", "rows[0].measures.x.low"},
    {"{\"table\":\"t\",\"rows\":[{\"key\":{\"a\":\"1\"},\"n\":-5,\"measures\":{}}]}", "rows[0].n"},
    {"{\"table\":\"t\",\"rows\":[{\"key\":{\"a\":\"1\"},\"measures\":{}},{\"key\":{\"b\":\"1\"},\"measures\":{}}]}", "rows[1].key"},
    {"{\"table\":\"t\",\"rows\":[{\"key\":{\"a\":\"1\"},\"measures\":{}},{\"key\":{\"a\":\"1\"},\"measures\":{}}]}", "rows"},
    {"{\"table\":\"t\"}", "rows"},
    {"{\"rows\":[]}", "table"},
    {"{\"tables\":[]}", "tables"},
    {"[]", "tables"},
    {"{\"table\":\"t\",\"rows\":[],\"colour\":1}", "colour"},
    {"a,measure,value,se,cv,df,n,status,reason\n1,x,2,,,,5,suppressed,\n", "value"},
    {"a,measure,value,se,cv,df,n,status,reason\n1,x,2,,,,5,shown,\n1,x,2,,,,5,shown,\n", "rows"},
    {"a,measure,value,se,cv,df,n,status,reason\n1,x,2q,,,,5,shown,\n", "value"},
    {"a,measure,value,se,cv,df,n,status\n", "reason"},
    {"a,b\n1,2\n", "measure"},
};

static void bad_documents_are_refused_with_their_place(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    struct arena *a = arena_new(0);
    struct result_document d;
    struct err e = {.code = E_OK};
    enum err_code code = result_read(a, "t", refused[i].text, strlen(refused[i].text), &d, &e);
    if (code != E_RESULT_JSON || strcmp(e.subject, refused[i].subject)) fail_msg("case %zu: %s at %s", i, err_name(code), e.subject);
    arena_free(a);
  }
}

/* Tables without intervals and marks are written as they always were. */
static void plain_tables_keep_their_columns(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t;
  struct strbuf b;
  OK(result_table_new(a, "plain", 1, 1, 1, &t, e));
  t->dimensions[0].name = "a", t->dimensions[0].code[0] = STR("1");
  t->measures[0].name = "x", t->measures[0].value[0] = 2, t->n[0] = 5;
  strbuf_init(&b, 0);
  result_csv_long(t, &b);
  assert_string_equal(strbuf_cstr(&b), "a,measure,value,se,cv,df,n,status,reason\n1,x,2,,,,5,shown,\n");
  strbuf_reset(&b);
  result_csv_rows(t, &b);
  assert_string_equal(strbuf_cstr(&b), "a,x,x_se,x_cv,x_status,n\n1,2,,,shown,5\n");
  strbuf_reset(&b);
  json_of(t, &b);
  assert_string_equal(strbuf_cstr(&b),
      "{\"table\":\"plain\",\"title_ja\":\"\",\"title_en\":\"\",\"survey\":\"\",\"form\":\"\",\"period\":\"\",\"disclosure_profile\":\"\","
      "\"refusal\":null,"
      "\"notes\":[],\"rows\":[{\"key\":{\"a\":\"1\"},\"n\":5,\"measures\":{\"x\":{\"value\":2,\"status\":\"shown\"}}}]}");
  strbuf_release(&b);
  arena_free(a);
}

static void wide_form_has_marks_beside_figures(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 5);
  struct strbuf b;
  strbuf_init(&b, 0);
  OK(result_csv_wide(t, 0, &b, e));
  assert_string_equal(strbuf_cstr(&b), "prefecture,sex=_T,sex=_T flag,sex=1,sex=1 flag,sex=2,sex=2 "
                                       "flag\n_T,300.3,,310.3,E,320.3,\n01,330.3,,x,,350.3,\n13,360.3,,370.3,,F,F\n47,390.3,,,,,\n");
  strbuf_release(&b);
  arena_free(a);
}

static void codebook_counts_states_and_explains_codes(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct result_table *t = fixture_table(a, 5);
  const struct result_document d = {.n_tables = 1, .tables = &t, .spec_hash = "abc", .program = "0"};
  const struct codebook_words w = {.found = false};
  struct strbuf b;
  t->title_en = "A <b> & \"c\" | d";
  strbuf_init(&b, 0);
  OK(codebook_write(a, &d, t, &w, PAGE_MARKDOWN, LANG_EN, &b, e));
  assert_non_null(strstr(strbuf_cstr(&b), "| suppressed to protect respondents (x) | 2 |"));
  assert_non_null(strstr(b.p, "| F | too unreliable to be published | 2 |"));
  assert_non_null(strstr(b.p, "sum w x / sum w"));
  assert_non_null(strstr(b.p, "stratum 7 was joined with stratum 8"));
  assert_non_null(strstr(b.p, "A \\<b\\> & \"c\" \\| d"));
  strbuf_reset(&b);
  OK(codebook_write(a, &d, t, &w, PAGE_HTML, LANG_JA, &b, e));
  assert_non_null(strstr(strbuf_cstr(&b), "総数"));
  assert_null(strstr(b.p, "<b>"));
  strbuf_release(&b);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hidden_cells_leave_no_trace), cmocka_unit_test(suppressed_row_of_a_map_has_no_colour),
      cmocka_unit_test(what_is_written_is_read_with_the_same_digest), cmocka_unit_test(a_changed_figure_changes_the_digest),
      cmocka_unit_test(long_csv_is_read_back), cmocka_unit_test(bad_documents_are_refused_with_their_place),
      cmocka_unit_test(plain_tables_keep_their_columns), cmocka_unit_test(wide_form_has_marks_beside_figures),
      cmocka_unit_test(codebook_counts_states_and_explains_codes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
