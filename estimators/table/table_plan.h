/* table_plan.h -- the table specification of a form (tables.csv) read into a plan: measures, dimensions, rounding.
 * Measures count()  total(x)  mean(x)  ratio(x,y)  rate(y,per): events counted per total of y  rate(x,y,per): total of x per total of y
 *          mls(column)  mls_rollup(column)  tfr(births,women)  asdr(deaths,population,S60|H27)  life_table(q); several are joined by ';'.
 * Rounding decimals 0..9, "" as computed, "as published" for the columns of an official table.
 * Errors   E_TABLE_MEASURE with the place in the text as found, E_TABLE_ROUNDING, E_TABLE_TOO_WIDE. Never reads data. Cost: O(text). */
#ifndef SHIRABE_ESTIMATORS_TABLE_PLAN_H
#define SHIRABE_ESTIMATORS_TABLE_PLAN_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "forms/form.h"

enum measure_kind {
  MEASURE_COUNT,
  MEASURE_TOTAL,
  MEASURE_MEAN,
  MEASURE_RATIO,
  MEASURE_RATE,
  MEASURE_MLS,
  MEASURE_MLS_ROLLUP,
  MEASURE_TFR,
  MEASURE_ASDR,
  MEASURE_LIFE_TABLE
};
enum { PLAN_MAX_MEASURES = 32, PLAN_MAX_DIMENSIONS = 6, PLAN_AS_PUBLISHED = -2, PLAN_AS_COMPUTED = -1 };
struct measure {
  enum measure_kind kind;
  const char *name;      /* as written, without spaces */
  const char *x, *y;     /* items; "" = none */
  const char *option;    /* "S60" */
  int64_t per;
};
struct table_plan {
  const struct table_spec *spec;
  int n_measures, n_dimensions, n_row_dimensions, decimals;
  struct measure measures[PLAN_MAX_MEASURES];
  const char *dimensions[PLAN_MAX_DIMENSIONS];
};
enum err_code measure_parse(struct arena *a, struct str text, struct measure *out, struct err *e) NODISCARD;
enum err_code table_plan_parse(struct arena *a, const struct table_spec *spec, struct table_plan *out, struct err *e) NODISCARD;
#endif
