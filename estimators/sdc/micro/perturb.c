#include "estimators/sdc/micro/perturb.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sum.h"
#include "estimators/sdc/micro/recode.h"

enum { PURPOSE_BYTES = 160 };
/* Each method has random numbers of its own, also for the same variable and record. */
static const char *purpose_of(const char *method, const char *name, char out[PURPOSE_BYTES]) {
  snprintf(out, PURPOSE_BYTES, "%s %s", method, name);
  return out;
}
static enum err_code check_number(const struct column *c, double amount, struct err *e) {
  if (c->type != COL_INT) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  return amount > 0 && amount <= 10 ? E_OK : ERR(e, E_MICRO_PARAMETER, .subject = "amount", .expected = "above 0, at most 10");
}
static enum err_code put_value(struct column *c, int64_t row, double v, struct micro_disturbed *out, struct err *e) {
  const int64_t before = c->i64[row];
  if (!micro_set_value(c, row, v)) return ERR(e, E_MICRO_PARAMETER, .subject = c->name, .expected = "values below 2^62");
  c->status[row] = VAL_DERIVED;
  out->n_changed += c->i64[row] != before;
  return E_OK;
}
static double mean_of(const struct column *c, const uint8_t *use, int64_t n, int64_t *count) {
  struct sum s = {0, 0};
  *count = 0;
  for (int64_t i = 0; i < n; i++)
    if (use ? use[i] : value_present(c->status[i])) sum_add(&s, micro_value(c, i)), ++*count;
  return *count ? sum_result(&s) / (double)*count : 0;
}
enum err_code micro_noise(struct column *c, const struct micro_disturbance *d, double amount, struct micro_disturbed *out, struct err *e) {
  int64_t count;
  struct sum squares = {0, 0};
  char purpose[PURPOSE_BYTES];
  *out = (struct micro_disturbed){0};
  TRY(check_number(c, amount, e));
  const double mean = mean_of(c, NULL, d->n, &count);
  purpose_of("noise", c->name, purpose);
  for (int64_t i = 0; i < d->n; i++)
    if (value_present(c->status[i])) sum_add(&squares, (micro_value(c, i) - mean) * (micro_value(c, i) - mean));
  const double sd = count > 1 ? sqrt(sum_result(&squares) / (double)(count - 1)) : 0;
  for (int64_t i = 0; i < d->n; i++) {
    if (!value_present(c->status[i])) out->n_left_alone++;
    else TRY(put_value(c, i, micro_value(c, i) + amount * sd * micro_normal(d->stream, purpose, d->record[i], 0), out, e));
  }
  return E_OK;
}

/* --- correlated noise --- */
static void covariance(struct column *const *c, int m, const uint8_t *use, int64_t n, double *v) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j <= i; j++) {
      int64_t count;
      struct sum s = {0, 0};
      const double a = mean_of(c[i], use, n, &count), b = mean_of(c[j], use, n, &count);
      for (int64_t r = 0; r < n; r++)
        if (use[r]) sum_add(&s, (micro_value(c[i], r) - a) * (micro_value(c[j], r) - b));
      v[i * m + j] = v[j * m + i] = count > 1 ? sum_result(&s) / (double)(count - 1) : 0;
    }
}
/* Lower triangle L with L L' = v, in place. */
static bool cholesky(double *v, int m) {
  for (int j = 0; j < m; j++) {
    for (int i = j; i < m; i++) {
      double s = v[i * m + j];
      for (int k = 0; k < j; k++) s -= v[i * m + k] * v[j * m + k];
      if (i == j && !(s > 1e-12 * fabs(v[j * m + j]))) return false;
      v[i * m + j] = i == j ? sqrt(s) : s / v[j * m + j];
    }
  }
  return true;
}
static enum err_code add_vector(struct column *const *c, int m, const struct micro_disturbance *d, int64_t row, const double *factor, double amount,
    struct micro_disturbed *out, struct err *e) {
  double z[MICRO_NOISE_COLUMNS_MOST];
  char purpose[PURPOSE_BYTES];
  for (int j = 0; j < m; j++) z[j] = micro_normal(d->stream, purpose_of("correlated noise", c[j]->name, purpose), d->record[row], 0);
  for (int i = 0; i < m; i++) {
    double noise = 0;
    for (int j = 0; j <= i; j++) noise += factor[i * m + j] * z[j];
    TRY(put_value(c[i], row, micro_value(c[i], row) + amount * noise, out, e));
  }
  return E_OK;
}
enum err_code micro_noise_correlated(struct arena *a, struct column *const *c, int m, const struct micro_disturbance *d, double amount,
    struct micro_disturbed *out, struct err *e) {
  double factor[MICRO_NOISE_COLUMNS_MOST * MICRO_NOISE_COLUMNS_MOST];
  *out = (struct micro_disturbed){0};
  if (m < 1 || m > MICRO_NOISE_COLUMNS_MOST) return ERR(e, E_MICRO_PARAMETER, .subject = "variables", .expected = "1 to 16");
  uint8_t *use = ARENA_ARRAY(a, uint8_t, d->n + 1);
  if (!use) return ERR(e, E_NO_MEMORY, .subject = "noise");
  for (int j = 0; j < m; j++) TRY(check_number(c[j], amount, e));
  for (int64_t i = 0; i < d->n; i++) {
    use[i] = 1;
    for (int j = 0; j < m; j++) use[i] = use[i] && value_present(c[j]->status[i]);
    out->n_left_alone += !use[i];
  }
  covariance(c, m, use, d->n, factor);
  if (!cholesky(factor, m)) return ERR(e, E_MICRO_SOLVE, .subject = "covariance");
  for (int64_t i = 0; i < d->n; i++)
    if (use[i]) TRY(add_vector(c, m, d, i, factor, amount, out, e));
  return E_OK;
}

/* --- rank swapping --- */
struct place {
  int64_t value;
  uint64_t key; /* order inside a window; ties of values are in this order too */
  int64_t row;
};
static int by_value(const void *a, const void *b) {
  const struct place *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->row < y->row ? -1 : x->row > y->row;
}
static int by_key(const void *a, const void *b) {
  const struct place *x = a, *y = b;
  return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->row < y->row ? -1 : x->row > y->row;
}
static void exchange(struct column *c, const struct place *x, const struct place *y, struct micro_disturbed *out) {
  c->i64[x->row] = y->value, c->i64[y->row] = x->value;
  c->status[x->row] = c->status[y->row] = VAL_DERIVED;
  out->n_changed += 2 * (x->value != y->value);
}
enum err_code micro_rank_swap(struct arena *a, struct column *c, const struct micro_disturbance *d, double percent, struct micro_disturbed *out,
    struct err *e) {
  int64_t n = 0;
  char purpose[PURPOSE_BYTES];
  *out = (struct micro_disturbed){0};
  if (c->type != COL_INT) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  if (!(percent > 0 && percent <= 100)) return ERR(e, E_MICRO_PARAMETER, .subject = "percent", .expected = "above 0, at most 100");
  struct place *p = ARENA_ARRAY(a, struct place, d->n + 1);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = c->name);
  purpose_of("rank swap", c->name, purpose);
  for (int64_t i = 0; i < d->n; i++)
    if (value_present(c->status[i])) p[n++] = (struct place){.value = c->i64[i], .key = micro_random(d->stream, purpose, d->record[i], 0), .row = i};
  out->n_left_alone = d->n - n;
  if (n > 1) qsort(p, (size_t)n, sizeof *p, by_value);
  int64_t width = (int64_t)(percent / 100 * (double)n);
  if (width < 2) width = 2;
  for (int64_t from = 0; from < n; from += width) {
    const int64_t size = from + width <= n ? width : n - from;
    qsort(p + from, (size_t)size, sizeof *p, by_key);
    for (int64_t i = 0; i + 1 < size; i += 2) exchange(c, &p[from + i], &p[from + i + 1], out);
  }
  return E_OK;
}

/* --- post-randomisation --- */
static void random_rows(const struct micro_stream *s, const char *purpose, int m, double least, double *p) {
  for (int i = 0; i < m; i++) {
    double shares = 0;
    const double stay = m > 1 ? least + (1 - least) * micro_uniform(s, purpose, (uint64_t)i, UINT64_MAX) : 1;
    for (int j = 0; j < m; j++) shares += p[i * m + j] = j == i ? 0 : micro_uniform(s, purpose, (uint64_t)i, (uint64_t)j);
    for (int j = 0; j < m; j++) p[i * m + j] = j == i ? stay : (1 - stay) * p[i * m + j] / shares;
  }
}
enum err_code micro_pram_matrix(struct arena *a, const struct micro_stream *s, const char *purpose, const double *p, int m, double least,
    double alpha, double *r, struct err *e) {
  double *move = ARENA_ARRAY(a, double, m * m + 1), *back = ARENA_ARRAY(a, double, m * m + 1);
  if (!move || !back) return ERR(e, E_NO_MEMORY, .subject = purpose);
  if (!(least >= 0 && least < 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "least", .expected = "0 or above, below 1");
  if (!(alpha > 0 && alpha <= 1)) return ERR(e, E_MICRO_PARAMETER, .subject = "alpha", .expected = "above 0, at most 1");
  random_rows(s, purpose, m, least, move);
  for (int k = 0; k < m; k++) {
    double reached = 0;
    for (int j = 0; j < m; j++) reached += move[j * m + k] * p[j];
    for (int j = 0; j < m; j++) back[k * m + j] = reached > 0 ? move[j * m + k] * p[j] / reached : j == k;
  }
  for (int i = 0; i < m; i++)
    for (int j = 0; j < m; j++) {
      double v = 0;
      for (int k = 0; k < m; k++) v += move[i * m + k] * back[k * m + j];
      r[i * m + j] = alpha * v + (i == j ? 1 - alpha : 0);
    }
  return E_OK;
}
static enum err_code frequencies(struct arena *a, const struct column *c, int64_t n, int m, double **out, int64_t *present, struct err *e) {
  double *p = ARENA_ARRAY(a, double, m + 1);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = c->name);
  *present = 0;
  for (int64_t i = 0; i < n; i++)
    if (value_present(c->status[i])) p[c->code[i]] += 1, ++*present;
  for (int k = 0; k < m; k++) p[k] /= *present ? (double)*present : 1;
  *out = p;
  return E_OK;
}
static int32_t drawn(const double *row, int m, double u, int32_t stay) {
  double up_to = 0;
  for (int32_t k = 0; k < m; k++)
    if (u < (up_to += row[k])) return k;
  return stay; /* the row's sum ended a bit below 1 */
}
enum err_code micro_pram(struct arena *a, struct column *c, const struct micro_disturbance *d, double least, double alpha,
    struct micro_disturbed *out, struct err *e) {
  double *p = NULL, *r;
  int64_t present = 0;
  char purpose[PURPOSE_BYTES];
  *out = (struct micro_disturbed){0};
  if (c->type != COL_CODE && c->type != COL_TEXT) return ERR(e, E_MICRO_VARIABLE, .subject = c->name);
  const int m = dict_count(c->dict);
  if (m > MICRO_PRAM_CATEGORIES_MOST) return ERR(e, E_MICRO_PARAMETER, .subject = c->name, .expected = "at most 256 categories");
  TRY(frequencies(a, c, d->n, m, &p, &present, e));
  if (!(r = ARENA_ARRAY(a, double, m * m + 1))) return ERR(e, E_NO_MEMORY, .subject = c->name);
  TRY(micro_pram_matrix(a, d->stream, purpose_of("pram matrix", c->name, purpose), p, m, least, alpha, r, e));
  purpose_of("pram", c->name, purpose);
  for (int64_t i = 0; i < d->n; i++) {
    if (!value_present(c->status[i])) continue;
    const int32_t to = drawn(r + (int64_t)c->code[i] * m, m, micro_uniform(d->stream, purpose, d->record[i], 0), c->code[i]);
    out->n_changed += to != c->code[i];
    c->code[i] = to, c->status[i] = VAL_DERIVED;
  }
  out->n_left_alone = d->n - present;
  return E_OK;
}
