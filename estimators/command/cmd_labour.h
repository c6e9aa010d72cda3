/* cmd_labour.h -- what the parts of `shirabe estimate labour` share: files into numbers, tables with their labels, and the work of each kind. For
 *          the cmd_
 *    files only.
 * Files    CSV with a head; columns by name (estimators/mls/labour.md), order free, other columns are left alone; an empty cell is not given.
 * Errors   E_LABOUR_COLUMNS, E_LABOUR_VALUE with line and column, E_LABOUR_INPUT; those of the methods. */
#ifndef SHIRABE_ESTIMATORS_CMD_LABOUR_H
#define SHIRABE_ESTIMATORS_CMD_LABOUR_H
#include "base/cli.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_estimate_print.h"

struct labour_file {
  const char *path;
  struct csv_table t;
};
enum err_code labour_read(struct cli *c, const char *path, struct labour_file *out, struct err *e) NODISCARD;
bool labour_has(const struct labour_file *f, const char *column);
/* required false: "" in every row without the column; "" where the cell is empty and empty is allowed. */
enum err_code labour_text(struct cli *c, const struct labour_file *f, const char *column, bool required, struct str **out, struct err *e) NODISCARD;
/* has NULL: every row must hold a number. */
enum err_code labour_number(struct cli *c, const struct labour_file *f, const char *column, bool required, double **out, bool **has,
    struct err *e) NODISCARD;
enum err_code labour_option(struct cli *c, const char *option, double *out, struct err *e) NODISCARD; /* E_ESTIMATE_ARGUMENT when it is no number */
/* The same from low to high; `expected` says so in words: "0 to 1". */
enum err_code labour_option_in(struct cli *c, const char *option, double low, double high, const char *expected, double *out,
    struct err *e) NODISCARD;
/* E_LABOUR_VALUE at row i of the column, with what stands there. */
enum err_code labour_refuse(const struct labour_file *f, int64_t i, const char *column, const char *expected, struct err *e) NODISCARD;
/* Every value that is given (has NULL: all) from low to high. */
enum err_code labour_in(const struct labour_file *f, const char *column, const double *value, const bool *has, double low, double high,
    const char *expected, struct err *e) NODISCARD;
enum err_code labour_whole(const struct labour_file *f, const char *column, const double *value, struct err *e) NODISCARD; /* 0 to 2^31 - 1 */
enum err_code labour_once(struct cli *c, const struct labour_file *f, const char *column, const struct str *name, struct err *e) NODISCARD;
/* A table of n rows: dimensions first in names, then measures with their decimals (-1 = as computed). */
enum err_code labour_table(struct cli *c, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    const char *const *names, const int *decimals, struct result_table **out, struct err *e) NODISCARD;
/* The Japanese of the notes of a table, in their order. The table itself, its digest, CSV and JSON are the same in every language. */
struct labour_notes {
  int n;
  const char *ja[RESULT_MAX_NOTES];
};
void labour_note(struct result_table *t, struct labour_notes *notes, const char *en, const char *ja);
/* As text in Japanese: heads and notes in Japanese. */
enum err_code labour_print(struct cli *c, struct result_table *t, const struct labour_notes *notes, const char *period, struct err *e) NODISCARD;
void labour_absent(struct result_table *t, int measure, int64_t row, const char *why);
/* The cell table of a month as `intake file` takes it: cell, industry, size, workers, ... */
struct labour_cell {
  struct str id, industry, size, neighbour, benchmark; /* benchmark: its name, "" = carried on */
  double workers, k;
};
enum err_code labour_write_cells(struct cli *c, const char *path, const struct labour_cell *cells, int64_t n, struct err *e) NODISCARD;

/* The kinds; s NULL for those that read files alone; *look: something wants a look (exit status 1). */
enum err_code labour_do_benchmark(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_back_revision(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_optimal_k(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_special(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_movers(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_prefecture(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_sign_plan(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_same_errors(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code labour_do_random_groups(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
#endif
