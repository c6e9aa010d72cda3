/* Any text as the proof that comes back with a report of erasure: refused, or its index, hashes and checkpoint written again are its bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/use/returned_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static struct returned_proof p;
  struct strbuf again;
  char hash[64];
  const struct str text = str_view((const char *)data, n);
  if (!returned_proof_parse(text, &p)) return 0;
  strbuf_init(&again, 0);
  strbuf_addf(&again, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)p.index);
  for (int i = 0; i < p.path.n; i++) {
    base64_encode(p.path.hash[i], MERKLE_HASH, true, hash, sizeof hash);
    strbuf_addf(&again, "%s\n", hash);
  }
  strbuf_addc(&again, '\n');
  strbuf_add(&again, p.checkpoint.p, p.checkpoint.n);
  if (!str_eq(text, str_view(again.p, again.n))) abort();
  strbuf_release(&again);
  return 0;
}
