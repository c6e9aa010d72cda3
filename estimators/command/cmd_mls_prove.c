/* cmd_mls_prove.c -- see cmd_mls_prove.h. */
#include "estimators/command/cmd_mls_prove.h"

#include <string.h>

/* The run against the signed plan: what departs stops, what was excepted is printed. */
enum err_code mls_prove_plan(struct estimate_run *r, struct mls_datasets *d, struct mls_proof *proof, struct err *e) {
  struct mls_guard_input *in = &proof->guard;
  const struct estimate_plan *p = r->options->plan;
  *proof = (struct mls_proof){.n_gone = 0};
  struct mls_guard_data *data = ARENA_NEW(r->a, struct mls_guard_data);
  if (!data) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  proof->data = data;
  TRY(mls_guard_data(r->a, d, p != NULL, data, e));
  mls_guard_weights_digest(data->strata, data->n_strata, proof->weights);
  if (!p) return E_OK;
  if (p->before) proof->n_gone = mls_record_before(p->before, data->strata, data->n_strata);
  *in = (struct mls_guard_input){.plan = &p->plan,
      .strata = data->strata,
      .n_strata = data->n_strata,
      .sample = &data->sample,
      .cells = data->cells,
      .n_cells = data->n_cells,
      .min_reports = 3,
      .program = str_of(r->options->program ? r->options->program : ""),
      .weights = str_of(proof->weights),
      .note_published = p->note_published,
      .exceptions = p->exceptions,
      .n_exceptions = p->n_exceptions};
  d->plan = &p->plan;
  d->exceptions = p->exceptions;
  d->n_exceptions = p->n_exceptions;
  TRY(mls_guard(r->a, in, &proof->found, e));
  return mls_guard_enforce(in, &proof->found, e);
}
static void weights_note(const struct estimate_plan *p, const struct mls_proof *proof, struct result_table *t) {
  if (!p->before) result_note(t, "plan guard: weights were not compared with those of an earlier run (--before RECORD)");
  else
    result_note(t,
        arena_printf(t->arena, "plan guard: weights compared with those of the run of %.*s; strata that are gone since: %d", (int)p->before->period.n,
            p->before->period.p, (int)proof->n_gone));
}
void mls_proof_notes(const struct estimate_plan *p, const struct mls_proof *proof, struct result_table *t) {
  const struct mls_guard_input *in = &proof->guard;
  const struct mls_guard_result *found = &proof->found;
  char line[600];
  if (!in->plan) {
    result_note(t, "plan guard: no signed plan was given");
    return;
  }
  result_note(t,
      arena_printf(t->arena, "plan guard: %lld establishments designated, %lld in this tabulation, %d notes", (long long)found->designated,
          (long long)found->achieved, (int)found->n_findings));
  for (int32_t i = 0; i < found->n_findings; i++)
    result_note(t, arena_printf(t->arena, "plan guard: %s", mls_finding_line(in, &found->findings[i], line, sizeof line)));
  weights_note(p, proof, t);
}
enum err_code mls_keep_record(
    struct estimate_run *r, const struct mls_input *in, const struct mls_run_result *run, const struct mls_proof *proof, struct err *e) {
  const struct estimate_options *o = r->options;
  const struct mls_record_names names = {str_of(r->out->period), str_of(o->stage ? o->stage : "imputed"),
      str_of(o->program ? o->program : SHIRABE_VERSION), str_of(o->plan ? o->plan->digest : ""),
      str_of(arena_strdup(r->a, proof->weights, strlen(proof->weights))), proof->data->strata, proof->data->n_strata};
  if (r->out->record) return E_OK;
  r->out->cells = in;
  r->out->next = run->carry;
  r->out->record = ARENA_NEW(r->a, struct mls_record);
  if (!r->out->record) return ERR(e, E_NO_MEMORY, .subject = "run record");
  return mls_record_make(r->a, &in->run, run, &names, r->out->record, e);
}
