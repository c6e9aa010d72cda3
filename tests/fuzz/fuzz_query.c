/* Any bytes as a question, an answer or a letter: refused, or read; a part that was read is written again to the same bytes. */
#include <string.h>

#include "collector/query.h"

static void part(struct arena *a, struct str text) {
  struct err e;
  struct query_part *p = NULL;
  struct strbuf out;
  if (query_part_read(a, "query", text, &p, &e)) return;
  strbuf_init(&out, 0);
  if (query_part_write(p, &out, &e) || out.n != text.n || memcmp(out.p, text.p, text.n)) __builtin_trap();
  if (p->n_values > QUERY_MAX_PAIRS || p->n_key > QUERY_MAX_PAIRS) __builtin_trap();
  strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct err e;
  struct arena *a = arena_new(64u << 20);
  struct query_letter *l = NULL;
  const struct str text = str_view((const char *)p, n);
  if (!a) return 0;
  part(a, text);
  if (query_letter_read(a, "letter.json", text, &l, &e) == E_OK)
    for (int64_t i = 0; i < l->n_parts; i++) part(a, str_of(l->parts[i].text));
  arena_free(a);
  return 0;
}
