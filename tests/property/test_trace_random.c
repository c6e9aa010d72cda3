/* test_trace_random.c -- a table that no package went into accuses nobody: thousands of random tables, orders and keys. Besides the promised rate,
 * which no test of this size could see broken, the bound is held against its own word at rates that can be seen: among N innocent files at most a
 * share p has a bound below p. And a guilty file is named. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ext_sodium.h"
#include "secure-store/extract/trace.h"

enum { ROWS = 240, TABLES = 6000, COLUMNS = 3 };
static struct err error;
static uint64_t state = 20260120;
static uint64_t next_random(void) { /* splitmix64: the same tables in every run */
  uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}
static void random_key(struct row_key *k) {
  uint8_t key[32];
  for (int i = 0; i < 4; i++) {
    uint64_t v = next_random();
    memcpy(key + 8 * i, &v, 8);
  }
  row_key_init(k, key);
}
struct row {
  char cell[COLUMNS][24];
  struct row_id id; /* of the key that is tried, or of another */
  int32_t block;
};
static void make_rows(struct row *rows) {
  for (int i = 0; i < ROWS; i++) {
    snprintf(rows[i].cell[0], 24, "%u", (unsigned)(next_random() % 100000));
    snprintf(rows[i].cell[1], 24, "%u", (unsigned)(next_random() % 7)); /* few values: ties */
    snprintf(rows[i].cell[2], 24, "%d", i);
  }
}
/* Blocks as an extract makes them: keyed order of units, then ids. */
static void give_ids(struct row *rows, const struct row_key *k, int n_blocks) {
  int64_t order[16];
  int32_t block_of[16];
  assert_true(row_unit_order(k, n_blocks, order));
  for (int i = 0; i < n_blocks; i++) block_of[order[i]] = i;
  for (int i = 0; i < ROWS; i++) {
    rows[i].block = block_of[i * n_blocks / ROWS];
    row_id_of(k, (uint64_t)i, &rows[i].id);
  }
}
static int by_key_order(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  if (x->block != y->block) return x->block < y->block ? -1 : 1;
  return row_id_cmp(&x->id, &y->id);
}
static int by_first_cell(const void *a, const void *b) { return strcmp(((const struct row *)a)->cell[0], ((const struct row *)b)->cell[0]); }
static int by_second_cell(const void *a, const void *b) { return strcmp(((const struct row *)a)->cell[1], ((const struct row *)b)->cell[1]); }
static void shuffle(struct row *rows, int n) {
  for (int i = n - 1; i > 0; i--) {
    int j = (int)(next_random() % (uint64_t)(i + 1));
    struct row t = rows[i];
    rows[i] = rows[j], rows[j] = t;
  }
}
static void reverse(struct row *rows, int n) {
  for (int i = 0; i < n / 2; i++) {
    struct row t = rows[i];
    rows[i] = rows[n - 1 - i], rows[n - 1 - i] = t;
  }
}
/* How a table that nobody made for us may lie: as in the source, shuffled, sorted by this or that, backwards, in somebody else's keyed order. */
static void innocent_order(struct row *rows, int kind, int n_blocks) {
  struct row_key other;
  switch (kind % 6) {
  case 0: break;
  case 1: shuffle(rows, ROWS); break;
  case 2: qsort(rows, ROWS, sizeof *rows, by_first_cell); break;
  case 3: qsort(rows, ROWS, sizeof *rows, by_second_cell); break;
  case 4: reverse(rows, ROWS); break;
  default:
    random_key(&other);
    give_ids(rows, &other, n_blocks);
    qsort(rows, ROWS, sizeof *rows, by_key_order);
    break;
  }
}
static struct trace_file *file_of(const struct row *rows, int every) {
  struct trace_file *t;
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "a,b,c\n");
  for (int i = 0; i < ROWS; i += every) strbuf_addf(&b, "%s,%s,%s\n", rows[i].cell[0], rows[i].cell[1], rows[i].cell[2]);
  assert_int_equal(trace_file_new("public.csv", &t, &error), E_OK);
  assert_int_equal(trace_file_feed(t, b.p, b.n, &error), E_OK);
  assert_int_equal(trace_file_end(t, &error), E_OK);
  strbuf_release(&b);
  return t;
}
static double rate_of(struct trace_file *t, const struct row *source, const struct row_key *k, bool *accused) {
  static const char *const columns[] = {"c", "a"};
  struct trace_order *o;
  struct trace_verdict v;
  const int *which;
  trace_ids(t, k, ROWS, 1, &v);
  assert_int_equal(v.ids, 0);
  assert_false(v.accused);
  assert_int_equal(trace_order_new(t, columns, 2, &o, &error), E_OK);
  assert_int_equal(trace_order_columns(o, &which), 2);
  for (int i = 0; i < ROWS; i++) {
    const struct str cells[] = {str_of(source[i].cell[2]), str_of(source[i].cell[0])};
    trace_order_row(o, cells, source[i].block, &source[i].id);
  }
  assert_int_equal(trace_order_end(o, 1, &v, &error), E_OK);
  trace_order_free(o);
  *accused = v.accused;
  return v.order_rate;
}

static void a_clean_public_table_accuses_nobody(void **unused) {
  (void)unused;
  static struct row source[ROWS], rows[ROWS];
  int below[4] = {0};
  static const double rates[4] = {0.5, 0.1, 0.01, 0.001};
  for (int i = 0; i < TABLES; i++) {
    int n_blocks = 1 + (int)(next_random() % 6), every = 1 + (int)(next_random() % 4);
    struct row_key k;
    bool accused;
    make_rows(source);
    memcpy(rows, source, sizeof rows);
    innocent_order(rows, i, n_blocks);
    random_key(&k);
    give_ids(source, &k, n_blocks);
    struct trace_file *t = file_of(rows, every);
    double rate = rate_of(t, source, &k, &accused);
    assert_false(accused);
    assert_true(rate > TRACE_RATE);
    for (int r = 0; r < 4; r++) below[r] += rate <= rates[r];
    trace_file_free(t);
  }
  for (int r = 0; r < 4; r++) {
    double expected = rates[r] * TABLES;
    print_message("  bound <= %g in %d of %d innocent tables\n", rates[r], below[r], TABLES);
    assert_true(below[r] <= expected + 4 * sqrt(expected) + 1);
  }
}
static void a_copy_in_its_order_is_named(void **unused) {
  (void)unused;
  static struct row source[ROWS], rows[ROWS];
  for (int i = 0; i < 300; i++) {
    int n_blocks = 1 + i % 3, every = 1 + i % 4;
    struct row_key k;
    bool accused;
    make_rows(source);
    random_key(&k);
    give_ids(source, &k, n_blocks);
    memcpy(rows, source, sizeof rows);
    qsort(rows, ROWS, sizeof *rows, by_key_order);
    struct trace_file *t = file_of(rows, every);
    assert_true(rate_of(t, source, &k, &accused) <= TRACE_RATE);
    assert_true(accused);
    trace_file_free(t);
  }
}
/* Cells that look like ids, in thousands of files, against keys with many rows. */
static void texts_that_look_like_ids_accuse_nobody(void **unused) {
  (void)unused;
  for (int i = 0; i < 2000; i++) {
    struct row_key k;
    struct trace_file *t;
    struct trace_verdict v;
    struct strbuf b;
    char text[ROW_ID_TEXT];
    strbuf_init(&b, 0);
    for (int j = 0; j < 50; j++) {
      struct row_id id;
      for (int n = 0; n < ROW_ID_BYTES; n++) id.b[n] = (uint8_t)next_random();
      id.b[ROW_ID_BYTES - 1] &= 0xf0;
      row_id_text(&id, text);
      strbuf_addf(&b, "%s,%d\n", text, j);
    }
    random_key(&k);
    assert_int_equal(trace_file_new("ids.csv", &t, &error), E_OK);
    assert_int_equal(trace_file_feed(t, b.p, b.n, &error), E_OK);
    assert_int_equal(trace_file_end(t, &error), E_OK);
    assert_int_equal(trace_file_candidates(t), 50);
    trace_ids(t, &k, 1000, 1, &v);
    assert_false(v.accused);
    assert_int_equal(v.ids, 0);
    trace_file_free(t);
    strbuf_release(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_clean_public_table_accuses_nobody),
      cmocka_unit_test(a_copy_in_its_order_is_named),
      cmocka_unit_test(texts_that_look_like_ids_accuse_nobody),
  };
  assert_true(crypto_start());
  return cmocka_run_group_tests(tests, NULL, NULL);
}
