/* cmd_estimate_load.h -- datasets of a run: read once, logged, named in the lineage. For the cmd_estimate_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_LOAD_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_LOAD_H
#include "estimators/command/cmd_estimate_core.h"
#include "estimators/table/shard_rows.h"

enum { ESTIMATE_MAX_DATASETS = 32, ESTIMATE_MAX_TABLES = 256 };
struct estimate_loaded {
  const char *form_id;
  int record; /* record type, index in the form */
  bool whole; /* every column was read */
  struct shard_rows rows;
  int dataset; /* index in the output */
};
struct estimate_run {
  struct store *s;
  struct arena *a;
  const struct estimate_options *options;
  struct estimate_output *out;
  const struct form_survey *survey;
  struct period period;
  struct estimate_loaded loaded[ESTIMATE_MAX_DATASETS];
  int n_loaded;
  struct disclosure_profile *profiles;
  int n_profiles;
  const char *mls_condition;     /* filter and domain of mls_all; NULL = not run yet */
  const struct estimate_sample *sample; /* of the last form with a sample design; NULL = none yet */
  const struct mls_input *mls_in; /* what mls_all was made from */
  struct result_table *mls_all;  /* every roll-up of the last labour-survey estimation */
};
enum err_code estimate_begin(struct store *s, const char *survey, const char *period, const struct estimate_options *o, struct arena *a,
    struct estimate_output *out, struct estimate_run *r, struct err *e) NODISCARD;
enum err_code estimate_form(struct estimate_run *r, const char *form_id, struct form **out, struct err *e) NODISCARD;
bool estimate_form_is_input(const struct form *f);
/* columns NULL = all. E_TABLE_DATA when the dataset is not there. */
enum err_code estimate_load(struct estimate_run *r, const struct form *f, const char *const *columns, int n_columns, const struct shard_rows **out,
    struct err *e) NODISCARD;
/* The same of one record type of the form; estimate_load takes the form's first: what its tables are made of. */
enum err_code estimate_load_record(struct estimate_run *r, const struct form *f, const char *record, const char *const *columns, int n_columns,
    const struct shard_rows **out, struct err *e) NODISCARD;
const struct disclosure_profile *estimate_profile(const struct estimate_run *r, const char *name); /* NULL when unknown */
/* Codes of a list used by the form; NULL when it has none of that name. */
const struct codelist *estimate_codelist(const struct form *f, const char *name);
#endif
