#include "estimators/sdc/suppress/contributions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"

struct given { /* a row */
  int32_t cell, unit, owner;
  int64_t value;
  double weight;
  bool waiver, asked, holding;
};
struct share { /* what a unit adds to a cell or a total above it */
  int32_t cell, owner, unit;
  int64_t value;
  double weight;
  bool waiver, asked, holding;
};
struct reading {
  struct arena *a;
  const char *name;
  struct cell_table *t;
  const struct sdc_rule *rule;
  struct contributions *out;
  struct given *row;
  int64_t n, n_shares;
  struct share *share; /* by cell, then owner */
  int32_t n_owners;
  bool counting; /* without a column value every row is one */
};

/* --- rows --- */

struct named {
  struct str text;
  bool holding;
  int64_t row;
};
static int named_cmp(const void *p, const void *q) {
  const struct named *a = p, *b = q;
  if (a->holding != b->holding) return a->holding - b->holding;
  const int c = str_cmp(a->text, b->text);
  return c ? c : (a->row > b->row) - (a->row < b->row);
}
static enum err_code bad(const struct reading *r, const struct csv_table *f, int64_t i, const char *what, struct err *e) {
  return ERR(e, E_SDC_CONTRIBUTIONS, .subject = what, .file = r->name, .line = f->lines[i]);
}
static bool weight_of(struct str s, double *out) {
  int64_t v;
  if (!cell_decimal(s, CELL_DECIMALS_MAX, &v) || v <= 0) return false;
  *out = (double)v / 1e9;
  return true;
}
static bool flag_of(struct str s, bool *out) {
  *out = str_eq(s, STR("1"));
  return *out || s.n == 0 || str_eq(s, STR("0"));
}
static enum err_code read_row(struct reading *r, const struct csv_table *f, const int *at, int64_t i, struct err *e) {
  struct given *g = &r->row[i];
  int64_t cell;
  *g = (struct given){.weight = 1};
  if (!str_int64(csv_table_cell(f, i, at[0]), &cell) || cell < 0 || cell >= r->t->n_cells) return bad(r, f, i, "a cell that is not in the table", e);
  g->cell = r->t->same[cell];
  if (csv_table_cell(f, i, at[1]).n == 0) return bad(r, f, i, "a unit without name", e);
  if (at[2] < 0) g->value = (int64_t)r->t->unit;
  else if (!cell_decimal(csv_table_cell(f, i, at[2]), r->t->decimals, &g->value))
    return bad(r, f, i, "a value that is no number, or finer than the table of cells", e);
  if (at[3] >= 0 && !weight_of(csv_table_cell(f, i, at[3]), &g->weight)) return bad(r, f, i, "a weight that is not above 0", e);
  if (!flag_of(csv_table_cell(f, i, at[5]), &g->waiver) || !flag_of(csv_table_cell(f, i, at[6]), &g->asked))
    return bad(r, f, i, "waiver or asked: 0 or 1", e);
  return E_OK;
}
/* Numbers of units and of owners: a holding where one is named, else the unit. */
static bool number_names(struct reading *r, const struct csv_table *f, const int *at, bool owners) {
  struct named *k = ARENA_ARRAY(r->a, struct named, r->n + 1);
  int32_t n = -1;
  if (!k) return false;
  for (int64_t i = 0; i < r->n; i++) {
    const struct str holding = csv_table_cell(f, i, at[4]);
    const bool has = owners && holding.n > 0;
    k[i] = (struct named){has ? holding : csv_table_cell(f, i, at[1]), has, i};
    r->row[i].holding = holding.n > 0;
  }
  qsort(k, (size_t)r->n, sizeof *k, named_cmp);
  for (int64_t i = 0; i < r->n; i++) {
    if (i == 0 || k[i].holding != k[i - 1].holding || !str_eq(k[i].text, k[i - 1].text)) n++;
    if (owners) r->row[k[i].row].owner = n;
    else r->row[k[i].row].unit = n;
  }
  if (owners) r->n_owners = n + 1;
  else r->out->n_units = n + 1;
  return true;
}
static enum err_code read_rows(struct reading *r, struct str text, struct err *e) {
  static const char *const name[7] = {"cell", "unit", "value", "weight", "holding", "waiver", "asked"};
  struct csv_table f;
  int at[7];
  TRY(csv_table_parse(r->a, r->name, text.p, text.n, &f, e));
  for (int k = 0; k < 7; k++) at[k] = csv_table_column(&f, name[k]);
  if (at[0] < 0 || at[1] < 0 || (at[2] < 0 && !r->counting))
    return ERR(e, E_SDC_CONTRIBUTIONS, .subject = "columns cell, unit and value", .file = r->name, .line = 1);
  if (at[3] < 0 && r->rule->weights == SDC_WEIGHTS_REPEAT)
    return ERR(e, E_SDC_CONTRIBUTIONS, .subject = "the rule repeats units by weight: a column weight", .file = r->name, .line = 1);
  r->n = r->out->n_rows = f.n_rows;
  r->row = ARENA_ARRAY(r->a, struct given, f.n_rows + 1);
  if (!r->row) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int64_t i = 0; i < f.n_rows; i++) TRY(read_row(r, &f, at, i, e));
  return number_names(r, &f, at, false) && number_names(r, &f, at, true) ? E_OK : ERR(e, E_NO_MEMORY, .file = r->name);
}

/* --- totals above a cell --- */

bool cells_above(struct arena *a, const struct cell_table *t, const int32_t *of, int32_t n, int64_t **first, int32_t **above) {
  int64_t at = 0, room = 0;
  uint8_t *seen = ARENA_ARRAY(a, uint8_t, t->n_cells + 1);
  int32_t *queue = ARENA_ARRAY(a, int32_t, t->n_cells + 1);
  *first = ARENA_ARRAY(a, int64_t, n + 1);
  *above = NULL;
  if (!seen || !queue || !*first) return false;
  for (int32_t j = 0; j < n; j++) {
    int32_t m = 0;
    queue[m++] = of[j];
    seen[of[j]] = 1;
    for (int32_t i = 0; i < m; i++)
      for (int32_t k = t->cell_first[queue[i]]; k < t->cell_first[queue[i] + 1]; k++) {
        const int32_t up = t->member[t->first[t->cell_relation[k]]];
        if (!seen[up]) seen[up] = 1, queue[m++] = up;
      }
    if (at + m > room) {
      room = 2 * (at + m) + 256;
      int32_t *more = ARENA_ARRAY(a, int32_t, room);
      if (!more) return false;
      if (at) memcpy(more, *above, (size_t)at * sizeof *more);
      *above = more;
    }
    memcpy(*above + at, queue, (size_t)m * sizeof *queue);
    for (int32_t i = 0; i < m; i++) seen[queue[i]] = 0;
    at += m;
    (*first)[j + 1] = at;
  }
  return true;
}
static int share_cmp(const void *p, const void *q) {
  const struct share *a = p, *b = q;
  if (a->cell != b->cell) return (a->cell > b->cell) - (a->cell < b->cell);
  if (a->owner != b->owner) return (a->owner > b->owner) - (a->owner < b->owner);
  return (a->unit > b->unit) - (a->unit < b->unit);
}
static enum err_code spread(struct reading *r, struct err *e) {
  const struct cell_table *t = r->t;
  int64_t *first = NULL, n = 0;
  int32_t *above = NULL, *inner = ARENA_ARRAY(r->a, int32_t, t->n_cells + 1), *place = ARENA_ARRAY(r->a, int32_t, t->n_cells + 1), n_inner = 0;
  uint8_t *total = ARENA_ARRAY(r->a, uint8_t, t->n_cells + 1);
  char text[160];
  if (!inner || !place || !total) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int32_t k = 0; k < t->n_relations; k++) total[t->member[t->first[k]]] = 1;
  for (int32_t c = 0; c < t->n_cells; c++)
    if (!total[c] && t->same[c] == c) place[c] = n_inner, inner[n_inner++] = c;
  if (!cells_above(r->a, t, inner, n_inner, &first, &above)) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int64_t i = 0; i < r->n; i++) {
    if (total[r->row[i].cell]) return ERR(e, E_SDC_CONTRIBUTIONS, .subject = cell_name(t, r->row[i].cell, text, sizeof text), .file = r->name,
        .found = "a total: contributions are those of inner cells");
    n += first[place[r->row[i].cell] + 1] - first[place[r->row[i].cell]];
  }
  r->share = ARENA_ARRAY(r->a, struct share, n + 1);
  if (!r->share) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int64_t i = 0; i < r->n; i++) {
    const struct given *g = &r->row[i];
    for (int64_t k = first[place[g->cell]]; k < first[place[g->cell] + 1]; k++)
      r->share[r->n_shares++] = (struct share){above[k], g->owner, g->unit, g->value, g->weight, g->waiver, g->asked, g->holding};
  }
  qsort(r->share, (size_t)r->n_shares, sizeof *r->share, share_cmp);
  int64_t kept = 0; /* a unit in several inner cells of a total is one unit there */
  for (int64_t i = 0; i < r->n_shares; i++) {
    struct share *last = kept ? &r->share[kept - 1] : NULL;
    if (last && last->cell == r->share[i].cell && last->unit == r->share[i].unit && last->owner == r->share[i].owner &&
        fabs(last->weight - r->share[i].weight) < 1e-12) last->value += r->share[i].value;
    else r->share[kept++] = r->share[i];
  }
  r->n_shares = kept;
  return E_OK;
}

/* --- judging --- */

static enum err_code adds_up(const struct reading *r, int32_t c, int64_t from, int64_t to, struct err *e) {
  char text[160];
  __extension__ __int128 sum = 0;
  double weighted = 0;
  bool plain = true;
  for (int64_t i = from; i < to; i++) {
    const double w = r->rule->weights == SDC_WEIGHTS_REPEAT ? fmax(1, nearbyint(r->share[i].weight)) : r->share[i].weight;
    sum += r->share[i].value;
    weighted += w * (double)r->share[i].value;
    plain = plain && w == 1;
  }
  const bool ok = plain ? sum == r->t->value[c] : fabs(weighted - (double)r->t->value[c]) <= 0.5 * (double)(to - from) + 1e-9 * fabs(weighted);
  return ok ? E_OK : ERR(e, E_SDC_CONTRIBUTIONS_SUM, .subject = cell_name(r->t, c, text, sizeof text), .file = r->name);
}
static int64_t units_up(double level, double unit) { return (int64_t)ceil(level * unit - 1e-9 * fabs(level * unit)); }
static enum err_code judge_cell(struct reading *r, int32_t c, int64_t from, int64_t to, struct sdc_contribution *x, struct err *e) {
  struct cell_table *t = r->t;
  struct sdc_judgement j;
  char text[160];
  TRY(adds_up(r, c, from, to, e));
  for (int64_t i = from; i < to; i++) {
    const struct share *s = &r->share[i];
    x[i - from] = (struct sdc_contribution){(double)s->value / t->unit, s->weight, s->holding ? s->owner : -1, s->waiver, s->asked, s->unit};
  }
  TRY(sdc_judge(r->rule, x, to - from, &j, e));
  r->out->reason[c] = (uint8_t)j.reason;
  r->out->by_reason[j.reason]++;
  if (j.reason == SDC_SAFE) return E_OK;
  if (t->status[c] == 'z') return ERR(e, E_SDC_CONFLICT, .subject = cell_name(t, c, text, sizeof text), .file = r->name);
  t->status[c] = 'u';
  const int64_t level = units_up(j.level, t->unit);
  if (level > t->lpl[c]) t->lpl[c] = level;
  if (level > t->upl[c]) t->upl[c] = level;
  return E_OK;
}
static enum err_code judge_all(struct reading *r, struct err *e) {
  int64_t most = 0;
  struct cell_table *t = r->t;
  r->out->reason = ARENA_ARRAY(r->a, uint8_t, t->n_cells + 1);
  uint8_t *has = ARENA_ARRAY(r->a, uint8_t, t->n_cells + 1);
  char text[160];
  for (int64_t i = 0, j; i < r->n_shares; i = j) {
    for (j = i; j < r->n_shares && r->share[j].cell == r->share[i].cell; j++) continue;
    if (j - i > most) most = j - i;
  }
  struct sdc_contribution *x = ARENA_ARRAY(r->a, struct sdc_contribution, most + 1);
  if (!r->out->reason || !has || !x) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int64_t i = 0, j; i < r->n_shares; i = j) {
    for (j = i; j < r->n_shares && r->share[j].cell == r->share[i].cell; j++) continue;
    has[r->share[i].cell] = 1;
    TRY(judge_cell(r, r->share[i].cell, i, j, x, e));
  }
  for (int32_t c = 0; c < t->n_cells; c++) {
    r->out->n_primary += t->status[c] == 'u' && t->same[c] == c;
    if (t->same[c] == c && !has[c] && t->value[c] != 0)
      return ERR(e, E_SDC_CONTRIBUTIONS_SUM, .subject = cell_name(t, c, text, sizeof text), .file = r->name);
  }
  return E_OK;
}
/* Every cell other than 0 has its units, and they add up to it. */
static enum err_code check_all(const struct reading *r, struct err *e) {
  const struct cell_table *t = r->t;
  char text[160];
  uint8_t *has = ARENA_ARRAY(r->a, uint8_t, t->n_cells + 1);
  if (!has) return ERR(e, E_NO_MEMORY, .file = r->name);
  for (int64_t i = 0, j; i < r->n_shares; i = j) {
    for (j = i; j < r->n_shares && r->share[j].cell == r->share[i].cell; j++) continue;
    has[r->share[i].cell] = 1;
    TRY(adds_up(r, r->share[i].cell, i, j, e));
  }
  for (int32_t c = 0; c < t->n_cells; c++)
    if (t->same[c] == c && !has[c] && t->value[c] != 0)
      return ERR(e, E_SDC_CONTRIBUTIONS_SUM, .subject = cell_name(t, c, text, sizeof text), .file = r->name);
  return E_OK;
}
enum err_code contributions_check(struct arena *a, const char *name, struct str text, struct cell_table *t, bool counting, struct err *e) {
  static const struct sdc_rule as_they_are = {.weights = SDC_WEIGHTS_NONE};
  struct contributions none = {0};
  struct reading r = {.a = a, .name = name, .t = t, .rule = &as_they_are, .out = &none, .counting = counting};
  TRY(read_rows(&r, text, e));
  TRY(spread(&r, e));
  return check_all(&r, e);
}
enum err_code contributions_apply(struct arena *a, const char *name, struct str text, const struct sdc_rule *rule, bool pairs, struct cell_table *t,
    struct contributions *out, struct err *e) {
  struct reading r = {.a = a, .name = name, .t = t, .rule = rule, .out = out};
  *out = (struct contributions){0};
  TRY(sdc_rule_check(rule, e));
  TRY(read_rows(&r, text, e));
  TRY(spread(&r, e));
  TRY(judge_all(&r, e));
  struct contributor *list = ARENA_ARRAY(a, struct contributor, r.n_shares + 1);
  int64_t n = 0;
  if (!list) return ERR(e, E_NO_MEMORY, .file = name);
  for (int64_t i = 0; i < r.n_shares; i++) { /* by cell and owner; negative contributions count by size, as in the rules */
    const struct share *s = &r.share[i];
    const int64_t v = s->value < 0 ? -s->value : s->value;
    if (n && list[n - 1].cell == s->cell && list[n - 1].owner == s->owner) list[n - 1].amount += v;
    else list[n++] = (struct contributor){s->cell, s->owner, v};
  }
  const double p = rule->p > 0 ? rule->p / (rule->q > 0 ? rule->q : 100) : 0;
  return contributors_as_owners(a, t, list, n, r.n_owners, p, pairs, &out->owners, e);
}
