/* Any bytes as an entry bundle: walked within its bounds; each entry as a leaf: refused, or with fields inside it. */
#include "tests/fuzz/verify_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void inside(struct text t, struct text whole) {
  if (t.n && (t.p < whole.p || t.p + t.n > whole.p + whole.n)) abort();
}
static void as_leaf(struct text entry) {
  struct leaf l;
  if (!leaf_parse((const uint8_t *)entry.p, entry.n, &l)) return;
  inside(l.object, entry);
  inside(l.grant, entry);
  inside(l.basis, entry);
  if (l.object.n > 319 || !leaf_result(l.result) || !leaf_role(l.role)) abort();
  (void)has_word(l.object, "certificate:", l.grant);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct text rest = view(data, n), whole = rest, entry;
  size_t used = 0;
  as_leaf(whole);
  while (entry_bundle_next(&rest, &entry)) {
    inside(entry, whole);
    used += 2 + entry.n;
    as_leaf(entry);
  }
  if (used + rest.n != n) abort();
  return 0;
}
