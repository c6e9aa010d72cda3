/* impute_plan.h -- the steps of a form's impute.csv: checked against the form, then run in order.
 * Columns  order; items joined by `;`; method; classes: items joined by `;`, levels of collapsing joined by `>`, e.g. `industry;size>industry>`
 *          (the empty last level is all units together); parameters `key=value` joined by `;`. Items of the register are written frame(item).
 * Parameters
 *          min_class=N         least number of donors of a class, N >= 1; a smaller class gives way to the next level. Required.
 *          weight=EXPRESSION   design weight of every unit, e.g. frame(weight_num)/frame(weight_den); taken to 9 decimals. A unit without one, or
 *                              with less than 1, stops the run (E_NO_WEIGHT). weight=none says in so many words that the step is unweighted.
 *                              Required.
 *          auxiliary=ITEM      for class_ratio: a number item of the form.
 *          stratum=ITEM        an item that every unit must have (E_NO_STRATUM).
 * Methods  previous_ratio x_prev * sum(w x)/sum(w x_prev); class_mean sum(w x)/sum(w); class_ratio aux * sum(w x)/sum(w aux).
 * Errors   E_IMPUTE_METHOD (lists the known methods), E_IMPUTE_ITEM, E_IMPUTE_CLASS, E_IMPUTE_PARAMETER, E_EXPR_*: each at file:row:column of
 *          impute.csv, all of them to the job's sink, the first one returned.
 * Later    a method is one row of impute_methods in impute_plan.c: name, what it needs, its run function. The runner knows none of them by name. */
#ifndef SHIRABE_PROCESSING_IMPUTE_IMPUTE_PLAN_H
#define SHIRABE_PROCESSING_IMPUTE_IMPUTE_PLAN_H
#include "processing/edit/edit_rule.h"
#include "processing/impute/impute_class.h"

struct impute_method {
  const char *name;
  bool needs_auxiliary, needs_previous;
  enum err_code (*run)(struct impute_run *r, const struct impute_step_plan *s, const struct item *item, struct impute_count *count,
      struct err *e);
};
struct impute_plan {
  int n_steps;
  struct impute_step_plan *steps; /* by order */
};
/* `frame` is the register's form, NULL = none. */
enum err_code impute_plan_read(struct arena *a, const struct job *job, const struct form *form, const struct form *frame,
    struct impute_plan **out, struct err *e) NODISCARD;
enum err_code impute_plan_wanted(const struct impute_plan *p, struct name_set *s, enum expr_slot_kind kind, struct err *e) NODISCARD;

struct impute_report {
  int n; /* one per step and item */
  struct impute_count *counts;
};
/* Changes the shards' current tables in place; every change goes to the log. changed[record] is set to 1. */
enum err_code impute_plan_run(struct impute_run *r, const struct impute_plan *p, struct impute_report *out, struct err *e) NODISCARD;
#endif
