/* Any bytes as a role certificate, and as the limits of persons: refused, or written back byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/rights/grant_limits.h"
#include "secure-store/rights/role_replay.h"
#include "secure-store/store_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(1 << 20);
  struct store *s = a ? ARENA_NEW(a, struct store) : NULL; /* for its install id, zeros as in the corpus */
  struct role_certificate c;
  struct person_limits l;
  struct strbuf again;
  uint8_t subject[32], subject_again[32];
  struct str text = str_view((const char *)data, n);
  if (!s) abort();
  strbuf_init(&again, 0);
  if (role_certificate_parse(s, "certificate", text, &c, subject, NULL) == E_OK) {
    if (role_certificate_text(s, &c, &again, subject_again, NULL) || !str_eq(text, str_view(again.p, again.n))) abort();
    if (memcmp(subject, subject_again, sizeof subject) != 0 || c.from < 0 || c.until <= c.from || !role_name(c.role)[0]) abort();
  }
  strbuf_reset(&again);
  if (person_limits_parse(s, "limits", text, &l, subject, NULL) == E_OK)
    if (person_limits_text(s, &l, &again, subject_again, NULL) || !str_eq(text, str_view(again.p, again.n))) abort();
  strbuf_release(&again);
  arena_free(a);
  return 0;
}
