/* duplicates_fixture.h -- births of a month with planted doubles and twins, the truth beside them; the same for the same seed. Shares, not sizes,
 *          are like the
 * country's: mothers of 19 to 44, 1,900 municipalities of very different size, hours and weights as they are written. A double is a second record
 *          of an event
 * from another file, with errors: each item is miskeyed or missing with the chance that `spoil` gives (per 100). */
#ifndef SHIRABE_TESTS_UNIT_DUPLICATES_FIXTURE_H
#define SHIRABE_TESTS_UNIT_DUPLICATES_FIXTURE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "collector/duplicates.h"

enum { F_DATE, F_SEX, F_MOTHER, F_FATHER, F_RESIDENCE, F_WEIGHT, F_WEEKS, F_HOUR, F_MINUTE, F_PLURALITY, F_ORDER, F_COLUMNS };
struct births {
  struct table tables[2]; /* the month's records in two files: the second holds the doubles */
  bool current[2];
  int64_t n_doubles, n_twins;
  int64_t *double_of; /* [n_doubles] row of table 0 that row i of table 1 repeats */
};

static inline void births_cell(struct table *t, int k, int64_t row, int64_t value) {
  struct column *c = &t->columns[k];
  char text[24];
  c->status[row] = VAL_REPORTED;
  if (c->type == COL_INT) {
    c->i64[row] = value;
    return;
  }
  snprintf(text, sizeof text, k == F_RESIDENCE ? "%06lld" : "%lld", (long long)value);
  c->code[row] = dict_add(c->dict, str_of(text));
}

/* Large municipalities have most births: the square of a uniform number over 1,900. */
static inline int64_t births_place(struct rng *r) {
  double u = rng_uniform(r);
  return (int64_t)(u * u * 1900);
}

static inline void births_one(struct table *t, int64_t row, struct rng *r) {
  int64_t day = 20454 + (int64_t)rng_below(r, 31), mother = day - 19 * 365 - (int64_t)(rng_below(r, 4500) + rng_below(r, 4600)),
          weight = 2000 + (int64_t)(rng_below(r, 1000) + rng_below(r, 1000));
  const int64_t values[F_COLUMNS] = {day, 1 + (int64_t)rng_below(r, 2), mother, mother - 2000 + (int64_t)rng_below(r, 3000), births_place(r),
      rng_below(r, 2) ? weight / 10 * 10 : weight / 2 * 2, 36 + (int64_t)rng_below(r, 5), (int64_t)rng_below(r, 24), (int64_t)rng_below(r, 60), 1, 1};
  for (int k = 0; k < F_COLUMNS; k++) births_cell(t, k, row, values[k]);
}

static inline void births_copy(struct table *to, int64_t row, const struct table *from, int64_t of) {
  char buffer[64];
  for (int k = 0; k < F_COLUMNS; k++) {
    to->columns[k].status[row] = from->columns[k].status[of];
    if (to->columns[k].type == COL_INT) to->columns[k].i64[row] = from->columns[k].i64[of];
    else to->columns[k].code[row] = dict_add(to->columns[k].dict, column_text(&from->columns[k], of, buffer, sizeof buffer));
  }
}

/* The second of twins: the same parents, day and place; another order, weight and minute. */
static inline void births_twin(struct table *t, int64_t row, struct rng *r) {
  births_copy(t, row, t, row - 1);
  for (int64_t i = row - 1; i <= row; i++) {
    births_cell(t, F_PLURALITY, i, 2);
    births_cell(t, F_ORDER, i, i - row + 2);
  }
  births_cell(t, F_WEIGHT, row, 1900 + (int64_t)rng_below(r, 700));
}

static inline void births_spoil(struct table *t, int64_t row, struct rng *r, int spoil) {
  for (int k = 0; k < F_PLURALITY; k++) {
    if ((int)rng_below(r, 100) >= spoil) continue;
    if (k > F_SEX && rng_below(r, 2)) t->columns[k].status[row] = VAL_UNKNOWN;
    else if (t->columns[k].type == COL_INT) t->columns[k].i64[row] += 1 + (int64_t)rng_below(r, 9);
    else births_cell(t, k, row, k == F_SEX ? 1 + (int64_t)rng_below(r, 2) : births_place(r));
  }
}

/* n records, one birth in 50 of them one of twins, n_doubles records once more. 0 = done. */
static inline int births_make(struct births *b, struct arena *a, uint64_t seed, int64_t n, int64_t n_doubles, int spoil) {
  static const struct column columns[F_COLUMNS] = {{.name = "child_birth_date", .type = COL_INT, .is_date = true, .unit = ""},
      {.name = "sex", .type = COL_CODE, .unit = ""}, {.name = "mother_birth_date", .type = COL_INT, .is_date = true, .unit = ""},
      {.name = "father_birth_date", .type = COL_INT, .is_date = true, .unit = ""},
      {.name = "residence_municipality_code", .type = COL_CODE, .unit = ""}, {.name = "birth_weight", .type = COL_INT, .unit = "g"},
      {.name = "gestation_weeks", .type = COL_INT, .unit = "week"}, {.name = "child_birth_hour", .type = COL_INT, .unit = ""},
      {.name = "child_birth_minute", .type = COL_INT, .unit = ""}, {.name = "plurality", .type = COL_CODE, .unit = ""},
      {.name = "birth_order_in_set", .type = COL_CODE, .unit = ""}};
  struct rng r;
  struct err e;
  *b = (struct births){.current = {true, true}, .n_doubles = n_doubles};
  rng_init(&r, seed, "births", "", 0);
  b->double_of = ARENA_ARRAY(a, int64_t, n_doubles + 1);
  if (!b->double_of || table_init(&b->tables[0], a, columns, F_COLUMNS, n, &e) || table_init(&b->tables[1], a, columns, F_COLUMNS, n_doubles + 1, &e))
    return 1;
  for (int64_t i = 0; i < n; i++) {
    bool twin = i % 100 == 99;
    if (twin) births_twin(&b->tables[0], i, &r);
    else births_one(&b->tables[0], i, &r);
    b->n_twins += twin;
  }
  b->tables[0].n_rows = n;
  for (int64_t i = 0; i < n_doubles; i++) {
    b->double_of[i] = (int64_t)rng_below(&r, (uint64_t)n);
    births_copy(&b->tables[1], i, &b->tables[0], b->double_of[i]);
    births_spoil(&b->tables[1], i, &r, spoil);
  }
  b->tables[1].n_rows = n_doubles;
  return 0;
}

/* Of the pairs: which are planted (each counted once), and which are none. */
static inline void births_judge(const struct births *b, const struct duplicates_found *found, int64_t *hits, int64_t *alarms) {
  *hits = *alarms = 0;
  for (int64_t i = 0; i < found->n_pairs; i++) {
    const struct duplicate_pair *p = &found->pairs[i];
    bool planted = p->table[0] == 0 && p->table[1] == 1 && b->double_of[p->row[1]] == p->row[0];
    bool twice = p->table[0] == 1 && p->table[1] == 1 && b->double_of[p->row[0]] == b->double_of[p->row[1]]; /* two doubles of one record */
    *hits += planted;
    *alarms += !planted && !twice;
  }
}
#endif
