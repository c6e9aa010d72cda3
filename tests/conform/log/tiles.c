/* tiles.c -- a tiled log (c2sp.org/tlog-tiles): all of it is rebuilt from its entry bundles and compared file by file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "secure-store/merkle.h"
#include "secure-store/signed_note.h"
#include "tests/conform/log/cases.h"

enum { WIDTH = 256, LEAVES_MAX = 1 << 20, LEVELS = 8 };
typedef const uint8_t (*hashes)[MERKLE_HASH];

/* Keys of public logs whose vectors carry none; by origin. Source: README of transparency-dev/tessera testdata. */
static const char *const KNOWN_KEYS[] = {"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"};

struct tiled_log {
  struct tally *t;
  const char *id, *folder;
  struct note_key key;
  uint64_t size; /* of `checkpoint` */
  uint8_t (*leaf_hash)[MERKLE_HASH];
  uint8_t *bundle_bytes; /* all entries as they stand in the bundles */
  size_t *entry_end;     /* [size] where entry i ends in bundle_bytes */
};

static bool readable(const char *folder, const char *name, bool directory) {
  char path[LOG_PATH];
  struct stat s;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return stat(path, &s) == 0 && (directory ? S_ISDIR(s.st_mode) : S_ISREG(s.st_mode));
}
bool is_tiled_log(const char *folder) { return readable(folder, "checkpoint", false) && readable(folder, "tile", true); }
static uint8_t *read_in(const char *folder, const char *name, size_t *n) {
  char path[LOG_PATH];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return slurp(path, LOG_FILE_MAX, n);
}
static void verdict(struct tiled_log *g, const char *name, const char *differs) {
  char id[LOG_PATH];
  snprintf(id, sizeof id, "%s/%s", g->id, name);
  tally_add(g->t, id, differs ? FAILED : PASSED, differs);
}

/* --- the key, by the origin line of the checkpoint --- */
static bool find_key(struct tiled_log *g, const char *checkpoint) {
  size_t n = 0, origin = strcspn(checkpoint, "\n");
  char *vkey = (char *)read_in(g->folder, "vkey", &n);
  if (vkey) vkey[strcspn(vkey, "\r\n")] = 0;
  bool found = vkey && note_vkey_parse(vkey, &g->key, NULL) == E_OK;
  free(vkey);
  for (size_t i = 0; !found && i < sizeof KNOWN_KEYS / sizeof *KNOWN_KEYS; i++)
    found = note_vkey_parse(KNOWN_KEYS[i], &g->key, NULL) == E_OK && strlen(g->key.name) == origin && memcmp(g->key.name, checkpoint, origin) == 0;
  return found;
}

/* --- entries --- */
/* "x001/x234/067" */
static void index_text(uint64_t index, char out[64]) {
  char groups[64] = "";
  for (bool last = true; last || index > 0; last = false, index /= 1000) {
    char next[64];
    snprintf(next, sizeof next, last ? "%03u" : "x%03u/%s", (unsigned)(index % 1000), groups);
    snprintf(groups, sizeof groups, "%s", next);
  }
  snprintf(out, 64, "%s", groups);
}
static uint8_t *read_bundle(const struct tiled_log *g, uint64_t index, unsigned width, size_t *n) {
  char number[64], name[128];
  index_text(index, number);
  snprintf(name, sizeof name, "tile/entries/%s", number);
  if (width < WIDTH) snprintf(name, sizeof name, "tile/entries/%s.p/%u", number, width);
  return read_in(g->folder, name, n);
}
/* Entries of one bundle: big-endian u16 length, bytes. False unless exactly `width` entries fill it. */
static bool take_bundle(struct tiled_log *g, uint64_t first, unsigned width, const uint8_t *p, size_t n) {
  size_t at = 0, start = first ? g->entry_end[first - 1] : 0;
  g->bundle_bytes = realloc(g->bundle_bytes, start + n + 1);
  if (!g->bundle_bytes) abort();
  memcpy(g->bundle_bytes + start, p, n);
  for (unsigned i = 0; i < width; i++) {
    if (n - at < 2) return false;
    size_t length = (size_t)p[at] << 8 | p[at + 1];
    if (length > n - at - 2) return false;
    merkle_leaf_hash(p + at + 2, length, g->leaf_hash[first + i]);
    at += 2 + length;
    g->entry_end[first + i] = start + at;
  }
  return at == n;
}
static bool take_entries(struct tiled_log *g) {
  g->leaf_hash = calloc(g->size + 1, MERKLE_HASH);
  g->entry_end = calloc(g->size + 1, sizeof *g->entry_end);
  if (!g->leaf_hash || !g->entry_end) abort();
  for (uint64_t first = 0; first < g->size; first += WIDTH) {
    size_t n = 0;
    unsigned width = g->size - first < WIDTH ? (unsigned)(g->size - first) : WIDTH;
    uint8_t *p = read_bundle(g, first / WIDTH, width, &n);
    bool ok = p && take_bundle(g, first, width, p, n);
    free(p);
    if (!ok) return false;
  }
  return true;
}

/* --- checkpoints --- */
static const char *judge_checkpoint(struct tiled_log *g, char *note, size_t n) {
  struct checkpoint c, altered;
  struct merkle_proof proof;
  uint8_t root[MERKLE_HASH], last[MERKLE_HASH];
  if (checkpoint_verify(&g->key, str_view(note, n), &c, NULL)) return "does not verify";
  if (c.size > g->size) return "larger than the last checkpoint";
  merkle_root_of((hashes)g->leaf_hash, c.size, root);
  if (memcmp(root, c.root, MERKLE_HASH) != 0) return "another root";
  merkle_root_of((hashes)g->leaf_hash, g->size, last);
  if (merkle_consistency((hashes)g->leaf_hash, g->size, c.size, &proof) != (c.size > 0)) return "no consistency proof can be made";
  if (c.size > 0 && !merkle_verify_consistency(c.size, g->size, c.root, last, &proof)) return "not consistent with the last checkpoint";
  for (size_t i = 0; i < n; i++) {
    note[i] ^= 1;
    bool taken = checkpoint_verify(&g->key, str_view(note, n), &altered, NULL) == E_OK;
    note[i] ^= 1;
    if (taken) return "verifies with a bit flipped";
  }
  return NULL;
}

/* --- files below tile/ --- */
static bool digits3(const char *p) {
  for (int i = 0; i < 3; i++)
    if (p[i] < '0' || p[i] > '9') return false;
  return true;
}
/* The path after "tile/LEVEL/": index groups, then nothing (256 wide) or ".p/WIDTH". */
static bool tile_place(const char *p, uint64_t *index, unsigned *width) {
  for (*index = 0; *p == 'x'; p += 5) {
    if (!digits3(p + 1) || p[4] != '/' || *index > UINT32_MAX) return false;
    *index = *index * 1000 + (uint64_t)strtoul((char[]){p[1], p[2], p[3], 0}, NULL, 10);
  }
  if (!digits3(p)) return false;
  *index = *index * 1000 + (uint64_t)strtoul((char[]){p[0], p[1], p[2], 0}, NULL, 10);
  p += 3;
  *width = WIDTH;
  if (*p == 0) return true;
  char *end;
  if (strncmp(p, ".p/", 3) != 0 || p[3] < '1' || p[3] > '9') return false;
  unsigned long v = strtoul(p + 3, &end, 10);
  *width = (unsigned)v;
  return *end == 0 && v < WIDTH;
}
static const char *judge_bundle(const struct tiled_log *g, uint64_t first, unsigned width, const uint8_t *p, size_t n) {
  if (first + width > g->size) return "beyond the last checkpoint";
  size_t start = first ? g->entry_end[first - 1] : 0;
  return n == g->entry_end[first + width - 1] - start && memcmp(p, g->bundle_bytes + start, n) == 0 ? NULL : "other entries than the last bundle";
}
static const char *judge_tile(const struct tiled_log *g, int level, uint64_t first, unsigned width, const uint8_t *p, size_t n) {
  uint64_t span = 1ull << 8 * level;
  if (first + width > g->size / span) return "beyond the last checkpoint";
  if (n != (size_t)width * MERKLE_HASH) return "another length";
  for (unsigned i = 0; i < width; i++) {
    uint8_t hash[MERKLE_HASH];
    merkle_root_of((hashes)(g->leaf_hash + (first + i) * span), span, hash);
    if (memcmp(hash, p + (size_t)i * MERKLE_HASH, MERKLE_HASH) != 0) return "another hash";
  }
  return NULL;
}
static const char *judge_tile_file(const struct tiled_log *g, const char *below_tile, const uint8_t *p, size_t n) {
  uint64_t index;
  unsigned width;
  bool entries = strncmp(below_tile, "entries/", 8) == 0;
  const char *place = strchr(below_tile, '/');
  int level = below_tile[0] - '0';
  if (!place || !tile_place(place + 1, &index, &width)) return "no path of a tile";
  if (entries) return judge_bundle(g, index * WIDTH, width, p, n);
  if (place != below_tile + 1 || level < 0 || level >= LEVELS) return "no path of a tile";
  return judge_tile(g, level, index * WIDTH, width, p, n);
}
static void one_file(void *context, const char *path, const char *relative) {
  struct tiled_log *g = context;
  size_t n = 0;
  bool tile = strncmp(relative, "tile/", 5) == 0, checkpoint = strncmp(relative, "checkpoint", 10) == 0;
  if (!tile && !checkpoint) return;
  uint8_t *p = slurp(path, LOG_FILE_MAX, &n);
  if (!p) verdict(g, relative, "the file cannot be read");
  else verdict(g, relative, tile ? judge_tile_file(g, relative + 5, p, n) : judge_checkpoint(g, (char *)p, n));
  free(p);
}
void tiled_log_cases(struct tally *t, const char *id, const char *folder) {
  struct tiled_log g = {.t = t, .id = id, .folder = folder};
  struct checkpoint last;
  size_t n = 0;
  char *note = (char *)read_in(folder, "checkpoint", &n);
  if (!note || !find_key(&g, note)) verdict(&g, "checkpoint", "no key is known for this log: put it into a file vkey");
  else if (checkpoint_verify(&g.key, str_view(note, n), &last, NULL)) verdict(&g, "checkpoint", "does not verify");
  else if (last.size > LEAVES_MAX) tally_add(t, id, UNSUPPORTED, "more than 1048576 entries");
  else if (g.size = last.size, !take_entries(&g)) verdict(&g, "tile/entries", "a bundle is missing or malformed");
  else walk(folder, one_file, &g);
  free(note);
  free(g.leaf_hash);
  free(g.entry_end);
  free(g.bundle_bytes);
}
