/* outcheck_interval.c -- what the shown figures of an additive table tell about the suppressed ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_glpk.h"
#include "estimators/sdc/outcheck.h"

enum { HIDDEN_MAX = 20000, MISSING_MAX = 1000, MEASURES_MAX = 256, RUNS_MAX = 512 };
struct hidden { /* a variable: a suppressed figure, or a row that is not there */
  const struct str *code;
  const struct outcheck_cell *cell; /* NULL: not in the table */
  int64_t together;                 /* union-find: its parent */
};
struct relation { /* sum of sign * variable = rest */
  int64_t first, n; /* in terms */
  int64_t rest;     /* scaled */
};
struct term {
  int64_t hidden;
  int sign;
};
struct solving {
  struct arena *a;
  const struct outcheck_profile *p;
  const struct outcheck_table *t;
  struct outcheck_report *r;
  struct str measure;
  enum outcheck_kind kind;
  int decimals;
  double lower;
  const struct outcheck_cell **cell; /* of this measure */
  int64_t n_cells;
  struct hidden *hidden;
  int64_t n_hidden, hidden_room, n_in_table; /* the first ones are figures of the table */
  int64_t *number;                           /* [n_cells of the table] hidden figure of a cell */
  struct relation *relation;
  int64_t n_relations, relation_room;
  struct term *term;
  int64_t n_terms, term_room;
  bool overflow;
};
static enum err_code no_memory(const struct solving *s, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = s->t->name); }
static void *grown(struct arena *a, void *old, int64_t n, int64_t *room, size_t size) {
  if (n < *room) return old;
  int64_t more = *room ? 2 * *room : 64;
  void *p = arena_array(a, (size_t)more, size);
  if (p && n) memcpy(p, old, (size_t)n * size);
  if (p) *room = more;
  return p;
}

/* --- figures of one measure, in whole numbers --- */

static int64_t in_units(struct solving *s, const struct outcheck_cell *c) {
  int64_t v = c->scaled;
  for (int k = c->decimals; k < s->decimals; k++)
    if (v > INT64_C(90071992547409) || v < -INT64_C(90071992547409)) return s->overflow = true, 0;
    else v *= 10;
  if (v > INT64_C(900719925474099) || v < -INT64_C(900719925474099)) s->overflow = true; /* doubles hold it whole */
  return v;
}
static enum err_code gather(struct solving *s, struct err *e) {
  s->cell = ARENA_ARRAY(s->a, const struct outcheck_cell *, s->t->n_cells + 1);
  if (!s->cell) return no_memory(s, e);
  for (int64_t i = 0; i < s->t->n_cells; i++) {
    const struct outcheck_cell *c = &s->t->cell[i];
    if (c->kind != s->kind || !str_eq(c->measure, s->measure)) continue;
    s->cell[s->n_cells++] = c;
    if (c->has_value && !c->suppressed && c->decimals > s->decimals) s->decimals = c->decimals;
    if (c->has_value && !c->suppressed && c->scaled < 0) s->lower = -INFINITY;
  }
  return E_OK;
}

/* --- variables --- */

static bool same(const struct str *x, const struct str *y, int n, int but) {
  for (int d = 0; d < n; d++)
    if (d != but && !str_eq(x[d], y[d])) return false;
  return true;
}
static int64_t find_missing(const struct solving *s, const struct str *code) {
  for (int64_t i = s->n_in_table; i < s->n_hidden; i++)
    if (same(s->hidden[i].code, code, s->t->n_dims, -1)) return i;
  return -1;
}
static enum err_code add_hidden(struct solving *s, const struct str *code, const struct outcheck_cell *c, struct err *e) {
  void *p = grown(s->a, s->hidden, s->n_hidden, &s->hidden_room, sizeof *s->hidden);
  if (!p) return no_memory(s, e);
  s->hidden = p;
  s->hidden[s->n_hidden] = (struct hidden){code, c, s->n_hidden};
  s->n_hidden++;
  return E_OK;
}
static int64_t top(struct solving *s, int64_t i) {
  while (s->hidden[i].together != i) i = s->hidden[i].together = s->hidden[s->hidden[i].together].together;
  return i;
}

/* --- runs: the figures that agree in all dimensions but d --- */

struct runs {
  int d;
  struct str whole;           /* the code that the others of a run add up to: "_T", or a parent of theirs */
  int64_t n, *first, *member; /* run k has members first[k] .. first[k + 1] - 1, places in s->cell */
  const struct str *code;     /* every code of d but the total, in order of appearance */
  int64_t n_codes;
};
static bool is_whole(const struct runs *r, struct str code) { return str_eq(code, r->whole); }
static bool is_part(const struct solving *s, const struct runs *r, struct str code) { return str_eq(outcheck_parent(s->t->levels, s->t->dim[r->d],
    code), r->whole); }
static uint64_t hash_others(const struct str *code, int n, int d) {
  uint64_t h = 1469598103934665603ull;
  for (int k = 0; k < n; k++)
    for (size_t i = 0; k != d && i <= code[k].n; i++) h = (h ^ (i < code[k].n ? (uint8_t)code[k].p[i] : 0xffu)) * 1099511628211ull;
  return h;
}
static enum err_code run_numbers(struct solving *s, const struct runs *r, int64_t *number, int64_t *n_runs, struct err *e) {
  const int d = r->d;
  int64_t room = 16;
  while (room < 2 * s->n_cells) room *= 2;
  int64_t *slot = ARENA_ARRAY(s->a, int64_t, room);
  if (!slot) return no_memory(s, e);
  *n_runs = 0;
  for (int64_t i = 0; i < s->n_cells; i++) {
    number[i] = -1;
    if (!is_whole(r, s->cell[i]->code[d]) && !is_part(s, r, s->cell[i]->code[d])) continue;
    int64_t at = (int64_t)(hash_others(s->cell[i]->code, s->t->n_dims, d) & (uint64_t)(room - 1));
    while (slot[at] && !same(s->cell[slot[at] - 1]->code, s->cell[i]->code, s->t->n_dims, d)) at = (at + 1) & (room - 1);
    number[i] = slot[at] ? number[slot[at] - 1] : (*n_runs)++;
    if (!slot[at]) slot[at] = i + 1;
  }
  return E_OK;
}
static enum err_code codes_of(struct solving *s, struct runs *r, struct err *e) {
  struct str *code = ARENA_ARRAY(s->a, struct str, s->n_cells + 1);
  int64_t room = 16, *slot;
  while (room < 2 * s->n_cells) room *= 2;
  slot = ARENA_ARRAY(s->a, int64_t, room);
  if (!code || !slot) return no_memory(s, e);
  for (int64_t i = 0; i < s->n_cells; i++) {
    struct str one = s->cell[i]->code[r->d];
    if (!is_part(s, r, one)) continue;
    int64_t at = (int64_t)(hash_others(&one, 1, -1) & (uint64_t)(room - 1));
    while (slot[at] && !str_eq(code[slot[at] - 1], one)) at = (at + 1) & (room - 1);
    if (!slot[at]) code[r->n_codes] = one, slot[at] = ++r->n_codes;
  }
  r->code = code;
  return E_OK;
}
static enum err_code make_runs(struct solving *s, int d, struct str whole, struct runs *r, struct err *e) {
  *r = (struct runs){.d = d, .whole = whole};
  int64_t *number = ARENA_ARRAY(s->a, int64_t, s->n_cells + 1);
  if (!number) return no_memory(s, e);
  TRY(run_numbers(s, r, number, &r->n, e));
  r->first = ARENA_ARRAY(s->a, int64_t, r->n + 2);
  r->member = ARENA_ARRAY(s->a, int64_t, s->n_cells + 1);
  if (!r->first || !r->member) return no_memory(s, e);
  for (int64_t i = 0; i < s->n_cells; i++)
    if (number[i] >= 0) r->first[number[i] + 2]++;
  for (int64_t k = 2; k <= r->n; k++) r->first[k] += r->first[k - 1];
  for (int64_t i = 0; i < s->n_cells; i++)
    if (number[i] >= 0) r->member[r->first[number[i] + 1]++] = i;
  return codes_of(s, r, e);
}
struct summed { /* one run */
  const struct outcheck_cell *whole;
  int64_t rest; /* shown total - shown parts */
  bool any_hidden, any_part;
};
static struct summed sum_run(struct solving *s, const struct runs *r, int64_t k) {
  struct summed out = {NULL, 0, false, false};
  for (int64_t i = r->first[k]; i < r->first[k + 1]; i++) {
    const struct outcheck_cell *c = s->cell[r->member[i]];
    const bool whole = is_whole(r, c->code[r->d]), known = !c->suppressed && c->has_value;
    if (whole) out.whole = c;
    else out.any_part = true;
    out.any_hidden = out.any_hidden || !known;
    if (known) out.rest += whole ? in_units(s, c) : -in_units(s, c);
  }
  return out;
}
static bool in_run(const struct solving *s, const struct runs *r, int64_t k, struct str code) {
  for (int64_t i = r->first[k]; i < r->first[k + 1]; i++)
    if (str_eq(s->cell[r->member[i]]->code[r->d], code)) return true;
  return false;
}
static const struct str *with_code(struct solving *s, const struct outcheck_cell *c, int d, struct str code) {
  struct str *copy = ARENA_ARRAY(s->a, struct str, s->t->n_dims + 1);
  if (!copy) return NULL;
  memcpy(copy, c->code, (size_t)s->t->n_dims * sizeof *copy);
  copy[d] = code;
  return copy;
}
/* Shown parts that do not add up to a shown total, and codes without a row: those rows are hidden figures. */
static enum err_code missing_rows(struct solving *s, const struct runs *r, struct err *e) {
  for (int64_t k = 0; k < r->n; k++) {
    const struct summed run = sum_run(s, r, k);
    if (!run.whole || !run.any_part || run.any_hidden || run.rest == 0) continue;
    for (int64_t i = 0; i < r->n_codes; i++) {
      if (in_run(s, r, k, r->code[i])) continue;
      const struct str *code = with_code(s, run.whole, r->d, r->code[i]);
      if (!code) return no_memory(s, e);
      if (find_missing(s, code) < 0) TRY(add_hidden(s, code, NULL, e));
    }
  }
  return E_OK;
}

/* --- relations --- */

static enum err_code add_term(struct solving *s, int64_t hidden, int sign, struct err *e) {
  void *p = grown(s->a, s->term, s->n_terms, &s->term_room, sizeof *s->term);
  if (!p) return no_memory(s, e);
  s->term = p;
  s->term[s->n_terms++] = (struct term){hidden, sign};
  struct relation *last = &s->relation[s->n_relations - 1];
  if (last->n++ > 0) s->hidden[top(s, hidden)].together = top(s, s->term[last->first].hidden);
  return E_OK;
}
static enum err_code terms_of(struct solving *s, const struct runs *r, int64_t k, const struct outcheck_cell *whole, struct err *e) {
  for (int64_t i = r->first[k]; i < r->first[k + 1]; i++) {
    const struct outcheck_cell *c = s->cell[r->member[i]];
    if (c->suppressed || !c->has_value) TRY(add_term(s, s->number[c - s->t->cell], is_whole(r, c->code[r->d]) ? -1 : 1, e));
  }
  for (int64_t h = s->n_in_table; h < s->n_hidden; h++) /* rows that are not there */
    if (same(s->hidden[h].code, whole->code, s->t->n_dims, r->d) && is_part(s, r, s->hidden[h].code[r->d]))
      TRY(add_term(s, h, 1, e));
  return E_OK;
}
static enum err_code relations(struct solving *s, const struct runs *r, bool *sound, struct err *e) {
  for (int64_t k = 0; k < r->n; k++) {
    const struct summed run = sum_run(s, r, k);
    if (!run.whole || !run.any_part) continue;
    void *p = grown(s->a, s->relation, s->n_relations, &s->relation_room, sizeof *s->relation);
    if (!p) return no_memory(s, e);
    s->relation = p;
    s->relation[s->n_relations++] = (struct relation){s->n_terms, 0, run.rest};
    TRY(terms_of(s, r, k, run.whole, e));
    if (s->relation[s->n_relations - 1].n > 0) continue;
    s->n_relations--;
    if (run.rest != 0) *sound = false;
  }
  return E_OK;
}

/* --- one lot of figures that hang together --- */

struct lot {
  int64_t root;
  int m, n;
  int *place; /* of each hidden figure in the lot, -1 = elsewhere */
  double *matrix, *rest, *low, *high, *cost;
};
static enum err_code fill(struct solving *s, struct lot *l, struct err *e) {
  l->place = ARENA_ARRAY(s->a, int, s->n_hidden + 1);
  if (!l->place) return no_memory(s, e);
  for (int64_t h = 0; h < s->n_hidden; h++) l->place[h] = top(s, h) == l->root ? l->n++ : -1;
  for (int64_t k = 0; k < s->n_relations; k++) l->m += l->place[s->term[s->relation[k].first].hidden] >= 0;
  if (l->n > OUTCHECK_TOGETHER_MAX || l->m > 8 * OUTCHECK_TOGETHER_MAX) return E_OK;
  l->matrix = ARENA_ARRAY(s->a, double, (int64_t)l->m * l->n + 1);
  l->rest = ARENA_ARRAY(s->a, double, l->m + 1);
  l->low = ARENA_ARRAY(s->a, double, l->n + 1);
  l->high = ARENA_ARRAY(s->a, double, l->n + 1);
  l->cost = ARENA_ARRAY(s->a, double, l->n + 1);
  if (!l->matrix || !l->rest || !l->low || !l->high || !l->cost) return no_memory(s, e);
  for (int i = 0; i < l->n; i++) l->low[i] = s->lower, l->high[i] = INFINITY;
  int row = 0;
  for (int64_t k = 0; k < s->n_relations; k++) {
    const struct relation *q = &s->relation[k];
    if (l->place[s->term[q->first].hidden] < 0) continue;
    for (int64_t i = 0; i < q->n; i++) l->matrix[row * l->n + l->place[s->term[q->first + i].hidden]] += s->term[q->first + i].sign;
    l->rest[row++] = (double)q->rest;
  }
  return E_OK;
}
/* The least value of sign * figure i; false: there is none, *status says why. */
static bool end_of(const struct lot *l, int i, double sign, double *x, double *out, enum lp_status *status) {
  memset(l->cost, 0, (size_t)l->n * sizeof *l->cost);
  l->cost[i] = sign;
  const struct lp lp = {l->m, l->n, l->matrix, l->rest, l->rest, l->low, l->high, l->cost};
  struct lp_result result = {.x = x};
  lp_glpk_exact(&lp, &result);
  *status = result.status;
  *out = result.status == LP_UNBOUNDED ? -INFINITY : result.objective;
  *out *= sign;
  return result.status == LP_OPTIMAL || result.status == LP_UNBOUNDED;
}

/* --- what is said --- */

static void name_of(const struct solving *s, const struct hidden *h, char out[OUTCHECK_CELL_NAME]) {
  const struct outcheck_cell c = {.code = h->code, .measure = s->measure};
  outcheck_cell_name(s->t, &c, out, OUTCHECK_CELL_NAME);
}
static enum err_code say(struct solving *s, int64_t h, enum outcheck_verdict v, enum outcheck_reason reason, const char *detail, struct err *e) {
  char name[OUTCHECK_CELL_NAME];
  name_of(s, &s->hidden[h], name);
  return outcheck_add(s->r, v, reason, s->t->name, name, s->hidden[h].cell ? s->hidden[h].cell->line : 0, detail, e);
}
static enum err_code keep(struct solving *s, int64_t h, double low, double high, struct err *e) {
  char name[OUTCHECK_CELL_NAME];
  void *p = grown(s->r->a, s->r->interval, s->r->n_intervals, &s->r->interval_room, sizeof *s->r->interval);
  name_of(s, &s->hidden[h], name);
  if (!p) return no_memory(s, e);
  s->r->interval = p;
  s->r->interval[s->r->n_intervals++] = (struct outcheck_interval){
      s->t->name, arena_strdup(s->r->a, name, strlen(name)), s->hidden[h].cell ? s->hidden[h].cell->line : 0, low, high};
  return E_OK;
}
static enum err_code judge(struct solving *s, int64_t h, double low, double high, struct err *e) {
  double unit = 1;
  char text[64];
  for (int k = 0; k < s->decimals; k++) unit *= 10;
  if (s->kind == OUTCHECK_COUNT && s->decimals == 0) low = ceil(low), high = floor(high);
  TRY(keep(s, h, low / unit, high / unit, e));
  if (high <= low) return say(s, h, OUTCHECK_FAIL, OUTCHECK_EXACT, "", e);
  snprintf(text, sizeof text, "narrower than %lld %% of its middle", (long long)s->p->protection_percent);
  const bool narrow = high - low < (double)s->p->protection_percent / 100 * fabs(low + high) / 2;
  if (isfinite(low) && isfinite(high) && (narrow || (s->kind == OUTCHECK_COUNT && high - low <= 1)))
    return say(s, h, OUTCHECK_FAIL, OUTCHECK_NARROW, text, e);
  return E_OK;
}
static enum err_code solve(struct solving *s, int64_t root, struct err *e) {
  struct lot l = {.root = root};
  TRY(fill(s, &l, e));
  if (!l.cost) return say(s, root, OUTCHECK_REVIEW, OUTCHECK_TOO_LARGE, "", e);
  double *x = ARENA_ARRAY(s->a, double, l.n + 1);
  if (!x) return no_memory(s, e);
  for (int64_t h = 0; h < s->n_hidden; h++) {
    double low, high;
    enum lp_status status;
    if (l.place[h] < 0) continue;
    if (!end_of(&l, l.place[h], 1, x, &low, &status) || !end_of(&l, l.place[h], -1, x, &high, &status))
      return say(s, root, OUTCHECK_REVIEW, status == LP_INFEASIBLE ? OUTCHECK_NOT_ADDITIVE : OUTCHECK_TOO_LARGE, "", e);
    TRY(judge(s, h, low, high, e));
  }
  return E_OK;
}

/* Means and ratios give sums with the counts beside them: one suppressed figure among a total and its parts is found, whatever the rounding. */
static enum err_code single_ones(struct solving *s, const struct runs *r, struct err *e) {
  for (int64_t k = 0; k < r->n; k++) {
    int64_t n = 0, last = 0;
    bool whole = false;
    for (int64_t i = r->first[k]; i < r->first[k + 1]; i++) {
      const struct outcheck_cell *c = s->cell[r->member[i]];
      whole = whole || is_whole(r, c->code[r->d]);
      if (c->suppressed || !c->has_value) n++, last = s->number[c - s->t->cell];
    }
    if (whole && n == 1 && r->first[k + 1] - r->first[k] > 1)
      TRY(say(s, last, OUTCHECK_FAIL, OUTCHECK_EXACT, "the only one suppressed beside its total", e));
  }
  return E_OK;
}
/* Every set of equations: each dimension by its total, and by each parent of its levels. */
static enum err_code all_runs(struct solving *s, struct runs **out, int64_t *n, struct err *e) {
  const struct outcheck_hierarchy *h = s->t->levels;
  int64_t room = s->t->n_dims + (h ? h->n : 0);
  *n = 0;
  *out = ARENA_ARRAY(s->a, struct runs, room + 1);
  if (!*out) return no_memory(s, e);
  for (int d = 0; d < s->t->n_dims; d++) {
    TRY(make_runs(s, d, STR("_T"), &(*out)[(*n)++], e));
    for (int64_t i = 0; h && i < h->n; i++) {
      bool before = false;
      if (!str_eq(h->link[i].column, s->t->dim[d]) || !h->link[i].parent.n || str_eq(h->link[i].parent, STR("_T"))) continue;
      for (int64_t k = 0; !before && k < *n; k++) before = (*out)[k].d == d && str_eq((*out)[k].whole, h->link[i].parent);
      if (!before && *n == RUNS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = s->t->name, .expected = "at most 512 codes that others add up to");
      if (!before) TRY(make_runs(s, d, h->link[i].parent, &(*out)[(*n)++], e));
    }
  }
  return E_OK;
}
static enum err_code solve_all(struct solving *s, struct err *e) {
  for (int64_t h = 0; h < s->n_hidden; h++) {
    if (top(s, h) != h) continue;
    const struct arena_mark mark = arena_mark(s->a);
    TRY(solve(s, h, e));
    arena_reset(s->a, mark);
  }
  return E_OK;
}
static enum err_code one_measure(struct solving *s, struct err *e) {
  struct runs *runs;
  int64_t n_runs;
  bool sound = true;
  TRY(gather(s, e));
  s->number = ARENA_ARRAY(s->a, int64_t, s->t->n_cells + 1);
  if (!s->number) return no_memory(s, e);
  for (int64_t i = 0; i < s->n_cells; i++)
    if (s->cell[i]->suppressed || !s->cell[i]->has_value) {
      s->number[s->cell[i] - s->t->cell] = s->n_hidden;
      TRY(add_hidden(s, s->cell[i]->code, s->cell[i], e));
    }
  s->n_in_table = s->n_hidden;
  TRY(all_runs(s, &runs, &n_runs, e));
  if (s->kind != OUTCHECK_COUNT && s->kind != OUTCHECK_SUM) {
    for (int64_t k = 0; k < n_runs; k++) TRY(single_ones(s, &runs[k], e));
    return E_OK;
  }
  for (int64_t k = 0; k < n_runs; k++) TRY(missing_rows(s, &runs[k], e));
  if (s->n_in_table > HIDDEN_MAX || s->n_hidden - s->n_in_table > MISSING_MAX) return say(s, 0, OUTCHECK_REVIEW, OUTCHECK_TOO_LARGE, "", e);
  for (int64_t k = 0; k < n_runs; k++) TRY(relations(s, &runs[k], &sound, e));
  if (s->overflow) return s->n_hidden ? say(s, 0, OUTCHECK_REVIEW, OUTCHECK_TOO_LARGE, "too many digits", e) : E_OK;
  if (!sound && s->n_cells) {
    char name[OUTCHECK_CELL_NAME];
    outcheck_cell_name(s->t, s->cell[0], name, sizeof name);
    TRY(outcheck_add(s->r, OUTCHECK_REVIEW, OUTCHECK_NOT_ADDITIVE, s->t->name, name, s->cell[0]->line, "", e));
  }
  return solve_all(s, e);
}

/* A hidden figure that no total tells of has no equation: its interval has no end, and the programme above is solved with no rows. */
enum err_code outcheck_intervals(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r, struct err *e) {
  int64_t first[MEASURES_MAX]; /* a figure of each measure that was judged */
  int n = 0;
  for (int64_t i = 0; i < t->n_cells; i++) {
    const struct outcheck_cell *c = &t->cell[i];
    bool before = c->kind > OUTCHECK_PERCENT; /* the later kinds have no totals */
    for (int k = 0; !before && k < n; k++) before = t->cell[first[k]].kind == c->kind && str_eq(t->cell[first[k]].measure, c->measure);
    if (before) continue;
    if (n == MEASURES_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = t->name, .expected = "at most 256 measures in a table");
    first[n++] = i;
    struct arena *a = arena_new(0);
    struct solving s = {.a = a, .p = p, .t = t, .r = r, .measure = c->measure, .kind = c->kind};
    enum err_code code = a ? one_measure(&s, e) : ERR(e, E_NO_MEMORY, .subject = t->name);
    arena_free(a);
    TRY(code);
  }
  return E_OK;
}
