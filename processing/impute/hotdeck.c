#include "processing/impute/hotdeck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"

struct member { /* a record of a level, in the order of classes; donors by hash, or all by sort key */
  int32_t class_id;
  double key;
  uint64_t hash;
  struct str unit;
  int64_t row;
};
struct deck { /* one level */
  int64_t n;
  struct member *list;
  double *upto;          /* [n] weights of the class's donors summed up to and with this one */
  int64_t *first, *many; /* per record: where its class's donors begin, how many (sequential: the last donor before it, -1, and how many) */
};
struct run {
  struct arena *a;
  const struct hotdeck_spec *s;
  const struct hotdeck_data *d;
  struct hotdeck_result *out;
  struct deck decks[HOTDECK_MAX_LEVELS];
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "hot deck"); }
static enum err_code bad(const char *parameter, const char *expected, struct err *e) {
  return ERR(e, E_HOTDECK_PARAMETER, .subject = parameter, .expected = expected);
}

static enum err_code check(const struct hotdeck_spec *s, const struct hotdeck_data *d, struct err *e) {
  if (s->n_levels < 1 || s->n_levels > HOTDECK_MAX_LEVELS) return bad("classes", "1 to 8 class definitions, finest first", e);
  if (s->min_donors < 1) return bad("min_donors", "1 or more", e);
  if (s->n_replicates < 1 || s->n_replicates > HOTDECK_MAX_REPLICATES) return bad("replicates", "1 to 1,000", e);
  if (s->sequential && !s->sort_key) return bad("sort_key", "an item to sort by", e);
  if (s->sequential && (s->n_replicates > 1 || s->abb || s->weight))
    return bad("sequential", "no replicates, bootstrap or weight: nothing is drawn", e);
  for (int64_t i = 0; s->sequential && i < d->n; i++)
    if ((d->donor[i] || d->recipient[i]) && !isfinite(s->sort_key[i])) return bad("sort_key", "a number for every donor and recipient", e);
  for (int64_t i = 0; s->weight && i < d->n; i++) {
    if (!d->donor[i] || (isfinite(s->weight[i]) && s->weight[i] > 0)) continue;
    char unit[64];
    snprintf(unit, sizeof unit, "%.*s", (int)(d->unit[i].n < 60 ? d->unit[i].n : 60), d->unit[i].p);
    return ERR(e, E_HOTDECK_WEIGHT, .subject = unit);
  }
  return E_OK;
}
static int by_place(const void *a, const void *b) {
  const struct member *x = a, *y = b;
  if (x->class_id != y->class_id) return x->class_id < y->class_id ? -1 : 1;
  if (x->key < y->key || x->key > y->key) return x->key < y->key ? -1 : 1;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return str_cmp(x->unit, y->unit);
}
static enum err_code sort_level(struct run *r, int level, struct err *e) {
  struct deck *k = &r->decks[level];
  const struct hotdeck_data *d = r->d;
  k->list = ARENA_ARRAY(r->a, struct member, d->n);
  k->upto = ARENA_ARRAY(r->a, double, d->n);
  k->first = ARENA_ARRAY(r->a, int64_t, d->n);
  k->many = ARENA_ARRAY(r->a, int64_t, d->n);
  if (!k->list || !k->upto || !k->first || !k->many) return no_memory(e);
  for (int64_t i = 0; i < d->n; i++) {
    const int32_t class_id = r->s->class_of[level][i];
    if (class_id < 0 || (!d->donor[i] && !d->recipient[i])) continue;
    k->list[k->n++] = (struct member){.class_id = class_id,
                                      .key = r->s->sequential ? r->s->sort_key[i] : d->recipient[i],
                                      .unit = d->unit[i],
                                      .row = i,
                                      .hash = r->s->sequential ? 0 : num_unit_hash(r->s->seed, d->unit[i])};
  }
  qsort(k->list, (size_t)k->n, sizeof *k->list, by_place);
  return E_OK;
}
/* One class: list[begin .. end-1]. Random: donors stand before recipients. */
static void finish_class(const struct run *r, struct deck *k, int64_t begin, int64_t end) {
  int64_t donors = 0, last = -1;
  double sum = 0;
  for (int64_t i = begin; i < end; i++) donors += r->d->donor[k->list[i].row];
  for (int64_t i = begin; i < end; i++) {
    const int64_t row = k->list[i].row;
    if (r->d->donor[row]) {
      last = row;
      k->upto[i] = sum += r->s->weight ? r->s->weight[row] : 1;
    } else k->first[row] = r->s->sequential ? last : begin;
    k->many[row] = donors;
  }
}
static void finish_level(const struct run *r, struct deck *k) {
  for (int64_t begin = 0, end; begin < k->n; begin = end) {
    for (end = begin + 1; end < k->n && k->list[end].class_id == k->list[begin].class_id;) end++;
    finish_class(r, k, begin, end);
  }
}
/* The donor at share u of the class's weight: binary search in the running sums. */
static int64_t at_share(const struct deck *k, int64_t begin, int64_t n, double u) {
  const double target = u * k->upto[begin + n - 1];
  int64_t low = begin, high = begin + n - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (k->upto[middle] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
static double share(uint64_t seed, const char *purpose, struct str unit, int64_t a, int64_t b) {
  struct rng g;
  const int64_t number[3] = {(int64_t)num_unit_hash(seed, unit), a, b};
  rng_init(&g, seed, purpose, number, sizeof number);
  return rng_uniform(&g);
}
/* With the bootstrap a recipient picks one of the n slots; the slot's donor is a draw of the class, the same for all its recipients of the replicate.
 */
static int64_t draw(const struct run *r, const struct deck *k, int64_t row, int replicate) {
  const int64_t begin = k->first[row], n = k->many[row];
  double u = share(r->s->seed, "hot deck", r->d->unit[row], replicate, 0);
  if (r->s->abb) u = share(r->s->seed, "bootstrap of donors", k->list[begin].unit, replicate, (int64_t)(u * (double)n));
  return k->list[at_share(k, begin, n, u)].row;
}
static void serve(const struct run *r, int64_t at) {
  struct hotdeck_result *out = r->out;
  const int64_t row = out->row[at];
  int level = 0;
  while (level < r->s->n_levels && (r->s->class_of[level][row] < 0 || r->decks[level].many[row] < r->s->min_donors)) level++;
  out->level[at] = level < r->s->n_levels ? (int8_t)level : -1;
  out->outcome[at] = level < r->s->n_levels ? HOTDECK_FOUND : HOTDECK_NO_CLASS;
  for (int m = 0; m < r->s->n_replicates; m++) {
    int64_t *donor = &out->donor[m * out->n_recipients + at];
    *donor = -1;
    if (level == r->s->n_levels) continue;
    const struct deck *k = &r->decks[level];
    *donor = r->s->sequential ? k->first[row] : draw(r, k, row, m);
    if (*donor < 0 && r->s->start) *donor = r->s->start[row];
    if (*donor >= 0) out->use[*donor]++;
    else out->outcome[at] = HOTDECK_NO_START;
  }
}
static enum err_code list_recipients(struct run *r, struct err *e) {
  struct hotdeck_result *out = r->out;
  const struct hotdeck_data *d = r->d;
  struct member *list = ARENA_ARRAY(r->a, struct member, d->n);
  int64_t n = 0;
  if (!list) return no_memory(e);
  for (int64_t i = 0; i < d->n; i++)
    if (d->recipient[i]) list[n++] = (struct member){.unit = d->unit[i], .row = i};
  qsort(list, (size_t)n, sizeof *list, by_place);
  *out = (struct hotdeck_result){
      .n_recipients = n, .row = ARENA_ARRAY(r->a, int64_t, n), .level = ARENA_ARRAY(r->a, int8_t, n), .outcome = ARENA_ARRAY(r->a, uint8_t, n)};
  out->donor = ARENA_ARRAY(r->a, int64_t, n * r->s->n_replicates);
  out->use = ARENA_ARRAY(r->a, int32_t, d->n);
  if (!out->row || !out->level || !out->outcome || !out->donor || !out->use) return no_memory(e);
  for (int64_t i = 0; i < n; i++) out->row[i] = list[i].row;
  return E_OK;
}
enum err_code hotdeck_run(struct arena *a, const struct hotdeck_spec *s, const struct hotdeck_data *d, struct hotdeck_result *out, struct err *e) {
  struct run r = {.a = a, .s = s, .d = d, .out = out};
  TRY(check(s, d, e));
  TRY(list_recipients(&r, e));
  for (int level = 0; level < s->n_levels; level++) {
    TRY(sort_level(&r, level, e));
    finish_level(&r, &r.decks[level]);
  }
  for (int64_t i = 0; i < out->n_recipients; i++) serve(&r, i);
  return E_OK;
}
