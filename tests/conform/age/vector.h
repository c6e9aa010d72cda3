/* vector.h -- one file of the age test kit (C2SP/CCTV age/README.md): lines `key: value`, an empty line, then the age file itself. */
#ifndef SHIRABE_TESTS_CONFORM_AGE_VECTOR_H
#define SHIRABE_TESTS_CONFORM_AGE_VECTOR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { VECTOR_KEYS = 8, VECTOR_FILE_MAX = 64 << 20 };
struct vector {
  char expect[32];
  char payload[65], file_key[65]; /* hex, "" = not given */
  int n_identities, n_passphrases;
  struct str identity[VECTOR_KEYS], passphrase[VECTOR_KEYS];
  bool armored, compressed, unknown_key;
  const uint8_t *body; /* inflated where it came compressed */
  size_t n;
  uint8_t *inflated; /* freed by vector_release */
};
/* False when p is no vector at all (no `expect`, no body, or a compressed body that does not inflate). */
bool vector_parse(const uint8_t *p, size_t n, struct vector *v);
void vector_release(struct vector *v);
#endif
