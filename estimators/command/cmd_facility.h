/* cmd_facility.h -- what the parts of `shirabe estimate facility` share: columns of a form from the store or from CSV files, the work of
 *    each kind. For the cmd_ files only.
 * Source   a form's records as parts: months of the store, or files. Columns by the name of the item or, in files, by its Japanese label.
 * Files    CSV with a head, UTF-8; numbers with the decimals of the item, dates YYYY-MM-DD; empty = blank, NA, V, 不詳 = unknown.
 * Store    every dataset is read through estimate_load: logged, fresh, of the stage asked; inputs as received.
 * Errors   E_FACILITY_ITEM, E_FACILITY_VALUE with line; E_FACILITY_MONTH; those of reading. */
#ifndef SHIRABE_ESTIMATORS_CMD_FACILITY_H
#define SHIRABE_ESTIMATORS_CMD_FACILITY_H
#include "base/date.h"
#include "base/ext_csv.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/facility/facility_table.h"

enum { FACILITY_PARTS_MOST = 240 };
struct facility_part {
  bool from_file;
  const char *path;
  struct csv_table csv;
  struct shard_rows rows;
  int64_t n;
  struct str period; /* of the store's dataset; "" in files */
};
struct facility_source {
  struct cli *c;
  const char *name; /* "hospital_report/patient" */
  const struct form *form;
  int n_parts;
  struct facility_part part[FACILITY_PARTS_MOST];
  int64_t n;
};
/* The months of the command line: operands SURVEY PERIOD and --from; a year is its twelve months when `monthly`. */
struct facility_span {
  const char *survey;
  struct str month[FACILITY_PARTS_MOST];
  int n;
  bool year;
};
const char *facility_period_text(struct cli *c); /* NULL = none given */
enum err_code facility_span_of(struct cli *c, bool monthly, struct facility_span *out, struct err *e) NODISCARD;

enum err_code facility_open(struct cli *c, const char *survey, const char *form, struct facility_source *out, struct err *e) NODISCARD;
enum err_code facility_add_file(struct facility_source *f, const char *path, struct err *e) NODISCARD;
/* The dataset of a period; without it E_FACILITY_MONTH. */
enum err_code facility_add_store(struct facility_source *f, struct store *s, const char *survey, const char *period, struct err *e) NODISCARD;

/* Columns over all parts. An item that is not required and not there gives NULL. */
enum err_code facility_text(const struct facility_source *f, const char *item, bool required, struct str **out, struct err *e) NODISCARD;
enum err_code facility_number(
    const struct facility_source *f, const char *item, bool required, int64_t **out, uint8_t **status, struct err *e) NODISCARD;
/* prefecture/facility_no of every record. */
enum err_code facility_ids(const struct facility_source *f, struct str **out, struct err *e) NODISCARD;
/* Month of every record as index into months: of the store's part, in files of the date item. Records of other months: -1. */
enum err_code facility_months(
    const struct facility_source *f, const char *date_item, const struct str *months, int n_months, int32_t **out, struct err *e) NODISCARD;

/* Where a record of the source stands: file and line, or form and number of the record. */
struct facility_place {
  const char *file;
  int64_t line;
};
struct facility_place facility_place(const struct facility_source *f, int64_t row);
/* E_FACILITY_VALUE with the place and the identifier of the facility; never the answer of a respondent. */
enum err_code facility_wrong(const struct facility_source *f, int64_t row, struct str id, const char *item, const char *expected,
    const char *found, struct err *e) NODISCARD;
/* E_FACILITY_VALUE when there is no record at all. */
enum err_code facility_some(const struct facility_source *f, struct err *e) NODISCARD;
/* E_FACILITY_TWICE with the place of the second record; month NULL = one record per facility, month[i] < 0: no part of it. */
enum err_code facility_once(const struct facility_source *f, const struct str *id, const int32_t *month, const char *what, struct err *e) NODISCARD;

/* Dense labels of texts, in the fixed order of codes. */
enum err_code facility_labels(struct arena *a, const struct str *text, int64_t n, int32_t *of, struct str **label, int32_t *n_labels,
    struct err *e) NODISCARD;
/* A head, code, reason or note of the tables in the language of the command line; what the list of words lacks stands as it is. */
const char *facility_word(struct cli *c, const char *en);
enum err_code facility_print_japanese(struct cli *c, struct result_table *t, struct err *e) NODISCARD; /* text; the digest is of the table */
/* Survey, form, period, the note on disclosure, then print as --as or --json. */
enum err_code facility_print(struct cli *c, struct result_table *t, const char *survey, const char *form, bool from_store, struct err *e) NODISCARD;
enum err_code facility_print_chart(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) NODISCARD; /* releases b */
/* A warning to the job, with a number. */
void facility_warn(struct cli *c, enum err_code code, int64_t n);

/* The kinds; s NULL = from files; *look: something wants a look (exit status 1). */
enum err_code facility_do_stock(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_notices(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_reconcile(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_beds(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_occupancy(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_stay(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_balance(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_welfare(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_care(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
enum err_code facility_do_published(struct cli *c, struct store *s, bool *look, struct err *e) NODISCARD;
#endif
