/* quality.h -- data quality per sender: the process metrics of a run (processing/job/process_metrics.h) joined with what the ledger and the queries
 * know of the offices, and with the runs of earlier periods.
 * Shapes   senders: every office that sent records of the form, or should have; checks: those that the run judged. failure: [sender][check].
 * Rates    part / whole as in the metrics; `there` is false where the figure does not exist: it is then never shown as 0. Weighted ones only where
 *          the job has a design weight.
 * Outcome  of recontact: questions of the form and period by their answer (confirmed: the check was wrong; corrected or withdrawn: it was right;
 *          open).
 * Trend    failure rate of all checks together now less that of the nearest earlier run among `earlier` periods.
 * Privacy  counts, rates, office codes and check ids; record keys only in examples, never answers. The caller holds the access log entry.
 * Errors   E_METRICS_NONE without a run, E_METRICS_SENDER; those of store, ledger and queries. Memory: the tables read, 100 bytes per sender and
 *          check. */
#ifndef SHIRABE_FRONT_QUALITY_H
#define SHIRABE_FRONT_QUALITY_H
#include "collector/ledger.h"
#include "forms/form.h"
#include "processing/command/cmd_process_checkpoint.h"
#include "processing/job/process_metrics.h"

enum { QUALITY_MAX_EARLIER = 24, QUALITY_EXAMPLES = 3 };
struct quality_rate {
  double part, whole, weighted_part, weighted_whole;
  bool there, weighted;
};
struct quality_outcome {
  int64_t asked, confirmed, corrected, withdrawn, open;
};
struct quality_figures { /* of one office or of all */
  struct quality_rate answered, response, imputation, failed, undecided, failed_after, changed, checks;
};
struct quality_example {
  int64_t record; /* from 1 */
  const char *keys;
};
struct quality_sender {
  const char *office, *name; /* name "" = not on the roster */
  const char *state;         /* of the ledger, "" = not on the roster */
  bool sent;
  struct quality_figures now;
  struct quality_rate before; /* all checks together, in the nearest earlier run */
  const char *before_period;  /* "" = none */
  struct quality_outcome outcome;
};
struct quality_check {
  const char *id, *severity, *text; /* text in the language asked for */
  struct quality_rate failure, unknown, cost;
  struct quality_outcome outcome;
  int64_t n_examples;
  struct quality_example examples[QUALITY_EXAMPLES]; /* of the sender asked for */
};
struct quality {
  const struct form *form;
  const char *period;
  struct process_status_head head;
  struct step_report *steps;
  int n_steps;
  struct table metrics;
  int64_t n_senders;
  struct quality_sender *senders;
  int n_checks;
  struct quality_check *checks;
  struct quality_rate *failure; /* [n_senders][n_checks] */
  struct quality_figures all;
  int64_t due, sent; /* offices on the roster for the form and period; those that sent or said there is nothing */
  struct quality_rate before;
  const char *before_period;
  bool weighted;
};
struct quality_request {
  const struct form *form;
  const char *period, *sender; /* sender NULL = no examples */
  int earlier;
  enum err_lang lang;
};
enum err_code quality_read(
    struct store *s, const struct quality_request *q, int64_t access, struct arena *a, struct quality *out, struct err *e) NODISCARD;
/* 100 part / whole; -1 when the rate does not exist. */
double quality_percent(const struct quality_rate *r, bool weighted);
struct quality_rate quality_rate_at(const struct table *t, int64_t row);
/* A cell of the metrics; empty when blank. */
struct str quality_cell(const struct table *t, int64_t row, enum metric_column k);
#endif
