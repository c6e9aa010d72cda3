#include "processing/step/step_chain.h"

#include <string.h>

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "chains"); }

/* --- room --- */
static const struct other_period *period_at(const struct job_state *j, int32_t offset) {
  for (int i = 0; j->periods && i < j->periods->n; i++)
    if (j->periods->period[i].offset == offset && j->periods->period[i].stored) return &j->periods->period[i];
  return NULL;
}

static enum err_code make_room(struct job_state *j, struct chain *c, int64_t room, struct err *e) {
  c->unit = ARENA_ARRAY(j->arena, struct str, room);
  c->period = ARENA_ARRAY(j->arena, int32_t, room);
  c->class_ = ARENA_ARRAY(j->arena, int32_t, room);
  c->y = ARENA_ARRAY(j->arena, double, room);
  c->x = ARENA_ARRAY(j->arena, double, room);
  c->y_status = ARENA_ARRAY(j->arena, uint8_t, room);
  c->x_status = ARENA_ARRAY(j->arena, uint8_t, room);
  c->include = ARENA_ARRAY(j->arena, uint8_t, room);
  c->back = ARENA_ARRAY(j->arena, uint8_t, room);
  c->target = ARENA_ARRAY(j->arena, uint8_t, room);
  c->manual = (struct num_column){.name = "(manual)",
      .decimals = c->items[0]->decimals,
      .x = ARENA_ARRAY(j->arena, double, room),
      .status = ARENA_ARRAY(j->arena, uint8_t, room)};
  const bool good = c->unit && c->period && c->class_ && c->y && c->x && c->y_status && c->x_status && c->include && c->back && c->target;
  if (!good || !c->manual.x || !c->manual.status) return no_memory(e);
  memset(c->manual.status, VAL_BLANK, (size_t)room);
  return E_OK;
}

/* --- the period itself --- */
static void present_rows(const struct job_state *j, struct chain *c) {
  const int index = (int)(c->items[0] - j->form->items);
  for (int64_t i = 0; i < c->view.now.n; i++) {
    const struct num_column *y = &c->view.now.columns[0], *x = &c->view.now.columns[c->n_items - 1];
    c->unit[i] = c->view.now.unit[i];
    c->class_[i] = c->view.group[i];
    c->target[i] = step_target(j, c->items[0], c->view.record[i]);
    c->y[i] = c->target[i] ? 0 : y->x[i];
    c->y_status[i] = c->target[i] ? (uint8_t)VAL_BLANK : y->status[i];
    c->x[i] = x->x[i];
    c->x_status[i] = c->n_items > 1 ? x->status[i] : (uint8_t)VAL_BLANK;
    c->include[i] = !cell_flagged(&j->flags, index, c->view.record[i], FLAG_EXCLUDE);
    if (c->y_status[i] == VAL_IMPUTED) c->back[i] = MARK_C;
  }
  c->n = c->view.now.n;
}

/* --- other periods --- */
struct period_columns { /* of one shard; NULL = none */
  const struct column *there, *y, *x, *marker, *exclude;
};
static const struct column *find(const struct table *t, const char *name) {
  const int k = name ? table_find(t, name) : -1;
  return k < 0 ? NULL : &t->columns[k];
}
static bool present(const struct column *c, int64_t row) { return c && value_present(c->status[row]); }

static double number(const struct column *c, int64_t row) {
  double unit = 1;
  for (int d = 0; d < c->decimals; d++)
    unit *= 10;
  return (double)c->i64[row] / unit;
}

static void add_row(struct chain *c, int64_t i, const struct other_period *p, const struct period_columns *from, int64_t row) {
  const bool replace = present(from->exclude, row) && from->exclude->i64[row] == SERIES_REPLACE;
  const bool y = present(from->y, row) && (!replace || from->y->status[row] == VAL_IMPUTED);
  if (!present(from->there, row) || (!y && (p->imputed || p->offset > 0))) return;
  const int64_t at = c->n++;
  c->unit[at] = c->unit[i];
  c->period[at] = p->offset;
  c->class_[at] = c->class_[i];
  c->y[at] = y ? number(from->y, row) : 0;
  c->y_status[at] = y ? from->y->status[row] : (uint8_t)VAL_BLANK;
  c->x[at] = present(from->x, row) ? number(from->x, row) : 0;
  c->x_status[at] = present(from->x, row) ? from->x->status[row] : (uint8_t)VAL_BLANK;
  c->include[at] = !present(from->exclude, row) || replace;
  if (c->y_status[at] != VAL_IMPUTED) return;
  c->back[at] = present(from->marker, row) && from->marker->i64[row] > MARK_R ? (uint8_t)from->marker->i64[row] : (uint8_t)MARK_C;
}

static bool same_text(const struct column *a, int64_t row, const struct column *b, int64_t other) {
  char p[64], q[64];
  if (!a || !b || !value_present(a->status[row]) || !value_present(b->status[other])) return false;
  return str_eq(column_text(a, row, p, sizeof p), column_text(b, other, q, sizeof q));
}
static bool same_class(const struct step_spec *s, const struct table *now, const struct table *then, int64_t row) {
  for (int i = 0; i < s->n_by; i++)
    if (!s->by[i].frame && !same_text(find(now, s->by[i].name), row, find(then, s->by[i].name), row)) return false;
  return true;
}

static enum err_code add_period(
    struct job_state *j, const struct step_spec *s, const struct chain_want *want, struct chain *c, const struct other_period *p, struct err *e) {
  const char *marker = series_marker_name(j->arena, c->items[0]->name), *exclude = series_exclude_name(j->arena, c->items[0]->name);
  if (!marker || !exclude) return no_memory(e);
  struct period_columns from = {NULL, NULL, NULL, NULL, NULL};
  const struct unit_shard *last = NULL;
  for (int64_t i = 0; i < c->view.now.n; i++) {
    const struct unit_shard *shard = job_shard_of(j, c->view.record[i]);
    if (!shard) return ERR(e, E_BUG, .subject = s->name);
    const struct table *t = &p->aligned[shard - j->shards];
    if (shard != last)
      from = (struct period_columns){find(t, SERIES_THERE), find(t, c->items[0]->name), c->n_items > 1 ? find(t, c->items[1]->name) : NULL,
          find(t, marker), find(t, exclude)};
    last = shard;
    const int64_t row = c->view.record[i] - shard->first_record;
    if (!want->own_class || same_class(s, shard->current, t, row)) add_row(c, i, p, &from, row);
  }
  c->n_periods++;
  return E_OK;
}

/* --- links of earlier runs --- */
static int32_t group_of(const struct step_scope *scope, struct str name) {
  int32_t low = 0, high = scope->n_groups;
  while (low < high) {
    const int32_t middle = low + (high - low) / 2;
    if (str_cmp(scope->group_names[middle], name) < 0) low = middle + 1;
    else high = middle;
  }
  return low < scope->n_groups && str_eq(scope->group_names[low], name) ? low : -1;
}

static enum err_code past_links(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain_want *want, struct chain *c, struct err *e) {
  const int64_t n = j->periods ? j->periods->n_links : 0;
  uint8_t *seen = ARENA_ARRAY(j->arena, uint8_t, scope->n_groups + 1);
  c->past = ARENA_ARRAY(j->arena, struct long_past, scope->n_groups + 1);
  if (!seen || !c->past) return no_memory(e);
  struct long_past *by_group = ARENA_ARRAY(j->arena, struct long_past, scope->n_groups + 1);
  if (!by_group) return no_memory(e);
  for (int64_t i = 0; i < n && want->weight_lag; i++) {
    const struct past_link *l = &j->periods->links[i];
    const int32_t g = group_of(scope, l->class_);
    if (g < 0 || l->offset != -want->weight_lag || !str_eq(l->step, str_of(s->name)) || !str_eq(l->item, str_of(want->item->name))) continue;
    by_group[g].link[l->kind] = l->unweighted;
    seen[g] |= (uint8_t)(1u << l->kind);
  }
  for (int32_t g = 0; g < scope->n_groups; g++) {
    if (!seen[g]) continue;
    if (seen[g] != (1u << LINK_KINDS) - 1) return ERR(e, E_CHAIN_STORED, .subject = want->item->name);
    c->past[c->n_past] = by_group[g];
    c->past[c->n_past].period = -want->weight_lag;
    c->past[c->n_past++].class_ = g;
  }
  return E_OK;
}

enum err_code chain_rows(
    struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct chain_want *want, struct chain *c, struct err *e) {
  c->items[c->n_items++] = want->item;
  if (want->auxiliary) c->items[c->n_items++] = want->auxiliary;
  c->lag = want->lag;
  TRY(step_view_make(j, scope, c->items, c->n_items, (struct step_view_want){.before = false}, &c->view, e));
  TRY(make_room(j, c, c->view.now.n * (1 + want->back + want->following) + 1, e));
  present_rows(j, c);
  TRY(step_correct_value(j, &c->view, want->manual, c->items[0]->decimals, &c->manual, e));
  for (int32_t k = 1; k <= want->back; k++) {
    const struct other_period *p = period_at(j, -k * want->lag);
    if (p) TRY(add_period(j, s, want, c, p, e));
  }
  const struct other_period *after = want->following ? period_at(j, want->lag) : NULL;
  if (after) TRY(add_period(j, s, want, c, after, e));
  return past_links(j, s, scope, want, c, e);
}

enum err_code chain_run(struct job_state *j, const struct long_rule *rule, struct chain *c, struct err *e) {
  const struct long_input in = {.n = c->n,
      .unit = c->unit,
      .period = c->period,
      .class_ = c->class_,
      .response = {c->y, c->y_status},
      .auxiliary = {c->x, c->n_items > 1 ? c->x_status : NULL},
      .manual = {c->manual.x, c->manual.status},
      .include = c->include,
      .n_past = c->n_past,
      .past = c->past,
      .back = c->back};
  return longitudinal_run(j->arena, &in, rule, &c->rows, e);
}

/* --- results --- */
bool chain_default(const struct chain *c, int64_t i) {
  const enum long_marker m = c->rows[i].marker;
  if (m == MARK_MC || m == MARK_R || m == MARK_NONE) return false;
  if (m == MARK_BI) return c->rows[i].link[LINK_BACKWARD].is_default;
  if (m == MARK_C) return c->rows[i].link[LINK_CONSTRUCTION].is_default;
  if (c->rows[i].link[LINK_FORWARD].is_default) return true;
  return c->rows[i].from >= 0 && !c->back[c->rows[i].from] && chain_default(c, c->rows[i].from);
}
