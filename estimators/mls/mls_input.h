/* mls_input.h -- the datasets of one month (mls/establishment, register, stratum, cell) joined into the input of mls_run, with the plan as data.
 * Join     report -> register by prefecture and establishment number -> stratum, weight, cell. A report that the register does not hold has no
 *          stratum and no weight and stops the run.
 * Keep     keep[row] says which reports take part (the table's filter). A kept report with a missing figure is left out as non-response and
 *          counted; part-time figures that are blank or not applicable are 0 when the report has no part-time workers.
 * Plan     plan.json: sizes that are take-all; exceptions [{"stratum","text"}]. The plan's rule wins over the stratum table's: a stratum of a
 *          take-all size that was sampled stops the run unless it has an exception, which is then carried to every table.
 * Strata   rows in force on `day`. Errors: those of design.h, E_MLS_NO_CELL, E_TABLE_ITEM. Memory: arena. Cost: O(rows log strata).
 * Source   毎月勤労統計調査規則; 特別監察委員会報告書 (2019) on why the plan must be data. */
#ifndef SHIRABE_ESTIMATORS_MLS_INPUT_H
#define SHIRABE_ESTIMATORS_MLS_INPUT_H
#include "estimators/mls/mls_guard.h"
#include "estimators/mls/mls_run.h"
#include "estimators/table/shard_rows.h"
#include "forms/form.h"

struct mls_datasets {
  struct shard_rows establishment, registers, strata, cells;
  const uint8_t *keep;              /* [establishment rows]; NULL = reporting all */
  const char *plan_json;            /* NULL = no plan: every rule as in the stratum table */
  const struct mls_plan *plan;      /* the signed plan; NULL = that of plan_json. Its rules then decide what is take-all */
  const struct mls_guard_exception *exceptions; /* signed; those of C3 by two persons let a take-all stratum be sampled */
  int32_t n_exceptions;
  const struct codelist *industries; /* parents give the roll-ups; NULL = TL only */
  int64_t day;
};
struct mls_input {
  struct mls_run_input run;
  struct design design;
  struct design_report plan;
  int64_t n_records, n_kept, n_incomplete;
  const int64_t *row;               /* [run.sample.n] row of each report in the establishment dataset */
  int64_t *n_reports;               /* [n_rollups * MLS_SPLITS] unweighted reports that have workers of that sex or form */
};
/* n_reports of any run, such as that of a prefecture. */
enum err_code mls_count_reports(struct arena *a, const struct mls_run_input *run, int64_t **out, struct err *e) NODISCARD;
enum err_code mls_input_build(struct arena *a, const struct mls_datasets *d, struct mls_input *out, struct err *e) NODISCARD;
/* What the plan guard judges: strata in force, and the reports with the weights of the register as they are, before any check refuses them.
 * A report without a weight counts with 1, as a careless program would: C1 finds it. */
struct mls_guard_data {
  struct mls_guard_stratum *strata;
  int32_t n_strata;
  struct mls_sample sample;
  struct design design;
  const struct mls_cell *cells;
  int32_t n_cells;
};
/* reports false: strata only. */
enum err_code mls_guard_data(struct arena *a, const struct mls_datasets *d, bool reports, struct mls_guard_data *out, struct err *e) NODISCARD;

/* Only strata and register: for the weights report. Units are the register's selected establishments. */
enum err_code mls_register_design(
    struct arena *a, const struct mls_datasets *d, struct design *out, struct design_report *plan, struct err *e) NODISCARD;

/* Every establishment row as a unit of the design (non-respondents too: they are outside the domain of a table). For total, mean and ratio tables. */
enum err_code mls_sample_design(
    struct arena *a, const struct mls_datasets *d, struct design *out, struct design_report *plan, struct err *e) NODISCARD;

/* Published unit cells (mls/unitcell) as totals and the roll-ups over them: rows of unit sizes whose industry is above no other row. The lowest
 * industries given must make up their parents (the 16 divisions do; the published two-digit groups do not everywhere). */
struct mls_unit_cells {
  struct mls_cell *cells;
  struct mls_totals *totals;
  struct str *names;
  int32_t n_cells;
  struct mls_rollup *rollups;
  int32_t n_rollups;
};
enum err_code mls_unit_cells_build(
    struct arena *a, const struct shard_rows *rows, const struct codelist *industries, struct mls_unit_cells *out, struct err *e) NODISCARD;
#endif
