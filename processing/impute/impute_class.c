#include "processing/impute/impute_class.h"

#include <stdio.h>
#include <string.h>

#include "processing/edit/edit_rule.h"
#include "processing/impute/impute_plan.h"

enum { WEIGHT_ONE = 1000000000 };

const char *impute_outcome_name(enum impute_outcome o) {
  static const char *const names[] = {"imputed", "no_donors", "no_class", "zero_base", "no_predictor", "out_of_range", "universe_unknown"};
  return o < IMPUTE_OUTCOMES ? names[o] : "?";
}

/* --- exact ratio --- */
static sum_int magnitude(sum_int v) { return v < 0 ? -v : v; }

static sum_int gcd(sum_int a, sum_int b) {
  while (b) {
    sum_int rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

bool impute_scale(int64_t predictor, sum_int num, sum_int den, int64_t *out) {
  const sum_int most = (sum_int)(~(__extension__(unsigned __int128)0) >> 1);
  sum_int g = gcd(magnitude(num), den), z = magnitude(predictor);
  bool negative = (predictor < 0) != (num < 0);
  num = magnitude(num) / g;
  den /= g;
  g = gcd(z, den);
  z /= g;
  den /= g;
  if (z && num > most / z) return false;
  sum_int product = z * num, q = product / den, rest = product % den; // NOLINT(clang-analyzer-core.DivideZero): den > 0
  q += rest >= den - rest;
  if (q > INT64_MAX) return false;
  *out = negative ? -(int64_t)q : (int64_t)q;
  return true;
}

/* --- columns of a shard --- */
static const struct column *find_in(const struct table *t, const char *name) {
  int k = t ? table_find(t, name) : -1;
  return k < 0 ? NULL : &t->columns[k];
}

static const struct column *ref_column(const struct unit_shard *s, const struct impute_ref *ref) {
  return find_in(ref->frame ? s->frame : s->current, ref->name);
}

static enum err_code missing_record(int64_t record, enum err_code code, struct err *e) {
  char subject[32];
  (void)snprintf(subject, sizeof subject, "record %lld", (long long)record + 1);
  return ERR(e, code, .subject = subject);
}

/* --- classes --- */
struct class_sum {
  sum_int num, den;
  int64_t donors;
};
struct cells {
  int32_t *of_record[IMPUTE_MAX_LEVELS]; /* -1 = no class */
  struct dict *names[IMPUTE_MAX_LEVELS];
  struct class_sum *sums[IMPUTE_MAX_LEVELS];
};

/* "E16;3"; false when an item is missing. */
static bool class_name(const struct impute_level *l, const struct column *const *columns, int64_t row, struct strbuf *b) {
  char buffer[64];
  strbuf_reset(b);
  for (int i = 0; i < l->n_items; i++) {
    if (!columns[i] || !value_present(columns[i]->status[row])) return false;
    struct str text = column_text(columns[i], row, buffer, sizeof buffer);
    if (i) strbuf_addc(b, ';');
    strbuf_add(b, text.p, text.n);
  }
  return !b->failed;
}

static enum err_code classify_shard(const struct impute_level *l, const struct unit_shard *s, struct dict *names, int32_t *of_record, struct err *e) {
  const struct column *columns[IMPUTE_MAX_CLASS_ITEMS];
  struct strbuf b;
  enum err_code code = E_OK;
  for (int i = 0; i < l->n_items; i++) columns[i] = ref_column(s, &l->items[i]);
  strbuf_init(&b, 0);
  for (int64_t row = 0; row < s->current->n_rows && !code; row++) {
    int32_t *cell = &of_record[s->first_record + row];
    *cell = -1;
    if (!class_name(l, columns, row, &b)) continue;
    *cell = dict_add(names, str_view(b.p ? b.p : "", b.n));
    if (*cell < 0) code = ERR(e, E_NO_MEMORY, .subject = "imputation classes");
  }
  strbuf_release(&b);
  return code;
}

static enum err_code classify(struct impute_run *r, const struct impute_step_plan *s, struct cells *c, struct err *e) {
  for (int l = 0; l < s->n_levels; l++) {
    c->names[l] = dict_new(r->arena);
    c->of_record[l] = ARENA_ARRAY(r->arena, int32_t, r->n_records + 1);
    if (!c->names[l] || !c->of_record[l]) return ERR(e, E_NO_MEMORY, .subject = "imputation classes");
    for (int i = 0; i < r->n_shards; i++) TRY(classify_shard(&s->levels[l], &r->shards[i], c->names[l], c->of_record[l], e));
    c->sums[l] = ARENA_ARRAY(r->arena, struct class_sum, dict_count(c->names[l]) + 1);
    if (!c->sums[l]) return ERR(e, E_NO_MEMORY, .subject = "imputation classes");
  }
  return E_OK;
}

/* --- weights and strata: every unit must have them --- */
static enum err_code weights_of(struct impute_run *r, const struct impute_step_plan *s, int64_t **out, struct err *e) {
  *out = NULL;
  if (!s->weight) return E_OK;
  int64_t *weights = ARENA_ARRAY(r->arena, int64_t, r->n_records + 1);
  struct expr_scratch *scratch = expr_scratch_new(r->arena, s->weight);
  uint8_t status[EXPR_BATCH];
  if (!weights || !scratch) return ERR(e, E_NO_MEMORY, .subject = "design weights");
  for (int i = 0; i < r->n_shards; i++) {
    const struct unit_shard *shard = &r->shards[i];
    struct expr_binding b;
    TRY(edit_bind(r->arena, s->weight, shard, &b, e));
    for (int64_t row = 0; row < shard->current->n_rows; row += EXPR_BATCH) {
      int n = shard->current->n_rows - row < EXPR_BATCH ? (int)(shard->current->n_rows - row) : EXPR_BATCH;
      int64_t *to = weights + shard->first_record + row;
      TRY(expr_eval_int(s->weight, &b, scratch, IMPUTE_WEIGHT_DECIMALS, row, n, to, status, e));
      for (int k = 0; k < n; k++)
        if (!value_present(status[k]) || to[k] < WEIGHT_ONE) return missing_record(shard->first_record + row + k, E_NO_WEIGHT, e);
    }
  }
  *out = weights;
  return E_OK;
}

static enum err_code check_strata(const struct impute_run *r, const struct impute_step_plan *s, struct err *e) {
  if (!s->stratum.name) return E_OK;
  for (int i = 0; i < r->n_shards; i++) {
    const struct column *c = ref_column(&r->shards[i], &s->stratum);
    for (int64_t row = 0; row < r->shards[i].current->n_rows; row++)
      if (!c || !value_present(c->status[row])) return missing_record(r->shards[i].first_record + row, E_NO_STRATUM, e);
  }
  return E_OK;
}

/* --- sums over donors --- */
struct shard_view {
  struct column *x;
  const struct column *z; /* NULL with unit = predictor is 1 */
  bool unit;
};

static enum err_code view_of(
    const struct unit_shard *s, const struct item *item, const struct impute_predictor *z, struct shard_view *v, struct err *e) {
  *v = (struct shard_view){.x = table_column(s->current, item->name), .unit = z->name == NULL};
  if (!v->x || v->x->type != COL_INT) return ERR(e, E_EDIT_NO_COLUMN, .subject = item->name);
  if (z->name) v->z = find_in(z->previous ? s->previous : s->current, z->name);
  if (z->name && !z->previous && !v->z) return ERR(e, E_EDIT_NO_COLUMN, .subject = z->name);
  if (v->z && v->z->type != COL_INT) return ERR(e, E_EXPR_BIND, .subject = z->name);
  return E_OK;
}

static bool has_predictor(const struct shard_view *v, int64_t row) { return v->unit || (v->z && value_present(v->z->status[row])); }
static int64_t predictor(const struct shard_view *v, int64_t row) { return v->unit ? 1 : v->z->i64[row]; }
static bool observed(uint8_t status) { return value_present(status) && status != VAL_IMPUTED; }
static bool is_donor(const struct shard_view *v, int64_t row) {
  return observed(v->x->status[row]) && (v->unit || (v->z && observed(v->z->status[row])));
}

static bool add_product(sum_int *sum, int64_t w, int64_t x) { return !__builtin_add_overflow(*sum, (sum_int)w * x, sum); }

static enum err_code sum_donors(const struct impute_run *r, const struct impute_step_plan *s, const struct item *item,
    const struct impute_predictor *z, const int64_t *weights, struct cells *c, struct err *e) {
  for (int i = 0; i < r->n_shards; i++) {
    const struct unit_shard *shard = &r->shards[i];
    struct shard_view v;
    TRY(view_of(shard, item, z, &v, e));
    for (int64_t row = 0; row < shard->current->n_rows; row++) {
      int64_t record = shard->first_record + row, w = weights ? weights[record] : 1;
      for (int l = 0; l < s->n_levels && is_donor(&v, row); l++) {
        if (c->of_record[l][record] < 0) continue;
        struct class_sum *sum = &c->sums[l][c->of_record[l][record]];
        if (!add_product(&sum->num, w, v.x->i64[row]) || !add_product(&sum->den, w, predictor(&v, row)))
          return ERR(e, E_IMPUTE_OVERFLOW, .subject = item->name);
        sum->donors++;
      }
    }
  }
  return E_OK;
}

/* --- recipients --- */
static enum impute_outcome choose(const struct impute_step_plan *s, const struct cells *c, int64_t record, int *level) {
  enum impute_outcome why = IMPUTE_NO_CLASS;
  for (int l = 0; l < s->n_levels; l++) {
    int32_t cell = c->of_record[l][record];
    if (cell < 0) continue;
    const struct class_sum *sum = &c->sums[l][cell];
    *level = l;
    if (sum->donors >= s->min_class && sum->den != 0) return IMPUTED;
    if (why != IMPUTE_ZERO_BASE) why = sum->donors >= s->min_class ? IMPUTE_ZERO_BASE : IMPUTE_NO_DONORS;
  }
  return why;
}

static enum err_code impute_one(struct impute_run *r, const struct impute_step_plan *s, const struct item *item, const struct cells *c,
    struct shard_view *v, int64_t row, int64_t record, struct impute_count *count, enum impute_outcome *out, struct err *e) {
  char rule[48];
  int64_t value;
  int level = 0;
  *out = has_predictor(v, row) ? choose(s, c, record, &level) : IMPUTE_NO_PREDICTOR;
  if (*out != IMPUTED) return E_OK;
  const struct class_sum *sum = &c->sums[level][c->of_record[level][record]];
  sum_int sign = sum->den < 0 ? -1 : 1;
  if (!impute_scale(predictor(v, row), sum->num * sign, sum->den * sign, &value)) return ERR(e, E_IMPUTE_OVERFLOW, .subject = item->name);
  if ((item->has_min && value < item->min) || (item->has_max && value > item->max)) {
    *out = IMPUTE_OUT_OF_RANGE;
    return E_OK;
  }
  (void)snprintf(rule, sizeof rule, "impute.csv:%lld", (long long)s->line);
  struct change_reason why = {.method = s->method->name,
      .class = dict_text(c->names[level], c->of_record[level][record]),
      .level = level + 1,
      .donors = sum->donors,
      .step = s->order,
      .rule = rule};
  count->by_level[level]++;
  r->changed[record] = 1;
  return change_number(r->log, v->x, row, record, value, VAL_IMPUTED, &why, e);
}

/* Is the item asked of this record? All true without a universe. */
static enum err_code asked(
    const struct item *item, const struct expr_binding *b, struct expr_scratch *scratch, int64_t row, int n, uint8_t *out, struct err *e) {
  memset(out, EXPR_TRUE, (size_t)n);
  return item->universe ? expr_eval_bool(item->universe, b, scratch, row, n, out, e) : E_OK;
}

static bool is_missing(uint8_t status) {
  return !value_present(status) && status != VAL_NOT_APPLICABLE && (status < VAL_SUPPRESSED || status == VAL_PART_UNKNOWN);
}

static enum err_code impute_shard(struct impute_run *r, const struct impute_step_plan *s, const struct item *item, const struct impute_predictor *z,
    const struct cells *c, const struct unit_shard *shard, struct expr_scratch *scratch, struct impute_count *count, struct err *e) {
  struct shard_view v;
  uint8_t universe[EXPR_BATCH];
  struct expr_binding b = {0};
  TRY(view_of(shard, item, z, &v, e));
  if (item->universe) TRY(edit_bind(r->arena, item->universe, shard, &b, e));
  for (int64_t row0 = 0; row0 < shard->current->n_rows; row0 += EXPR_BATCH) {
    int n = shard->current->n_rows - row0 < EXPR_BATCH ? (int)(shard->current->n_rows - row0) : EXPR_BATCH;
    TRY(asked(item, &b, scratch, row0, n, universe, e));
    for (int i = 0; i < n; i++) {
      enum impute_outcome outcome = IMPUTE_UNIVERSE_UNKNOWN;
      if (!is_missing(v.x->status[row0 + i]) || universe[i] == EXPR_FALSE) continue;
      if (universe[i] == EXPR_TRUE) TRY(impute_one(r, s, item, c, &v, row0 + i, shard->first_record + row0 + i, count, &outcome, e));
      count->missing++;
      count->by_outcome[outcome]++;
    }
  }
  return E_OK;
}

enum err_code impute_by_class(struct impute_run *r, const struct impute_step_plan *s, const struct item *item, const struct impute_predictor *z,
    struct impute_count *count, struct err *e) {
  struct cells c = {{0}, {0}, {0}};
  int64_t *weights;
  struct expr_scratch *scratch = item->universe ? expr_scratch_new(r->arena, item->universe) : NULL;
  if (item->universe && !scratch) return ERR(e, E_NO_MEMORY, .subject = item->name);
  TRY(check_strata(r, s, e));
  TRY(weights_of(r, s, &weights, e));
  TRY(classify(r, s, &c, e));
  TRY(sum_donors(r, s, item, z, weights, &c, e));
  for (int i = 0; i < r->n_shards; i++) TRY(impute_shard(r, s, item, z, &c, &r->shards[i], scratch, count, e));
  return E_OK;
}
