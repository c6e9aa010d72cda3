#include "processing/impute/donor_index.h"

#include <math.h>

/* Single precision is off by at most 1 part in 2^24 of 1e7 per coordinate: 2.5 covers a difference of two and the rounding. */
static const float SLACK = 2.5f;

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
static int fill_box(const struct donor_index *x, float *box, int32_t low, int32_t high) {
  int widest = 0;
  for (int k = 0; k < x->d; k++) {
    const float *c = x->space->coordinate[x->items[k]];
    float least = INFINITY, most = -INFINITY;
    for (int32_t i = low; i < high; i++) {
      const float v = c[x->order[i]];
      if (v < least) least = v;
      if (v > most) most = v;
    }
    box[k] = least;
    box[x->d + k] = most;
    if (most - least > box[x->d + widest] - box[widest]) widest = k;
  }
  return widest;
}
static int32_t half(int32_t low, int32_t high) { return low + (high - low) / 2; }

static void build(struct donor_index *x, int64_t node, int level, int32_t low, int32_t high) {
  const int widest = fill_box(x, x->box + node * 2 * x->d, low, high);
  if (level + 1 == x->levels) return;
  const int32_t middle = half(low, high);
  select_median(x->order, x->space->coordinate[x->items[widest]], low, high, middle);
  build(x, 2 * node + 1, level + 1, low, middle);
  build(x, 2 * node + 2, level + 1, middle, high);
}
static enum err_code tree(struct donor_index *x, struct arena *a, struct err *e) {
  const int32_t n = x->space->n_donors;
  for (x->levels = 1; ((int64_t)n + (1 << (x->levels - 1)) - 1) >> (x->levels - 1) > DONOR_LEAF;) x->levels++;
  x->order = ARENA_ARRAY(a, int32_t, n);
  x->sorted = ARENA_ARRAY(a, float *, x->d);
  x->box = ARENA_ARRAY(a, float, (((size_t)1 << x->levels) - 1) * 2 * (size_t)x->d);
  if (!x->order || !x->sorted || !x->box) return ERR(e, E_NO_MEMORY, .subject = "donor index");
  for (int32_t i = 0; i < n; i++) x->order[i] = i;
  build(x, 0, 0, 0, n);
  for (int k = 0; k < x->d; k++) {
    const float *c = x->space->coordinate[x->items[k]];
    if (!(x->sorted[k] = ARENA_ARRAY(a, float, n))) return ERR(e, E_NO_MEMORY, .subject = "donor index");
    for (int32_t i = 0; i < n; i++) x->sorted[k][i] = c[x->order[i]];
  }
  return E_OK;
}
enum err_code donor_index_init(struct donor_index *x, struct arena *a, const struct donor_space *s, const int *items, int d, bool with_tree, struct err *e) {
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
static void offer(const struct donor_index *x, int32_t point, int32_t donor, struct donor_search *s) {
  const int32_t q = donor_distance(x->space, x->items, x->d, point, x->space->donors[donor]);
  if (q > s->worst || (s->blocked && s->blocked(s->context, donor))) return;
  s->near[s->n++] = (struct donor_near){q, donor};
  if (s->n >= s->next_cut) cut(s);
}
/* One block of at most DONOR_LEAF donors; columns[k] + low are its coordinates. */
static void scan_block(const struct donor_index *x, float *const *columns, const int *column, int32_t low, int n, const float *at, float *far) {
  for (int i = 0; i < n; i++) far[i] = 0;
  for (int k = 0; k < x->d; k++) {
    const float *c = columns[column ? column[k] : k] + low;
    const float v = at[k];
    for (int i = 0; i < n; i++) {
      const float difference = fabsf(c[i] - v);
      far[i] = difference > far[i] ? difference : far[i];
    }
  }
}
static void scan(const struct donor_index *x, int32_t point, const float *at, struct donor_search *s) {
  float far[DONOR_LEAF];
  for (int32_t low = 0; low < x->space->n_donors; low += DONOR_LEAF) {
    const int n = x->space->n_donors - low < DONOR_LEAF ? x->space->n_donors - low : DONOR_LEAF;
    scan_block(x, x->space->coordinate, x->items, low, n, at, far);
    for (int i = 0; i < n; i++)
      if (far[i] <= (float)s->worst + SLACK) offer(x, point, low + i, s);
  }
}
static float box_distance(const struct donor_index *x, int64_t node, const float *at) {
  const float *least = x->box + node * 2 * x->d, *most = least + x->d;
  float far = 0;
  for (int k = 0; k < x->d; k++) {
    const float below = least[k] - at[k], above = at[k] - most[k], out = below > above ? below : above;
    far = out > far ? out : far;
  }
  return far;
}
static void descend(const struct donor_index *x, int64_t node, int level, int32_t low, int32_t high, int32_t point, const float *at, struct donor_search *s) {
  if (level + 1 == x->levels) {
    float far[DONOR_LEAF];
    scan_block(x, x->sorted, NULL, low, high - low, at, far);
    for (int i = 0; i < high - low; i++)
      if (far[i] <= (float)s->worst + SLACK) offer(x, point, x->order[low + i], s);
    return;
  }
  const int32_t middle = half(low, high);
  const float left = box_distance(x, 2 * node + 1, at), right = box_distance(x, 2 * node + 2, at);
  for (int turn = 0; turn < 2; turn++) {
    const bool go_left = (turn == 0) == (left <= right);
    if ((go_left ? left : right) > (float)s->worst + SLACK) continue;
    if (go_left) descend(x, 2 * node + 1, level + 1, low, middle, point, at, s);
    else descend(x, 2 * node + 2, level + 1, middle, high, point, at, s);
  }
}
void donor_index_find(const struct donor_index *x, int32_t point, int32_t k, struct donor_search *s) {
  float at[1024];
  s->n = 0;
  s->k = k;
  s->worst = INT32_MAX - 128;
  s->next_cut = 2 * (int64_t)k;
  for (int i = 0; i < x->d; i++) at[i] = (float)((double)x->space->rank2[x->items[i]][point] * x->space->unit[x->items[i]]);
  if (x->levels) descend(x, 0, 0, 0, x->space->n_donors, point, at, s);
  else scan(x, point, at, s);
  cut(s);
}
