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

struct weighted {
  int64_t x, w;
};
struct figures {
  int64_t n, changed, figure[N_FIGURES]; /* total, least, quantiles, greatest */
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
  const struct weighted *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->w < q->w ? -1 : p->w > q->w;
}

/* sum / 10^9 to the nearest whole, half away from zero; false when it leaves 64 bits. */
static bool scale_down(sum_int sum, int64_t *out) {
  sum_int size = sum < 0 ? -sum : sum, q = size / WEIGHT_ONE;
  q += (size % WEIGHT_ONE) * 2 >= WEIGHT_ONE;
  if (q > INT64_MAX) return false;
  *out = sum < 0 ? -(int64_t)q : (int64_t)q;
  return true;
}

static bool figures_of(struct weighted *v, int64_t n, struct figures *out) {
  static const int percent[N_QUANTILES] = {5, 25, 50, 75, 95};
  sum_int total = 0, weight = 0, reached = 0;
  int next = 0;
  qsort(v, (size_t)n, sizeof *v, by_value);
  for (int64_t i = 0; i < n; i++) {
    if (__builtin_add_overflow(total, (sum_int)v[i].x * v[i].w, &total)) return false;
    weight += v[i].w;
  }
  for (int64_t i = 0; i < n; i++)
    for (reached += v[i].w; next < N_QUANTILES && reached * 100 >= weight * percent[next]; next++) out->figure[2 + next] = v[i].x;
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
  bool good = put_text(t, EFFECT_ITEM, str_of(in->item), true) && put_text(t, EFFECT_CLASS, class, class.n > 0)
      && put_text(t, EFFECT_WEIGHTING, weighted ? STR("design") : STR("none"), true)
      && put_text(t, EFFECT_STAGE, after ? STR("after") : STR("before"), true);
  t->columns[EFFECT_N].i64[t->n_rows] = f->n;
  t->columns[EFFECT_CHANGED].i64[t->n_rows] = f->changed;
  t->columns[EFFECT_N].status[t->n_rows] = t->columns[EFFECT_CHANGED].status[t->n_rows] = VAL_DERIVED;
  for (int i = 0; i < N_FIGURES; i++) good = good && put_figure(t, EFFECT_FIGURES + i, f->figure[i], in->decimals, f->n > 0);
  if (!good) return ERR(e, E_NO_MEMORY, .subject = in->item);
  t->n_rows++;
  return E_OK;
}

/* class -1: all records. */
static enum err_code one(
    const struct effect_input *in, int32_t class, bool weighted, bool after, struct weighted *scratch, struct table *to, struct err *e) {
  const struct effect_values *v = after ? &in->after : &in->before;
  struct figures f = {.n = 0};
  for (int64_t i = 0; i < in->n; i++) {
    if ((class >= 0 && in->group[i] != class) || !value_present(v->status[i])) continue;
    f.changed += v->status[i] == VAL_IMPUTED || v->status[i] == VAL_CORRECTED;
    scratch[f.n++] = (struct weighted){v->x[i], weighted ? in->weight[i] : WEIGHT_ONE};
  }
  if (f.n && !figures_of(scratch, f.n, &f)) return ERR(e, E_IMPUTE_OVERFLOW, .subject = in->item);
  return put_row(to, in, class < 0 ? STR("") : in->group_names[class], weighted, after, &f, e);
}

enum err_code effect_append(struct arena *a, const struct effect_input *in, struct table *to, struct err *e) {
  struct weighted *scratch = ARENA_ARRAY(a, struct weighted, in->n + 1);
  if (!scratch) return ERR(e, E_NO_MEMORY, .subject = in->item);
  const int versions = in->weight ? 2 : 1;
  for (int32_t class = -1; class < in->n_groups; class++)
    for (int weighted = 0; weighted < versions; weighted++)
      for (int after = 0; after < 2; after++) TRY(one(in, class, weighted, after, scratch, to, e));
  return E_OK;
}
