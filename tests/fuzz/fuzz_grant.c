/* Any bytes as a grant: refused, or its canonical text reads back as itself; what it covers is asked as the readers do. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/rights/grant_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(struct store *s, struct arena *a, const struct grant *g) {
  struct grant again;
  struct strbuf text;
  uint8_t subject[32], subject_again[32];
  strbuf_init(&text, 0);
  if (grant_text(s, g, &text, subject, NULL)) abort();
  if (grant_parse_canonical(s, a, str_view(text.p, text.n), &again, subject_again, NULL)) abort();
  if (memcmp(subject, subject_again, sizeof subject) != 0 || again.n_columns != g->n_columns || strcmp(again.dataset, g->dataset) != 0) abort();
  strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(64 << 20);
  struct store *s = a ? ARENA_NEW(a, struct store) : NULL; /* a store is needed for its install id only */
  struct grant g;
  if (!s) abort();
  if (grant_parse(a, "grant", str_view((const char *)data, n), &g, NULL) == E_OK) {
    if (!grant_dataset_ok(g.dataset) || g.n_columns < 1 || g.until <= g.from) abort();
    for (int i = 1; i < g.n_columns; i++)
      if (strcmp(g.column[i - 1], g.column[i]) >= 0) abort();
    (void)grant_covers_dataset(&g, "vital/birth/2025-12/received");
    (void)grant_covers_dataset(&g, "blob/original");
    if (grant_covers_dataset(&g, "") || grant_covers_dataset(&g, "vital") || grant_covers_dataset(&g, "a/b/c/d/e")) abort();
    check(s, a, &g);
  }
  arena_free(a);
  return 0;
}
