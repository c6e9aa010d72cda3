/* table_fixture.h -- a result table of two dimensions with intervals, marks and one cell in each state; `secret` stands in the hidden cells, where no
 * writer may read it. */
#ifndef SHIRABE_TESTS_UNIT_TABLE_FIXTURE_H
#define SHIRABE_TESTS_UNIT_TABLE_FIXTURE_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <string.h>

#include "estimators/table/result_table.h"

#define OK(call)                                                            \
  do {                                                                      \
    struct err fixture_error = {.code = E_OK}, *e = &fixture_error;         \
    char fixture_text[2000];                                                \
    if (call) {                                                             \
      err_format(e, LANG_EN, fixture_text, sizeof fixture_text);            \
      fail_msg("%s", fixture_text);                                         \
    }                                                                       \
  } while (0)

static const char *const fixture_codes[][2] = {{"_T", "_T"}, {"_T", "1"}, {"_T", "2"}, {"01", "_T"}, {"01", "1"}, {"01", "2"}, {"13", "_T"},
    {"13", "1"}, {"13", "2"}, {"47", "_T"}, {"47", "1"}, {"47", "2"}};
enum { FIXTURE_ROWS = 12, FIXTURE_SUPPRESSED = 4, FIXTURE_UNRELIABLE = 8, FIXTURE_UNDEFINED = 10, FIXTURE_NOT_APPLICABLE = 11 };

static inline void fixture_figure(struct result_measure *m, int64_t i, double v) {
  m->value[i] = v;
  m->se[i] = v / 20;
  m->cv[i] = 0.05;
  m->df[i] = 30;
  m->has_se[i] = 1;
  m->low[i] = v - v / 10;
  m->high[i] = v + v / 10;
  m->has_interval[i] = 1;
  m->deff[i] = 1.5;
  m->has_deff[i] = 1;
}

/* A state with the secret left behind, as no honest table has it. */
static inline void fixture_hide(struct result_measure *m, int64_t i, uint8_t status, double secret) {
  fixture_figure(m, i, secret);
  m->deff[i] = secret;
  m->df[i] = (int64_t)secret;
  m->status[i] = status;
}

static inline struct result_table *fixture_table(struct arena *a, double secret) {
  static const char *const dimensions[] = {"prefecture", "sex"};
  struct result_table *t;
  OK(result_table_new(a, "income", FIXTURE_ROWS, 2, 2, &t, e));
  t->title_en = "Income by prefecture and sex", t->title_ja = "都道府県・性別の収入", t->survey = "hes", t->form = "household", t->period = "2025-12";
  t->profile = "persons_10", t->n_row_dimensions = 1;
  for (int d = 0; d < 2; d++) t->dimensions[d].name = dimensions[d];
  for (int k = 0; k < 2; k++) {
    OK(result_keep_precision(t, k, 0.95, e));
    OK(result_keep_flags(t, k, e));
  }
  t->measures[0].name = "mean(income)", t->measures[0].unit = "yen", t->measures[0].decimals = 1;
  t->measures[1].name = "total(income)", t->measures[1].unit = "yen", t->measures[1].decimals = 0, t->measures[1].additive = true;
  for (int64_t i = 0; i < FIXTURE_ROWS; i++) {
    for (int d = 0; d < 2; d++) t->dimensions[d].code[i] = str_of(fixture_codes[i][d]);
    t->n[i] = 40 + i;
    fixture_figure(&t->measures[0], i, 300.25 + 10 * (double)i);
    fixture_figure(&t->measures[1], i, 300000 + 10000 * (double)i);
  }
  for (int k = 0; k < 2; k++) {
    fixture_hide(&t->measures[k], FIXTURE_SUPPRESSED, RESULT_SUPPRESSED, secret);
    fixture_hide(&t->measures[k], FIXTURE_UNRELIABLE, RESULT_UNRELIABLE, secret);
    fixture_hide(&t->measures[k], FIXTURE_UNDEFINED, RESULT_UNDEFINED, secret);
    fixture_hide(&t->measures[k], FIXTURE_NOT_APPLICABLE, RESULT_NOT_APPLICABLE, secret);
    t->measures[k].flag[FIXTURE_UNRELIABLE] = "F";
    t->measures[k].flag[1] = "E";
    t->measures[k].reason[FIXTURE_SUPPRESSED] = "fewer units than the profile allows";
  }
  t->n[FIXTURE_SUPPRESSED] = (int64_t)secret;
  t->n_status[FIXTURE_SUPPRESSED] = RESULT_SUPPRESSED;
  t->marks = ARENA_ARRAY(a, struct result_mark, 2);
  assert_non_null(t->marks);
  t->marks[0] = (struct result_mark){"E", "利用に注意", "use with caution"};
  t->marks[1] = (struct result_mark){"F", "公表に適さない", "too unreliable to be published"};
  t->n_marks = 2, t->rule = "example";
  result_note(t, "stratum 7 was joined with stratum 8");
  return t;
}
#endif
