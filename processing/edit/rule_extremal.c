/* Extremal points by the double description method: the cone over (1, x) is cut row by row; lines first, then rays; neighbours by their common
 * zeros. */
#include <string.h>

#include "base/exact.h"
#include "processing/edit/rule_analysis.h"

enum { WORDS = (RULE_ANALYSIS_MAX_ROWS + 1 + 63) / 64 };
struct ray {
  struct exact *z; /* [n]: 0 for a direction, above 0 for a point; then x times it */
  uint64_t *zeros; /* [words] constraints met as equations */
};
struct cone {
  struct arena *a;
  struct exact_pool numbers;
  int n, words, n_lines, n_rays, done;
  struct exact **lines, *minus_h; /* the constraint h z >= 0, with its sign changed */
  struct ray *rays, *next;
  struct err *e;
};

/* h z: its sign; the value in *out. */
static int dot(struct cone *c, const struct exact *z, struct exact *out) {
  exact_clear(&c->numbers, out);
  for (int j = 0; j < c->n; j++)
    if (!exact_is_zero(&z[j]) && !exact_is_zero(&c->minus_h[j])) exact_submul(&c->numbers, out, &c->minus_h[j], &z[j]);
  return exact_sign(&c->numbers, out);
}
/* The first number that is not zero becomes 1 or -1: a ray's length says nothing, and short numbers stay short. */
static void normalise(struct cone *c, struct exact *z) {
  struct exact by = exact_of(0);
  int first = 0;
  while (first < c->n && exact_is_zero(&z[first])) first++;
  if (first == c->n) return;
  exact_copy(&c->numbers, &by, &z[first]);
  if (exact_sign(&c->numbers, &by) < 0) exact_negate(&c->numbers, &by);
  for (int j = first; j < c->n; j++)
    if (!exact_is_zero(&z[j])) exact_divide(&c->numbers, &z[j], &z[j], &by);
  exact_clear(&c->numbers, &by);
}
/* Moves z along the line, which the constraint cuts by `cut`, onto the constraint. */
static void subtract(struct cone *c, struct exact *z, const struct exact *line, const struct exact *cut) {
  struct exact by = exact_of(0);
  if (dot(c, z, &by) != 0) {
    exact_divide(&c->numbers, &by, &by, cut);
    for (int j = 0; j < c->n; j++)
      if (!exact_is_zero(&line[j])) exact_submul(&c->numbers, &z[j], &by, &line[j]);
    normalise(c, z);
  }
  exact_clear(&c->numbers, &by);
}
static struct exact *zeros(struct arena *a, int n) {
  struct exact *z = ARENA_ARRAY(a, struct exact, n);
  for (int j = 0; z && j < n; j++) z[j] = exact_of(0);
  return z;
}
static bool ray_init(const struct cone *c, struct ray *r) {
  r->z = zeros(c->a, c->n);
  r->zeros = ARENA_ARRAY(c->a, uint64_t, c->words);
  return r->z && r->zeros;
}
static enum err_code no_memory(const struct cone *c) { return ERR(c->e, E_NO_MEMORY, .subject = "extremal points"); }
static void set_zero(const struct cone *c, struct ray *r) { r->zeros[c->done / 64] |= (uint64_t)1 << (c->done % 64); }

/* A line that the constraint cuts: it becomes a ray (or goes, for an equation), and all else moves along it onto the constraint. */
static enum err_code use_line(struct cone *c, int l, bool equation) {
  struct exact *line = c->lines[l], cut = exact_of(0);
  const int sign = dot(c, line, &cut);
  c->lines[l] = c->lines[--c->n_lines];
  for (int k = 0; k < c->n_lines; k++) subtract(c, c->lines[k], line, &cut);
  for (int k = 0; k < c->n_rays; k++) {
    subtract(c, c->rays[k].z, line, &cut);
    set_zero(c, &c->rays[k]);
  }
  exact_clear(&c->numbers, &cut);
  if (equation) return E_OK;
  struct ray *r = &c->rays[c->n_rays++];
  if (!ray_init(c, r)) return no_memory(c);
  for (int j = 0; j < c->n; j++) {
    r->z[j] = line[j];
    if (sign < 0) exact_negate(&c->numbers, &r->z[j]);
  }
  for (int i = 0; i < c->done; i++) r->zeros[i / 64] |= (uint64_t)1 << (i % 64);
  return E_OK;
}
/* No third ray has all the zeros that the two have in common. */
static bool neighbours(const struct cone *c, int p, int q) {
  uint64_t common[WORDS];
  for (int w = 0; w < c->words; w++) common[w] = c->rays[p].zeros[w] & c->rays[q].zeros[w];
  for (int k = 0; k < c->n_rays; k++) {
    if (k == p || k == q) continue;
    int w = 0;
    while (w < c->words && (common[w] & ~c->rays[k].zeros[w]) == 0) w++;
    if (w == c->words) return false;
  }
  return true;
}
/* dp q - dq p, where the constraint gives dp > 0 and dq < 0: it lies on the constraint. */
static enum err_code join(struct cone *c, int p, int q, const struct exact *dp, const struct exact *dq, struct ray *to) {
  struct exact minus = exact_of(0);
  if (!ray_init(c, to)) return no_memory(c);
  exact_copy(&c->numbers, &minus, dp);
  exact_negate(&c->numbers, &minus);
  for (int j = 0; j < c->n; j++) {
    exact_submul(&c->numbers, &to->z[j], &minus, &c->rays[q].z[j]);
    exact_submul(&c->numbers, &to->z[j], dq, &c->rays[p].z[j]);
  }
  exact_clear(&c->numbers, &minus);
  normalise(c, to->z);
  for (int w = 0; w < c->words; w++) to->zeros[w] = c->rays[p].zeros[w] & c->rays[q].zeros[w];
  set_zero(c, to);
  return E_OK;
}
static enum err_code join_all(struct cone *c, const struct exact *d, const int *sign, int *n) {
  for (int p = 0; p < c->n_rays; p++)
    for (int q = 0; q < c->n_rays; q++) {
      if (sign[p] <= 0 || sign[q] >= 0 || !neighbours(c, p, q)) continue;
      if (*n == RULE_MAX_RAYS || c->numbers.too_long) return ERR(c->e, E_RULES_TOO_MANY, .subject = "extremal points");
      TRY(join(c, p, q, &d[p], &d[q], &c->next[(*n)++]));
    }
  return E_OK;
}
static enum err_code cut_rays(struct cone *c, bool equation) {
  struct exact *d = zeros(c->a, c->n_rays + 1);
  int *sign = ARENA_ARRAY(c->a, int, c->n_rays + 1);
  int n = 0;
  if (!d || !sign) return no_memory(c);
  for (int k = 0; k < c->n_rays; k++) {
    sign[k] = dot(c, c->rays[k].z, &d[k]);
    if (sign[k] < 0 || (sign[k] > 0 && equation)) continue;
    c->next[n] = c->rays[k];
    if (sign[k] == 0) set_zero(c, &c->next[n]);
    n++;
  }
  TRY(join_all(c, d, sign, &n));
  for (int k = 0; k < c->n_rays; k++) {
    exact_clear(&c->numbers, &d[k]);
    for (int j = 0; (sign[k] < 0 || (sign[k] > 0 && equation)) && j < c->n; j++) exact_clear(&c->numbers, &c->rays[k].z[j]);
  }
  struct ray *t = c->rays;
  c->rays = c->next;
  c->next = t;
  c->n_rays = n;
  return E_OK;
}
static enum err_code cut(struct cone *c, bool equation) {
  struct exact d = exact_of(0);
  int l = 0;
  while (l < c->n_lines && dot(c, c->lines[l], &d) == 0) l++;
  exact_clear(&c->numbers, &d);
  if (l < c->n_lines) TRY(use_line(c, l, equation));
  else TRY(cut_rays(c, equation));
  c->done++;
  return E_OK;
}
static enum err_code cone_init(struct cone *c, const struct linear_system *s) {
  c->n = s->p + 1;
  c->words = (s->m + 1 + 63) / 64;
  c->lines = ARENA_ARRAY(c->a, struct exact *, c->n);
  c->minus_h = zeros(c->a, c->n);
  c->rays = ARENA_ARRAY(c->a, struct ray, RULE_MAX_RAYS + c->n + 1);
  c->next = ARENA_ARRAY(c->a, struct ray, RULE_MAX_RAYS + c->n + 1);
  if (!c->lines || !c->minus_h || !c->rays || !c->next) return no_memory(c);
  for (c->n_lines = 0; c->n_lines < c->n; c->n_lines++) {
    if (!(c->lines[c->n_lines] = zeros(c->a, c->n))) return no_memory(c);
    c->lines[c->n_lines][c->n_lines] = exact_of(1);
  }
  c->minus_h[0] = exact_of(-1);
  return cut(c, false);
}
static enum err_code keep_points(struct cone *c, int cardinality, struct rule_points *out) {
  const int p = c->n - 1;
  struct exact v = exact_of(0);
  out->x = ARENA_ARRAY(c->a, double, (int64_t)c->n_rays * p + 1);
  out->cardinality = ARENA_ARRAY(c->a, int, c->n_rays + 1);
  if (!out->x || !out->cardinality || c->numbers.no_memory) return no_memory(c);
  for (int k = 0; c->n_lines == 0 && k < c->n_rays; k++) {
    const struct exact *z = c->rays[k].z;
    double *x = out->x + (size_t)out->n * (size_t)p;
    int n = 0;
    if (exact_sign(&c->numbers, &z[0]) <= 0) continue;
    for (int j = 0; j < p; j++) {
      exact_divide(&c->numbers, &v, &z[j + 1], &z[0]);
      x[j] = exact_double(&c->numbers, &v);
      n += !exact_is_zero(&v);
    }
    if (n <= cardinality) out->cardinality[out->n++] = n;
  }
  exact_clear(&c->numbers, &v);
  return E_OK;
}
static enum err_code cut_by_rows(struct cone *c, const struct linear_system *rows) {
  TRY(cone_init(c, rows));
  for (int i = 0; i < rows->m; i++) {
    const struct linear_edit *r = &rows->edits[i];
    for (int j = 0; j < c->n; j++) exact_clear(&c->numbers, &c->minus_h[j]);
    exact_from_double(&c->numbers, &c->minus_h[0], -r->rhs);
    for (int k = 0; k < r->n; k++) exact_from_double(&c->numbers, &c->minus_h[r->var[k] + 1], r->coef[k]);
    TRY(cut(c, r->op == LINEAR_EQ));
  }
  return E_OK;
}
enum err_code rule_extremal(struct arena *a, const struct linear_system *s, int cardinality, struct rule_points *out, struct err *e) {
  struct cone c = {.a = a, .e = e};
  struct linear_system rows;
  *out = (struct rule_points){0};
  TRY(linear_with_bounds(a, s, &rows, e));
  if (rows.m > RULE_ANALYSIS_MAX_ROWS) return ERR(e, E_RULES_TOO_MANY, .subject = "edits");
  exact_pool_init(&c.numbers);
  enum err_code code = cut_by_rows(&c, &rows);
  if (!code && c.numbers.too_long) code = ERR(e, E_RULES_TOO_MANY, .subject = "extremal points");
  if (!code) code = keep_points(&c, cardinality, out);
  exact_pool_release(&c.numbers);
  return code;
}
