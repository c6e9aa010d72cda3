/* outcheck_table.h -- a table that somebody wants to take out, as its checker sees it, and the units behind it.
 * Forms    CSV (UTF-8, RFC 4180) with a header, one figure a row; or JSON: an array of flat objects with the same members.
 * Columns  measure, kind, value are needed; status, n, df, parameters, cell_min, design_cells, unit, se, cv may stand there; every other column is
 *          a dimension. "_T" is the
 *          total of a dimension; where a dimension has no "_T", its first code that says total (計 総数 合計 総計 全体 total all, or blank) is taken
 *          for it.
 * Kinds    count sum mean ratio percent max min quantile coefficient statistic unit-value; the last is a residual, a fitted value or a prediction of
 *          one unit. survival (n = units at risk), odds-ratio (cell_min = the smallest of the counts behind it), gini, hhi (concentration of
 *          shares, 0 to 1
 *          or 0 to 10,000). Of a model whose regressors are all classes: design_cells = combinations of classes with units, cell_min = the smallest.
 * Numbers  decimals of at most 15 digits, kept as scaled integers beside the double, so that sums can be proved. status "suppressed" = no value.
 *          A value that is no such number stays as `text` and is a finding of the check, not an error of the reader.
 * Units    CSV with the columns unit, the dimensions of the table, optionally weight, and one column per measure that is not a count: the records the
 *          table was made of. Empty = this record does not contribute. Several rows of one unit count once (household, enterprise).
 * Errors   E_OUTPUT_TABLE with file, line and what was expected; E_CAP_EXCEEDED beyond OUTCHECK_CELLS_MAX figures, OUTCHECK_DIMS_MAX dimensions.
 * Memory   the arena: about 200 bytes a figure, 24 bytes + 8 per measure a record. */
#ifndef SHIRABE_ESTIMATORS_SDC_OUTCHECK_TABLE_H
#define SHIRABE_ESTIMATORS_SDC_OUTCHECK_TABLE_H
#include "base/arena.h"
#include "base/err.h"
#include "base/ext_csv.h"
#include "estimators/sdc/outcheck_hierarchy.h"

enum { OUTCHECK_DIMS_MAX = 8, OUTCHECK_CELLS_MAX = 200000, OUTCHECK_UNITS_MAX = 4000000 };
enum outcheck_kind {
  OUTCHECK_COUNT, OUTCHECK_SUM, OUTCHECK_MEAN, OUTCHECK_RATIO, OUTCHECK_PERCENT, OUTCHECK_MAX, OUTCHECK_MIN, OUTCHECK_QUANTILE, OUTCHECK_COEFFICIENT,
  OUTCHECK_STATISTIC, OUTCHECK_UNIT_VALUE, OUTCHECK_SURVIVAL, OUTCHECK_ODDS_RATIO, OUTCHECK_GINI, OUTCHECK_HHI, OUTCHECK_KINDS
};
const char *outcheck_kind_name(enum outcheck_kind k);
struct outcheck_cell {
  const struct str *code; /* [n_dims] */
  struct str measure;
  enum outcheck_kind kind;
  bool suppressed, has_value; /* has_value: a number, in value and scaled */
  struct str text;            /* as written */
  double value;
  int64_t scaled; /* value * 10^decimals */
  int decimals, digits;
  int64_t n, df, parameters, cell_min, design_cells; /* -1 = not given */
  bool accompanied;           /* se or cv is given */
  struct str unit;            /* as written */
  int64_t line, group;       /* group: figures with the same codes */
};
struct outcheck_table {
  const char *name; /* file name */
  int n_dims;
  const struct str *dim;
  int64_t n_cells, n_groups;
  struct outcheck_cell *cell;
  const struct csv_table *raw; /* every text of the file */
  const struct outcheck_hierarchy *levels; /* set by the caller; NULL = every code belongs to "_T" */
};
bool outcheck_total(struct str code); /* "_T" */
bool outcheck_total_word(struct str code); /* another word for a total, or blank */
enum err_code outcheck_table_csv(struct arena *a, const char *name, struct str text, struct outcheck_table *out, struct err *e) NODISCARD;
enum err_code outcheck_table_json(struct arena *a, const char *name, struct str text, struct outcheck_table *out, struct err *e) NODISCARD;
/* By the ending of the name: .json, else CSV. */
enum err_code outcheck_table_parse(struct arena *a, const char *name, struct str text, struct outcheck_table *out, struct err *e) NODISCARD;
/* The table written again from what was read and judged (outcheck_write.c), CSV or JSON by its name: one way to quote, no space, line or sign that
 * was not judged. Reading it gives the same figures; writing that gives the same bytes. */
bool outcheck_numeric_column(struct str name); /* value, n, df ...: numbers and nothing else */
void outcheck_table_write(const struct outcheck_table *t, struct strbuf *out);
/* "region=01 sex=_T deaths": dimension codes and measure, never the value; cut to size. */
void outcheck_cell_name(const struct outcheck_table *t, const struct outcheck_cell *c, char *out, size_t size);
/* A decimal of at most 15 digits, thousands separators not allowed; false for anything else. */
bool outcheck_number(struct str text, int64_t *scaled, int *decimals, int *digits);

/* --- the units --- */
typedef enum err_code (*outcheck_token_fn)(void *context, struct str unit, uint64_t *token, struct err *e);
struct outcheck_set { /* the units of one group, each token once, rising */
  int64_t n;
  const uint64_t *token;
};
struct outcheck_behind;
struct outcheck_units {
  int64_t n_rows;
  const struct outcheck_set *set;      /* [n_groups] of the table */
  const struct outcheck_behind *cell;  /* [n_cells] */
};
struct outcheck_behind { /* one figure: what stands behind it */
  int64_t n;             /* units that contribute */
  int64_t n_nonzero;     /* whose contribution is not zero and has weight */
  double top1, top2, total, expected; /* total of the unweighted contributions; expected: the figure from the units */
  bool dominance, has_expected;       /* whether contributions were handed in */
};
/* `token` makes of a unit's id what is kept and compared: a keyed hash, so that no id is stored. */
enum err_code outcheck_units_csv(struct arena *a, const char *name, struct str text, const struct outcheck_table *t, outcheck_token_fn token,
    void *context, struct outcheck_units *out, struct err *e) NODISCARD;
#endif
