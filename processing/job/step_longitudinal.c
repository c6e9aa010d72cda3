/* step_longitudinal.c -- a unit's last value carried forward by the movement of its class, or built from an auxiliary item where there is none (longitudinal.h), for missing and
 * flagged values of an item. Rows: the previous period and this one. Last period's imputed values are back data: they carry on, but make no link.
 * The class is the by-group. A link without any pair is 1 and counted (`default_links`). */
#include "processing/impute/longitudinal.h"
#include "processing/job/step_methods.h"
#include "processing/job/step_rules.h"

static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true}, {.key = "auxiliary", .kind = STEP_NUMBER_ITEM},
                                             {.key = "link", .kind = STEP_CHOICE, .required = true, .words = "ratio_of_means|mean_of_ratios"}, {.key = "keep_zeros", .kind = STEP_TRUTH},
                                             {.key = "lower_trim", .kind = STEP_DECIMAL, .low = 0, .high = 49 * (int64_t)STEP_ONE}, {.key = "upper_trim", .kind = STEP_DECIMAL, .low = 0, .high = 49 * (int64_t)STEP_ONE},
                                             {.key = "trim_above", .kind = STEP_INT, .low = 0, .high = 1000000000}, {.key = "default_link", .kind = STEP_CHOICE, .required = true, .words = "take|leave"}, {.key = NULL}};

static enum err_code wanted(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e) {
  (void)p;
  return kind == EXPR_SLOT_PREV ? name_set_add(names, step_value_of(s, "item")->items[0]->name, e) : E_OK;
}

struct rows { /* this period: 0 .. n-1, last period: n .. 2n-1 of the same units, then in_last of them are there */
  int64_t n, total;
  struct str *unit;
  int32_t *period, *class_;
  double *y, *x;
  uint8_t *y_status, *x_status, *back;
  bool *open; /* [n] this period's value is sought */
};

static enum err_code room(struct job_state *j, int64_t n, struct rows *k, struct err *e) {
  *k = (struct rows){.n = n, .total = n, .unit = ARENA_ARRAY(j->arena, struct str, 2 * n + 1), .period = ARENA_ARRAY(j->arena, int32_t, 2 * n + 1), .class_ = ARENA_ARRAY(j->arena, int32_t, 2 * n + 1),
                     .y = ARENA_ARRAY(j->arena, double, 2 * n + 1), .x = ARENA_ARRAY(j->arena, double, 2 * n + 1), .y_status = ARENA_ARRAY(j->arena, uint8_t, 2 * n + 1),
                     .x_status = ARENA_ARRAY(j->arena, uint8_t, 2 * n + 1), .back = ARENA_ARRAY(j->arena, uint8_t, 2 * n + 1), .open = ARENA_ARRAY(j->arena, bool, n + 1)};
  return k->unit && k->period && k->class_ && k->y && k->x && k->y_status && k->x_status && k->back && k->open ? E_OK : ERR(e, E_NO_MEMORY, .subject = "longitudinal");
}

static bool is_missing(uint8_t status) { return status == VAL_BLANK || status == VAL_UNKNOWN || status == VAL_REFUSED || status == VAL_INVALID; }

static void this_period(const struct step_rules *r, const uint8_t *flags, int64_t i, struct rows *k) {
  uint8_t status = r->t.columns[0].status[i];
  bool flagged = flags && flags[i];
  k->unit[i] = r->t.unit[i];
  k->period[i] = 1;
  k->class_[i] = r->group[i];
  k->open[i] = flagged || is_missing(status);
  k->y[i] = r->t.columns[0].x[i];
  k->y_status[i] = k->open[i] ? (uint8_t)VAL_BLANK : status;
  if (value_present(k->y_status[i]) && status == VAL_IMPUTED) k->back[i] = MARK_FIR; /* it stands, and makes no link */
  if (r->t.p > 1) k->x[i] = r->t.columns[1].x[i];
  k->x_status[i] = r->t.p > 1 ? r->t.columns[1].status[i] : (uint8_t)VAL_BLANK;
}

static void last_period(const struct job_state *j, const struct step_rules *r, int64_t i, struct rows *k) {
  const struct unit_shard *shard = job_shard_of(j, r->record[i]);
  int c = shard->previous ? table_find(shard->previous, r->t.columns[0].name) : -1;
  int64_t row = r->record[i] - shard->first_record, to = k->total;
  double scale = 1;
  if (c < 0 || !value_present(shard->previous->columns[c].status[row])) return;
  for (int d = 0; d < r->t.columns[0].decimals; d++) scale *= 10;
  k->unit[to] = r->t.unit[i];
  k->class_[to] = r->group[i];
  k->y[to] = (double)shard->previous->columns[c].i64[row] / scale;
  k->y_status[to] = shard->previous->columns[c].status[row];
  k->x_status[to] = VAL_BLANK;
  if (k->y_status[to] == VAL_IMPUTED) k->back[to] = MARK_FIR;
  k->total++;
}

static struct long_rule rule_of(const struct step_spec *s) {
  return (struct long_rule){.mean_of_ratios = step_value_of(s, "link")->number == 1, .keep_zeros = step_value_of(s, "keep_zeros")->number != 0, .lower_trim = (double)step_value_of(s, "lower_trim")->number / STEP_ONE,
                            .upper_trim = (double)step_value_of(s, "upper_trim")->number / STEP_ONE, .trim_above = step_value_of(s, "trim_above")->number, .weight = 1, .weight_lag = 1, .step = 1};
}

static enum err_code write_back(struct job_state *j, const struct step_spec *s, const struct step_rules *r, const struct rows *k, const struct long_row *out, struct step_report *report, struct err *e) {
  int64_t by_marker[MARKS] = {0}, defaults = 0, left = 0, outside = 0;
  const struct item *item = step_value_of(s, "item")->items[0];
  double scale = 1;
  for (int d = 0; d < item->decimals; d++) scale *= 10;
  for (int64_t i = 0; i < k->n; i++) {
    if (!k->open[i]) continue;
    const struct long_row *o = &out[i];
    bool built = o->marker == MARK_C || o->marker == MARK_FIC, is_default = o->link[built ? LINK_CONSTRUCTION : LINK_FORWARD].is_default;
    bool beyond = (item->has_min && o->value * scale < (double)item->min) || (item->has_max && o->value * scale > (double)item->max);
    if (o->marker != MARK_NONE && is_default) defaults++;
    if (o->marker == MARK_NONE || beyond || (is_default && step_value_of(s, "default_link")->number == 1)) {
      left++;
      outside += o->marker != MARK_NONE && beyond;
      continue;
    }
    const struct step_change change = {"longitudinal", LONG_MARKER[o->marker], 0, VAL_IMPUTED};
    bool written;
    TRY(step_rules_put(j, s, r, i, 0, o->value, &change, &written, e));
    by_marker[o->marker]++;
  }
  for (int m = MARK_FIR; m < MARKS; m++) step_note(report, LONG_MARKER[m], by_marker[m]);
  step_note(report, "left", left);
  step_note(report, "out_of_range", outside);
  step_note(report, "default_links", defaults);
  return E_OK;
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  const struct item *items[2] = {step_value_of(s, "item")->items[0], aux->given ? aux->items[0] : NULL};
  const struct long_rule rule = rule_of(s);
  struct step_rules rules;
  struct rows k;
  struct long_row *out = NULL;
  uint8_t **flags;
  TRY(step_items_build(j, scope, items, aux->given ? 2 : 1, &rules, e));
  TRY(step_rules_flags(j, &rules, FLAG_IMPUTE, &flags, e));
  TRY(room(j, rules.t.n, &k, e));
  for (int64_t i = 0; i < rules.t.n; i++) {
    if (rules.group[i] < 0) return ERR(e, E_JOB_NO_GROUP, .subject = s->name);
    this_period(&rules, flags[0], i, &k);
  }
  for (int64_t i = 0; i < rules.t.n; i++) last_period(j, &rules, i, &k);
  const struct long_input in = {.n = k.total, .unit = k.unit, .period = k.period, .class_ = k.class_, .response = {k.y, k.y_status}, .auxiliary = {k.x, aux->given ? k.x_status : NULL}, .back = k.back};
  if (!rules.t.n) return E_OK;
  TRY(longitudinal_run(j->arena, &in, &rule, &out, e));
  return write_back(j, s, &rules, &k, out, r, e);
}

const struct step_method step_longitudinal = {.name = "longitudinal", .options = options, .wanted = wanted, .run = run};
