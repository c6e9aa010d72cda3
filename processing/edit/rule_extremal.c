/* Extremal points by the double description method: the cone over (1, x) is cut row by row; lines first, then rays; neighbours by their common
 * zeros. */
#include <math.h>
#include <string.h>

#include "processing/edit/rule_analysis.h"

enum { WORDS = (RULE_ANALYSIS_MAX_ROWS + 1 + 63) / 64 };
struct ray {
  double *z;       /* [n]: factor of the point at infinity or 1, then x */
  uint64_t *zeros; /* [words] constraints met as equations */
};
struct cone {
  struct arena *a;
  int n, words, n_lines, n_rays, done;
  double **lines, *h;
  struct ray *rays, *next;
  struct err *e;
};

static double dot(const struct cone *c, const double *z) {
  double sum = 0, size = 0;
  for (int j = 0; j < c->n; j++) {
    sum += c->h[j] * z[j];
    size += fabs(c->h[j] * z[j]);
  }
  return fabs(sum) <= 1e-9 * size ? 0 : sum;
}
static void normalise(const struct cone *c, double *z) {
  double largest = 0;
  for (int j = 0; j < c->n; j++) largest = fmax(largest, fabs(z[j]));
  for (int j = 0; largest > 0 && j < c->n; j++) {
    z[j] /= largest;
    if (fabs(z[j]) < 1e-11) z[j] = 0;
  }
}
static void subtract(const struct cone *c, double *z, const double *line, double by) {
  if (by == 0) return;
  for (int j = 0; j < c->n; j++) {
    const double v = z[j] - by * line[j];
    z[j] = fabs(v) <= 1e-12 * fabs(z[j]) ? 0 : v;
  }
  normalise(c, z);
}
static bool ray_init(const struct cone *c, struct ray *r) {
  r->z = ARENA_ARRAY(c->a, double, c->n);
  r->zeros = ARENA_ARRAY(c->a, uint64_t, c->words);
  return r->z && r->zeros;
}
static enum err_code no_memory(const struct cone *c) { return ERR(c->e, E_NO_MEMORY, .subject = "extremal points"); }
static void set_zero(const struct cone *c, struct ray *r) { r->zeros[c->done / 64] |= (uint64_t)1 << (c->done % 64); }

/* A line that the constraint cuts: it becomes a ray (or goes, for an equation), and all else moves along it onto the constraint. */
static enum err_code use_line(struct cone *c, int l, bool equation) {
  double *line = c->lines[l], cut = dot(c, line);
  c->lines[l] = c->lines[--c->n_lines];
  for (int k = 0; k < c->n_lines; k++) subtract(c, c->lines[k], line, dot(c, c->lines[k]) / cut);
  for (int k = 0; k < c->n_rays; k++) {
    subtract(c, c->rays[k].z, line, dot(c, c->rays[k].z) / cut);
    set_zero(c, &c->rays[k]);
  }
  if (equation) return E_OK;
  struct ray *r = &c->rays[c->n_rays++];
  if (!ray_init(c, r)) return no_memory(c);
  for (int j = 0; j < c->n; j++) r->z[j] = cut > 0 ? line[j] : -line[j];
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
static enum err_code join(struct cone *c, int p, int q, double dp, double dq, struct ray *to) {
  if (!ray_init(c, to)) return no_memory(c);
  for (int j = 0; j < c->n; j++) {
    const double u = dp * c->rays[q].z[j], v = dq * c->rays[p].z[j];
    to->z[j] = fabs(u - v) <= 1e-11 * (fabs(u) + fabs(v)) ? 0 : u - v;
  }
  normalise(c, to->z);
  for (int w = 0; w < c->words; w++) to->zeros[w] = c->rays[p].zeros[w] & c->rays[q].zeros[w];
  set_zero(c, to);
  return E_OK;
}
static enum err_code cut_rays(struct cone *c, bool equation) {
  double *d = ARENA_ARRAY(c->a, double, c->n_rays + 1);
  int n = 0;
  if (!d) return no_memory(c);
  for (int k = 0; k < c->n_rays; k++) {
    d[k] = dot(c, c->rays[k].z);
    if (d[k] < 0 || (d[k] > 0 && equation)) continue;
    c->next[n] = c->rays[k];
    if (d[k] == 0) set_zero(c, &c->next[n]);
    n++;
  }
  for (int p = 0; p < c->n_rays; p++)
    for (int q = 0; q < c->n_rays; q++) {
      if (d[p] <= 0 || d[q] >= 0 || !neighbours(c, p, q)) continue;
      if (n == RULE_MAX_RAYS) return ERR(c->e, E_RULES_TOO_MANY, .subject = "extremal points");
      TRY(join(c, p, q, d[p], d[q], &c->next[n++]));
    }
  struct ray *t = c->rays;
  c->rays = c->next;
  c->next = t;
  c->n_rays = n;
  return E_OK;
}
static enum err_code cut(struct cone *c, bool equation) {
  int l = 0;
  while (l < c->n_lines && dot(c, c->lines[l]) == 0) l++;
  if (l < c->n_lines) TRY(use_line(c, l, equation));
  else TRY(cut_rays(c, equation));
  c->done++;
  return E_OK;
}
static enum err_code cone_init(struct cone *c, const struct linear_system *s) {
  c->n = s->p + 1;
  c->words = (s->m + 1 + 63) / 64;
  c->lines = ARENA_ARRAY(c->a, double *, c->n);
  c->h = ARENA_ARRAY(c->a, double, c->n);
  c->rays = ARENA_ARRAY(c->a, struct ray, RULE_MAX_RAYS + c->n + 1);
  c->next = ARENA_ARRAY(c->a, struct ray, RULE_MAX_RAYS + c->n + 1);
  if (!c->lines || !c->h || !c->rays || !c->next) return no_memory(c);
  for (c->n_lines = 0; c->n_lines < c->n; c->n_lines++) {
    if (!(c->lines[c->n_lines] = ARENA_ARRAY(c->a, double, c->n))) return no_memory(c);
    c->lines[c->n_lines][c->n_lines] = 1;
  }
  c->h[0] = 1;
  return cut(c, false);
}
static enum err_code keep_points(struct cone *c, int cardinality, double unit, struct rule_points *out) {
  const int p = c->n - 1;
  out->x = ARENA_ARRAY(c->a, double, (int64_t)c->n_rays * p + 1);
  out->cardinality = ARENA_ARRAY(c->a, int, c->n_rays + 1);
  if (!out->x || !out->cardinality) return no_memory(c);
  for (int k = 0; c->n_lines == 0 && k < c->n_rays; k++) {
    const double *z = c->rays[k].z;
    double *x = out->x + (size_t)out->n * (size_t)p;
    int n = 0;
    if (z[0] <= 0) continue;
    for (int j = 0; j < p; j++) {
      const double v = z[j + 1] / z[0] * unit, whole = nearbyint(v);
      x[j] = fabs(v - whole) <= 1e-9 * fmax(1, fabs(whole)) ? whole + 0.0 : v;
      n += x[j] != 0;
    }
    if (n <= cardinality) out->cardinality[out->n++] = n;
  }
  return E_OK;
}
enum err_code rule_extremal(struct arena *a, const struct linear_system *s, int cardinality, struct rule_points *out, struct err *e) {
  struct cone c = {.a = a, .e = e};
  struct linear_system rows;
  *out = (struct rule_points){0};
  TRY(linear_with_bounds(a, s, &rows, e));
  if (rows.m > RULE_ANALYSIS_MAX_ROWS) return ERR(e, E_RULES_TOO_MANY, .subject = "edits");
  const double unit = linear_unit(&rows);
  TRY(cone_init(&c, &rows));
  for (int i = 0; i < rows.m; i++) {
    const struct linear_edit *r = &rows.edits[i];
    memset(c.h, 0, (size_t)c.n * sizeof *c.h);
    c.h[0] = r->rhs / unit;
    for (int k = 0; k < r->n; k++) c.h[r->var[k] + 1] = -r->coef[k];
    normalise(&c, c.h);
    TRY(cut(&c, r->op == LINEAR_EQ));
  }
  return keep_points(&c, cardinality, unit, out);
}
