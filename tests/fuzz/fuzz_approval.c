/* Any bytes as an approval: refused, or text and signature add up to the input and the fields are in their bounds. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/rights/approval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct approval a;
  struct str signature;
  if (approval_parse(str_view((const char *)data, n), &a, &signature, NULL)) return 0;
  if (signature.n > n || signature.p + signature.n != (const char *)data + n) abort();
  if (!approval_kind_known(a.kind) || !a.officer[0] || strlen(a.officer) >= sizeof a.officer || a.time < 0) abort();
  return 0;
}
