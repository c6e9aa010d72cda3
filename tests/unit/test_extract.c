/* test_extract.c -- a grant becomes a package that its person opens, the other recipients and the careless cannot, and standard tools can. Rights
 * first. */
#include "tests/unit/extract_fixture.h"

#include "base/ext_csv.h"
#include "base/ext_readstat.h"

static struct err error;

static char *read_text(const char *path) {
  uint8_t *p = NULL;
  size_t n;
  OK(file_read(path, 1 << 26, &p, &n, &error));
  return (char *)p;
}
static void opened_path(const struct extracting *x, const char *name, char out[700]) { snprintf(out, 700, "%s/opened/%s", x->r->folder, name); }
static void open_own(const struct extracting *x, const char *provision, struct arena *a, struct manifest_read *m) {
  char path[600], folder[600];
  package_path(x, provision, path);
  snprintf(folder, sizeof folder, "%s/opened", x->r->folder);
  struct package_open_request o = opening_of(x, path, folder);
  OK(package_open(&o, a, m, &error));
}

/* --- rows --- */
static int64_t count_lines(const char *text) {
  int64_t n = 0;
  for (; *text; text++) n += *text == '\n';
  return n;
}
/* Every row of the source stands in the CSV exactly once, whatever the order: sums of a column that tells rows apart. */
static void a_package_holds_every_row_once_and_opens_for_its_recipient(void **state) {
  (void)state;
  struct extracting x = extracting_new(3, 70);
  grant_for_extract(&x, ask_extract("g-1"));
  struct provide_request q = providing_of(&x, "g-1");
  struct provide_result out;
  struct arena *a = arena_new(0);
  struct manifest_read m;
  char path[700];
  OK(provide(x.r->s, &q, &out, &error));
  assert_int_equal(out.rows, 70 + 71 + 72);
  open_own(&x, "g-1", a, &m);
  assert_string_equal(m.head.grant, "g-1");
  assert_int_equal(m.m.rows, 213);
  assert_true(m.head.demo);
  opened_path(&x, "data/birth.csv", path);
  char *text = read_text(path);
  struct csv_table t;
  OK(csv_table_parse(a, path, text, strlen(text), &t, &error));
  assert_int_equal(t.n_rows, 213);
  assert_int_equal(t.n_columns, 5);
  assert_int_equal(csv_table_column(&t, m.head.mark), 0);
  int64_t seen[2] = {0, 0}, sum = 0, expected = 0;
  for (int64_t i = 0; i < t.n_rows; i++) {
    int64_t v;
    struct row_id id;
    assert_true(row_id_parse(t.cells[i * 5], 'r', &id));
    if (i) assert_true(str_cmp(t.cells[(i - 1) * 5], t.cells[i * 5]) < 0); /* one block: by id */
    if (str_int64(csv_table_cell(&t, i, csv_table_column(&t, "weight")), &v)) sum += v, seen[0]++;
    seen[1] += str_eq(csv_table_cell(&t, i, csv_table_column(&t, "weight")), STR(".u"));
  }
  for (int s = 0; s < 3; s++) {
    struct table source;
    fixture_table(a, 70 + s, &source);
    for (int64_t i = 0; i < source.n_rows; i++) {
      if (value_present(source.columns[0].status[i])) expected += source.columns[0].i64[i], seen[0]--;
      seen[1] -= source.columns[0].status[i] == VAL_UNKNOWN;
    }
  }
  assert_int_equal(sum, expected);
  assert_int_equal(seen[0], 0);
  assert_int_equal(seen[1], 0);
  assert_int_equal(count_lines(text), 214);
  free(text);
  arena_free(a);
  rights_free(x.r);
}

static void every_step_leaves_intent_and_outcome(void **state) {
  (void)state;
  struct extracting x = extracting_new(1, 50);
  grant_for_extract(&x, ask_extract("g-1"));
  struct provide_request q = providing_of(&x, "g-1");
  struct provide_result out;
  int64_t done = leaves(x.r, "package-build", LOG_DONE, NULL);
  OK(provide(x.r->s, &q, &out, &error));
  assert_int_equal(leaves(x.r, "package-build", LOG_INTENT, NULL), 1);
  assert_int_equal(leaves(x.r, "package-build", LOG_DONE, NULL), done + 2); /* the record, the outcome */
  assert_int_equal(leaves(x.r, "package-sign", LOG_INTENT, NULL), 1);
  assert_int_equal(leaves(x.r, "package-sign", LOG_DONE, NULL), 1);
  assert_int_equal(leaves(x.r, "package-handover", LOG_INTENT, NULL), 1);
  assert_int_equal(leaves(x.r, "package-handover", LOG_DONE, NULL), 1);
  struct store_verify_report report;
  OK(store_verify(x.r->s, true, &report, &error));
  assert_int_equal(report.problems, 0);
  rights_free(x.r);
}

/* --- who may --- */
static void the_builder_and_the_signer_are_who_they_must_be(void **state) {
  (void)state;
  struct extracting x = extracting_new(1, 50);
  struct provide_result out;
  grant_for_extract(&x, ask_extract("g-1"));
  struct provide_request q = providing_of(&x, "g-1");
  q.signer = q.builder;
  REFUSES(x.r, E_EXTRACT_SIGNER, provide(x.r->s, &q, &out, e));
  q = providing_of(&x, "g-1");
  q.signer = &x.r->person[TABULATOR].secret; /* the user himself */
  REFUSES(x.r, E_EXTRACT_SIGNER, provide(x.r->s, &q, &out, e));
  q.signer = &x.r->person[KEYS].secret; /* neither manager nor chief */
  REFUSES(x.r, E_EXTRACT_SIGNER, provide(x.r->s, &q, &out, e));
  q.signer = &x.r->person[REVIEWER].secret; /* the requester */
  REFUSES(x.r, E_EXTRACT_SIGNER, provide(x.r->s, &q, &out, e));
  q = providing_of(&x, "g-1");
  q.builder = &x.r->person[KEYS].secret; /* no provider */
  struct err e2 = {.code = E_OK};
  assert_int_equal(provide(x.r->s, &q, &out, &e2), E_ROLE_MISSING);
  assert_int_equal(access(x.out, F_OK), -1);
  rights_free(x.r);
}
static void a_grant_gives_as_many_packages_as_it_allows(void **state) {
  (void)state;
  struct extracting x = extracting_new(1, 50);
  struct provide_result out;
  grant_for_extract(&x, ask_extract("g-1"));
  struct provide_request q = providing_of(&x, "g-1");
  OK(provide(x.r->s, &q, &out, &error));
  remove_tree(out.folder);
  REFUSES(x.r, E_EXTRACT_EXPORTS, provide(x.r->s, &q, &out, e));
  rights_free(x.r);
}
static void an_expired_or_unapproved_grant_gives_nothing(void **state) {
  (void)state;
  struct extracting x = extracting_new(1, 50);
  struct provide_result out;
  struct ask ask = ask_extract("g-1");
  ask.requester = "review-g", ask.until = T0 + 5 * HOUR;
  OK(ask_for(x.r, &ask, &error));
  struct provide_request q = providing_of(&x, "g-1");
  REFUSES(x.r, E_GRANT_APPROVALS, provide(x.r->s, &q, &out, e));
  OK(sign_request(x.r, "g-1", &error));
  OK(vote(x.r, "g-1", CHIEF, true, &error));
  OK(vote(x.r, "g-1", MANAGER, true, &error));
  OK(grant_activate(x.r->s, "g-1", &error));
  x.r->time += 6 * HOUR;
  REFUSES(x.r, E_GRANT_EXPIRED, provide(x.r->s, &q, &out, e));
  assert_int_equal(access(x.out, F_OK), -1);
  rights_free(x.r);
}
static void the_purpose_decides_the_shape_whatever_the_grant_says(void **state) {
  (void)state;
  const char *why;
  for (int b = 0; b < BASIS_COUNT; b++) {
    bool list = b == BASIS_33_1_I_LIST || b == BASIS_32_II, own = b == BASIS_32_I;
    assert_int_equal(extract_part_allowed((enum grant_basis)b, PART_ID, &why), list || own);
    assert_int_equal(extract_part_allowed((enum grant_basis)b, PART_ANSWER, &why), !list);
    assert_int_equal(extract_part_allowed((enum grant_basis)b, PART_LINK, &why), own);
  }
  /* Through a store: the grant would have to be approved in that shape first, which grant.c refuses already; here the second check stands alone. */
  struct extracting x = extracting_new(1, 50);
  struct arena *a = arena_new(0);
  static const char *const id_column[] = {"name"}, *const answer[] = {"weight"};
  struct grant g = {.n_columns = 1, .column = id_column, .basis = BASIS_33_2};
  struct extract_source source;
  snprintf(g.id, sizeof g.id, "g-x");
  snprintf(g.dataset, sizeof g.dataset, "vital/birth/2025-12/received");
  assert_int_equal(extract_source_open(x.r->s, a, &g, NULL, NULL, &source, &error), E_EXTRACT_SHAPE);
  assert_string_equal(error.subject, "name");
  g.column = answer, g.basis = BASIS_33_1_I_LIST;
  assert_int_equal(extract_source_open(x.r->s, a, &g, NULL, NULL, &source, &error), E_EXTRACT_SHAPE);
  g.basis = BASIS_33_2;
  OK(extract_source_open(x.r->s, a, &g, NULL, NULL, &source, &error));
  arena_free(a);
  rights_free(x.r);
}

/* --- what a row filter lets through --- */
static void a_row_filter_is_kept(void **state) {
  (void)state;
  struct extracting x = extracting_new(2, 60);
  struct ask ask = ask_extract("g-1");
  struct provide_result out;
  struct arena *a = arena_new(0);
  struct table t;
  int64_t expected = 0;
  ask.filter = "sex = 2";
  grant_for_extract(&x, ask);
  struct provide_request q = providing_of(&x, "g-1");
  OK(provide(x.r->s, &q, &out, &error));
  for (int s = 0; s < 2; s++) {
    fixture_table(a, 60 + s, &t);
    for (int64_t i = 0; i < t.n_rows; i++)
      expected += value_present(t.columns[2].status[i]) && str_eq(dict_text(t.columns[2].dict, t.columns[2].code[i]), STR("2"));
  }
  assert_int_equal(out.rows, expected);
  arena_free(a);
  rights_free(x.r);
}

/* --- the second signature again --- */
static void a_lost_signature_is_written_again_and_only_for_the_recorded_bytes(void **state) {
  (void)state;
  struct extracting x = extracting_new(1, 50);
  struct provide_result out;
  struct package_outside o;
  char path[600], file[640];
  grant_for_extract(&x, ask_extract("g-1"));
  struct provide_request q = providing_of(&x, "g-1");
  OK(provide(x.r->s, &q, &out, &error));
  package_path(&x, "g-1", path);
  snprintf(file, sizeof file, "%s.2.minisig", path);
  assert_int_equal(unlink(file), 0);
  REFUSES(x.r, E_EXTRACT_SIGNER, provide_sign(x.r->s, path, &x.r->person[CHIEF].secret, &o, e));
  OK(provide_sign(x.r->s, path, &x.r->person[MANAGER_2].secret, &o, &error));
  assert_int_equal(access(file, F_OK), 0);
  struct package_open_request request = opening_of(&x, path, "unused");
  OK(package_verify(path, request.public_keys, &o, &error));
  FILE *f = fopen(path, "ab");
  fputc('x', f);
  fclose(f);
  REFUSES(x.r, E_EXTRACT_RECORD, provide_sign(x.r->s, path, &x.r->person[MANAGER_2].secret, &o, e));
  rights_free(x.r);
}

/* --- two copies of one grant's rows have nothing in common but the values --- */
static void two_recipients_get_other_ids_and_another_order(void **state) {
  (void)state;
  struct row_key a, b;
  uint8_t key_a[32] = {1}, key_b[32] = {2};
  row_key_init(&a, key_a);
  row_key_init(&b, key_b);
  int64_t order_a[100], order_b[100], same = 0;
  assert_true(row_unit_order(&a, 100, order_a) && row_unit_order(&b, 100, order_b));
  for (int i = 0; i < 100; i++) {
    struct row_id x, y;
    char text[ROW_ID_TEXT];
    row_id_of(&a, (uint64_t)i, &x);
    row_id_of(&b, (uint64_t)i, &y);
    assert_int_not_equal(row_id_cmp(&x, &y), 0);
    row_id_text(&x, text);
    assert_true(row_id_parse(str_of(text), 'r', &y));
    assert_int_equal(row_id_cmp(&x, &y), 0);
    for (char *c = text; *c; c++)
      if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32); /* as a spreadsheet may change it */
    assert_true(row_id_parse(str_of(text), 'r', &y));
    assert_int_equal(row_id_cmp(&x, &y), 0);
    same += order_a[i] == order_b[i];
  }
  assert_true(same < 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_package_holds_every_row_once_and_opens_for_its_recipient),
      cmocka_unit_test(every_step_leaves_intent_and_outcome),
      cmocka_unit_test(the_builder_and_the_signer_are_who_they_must_be),
      cmocka_unit_test(a_grant_gives_as_many_packages_as_it_allows),
      cmocka_unit_test(an_expired_or_unapproved_grant_gives_nothing),
      cmocka_unit_test(the_purpose_decides_the_shape_whatever_the_grant_says),
      cmocka_unit_test(a_row_filter_is_kept),
      cmocka_unit_test(a_lost_signature_is_written_again_and_only_for_the_recorded_bytes),
      cmocka_unit_test(two_recipients_get_other_ids_and_another_order),
  };
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
