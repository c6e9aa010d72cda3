/* tiles.c -- a folder of c2sp.org/tlog-tiles: rebuilt from its entries, or asked for the hashes of a proof. Hash k of level l covers 256^l leaves. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secure-store/verify/verify.h"

enum { PATH_ROOM = 4096, BUNDLE_MAX = TILE * (2 + ENTRY_MAX), PROGRESS = 1 << 16 };
/* level -1 = entries */
static bool tile_path(const char *folder, int level, uint64_t index, unsigned width, char *out, size_t room) {
  char groups[64] = "", kind[16];
  size_t at = 0;
  for (uint64_t power = 1000000000000000000u; power >= 1000; power /= 1000)
    if (index >= power) at += (size_t)snprintf(groups + at, sizeof groups - at, "x%03u/", (unsigned)(index / power % 1000));
  snprintf(groups + at, sizeof groups - at, "%03u", (unsigned)(index % 1000));
  snprintf(kind, sizeof kind, "%d", level);
  int n = snprintf(out, room, "%s/tile/%s/%s", folder, level < 0 ? "entries" : kind, groups);
  if (n < 0 || (size_t)n + 8 > room) return false;
  if (width < TILE) snprintf(out + n, room - (size_t)n, ".p/%u", width);
  return true;
}
/* A tile that has become full since may stand for its partial form. */
static bool open_tile(struct run *r, const char *folder, int level, uint64_t index, unsigned width, struct buffer *out) {
  char path[PATH_ROOM], full[PATH_ROOM];
  if (!tile_path(folder, level, index, width, path, sizeof path) || !tile_path(folder, level, index, TILE, full, sizeof full))
    return refused(r, "the name of the folder is too long", "フォルダー名が長すぎます");
  return read_file(r, access(path, F_OK) != 0 && access(full, F_OK) == 0 ? full : path, level < 0 ? BUNDLE_MAX : TILE * HASH, out);
}

/* --- proofs from tiles --- */
struct tiles {
  struct run *r;
  const char *folder;
  uint64_t size;
};
static bool tile_hash(const struct tiles *t, int level, uint64_t k, uint8_t out[HASH]) {
  struct buffer b;
  uint64_t n = t->size >> (8 * level), index = k / TILE;
  unsigned width = n - index * TILE < TILE ? (unsigned)(n - index * TILE) : TILE;
  if (!open_tile(t->r, t->folder, level, index, width, &b)) return false;
  bool ok = b.n >= (size_t)width * HASH && b.n % HASH == 0;
  if (ok) memcpy(out, b.p + k % TILE * HASH, HASH);
  free(b.p);
  return ok || refused(t->r, "a tile of level %d is shorter than the log", "階層 %d のタイルがログより短い", level);
}
/* Root of leaves first .. first+n-1, a part that RFC 6962 makes of the tree: a full subtree stands in a tile, or is the two halves below. */
static bool range_root(const struct tiles *t, uint64_t first, uint64_t n, uint8_t out[HASH]) {
  uint8_t left[HASH], right[HASH];
  int bits = 0;
  while (bits < 63 && 1ull << bits < n) bits++;
  if (n == 1ull << bits && bits % 8 == 0) return tile_hash(t, bits / 8, first >> bits, out);
  uint64_t k = split_point(n);
  if (!range_root(t, first, k, left) || !range_root(t, first + k, n - k, right)) return false;
  node_hash(left, right, out);
  return true;
}
static bool add_range(const struct tiles *t, uint64_t first, uint64_t n, struct proof *out) {
  return out->n < PROOF_MAX && range_root(t, first, n, out->hash[out->n++]);
}
static bool subproof(const struct tiles *t, uint64_t m, uint64_t first, uint64_t n, bool whole, struct proof *out) {
  if (m == n) return whole || add_range(t, first, n, out);
  uint64_t k = split_point(n);
  if (m <= k) return subproof(t, m, first, k, whole, out) && add_range(t, first + k, n - k, out);
  return subproof(t, m - k, first + k, n - k, false, out) && add_range(t, first, k, out);
}
bool tiles_consistency(struct run *r, const char *folder, uint64_t tiles_size, uint64_t size1, uint64_t size2, struct proof *out) {
  const struct tiles t = {r, folder, tiles_size};
  out->n = 0;
  return size1 >= 1 && size1 <= size2 && size2 <= tiles_size && subproof(&t, size1, 0, size2, true, out);
}

/* --- rebuilding --- */
struct level {
  uint8_t hash[TILE][HASH];
  unsigned n;
  uint64_t tile; /* index of the tile that is being filled */
};
struct work {
  struct run *r;
  struct rebuild *b;
  struct frontier f;
  struct level level[LEVELS];
};
static bool compare_tile(struct work *w, int level) {
  struct level *l = &w->level[level];
  struct buffer b;
  if (!open_tile(w->r, w->b->folder, level, l->tile, l->n, &b)) return false;
  bool ok = b.n >= (size_t)l->n * HASH && memcmp(b.p, l->hash, (size_t)l->n * HASH) == 0;
  free(b.p);
  return ok || refused(w->r, "tile %llu of level %d is not what its entries give", "階層 %2$d のタイル %1$llu が記録から計算した値と異なります",
                   (unsigned long long)l->tile, level);
}
static void tile_root(const struct level *l, uint8_t out[HASH]) {
  uint8_t h[TILE][HASH];
  memcpy(h, l->hash, sizeof h);
  for (unsigned n = TILE; n > 1; n /= 2)
    for (unsigned i = 0; i < n / 2; i++) node_hash(h[2 * i], h[2 * i + 1], h[i]);
  memcpy(out, h[0], HASH);
}
static bool push(struct work *w, const uint8_t leaf[HASH]) {
  uint8_t h[HASH];
  memcpy(h, leaf, HASH);
  for (int level = 0; level < LEVELS; level++) {
    struct level *l = &w->level[level];
    memcpy(l->hash[l->n++], h, HASH);
    if (l->n < TILE) return true;
    if (!compare_tile(w, level)) return false;
    tile_root(l, h);
    l->n = 0;
    l->tile++;
  }
  return true;
}
static bool take_entry(struct work *w, struct text entry) {
  uint8_t h[HASH];
  uint64_t index = w->f.size;
  leaf_hash(entry.p, entry.n, h);
  frontier_add(&w->f, h);
  if (w->f.size == w->b->mark) frontier_root(&w->f, w->b->mark_root);
  if (w->f.size % PROGRESS == 0 && !w->r->quiet)
    fprintf(w->r->err, w->r->japanese ? "%llu / %llu 件\n" : "%llu of %llu leaves\n", (unsigned long long)w->f.size, (unsigned long long)w->b->size);
  return push(w, h) && (!w->b->each || w->b->each(w->b->context, index, (const uint8_t *)entry.p, entry.n));
}
bool entry_bundle_next(struct text *rest, struct text *entry) {
  if (rest->n < 2) return false;
  size_t n = (size_t)((unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1]);
  if (rest->n - 2 < n) return false;
  *entry = view(rest->p + 2, n);
  *rest = view(rest->p + 2 + n, rest->n - 2 - n);
  return true;
}
static bool take_bundle(struct work *w, uint64_t index, unsigned width) {
  struct buffer b;
  struct text entry;
  if (!open_tile(w->r, w->b->folder, -1, index, width, &b)) return false;
  struct text rest = view(b.p, b.n);
  bool ok = true, shaped = true;
  for (unsigned i = 0; ok && i < width; i++) {
    shaped = entry_bundle_next(&rest, &entry);
    ok = shaped && take_entry(w, entry);
  }
  free(b.p);
  return shaped ? ok : refused(w->r, "entry bundle %llu is cut off", "記録の束 %llu が途中で切れています", (unsigned long long)index);
}
bool tiles_rebuild(struct run *r, struct rebuild *b) {
  struct work *w = calloc(1, sizeof *w);
  if (!w) return refused(r, "out of memory", "メモリー不足");
  w->r = r;
  w->b = b;
  bool ok = true;
  for (uint64_t first = 0; ok && first < b->size; first += TILE)
    ok = take_bundle(w, first / TILE, b->size - first < TILE ? (unsigned)(b->size - first) : TILE);
  for (int level = 0; ok && level < LEVELS; level++) ok = w->level[level].n == 0 || compare_tile(w, level);
  frontier_root(&w->f, b->root);
  if (b->mark == 0) frontier_root(&(struct frontier){.size = 0}, b->mark_root);
  free(w);
  return ok;
}

/* --- the command --- */
struct counting {
  struct run *r;
  bool any;
};
static bool own_leaf(void *context, uint64_t index, const uint8_t *p, size_t n) {
  struct counting *c = context;
  struct leaf leaf;
  if (c->any || (leaf_parse(p, n, &leaf) && leaf.seq == index)) return true;
  return refused(c->r, "entry %llu is not a canonical leaf of that number", "%llu 番の記録がその番号の正規の葉ではありません", (unsigned long long)index);
}
bool check_rebuild(struct run *r, const struct options *o) {
  char path[PATH_ROOM], root[2 * HASH + 1];
  struct policy *p = NULL;
  struct buffer file = {NULL, 0};
  struct note n = {.memory = NULL};
  struct checkpoint c = {.size = 0};
  struct counting counting = {r, o->any_entries};
  const char *note = o->n_operands > 1 ? o->operand[1] : path; /* the cosigned one, perhaps of an earlier size */
  snprintf(path, sizeof path, "%s/checkpoint", o->operand[0]);
  bool ok = policy_read(r, o->policy, &p) && read_file(r, path, NOTE_MAX, &file) && checkpoint_check(r, NULL, path, view(file.p, file.n), &n, &c);
  struct rebuild b = {.folder = o->operand[0], .size = c.size, .each = own_leaf, .context = &counting};
  note_free(&n);
  free(file.p);
  file.p = NULL;
  r->unsigned_ = false;
  ok = ok && read_file(r, note, NOTE_MAX, &file) && checkpoint_check(r, p, note, view(file.p, file.n), &n, &c);
  if (ok && c.size > b.size) ok = refused(r, "the tiles are older than the checkpoint", "タイルがチェックポイントより古いものです");
  b.mark = c.size;
  ok = ok && tiles_rebuild(r, &b);
  if (ok && memcmp(b.mark_root, c.root, HASH) != 0) ok = refused(r, "the root is not that of the checkpoint", "根がチェックポイントのものと異なります");
  to_hex(b.mark_root, HASH, root);
  if (ok) say(r, "rebuilt: %llu leaves, root %s", "再計算: 葉 %llu 件、根 %s", (unsigned long long)c.size, root);
  note_free(&n);
  free(file.p);
  policy_free(p);
  return ok;
}
