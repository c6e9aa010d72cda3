/* model.h -- the text of a regression model, bound to the columns of a survey.
 * Text     response ~ term + term. Response: item, log(item), or item = code (1 where the item has that code, else 0); a text item with two levels
 *          is 1 at its second. Term: item (text items as factors), factor(item), log(item), item:item (interaction), item*item (both and their
 *          interaction), 1; 0 or -1 leaves the intercept out. Names as they stand in the data, or anything between backquotes.
 * Factors  treatment contrasts: the first level that has records is the reference; without intercept the first factor keeps all its levels.
 *          An interaction needs both its items as terms of their own before it.
 * Shapes   columns of the model matrix stand in x (auxiliary.h, sparse); coefficient j of the text's order is column column[j] of x.
 * Missing  records that lack the response or an item are in no domain: of_row -1, counted in n_missing. A response outside the domain of log is
 *          E_STATISTIC_DOMAIN.
 * Errors   E_MODEL_TEXT with what was expected, E_MODEL_ITEM, E_REGRESSION. At most MODEL_MOST_TERMS terms and CONTRAST_MOST_TOGETHER columns.
 * Memory   8 bytes a record for each number column, 4 for each factor. Cost O(n) a term. Source: Wilkinson & Rogers (1973), Applied Statistics 22. */
#ifndef SHIRABE_ESTIMATORS_ESTIMATE_MODEL_H
#define SHIRABE_ESTIMATORS_ESTIMATE_MODEL_H
#include "estimators/design/columns.h"
#include "estimators/weight/auxiliary.h"

enum { MODEL_MOST_TERMS = 24, MODEL_NAME_BYTES = 256 };
enum term_kind { TERM_ITEM, TERM_FACTOR, TERM_LOG, TERM_INTERACTION };
struct model_term {
  enum term_kind kind;
  const char *item, *other; /* other: second item of an interaction */
};
struct model_text {
  const char *response, *response_code; /* response_code NULL = the item itself */
  bool response_log, intercept;
  int n_terms;
  struct model_term term[MODEL_MOST_TERMS];
};
enum err_code model_parse(struct arena *a, const char *text, struct model_text *out, struct err *e) NODISCARD;

struct model_part { /* a term and its coefficients */
  const char *name;
  int first, count;
};
struct model {
  int64_t n, n_missing;
  int p;                 /* coefficients */
  const char **label;    /* [p] "(Intercept)", "stypeH", "age" */
  int *column;           /* [p] column of x */
  int n_parts;           /* without the intercept */
  struct model_part part[MODEL_MOST_TERMS];
  bool intercept;
  struct auxiliary x;
  const double *y;       /* [n] */
  const int32_t *of_row; /* [n] 0 = takes part, -1 = not */
};
/* where: [n] 0 = in the domain, -1 = not; NULL = all records. weight: records of weight 0 take no part. */
enum err_code model_bind(struct arena *a, const struct model_text *t, const struct survey_columns *c, const double *weight, const int32_t *where,
    struct model *out, struct err *e) NODISCARD;
#endif
