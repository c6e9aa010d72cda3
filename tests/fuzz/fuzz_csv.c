/* Any bytes: no crash, and the rows do not depend on how the bytes are cut into pieces. */
#include <stdlib.h>

#include "base/ext_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum err_code on_row(void *context, const struct csv_row *row, struct err *e) {
  (void)e;
  struct strbuf *b = context;
  strbuf_addf(b, "%lld", (long long)row->line);
  for (int64_t i = 0; i < row->n_cells; i++) csv_put(b, row->cells[i].text, false);
  strbuf_addc(b, '\n');
  return E_OK;
}

static void read_pieces(const char *p, size_t n, size_t piece, struct strbuf *rows, struct err *e) {
  const struct csv_limits limits = {.cells_per_row = 16, .bytes_per_row = 256};
  struct csv_reader *r;
  if (csv_reader_new("fuzz.csv", &limits, ',', on_row, rows, &r, e)) return;
  enum err_code code = E_OK;
  for (size_t at = 0; at < n && !code; at += piece) code = csv_reader_feed(r, p + at, n - at < piece ? n - at : piece, e);
  if (!code) code = csv_reader_end(r, e);
  csv_reader_free(r);
}

static void whole_table(const char *p, size_t n) {
  struct arena *a = arena_new(16 << 20);
  struct csv_table t;
  struct err e = {0};
  if (a && csv_table_parse(a, "fuzz.csv", p, n, &t, &e) == E_OK)
    for (int64_t row = 0; row < t.n_rows; row++)
      if (t.lines[row] < 1 || csv_table_cell(&t, row, (int)t.n_columns - 1).n > n) abort();
  arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct strbuf whole, pieces;
  struct err e1 = {0}, e2 = {0};
  strbuf_init(&whole, 0);
  strbuf_init(&pieces, 0);
  read_pieces((const char *)data, n, n ? n : 1, &whole, &e1);
  read_pieces((const char *)data, n, 3, &pieces, &e2);
  if (e1.code != e2.code || e1.line != e2.line || e1.column != e2.column) abort();
  if (!str_eq(str_view(strbuf_cstr(&whole), whole.n), str_view(strbuf_cstr(&pieces), pieces.n))) abort();
  whole_table((const char *)data, n);
  strbuf_release(&whole);
  strbuf_release(&pieces);
  return 0;
}
