/* dict.c -- dictionary of texts for columns (declared in table.h): open addressing, ids by order of insertion.
 * The hash is salted with the dictionary's address, so that a prepared file cannot aim at one slot; ids never depend on it. */
#include <string.h>

#include "base/table.h"

struct dict {
  struct arena *arena;
  struct str *texts;
  int32_t n, capacity;
  int32_t *slots; /* id + 1, 0 = free; n_slots is a power of two, at most half full */
  uint32_t *tags; /* upper hash bits, compared before the text */
  uint64_t n_slots, salt;
};

static uint64_t fold(uint64_t a, uint64_t b) {
  __extension__ typedef unsigned __int128 wide;
  wide product = (wide)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_text(uint64_t salt, struct str s) {
  uint64_t h = salt ^ s.n, word;
  size_t at = 0;
  for (; s.n - at >= 8; at += 8) {
    memcpy(&word, s.p + at, 8);
    h = fold(h ^ word, 0x9e3779b97f4a7c15u);
  }
  word = 0;
  if (s.n > at) memcpy(&word, s.p + at, s.n - at);
  return fold(fold(h ^ word, 0xd6e8feb86659fd93u) ^ salt, 0xa0761d6478bd642fu);
}

static bool dict_slots(struct dict *d, uint64_t n_slots) {
  int32_t *slots = ARENA_ARRAY(d->arena, int32_t, n_slots);
  uint32_t *tags = ARENA_ARRAY(d->arena, uint32_t, n_slots);
  if (!slots || !tags) return false;
  for (int32_t id = 0; id < d->n; id++) {
    uint64_t h = hash_text(d->salt, d->texts[id]), at = h & (n_slots - 1);
    while (slots[at]) at = (at + 1) & (n_slots - 1);
    slots[at] = id + 1;
    tags[at] = (uint32_t)(h >> 32);
  }
  d->slots = slots;
  d->tags = tags;
  d->n_slots = n_slots;
  return true;
}

static bool dict_texts(struct dict *d, int32_t capacity) {
  struct str *texts = ARENA_ARRAY(d->arena, struct str, capacity);
  if (!texts) return false;
  if (d->n) memcpy(texts, d->texts, (size_t)d->n * sizeof *texts);
  d->texts = texts;
  d->capacity = capacity;
  return true;
}

struct dict *dict_new(struct arena *a) {
  struct dict *d = ARENA_NEW(a, struct dict);
  if (!d) return NULL;
  d->arena = a;
  d->salt = fold((uint64_t)(uintptr_t)d ^ 0x8ebc6af09c88c6e3u, 0x589965cc75374cc3u) | 1;
  return dict_texts(d, 16) && dict_slots(d, 64) ? d : NULL;
}

/* The slot of the text, or the free slot where it belongs. */
static uint64_t dict_slot(const struct dict *d, struct str text, uint64_t h) {
  uint64_t at = h & (d->n_slots - 1);
  while (d->slots[at] && !(d->tags[at] == (uint32_t)(h >> 32) && str_eq(d->texts[d->slots[at] - 1], text))) at = (at + 1) & (d->n_slots - 1);
  return at;
}

int32_t dict_find(const struct dict *d, struct str text) { return d->slots[dict_slot(d, text, hash_text(d->salt, text))] - 1; }

int32_t dict_add(struct dict *d, struct str text) {
  uint64_t h = hash_text(d->salt, text), at = dict_slot(d, text, h);
  if (d->slots[at]) return d->slots[at] - 1;
  if (d->n == INT32_MAX) return -1;
  if (d->n == d->capacity && !dict_texts(d, d->capacity > INT32_MAX / 2 ? INT32_MAX : d->capacity * 2)) return -1;
  if ((uint64_t)d->n * 2 >= d->n_slots) {
    if (!dict_slots(d, d->n_slots * 2)) return -1;
    at = dict_slot(d, text, h);
  }
  char *copy = arena_strdup(d->arena, text.p, text.n);
  if (!copy) return -1;
  d->texts[d->n] = (struct str){copy, text.n};
  d->tags[at] = (uint32_t)(h >> 32);
  d->slots[at] = ++d->n;
  return d->n - 1;
}

struct str dict_text(const struct dict *d, int32_t id) {
  return id >= 0 && id < d->n ? d->texts[id] : (struct str){"", 0};
}

int32_t dict_count(const struct dict *d) { return d->n; }
