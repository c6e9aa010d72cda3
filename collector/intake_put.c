/* intake_put.c -- one value at the end of its column, and the short cut for plain cells. Most cells of a large file are a few digits, or a text
 * that the same column had a moment ago. Digits are read eight at a time; of other short cells without a problem or repair the column remembers
 * what item_read made of them (a pure function of the item and the text), in a table that a later text overwrites. Whatever is not plain goes the
 * general way, cell by cell: tests/property/test_plain_cells.c compares the two. Memory: 128 KiB a column, 8 KiB for a small file. */
#include <string.h>

#include "collector/intake_impl.h"

enum { MEMO_BITS = 12, MEMO_BITS_SMALL = 8, SMALL_GROUP = 1 << 14, MEMO_TEXT = 15, DIGITS = 8 };

struct memo_entry {
  uint64_t low, high; /* the text, zero-padded; the last byte is its length */
  int64_t value;      /* number, or id in the column's dictionary */
  uint32_t group;     /* of a row group: dictionaries are made anew for each; 0 = free */
  uint8_t status;
};

struct plain_item {
  const struct item_reader *reader; /* NULL = the layout leaves the cell out */
  uint8_t *status;
  int64_t *i64;
  int32_t *code;
  uint64_t digits;  /* bit n: n digits are a number and nothing else */
  int64_t low, high;
  struct memo_entry *memo; /* [1 << memo_bits]: a text has two neighbours to be in, which share a cache line */
};
struct plain_items {
  uint32_t group;
  unsigned memo_bits;
  int64_t n;
  struct plain_item *items; /* [n] by cell */
  int64_t *left;            /* [n] cells of the row at hand for the general way */
};

/* --- the general way --- */

enum err_code cell_put(struct table *t, const struct item_reader *r, const struct cell_value *v, int64_t at, struct err *e) {
  struct column *c = &t->columns[r->column];
  c->status[at] = v->status;
  bool present = value_present(v->status);
  if (c->type == COL_INT) {
    c->i64[at] = present ? v->number : 0;
    return E_OK;
  }
  c->code[at] = !present ? 0 : v->code >= 0 && !r->own_dict ? v->code : dict_add(c->dict, v->text);
  return c->code[at] < 0 ? ERR(e, E_NO_MEMORY, .subject = r->item->name) : E_OK;
}

/* --- digits --- */

/* Eight bytes as an integer, the first byte lowest, whatever the machine. */
static inline uint64_t word_at(const char *p) {
  uint64_t v;
  memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  return v;
}

/* One to eight digits, of which more bytes than n may be read; false when one is none. The digits move to the end of the word, zeros before them; then
 * neighbours are joined: pairs, fours, eight. */
static inline bool eight_digits(const char *p, size_t n, int64_t *value) {
  const uint64_t zeros = 0x3030303030303030u;
  unsigned shift = (unsigned)(DIGITS - n) * 8;
  uint64_t v = word_at(p) << shift | (shift ? zeros >> (64 - shift) : 0);
  if ((v & 0xf0f0f0f0f0f0f0f0u) != zeros || ((v + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u) != zeros) return false;
  v -= zeros;
  v = v * 10 + (v >> 8);
  v = ((v & 0x000000ff000000ffu) * 0x000f424000000064u + ((v >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u) >> 32;
  *value = (int64_t)v;
  return true;
}

/* Lengths at which digits are the number they say: no declared sign is that long, nothing is scaled. */
static uint64_t plain_lengths(const struct item_reader *r) { return item_reads_plain_digits(r) ? UINT64_C(0x1fe) & ~r->missing_lengths : 0; }

/* --- what the column had --- */

static inline uint64_t mask_of(size_t n) { return n >= 8 ? UINT64_MAX : (UINT64_C(1) << n * 8) - 1; }

struct memo_key {
  uint64_t low, high;
};

static inline struct memo_key key_of(const char *text, size_t n) {
  return (struct memo_key){word_at(text) & mask_of(n), (n > 8 ? word_at(text + 8) & mask_of(n - 8) : 0) | (uint64_t)n << 56};
}

/* The first of the two neighbours. */
static inline size_t slot_of(const struct plain_items *items, struct memo_key k) {
  uint64_t mixed = (k.low ^ k.high * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return (size_t)(mixed >> (64 - items->memo_bits)) & ~(size_t)1;
}

static inline bool holds(const struct memo_entry *m, struct memo_key k, uint32_t group) {
  return m->low == k.low && m->high == k.high && m->group == group;
}

static inline bool put_one(const struct plain_items *items, const struct plain_item *p, struct str text, int64_t at) {
  int64_t value;
  if (text.n < 64 && p->digits >> text.n & 1) {
    if (!eight_digits(text.p, text.n, &value) || value < p->low || value > p->high) return false;
    p->i64[at] = value;
    p->status[at] = VAL_REPORTED;
    return true;
  }
  if (text.n > MEMO_TEXT) return false;
  struct memo_key key = key_of(text.p, text.n);
  const struct memo_entry *m = &p->memo[slot_of(items, key)];
  if (!holds(m, key, items->group) && !holds(++m, key, items->group)) return false;
  if (p->i64) p->i64[at] = m->value;
  else p->code[at] = (int32_t)m->value;
  p->status[at] = m->status;
  return true;
}

int64_t plain_put(const struct plain_items *items, const struct source_cell *cells, int64_t at, const int64_t **left) {
  int64_t n_left = 0;
  for (int64_t i = 0; i < items->n; i++) {
    const struct plain_item *p = &items->items[i];
    if (p->reader && !put_one(items, p, cells[i].text, at)) items->left[n_left++] = i;
  }
  *left = items->left;
  return n_left;
}

/* The first neighbour stays for the group, the second goes to whoever came last. */
void plain_remember(const struct plain_items *items, int64_t cell, struct str text, const struct cell_value *v, int64_t at) {
  const struct plain_item *p = &items->items[cell];
  if (text.n > MEMO_TEXT || v->problem || v->rules) return;
  struct memo_key key = key_of(text.p, text.n);
  struct memo_entry *m = &p->memo[slot_of(items, key)];
  if (m->group == items->group) m++;
  *m = (struct memo_entry){key.low, key.high, p->i64 ? p->i64[at] : p->code[at], items->group, p->status[at]};
}

/* --- for each row group --- */

static enum err_code make(
    struct arena *a, struct item_reader *const *by_cell, int64_t n_cells, unsigned memo_bits, struct plain_items **out, struct err *e) {
  struct plain_items *items = *out = ARENA_NEW(a, struct plain_items);
  if (items) {
    *items = (struct plain_items){.memo_bits = memo_bits, .n = n_cells};
    items->items = ARENA_ARRAY(a, struct plain_item, n_cells + 1);
    items->left = ARENA_ARRAY(a, int64_t, n_cells + 1);
  }
  if (!items || !items->items || !items->left) return ERR(e, E_NO_MEMORY, .subject = "columns");
  for (int64_t i = 0; i < n_cells; i++) {
    const struct item_reader *r = by_cell[i];
    struct plain_item *p = &items->items[i];
    if (!r) continue;
    *p = (struct plain_item){.reader = r, .digits = plain_lengths(r), .memo = ARENA_ARRAY(a, struct memo_entry, (size_t)1 << memo_bits)};
    if (!p->memo) return ERR(e, E_NO_MEMORY, .subject = r->item->name);
    item_range(r, &p->low, &p->high);
  }
  return E_OK;
}

enum err_code plain_start(struct arena *a, struct item_reader *const *by_cell, int64_t n_cells, const struct table *t, struct plain_items **items,
    struct err *e) {
  if (!*items) TRY(make(a, by_cell, n_cells, t->capacity < SMALL_GROUP ? MEMO_BITS_SMALL : MEMO_BITS, items, e));
  (*items)->group++;
  for (int64_t i = 0; i < n_cells; i++) {
    struct plain_item *p = &(*items)->items[i];
    if (!p->reader) continue;
    const struct column *c = &t->columns[p->reader->column];
    p->status = c->status;
    p->i64 = c->type == COL_INT ? c->i64 : NULL;
    p->code = c->code;
  }
  return E_OK;
}
