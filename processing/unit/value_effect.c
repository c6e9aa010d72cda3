#include "processing/unit/value_effect.h"

#include <stdlib.h>

#include "base/sum.h"

enum { WEIGHT_ONE = 1000000000, N_QUANTILES = 5, N_FIGURES = N_QUANTILES + 3 };
enum effect_column {
  EFFECT_ITEM,
  EFFECT_CLASS,
  EFFECT_WEIGHTING,
  EFFECT_STAGE,
  EFFECT_N,
  EFFECT_CHANGED,
  EFFECT_FIGURES,
  EFFECT_COLUMNS = EFFECT_FIGURES + N_FIGURES
};

struct value {
  int64_t x, w; /* w: design weight times 10^9 */
  int32_t group;
  bool changed;
};
struct figures {
  int64_t n, changed, figure[N_FIGURES]; /* total, least, quantiles, greatest */
};
/* The present values of one stage: sorted by value within each class, the classes one after another. */
struct stage {
  struct value *values;
  int64_t *first;        /* [n_groups + 1] */
  struct figures all[2]; /* unweighted, weighted */
};

enum err_code effect_table_init(struct arena *a, struct table *out, struct err *e) {
  static const struct column columns[EFFECT_COLUMNS] = {{.name = "item", .type = COL_CODE}, {.name = "class", .type = COL_TEXT},
      {.name = "weighting", .type = COL_CODE}, {.name = "stage", .type = COL_CODE}, {.name = "n", .type = COL_INT},
      {.name = "changed", .type = COL_INT}, {.name = "total", .type = COL_TEXT}, {.name = "least", .type = COL_TEXT},
      {.name = "p05", .type = COL_TEXT}, {.name = "p25", .type = COL_TEXT}, {.name = "p50", .type = COL_TEXT}, {.name = "p75", .type = COL_TEXT},
      {.name = "p95", .type = COL_TEXT}, {.name = "greatest", .type = COL_TEXT}};
  return table_init(out, a, columns, EFFECT_COLUMNS, 64, e);
}

static int by_value(const void *a, const void *b) {
  const struct value *p = a, *q = b;
  return (p->x > q->x) - (p->x < q->x);
}

/* sum / 10^9 to the nearest whole, half away from zero; false when it leaves 64 bits. */
static bool scale_down(sum_int sum, int64_t *out) {
  sum_int size = sum < 0 ? -sum : sum, q = size / WEIGHT_ONE;
  q += (size % WEIGHT_ONE) * 2 >= WEIGHT_ONE;
  if (q > INT64_MAX) return false;
  *out = sum < 0 ? -(int64_t)q : (int64_t)q;
  return true;
}

/* v: in the order of their values. */
static bool figures_of(const struct value *v, int64_t n, bool weighted, struct figures *out) {
  static const int percent[N_QUANTILES] = {5, 25, 50, 75, 95};
  sum_int total = 0, weight = 0, reached = 0;
  int next = 0;
  *out = (struct figures){.n = n};
  if (!n) return true;
  for (int64_t i = 0; i < n; i++) {
    const int64_t w = weighted ? v[i].w : WEIGHT_ONE;
    if (__builtin_add_overflow(total, (sum_int)v[i].x * w, &total)) return false;
    weight += w;
    out->changed += v[i].changed;
  }
  for (int64_t i = 0; i < n; i++)
    for (reached += weighted ? v[i].w : WEIGHT_ONE; next < N_QUANTILES && reached * 100 >= weight * percent[next]; next++)
      out->figure[2 + next] = v[i].x;
  out->figure[1] = v[0].x;
  out->figure[N_FIGURES - 1] = v[n - 1].x;
  return scale_down(total, &out->figure[0]);
}

static bool put_text(struct table *t, int k, struct str text, bool known) {
  t->columns[k].status[t->n_rows] = known ? VAL_DERIVED : VAL_BLANK;
  return (t->columns[k].code[t->n_rows] = dict_add(t->columns[k].dict, known ? text : STR(""))) >= 0;
}

static bool put_figure(struct table *t, int k, int64_t value, int decimals, bool known) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_add_decimal(&b, value, decimals);
  bool good = put_text(t, k, str_of(strbuf_cstr(&b)), known);
  strbuf_release(&b);
  return good;
}

static enum err_code put_row(
    struct table *t, const struct effect_input *in, struct str class, bool weighted, bool after, const struct figures *f, struct err *e) {
  TRY(table_reserve(t, t->n_rows + 1, e));
  bool good = put_text(t, EFFECT_ITEM, str_of(in->item), true) && put_text(t, EFFECT_CLASS, class, class.n > 0) &&
              put_text(t, EFFECT_WEIGHTING, weighted ? STR("design") : STR("none"), true) &&
              put_text(t, EFFECT_STAGE, after ? STR("after") : STR("before"), true);
  t->columns[EFFECT_N].i64[t->n_rows] = f->n;
  t->columns[EFFECT_CHANGED].i64[t->n_rows] = f->changed;
  t->columns[EFFECT_N].status[t->n_rows] = t->columns[EFFECT_CHANGED].status[t->n_rows] = VAL_DERIVED;
  for (int i = 0; i < N_FIGURES; i++) good = good && put_figure(t, EFFECT_FIGURES + i, f->figure[i], in->decimals, f->n > 0);
  if (!good) return ERR(e, E_NO_MEMORY, .subject = in->item);
  t->n_rows++;
  return E_OK;
}

/* The present values in order, then laid into their classes by counting: the order within a class stays. */
static enum err_code sort_stage(
    struct arena *a, const struct effect_input *in, bool after, struct value *scratch, struct stage *out, struct err *e) {
  const struct effect_values *v = after ? &in->after : &in->before;
  int64_t n = 0;
  out->values = ARENA_ARRAY(a, struct value, in->n + 1);
  out->first = ARENA_ARRAY(a, int64_t, (int64_t)in->n_groups + 2);
  if (!out->values || !out->first) return ERR(e, E_NO_MEMORY, .subject = in->item);
  for (int64_t i = 0; i < in->n; i++) {
    if (!value_present(v->status[i])) continue;
    const int32_t group = in->n_groups ? in->group[i] : -1;
    scratch[n++] =
        (struct value){v->x[i], in->weight ? in->weight[i] : WEIGHT_ONE, group, v->status[i] == VAL_IMPUTED || v->status[i] == VAL_CORRECTED};
    if (group >= 0) out->first[group + 2]++;
  }
  if (n) qsort(scratch, (size_t)n, sizeof *scratch, by_value);
  for (int weighted = 0; weighted < 2; weighted++)
    if (!figures_of(scratch, n, weighted, &out->all[weighted])) return ERR(e, E_IMPUTE_OVERFLOW, .subject = in->item);
  for (int32_t g = 0; g < in->n_groups; g++) out->first[g + 2] += out->first[g + 1];
  for (int64_t i = 0; i < n; i++)
    if (scratch[i].group >= 0) out->values[out->first[scratch[i].group + 1]++] = scratch[i];
  return E_OK;
}

/* class -1: all records. */
static enum err_code one(
    const struct effect_input *in, int32_t class, bool weighted, bool after, const struct stage *from, struct table *to, struct err *e) {
  struct figures f = from->all[weighted];
  if (class >= 0 && !figures_of(from->values + from->first[class], from->first[class + 1] - from->first[class], weighted, &f))
    return ERR(e, E_IMPUTE_OVERFLOW, .subject = in->item);
  return put_row(to, in, class < 0 ? STR("") : in->group_names[class], weighted, after, &f, e);
}

static enum err_code append(struct arena *scratch, const struct effect_input *in, struct table *to, struct err *e) {
  struct stage stages[2] = {{.values = NULL}};
  struct value *values = ARENA_ARRAY(scratch, struct value, in->n + 1);
  const int versions = in->weight ? 2 : 1;
  if (!values) return ERR(e, E_NO_MEMORY, .subject = in->item);
  for (int after = 0; after < 2; after++) TRY(sort_stage(scratch, in, after, values, &stages[after], e));
  for (int32_t class = -1; class < in->n_groups; class ++)
    for (int weighted = 0; weighted < versions; weighted++)
      for (int after = 0; after < 2; after++) TRY(one(in, class, weighted, after, &stages[after], to, e));
  return E_OK;
}

enum err_code effect_append(const struct effect_input *in, struct table *to, struct err *e) {
  struct arena *scratch = arena_new(0);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = in->item);
  const enum err_code code = append(scratch, in, to, e);
  arena_free(scratch);
  return code;
}
