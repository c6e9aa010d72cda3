/* The compliance matrix: any bytes. What is accepted has ids of their own, a status and a nature, and evidence of a known kind. */
#include <stdint.h>
#include <stdlib.h>

#include "secure-store/compliance/compliance.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct compliance m;
  struct err e;
  struct arena *a = n <= 65536 ? arena_new(1 << 24) : NULL;
  if (!a) return 0;
  if (compliance_parse(a, "matrix", str_view((const char *)p, n), &m, &e) == E_OK)
    for (int64_t k = 0; k < m.n; k++) {
      const struct compliance_row *r = &m.row[k];
      if (r->id.n == 0 || (!r->enforced && !r->proved && !r->not_applicable) || r->n_actions > COMPLIANCE_ACTIONS_MAX) abort();
      if ((r->evidence == EVIDENCE_LEAVES) != (r->n_actions > 0)) abort();
      for (int i = 0; i < r->n_actions; i++)
        if (!log_action_name(r->action[i])) abort();
    }
  arena_free(a);
  return 0;
}
