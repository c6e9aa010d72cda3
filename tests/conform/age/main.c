/* age -- runs every vector of a folder in the layout of the age test kit through the library: age FOLDER [ID]. X25519, scrypt and armor must come out
 * exactly, hybrid (post-quantum) recipients are not offered: a clean refusal, counted apart. Closing lines: `unsupported: N`,
 * `conform-age: N passed, N failed`. Exit status 1 when a vector fails or the folder holds none. */
#include <stdio.h>
#include <stdlib.h>

#include "base/ext_sodium.h"
#include "tests/conform/age/judge.h"

static void one(void *context, const char *path, const char *relative) {
  struct tally *t = context;
  struct vector v;
  char why[WHY_BYTES];
  size_t n = 0;
  if (!tally_wants(t, relative)) return;
  uint8_t *p = slurp(path, VECTOR_FILE_MAX, &n);
  if (!p) tally_add(t, relative, FAILED, "the file cannot be read");
  else if (!vector_parse(p, n, &v)) printf("%s: no vector\n", relative);
  else {
    enum verdict verdict = judge(&v, why);
    tally_add(t, relative, verdict, why);
    vector_release(&v);
  }
  free(p);
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: age FOLDER [ID]\n", stderr), 64;
  if (!crypto_start()) return fputs("libsodium cannot start\n", stderr), 70;
  struct tally t = {.name = "conform-age", .only = argc > 2 ? argv[2] : NULL};
  walk(argv[1], one, &t);
  return tally_close(&t, argv[1]);
}
