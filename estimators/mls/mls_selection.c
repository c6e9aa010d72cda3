#include "estimators/mls/mls_selection.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"

__extension__ typedef __int128 wide;

struct work {
  const struct mls_selection *in;
  struct mls_guard_stratum *strata;
  int32_t n_strata;
  const struct mls_plan_rule **rule;
  int64_t *size; /* to draw */
};

static int64_t common_divisor(int64_t x, int64_t y) {
  while (y) {
    const int64_t r = x % y;
    x = y;
    y = r;
  }
  return x;
}
static enum err_code refuse(struct arena *a, const struct mls_guard_stratum *s, const char *why, struct err *e) {
  return ERR(e, E_MLS_PLAN_DEVIATES, .subject = arena_printf(a, "C3 stratum %.*s: %s", (int)s->id.n, s->id.p, why));
}
static enum err_code size_of(struct arena *a, struct work *w, int32_t h, struct err *e) {
  struct mls_guard_stratum *s = &w->strata[h];
  const struct mls_plan_rule *r = w->rule[h] = mls_plan_rule_of(w->in->plan, s->industry, s->size, s->prefecture);
  const int64_t asked = w->in->requested ? w->in->requested[h] : 0;
  if (s->frame_units == 0) return E_OK;
  if (!r) return refuse(a, s, "the plan has no rule", e);
  const int64_t planned = r->take_all ? s->frame_units
      : r->any_rate                   ? asked
                                      : (int64_t)(((wide)s->frame_units * r->den + r->num - 1) / r->num);
  if (asked && asked != planned)
    return refuse(a, s,
        arena_printf(a, "%lld were asked for, the plan draws %lld of %lld", (long long)asked, (long long)planned, (long long)s->frame_units), e);
  if (planned < 1 || planned > s->frame_units)
    return ERR(e, E_MLS_SELECTION, .subject = arena_printf(a, "stratum %.*s", (int)s->id.n, s->id.p),
        .expected = "a number to draw from 1 to its frame");
  w->size[h] = planned;
  return E_OK;
}
static void set_weight(struct mls_guard_stratum *s, int64_t drawn) {
  const int64_t g = common_divisor(s->frame_units, drawn);
  s->drawn_units = drawn;
  s->weight_num = s->frame_units / g;
  s->weight_den = drawn / g;
}
static int by_label(const void *x, const void *y) {
  const struct panel_stratum *a = x, *b = y;
  return str_cmp(a->label, b->label);
}
/* The sampled strata as a panel. */
static enum err_code rotate(struct arena *a, const struct work *w, struct mls_selected *out, struct err *e) {
  static const struct sampling_rotation thirds = {3, 3, 0};
  struct sampling_rotation rotation = thirds;
  struct panel_stratum *strata = ARENA_ARRAY(a, struct panel_stratum, w->n_strata + 1);
  struct panel_counts *counts = ARENA_ARRAY(a, struct panel_counts, w->n_strata + 1);
  struct str *id = ARENA_ARRAY(a, struct str, w->in->n + 1), *stratum = ARENA_ARRAY(a, struct str, w->in->n + 1);
  double *u = ARENA_ARRAY(a, double, w->in->n + 1);
  struct panel_step step = {.period = w->in->january, .rotation = &rotation, .strata = strata};
  int64_t n = 0;
  if (!strata || !counts || !id || !stratum || !u) return ERR(e, E_NO_MEMORY, .subject = "selection");
  rotation.rest = w->in->rest;
  for (int32_t h = 0; h < w->n_strata; h++)
    if (w->size[h] && !w->rule[h]->take_all) strata[step.n_strata++] = (struct panel_stratum){w->strata[h].id, w->size[h]};
  qsort(strata, (size_t)step.n_strata, sizeof *strata, by_label);
  for (int64_t i = 0; i < w->in->n; i++) {
    const int32_t h = w->in->stratum[i];
    if (w->rule[h]->take_all) continue;
    id[n] = w->in->id[i], stratum[n] = w->strata[h].id, u[n++] = w->in->random[i];
  }
  const struct panel_frame frame = {n, id, stratum, u};
  return panel_rotate(a, &frame, &step, w->in->n_history, w->in->history, &out->n_panel, &out->panel, counts, e);
}
static enum err_code list_drawn(struct arena *a, const struct work *w, struct mls_selected *out, struct err *e) {
  struct dict *in = dict_new(a);
  int64_t *drawn = ARENA_ARRAY(a, int64_t, w->n_strata + 1);
  out->drawn = ARENA_ARRAY(a, int64_t, w->in->n + 1);
  if (!in || !drawn || !out->drawn) return ERR(e, E_NO_MEMORY, .subject = "selection");
  for (int64_t i = 0; i < out->n_panel; i++)
    if (out->panel[i].left < 0 && dict_add(in, out->panel[i].id) < 0) return ERR(e, E_NO_MEMORY, .subject = "selection");
  for (int64_t i = 0; i < w->in->n; i++) {
    const int32_t h = w->in->stratum[i];
    if (!w->rule[h]->take_all && dict_find(in, w->in->id[i]) < 0) continue;
    out->drawn[out->n_drawn++] = i;
    drawn[h]++;
  }
  for (int32_t h = 0; h < w->n_strata; h++) {
    if (!w->strata[h].frame_units) continue;
    if (drawn[h] != w->size[h])
      return ERR(e, E_MLS_SELECTION, .subject = arena_printf(a, "stratum %.*s", (int)w->strata[h].id.n, w->strata[h].id.p),
          .expected = "as many drawn as the plan says");
    set_weight(&w->strata[h], drawn[h]);
  }
  return E_OK;
}
enum err_code mls_select_sample(struct arena *a, const struct mls_selection *in, struct mls_guard_stratum *strata, int32_t n_strata,
    struct mls_selected *out, struct err *e) {
  struct work w = {in, strata, n_strata, ARENA_ARRAY(a, const struct mls_plan_rule *, n_strata + 1), ARENA_ARRAY(a, int64_t, n_strata + 1)};
  *out = (struct mls_selected){.panel = NULL};
  if (!w.rule || !w.size) return ERR(e, E_NO_MEMORY, .subject = "selection");
  for (int32_t h = 0; h < n_strata; h++) strata[h].frame_units = 0;
  for (int64_t i = 0; i < in->n; i++) {
    if (in->stratum[i] < 0 || in->stratum[i] >= n_strata)
      return ERR(e, E_NO_STRATUM, .subject = arena_printf(a, "frame row %lld", (long long)i + 1));
    strata[in->stratum[i]].frame_units++;
  }
  for (int32_t h = 0; h < n_strata; h++) TRY(size_of(a, &w, h, e));
  TRY(rotate(a, &w, out, e));
  return list_drawn(a, &w, out, e);
}
