/* correct_fixture.h -- small tables from text for the tests of correction: "1 2 . 4" is a row, a dot is a missing value. */
#ifndef SHIRABE_TESTS_UNIT_CORRECT_FIXTURE_H
#define SHIRABE_TESTS_UNIT_CORRECT_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "processing/correct/correct.h"

struct small_table {
  struct arena *arena;
  struct linear_system s;
  struct num_table t;
  struct corrections got;
  const uint8_t **flag; /* [p] all of one value, to be changed by the test */
};
static inline void small_rows(struct small_table *f, const char *const *names, int p, const char *const *rows, int n, uint8_t flag) {
  struct err e;
  struct str *unit = ARENA_ARRAY(f->arena, struct str, n);
  assert_int_equal(num_table_init(&f->t, f->arena, names, p, n, &e), E_OK);
  f->flag = ARENA_ARRAY(f->arena, const uint8_t *, p);
  for (int j = 0; j < p; j++) {
    uint8_t *bytes = ARENA_ARRAY(f->arena, uint8_t, n);
    memset(bytes, flag, (size_t)n);
    f->flag[j] = bytes;
  }
  for (int i = 0; i < n; i++) {
    const char *at = rows[i];
    unit[i] = str_of(arena_printf(f->arena, "u%d", i + 1));
    for (int j = 0; j < p; j++) {
      while (*at == ' ') at++;
      char *stop = (char *)(uintptr_t)at + 1;
      const bool missing = *at == '.' && (at[1] == ' ' || !at[1]);
      if (!missing) f->t.columns[j].x[i] = strtod(at, &stop), f->t.columns[j].status[i] = VAL_REPORTED;
      at = stop;
    }
  }
  f->t.unit = unit;
}
static inline struct small_table small_system(const char *edits, bool negative, const char *const *rows, int n, uint8_t flag) {
  struct small_table f = {.arena = arena_new(0)};
  struct err e;
  corrections_init(&f.got, f.arena);
  assert_int_equal(linear_parse(f.arena, str_of(edits), negative, &f.s, &e), E_OK);
  small_rows(&f, f.s.names, f.s.p, rows, n, flag);
  return f;
}
static inline void set_flag(struct small_table *f, const char *name, int64_t row, uint8_t value) {
  const int j = num_table_find(&f->t, str_of(name));
  assert_true(j >= 0);
  ((uint8_t *)(uintptr_t)f->flag[j])[row] = value;
}
/* The new value of (row, column name), or nothing. */
static inline const struct correction *change_of(const struct small_table *f, int64_t row, const char *name) {
  for (int64_t k = 0; k < f->got.n; k++)
    if (f->got.list[k].row == row && strcmp(f->t.columns[f->got.list[k].var].name, name) == 0) return &f->got.list[k];
  return NULL;
}
static inline void assert_change(const struct small_table *f, int64_t row, const char *name, double value, enum correct_rule rule) {
  const struct correction *c = change_of(f, row, name);
  if (!c) fail_msg("row %d: %s was not changed", (int)row, name);
  else {
    if (!(c->value > value - 1e-9 * (1 + value * value) && c->value < value + 1e-9 * (1 + value * value))) fail_msg("row %d: %s = %.15g, not %.15g",
        (int)row, name, c->value, value);
    assert_string_equal(correct_rule_name(c->rule), correct_rule_name(rule));
  }
}
static inline void assert_left(const struct small_table *f, int64_t row, enum correct_reason why) {
  for (int64_t k = 0; k < f->got.n_markers; k++)
    if (f->got.markers[k].row == row) {
      assert_string_equal(correct_reason_name(f->got.markers[k].reason), correct_reason_name(why));
      return;
    }
  fail_msg("row %d has no marker", (int)row);
}
#define N_ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))
#endif
