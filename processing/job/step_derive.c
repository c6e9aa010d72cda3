/* step_derive.c -- derived items of the records that were changed are worked out again (derive_items.h). */
#include "processing/job/step_methods.h"
#include "processing/unit/derive_items.h"

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  (void)s;
  (void)scope;
  (void)r;
  for (int i = 0; i < j->n_shards; i++) TRY(derive_items(j->arena, j->form, &j->shards[i], j->changed, &j->log, e));
  return E_OK;
}

const struct step_method step_derive = {.name = "derive", .whole = true, .run = run};
