/* master.h -- a published result master table (原表): pages of one industry, each eight sizes of five lines. */
#ifndef SHIRABE_TESTS_CONFORM_MLS_MASTER_H
#define SHIRABE_TESTS_CONFORM_MLS_MASTER_H
#include "estimators/mls/mls.h"
#include "tests/conform/common/tally.h"
#include "tests/conform/mls/sheet.h"

struct master {
  struct arena *a;
  struct mls_row *rows;
  int32_t n;
  bool yearly; /* monthly averages of a year, each rounded by itself */
};
bool master_is(const struct sheet *s);
/* NULL when it was read, else what is wrong with it. */
const char *master_read(struct arena *a, const struct sheet *s, struct master *out);
/* Identities of every row and all roll-ups, one case each. */
void master_check(struct master *m, const char *name, struct tally *t);
#endif
