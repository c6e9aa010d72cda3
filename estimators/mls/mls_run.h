/* mls_run.h -- one month of the Monthly Labour Survey, from checked inputs to displayed rows with standard errors, in the order of the production
 *    run.
 * Order    cells and ratios (with collapse) -> whole workers per cell -> roll-ups -> rounding and derived columns -> identities -> standard
 *          errors -> controls (ratio drift, cover of take-all cells) -> workers of the next month.
 * Shapes   as mls_ratio.h; rollups: [n_rollups]; out arrays live in the arena.
 * Missing  stop: no weight or stratum (design.h), no cell, no E. Non-response drops out and is absorbed by the ratio.
 * Source   MHLW 集計・推計方法; see the headers of the parts. Errors: those of the parts; E_MLS_IDENTITY is our bug, never hidden.
 * Cost     seconds for 33,000 reports x 900 roll-ups with all standard errors. */
#ifndef SHIRABE_ESTIMATORS_MLS_RUN_H
#define SHIRABE_ESTIMATORS_MLS_RUN_H
#include "base/job.h"
#include "estimators/mls/mls_carry.h"
#include "estimators/mls/mls_variance.h"
#include "estimators/table/result_table.h"
#include "estimators/table/table_plan.h"

struct mls_run_input {
  struct mls_sample sample;
  const struct mls_cell *cells;
  int32_t n_cells;
  int64_t min_reports;
  const double *previous_ratio; /* [n_cells]; NULL or 0 = none: drift is not checked */
  const struct mls_rollup *rollups;
  int32_t n_rollups;
  const double *k, *rho;        /* [n_cells] carry-forward; NULL = no employment-insurance correction (K rho = 0) */
  const struct mls_mover *movers;
  int64_t n_movers;
  double l;
  bool whole_workers;           /* production true; false leaves estimates as reals */
  bool standard_errors;
  const struct sdc_judging *judging; /* primary rules, arrays per report of the sample; needs standard_errors; NULL = not judged */
};
struct mls_run_result {
  struct mls_ratio_result ratio;
  struct mls_totals *rollup_totals; /* [n_rollups] */
  struct mls_row *rows;             /* [n_rollups] */
  struct mls_error *errors;         /* [n_rollups][MLS_SPLITS][MLS_COLUMNS]; NULL without standard_errors */
  double *drift;                    /* [n_cells] ln(r / previous r); 0 where not known */
  struct mls_cover *cover;
  int32_t n_cover;
  int64_t open_flows;               /* splits of cells that did not obey e0 + inc - dec = e1 */
  struct mls_carry_cell *carry;     /* [n_cells] */
};
enum err_code mls_run(struct arena *a, const struct mls_run_input *in, struct mls_run_result *out, struct err *e) NODISCARD;
/* The standard roll-ups over the cells' industries and sizes: every industry of a cell and every ancestor of it, and TL; sizes T = all, 0 = 1+3+5+7,
 * 4 = 1+3, and 1 3 5 7 9. ancestors[c] holds the published groups above cell c ("E-1", "E"), unused places empty; NULL = none. In order of industry,
 * TL first. */
enum { MLS_MAX_ANCESTORS = 4 };
typedef struct str mls_ancestors[MLS_MAX_ANCESTORS];
enum err_code mls_standard_rollups(struct arena *a, const struct mls_cell *cells, int32_t n_cells, const mls_ancestors *ancestors,
    struct mls_rollup **out, int32_t *n, struct err *e) NODISCARD;
/* Rows as a result table: dimensions industry, size, worker_form; measures the 14 columns and the four rates. errors and n_reports ([n_rows *
 * MLS_SPLITS]) may be NULL. */
enum err_code mls_result_table(struct arena *a, const char *id, const struct mls_row *rows, int32_t n_rows, const struct mls_error *errors,
    const int64_t *n_reports, struct result_table **out, struct err *e) NODISCARD;
/* The part of such a table that a plan asks for: its measures mls(x) in order, and its dimensions; a dimension it does not name stands at its
 * total. */
enum err_code mls_select(
    struct arena *a, const struct result_table *all, const struct table_plan *plan, struct result_table **out, struct err *e) NODISCARD;
#endif
