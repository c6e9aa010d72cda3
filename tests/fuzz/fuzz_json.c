/* Any bytes: no crash; whatever is accepted can be walked from end to end. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void walk(const struct json_value *v, int depth) {
  const char *key;
  const struct json_value *member;
  if (!v || depth > 64) abort();
  for (size_t i = 0; i < json_length(v); i++) walk(json_element(v, i), depth + 1);
  for (size_t i = 0; i < 64 && json_member_at(v, i, &key, &member); i++) {
    if (json_member(v, key) != member) abort();
    walk(member, depth + 1);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct json_document *d;
  struct err e = {0};
  if (json_parse("fuzz.json", (const char *)data, n, &d, &e)) {
    if (e.code == E_OK || d) abort();
    return 0;
  }
  walk(json_root(d), 0);
  json_release(d);
  return 0;
}
