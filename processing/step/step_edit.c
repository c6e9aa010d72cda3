/* step_edit.c -- judges all checks anew on the values as they stand: from here on exclude_rejected speaks of this result. Changes nothing. */
#include "processing/edit/edit_run.h"
#include "processing/step/step_methods.h"

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct edit_result result;
  int64_t hard = 0, unknown = 0;
  (void)s;
  (void)scope;
  TRY(edit_run(j->job, j->arena, j->form, j->all, j->n_all, &result, e));
  for (int64_t i = 0; i < j->n_records; i++) {
    j->state[i] = result.state[i];
    hard += (result.state[i] & EDIT_FAILED_HARD) != 0;
    unknown += !(result.state[i] & EDIT_FAILED_HARD) && (result.state[i] & EDIT_UNKNOWN_HARD);
  }
  step_note(r, "failed_hard", hard);
  step_note(r, "undecided", unknown);
  step_note(r, "failures", result.n_failures);
  return E_OK;
}

const struct step_method step_edit = {.name = "edit", .whole = true, .run = run};
