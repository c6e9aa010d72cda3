/* table.c -- see table.h. */
#include "base/table.h"

#include <string.h>

#include "base/date.h"
#include "base/json_out.h"

enum { PAD_ROWS = 64 };

const char *value_status_name(uint8_t status) {
  static const char *const names[VAL_STATUS_COUNT] = {
      "reported", "corrected", "imputed", "derived", "blank", "not_applicable", "unknown", "refused", "invalid", "suppressed", "below_unit", "small_base",
      "impossible", "not_available", "part_unknown"};
  return status < VAL_STATUS_COUNT ? names[status] : "?";
}

bool missing_reason_parse(struct str name, uint8_t *status) {
  for (int k = VAL_BLANK; k < VAL_STATUS_COUNT; k++) {
    if (k == VAL_INVALID || !str_eq(name, str_of(value_status_name((uint8_t)k)))) continue;
    *status = (uint8_t)k;
    return true;
  }
  return false;
}

static void *regrow(struct arena *a, const void *old, int64_t n_rows, int64_t capacity, size_t element_bytes) {
  void *p = arena_array(a, (size_t)capacity, element_bytes);
  if (p && old && n_rows > 0) memcpy(p, old, (size_t)n_rows * element_bytes);
  return p;
}

/* Arrays of the new size; the column is changed only when all could be made. */
static bool column_grow(struct arena *a, struct column *c, int64_t n_rows, int64_t capacity) {
  struct column grown = *c;
  grown.status = regrow(a, c->status, n_rows, capacity, sizeof *c->status);
  bool ok = grown.status != NULL;
  switch (c->type) {
  case COL_INT: ok = ok && (grown.i64 = regrow(a, c->i64, n_rows, capacity, sizeof *c->i64)); break;
  case COL_REAL: ok = ok && (grown.real = regrow(a, c->real, n_rows, capacity, sizeof *c->real)); break;
  case COL_CODE:
  case COL_TEXT: ok = ok && (grown.code = regrow(a, c->code, n_rows, capacity, sizeof *c->code)); break;
  }
  if (ok) *c = grown;
  return ok;
}

static int64_t padded(int64_t rows) {
  if (rows > INT64_MAX - PAD_ROWS) return INT64_MAX / PAD_ROWS * PAD_ROWS;
  return rows <= 0 ? PAD_ROWS : (rows + PAD_ROWS - 1) / PAD_ROWS * PAD_ROWS;
}

enum err_code table_init(struct table *t, struct arena *a, const struct column *columns, int n_columns, int64_t capacity, struct err *e) {
  struct table made = {.arena = a, .n_columns = n_columns, .capacity = padded(capacity)};
  made.columns = ARENA_ARRAY(a, struct column, n_columns);
  if (!made.columns) return ERR(e, E_NO_MEMORY, .subject = "table");
  for (int k = 0; k < n_columns; k++) {
    struct column *c = &made.columns[k];
    *c = columns[k];
    c->i64 = NULL, c->code = NULL, c->real = NULL, c->status = NULL;
    if (!c->unit) c->unit = "";
    bool coded = c->type == COL_CODE || c->type == COL_TEXT;
    if (coded && !c->dict) c->dict = dict_new(a);
    if ((coded && !c->dict) || !column_grow(a, c, 0, made.capacity)) return ERR(e, E_NO_MEMORY, .subject = c->name);
  }
  *t = made;
  return E_OK;
}

enum err_code table_reserve(struct table *t, int64_t capacity, struct err *e) {
  if (capacity <= t->capacity) return E_OK;
  int64_t doubled = t->capacity <= INT64_MAX / 2 ? t->capacity * 2 : INT64_MAX;
  int64_t wanted = padded(capacity > doubled ? capacity : doubled);
  for (int k = 0; k < t->n_columns; k++)
    if (!column_grow(t->arena, &t->columns[k], t->n_rows, wanted)) return ERR(e, E_NO_MEMORY, .subject = t->columns[k].name);
  t->capacity = wanted;
  return E_OK;
}

int table_find(const struct table *t, const char *name) {
  for (int k = 0; k < t->n_columns; k++)
    if (strcmp(t->columns[k].name, name) == 0) return k;
  return -1;
}

struct column *table_column(struct table *t, const char *name) {
  int k = table_find(t, name);
  return k < 0 ? NULL : &t->columns[k];
}

static struct str decimal_text(int64_t value, int decimals, char *buffer, size_t size) {
  struct strbuf b = {.p = buffer, .capacity = size, .max = size - 1}; /* capacity = max + 1: never grows */
  strbuf_add_decimal(&b, value, decimals);
  return b.failed ? (struct str){"", 0} : (struct str){buffer, b.n};
}

struct str column_text(const struct column *c, int64_t row, char *buffer, size_t size) {
  if (!value_present(c->status[row])) return (struct str){"", 0};
  if (c->type == COL_CODE || c->type == COL_TEXT) return dict_text(c->dict, c->code[row]);
  if (size < 64) return (struct str){"", 0};
  if (c->type == COL_INT && !c->is_date) return decimal_text(c->i64[row], c->decimals, buffer, size);
  if (c->type == COL_INT) date_format_iso(c->i64[row], buffer);
  else real_format(c->real[row], buffer);
  return str_of(buffer);
}

void table_drop_rows(struct table *t, const uint8_t *bits) {
  int64_t kept = t->n_rows;
  for (int k = 0; k < t->n_columns; k++) {
    struct column *c = &t->columns[k];
    kept = 0;
    for (int64_t i = 0; i < t->n_rows; i++) {
      if (bits[i / 8] >> (i % 8) & 1) continue;
      if (c->i64) c->i64[kept] = c->i64[i];
      if (c->code) c->code[kept] = c->code[i];
      if (c->real) c->real[kept] = c->real[i];
      c->status[kept++] = c->status[i];
    }
  }
  t->n_rows = kept;
}
