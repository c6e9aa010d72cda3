/* row_fields.h -- flat rows as canonical JSON: one table of fields writes and reads a struct, so that a row has exactly one text and the log can
 * hold its hash.
 * Shapes   fields in rising order of name; a text is a char array, a number an int64_t, a list a char array with one entry per line.
 * Limits   texts as long as their arrays, UTF-8 without control characters; what does not come out byte for byte again is refused.
 * Errors   E_DISPOSAL_ROW with the name of the field. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_ROW_FIELDS_H
#define SHIRABE_SECURE_STORE_DISPOSAL_ROW_FIELDS_H
#include <stddef.h>

#include "base/err.h"
#include "base/json_out.h"
#include "base/str.h"

enum field_kind { FIELD_TEXT, FIELD_INT, FIELD_LIST, FIELD_FORMAT }; /* FIELD_FORMAT: the format name, at its place in the order */
struct field {
  const char *name;
  enum field_kind kind;
  size_t at, size;
};
struct row_format {
  const char *format; /* "shirabe-hold-1" */
  const struct field *fields;
  int n;
};
#define FIELD_OF(type, member, kind) {#member, kind, offsetof(type, member), sizeof(((type *)0)->member)}
#define FIELD_FORMAT_NAME {"format", FIELD_FORMAT, 0, 0}

enum err_code row_write(const struct row_format *f, const void *row, struct strbuf *out, struct err *e) NODISCARD; /* appends */
enum err_code row_parse(const struct row_format *f, struct str json, void *row, struct err *e) NODISCARD;          /* fills every field */
void row_json(const struct row_format *f, const void *row, struct json_out *j); /* the members, for --json: no format, inside an open object */
/* A text of the user into a field: E_DISPOSAL_ROW when it is too long, has control characters or is not UTF-8. NULL = "". */
enum err_code row_set(char *to, size_t size, const char *name, const char *text, struct err *e) NODISCARD;
enum err_code row_list_add(char *to, size_t size, const char *name, const char *entry, struct err *e) NODISCARD;
/* The i-th line of a list; false at the end. */
bool row_list_at(const char *list, int i, struct str *out);
#endif
