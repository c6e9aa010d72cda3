#include "processing/edit/check_stats.h"

#include <string.h>

#include "processing/edit/edit_rule.h"
#include "processing/edit/group_measure.h"

enum { WEIGHT_ONE = 1000000000 };

struct bound {
  struct expr_binding universe, expression;
};
struct counter {
  const struct check_spec *spec;
  struct check_stats *out; /* [n_by] */
  int m, p, words;
  int *check, *item;
  uint64_t *reads, *seen; /* [m * words], [words] */
  struct expr_scratch **universe, **expression;
  struct bound *bound; /* [shard * m + check] */
  uint8_t *status;     /* [m * EXPR_BATCH] */
};

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "edit statistics"); }

const char *check_status_name(enum check_status s) {
  static const char *const names[CHECK_STATUSES] = {
      [CHECK_PASSED] = "pass", [CHECK_MISSED] = "miss", [CHECK_FAILED] = "fail", [CHECK_OUTSIDE] = "outside"};
  return names[s];
}

/* --- which checks, and which items they read --- */
static bool runs(const struct check_spec *spec, const struct unit_shard *s, const struct check *k) {
  return !s->record || spec->form->n_records < 2 || strcmp(s->record, k->record) == 0;
}

static void choose(struct counter *c) {
  const struct check_spec *spec = c->spec;
  for (int i = 0; i < spec->form->n_checks; i++) {
    bool wanted = false;
    for (int s = 0; s < spec->n_shards && !wanted; s++) wanted = runs(spec, &spec->shards[s], &spec->form->checks[i]);
    if (wanted && (!spec->checks || spec->checks[i])) c->check[c->m++] = i;
  }
}

static int slot_item(const struct counter *c, int check, int slot) {
  const struct expr_slot *s = expr_slot(c->spec->form->checks[c->check[check]].expression, slot);
  return s->kind == EXPR_SLOT_CURRENT ? form_item_index(c->spec->form, s->name) : -1;
}

static enum err_code list_items(struct counter *c, struct arena *a, struct err *e) {
  const struct form *f = c->spec->form;
  int *at = ARENA_ARRAY(a, int, f->n_items + 1); /* number from 1 among the items read */
  if (!at) return no_memory(e);
  for (int i = 0; i < c->m; i++)
    for (int s = 0, n = expr_n_slots(f->checks[c->check[i]].expression); s < n; s++) {
      const int item = slot_item(c, i, s);
      if (item >= 0) at[item] = 1;
    }
  for (int i = 0; i < f->n_items; i++) {
    if (!at[i]) continue;
    c->item[c->p] = i;
    at[i] = ++c->p;
  }
  c->words = (c->p + 63) / 64;
  c->reads = ARENA_ARRAY(a, uint64_t, (int64_t)c->m * c->words + 1);
  c->seen = ARENA_ARRAY(a, uint64_t, c->words + 1);
  if (!c->reads || !c->seen) return no_memory(e);
  for (int i = 0; i < c->m; i++)
    for (int s = 0, n = expr_n_slots(f->checks[c->check[i]].expression); s < n; s++) {
      const int item = slot_item(c, i, s), k = item < 0 ? -1 : at[item] - 1;
      if (k >= 0) c->reads[(int64_t)i * c->words + k / 64] |= (uint64_t)1 << (k % 64);
    }
  return E_OK;
}

/* --- binding --- */
static enum err_code measured(struct counter *c, struct arena *a, const struct check *k, struct unit_shard *with, struct err *e) {
  struct table *tables = ARENA_ARRAY(a, struct table, c->spec->n_shards + 1);
  if (!tables) return no_memory(e);
  for (int s = 0; s < c->spec->n_shards; s++) {
    with[s] = c->spec->shards[s];
    with[s].measures = &tables[s];
  }
  return group_measures(a, k, c->spec->shards, c->spec->n_shards, tables, e);
}

static enum err_code bind(struct counter *c, struct arena *a, int i, struct unit_shard *with, struct err *e) {
  const struct check *k = &c->spec->form->checks[c->check[i]];
  const struct unit_shard *shards = k->group ? with : c->spec->shards;
  if (!(c->expression[i] = expr_scratch_new(a, k->expression))) return no_memory(e);
  if (k->universe && !(c->universe[i] = expr_scratch_new(a, k->universe))) return no_memory(e);
  if (k->group) TRY(measured(c, a, k, with, e));
  for (int s = 0; s < c->spec->n_shards; s++) {
    struct bound *b = &c->bound[(int64_t)s * c->m + i];
    if (!runs(c->spec, &shards[s], k)) continue;
    TRY(edit_bind(a, k->expression, &shards[s], &b->expression, e));
    if (k->universe) TRY(edit_bind(a, k->universe, &shards[s], &b->universe, e));
  }
  return E_OK;
}

static enum err_code bind_all(struct counter *c, struct arena *a, struct err *e) {
  struct unit_shard *with = ARENA_ARRAY(a, struct unit_shard, c->spec->n_shards + 1);
  c->universe = ARENA_ARRAY(a, struct expr_scratch *, c->m + 1);
  c->expression = ARENA_ARRAY(a, struct expr_scratch *, c->m + 1);
  c->bound = ARENA_ARRAY(a, struct bound, (int64_t)c->m * c->spec->n_shards + 1);
  c->status = ARENA_ARRAY(a, uint8_t, (int64_t)c->m * EXPR_BATCH + 1);
  if (!with || !c->universe || !c->expression || !c->bound || !c->status) return no_memory(e);
  for (int i = 0; i < c->m; i++) TRY(bind(c, a, i, with, e));
  return E_OK;
}

/* --- counting --- */
static void count(struct check_tally *t, int64_t weight) {
  t->n++;
  t->weight += weight;
}

static enum err_code judge(struct counter *c, int shard, int i, int64_t row, int n, struct err *e) {
  static const uint8_t of_truth[] = {[EXPR_FALSE] = CHECK_FAILED, [EXPR_TRUE] = CHECK_PASSED, [EXPR_UNKNOWN] = CHECK_MISSED};
  const struct check *k = &c->spec->form->checks[c->check[i]];
  const struct bound *b = &c->bound[(int64_t)shard * c->m + i];
  uint8_t *status = c->status + (int64_t)i * EXPR_BATCH, universe[EXPR_BATCH];
  if (!runs(c->spec, &c->spec->shards[shard], k)) return memset(status, CHECK_OUTSIDE, (size_t)n), E_OK;
  TRY(expr_eval_bool(k->expression, &b->expression, c->expression[i], row, n, status, e));
  for (int r = 0; r < n; r++) status[r] = of_truth[status[r]];
  if (!k->universe) return E_OK;
  TRY(expr_eval_bool(k->universe, &b->universe, c->universe[i], row, n, universe, e));
  for (int r = 0; r < n; r++)
    if (universe[r] != EXPR_TRUE) status[r] = universe[r] == EXPR_FALSE ? CHECK_OUTSIDE : CHECK_MISSED;
  return E_OK;
}

/* Everything but `passed` per check and per item: that is what is left of the group's records. */
static void count_cells(struct counter *c, struct check_stats *s, int row, int32_t group, int64_t weight, enum check_status worst) {
  memset(c->seen, 0, (size_t)c->words * sizeof *c->seen);
  for (int i = 0; i < c->m; i++) {
    const uint8_t status = c->status[(int64_t)i * EXPR_BATCH + row];
    if (status == CHECK_PASSED) continue;
    count(&s->edit[((int64_t)group * c->m + i) * CHECK_STATUSES + status], weight);
    for (int w = 0; status == worst && w < c->words; w++) c->seen[w] |= c->reads[(int64_t)i * c->words + w];
  }
  for (int w = 0; worst != CHECK_PASSED && w < c->words; w++)
    for (uint64_t bits = c->seen[w]; bits; bits &= bits - 1)
      count(&s->role[((int64_t)group * c->p + w * 64 + __builtin_ctzll(bits)) * 3 + worst], weight);
}

static void count_record(struct counter *c, int row, int64_t record) {
  int n[CHECK_STATUSES] = {0};
  const int64_t weight = c->spec->weight ? c->spec->weight[record] : WEIGHT_ONE;
  for (int i = 0; i < c->m; i++) n[c->status[(int64_t)i * EXPR_BATCH + row]]++;
  const enum check_status worst = n[CHECK_FAILED] ? CHECK_FAILED : n[CHECK_MISSED] ? CHECK_MISSED : CHECK_PASSED;
  for (int b = 0; b < c->spec->n_by; b++) {
    struct check_stats *s = &c->out[b];
    const int32_t group = c->spec->by[b].group ? c->spec->by[b].group[record] : 0;
    if (group < 0 || group >= s->n_groups) continue;
    count(&s->record[(int64_t)group * 3 + worst], weight);
    for (int k = 0; k < 3; k++) count(&s->k[((int64_t)group * (c->m + 1) + n[k]) * 3 + k], weight);
    if (n[CHECK_PASSED] < c->m) count_cells(c, s, row, group, weight, worst);
  }
}

static enum err_code count_shard(struct counter *c, int shard, struct err *e) {
  const struct unit_shard *s = &c->spec->shards[shard];
  for (int64_t row = 0; row < s->current->n_rows; row += EXPR_BATCH) {
    const int n = s->current->n_rows - row < EXPR_BATCH ? (int)(s->current->n_rows - row) : EXPR_BATCH;
    for (int i = 0; i < c->m; i++) TRY(judge(c, shard, i, row, n, e));
    for (int r = 0; r < n; r++) {
      const int64_t record = s->first_record + row + r;
      if (!c->spec->selected || c->spec->selected[record]) count_record(c, r, record);
    }
  }
  return E_OK;
}

static void take(struct check_tally *from, const struct check_tally *t) {
  from->n -= t->n;
  from->weight -= t->weight;
}

static void complete(struct check_stats *s) {
  for (int g = 0; g < s->n_groups; g++) {
    for (int i = 0; i < s->m; i++) {
      struct check_tally *t = &s->edit[((int64_t)g * s->m + i) * CHECK_STATUSES];
      t[CHECK_PASSED] = check_stats_total(s, g);
      for (int k = CHECK_MISSED; k < CHECK_STATUSES; k++) take(&t[CHECK_PASSED], &t[k]);
    }
    for (int v = 0; v < s->p; v++) s->role[((int64_t)g * s->p + v) * 3 + CHECK_PASSED] = s->record[(int64_t)g * 3 + CHECK_PASSED];
  }
}

static enum err_code room(struct counter *c, struct arena *a, int b, struct err *e) {
  const int64_t g = c->spec->by[b].group ? c->spec->by[b].n_groups : 1;
  struct check_stats *s = &c->out[b];
  *s = (struct check_stats){
      .form = c->spec->form, .m = c->m, .p = c->p, .n_groups = (int)g, .check = c->check, .item = c->item, .reads = c->reads, .words = c->words};
  s->edit = ARENA_ARRAY(a, struct check_tally, g * c->m * CHECK_STATUSES + 1);
  s->k = ARENA_ARRAY(a, struct check_tally, g * (c->m + 1) * 3 + 1);
  s->record = ARENA_ARRAY(a, struct check_tally, g * 3 + 1);
  s->role = ARENA_ARRAY(a, struct check_tally, g * c->p * 3 + 1);
  return s->edit && s->k && s->record && s->role ? E_OK : no_memory(e);
}

enum err_code check_stats_run(struct arena *a, const struct check_spec *spec, struct check_stats *out, struct err *e) {
  struct counter *c = ARENA_NEW(a, struct counter);
  if (!c) return no_memory(e);
  *c = (struct counter){.spec = spec, .out = out};
  c->check = ARENA_ARRAY(a, int, spec->form->n_checks + 1);
  c->item = ARENA_ARRAY(a, int, spec->form->n_items + 1);
  if (!c->check || !c->item) return no_memory(e);
  choose(c);
  TRY(list_items(c, a, e));
  TRY(bind_all(c, a, e));
  for (int b = 0; b < spec->n_by; b++) TRY(room(c, a, b, e));
  for (int s = 0; s < spec->n_shards; s++) TRY(count_shard(c, s, e));
  for (int b = 0; b < spec->n_by; b++) complete(&out[b]);
  return E_OK;
}

struct check_tally check_stats_total(const struct check_stats *s, int group) {
  struct check_tally all = {0, 0};
  for (int k = 0; k < 3; k++) {
    all.n += s->record[(int64_t)group * 3 + k].n;
    all.weight += s->record[(int64_t)group * 3 + k].weight;
  }
  return all;
}

struct check_tally check_stats_applied(const struct check_stats *s, int group, int item, enum check_status status) {
  struct check_tally all = {0, 0};
  for (int i = 0; i < s->m; i++) {
    if (!check_reads(s, i, item)) continue;
    const struct check_tally *t = &s->edit[((int64_t)group * s->m + i) * CHECK_STATUSES + status];
    all.n += t->n;
    all.weight += t->weight;
  }
  return all;
}
