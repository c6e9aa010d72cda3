/* sample_plan.h -- the plan of a sample, read from plan.json (plan_json.md): stages, strata, method and size of each.
 * Shapes   stages from the top; a stage's strata are columns of the frame, its sizes one of the kinds below.
 * Sizes    EACH n in every stratum; ALL of them; RATE num/den of each stratum, rounded half up, at least `least`; ROWS one row a stratum; ALLOCATED
 *          by allocate.h (first stage only).
 * Missing  nothing is assumed: a stage without method, unit or n is an error. Unknown keys are errors that name the key and those allowed.
 * Errors   E_SAMPLING_KEY, E_SAMPLING_VALUE, E_SAMPLING_MISSING with the file; E_NO_MEMORY.
 * Memory   texts are borrowed from the JSON document, which must outlive the plan; arrays from the arena, at most SAMPLING_ROWS rows.
 * Cost     linear. Source: none, plain reading. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_SAMPLE_PLAN_H
#define SHIRABE_ESTIMATORS_SELECTION_SAMPLE_PLAN_H
#include "base/arena.h"
#include "base/ext_json.h"
#include "base/str.h"
#include "estimators/selection/draw.h"

enum { SAMPLING_STAGES = 4, SAMPLING_COLUMNS = 16, SAMPLING_TARGETS = 256, SAMPLING_ROWS = 100000 };
enum sampling_size { SIZE_EACH, SIZE_ALL, SIZE_RATE, SIZE_ROWS, SIZE_ALLOCATED };
enum sampling_allocation { ALLOCATE_EQUAL, ALLOCATE_PROPORTIONAL, ALLOCATE_NEYMAN, ALLOCATE_POWER, ALLOCATE_CV, ALLOCATE_METHODS };

struct sampling_names {
  int n;
  const char *name[SAMPLING_COLUMNS];
};
struct sampling_row {
  struct str label; /* labels of the strata columns joined by '/' */
  int64_t n;
  bool all;
};
struct sampling_target {
  const char *variable, *domain; /* domain NULL = the whole; else a column: every value of it is a domain */
  double cv;
};
struct sampling_allocate {
  enum sampling_allocation method;
  int64_t total;
  const char *variable, *cost;
  double power;
  int n_targets;
  struct sampling_target *target;
};
struct sampling_random {
  const char *column; /* permanent random numbers of the frame; NULL = of seed and id */
  double shift;       /* u - shift, wrapped into (0,1) */
  bool collocated;
};
struct sampling_rotation {
  int64_t groups, stay, rest; /* panel groups; periods that a group stays; periods a unit rests at least before it may return */
};
struct sampling_stage {
  const char *unit, *size, *certainty;
  struct sampling_names stratum, order, balance;
  enum draw_method method;
  enum sampling_size size_kind;
  int64_t n, rate_num, rate_den, least;
  int64_t n_rows;
  struct sampling_row *rows;
  struct sampling_allocate allocate;
  struct sampling_random random;
};
struct sample_plan {
  const char *place;
  int n_stages;
  struct sampling_stage stage[SAMPLING_STAGES];
  bool has_rotation;
  struct sampling_rotation rotation;
};
enum err_code sample_plan_parse(struct arena *a, const char *place, const struct json_value *root, struct sample_plan *out, struct err *e) NODISCARD;
const char *sampling_allocation_name(enum sampling_allocation m);
#endif
