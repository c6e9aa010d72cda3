/* folder.h -- the files of a folder by what their columns say, and numbers out of them. Names and years play no part. */
#ifndef SHIRABE_TESTS_CONFORM_VITAL_FOLDER_H
#define SHIRABE_TESTS_CONFORM_VITAL_FOLDER_H
#include <stdbool.h>
#include <stdint.h>

#include "base/ext_csv.h"
#include "tests/conform/common/tally.h"

enum kind {
  TOTALS, POPULATION, LIVE_BIRTHS, DEATHS, MODELS, PUBLISHED_Q, PUBLISHED_E0, RATES, BIRTHS_BY_AGE, CONTRIBUTIONS, PARITY, REPRODUCTION, LIFE_ROWS,
  CURVES, CHIANG, CAUSES, CAUSES_BY_AGE, ASFR, RANK_GROUPS, CENSUS_AGES, ASDR_VECTOR, PREFECTURES,
  POVERTY, RELATIONS, KINDS
};
struct source {
  const char *name;
  struct csv_table t;
};
enum { SOURCES_MOST = 64 };
enum class { COMPUTABLE, COMPARE_ONLY, MUST_FAIL, CLASSES };
struct folder {
  struct arena *a;
  struct source source[KINDS][SOURCES_MOST]; /* several files of one kind are allowed */
  int n[KINDS];
  struct tally *tally;
  int counts[CLASSES], agreed, missing, named;
  bool list;
};
bool folder_add(struct folder *f, const char *path, const char *relative); /* false: no known layout */
bool cell_num(const struct csv_table *t, int64_t row, const char *column, double *out); /* false: empty, NA, no such column */
bool cell_int(const struct csv_table *t, int64_t row, const char *column, int64_t *out);
bool cell_eq(const struct csv_table *t, int64_t row, const char *column, const char *text);
const char *cell_str(const struct folder *f, const struct csv_table *t, int64_t row, const char *column);
/* Population of 1 October by the folder: sex 0 = both; from..to inclusive, to INT64_MAX = all above; whole = the total row. */
bool population(const struct folder *f, int64_t year, char sex, int64_t from, int64_t to, bool whole, int64_t *out);
bool ages_of(const char *label, int64_t *from, int64_t *to); /* "0", "5-9", "85+", "<=14"; false: total, unknown */
/* One cell of one year of any file of a kind with a column `year` (or YEAR). */
bool of_year(const struct folder *f, enum kind k, int64_t year, const char *column, double *out);
/* Published q of a year and sex; the number of ages, 0 = none. */
int published_q(const struct folder *f, int64_t year, char sex, double *q, int most);

/* One value against its line of values.def. decimals: of the published figure, used with tolerance 0. */
void judge(struct folder *f, const char *kind, const char *place, int64_t year, char sex, double computed, double published, int decimals);
void cannot(struct folder *f, const char *kind, const char *place, int64_t year, char sex, const char *why);
int decimals_of(const struct csv_table *t, int64_t row, const char *column);

void judge_totals(struct folder *f);
void judge_mortality(struct folder *f);
void judge_life(struct folder *f);
void judge_fertility(struct folder *f);
void judge_causes(struct folder *f);
void judge_poverty(struct folder *f);
void judge_relations(struct folder *f);
#endif
