/* survey_data.h -- a sample ready for estimation from a CSV file and its design.json: what `estimate file` and the other commands over files share.
 * File     UTF-8, comma, a head with the names of the columns, one record per row; an empty cell or NA is missing. design.json: design_json.md.
 * Wanted   with `texts` only columns whose name stands in the design or in one of the texts are kept; a design's "rep_*" keeps all that begin so.
 * Order    the file is read twice, from a stream: it is never held as text. Progress is reported.
 * Errors   those of column_read.h, survey_plan.h, survey_bind.h, of the adjustments; E_FILE_OPEN and others of files.
 * Imputed  items of "imputed" are bound; with --imputed as-observed, or when the design says so, a warning (E_IMPUTED_OBSERVED) tells it.
 * Memory   everything stands in the arena of the command's job. Cost: two readings of the file.
 * Notes    what was joined, taken as certain and so on: to be printed with every table (survey_data_notes). */
#ifndef SHIRABE_ESTIMATORS_SURVEY_DATA_H
#define SHIRABE_ESTIMATORS_SURVEY_DATA_H
#include "base/cli.h"
#include "estimators/design/bind_imputed.h"
#include "estimators/design/survey_bind.h"
#include "estimators/table/result_table.h"
#include "estimators/table/survey_table.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/weight/weight_plan.h"

struct survey_data {
  struct survey_columns columns;
  struct survey survey;
  struct survey_plan plan;   /* its document is released: adjust, replicates and publish are NULL */
  struct survey_bound bound; /* design weights, notes */
  struct weight_plan *weights; /* "adjust"; NULL = none */
  struct weight_programme *programme;
  struct weight_history history;
  struct survey_imputed imputed; /* "imputed" */
  bool replicated;             /* "replicates": standard errors by them */
  struct replicate_set replicates;
  struct replicate_report replicate_report;
  int n_left_out;              /* replicates in which the weights could not be made again */
  const char *method;          /* of the replicates, "bootstrap" */
};
struct survey_request {
  const char *csv_path, *design_path;
  const char *const *texts; /* NULL = every column */
  int n_texts;
  bool imputed_as_observed; /* --imputed as-observed: over what the design says */
};
#define ESTIMATE_IMPUTED                                                                                                                            \
  {                                                                                                                                                 \
    .name = "imputed", .kind = OPT_CHOICE, .value_name = "HOW",                                                                                     \
    .help_en = "imputed values the design lists: reckoned with in totals and means (other figures stop), or taken as observed",                    \
    .help_ja = "設計に挙げた補定値の扱い（total と mean の誤差に含める。他の集計量は止まる。または観測値とみなす）", .default_text = "design",     \
    .choices = "design|as-observed"                                                                                                                \
  }
enum err_code survey_data_read(struct cli *c, const struct survey_request *q, struct survey_data *out, struct err *e) NODISCARD;
/* Every column of the file. */
enum err_code survey_data_file(struct cli *c, const char *csv_path, const char *design_path, struct survey_data *out, struct err *e) NODISCARD;
/* Only the columns of a file, all of them; without a design. */
enum err_code survey_columns_file(struct cli *c, const char *csv_path, struct survey_columns *out, struct err *e) NODISCARD;
/* From columns that are there already; beside: the folder of files that the design names. imputed: what the columns say of imputed values. */
enum err_code survey_data_bind(const struct job *job, struct arena *a, const char *design_file, const char *design, size_t n, const char *beside,
    const struct survey_columns *columns, const struct imputed_source *imputed, struct survey_data *out, struct err *e) NODISCARD;
/* Puts survey, columns and replicates into a request. */
void survey_data_request(const struct survey_data *d, struct survey_table_request *q);
void survey_data_notes(const struct survey_data *d, struct result_table *t);
/* Stops with E_IMPUTED_MEASURE when one of the texts names an item with imputed values; NULL texts are passed over. For figures that take every value
 * as observed. */
enum err_code survey_data_observed(const struct survey_data *d, const char *const *texts, int n_texts, struct err *e) NODISCARD;
/* What a design names: its own text, the margins files beside it, and "rep_*" for columns by prefix. What cannot be read is said by
 * survey_data_bind. */
const char *survey_design_words(struct arena *a, const char *design, size_t n, const char *beside);
/* Does the name stand as a word in the text? A word "rep_*" stands for every name that begins with rep_. */
bool survey_name_in(const char *text, struct str name);
#endif
