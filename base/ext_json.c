/* ext_json.c -- jansson behind base/ext_json.h.
 * jansson exports constructors called json_string, json_integer, json_object ...; they are renamed while its header is read so that ours keep their
 * names. We never build values with it, only read. Debian's library calls its own copies, so our symbols cannot be taken for its. */
#define json_string jansson_new_string
#define json_integer jansson_new_integer
#define json_object jansson_new_object
#define json_array jansson_new_array
#define json_real jansson_new_real
#define json_null jansson_new_null
#include <jansson.h>
#undef json_string
#undef json_integer
#undef json_object
#undef json_array
#undef json_real
#undef json_null
/* Macros there, functions here. */
#undef json_is_object
#undef json_is_array
#undef json_boolean

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_json.h"

enum { JSON_MAX_BYTES = 256 << 20, JSON_MAX_DEPTH = 64 };
/* What jansson takes for it, at most: an object's table, a member's key and value, an element. A text of `[{},{},` takes a hundred times its size. */
enum { JSON_OBJECT_BYTES = 320, JSON_MEMBER_BYTES = 160, JSON_ELEMENT_BYTES = 48, JSON_MAX_MEMORY = 96 << 20 };

struct json_document {
  json_t *root;
};

/* jansson's own limit is 2048 levels; ours is lower and is found before anything is allocated, with its place;
 * so is a text that would need more memory than any of ours. */
static enum err_code check_shape(const char *file, const char *p, size_t n, struct err *e) {
  int64_t line = 1, line_start = 0, memory = (int64_t)n;
  int depth = 0;
  bool text = false;
  for (size_t i = 0; i < n; i++) {
    char c = p[i];
    if (c == '\n') {
      line++;
      line_start = (int64_t)i + 1;
    } else if (text && c == '\\') {
      i++;
    } else if (c == '"') {
      text = !text;
    } else if (!text && (c == ':' || c == ',')) {
      memory += c == ':' ? JSON_MEMBER_BYTES : JSON_ELEMENT_BYTES;
    } else if (!text && (c == '[' || c == '{')) {
      memory += JSON_OBJECT_BYTES;
      if (++depth > JSON_MAX_DEPTH)
        return ERR(
            e, E_JSON_TOO_DEEP, .file = file, .line = line, .column = (int64_t)i - line_start + 1, .subject = file, .expected = "64 levels or fewer");
    } else if (!text && (c == ']' || c == '}')) {
      depth--;
    }
    if (memory > JSON_MAX_MEMORY)
      return ERR(e, E_CAP_EXCEEDED, .file = file, .line = line, .subject = file, .expected = "JSON that needs 96 MiB or less");
  }
  return E_OK;
}

static enum err_code parse_error(const char *file, const json_error_t *error, struct err *e) {
  int64_t line = error->line > 0 ? error->line : 1, column = error->column > 0 ? error->column : 1;
  switch (json_error_code(error)) {
    case json_error_out_of_memory: return ERR(e, E_NO_MEMORY, .file = file, .subject = file);
    case json_error_duplicate_key: return ERR(e, E_JSON_DUPLICATE, .file = file, .line = line, .column = column, .subject = file);
    case json_error_stack_overflow: return ERR(e, E_JSON_TOO_DEEP, .file = file, .line = line, .column = column, .subject = file);
    default: return ERR(e, E_JSON_SYNTAX, .file = file, .line = line, .column = column, .subject = file, .expected = error->text);
  }
}

enum err_code json_parse(const char *file_name, const char *p, size_t n, struct json_document **out, struct err *e) {
  *out = NULL;
  if (n > JSON_MAX_BYTES) return ERR(e, E_CAP_EXCEEDED, .file = file_name, .subject = file_name, .expected = "256 MiB or less");
  TRY(check_shape(file_name, p, n, e));
  json_error_t error;
  json_t *root = json_loadb(n ? p : "", n, JSON_REJECT_DUPLICATES, &error);
  if (!root) return parse_error(file_name, &error, e);
  struct json_document *d = malloc(sizeof *d);
  if (!d) {
    json_decref(root);
    return ERR(e, E_NO_MEMORY, .file = file_name, .subject = file_name);
  }
  d->root = root;
  *out = d;
  return E_OK;
}

void json_release(struct json_document *d) {
  if (!d) return;
  json_decref(d->root);
  free(d);
}

static const json_t *tree(const struct json_value *v) { return (const json_t *)(const void *)v; }
static const struct json_value *opaque(const json_t *t) { return (const struct json_value *)(const void *)t; }

const struct json_value *json_root(const struct json_document *d) { return d ? opaque(d->root) : NULL; }

const struct json_value *json_member(const struct json_value *v, const char *key) {
  return json_is_object(v) ? opaque(json_object_get(tree(v), key)) : NULL;
}

size_t json_length(const struct json_value *v) { return v ? json_array_size(tree(v)) : 0; }

const struct json_value *json_element(const struct json_value *v, size_t i) { return v ? opaque(json_array_get(tree(v), i)) : NULL; }

const char *json_string(const struct json_value *v) { return v ? json_string_value(tree(v)) : NULL; }

bool json_integer(const struct json_value *v, int64_t *out) {
  if (!v || !json_is_integer(tree(v))) return false;
  *out = (int64_t)json_integer_value(tree(v));
  return true;
}

bool json_number(const struct json_value *v, double *out) {
  if (!v || !json_is_number(tree(v))) return false;
  *out = json_number_value(tree(v));
  return true;
}

bool json_boolean(const struct json_value *v, bool *out) {
  if (!v || !json_is_boolean(tree(v))) return false;
  *out = json_is_true(tree(v));
  return true;
}

bool json_is_object(const struct json_value *v) { return v && json_typeof(tree(v)) == JSON_OBJECT; }
bool json_is_array(const struct json_value *v) { return v && json_typeof(tree(v)) == JSON_ARRAY; }

bool json_member_at(const struct json_value *v, size_t i, const char **key, const struct json_value **value) {
  if (!json_is_object(v) || i >= json_object_size(tree(v))) return false;
  json_t *object = (json_t *)(uintptr_t)tree(v);
  void *at = json_object_iter(object);
  while (i-- > 0) at = json_object_iter_next(object, at);
  *key = json_object_iter_key(at);
  *value = opaque(json_object_iter_value(at));
  return true;
}

const char *json_member_string(const struct json_value *v, const char *key, const char *fallback) {
  const char *s = json_string(json_member(v, key));
  return s ? s : fallback;
}

int64_t json_member_int(const struct json_value *v, const char *key, int64_t fallback) {
  int64_t n;
  return json_integer(json_member(v, key), &n) ? n : fallback;
}
