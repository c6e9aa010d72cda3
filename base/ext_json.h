/* ext_json.h -- JSON reading through jansson; the only includer of <jansson.h>. Duplicate keys are refused, depth and size are capped, errors carry file:line:column.
 * A struct json_value borrows from the struct json_document, which must be released. Numbers: integers only unless json_real is asked for. */
#ifndef SHIRABE_BASE_EXT_JSON_H
#define SHIRABE_BASE_EXT_JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct json_value; /* opaque; NULL = absent */
struct json_document;
enum err_code json_parse(const char *file_name, const char *p, size_t n, struct json_document **out, struct err *e) NODISCARD;
void json_release(struct json_document *d); /* NULL allowed */
const struct json_value *json_root(const struct json_document *d);
const struct json_value *json_member(const struct json_value *v, const char *key); /* NULL when absent or not an object */
size_t json_length(const struct json_value *v);                                    /* of an array */
const struct json_value *json_element(const struct json_value *v, size_t i);
const char *json_string(const struct json_value *v); /* NULL when not a text */
bool json_integer(const struct json_value *v, int64_t *out);
bool json_number(const struct json_value *v, double *out);
bool json_boolean(const struct json_value *v, bool *out);
bool json_is_object(const struct json_value *v);
bool json_is_array(const struct json_value *v);
/* Iterates members in file order: i-th key and value; false at the end. */
bool json_member_at(const struct json_value *v, size_t i, const char **key, const struct json_value **value);
/* Short forms: text member or fallback. */
const char *json_member_string(const struct json_value *v, const char *key, const char *fallback);
int64_t json_member_int(const struct json_value *v, const char *key, int64_t fallback);
#endif
