/* job_series.h -- other periods of the same form as a step sees them, and what a chain over time leaves for later runs.
 * Periods  offset in periods of the form: -1 the one before, +1 the one after, -12 the same month of last year. aligned: one table per shard,
 *          row-aligned with its current records (unit_join.h): the wanted items; SERIES_THERE, present where the unit has a record in that period;
 *          and per chained item series_marker_name (an enum long_marker) and series_exclude_name, present where there is one:
 *          SERIES_EXCLUDE, or SERIES_REPLACE where that run flagged the value `impute`: what it did not replace is no value of that period.
 * Stages   the period as imputed, else as edited, else as received. `imputed` says which: markers and flags exist only then.
 * Tables   cells: record_no, item, step, marker, link, value, pairs, is_default -- one row per value of a chained item that stands or was imputed by
 *          the chain; link and what follows blank for R and MC. links: step, item, class, link, value, unweighted, pairs, is_default -- every link of
 *          the run's period. Links are texts of 17 digits: the same bits when read again.
 * Memory   9 bytes per unit, period and column. Errors: E_CHAIN_STORED when a stored marker names no record. */
#ifndef SHIRABE_PROCESSING_JOB_JOB_SERIES_H
#define SHIRABE_PROCESSING_JOB_JOB_SERIES_H
#include "processing/edit/edit_rule.h"
#include "processing/impute/longitudinal.h"

enum { SERIES_MAX_PERIODS = 64, SERIES_MAX_OFFSET = 120 };
#define SERIES_THERE "(there)"
enum { SERIES_EXCLUDE = 1, SERIES_REPLACE = 100 };
#define SERIES_CELLS "chain_cells"
#define SERIES_LINKS "chain_links"

struct period_set { /* what the steps of a plan want */
  struct arena *arena;
  int n, n_links;
  int32_t offset[SERIES_MAX_PERIODS], link_offset[SERIES_MAX_PERIODS];
  const char *step[SERIES_MAX_PERIODS]; /* the first that wants it */
  struct name_set items, chained;
};
enum err_code period_set_add(struct period_set *p, int32_t offset, const char *step, struct err *e) NODISCARD;
enum err_code period_set_link(struct period_set *p, int32_t offset, const char *step, struct err *e) NODISCARD;

struct other_period {
  int32_t offset;
  const char *name; /* "2025-11" */
  bool stored, imputed;
  const struct table *aligned; /* [n_shards]; NULL when not stored */
};
struct past_link {
  int32_t offset;
  struct str step, item, class_;
  enum long_link_kind kind;
  double unweighted;
};
struct job_periods {
  int n;
  struct other_period *period;
  int64_t n_links;
  const struct past_link *links;
};
const char *series_marker_name(struct arena *a, const char *item);  /* NULL: out of memory */
const char *series_exclude_name(struct arena *a, const char *item);
extern const char *const SERIES_LINK[LINK_KINDS]; /* "forward", "backward", "construction" */
enum long_marker series_marker_of(struct str text); /* MARK_NONE: no such marker */

/* --- tables --- */
enum err_code series_tables_init(struct arena *a, struct table *cells, struct table *links, struct err *e) NODISCARD;
struct series_cell {
  int64_t record; /* from 0 */
  const char *item, *step;
  enum long_marker marker;
};
/* link NULL: the marker has none. */
enum err_code series_add_cell(struct table *cells, const struct series_cell *c, enum long_link_kind kind, const struct long_link *link,
    struct err *e) NODISCARD;
enum err_code series_add_link(struct table *links, const struct series_cell *c, struct str class_, enum long_link_kind kind,
    const struct long_link *link, struct err *e) NODISCARD;
#endif
