/* intake_codes.c -- look-up of codes by text: codes of up to eight bytes sit in a small open-addressed table keyed by their bytes; longer ones are searched
 * in the sorted list. */
#include <string.h>

#include "collector/intake_impl.h"
#include "forms/code_structure.h"

struct code_slot {
  uint64_t key; /* bytes of the code, zero-padded; codes hold no NUL */
  int32_t code; /* index in the list + 1, 0 = free */
  int32_t id;
};

static uint64_t key_of(struct str text) {
  uint64_t key = 0;
  if (text.n == 1) return (uint8_t)*text.p;
  memcpy(&key, text.p, text.n);
  return key;
}
static uint64_t slot_of(uint64_t key) { return (key * 0x9e3779b97f4a7c15u) >> 32; }

static bool all_digits(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return s.n > 0;
}

static bool is_wildcard(const struct code *c) { return str_eq(c->code, STR("*")); }

static void note_shape(struct code_index *ix) {
  bool digits = true;
  ix->check_digits = ix->list->n_codes > 0;
  for (int64_t i = 0; i < ix->list->n_codes; i++) {
    const struct code *c = &ix->list->codes[i];
    if (is_wildcard(c)) continue;
    digits = digits && all_digits(c->code);
    if ((int)c->code.n > ix->width) ix->width = (int)c->code.n;
    ix->check_digits = ix->check_digits && c->code.n == 6 && municipality_check_digit_valid(c->code);
    ix->dated = ix->dated || c->valid_from != INT64_MIN || c->valid_to != INT64_MAX;
  }
  if (!digits) ix->width = 0;
}

static void insert(struct code_index *ix, struct str text, int64_t i, int32_t id) {
  uint64_t key = key_of(text), at = slot_of(key) & ix->mask;
  while (ix->slots[at].code && ix->slots[at].key != key) at = (at + 1) & ix->mask;
  if (!ix->slots[at].code) ix->slots[at] = (struct code_slot){key, (int32_t)i + 1, id};
}

enum err_code code_index_new(struct arena *a, const struct codelist *list, struct code_index **out, struct err *e) {
  struct code_index *ix = ARENA_NEW(a, struct code_index);
  uint64_t n = 16;
  while (n < (uint64_t)list->n_codes * 2) n *= 2;
  int32_t n_ids = dict_count(list->dict);
  if (ix) {
    *ix = (struct code_index){.list = list, .mask = n - 1, .slots = ARENA_ARRAY(a, struct code_slot, n), .first = ARENA_ARRAY(a, int32_t, n_ids + 1)};
  }
  if (!ix || !ix->slots || !ix->first) return ERR(e, E_NO_MEMORY, .subject = list->name);
  note_shape(ix);
  for (int64_t i = 0; i < list->n_codes; i++) {
    int32_t id = dict_find(list->dict, list->codes[i].code);
    if (id < 0 || is_wildcard(&list->codes[i])) continue;
    if (list->codes[i].code.n <= 8) insert(ix, list->codes[i].code, i, id);
  }
  /* Ids and codes are both in the order of the codes' texts, so the codes of one id stand together. */
  int64_t i = 0;
  for (int32_t id = 0; id < n_ids; id++) {
    while (i < list->n_codes && !str_eq(list->codes[i].code, dict_text(list->dict, id))) i++;
    ix->first[id] = (int32_t)i;
    while (i < list->n_codes && str_eq(list->codes[i].code, dict_text(list->dict, id))) i++;
  }
  ix->first[n_ids] = (int32_t)i;
  *out = ix;
  return E_OK;
}

const struct code *code_index_find(const struct code_index *ix, struct str text, int32_t *id) {
  if (text.n > 8) {
    const struct code *c = codelist_find(ix->list, text, INT64_MIN);
    if (c) *id = dict_find(ix->list->dict, text);
    return c;
  }
  uint64_t key = key_of(text), at = slot_of(key) & ix->mask;
  for (; ix->slots[at].code; at = (at + 1) & ix->mask) {
    if (ix->slots[at].key != key) continue;
    *id = ix->slots[at].id;
    return &ix->list->codes[ix->slots[at].code - 1];
  }
  return NULL;
}

bool code_index_valid_on(const struct code_index *ix, int32_t id, int64_t day) {
  for (int32_t i = ix->first[id]; i < ix->first[id + 1]; i++)
    if (ix->list->codes[i].valid_from <= day && day <= ix->list->codes[i].valid_to) return true;
  return false;
}

bool code_index_has_label(const struct code_index *ix, struct str text) {
  struct str s = str_trim(text);
  for (int64_t i = 0; s.n > 0 && i < ix->list->n_codes; i++)
    if (str_eq(ix->list->codes[i].label_ja, s) || str_eq(ix->list->codes[i].label_en, s)) return true;
  return false;
}
