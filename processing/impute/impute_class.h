/* impute_class.h -- imputation classes, their weighted sums over donors, and collapsing to a coarser class.
 * Donor    a unit whose value is present and not imputed, and whose predictor is present (auxiliary: not imputed). A recipient is a unit whose
 *          value is missing, though not "not applicable", inside the item's universe. All sums are made before the first value of the item is
 *          imputed.
 * Class    the units with the same texts in the class items of a level. A unit without one of them belongs to no class of that level.
 * Choice   the first level whose class has min_class donors or more and a sum of predictors that is not 0. If there is none the value stays
 *          missing and is counted by its reason.
 * Exact    sums in 128 bits; result = predictor * sum(w x) / sum(w z), rounded once, half away from zero, to the item's decimals. Weights have 9
 *          decimals. Sums do not depend on the order of rows or shards.
 * Memory   4 bytes per record and level; 40 bytes per class. */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTE_CLASS_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTE_CLASS_H
#include "base/job.h"
#include "base/sum.h"
#include "forms/form.h"
#include "processing/unit/change_log.h"
#include "processing/unit/unit_shard.h"

enum { IMPUTE_MAX_LEVELS = 8, IMPUTE_MAX_CLASS_ITEMS = 8, IMPUTE_WEIGHT_DECIMALS = 9 };

struct impute_ref { /* an item of the form or, by frame(...), of the register */
  const char *name;
  bool frame;
};
struct impute_level {
  int n_items; /* 0 = all units */
  struct impute_ref items[IMPUTE_MAX_CLASS_ITEMS];
};
struct impute_method;
struct impute_step_plan {
  int64_t order, line, min_class;
  const struct impute_method *method;
  const struct item **items;
  int n_items, n_levels;
  struct impute_level levels[IMPUTE_MAX_LEVELS];
  const struct item *auxiliary; /* NULL = none */
  struct expr *weight;          /* NULL = weight=none */
  struct impute_ref stratum;    /* name NULL = none */
};

enum impute_outcome {
  IMPUTED,
  IMPUTE_NO_DONORS,
  IMPUTE_NO_CLASS,
  IMPUTE_ZERO_BASE,
  IMPUTE_NO_PREDICTOR,
  IMPUTE_OUT_OF_RANGE,
  IMPUTE_UNIVERSE_UNKNOWN,
  IMPUTE_OUTCOMES
};
const char *impute_outcome_name(enum impute_outcome o); /* "imputed", "no_donors" ... */
struct impute_count {
  int64_t step;
  const char *item, *method;
  int64_t missing; /* recipients = sum of by_outcome */
  int64_t by_outcome[IMPUTE_OUTCOMES];
  int64_t by_level[IMPUTE_MAX_LEVELS]; /* of the imputed: which level served */
};

struct impute_run {
  const struct job *job;
  struct arena *arena;
  const struct form *form;
  const struct unit_shard *shards;
  int n_shards;
  int64_t n_records;
  struct change_log *log;
  uint8_t *changed; /* [n_records] */
};

/* What a value is predicted from: column `name` of the current or previous records, or 1 (name NULL). */
struct impute_predictor {
  const char *name;
  bool previous;
};
/* The engine of the three methods. */
enum err_code impute_by_class(struct impute_run *r, const struct impute_step_plan *s, const struct item *item, const struct impute_predictor *z,
    struct impute_count *count, struct err *e) NODISCARD;
/* predictor * num / den to the nearest whole, half away from zero; den > 0. False when a product leaves 128 bits or the result 64. */
bool impute_scale(int64_t predictor, sum_int num, sum_int den, int64_t *out);
#endif
