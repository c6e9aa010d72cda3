/* Any bytes as a certificate, a signature file, an age file, JSON: refused, or read within their bounds; nothing is accepted without a key. */
#include <string.h>

#include "tests/fuzz/verify_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct run r = silent_run();
  struct text t = view(data, n), rest = t;
  struct json_file f;
  struct minisign s;
  struct minisign_key k;
  char path[64];
  size_t payload;
  if (json_read(t, &f)) {
    for (int i = 0; i < f.n; i++)
      if (f.node[i].raw.p < t.p || f.node[i].raw.p + f.node[i].raw.n > t.p + t.n) abort();
    bool canonical = json_canonical(t);
    if (canonical && (f.node[0].raw.n != t.n)) abort(); /* nothing stands around a canonical text */
    json_free(&f);
  }
  while (rest.n > 0 && minisign_next(&rest, &s)) {}
  (void)minisign_key_parse(t, &k);
  if (age_header_ok(t, &payload) && (payload >= n || n - payload < 32)) abort();
  int fd = memory_file(data, n, path);
  struct options o = {.operand = {path}, .n_operands = 1};
  if (check_certificate(&r, &o) && !r.unsigned_) abort();
  close(fd);
  return 0;
}
