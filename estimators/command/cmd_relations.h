/* cmd_relations.h -- what the parts of `shirabe estimate relations` share: slips from files or from the store, and the work of each kind. For the
 *          cmd_
 *    files only.
 * Files    CSV with a head; columns by item name (estimators/relations/relations.md), order free, other columns are left alone; empty = not answered.
 * Errors   E_RELATIONS_COLUMNS, E_RELATIONS_VALUE with line and column; those of reading and of the store. */
#ifndef SHIRABE_ESTIMATORS_CMD_RELATIONS_H
#define SHIRABE_ESTIMATORS_CMD_RELATIONS_H
#include "base/cli.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/relations/relations_tables.h"

enum { RELATIONS_FILE_BYTES = 1 << 29 };

/* --- rows of a file or of one record type of a dataset --- */
struct relations_rows {
  const char *name; /* file, or dataset */
  int64_t n;
  bool from_store;
  struct csv_table csv;
  struct shard_rows shards;
};
enum err_code relations_file(struct cli *c, const char *path, struct relations_rows *out, struct err *e) NODISCARD;
bool relations_has(const struct relations_rows *r, const char *column);
/* required false: a column that is not there is not answered in any row. */
enum err_code relations_text(struct cli *c, const struct relations_rows *r, const char *column, bool required, struct str **out,
    struct err *e) NODISCARD;
enum err_code relations_count(struct cli *c, const struct relations_rows *r, const char *column, bool required, int64_t **out, bool **has,
    struct err *e) NODISCARD;
enum err_code relations_day(struct cli *c, const struct relations_rows *r, const char *column, int64_t **out, bool **has, struct err *e) NODISCARD;
/* A code of 1..most as a number, 0 = not answered. */
enum err_code relations_code(struct cli *c, const struct relations_rows *r, const char *column, bool required, int most, int **out,
    struct err *e) NODISCARD;

/* --- the store: one dataset, one record type --- */
enum err_code relations_dataset(struct cli *c, struct store *s, const char *survey, const char *form, const char *period, const char *record,
    struct relations_rows *out, struct err *e) NODISCARD;
/* The same of a stage of its own. */
enum err_code relations_dataset_at(struct cli *c, struct store *s, const char *survey, const char *form, const char *period, const char *record,
    const char *stage, struct relations_rows *out, struct err *e) NODISCARD;

/* --- slips --- */
struct relations_slips {
  struct union_slip *slip;
  int64_t n;
};
/* path NULL: the dataset of the period. by NULL: no domain. */
enum err_code relations_read_slips(struct cli *c, struct store *s, const char *path, const char *period, const char *by, struct relations_slips *out,
    struct err *e) NODISCARD;
struct relations_months {
  struct dispute_slip *slip;
  struct dispute_act *act;
  int64_t n, m;
  int32_t first, last;
};
enum err_code relations_read_disputes(struct cli *c, struct store *s, const char *period, const char *by, struct relations_months *out,
    struct err *e) NODISCARD;

/* The kinds; s NULL when every input is a file; *look: something wants a look (exit status 1). */
enum err_code relations_do_unions(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code relations_do_flows(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code relations_do_density(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code relations_do_federations(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code relations_do_check(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code relations_do_disputes(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code relations_do_disputes_check(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
/* NULL when the year or month was not given: E_ESTIMATE_ARGUMENT. */
const char *relations_period(struct cli *c);
/* Text in the language of the command line; CSV, JSON and the digest are the same in both. Figures that nobody answered ask for a look. */
enum err_code relations_print(struct cli *c, const struct relations_table *t, const char *period, bool *look, struct err *e) NODISCARD;
/* Draws an SVG or fails; releases b. */
enum err_code relations_print_svg(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) NODISCARD;
#endif
