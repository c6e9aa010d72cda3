/* intake_checks.c -- how many records fail each check of the form, counted by row group while the file is taken in: an officer sees it at once, nothing is stored
 * or changed by it (processing stores failed edits). A check that needs other data than the record itself (the period before, the register, child records)
 * is not evaluated here and says so: -1. */
#include <string.h>

#include "collector/intake_impl.h"

struct bound_expr {
  const struct expr *x; /* NULL = none */
  struct expr_scratch *scratch;
  const struct column **columns; /* [slots], of the group at hand */
  struct expr_binding binding;
};
struct intake_check {
  int at; /* in form->checks */
  struct bound_expr universe, expression;
};
struct intake_checks {
  struct arena *arena;
  int n;
  struct intake_check *checks;
};

static bool in_record(const struct intake_run *run, const char *name) {
  for (int k = 0; k < run->n_readers; k++)
    if (strcmp(run->readers[k].item->name, name) == 0) return true;
  return false;
}

static bool needs_only_the_record(const struct intake_run *run, const struct expr *x) {
  for (int i = 0; x && i < expr_n_slots(x); i++)
    if (expr_slot(x, i)->kind != EXPR_SLOT_CURRENT || !in_record(run, expr_slot(x, i)->name)) return false;
  return true;
}

static bool bind_new(struct arena *a, const struct expr *x, struct bound_expr *out) {
  out->x = x;
  if (!x) return true;
  out->scratch = expr_scratch_new(a, x);
  out->columns = ARENA_ARRAY(a, const struct column *, expr_n_slots(x) + 1);
  out->binding = (struct expr_binding){.columns = out->columns};
  return out->scratch && out->columns;
}

enum err_code checks_start(struct intake_run *run, struct err *e) {
  const struct form *f = run->form;
  int64_t *failed = run->options->check_failed;
  if (!failed) return E_OK;
  struct intake_checks *k = run->checks = ARENA_NEW(run->arena, struct intake_checks);
  if (!k || !(k->checks = ARENA_ARRAY(run->arena, struct intake_check, f->n_checks + 1))) return ERR(e, E_NO_MEMORY, .subject = "checks");
  for (int i = 0; i < f->n_checks; i++) {
    const struct check *c = &f->checks[i];
    bool here = strcmp(c->record, run->record) == 0 && needs_only_the_record(run, c->universe) && needs_only_the_record(run, c->expression);
    failed[i] = here ? 0 : -1;
    if (!here) continue;
    struct intake_check *to = &k->checks[k->n++];
    to->at = i;
    if (!bind_new(run->arena, c->universe, &to->universe) || !bind_new(run->arena, c->expression, &to->expression))
      return ERR(e, E_NO_MEMORY, .subject = c->id);
  }
  return E_OK;
}

static void bind_group(struct bound_expr *b, struct table *t) {
  for (int i = 0; b->x && i < expr_n_slots(b->x); i++) b->columns[i] = table_column(t, expr_slot(b->x, i)->name);
}

static enum err_code count_batch(struct intake_check *c, int64_t row, int n, int64_t *failed, struct err *e) {
  uint8_t inside[EXPR_BATCH], truth[EXPR_BATCH];
  int64_t count = 0;
  memset(inside, EXPR_TRUE, sizeof inside);
  if (c->universe.x) TRY(expr_eval_bool(c->universe.x, &c->universe.binding, c->universe.scratch, row, n, inside, e));
  TRY(expr_eval_bool(c->expression.x, &c->expression.binding, c->expression.scratch, row, n, truth, e));
  for (int i = 0; i < n; i++) count += inside[i] == EXPR_TRUE && truth[i] == EXPR_FALSE;
  *failed += count;
  return E_OK;
}

enum err_code checks_count(struct intake_run *run, struct table *t, struct err *e) {
  struct intake_checks *k = run->checks;
  for (int i = 0; k && i < k->n; i++) {
    struct intake_check *c = &k->checks[i];
    bind_group(&c->universe, t);
    bind_group(&c->expression, t);
    for (int64_t row = 0; row < t->n_rows; row += EXPR_BATCH) {
      int n = t->n_rows - row < EXPR_BATCH ? (int)(t->n_rows - row) : EXPR_BATCH;
      TRY(count_batch(c, row, n, &run->options->check_failed[c->at], e));
    }
  }
  return E_OK;
}
