/* flow_key.c -- the parts of a product of hierarchies, read from keys "code|code|...": in each dimension one parent and its children. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow_part.h"

/* Up to WHOLE relations the table is one part: better patterns (153 instead of 165 secondaries of 840 cells), and still a fraction of a second. */
enum { DIMENSIONS_MAX = 8, OPTIONS_MAX = 8, LABELS_MAX = 512, WHOLE = 1000 };
struct coded { /* a code of one dimension */
  struct str text;
  int32_t id;
};
struct link { /* child, parent: codes of one dimension */
  int32_t dimension, child, parent;
};
struct label { /* a part that holds a relation */
  int32_t group[DIMENSIONS_MAX], relation;
};
struct keys {
  struct arena *a;
  const struct cell_table *t;
  int n;           /* dimensions */
  int32_t *code;   /* [n_cells][n] */
  int32_t n_codes; /* over all dimensions */
  uint8_t *parent; /* [n_codes] */
  struct link *link;
  int32_t n_links;
  int *dimension; /* [n_relations] */
  struct label *label;
  int64_t n_labels, room;
};
static int split(struct str key, struct str *part) {
  int n = 0;
  struct str rest = key;
  for (bool more = true; more;) {
    if (n == DIMENSIONS_MAX) return 0;
    more = memchr(rest.p, '|', rest.n) != NULL;
    part[n++] = str_split(rest, '|', &rest);
  }
  return n;
}
struct place {
  struct str text;
  int dimension;
  int32_t *at;
};
static int place_cmp(const void *p, const void *q) {
  const struct place *a = p, *b = q;
  if (a->dimension != b->dimension) return a->dimension - b->dimension;
  const int c = str_cmp(a->text, b->text);
  return c ? c : (a->at > b->at) - (a->at < b->at);
}
static bool number_codes(struct keys *k) {
  const int32_t n = k->t->n_cells;
  struct str part[DIMENSIONS_MAX];
  k->n = split(k->t->key[0], part);
  if (k->n == 0 || k->t->key[0].n == 0) return k->n = 0, true;
  struct place *p = ARENA_ARRAY(k->a, struct place, (size_t)n * (size_t)k->n + 1);
  k->code = ARENA_ARRAY(k->a, int32_t, (size_t)n * (size_t)k->n + 1);
  if (!p || !k->code) return false;
  for (int32_t c = 0; c < n; c++) {
    if (k->t->key[c].n == 0 || split(k->t->key[c], part) != k->n) return k->n = 0, true;
    for (int d = 0; d < k->n; d++) {
      const size_t at = (size_t)c * (size_t)k->n + (size_t)d;
      p[at] = (struct place){part[d], d, &k->code[at]};
    }
  }
  const size_t all = (size_t)n * (size_t)k->n;
  qsort(p, all, sizeof *p, place_cmp);
  for (size_t i = 0; i < all; i++) {
    if (i && (p[i].dimension != p[i - 1].dimension || !str_eq(p[i].text, p[i - 1].text))) k->n_codes++;
    *p[i].at = k->n_codes;
  }
  k->n_codes++;
  return true;
}
static int32_t code_of(const struct keys *k, int32_t cell, int d) { return k->code[(size_t)cell * (size_t)k->n + (size_t)d]; }
/* The one dimension in which a relation's children differ from the parent; -1: several. */
static int dimension_of(const struct keys *k, int32_t r) {
  const struct cell_table *t = k->t;
  int found = -1;
  for (int32_t i = t->first[r] + 1; i < t->first[r + 1]; i++)
    for (int d = 0; d < k->n; d++) {
      if (code_of(k, t->member[i], d) == code_of(k, t->member[t->first[r]], d)) continue;
      if (found >= 0 && found != d) return -1;
      found = d;
    }
  return found;
}
static int link_cmp(const void *p, const void *q) {
  const struct link *a = p, *b = q;
  return a->child != b->child ? (a->child > b->child) - (a->child < b->child) : (a->parent > b->parent) - (a->parent < b->parent);
}
static bool links(struct keys *k) {
  const struct cell_table *t = k->t;
  k->dimension = ARENA_ARRAY(k->a, int, t->n_relations + 1);
  k->parent = ARENA_ARRAY(k->a, uint8_t, k->n_codes + 1);
  k->link = ARENA_ARRAY(k->a, struct link, t->first[t->n_relations] + 1);
  if (!k->dimension || !k->parent || !k->link) return false;
  for (int32_t r = 0; r < t->n_relations; r++) {
    const int d = k->dimension[r] = dimension_of(k, r);
    if (d < 0) return k->n = 0, true;
    const int32_t parent = code_of(k, t->member[t->first[r]], d);
    k->parent[parent] = 1;
    for (int32_t i = t->first[r] + 1; i < t->first[r + 1]; i++) k->link[k->n_links++] = (struct link){d, code_of(k, t->member[i], d), parent};
  }
  qsort(k->link, (size_t)k->n_links, sizeof *k->link, link_cmp);
  int32_t n = 0;
  for (int32_t i = 0; i < k->n_links; i++)
    if (n == 0 || link_cmp(&k->link[n - 1], &k->link[i])) k->link[n++] = k->link[i];
  k->n_links = n;
  return true;
}
/* The groups a code belongs to: its own children's, and those of its parents. */
static int groups(const struct keys *k, int32_t code, int32_t *out) {
  int n = 0;
  int32_t lo = 0, hi = k->n_links;
  if (k->parent[code]) out[n++] = code;
  while (lo < hi) {
    const int32_t mid = (lo + hi) / 2;
    if (k->link[mid].child < code) lo = mid + 1;
    else hi = mid;
  }
  for (; lo < k->n_links && k->link[lo].child == code && n < OPTIONS_MAX; lo++) out[n++] = k->link[lo].parent;
  if (n == 0) out[n++] = code; /* a dimension without sums here */
  return n;
}
static bool add_labels(struct keys *k, int32_t r) {
  int32_t option[DIMENSIONS_MAX][OPTIONS_MAX];
  int n[DIMENSIONS_MAX] = {0}, at[DIMENSIONS_MAX] = {0};
  const int32_t parent = k->t->member[k->t->first[r]];
  int64_t all = 1;
  for (int d = 0; d < k->n; d++) {
    if (d == k->dimension[r]) n[d] = 1, option[d][0] = code_of(k, parent, d);
    else n[d] = groups(k, code_of(k, parent, d), option[d]);
    all *= n[d];
  }
  if (all > LABELS_MAX) return k->n = 0, true;
  if (k->n_labels + all > k->room) {
    struct label *more = ARENA_ARRAY(k->a, struct label, 2 * (k->room + all));
    if (!more) return false;
    if (k->n_labels) memcpy(more, k->label, (size_t)k->n_labels * sizeof *more);
    k->label = more;
    k->room = 2 * (k->room + all);
  }
  for (int64_t i = 0; i < all; i++) {
    struct label *l = &k->label[k->n_labels++];
    *l = (struct label){.relation = r};
    for (int d = 0; d < k->n; d++) l->group[d] = option[d][at[d]];
    for (int d = k->n - 1; d >= 0 && ++at[d] == n[d]; d--) at[d] = 0;
  }
  return true;
}
static int label_cmp(const void *p, const void *q) {
  const struct label *a = p, *b = q;
  const int c = memcmp(a->group, b->group, sizeof a->group);
  return c ? c : (a->relation > b->relation) - (a->relation < b->relation);
}
static enum err_code one_part(struct arena *a, const struct cell_table *t, struct flow_parts *out, struct err *e) {
  *out = (struct flow_parts){.n = 1, .first = ARENA_ARRAY(a, int32_t, 2), .relation = ARENA_ARRAY(a, int32_t, t->n_relations + 1)};
  if (!out->first || !out->relation) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t r = 0; r < t->n_relations; r++) out->relation[r] = r;
  out->first[1] = t->n_relations;
  return E_OK;
}
/* Parts are numbered by their first relation, so that their order is that of the table, totals first. */
struct ordered {
  int32_t least;
  int64_t from, to;
};
static int ordered_cmp(const void *p, const void *q) {
  const struct ordered *a = p, *b = q;
  return a->least != b->least ? (a->least > b->least) - (a->least < b->least) : (a->from > b->from) - (a->from < b->from);
}
static enum err_code collect(struct arena *a, struct keys *k, struct flow_parts *out, struct err *e) {
  int32_t n = 0, at = 0;
  qsort(k->label, (size_t)k->n_labels, sizeof *k->label, label_cmp);
  struct ordered *o = ARENA_ARRAY(k->a, struct ordered, k->n_labels + 1);
  if (!o) return ERR(e, E_NO_MEMORY, .subject = k->t->name);
  for (int64_t i = 0; i < k->n_labels; i++) {
    if (i == 0 || memcmp(k->label[i].group, k->label[i - 1].group, sizeof k->label[i].group)) o[n++] = (struct ordered){k->label[i].relation, i, i};
    o[n - 1].to = i + 1;
  }
  qsort(o, (size_t)n, sizeof *o, ordered_cmp);
  *out = (struct flow_parts){.n = n, .first = ARENA_ARRAY(a, int32_t, n + 1), .relation = ARENA_ARRAY(a, int32_t, k->n_labels + 1)};
  if (!out->first || !out->relation) return ERR(e, E_NO_MEMORY, .subject = k->t->name);
  for (int32_t p = 0; p < n; p++) {
    for (int64_t i = o[p].from; i < o[p].to; i++) out->relation[at++] = k->label[i].relation;
    out->first[p + 1] = at;
  }
  return E_OK;
}
enum err_code flow_parts_by_key(struct arena *a, const struct cell_table *t, struct flow_parts *out, struct err *e) {
  struct keys k = {.a = arena_new(0), .t = t};
  bool ok = k.a && (t->n_relations <= WHOLE || number_codes(&k));
  if (ok && k.n) ok = links(&k);
  for (int32_t r = 0; ok && k.n && r < t->n_relations; r++) ok = add_labels(&k, r);
  enum err_code code = ok ? E_OK : ERR(e, E_NO_MEMORY, .subject = t->name);
  if (!code) code = k.n && k.n_labels ? collect(a, &k, out, e) : one_part(a, t, out, e);
  arena_free(k.a);
  return code;
}
