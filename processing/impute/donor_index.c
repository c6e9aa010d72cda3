#include "processing/impute/donor_index.h"

#include <math.h>

/* Single precision is off by at most 1 part in 2^24 of 1e7 per coordinate: 2.5 covers a difference of two and the rounding. */
static const float SLACK = 2.5f;
enum { SPLIT_SAMPLE = 128 };

int32_t donor_distance(const struct donor_space *s, const int *items, int d, int32_t point, int32_t donor_point) {
  int32_t largest = 0;
  for (int k = 0; k < d; k++) {
    const int32_t *rank2 = s->rank2[items[k]];
    const int32_t difference = rank2[point] > rank2[donor_point] ? rank2[point] - rank2[donor_point] : rank2[donor_point] - rank2[point];
    const int32_t q = (int32_t)((double)difference * s->unit[items[k]] + 0.5);
    if (q > largest) largest = q;
  }
  return largest;
}
size_t donor_tree_bytes(const struct donor_space *s, int d) {
  const size_t n = (size_t)s->n_donors;
  return n * (4 * (size_t)d + 4) + n / DONOR_LEAF * 4 * 8 * (size_t)d;
}
static void swap_order(int32_t *order, int32_t a, int32_t b) {
  const int32_t t = order[a];
  order[a] = order[b];
  order[b] = t;
}
/* Smaller keys before `middle`, larger after. */
static void select_median(int32_t *order, const float *key, int32_t low, int32_t high, int32_t middle) {
  while (high - low > 1) {
    const float pivot = key[order[low + (high - low) / 2]];
    int32_t i = low, j = high - 1;
    while (i <= j) {
      while (key[order[i]] < pivot) i++;
      while (key[order[j]] > pivot) j--;
      if (i <= j) swap_order(order, i++, j--);
    }
    if (middle <= j) high = j + 1;
    else if (middle >= i) low = i;
    else return;
  }
}
/* The item with the widest range among some of the donors low .. high-1: where to split is a matter of speed only. */
static int widest_item(const struct donor_index *x, int32_t low, int32_t high) {
  const int32_t step = (high - low) / SPLIT_SAMPLE + 1;
  float widest = -1;
  int best = 0;
  for (int k = 0; k < x->d; k++) {
    const float *c = x->space->coordinate[x->items[k]];
    float least = INFINITY, most = -INFINITY;
    for (int32_t i = low; i < high; i += step) {
      const float v = c[x->order[i]];
      if (v < least) least = v;
      if (v > most) most = v;
    }
    if (most - least > widest) widest = most - least, best = k;
  }
  return best;
}
static int32_t half(int32_t low, int32_t high) { return low + (high - low) / 2; }

static void arrange(struct donor_index *x, int level, int32_t low, int32_t high) {
  if (level + 1 == x->levels) return;
  const int32_t middle = half(low, high);
  select_median(x->order, x->space->coordinate[x->items[widest_item(x, low, high)]], low, high, middle);
  arrange(x, level + 1, low, middle);
  arrange(x, level + 1, middle, high);
}
static void leaf_box(const struct donor_index *x, float *box, int32_t low, int32_t high) {
  for (int k = 0; k < x->d; k++) {
    float least = INFINITY, most = -INFINITY;
    for (int32_t i = low; i < high; i++) {
      const float v = x->sorted[k][i];
      least = v < least ? v : least;
      most = v > most ? v : most;
    }
    box[k] = least;
    box[x->d + k] = most;
  }
}
/* From the leaves up. */
static void fill_boxes(struct donor_index *x, int64_t node, int level, int32_t low, int32_t high) {
  float *box = x->box + node * 2 * x->d;
  if (level + 1 == x->levels) {
    leaf_box(x, box, low, high);
    return;
  }
  const float *left = x->box + (2 * node + 1) * 2 * x->d, *right = x->box + (2 * node + 2) * 2 * x->d;
  fill_boxes(x, 2 * node + 1, level + 1, low, half(low, high));
  fill_boxes(x, 2 * node + 2, level + 1, half(low, high), high);
  for (int k = 0; k < x->d; k++) {
    box[k] = left[k] < right[k] ? left[k] : right[k];
    box[x->d + k] = left[x->d + k] > right[x->d + k] ? left[x->d + k] : right[x->d + k];
  }
}
static enum err_code tree(struct donor_index *x, struct arena *a, struct err *e) {
  const int32_t n = x->space->n_donors;
  for (x->levels = 1; ((int64_t)n + (1 << (x->levels - 1)) - 1) >> (x->levels - 1) > DONOR_LEAF;) x->levels++;
  x->order = ARENA_ARRAY(a, int32_t, n);
  x->sorted = ARENA_ARRAY(a, float *, x->d);
  x->box = ARENA_ARRAY(a, float, (((size_t)1 << x->levels) - 1) * 2 * (size_t)x->d);
  if (!x->order || !x->sorted || !x->box) return ERR(e, E_NO_MEMORY, .subject = "donor index");
  for (int32_t i = 0; i < n; i++) x->order[i] = i;
  arrange(x, 0, 0, n);
  for (int k = 0; k < x->d; k++) {
    const float *c = x->space->coordinate[x->items[k]];
    if (!(x->sorted[k] = ARENA_ARRAY(a, float, n))) return ERR(e, E_NO_MEMORY, .subject = "donor index");
    for (int32_t i = 0; i < n; i++) x->sorted[k][i] = c[x->order[i]];
  }
  fill_boxes(x, 0, 0, 0, n);
  return E_OK;
}
enum err_code donor_index_init(struct donor_index *x, struct arena *a, const struct donor_space *s, const int *items, int d, bool with_tree,
                               struct err *e) {
  *x = (struct donor_index){.space = s, .d = d, .items = items};
  return with_tree && s->n_donors > DONOR_LEAF ? tree(x, a, e) : E_OK;
}

static void swap_near(struct donor_near *near, int64_t a, int64_t b) {
  const struct donor_near t = near[a];
  near[a] = near[b];
  near[b] = t;
}
/* The k-th smallest distance of near[0 .. n-1]; reorders. */
static int32_t select_distance(struct donor_near *near, int64_t n, int64_t k) {
  int64_t low = 0, high = n;
  while (high - low > 1) {
    const int32_t pivot = near[low + (high - low) / 2].distance;
    int64_t i = low, j = high - 1;
    while (i <= j) {
      while (near[i].distance < pivot) i++;
      while (near[j].distance > pivot) j--;
      if (i <= j) swap_near(near, i++, j--);
    }
    if (k <= j) high = j + 1;
    else if (k >= i) low = i;
    else break;
  }
  return near[k].distance;
}
/* Keeps what is at most as far as the k-th. */
static void cut(struct donor_search *s) {
  int64_t kept = 0;
  if (s->n >= s->k) s->worst = select_distance(s->near, s->n, s->k - 1);
  for (int64_t i = 0; i < s->n; i++)
    if (s->near[i].distance <= s->worst) s->near[kept++] = s->near[i];
  s->n = kept;
  s->next_cut = 2 * (kept > s->k ? kept : s->k);
}
struct query {
  const struct donor_index *x;
  const int *items, *slot;
  int d;
  int32_t point;
  float at[DONOR_MAX_QUERY];
  struct donor_search *s;
};
static void offer(const struct query *q, int32_t donor) {
  struct donor_search *s = q->s;
  const int32_t far = donor_distance(q->x->space, q->items, q->d, q->point, q->x->space->donors[donor]);
  if (far > s->worst || (s->blocked && s->blocked(s->context, donor))) return;
  s->near[s->n++] = (struct donor_near){far, donor};
  if (s->n >= s->next_cut) cut(s);
}
/* One block of at most DONOR_LEAF donors; columns[column[k]] + low are its coordinates of the query's k-th item. */
static void scan_block(const struct query *q, float *const *columns, const int *column, int32_t low, int n, float *far) {
  for (int i = 0; i < n; i++) far[i] = 0;
  for (int k = 0; k < q->d; k++) {
    const float *c = columns[column ? column[k] : k] + low;
    const float v = q->at[k];
    for (int i = 0; i < n; i++) {
      const float difference = fabsf(c[i] - v);
      far[i] = difference > far[i] ? difference : far[i];
    }
  }
}
static void scan(const struct query *q) {
  const struct donor_space *space = q->x->space;
  float far[DONOR_LEAF];
  for (int32_t low = 0; low < space->n_donors; low += DONOR_LEAF) {
    const int n = space->n_donors - low < DONOR_LEAF ? space->n_donors - low : DONOR_LEAF;
    scan_block(q, space->coordinate, q->items, low, n, far);
    for (int i = 0; i < n; i++)
      if (far[i] <= (float)q->s->worst + SLACK) offer(q, low + i);
  }
}
static float box_distance(const struct query *q, int64_t node) {
  const float *least = q->x->box + node * 2 * q->x->d, *most = least + q->x->d;
  float far = 0;
  for (int k = 0; k < q->d; k++) {
    const int at = q->slot ? q->slot[k] : k;
    const float below = least[at] - q->at[k], above = q->at[k] - most[at], out = below > above ? below : above;
    far = out > far ? out : far;
  }
  return far;
}
static void descend(const struct query *q, int64_t node, int level, int32_t low, int32_t high) {
  if (level + 1 == q->x->levels) {
    float far[DONOR_LEAF];
    scan_block(q, q->x->sorted, q->slot, low, high - low, far);
    for (int i = 0; i < high - low; i++)
      if (far[i] <= (float)q->s->worst + SLACK) offer(q, q->x->order[low + i]);
    return;
  }
  const int32_t middle = half(low, high);
  const float left = box_distance(q, 2 * node + 1), right = box_distance(q, 2 * node + 2);
  for (int turn = 0; turn < 2; turn++) {
    const bool go_left = (turn == 0) == (left <= right);
    if ((go_left ? left : right) > (float)q->s->worst + SLACK) continue;
    if (go_left) descend(q, 2 * node + 1, level + 1, low, middle);
    else descend(q, 2 * node + 2, level + 1, middle, high);
  }
}
void donor_index_find(const struct donor_index *x, const int *items, const int *slot, int d, int32_t point, int32_t k, struct donor_search *s) {
  struct query q = {.x = x, .items = items, .slot = slot, .d = d, .point = point, .s = s};
  s->n = 0;
  s->k = k;
  s->worst = INT32_MAX - 128;
  s->next_cut = 2 * (int64_t)k;
  for (int i = 0; i < d; i++) q.at[i] = (float)((double)x->space->rank2[items[i]][point] * x->space->unit[items[i]]);
  if (x->levels) descend(&q, 0, 0, 0, x->space->n_donors);
  else scan(&q);
  cut(s);
}
