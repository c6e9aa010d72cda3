/* livelihood_fixture.h -- columns of numbers by name, and small surveys of living conditions, for the tests. GONE stands for a missing value. */
#ifndef SHIRABE_TESTS_UNIT_LIVELIHOOD_FIXTURE_H
#define SHIRABE_TESTS_UNIT_LIVELIHOOD_FIXTURE_H
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "estimators/design/column_read.h"
#include "estimators/livelihood/livelihood_tables.h"

#define GONE (-1e15)
enum { FIXTURE_COLUMNS = 16 };
struct fixture_form {
  struct survey_columns columns;
  struct survey_column column[FIXTURE_COLUMNS];
  double *number[FIXTURE_COLUMNS];
  uint8_t *status[FIXTURE_COLUMNS];
};
/* names: parted by blanks. Values are set by fixture_set. */
static inline struct fixture_form *fixture_form(struct arena *a, const char *place, int64_t n, const char *names) {
  struct fixture_form *f = ARENA_NEW(a, struct fixture_form);
  char *text = arena_strdup(a, names, strlen(names)), *rest = NULL;
  int k = 0;
  for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest), k++) {
    f->number[k] = ARENA_ARRAY(a, double, n + 1), f->status[k] = ARENA_ARRAY(a, uint8_t, n + 1);
    f->column[k] = (struct survey_column){.name = word, .number = f->number[k], .status = f->status[k]};
  }
  f->columns = (struct survey_columns){.place = place, .n = n, .n_columns = k, .column = f->column};
  return f;
}
static inline int fixture_find(const struct fixture_form *f, const char *name) {
  for (int k = 0; k < f->columns.n_columns; k++)
    if (!strcmp(f->column[k].name, name)) return k;
  abort();
}
static inline void fixture_set(struct fixture_form *f, int64_t row, const char *name, double v) {
  const int k = fixture_find(f, name);
  f->number[k][row] = v == GONE ? 0 : v;
  f->status[k][row] = v == GONE ? VAL_UNKNOWN : VAL_REPORTED;
}

/* A survey: areas x districts x 2 unit areas x 3 households of 1, 2, 3 members; in every second district the first unit area is in the income
 *    sample. */
struct fixture_survey {
  struct fixture_form *household, *person, *income, *stratum, *population;
  struct livelihood_source source;
};
static const char fixture_household[] = "pref district unit_area household_no area members household_type structure income_selected weight";
static const char fixture_person[] = "pref district unit_area household_no person_no age sex relation work";
static const char fixture_income[] =
    "pref district unit_area household_no total_income tax_income tax_resident tax_property premiums tax_vehicle premium_private remittance_paid "
    "weight";
static inline void fixture_keys(struct fixture_form *f, int64_t row, int pref, int district, int unit, int no) {
  fixture_set(f, row, "pref", pref), fixture_set(f, row, "district", district);
  fixture_set(f, row, "unit_area", unit), fixture_set(f, row, "household_no", no);
}
/* Ages: head 40 + district, spouse 38, child 10. Income 100 (k + 1) + 10 district + area, k = 0, 1, 2 of the household. */
static inline void fixture_persons(struct fixture_survey *s, int64_t *person, int pref, int district, int unit, int no) {
  for (int i = 0; i < no; i++, ++*person) {
    fixture_keys(s->person, *person, pref, district, unit, no);
    fixture_set(s->person, *person, "person_no", i + 1);
    fixture_set(s->person, *person, "age", i == 0 ? 40 + district : i == 1 ? 38 : 10);
    fixture_set(s->person, *person, "sex", 1 + i % 2);
    fixture_set(s->person, *person, "relation", i + 1);
    fixture_set(s->person, *person, "work", i == 0 ? 1 : 6);
  }
}
static inline void fixture_amounts(struct fixture_survey *s, int64_t row, int pref, int district, int unit, int no) {
  static const char *const zero[] = {"tax_resident", "tax_property", "tax_vehicle", "premium_private", "remittance_paid"};
  fixture_keys(s->income, row, pref, district, unit, no);
  fixture_set(s->income, row, "total_income", 100 * no + 10 * district + pref);
  fixture_set(s->income, row, "tax_income", 10), fixture_set(s->income, row, "premiums", 20);
  for (int k = 0; k < 5; k++) fixture_set(s->income, row, zero[k], 0);
  fixture_set(s->income, row, "weight", 5);
}
static inline struct fixture_survey *fixture_survey(struct arena *a, int areas, int districts) {
  struct fixture_survey *s = ARENA_NEW(a, struct fixture_survey);
  const int64_t n = (int64_t)areas * districts * 6, n_income = (int64_t)areas * districts * 3;
  int64_t row = 0, person = 0, income = 0;
  s->household = fixture_form(a, "household.csv", n, fixture_household);
  s->person = fixture_form(a, "person.csv", 2 * n, fixture_person);
  s->income = fixture_form(a, "income.csv", n_income, fixture_income);
  s->stratum = fixture_form(a, "stratum.csv", areas, "area districts people");
  s->population = fixture_form(a, "population.csv", 4, "sex age_from age_to people");
  for (int area = 1; area <= areas; area++)
    for (int d = 1; d <= districts; d++)
      for (int u = 1; u <= 2; u++)
        for (int no = 1; no <= 3; no++, row++) {
          fixture_keys(s->household, row, area, d, u, no);
          fixture_set(s->household, row, "area", area), fixture_set(s->household, row, "members", no);
          fixture_set(s->household, row, "household_type", no == 1 ? 1 : 4), fixture_set(s->household, row, "structure", no + 1);
          fixture_set(s->household, row, "income_selected", u == 1), fixture_set(s->household, row, "weight", 7);
          fixture_persons(s, &person, area, d, u, no);
          if (u == 1) fixture_amounts(s, income++, area, d, u, no);
        }
  for (int area = 1; area <= areas; area++) {
    fixture_set(s->stratum, area - 1, "area", area), fixture_set(s->stratum, area - 1, "districts", 10 * districts);
    fixture_set(s->stratum, area - 1, "people", 1000 * area);
  }
  /* The six of two unit areas: men 6 and women 6 of 12; children (3rd member) are men. */
  static const double from[] = {0, 18, 0, 18};
  for (int k = 0; k < 4; k++) {
    fixture_set(s->population, k, "sex", 1 + k / 2), fixture_set(s->population, k, "age_from", from[k]);
    fixture_set(s->population, k, "age_to", k % 2 ? GONE : 17);
  }
  const struct survey_columns *forms[] = {&s->household->columns, &s->person->columns, &s->income->columns, NULL, &s->stratum->columns,
      &s->population->columns};
  memcpy(s->source.form, forms, sizeof forms);
  return s;
}
#endif
