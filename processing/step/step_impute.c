/* step_impute.c -- the steps of impute.csv, all or those whose `order` lies from `from` to `to`. */
#include <string.h>

#include "processing/job/job_run.h"
#include "processing/step/step_methods.h"

static const struct step_option options[] = {
    {.key = "from", .kind = STEP_INT, .low = 0, .high = 1000000}, {.key = "to", .kind = STEP_INT, .low = 0, .high = 1000000}, {.key = NULL}};

/* Counts of this step after those of the steps before. */
static enum err_code add_counts(struct job_state *j, const struct impute_report *more, struct err *e) {
  struct impute_count *grown = ARENA_ARRAY(j->arena, struct impute_count, j->imputed.n + more->n + 1);
  if (!grown) return ERR(e, E_NO_MEMORY, .subject = "imputation");
  if (j->imputed.n) memcpy(grown, j->imputed.counts, (size_t)j->imputed.n * sizeof *grown);
  if (more->n) memcpy(grown + j->imputed.n, more->counts, (size_t)more->n * sizeof *grown);
  j->imputed.counts = grown;
  j->imputed.n += more->n;
  return E_OK;
}

/* The record type of the items of a line of impute.csv. */
static int type_of_step(const struct form *f, const struct impute_step_plan *s) {
  int t = 0;
  while (t < f->n_records && s->n_items && strcmp(f->records[t].name, s->items[0]->record) != 0) t++;
  return t < f->n_records ? t : 0;
}

static enum err_code run_part(struct job_state *j, const struct impute_plan *part, int record, int64_t *missing, struct err *e) {
  struct impute_report counts;
  if (record >= 0) TRY(unit_family_refresh(j->family, e));
  job_on_record(j, record);
  struct impute_run run = {j->job, j->arena, j->form, j->shards, j->n_shards, j->n_records, &j->log, j->changed};
  TRY(impute_plan_run(&run, part, &counts, e));
  for (int i = 0; i < counts.n; i++) *missing += counts.counts[i].missing;
  return add_counts(j, &counts, e);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *from = step_value_of(s, "from"), *to = step_value_of(s, "to");
  const struct impute_plan *all = j->plan->impute;
  struct impute_plan part = {.steps = all->steps};
  int64_t missing = 0;
  (void)scope;
  while (part.steps < all->steps + all->n_steps && from->given && part.steps->order < from->number) part.steps++;
  while (part.steps + part.n_steps < all->steps + all->n_steps && (!to->given || part.steps[part.n_steps].order <= to->number)) part.n_steps++;
  if (!j->family) TRY(run_part(j, &part, -1, &missing, e));
  for (int i = 0; j->family && i < part.n_steps; i++) {
    const struct impute_plan one = {.n_steps = 1, .steps = part.steps + i};
    TRY(run_part(j, &one, type_of_step(j->form, one.steps), &missing, e));
  }
  job_on_record(j, -1);
  step_note(r, "imputation_steps", part.n_steps);
  step_note(r, "found_missing", missing);
  return E_OK;
}

const struct step_method step_impute = {.name = "impute", .options = options, .whole = true, .run = run};
