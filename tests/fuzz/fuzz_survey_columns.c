/* The CSV file of a sample: any bytes are read into columns or refused with a place; codes lie within their levels. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/ext_csv.h"
#include "estimators/design/column_read.h"

static bool feed(const uint8_t *p, size_t n, csv_row_fn row, struct column_read *r) {
  static const struct csv_limits limits = {256, 1 << 16};
  struct csv_reader *reader;
  struct err e;
  if (csv_reader_new("data", &limits, ',', row, r, &reader, &e)) return false;
  const bool ok = csv_reader_feed(reader, (const char *)p, n, &e) == E_OK && csv_reader_end(reader, &e) == E_OK;
  csv_reader_free(reader);
  return ok;
}
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct column_read *r;
  struct survey_columns c;
  struct err e;
  if (a && column_read_new(a, "data", NULL, NULL, &r, &e) == E_OK && feed(p, n, column_read_scan, r) && column_read_begin(r, &e) == E_OK
      && feed(p, n, column_read_fill, r) && column_read_end(r, &c, &e) == E_OK)
    for (int k = 0; k < c.n_columns; k++)
      for (int64_t i = 0; c.column[k].code && i < c.n; i++)
        if (c.column[k].code[i] < -1 || c.column[k].code[i] >= c.column[k].n_levels) __builtin_trap();
  arena_free(a);
  return 0;
}
