#include "tests/conform/mls/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "collector/decode_cp932.h"
#include "tests/conform/common/tally.h"

enum { MAX_BYTES = 64 << 20 };
struct reader {
  struct arena *a;
  struct sheet *s;
};

static enum err_code keep_row(void *context, const struct csv_row *row, struct err *e) {
  struct reader *r = context;
  struct sheet *s = r->s;
  if (s->n_rows == s->capacity) {
    int64_t more = s->capacity ? 2 * s->capacity : 1024;
    s->cells = realloc(s->cells, sizeof *s->cells * (size_t)more);
    s->n_cells = realloc(s->n_cells, sizeof *s->n_cells * (size_t)more);
    if (!s->cells || !s->n_cells) return ERR(e, E_NO_MEMORY, .subject = "sheet");
    s->capacity = more;
  }
  struct str *cells = ARENA_ARRAY(r->a, struct str, row->n_cells + 1);
  for (int64_t c = 0; c < row->n_cells; c++) {
    struct str t = row->cells[c].text;
    cells[c] = (struct str){arena_strdup(r->a, t.p, t.n), t.n};
  }
  s->cells[s->n_rows] = cells;
  s->n_cells[s->n_rows++] = row->n_cells;
  return E_OK;
}
static uint8_t *decoded(uint8_t *p, size_t *n) {
  struct cp932 table;
  struct err e;
  bool bad = false;
  size_t out_n = 0;
  if (utf8_valid((char *)p, *n, NULL)) return p;
  char *out = malloc(3 * *n + 1);
  if (!out || cp932_init(&table, &e)) abort();
  cp932_decode(&table, p, *n, out, &out_n, &bad);
  free(p);
  *n = out_n;
  return (uint8_t *)out;
}
bool sheet_read(struct arena *a, const char *path, struct sheet *out) {
  struct csv_reader *csv = NULL;
  struct reader r = {a, out};
  struct err e;
  size_t n;
  *out = (struct sheet){.n_rows = 0};
  uint8_t *p = slurp(path, MAX_BYTES, &n);
  if (!p) return false;
  p = decoded(p, &n);
  size_t mark = n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3) ? 3 : 0;
  bool good = csv_reader_new(path, NULL, ',', keep_row, &r, &csv, &e) == E_OK && csv_reader_feed(csv, (char *)p + mark, n - mark, &e) == E_OK
      && csv_reader_end(csv, &e) == E_OK;
  csv_reader_free(csv);
  free(p);
  return good;
}
struct str sheet_cell(const struct sheet *s, int64_t row, int64_t column) {
  if (row < 0 || row >= s->n_rows || column < 0 || column >= s->n_cells[row]) return STR("");
  return str_trim(s->cells[row][column]);
}
bool sheet_number(struct str s, bool tenths, int64_t *out) {
  int64_t v = 0;
  bool digits = false, minus = s.n > 1 && s.p[0] == '-';
  int decimals = -1;
  for (size_t i = minus; i < s.n; i++) {
    if (s.p[i] == '.' && decimals < 0) decimals = 0;
    else if (s.p[i] >= '0' && s.p[i] <= '9') {
      v = v * 10 + (s.p[i] - '0');
      digits = true;
      if (decimals >= 0) decimals++;
    } else if (s.p[i] != ',' && s.p[i] != ' ') return false;
  }
  if (decimals > tenths) return false;
  *out = (tenths && decimals < 1 ? v * 10 : v) * (minus ? -1 : 1);
  return digits;
}
bool str_contains(struct str s, const char *part) { return memmem(s.p, s.n, part, strlen(part)) != NULL; }
