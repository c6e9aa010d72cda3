/* expr_batch.c -- scratch, dictionary tables, and the evaluation calls of expr.h: block by block, a block that needs 128 bits row by row. */
#include <string.h>

#include "base/expr_impl.h"

/* --- scratch --- */
static bool make_number(struct arena *a, struct expr_number *x) {
  x->own_num = ARENA_ARRAY(a, int64_t, EXPR_BLOCK);
  x->own_den = ARENA_ARRAY(a, int64_t, EXPR_BLOCK);
  x->own_status = ARENA_ARRAY(a, uint8_t, EXPR_BLOCK);
  return x->own_num && x->own_den && x->own_status;
}

static bool make_registers(struct arena *a, const struct expr_program *p, struct expr_registers *r) {
  r->numbers = ARENA_ARRAY(a, struct expr_number, p->n_numbers + 1);
  r->truths = ARENA_ARRAY(a, uint8_t *, p->n_truths + 1);
  r->texts = ARENA_ARRAY(a, struct str *, p->n_texts + 1);
  if (!r->numbers || !r->truths || !r->texts) return false;
  for (int i = 0; i < p->n_numbers; i++)
    if (!make_number(a, &r->numbers[i])) return false;
  for (int i = 0; i < p->n_truths; i++)
    if (!(r->truths[i] = ARENA_ARRAY(a, uint8_t, EXPR_BLOCK))) return false;
  for (int i = 0; i < p->n_texts; i++)
    if (!(r->texts[i] = ARENA_ARRAY(a, struct str, EXPR_BLOCK))) return false;
  if (p->id == 0) return true;
  r->status = ARENA_ARRAY(a, uint8_t, EXPR_BLOCK);
  r->codes = ARENA_ARRAY(a, int32_t, EXPR_BLOCK);
  r->parents = ARENA_ARRAY(a, int64_t, EXPR_BLOCK);
  return r->status && r->codes && r->parents;
}

struct expr_scratch *expr_scratch_new(struct arena *a, const struct expr *x) {
  struct expr_scratch *s = ARENA_NEW(a, struct expr_scratch);
  if (!s) return NULL;
  *s = (struct expr_scratch){.x = x, .arena = a};
  s->registers = ARENA_ARRAY(a, struct expr_registers, x->n_programs);
  s->caches = ARENA_ARRAY(a, struct expr_cache, x->n_caches + 1);
  if (!s->registers || !s->caches) return NULL;
  for (int i = 0; i < x->n_programs; i++)
    if (!make_registers(a, x->programs[i], &s->registers[i])) return NULL;
  return s;
}

void expr_scratch_keep(struct expr_scratch *s) { s->keep = true; }

int64_t expr_divisions_by_zero(const struct expr_scratch *s) { return s->divisions_by_zero; }

/* --- dictionary tables: what a code predicate says of each text, worked out once --- */
static enum err_code reserve(struct expr_scratch *s, const struct expr_op *op, struct expr_cache *c, int32_t n, struct err *e) {
  if (n <= c->capacity) return E_OK;
  int32_t capacity = n < 16 ? 16 : n > INT32_MAX / 2 ? n : n * 2;
  if (op->code == OP_LOOKUP) c->truth = ARENA_ARRAY(s->arena, uint8_t, capacity);
  else if (op->code == OP_LEN) c->number = ARENA_ARRAY(s->arena, int64_t, capacity);
  else if (op->code == OP_TEXT_LOOKUP) c->text = ARENA_ARRAY(s->arena, struct str, capacity);
  else c->same = ARENA_ARRAY(s->arena, int32_t, capacity);
  if (!c->truth && !c->number && !c->text && !c->same) return ERR(e, E_NO_MEMORY, .subject = "expression");
  c->capacity = capacity;
  return E_OK;
}

static enum err_code fill(struct expr_scratch *s, const struct expr_op *op, struct expr_cache *c, struct err *e) {
  struct expr_row row = {.x = s->x, .fixed = true, .child_row = -1, .e = e};
  struct expr_value v;
  int32_t n = c->dict ? dict_count(c->dict) : 0;
  TRY(reserve(s, op, c, n > 0 ? n : 1, e));
  c->n = n;
  for (int32_t i = 0; i < n; i++) {
    row.fixed_text = dict_text(c->dict, i);
    if (op->code == OP_SAME_CODE) {
      c->same[i] = c->dict2 ? dict_find(c->dict2, row.fixed_text) : -1;
      continue;
    }
    TRY(expr_exact(&row, op->node, &v));
    if (op->code == OP_LOOKUP) c->truth[i] = v.truth;
    else if (op->code == OP_TEXT_LOOKUP) c->text[i] = v.text.p ? v.text : STR("");
    else c->number[i] = (int64_t)v.num;
  }
  return E_OK;
}

static const struct dict *dict_of(const struct expr_binding *b, int slot) { return b->columns[slot] ? b->columns[slot]->dict : NULL; }

static enum err_code prepare_caches(struct expr_scratch *s, const struct expr_binding *b, bool anew, struct err *e) {
  for (int i = 0; i < s->x->n_caches; i++) {
    const struct expr_op *op = s->x->cached[i];
    struct expr_cache *c = &s->caches[i];
    const struct dict *dict = dict_of(b, op->slot), *dict2 = op->code == OP_SAME_CODE ? dict_of(b, op->slot2) : NULL;
    if (!anew && dict == c->dict && dict2 == c->dict2 && (dict ? dict_count(dict) : 0) == c->n && c->capacity) continue;
    c->dict = dict;
    c->dict2 = dict2;
    TRY(fill(s, op, c, e));
  }
  return E_OK;
}

/* --- binding --- */
static bool fits(const struct expr_slot *slot, const struct expr_variable *v, const struct column *c) {
  if (!c) return true;
  if (slot->type == EXPR_CODE || slot->type == EXPR_TEXT) return (c->type == COL_CODE || c->type == COL_TEXT) && c->dict;
  return c->type == COL_INT && (slot->type != EXPR_NUMBER || c->decimals == v->decimals);
}

enum err_code expr_check_binding(const struct expr *x, const struct expr_binding *b, struct err *e) {
  for (int i = 0; i < x->n_slots; i++)
    if (!fits(&x->slots[i], &x->variables[i], b->columns[i])) return ERR(e, E_EXPR_BIND, .file = x->file, .line = x->line, .column = x->column, .subject = x->slots[i].name);
  for (int p = 0; p < x->n_programs; p++)
    for (int i = 0; i < x->programs[p]->n_ops; i++) {
      const struct expr_op *op = &x->programs[p]->ops[i];
      if (op->child && !expr_find_children(b, op->node->record)) return ERR(e, E_EXPR_BIND, .file = x->file, .line = x->line, .column = x->column, .subject = "child record", .expected = "its rows");
    }
  return E_OK;
}

/* --- evaluation --- */
struct pass {
  struct expr_run run;
  int64_t counted; /* divisions by zero before the block */
};

static enum err_code begin(struct pass *p, const struct expr *x, const struct expr_binding *b, struct expr_scratch *s, int64_t row0, int n, struct err *e) {
  if (s->x != x || n < 0 || row0 < 0) return ERR(e, E_BUG, .subject = "expr_eval");
  TRY(expr_check_binding(x, b, e));
  TRY(prepare_caches(s, b, row0 < s->last_end && !s->keep, e));
  s->last_end = row0 + n;
  p->run = (struct expr_run){.s = s, .binding = b, .program = x->program, .registers = &s->registers[0], .e = e};
  return E_OK;
}

static enum err_code block(struct pass *p, int64_t row0, int n) {
  struct expr_scratch *s = p->run.s;
  p->counted = s->divisions_by_zero;
  p->run.row0 = row0;
  p->run.n = n;
  TRY(expr_run_block(&p->run));
  if (p->run.exact) s->divisions_by_zero = p->counted;
  return E_OK;
}

static enum err_code one_row(const struct pass *p, int64_t row, struct expr_value *v) {
  const struct expr_run *r = &p->run;
  struct expr_row at = {.x = r->s->x, .binding = r->binding, .row = row, .child_row = -1, .divisions_by_zero = &r->s->divisions_by_zero, .e = r->e};
  return expr_exact(&at, r->s->x->root, v);
}

static uint8_t outside(uint8_t kleene) { return (uint8_t)((kleene >> 1) | ((kleene & 1) << 1)); }

static enum err_code truths(struct pass *p, int64_t row0, int n, uint8_t *out) {
  struct expr_value v;
  TRY(block(p, row0, n));
  if (!p->run.exact) {
    const uint8_t *t = p->run.registers->truths[p->run.program->truth];
    for (int i = 0; i < n; i++) out[i] = outside(t[i]);
    return E_OK;
  }
  for (int i = 0; i < n; i++) {
    TRY(one_row(p, row0 + i, &v));
    out[i] = outside(v.truth);
  }
  return E_OK;
}

enum err_code expr_eval_bool(const struct expr *x, const struct expr_binding *binding, struct expr_scratch *s, int64_t row0, int n, uint8_t *out, struct err *e) {
  struct pass p;
  if (x->root->type != EXPR_BOOL) return ERR(e, E_BUG, .subject = "expr_eval_bool of another type");
  TRY(begin(&p, x, binding, s, row0, n, e));
  for (int at = 0; at < n; at += EXPR_BLOCK) TRY(truths(&p, row0 + at, n - at < EXPR_BLOCK ? n - at : EXPR_BLOCK, out + at));
  return E_OK;
}

static enum err_code put_number(const struct pass *p, int64_t row, bool known, expr_wide num, expr_wide den, int decimals, int64_t *out, uint8_t *status) {
  const struct expr *x = p->run.s->x;
  *out = 0;
  *status = known ? VAL_DERIVED : VAL_UNKNOWN;
  if (known && !expr_wide_scale(num, den, x->root->decimals, decimals, out)) return expr_overflow(x, x->root, row, p->run.e);
  return E_OK;
}

static enum err_code numbers(struct pass *p, int decimals, int64_t row0, int n, int64_t *out, uint8_t *status) {
  struct expr_value v;
  TRY(block(p, row0, n));
  const struct expr_number *r = p->run.exact ? NULL : &p->run.registers->numbers[p->run.program->number];
  for (int i = 0; i < n; i++) {
    if (r) {
      TRY(put_number(p, row0 + i, !r->status || value_present(r->status[i]), r->num[i], r->den ? r->den[i] : 1, decimals, &out[i], &status[i]));
      continue;
    }
    TRY(one_row(p, row0 + i, &v));
    TRY(put_number(p, row0 + i, v.known, v.num, v.den, decimals, &out[i], &status[i]));
  }
  return E_OK;
}

enum err_code expr_eval_int(const struct expr *x, const struct expr_binding *binding, struct expr_scratch *s, int decimals, int64_t row0, int n, int64_t *out, uint8_t *status, struct err *e) {
  struct pass p;
  if ((x->root->type != EXPR_NUMBER && x->root->type != EXPR_DATE) || decimals < 0 || decimals > EXPR_MAX_DECIMALS) return ERR(e, E_BUG, .subject = "expr_eval_int of another type");
  TRY(begin(&p, x, binding, s, row0, n, e));
  for (int at = 0; at < n; at += EXPR_BLOCK) TRY(numbers(&p, decimals, row0 + at, n - at < EXPR_BLOCK ? n - at : EXPR_BLOCK, out + at, status + at));
  return E_OK;
}

static enum err_code texts(struct pass *p, int64_t row0, int n, struct str *out, uint8_t *status) {
  struct expr_value v;
  TRY(block(p, row0, n));
  const struct str *r = p->run.exact ? NULL : p->run.registers->texts[p->run.program->text];
  for (int i = 0; i < n; i++) {
    bool known = r && r[i].p;
    if (!r) {
      TRY(one_row(p, row0 + i, &v));
      known = v.known;
    }
    out[i] = !known ? STR("") : r ? r[i] : v.text;
    status[i] = known ? VAL_DERIVED : VAL_UNKNOWN;
  }
  return E_OK;
}

enum err_code expr_eval_text(const struct expr *x, const struct expr_binding *binding, struct expr_scratch *s, int64_t row0, int n, struct str *out, uint8_t *status, struct err *e) {
  struct pass p;
  if (!expr_is_text(x->root->type)) return ERR(e, E_BUG, .subject = "expr_eval_text of another type");
  TRY(begin(&p, x, binding, s, row0, n, e));
  for (int at = 0; at < n; at += EXPR_BLOCK) TRY(texts(&p, row0 + at, n - at < EXPR_BLOCK ? n - at : EXPR_BLOCK, out + at, status + at));
  return E_OK;
}
