/* sdc_case.h -- one folder of the disclosure-control packs: what all judges of its parts share. */
#ifndef SHIRABE_TESTS_CONFORM_SDC_CASE_H
#define SHIRABE_TESTS_CONFORM_SDC_CASE_H
#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "estimators/sdc/suppress/audit.h"
#include "tests/conform/common/tally.h"

struct sdc_case {
  struct arena *a;
  struct tally *tally;
  const char *folder, *id;
  const struct json_value *expected;
  struct cell_table *t; /* NULL when the case has no cells */
};
struct str case_file(const struct sdc_case *c, const char *name); /* text of a file of the folder; p NULL when absent */
bool case_csv(const struct sdc_case *c, const char *name, struct csv_table *out);
void case_verdict(const struct sdc_case *c, const char *check, bool passed, const char *why, ...) __attribute__((format(printf, 4, 5)));
void case_unsupported(const struct sdc_case *c, const char *why);
/* The judges. */
void judge_patterns(const struct sdc_case *c);  /* our audit against the printed one, per pattern */
void judge_ours(const struct sdc_case *c);      /* our patterns: safe by two audits, cost against the best safe one of the pack */
void judge_primaries(const struct sdc_case *c); /* status and levels from the units, where they are there */
void judge_rounding(const struct sdc_case *c);
void judge_small_counts(const struct sdc_case *c);
void judge_cell_key(const struct sdc_case *c);
bool judge_micro(const struct sdc_case *c); /* records of data.csv: counts, risk, special uniques, local suppression; false: no such case */
/* The interval of every primary by a programme of its own over all cells and relations: shares no code with the audit but the solver. */
bool covers_independently(const struct cell_table *t, const uint8_t *hidden, int32_t *bad);
#endif
