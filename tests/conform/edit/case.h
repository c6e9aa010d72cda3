/* case.h -- one case of the editing packs: procedure, parameters, input tables, expected tables, whichever of the two layouts it has.
 * Layouts  a file is an array of cases. Tables are {columns, rows} in the case (`inline`, or members of `inputs`) or CSV files named by it
 *          (`data`, "a.csv+b.csv" = data and status). null and empty cells are missing. Names of columns and parameters are folded to upper case,
 *          as the notation of the edits is.
 * Errors   a case that cannot be read is a failed case, never skipped. */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_CASE_H
#define SHIRABE_TESTS_CONFORM_EDIT_CASE_H
#include <stdio.h>

#include "base/ext_json.h"
#include "processing/edit/linear_edit.h"
#include "processing/unit/num_table.h"

struct cell {
  bool missing, is_number;
  double number;   /* when is_number: also of texts that read as numbers */
  struct str text; /* as written; of JSON numbers printed with %.17g */
};
struct cells { /* a table of the case; n_columns = 0: it is not there */
  int n_columns;
  const char **names; /* upper case */
  int64_t n_rows;
  struct cell *cell; /* row-major */
};
struct edit_case {
  struct arena *arena;
  const char *id, *proc; /* proc by its canonical name: verify editstats outlier errorloc deterministic prorate estimator donor massimp */
  const struct json_value *whole, *params, *expected;
  const char *folder;
  struct cells data, status, history, status_history, specs, algorithms;
  bool must_refuse; /* the pack says that a program has to refuse it */
  FILE *say;        /* where to write what differs; the runner prints it for failed cases */
};
enum verdict { PASSED, FAILED, UNSUPPORTED };

enum err_code case_cells(struct arena *a, const struct json_value *table, struct cells *out, struct err *e) NODISCARD;
enum err_code case_csv(struct arena *a, const char *path, struct cells *out, struct err *e) NODISCARD;
int cells_find(const struct cells *t, const char *name); /* any case; -1 */
static inline const struct cell *cells_at(const struct cells *t, int64_t row, int column) { return &t->cell[row * t->n_columns + column]; }
/* "" / the fallback when absent or null. */
const char *case_text(const struct edit_case *c, const char *param, const char *fallback);
double case_number(const struct edit_case *c, const char *param, double fallback);
bool case_flag(const struct edit_case *c, const char *param); /* true, "Y" ... */
bool case_has(const struct edit_case *c, const char *param);
char *case_upper(struct arena *a, const char *text);
/* Words of a list parameter ("V1 V2", "V1;V2", upper case); returns how many, at most max. */
int case_words(const struct edit_case *c, const char *param, const char **out, int max);
/* The edits of a parameter, folded to upper case; E_LINEAR_SYNTAX as the library gives it. */
enum err_code case_edits(const struct edit_case *c, const char *param, struct linear_system *out, struct err *e) NODISCARD;
/* Numeric columns `names` of t with unit ids from parameter unit_id (row number where there is none). */
enum err_code case_num_table(
    const struct edit_case *c, const struct cells *t, const char *const *names, int p, struct num_table *out, struct err *e) NODISCARD;
/* Status of (unit, field) in an instatus table: "" when there is none. */
struct str case_status(const struct edit_case *c, const struct cells *status, struct str unit, const char *field);
/* True when a table's rows are not in ascending order of by-groups and unit id: the origin then refuses; here the order of rows is no input. */
bool case_unsorted(const struct edit_case *c);
bool case_close(double a, double b, double relative); /* |a-b| <= relative * max(1, |a|, |b|) */
#endif
