#include "collector/duplicates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* m: errors of keying and of forwarded notices; u: share of equal values among records of different events (days of a month, ages of mothers,
 *          shares of
 * municipalities, ...), restated in duplicates.md. The points are 10 x log2, rounded. */
static const struct duplicate_rule rules[] = {
    {.survey = "vital",
        .form = "birth",
        .n_items = 9,
        .items = {{"child_birth_date", 9800, 330, 49, -56}, {"sex", 9900, 5000, 10, -56}, {"mother_birth_date", 9700, 2, 122, -51},
            {"father_birth_date", 9600, 2, 122, -46}, {"residence_municipality_code", 9500, 50, 76, -43}, {"birth_weight", 9600, 20, 89, -46},
            {"gestation_weeks", 9500, 2000, 22, -40}, {"child_birth_hour", 9500, 420, 45, -43}, {"child_birth_minute", 9500, 170, 58, -43}},
        .n_blocks = 4,
        .blocks = {{"mother", 3, {0, 1, 2}}, {"residence", 3, {0, 1, 4}}, {"parents", 3, {1, 2, 3}}, {"weight", 3, {0, 1, 5}}},
        .plurality = "plurality",
        .single = "1",
        .order = "birth_order_in_set"},
    {.survey = "vital",
        .form = "death",
        .n_items = 8,
        .items = {{"death_date", 9800, 330, 49, -56}, {"sex", 9900, 5000, 10, -56}, {"birth_date", 9700, 1, 132, -51},
            {"residence_municipality_code", 9500, 50, 76, -43}, {"death_hour", 9500, 420, 45, -43}, {"cause", 9000, 200, 55, -33},
            {"marital_status", 9500, 4000, 12, -36}, {"place_of_death", 9500, 4500, 11, -35}},
        .n_blocks = 3,
        .blocks = {{"person", 3, {0, 1, 2}}, {"residence", 3, {0, 1, 3}}, {"birth and residence", 3, {1, 2, 3}}}},
};
enum { N_RULES = sizeof rules / sizeof *rules };

const struct duplicate_rule *duplicate_rule_at(int i) { return i >= 0 && i < N_RULES ? &rules[i] : NULL; }
const struct duplicate_rule *duplicate_rule_of(const char *survey, const char *form) {
  for (int i = 0; i < N_RULES; i++)
    if (!strcmp(rules[i].survey, survey) && !strcmp(rules[i].form, form)) return &rules[i];
  return NULL;
}

/* --- records as numbers: value k of record i at [i * n_items + k]; texts by a common dictionary --- */
struct records {
  const struct duplicate_rule *rule;
  const bool *current; /* per table */
  int64_t n;
  int64_t *value;
  uint32_t *present; /* bit k */
  int32_t *table;
  int64_t *row;
  int8_t *order; /* in a set of several children; 0 = single or not known */
};
struct finding {
  const struct job *job;
  struct arena *a;
  struct records r;
  struct duplicates_found *out;
  int64_t capacity;
  int threshold;
};

static enum err_code fill_item(struct finding *f, struct dict *texts, const struct column *c, int k, int64_t first, int64_t n, struct err *e) {
  char buffer[64];
  for (int64_t i = 0; i < n; i++) {
    int64_t at = (first + i) * f->r.rule->n_items + k;
    if (!value_present(c->status[i])) continue;
    f->r.present[first + i] |= 1u << k;
    f->r.value[at] = c->type == COL_INT ? c->i64[i] : dict_add(texts, column_text(c, i, buffer, sizeof buffer));
    if (c->type != COL_INT && f->r.value[at] < 0) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  }
  return E_OK;
}

static void fill_order(struct finding *f, const struct table *t, int64_t first) {
  const struct duplicate_rule *rule = f->r.rule;
  int p = rule->plurality ? table_find(t, rule->plurality) : -1, o = rule->plurality ? table_find(t, rule->order) : -1;
  char buffer[64];
  int64_t order;
  for (int64_t i = 0; p >= 0 && o >= 0 && i < t->n_rows; i++) {
    struct str many = column_text(&t->columns[p], i, buffer, sizeof buffer);
    if (!value_present(t->columns[p].status[i]) || str_eq(many, str_of(rule->single))) continue;
    struct str text = column_text(&t->columns[o], i, buffer, sizeof buffer);
    if (value_present(t->columns[o].status[i]) && str_int64(text, &order) && order > 0 && order < 100) f->r.order[first + i] = (int8_t)order;
  }
}

static enum err_code load(struct finding *f, const struct table *tables, int n_tables, struct err *e) {
  struct records *r = &f->r;
  struct dict *texts = dict_new(f->a);
  int64_t first = 0;
  for (int t = 0; t < n_tables; t++) r->n += tables[t].n_rows;
  r->value = ARENA_ARRAY(f->a, int64_t, r->n * r->rule->n_items + 1);
  r->present = ARENA_ARRAY(f->a, uint32_t, r->n + 1);
  r->table = ARENA_ARRAY(f->a, int32_t, r->n + 1);
  r->row = ARENA_ARRAY(f->a, int64_t, r->n + 1);
  r->order = ARENA_ARRAY(f->a, int8_t, r->n + 1);
  if (!texts || !r->value || !r->present || !r->table || !r->row || !r->order) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  for (int t = 0; t < n_tables; t++) {
    for (int k = 0; k < r->rule->n_items; k++) {
      int c = table_find(&tables[t], r->rule->items[k].item);
      if (c >= 0) TRY(fill_item(f, texts, &tables[t].columns[c], k, first, tables[t].n_rows, e));
    }
    fill_order(f, &tables[t], first);
    for (int64_t i = 0; i < tables[t].n_rows; i++) {
      r->table[first + i] = t;
      r->row[first + i] = i;
    }
    first += tables[t].n_rows;
  }
  return E_OK;
}

/* --- one pair --- */
static const int64_t *values_of(const struct records *r, int64_t i) { return r->value + i * r->rule->n_items; }

static void score(const struct records *r, int64_t i, int64_t j, struct duplicate_pair *out) {
  const int64_t *x = values_of(r, i), *y = values_of(r, j);
  uint32_t both = r->present[i] & r->present[j];
  *out = (struct duplicate_pair){
      {r->table[i], r->table[j]}, {r->row[i], r->row[j]}, 0, 0, 0, r->order[i] && r->order[j] && r->order[i] != r->order[j]};
  for (int k = 0; k < r->rule->n_items; k++) {
    if (!(both >> k & 1)) continue;
    bool same = x[k] == y[k];
    out->score += same ? r->rule->items[k].agree : r->rule->items[k].disagree;
    if (same) out->agree |= 1u << k;
    else out->differ |= 1u << k;
  }
}

static enum err_code keep(struct finding *f, const struct duplicate_pair *p, struct err *e) {
  struct duplicates_found *out = f->out;
  if (out->n_pairs == f->capacity) {
    int64_t capacity = f->capacity ? f->capacity * 2 : 256;
    struct duplicate_pair *grown = ARENA_ARRAY(f->a, struct duplicate_pair, capacity);
    if (!grown) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
    if (out->n_pairs) memcpy(grown, out->pairs, (size_t)out->n_pairs * sizeof *grown);
    out->pairs = grown;
    f->capacity = capacity;
  }
  out->pairs[out->n_pairs++] = *p;
  return E_OK;
}

static enum err_code compare(struct finding *f, int64_t i, int64_t j, struct err *e) {
  const struct records *r = &f->r;
  struct duplicate_pair p;
  if (!r->current[r->table[i]] && !r->current[r->table[j]]) return E_OK;
  f->out->n_compared++;
  score(r, i < j ? i : j, i < j ? j : i, &p);
  return p.score < f->threshold ? E_OK : keep(f, &p, e);
}

/* --- blocks --- */
struct entry {
  uint64_t hash;
  int64_t record;
};
static int by_hash(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return (x->record > y->record) - (x->record < y->record);
}

static bool in_block(const struct records *r, const struct duplicate_block *b, int64_t i) {
  uint32_t need = 0;
  for (int k = 0; k < b->n; k++) need |= 1u << b->items[k];
  return (r->present[i] & need) == need;
}
static uint64_t hash_of(const struct records *r, const struct duplicate_block *b, int64_t i) {
  uint64_t h = 0x9e3779b97f4a7c15u;
  for (int k = 0; k < b->n; k++) {
    h ^= (uint64_t)values_of(r, i)[b->items[k]];
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  return h;
}
static bool same_block(const struct records *r, const struct duplicate_block *b, int64_t i, int64_t j) {
  for (int k = 0; k < b->n; k++)
    if (values_of(r, i)[b->items[k]] != values_of(r, j)[b->items[k]]) return false;
  return true;
}

static enum err_code compare_run(struct finding *f, const struct duplicate_block *b, const struct entry *run, int64_t n, struct err *e) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = i + 1; j < n; j++)
      if (same_block(&f->r, b, run[i].record, run[j].record)) TRY(compare(f, run[i].record, run[j].record, e));
  return E_OK;
}

static void say_skipped(struct finding *f, const struct duplicate_block *b, int64_t n) {
  struct err note;
  char count[24];
  if (!n) return;
  snprintf(count, sizeof count, "%lld", (long long)n);
  (void)ERR(&note, E_DUPLICATE_BLOCK, .subject = f->r.rule->form, .expected = b->name, .found = count);
  job_problem(f->job, &note);
}

static enum err_code compare_block(struct finding *f, const struct duplicate_block *b, struct err *e) {
  struct entry *entries = calloc((size_t)f->r.n + 1, sizeof *entries);
  int64_t n = 0, skipped = 0;
  enum err_code code = E_OK;
  if (!entries) return ERR(e, E_NO_MEMORY, .subject = "duplicates");
  for (int64_t i = 0; i < f->r.n; i++)
    if (in_block(&f->r, b, i)) entries[n++] = (struct entry){hash_of(&f->r, b, i), i};
  qsort(entries, (size_t)n, sizeof *entries, by_hash);
  for (int64_t i = 0, end; i < n && !code; i = end) {
    for (end = i + 1; end < n && entries[end].hash == entries[i].hash; end++) {}
    if (end - i > DUPLICATE_BLOCK) skipped += end - i;
    else code = compare_run(f, b, entries + i, end - i, e);
  }
  free(entries);
  f->out->n_skipped += skipped;
  if (!code) say_skipped(f, b, skipped);
  return code;
}

static int by_place(const void *a, const void *b) {
  const struct duplicate_pair *x = a, *y = b;
  for (int k = 0; k < 2; k++) {
    if (x->table[k] != y->table[k]) return x->table[k] < y->table[k] ? -1 : 1;
    if (x->row[k] != y->row[k]) return x->row[k] < y->row[k] ? -1 : 1;
  }
  return 0;
}

/* A pair of several blocks is found several times; twins are counted and left out. */
static void once_each(struct duplicates_found *out) {
  int64_t n = 0;
  if (!out->n_pairs) return;
  qsort(out->pairs, (size_t)out->n_pairs, sizeof *out->pairs, by_place);
  struct duplicate_pair last = out->pairs[0];
  for (int64_t i = 0; i < out->n_pairs; i++) {
    struct duplicate_pair p = out->pairs[i];
    if (i && !by_place(&last, &p)) continue;
    last = p;
    out->n_exempt += p.exempt;
    if (!p.exempt) out->pairs[n++] = p;
  }
  out->n_pairs = n;
}

enum err_code duplicates_find(const struct job *job, struct arena *a, const struct duplicate_rule *rule, const struct table *tables,
    const bool *current, int n_tables, int threshold, struct duplicates_found *out, struct err *e) {
  struct finding f = {.job = job, .a = a, .r = {.rule = rule, .current = current}, .out = out, .threshold = threshold};
  *out = (struct duplicates_found){.n_records = 0};
  TRY(load(&f, tables, n_tables, e));
  out->n_records = f.r.n;
  for (int b = 0; b < rule->n_blocks; b++) TRY(compare_block(&f, &rule->blocks[b], e));
  once_each(out);
  return E_OK;
}
