/* The register's comparison against an attacker who does it the slow way: random pairs of releases about a few hundred units, every pair of
 * published sets compared unit by unit, and, where both tables cut one ordered variable, every hidden set tried in the span of all published
 * ones (Gauss over the units, modulo a prime). What he finds is reported with its cell; what is reported he finds. And the binary form gives
 * back what it was given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "estimators/sdc/register/register_check.h"

enum { PAIRS = 4000, UNITS = 300, ATTRIBUTES = 3, CODES = 8, T = 10, SETS = 400 };
#define PRIME UINT64_C(2147483629)

struct world {
  struct rng r;
  struct arena *a;
  int n;
  int attribute[UNITS][ATTRIBUTES]; /* 0 .. 39, ordered */
  uint64_t token[UNITS];
};
struct made { /* a table and, unit by unit, what its rows hold */
  struct register_entry entry;
  struct register_table *t;
  uint8_t (*in)[UNITS]; /* [n_rows] */
};
static void population(struct world *w) {
  w->n = 60 + (int)rng_below(&w->r, UNITS - 60);
  for (int u = 0; u < w->n; u++) {
    w->token[u] = rng_u64(&w->r);
    for (int k = 0; k < ATTRIBUTES; k++) {
      const int first = (int)rng_below(&w->r, 20);
      w->attribute[u][k] = first + (int)rng_below(&w->r, 21);
    }
  }
}
/* Classes of an ordered variable: breaks at random places. */
static int classes(struct world *w, int breaks[CODES]) {
  const int n = 1 + (int)rng_below(&w->r, 4);
  for (int i = 0; i < n; i++) breaks[i] = 4 + (int)rng_below(&w->r, 34);
  return n;
}
static int class_of(const int *breaks, int n, int v) {
  int c = 0;
  for (int i = 0; i < n; i++) c += v >= breaks[i];
  return c;
}
static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
static struct str code_of(int c) { return str_of(c < 0 ? "_T" : digits[c]); }
/* dims attributes; some units left out; rows of fewer than T hidden, and further ones at random. */
static void make(struct world *w, struct made *m, const char *release, int dims, const int *which, const char *const *name, int left_out) {
  int breaks[ATTRIBUTES][CODES], n_breaks[ATTRIBUTES], code[UNITS][ATTRIBUTES], present[SETS][ATTRIBUTES], size[SETS], n_rows = 0;
  bool in[UNITS];
  struct err e;
  struct register_unit unit[UNITS];
  struct str text[UNITS][ATTRIBUTES];
  int n_units = 0;
  for (int d = 0; d < dims; d++) n_breaks[d] = classes(w, breaks[d]);
  for (int u = 0; u < w->n; u++) in[u] = (int)rng_below(&w->r, (uint64_t)w->n) >= left_out;
  for (int u = 0; u < w->n; u++)
    for (int d = 0; d < dims; d++) code[u][d] = class_of(breaks[d], n_breaks[d], w->attribute[u][which[d]]);
  for (int u = 0; u < w->n; u++)
    for (int mask = 0; in[u] && mask < 1 << dims; mask++) {
      int row[ATTRIBUTES] = {0}, at = 0;
      for (int d = 0; d < dims; d++) row[d] = mask >> d & 1 ? -1 : code[u][d];
      while (at < n_rows && memcmp(present[at], row, sizeof row) != 0) at++;
      if (at == n_rows) memcpy(present[n_rows], row, sizeof row), size[n_rows++] = 0;
      assert_true(n_rows < SETS);
      size[at]++;
    }
  m->entry = (struct register_entry){
      .release = release, .survey = "s", .period = "2025-12", .kind = "final", .edition = 1, .n_frames = 1, .n_tables = 1};
  m->entry.frame = ARENA_ARRAY(w->a, struct register_frame, 1);
  m->entry.table = m->t = ARENA_ARRAY(w->a, struct register_table, 1);
  m->in = (uint8_t(*)[UNITS])arena_array(w->a, (size_t)n_rows + 1, UNITS);
  m->entry.frame[0].name = "s/f/r";
  *m->t = (struct register_table){.id = release,
      .form = "f",
      .period = "2025-12",
      .profile = "p",
      .region = "",
      .definition = release,
      .min_n = T,
      .n_dims = dims,
      .n_measures = 1};
  for (int d = 0; d < dims; d++) m->t->dim[d] = name[d];
  m->t->measure[0] = "count()", m->t->additive[0] = 1;
  assert_int_equal(register_table_rows(w->a, m->t, n_rows, &e), E_OK);
  for (int r = 0; r < n_rows; r++) {
    const bool hide = size[r] < T || rng_below(&w->r, 4) == 0;
    m->t->status[2 * r] = m->t->status[2 * r + 1] = hide ? REGISTER_HIDDEN : REGISTER_SHOWN;
    if (!hide) m->t->value[2 * r] = m->t->value[2 * r + 1] = str_of(arena_printf(w->a, "%d", size[r]));
    for (int d = 0; d < dims; d++) m->t->code[r * dims + d] = code_of(present[r][d]);
    for (int u = 0; u < w->n; u++) {
      m->in[r][u] = in[u];
      for (int d = 0; d < dims; d++) m->in[r][u] = m->in[r][u] && (present[r][d] < 0 || present[r][d] == code[u][d]);
    }
  }
  for (int u = 0; u < w->n; u++) {
    for (int d = 0; d < dims; d++) text[u][d] = code_of(code[u][d]);
    if (in[u]) unit[n_units++] = (struct register_unit){w->token[u], text[u]};
  }
  assert_int_equal(register_table_units(w->a, &m->entry, m->t, 0, unit, n_units, &e), E_OK);
}

/* --- the attacker --- */
static bool shown(const struct made *m, int64_t r) { return m->t->status[2 * r] == REGISTER_SHOWN; }
static int apart(const struct world *w, const uint8_t *x, const uint8_t *y) {
  int d = 0;
  for (int u = 0; u < w->n; u++) d += x[u] != y[u];
  return d;
}
static bool shows(const struct world *w, const struct made *m, const uint8_t *set) {
  for (int64_t r = 0; r < m->t->n_rows; r++)
    if (shown(m, r) && !apart(w, m->in[r], set)) return true;
  return false;
}
static bool differences(const struct world *w, const struct made *x, int64_t r, const struct made *y) {
  for (int64_t q = 0; shown(x, r) && !shows(w, y, x->in[r]) && q < y->t->n_rows; q++) {
    const int d = shown(y, q) ? apart(w, x->in[r], y->in[q]) : 0;
    if (d >= 1 && d < T && !shows(w, x, y->in[q])) return true;
  }
  return false;
}
static bool hides_or_shows(const struct world *w, const struct made *x, int64_t r, const struct made *y) {
  for (int64_t q = 0; q < y->t->n_rows; q++)
    if (shown(x, r) != shown(y, q) && !apart(w, x->in[r], y->in[q])) return true;
  return false;
}
static uint64_t power(uint64_t b, uint64_t n) {
  uint64_t v = 1;
  for (; n; n >>= 1, b = b * b % PRIME)
    if (n & 1) v = v * b % PRIME;
  return v;
}
struct span {
  uint64_t row[SETS][UNITS];
  int pivot[SETS], n;
};
static bool reduce(const struct world *w, struct span *s, const uint8_t *set, bool keep) {
  uint64_t *v = s->row[s->n];
  int at = 0;
  for (int u = 0; u < w->n; u++) v[u] = set[u];
  for (int k = 0; k < s->n; k++) {
    const uint64_t f = v[s->pivot[k]];
    for (int u = 0; f && u < w->n; u++) v[u] = (v[u] + (PRIME - f) * s->row[k][u]) % PRIME;
  }
  while (at < w->n && !v[at]) at++;
  if (at == w->n) return true;
  if (!keep) return false;
  const uint64_t scale = power(v[at], PRIME - 2);
  for (int u = 0; u < w->n; u++) v[u] = v[u] * scale % PRIME;
  s->pivot[s->n++] = at;
  return false;
}
static void learn(const struct world *w, struct span *s, const struct made *m) {
  for (int64_t r = 0; r < m->t->n_rows; r++)
    if (shown(m, r)) (void)reduce(w, s, m->in[r], true);
}
static bool follows(const struct world *w, const struct made *x, const struct made *y, const uint8_t *set) {
  static struct span both, mine;
  both.n = mine.n = 0;
  learn(w, &both, x), learn(w, &both, y), learn(w, &mine, x);
  return reduce(w, &both, set, false) && !reduce(w, &mine, set, false);
}

/* --- what was said --- */
static bool said(const struct register_report *r, enum register_kind kind, int64_t row) {
  for (int64_t i = 0; i < r->n_conflicts; i++)
    if (r->conflict[i].kind == kind && r->conflict[i].row == row) return true;
  return false;
}
static void check(struct world *w, const struct made *x, const struct made *y, struct register_report *r) {
  static const struct register_policy policy = {
      .revisions = REGISTER_WARN, .same_release = REGISTER_ALLOW, .status = "unconfirmed", .source = "test"};
  const struct register_entry *earlier[] = {&y->entry};
  struct err e;
  assert_int_equal(register_check(w->a, &x->entry, &policy, earlier, 1, r, &e), E_OK);
}
static int n_found[4];
static void compare(
    const struct world *w, const struct made *x, const struct made *y, const struct register_report *r, bool one_variable, int pair) {
  for (int64_t row = 0; row < x->t->n_rows; row++) {
    const bool near = differences(w, x, row, y), twice = hides_or_shows(w, x, row, y);
    n_found[0] += near, n_found[1] += twice;
    if (near != said(r, REGISTER_DIFFERENCING, row) || twice != said(r, REGISTER_HIDDEN_SHOWN, row))
      fail_msg("pair %d row %lld: near %d, twice %d", pair, (long long)row, near, twice);
    if (!one_variable || shown(x, row)) continue;
    const bool linked = follows(w, x, y, x->in[row]) && !shows(w, y, x->in[row]);
    n_found[2] += linked;
    if (linked != said(r, REGISTER_LINKED, row)) fail_msg("pair %d row %lld: linked %d", pair, (long long)row, linked);
  }
}
/* The other way round: what the old release hides follows from the new one. */
static void compare_old(const struct world *w, const struct made *x, const struct made *y, const struct register_report *r, int pair) {
  for (int64_t q = 0; q < y->t->n_rows; q++) {
    char name[REGISTER_NAME];
    bool here = false, found = false;
    for (int64_t row = 0; row < x->t->n_rows; row++) here = here || !apart(w, x->in[row], y->in[q]); /* has a row of its own there */
    if (shown(y, q) || here) continue;
    const bool linked = follows(w, y, x, y->in[q]);
    register_row_name(y->t, q, name, sizeof name);
    for (int64_t i = 0; i < r->n_conflicts; i++)
      found = found || (r->conflict[i].kind == REGISTER_LINKED && r->conflict[i].row < 0 && !strcmp(r->conflict[i].other_cell, name));
    n_found[3] += linked;
    if (linked != found) fail_msg("pair %d old row %lld: linked %d", pair, (long long)q, linked);
  }
}
static void read_back(struct world *w, const struct made *m) {
  struct strbuf bytes, again;
  struct register_entry entry;
  struct err e;
  strbuf_init(&bytes, 0), strbuf_init(&again, 0);
  assert_int_equal(register_encode(&m->entry, &bytes, &e), E_OK);
  assert_int_equal(register_decode(w->a, str_view(bytes.p, bytes.n), &entry, &e), E_OK);
  assert_int_equal(register_encode(&entry, &again, &e), E_OK);
  assert_int_equal(bytes.n, again.n);
  assert_memory_equal(bytes.p, again.p, bytes.n);
  assert_int_equal(entry.frame[0].n, m->entry.frame[0].n);
  assert_memory_equal(entry.frame[0].token, m->entry.frame[0].token, (size_t)entry.frame[0].n * 8);
  if (bytes.n > 20) { /* one bit turned over is another entry or none */
    bytes.p[20 + rng_below(&w->r, bytes.n - 20)] ^= (char)(1 << rng_below(&w->r, 8));
    strbuf_reset(&again);
    if (!register_decode(w->a, str_view(bytes.p, bytes.n), &entry, &e)) {
      assert_int_equal(register_encode(&entry, &again, &e), E_OK);
      assert_memory_equal(bytes.p, again.p, bytes.n);
    }
  }
  strbuf_release(&bytes), strbuf_release(&again);
}
static void one_pair(int pair) {
  static const char *const names[] = {"a", "b", "c"}, *const others[] = {"x", "y", "z"};
  struct world w = {.a = arena_new(0)};
  struct made x, y;
  struct register_report r;
  assert_non_null(w.a);
  rng_init(&w.r, 5, "register", &pair, sizeof pair);
  population(&w);
  const bool one_variable = pair % 2 == 0;
  const int dims = one_variable ? 1 : 1 + (int)rng_below(&w.r, 2);
  int which[2][ATTRIBUTES] = {{0, 1, 2}, {0, 1, 2}};
  if (!one_variable) which[1][0] = (int)rng_below(&w.r, ATTRIBUTES), which[1][1] = (which[1][0] + 1) % ATTRIBUTES;
  const int out_new = (int)rng_below(&w.r, 4), out_old = (int)rng_below(&w.r, 4), dims_old = one_variable ? 1 : 1 + (int)rng_below(&w.r, 2);
  make(&w, &x, "new", dims, which[0], names, out_new);
  make(&w, &y, "old", dims_old, which[1], others, out_old);
  check(&w, &x, &y, &r);
  compare(&w, &x, &y, &r, one_variable, pair);
  if (one_variable) compare_old(&w, &x, &y, &r, pair);
  read_back(&w, &x);
  arena_free(w.a);
}
static void what_an_attacker_finds_is_said_and_nothing_else(void **state) {
  (void)state;
  for (int pair = 0; pair < PAIRS; pair++) one_pair(pair);
  print_message("%d pairs of releases: %d cells by differencing, %d hidden and shown, %d and %d by sums\n", PAIRS, n_found[0], n_found[1],
      n_found[2], n_found[3]);
  for (int k = 0; k < 4; k++) assert_true(n_found[k] > 20); /* the worlds are such that there is something to find */
}
/* --- a second edition with a few late records: revisions of its cells, and nothing that is refused --- */
enum { WORLDS = 300 };
struct late_table { /* codes 0 .. of two attributes; row = total or one code of each */
  struct register_table *t;
  int x, y, n_x, n_y;
};
static bool in_row(const struct world *w, const struct late_table *k, int row, int u) {
  const int cx = row / (k->n_y + 1), cy = row % (k->n_y + 1);
  return (!cx || w->attribute[u][k->x] % k->n_x == cx - 1) && (!cy || w->attribute[u][k->y] % k->n_y == cy - 1);
}
static int count_row(const struct world *w, const struct late_table *k, int row, int n) {
  int size = 0;
  for (int u = 0; u < n; u++) size += in_row(w, k, row, u);
  return size;
}
static void make_late(struct world *w, struct register_entry *entry, int at, struct late_table *k, const char *id, int n, int n_before) {
  struct err e;
  struct register_unit unit[UNITS];
  struct str text[UNITS][2];
  struct register_table *t = k->t = &entry->table[at];
  const int rows = (k->n_x + 1) * (k->n_y + 1);
  *t = (struct register_table){.id = id,
      .form = "f",
      .period = "2025-12",
      .profile = "p",
      .region = "",
      .definition = id,
      .min_n = T,
      .n_dims = 2,
      .n_measures = 1,
      .dim = {at ? "b" : "a", at ? "d" : "c"},
      .measure = {"count()"},
      .additive = {1}};
  assert_int_equal(register_table_rows(w->a, t, rows, &e), E_OK);
  for (int r = 0; r < rows; r++) {
    t->code[2 * r] = code_of(r / (k->n_y + 1) - 1), t->code[2 * r + 1] = code_of(r % (k->n_y + 1) - 1);
    const bool hide = count_row(w, k, r, n_before) < T; /* both editions hide the same cells */
    t->status[2 * r] = t->status[2 * r + 1] = hide ? REGISTER_HIDDEN : REGISTER_SHOWN;
    if (!hide) t->value[2 * r] = t->value[2 * r + 1] = str_of(arena_printf(w->a, "%d", count_row(w, k, r, n)));
  }
  for (int u = 0; u < n; u++) {
    text[u][0] = code_of(w->attribute[u][k->x] % k->n_x), text[u][1] = code_of(w->attribute[u][k->y] % k->n_y);
    unit[u] = (struct register_unit){w->token[u], text[u]};
  }
  assert_int_equal(register_table_units(w->a, entry, t, 0, unit, n, &e), E_OK);
}
static struct register_entry edition(struct world *w, struct late_table k[2], const char *release, int n, int n_before) {
  struct register_entry x = {
      .release = release, .survey = "s", .period = "2025-12", .kind = "final", .edition = 1, .n_frames = 1, .n_tables = 2};
  x.frame = ARENA_ARRAY(w->a, struct register_frame, 1);
  x.table = ARENA_ARRAY(w->a, struct register_table, 2);
  x.frame[0].name = "s/f/r";
  make_late(w, &x, 0, &k[0], "one", n, n_before);
  make_late(w, &x, 1, &k[1], "two", n, n_before);
  return x;
}
static void late_records_are_revisions_and_nothing_is_refused(void **state) {
  (void)state;
  int64_t n_revised = 0;
  for (int i = 0; i < WORLDS; i++) {
    struct world w = {.a = arena_new(0)};
    struct late_table k[2] = {{.x = 0, .y = 1}, {.x = 1, .y = 2}};
    static const struct register_policy policy[2] = {
        {.revisions = REGISTER_WARN, .status = "", .source = ""}, {.revisions = REGISTER_WARN, .status = "", .source = ""}};
    struct register_report r;
    struct err e;
    rng_init(&w.r, 9, "late", &i, sizeof i);
    population(&w);
    for (int q = 0; q < 2; q++) k[q].n_x = 2 + (int)rng_below(&w.r, 3), k[q].n_y = 2 + (int)rng_below(&w.r, 2);
    const int late = 1 + (int)rng_below(&w.r, 12);
    struct register_entry old = edition(&w, k, "old", w.n - late, w.n - late), new = edition(&w, k, "new", w.n, w.n - late);
    const struct register_entry *earlier[] = {&old};
    assert_int_equal(register_check(w.a, &new, policy, earlier, 1, &r, &e), E_OK);
    assert_int_equal(r.n_refused, 0);
    for (int q = 0; q < 2; q++)
      for (int row = 0; row < k[q].t->n_rows; row++) {
        const int came = count_row(&w, &k[q], row, w.n) - count_row(&w, &k[q], row, w.n - late);
        bool found = false;
        for (int64_t c = 0; c < r.n_conflicts; c++)
          found = found || (r.conflict[c].kind == REGISTER_REVISION && r.conflict[c].table == q && r.conflict[c].row == row);
        const bool revised = came >= 1 && came < T && k[q].t->status[2 * row] == REGISTER_SHOWN;
        n_revised += revised;
        if (revised != found) fail_msg("world %d table %d row %d: %d came", i, q, row, came);
      }
    arena_free(w.a);
  }
  print_message("%d editions with late records: %lld cells revised, none refused\n", WORLDS, (long long)n_revised);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(late_records_are_revisions_and_nothing_is_refused), cmocka_unit_test(what_an_attacker_finds_is_said_and_nothing_else)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
