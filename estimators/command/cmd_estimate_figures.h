/* cmd_estimate_figures.h -- what the commands over a file of a sample share beyond survey_data.h: a condition as a domain, p values and numbers
 *    as text, options. For the cmd_estimate_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_FIGURES_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_FIGURES_H
#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/survey_data.h"

#define ESTIMATE_DESIGN_FILE                                                                                                                        \
  {                                                                                                                                                 \
    .name = "design", .kind = OPT_FILE, .value_name = "FILE", .help_en = "design.json of kind sample",                                              \
    .help_ja = "標本設計（kind が sample の design.json）", .required = true                                                                        \
  }
#define ESTIMATE_WHERE                                                                                                                              \
  {                                                                                                                                                 \
    .name = "where", .kind = OPT_TEXT, .value_name = "CONDITION", .help_en = "only these records; the whole design stays",                          \
    .help_ja = "対象の条件（設計は全体のまま）"                                                                                                     \
  }
#define ESTIMATE_DATA_OPERAND                                                                                                                       \
  { .name = "DATA", .help_en = "CSV file of the sample's records", .help_ja = "標本の記録のCSVファイル", .required = true }

/* --where as a domain: [n] 0 = in it, -1 not; NULL without the option. */
enum err_code figures_where(struct cli *c, const struct survey_data *d, int32_t **of_row, struct err *e) NODISCARD;
const char *figures_number(double v, char out[32]);  /* six digits */
const char *figures_p_value(double p, char out[32]); /* "0.0312", "< 0.0001" */
/* Notes of the data: under a text, one line each. */
enum err_code figures_print_notes(struct cli *c, const struct survey_data *d, struct err *e) NODISCARD;
/* "imputed": "as observed" where it is so, else nothing. */
void figures_json_imputed(const struct survey_data *d, struct json_out *j);
#endif
