/* certificate_verify.c -- a certificate checked by adding and multiplying whole numbers; no solver, no rounding. */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "estimators/sdc/suppress/certificate.h"

__extension__ typedef __int128 whole128;
static const int64_t factor_max = INT64_C(1) << 40; /* sums of many terms stay far below 2^127 */

void certificate_digest(const struct cell_table *t, char out[65]) {
  struct digest h;
  char line[160];
  digest_begin(&h);
  for (int32_t c = 0; c < t->n_cells; c++) {
    snprintf(line, sizeof line, "%d,%lld,%c,%lld,%lld,%d", (int)c, (long long)t->value[c], t->status[c], (long long)t->lpl[c],
        (long long)t->upl[c], (int)t->same[c]);
    digest_text(&h, str_of(line));
  }
  for (int32_t r = 0; r < t->n_relations; r++) {
    digest_text(&h, STR("sum"));
    for (int32_t i = t->first[r]; i < t->first[r + 1]; i++) {
      snprintf(line, sizeof line, "%d", (int)t->member[i]);
      digest_text(&h, str_of(line));
    }
  }
  digest_end(&h, out);
}
enum err_code certificate_work_new(struct arena *a, const struct cell_table *t, const uint8_t *hidden, struct certificate_work *w, struct err *e) {
  *w = (struct certificate_work){.row = ARENA_ARRAY(a, whole128, t->n_relations + 1), .column = ARENA_ARRAY(a, whole128, t->n_cells + 1),
      .hidden = hidden};
  return w->row && w->column ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
}
static bool fits(int64_t v) { return v > -factor_max && v < factor_max; }

/* --- a table that agrees with everything published --- */

static bool cell_allowed(const struct cell_table *t, const struct certificate_table *x, int32_t i, const uint8_t *hidden) {
  const int32_t c = x->cell[i];
  if (c < 0 || c >= t->n_cells || !hidden[c] || x->deviation[i] == 0 || (i && x->cell[i - 1] >= c)) return false;
  const int64_t d = x->deviation[i], room = d < 0 ? cell_room_below(t, c) : cell_room_above(t, c);
  return room == CELL_OPEN || (whole128)(d < 0 ? -d : d) <= (whole128)room * x->denominator;
}
bool certificate_table_holds(const struct cell_table *t, const struct certificate_table *x, const struct certificate_work *w) {
  bool ok = x->denominator > 0 && x->denominator < 1000000;
  int32_t n = 0;
  for (; ok && n < x->n; n++) {
    ok = x->deviation[n] > INT64_MIN / 2 && x->deviation[n] < INT64_MAX / 2 && cell_allowed(t, x, n, w->hidden);
    if (!ok) break;
    for (int32_t k = t->cell_first[x->cell[n]]; k < t->cell_first[x->cell[n] + 1]; k++) {
      const int32_t r = t->cell_relation[k];
      w->row[r] += t->member[t->first[r]] == x->cell[n] ? -(whole128)x->deviation[n] : (whole128)x->deviation[n];
    }
  }
  for (int32_t i = 0; i < n; i++)
    for (int32_t k = t->cell_first[x->cell[i]]; k < t->cell_first[x->cell[i] + 1]; k++) {
      ok = ok && w->row[t->cell_relation[k]] == 0;
      w->row[t->cell_relation[k]] = 0;
    }
  return ok;
}
static int64_t deviation_of(const struct certificate_table *x, int32_t cell) {
  int32_t lo = 0, hi = x->n;
  while (lo < hi) {
    const int32_t mid = (lo + hi) / 2;
    if (x->cell[mid] < cell) lo = mid + 1;
    else hi = mid;
  }
  return lo < x->n && x->cell[lo] == cell ? x->deviation[lo] : 0;
}

/* --- a bound from multipliers of the relations --- */

/* The term of one cell, taken once: its coefficient is cleared. */
static bool add_term(const struct cell_table *t, const struct certificate_work *w, int32_t c, whole128 *sum) {
  const whole128 h = w->column[c];
  w->column[c] = 0;
  if (h == 0) return true;
  const int64_t room = h > 0 ? cell_room_above(t, c) : cell_room_below(t, c);
  if (room == CELL_OPEN) return false;
  *sum += (h > 0 ? h : -h) * (whole128)room;
  return *sum < (whole128)1 << 62;
}
bool certificate_bound_holds(const struct cell_table *t, const struct certificate_claim *x, const struct certificate_work *w, int64_t *bound) {
  bool ok = x->denominator > 0 && x->denominator < 1000000;
  int32_t n = 0;
  whole128 sum = 0;
  w->column[x->cell] = x->up ? x->denominator : -x->denominator;
  for (; ok && n < x->n; n++) {
    const int32_t r = x->relation[n];
    ok = r >= 0 && r < t->n_relations && (n == 0 || x->relation[n - 1] < r) && x->factor[n] != 0 && fits(x->factor[n]);
    if (!ok) break;
    for (int32_t m = t->first[r]; m < t->first[r + 1]; m++) /* published cells have no deviation */
      if (w->hidden[t->member[m]]) w->column[t->member[m]] += m == t->first[r] ? -(whole128)x->factor[n] : (whole128)x->factor[n];
  }
  ok = add_term(t, w, x->cell, &sum) && ok;
  for (int32_t i = 0; i < n; i++)
    for (int32_t m = t->first[x->relation[i]]; m < t->first[x->relation[i] + 1]; m++) ok = add_term(t, w, t->member[m], &sum) && ok;
  *bound = ok ? (int64_t)sum : 0;
  return ok;
}

/* --- the whole --- */

struct checking {
  const struct cell_table *t;
  const struct certificate *x;
  struct certificate_work w;
  struct arena *a;
  uint8_t *hidden, *seen; /* seen [2 n_cells]: 1 reached, 2 narrow, 3 exact on that side, 4 not proved */
  char what[200];
};
static bool refuse(struct checking *g, const char *why, int32_t number) {
  snprintf(g->what, sizeof g->what, "%s %d", why, (int)number);
  return false;
}
static bool check_head(struct checking *g) {
  char digest[65];
  const struct cell_table *t = g->t;
  const struct certificate *x = g->x;
  certificate_digest(t, digest);
  if (x->n_cells != t->n_cells || x->n_relations != t->n_relations || x->decimals != t->decimals || x->known != t->known)
    return refuse(g, "made for another table or another attacker; cells", x->n_cells);
  if (strcmp(digest, x->digest) != 0) return refuse(g, "made for another table of as many cells:", x->n_cells);
  for (int32_t i = 0; i < x->n_hidden; i++) {
    const int32_t c = x->hidden[i];
    if (c < 0 || c >= t->n_cells || (i && x->hidden[i - 1] >= c) || t->status[c] == 'z' || t->same[c] != c)
      return refuse(g, "a cell that cannot be hidden:", c);
    g->hidden[c] = 1;
  }
  for (int32_t c = 0; c < t->n_cells; c++)
    if (t->status[c] == 'u' && t->same[c] == c && !g->hidden[c]) return refuse(g, "a primary cell that is not hidden:", c);
  return true;
}
static bool check_claim(struct checking *g, const struct certificate_claim *x, int32_t number) {
  const struct cell_table *t = g->t;
  double low, high;
  int64_t bound;
  if (x->cell < 0 || x->cell >= t->n_cells || t->status[x->cell] != 'u') return refuse(g, "a claim about no primary cell:", number);
  cell_goals(t, x->cell, &low, &high);
  uint8_t *seen = &g->seen[2 * x->cell + x->up];
  const int64_t goal = (int64_t)(x->up ? high : low);
  const bool bare = cell_bare(t, x->cell);
  if (*seen) return refuse(g, "two claims about one end of cell", x->cell);
  if (x->table == -2) return *seen = 4, true;
  if (x->table >= 0) {
    if (x->table >= g->x->n_tables) return refuse(g, "a table that is not there, claim", number);
    const struct certificate_table *m = &g->x->table[x->table];
    const int64_t d = deviation_of(m, x->cell), reached = x->up ? d : -d;
    if (bare ? d == 0 : (whole128)reached < (whole128)goal * m->denominator) return refuse(g, "a table that does not reach, cell", x->cell);
    return *seen = 1, true;
  }
  if (!certificate_bound_holds(t, x, &g->w, &bound) || bound != x->bound) return refuse(g, "multipliers that do not give the bound, cell", x->cell);
  if (!bare && (whole128)bound >= (whole128)goal * x->denominator) return refuse(g, "a bound that is no finding, cell", x->cell);
  *seen = bound == 0 ? 3 : 2;
  return true;
}
static void judge(const struct checking *g, struct certificate_verdict *out) {
  const struct cell_table *t = g->t;
  *out = (struct certificate_verdict){.clean = true};
  for (int32_t c = 0; c < t->n_cells; c++) {
    double low, high;
    bool narrow = false;
    if (t->status[c] != 'u' || t->same[c] != c) continue;
    const uint8_t *s = &g->seen[2 * c];
    cell_goals(t, c, &low, &high);
    const bool bare = cell_bare(t, c), either = s[0] == 1 || s[1] == 1;
    out->n_primary++;
    for (int up = 0; up < 2; up++) {
      const bool asked = bare ? !either && (up || s[0]) : (up ? high : low) > 0;
      out->n_reached += s[up] == 1;
      out->n_bounded += s[up] == 2 || s[up] == 3;
      out->n_unproved += asked && (s[up] == 0 || s[up] == 4);
      narrow = narrow || (asked && (s[up] == 2 || s[up] == 3));
      out->clean = out->clean && (!asked || s[up] == 1);
    }
    out->n_narrow += narrow;
    out->n_exact += s[0] == 3 && s[1] == 3 && t->value[c] != 0;
    out->clean = out->clean && !(s[0] == 3 && s[1] == 3 && t->value[c] != 0);
  }
}
enum err_code certificate_verify(const struct cell_table *t, const struct certificate *x, struct certificate_verdict *out, struct err *e) {
  struct checking g = {.t = t, .x = x, .a = arena_new(0)};
  *out = (struct certificate_verdict){0};
  g.hidden = g.a ? ARENA_ARRAY(g.a, uint8_t, t->n_cells + 1) : NULL;
  g.seen = g.a ? ARENA_ARRAY(g.a, uint8_t, 2 * (int64_t)t->n_cells + 2) : NULL;
  enum err_code code = g.hidden && g.seen ? certificate_work_new(g.a, t, g.hidden, &g.w, e) : ERR(e, E_NO_MEMORY, .subject = t->name);
  bool ok = !code && check_head(&g);
  for (int32_t i = 0; ok && i < x->n_tables; i++)
    if (!certificate_table_holds(t, &x->table[i], &g.w)) ok = refuse(&g, "a table whose sums or cells do not hold, number", i);
  for (int32_t i = 0; ok && i < x->n_claims; i++) ok = check_claim(&g, &x->claim[i], i);
  if (ok) judge(&g, out);
  if (!code && !ok) code = ERR(e, E_SDC_REFUSED, .subject = g.what);
  arena_free(g.a);
  return code;
}
