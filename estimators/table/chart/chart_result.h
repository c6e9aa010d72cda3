/* chart_result.h -- a picture of a result table: which rows stand on the axis, which make series, what hides stays hidden.
 * Choice   `where` fixes a dimension to a code. Of the others one is the axis (request->axis, else the first; for a map the first whose codes are
 *          prefectures; for lines over several tables their period), one makes series (request->by, else the next), the rest are taken at their
 *          total _T,
 *          which must be a row; each choice is said in the subtitle.
 * Totals   rows of _T on axis or series are left out for additive measures (they would dwarf their parts) unless `margins`.
 * Drawn    the figure as published (rounded): a picture tells no digit more than the table. Intervals only where the table keeps them; none is made
 *          from a standard error alone.
 * Hidden   suppressed, unreliable, undefined, not applicable and absent cells become states without a number (chart.h).
 * Errors   E_CHART_KIND, E_CHART_EMPTY, E_CHART_TOO_MANY, E_NO_MEMORY. Memory: the arena. Cost O(rows x dimensions). */
#ifndef SHIRABE_ESTIMATORS_CHART_RESULT_H
#define SHIRABE_ESTIMATORS_CHART_RESULT_H
#include "estimators/table/chart/chart.h"
#include "estimators/table/result_table.h"

enum chart_kind { CHART_DOT, CHART_BAR, CHART_LINE, CHART_MAP };
struct chart_where {
  const char *dimension;
  struct str code;
};
/* Words for a code in the language wanted; an empty text = none known, the code itself is shown. */
typedef struct str (*code_label_fn)(const void *context, const char *dimension, struct str code, enum err_lang lang);
/* Words for a dimension or an item of a measure. */
typedef struct str (*item_label_fn)(const void *context, const char *name, enum err_lang lang);
struct chart_request {
  enum chart_kind kind;
  const char *measure;   /* NULL = the first */
  const char *axis, *by; /* NULL = chosen; by "" = no series */
  int n_where;
  struct chart_where where[RESULT_MAX_DIMENSIONS];
  bool margins;
  int classes; /* of a map */
  const struct chart_label_break *breaks; /* of CHART_LINE, at labels of its axis (periods) */
  int n_breaks;
  enum err_lang lang;
  code_label_fn label;
  item_label_fn item; /* NULL: names of dimensions and items stand as they are */
  const void *label_context;
};
/* tables: one, or several periods of one table for CHART_LINE, in the order of the axis. */
enum err_code chart_of_results(struct arena *a, const struct result_table *const *tables, int n_tables, const struct chart_request *q,
    struct strbuf *to, struct err *e) NODISCARD;
/* _T, _U, _Z in words; empty for other codes. */
struct str special_code_label(struct str code, enum err_lang lang);
#endif
