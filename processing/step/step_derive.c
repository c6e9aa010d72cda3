/* step_derive.c -- derived items of the records that were changed are worked out again (derive_items.h); with several record types also those of
 * their parents and
 * children, item by item in the order of the form, so that a sum over persons follows a changed person and the persons see the new sum. */
#include <string.h>

#include "processing/job/job_run.h"
#include "processing/step/step_methods.h"
#include "processing/unit/derive_items.h"

/* Changed records, those above and those below them. */
static void touch_relatives(const struct unit_family *f, uint8_t *touched) {
  for (int depth = 1; depth < f->form->n_records; depth++)
    for (int64_t i = 0; i < f->n_records; i++)
      if (touched[i] && f->parent[i] >= 0) touched[f->parent[i]] = 1;
  for (int depth = 1; depth < f->form->n_records; depth++)
    for (int64_t i = 0; i < f->n_records; i++)
      if (f->parent[i] >= 0 && touched[f->parent[i]]) touched[i] = 1;
}

enum err_code job_derive_family(struct job_state *j, const uint8_t *marked, const uint8_t *items, struct err *e) {
  for (int i = 0; i < j->form->n_items; i++) {
    const struct item *item = &j->form->items[i];
    const int64_t before = j->log.table.n_rows;
    if (item->origin != ORIGIN_DERIVED || !item->expression || (items && !items[i])) continue;
    for (int s = 0; s < j->n_all; s++)
      if (strcmp(j->all[s].record, item->record) == 0) TRY(derive_item(j->arena, item, &j->all[s], marked, &j->log, e));
    if (j->log.table.n_rows > before) TRY(unit_family_refresh(j->family, e));
  }
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  (void)s;
  (void)scope;
  (void)r;
  if (j->family) {
    uint8_t *touched = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
    if (!touched) return ERR(e, E_NO_MEMORY, .subject = "derived items");
    memcpy(touched, j->changed, (size_t)j->n_records);
    touch_relatives(j->family, touched);
    return job_derive_family(j, touched, NULL, e);
  }
  for (int i = 0; i < j->n_shards; i++) TRY(derive_items(j->arena, j->form, &j->shards[i], j->changed, &j->log, e));
  return E_OK;
}

const struct step_method step_derive = {.name = "derive", .whole = true, .run = run};
