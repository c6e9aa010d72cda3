/* Minimum weighted hitting sets by depth-first branch and bound: of the hits not yet met take the one with the fewest allowed items, try these
 * from the cheapest on, ban those already tried. Every set of least cost is met exactly once because weights are positive. */
#include <string.h>

#include "processing/localise/localise_impl.h"

bool hitting_init(struct hitting *h, struct arena *a, int n_items, int max_hits, int max_kept) {
  const int words = n_items > 0 ? (n_items + 63) / 64 : 1;
  *h = (struct hitting){.words = words, .n_items = n_items, .max_hits = max_hits, .max_kept = max_kept, .levels = n_items + 2};
  h->hit = arena_alloc(a, ((size_t)max_hits * (size_t)words + 1) * sizeof *h->hit, 64); /* written before read */
  h->least = arena_alloc(a, ((size_t)max_hits + 1) * sizeof *h->least, 64);
  h->forced = ARENA_ARRAY(a, uint64_t, words);
  h->allowed = ARENA_ARRAY(a, uint64_t, words);
  h->chosen = ARENA_ARRAY(a, uint64_t, words);
  h->banned = ARENA_ARRAY(a, uint64_t, (int64_t)h->levels * words);
  h->kept = ARENA_ARRAY(a, struct candidate, max_kept + 1);
  uint64_t *sets = ARENA_ARRAY(a, uint64_t, (int64_t)(max_kept + 1) * words);
  if (!h->hit || !h->least || !h->forced || !h->allowed || !h->chosen || !h->banned || !h->kept || !sets) return false;
  for (int k = 0; k <= max_kept; k++) h->kept[k].set = sets + (size_t)k * (size_t)words;
  h->only = -1;
  return hitting_parts_init(h, a);
}
bool hitting_add(struct hitting *h, const uint64_t *support) {
  if (h->n_hits == h->max_hits) return false;
  uint64_t *to = h->hit + (size_t)h->n_hits * (size_t)h->words;
  int64_t least = LOCALISE_NEVER;
  for (int w = 0; w < h->words; w++) {
    to[w] = support[w] & h->allowed[w];
    for (uint64_t left = to[w]; left; left &= left - 1) {
      const int64_t cost = h->weight[w * 64 + __builtin_ctzll(left)];
      least = cost < least ? cost : least;
    }
  }
  h->least[h->n_hits++] = least;
  return true;
}
static uint64_t mix(uint64_t z) { /* finaliser of SplitMix64 (Steele, Lea and Flood 2014) */
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
uint64_t set_hash(uint64_t unit_hash, const uint64_t *key, const uint64_t *set, int words) {
  uint64_t sum = 0;
  for (int w = 0; w < words; w++)
    for (uint64_t left = set[w]; left; left &= left - 1) sum ^= key[w * 64 + __builtin_ctzll(left)];
  return mix(mix(sum + 0x9e3779b97f4a7c15u) ^ unit_hash);
}
static int64_t priority_of(const struct hitting *h, const uint64_t *set) {
  int64_t sum = 0;
  for (int w = 0; h->priority && w < h->words; w++)
    for (uint64_t left = set[w]; left; left &= left - 1) sum += h->priority[w * 64 + __builtin_ctzll(left)];
  return sum;
}
static bool before(const struct candidate *a, const struct candidate *b, int words) {
  if (a->priority != b->priority) return a->priority < b->priority;
  if (a->hash != b->hash) return a->hash < b->hash;
  for (int w = 0; w < words; w++)
    if (a->set[w] != b->set[w]) return a->set[w] < b->set[w];
  return false;
}
/* Keeps the first max_kept in order; the place after the last is scratch. */
void hitting_keep(struct hitting *h, int64_t cost) {
  if (cost < h->best) {
    h->best = cost;
    h->n_kept = 0;
    h->more = false;
  }
  struct candidate c = h->kept[h->n_kept];
  for (int w = 0; w < h->words; w++) c.set[w] = h->chosen[w] | h->forced[w];
  c.priority = priority_of(h, c.set);
  c.hash = set_hash(h->unit_hash, h->key, c.set, h->words);
  int at = h->n_kept;
  for (; at > 0 && before(&c, &h->kept[at - 1], h->words); at--) h->kept[at] = h->kept[at - 1];
  h->kept[at] = c;
  if (h->n_kept < h->max_kept)
    h->n_kept++;
  else
    h->more = true;
}
/* The unmet hit with the fewest allowed items (-1: none), and a bound on what the unmet ones cost: hits without a common item cost at least their
   sum. */
static int hardest(const struct hitting *h, const uint64_t *banned, int64_t *bound) {
  int at = -1, fewest = h->n_items + 1;
  *bound = 0;
  for (int k = 0; k < h->n_hits; k++) {
    const uint64_t *hit = h->hit + (size_t)k * (size_t)h->words;
    if ((h->only >= 0 && h->part[k] != h->only) || bits_meet(hit, h->chosen, h->words)) continue;
    int n = 0;
    for (int w = 0; w < h->words; w++) n += __builtin_popcountll(hit[w] & ~banned[w]);
    if (n < fewest) {
      fewest = n;
      at = k;
    }
    *bound = h->least[k] > *bound ? h->least[k] : *bound;
  }
  if (at >= 0 && fewest == 0) *bound = LOCALISE_NEVER;
  return at;
}
static int cheapest(const struct hitting *h, const uint64_t *hit, const uint64_t *banned) {
  int at = -1;
  for (int w = 0; w < h->words; w++)
    for (uint64_t left = hit[w] & ~banned[w]; left; left &= left - 1) {
      const int j = w * 64 + __builtin_ctzll(left);
      if (at < 0 || h->weight[j] < h->weight[at]) at = j;
    }
  return at;
}
static bool search(struct hitting *h, int level, int64_t cost) {
  uint64_t *banned = h->banned + (size_t)level * (size_t)h->words, *below = banned + h->words;
  int64_t bound;
  if (++h->nodes > h->max_nodes) return false;
  const int at = hardest(h, banned, &bound);
  const int64_t most = h->best < h->limit ? h->best : h->limit;
  if (cost > most || bound > most - cost) return true;
  if (at < 0) return hitting_keep(h, cost), true;
  const uint64_t *hit = h->hit + (size_t)at * (size_t)h->words;
  for (int j; (j = cheapest(h, hit, banned)) >= 0; bit_add(banned, j)) {
    if (cost + h->weight[j] > (h->best < h->limit ? h->best : h->limit)) return true;
    bit_add(h->chosen, j);
    memcpy(below, banned, (size_t)h->words * sizeof *below);
    const bool done = search(h, level + 1, cost + h->weight[j]);
    bit_drop(h->chosen, j);
    if (!done) return false;
  }
  return true;
}
void hitting_begin(struct hitting *h) {
  h->n_kept = 0;
  h->more = false;
  h->best = LOCALISE_NEVER;
  memset(h->chosen, 0, (size_t)h->words * sizeof *h->chosen);
}
bool hitting_search_one(struct hitting *h) {
  hitting_begin(h);
  memset(h->banned, 0, (size_t)h->words * sizeof *h->banned);
  const bool done = search(h, 0, 0);
  memset(h->chosen, 0, (size_t)h->words * sizeof *h->chosen);
  return done;
}
/* Parts cost nothing to find, but with few of them the plain search is quick. */
bool hitting_search(struct hitting *h) {
  h->only = -1;
  h->n_parts = 1;
  if (h->n_hits >= HITTING_MANY_PARTS) hitting_split(h);
  return h->n_parts >= HITTING_MANY_PARTS ? hitting_combine(h) : hitting_search_one(h);
}
