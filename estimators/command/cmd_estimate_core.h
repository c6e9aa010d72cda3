/* cmd_estimate_core.h -- from the store to result tables: what `estimate run`, `estimate table`, `run` and `explain` share. The only part of this
 *    folder, with the other cmd_ files, that opens the store.
 * Stage    forms of kind "input" (design.json) are read as received; all others as imputed unless `stage` says otherwise. The stage is part of
 *          the lineage.
 * Period   forms whose period kind is not the period's are not run (a month runs monthly forms).
 * Skipped  a table whose data are not there, or do not have the ages a method needs, is listed with its reason; every other error stops the run.
 * Checked  each table has gone through disclosure control by its profile together with the tables it shares cells with (cmd_estimate_linked.h);
 *          table->refusal says why it may not go out.
 * Log      one data-read intent and outcome per dataset. Memory: everything in the arena given. Errors: those of store, forms and methods. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_CORE_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_CORE_H
#include "estimators/design/design.h"
#include "estimators/table/result_table.h"
#include "estimators/sdc/sdc_additive.h"
#include "estimators/sdc/sdc_primary.h"
#include "estimators/sdc/sdc_protect.h"
#include "estimators/sdc/register/register.h"
#include "estimators/mls/mls_guard.h"
#include "estimators/mls/mls_input.h"
#include "estimators/mls/mls_record.h"
#include "forms/form.h"
#include "secure-store/store.h"
#include "secure-store/store_cutoff.h"

/* What the plan guard is given: verified texts. Without a plan the guard is not run. */
struct estimate_plan {
  struct mls_plan plan;
  char digest[DIGEST_TEXT]; /* of the plan's text */
  struct mls_guard_exception *exceptions;
  int32_t n_exceptions;
  bool note_published;
  const struct mls_record *before; /* the run whose weights were last in use; NULL = not given: control C5 is not proved, and the tables say so */
};

struct estimate_options {
  const char *table; /* NULL = all tables */
  const char *form;  /* NULL = all forms of the survey */
  const char *stage; /* NULL = imputed */
  const char *rule;  /* --rule: publication rule; NULL = that of the form's design */
  const struct estimate_plan *plan; /* labour survey: the signed plan to prove the run against; NULL = none */
  const char *program; /* SHA-256 of the program that runs, for plan and record; NULL = the version is kept */
  struct register_entry *entry; /* of the register: frames and units behind the tables are made for it; NULL = not wanted */
  const char *profile; /* another disclosure profile than that of the tables, to try it: every table is then refused for release; NULL = none */
  bool unprotected;  /* no disclosure control: for looking inside the office only; every table is then refused for release */
};
struct estimate_dataset {
  const char *name;  /* "mls/register/2025-12/received" */
  const struct form *form;
  struct shard *shards; /* id, batch, sender, content_hash, form_hash */
  int64_t n_shards, n_rows;
};
struct estimate_table {
  struct result_table *table;
  const struct form *form;
  const struct table_spec *spec;
  struct sdc_primary_report primary;
  struct sdc_additive_report additive;
  struct sdc_secondary_report secondary;
  struct register_table *units; /* rows and units for the register, without figures (cmd_estimate_units.h); NULL = not wanted */
  const void *records; /* the rows it was made from: tables of the same ones are protected together */
  const struct disclosure_profile *profile; /* NULL = made without disclosure control */
};
struct estimate_skipped {
  const char *form, *table, *reason; /* reason in the user's language */
  const char *reason_en;             /* what a lineage says: the same in every language */
  enum err_code code;
};
struct estimate_weights {
  bool present;
  int64_t n_units, n_strata, n_take_all, n_sampled, n_exceptions;
  double smallest, largest, sum;
  const struct design_exception *exceptions;
};
struct estimate_output {
  const char *survey, *period;
  struct estimate_table *tables;
  int n_tables;
  struct estimate_dataset *datasets; /* lineage, in order of first use */
  int n_datasets;
  struct estimate_skipped *skipped;
  int n_skipped;
  struct estimate_weights weights;
  const struct mls_input *cells;     /* labour survey: its cells, and their workers carried to the next month; NULL = none */
  const struct mls_carry_cell *next; /* [cells->run.n_cells] */
  struct mls_record *record;         /* labour survey: of the first estimation; NULL = there was none */
  char spec_hash[65]; /* SHA-256 over the specifications of the tables and their profiles */
};
enum err_code estimate_tables(struct store *s, const char *survey, const char *period, const struct estimate_options *options, struct arena *a,
    struct estimate_output *out, struct err *e) NODISCARD;
/* Only the design of the survey's register in the period, for the weights report. */
enum err_code estimate_design(struct store *s, const char *survey, const char *period, struct arena *a, struct design *out,
    struct design_report *plan, struct err *e) NODISCARD;
/* One month of the labour survey as the ministry tabulates it, for what compares two months. id[i] = prefecture/number of report i. */
struct estimate_mls_month {
  struct mls_input in;
  struct mls_run_result run;
  struct str *id;
};
enum err_code estimate_mls_month(struct store *s, const char *survey, const char *period, const char *stage, struct arena *a,
    struct estimate_mls_month *out, struct err *e) NODISCARD;
/* Keeps the tables in the store as sealed blobs of kind "estimate", named SURVEY/PERIOD/TABLE; ids[i] belongs to tables[i]. */
enum err_code estimate_store(struct store *s, const struct estimate_output *r, char (*ids)[65], struct err *e) NODISCARD;
#endif
