/* job_reader.h -- inside of the reader of process.json: the place one is at, and how a mistake is told. For job_plan.c and job_options.c only. */
#ifndef SHIRABE_PROCESSING_JOB_JOB_READER_H
#define SHIRABE_PROCESSING_JOB_JOB_READER_H
#include "base/ext_json.h"
#include "processing/edit/edit_scope.h"
#include "processing/job/job_plan.h"
#include "processing/job/json_place.h"

enum { JOB_MAX_WAY = 8 };
struct job_reader {
  struct arena *arena;
  const struct job *job;
  const struct form *form, *frame;
  const char *file;
  struct str text;
  struct json_way way[JOB_MAX_WAY]; /* to the value at hand */
  int depth;
  struct edit_scope names;
  struct expr_scope scope;
  const struct json_value *blocks;
  const char *open[JOB_MAX_DEPTH];  /* blocks that are being put in */
  int n_open;
  struct job_plan *plan;
  struct err first;
};
void job_reader_into(struct job_reader *r, const char *key, int64_t index); /* key NULL = element */
void job_reader_out(struct job_reader *r);
int64_t job_reader_line(const struct job_reader *r);
void job_problem_at(struct job_reader *r, enum err_code code, const char *subject, const char *expected);
/* The item of this name, "frame(item)" where a register is allowed; false and a problem. */
bool job_read_ref(struct job_reader *r, const char *text, struct impute_ref *out);
/* A text compiled in the job's scope; NULL and a problem when it cannot be, or is no truth where one is wanted. */
struct expr *job_read_expression(struct job_reader *r, const char *text, bool truth);
/* A decimal number, as a text or whole number, times 10^9. */
bool job_read_decimal(const struct json_value *v, int64_t *out);
const char *job_copy(struct job_reader *r, const char *text);
/* The record type of a step: the named one, else the form's first; -1 = all, for methods that are whole. */
int job_read_record(struct job_reader *r, const struct json_value *v, const struct step_method *m);
/* Everything that the step names belongs to its record type or, where it is only read, to the types above it: E_JOB_RECORD. */
void job_check_record(struct job_reader *r, const struct step_spec *s);
/* Options of the step's method, from its object; keys in `common` (|a|b|) are read elsewhere. */
enum err_code job_read_options(struct job_reader *r, const struct json_value *v, struct step_spec *s, const char *common, struct err *e) NODISCARD;
#endif
