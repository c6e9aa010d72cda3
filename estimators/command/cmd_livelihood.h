/* cmd_livelihood.h -- what the parts of `shirabe estimate livelihood` share: records from the store or from files, and the work of each kind. For
 *    the cmd_ files only.
 * Store    forms household (households, persons), income, health, stratum, population of the survey "livelihood"; the last two are inputs of the
 *          statistician and read as received. A form that has no data in the period is not there.
 * Files    CSV, columns by item name, an empty cell is missing; other columns are left alone.
 * Errors   E_LIVELIHOOD_SOURCE (what the kind needs), those of reading and of the methods. */
#ifndef SHIRABE_ESTIMATORS_CMD_LIVELIHOOD_H
#define SHIRABE_ESTIMATORS_CMD_LIVELIHOOD_H
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/livelihood/livelihood_tables.h"

enum err_code livelihood_read_plan(struct cli *c, struct livelihood_plan *out, struct err *e) NODISCARD;
/* s NULL: from the files of the options. */
enum err_code livelihood_read_source(struct cli *c, struct store *s, struct livelihood_source *out, struct err *e) NODISCARD;
/* From a CSV file: every column. */
enum err_code livelihood_read_file(struct cli *c, const char *path, struct survey_columns *out, struct err *e) NODISCARD;
enum err_code livelihood_do_income(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD; /* poverty, lines, inequality */
enum err_code livelihood_do_shares(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD; /* households, health */
enum err_code livelihood_do_tables(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code livelihood_do_check(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code livelihood_do_series(struct cli *c, bool *look, struct err *e) NODISCARD;
/* A table with English notes, of which its digest is made, and the same in the language of the command line, for text. */
struct livelihood_sheet {
  struct result_table *table, *spoken;
};
/* One table as the options ask, several as one JSON list. CSV and JSON, and the digest of all forms, do not depend on the language. */
enum err_code livelihood_print(struct cli *c, const struct livelihood_sheet *sheets, int n, struct err *e) NODISCARD;
enum err_code livelihood_svg(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) NODISCARD; /* releases b */
#endif
