/* test_microdata.c -- published examples of microdata risk: counts with missing values and individual risk as sdcMicro 5.8.1 gives them, SUDA scores
 * and DIS of the ten records of the SDC practice guide. Every folder micro_* of the reference data is read; tolerance 1e-12 relative, for the results
 * are printed with 15 digits; 1e-7 for DIS, whose exponent Q = 1.2 the peer keeps in single precision (1.2f in its place gives its digits). Without
 * reference data: skipped. */
#include "tests/unit/micro_fixture.h"

#include <dirent.h>

#include "base/ext_json.h"
#include "estimators/sdc/micro/risk.h"
#include "estimators/sdc/micro/suda.h"
#include "tests/reference/reference.h"

struct example {
  struct arena *a;
  struct csv_table data;
  struct json_document *document;
  const struct json_value *root;
};
static struct err e;
static int open_example(struct example *x, const char *name) {
  char path[300];
  size_t n;
  *x = (struct example){.a = arena_new(0)};
  snprintf(path, sizeof path, "sdc/%s/data.csv", name);
  if (!reference_csv(x->a, path, &x->data)) return 0;
  snprintf(path, sizeof path, "sdc/%s/expected.json", name);
  char *text = reference_text(x->a, path, &n);
  if (!text || json_parse(path, text, n, &x->document, &e)) return 0;
  x->root = json_root(x->document);
  return 1;
}
static bool is_key(const struct example *x, int column) {
  const struct json_value *names = json_member(x->root, "key_variables");
  const char *const weights[] = {"w", "weight"};
  for (size_t i = 0; i < json_length(names); i++)
    if (str_eq(x->data.header[column], str_of(json_string(json_element(names, i))))) return true;
  for (int i = 0; i < 2; i++)
    if (str_eq(x->data.header[column], str_of(weights[i]))) return false;
  return !names;
}
/* Columns that are keys; an empty cell and NA are missing. */
static void keys_of(struct example *x, struct micro_keys *k) {
  struct dict *d;
  *k = (struct micro_keys){.n = x->data.n_rows};
  for (int c = 0; c < x->data.n_columns; c++) {
    if (!is_key(x, c)) continue;
    const int j = k->m++;
    assert_true(k->m <= MICRO_KEYS_MOST);
    d = dict_new(x->a);
    k->code[j] = ARENA_ARRAY(x->a, int32_t, k->n + 1);
    for (int64_t i = 0; i < k->n; i++) {
      const struct str cell = csv_table_cell(&x->data, i, c);
      k->code[j][i] = cell.n == 0 || str_eq(cell, STR("NA")) ? 0 : dict_add(d, cell) + 1;
    }
    k->n_codes[j] = dict_count(d);
  }
}
static bool weights_of(struct example *x, double *w) {
  const char *name = csv_table_column(&x->data, "w") >= 0 ? "w" : "weight";
  for (int64_t i = 0; i < x->data.n_rows; i++) w[i] = csv_table_column(&x->data, name) >= 0 ? cell_number(&x->data, i, name) : 1;
  return csv_table_column(&x->data, name) >= 0;
}
static int compare(const struct example *x, const char *key, const double *got, int64_t n, double tolerance) {
  const struct json_value *list = json_member(x->root, key);
  double want;
  if (!list) return 0;
  assert_int_equal(json_length(list), n);
  for (int64_t i = 0; i < n; i++) {
    assert_true(json_number(json_element(list, (size_t)i), &want));
    if (fabs(got[i] - want) > tolerance * fabs(want)) fail_msg("%s of record %lld: %.15g, expected %.15g", key, (long long)i, got[i], want);
  }
  return (int)n;
}
static int check_example(const char *name) {
  struct example x;
  struct micro_keys k;
  struct micro_patterns p;
  struct micro_frequency f;
  struct micro_risk_file risk;
  struct micro_suda suda;
  const struct micro_meaning meaning = {.missing = MICRO_MATCHES_ALL};
  int values = 0;
  if (!open_example(&x, name)) return arena_free(x.a), 0;
  const int64_t n = x.data.n_rows;
  double *w = ARENA_ARRAY(x.a, double, n + 1), *fk = ARENA_ARRAY(x.a, double, n + 1), *big = ARENA_ARRAY(x.a, double, n + 1);
  keys_of(&x, &k);
  const bool weighted = weights_of(&x, w);
  assert_int_equal(micro_patterns_of(x.a, &k, w, &p, &e), E_OK);
  assert_int_equal(micro_frequency_of(x.a, &p, &f, &e), E_OK);
  for (int64_t i = 0; i < n; i++) fk[i] = micro_count(&f, meaning, p.of_record[i]), big[i] = micro_weight(&f, meaning, p.of_record[i]);
  values += compare(&x, "fk", fk, n, 1e-12);
  if (weighted) values += compare(&x, "Fk", big, n, 1e-12);
  assert_int_equal(micro_risk_of(x.a, &f, meaning, NULL, &risk, &e), E_OK);
  values += compare(&x, "individual_risk_BF_approx", risk.risk, n, 1e-12);
  assert_int_equal(micro_suda_of(x.a, &p, &(struct micro_suda_options){.fraction = 0.01}, &suda, &e), E_OK);
  values += compare(&x, "suda_score_original", suda.score, n, 1e-12);
  values += compare(&x, "dis_suda_original_fraction_0_01", suda.dis, n, 1e-7);
  print_message("%s: %d values\n", name, values);
  json_release(x.document);
  arena_free(x.a);
  return values;
}
static void examples_are_met_to_their_digits(void **state) {
  const char *folder = getenv("REFERENCE");
  char path[512];
  int values = 0, examples = 0;
  (void)state;
  snprintf(path, sizeof path, "%s/sdc", folder && *folder ? folder : "../shared/data");
  DIR *d = opendir(path);
  if (!d) skip();
  for (struct dirent *x; (x = readdir(d));)
    if (!strncmp(x->d_name, "micro_", 6)) {
      const int n = check_example(x->d_name);
      assert_true(n > 0);
      values += n, examples++;
    }
  closedir(d);
  if (!examples) skip();
  print_message("%d examples, %d values\n", examples, values);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(examples_are_met_to_their_digits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
