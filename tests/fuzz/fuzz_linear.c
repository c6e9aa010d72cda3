/* Fuzz target: any text as linear edits. What is read must print, and its print must be read as the same row. */
#include <math.h>
#include <stdlib.h>

#include "processing/edit/linear_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names that the grammar takes for words of its own cannot be read back at the start of a rule: `pass: X <= 1` is written so. */
static void read_back(const struct linear_system *s, const struct linear_edit *r) {
  struct arena *a = arena_new((size_t)64 << 20);
  struct linear_system again;
  struct strbuf b;
  struct err e;
  if (!a) abort();
  strbuf_init(&b, 0);
  strbuf_adds(&b, "pass: ");
  if (linear_print(s, r, &b, &e)) abort();
  if (r->n > 0) {
    if (linear_parse(a, str_of(strbuf_cstr(&b)), true, &again, &e) || again.m != 1 || again.edits[0].n != r->n || again.edits[0].op != r->op) abort();
    for (int k = 0; k < r->n; k++)
      if (fabs(again.edits[0].coef[k] - r->coef[k]) > 1e-12 * fabs(r->coef[k])) abort();
  }
  strbuf_release(&b);
  arena_free(a);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *a = arena_new((size_t)64 << 20);
  struct linear_system s;
  struct err e = {0};
  if (!a) abort();
  if (linear_parse(a, str_view((const char *)data, size), true, &s, &e) == E_OK)
    for (int i = 0; i < s.m && i < 8; i++) read_back(&s, &s.edits[i]);
  arena_free(a);
  return 0;
}
