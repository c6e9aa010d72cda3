/* sheet.h -- a published file as bare cells: UTF-8 or CP932, rows of any width, no header. */
#ifndef SHIRABE_TESTS_CONFORM_MLS_SHEET_H
#define SHIRABE_TESTS_CONFORM_MLS_SHEET_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct sheet {
  int64_t n_rows, capacity;
  struct str **cells;
  int64_t *n_cells;
};
bool sheet_read(struct arena *a, const char *path, struct sheet *out);
/* Trimmed; "" outside. */
struct str sheet_cell(const struct sheet *s, int64_t row, int64_t column);
/* "51,865,541 " is 51865541, and with tenths "17.4 " is 174 and "104" is 1040; false for "-", "*" and blanks. */
bool sheet_number(struct str s, bool tenths, int64_t *out);
bool str_contains(struct str s, const char *part);
#endif
