/* step_hotdeck.c -- flagged values take those of one donor of the by-group (hotdeck.h): drawn, drawn by design weight, or the last one in the
 * order of an item.
 * Recipient  a record with a flagged value among the items; of its items only the flagged ones change. Donor: all items there, none flagged, none
 *            imputed before.
 * Classes    the by-group; with `collapse` a group of fewer than min_donors donors gives way to that of the first by-items, one item less each
 *            time, at last to all records.
 * Cold deck  `cold` (with sequential): rows of a by-group's text (items joined by ;) and a starting value for each item, for what no donor serves:
 *            method hotdeck_cold, no donor.
 * Notes      recipients, imputed (values), cold (values of the cold deck), no_class, no_start, no_sort_key (recipients without a value to be sorted
 *            by), no_group. Weighted draws need the job's weight. */
#include <string.h>

#include "processing/impute/hotdeck.h"
#include "processing/job/job_run.h"
#include "processing/step/step_methods.h"
#include "processing/step/step_view.h"

enum draw { DRAW_RANDOM, DRAW_WEIGHTED, DRAW_SEQUENTIAL };
static const struct step_option options[] = {{.key = "items", .kind = STEP_ITEMS, .required = true},
    {.key = "draw", .kind = STEP_CHOICE, .required = true, .words = "random|weighted|sequential"},
    {.key = "min_donors", .kind = STEP_INT, .required = true, .low = 1, .high = 1000000}, {.key = "collapse", .kind = STEP_TRUTH, .required = true},
    {.key = "sort_by", .kind = STEP_NUMBER_ITEM}, {.key = "cold", .kind = STEP_TEXTS}, {.key = NULL}};

static bool fits(const struct item *item, const char *text) {
  int64_t value;
  if (item->type == COL_CODE) return *text && (!item->codelist || codelist_find(item->codelist, str_of(text), INT64_MIN));
  if (item->type != COL_INT) return *text != 0;
  const bool day = item->class == CLASS_DATE || item->class == CLASS_WAREKI;
  if (day || !step_decimal(text, item->decimals, &value)) return false;
  return !(item->has_min && value < item->min) && !(item->has_max && value > item->max);
}

static enum err_code check_cold(const struct step_spec *s, struct err *e) {
  const struct step_value *cold = step_value_of(s, "cold"), *items = step_value_of(s, "items");
  if (!cold->given) return E_OK;
  if (step_value_of(s, "draw")->number != DRAW_SEQUENTIAL) return step_refuse("cold", "a sequential deck", e);
  if (cold->width != items->n_items + 1) return step_refuse("cold", "rows of a by-group and one value for each item", e);
  for (int at = 0; at < cold->n_texts; at += cold->width) {
    for (int before = 0; before < at; before += cold->width)
      if (strcmp(cold->texts[before], cold->texts[at]) == 0) return step_refuse("cold", "each by-group once", e);
    for (int k = 0; k < items->n_items; k++)
      if (!fits(items->items[k], cold->texts[at + 1 + k])) return step_refuse("cold", "values that the items may have (no dates)", e);
  }
  return E_OK;
}

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const int64_t draw = step_value_of(s, "draw")->number;
  TRY(step_check_items(s, "items", e));
  if (draw == DRAW_WEIGHTED && !p->weight) return step_refuse("draw", "a weight of the job, not none, for a weighted draw", e);
  if ((draw == DRAW_SEQUENTIAL) != step_value_of(s, "sort_by")->given)
    return step_refuse("sort_by", "an item to be sorted by for sequential, else none", e);
  if (step_value_of(s, "collapse")->number && s->n_by >= HOTDECK_MAX_LEVELS) return step_refuse("collapse", "at most 7 items in by", e);
  return check_cold(s, e);
}

struct deck {
  const struct step_value *items;
  struct step_view view;
  uint8_t *recipient, *donor;
  int64_t no_sort_key, imputed, cold; /* cold: values of the cold deck */
  struct hotdeck_spec spec;
  struct hotdeck_result result;
};

/* --- who is what --- */
static void judge_record(const struct job_state *j, const struct deck *d, int64_t i) {
  const int64_t record = d->view.record[i];
  bool target = false, whole = true;
  for (int k = 0; k < d->items->n_items; k++) {
    const struct item *item = d->items->items[k];
    const int index = (int)(item - j->form->items);
    const uint8_t status = step_status(j, item, record);
    target = target || step_target(j, item, record);
    whole = whole && value_present(status) && status != VAL_IMPUTED && !cell_flagged(&j->flags, index, record, FLAG_IMPUTE) &&
            !cell_flagged(&j->flags, index, record, FLAG_EXCLUDE);
  }
  d->recipient[i] = target;
  d->donor[i] = whole && !target;
}

static enum err_code judge_all(struct job_state *j, struct deck *d, struct err *e) {
  d->recipient = ARENA_ARRAY(j->arena, uint8_t, d->view.now.n + 1);
  d->donor = ARENA_ARRAY(j->arena, uint8_t, d->view.now.n + 1);
  if (!d->recipient || !d->donor) return ERR(e, E_NO_MEMORY, .subject = "hot deck");
  for (int64_t i = 0; i < d->view.now.n; i++) {
    judge_record(j, d, i);
    if (!d->spec.sort_key || num_present(&d->view.now.columns[0], i)) continue;
    d->no_sort_key += d->recipient[i];
    d->recipient[i] = d->donor[i] = 0;
  }
  return E_OK;
}

/* --- classes: the by-groups, then those of fewer items --- */
static enum err_code one_level(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, int n_by, struct deck *d, struct err *e) {
  struct step_scope coarse = {.n_groups = 0};
  int32_t *class_of = ARENA_ARRAY(j->arena, int32_t, d->view.now.n + 1);
  if (!class_of) return ERR(e, E_NO_MEMORY, .subject = "classes");
  TRY(job_groups(j, s->by, n_by, scope->selected, &coarse, e));
  for (int64_t i = 0; i < d->view.now.n; i++)
    class_of[i] = coarse.group[d->view.record[i]];
  d->spec.class_of[d->spec.n_levels++] = class_of;
  return E_OK;
}

static enum err_code make_levels(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct deck *d, struct err *e) {
  d->spec.class_of[0] = d->view.group;
  d->spec.n_levels = 1;
  for (int n = s->n_by - 1; n >= 0 && step_value_of(s, "collapse")->number; n--)
    TRY(one_level(j, s, scope, n, d, e));
  return E_OK;
}

/* --- the run --- */
/* The row of the by-group in the cold deck; -1 = none. */
static int cold_row(const struct step_spec *s, struct str group) {
  const struct step_value *cold = step_value_of(s, "cold");
  for (int at = 0; at < cold->n_texts; at += cold->width)
    if (str_eq(group, str_of(cold->texts[at]))) return at;
  return -1;
}

static enum err_code put_cold(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, int64_t record, struct deck *d,
    struct err *e) {
  const struct step_value *cold = step_value_of(s, "cold");
  const int at = cold_row(s, scope->group_names[scope->group[record]]);
  const struct unit_shard *shard = job_shard_of(j, record);
  const struct change_reason why = {
      .method = "hotdeck_cold", .class = scope->group_names[scope->group[record]], .level = 1, .donors = -1, .rule = s->rule};
  for (int k = 0; at >= 0 && k < d->items->n_items; k++) {
    const struct item *item = d->items->items[k];
    struct column *c = table_column(shard->current, item->name);
    const char *text = cold->texts[at + 1 + k];
    int64_t value = 0;
    if (!step_target(j, item, record)) continue;
    if (!c || (c->type == COL_INT && !step_decimal(text, item->decimals, &value))) return ERR(e, E_NUM_COLUMN, .subject = item->name);
    j->changed[record] = 1;
    if (c->type == COL_INT) TRY(change_number(&j->log, c, record - shard->first_record, record, value, VAL_IMPUTED, &why, e));
    else TRY(change_text(&j->log, c, record - shard->first_record, record, str_of(text), VAL_IMPUTED, &why, e));
    d->imputed++, d->cold++;
  }
  return E_OK;
}

static enum err_code put_values(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct deck *d, struct err *e) {
  static const char *const names[] = {
      [DRAW_RANDOM] = "hotdeck_random", [DRAW_WEIGHTED] = "hotdeck_weighted", [DRAW_SEQUENTIAL] = "hotdeck_sequential"};
  for (int64_t i = 0; i < d->result.n_recipients; i++) {
    const int64_t record = d->view.record[d->result.row[i]];
    if (d->result.outcome[i] != HOTDECK_FOUND) {
      TRY(put_cold(j, s, scope, record, d, e));
      continue;
    }
    const int64_t from = d->view.record[d->result.donor[i]];
    const struct change_reason why = {.method = names[step_value_of(s, "draw")->number],
        .class = d->result.level[i] == 0 ? scope->group_names[scope->group[record]] : STR(""),
        .level = d->result.level[i] + 1,
        .donors = -1,
        .rule = s->rule,
        .donor = from + 1};
    for (int k = 0; k < d->items->n_items; k++) {
      if (!step_target(j, d->items->items[k], record)) continue;
      TRY(step_put_copy(j, d->items->items[k], record, from, &why, e));
      d->imputed++;
    }
  }
  return E_OK;
}

static void note_counts(const struct step_spec *s, const struct deck *d, struct step_report *r) {
  int64_t by_outcome[HOTDECK_NO_START + 1] = {0};
  for (int64_t i = 0; i < d->result.n_recipients; i++)
    by_outcome[d->result.outcome[i]]++;
  step_note(r, "recipients", d->result.n_recipients + d->no_sort_key);
  step_note(r, "imputed", d->imputed);
  step_note(r, "no_class", by_outcome[HOTDECK_NO_CLASS]);
  step_note(r, "no_start", by_outcome[HOTDECK_NO_START]);
  step_note(r, "no_sort_key", d->no_sort_key);
  if (step_value_of(s, "cold")->given) step_note(r, "cold", d->cold);
  step_note(r, "no_group", d->view.no_group);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *sort = step_value_of(s, "sort_by");
  const int64_t draw = step_value_of(s, "draw")->number;
  struct deck *d = ARENA_NEW(j->arena, struct deck);
  if (!d) return ERR(e, E_NO_MEMORY, .subject = s->name);
  d->items = step_value_of(s, "items");
  TRY(step_view_make(j, scope, sort->items, sort->n_items, (struct step_view_want){.weight = draw == DRAW_WEIGHTED}, &d->view, e));
  d->spec = (struct hotdeck_spec){.min_donors = step_value_of(s, "min_donors")->number,
      .sequential = draw == DRAW_SEQUENTIAL,
      .sort_key = draw == DRAW_SEQUENTIAL ? d->view.now.columns[0].x : NULL,
      .weight = draw == DRAW_WEIGHTED ? d->view.now.columns[0].x : NULL,
      .n_replicates = 1,
      .seed = s->seed};
  TRY(judge_all(j, d, e));
  TRY(make_levels(j, s, scope, d, e));
  const struct hotdeck_data data = {d->view.now.n, d->view.now.unit, d->recipient, d->donor};
  TRY(step_placed(j, s, hotdeck_run(j->arena, &d->spec, &data, &d->result, e), e));
  TRY(put_values(j, s, scope, d, e));
  note_counts(s, d, r);
  return E_OK;
}

const struct step_method step_hotdeck = {.name = "hotdeck", .options = options, .run = run, .check = check};
