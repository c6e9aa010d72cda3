/* bundle.h -- result tables as the files of a release: long and wide CSV, JSON, column table, code table, disclosure report.
 * Columns  long: table,period,<dimensions>,measure,unit,value,se,cv,df,n,status,reason. Wide: period,<row dimensions>,<one column per code of the others>; a
 *          value that is not shown is blank there and has its status in the long form.
 * Memory   everything in the arena given. */
#ifndef SHIRABE_FRONT_BUNDLE_H
#define SHIRABE_FRONT_BUNDLE_H
#include "estimators/table/result_table.h"
#include "forms/form.h"
#include "secure-store/release.h"

struct estimate_table;
struct bundle_warning { /* of the register, with one other table */
  const char *kind, *kind_ja, *release, *other_table; /* release "": this one */
};
struct bundle_table {
  const struct result_table *table;
  const struct form *form;        /* for labels of dimensions and codes; may be NULL */
  const struct form *const *more; /* other forms of the survey, asked for words that `form` does not have */
  int n_more;
  const char *decision;           /* "publish" or "withhold" */
  const char *reason;             /* why withheld, "" */
  int64_t suppressed, sets, single_sets;
  const struct bundle_warning *warnings; /* what the register warns of and lets pass */
  int n_warnings;
  const struct estimate_table *estimate; /* its rules and audit, for the disclosure report; NULL = not known */
};
/* parts has room for 3 files per published table and 2 more. */
enum err_code bundle_parts(struct arena *a, const struct bundle_table *tables, int64_t n_tables, struct release_part *parts, int64_t *n_parts, struct err *e) NODISCARD;
/* After bundle_parts: the report names each published long CSV by its hash. */
enum err_code bundle_disclosure(struct arena *a, const struct bundle_table *tables, int64_t n_tables, const struct release_part *parts, int64_t n_parts, struct str *out, struct err *e) NODISCARD;
#endif
