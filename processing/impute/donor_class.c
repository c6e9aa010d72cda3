/* The donors of one class: ranks, matching sets with their indexes, and the choice for each recipient. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "processing/impute/donor_impl.h"
#include "processing/impute/donor_rank.h"

struct candidate {
  int32_t distance, donor;
  uint64_t key;
};
struct drawn {
  uint64_t hash;
  struct str unit;
  int32_t donor;
};
struct klass {
  struct donor_run *run;
  struct donor_class *count;
  struct donor_space space;
  int64_t *row;            /* [space.n] of the points */
  int32_t *point_of;       /* [n_mine] the recipients' points */
  uint64_t *donor_hash;    /* [n_donors] */
  int32_t *used;           /* [n_donors] */
  bool *excluded, any_excluded; /* [n_donors] has an item that must not be given */
  int64_t serving;         /* row of the recipient being served */
  struct drawn *draws;     /* [n_donors] by hash; when spec.random */
  struct donor_search search;
  struct donor_index all;  /* over all items, for sets with few recipients */
  int *all_items;
  struct candidate *heap;  /* [n_donors] */
  struct donor_trial trial;
};
struct match_set {
  int64_t first, n;        /* in the list sorted by set */
  int d;
  const int *items;
  const struct donor_index *index;
  bool shared;             /* index is the class's, over all items */
};
struct by_set {
  const uint64_t *bits;
  int words;
  int64_t mine;
  int set;
};

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "donors of a class"); }

static uint64_t mix(uint64_t v) { /* the finaliser of SplitMix64 */
  v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
  return v ^ v >> 31;
}
static struct str unit_of(const struct klass *c, int32_t donor) { return c->run->data->t->unit[c->row[c->space.donors[donor]]]; }

static enum err_code rank_items(struct klass *c, struct err *e) {
  struct donor_run *r = c->run;
  const int32_t n = c->space.n;
  double *x = ARENA_ARRAY(r->arena, double, n);
  bool *usable = ARENA_ARRAY(r->arena, bool, n);
  if (!x || !usable) return no_memory(e);
  for (int k = 0; k < r->items.n; k++) {
    int32_t n_usable = 0;
    c->space.rank2[k] = ARENA_ARRAY(r->arena, int32_t, n);
    c->space.coordinate[k] = ARENA_ARRAY(r->arena, float, c->space.n_donors);
    if (!c->space.rank2[k] || !c->space.coordinate[k]) return no_memory(e);
    for (int32_t i = 0; i < n; i++) {
      usable[i] = donor_usable(r, r->items.column[k], c->row[i]);
      x[i] = r->data->t->columns[r->items.column[k]].x[c->row[i]];
    }
    TRY(donor_rank(r->arena, x, usable, n, c->space.rank2[k], &n_usable, e));
    c->space.unit[k] = 1e7 / (2 * ((double)n_usable + 1));
    for (int32_t i = 0; i < c->space.n_donors; i++)
      c->space.coordinate[k][i] = (float)((double)c->space.rank2[k][c->space.donors[i]] * c->space.unit[k]);
  }
  return E_OK;
}
static int by_hash(const void *a, const void *b) {
  const struct drawn *x = a, *y = b;
  if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
  return str_cmp(x->unit, y->unit);
}
static enum err_code hash_donors(struct klass *c, struct err *e) {
  struct donor_run *r = c->run;
  const int32_t n = c->space.n_donors;
  c->donor_hash = ARENA_ARRAY(r->arena, uint64_t, n);
  if (!c->donor_hash) return no_memory(e);
  for (int32_t i = 0; i < n; i++) c->donor_hash[i] = num_unit_hash(r->spec->seed, unit_of(c, i));
  if (!r->spec->random) return E_OK;
  c->draws = ARENA_ARRAY(r->arena, struct drawn, n);
  if (!c->draws) return no_memory(e);
  for (int32_t i = 0; i < n; i++) c->draws[i] = (struct drawn){c->donor_hash[i], unit_of(c, i), i};
  qsort(c->draws, (size_t)n, sizeof *c->draws, by_hash);
  return E_OK;
}
static enum err_code points(struct klass *c, const int64_t *rows, const uint8_t *role, int64_t n, struct err *e) {
  int32_t *donors = ARENA_ARRAY(c->run->arena, int32_t, c->count->donors), n_points = 0, n_donors = 0;
  c->row = ARENA_ARRAY(c->run->arena, int64_t, c->count->donors + c->count->recipients);
  if (!donors || !c->row) return no_memory(e);
  for (int64_t i = 0; i < n; i++) {
    if (role[rows[i]] != ROLE_DONOR && role[rows[i]] != ROLE_RECIPIENT) continue;
    if (role[rows[i]] == ROLE_DONOR) donors[n_donors++] = n_points;
    c->row[n_points++] = rows[i];
  }
  c->space.n = n_points;
  c->space.n_donors = n_donors;
  c->space.donors = donors;
  return E_OK;
}
static int64_t find_point(const struct klass *c, int64_t row) { /* rows of points ascend */
  int64_t low = 0, high = c->space.n;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    if (c->row[middle] <= row) low = middle;
    else high = middle;
  }
  return low;
}
static bool any_to_exclude(const struct donor_run *r, int64_t row) {
  for (int k = 0; k < r->items.n; k++)
    if (donor_flags_at(r, r->items.column[k], row) & DONOR_TO_EXCLUDE) return true;
  return false;
}
/* Used up, or what the recipient needs must not be given. */
static bool blocked(const void *context, int32_t donor) {
  const struct klass *c = context;
  const struct donor_run *r = c->run;
  if (c->count->limit && c->used[donor] >= c->count->limit) return true;
  if (!c->excluded[donor]) return false;
  const int64_t row = c->row[c->space.donors[donor]];
  for (int k = 0; k < r->items.n; k++) {
    const int column = r->items.column[k];
    if ((donor_flags_at(r, column, c->serving) & DONOR_FLAGGED) && (donor_flags_at(r, column, row) & DONOR_TO_EXCLUDE)) return true;
  }
  return false;
}
static enum err_code prepare(struct klass *c, const int64_t *rows, const uint8_t *role, int64_t n, const int64_t *mine, int64_t n_mine,
                             struct err *e) {
  struct donor_run *r = c->run;
  TRY(points(c, rows, role, n, e));
  const int32_t n_donors = c->space.n_donors;
  c->space.p = r->items.n;
  c->space.rank2 = ARENA_ARRAY(r->arena, int32_t *, r->items.n);
  c->space.coordinate = ARENA_ARRAY(r->arena, float *, r->items.n);
  c->space.unit = ARENA_ARRAY(r->arena, double, r->items.n);
  c->point_of = ARENA_ARRAY(r->arena, int32_t, n_mine);
  c->used = ARENA_ARRAY(r->arena, int32_t, n_donors);
  c->excluded = ARENA_ARRAY(r->arena, bool, n_donors);
  c->search.near = ARENA_ARRAY(r->arena, struct donor_near, n_donors);
  c->heap = ARENA_ARRAY(r->arena, struct candidate, n_donors);
  c->all_items = ARENA_ARRAY(r->arena, int, r->items.n);
  if (!c->space.rank2 || !c->space.coordinate || !c->space.unit || !c->point_of || !c->used || !c->excluded || !c->search.near || !c->heap ||
      !c->all_items)
    return no_memory(e);
  TRY(rank_items(c, e));
  TRY(hash_donors(c, e));
  for (int64_t i = 0; i < n_mine; i++) c->point_of[i] = (int32_t)find_point(c, r->out->recipients[mine[i]].row);
  for (int32_t i = 0; i < n_donors; i++) c->any_excluded |= c->excluded[i] = any_to_exclude(r, c->row[c->space.donors[i]]);
  c->search.context = c;
  c->search.blocked = c->count->limit || c->any_excluded ? blocked : NULL;
  for (int k = 0; k < r->items.n; k++) c->all_items[k] = k;
  TRY(donor_index_init(&c->all, r->arena, &c->space, c->all_items, r->items.n, true, e));
  return donor_trial_init(r, &c->trial, e);
}

static bool nearer(const struct klass *c, const struct candidate *a, const struct candidate *b) {
  if (a->distance != b->distance) return a->distance < b->distance;
  if (a->key != b->key) return a->key < b->key;
  return str_cmp(unit_of(c, a->donor), unit_of(c, b->donor)) < 0;
}
static void sift(const struct klass *c, struct candidate *heap, int64_t n, int64_t at) {
  for (int64_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && nearer(c, &heap[child + 1], &heap[child])) child++;
    if (!nearer(c, &heap[child], &heap[at])) return;
    const struct candidate t = heap[at];
    heap[at] = heap[child];
    heap[child] = t;
  }
}
static int64_t make_heap(struct klass *c, uint64_t recipient_hash) {
  const int64_t n = c->search.n;
  for (int64_t i = 0; i < n; i++) {
    const struct donor_near *d = &c->search.near[i];
    c->heap[i] = (struct candidate){d->distance, d->donor, mix(recipient_hash ^ mix(c->donor_hash[d->donor]))};
  }
  for (int64_t i = n / 2; i-- > 0;) sift(c, c->heap, n, i);
  return n;
}
/* True when the donor's values pass; then it is the donor. */
static bool try_donor(struct klass *c, struct donor_recipient *to, int32_t donor, int32_t distance) {
  const int64_t row = c->row[c->space.donors[donor]];
  int failed = donor_trial_of(c->run, &c->trial, row);
  to->attempts++;
  if (failed >= 0 && donor_trial_adjust(c->run, &c->trial)) {
    const int p = c->run->spec->post_edits->p;
    double *kept = c->run->out->room + (to - c->run->out->recipients) * p;
    memcpy(kept, c->trial.x, (size_t)p * sizeof *kept);
    to->adjusted = kept;
    failed = -1;
  }
  if (failed >= 0) {
    if (to->post_edit < 0) to->post_edit = failed;
    c->run->out->rejections[failed]++;
    return false;
  }
  to->donor = row;
  to->outcome = DONOR_FOUND;
  to->distance = distance;
  c->used[donor]++;
  c->run->out->use[row]++;
  c->count->served++;
  return true;
}
static void nearest(struct klass *c, const struct match_set *set, int32_t point, struct donor_recipient *to) {
  donor_index_find(set->index, set->items, set->shared ? set->items : NULL, set->d, point, c->run->spec->n_nearest, &c->search);
  if (c->search.n == 0) to->outcome = DONOR_USED_UP;
  int64_t n = make_heap(c, num_unit_hash(c->run->spec->seed, c->run->data->t->unit[to->row]));
  while (n > 0) {
    if (try_donor(c, to, c->heap[0].donor, c->heap[0].distance)) return;
    c->heap[0] = c->heap[--n];
    sift(c, c->heap, n, 0);
  }
}
static double draw_of(const struct donor_run *r, int64_t row) {
  if (r->data->random_number) return r->data->random_number[row];
  return (double)(mix(num_unit_hash(r->spec->seed, r->data->t->unit[row])) >> 11) * 0x1p-53;
}
/* From the drawn place on, round the circle of donors in hash order: at most n_nearest are tried. */
static void by_draw(struct klass *c, struct donor_recipient *to) {
  const struct donor_run *r = c->run;
  const int32_t n = c->space.n_donors;
  const double place = draw_of(r, to->row) * n;
  int32_t start = place >= n ? n - 1 : (int32_t)place;
  to->drawn = true;
  to->outcome = DONOR_USED_UP;
  for (int32_t i = 0; i < n && to->attempts < r->spec->n_nearest; i++) {
    const int32_t donor = c->draws[(start + i) % n].donor;
    if (c->search.blocked && blocked(c, donor)) continue;
    to->outcome = DONOR_POST_EDITS;
    if (try_donor(c, to, donor, -1)) return;
  }
}
static void serve(struct klass *c, const struct match_set *set, int32_t point, struct donor_recipient *to) {
  c->serving = to->row;
  donor_trial_start(c->run, &c->trial, to->row);
  to->outcome = DONOR_POST_EDITS;
  if (c->trial.fixed_failure >= 0) {
    to->outcome = DONOR_FIXED_FAILS;
    to->post_edit = c->trial.fixed_failure;
  } else if (set->d > 0) nearest(c, set, point, to);
  else if (c->run->spec->random) by_draw(c, to);
  else to->outcome = DONOR_NOTHING_TO_MATCH;
}

static int compare_sets(const void *a, const void *b) {
  const struct by_set *x = a, *y = b;
  for (int w = 0; w < x->words; w++)
    if (x->bits[w] != y->bits[w]) return x->bits[w] < y->bits[w] ? -1 : 1;
  return x->mine < y->mine ? -1 : x->mine > y->mine;
}
static bool same_set(const struct by_set *a, const struct by_set *b) { return memcmp(a->bits, b->bits, (size_t)a->words * sizeof *a->bits) == 0; }

static enum err_code set_items(struct klass *c, struct match_set *set, const uint64_t *bits, struct err *e) {
  const struct donor_run *r = c->run;
  int *items = ARENA_ARRAY(r->arena, int, r->items.n);
  if (!items) return no_memory(e);
  for (int k = 0; k < r->items.n; k++)
    if (bits[r->items.column[k] / 64] >> (r->items.column[k] % 64) & 1) items[set->d++] = k;
  set->items = items;
  return E_OK;
}
static bool worth_a_tree(const struct match_set *set) { return set->d > 0 && set->n >= DONOR_OWN_TREE; }

/* A tree of its own, or the class's. */
static enum err_code index_set(struct klass *c, struct match_set *set, bool own, struct err *e) {
  set->index = &c->all;
  set->shared = true;
  if (!own) return E_OK;
  struct donor_index *mine = ARENA_ARRAY(c->run->arena, struct donor_index, 1);
  if (!mine) return no_memory(e);
  set->index = mine;
  set->shared = false;
  return donor_index_init(mine, c->run->arena, &c->space, set->items, set->d, true, e);
}

/* Without a limit: set by set, one tree at a time. */
static enum err_code serve_by_set(struct klass *c, struct by_set *list, struct match_set *sets, int n_sets, const int64_t *mine, struct err *e) {
  for (int k = 0; k < n_sets; k++) {
    struct arena_mark mark = arena_mark(c->run->arena);
    TRY(index_set(c, &sets[k], worth_a_tree(&sets[k]), e));
    for (int64_t i = sets[k].first; i < sets[k].first + sets[k].n; i++)
      serve(c, &sets[k], c->point_of[list[i].mine], &c->run->out->recipients[mine[list[i].mine]]);
    arena_reset(c->run->arena, mark);
  }
  return E_OK;
}
/* With a limit: in the order of unit ids, the trees of the largest sets side by side within their budget. */
static enum err_code serve_in_order(struct klass *c, struct by_set *list, struct match_set *sets, int n_sets, const int64_t *mine, int64_t n_mine,
                                    struct err *e) {
  size_t left = (size_t)DONOR_TREE_BYTES * (size_t)c->space.n_donors;
  int *set_of = ARENA_ARRAY(c->run->arena, int, n_mine);
  bool *made = ARENA_ARRAY(c->run->arena, bool, n_sets);
  if (!set_of || !made) return no_memory(e);
  for (int64_t i = 0; i < n_mine; i++) set_of[list[i].mine] = list[i].set;
  for (int turn = 0; turn < n_sets; turn++) {
    int k = -1;
    for (int s = 0; s < n_sets; s++)
      if (!made[s] && (k < 0 || sets[s].n > sets[k].n)) k = s;
    const size_t bytes = donor_tree_bytes(&c->space, sets[k].d);
    const bool own = worth_a_tree(&sets[k]) && bytes <= left;
    made[k] = true;
    if (own) left -= bytes;
    TRY(index_set(c, &sets[k], own, e));
  }
  for (int64_t i = 0; i < n_mine; i++) serve(c, &sets[set_of[i]], c->point_of[i], &c->run->out->recipients[mine[i]]);
  return E_OK;
}
static enum err_code group_sets(struct klass *c, struct by_set *list, int64_t n, struct match_set **sets, int *n_sets, struct err *e) {
  *n_sets = 0;
  qsort(list, (size_t)n, sizeof *list, compare_sets);
  for (int64_t i = 0; i < n; i++) {
    if (i && !same_set(&list[i - 1], &list[i])) ++*n_sets;
    list[i].set = *n_sets;
  }
  *n_sets += n > 0;
  *sets = ARENA_ARRAY(c->run->arena, struct match_set, *n_sets);
  if (!*sets) return no_memory(e);
  for (int64_t i = 0; i < n; i++) {
    struct match_set *s = &(*sets)[list[i].set];
    if (s->n++) continue;
    s->first = i;
    TRY(set_items(c, s, list[i].bits, e));
  }
  return E_OK;
}
static enum err_code serve_all(struct klass *c, const int64_t *mine, int64_t n_mine, struct err *e) {
  struct by_set *list = ARENA_ARRAY(c->run->arena, struct by_set, n_mine);
  struct match_set *sets;
  int n_sets;
  if (!list) return no_memory(e);
  for (int64_t i = 0; i < n_mine; i++)
    list[i] = (struct by_set){.bits = c->run->out->recipients[mine[i]].matching, .words = c->run->items.words, .mine = i};
  TRY(group_sets(c, list, n_mine, &sets, &n_sets, e));
  if (c->count->limit == 0) return serve_by_set(c, list, sets, n_sets, mine, e);
  return serve_in_order(c, list, sets, n_sets, mine, n_mine, e);
}
static void set_limit(const struct donor_spec *s, struct donor_class *k) {
  const double by_ratio = k->donors ? floor(s->mrl * ceil((double)k->recipients / (double)k->donors) + 0.5) : 0;
  k->limit = s->n_limit;
  if (by_ratio > k->limit) k->limit = by_ratio > INT32_MAX ? INT32_MAX : (int)by_ratio;
  if (k->limit == 0 && s->mrl > 0) k->limit = 1;
}
static bool enough(const struct donor_spec *s, const struct donor_class *k) {
  return k->donors >= s->min_donors && 100 * (double)k->donors >= s->percent_donors * (double)(k->donors + k->recipients);
}
enum err_code donor_class_run(struct donor_run *r, int class_index, const int64_t *rows, const uint8_t *role, int64_t n, const int64_t *mine,
                              int64_t n_mine, struct err *e) {
  struct klass c = {.run = r, .count = &r->out->classes[class_index]};
  struct arena_mark mark = arena_mark(r->arena);
  for (int64_t i = 0; i < n; i++) {
    c.count->donors += role[rows[i]] == ROLE_DONOR;
    c.count->recipients += role[rows[i]] == ROLE_RECIPIENT;
  }
  set_limit(r->spec, c.count);
  if (c.count->donors + c.count->recipients > 1 << 29) return ERR(e, E_CAP_EXCEEDED, .subject = "records of one class");
  for (int64_t i = 0; i < n_mine; i++) r->out->recipients[mine[i]].outcome = DONOR_TOO_FEW;
  if (n_mine == 0 || !enough(r->spec, c.count)) return E_OK;
  TRY(prepare(&c, rows, role, n, mine, n_mine, e));
  TRY(serve_all(&c, mine, n_mine, e));
  arena_reset(r->arena, mark);
  return E_OK;
}
