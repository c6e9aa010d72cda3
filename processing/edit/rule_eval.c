#include "processing/edit/rule_eval.h"

#include <string.h>

#include "processing/edit/edit_rule.h"

struct rule_plan {
  const struct rule_set *set;
  const struct rule_data *data;
  struct linear_system rows; /* the linear atoms, strict ones reversed */
  struct linear_plan *plan;
  struct linear_scratch *scratch;
  uint8_t *status;           /* [rows.m * LINEAR_BLOCK] */
  int **row;                 /* [n_rules][n_atoms] its row, -1 = category */
};

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "rules"); }

/* --- data --- */
static double ten_to(int n) {
  double v = 1;
  while (n-- > 0) v *= 10;
  return v;
}
static void fill(struct num_column *to, const int64_t *values, const uint8_t *status, int64_t n) {
  const double unit = ten_to(to->decimals);
  for (int64_t i = 0; i < n; i++) {
    to->status[i] = status[i];
    to->x[i] = value_present(status[i]) ? (double)values[i] / unit : 0;
  }
}
static enum err_code constant_column(struct arena *a, const struct expr *x, const struct unit_shard *shard, struct num_column *to, struct err *e) {
  const int64_t rows = shard->current->n_rows;
  struct expr_binding binding;
  struct expr_scratch *scratch = expr_scratch_new(a, x);
  int64_t *values = ARENA_ARRAY(a, int64_t, EXPR_BATCH);
  uint8_t *status = ARENA_ARRAY(a, uint8_t, EXPR_BATCH);
  if (!scratch || !values || !status) return no_memory(e);
  TRY(edit_bind(a, x, shard, &binding, e));
  for (int64_t row = 0; row < rows; row += EXPR_BATCH) {
    const int n = rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH;
    struct num_column part = {.decimals = to->decimals, .x = to->x + row, .status = to->status + row};
    TRY(expr_eval_int(x, &binding, scratch, to->decimals, row, n, values, status, e));
    fill(&part, values, status, n);
  }
  return E_OK;
}
static void product_column(const struct num_column *x, const struct num_column *by, int64_t n, struct num_column *to) {
  for (int64_t i = 0; i < n; i++) {
    const bool there = num_present(x, i) && num_present(by, i);
    to->status[i] = there ? x->status[i] : num_present(x, i) ? by->status[i] : x->status[i];
    to->x[i] = there ? x->x[i] * by->x[i] : 0;
  }
}
static enum err_code numeric_column(struct arena *a, const struct rule_set *s, int j, const struct unit_shard *shard, struct num_column *to,
                                    struct err *e) {
  to->decimals = s->numeric.decimals[j];
  if (s->parameter && s->parameter[j]) return constant_column(a, s->parameter[j], shard, to, e);
  const int at = table_find(shard->current, to->name);
  if (at < 0 || shard->current->columns[at].type != COL_INT) return ERR(e, E_RULES_COLUMN, .subject = to->name);
  fill(to, shard->current->columns[at].i64, shard->current->columns[at].status, shard->current->n_rows);
  return E_OK;
}
static int index_of(const struct rule_category *c, struct str code) {
  for (int i = 0; i < c->n_codes; i++)
    if (str_eq(c->codes[i], code)) return i;
  return -1;
}
static enum err_code classes_of(struct arena *a, const struct rule_category *c, const struct column *from, int32_t n_ids, int32_t *of,
                                struct err *e) {
  uint64_t *truths = ARENA_ARRAY(a, uint64_t, c->classes->words + 1);
  if (!truths) return no_memory(e);
  for (int32_t id = 0; id < n_ids; id++)
    of[id] = rule_class_truths(c->classes, dict_text(from->dict, id), truths) ? rule_class_of(c, truths) : -1;
  return E_OK;
}
static enum err_code code_column(struct arena *a, const struct rule_category *c, const struct column *from, int64_t n, int32_t *to, struct err *e) {
  const int32_t n_ids = from ? dict_count(from->dict) : 0;
  int32_t *of = ARENA_ARRAY(a, int32_t, n_ids + 1);
  if (!of) return no_memory(e);
  if (c->classes) TRY(classes_of(a, c, from, n_ids, of, e));
  for (int32_t id = 0; id < n_ids && !c->classes; id++) {
    of[id] = index_of(c, dict_text(from->dict, id));
    if (of[id] < 0 && c->others) of[id] = c->n_codes - 1;
  }
  for (int64_t i = 0; i < n; i++) to[i] = from && value_present(from->status[i]) ? of[from->code[i]] : -1;
  return E_OK;
}
static int32_t presence_of(uint8_t status) {
  static const int32_t of[] = {[VAL_BLANK - VAL_BLANK] = RULE_BLANK,
                               [VAL_NOT_APPLICABLE - VAL_BLANK] = RULE_NA,
                               [VAL_UNKNOWN - VAL_BLANK] = RULE_UNKNOWN,
                               [VAL_REFUSED - VAL_BLANK] = RULE_REFUSED,
                               [VAL_INVALID - VAL_BLANK] = RULE_INVALID};
  return value_present(status) ? RULE_THERE : status <= VAL_INVALID ? of[status - VAL_BLANK] : RULE_OTHER;
}
/* A code constant is prev(item), frame(item) or an item of a record above: its expression has that one slot. */
static enum err_code category_column(struct arena *a, const struct rule_category *c, const struct unit_shard *shard, int32_t *to, struct err *e) {
  const struct table *const of[] = {[EXPR_SLOT_CURRENT] = shard->parent, [EXPR_SLOT_PREV] = shard->previous, [EXPR_SLOT_FRAME] = shard->frame};
  const struct table *t = c->parameter ? of[expr_slot(c->parameter, 0)->kind] : shard->current;
  const int at = t ? table_find(t, c->parameter ? expr_slot(c->parameter, 0)->name : c->item) : -1;
  if (!c->parameter && at < 0) return ERR(e, E_RULES_NO_CODE, .subject = c->item);
  if (c->presence) {
    for (int64_t i = 0; i < shard->current->n_rows; i++) to[i] = presence_of(at < 0 ? (uint8_t)VAL_BLANK : t->columns[at].status[i]);
    return E_OK;
  }
  if (at >= 0 && t->columns[at].type != COL_CODE) return ERR(e, E_RULES_NO_CODE, .subject = c->name);
  return code_column(a, c, at < 0 ? NULL : &t->columns[at], shard->current->n_rows, to, e);
}
enum err_code rule_data_of(struct arena *a, const struct rule_set *s, const struct unit_shard *shard, struct rule_data *out, struct err *e) {
  const int64_t n = shard->current->n_rows;
  out->codes = ARENA_ARRAY(a, int32_t *, s->n_categories + 1);
  if (!out->codes) return no_memory(e);
  TRY(num_table_init(&out->numbers, a, s->numeric.names, s->numeric.p, n, e));
  for (int j = 0; j < s->numeric.p; j++) {
    struct num_column *to = &out->numbers.columns[j];
    const struct rule_product *product = s->product && s->product[j].x >= 0 ? &s->product[j] : NULL;
    if (product) product_column(&out->numbers.columns[product->x], &out->numbers.columns[product->by], n, to), to->decimals = s->numeric.decimals[j];
    else TRY(numeric_column(a, s, j, shard, to, e));
  }
  for (int k = 0; k < s->n_categories; k++) {
    if (!(out->codes[k] = ARENA_ARRAY(a, int32_t, n + 1))) return no_memory(e);
    TRY(category_column(a, &s->categories[k], shard, out->codes[k], e));
  }
  return E_OK;
}

/* --- plan --- */
static enum err_code reversed(struct arena *a, const struct linear_edit *r, struct linear_edit *out, struct err *e) {
  double *coef = ARENA_ARRAY(a, double, r->n + 1);
  if (!coef) return no_memory(e);
  for (int k = 0; k < r->n; k++) coef[k] = -r->coef[k];
  *out = *r;
  out->coef = coef;
  out->rhs = -r->rhs;
  return E_OK;
}
static enum err_code collect_rows(struct arena *a, struct rule_plan *p, struct err *e) {
  const struct rule_set *s = p->set;
  int n = 0;
  for (int i = 0; i < s->n_rules; i++) n += s->rules[i].n_atoms;
  p->rows = s->numeric;
  p->rows.m = 0;
  p->rows.edits = ARENA_ARRAY(a, struct linear_edit, n + 1);
  p->row = ARENA_ARRAY(a, int *, s->n_rules + 1);
  if (!p->rows.edits || !p->row) return no_memory(e);
  for (int i = 0; i < s->n_rules; i++) {
    if (!(p->row[i] = ARENA_ARRAY(a, int, s->rules[i].n_atoms + 1))) return no_memory(e);
    for (int k = 0; k < s->rules[i].n_atoms; k++) {
      const struct rule_atom *atom = &s->rules[i].atoms[k];
      p->row[i][k] = atom->category ? -1 : p->rows.m;
      if (atom->category) continue;
      if (atom->strict) TRY(reversed(a, &atom->linear, &p->rows.edits[p->rows.m], e));
      else p->rows.edits[p->rows.m] = atom->linear;
      p->rows.m++;
    }
  }
  return E_OK;
}
enum err_code rule_plan_new(struct arena *a, const struct rule_set *s, const struct rule_data *d, struct rule_plan **out, struct err *e) {
  struct rule_plan *p = ARENA_NEW(a, struct rule_plan);
  if (!p) return no_memory(e);
  *p = (struct rule_plan){.set = s, .data = d};
  TRY(collect_rows(a, p, e));
  TRY(linear_plan_new(a, &p->rows, &d->numbers, &p->plan, e));
  p->scratch = linear_scratch_new(a, p->plan);
  p->status = ARENA_ARRAY(a, uint8_t, (int64_t)p->rows.m * LINEAR_BLOCK + 1);
  if (!p->scratch || !p->status) return no_memory(e);
  *out = p;
  return E_OK;
}

/* --- one block: PASS < MISS < FAIL, so `or` is the minimum --- */
static void or_linear(const uint8_t *restrict atom, bool strict, int n, uint8_t *restrict status) {
  static const uint8_t straight[3] = {EDIT_PASS, EDIT_MISS, EDIT_FAIL}, turned[3] = {EDIT_FAIL, EDIT_MISS, EDIT_PASS};
  const uint8_t *of = strict ? turned : straight;
  for (int k = 0; k < n; k++) {
    const uint8_t v = of[atom[k]];
    status[k] = v < status[k] ? v : status[k];
  }
}
static void or_category(const int32_t *restrict code, const uint64_t *set, int n, uint8_t *restrict status) {
  for (int k = 0; k < n; k++) {
    const uint8_t v = code[k] < 0 ? EDIT_MISS : set[code[k] / 64] >> (code[k] % 64) & 1 ? EDIT_PASS : EDIT_FAIL;
    status[k] = v < status[k] ? v : status[k];
  }
}
void rule_eval(struct rule_plan *p, int64_t row0, int n, uint8_t *status) {
  const struct rule_set *s = p->set;
  linear_eval(p->plan, p->scratch, row0, n, p->status, NULL);
  for (int i = 0; i < s->n_rules; i++) {
    uint8_t *to = status + (size_t)i * LINEAR_BLOCK;
    memset(to, EDIT_FAIL, (size_t)n);
    for (int k = 0; k < s->rules[i].n_atoms; k++) {
      const struct rule_atom *atom = &s->rules[i].atoms[k];
      if (atom->category) or_category(p->data->codes[atom->k] + row0, atom->set, n, to);
      else or_linear(p->status + (size_t)p->row[i][k] * LINEAR_BLOCK, atom->strict, n, to);
    }
  }
}
