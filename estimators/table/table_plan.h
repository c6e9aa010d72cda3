/* table_plan.h -- the table specification of a form (tables.csv) read into a plan: measures, dimensions, rounding.
 * Measures over records (count() ... formula()) or with a method of their own (mls(column) ... life_table(q)); several are joined by ';'.
 *          count()  total(x)  mean(x)  ratio(x,y)  rate(y,per): events counted per total of y  rate(x,y,per): total of x per total of y
 *          proportion(x=code)  quantile(x,p)  median(x)  variance(x)  geometric(x)
 *          gini(x)  arpt(x)  arpr(x)  rmpg(x)  qsr(x)  fgt(x,g,line)  gei(x,a)  atkinson(x,e)  theil(x)  formula(text)
 *          mls(column)  mls_rollup(column)  tfr(births,women)  asdr(deaths,population,S60|H27)  life_table(q)
 * Options  after the arguments, name=value: rule= (quantile, median: math school shahvaish hf1..hf9), interval= (proportion, quantile, median: mean
 *          logit asin beta wilson likelihood), quantile= percent= (arpt arpr rmpg, fgt without a line), form=eurostat (gini), share= (qsr).
 * Formula  + - * / ^ ( ), numbers, log exp sqrt abs over calls of measures: formula(total(a)/total(b)-1). Read by estimate/smooth.h.
 * Rounding decimals 0..9, "" as computed, "as published" for the columns of an official table.
 * Errors   E_TABLE_MEASURE with the place in the text (column) and what stands there, E_TABLE_ROUNDING, E_TABLE_TOO_WIDE. Never reads data.
 * Source   none: a grammar. Cost: O(text). */
#ifndef SHIRABE_ESTIMATORS_TABLE_PLAN_H
#define SHIRABE_ESTIMATORS_TABLE_PLAN_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "estimators/estimate/interval.h"
#include "estimators/estimate/quantile.h"
#include "estimators/estimate/smooth.h"
#include "forms/form.h"

enum measure_kind {
  MEASURE_COUNT,
  MEASURE_TOTAL,
  MEASURE_MEAN,
  MEASURE_RATIO,
  MEASURE_RATE,
  MEASURE_PROPORTION,
  MEASURE_QUANTILE,
  MEASURE_VARIANCE,
  MEASURE_GEOMETRIC,
  MEASURE_GINI,
  MEASURE_ARPT,
  MEASURE_ARPR,
  MEASURE_RMPG,
  MEASURE_QSR,
  MEASURE_FGT,
  MEASURE_GEI,
  MEASURE_ATKINSON,
  MEASURE_FORMULA,
  MEASURE_MLS, /* from here on: not over records */
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
  const char *option;    /* "S60"; the code of a proportion */
  int64_t per;
  double p;              /* probability, g of fgt, a of gei, e of atkinson, share of qsr */
  double quantile, percent; /* poverty line: percent times a quantile */
  bool has_line, eurostat, has_rule, has_interval;
  double line;           /* fgt */
  enum quantile_rule rule;
  enum interval_scale interval;
  struct smooth formula; /* over the figures, in their order */
  const struct measure *figures;
  int n_figures;
};
static inline bool measure_over_records(enum measure_kind kind) { return kind < MEASURE_MLS; }
/* A number of units over all of them: those who have it and those who have it not are counts. */
static inline bool measure_is_share(const struct measure *m) {
  return m->kind == MEASURE_PROPORTION || m->kind == MEASURE_ARPR || (m->kind == MEASURE_FGT && m->p == 0);
}
struct table_plan {
  const struct table_spec *spec;
  int n_measures, n_dimensions, n_row_dimensions, decimals;
  struct measure measures[PLAN_MAX_MEASURES];
  const char *dimensions[PLAN_MAX_DIMENSIONS];
};
enum err_code measure_parse(struct arena *a, struct str text, struct measure *out, struct err *e) NODISCARD;
bool measure_item_name(struct str s); /* letters, digits, _; at most 64 */
/* Calls joined by ';' into measures[PLAN_MAX_MEASURES]; *n at least 1. */
enum err_code measures_parse(struct arena *a, struct str text, struct measure *measures, int *n, struct err *e) NODISCARD;
enum err_code table_plan_parse(struct arena *a, const struct table_spec *spec, struct table_plan *out, struct err *e) NODISCARD;
#endif
