/* Tokens of record keys packed into pages: whatever the order and size of the batches, every token is found with the intake and line that came
 * first, the pages stay in order and within a database page, and a damaged one is an error. The oracle is a plain array. */
#include "tests/fault/store_fixture.h"

#include "base/ext_sqlite.h"
#include "collector/intake_impl.h"

enum { TOKENS = 20000 };

struct known {
  struct key_entry entry;
  int64_t intake;
};
struct pages {
  char folder[256], path[300];
  struct db *db;
  struct arena *arena;
  struct key_pages *pages;
  struct known *known; /* [TOKENS] in order of token */
};

static void run_sql(struct db *db, const char *sql) {
  struct err error;
  OK(db_run(db, sql, &error));
}

static uint64_t mixed(uint64_t v) {
  v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
  v = (v ^ v >> 27) * 0x94d049bb133111ebu;
  return v ^ v >> 31;
}

static int by_known(const void *a, const void *b) {
  return memcmp(((const struct known *)a)->entry.token, ((const struct known *)b)->entry.token, INTAKE_TOKEN);
}

static struct pages make(void) {
  struct pages p = {.arena = arena_new(0)};
  struct err error;
  fixture_folder(p.folder);
  snprintf(p.path, sizeof p.path, "%s/pages.db", p.folder);
  OK(db_open(p.path, DB_CREATE, &p.db, &error));
  run_sql(p.db,
      "CREATE TABLE record_page(id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, first BLOB NOT NULL, entries BLOB NOT NULL, UNIQUE(stream, first))");
  p.pages = key_pages_new(p.arena, p.db, 7);
  p.known = ARENA_ARRAY(p.arena, struct known, TOKENS);
  assert_true(p.pages && p.known);
  for (uint64_t i = 0; i < TOKENS; i++) {
    uint64_t token[2] = {mixed(i + 1), mixed(i + 77777777)};
    if (i % 97 == 0) token[0] = mixed(1); /* the first eight bytes do not decide alone */
    memcpy(p.known[i].entry.token, token, sizeof token);
    p.known[i].entry.line = (uint32_t)(i + 2);
  }
  qsort(p.known, TOKENS, sizeof *p.known, by_known);
  return p;
}

static void drop(struct pages *p) {
  db_close(p->db);
  arena_free(p->arena);
  remove_tree(p->folder);
}

/* Adds those of every n-th, from `from` on; those that are there keep their intake in the oracle. */
static void add(struct pages *p, int64_t intake, size_t from, size_t step, size_t batch) {
  const struct key_entry *entries[KEY_PAGES_BATCH];
  struct err error;
  size_t n = 0;
  for (size_t i = from; i < TOKENS; i += step) {
    entries[n++] = &p->known[i].entry;
    if (!p->known[i].intake) p->known[i].intake = intake;
    if (n < batch && i + step < TOKENS) continue;
    OK(key_pages_add(p->pages, intake, entries, n, &error));
    n = 0;
  }
}

static void assert_all_known(struct pages *p) {
  struct err error;
  for (size_t i = 0; i < TOKENS; i++) {
    bool found;
    int64_t intake = 0, line = 0;
    OK(key_pages_find(p->pages, p->known[i].entry.token, &found, &intake, &line, &error));
    assert_int_equal(found, p->known[i].intake != 0);
    if (found) assert_true(intake == p->known[i].intake && line == p->known[i].entry.line);
  }
}

static int64_t number(struct db *db, const char *sql) {
  struct err error;
  struct db_statement *q;
  bool row;
  OK(db_prepare(db, sql, &q, &error));
  OK(db_step(q, &row, &error));
  int64_t v = row ? db_int(q, 0) : -1;
  db_reset(q);
  return v;
}

static void tokens_of_many_intakes_are_found_with_the_first(void **state) {
  (void)state;
  struct pages p = make();
  assert_all_known(&p);
  add(&p, 1, 0, 3, KEY_PAGES_BATCH);
  assert_all_known(&p);
  add(&p, 2, 5000, 1, 613); /* a third of them known already */
  assert_all_known(&p);
  add(&p, 3, 1, 997, 1); /* one at a time */
  add(&p, 4, 0, 1, KEY_PAGES_BATCH);
  assert_all_known(&p);
  assert_int_equal(number(p.db, "SELECT sum(length(entries)) / 24 FROM record_page"), TOKENS);
  assert_int_equal(number(p.db, "SELECT max(length(entries)) <= 160 * 24 FROM record_page"), 1);
  assert_int_equal(number(p.db, "SELECT count(*) FROM record_page WHERE substr(entries, 1, 16) < first"), 0);
  drop(&p);
}

static void a_file_in_order_fills_its_pages(void **state) {
  (void)state;
  struct pages p = make();
  add(&p, 1, 0, 1, 3000);
  assert_int_equal(number(p.db, "SELECT count(*) FROM record_page"), (TOKENS + 159) / 160);
  assert_all_known(&p);
  drop(&p);
}

static void another_stream_does_not_see_them(void **state) {
  (void)state;
  struct pages p = make();
  struct err error;
  bool found;
  int64_t intake, line;
  add(&p, 1, 0, 1, 1000);
  struct key_pages *other = key_pages_new(p.arena, p.db, 8);
  for (size_t i = 0; i < TOKENS; i += 101) {
    OK(key_pages_find(other, p.known[i].entry.token, &found, &intake, &line, &error));
    assert_false(found);
  }
  drop(&p);
}

static void a_damaged_page_is_an_error(void **state) {
  (void)state;
  static const char *const damages[] = {"UPDATE record_page SET entries = substr(entries, 2)", "UPDATE record_page SET entries = zeroblob(161 * 24)",
                                        "UPDATE record_page SET first = first || x'00'"};
  for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
    struct pages p = make();
    struct err error;
    const struct key_entry *one = &p.known[TOKENS - 1].entry;
    bool found;
    int64_t intake, line;
    add(&p, 1, 0, 50, 1000);
    run_sql(p.db, damages[k]);
    assert_int_equal(key_pages_find(p.pages, one->token, &found, &intake, &line, &error), E_DB_DAMAGED);
    assert_int_equal(key_pages_add(p.pages, 2, &one, 1, &error), E_DB_DAMAGED);
    drop(&p);
  }
}

static void more_than_the_numbers_hold_is_refused(void **state) {
  (void)state;
  struct pages p = make();
  struct err error;
  const struct key_entry *one = &p.known[0].entry;
  assert_int_equal(key_pages_add(p.pages, INT64_C(1) << 32, &one, 1, &error), E_CAP_EXCEEDED);
  assert_int_equal(key_pages_add(p.pages, 0, &one, 1, &error), E_CAP_EXCEEDED);
  drop(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tokens_of_many_intakes_are_found_with_the_first), cmocka_unit_test(a_file_in_order_fills_its_pages),
      cmocka_unit_test(another_stream_does_not_see_them), cmocka_unit_test(a_damaged_page_is_an_error),
      cmocka_unit_test(more_than_the_numbers_hold_is_refused),
  };
  crypto_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
