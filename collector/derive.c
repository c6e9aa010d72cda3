#include "collector/derive.h"

#include <string.h>

static enum err_code bind_slots(struct arena *a, const struct expr *x, struct table *t, struct expr_binding *b, struct err *e) {
  int n = expr_n_slots(x);
  const struct column **columns = ARENA_ARRAY(a, const struct column *, n + 1);
  if (!columns) return ERR(e, E_NO_MEMORY, .subject = "derived items");
  for (int i = 0; i < n; i++) columns[i] = expr_slot(x, i)->kind == EXPR_SLOT_CURRENT ? table_column(t, expr_slot(x, i)->name) : NULL;
  *b = (struct expr_binding){.columns = columns};
  return E_OK;
}

struct derivation {
  struct arena *a;
  struct expr_binding value_binding, universe_binding;
  struct expr_scratch *value_scratch, *universe_scratch;
};

static enum err_code derive_batch(struct derivation *d, const struct item *it, struct column *c, int64_t row, int n, struct err *e) {
  uint8_t in[EXPR_BATCH];
  memset(in, EXPR_TRUE, sizeof in);
  if (it->universe) TRY(expr_eval_bool(it->universe, &d->universe_binding, d->universe_scratch, row, n, in, e));
  if (c->type == COL_INT) {
    TRY(expr_eval_int(it->expression, &d->value_binding, d->value_scratch, c->decimals, row, n, c->i64 + row, c->status + row, e));
  } else {
    struct str texts[EXPR_BATCH];
    TRY(expr_eval_text(it->expression, &d->value_binding, d->value_scratch, row, n, texts, c->status + row, e));
    for (int i = 0; i < n; i++) {
      bool fixed = it->codelist && c->dict == it->codelist->dict;
      c->code[row + i] = !value_present(c->status[row + i]) ? 0 : fixed ? dict_find(c->dict, texts[i]) : dict_add(c->dict, texts[i]);
      if (c->code[row + i] < 0) {
        c->code[row + i] = 0;
        c->status[row + i] = VAL_INVALID;
      }
    }
  }
  for (int i = 0; i < n; i++) {
    if (in[i] == EXPR_TRUE && value_present(c->status[row + i])) continue;
    if (in[i] == EXPR_FALSE) c->status[row + i] = VAL_NOT_APPLICABLE;
    else if (in[i] == EXPR_UNKNOWN) c->status[row + i] = VAL_UNKNOWN;
    if (c->i64) c->i64[row + i] = 0;
    else c->code[row + i] = 0;
  }
  return E_OK;
}

static enum err_code make_scratch(struct arena *a, const struct item *it, struct derivation *d, struct err *e) {
  d->value_scratch = expr_scratch_new(a, it->expression);
  if (it->universe) d->universe_scratch = expr_scratch_new(a, it->universe);
  return d->value_scratch && (!it->universe || d->universe_scratch) ? E_OK : ERR(e, E_NO_MEMORY, .subject = it->name);
}

static enum err_code derive_item(struct derivation *d, const struct item *it, struct table *t, struct column *c, struct err *e) {
  TRY(bind_slots(d->a, it->expression, t, &d->value_binding, e));
  if (it->universe) TRY(bind_slots(d->a, it->universe, t, &d->universe_binding, e));
  for (int64_t row = 0; row < t->n_rows; row += EXPR_BATCH) {
    int n = t->n_rows - row < EXPR_BATCH ? (int)(t->n_rows - row) : EXPR_BATCH;
    TRY(derive_batch(d, it, c, row, n, e));
  }
  return E_OK;
}

/* Whether every code column the expression reads has the form's own dictionary: those of a table's texts go with the table. */
static bool reads_fixed_lists(const struct form *f, const struct expr *x, struct table *t) {
  for (int i = 0; i < expr_n_slots(x); i++) {
    const struct expr_slot *slot = expr_slot(x, i);
    const struct column *c = slot->kind == EXPR_SLOT_CURRENT ? table_column(t, slot->name) : NULL;
    const struct item *it = c ? form_item(f, c->name) : NULL;
    if (slot->kind != EXPR_SLOT_CURRENT || (c && c->dict && !(it && it->codelist && it->codelist->dict == c->dict))) return false;
  }
  return true;
}

struct deriver {
  const struct form *form;
  struct arena *kept;         /* NULL: nothing is kept */
  struct derivation *of_item; /* when kept; scratch is made at the first use */
};

struct deriver *deriver_new(struct arena *kept, const struct form *f) {
  struct deriver *d = ARENA_NEW(kept, struct deriver);
  if (!d) return NULL;
  *d = (struct deriver){.form = f, .kept = kept, .of_item = ARENA_ARRAY(kept, struct derivation, f->n_items + 1)};
  return d->of_item ? d : NULL;
}

static enum err_code scratch_of(struct deriver *d, struct arena *a, int i, struct table *t, struct derivation *out, struct err *e) {
  const struct item *it = &d->form->items[i];
  bool keep = d->kept && reads_fixed_lists(d->form, it->expression, t) && (!it->universe || reads_fixed_lists(d->form, it->universe, t));
  *out = (struct derivation){.a = a};
  if (!keep) return make_scratch(a, it, out, e);
  struct derivation *k = &d->of_item[i];
  if (!k->value_scratch) {
    struct derivation made = {.a = NULL};
    TRY(make_scratch(d->kept, it, &made, e));
    expr_scratch_keep(made.value_scratch);
    if (made.universe_scratch) expr_scratch_keep(made.universe_scratch);
    *k = made;
  }
  out->value_scratch = k->value_scratch;
  out->universe_scratch = k->universe_scratch;
  return E_OK;
}

/* Its children come in another file: unknown here, worked out when the records are joined. */
static bool waits_for_children(const struct item *it) {
  const struct expr *const both[] = {it->expression, it->universe};
  for (int k = 0; k < 2; k++)
    for (int i = 0; both[k] && i < expr_n_slots(both[k]); i++)
      if (expr_slot(both[k], i)->kind == EXPR_SLOT_CHILD) return true;
  return false;
}

static void leave_unknown(struct column *c, int64_t n) {
  memset(c->status, VAL_UNKNOWN, (size_t)n);
  if (c->i64) memset(c->i64, 0, (size_t)n * sizeof *c->i64);
  else memset(c->code, 0, (size_t)n * sizeof *c->code);
}

enum err_code deriver_run(struct deriver *d, struct arena *a, struct table *t, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  for (int i = 0; i < d->form->n_items; i++) {
    const struct item *it = &d->form->items[i];
    struct column *c = table_column(t, it->name);
    struct derivation one;
    if (it->origin != ORIGIN_DERIVED || !it->expression || !c) continue;
    if (waits_for_children(it)) {
      leave_unknown(c, t->n_rows);
      continue;
    }
    TRY(scratch_of(d, a, i, t, &one, e));
    TRY(derive_item(&one, it, t, c, e));
    if (c->type == COL_INT) arena_reset(a, mark); /* texts added to a dictionary live in the arena */
    mark = arena_mark(a);
  }
  return E_OK;
}

enum err_code derive_columns(struct arena *a, const struct form *f, struct table *t, struct err *e) {
  struct deriver d = {.form = f};
  return deriver_run(&d, a, t, e);
}
