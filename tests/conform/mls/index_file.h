/* index_file.h -- a published index file: blocks of years by months, quarters, halves, year and fiscal year; then a block of growth rates. */
#ifndef SHIRABE_TESTS_CONFORM_MLS_INDEX_FILE_H
#define SHIRABE_TESTS_CONFORM_MLS_INDEX_FILE_H
#include "estimators/mls/mls_index.h"
#include "tests/conform/common/tally.h"
#include "tests/conform/mls/sheet.h"

enum { FIRST_YEAR = 1950, YEARS = 120, MONTHS = 12 * YEARS };
struct index_block {
  int64_t month[MONTHS], period[YEARS][MLS_PERIODS];
};
struct index_file {
  const char *name;
  struct str title; /* of the growth block, which names the series; "" = none */
  bool real, employment, hours;
  struct index_block level, growth;
  int first_year, last_year;
};
struct cpi {
  const char *name;
  int64_t all_items[MONTHS], less_imputed_rent[MONTHS];
};
bool index_is(const struct sheet *s);
const char *index_read(const struct sheet *s, const char *name, struct index_file *out);
bool cpi_is(const struct sheet *s);
const char *cpi_read(const struct sheet *s, const char *name, struct cpi *out);

void index_check(const struct index_file *f, struct tally *t);
/* nominal over CPI; official: the published real index of the same earnings, NULL when it is not in the folder. */
void real_check(const struct index_file *nominal, const struct index_file *official, const struct cpi *cpi, struct tally *t);
#endif
