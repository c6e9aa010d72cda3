/* expr_child.c -- count, sum, any, all over child records: the child program runs over the children of a block of rows, results are folded per row. */
#include <string.h>

#include "base/expr_impl.h"

struct fold {
  int64_t total[EXPR_BLOCK];
  uint8_t any[EXPR_BLOCK], all[EXPR_BLOCK], status[EXPR_BLOCK];
};

static void fold_start(struct fold *f, int n) {
  memset(f->total, 0, (size_t)n * sizeof f->total[0]);
  memset(f->any, KLEENE_FALSE, (size_t)n);
  memset(f->all, KLEENE_TRUE, (size_t)n);
  memset(f->status, VAL_DERIVED, (size_t)n);
}

/* One chunk of child rows; false when a total leaves 64 bits or an item has a denominator. */
static bool fold_chunk(struct fold *f, const struct expr_run *child, int64_t row0) {
  const struct expr_program *p = child->program;
  const uint8_t *condition = p->truth >= 0 && p->n_truths ? child->registers->truths[p->truth] : NULL;
  const struct expr_number *item = p->number >= 0 && p->n_numbers ? &child->registers->numbers[p->number] : NULL;
  if (item && item->den) return false;
  for (int i = 0; i < child->n; i++) {
    int64_t k = child->parents[i] - row0;
    uint8_t c = condition ? condition[i] : (uint8_t)KLEENE_TRUE;
    bool known = !item || !item->status || value_present(item->status[i]);
    if (c > f->any[k]) f->any[k] = c;
    if (c < f->all[k]) f->all[k] = c;
    if (c == KLEENE_UNKNOWN || (c == KLEENE_TRUE && !known)) f->status[k] = VAL_UNKNOWN;
    if (c == KLEENE_TRUE && known && __builtin_add_overflow(f->total[k], item ? item->num[i] : 1, &f->total[k])) return false;
  }
  return true;
}

static void fold_result(struct expr_run *r, const struct expr_op *op, const struct fold *f) {
  if (op->code == OP_ANY || op->code == OP_ALL) {
    memcpy(r->registers->truths[op->dst], op->code == OP_ANY ? f->any : f->all, (size_t)r->n);
    return;
  }
  struct expr_number *d = &r->registers->numbers[op->dst];
  memcpy(d->own_num, f->total, (size_t)r->n * sizeof f->total[0]);
  memcpy(d->own_status, f->status, (size_t)r->n);
  d->num = d->own_num;
  d->den = NULL;
  d->status = d->own_status;
  d->bits = -1;
}

enum err_code expr_run_children(struct expr_run *r, const struct expr_op *op) {
  const struct expr_children *children = expr_find_children(r->binding, op->node->record);
  struct expr_registers *registers = &r->s->registers[op->child->id];
  int64_t at = children->first[r->row0], end = children->first[r->row0 + r->n], parent = r->row0;
  struct fold f;
  fold_start(&f, r->n);
  while (at < end && !r->exact) {
    int n = end - at < EXPR_BLOCK ? (int)(end - at) : EXPR_BLOCK;
    for (int i = 0; i < n; i++) {
      while (children->first[parent + 1] <= at + i) parent++;
      registers->parents[i] = parent;
    }
    struct expr_run child = {.s = r->s, .binding = r->binding, .program = op->child, .registers = registers, .row0 = at, .parents = registers->parents, .n = n, .e = r->e};
    TRY(expr_run_program(&child));
    r->exact = child.exact || !fold_chunk(&f, &child, r->row0);
    at += n;
  }
  if (!r->exact) fold_result(r, op, &f);
  return E_OK;
}
