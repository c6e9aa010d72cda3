/* livelihood_controls.c -- livelihood_weights.h: what is known of the population, by area and by age and sex. */
#include <stdio.h>
#include <stdlib.h>

#include "estimators/livelihood/livelihood_weights.h"

static enum err_code bad(const struct survey_columns *c, int64_t row, const char *name, const char *expected, struct err *e) {
  return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = row + 1, .subject = name, .expected = expected);
}
static int32_t area_of(const struct livelihood_records *r, int64_t code) {
  int32_t low = 0, high = r->n_areas;
  while (low < high) {
    const int32_t mid = low + (high - low) / 2;
    if (r->area_code[mid] < code) low = mid + 1;
    else high = mid;
  }
  return low < r->n_areas && r->area_code[low] == code ? low : -1;
}
static int by_value(const void *x, const void *y) {
  const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
  return a < b ? -1 : a > b;
}
/* Over all rows, those of areas without records too: their people count in the total of the country. */
static enum err_code no_area_twice(struct arena *a, const struct survey_columns *c, const struct livelihood_whole *area, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  int64_t *code = ARENA_ARRAY(a, int64_t, c->n + 1);
  if (!code) return ERR(e, E_NO_MEMORY, .subject = "strata");
  for (int64_t i = 0; i < c->n; i++) {
    if (!area->known[i]) return bad(c, i, "area", "the code of a stratum", e);
    code[i] = area->value[i];
  }
  qsort(code, (size_t)c->n, sizeof *code, by_value);
  for (int64_t i = 1; i < c->n; i++) {
    if (code[i] != code[i - 1]) continue;
    int64_t row = c->n - 1;
    while (area->value[row] != code[i]) row--;
    return ERR(e, E_LIVELIHOOD_TWICE, .file = c->place, .line = row + 1, .subject = "stratum");
  }
  arena_reset(a, mark);
  return E_OK;
}
enum err_code livelihood_strata_of(struct arena *a, const struct livelihood_records *r, const struct survey_columns *c,
    struct livelihood_strata *out, struct err *e) {
  struct livelihood_whole area, districts, people;
  *out = (struct livelihood_strata){.districts = ARENA_ARRAY(a, int64_t, r->n_areas + 1), .people = ARENA_ARRAY(a, int64_t, r->n_areas + 1)};
  if (!out->districts || !out->people) return ERR(e, E_NO_MEMORY, .subject = "strata");
  TRY(livelihood_column(a, c, "area", true, 0, &area, e));
  TRY(livelihood_column(a, c, "districts", false, 0, &districts, e));
  TRY(livelihood_column(a, c, "people", false, 0, &people, e));
  TRY(no_area_twice(a, c, &area, e));
  for (int64_t i = 0; i < c->n; i++) {
    if (people.known[i] && people.value[i] < 1) return bad(c, i, "people", "1 or more", e);
    if (districts.known[i] && districts.value[i] < 1) return bad(c, i, "districts", "1 or more", e);
    out->all_people += people.value[i];
    const int32_t k = area_of(r, area.value[i]);
    if (k < 0) out->n_empty++, out->empty_people += people.value[i];
    if (k < 0) continue;
    out->districts[k] = districts.value[i], out->people[k] = people.value[i];
  }
  return E_OK;
}

/* --- age and sex --- */
struct cell_row {
  int64_t sex, from, to;
};
static int32_t cell_of(const struct cell_row *cells, int64_t n, int64_t sex, int64_t age) {
  for (int64_t k = 0; k < n; k++)
    if (cells[k].sex == sex && age >= cells[k].from && age <= cells[k].to) return (int32_t)k;
  return -1;
}
static enum err_code read_cells(struct arena *a, const struct survey_columns *c, struct cell_row **rows, double **people, struct err *e) {
  struct livelihood_whole sex, from, to, count;
  struct cell_row *cell = *rows = ARENA_ARRAY(a, struct cell_row, c->n + 1);
  *people = ARENA_ARRAY(a, double, c->n + 1);
  if (!cell || !*people) return ERR(e, E_NO_MEMORY, .subject = "population");
  TRY(livelihood_column(a, c, "sex", true, 0, &sex, e));
  TRY(livelihood_column(a, c, "age_from", true, 0, &from, e));
  TRY(livelihood_column(a, c, "age_to", true, 0, &to, e));
  TRY(livelihood_column(a, c, "people", true, 0, &count, e));
  for (int64_t i = 0; i < c->n; i++) {
    if (!sex.known[i] || !from.known[i] || !count.known[i] || count.value[i] < 1) return bad(c, i, "people", "sex, age_from and 1 or more people", e);
    cell[i] = (struct cell_row){sex.value[i], from.value[i], to.known[i] ? to.value[i] : INT32_MAX};
    (*people)[i] = (double)count.value[i];
    for (int64_t k = 0; k < i; k++)
      if (cell[k].sex == cell[i].sex && cell[k].from <= cell[i].to && cell[i].from <= cell[k].to)
        return bad(c, i, "age_from", "ages that no other row of the sex has", e);
  }
  return E_OK;
}
enum err_code livelihood_cells_of(struct arena *a, const struct survey_columns *population, const struct survey_columns *person,
    struct livelihood_cells *out, struct err *e) {
  struct livelihood_whole sex, age;
  struct cell_row *cell;
  double *people;
  int32_t *of = ARENA_ARRAY(a, int32_t, person->n + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "population");
  TRY(read_cells(a, population, &cell, &people, e));
  TRY(livelihood_column(a, person, "sex", true, 0, &sex, e));
  TRY(livelihood_column(a, person, "age", true, 0, &age, e));
  for (int64_t i = 0; i < person->n; i++) {
    of[i] = -1;
    if (!sex.known[i] || !age.known[i]) continue;
    of[i] = cell_of(cell, population->n, sex.value[i], age.value[i]);
    if (of[i] >= 0) continue;
    char subject[64];
    snprintf(subject, sizeof subject, "sex %lld, age %lld", (long long)sex.value[i], (long long)age.value[i]);
    return ERR(e, E_LIVELIHOOD_TOTAL, .file = population->place, .subject = subject, .expected = "people");
  }
  *out = (struct livelihood_cells){(int32_t)population->n, people, of};
  return E_OK;
}
