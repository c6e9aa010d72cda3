/* store_job.h -- a program of a statistician or researcher runs on columns of a dataset, in a worker that has nothing else (sandbox.h).
 * Inputs   in/data.csv (UTF-8, RFC 4180, one column an item, missing values empty) and in/status.csv (the status of each value), in a folder of a
 *          memory file system, readable by this user only. The program runs in work/, may write there only, and finds the inputs under
 *          SHIRABE_JOB_IN.
 * Outputs  the plain files of work/ and what it printed are sealed into the store under the strictest part of the columns read ("job-output",
 *          "job-messages"). Nothing of them leaves here: a result goes out through the release door after it has been checked.
 * Log      intent job-start with columns, hash over program and scripts, grant and purpose before a value is opened; job-end or job-kill after, in
 *          the transaction of the outputs.
 * Limits   256 output files, each at most limits.file_bytes; links, devices and names that are no text are refused with the whole job.
 * Grant    in a store with officers it must have been entered (grant_enter: person, machine, period, sessions); dataset, columns and purpose are held
 *          against it before the intent, rows and cells are counted, rows outside its filter never reach the job, each output is one of its tables.
 *          A refusal names the column and leaves one leaf. An office of one has no grants: spec.grant is "" there.
 * Products every output carries the label of what was read (store_product.h).
 * Missing  no memory file system, no Landlock or seccomp: refused (a demonstration store goes on without the two). What a killed job left is removed
 *          by the next.
 * Errors   E_SANDBOX_*, E_JOB_* (E_JOB_FAILED: the program's own exit status), E_GRANT_*, E_STORE_*. */
#ifndef SHIRABE_SECURE_STORE_STORE_JOB_H
#define SHIRABE_SECURE_STORE_STORE_JOB_H
#include "secure-store/sandbox.h"
#include "secure-store/store.h"

enum { STORE_JOB_OUTPUTS = 256 };
struct store_job_spec {
  struct dataset_key key;
  const char *const *columns;
  int n_columns;
  const char *purpose, *grant; /* legal basis; id of the entered grant, "" in an office without officers */
  const char *program;         /* a path */
  const char *const *scripts;  /* files it may read besides, its own text; ends with NULL, may be NULL */
  char *const *argv;
  bool may_fork;
  struct sandbox_limits limits;
};
struct store_job_output {
  char name[256], id[65];
  int64_t bytes;
};
struct store_job_result {
  int64_t rows;
  struct sandbox_result end;
  struct store_job_output outputs[STORE_JOB_OUTPUTS];
  int n_outputs;
  char messages[65]; /* id of what it printed to its error output, "" = nothing */
};
/* E_OK when the program ended by itself, with whatever status; else outputs are dropped. */
enum err_code store_job_run(struct store *s, const struct store_job_spec *spec, struct store_job_result *out, struct err *e) NODISCARD;
#endif
