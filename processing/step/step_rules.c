#include "processing/step/step_rules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "processing/edit/rule_eval.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "rules of a step"); }

enum err_code step_rules_choose(struct job_state *j, const struct step_spec *s, struct step_rules *out, struct err *e) {
  TRY(rule_build(j->arena, j->form, j->shards[0].record, &out->form, e));
  out->chosen = out->form.set;
  out->chosen.n_rules = 0;
  out->chosen.rules = ARENA_ARRAY(j->arena, struct rule, out->form.set.n_rules + 1);
  if (!out->chosen.rules) return no_memory(e);
  for (int i = 0; i < out->form.set.n_rules; i++)
    if (s->checks[out->form.set.rules[i].check]) out->chosen.rules[out->chosen.n_rules++] = out->form.set.rules[i];
  TRY(rule_linear_part(j->arena, &out->chosen, &out->part, e));
  out->system = &out->part.system;
  return E_OK;
}

/* Does the condition that the system assumes hold for this record? An unknown code leaves it out. */
static bool applies(const struct step_rules *r, const struct rule_data *d, int64_t row) {
  const struct rule_atom *c = r->part.condition;
  if (!c) return true;
  int32_t code = d->codes[c->k][row];
  return code >= 0 && !(c->set[code / 64] >> (code % 64) & 1);
}

enum err_code step_row_id(
    struct arena *a, const struct record_type *type, const struct unit_shard *shard, int64_t row, struct str *out, struct err *e) {
  char buffer[64];
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int i = 0; i < type->n_keys; i++) {
    const struct column *c = table_column(shard->current, type->keys[i]->name);
    struct str text = c ? column_text(c, row, buffer, sizeof buffer) : STR("");
    if (i) strbuf_addc(&b, '/');
    strbuf_add(&b, text.p, text.n);
  }
  const char *copy = arena_strdup(a, strbuf_cstr(&b), b.n);
  *out = copy ? str_view(copy, b.n) : STR("");
  strbuf_release(&b);
  return copy ? E_OK : no_memory(e);
}

/* --- rows: which records, in one numbering over the shards --- */
static enum err_code room(
    struct job_state *j, const struct step_scope *scope, const char *const *names, int p, struct step_rules *out, struct err *e) {
  out->record = ARENA_ARRAY(j->arena, int64_t, scope->n_selected + 1);
  out->group = ARENA_ARRAY(j->arena, int32_t, scope->n_selected + 1);
  out->item = ARENA_ARRAY(j->arena, int, p + 1);
  if (!out->record || !out->group || !out->item) return no_memory(e);
  TRY(num_table_init(&out->t, j->arena, names, p, scope->n_selected, e));
  for (int v = 0; v < p; v++) {
    out->item[v] = form_item_index(j->form, names[v]);
    out->t.columns[v].decimals = out->item[v] >= 0 ? j->form->items[out->item[v]].decimals : -1;
  }
  out->t.n = 0;
  return E_OK;
}

static enum err_code add_row(
    struct job_state *j, const struct step_scope *scope, const struct unit_shard *shard, int64_t row, struct step_rules *out, struct err *e) {
  int64_t record = shard->first_record + row;
  struct str *unit = (struct str *)(uintptr_t)&out->t.unit[out->t.n];
  TRY(step_row_id(j->arena, j->record, shard, row, unit, e));
  out->record[out->t.n] = record;
  out->group[out->t.n] = scope->group[record];
  out->t.n++;
  return E_OK;
}

static enum err_code add_shard(
    struct job_state *j, const struct step_scope *scope, const struct unit_shard *shard, const int *from, struct step_rules *out, struct err *e) {
  struct rule_data d;
  TRY(rule_data_of(j->arena, &out->chosen, shard, &d, e));
  for (int64_t row = 0; row < shard->current->n_rows; row++) {
    if (!scope->selected[shard->first_record + row] || !applies(out, &d, row)) continue;
    for (int v = 0; v < out->system->p; v++) {
      const struct num_column *c = &d.numbers.columns[from[v]];
      out->t.columns[v].x[out->t.n] = c->x[row];
      out->t.columns[v].status[out->t.n] = c->status[row];
    }
    TRY(add_row(j, scope, shard, row, out, e));
  }
  return E_OK;
}

enum err_code step_rules_build(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_rules *out, struct err *e) {
  *out = (struct step_rules){.record = NULL};
  TRY(step_rules_choose(j, s, out, e));
  if (!out->system->m) return ERR(e, E_JOB_NO_LINEAR, .subject = s->name);
  TRY(room(j, scope, out->system->names, out->system->p, out, e));
  int *from = ARENA_ARRAY(j->arena, int, out->system->p + 1);
  if (!from) return no_memory(e);
  for (int v = 0; v < out->system->p; v++)
    if ((from[v] = linear_find(&out->chosen.numeric, str_of(out->system->names[v]))) < 0) return ERR(e, E_BUG, .subject = out->system->names[v]);
  for (int i = 0; i < j->n_shards; i++) TRY(add_shard(j, scope, &j->shards[i], from, out, e));
  return E_OK;
}

static double power_of_ten(int n) {
  double x = 1;
  for (int i = 0; i < n; i++) x *= 10;
  return x;
}

enum err_code step_items_build(
    struct job_state *j, const struct step_scope *scope, const struct item *const *items, int n, struct step_rules *out, struct err *e) {
  const char **names = ARENA_ARRAY(j->arena, const char *, n + 1);
  *out = (struct step_rules){.record = NULL};
  if (!names) return no_memory(e);
  for (int i = 0; i < n; i++) names[i] = items[i]->name;
  TRY(room(j, scope, names, n, out, e));
  for (int i = 0; i < j->n_shards; i++) {
    const struct unit_shard *shard = &j->shards[i];
    for (int64_t row = 0; row < shard->current->n_rows; row++) {
      if (!scope->selected[shard->first_record + row]) continue;
      for (int v = 0; v < n; v++) {
        const struct column *c = table_column(shard->current, names[v]);
        if (!c || c->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = names[v]);
        bool there = value_present(c->status[row]);
        out->t.columns[v].x[out->t.n] = there ? (double)c->i64[row] / power_of_ten(c->decimals) : 0;
        out->t.columns[v].status[out->t.n] = c->status[row];
      }
      TRY(add_row(j, scope, shard, row, out, e));
    }
  }
  return E_OK;
}

/* --- flags and values --- */
enum err_code step_rules_flags(struct job_state *j, const struct step_rules *r, enum cell_flag flag, uint8_t ***out, struct err *e) {
  uint8_t **flags = ARENA_ARRAY(j->arena, uint8_t *, r->t.p + 1);
  if (!flags) return no_memory(e);
  for (int v = 0; v < r->t.p; v++) {
    if (r->item[v] < 0 || !j->flags.of_item[r->item[v]]) continue;
    if (!(flags[v] = ARENA_ARRAY(j->arena, uint8_t, r->t.n + 1))) return no_memory(e);
    for (int64_t i = 0; i < r->t.n; i++) {
      bool settled = flag == FLAG_IMPUTE && r->t.columns[v].status[i] == VAL_IMPUTED;
      flags[v][i] = !settled && cell_flagged(&j->flags, r->item[v], r->record[i], flag);
    }
  }
  *out = flags;
  return E_OK;
}

enum err_code step_rules_put(struct job_state *j, const struct step_spec *s, const struct step_rules *r, int64_t row, int var, double value,
    const struct step_change *c, bool *written, struct err *e) {
  int64_t record = r->record[row];
  const struct unit_shard *shard = job_shard_of(j, record);
  *written = false;
  if (r->item[var] < 0) return ERR(e, E_BUG, .subject = r->t.columns[var].name);
  struct column *to = table_column(shard->current, j->form->items[r->item[var]].name);
  double scaled = round(value * power_of_ten(to ? to->decimals : 0));
  if (!to || to->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = r->t.columns[var].name);
  if (!(fabs(scaled) < 9.2e18)) return ERR(e, E_IMPUTE_OVERFLOW, .subject = to->name);
  const struct change_reason why = {.method = c->method, .class = {"", 0}, .donors = -1, .rule = s->rule, .donor = c->donor, .formula = c->formula};
  if (value_present(to->status[record - shard->first_record]) && to->i64[record - shard->first_record] == (int64_t)scaled) return E_OK;
  *written = true;
  j->changed[record] = 1;
  return change_number(&j->log, to, record - shard->first_record, record, (int64_t)scaled, c->status, &why, e);
}

const char *step_rules_failing(struct job_state *j, const struct step_rules *r, int64_t row) {
  bool *named = ARENA_ARRAY(j->arena, bool, r->t.p + 1);
  double *x = ARENA_ARRAY(j->arena, double, r->t.p + 1);
  const char *out = "";
  for (int v = 0; x && v < r->t.p; v++) x[v] = r->t.columns[v].x[row];
  for (int i = 0; named && x && i < r->system->m; i++) {
    const struct linear_edit *edit = &r->system->edits[i];
    bool known = true;
    for (int k = 0; k < edit->n; k++) known = known && num_present(&r->t.columns[edit->var[k]], row);
    for (int k = 0; k < edit->n && !(known && linear_holds(edit, x)); k++) named[edit->var[k]] = true;
  }
  for (int v = 0; named && v < r->t.p && out; v++)
    if (named[v] && r->item[v] >= 0) out = arena_printf(j->arena, "%s%s%s", out, *out ? ";" : "", r->t.columns[v].name);
  return out && *out ? out : j->record->keys[0]->name;
}
