/* step_longitudinal.c -- flagged values of one number item carried on over time by the links of their by-group (longitudinal.h, step_chain.h): from
 * the unit's own value of earlier periods, back from the following one where an earlier month is run again, else built by hand or from an auxiliary.
 * Time     lag: which period a value is carried from, 1 = the one before, 12 = the same month of last year (the ratio of the same month last year);
 *          back: how many such periods are read, so that one that was not run is bridged. link_weight w with weight_lag k: w L_t + (1 - w) L_(t-k),
 *          the earlier link from the stage chain_links of that period's run. Links are not weighted by design weights, as the method says.
 * Class    own_class true: a value is carried and counts only where the unit had the same by-items in its period (a changed class begins a new chain,
 *          as the method was published); else the class of now is taken for all periods.
 * Default  a link without any pair is 1; default_link says whether such values are imputed (one) or left (leave).
 * Kept     stages chain_cells (marker, link, pairs of every value) and chain_links (every link of the period). Notes: to_impute, forward (FIR, FIMC,
 *          FIC), constructed, default_link, no_value, out_of_range, no_group, by_hand, backward, periods, links_without_earlier. */
#include <stdio.h>

#include "processing/step/step_chain.h"
#include "processing/step/step_methods.h"

enum { PERCENT = 100, MAX_LAG = 60 };
static const struct step_option options[] = {{.key = "item", .kind = STEP_NUMBER_ITEM, .required = true},
    {.key = "auxiliary", .kind = STEP_NUMBER_ITEM}, {.key = "link", .kind = STEP_CHOICE, .required = true, .words = "ratio_of_means|mean_of_ratios"},
    {.key = "default_link", .kind = STEP_CHOICE, .required = true, .words = "one|leave"}, {.key = "keep_zeros", .kind = STEP_TRUTH},
    {.key = "lower_trim", .kind = STEP_DECIMAL, .low = 0, .high = 99LL * STEP_ONE},
    {.key = "upper_trim", .kind = STEP_DECIMAL, .low = 0, .high = 99LL * STEP_ONE},
    {.key = "trim_above", .kind = STEP_INT, .low = 1, .high = 1000000000}, {.key = "manual", .kind = STEP_VALUE},
    {.key = "lag", .kind = STEP_INT, .low = 1, .high = MAX_LAG}, {.key = "back", .kind = STEP_INT, .low = 1, .high = MAX_LAG},
    {.key = "following", .kind = STEP_TRUTH}, {.key = "own_class", .kind = STEP_TRUTH},
    {.key = "link_weight", .kind = STEP_DECIMAL, .low = 0, .high = STEP_ONE},
    {.key = "weight_lag", .kind = STEP_INT, .low = 1, .high = SERIES_MAX_OFFSET}, {.key = NULL}};

static double decimal(const struct step_spec *s, const char *key) { return (double)step_value_of(s, key)->number / STEP_ONE; }

static int32_t whole(const struct step_spec *s, const char *key, int32_t otherwise) {
  const struct step_value *v = step_value_of(s, key);
  return v->given ? (int32_t)v->number : otherwise;
}

/* --- options --- */
static enum err_code check_links(const struct step_spec *s, struct err *e) {
  const bool ratios = step_value_of(s, "link")->number == 1, lower = step_value_of(s, "lower_trim")->given,
             upper = step_value_of(s, "upper_trim")->given, above = step_value_of(s, "trim_above")->given;
  if (!ratios && (lower || upper || above))
    return step_refuse(lower ? "lower_trim" : upper ? "upper_trim" : "trim_above", "trimming with mean_of_ratios only", e);
  if (!ratios && step_value_of(s, "keep_zeros")->given) return step_refuse("keep_zeros", "mean_of_ratios beside it", e);
  if ((lower || upper || above) && !(lower && upper && above))
    return step_refuse(!lower ? "lower_trim" : !upper ? "upper_trim" : "trim_above", "lower_trim, upper_trim and trim_above together", e);
  if (decimal(s, "lower_trim") + decimal(s, "upper_trim") >= PERCENT) return step_refuse("upper_trim", "less than 100 together with lower_trim", e);
  return E_OK;
}

static enum err_code check(const struct step_spec *s, const struct job_plan *p, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary"), *manual = step_value_of(s, "manual");
  const bool weight = step_value_of(s, "link_weight")->given, lag = step_value_of(s, "weight_lag")->given;
  (void)p;
  TRY(step_check_items(s, "item", e));
  if (aux->given && aux->items[0] == step_value_of(s, "item")->items[0]) return step_refuse("auxiliary", "an item other than the one imputed", e);
  TRY(check_links(s, e));
  if (manual->given && expr_result_type(manual->x) != EXPR_NUMBER) return step_refuse("manual", "a number", e);
  int own = 0;
  for (int i = 0; i < s->n_by; i++) own += !s->by[i].frame;
  if (step_value_of(s, "own_class")->number && !own)
    return step_refuse("own_class", "a by-item of the form: those of frame() are taken as they are now", e);
  if (weight != lag) return step_refuse(weight ? "weight_lag" : "link_weight", "link_weight and weight_lag together", e);
  if (whole(s, "lag", 1) * whole(s, "back", 1) > SERIES_MAX_OFFSET) return step_refuse("back", "lag times back of at most 120 periods", e);
  return E_OK;
}

static enum err_code periods(const struct step_spec *s, struct period_set *set, struct err *e) {
  const struct step_value *item = step_value_of(s, "item"), *aux = step_value_of(s, "auxiliary");
  const int32_t lag = whole(s, "lag", 1);
  TRY(name_set_add(&set->items, item->items[0]->name, e));
  TRY(name_set_add(&set->chained, item->items[0]->name, e));
  if (aux->given) TRY(name_set_add(&set->items, aux->items[0]->name, e));
  for (int i = 0; i < s->n_by && step_value_of(s, "own_class")->number; i++)
    if (!s->by[i].frame) TRY(name_set_add(&set->items, s->by[i].name, e));
  for (int32_t k = 1; k <= whole(s, "back", 1); k++)
    TRY(period_set_add(set, -k * lag, s->name, e));
  if (step_value_of(s, "following")->number) TRY(period_set_add(set, lag, s->name, e));
  return step_value_of(s, "weight_lag")->given ? period_set_link(set, -whole(s, "weight_lag", 1), s->name, e) : E_OK;
}

/* --- results --- */
struct chain_count {
  int64_t to_impute, forward, constructed, default_link, no_value, out_of_range, by_hand, backward;
};
static enum long_link_kind kind_of(enum long_marker m) {
  return m == MARK_BI ? LINK_BACKWARD : m == MARK_C ? LINK_CONSTRUCTION : LINK_FORWARD;
}

static void describe(const struct chain *c, const struct long_row *row, char *out, size_t size) {
  const char *marker = LONG_MARKER[row->marker];
  const double link = row->link[kind_of(row->marker)].value;
  if (row->marker == MARK_MC) (void)snprintf(out, size, "%s: by hand", marker);
  else if (row->marker == MARK_C) (void)snprintf(out, size, "%s: %s * %.10g", marker, c->items[1]->name, link);
  else if (c->lag == 1)
    (void)snprintf(out, size, "%s: value of the period %s * %.10g", marker, row->marker == MARK_BI ? "after" : "before", link);
  else
    (void)snprintf(out, size, "%s: value of %d periods %s * %.10g", marker, (int)c->lag, row->marker == MARK_BI ? "after" : "before", link);
}

static void count(struct chain_count *n, enum long_marker m) {
  if (m == MARK_MC) n->by_hand++;
  else if (m == MARK_BI) n->backward++;
  else if (m == MARK_C) n->constructed++;
  else n->forward++;
}

/* *written: the value stands in the record. */
static enum err_code put_value(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain *c, int64_t i,
    struct chain_count *n, bool *written, struct err *e) {
  const struct long_row *row = &c->rows[i];
  const bool is_default = chain_default(c, i);
  char formula[128];
  enum step_put done;
  *written = false;
  if (row->marker == MARK_NONE) return n->no_value++, E_OK;
  if (is_default) n->default_link++;
  if (is_default && step_value_of(s, "default_link")->number == 1) return E_OK;
  describe(c, row, formula, sizeof formula);
  const struct change_reason why = {.method = "longitudinal",
      .class = scope->group_names[c->class_[i]],
      .level = s->n_by > 0,
      .donors = row->marker == MARK_MC ? -1 : row->link[kind_of(row->marker)].count,
      .rule = s->rule,
      .formula = formula};
  TRY(step_put_number(j, c->items[0], c->view.record[i], row->value, &why, &done, e));
  *written = done == STEP_PUT;
  if (*written) count(n, row->marker);
  else n->out_of_range++;
  return E_OK;
}

static enum err_code put_values(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain *c, struct chain_count *n, struct err *e) {
  for (int64_t i = 0; i < c->view.now.n; i++) {
    const struct long_row *row = &c->rows[i];
    const struct series_cell cell = {c->view.record[i], c->items[0]->name, s->name, row->marker};
    const bool linked = row->marker != MARK_R && row->marker != MARK_MC;
    bool stands = row->marker == MARK_R;
    n->to_impute += c->target[i];
    if (c->target[i]) TRY(put_value(j, s, scope, c, i, n, &stands, e));
    if (!stands) continue;
    TRY(series_add_cell(&j->chain_cells, &cell, kind_of(row->marker), linked ? &row->link[kind_of(row->marker)] : NULL, e));
  }
  return E_OK;
}

/* Every link of the run's period, by-group by by-group; returns in *without how many had no earlier link to be weighted with. */
static enum err_code put_links(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain *c, int64_t *without, struct err *e) {
  int64_t *row = ARENA_ARRAY(j->arena, int64_t, scope->n_groups + 1);
  const struct series_cell cell = {.item = c->items[0]->name, .step = s->name};
  int32_t at = 0;
  if (!row) return ERR(e, E_NO_MEMORY, .subject = s->name);
  for (int64_t i = c->view.now.n; i-- > 0;)
    row[c->class_[i]] = i + 1;
  for (int32_t g = 0; g < scope->n_groups; g++) {
    for (int k = 0; k < LINK_KINDS && row[g]; k++)
      TRY(series_add_link(&j->chain_links, &cell, scope->group_names[g], (enum long_link_kind)k, &c->rows[row[g] - 1].link[k], e));
    while (at < c->n_past && c->past[at].class_ < g)
      at++;
    *without += row[g] && step_value_of(s, "weight_lag")->given && !(at < c->n_past && c->past[at].class_ == g);
  }
  return E_OK;
}

static void note_all(struct step_report *r, const struct chain_count *n, const struct chain *c, int64_t without) {
  step_note(r, "to_impute", n->to_impute);
  step_note(r, "forward", n->forward);
  step_note(r, "constructed", n->constructed);
  step_note(r, "default_link", n->default_link);
  step_note(r, "no_value", n->no_value);
  step_note(r, "out_of_range", n->out_of_range);
  step_note(r, "no_group", c->view.no_group);
  step_note(r, "by_hand", n->by_hand);
  step_note(r, "backward", n->backward);
  step_note(r, "periods", c->n_periods);
  step_note(r, "links_without_earlier", without);
}

static enum err_code run(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e) {
  const struct step_value *aux = step_value_of(s, "auxiliary");
  const struct long_rule rule = {.mean_of_ratios = step_value_of(s, "link")->number == 1,
      .keep_zeros = step_value_of(s, "keep_zeros")->number != 0,
      .lower_trim = decimal(s, "lower_trim"),
      .upper_trim = decimal(s, "upper_trim"),
      .trim_above = step_value_of(s, "trim_above")->given ? step_value_of(s, "trim_above")->number : INT64_MAX,
      .weight = step_value_of(s, "link_weight")->given ? decimal(s, "link_weight") : 1,
      .weight_lag = whole(s, "weight_lag", 1),
      .step = whole(s, "lag", 1)};
  const struct chain_want want = {.item = step_value_of(s, "item")->items[0],
      .auxiliary = aux->given ? aux->items[0] : NULL,
      .manual = step_value_of(s, "manual")->x,
      .lag = rule.step,
      .back = whole(s, "back", 1),
      .weight_lag = whole(s, "weight_lag", 0),
      .following = step_value_of(s, "following")->number != 0,
      .own_class = step_value_of(s, "own_class")->number != 0};
  struct chain *c = ARENA_NEW(j->arena, struct chain);
  struct chain_count n = {0};
  int64_t without = 0;
  if (!c) return ERR(e, E_NO_MEMORY, .subject = s->name);
  TRY(chain_rows(j, s, scope, &want, c, e));
  TRY(step_placed(j, s, chain_run(j, &rule, c, e), e));
  TRY(put_values(j, s, scope, c, &n, e));
  TRY(put_links(j, s, scope, c, &without, e));
  note_all(r, &n, c, without);
  return E_OK;
}

const struct step_method step_longitudinal = {.name = "longitudinal", .options = options, .run = run, .check = check, .periods = periods};
