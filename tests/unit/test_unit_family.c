/* Records of several types: persons of two files joined to their households in the order of their numbers, parents' items beside them, orphans kept,
 * copies brought up to date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "forms/form.h"
#include "processing/unit/unit_family.h"

static struct form *good_form(struct arena *a) {
  struct job job = {.arena = a, .n_threads = 1};
  struct form *f = NULL;
  struct err e;
  int64_t n;
  assert_int_equal(form_read(a, &job, "tests/unit/data/forms", "sample", "good", "1", INT64_MIN, &f, &n, &e), E_OK);
  return f;
}
static void fill(struct arena *a, const struct form *f, const char *record, struct table *t, int64_t n) {
  struct column c[16];
  struct err e;
  const int k = form_columns(f, record, c, 16);
  assert_int_equal(table_init(t, a, c, k, n + 1, &e), E_OK);
  t->n_rows = n;
  for (int i = 0; i < k; i++) memset(t->columns[i].status, VAL_BLANK, (size_t)n);
}
static void put(struct table *t, const char *name, int64_t row, int64_t value) {
  struct column *c = table_column(t, name);
  assert_non_null(c);
  c->i64[row] = value;
  c->status[row] = VAL_REPORTED;
}
struct world {
  struct arena *a;
  struct form *f;
  struct table houses, first, second;
  struct unit_shard shards[3];
  struct name_set names;
  struct unit_family *family;
};
/* Households 7, 5, 9; persons of one file 5/2, 7/1, 4/1 (no such household), of the other, which stands before the households, 7/10, 7/2, 5/1. */
static void make(struct world *w) {
  static const int64_t keys[2][3][2] = {{{5, 2}, {7, 1}, {4, 1}}, {{7, 10}, {7, 2}, {5, 1}}};
  struct err e;
  *w = (struct world){.a = arena_new(0)};
  w->f = good_form(w->a);
  fill(w->a, w->f, "household", &w->houses, 3);
  fill(w->a, w->f, "person", &w->first, 3);
  fill(w->a, w->f, "person", &w->second, 3);
  for (int i = 0; i < 3; i++) {
    put(&w->houses, "house", i, (int64_t[]){7, 5, 9}[i]);
    put(&w->houses, "income", i, 100 * (i + 1));
    for (int k = 0; k < 2; k++) {
      put(k ? &w->second : &w->first, "house", i, keys[k][i][0]);
      put(k ? &w->second : &w->first, "person_no", i, keys[k][i][1]);
      put(k ? &w->second : &w->first, "age", i, 10 * keys[k][i][0] + keys[k][i][1]);
    }
  }
  w->shards[0] = (struct unit_shard){.current = &w->second};
  w->shards[1] = (struct unit_shard){.current = &w->houses, .first_record = 3};
  w->shards[2] = (struct unit_shard){.current = &w->first, .first_record = 6};
  w->names.arena = w->a;
  assert_int_equal(name_set_add(&w->names, "age", &e), E_OK);
  assert_int_equal(name_set_add(&w->names, "income", &e), E_OK);
  assert_int_equal(unit_family_new(w->a, w->f, w->shards, 3, &w->names, &w->family, &e), E_OK);
}

static void children_stand_in_the_order_of_their_numbers(void **state) {
  (void)state;
  struct world w;
  const struct unit_place *from;
  make(&w);
  const struct unit_shard *s = &w.shards[1];
  assert_string_equal(s->record, "household");
  assert_string_equal(w.shards[0].record, "person");
  assert_int_equal(s->n_children, 1);
  const struct column *age = &s->children[0].table->columns[table_find(s->children[0].table, "age")];
  static const int64_t ages[] = {71, 72, 80, 51, 52}; /* 7: 1, 2, 10; 5: 1, 2; 9: nobody */
  static const int64_t first[] = {0, 3, 5, 5};
  for (int i = 0; i < 5; i++) assert_int_equal(age->i64[i], ages[i]);
  for (int i = 0; i < 4; i++) assert_int_equal(s->children[0].first[i], first[i]);
  assert_int_equal(unit_children_of(w.family, 3, 1, &from), 3);
  assert_int_equal(unit_record_at(w.family, from[0]), 7); /* 7/1 is the second row of the last shard */
  assert_int_equal(unit_record_at(w.family, from[2]), 0);
  assert_int_equal(unit_children_of(w.family, 5, 1, &from), 0);
  arena_free(w.a);
}

static void parents_stand_beside_and_orphans_stay(void **state) {
  (void)state;
  struct world w;
  make(&w);
  const struct table *above = w.shards[2].parent;
  const struct column *income = &above->columns[table_find(above, "income")];
  assert_int_equal(income->i64[0], 200);
  assert_int_equal(income->i64[1], 100);
  assert_int_equal(income->status[2], VAL_BLANK);
  assert_int_equal(w.family->parent[8], -1);
  assert_int_equal(w.family->parent[0], 3);
  assert_int_equal(w.family->types[1].n_orphans, 1);
  assert_int_equal(w.family->types[1].n_childless, 1);
  assert_int_equal(w.family->types[1].n_records, 6);
  assert_int_equal(w.family->types[0].n_shards, 1);
  arena_free(w.a);
}

static void a_refresh_brings_what_the_records_hold_now(void **state) {
  (void)state;
  struct world w;
  struct err e;
  make(&w);
  put(&w.first, "age", 1, 33);
  table_column(&w.houses, "income")->status[0] = VAL_UNKNOWN;
  assert_int_equal(unit_family_refresh(w.family, &e), E_OK);
  const struct table *below = w.shards[1].children[0].table, *above = w.shards[2].parent;
  assert_int_equal(below->columns[table_find(below, "age")].i64[0], 33);
  assert_int_equal(above->columns[table_find(above, "income")].status[1], VAL_UNKNOWN);
  arena_free(w.a);
}

static void a_household_that_stands_twice_is_refused(void **state) {
  (void)state;
  struct world w;
  struct err e;
  make(&w);
  put(&w.houses, "house", 2, 7);
  assert_int_equal(unit_family_new(w.a, w.f, w.shards, 3, &w.names, &w.family, &e), E_UNIT_DUPLICATE);
  arena_free(w.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(children_stand_in_the_order_of_their_numbers),
      cmocka_unit_test(parents_stand_beside_and_orphans_stay), cmocka_unit_test(a_refresh_brings_what_the_records_hold_now),
      cmocka_unit_test(a_household_that_stands_twice_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
