/* cmd_vital.h -- what the parts of `shirabe estimate vital` share: files into columns, and the work of each kind. For the cmd_ files only.
 * Files    CSV with a head; columns by name, order free, other columns are left alone; an empty cell is unknown. 9e+05 is a number.
 * Errors   E_VITAL_COLUMNS, E_VITAL_NUMBER with line and column; those of reading. */
#ifndef SHIRABE_ESTIMATORS_CMD_VITAL_H
#define SHIRABE_ESTIMATORS_CMD_VITAL_H
#include "base/cli.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/vital/vital_year.h"

enum { VITAL_FILE_BYTES = 1 << 30 };
enum err_code vital_read_csv(struct cli *c, const char *path, struct csv_table *out, struct err *e) NODISCARD; /* small tables */
/* required: E_VITAL_COLUMNS without the column. */
enum err_code vital_column(const struct csv_table *t, const char *path, const char *name, bool required, int *out, struct err *e) NODISCARD;
/* has false: empty. */
enum err_code vital_number(const struct csv_table *t, const char *path, int64_t row, int column, double *out, bool *has, struct err *e) NODISCARD;
enum err_code vital_read_records(struct cli *c, const char *path, enum vital_form form, struct vital_records *out, struct err *e) NODISCARD;
/* Cause list of a file, checked; NULL path = the built-in one. */
enum err_code vital_read_causes(struct cli *c, const char *path, struct cause_list *out, struct err *e) NODISCARD;
enum err_code vital_read_population(struct cli *c, const char *path, int64_t year, struct vital_population *out, struct err *e) NODISCARD;
/* Releases of a totals file (official_totals layout): sorted as in the file. */
enum err_code vital_read_releases(struct cli *c, const char *path, struct vital_release **out, int *n, struct err *e) NODISCARD;
void vital_totals_text(const struct vital_release *r, struct strbuf *b); /* rows of a totals file, one release */
bool vital_svg(const struct cli *c);
enum err_code vital_print_svg(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) NODISCARD; /* releases b */

/* The kinds; *look: something wants a look (exit status 1). */
enum err_code vital_do_year(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_rates(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_check(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_revision(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_overview(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_bridge(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_keep(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_kept(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_life(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_pyramid(struct cli *c, bool *look, struct err *e) NODISCARD;
enum err_code vital_do_smr(struct cli *c, bool *look, struct err *e) NODISCARD;
#endif
