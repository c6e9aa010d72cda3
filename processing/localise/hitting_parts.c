/* Independent errors in one record: hits that have no item in common fall into parts, and every choice of one cheapest set per part is a cheapest
 * set of the whole. So ten errors cost ten small searches instead of one over their product. */
#include <string.h>

#include "processing/localise/localise_impl.h"

bool hitting_parts_init(struct hitting *h, struct arena *a) {
  h->part = arena_alloc(a, (size_t)h->max_hits + 1, 64); /* written before read */
  h->sets = ARENA_ARRAY(a, struct part_sets, HITTING_MAX_PARTS);
  uint64_t *room = arena_alloc(a, (size_t)(HITTING_MAX_PARTS * HITTING_PART_KEPT) * (size_t)h->words * sizeof *room, 64);
  if (!h->part || !h->sets || !room) return false;
  for (int k = 0; k < HITTING_MAX_PARTS; k++) h->sets[k].set = room + (size_t)(k * HITTING_PART_KEPT) * (size_t)h->words;
  return true;
}
/* Grows each part from its first hit until nothing joins; what does not fit into HITTING_MAX_PARTS shares the last. */
void hitting_split(struct hitting *h) {
  const uint8_t none = HITTING_MAX_PARTS;
  uint64_t *items = h->chosen;
  memset(h->part, none, (size_t)h->n_hits);
  h->n_parts = 0;
  for (int first = 0; first < h->n_hits; first++) {
    if (h->part[first] != none) continue;
    const int part = h->n_parts < HITTING_MAX_PARTS ? h->n_parts++ : HITTING_MAX_PARTS - 1;
    memset(items, 0, (size_t)h->words * sizeof *items);
    for (int w = 0; w < h->words; w++) items[w] = h->hit[(size_t)first * (size_t)h->words + (size_t)w];
    h->part[first] = (uint8_t)part;
    for (bool grown = true; grown;) {
      grown = false;
      for (int k = first + 1; k < h->n_hits; k++) {
        const uint64_t *hit = h->hit + (size_t)k * (size_t)h->words;
        if (h->part[k] != none || !bits_meet(hit, items, h->words)) continue;
        for (int w = 0; w < h->words; w++) items[w] |= hit[w];
        h->part[k] = (uint8_t)part;
        grown = true;
      }
    }
  }
  memset(items, 0, (size_t)h->words * sizeof *items);
}
bool hitting_search_parts(struct hitting *h) {
  bool done = true;
  for (int part = 0; done && part < h->n_parts; part++) {
    struct part_sets *to = &h->sets[part];
    h->only = part;
    done = hitting_search_one(h);
    to->n = h->n_kept < HITTING_PART_KEPT ? h->n_kept : HITTING_PART_KEPT;
    to->more = h->more || to->n < h->n_kept;
    to->cost = h->best;
    for (int k = 0; k < to->n; k++)
      for (int w = 0; w < h->words; w++) to->set[(size_t)k * (size_t)h->words + (size_t)w] = h->kept[k].set[w] & ~h->forced[w];
  }
  h->only = -1;
  return done;
}
static void choose(struct hitting *h, const int *choice) {
  memset(h->chosen, 0, (size_t)h->words * sizeof *h->chosen);
  for (int part = 0; part < h->n_parts; part++)
    for (int w = 0; w < h->words; w++) h->chosen[w] |= h->sets[part].set[(size_t)choice[part] * (size_t)h->words + (size_t)w];
}
bool hitting_combine(struct hitting *h) {
  int choice[HITTING_MAX_PARTS] = {0};
  int64_t cost = 0, product = 1;
  bool more = false;
  if (!hitting_search_parts(h)) return false;
  hitting_begin(h);
  for (int part = 0; part < h->n_parts; part++) {
    if (h->sets[part].n == 0) return true;
    cost += h->sets[part].cost;
    more = more || h->sets[part].more;
    product = product > HITTING_MAX_PRODUCT ? product : product * h->sets[part].n;
  }
  if (cost > h->limit) return true;
  if (more || product > HITTING_MAX_PRODUCT) product = 1;
  for (int64_t k = 0; k < product; k++) {
    choose(h, choice);
    hitting_keep(h, cost);
    for (int part = 0; part < h->n_parts && ++choice[part] == h->sets[part].n; part++) choice[part] = 0;
  }
  h->more = h->more || more;
  memset(h->chosen, 0, (size_t)h->words * sizeof *h->chosen);
  return true;
}
