/* A deriver that is kept from table to table gives what a fresh derivation gives, for random tables of the birth slip and of the death slip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/job.h"
#include "base/rng.h"
#include "collector/derive.h"

enum { MAX_COLUMNS = 512, TABLES = 25, MOST_ROWS = 700 };

static void fill_column(struct rng *r, struct column *c, int64_t n) {
  int32_t codes = c->dict ? dict_count(c->dict) : 0;
  for (int64_t row = 0; row < n; row++) {
    bool present = rng_below(r, 5) > 0 && (!c->dict || codes > 0);
    c->status[row] = present ? VAL_REPORTED : rng_below(r, 2) ? VAL_BLANK : VAL_UNKNOWN;
    if (c->i64) c->i64[row] = !present ? 0 : c->is_date ? 19000 + (int64_t)rng_below(r, 1500) : (int64_t)rng_below(r, 60);
    if (c->code) c->code[row] = present ? (int32_t)rng_below(r, (uint64_t)codes) : 0;
  }
}

static void fill(struct arena *a, const struct form *f, uint64_t seed, struct table *t) {
  struct column columns[MAX_COLUMNS];
  struct rng r;
  struct err e;
  rng_init(&r, seed, "derive", NULL, 0);
  int64_t rows = 1 + (int64_t)rng_below(&r, MOST_ROWS);
  int n = form_columns(f, f->records[0].name, columns, MAX_COLUMNS);
  assert_int_equal(table_init(t, a, columns, n, rows, &e), E_OK);
  t->n_rows = rows;
  for (int i = 0; i < n; i++) {
    const struct item *it = form_item(f, t->columns[i].name);
    struct column *c = &t->columns[i];
    if (it && it->origin == ORIGIN_DERIVED) memset(c->status, VAL_BLANK, (size_t)rows);
    else {
      if (c->dict && !dict_count(c->dict)) assert_true(dict_add(c->dict, seed % 2 ? STR("1") : STR("2")) >= 0);
      fill_column(&r, c, rows);
    }
  }
}

static int64_t assert_same(const struct table *x, const struct table *y) {
  int64_t derived = 0;
  assert_int_equal(x->n_columns, y->n_columns);
  for (int i = 0; i < x->n_columns; i++) {
    const struct column *a = &x->columns[i], *b = &y->columns[i];
    for (int64_t row = 0; row < x->n_rows; row++) {
      char one[64], two[64];
      assert_int_equal(a->status[row], b->status[row]);
      derived += a->status[row] == VAL_DERIVED;
      if (!value_present(a->status[row])) continue;
      struct str p = column_text(a, row, one, sizeof one), q = column_text(b, row, two, sizeof two);
      assert_int_equal(p.n, q.n);
      assert_memory_equal(p.p, q.p, p.n);
    }
  }
  return derived;
}

static void same_of(const char *form) {
  struct arena *kept = arena_new(0), *a = arena_new(0);
  struct job job = {.arena = kept};
  struct form *f;
  struct err e;
  int64_t derived = 0;
  assert_int_equal(form_read(kept, &job, "forms", "vital", form, "2015", 0, &f, NULL, &e), E_OK);
  struct deriver *d = deriver_new(kept, f);
  assert_non_null(d);
  struct arena_mark mark = arena_mark(a);
  for (uint64_t seed = 1; seed <= TABLES; seed++) {
    struct table one, two;
    fill(a, f, seed, &one);
    fill(a, f, seed, &two);
    assert_int_equal(deriver_run(d, a, &one, &e), E_OK);
    assert_int_equal(derive_columns(a, f, &two, &e), E_OK);
    derived += assert_same(&one, &two);
    arena_reset(a, mark); /* the next table's dictionaries stand where these stood */
  }
  assert_true(derived > 0);
  arena_free(a);
  arena_free(kept);
}

static void births(void **state) {
  (void)state;
  same_of("birth");
}
static void deaths(void **state) {
  (void)state;
  same_of("death");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(births), cmocka_unit_test(deaths)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
