/* table.h -- columnar table: typed arrays, one status byte per value, dictionaries.
 * Shapes   a table has n_rows; column k holds n_rows values of one type. Rows are storage; units and records are the form's business.
 * Types    COL_INT int64 (counts, money, decimals scaled by 10^decimals, dates as days since 1970-01-01); COL_CODE and COL_TEXT int32 into a
 *          dictionary; COL_REAL double, for estimation results only.
 * Missing  is a status, never a magic number and never NaN; the value under a missing status is 0 and must not be read.
 * Memory   arrays are 64-byte aligned, from the table's arena, padded to a multiple of 64 values so that batch loops need no tail. */
#ifndef SHIRABE_BASE_TABLE_H
#define SHIRABE_BASE_TABLE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum value_status {
  VAL_REPORTED = 0,
  VAL_CORRECTED = 1,
  VAL_IMPUTED = 2,
  VAL_DERIVED = 3,
  VAL_BLANK = 4, /* first missing kind: nothing was written */
  VAL_NOT_APPLICABLE = 5,
  VAL_UNKNOWN = 6, /* 不詳 */
  VAL_REFUSED = 7,
  VAL_INVALID = 8, /* something was written that cannot be a value of this item */
  VAL_SUPPRESSED = 9,
  VAL_BELOW_UNIT = 10,  /* 0.0 of a printed table: more than nothing, less than half a unit */
  VAL_SMALL_BASE = 11,  /* *: too few cases behind the figure */
  VAL_IMPOSSIBLE = 12,  /* ・: there can be no such figure */
  VAL_NOT_AVAILABLE = 13, /* ***: the figure was not obtained */
  VAL_PART_UNKNOWN = 14,  /* a date whose year or month is known and whose rest is not */
  VAL_STATUS_COUNT = 15, /* at most 16: stored in four bits */
};
static inline bool value_present(uint8_t status) { return status < VAL_BLANK; }
const char *value_status_name(uint8_t status); /* "reported", ... */
/* What a sign in a cell may mean: the names above from "blank" on, without "invalid", which nobody declares. */
#define MISSING_REASONS "unknown, not_applicable, refused, blank, suppressed, below_unit, small_base, impossible, not_available, part_unknown"
bool missing_reason_parse(struct str name, uint8_t *status);

enum column_type { COL_INT, COL_CODE, COL_TEXT, COL_REAL };

/* Dictionary of distinct texts in order of insertion; ids are dense from 0. Lookup by hash, insertion order is deterministic. */
struct dict;
struct dict *dict_new(struct arena *a); /* NULL when out of memory */
int32_t dict_add(struct dict *d, struct str text); /* the existing id or a new one; -1 when out of memory */
int32_t dict_find(const struct dict *d, struct str text); /* -1 when absent */
struct str dict_text(const struct dict *d, int32_t id);
int32_t dict_count(const struct dict *d);

struct column {
  const char *name;
  enum column_type type;
  int decimals;     /* COL_INT: value = stored / 10^decimals */
  const char *unit; /* "" = none */
  bool is_date;     /* COL_INT holding days since 1970-01-01 */
  int64_t *i64;
  int32_t *code;
  double *real;
  uint8_t *status;
  struct dict *dict; /* COL_CODE, COL_TEXT; may be shared with a code list */
};

struct table {
  struct arena *arena;
  int64_t n_rows, capacity;
  int n_columns;
  struct column *columns;
};

/* Describes the columns; arrays are made for `capacity` rows (growing by table_reserve). The column descriptions are copied, names are borrowed. */
enum err_code table_init(struct table *t, struct arena *a, const struct column *columns, int n_columns, int64_t capacity, struct err *e) NODISCARD;
enum err_code table_reserve(struct table *t, int64_t capacity, struct err *e) NODISCARD;
int table_find(const struct table *t, const char *name); /* column index or -1 */
struct column *table_column(struct table *t, const char *name); /* NULL when absent */
/* The value as text: code text, decimal number, ISO date; "" when missing. Buffer of 64 bytes or more for numbers and dates. */
struct str column_text(const struct column *c, int64_t row, char *buffer, size_t size);
#endif
