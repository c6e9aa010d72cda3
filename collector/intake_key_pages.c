/* intake_key_pages.c -- tokens of record keys in the ledger, up to 160 of them in one row of table record_page: a B-tree's leaf packed by hand,
 * because a row a token costs SQLite more than all reading and typing of the record. A page holds the tokens from its `first` up to the next
 * page's, in order, 24 bytes each (token, number of the intake, line; little-endian); the first page of a stream begins at zero, so every token
 * has one page. 160 fit a database page without overflow. A page that overflows is cut into even pages, the last one into full ones: tokens come
 * in order, so a large file fills them. */
#include <string.h>

#include "collector/intake_impl.h"

enum { PAGE_ENTRIES = 160, ENTRY_BYTES = INTAKE_TOKEN + 8 };

struct key_page {
  int64_t id; /* 0 = not written yet */
  uint8_t first[INTAKE_TOKEN];
  size_t n;
  uint8_t entries[PAGE_ENTRIES * ENTRY_BYTES];
  bool bounded; /* another page follows, from `next` on */
  uint8_t next[INTAKE_TOKEN];
};

struct key_pages {
  struct db *db;
  int64_t stream;
  struct key_page page;
  uint8_t merged[(PAGE_ENTRIES + KEY_PAGES_BATCH) * ENTRY_BYTES];
};

struct key_pages *key_pages_new(struct arena *a, struct db *db, int64_t stream) {
  struct key_pages *p = ARENA_NEW(a, struct key_pages);
  if (!p) return NULL;
  p->db = db;
  p->stream = stream;
  return p;
}

static uint32_t number_at(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }

static void put_number(uint8_t *p, uint32_t v) {
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

/* --- one page --- */

static enum err_code read_page(const struct db_statement *q, struct key_page *out, struct err *e) {
  struct str first = db_blob(q, 1), entries = db_blob(q, 2);
  bool sound = first.n == INTAKE_TOKEN && entries.n % ENTRY_BYTES == 0 && entries.n <= sizeof out->entries;
  if (!sound) return ERR(e, E_DB_DAMAGED, .subject = "record_page", .expected = "at most 160 tokens of 24 bytes");
  out->id = db_int(q, 0);
  out->n = entries.n / ENTRY_BYTES;
  memcpy(out->first, first.p, INTAKE_TOKEN);
  if (entries.n) memcpy(out->entries, entries.p, entries.n);
  return E_OK;
}

/* The page the token belongs to; id 0 and nothing in it when the stream has none. */
static enum err_code load(struct key_pages *p, const uint8_t *token, struct err *e) {
  struct db_statement *q;
  bool row;
  p->page = (struct key_page){.id = 0};
  TRY(db_prepare(p->db, "SELECT id, first, entries FROM record_page WHERE stream = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1", &q, e));
  db_bind_int(q, 1, p->stream);
  db_bind_blob(q, 2, token, INTAKE_TOKEN);
  TRY(db_step(q, &row, e));
  enum err_code code = row ? read_page(q, &p->page, e) : E_OK;
  db_reset(q);
  return code;
}

static enum err_code load_bound(struct key_pages *p, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(p->db, "SELECT first FROM record_page WHERE stream = ?1 AND first > ?2 ORDER BY first LIMIT 1", &q, e));
  db_bind_int(q, 1, p->stream);
  db_bind_blob(q, 2, p->page.first, INTAKE_TOKEN);
  TRY(db_step(q, &p->page.bounded, e));
  struct str next = p->page.bounded ? db_blob(q, 0) : STR("");
  if (next.n == INTAKE_TOKEN) memcpy(p->page.next, next.p, INTAKE_TOKEN);
  db_reset(q);
  return p->page.bounded && next.n != INTAKE_TOKEN ? ERR(e, E_DB_DAMAGED, .subject = "record_page") : E_OK;
}

static enum err_code save(struct key_pages *p, int64_t id, const uint8_t *first, const uint8_t *entries, size_t n, struct err *e) {
  struct db_statement *q;
  static const char update[] = "UPDATE record_page SET entries = ?3 WHERE id = ?4";
  static const char insert[] = "INSERT INTO record_page(stream, first, entries) VALUES(?1, ?2, ?3)";
  TRY(db_prepare(p->db, id ? update : insert, &q, e));
  if (id) {
    db_bind_int(q, 4, id);
  } else {
    db_bind_int(q, 1, p->stream);
    db_bind_blob(q, 2, first, INTAKE_TOKEN);
  }
  db_bind_blob(q, 3, entries, n * ENTRY_BYTES);
  return db_execute(q, e);
}

/* --- looking --- */

enum err_code key_pages_find(struct key_pages *p, const uint8_t *token, bool *found, int64_t *intake, int64_t *line, struct err *e) {
  *found = false;
  TRY(load(p, token, e));
  size_t low = 0, high = p->page.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const uint8_t *entry = p->page.entries + middle * ENTRY_BYTES;
    int order = memcmp(entry, token, INTAKE_TOKEN);
    if (order == 0) {
      *found = true;
      *intake = number_at(entry + INTAKE_TOKEN);
      *line = number_at(entry + INTAKE_TOKEN + 4);
      return E_OK;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return E_OK;
}

/* --- adding --- */

static void put_entry(uint8_t *to, const struct key_entry *from, uint32_t intake) {
  memcpy(to, from->token, INTAKE_TOKEN);
  put_number(to + INTAKE_TOKEN, intake);
  put_number(to + INTAKE_TOKEN + 4, from->line);
}

/* Both in order; a token that is there already stays as it is. Returns how many are in `merged`. */
static size_t merge(struct key_pages *p, uint32_t intake, const struct key_entry *const *sorted, size_t n) {
  const uint8_t *old = p->page.entries, *end = old + p->page.n * ENTRY_BYTES;
  uint8_t *to = p->merged;
  for (size_t i = 0; i < n; i++) {
    for (; old < end && memcmp(old, sorted[i]->token, INTAKE_TOKEN) < 0; old += ENTRY_BYTES, to += ENTRY_BYTES) memcpy(to, old, ENTRY_BYTES);
    if (old < end && !memcmp(old, sorted[i]->token, INTAKE_TOKEN)) continue;
    put_entry(to, sorted[i], intake);
    to += ENTRY_BYTES;
  }
  if (end > old) memcpy(to, old, (size_t)(end - old));
  return ((size_t)(to - p->merged) + (size_t)(end - old)) / ENTRY_BYTES;
}

static enum err_code write_merged(struct key_pages *p, size_t n, struct err *e) {
  size_t pages = (n + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
  for (size_t k = 0, at = 0; k < pages; k++) {
    size_t until = p->page.bounded ? n * (k + 1) / pages : at + PAGE_ENTRIES < n ? at + PAGE_ENTRIES : n;
    const uint8_t *entries = p->merged + at * ENTRY_BYTES;
    TRY(save(p, k == 0 ? p->page.id : 0, k == 0 ? p->page.first : entries, entries, until - at, e));
    at = until;
  }
  return E_OK;
}

enum err_code key_pages_add(struct key_pages *p, int64_t intake, const struct key_entry *const *sorted, size_t n, struct err *e) {
  if (n > KEY_PAGES_BATCH || intake < 1 || intake > UINT32_MAX)
    return ERR(e, E_CAP_EXCEEDED, .subject = "record keys", .expected = "at most 4,294,967,295 intakes");
  for (size_t i = 0; i < n;) {
    size_t until = i + 1;
    TRY(load(p, sorted[i]->token, e));
    TRY(load_bound(p, e));
    while (until < n && (!p->page.bounded || memcmp(sorted[until]->token, p->page.next, INTAKE_TOKEN) < 0)) until++;
    TRY(write_merged(p, merge(p, (uint32_t)intake, sorted + i, until - i), e));
    i = until;
  }
  return E_OK;
}
