/* json_out.h -- the one JSON writer. Canonical form: RFC 8785 with integers only where it is hashed; keys must be added in sorted order there
 * (json_canonical checks it). Doubles are written with the shortest digits that read back to the same bits. Text must be valid UTF-8. */
#ifndef SHIRABE_BASE_JSON_OUT_H
#define SHIRABE_BASE_JSON_OUT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct json_out {
  struct strbuf *to;
  int depth;
  uint64_t first_bits; /* bit d: nothing written at depth d yet */
  bool canonical, failed;
  char last_key[64][64]; /* canonical: the last key per depth */
  uint64_t object_bits;  /* bit d: depth d is inside an object */
  bool after_key;        /* a key waits for its value */
};
void json_begin(struct json_out *j, struct strbuf *to, bool canonical);
void json_object(struct json_out *j);
void json_end_object(struct json_out *j);
void json_array(struct json_out *j);
void json_end_array(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_text(struct json_out *j, struct str s);
void json_cstr(struct json_out *j, const char *s);
void json_int(struct json_out *j, int64_t v);
void json_real(struct json_out *j, double v); /* not allowed in canonical form */
void json_bool(struct json_out *j, bool v);
void json_null(struct json_out *j);
/* key and value in one call */
void json_put(struct json_out *j, const char *key, const char *value);
void json_put_int(struct json_out *j, const char *key, int64_t value);
bool json_done(const struct json_out *j); /* balanced, no failure */
/* Shortest decimal text of a double that reads back to the same bits; out of 32 bytes. */
void real_format(double v, char out[32]);
#endif
