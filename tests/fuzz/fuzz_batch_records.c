/* Any bytes as the records of a batch, against the library's population form (read once from ./forms): refused, or written again to the same bytes'
 * meaning. */
#include <string.h>

#include "base/ext_sodium.h"
#include "collector/batch_records.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct form *the_form(struct arena **a) {
  static struct form *fault_free_form; /* immutable after the first call */
  static struct arena *form_arena;
  struct err e;
  if (!fault_free_form) {
    struct job job = {.lang = LANG_EN, .n_threads = 1};
    form_arena = arena_new(0);
    job.arena = form_arena;
    if (!crypto_start() || form_read(form_arena, &job, "forms", "vital", "population", NULL, INT64_MIN, &fault_free_form, NULL, &e)) __builtin_trap();
  }
  *a = form_arena;
  return fault_free_form;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *form_arena, *a = arena_new(64u << 20);
  const struct form *f = the_form(&form_arena);
  struct table t, again;
  struct record_changes changes, changes_again;
  struct strbuf out;
  struct err e;
  strbuf_init(&out, 0);
  if (a && batch_records_read(a, f, "records.csv", str_view((const char *)p, n), &t, &changes, &e) == E_OK) {
    const struct record_changes *with = changes.n ? &changes : NULL;
    if (batch_records_write_header(f, with != NULL, &out, &e) || batch_records_write(f, &t, with, &out, &e)) __builtin_trap();
    if (batch_records_read(a, f, "records.csv", str_view(out.p, out.n), &again, &changes_again, &e) || again.n_rows != t.n_rows) __builtin_trap();
    if (changes_again.n != changes.n || record_changes_withdrawn(&changes_again) != record_changes_withdrawn(&changes)) __builtin_trap();
  }
  strbuf_release(&out);
  arena_free(a);
  return 0;
}
