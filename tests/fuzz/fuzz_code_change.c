/* A code list, then a line with ----, then its change table: what is accepted can be followed from every code on every day of a change, in both
 * directions, without end, also where the table runs in circles. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "forms/code_change.h"
#include "forms/form_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void follow_all(const struct codelist *l, const struct code_changes *c) {
  for (int64_t i = 0; i < l->n_codes && i < 64; i++)
    for (int64_t k = 0; k < c->n && k < 64; k++)
      for (int64_t day = c->changes[k].day - 1; day <= c->changes[k].day; day++) {
        struct code_followed f;
        code_follow(l, c, l->codes[i].code, day, &f);
        if (f.n < 0 || f.n > CODE_FOLLOW_MAX) abort();
        for (int x = 0; x < f.n; x++)
          if (!codelist_find(l, f.codes[x]->code, day) || (x && str_cmp(f.codes[x - 1]->code, f.codes[x]->code) >= 0)) abort();
      }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  const char *p = (const char *)data, *cut = n ? memmem(p, n, "----\n", 5) : NULL;
  if (!cut || !crypto_start()) return 0;
  size_t list_n = (size_t)(cut - p);
  struct arena *a = arena_new(64 << 20);
  struct form_reader r = {.a = a};
  struct codelist *l = NULL;
  const struct code_changes *changes = NULL;
  struct err e = {0};
  char *list = a ? arena_strdup(a, p, list_n) : NULL, *table = a ? arena_strdup(a, cut + 5, n - list_n - 5) : NULL;
  if (!list || !table) abort();
  if (!codelist_parse(&r, "l", "l.csv", str_view(list, list_n), true, &l, &e) && l
      && !code_changes_parse(a, l, "changes/l.csv", str_view(table, n - list_n - 5), &changes, &e))
    follow_all(l, changes);
  arena_free(a);
  return 0;
}
