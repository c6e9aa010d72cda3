/* Any bytes as a policy of witnesses: the store and the verifier read the same ones, and agree about a note with two cosignatures. */
#include <string.h>

#include "base/arena.h"
#include "secure-store/tlog_policy.h"
#define checkpoint verify_checkpoint
#include "tests/fuzz/verify_input.h"
#undef checkpoint

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct run r = silent_run();
  struct arena *a = arena_new(0);
  struct tlog_policy *ours = NULL;
  struct policy *theirs = NULL;
  if (!a) abort();
  bool long_name = false; /* keys: 127 bytes of name at the store, 255 at the verifier; lines: 8 KiB at the store */
  size_t word = 0, line = 0;
  for (size_t i = 0; i < n; i++) {
    word = data[i] == ' ' || data[i] == '\t' || data[i] == '\n' ? 0 : word + 1;
    line = data[i] == '\n' ? 0 : line + 1;
    long_name = long_name || word > 100 || line > 8000;
  }
  bool store = tlog_policy_parse(a, "policy", str_view((const char *)data, n), &ours, NULL) == E_OK;
  bool verifier = policy_parse(&r, view(data, n), &theirs);
  if (store != verifier && !long_name && n > 0) abort();
  policy_free(theirs);
  arena_free(a);
  return 0;
}
