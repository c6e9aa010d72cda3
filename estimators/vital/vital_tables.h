/* vital_tables.h -- tables of the vital statistics from aggregated rows: TFR, ASDR, age-specific rates, life tables, as result tables.
 * Shapes   rows with sex ("" = both), prefecture ("" = the country), age_from, age_to (INT64_MAX = open) and a count; life_q rows with q.
 * Join     a denominator belongs to a row when sex and prefecture are the same and its ages lie inside the row's ages; all of them are summed.
 * Labels   every table carries its method as a note: TFR single ages or five-year groups, ASDR model S60 or H27, life tables without error.
 * Missing  no denominator: E_VITAL_NO_POPULATION, except for ages outside 15..49 of the TFR, which are folded into the end ages.
 * Source   see tfr.h, asdr.h, vital_rates.h, life_table_period.h. Errors: theirs. Memory: arena. Cost: rows x denominators. */
#ifndef SHIRABE_ESTIMATORS_VITAL_TABLES_H
#define SHIRABE_ESTIMATORS_VITAL_TABLES_H
#include "estimators/table/result_table.h"
#include "estimators/table/table_plan.h"

struct vital_row {
  struct str sex, prefecture;
  int64_t age_from, age_to;
  int64_t count;
  bool has_count;
};
struct vital_q {
  struct str sex;
  int64_t age;
  double q;
};
enum err_code vital_tfr_table(struct arena *a, const struct table_plan *plan, const struct vital_row *births, int64_t n_births,
    const struct vital_row *women, int64_t n_women, struct result_table **out, struct err *e) NODISCARD;
enum err_code vital_asdr_table(struct arena *a, const struct table_plan *plan, const struct vital_row *deaths, int64_t n_deaths,
    const struct vital_row *people, int64_t n_people, struct result_table **out, struct err *e) NODISCARD;
/* rate(x,y,per) by the plan's dimensions among age_from, sex, prefecture. */
enum err_code vital_rate_table(struct arena *a, const struct table_plan *plan, const struct vital_row *events, int64_t n_events,
    const struct vital_row *people, int64_t n_people, struct result_table **out, struct err *e) NODISCARD;
/* Measures l d L T e by age_from and sex. */
enum err_code vital_life_table(
    struct arena *a, const struct table_plan *plan, const struct vital_q *rows, int64_t n, struct result_table **out, struct err *e) NODISCARD;
#endif
