/* case.h -- one case of the estimation packs: data, design and estimator of the JSON layout, ready for the library.
 * Columns  of the CSV file: numbers where every filled cell is one, else texts; an empty cell or NA is missing.
 * Errors   what cannot be read is a failed case, never a skipped one; a kind this program does not know is unsupported and listed. */
#ifndef SHIRABE_TESTS_CONFORM_ESTIMATION_CASE_H
#define SHIRABE_TESTS_CONFORM_ESTIMATION_CASE_H
#include <stdio.h>

#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "estimators/estimate/statistic.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/variance/survey.h"
#include "estimators/weight/calibrate.h"

enum verdict { PASSED, FAILED, UNSUPPORTED };
enum { CASE_MOST_VARS = 32 };
struct case_column {
  const char *name;
  bool is_text;
  double *value;      /* [n] numbers */
  uint8_t *status;    /* [n] VAL_REPORTED or VAL_BLANK */
  int32_t *code;      /* [n] -1 = missing; levels in binary order of their texts */
  int32_t n_levels;
  struct str *level;
};
struct est_case {
  struct arena *arena;
  const char *id, *folder;
  const struct json_value *whole, *design, *estimator, *expected;
  struct csv_table data;
  int64_t n;
  struct sample_design tree;
  struct survey survey;
  struct adjustment adjustment;
  struct pps_design pps;
  bool replicated;
  struct replicate_set replicates;
  const double *base_weight; /* before calibration */
  FILE *say;
};
/* Relative limits of the packs' README. */
struct limits {
  double estimate, se, interval;
};
enum err_code case_read_csv(struct arena *a, const char *folder, const char *name, struct csv_table *out, struct err *e) NODISCARD;
int64_t case_read_numbers(struct est_case *c, const char *name, double **out); /* -1 when it cannot be read */
/* NULL with a line in c->say when there is no such column. */
const struct case_column *column_of(struct est_case *c, const char *name);
/* Texts of a member that is a text or a list of texts; returns how many, 0 when absent or null. */
int case_names(const struct json_value *v, const char **out, int most);
bool case_flag(const struct json_value *v, const char *key);

/* The design of a case: tree, weights, replicates, PPS form. UNSUPPORTED with the reason in c->say. */
enum verdict case_design(struct est_case *c, const struct json_value *design);
/* Calibrates as the case says: final weights and what the variance must know. */
enum verdict case_calibrate(struct est_case *c, const struct json_value *calibration);
/* The auxiliary variables and totals of a calibration by model-matrix names. */
bool case_auxiliary(struct est_case *c, const struct json_value *calibration, struct auxiliary *x, double **total);
/* Domain of records that satisfy `where`; NULL = all. *bad when a column is missing. */
int32_t *case_where(struct est_case *c, const struct json_value *where, bool *bad);

/* Factors of nonresponse: weights of respondents, 0 of the others. */
enum verdict case_nonresponse(struct est_case *c, const struct json_value *n);
bool case_close(FILE *say, const char *what, double ours, double expected, double relative);
#endif
