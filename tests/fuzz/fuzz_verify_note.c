/* Any bytes as a note, a proof, a policy, a verifier key: refused, or read within their bounds. */
#include <string.h>

#include "tests/fuzz/verify_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct run r = silent_run();
  struct text t = view(data, n);
  struct note note;
  struct checkpoint c;
  struct log_proof proof;
  struct policy *p;
  struct vkey k;
  if (note_parse(t, &note)) {
    if (note.n < 1 || note.n > SIGNATURES_MAX || note.text.n >= n || note.text.p[note.text.n - 1] != '\n') abort();
    if (head_parse(note.text, &c) && (c.size >> 63 || c.origin.n == 0)) abort();
    for (int type = 1; type <= 4; type += 3) { /* as if the first signature were by a known key */
      memset(&k, 7, sizeof k);
      if (note.signature[0].name.n >= sizeof k.name) abort();
      memcpy(k.name, note.signature[0].name.p, note.signature[0].name.n);
      k.name[note.signature[0].name.n] = 0;
      memcpy(k.id, note.signature[0].id, 4);
      k.type = (uint8_t)type;
      if (note_check(&note, &k) == SIGNATURE_GOOD) abort(); /* nobody has signed by this key */
    }
    note_free(&note);
  }
  if (log_proof_parse(t, &proof) && (proof.path.n > PROOF_MAX || proof.index >> 63)) abort();
  if (policy_parse(&r, t, &p)) policy_free(p);
  if (vkey_parse(t, &k) && strlen(k.name) >= n) abort();
  return 0;
}
