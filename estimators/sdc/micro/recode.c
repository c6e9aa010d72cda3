#include "estimators/sdc/micro/recode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/sdc/sdc_primary.h"

static double scale_of(const struct column *c) {
  double s = 1;
  for (int k = 0; k < c->decimals; k++) s *= 10;
  return s;
}
double micro_value(const struct column *c, int64_t row) { return (double)c->i64[row] / scale_of(c); }
bool micro_set_value(struct column *c, int64_t row, double v) {
  const double x = round(v * scale_of(c));
  if (!(fabs(x) < 0x1p62)) return false;
  c->i64[row] = (int64_t)x;
  return true;
}

/* --- categories --- */
static int row_of(const struct micro_recode_table *t, struct str code) {
  for (int k = 0; k < t->n; k++)
    if (str_eq(code, str_of(t->from[k]))) return k;
  return -1;
}
/* What each code of the column becomes; -2 = has no row and is not needed yet. */
static enum err_code map_codes(
    struct arena *a, const struct column *c, const struct micro_recode_table *t, struct dict *d, int32_t **out, struct err *e) {
  const int32_t n = dict_count(c->dict);
  int32_t *to = ARENA_ARRAY(a, int32_t, n + 1);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int32_t k = 0; k < n; k++) {
    const int row = row_of(t, dict_text(c->dict, k));
    const char *text = row >= 0 ? t->to[row] : t->other;
    to[k] = text ? dict_add(d, str_of(text)) : -2;
    if (to[k] == -1) return ERR(e, E_NO_MEMORY, .subject = c->name);
  }
  *out = to;
  return E_OK;
}
enum err_code micro_recode(struct arena *a, struct column *c, int64_t n, const struct micro_recode_table *t, struct err *e) {
  int32_t *to = NULL;
  if (c->type != COL_CODE && c->type != COL_TEXT) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  struct dict *d = dict_new(a);
  if (!d) return ERR(e, E_NO_MEMORY, .subject = c->name);
  TRY(map_codes(a, c, t, d, &to, e));
  for (int64_t i = 0; i < n; i++)
    if (value_present(c->status[i]) && to[c->code[i]] == -2) return ERR(e, E_MICRO_CODE, .subject = c->name, .line = i + 2);
  for (int64_t i = 0; i < n; i++)
    if (value_present(c->status[i])) c->code[i] = to[c->code[i]];
  c->dict = d;
  return E_OK;
}

/* --- classes --- */
static int class_of(const struct micro_classes *k, double x) {
  int low = 0, high = k->n;
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (k->edge[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
enum err_code micro_classify(struct arena *a, struct column *c, int64_t n, const struct micro_classes *k, struct err *e) {
  if (c->type != COL_INT) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  if (k->n < 1) return ERR(e, E_MICRO_PARAMETER, .subject = c->name, .expected = "one class or more");
  for (int i = 1; i < k->n; i++)
    if (!(k->edge[i] > k->edge[i - 1])) return ERR(e, E_MICRO_PARAMETER, .subject = c->name, .expected = "edges that rise");
  struct dict *d = dict_new(a);
  int32_t *code = ARENA_ARRAY(a, int32_t, n + 64), *of_class = ARENA_ARRAY(a, int32_t, k->n);
  if (!d || !code || !of_class) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int i = 0; i < k->n; i++) /* two classes may share a label */
    if ((of_class[i] = dict_add(d, str_of(k->label[i]))) < 0) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(c->status[i])) continue;
    const int at = class_of(k, micro_value(c, i));
    if (at < 0) return ERR(e, E_MICRO_CODE, .subject = c->name, .line = i + 2);
    code[i] = of_class[at];
  }
  c->type = COL_CODE, c->code = code, c->dict = d, c->i64 = NULL, c->decimals = 0, c->is_date = false;
  return E_OK;
}

/* --- tails --- */
struct ends {
  double *x; /* present values, the extreme ones first; sign turned for the top */
  int64_t n;
};
static int rising(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static enum err_code sort_ends(struct arena *a, const struct column *c, int64_t n, bool bottom, struct ends *out, struct err *e) {
  *out = (struct ends){.x = ARENA_ARRAY(a, double, n + 1)};
  if (!out->x) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int64_t i = 0; i < n; i++)
    if (value_present(c->status[i])) out->x[out->n++] = bottom ? micro_value(c, i) : -micro_value(c, i);
  if (out->n > 1) qsort(out->x, (size_t)out->n, sizeof *out->x, rising);
  return E_OK;
}
static int64_t end_of_ties(const struct ends *x, int64_t from) {
  int64_t to = from + 1;
  while (to < x->n && x->x[to] == x->x[from]) to++;
  return to;
}
/* How many of the sorted values make up the tail. */
static int64_t tail_size(const struct ends *x, const struct micro_tail *t) {
  int64_t size = 0;
  if (t->rule == MICRO_TAIL_THRESHOLD) {
    const double limit = t->bottom ? t->limit : -t->limit;
    while (size < x->n && x->x[size] < limit) size++;
    return size;
  }
  const double most = t->rule == MICRO_TAIL_SHARE ? t->limit * (double)x->n : 0;
  while (size < x->n) {
    const int64_t to = end_of_ties(x, size);
    if (t->rule == MICRO_TAIL_SHARE && size > 0 && (double)to > most) break;
    size = to;
    if (t->rule == MICRO_TAIL_RECORDS && (double)size >= t->limit) break;
    if (t->rule == MICRO_TAIL_SHARE && (double)size >= most) break;
  }
  return size;
}
static enum err_code check_tail(const struct column *c, const struct micro_tail *t, struct err *e) {
  if (c->type != COL_INT) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  if (t->rule == MICRO_TAIL_SHARE && !(t->limit > 0 && t->limit < 1))
    return ERR(e, E_MICRO_PARAMETER, .subject = "share", .expected = "above 0, below 1");
  if (t->rule == MICRO_TAIL_RECORDS && !(t->limit >= 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "records", .expected = "1 or more");
  return isfinite(t->limit) ? E_OK : ERR(e, E_MICRO_PARAMETER, .subject = "threshold", .expected = "a number");
}
static bool in_tail(const struct micro_tail *t, double x, double threshold) {
  if (t->rule == MICRO_TAIL_THRESHOLD) return t->bottom ? x < threshold : x > threshold;
  return t->bottom ? x <= threshold : x >= threshold;
}
/* A mean is a figure, and keeps to the rules of one: (2, 90 %) and p 10 % on the unweighted values. */
static const struct sdc_profile tail_rule = {.dominance_n = 2, .dominance_percent = 90, .p_percent = 10};
static void measure_tail(const struct column *c, int64_t n, const double *weight, const struct micro_tail *t, struct micro_tail_report *out) {
  struct sum w = {0, 0}, wx = {0, 0}, all = {0, 0};
  double first = 0, second = 0;
  out->n_coded = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(c->status[i]) || !in_tail(t, micro_value(c, i), out->threshold)) continue;
    const double mine = weight ? weight[i] : 1;
    const double x = fabs(micro_value(c, i));
    out->n_coded++;
    sum_add(&w, mine), sum_add(&wx, mine * micro_value(c, i)), sum_add(&all, x);
    if (x > first) second = first, first = x;
    else if (x > second) second = x;
  }
  out->weighted = sum_result(&w);
  const int64_t least = t->least_for_mean > MICRO_TAIL_LEAST ? t->least_for_mean : MICRO_TAIL_LEAST;
  out->has_mean = out->n_coded >= least && out->weighted > 0 && !sdc_unsafe(&tail_rule, 0, true, first, second, sum_result(&all));
  out->mean = out->has_mean ? sum_result(&wx) / out->weighted : 0;
}
enum err_code micro_cut_tail(struct arena *a, struct column *c, int64_t n, const double *weight, const struct micro_tail *t,
    struct micro_tail_report *out, struct err *e) {
  struct ends x;
  TRY(check_tail(c, t, e));
  TRY(sort_ends(a, c, n, t->bottom, &x, e));
  *out = (struct micro_tail_report){.threshold = t->limit};
  const int64_t size = tail_size(&x, t);
  if (!size) return E_OK;
  if (t->rule != MICRO_TAIL_THRESHOLD) out->threshold = t->bottom ? x.x[size - 1] : -x.x[size - 1];
  measure_tail(c, n, weight, t, out);
  if (t->mean && !out->has_mean)
    return ERR(e, E_MICRO_PARAMETER, .subject = c->name,
        .expected = "a tail of 10 records, none of which dominates, for a mean; or 'replace': 'threshold'");
  const double by = t->mean ? out->mean : out->threshold;
  for (int64_t i = 0; i < n; i++) {
    if (!value_present(c->status[i]) || !in_tail(t, micro_value(c, i), out->threshold)) continue;
    if (!micro_set_value(c, i, by)) return ERR(e, E_MICRO_PARAMETER, .subject = c->name, .expected = "values below 2^62");
    c->status[i] = VAL_DERIVED;
  }
  return E_OK;
}
