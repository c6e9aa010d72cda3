#include "processing/impute/household_judge.h"

#include <math.h>
#include <string.h>

struct involved { /* by item index: of the record, of the person at hand, of every person */
  uint8_t *record, *own, *all;
};
struct judged {
  const struct expr *expression, *universe; /* expression NULL: presence of `item` is judged */
  struct expr_binding value, inside;
  struct expr_scratch *value_scratch, *inside_scratch;
  const struct item *item;
  bool person;
  struct involved involved;
};
enum { RECORD, PERSONS, ABOVE, TABLES }; /* ABOVE: the record's items beside each person */
struct household_judge {
  struct arena *arena;
  const struct household_spec *s;
  int size, n_variables, numbers, left_out;
  struct household_variable *variables;
  const struct household_units *units;
  struct table table[TABLES];
  struct unit_shard shard[2];
  struct unit_child child;
  int64_t first[2];
  struct judged *rules, *derived;
  int n_rules, n_derived;
  int32_t **dict_id; /* [n_variables][n_codes - 1] in the small table's dictionary */
  double *unit;      /* [n_variables] 10^decimals */
  int *column;       /* [n_variables] in the small table */
  uint8_t *read;     /* [form->n_items] some rule reads it */
  struct err error;
};

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "household rules"); }
static double power_of_ten(int n) { return n > 0 ? 10 * power_of_ten(n - 1) : 1; }

/* --- variables --- */
enum err_code household_variables_new(
    struct arena *a, const struct household_spec *s, int size, struct household_variable **out, int *n, int *numbers, struct err *e) {
  struct household_variable *v = ARENA_ARRAY(a, struct household_variable, (int64_t)s->n_items * (size + 1) + 1);
  if (!v) return no_memory(e);
  *n = *numbers = 0;
  for (int codes = 0; codes < 2; codes++) {
    for (int p = -1; p < size; p++)
      for (int i = 0; i < s->n_items; i++)
        if ((s->items[i].n_codes > 0) == (codes == 1) && s->items[i].person == (p >= 0)) v[(*n)++] = (struct household_variable){&s->items[i], p};
    if (!codes) *numbers = *n;
  }
  *out = v;
  return E_OK;
}

/* --- which values a rule depends on --- */
static void involve(const struct household_judge *h, const struct expr *x, bool person, bool every, struct involved *to, int depth) {
  for (int i = 0; x && i < expr_n_slots(x) && depth < 32; i++) {
    const struct expr_slot *slot = expr_slot(x, i);
    const struct item *it = form_item(h->s->form, slot->name);
    if (!it || (slot->kind != EXPR_SLOT_CURRENT && slot->kind != EXPR_SLOT_CHILD)) continue;
    const int k = (int)(it - h->s->form->items);
    const bool of_person = slot->kind == EXPR_SLOT_CHILD || (person && form_holds(h->s->form, h->shard[PERSONS].record, it));
    const bool all = slot->kind == EXPR_SLOT_CHILD || every;
    uint8_t *set = !of_person ? to->record : all ? to->all : to->own;
    if (set[k]) continue;
    set[k] = 1;
    h->read[k] = 1;
    if (it->origin != ORIGIN_DERIVED) continue;
    involve(h, it->expression, of_person, of_person && all, to, depth + 1);
    involve(h, it->universe, of_person, of_person && all, to, depth + 1);
  }
}

static enum err_code involved_new(struct household_judge *h, struct judged *r, struct err *e) {
  const int n = h->s->form->n_items;
  r->involved =
      (struct involved){ARENA_ARRAY(h->arena, uint8_t, n + 1), ARENA_ARRAY(h->arena, uint8_t, n + 1), ARENA_ARRAY(h->arena, uint8_t, n + 1)};
  if (!r->involved.record || !r->involved.own || !r->involved.all) return no_memory(e);
  involve(h, r->expression, r->person, false, &r->involved, 0);
  involve(h, r->universe, r->person, false, &r->involved, 0);
  if (!r->expression) {
    const int k = (int)(r->item - h->s->form->items);
    (r->person ? r->involved.own : r->involved.record)[k] = h->read[k] = 1;
  }
  return E_OK;
}

/* --- small tables --- */
static enum err_code small_table(struct household_judge *h, int which, const char *record, int64_t rows, struct err *e) {
  struct column *columns = ARENA_ARRAY(h->arena, struct column, h->s->form->n_items + 1);
  if (!columns) return no_memory(e);
  const int n = form_columns(h->s->form, record, columns, h->s->form->n_items);
  for (int k = 0; k < n; k++) columns[k].dict = NULL;
  TRY(table_init(&h->table[which], h->arena, columns, n, rows + 1, e));
  h->table[which].n_rows = rows;
  return E_OK;
}

static enum err_code small_tables(struct household_judge *h, struct err *e) {
  const struct form *f = h->s->form;
  const char *record = f->records[h->s->record].name;
  TRY(small_table(h, RECORD, record, 1, e));
  TRY(small_table(h, ABOVE, record, h->size, e));
  for (int k = 0; k < h->table[ABOVE].n_columns; k++) h->table[ABOVE].columns[k].dict = h->table[RECORD].columns[k].dict;
  h->shard[RECORD] = (struct unit_shard){.record = record, .current = &h->table[RECORD]};
  h->shard[PERSONS] = (struct unit_shard){.record = ""};
  if (h->s->person_type < 0) return E_OK;
  const char *person = f->records[h->s->person_type].name;
  TRY(small_table(h, PERSONS, person, h->size, e));
  h->first[1] = h->size;
  h->child = (struct unit_child){person, &h->table[PERSONS], h->first};
  h->shard[RECORD].children = &h->child;
  h->shard[RECORD].n_children = 1;
  h->shard[PERSONS] = (struct unit_shard){.record = person, .current = &h->table[PERSONS], .parent = &h->table[ABOVE]};
  return E_OK;
}

static struct table *table_of(struct household_judge *h, const struct item *it) {
  return &h->table[h->s->person_type >= 0 && strcmp(it->record, h->shard[PERSONS].record) == 0 ? PERSONS : RECORD];
}

static enum err_code place_variables(struct household_judge *h, struct err *e) {
  TRY(household_variables_new(h->arena, h->s, h->size, &h->variables, &h->n_variables, &h->numbers, e));
  h->dict_id = ARENA_ARRAY(h->arena, int32_t *, h->n_variables + 1);
  h->unit = ARENA_ARRAY(h->arena, double, h->n_variables + 1);
  h->column = ARENA_ARRAY(h->arena, int, h->n_variables + 1);
  if (!h->dict_id || !h->unit || !h->column) return no_memory(e);
  for (int v = 0; v < h->n_variables; v++) {
    const struct household_item *it = h->variables[v].item;
    struct table *t = table_of(h, it->item);
    if ((h->column[v] = table_find(t, it->item->name)) < 0) return ERR(e, E_EDIT_NO_COLUMN, .subject = it->item->name);
    h->unit[v] = power_of_ten(it->item->decimals);
    if (!it->n_codes) continue;
    if (!(h->dict_id[v] = ARENA_ARRAY(h->arena, int32_t, it->n_codes))) return no_memory(e);
    for (int c = 0; c < it->n_codes - 1; c++)
      if ((h->dict_id[v][c] = dict_add(t->columns[h->column[v]].dict, it->codes[c])) < 0) return no_memory(e);
  }
  return E_OK;
}

/* --- rules --- */
static bool is_of(const struct household_judge *h, const char *record, bool *person) {
  *person = h->s->person_type >= 0 && strcmp(record, h->shard[PERSONS].record) == 0;
  return *person || strcmp(record, h->shard[RECORD].record) == 0;
}

static bool only_here(const struct expr *x) {
  for (int i = 0; x && i < expr_n_slots(x); i++)
    if (expr_slot(x, i)->kind == EXPR_SLOT_PREV || expr_slot(x, i)->kind == EXPR_SLOT_FRAME) return false;
  return true;
}

static enum err_code bind_one(
    struct household_judge *h, const struct expr *x, bool person, struct expr_binding *b, struct expr_scratch **scratch, struct err *e) {
  if (!x) return E_OK;
  TRY(edit_bind(h->arena, x, &h->shard[person ? PERSONS : RECORD], b, e));
  if (!(*scratch = expr_scratch_new(h->arena, x))) return no_memory(e);
  expr_scratch_keep(*scratch);
  return E_OK;
}

static enum err_code bind_rule(struct household_judge *h, struct judged *r, struct err *e) {
  TRY(bind_one(h, r->expression, r->person, &r->value, &r->value_scratch, e));
  return bind_one(h, r->universe, r->person, &r->inside, &r->inside_scratch, e);
}

static enum err_code make_rules(struct household_judge *h, struct err *e) {
  const struct form *f = h->s->form;
  h->rules = ARENA_ARRAY(h->arena, struct judged, f->n_checks + h->s->n_items + 1);
  if (!h->rules) return no_memory(e);
  for (int c = 0; c < f->n_checks; c++) {
    const struct check *k = &f->checks[c];
    bool person;
    if (k->severity != SEVERITY_HARD || !h->s->checks[c] || !is_of(h, k->record, &person)) continue;
    if (k->group || !only_here(k->expression) || !only_here(k->universe)) h->left_out++;
    else h->rules[h->n_rules++] = (struct judged){.expression = k->expression, .universe = k->universe, .person = person};
  }
  for (int i = 0; i < h->s->n_items; i++) {
    const struct item *it = h->s->items[i].item;
    if (it->universe) h->rules[h->n_rules++] = (struct judged){.universe = it->universe, .item = it, .person = h->s->items[i].person};
  }
  for (int i = 0; i < h->n_rules; i++) {
    TRY(involved_new(h, &h->rules[i], e));
    TRY(bind_rule(h, &h->rules[i], e));
  }
  return E_OK;
}

static enum err_code make_derived(struct household_judge *h, struct err *e) {
  const struct form *f = h->s->form;
  h->derived = ARENA_ARRAY(h->arena, struct judged, f->n_items + 1);
  if (!h->derived) return no_memory(e);
  for (int i = 0; i < f->n_items; i++) {
    const struct item *it = &f->items[i];
    bool person;
    if (!h->read[i] || it->origin != ORIGIN_DERIVED || !it->expression || !is_of(h, it->record, &person)) continue;
    h->derived[h->n_derived] = (struct judged){.expression = it->expression, .universe = it->universe, .item = it, .person = person};
    TRY(bind_rule(h, &h->derived[h->n_derived++], e));
  }
  return E_OK;
}

/* --- a unit's own values --- */
static bool copy_cell(const struct table *from, int64_t row, struct column *to, int64_t at) {
  const int k = table_find(from, to->name);
  to->status[at] = k < 0 ? (uint8_t)VAL_BLANK : from->columns[k].status[row];
  if (!value_present(to->status[at])) return true;
  if (to->type == COL_INT) to->i64[at] = from->columns[k].i64[row];
  else to->code[at] = dict_add(to->dict, dict_text(from->columns[k].dict, from->columns[k].code[row]));
  return to->type == COL_INT || to->code[at] >= 0;
}

static void spread(struct household_judge *h, int column) {
  const struct column *from = &h->table[RECORD].columns[column];
  struct column *to = &h->table[ABOVE].columns[column];
  for (int i = 0; i < h->size; i++) {
    to->status[i] = from->status[0];
    if (to->type == COL_INT) to->i64[i] = from->i64[0];
    else to->code[i] = from->code[0];
  }
}

static const struct unit_shard *shard_of(const struct household_spec *s, int64_t record) {
  int low = 0, high = s->n_shards - 1;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (s->shards[middle].first_record <= record) low = middle;
    else high = middle - 1;
  }
  return &s->shards[low];
}

static void fill_row(struct household_judge *h, int which, int64_t record, int64_t at) {
  const struct unit_shard *from = shard_of(h->s, record);
  struct table *t = &h->table[which];
  for (int k = 0; k < t->n_columns; k++) {
    if (!h->read[form_item_index(h->s->form, t->columns[k].name)]) continue;
    if (!copy_cell(from->current, record - from->first_record, &t->columns[k], at) && !h->error.code) (void)no_memory(&h->error);
    if (which == RECORD) spread(h, k);
  }
}

static void enter(void *context, int64_t row) {
  struct household_judge *h = context;
  fill_row(h, RECORD, h->units->record[row], 0);
  for (int p = 0; p < h->size; p++) fill_row(h, PERSONS, h->units->persons[row * h->size + p], p);
}

/* --- judging --- */
static void put_values(struct household_judge *h, const double *x) {
  for (int v = 0; v < h->n_variables; v++) {
    const struct household_variable *var = &h->variables[v];
    struct column *c = &h->table[var->person < 0 ? RECORD : PERSONS].columns[h->column[v]];
    const int at = var->person < 0 ? 0 : var->person;
    const bool absent = var->item->n_codes ? (int)x[v] == var->item->n_codes - 1 : x[v] <= NIM_NOT_APPLICABLE;
    c->status[at] = absent ? VAL_NOT_APPLICABLE : VAL_REPORTED;
    if (!absent && var->item->n_codes) c->code[at] = h->dict_id[v][(int)x[v]];
    else if (!absent) c->i64[at] = (int64_t)llround(x[v] * h->unit[v]);
    if (var->person < 0) spread(h, h->column[v]);
  }
}

static void derive(struct household_judge *h, const struct judged *d) {
  const int n = d->person ? h->size : 1;
  struct table *t = &h->table[d->person ? PERSONS : RECORD];
  const int k = table_find(t, d->item->name);
  struct str texts[NIM_MAX_PERSONS];
  uint8_t inside[NIM_MAX_PERSONS];
  struct column *c = &t->columns[k];
  enum err_code code = E_OK;
  memset(inside, EXPR_TRUE, sizeof inside);
  if (d->universe) code = expr_eval_bool(d->universe, &d->inside, d->inside_scratch, 0, n, inside, &h->error);
  if (!code && c->type == COL_INT) code = expr_eval_int(d->expression, &d->value, d->value_scratch, c->decimals, 0, n, c->i64, c->status, &h->error);
  else if (!code) code = expr_eval_text(d->expression, &d->value, d->value_scratch, 0, n, texts, c->status, &h->error);
  for (int i = 0; i < n && !code; i++) {
    if (inside[i] != EXPR_TRUE) c->status[i] = inside[i] == EXPR_FALSE ? VAL_NOT_APPLICABLE : VAL_UNKNOWN;
    if (c->type != COL_INT && value_present(c->status[i])) c->code[i] = dict_add(c->dict, texts[i]);
  }
  if (!d->person) spread(h, k);
}

/* Bits of the rows that fail: row + 1 of the first, 0 = none. */
static int first_row(struct household_judge *h, const struct judged *r) {
  const int n = r->person ? h->size : 1;
  uint8_t inside[NIM_MAX_PERSONS], truth[NIM_MAX_PERSONS];
  const struct column *c = r->expression ? NULL : table_column(&h->table[r->person ? PERSONS : RECORD], r->item->name);
  enum err_code code = E_OK;
  memset(inside, EXPR_TRUE, sizeof inside);
  memset(truth, EXPR_TRUE, sizeof truth);
  if (r->universe) code = expr_eval_bool(r->universe, &r->inside, r->inside_scratch, 0, n, inside, &h->error);
  if (!code && r->expression) code = expr_eval_bool(r->expression, &r->value, r->value_scratch, 0, n, truth, &h->error);
  for (int i = 0; i < n && !code; i++) {
    if (r->expression ? inside[i] == EXPR_TRUE && truth[i] == EXPR_FALSE
                      : inside[i] != EXPR_UNKNOWN && value_present(c->status[i]) != (inside[i] == EXPR_TRUE))
      return i + 1;
  }
  return code ? 1 : 0;
}

static int first_failure(void *context, const double *x) {
  struct household_judge *h = context;
  put_values(h, x);
  for (int i = 0; i < h->n_derived; i++) derive(h, &h->derived[i]);
  for (int i = 0; i < h->n_rules; i++) {
    const int row = first_row(h, &h->rules[i]);
    if (row) return i * (NIM_MAX_PERSONS + 1) + row;
  }
  return -1;
}

static bool involves(void *context, int failure, int variable) {
  const struct household_judge *h = context;
  const struct judged *r = &h->rules[failure / (NIM_MAX_PERSONS + 1)];
  const int row = failure % (NIM_MAX_PERSONS + 1) - 1, person = h->variables[variable].person;
  const int64_t k = h->variables[variable].item->item - h->s->form->items;
  if (person < 0) return r->involved.record[k];
  return r->involved.all[k] || (r->person && row == person && r->involved.own[k]);
}

enum err_code household_judge_new(struct arena *a, const struct household_spec *s, int size, const struct household_units *units,
    struct household_judge **out, struct nim_judge *judge, struct err *e) {
  struct household_judge *h = ARENA_NEW(a, struct household_judge);
  if (!h) return no_memory(e);
  *h = (struct household_judge){.arena = a, .s = s, .size = size, .units = units, .read = ARENA_ARRAY(a, uint8_t, s->form->n_items + 1)};
  if (!h->read) return no_memory(e);
  TRY(small_tables(h, e));
  TRY(place_variables(h, e));
  TRY(make_rules(h, e));
  TRY(make_derived(h, e));
  *judge = (struct nim_judge){h, enter, first_failure, involves};
  *out = h;
  return E_OK;
}

int household_left_out(const struct household_judge *h) { return h->left_out; }

enum err_code household_judge_error(const struct household_judge *h, struct err *e) {
  if (h->error.code && e) *e = h->error;
  return h->error.code;
}
