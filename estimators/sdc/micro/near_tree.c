#include "estimators/sdc/micro/near_tree.h"

#include <math.h>
#include <stdint.h>

enum { LEAF_POINTS = 16, DEPTH_MOST = 64 };

static double *box_of(const struct near_tree *t, int32_t node) { return t->box + (int64_t)node * 2 * t->d; }
static double coordinate(const struct near_tree *t, int32_t point, int axis) { return t->point[(int64_t)point * t->d + axis]; }
static bool less(const struct near_tree *t, int axis, int32_t a, int32_t b) {
  const double x = coordinate(t, a, axis), y = coordinate(t, b, axis);
  return x < y || (x == y && a < b);
}
static void swap(int32_t *a, int32_t *b) {
  const int32_t x = *a;
  *a = *b, *b = x;
}
/* Puts the point of rank `at` of order[from, to) into its place, lower ones before it (Hoare's selection, middle as pivot). */
static void select_rank(struct near_tree *t, int axis, int32_t from, int32_t to, int32_t at) {
  int32_t low = from, high = to - 1;
  while (low < high) {
    const int32_t pivot = t->order[low + (high - low) / 2];
    int32_t i = low, j = high;
    while (i <= j) {
      while (less(t, axis, t->order[i], pivot)) i++;
      while (less(t, axis, pivot, t->order[j])) j--;
      if (i <= j) swap(&t->order[i++], &t->order[j--]);
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else return;
  }
}
static void box_of_points(struct near_tree *t, int32_t node) {
  struct near_node *x = &t->node[node];
  double *box = box_of(t, node);
  x->least = INT32_MAX;
  for (int32_t i = x->from; i < x->to; i++)
    if (t->alive[t->order[i]] && t->order[i] < x->least) x->least = t->order[i];
  for (int k = 0; k < t->d; k++) {
    box[k] = HUGE_VAL, box[t->d + k] = -HUGE_VAL;
    for (int32_t i = x->from; i < x->to; i++) {
      if (!t->alive[t->order[i]]) continue;
      const double v = coordinate(t, t->order[i], k);
      if (v < box[k]) box[k] = v;
      if (v > box[t->d + k]) box[t->d + k] = v;
    }
  }
}
static void box_of_children(struct near_tree *t, int32_t node) {
  const struct near_node *l = &t->node[t->node[node].left], *r = &t->node[t->node[node].right];
  double *box = box_of(t, node), *left = box_of(t, t->node[node].left), *right = box_of(t, t->node[node].right);
  t->node[node].least = l->least < r->least ? l->least : r->least;
  for (int k = 0; k < t->d; k++) {
    box[k] = left[k] < right[k] ? left[k] : right[k];
    box[t->d + k] = left[t->d + k] > right[t->d + k] ? left[t->d + k] : right[t->d + k];
  }
}
static int widest_axis(const struct near_tree *t, int32_t node) {
  const double *box = box_of(t, node);
  int axis = 0;
  for (int k = 1; k < t->d; k++)
    if (box[t->d + k] - box[k] > box[t->d + axis] - box[axis]) axis = k;
  return axis;
}
/* Nodes are split in the order in which they were made: no recursion. */
static void split(struct near_tree *t, int32_t node) {
  struct near_node *x = &t->node[node];
  box_of_points(t, node);
  x->left = x->right = -1;
  if (x->to - x->from <= LEAF_POINTS) {
    for (int32_t i = x->from; i < x->to; i++) t->leaf[t->order[i]] = node;
    return;
  }
  const int32_t middle = x->from + (x->to - x->from) / 2;
  select_rank(t, widest_axis(t, node), x->from, x->to, middle);
  x->left = t->n_nodes, x->right = t->n_nodes + 1;
  t->node[t->n_nodes++] = (struct near_node){.from = x->from, .to = middle, .parent = node, .alive = middle - x->from};
  t->node[t->n_nodes++] = (struct near_node){.from = middle, .to = x->to, .parent = node, .alive = x->to - middle};
}
enum err_code near_tree_build(struct near_tree *t, struct arena *a, const double *point, int d, int64_t n, struct err *e) {
  const int64_t nodes = 2 * (n / (LEAF_POINTS / 2) + 1) + 1;
  *t = (struct near_tree){.point = point, .d = d, .n = n};
  t->order = ARENA_ARRAY(a, int32_t, n + 1), t->leaf = ARENA_ARRAY(a, int32_t, n + 1), t->alive = ARENA_ARRAY(a, bool, n + 1);
  t->node = ARENA_ARRAY(a, struct near_node, nodes), t->box = ARENA_ARRAY(a, double, nodes * 2 * d);
  if (!t->order || !t->leaf || !t->alive || !t->node || !t->box) return ERR(e, E_NO_MEMORY, .subject = "nearest records");
  for (int32_t i = 0; i < n; i++) t->order[i] = i, t->alive[i] = true;
  t->node[0] = (struct near_node){.from = 0, .to = (int32_t)n, .parent = -1, .alive = n};
  t->n_nodes = 1;
  for (int32_t i = 0; i < t->n_nodes; i++) split(t, i);
  return E_OK;
}
void near_tree_remove(struct near_tree *t, int32_t point) {
  int32_t node = t->leaf[point];
  t->alive[point] = false;
  t->node[node].alive--;
  box_of_points(t, node);
  while ((node = t->node[node].parent) >= 0) {
    t->node[node].alive--;
    box_of_children(t, node);
  }
}

/* --- questions --- */
static double square(double x) { return x * x; }
static double distance_to(const struct near_tree *t, const double *from, int32_t point) {
  double s = 0;
  for (int k = 0; k < t->d; k++) s += square(from[k] - coordinate(t, point, k));
  return s;
}
static double farthest_bound(const struct near_tree *t, const double *from, int32_t node) {
  const double *box = box_of(t, node);
  double s = 0;
  for (int k = 0; k < t->d; k++) {
    const double a = square(from[k] - box[k]), b = square(from[k] - box[t->d + k]);
    s += a > b ? a : b;
  }
  return s;
}
static double nearest_bound(const struct near_tree *t, const double *from, int32_t node) {
  const double *box = box_of(t, node);
  double s = 0;
  for (int k = 0; k < t->d; k++) s += from[k] < box[k] ? square(from[k] - box[k]) : from[k] > box[t->d + k] ? square(from[k] - box[t->d + k]) : 0;
  return s;
}
struct pending {
  double bound;
  int32_t node;
};
static void farthest_in_leaf(const struct near_tree *t, const double *from, const struct near_node *x, struct near_point *best) {
  for (int32_t i = x->from; i < x->to; i++) {
    const int32_t p = t->order[i];
    if (!t->alive[p]) continue;
    const double s = distance_to(t, from, p);
    if (best->point < 0 || s > best->distance || (s == best->distance && p < best->point)) *best = (struct near_point){.distance = s, .point = p};
  }
}
int32_t near_tree_farthest(const struct near_tree *t, const double *from) {
  struct pending stack[DEPTH_MOST];
  struct near_point best = {.distance = -1, .point = -1};
  int n = 0;
  if (t->node[0].alive) stack[n++] = (struct pending){.bound = HUGE_VAL, .node = 0};
  while (n) {
    const struct pending top = stack[--n];
    const struct near_node *x = &t->node[top.node];
    if (top.bound < best.distance || (top.bound == best.distance && x->least > best.point)) continue;
    if (x->left < 0) {
      farthest_in_leaf(t, from, x, &best);
      continue;
    }
    struct pending l = {.node = x->left}, r = {.node = x->right};
    l.bound = t->node[l.node].alive ? farthest_bound(t, from, l.node) : -1;
    r.bound = t->node[r.node].alive ? farthest_bound(t, from, r.node) : -1;
    const bool left_last = l.bound > r.bound || (l.bound == r.bound && t->node[l.node].least < t->node[r.node].least);
    if ((left_last ? r : l).bound >= 0) stack[n++] = left_last ? r : l;
    if ((left_last ? l : r).bound >= 0) stack[n++] = left_last ? l : r;
  }
  return best.point;
}
struct nearest {
  struct near_point *list;
  int64_t n, k;
};
static void keep_near(struct nearest *x, struct near_point p) {
  if (x->n == x->k) {
    const struct near_point last = x->list[x->n - 1];
    if (p.distance > last.distance || (p.distance == last.distance && p.point > last.point)) return;
    x->n--;
  }
  int64_t at = x->n++;
  for (; at > 0 && (x->list[at - 1].distance > p.distance || (x->list[at - 1].distance == p.distance && x->list[at - 1].point > p.point)); at--)
    x->list[at] = x->list[at - 1];
  x->list[at] = p;
}
int64_t near_tree_nearest(const struct near_tree *t, const double *from, int64_t k, struct near_point *out) {
  struct pending stack[DEPTH_MOST];
  struct nearest near = {.list = out, .k = k};
  int n = 0;
  if (t->node[0].alive && k > 0) stack[n++] = (struct pending){.bound = 0, .node = 0};
  while (n) {
    const struct pending top = stack[--n];
    const struct near_node *x = &t->node[top.node];
    if (near.n == k && (top.bound > out[k - 1].distance || (top.bound == out[k - 1].distance && x->least > out[k - 1].point))) continue;
    if (x->left < 0) {
      for (int32_t i = x->from; i < x->to; i++)
        if (t->alive[t->order[i]]) keep_near(&near, (struct near_point){.distance = distance_to(t, from, t->order[i]), .point = t->order[i]});
      continue;
    }
    struct pending l = {.node = x->left}, r = {.node = x->right};
    l.bound = nearest_bound(t, from, l.node), r.bound = nearest_bound(t, from, r.node);
    const bool left_last = l.bound < r.bound || (l.bound == r.bound && t->node[l.node].least < t->node[r.node].least);
    if (t->node[(left_last ? r : l).node].alive) stack[n++] = left_last ? r : l;
    if (t->node[(left_last ? l : r).node].alive) stack[n++] = left_last ? l : r;
  }
  return near.n;
}
