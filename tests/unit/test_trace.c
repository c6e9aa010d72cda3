/* test_trace.c -- row 29 of secure.md 4.15: files that were found, against packages that were built. The right recipient, both, or none; never a
 * wrong one. */
#include "tests/unit/extract_fixture.h"

#include <math.h>
#include "secure-store/extract/trace.h"

static struct err error;

/* --- three packages of the same rows --- */
struct found {
  struct extracting x;
  struct arena *a;
  char *csv[3];         /* text of the data files, header first */
  char **line[3];       /* [n_lines], without ends */
  int n_lines[3];
};
static void split_lines(struct found *f, int i) {
  int n = 0;
  for (const char *p = f->csv[i]; *p; p++) n += *p == '\n';
  f->line[i] = calloc((size_t)n + 1, sizeof(char *));
  char *p = f->csv[i];
  for (int k = 0; k < n; k++) {
    char *end = strchr(p, '\n');
    f->line[i][k] = p;
    if (end[-1] == '\r') end[-1] = 0;
    *end = 0;
    p = end + 1;
  }
  f->n_lines[i] = n;
}
static void read_data(struct found *f, int i, const char *provision) {
  char path[600], folder[600], data[700];
  uint8_t *p;
  size_t n;
  struct manifest_read m;
  package_path(&f->x, provision, path);
  snprintf(folder, sizeof folder, "%s/opened-%d", f->x.r->folder, i);
  struct package_open_request o = opening_of(&f->x, path, folder);
  OK(package_open(&o, f->a, &m, &error));
  snprintf(data, sizeof data, "%s/data/birth.csv", folder);
  OK(file_read(data, 1 << 26, &p, &n, &error));
  f->csv[i] = (char *)p;
  split_lines(f, i);
}
static struct found *found_new(int shards, int64_t rows) {
  static const char *const ids[3] = {"g-1", "g-2", "g-3"};
  struct found *f = calloc(1, sizeof *f);
  f->x = extracting_new(shards, rows);
  f->a = arena_new(0);
  for (int i = 0; i < 3; i++) {
    struct ask ask = ask_extract(ids[i]);
    struct provide_result out;
    grant_for_extract(&f->x, ask);
    struct provide_request q = providing_of(&f->x, ids[i]);
    q.formats = PROVIDE_CSV;
    OK(provide(f->x.r->s, &q, &out, &error));
    read_data(f, i, ids[i]);
  }
  /* Whoever traces reads under a grant of his own statistics. */
  struct ask own = {.id = "g-trace", .basis = "32-i", .columns = "[\"*\"]", .person = "tab-h", .requester = "review-g"};
  make_grant(f->x.r, &own);
  return f;
}
static void found_free(struct found *f) {
  for (int i = 0; i < 3; i++) free(f->csv[i]), free(f->line[i]);
  arena_free(f->a);
  rights_free(f->x.r);
  free(f);
}

/* --- making leaked files --- */
static void add_row(struct strbuf *b, const char *line, int first_column, int n_columns) {
  const char *p = line;
  for (int k = 0; p && k < first_column + n_columns; k++) {
    const char *comma = strchr(p, ',');
    size_t n = comma ? (size_t)(comma - p) : strlen(p);
    if (k >= first_column) {
      if (k > first_column) strbuf_addc(b, ',');
      strbuf_add(b, p, n);
    }
    p = comma ? comma + 1 : NULL;
  }
  strbuf_addc(b, '\n');
}
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a + 24, *(char *const *)b + 24); } /* by what stands behind the id */

static struct trace_file *read_found(const struct strbuf *b) {
  struct trace_file *t;
  OK(trace_file_new("found.csv", &t, &error));
  OK(trace_file_feed(t, b->p, b->n, &error));
  OK(trace_file_end(t, &error));
  return t;
}
/* Bit i: the i-th package is named. */
static unsigned accused(struct found *f, const struct strbuf *b, bool order) {
  struct trace_file *t = read_found(b);
  struct trace_result *list;
  int64_t n, tested;
  unsigned result = 0;
  struct arena *a = arena_new(0);
  if (order) OK(enter(f->x.r, a, "g-trace", TABULATOR_2, &error));
  OK(trace_run(f->x.r->s, f->a, t, order, &list, &n, &tested, &error));
  assert_int_equal(tested, 3);
  for (int64_t i = 0; i < n; i++)
    if (list[i].v.accused) {
      assert_true(list[i].v.id_rate <= TRACE_RATE || list[i].v.order_rate <= TRACE_RATE);
      result |= 1u << (list[i].p->grant[2] - '1');
    }
  grant_leave(f->x.r->s);
  arena_free(a);
  trace_file_free(t);
  return result;
}

/* --- with ids --- */
static void row29_one_percent_of_the_rows_sorted_three_columns(void **state) {
  (void)state;
  struct found *f = found_new(3, 400);
  for (int i = 0; i < 3; i++) {
    struct strbuf b;
    char *rows[64];
    int n = 0;
    strbuf_init(&b, 0);
    for (int k = 1; k < f->n_lines[i]; k += 97) rows[n++] = f->line[i][k];
    assert_true(n * 80 < f->n_lines[i]);
    qsort(rows, (size_t)n, sizeof *rows, by_text);
    for (int k = 0; k < n; k++) add_row(&b, rows[k], 0, 3); /* without a header */
    assert_int_equal(accused(f, &b, false), 1u << i);
    strbuf_release(&b);
  }
  found_free(f);
}
static void row29_two_recipients_merged(void **state) {
  (void)state;
  struct found *f = found_new(2, 200);
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int k = 1; k < 60; k++) add_row(&b, f->line[0][k], 0, 5), add_row(&b, f->line[2][k + 80], 0, 5);
  assert_int_equal(accused(f, &b, false), 1u | 4u);
  strbuf_release(&b);
  found_free(f);
}
static void row29_a_single_id_among_other_data_and_in_capitals(void **state) {
  (void)state;
  struct found *f = found_new(1, 100);
  struct strbuf b;
  char id[ROW_ID_TEXT];
  strbuf_init(&b, 0);
  snprintf(id, sizeof id, "%.21s", f->line[1][7]);
  for (char *c = id; *c; c++)
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32);
  strbuf_addf(&b, "a;b;c\n1;2;3\n4; %s ;6\n7;8;9\n", id);
  assert_int_equal(accused(f, &b, false), 2u);
  strbuf_release(&b);
  found_free(f);
}
static void row29_the_mark_in_a_header_names_the_recipient(void **state) {
  (void)state;
  struct found *f = found_new(1, 100);
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_addf(&b, "%s\n1,2,3,4,5\n", f->line[2][0]);
  assert_int_equal(accused(f, &b, false), 4u);
  strbuf_release(&b);
  found_free(f);
}
static void row29_ids_of_nobody_accuse_nobody(void **state) {
  (void)state;
  struct found *f = found_new(1, 100);
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "r0000000000000000000,x\n");
  for (int k = 0; k < 5000; k++) {
    struct row_id id;
    char text[ROW_ID_TEXT];
    random_bytes(id.b, sizeof id.b);
    id.b[12] &= 0xf0;
    row_id_text(&id, text);
    strbuf_addf(&b, "%s,%d\n", text, k);
  }
  assert_int_equal(accused(f, &b, false), 0);
  strbuf_release(&b);
  found_free(f);
}

/* --- without ids --- */
/* income tells nearly all rows of the fixture apart. */
static void header_without_id(struct found *f, struct strbuf *b) { add_row(b, f->line[0][0], 1, 4); }
static void row29_the_order_alone_names_the_recipient(void **state) {
  (void)state;
  struct found *f = found_new(1, 500);
  for (int i = 0; i < 3; i++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    header_without_id(f, &b);
    for (int k = 1; k < f->n_lines[i]; k += 5) add_row(&b, f->line[i][k], 1, 4); /* every fifth row */
    assert_int_equal(accused(f, &b, false), 0); /* nothing to go by without the order */
    assert_int_equal(accused(f, &b, true), 1u << i);
    strbuf_release(&b);
  }
  found_free(f);
}
static void row29_without_ids_and_sorted_cannot_be_attributed(void **state) {
  (void)state;
  struct found *f = found_new(2, 300);
  struct strbuf b;
  strbuf_init(&b, 0);
  header_without_id(f, &b);
  qsort(f->line[1] + 1, (size_t)f->n_lines[1] - 1, sizeof(char *), by_text);
  for (int k = 1; k < f->n_lines[1]; k++) add_row(&b, f->line[1][k], 1, 4);
  assert_int_equal(accused(f, &b, true), 0);
  strbuf_release(&b);
  found_free(f);
}
static void row29_two_orders_one_after_the_other(void **state) {
  (void)state;
  struct found *f = found_new(1, 400);
  struct strbuf b;
  strbuf_init(&b, 0);
  header_without_id(f, &b);
  for (int k = 1; k < f->n_lines[0]; k++) add_row(&b, f->line[0][k], 1, 4);
  for (int k = 1; k < f->n_lines[2]; k++) add_row(&b, f->line[2][k], 1, 4);
  assert_int_equal(accused(f, &b, true), 1u | 4u);
  strbuf_release(&b);
  found_free(f);
}
static void tracing_leaves_its_leaves_and_needs_a_grant_for_the_rows(void **state) {
  (void)state;
  struct found *f = found_new(1, 100);
  struct strbuf b;
  strbuf_init(&b, 0);
  header_without_id(f, &b);
  add_row(&b, f->line[0][1], 1, 4);
  struct trace_file *t = read_found(&b);
  struct trace_result *list;
  int64_t n, tested, before = leaves(f->x.r, "data-read", LOG_INTENT, NULL);
  assert_int_equal(trace_run(f->x.r->s, f->a, t, true, &list, &n, &tested, &error), E_GRANT_NEEDED);
  assert_true(leaves(f->x.r, "data-read", LOG_INTENT, NULL) > before);
  trace_file_free(t);
  strbuf_release(&b);
  found_free(f);
}

/* --- the bound itself --- */
static void the_bound_on_inversions_holds_against_enumeration(void **state) {
  (void)state;
  /* All orders of 7: P(I <= x) exactly, by counting; Chernoff's bound is never below it. */
  int64_t count[22] = {1}, total = 1;
  for (int k = 2; k <= 7; k++) {
    int64_t next[22] = {0};
    for (int x = 0; x < 22; x++)
      for (int j = 0; j < k && j <= x; j++) next[x] += count[x - j];
    memcpy(count, next, sizeof count);
    total *= k;
  }
  int64_t sum = 0;
  static const int orders[][8] = {
      {0, 1, 2, 3, 4, 5, 6, 0}, {1, 0, 2, 3, 4, 5, 6, 1}, {1, 0, 3, 2, 4, 5, 6, 2}, {2, 1, 0, 3, 4, 5, 6, 3}, {3, 2, 1, 0, 4, 5, 6, 6}};
  const int32_t block[7] = {0};
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    int64_t rank[7];
    double exact = 0;
    for (int k = 0; k < 7; k++) rank[k] = orders[i][k];
    for (sum = 0; sum <= orders[i][7]; sum++) exact += (double)count[sum] / (double)total;
    double bound = trace_order_bound(block, rank, 7);
    assert_true(bound >= log10(exact) - 1e-9);
    assert_true(bound < 0);
  }
  int64_t backwards[7] = {6, 5, 4, 3, 2, 1, 0};
  assert_true(trace_order_bound(block, backwards, 7) > -1e-6);
}
static void thirteen_rows_in_order_are_enough_and_blocks_do_not_help_by_their_order(void **state) {
  (void)state;
  int32_t block[200];
  int64_t rank[200];
  for (int i = 0; i < 200; i++) block[i] = 0, rank[i] = i;
  assert_true(trace_order_bound(block, rank, 16) < -9);
  assert_true(trace_order_bound(block, rank, 9) > -9);
  for (int i = 0; i < 200; i++) block[i] = i; /* 200 blocks in order: no evidence, their order is one chance of few for few blocks */
  assert_true(trace_order_bound(block, rank, 200) > -1e-6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(row29_one_percent_of_the_rows_sorted_three_columns),
      cmocka_unit_test(row29_two_recipients_merged),
      cmocka_unit_test(row29_a_single_id_among_other_data_and_in_capitals),
      cmocka_unit_test(row29_the_mark_in_a_header_names_the_recipient),
      cmocka_unit_test(row29_ids_of_nobody_accuse_nobody),
      cmocka_unit_test(row29_the_order_alone_names_the_recipient),
      cmocka_unit_test(row29_without_ids_and_sorted_cannot_be_attributed),
      cmocka_unit_test(row29_two_orders_one_after_the_other),
      cmocka_unit_test(tracing_leaves_its_leaves_and_needs_a_grant_for_the_rows),
      cmocka_unit_test(the_bound_on_inversions_holds_against_enumeration),
      cmocka_unit_test(thirteen_rows_in_order_are_enough_and_blocks_do_not_help_by_their_order),
  };
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
