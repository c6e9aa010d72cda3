/* Any bytes as an entry of the register of released tables: refused, or read to the end, written back byte for byte, and held against itself. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/register/register_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void held_against_itself(struct arena *a, const struct register_entry *x) {
  struct register_policy *policy = ARENA_ARRAY(a, struct register_policy, x->n_tables + 1);
  const struct register_entry *earlier[] = {x};
  struct register_report r;
  struct err e;
  int64_t units = 0, rows = 0;
  for (int i = 0; i < x->n_frames; i++) units += x->frame[i].n;
  for (int i = 0; i < x->n_tables; i++) rows += x->table[i].n_rows;
  if (!policy || x->n_tables > 4 || units > 400 || rows > 400) return; /* the comparison is for entries of the store; here its time counts */
  for (int i = 0; i < x->n_tables; i++) policy[i] = (struct register_policy){REGISTER_WARN, REGISTER_WARN, REGISTER_WARN, false, "", ""};
  if (register_check(a, x, policy, earlier, 1, &r, &e)) return;
  for (int64_t i = 0; i < r.n_conflicts; i++)
    if (r.conflict[i].table < 0 || r.conflict[i].table >= x->n_tables || r.conflict[i].row >= x->table[r.conflict[i].table].n_rows) abort();
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(256 << 20);
  struct register_entry entry;
  struct strbuf again;
  struct err e;
  if (a && !register_decode(a, str_view((const char *)data, n), &entry, &e)) {
    strbuf_init(&again, 0);
    if (register_encode(&entry, &again, &e) || again.n != n || memcmp(again.p, data, n) != 0) abort();
    strbuf_release(&again);
    held_against_itself(a, &entry);
  }
  arena_free(a);
  return 0;
}
