#include "estimators/sdc/suppress/cell_key.h"

#include <math.h>
#include <stdio.h>

#include "base/rng.h"

enum { RANGE_MAX = 100, NEWTON_STEPS = 200 };

uint64_t cell_record_key(const uint8_t secret[16], const void *unit, uint64_t n) { return siphash24(secret, unit, n); }
enum err_code ptable_check(const struct ptable *p, struct err *e) {
  char text[64];
  double at = 0;
  for (int64_t i = 0; i < p->n; i++) {
    const struct ptable_row *r = &p->row[i];
    const bool first = i == 0 || p->row[i - 1].original != r->original, last = i + 1 == p->n || p->row[i + 1].original != r->original;
    snprintf(text, sizeof text, "row %lld", (long long)i + 1);
    if (first) at = 0;
    const bool next = i == 0 ? r->original == 0 : r->original == p->row[i - 1].original + first;
    const bool alone = first && last; /* published tables print 0 or 1 for a row without choice */
    const bool share = alone || fabs(r->upper - r->lower - r->probability) < 1e-9,
               holds = fabs(r->lower - at) < 1e-9 && share && r->original + r->noise >= 0;
    if (!next || !holds || (last && fabs(r->upper - 1) > 1e-9)) return ERR(e, E_SDC_PTABLE, .subject = text);
    at = r->upper;
  }
  return p->n ? E_OK : ERR(e, E_SDC_PTABLE, .subject = "no row");
}
int64_t cell_key_noise(const struct ptable *p, int64_t count, uint64_t key) {
  const double u = ldexp((double)(key >> 11), -53); /* below 1 for every key */
  const int64_t last = p->n ? p->row[p->n - 1].original : 0, row = count < last ? count : last;
  for (int64_t i = 0; i < p->n; i++)
    if (p->row[i].original == row && u >= p->row[i].lower && (u < p->row[i].upper || i + 1 == p->n || p->row[i + 1].original != row))
      return p->row[i].noise;
  return 0;
}

/* --- the table of greatest entropy --- */

struct moments {
  double one, two, three, four; /* E v, v^2, v^3, v^4 */
};
static struct moments probabilities(int n, const int *v, double a, double b, double *p) {
  double most = -INFINITY, sum = 0;
  struct moments m = {0};
  for (int i = 0; i < n; i++) most = fmax(most, a * v[i] + b * v[i] * v[i]);
  for (int i = 0; i < n; i++) sum += p[i] = exp(a * v[i] + b * v[i] * v[i] - most);
  for (int i = 0; i < n; i++) {
    const double x = v[i];
    p[i] /= sum;
    m.one += p[i] * x, m.two += p[i] * x * x, m.three += p[i] * x * x * x, m.four += p[i] * x * x * x * x;
  }
  return m;
}
/* Newton's method on the dual; a step that does not bring the moments nearer is halved. */
static bool solve_row(int n, const int *v, double variance, double *p) {
  double a = 0, b = 0;
  struct moments m = probabilities(n, v, a, b, p);
  for (int step = 0; step < NEWTON_STEPS; step++) {
    const double f = m.one, g = m.two - variance, away = fabs(f) + fabs(g);
    if (away < 1e-12) return true;
    const double h11 = m.two - m.one * m.one, h12 = m.three - m.one * m.two, h22 = m.four - m.two * m.two, det = h11 * h22 - h12 * h12;
    if (!(det > 1e-300)) return false;
    const double da = (h22 * f - h12 * g) / det, db = (h11 * g - h12 * f) / det;
    double t = 1;
    for (; t > 1e-12; t /= 2) {
      const struct moments now = probabilities(n, v, a - t * da, b - t * db, p);
      if (fabs(now.one) + fabs(now.two - variance) < away) {
        m = now;
        break;
      }
    }
    if (t <= 1e-12) break;
    a -= t * da;
    b -= t * db;
  }
  return fabs(m.one) + fabs(m.two - variance) < 1e-9;
}
static bool make_row(int64_t original, int range, double variance, double stay, int blocked, struct ptable_row *row, int *n_rows) {
  int v[2 * RANGE_MAX + 1], n = 0, k = 0;
  double p[2 * RANGE_MAX + 1], at = 0;
  for (int d = -range; d <= range; d++) {
    const int64_t result = original + d;
    if (result < 0 || (result >= 1 && result <= blocked) || (stay > 0 && d == 0)) continue;
    v[n++] = d;
  }
  const bool keeps = stay > 0 && !(original >= 1 && original <= blocked);
  if (!solve_row(n, v, keeps ? variance / (1 - stay) : variance, p)) return false;
  for (int d = -range, i = 0; d <= range; d++) {
    double q = 0;
    if (i < n && v[i] == d) q = p[i++] * (keeps ? 1 - stay : 1);
    else if (d == 0 && keeps) q = stay;
    else continue;
    row[k++] = (struct ptable_row){original, d, q, at, at + q};
    at += q;
  }
  row[k - 1].upper = 1;
  row[k - 1].probability = 1 - row[k - 1].lower;
  *n_rows = k;
  return true;
}
enum err_code ptable_make(struct arena *a, int range, double variance, double stay, int blocked, struct ptable *out, struct err *e) {
  char text[64];
  if (range < 1 || range > RANGE_MAX || !(variance > 0) || !(stay >= 0 && stay < 1) || blocked < 0 || blocked >= range)
    return ERR(e, E_SDC_PTABLE, .subject = "range, variance, share or blocked values");
  const int rows = range + blocked + 1;
  struct ptable_row *row = ARENA_ARRAY(a, struct ptable_row, (rows + 1) * (2 * range + 1));
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "table of perturbations");
  int64_t n = 1;
  row[0] = (struct ptable_row){0, 0, 1, 0, 1};
  for (int i = 1; i <= rows; i++) {
    int k = 0;
    snprintf(text, sizeof text, "original count %d", i);
    if (!make_row(i, range, variance, stay, blocked, row + n, &k)) return ERR(e, E_SDC_PTABLE, .subject = text);
    n += k;
  }
  *out = (struct ptable){n, row};
  return ptable_check(out, e);
}
