#include "estimators/sdc/sdc_protect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_protect_impl.h"

enum { DECIMALS_MOST = 6, EXACT_MOST = 400, OWNER_PROGRAMMES = 100, CLEAN_UP_WORK = 10000 };
const char sdc_secondary_reason[] = "secondary: another suppressed figure would follow from it";


/* --- values --- */
static const struct sdc_judgement *judged(const struct result_measure *m, uint8_t source, int64_t row) {
  if (source == SDC_OF_Y) return m->judged_y ? &m->judged_y[row] : NULL;
  return m->judged ? &m->judged[row] : NULL;
}
static void read_row(const struct protecting *p, int k, int i, int64_t r, struct quantity_values *v) {
  const struct result_table *t = p->t[i].table;
  const int m = p->groups.quantity[k].at[i].measure;
  const uint8_t source = p->groups.quantity[k].at[i].source;
  const int32_t row = p->rows.row_of[i][r];
  const struct result_measure *x = &t->measures[m];
  if (source == SDC_OF_N) {
    if (t->n_status[r] == RESULT_SHOWN) v->value[row] = (double)t->n[r], v->there[row] = 1;
    return;
  }
  const struct sdc_judgement *j = judged(x, source, r);
  if (x->status[r] == RESULT_SHOWN) v->value[row] = source == SDC_OF_VALUE || !j ? x->value[r] : j->sum, v->there[row] = 1;
  else if (x->status[r] == RESULT_UNDEFINED) v->value[row] = j ? j->sum : 0, v->there[row] = 1; /* no mean without units: their sum is known */
  if (!j) return;
  const struct sdc_judgement *rest = source == SDC_OF_X || source == SDC_OF_Y ? judged(x, source == SDC_OF_X ? SDC_OF_Y : SDC_OF_X, r) : NULL;
  if (rest && measure_is_share(&p->t[i].plan->measures[m])) v->most[row] = j->sum + rest->sum;
  if (j->level > v->level[row]) v->level[row] = j->level;
  if (j->n == 1) v->owner[row] = j->owner;
}
static enum err_code read_values(struct protecting *p, struct err *e) {
  const int n = p->groups.n_quantities;
  const size_t rows = (size_t)p->rows.n + 1;
  p->q = ARENA_ARRAY(p->a, struct quantity_values, n + 1);
  for (int k = 0; p->q && k < n; k++) {
    struct quantity_values *v = &p->q[k];
    v->value = ARENA_ARRAY(p->a, double, rows), v->there = ARENA_ARRAY(p->a, uint8_t, rows), v->level = ARENA_ARRAY(p->a, double, rows);
    v->owner = ARENA_ARRAY(p->a, int64_t, rows), v->most = ARENA_ARRAY(p->a, double, rows);
    if (!v->most || !v->value || !v->there || !v->level || !v->owner) return ERR(e, E_NO_MEMORY, .subject = "values of linked tables");
    for (size_t r = 0; r < rows; r++) v->owner[r] = -1;
    for (int i = 0; i < p->n; i++)
      for (int64_t r = 0; p->groups.quantity[k].at[i].measure >= 0 && r < p->t[i].table->n_rows; r++) read_row(p, k, i, r, v);
  }
  return p->q ? E_OK : ERR(e, E_NO_MEMORY, .subject = "values of linked tables");
}

/* --- what the primary rules hid, over all tables and groups --- */
static uint8_t state(const struct result_table *t, int k, int64_t r) { return k < t->n_measures ? t->measures[k].status[r] : t->n_status[r]; }
static enum err_code note_before(struct protecting *p, struct err *e) {
  for (int i = 0; i < p->n; i++) {
    const struct result_table *t = p->t[i].table;
    p->before[i] = ARENA_ARRAY(p->a, uint8_t, (int64_t)(t->n_measures + 1) * t->n_rows + 1);
    if (!p->before[i]) return ERR(e, E_NO_MEMORY, .subject = t->id);
    for (int k = 0; k <= t->n_measures; k++)
      for (int64_t r = 0; r < t->n_rows; r++) p->before[i][k * t->n_rows + r] = state(t, k, r) == RESULT_SUPPRESSED;
  }
  return E_OK;
}
static bool hidden_now(const struct protecting *p, int i, int k, int64_t r) {
  const struct result_table *t = p->t[i].table;
  return state(t, k, r) == RESULT_SUPPRESSED && !p->before[i][k * t->n_rows + r];
}
static enum err_code primaries(struct protecting *p, struct err *e) {
  const size_t all = (size_t)p->groups.n * (size_t)(p->rows.n + 1);
  p->primary = ARENA_ARRAY(p->a, uint8_t, all), p->hidden = ARENA_ARRAY(p->a, uint8_t, all);
  if (!p->primary || !p->hidden) return ERR(e, E_NO_MEMORY, .subject = "linked tables");
  for (int i = 0; i < p->n; i++) {
    const struct result_table *t = p->t[i].table;
    for (int64_t r = 0; r < t->n_rows; r++) {
      const int32_t row = p->rows.row_of[i][r];
      if (hidden_now(p, i, t->n_measures, r)) sdc_of_group(p, p->primary, 0)[row] = 1;
      for (int k = 0; k < t->n_measures; k++)
        if (hidden_now(p, i, k, r) && t->measures[k].reason[r] != sdc_tail_reason()) sdc_of_group(p, p->primary, p->groups.of[i][k])[row] = 1;
    }
  }
  return E_OK;
}
static double tail_of(const struct measure *m) {
  double least = 0;
  if (m->kind == MEASURE_QUANTILE || m->kind == MEASURE_ARPT) {
    const double p = m->kind == MEASURE_ARPT ? m->quantile : m->p;
    return fmax(fmin(p, 1 - p), 1e-9); /* the smallest and the largest have nobody beyond them */
  }
  for (int k = 0; k < m->n_figures; k++) {
    const double own = tail_of(&m->figures[k]);
    if (own > 0 && (least == 0 || own < least)) least = own;
  }
  return least;
}
static void note_tails(struct protecting *p) {
  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < p->t[i].plan->n_measures && k < p->t[i].table->n_measures; k++)
      p->t[i].table->measures[k].tail = tail_of(&p->t[i].plan->measures[k]);
}
static bool any(const uint8_t *x, int32_t n) { return memchr(x, 1, (size_t)n) != NULL; }

/* --- one quantity as a table of cells --- */
struct sdc_scale sdc_scale_of(const struct quantity_values *v, int32_t n) {
  struct sdc_scale s = {1, 0};
  double largest = 0;
  bool whole = true;
  for (int32_t r = 0; r < n; r++) {
    if (fabs(v->value[r]) > largest) largest = fabs(v->value[r]);
    whole = whole && v->value[r] == nearbyint(v->value[r]);
  }
  while (!whole && s.decimals < DECIMALS_MOST && largest * s.unit * 10 < SDC_LARGEST) s.unit *= 10, s.decimals++;
  while (largest * s.unit > SDC_LARGEST) s.unit /= 10;
  return s;
}
/* What is not nothing stays something. */
int64_t sdc_scaled(const struct sdc_scale *s, double v) {
  const int64_t x = (int64_t)nearbyint(v * s->unit);
  return x || v == 0 ? x : v < 0 ? -1 : 1;
}
/* By how much a sum may be off: rounding of its members and of double arithmetic. */
int64_t sdc_sum_tolerance(const struct sdc_scale *s, double total, int n) { return n + (int64_t)(1e-9 * fabs(total) * s->unit); }

bool sdc_is_primary(const struct protecting *p, int k, int32_t row) {
  return sdc_of_group(p, p->primary, p->groups.quantity[k].group)[row] || sdc_of_group(p, p->primary, 0)[row];
}
int64_t sdc_level(const struct protecting *p, int k, int32_t row, const struct sdc_scale *s) {
  const struct quantity_values *v = &p->q[k];
  const double range = p->groups.quantity[k].group == 0 ? p->profile->rule.safety_range / 100 : 0;
  const int64_t value = sdc_scaled(s, v->value[row]), size = value < 0 ? -value : value, one = s->unit > 1 ? (int64_t)s->unit : 1;
  const int64_t level = (int64_t)ceil(fmax(v->level[row], range * fabs(v->value[row])) * s->unit);
  const int64_t least = size < one ? size : one; /* one person, one yen, or the whole of what is less */
  return value == 0 ? 0 : level > least ? level : least;
}
static enum err_code add_cells(const struct protecting *p, int k, const struct sdc_scale *s, struct cell_builder *b, struct err *e) {
  for (int32_t r = 0; r < p->rows.n; r++) {
    const bool primary = sdc_is_primary(p, k, r);
    const int64_t level = primary ? sdc_level(p, k, r, s) : 0;
    const char status = primary ? 'u' : p->q[k].there[r] ? 's' : 'z';
    TRY(cell_builder_cell(b, p->rows.key[r], sdc_scaled(s, p->q[k].value[r]), status, level, level, e));
  }
  return E_OK;
}
/* The key of a part that no table shows: the parent's, with another word in the dimension of its parts. */
static struct str rest_key(struct arena *a, struct str parent, struct str child) {
  struct strbuf b;
  struct str x = parent, y = child;
  bool first = true;
  strbuf_init(&b, 0);
  for (bool more = true; more; first = false) {
    more = memchr(x.p, '|', x.n) != NULL;
    const struct str own = str_split(x, '|', &x), other = str_split(y, '|', &y);
    if (!first) strbuf_addc(&b, '|');
    strbuf_add(&b, own.p, own.n);
    if (!str_eq(own, other)) strbuf_adds(&b, "\x1frest");
  }
  const char *copy = b.failed ? NULL : arena_strdup(a, b.p, b.n);
  const struct str out = str_view(copy ? copy : "", copy ? b.n : 0);
  strbuf_release(&b);
  return out;
}
/* How much the parts lack; a sum that holds within rounding is given the exact difference. */
int64_t sdc_sum_lacks(const struct protecting *p, const struct quantity_values *v, const struct sdc_sum *sum, const struct sdc_scale *s) {
  const int32_t *m = p->rows.member;
  int64_t rest = sdc_scaled(s, v->value[m[sum->first]]);
  for (int32_t i = sum->first + 1; i < sum->last; i++) rest -= sdc_scaled(s, v->value[m[i]]);
  return rest;
}
static bool told(const struct protecting *p, const struct quantity_values *v, const struct sdc_sum *sum) {
  bool all = true; /* a part that no table shows, or that was not asked: no sum */
  for (int32_t i = sum->first; i < sum->last; i++) all = all && v->there[p->rows.member[i]];
  return all;
}
bool sdc_sum_left_out(const struct protecting *p, int k, const struct sdc_sum *sum) {
  return (p->groups.quantity[k].units && sum->forms) || !told(p, &p->q[k], sum);
}
static enum err_code add_rests(
    struct protecting *p, int k, const struct sdc_scale *s, struct cell_builder *b, int32_t *rest, bool *holds, struct err *e) {
  int32_t n = p->rows.n;
  for (int32_t i = 0; i < p->rows.n_sums; i++) {
    const struct sdc_sum *sum = &p->rows.sum[i];
    const int32_t *m = p->rows.member + sum->first;
    rest[i] = -1;
    if (sdc_sum_left_out(p, k, sum)) continue;
    const int64_t left = sdc_sum_lacks(p, &p->q[k], sum, s), may = sdc_sum_tolerance(s, p->q[k].value[m[0]], sum->last - sum->first);
    if (left <= may && left >= -may) continue;
    *holds = *holds && sum->rest && left > 0;
    if (!sum->rest || left < 0) continue;
    TRY(cell_builder_cell(b, rest_key(p->a, p->rows.key[m[0]], p->rows.key[m[1]]), left, 's', 0, 0, e));
    rest[i] = n++;
    p->report.n_rests++;
  }
  return E_OK;
}
static enum err_code add_sums(const struct protecting *p, int k, const int32_t *rest, struct cell_builder *b, struct err *e) {
  int32_t *member = ARENA_ARRAY(p->a, int32_t, p->rows.n_members + 2);
  if (!member) return ERR(e, E_NO_MEMORY, .subject = "sums");
  for (int32_t i = 0; i < p->rows.n_sums; i++) {
    const struct sdc_sum *sum = &p->rows.sum[i];
    int n = 0;
    if (sdc_sum_left_out(p, k, sum)) continue;
    for (int32_t j = sum->first; j < sum->last; j++) member[n++] = p->rows.member[j];
    if (rest[i] >= 0) member[n++] = rest[i];
    TRY(cell_builder_relation(b, n, member, e));
  }
  return E_OK;
}
/* What the rules tell of every hidden cell, whether or not the reason is published: nothing is hidden that is 0, few units are below the minimum, and
 * a partner that is not few is not below it. The rests are known of nobody. */
static bool counts_units(const struct protecting *p, int k) {
  const struct quantity_values *n = &p->q[0], *v = &p->q[k];
  if (k == 0) return true;
  if (!p->groups.quantity[k].units) return false;
  for (int32_t r = 0; r < p->rows.n; r++)
    if (v->there[r] && n->there[r] && v->value[r] != n->value[r]) return false; /* weighted: it stands for more units than there are */
  return true;
}
static void unit_bounds(const struct sdc_rule *rule, bool primary, int64_t value, int64_t *low, int64_t *high) {
  const int64_t least = rule->request ? 0 : rule->min_n;
  *low = value > 0 && !rule->zero_is_group;
  if (value >= least && !primary && least > 0) *low = least;
  if (primary && value < least && least > 2) *high = least - 1; /* of 2 it would be 1 to everyone, and no pattern could help */
}
/* The bounds of parts bound their sum and the other way round: a few cell of two parts is 2 at least, whatever is hidden. Levels are cut there. A sum
 * that its parts would force to be exact loses its upper bound, which no publication tells. */
static void carry_bounds(const struct cell_table *t, int64_t *low, int64_t *high) {
  for (int pass = 0; pass < SDC_PASSES; pass++)
    for (int32_t r = 0; r < t->n_relations; r++) {
      const int32_t *m = t->member + t->first[r], n = t->first[r + 1] - t->first[r];
      int64_t least = 0, most = 0;
      for (int32_t i = 1; i < n; i++) {
        least += low[m[i]] > 0 ? low[m[i]] : 0;
        most = most == CELL_OPEN || high[m[i]] == CELL_OPEN ? CELL_OPEN : most + high[m[i]];
      }
      if (least > low[m[0]]) low[m[0]] = least < t->value[m[0]] ? least : t->value[m[0]];
      if (most < high[m[0]]) high[m[0]] = most > t->value[m[0]] ? most : t->value[m[0]];
      if (high[m[0]] <= least) high[m[0]] = CELL_OPEN;
      for (int32_t i = 1; i < n && high[m[0]] != CELL_OPEN; i++) {
        const int64_t own = high[m[0]] - (least - (low[m[i]] > 0 ? low[m[i]] : 0));
        if (own < high[m[i]]) high[m[i]] = own > t->value[m[i]] ? own : t->value[m[i]];
      }
    }
}
static enum err_code bound_cells(const struct protecting *p, int k, const struct sdc_scale *s, struct cell_table *t, struct err *e) {
  const struct quantity_values *v = &p->q[k];
  int64_t *low = ARENA_ARRAY(p->a, int64_t, t->n_cells + 1), *high = ARENA_ARRAY(p->a, int64_t, t->n_cells + 1);
  const bool units = counts_units(p, k) && s->unit == 1;
  if (!low || !high) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    low[c] = -CELL_OPEN, high[c] = CELL_OPEN;
    if (c >= p->rows.n) continue;
    if (units) unit_bounds(&p->profile->rule, sdc_is_primary(p, k, c), t->value[c], &low[c], &high[c]);
    if (v->most[c] > 0) high[c] = sdc_scaled(s, v->most[c]);
  }
  if (units) carry_bounds(t, low, high);
  t->floor = low, t->ceiling = high;
  return E_OK;
}
/* *holds false: a margin that does not add up, or parts above their total. */
static enum err_code cells_of(struct protecting *p, int k, bool *holds, struct err *e) {
  const struct sdc_scale s = sdc_scale_of(&p->q[k], p->rows.n);
  struct cell_builder b;
  int32_t *rest = ARENA_ARRAY(p->a, int32_t, p->rows.n_sums + 1);
  if (!rest) return ERR(e, E_NO_MEMORY, .subject = "sums");
  TRY(cell_builder_begin(&b, p->a, p->groups.quantity[k].name, s.decimals, e));
  TRY(add_cells(p, k, &s, &b, e));
  TRY(add_rests(p, k, &s, &b, rest, holds, e));
  if (!*holds) return E_OK;
  TRY(add_sums(p, k, rest, &b, e));
  b.t->tolerance = INT64_MAX; /* judged above, sum by sum */
  TRY(cell_builder_close(&b, &p->q[k].cells, e));
  return bound_cells(p, k, &s, p->q[k].cells, e);
}
static bool same_numbers(const struct protecting *p, int j, int k) {
  const struct sdc_quantity *a = &p->groups.quantity[j], *b = &p->groups.quantity[k];
  if (a->group != b->group || a->units != b->units) return false;
  for (int32_t r = 0; r < p->rows.n; r++)
    if (p->q[j].value[r] != p->q[k].value[r] || p->q[j].there[r] != p->q[k].there[r] || p->q[j].level[r] < p->q[k].level[r]) return false;
  return true;
}

/* --- who alone knows cells --- */
struct owned {
  int64_t owner;
  int32_t cell;
};
static int owned_cmp(const void *p, const void *q) {
  const struct owned *a = p, *b = q;
  return a->owner != b->owner ? (a->owner > b->owner) - (a->owner < b->owner) : (a->cell > b->cell) - (a->cell < b->cell);
}
static enum err_code owners_of(struct protecting *p, struct quantity_values *v, struct err *e) {
  const size_t rows = (size_t)p->rows.n + 2;
  struct owned *x = ARENA_ARRAY(p->a, struct owned, rows);
  int32_t *first = ARENA_ARRAY(p->a, int32_t, rows), *cell = ARENA_ARRAY(p->a, int32_t, rows), n = 0, m = 0;
  if (!x || !first || !cell) return ERR(e, E_NO_MEMORY, .subject = "owners");
  for (int32_t r = 0; r < p->rows.n; r++)
    if (v->owner[r] >= 0) x[n++] = (struct owned){v->owner[r], r};
  qsort(x, (size_t)n, sizeof *x, owned_cmp);
  for (int32_t i = 0; i < n; i++) {
    if (i == 0 || x[i].owner != x[i - 1].owner) first[m++] = i;
    cell[i] = x[i].cell;
  }
  first[m] = n;
  v->owners = (struct owners){.n = m, .first = first, .cell = cell};
  return E_OK;
}

/* --- the pattern of a group --- */
/* The rests are hidden from the beginning: nobody publishes them. */
static enum err_code one_quantity(struct protecting *p, int k, uint8_t *hidden, bool *more, struct suppress_result *r, struct err *e) {
  const struct cell_table *t = p->q[k].cells;
  uint8_t *start = ARENA_ARRAY(p->a, uint8_t, t->n_cells + 1);
  if (!start) return ERR(e, E_NO_MEMORY, .subject = t->name);
  memcpy(start, hidden, (size_t)p->rows.n);
  memset(start + p->rows.n, 1, (size_t)(t->n_cells - p->rows.n));
  const struct suppress_options o = {.cost = FLOW_COST_LOG,
      .clean_up = true,
      .clean_up_work = CLEAN_UP_WORK,
      .start = start,
      .owners = p->q[k].owners.n ? &p->q[k].owners : NULL,
      .owner_programmes = OWNER_PROGRAMMES};
  TRY(suppress_by_flow(p->a, t, &o, r, e));
  p->report.n_programmes += r->n_programmes + r->audit.n_programmes;
  for (int32_t i = 0; i < p->rows.n; i++)
    if (r->hidden[i] && !hidden[i]) hidden[i] = 1, *more = true;
  return E_OK;
}
/* All quantities in turn, each beginning with what the others hid, until none hides more and the audit of each passes. */
static enum err_code choose(struct protecting *p, int g, uint8_t *hidden, struct err *e) {
  p->clean[g] = true;
  for (int pass = 0; pass < SDC_PASSES; pass++) {
    bool more = false;
    for (int k = 0; k < p->groups.n_quantities; k++) {
      struct suppress_result r;
      if (p->groups.quantity[k].group != g || !p->q[k].cells) continue;
      TRY(one_quantity(p, k, hidden, &more, &r, e));
      if (r.audit.clean) continue;
      p->clean[g] = false;
      p->trouble[g] = arena_printf(p->a, "no pattern protects every hidden figure of %s", p->groups.quantity[k].name);
      return E_OK;
    }
    if (!more) return E_OK; /* the last audit of every quantity was of this very pattern */
  }
  p->clean[g] = false;
  p->trouble[g] = "no pattern was found that is the same for all figures of a row";
  return E_OK;
}
static bool measured(const struct protecting *p, int g) {
  for (int k = 0; k < p->groups.n_quantities; k++)
    if (p->groups.quantity[k].group == g && p->q[k].cells) return true;
  return false;
}
static enum err_code group(struct protecting *p, int g, struct err *e) {
  uint8_t *hidden = sdc_of_group(p, p->hidden, g);
  const uint8_t *primary = sdc_of_group(p, p->primary, g), *base = sdc_of_group(p, p->hidden, 0);
  for (int32_t r = 0; r < p->rows.n; r++) hidden[r] = primary[r] || (g > 0 && base[r]);
  if (!any(hidden, p->rows.n)) return E_OK;
  if (p->groups.blind[g]) p->trouble[g] = "hidden means, rates or formulas whose sums are not known cannot be audited";
  for (int k = 0; k < p->groups.n_quantities && !p->trouble[g]; k++) {
    bool holds = true, again = false;
    if (p->groups.quantity[k].group != g) continue;
    for (int j = 0; j < k && !again; j++) again = p->q[j].cells && same_numbers(p, j, k);
    if (again || !any(p->q[k].there, p->rows.n)) continue;
    TRY(cells_of(p, k, &holds, e));
    if (holds) TRY(owners_of(p, &p->q[k], e));
    else p->trouble[g] = arena_printf(p->a, "the parts of %s do not add up to their total", p->groups.quantity[k].name);
  }
  p->unmeasured[g] = !measured(p, g);
  if (p->unmeasured[g] && p->groups.sums[g] && !p->trouble[g]) p->trouble[g] = "hidden figures of which no sum is known cannot be audited";
  p->audited[g] = !p->trouble[g];
  if (p->trouble[g]) return E_OK;
  TRY(choose(p, g, hidden, e));
  if (!p->clean[g]) return E_OK;
  TRY(sdc_joint(p, g, hidden, &p->clean[g], e));
  if (!p->clean[g]) p->trouble[g] = "no pattern protects the figures that an identity ties within a row";
  return E_OK;
}

/* --- report --- */
static void narrowest(struct protecting *p, int k, const struct audit_report *r) {
  const struct cell_table *t = p->q[k].cells;
  for (int32_t i = 0; i < r->n_primary; i++) {
    const struct audit_cell *c = &r->cell[i];
    const double value = fabs((double)t->value[c->cell]);
    if (value == 0 || c->no_end) continue;
    const double width = (c->high - c->low) / value;
    if (p->report.narrowest_of && width >= p->report.narrowest) continue;
    p->report.narrowest = width, p->report.narrowest_of = p->groups.quantity[k].name;
  }
}
static enum err_code measure_widths(struct protecting *p, struct err *e) {
  for (int k = 0; k < p->groups.n_quantities; k++) {
    const struct cell_table *t = p->q[k].cells;
    const int g = p->groups.quantity[k].group;
    struct audit_report r;
    if (!t || !p->audited[g] || !p->clean[g]) continue;
    int32_t n = 0;
    uint8_t *hidden = ARENA_ARRAY(p->a, uint8_t, t->n_cells + 1);
    if (!hidden) return ERR(e, E_NO_MEMORY, .subject = t->name);
    memcpy(hidden, sdc_of_group(p, p->hidden, g), (size_t)p->rows.n);
    memset(hidden + p->rows.n, 1, (size_t)(t->n_cells - p->rows.n));
    for (int32_t c = 0; c < t->n_cells; c++) n += t->status[c] == 'u';
    p->report.n_primary_cells += n;
    for (int32_t c = 0; c < p->rows.n; c++) p->report.n_secondary_cells += hidden[c] && t->status[c] != 'u';
    const struct audit_options o = {.exact = n <= EXACT_MOST};
    TRY(audit_run(p->a, t, hidden, &o, &r, e));
    p->report.n_programmes += r.n_programmes;
    TRY(audit_verify(t, hidden, &r, e));
    if (!r.clean) { /* the pattern is judged once more by an audit of its own: it decides */
      p->clean[g] = false;
      p->trouble[g] = arena_printf(p->a, "the audit of %s did not pass", t->name);
    }
    narrowest(p, k, &r);
  }
  return E_OK;
}

/* --- into the tables --- */
static void apply(struct protecting *p, int i) {
  struct result_table *t = p->t[i].table;
  struct sdc_secondary_report *out = &p->t[i].secondary;
  for (int64_t r = 0; r < t->n_rows; r++) {
    const int32_t row = p->rows.row_of[i][r];
    int64_t n = 0;
    out->n_linked_cells += p->rows.n_tables[row] > 1;
    for (int k = 0; k < t->n_measures; k++) {
      const uint8_t *hidden = sdc_of_group(p, p->hidden, p->groups.of[i][k]);
      if (!hidden[row] || t->measures[k].status[r] != RESULT_SHOWN) continue;
      result_hide(&t->measures[k], r, sdc_secondary_reason);
      n++;
    }
    if (sdc_of_group(p, p->hidden, 0)[row] && t->n_status[r] == RESULT_SHOWN) t->n_status[r] = RESULT_SUPPRESSED, t->n[r] = 0;
    out->n_rows += n > 0, out->n_figures += n;
  }
  struct sdc_primary_report *report = &p->t[i].primary;
  sdc_hide_part_time(t, report);
}
static const char *trouble_of(const struct protecting *p, int i) {
  for (int k = 0; k < p->t[i].table->n_measures; k++)
    if (p->trouble[p->groups.of[i][k]]) return p->trouble[p->groups.of[i][k]];
  return p->trouble[0];
}
static bool all_measured(const struct protecting *p, int i) {
  for (int k = 0; k < p->t[i].table->n_measures; k++)
    if (p->unmeasured[p->groups.of[i][k]]) return false;
  return !p->unmeasured[0];
}
static void report(struct protecting *p, int i) {
  struct sdc_secondary_report *out = &p->t[i].secondary, own = *out;
  const struct result_table *t = p->t[i].table;
  bool needed = false;
  for (int64_t r = 0; r < t->n_rows && !needed; r++) {
    for (int k = 0; k <= t->n_measures && !needed; k++) needed = hidden_now(p, i, k, r);
  }
  *out = p->report;
  out->n_rows = own.n_rows, out->n_figures = own.n_figures, out->n_linked_cells = own.n_linked_cells;
  out->needed = needed, out->treated = out->clean = needed && !trouble_of(p, i);
}
static enum err_code decide(struct protecting *p, int i, const struct sdc_sum_rule *rules, int n_rules, struct err *e) {
  struct sdc_linked_table *t = &p->t[i];
  const struct err none = {.code = E_OK};
  struct err single = none;
  const enum err_code code = sdc_additive_check(t->table, rules, n_rules, &t->additive, &single);
  if (code && code != E_SDC_SINGLE_SUPPRESSED) {
    if (e) *e = single;
    return code;
  }
  /* The programmes of the audit see more than this count, where they saw every figure. */
  if (t->secondary.clean && all_measured(p, i)) t->additive.n_single = 0, t->additive.n_named = 0;
  if (!t->secondary.needed && !t->additive.n_single) return E_OK;
  const char *why = trouble_of(p, i);
  if (t->secondary.clean && t->additive.n_single > 0) t->secondary.clean = t->secondary.treated = false;
  if (t->secondary.clean && t->secondary.n_rows > 0)
    result_note(t->table, "secondary suppression: further figures hidden, audited by linear programmes"); /* how many of them are which is not told */
  if (t->secondary.clean) return E_OK;
  if (t->additive.n_single > 0)
    t->table->refusal = arena_printf(t->table->arena, "one suppressed figure can be found by subtraction in %lld additive sets, first: %s; %s",
        (long long)t->additive.n_single, t->additive.n_named ? t->additive.named[0] : t->table->id,
        why ? why : "no sum is known by which an audit could judge it");
  else t->table->refusal = arena_printf(t->table->arena, "the hidden figures could not be audited: %s", why ? why : "");
  return t->table->refusal ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->table->id);
}
enum err_code sdc_protect(struct arena *a, struct sdc_linked_table *t, int n, const struct disclosure_profile *profile,
    const struct sdc_structure *structure, struct err *e) {
  static const struct sdc_structure nothing = {0};
  const struct sdc_structure *x = structure ? structure : &nothing;
  struct protecting *p = ARENA_NEW(a, struct protecting);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "disclosure control");
  *p = (struct protecting){.a = a, .t = t, .n = n, .profile = profile};
  TRY(sdc_rows_find(a, t, n, x, &p->rows, e));
  TRY(sdc_groups_find(a, t, n, x, &p->groups, e));
  TRY(read_values(p, e));
  TRY(note_before(p, e));
  note_tails(p);
  for (int i = 0; i < n; i++) sdc_primary(t[i].table, profile, &t[i].primary);
  TRY(primaries(p, e));
  for (int g = 0; g < p->groups.n; g++) TRY(group(p, g, e));
  TRY(measure_widths(p, e));
  for (int i = 0; i < n; i++) apply(p, i);
  for (int i = 0; i < n; i++) {
    report(p, i);
    TRY(decide(p, i, x->rules, x->n_rules, e));
  }
  return E_OK;
}
