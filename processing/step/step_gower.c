/* step_gower.c -- flagged values of one item from the k nearest records of the by-group, over numbers and codes (gower.h).
 * weights  one per item of match, above 0; without them every item has weight 1.
 * Donor  the item is there, not flagged and not imputed before; at least k of them must be comparable. Notes: recipients, imputed, too_few,
 *        no_group. */
#include "processing/impute/gower.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_view.h"

static const struct step_option options[] = {{.key = "item", .kind = STEP_ITEM, .required = true},
    {.key = "match", .kind = STEP_ITEMS, .required = true}, {.key = "k", .kind = STEP_INT, .required = true, .low = 1, .high = GOWER_MAX_K},
    {.key = "take", .kind = STEP_CHOICE, .required = true, .words = "draw|median|mode"},
    {.key = "weights", .kind = STEP_TEXTS}, {.key = NULL}};

static bool weight_of(const struct step_spec *s, int k, double *out) {
  const struct step_value *v = step_value_of(s, "weights");
  int64_t scaled = STEP_ONE;
  if (v->given && !step_decimal(v->texts[k], STEP_DECIMALS, &scaled)) return false;
  *out = (double)scaled / STEP_ONE;
  return scaled > 0;
}

static enum err_code check_weights(const struct step_spec *s, struct err *e) {
  const struct step_value *v = step_value_of(s, "weights"), *match = step_value_of(s, "match");
  bool good = !v->given || (v->width == 0 && v->n_texts == match->n_items);
  double weight;
  for (int k = 0; good && k < match->n_items; k++) good = weight_of(s, k, &weight);
  return good ? E_OK : step_refuse("weights", "as many numbers above 0 as match has items, as texts", e);
}

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *match = step_value_of(s, "match");
  const bool number = item->items[0]->type == COL_INT;
  (void)p;
  TRY(step_check_items(s, "item", e));
  if (step_value_of(s, "take")->number == GOWER_MEDIAN && !number) return step_refuse("take", "draw or mode for an item that is no number", e);
  if (step_value_of(s, "take")->number == GOWER_MODE && number) return step_refuse("take", "draw or median for a number", e);
  if (match->n_items > GOWER_MAX_VARIABLES) return step_refuse("match", "at most 256 items", e);
  for (int k = 0; k < match->n_items; k++)
    if (match->items[k] == item->items[0]) return step_refuse("match", "items other than the one imputed", e);
  return check_weights(s, e);
}

/* --- columns: numbers as they are, codes numbered over all shards --- */
static enum err_code codes_of(
    struct job_state *j, const struct step_view *v, const struct item *item, int32_t *code, uint8_t *status, struct err *e) {
  struct dict *all = dict_new(j->arena);
  if (!all) return ERR(e, E_NO_MEMORY, .subject = item->name);
  for (int64_t i = 0; i < v->now.n; i++) {
    const struct unit_shard *shard = job_shard_of(j, v->record[i]);
    const struct column *c = table_column(shard->current, item->name);
    const int64_t row = v->record[i] - shard->first_record;
    status[i] = c ? c->status[row] : VAL_BLANK;
    if (value_present(status[i]) && (code[i] = dict_add(all, dict_text(c->dict, c->code[row]))) < 0)
      return ERR(e, E_NO_MEMORY, .subject = item->name);
  }
  return E_OK;
}

static enum err_code variable_of(struct job_state *j, const struct step_scope *scope, const struct step_view *v, const struct item *item,
    struct gower_variable *out, struct err *e) {
  if (item->type == COL_INT) {
    struct step_view one;
    const struct item **list = ARENA_ARRAY(j->arena, const struct item *, 1);
    if (!list) return ERR(e, E_NO_MEMORY, .subject = item->name);
    list[0] = item;
    TRY(step_view_make(j, scope, list, 1, (struct step_view_want){.before = false}, &one, e));
    *out = (struct gower_variable){.x = one.now.columns[0].x, .status = one.now.columns[0].status, .weight = 1};
    return E_OK;
  }
  int32_t *code = ARENA_ARRAY(j->arena, int32_t, v->now.n + 1);
  uint8_t *status = ARENA_ARRAY(j->arena, uint8_t, v->now.n + 1);
  if (!code || !status) return ERR(e, E_NO_MEMORY, .subject = item->name);
  TRY(codes_of(j, v, item, code, status, e));
  *out = (struct gower_variable){.code = code, .status = status, .weight = 1};
  return E_OK;
}

static enum err_code target_of(
    struct job_state *j, const struct step_scope *scope, const struct step_view *v, const struct item *item, double **out, struct err *e) {
  struct gower_variable t = {0};
  TRY(variable_of(j, scope, v, item, &t, e));
  *out = ARENA_ARRAY(j->arena, double, v->now.n + 1);
  if (!*out || (!t.x && !t.code)) return ERR(e, E_NO_MEMORY, .subject = item->name);
  for (int64_t i = 0; i < v->now.n; i++)
    (*out)[i] = t.x ? t.x[i] : t.code[i];
  return E_OK;
}

static enum err_code roles(
    struct job_state *j, const struct step_view *v, const struct item *item, uint8_t **recipient, uint8_t **donor, struct err *e) {
  const int index = (int)(item - j->form->items);
  *recipient = ARENA_ARRAY(j->arena, uint8_t, v->now.n + 1);
  *donor = ARENA_ARRAY(j->arena, uint8_t, v->now.n + 1);
  if (!*recipient || !*donor) return ERR(e, E_NO_MEMORY, .subject = item->name);
  for (int64_t i = 0; i < v->now.n; i++) {
    const uint8_t status = step_status(j, item, v->record[i]);
    (*recipient)[i] = step_target(j, item, v->record[i]);
    (*donor)[i] = value_present(status) && status != VAL_IMPUTED && !cell_flagged(&j->flags, index, v->record[i], FLAG_IMPUTE) &&
                  !cell_flagged(&j->flags, index, v->record[i], FLAG_EXCLUDE);
  }
  return E_OK;
}

/* --- the run --- */
static enum err_code put_values(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct step_view *v,
    const struct gower_result *g, struct step_report *r, struct err *e) {
  static const char *const names[] = {[GOWER_DRAW] = "gower_draw", [GOWER_MEDIAN] = "gower_median", [GOWER_MODE] = "gower_mode"};
  int64_t too_few = 0;
  for (int64_t i = 0; i < g->n_recipients; i++) {
    const int64_t record = v->record[g->row[i]];
    if (g->outcome[i] == GOWER_TOO_FEW) {
      too_few++;
      continue;
    }
    const int64_t from = v->record[g->donor[i]];
    const struct change_reason why = {.method = names[step_value_of(s, "take")->number],
        .class = scope->group_names[scope->group[record]],
        .level = s->n_by > 0,
        .donors = step_value_of(s, "k")->number,
        .rule = s->rule,
        .donor = from + 1};
    TRY(step_put_copy(j, step_value_of(s, "item")->items[0], record, from, &why, e));
  }
  step_note(r, "recipients", g->n_recipients);
  step_note(r, "imputed", g->n_recipients - too_few);
  step_note(r, "too_few", too_few);
  step_note(r, "no_group", v->no_group);
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *match = step_value_of(s, "match");
  const struct item *item = step_value_of(s, "item")->items[0];
  struct gower_variable *variables = ARENA_ARRAY(j->arena, struct gower_variable, match->n_items + 1);
  struct gower_result result;
  struct step_view v;
  uint8_t *recipient, *donor;
  double *target;
  if (!variables) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(step_view_rows(j, scope, &v, e));
  for (int k = 0; k < match->n_items; k++)
    TRY(variable_of(j, scope, &v, match->items[k], &variables[k], e));
  for (int k = 0; k < match->n_items; k++)
    if (!weight_of(s, k, &variables[k].weight)) return step_placed(j, s, step_refuse("weights", "numbers above 0", e), e);
  TRY(target_of(j, scope, &v, item, &target, e));
  TRY(roles(j, &v, item, &recipient, &donor, e));
  const struct gower_spec spec = {
      match->n_items, (int)step_value_of(s, "k")->number, variables, (enum gower_aggregate)step_value_of(s, "take")->number, s->seed};
  const struct gower_data data = {v.now.n, v.now.unit, recipient, donor, v.group, target};
  TRY(step_placed(j, s, gower_impute(j->arena, &spec, &data, &result, e), e));
  return put_values(j, s, scope, &v, &result, r, e);
}

const struct step_method step_gower = {.name = "gower", .options = options, .run = run, .check = check};
