#include "collector/ledger_books.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SHARDS = 1 << 20, MAX_BOOK_GAPS = 100000, MAX_NUMBERS = 1 << 24 };
static const char *const book_columns[2] = {"event_book_year", "event_book_no"};

struct book_shard {
  const char *form, *office;
  int64_t shard;
  bool asked; /* of the period that was asked about */
};
struct entry {
  int64_t year, number;
  bool asked;
};
struct books {
  struct store *s;
  struct arena *a;
  int64_t access, rows;
  struct book_shard *shards;
  int64_t n_shards;
  struct entry *entries; /* of the office and form in hand */
  int64_t n_entries, max_entries;
  struct ledger_book_gap *out;
  int64_t n;
};

static enum err_code list_shards(struct books *b, const char *survey, const char *period, struct err *e) {
  struct db_statement *q;
  bool row;
  b->shards = ARENA_ARRAY(b->a, struct book_shard, MAX_SHARDS);
  if (!b->shards) return ERR(e, E_NO_MEMORY, .subject = "event book");
  TRY(db_prepare(store_db(b->s),
      "SELECT d.form, h.sender, h.id, d.period = ?2 FROM dataset d JOIN shard h ON h.dataset_id = d.id WHERE d.survey = ?1 AND d.stage ="
      " 'received' AND EXISTS (SELECT 1 FROM segment g WHERE g.shard_id = h.id AND g.column_name = 'event_book_no')"
      " ORDER BY h.sender, d.form, h.id",
      &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  while (b->n_shards < MAX_SHARDS) {
    TRY(db_step(q, &row, e));
    if (!row) return E_OK;
    struct book_shard *h = &b->shards[b->n_shards++];
    *h = (struct book_shard){
        arena_strdup(b->a, db_text(q, 0).p, db_text(q, 0).n), arena_strdup(b->a, db_text(q, 1).p, db_text(q, 1).n), db_int(q, 2), db_int(q, 3) != 0};
    if (!h->form || !h->office) break;
  }
  db_reset(q);
  return ERR(e, E_CAP_EXCEEDED, .subject = "event book");
}

static enum err_code room(struct books *b, int64_t more, struct err *e) {
  int64_t wanted = b->n_entries + more;
  if (wanted <= b->max_entries) return E_OK;
  if (wanted > MAX_NUMBERS) return ERR(e, E_CAP_EXCEEDED, .subject = "event book");
  struct entry *p = realloc(b->entries, (size_t)wanted * 2 * sizeof *p);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "event book");
  b->entries = p;
  b->max_entries = wanted * 2;
  return E_OK;
}

static enum err_code read_shard(struct books *b, const struct book_shard *h, struct err *e) {
  struct arena_mark mark = arena_mark(b->a);
  struct table t;
  TRY(store_shard_read(b->s, h->shard, b->access, book_columns, 2, b->a, &t, e));
  int year = table_find(&t, book_columns[0]), number = table_find(&t, book_columns[1]);
  if (year < 0 || number < 0 || !t.columns[year].i64 || !t.columns[number].i64) return ERR(e, E_BATCH_RECORDS, .subject = book_columns[1]);
  TRY(room(b, t.n_rows, e));
  for (int64_t r = 0; r < t.n_rows; r++)
    if (value_present(t.columns[year].status[r]) && value_present(t.columns[number].status[r]))
      b->entries[b->n_entries++] = (struct entry){t.columns[year].i64[r], t.columns[number].i64[r], h->asked};
  b->rows += t.n_rows;
  arena_reset(b->a, mark);
  return E_OK;
}

static int by_number(const void *x, const void *y) {
  const struct entry *a = x, *b = y;
  if (a->year != b->year) return a->year < b->year ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

static enum err_code put(struct books *b, const struct book_shard *h, int64_t year, int64_t first, int64_t last, int64_t times, struct err *e) {
  if (b->n == MAX_BOOK_GAPS) return ERR(e, E_CAP_EXCEEDED, .subject = "event book");
  b->out[b->n++] = (struct ledger_book_gap){h->office, h->form, year, first, last, times};
  return E_OK;
}

/* Entries i..end are of one year, in number order. */
static enum err_code judge_year(struct books *b, const struct book_shard *h, int64_t i, int64_t end, struct err *e) {
  int64_t next = 1, year = b->entries[i].year;
  while (i < end) {
    int64_t number = b->entries[i].number, times = 0;
    for (; i < end && b->entries[i].number == number; i++) times++;
    if (number > next) TRY(put(b, h, year, next, number - 1, 0, e));
    if (times > 1) TRY(put(b, h, year, number, number, times, e));
    next = number + 1;
  }
  return E_OK;
}

static enum err_code judge(struct books *b, const struct book_shard *h, struct err *e) {
  if (b->n_entries) qsort(b->entries, (size_t)b->n_entries, sizeof *b->entries, by_number);
  for (int64_t i = 0, end; i < b->n_entries; i = end) {
    bool asked = false;
    for (end = i; end < b->n_entries && b->entries[end].year == b->entries[i].year; end++) asked |= b->entries[end].asked;
    if (asked) TRY(judge_year(b, h, i, end, e));
  }
  b->n_entries = 0;
  return E_OK;
}

static enum err_code each_office(struct books *b, struct err *e) {
  for (int64_t i = 0; i < b->n_shards; i++) {
    const struct book_shard *h = &b->shards[i];
    TRY(read_shard(b, h, e));
    bool last = i + 1 == b->n_shards || strcmp(h[1].office, h->office) || strcmp(h[1].form, h->form);
    if (last) TRY(judge(b, h, e));
  }
  return E_OK;
}

enum err_code ledger_books(
    struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_book_gap **out, int64_t *n, struct err *e) {
  struct books b = {.s = s, .a = a, .out = ARENA_ARRAY(a, struct ledger_book_gap, MAX_BOOK_GAPS)};
  struct log_entry entry = {.action = "data-read", .object = "ledger:event-book"};
  if (!b.out) return ERR(e, E_NO_MEMORY, .subject = "event book");
  TRY(list_shards(&b, survey, period, e));
  TRY(store_log_intent(s, &entry, &b.access, e));
  enum err_code code = each_office(&b, e);
  free(b.entries);
  entry.rows = b.rows;
  enum err_code logged = store_log_outcome(s, b.access, &entry, code == E_OK, code ? NULL : e);
  *out = b.out;
  *n = b.n;
  return code ? code : logged;
}
