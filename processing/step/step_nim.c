/* step_nim.c -- households that fail take the least change from a near household that passes (nim.h), judged by the form's own checks over the record
 * and its persons
 * (household_judge.h). Without `persons` a unit is one record.
 * Unit     records of the step's type that are selected, in by-groups, with their persons in the order of the persons' keys; only units of equal size
 *          serve each other.
 * Replaced values that are missing although their universe does not say that they should be, or are flagged `impute` and not imputed since. A donor
 *          has none of them.
 * Left     no donor, no passing action: a proposal each; more persons than max_size or no by-group: where a hard check fails or is undecided.
 *          Values put: VAL_IMPUTED (or not applicable, as the
 *          donor's), donor named.
 * Notes    households, failed, donors, served, no_donor, no_action, too_large, no_group, without_values (no persons), truncated (search ended by
 *          max_nodes), checks_left_out (they read the previous
 *          period, the register or groups). Derived items of changed households and their persons are worked out anew.
 * Cost     see nim.h, per by-group and size. Memory 9 bytes per value. */
#include <stdlib.h>
#include <string.h>

#include "processing/edit/edit_run.h"
#include "processing/impute/household_judge.h"
#include "processing/step/item_numbers.h"
#include "processing/job/job_run.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_view.h"
#include "processing/unit/derive_items.h"

static const struct step_option options[] = {{.key = "persons", .kind = STEP_TEXT}, {.key = "items", .kind = STEP_ITEMS, .required = true},
    {.key = "weights", .kind = STEP_TEXT, .required = true}, {.key = "scales", .kind = STEP_TEXT},
    {.key = "donors", .kind = STEP_INT, .required = true, .low = 1, .high = 1000},
    {.key = "alpha", .kind = STEP_DECIMAL, .required = true, .low = STEP_ONE / 2 + 1, .high = STEP_ONE},
    {.key = "gamma", .kind = STEP_DECIMAL, .required = true, .low = STEP_ONE, .high = 999 * (int64_t)STEP_ONE},
    {.key = "t", .kind = STEP_DECIMAL, .required = true, .low = 0, .high = 999 * (int64_t)STEP_ONE},
    {.key = "fixed", .kind = STEP_INT, .required = true, .low = 0, .high = NIM_MAX_PERSONS},
    {.key = "max_size", .kind = STEP_INT, .required = true, .low = 0, .high = NIM_MAX_PERSONS},
    {.key = "max_nodes", .kind = STEP_INT, .required = true, .low = 1, .high = 1000000000}, {.key = NULL}};

/* --- options --- */
static bool is_equal(const struct step_spec *s) { return strcmp(step_value_of(s, "weights")->text, "equal") == 0; }

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *items = step_value_of(s, "items");
  double x = 1;
  (void)p;
  TRY(step_check_items(s, "items", e));
  for (int i = 0; i < items->n_items; i++) {
    const struct item *it = items->items[i];
    if (it->type != COL_INT && it->type != COL_CODE) return step_refuse(it->name, "a number or a code", e);
    for (int k = 0; k < i; k++)
      if (items->items[k] == it) return step_refuse("items", "each item once", e);
    if (!is_equal(s) && !item_number(step_value_of(s, "weights")->text, it->name, &x))
      return step_refuse("weights", "equal, or item=number joined by ; for every item", e);
    if (it->type == COL_INT && (!item_number(step_value_of(s, "scales")->text, it->name, &x) || !(x > 0)))
      return step_refuse("scales", "item=number joined by ; for every number item: the difference that counts as 1, above 0", e);
  }
  if (!is_equal(s) && !item_numbers_named(step_value_of(s, "weights")->text, items)) return step_refuse("weights", "items of the step, each once", e);
  if (!item_numbers_named(step_value_of(s, "scales")->text, items)) return step_refuse("scales", "items of the step, each once", e);
  return E_OK;
}

struct work {
  struct job_state *j;
  const struct step_spec *s;
  const struct step_scope *scope;
  struct household_spec spec;
  struct household_item *items;
  uint8_t **outside; /* [n_items] by record: the item's universe as judged now; NULL = none */
  int64_t households, failed, donors, served, by_outcome[3], too_large, no_group, truncated, without_values;
  int left_out;
  uint8_t *touched;
};

/* --- items and their codes --- */
static int by_text(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

static enum err_code list_codes(struct work *w, struct household_item *it, struct err *e) {
  struct dict *seen = dict_new(w->j->arena);
  if (!seen) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  for (int s = 0; s < w->j->n_all; s++) {
    const struct column *c = table_column(w->j->all[s].current, it->item->name);
    for (int32_t i = 0; c && c->dict && i < dict_count(c->dict); i++)
      if (dict_add(seen, dict_text(c->dict, i)) < 0) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  }
  struct str *codes = ARENA_ARRAY(w->j->arena, struct str, dict_count(seen) + 1);
  if (!codes) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  for (int32_t i = 0; i < dict_count(seen); i++) codes[i] = dict_text(seen, i);
  qsort(codes, (size_t)dict_count(seen), sizeof *codes, by_text);
  it->codes = codes;
  it->n_codes = dict_count(seen) + 1;
  return E_OK;
}

static enum err_code judge_universe(struct work *w, int i, struct err *e) {
  const struct item *it = w->items[i].item;
  if (!it->universe) return E_OK;
  if (!(w->outside[i] = ARENA_ARRAY(w->j->arena, uint8_t, w->j->n_records + 1))) return ERR(e, E_NO_MEMORY, .subject = it->name);
  job_on_record(w->j, w->items[i].person ? w->spec.person_type : w->s->record);
  enum err_code code = job_condition(w->j, it->universe, w->outside[i], e);
  job_on_record(w->j, w->s->record);
  return code;
}

static enum err_code make_items(struct work *w, struct err *e) {
  const struct step_value *v = step_value_of(w->s, "items");
  const char *own = w->j->form->records[w->s->record].name, *person = w->spec.person_type < 0 ? "" : w->j->form->records[w->spec.person_type].name;
  w->items = ARENA_ARRAY(w->j->arena, struct household_item, v->n_items + 1);
  w->outside = ARENA_ARRAY(w->j->arena, uint8_t *, v->n_items + 1);
  if (!w->items || !w->outside) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  for (int i = 0; i < v->n_items; i++) {
    w->items[i] = (struct household_item){.item = v->items[i], .person = strcmp(v->items[i]->record, person) == 0};
    if (!w->items[i].person && strcmp(v->items[i]->record, own) != 0)
      return step_placed(w->j, w->s, ERR(e, E_JOB_RECORD, .subject = v->items[i]->name), e);
    if (v->items[i]->type == COL_CODE) TRY(list_codes(w, &w->items[i], e));
    TRY(judge_universe(w, i, e));
  }
  w->spec.items = w->items;
  w->spec.n_items = v->n_items;
  return E_OK;
}

static enum err_code begin(struct work *w, struct err *e) {
  struct job_state *j = w->j;
  const char *persons = step_value_of(w->s, "persons")->text;
  w->spec = (struct household_spec){
      .form = j->form, .shards = j->all, .n_shards = j->n_all, .record = w->s->record, .person_type = -1, .checks = w->s->checks};
  for (int t = 0; j->family && persons && t < j->form->n_records; t++)
    if (strcmp(j->form->records[t].name, persons) == 0 && j->family->types[t].parent == w->s->record) w->spec.person_type = t;
  if (step_value_of(w->s, "persons")->given && w->spec.person_type < 0)
    return step_placed(j, w->s, step_refuse("persons", "a record type below that of the step", e), e);
  if (!(w->touched = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1))) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  return make_items(w, e);
}

/* --- units: a by-group and size at a time --- */
struct unit {
  int64_t record;
  int32_t group;
  int size;
};
static int by_group_and_size(const void *a, const void *b) {
  const struct unit *p = a, *q = b;
  if (p->group != q->group) return p->group < q->group ? -1 : 1;
  if (p->size != q->size) return p->size < q->size ? -1 : 1;
  return (p->record > q->record) - (p->record < q->record);
}

static enum err_code leave(struct work *w, int64_t record, const char *ja, const char *en, struct err *e) {
  const struct job_proposal p = {w->j->record->keys[0]->name, ja, en, "回答を確かめる", "check the answers"};
  return job_propose(w->j, w->s, record, &p, e);
}

/* Which records fail a hard check now or leave one undecided, themselves or in one of their persons: [n_records]. */
static enum err_code judge_all(struct work *w, uint8_t *bad, struct err *e) {
  const uint8_t wrong = EDIT_FAILED_HARD | EDIT_UNKNOWN_HARD;
  struct edit_result now;
  const struct unit_place *from;
  TRY(edit_run(w->j->job, w->j->arena, w->j->form, w->j->all, w->j->n_all, &now, e));
  for (int64_t i = 0; i < w->j->n_records; i++) {
    bad[i] = (now.state[i] & wrong) != 0;
    if (!w->scope->selected[i] || w->spec.person_type < 0) continue;
    const int64_t size = unit_children_of(w->j->family, i, w->spec.person_type, &from);
    for (int64_t p = 0; p < size; p++) bad[i] |= (now.state[unit_record_at(w->j->family, from[p])] & wrong) != 0;
  }
  return E_OK;
}

/* Units that cannot be taken are called for only where something is wrong with them. */
static enum err_code leave_wrong(struct work *w, int64_t most, struct err *e) {
  const struct unit_place *from;
  uint8_t *bad = ARENA_ARRAY(w->j->arena, uint8_t, w->j->n_records + 1);
  if (!bad) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  TRY(judge_all(w, bad, e));
  for (int64_t i = 0; i < w->j->n_records; i++) {
    if (!w->scope->selected[i] || !bad[i]) continue;
    const int64_t size = w->spec.person_type < 0 ? 0 : unit_children_of(w->j->family, i, w->spec.person_type, &from);
    if (w->scope->group[i] < 0)
      TRY(leave(w, i, "区分がなく、最近隣法で補完できない", "it belongs to no by-group and could not be judged for imputation", e));
    else if (size > most) TRY(leave(w, i, "人数が多く、最近隣法で補完できない", "it has more persons than the step takes", e));
  }
  return E_OK;
}

static enum err_code list_units(struct work *w, struct unit *units, int64_t *n, struct err *e) {
  const int64_t most = step_value_of(w->s, "max_size")->number;
  *n = 0;
  for (int64_t i = 0; i < w->j->n_records; i++) {
    const struct unit_place *from;
    if (!w->scope->selected[i]) continue;
    const int64_t size = w->spec.person_type < 0 ? 0 : unit_children_of(w->j->family, i, w->spec.person_type, &from);
    w->households++;
    w->no_group += w->scope->group[i] < 0;
    w->too_large += size > most;
    if (w->scope->group[i] >= 0 && size <= most) units[(*n)++] = (struct unit){i, w->scope->group[i], (int)size};
  }
  if (w->too_large || w->no_group) TRY(leave_wrong(w, most, e));
  if (*n) qsort(units, (size_t)*n, sizeof *units, by_group_and_size);
  return E_OK;
}

struct batch { /* units of one group and size */
  struct work *w;
  int size, n_variables, numbers;
  int64_t n;
  struct household_variable *variables;
  struct household_units units;
  int64_t *record, *persons;
  struct str *unit;
  double *value;
  uint8_t *must;
};

static int64_t record_of(const struct batch *b, int64_t row, int variable) {
  const int p = b->variables[variable].person;
  return p < 0 ? b->record[row] : b->persons[row * b->size + p];
}

static double power_of_ten(int n) { return n > 0 ? 10 * power_of_ten(n - 1) : 1; }

static int place_of_code(const struct household_item *it, struct str text) {
  int low = 0, high = it->n_codes - 2;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (str_cmp(it->codes[middle], text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* The value as nim.h wants it; must: it is to be replaced. */
static void read_value(const struct batch *b, int64_t row, int v) {
  const struct work *w = b->w;
  const struct household_item *it = b->variables[v].item;
  const int64_t record = record_of(b, row, v);
  const struct unit_shard *shard = job_shard_of(w->j, record);
  const struct column *c = table_column(shard->current, it->item->name);
  const int64_t at = record - shard->first_record;
  const uint8_t status = c ? c->status[at] : (uint8_t)VAL_BLANK, *outside = w->outside[it - w->items];
  const bool flagged = status != VAL_IMPUTED && cell_flagged(&w->j->flags, (int)(it->item - w->j->form->items), record, FLAG_IMPUTE);
  const bool absent = !value_present(status) && (outside ? outside[record] == EXPR_FALSE : status == VAL_NOT_APPLICABLE);
  double *x = &b->value[row * b->n_variables + v];
  b->must[row * b->n_variables + v] = flagged || (!value_present(status) && !absent);
  if (!value_present(status)) *x = it->n_codes ? it->n_codes - 1 : NIM_NOT_APPLICABLE;
  else if (it->n_codes) *x = place_of_code(it, dict_text(c->dict, c->code[at]));
  else *x = (double)c->i64[at] / power_of_ten(it->item->decimals);
}

static enum err_code fill_unit(struct batch *b, int64_t row, const struct unit *u, struct err *e) {
  struct work *w = b->w;
  const struct unit_place *from = NULL;
  b->record[row] = u->record;
  if (b->size) (void)unit_children_of(w->j->family, u->record, w->spec.person_type, &from);
  for (int p = 0; p < b->size; p++) b->persons[row * b->size + p] = unit_record_at(w->j->family, from[p]);
  TRY(step_unit_id(w->j, u->record, &b->unit[row], e));
  for (int v = 0; v < b->n_variables; v++) read_value(b, row, v);
  return E_OK;
}

static enum err_code make_batch(struct work *w, const struct unit *units, int64_t n, struct batch *b, struct err *e) {
  struct arena *a = w->j->arena;
  *b = (struct batch){.w = w, .n = n, .size = units[0].size};
  TRY(household_variables_new(a, &w->spec, b->size, &b->variables, &b->n_variables, &b->numbers, e));
  b->record = ARENA_ARRAY(a, int64_t, n + 1);
  b->persons = ARENA_ARRAY(a, int64_t, n * b->size + 1);
  b->unit = ARENA_ARRAY(a, struct str, n + 1);
  b->value = ARENA_ARRAY(a, double, n * b->n_variables + 1);
  b->must = ARENA_ARRAY(a, uint8_t, n * b->n_variables + 1);
  if (!b->record || !b->persons || !b->unit || !b->value || !b->must) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  for (int64_t i = 0; i < n; i++) TRY(fill_unit(b, i, &units[i], e));
  b->units = (struct household_units){b->record, b->persons};
  return E_OK;
}

/* --- the search --- */
static enum err_code make_spec(const struct batch *b, struct nim_spec *out, struct rule_set *rules, struct err *e) {
  const struct step_spec *s = b->w->s;
  struct arena *a = b->w->j->arena;
  struct nim_variable *variables = ARENA_ARRAY(a, struct nim_variable, b->n_variables + 1);
  rules->numeric.p = b->numbers;
  rules->n_categories = b->n_variables - b->numbers;
  rules->categories = ARENA_ARRAY(a, struct rule_category, rules->n_categories + 1);
  int *place = ARENA_ARRAY(a, int, b->n_variables + 1), n = 0;
  if (!variables || !rules->categories || !place) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int v = 0; v < b->n_variables; v++) {
    const struct item *it = b->variables[v].item->item;
    variables[v] = (struct nim_variable){.weight = 1, .scale = 1};
    if (!is_equal(s)) (void)item_number(step_value_of(s, "weights")->text, it->name, &variables[v].weight);
    if (v < b->numbers) (void)item_number(step_value_of(s, "scales")->text, it->name, &variables[v].scale);
    else rules->categories[v - b->numbers] = (struct rule_category){.name = it->name, .n_codes = b->variables[v].item->n_codes};
  }
  for (int p = 0; p < b->size; p++)
    for (int v = 0; v < b->n_variables; v++)
      if (b->variables[v].person == p) place[n++] = v;
  *out = (struct nim_spec){.rules = rules,
      .variables = variables,
      .layout = {b->size, b->size ? n / b->size : 0, (int)step_value_of(s, "fixed")->number, place, true},
      .n_donors = (int)step_value_of(s, "donors")->number,
      .alpha = (double)step_value_of(s, "alpha")->number / STEP_ONE,
      .gamma = (double)step_value_of(s, "gamma")->number / STEP_ONE,
      .t = (double)step_value_of(s, "t")->number / STEP_ONE,
      .max_nodes = step_value_of(s, "max_nodes")->number,
      .seed = s->seed};
  return E_OK;
}

/* --- back --- */
static enum err_code put_value(struct work *w, const struct item *item, int64_t record, int64_t from, struct err *e) {
  const struct unit_shard *shard = job_shard_of(w->j, record), *source = job_shard_of(w->j, from);
  struct column *to = table_column(shard->current, item->name);
  const struct column *c = table_column(source->current, item->name);
  const int64_t row = record - shard->first_record, at = from - source->first_record;
  const struct change_reason why = {.method = "nim", .class = STR(""), .donors = -1, .rule = w->s->rule, .donor = from + 1};
  if (!to || !c) return ERR(e, E_EDIT_NO_COLUMN, .subject = item->name);
  w->j->changed[record] = 1;
  if (value_present(c->status[at])) return step_put_copy(w->j, item, record, from, &why, e);
  if (to->type == COL_INT) return change_number(&w->j->log, to, row, record, 0, VAL_NOT_APPLICABLE, &why, e);
  return change_text(&w->j->log, to, row, record, STR(""), VAL_NOT_APPLICABLE, &why, e);
}

static enum err_code put_unit(struct batch *b, const struct nim_unit *u, struct err *e) {
  struct work *w = b->w;
  w->by_outcome[u->outcome]++;
  w->truncated += u->truncated;
  if (u->outcome == NIM_NO_DONOR)
    return leave(w, b->record[u->row], "補完に使える世帯がない", "there is no passing unit of its size that could serve it", e);
  if (u->outcome == NIM_NO_ACTION)
    return leave(w, b->record[u->row], "近い世帯からの補完で検査を満たせない", "no values of the nearest units make it pass", e);
  w->touched[b->record[u->row]] = 1;
  for (int p = 0; p < b->size; p++) w->touched[b->persons[u->row * b->size + p]] = 1;
  for (int v = 0; v < b->n_variables; v++) {
    const int p = b->variables[v].person;
    if (u->taken[v])
      TRY(put_value(
          w, b->variables[v].item->item, record_of(b, u->row, v), p < 0 ? b->record[u->donor] : b->persons[u->donor * b->size + u->person[p]], e));
  }
  return E_OK;
}

/* A check of the step reads an item that neither the record nor its persons have: one of a record above. */
static enum err_code unreadable(const struct work *w, struct err *e) {
  const char *said = arena_printf(w->j->arena, "checks whose items the record and its persons have (%.60s is not one)", e->subject);
  return step_placed(w->j, w->s, ERR(e, E_JOB_VALUE, .subject = "checks", .expected = said ? said : ""), e);
}

static enum err_code run_batch(struct work *w, const struct unit *units, int64_t n, struct err *e) {
  struct arena *a = w->j->arena;
  struct batch *b = ARENA_NEW(a, struct batch);
  struct rule_set *rules = ARENA_NEW(a, struct rule_set);
  struct nim_spec spec;
  struct nim_judge judge;
  struct nim_result result;
  struct household_judge *h;
  if (!b || !rules) return ERR(e, E_NO_MEMORY, .subject = w->s->name);
  TRY(make_batch(w, units, n, b, e));
  if (!b->n_variables) { /* no persons, and no item of the record itself: nothing to take */
    w->without_values += n;
    return E_OK;
  }
  TRY(make_spec(b, &spec, rules, e));
  const enum err_code made = household_judge_new(a, &w->spec, b->size, &b->units, &h, &judge, e);
  if (made == E_EDIT_NO_COLUMN) return unreadable(w, e);
  TRY(step_placed(w->j, w->s, made, e));
  spec.judge = &judge;
  const struct nim_data data = {.n = n, .unit = b->unit, .value = b->value, .must = b->must};
  TRY(step_placed(w->j, w->s, nim_impute(a, &spec, &data, &result, e), e));
  TRY(household_judge_error(h, e));
  w->left_out = household_left_out(h);
  w->failed += result.n_units;
  w->donors += result.n_donors;
  for (int64_t i = 0; i < result.n_units; i++) TRY(put_unit(b, &result.units[i], e));
  return E_OK;
}

static void note_counts(const struct work *w, struct step_report *r) {
  step_note(r, "households", w->households);
  step_note(r, "failed", w->failed);
  step_note(r, "donors", w->donors);
  step_note(r, "served", w->by_outcome[NIM_FOUND]);
  step_note(r, "no_donor", w->by_outcome[NIM_NO_DONOR]);
  step_note(r, "no_action", w->by_outcome[NIM_NO_ACTION]);
  step_note(r, "too_large", w->too_large);
  step_note(r, "no_group", w->no_group);
  step_note(r, "without_values", w->without_values);
  step_note(r, "truncated", w->truncated);
  step_note(r, "checks_left_out", w->left_out);
}

static enum err_code derive_after(struct work *w, struct err *e) {
  struct job_state *j = w->j;
  if (j->family) {
    TRY(unit_family_refresh(j->family, e));
    return job_derive_family(j, w->touched, NULL, e);
  }
  for (int i = 0; i < j->n_shards; i++) TRY(derive_items(j->arena, j->form, &j->shards[i], w->touched, &j->log, e));
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  struct work *w = ARENA_NEW(j->arena, struct work);
  struct unit *units = ARENA_ARRAY(j->arena, struct unit, scope->n_selected + 1);
  int64_t n;
  if (!w || !units) return ERR(e, E_NO_MEMORY, .subject = s->name);
  *w = (struct work){.j = j, .s = s, .scope = scope};
  TRY(begin(w, e));
  TRY(list_units(w, units, &n, e));
  for (int64_t i = 0, end; i < n; i = end) {
    for (end = i; end < n && units[end].group == units[i].group && units[end].size == units[i].size;) end++;
    TRY(run_batch(w, units + i, end - i, e));
  }
  TRY(derive_after(w, e));
  note_counts(w, r);
  return E_OK;
}

const struct step_method step_nim = {.name = "nim", .options = options, .household = true, .run = run, .check = check};
