/* test_store_hidden.c -- rows that were withdrawn: wherever they stand in a shard, readers get the others, in order, whole and nothing else; all
 * at once or row group by row group (what a reader with little memory does). Expected values come from the table that was written and a plain
 * loop. */
#include "tests/fault/store_fixture.h"

#include "base/rng.h"
#include "secure-store/store_impl.h"

enum { ROWS_MAX = 140000, GROUPS_MAX = 16 };
static struct err error;
static const struct log_entry entry = {.action = "data-read", .object = "dataset:vital/birth/2025-12/received", .purpose = "test"};

struct shard_case {
  struct arena *a;
  char folder[256];
  struct job job;
  struct store *s;
  struct table in;
  int64_t shard, access, n, first[GROUPS_MAX + 1];
  int n_groups;
};
/* Row groups of the given sizes: each append begins one. */
static void begin(struct shard_case *c, const int64_t *sizes, int n_sizes) {
  struct shard_write *w = NULL;
  memset(c, 0, sizeof *c);
  c->a = arena_new(0);
  fixture_folder(c->folder);
  c->job = fixture_job(NULL);
  OK(fixture_init(&c->job, c->folder, &error));
  OK(store_open(&c->job, c->folder, PASSPHRASE, &c->s, &error));
  for (int i = 0; i < n_sizes; i++) c->n += sizes[i];
  fixture_table(c->a, c->n, &c->in);
  OK(store_begin(c->s, &error));
  OK(store_shard_begin(c->s, &fixture_key, "", "b1", "municipality-011002", 1, &w, &error));
  for (int64_t i = 0, at = 0; i < n_sizes; at += sizes[i++]) OK(store_shard_append(w, &c->in, fixture_parts, at, sizes[i], &error));
  OK(store_shard_end(w, &c->shard, &error));
  OK(store_commit(c->s, &error));
  for (int i = 0; i < n_sizes; i++)
    for (int64_t left = sizes[i]; left > 0; left -= STORE_ROW_GROUP) {
      c->first[c->n_groups + 1] = c->first[c->n_groups] + (left < STORE_ROW_GROUP ? left : STORE_ROW_GROUP);
      c->n_groups++;
    }
  OK(store_log_intent(c->s, &entry, &c->access, &error));
}
static void end(struct shard_case *c) {
  store_close(c->s);
  remove_tree(c->folder);
  arena_free(c->a);
}

/* Is the row `i` of `out` the row `row` of what was written? */
static bool same_row(const struct table *in, int64_t row, const struct table *out, int64_t i) {
  for (int k = 0; k < in->n_columns; k++) {
    const struct column *x = &in->columns[k], *y = &out->columns[k];
    if (x->status[row] != y->status[i]) return false;
    if (!value_present(x->status[row])) continue;
    bool same = x->type == COL_INT    ? x->i64[row] == y->i64[i]
                : x->type == COL_REAL ? memcmp(&x->real[row], &y->real[i], sizeof(double)) == 0
                                      : str_eq(dict_text(x->dict, x->code[row]), dict_text(y->dict, y->code[i]));
    if (!same) return false;
  }
  return true;
}
static void assert_rows(const struct shard_case *c, const uint8_t *hidden, int64_t from, int64_t to, const struct table *out) {
  int64_t i = 0;
  for (int64_t row = from; row < to; row++) {
    if (hidden[row]) continue;
    if (i >= out->n_rows || !same_row(&c->in, row, out, i))
      fail_msg("row %lld of the shard is not row %lld of what was read", (long long)row, (long long)i);
    i++;
  }
  assert_int_equal(out->n_rows, i);
}
static void assert_reads(struct shard_case *c, const uint8_t *hidden) {
  struct arena *a = arena_new(0);
  struct table out;
  struct shard *list;
  int64_t n = 0, *rows, current = 0;
  OK(store_begin(c->s, &error));
  OK(store_shard_hide(c->s, c->shard, hidden, c->n, &error));
  OK(store_commit(c->s, &error));
  OK(store_shard_read(c->s, c->shard, c->access, NULL, 0, a, &out, &error));
  assert_rows(c, hidden, 0, c->n, &out);
  current = out.n_rows;
  OK(store_shard_groups(c->s, c->shard, a, &rows, &n, &error));
  assert_int_equal(n, c->n_groups);
  for (int g = 0; g < c->n_groups; g++) { /* the small buffer: one group at a time */
    struct arena_mark mark = arena_mark(a);
    OK(store_shard_read_group(c->s, c->shard, g, c->access, NULL, 0, a, &out, &error));
    assert_int_equal(out.n_rows, rows[g]);
    assert_rows(c, hidden, c->first[g], c->first[g + 1], &out);
    arena_reset(a, mark);
  }
  const char *const one[] = {"name"}; /* a single column, in the same rows */
  OK(store_shard_read(c->s, c->shard, c->access, one, 1, a, &out, &error));
  assert_int_equal(out.n_rows, current);
  OK(store_shards(c->s, &fixture_key, a, &list, &n, &error));
  assert_int_equal(n, current > 0);
  if (n) assert_int_equal(list[0].n_rows, current);
  if (n) assert_int_equal(list[0].n_stored, c->n);
  arena_free(a);
}
static void assert_all_there(struct shard_case *c) {
  struct arena *a = arena_new(0);
  struct table out;
  OK(store_shard_read_all(c->s, c->shard, c->access, NULL, 0, a, &out, &error));
  assert_same_table(&c->in, &out);
  arena_free(a);
}

static uint8_t hidden[ROWS_MAX];
static void clear(void) { memset(hidden, 0, sizeof hidden); }

/* Sizes around a byte of marks: groups that begin and end at every bit of it. */
static void every_position_in_small_groups(void **state) {
  static const int64_t sizes[] = {1, 7, 8, 9, 3, 16, 1, 5};
  struct shard_case c;
  int patterns = 0;
  (void)state;
  begin(&c, sizes, 8);
  assert_int_equal(c.n_groups, 8);
  clear();
  assert_reads(&c, hidden); /* none */
  for (int64_t i = 0; i < c.n; i++, patterns++) { /* each row alone: first, last, every border among them */
    clear();
    hidden[i] = 1;
    assert_reads(&c, hidden);
  }
  for (int64_t i = 0; i < c.n; i++, patterns++) { /* all but one */
    memset(hidden, 1, sizeof hidden);
    hidden[i] = 0;
    assert_reads(&c, hidden);
  }
  for (int g = 1; g < c.n_groups; g++, patterns++) { /* a run across each border */
    clear();
    for (int64_t i = c.first[g] - 1; i <= c.first[g] + 1 && i < c.n; i++) hidden[i] = 1;
    assert_reads(&c, hidden);
  }
  for (int g = 0; g < c.n_groups; g++, patterns++) { /* a whole group */
    clear();
    memset(hidden + c.first[g], 1, (size_t)(c.first[g + 1] - c.first[g]));
    assert_reads(&c, hidden);
  }
  for (int phase = 0; phase < 2; phase++, patterns++) { /* alternating */
    for (int64_t i = 0; i < c.n; i++) hidden[i] = (i + phase) % 2 == 0;
    assert_reads(&c, hidden);
  }
  memset(hidden, 1, sizeof hidden); /* all */
  assert_reads(&c, hidden);
  struct rng r;
  rng_init(&r, 20251201, "hidden rows", NULL, 0);
  for (int k = 0; k < 60; k++, patterns++) {
    for (int64_t i = 0; i < c.n; i++) hidden[i] = rng_uniform(&r) < 0.1 * (1 + k % 9);
    assert_reads(&c, hidden);
  }
  assert_all_there(&c);
  print_message("  %d patterns\n", patterns + 2);
  end(&c);
}

/* The real size of a row group: 65,536 rows. */
static void across_the_border_of_full_groups(void **state) {
  static const int64_t sizes[] = {2 * STORE_ROW_GROUP + 5};
  struct shard_case c;
  const int64_t B = STORE_ROW_GROUP;
  (void)state;
  begin(&c, sizes, 1);
  assert_int_equal(c.n_groups, 3);
  const int64_t single[] = {0, B - 1, B, 2 * B - 1, 2 * B, 2 * B + 4};
  for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
    clear();
    hidden[single[i]] = 1;
    assert_reads(&c, hidden);
  }
  clear();
  for (int64_t i = B - 3; i < B + 3; i++) hidden[i] = hidden[i + B] = 1;
  assert_reads(&c, hidden);
  clear();
  memset(hidden + B, 1, STORE_ROW_GROUP); /* the middle group, whole */
  assert_reads(&c, hidden);
  for (int64_t i = 0; i < c.n; i++) hidden[i] = i % 2 == 1;
  assert_reads(&c, hidden);
  memset(hidden, 1, sizeof hidden);
  hidden[2 * B + 4] = 0;
  assert_reads(&c, hidden);
  assert_all_there(&c);
  end(&c);
}

/* One row, and marks beyond the last row that must not be there. */
static void a_shard_of_one_row(void **state) {
  static const int64_t sizes[] = {1};
  struct shard_case c;
  (void)state;
  begin(&c, sizes, 1);
  memset(hidden, 1, sizeof hidden);
  assert_reads(&c, hidden);
  clear();
  assert_reads(&c, hidden);
  assert_int_equal(store_shard_hide(c.s, c.shard, hidden, 1, &error), E_STORE_NO_TRANSACTION);
  end(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_position_in_small_groups),
      cmocka_unit_test(across_the_border_of_full_groups),
      cmocka_unit_test(a_shard_of_one_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
