/* Any bytes as a message of a reading worker: refused, or a row or an end that can be written again with the same meaning. First byte: which of the
 * two. */
#include <stdlib.h>
#include <string.h>

#include "collector/read_apart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void row(const uint8_t *p, size_t n) {
  struct source_cell *cells = calloc(APART_CELLS_MAX, sizeof *cells), *again = calloc(APART_CELLS_MAX, sizeof *again);
  struct source_row r, back;
  struct strbuf out;
  strbuf_init(&out, 0);
  if (!cells || !again) abort();
  if (apart_row_parse(p, n, cells, &r)) {
    for (int64_t i = 0; i < r.n_cells; i++)
      if (!utf8_valid(cells[i].text.p, cells[i].text.n, NULL) || (r.plain && cells[i].flags)) abort();
    apart_row_write(&r, &out);
    if (!apart_row_parse((const uint8_t *)out.p, out.n, again, &back) || back.line != r.line || back.n_cells != r.n_cells || back.plain != r.plain)
      abort();
    for (int64_t i = 0; i < r.n_cells; i++)
      if (!str_eq(cells[i].text, again[i].text) || cells[i].flags != again[i].flags) abort();
  }
  strbuf_release(&out);
  free(cells);
  free(again);
}
static void end(const uint8_t *p, size_t n) {
  struct apart_end *e = calloc(1, sizeof *e);
  struct strbuf out;
  strbuf_init(&out, 0);
  if (!e) abort();
  if (apart_end_parse(p, n, e)) {
    apart_end_write(e, &out);
    if (out.n != n || memcmp(out.p, p, n) != 0) abort();
  }
  strbuf_release(&out);
  free(e);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  if (n > 0) (data[0] & 1 ? end : row)(data + 1, n - 1);
  return 0;
}
