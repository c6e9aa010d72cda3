#include "estimators/sdc/sdc_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_margin.h"

enum { DIMENSIONS_MOST = SDC_LINKED_MOST * RESULT_MAX_DIMENSIONS };
static bool is_mls(const struct sdc_linked_table *t) {
  return t->plan->n_measures > 0 && (t->plan->measures[0].kind == MEASURE_MLS || t->plan->measures[0].kind == MEASURE_MLS_ROLLUP);
}
/* The labour survey has its own words for totals. */
static bool is_total(const struct sdc_linked_table *t, int d, struct str code) {
  if (str_eq(code, STR("_T"))) return true;
  if (!is_mls(t)) return false;
  return str_eq(code, !strcmp(t->table->dimensions[d].name, "industry") ? STR("TL") : STR("T"));
}

/* --- keys --- */
static int name_cmp(const void *p, const void *q) { return strcmp(*(const char *const *)p, *(const char *const *)q); }
static int all_dimensions(const struct sdc_linked_table *t, int n, const char **names) {
  int m = 0, k = 0;
  for (int i = 0; i < n; i++)
    for (int d = 0; d < t[i].table->n_dimensions; d++) names[m++] = t[i].table->dimensions[d].name;
  qsort(names, (size_t)m, sizeof *names, name_cmp);
  for (int i = 0; i < m; i++)
    if (i == 0 || strcmp(names[i], names[k - 1]) != 0) names[k++] = names[i];
  return k;
}
static enum err_code key_of(struct arena *a, const struct sdc_linked_table *t, int64_t row, const char *const *names, int n, bool several,
    struct str *out, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int k = 0; k < n; k++) {
    const int d = result_find_dimension(t->table, names[k]);
    const struct str code = d < 0 || is_total(t, d, t->table->dimensions[d].code[row]) ? STR("_T") : t->table->dimensions[d].code[row];
    if (k) strbuf_addc(&b, '|');
    strbuf_add(&b, code.p, code.n);
  }
  if (several) {
    char number[16];
    snprintf(number, sizeof number, "%s%d", n ? "|" : "", t->population);
    strbuf_adds(&b, number);
  }
  const char *copy = b.failed ? NULL : arena_strdup(a, b.p ? b.p : "", b.n);
  *out = str_view(copy, b.n);
  strbuf_release(&b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->table->id);
}
struct keyed {
  struct str key;
  int32_t table, row;
};
static int keyed_cmp(const void *p, const void *q) {
  const struct keyed *a = p, *b = q;
  const int c = str_cmp(a->key, b->key);
  if (c) return c;
  return a->table != b->table ? (a->table > b->table) - (a->table < b->table) : (a->row > b->row) - (a->row < b->row);
}
/* Rows of the same records get the place of the first of them. */
struct set {
  uint64_t units;
  int64_t n;
  int32_t place;
};
static int set_cmp(const void *p, const void *q) {
  const struct set *a = p, *b = q;
  if (a->units != b->units) return (a->units > b->units) - (a->units < b->units);
  if (a->n != b->n) return (a->n > b->n) - (a->n < b->n);
  return (a->place > b->place) - (a->place < b->place);
}
static enum err_code join_equal_sets(struct arena *a, const struct sdc_linked_table *t, int n, int64_t all, struct sdc_rows *out, struct err *e) {
  struct set *x = ARENA_ARRAY(a, struct set, all + 1);
  int32_t *place = ARENA_ARRAY(a, int32_t, all + 1);
  int64_t m = 0;
  if (!x || !place) return ERR(e, E_NO_MEMORY, .subject = "linked tables");
  for (int64_t i = 0; i < all; i++) place[i] = (int32_t)i;
  for (int i = 0; i < n; i++)
    for (int64_t r = 0; t[i].table->unit_set && r < t[i].table->n_rows; r++)
      if (t[i].table->n[r] > 0) x[m++] = (struct set){t[i].table->unit_set[r], t[i].table->n[r], out->row_of[i][r]};
  qsort(x, (size_t)m, sizeof *x, set_cmp);
  for (int64_t i = 1; i < m; i++)
    if (x[i].units == x[i - 1].units && x[i].n == x[i - 1].n) place[x[i].place] = place[x[i - 1].place];
  for (int i = 0; i < n; i++)
    for (int64_t r = 0; r < t[i].table->n_rows; r++) out->row_of[i][r] = place[out->row_of[i][r]];
  return E_OK;
}
/* Rows are numbered in the order in which they first stand in the tables, totals first as there. */
static enum err_code number_rows(struct arena *a, const struct sdc_linked_table *t, int n, struct sdc_rows *out, struct err *e) {
  const char *names[DIMENSIONS_MOST];
  const int n_names = all_dimensions(t, n, names);
  int64_t all = 0, at = 0;
  bool several = false;
  for (int i = 0; i < n; i++) all += t[i].table->n_rows, several = several || t[i].population != t[0].population;
  struct keyed *k = ARENA_ARRAY(a, struct keyed, all + 1);
  int32_t *first = ARENA_ARRAY(a, int32_t, all + 1); /* of each row of each table: place of the first equal one */
  out->key = ARENA_ARRAY(a, struct str, all + 1), out->n_tables = ARENA_ARRAY(a, uint8_t, all + 1);
  if (all > INT32_MAX / 2) return ERR(e, E_CAP_EXCEEDED, .subject = "rows of linked tables");
  if (!k || !first || !out->key || !out->n_tables) return ERR(e, E_NO_MEMORY, .subject = "linked tables");
  for (int i = 0; i < n; i++) {
    out->row_of[i] = ARENA_ARRAY(a, int32_t, t[i].table->n_rows + 1);
    if (!out->row_of[i]) return ERR(e, E_NO_MEMORY, .subject = t[i].table->id);
    for (int64_t r = 0; r < t[i].table->n_rows; r++) {
      k[at] = (struct keyed){.table = i, .row = (int32_t)r};
      TRY(key_of(a, &t[i], r, names, n_names, several, &k[at].key, e));
      at++;
    }
  }
  qsort(k, (size_t)all, sizeof *k, keyed_cmp);
  for (int64_t i = 0, from = 0; i < all; i++) {
    if (i && !str_eq(k[i].key, k[i - 1].key)) from = i;
    out->row_of[k[i].table][k[i].row] = (int32_t)from; /* for now the place in k */
  }
  TRY(join_equal_sets(a, t, n, all, out, e));
  for (int64_t i = 0; i < all; i++) first[i] = -1;
  for (int i = 0; i < n; i++)
    for (int64_t r = 0; r < t[i].table->n_rows; r++) {
      const int32_t from = out->row_of[i][r];
      if (first[from] < 0) {
        first[from] = out->n;
        out->key[out->n++] = k[from].key;
      }
      out->row_of[i][r] = first[from];
      if (out->n_tables[first[from]] < UINT8_MAX) out->n_tables[first[from]]++;
    }
  return E_OK;
}

/* --- sums --- */
static bool add_member(struct arena *a, struct sdc_rows *s, int32_t row) {
  if (s->n_members == s->room_members) {
    const int32_t room = 2 * s->room_members + 1024;
    int32_t *more = ARENA_ARRAY(a, int32_t, room);
    if (!more) return false;
    if (s->n_members) memcpy(more, s->member, (size_t)s->n_members * sizeof *more);
    s->member = more, s->room_members = room;
  }
  s->member[s->n_members++] = row;
  return true;
}
static bool close_sum(struct arena *a, struct sdc_rows *s, int32_t from, bool forms, bool rest) {
  for (int32_t i = from + 1; i < s->n_members; i++)
    if (s->member[i] == s->member[from]) { /* one part is the whole: the same records, one cell */
      s->n_members = from;
      return true;
    }
  if (s->n_sums == s->room_sums) {
    const int32_t room = 2 * s->room_sums + 256;
    struct sdc_sum *more = ARENA_ARRAY(a, struct sdc_sum, room);
    if (!more) return false;
    if (s->n_sums) memcpy(more, s->sum, (size_t)s->n_sums * sizeof *more);
    s->sum = more, s->room_sums = room;
  }
  s->sum[s->n_sums++] = (struct sdc_sum){from, s->n_members, forms, rest};
  return true;
}
/* A rule is known to be complete where nothing of it can be missing: sizes and forms of the labour survey. */
static bool may_lack(const struct sdc_sum_rule *rule) { return rule && !strcmp(rule->dimension, "industry"); }
static bool sums_of(
    struct arena *a, const struct result_table *t, const int32_t *row_of, int d, const struct sdc_sum_rule *rule, struct sdc_rows *s) {
  struct sdc_margin_key *k = ARENA_ARRAY(a, struct sdc_margin_key, t->n_rows + 1);
  const struct str total = rule ? str_of(rule->total) : STR("_T");
  if (!k) return false;
  for (int64_t i = 0; i < t->n_rows; i++) k[i] = (struct sdc_margin_key){t, d, i};
  qsort(k, (size_t)t->n_rows, sizeof *k, sdc_margin_cmp);
  for (int64_t i = 0, j; i < t->n_rows; i = j) {
    const int32_t from = s->n_members;
    for (j = i; j < t->n_rows && sdc_margin_others(&k[i], &k[j]) == 0; j++)
      if (str_eq(t->dimensions[d].code[k[j].row], total) && s->n_members == from && !add_member(a, s, row_of[k[j].row])) return false;
    for (int64_t m = i; s->n_members > from && m < j; m++)
      if (sdc_margin_part(t->dimensions[d].code[k[m].row], rule) && !add_member(a, s, row_of[k[m].row])) return false;
    if (s->n_members - from < 2) s->n_members = from;
    else if (!close_sum(a, s, from, !strcmp(t->dimensions[d].name, "worker_form"), may_lack(rule))) return false;
  }
  return true;
}

/* --- nestings --- */
struct numbered {
  struct str key;
  int32_t row;
};
static int numbered_cmp(const void *p, const void *q) { return str_cmp(((const struct numbered *)p)->key, ((const struct numbered *)q)->key); }
struct pair {
  int32_t total, part;
};
static int pair_cmp(const void *p, const void *q) {
  const struct pair *a = p, *b = q;
  return a->total != b->total ? (a->total > b->total) - (a->total < b->total) : (a->part > b->part) - (a->part < b->part);
}
static int code_cmp(const void *p, const void *q) { return str_cmp(*(const struct str *)p, *(const struct str *)q); }
static int name_at(const char *const *names, int n, const char *name) {
  for (int k = 0; k < n; k++)
    if (!strcmp(names[k], name)) return k;
  return -1;
}
/* The key of the row that an inner code's row is part of: "" when it is no such row. */
static void outer_key(struct strbuf *b, struct str key, int n, int inner, int outer, const struct sdc_nesting *x) {
  struct str part[DIMENSIONS_MOST + 1], rest = key;
  b->n = 0;
  for (int k = 0; k < n; k++) part[k] = str_split(rest, '|', &rest);
  if (str_eq(part[inner], STR("_T")) || !str_eq(part[outer], STR("_T"))) return;
  const struct str *at = bsearch(&part[inner], x->code, (size_t)x->n, sizeof *x->code, code_cmp);
  if (!at) return;
  part[inner] = STR("_T"), part[outer] = x->in[at - x->code];
  for (int k = 0; k < n; k++) {
    if (k) strbuf_addc(b, '|');
    strbuf_add(b, part[k].p, part[k].n);
  }
}
static int several_populations(const struct sdc_linked_table *t, int n) {
  for (int i = 1; i < n; i++)
    if (t[i].population != t[0].population) return 1;
  return 0;
}
static bool nest(struct arena *a, const char *const *names, int n, int parts, const struct sdc_nesting *x, struct sdc_rows *s) {
  const int inner = name_at(names, n, x->inner), outer = name_at(names, n, x->outer);
  struct numbered *all = ARENA_ARRAY(a, struct numbered, s->n + 1), *found, key = {.row = 0};
  struct pair *pairs = ARENA_ARRAY(a, struct pair, s->n + 1);
  struct strbuf b;
  int32_t m = 0;
  if (!all || !pairs) return false;
  if (inner < 0 || outer < 0) return true;
  for (int32_t i = 0; i < s->n; i++) all[i] = (struct numbered){s->key[i], i};
  qsort(all, (size_t)s->n, sizeof *all, numbered_cmp);
  strbuf_init(&b, 0);
  for (int32_t i = 0; i < s->n; i++) {
    outer_key(&b, s->key[i], parts, inner, outer, x);
    key.key = str_view(b.p, b.n);
    found = b.n ? bsearch(&key, all, (size_t)s->n, sizeof *all, numbered_cmp) : NULL;
    if (found) pairs[m++] = (struct pair){found->row, i};
  }
  bool ok = !b.failed;
  strbuf_release(&b);
  qsort(pairs, (size_t)m, sizeof *pairs, pair_cmp);
  for (int32_t i = 0, j; ok && i < m; i = j) {
    const int32_t from = s->n_members;
    ok = add_member(a, s, pairs[i].total);
    for (j = i; ok && j < m && pairs[j].total == pairs[i].total; j++) ok = add_member(a, s, pairs[j].part);
    ok = ok && close_sum(a, s, from, false, true);
  }
  return ok;
}
enum err_code sdc_rows_find(
    struct arena *a, const struct sdc_linked_table *t, int n, const struct sdc_structure *x, struct sdc_rows *out, struct err *e) {
  const char *names[DIMENSIONS_MOST];
  bool ok = true;
  *out = (struct sdc_rows){0};
  if (n > SDC_LINKED_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "linked tables");
  TRY(number_rows(a, t, n, out, e));
  for (int i = 0; i < n; i++) {
    for (int d = 0; ok && d < t[i].table->n_dimensions; d++) ok = sums_of(a, t[i].table, out->row_of[i], d, NULL, out);
    for (int k = 0; ok && k < x->n_rules; k++) {
      const int d = result_find_dimension(t[i].table, x->rules[k].dimension);
      if (d >= 0) ok = sums_of(a, t[i].table, out->row_of[i], d, &x->rules[k], out);
    }
  }
  const int n_names = all_dimensions(t, n, names);
  const int parts = out->n && n_names ? n_names + several_populations(t, n) : n_names;
  for (int k = 0; ok && k < x->n_nestings; k++) ok = nest(a, names, n_names, parts, &x->nestings[k], out);
  return ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = "linked tables");
}
