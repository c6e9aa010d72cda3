/* read_apart_message.c -- rows, and the end of a reading, as bytes between a worker and its parent; see read_apart.h. */
#include <string.h>

#include "base/bytes.h"
#include "collector/read_apart.h"
#include "secure-store/sandbox_message.h"

enum { KNOWN_FLAGS = (SOURCE_CELL_CUT << 1) - 1 };

/* --- rows: line u64, plain u8, then for each cell u32 length, u16 flags; then all texts --- */
void apart_row_write(const struct source_row *row, struct strbuf *out) {
  bytes_put_u64(out, (uint64_t)row->line);
  bytes_put_u8(out, row->plain);
  bytes_put_u16(out, (uint16_t)row->n_cells);
  for (int64_t i = 0; i < row->n_cells; i++) {
    bytes_put_u32(out, (uint32_t)row->cells[i].text.n);
    bytes_put_u16(out, (uint16_t)row->cells[i].flags);
  }
  for (int64_t i = 0; i < row->n_cells; i++) strbuf_add(out, row->cells[i].text.p, row->cells[i].text.n);
}
bool apart_row_parse(const uint8_t *p, size_t n, struct source_cell *cells, struct source_row *out) {
  struct bytes_reader in;
  bytes_reader_init(&in, p, n);
  *out = (struct source_row){.cells = cells, .line = (int64_t)bytes_u64(&in)};
  uint8_t plain = bytes_u8(&in);
  out->n_cells = bytes_u16(&in);
  if (in.failed || plain > 1 || out->line < 1 || out->n_cells < 1 || out->n_cells > APART_CELLS_MAX) return false;
  unsigned flags = 0;
  for (int64_t i = 0; i < out->n_cells; i++) {
    cells[i] = (struct source_cell){{NULL, bytes_u32(&in)}, bytes_u16(&in)};
    flags |= cells[i].flags;
  }
  for (int64_t i = 0; i < out->n_cells && !in.failed; i++) {
    cells[i].text.p = (const char *)bytes_take(&in, cells[i].text.n);
    if (!cells[i].text.n) cells[i].text.p = (const char *)p; /* nowhere is not a place */
    if (!in.failed && !utf8_valid(cells[i].text.p, cells[i].text.n, NULL)) return false;
  }
  out->plain = plain == 1 && flags == 0;
  return !in.failed && bytes_left(&in) == 0 && flags <= KNOWN_FLAGS;
}

/* --- the end --- */
enum { NUMBERS = 15 };
static void numbers_of(const struct sheet_report *r, int64_t out[NUMBERS]) {
  const int64_t all[NUMBERS] = {r->date1904, r->n_sheets, r->hidden_sheets, r->other_sheets, r->hidden_rows, r->hidden_columns, r->skipped_rows,
      r->hidden_line, r->merged, r->merged_values, r->merged_line, r->serials, r->rewritten, r->rewritten_line, r->errors};
  memcpy(out, all, sizeof all);
}
static void report_of(const int64_t n[NUMBERS], int64_t formulas, struct sheet_report *r) {
  *r = (struct sheet_report){.date1904 = n[0] == 1,
      .n_sheets = n[1],
      .hidden_sheets = n[2],
      .other_sheets = n[3],
      .hidden_rows = n[4],
      .hidden_columns = n[5],
      .skipped_rows = n[6],
      .hidden_line = n[7],
      .merged = n[8],
      .merged_values = n[9],
      .merged_line = n[10],
      .serials = n[11],
      .rewritten = n[12],
      .rewritten_line = n[13],
      .errors = n[14],
      .formulas = formulas};
}
void apart_end_write(const struct apart_end *end, struct strbuf *out) {
  int64_t numbers[NUMBERS];
  numbers_of(&end->report, numbers);
  for (int i = 0; i < NUMBERS; i++) bytes_put_u64(out, (uint64_t)numbers[i]);
  bytes_put_u64(out, (uint64_t)end->report.formulas);
  sandbox_put_text(out, end->sheet);
  sandbox_put_error(out, &end->error);
}
bool apart_end_parse(const uint8_t *p, size_t n, struct apart_end *out) {
  struct bytes_reader in;
  int64_t numbers[NUMBERS];
  memset(out, 0, sizeof *out);
  bytes_reader_init(&in, p, n);
  for (int i = 0; i < NUMBERS; i++) {
    numbers[i] = (int64_t)bytes_u64(&in);
    in.failed = in.failed || numbers[i] < 0;
  }
  int64_t formulas = (int64_t)bytes_u64(&in);
  report_of(numbers, formulas, &out->report);
  sandbox_take_text(&in, out->sheet, sizeof out->sheet);
  sandbox_take_error(&in, &out->error);
  return !in.failed && bytes_left(&in) == 0 && formulas >= 0 && numbers[0] <= 1;
}
