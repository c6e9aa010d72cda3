/* Any bytes as the records of a batch of several record types, against the library's form of labour disputes (read once from ./forms): refused, or
 *          written
 * again, type by type, to a file that says the same. */
#include <string.h>

#include "base/ext_sodium.h"
#include "collector/batch_records.h"

enum { TYPES = 3 };
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct form *the_form(void) {
  static struct form *fault_free_form; /* immutable after the first call */
  static struct arena *form_arena;
  struct err e;
  if (!fault_free_form) {
    struct job job = {.lang = LANG_EN, .n_threads = 1};
    form_arena = arena_new(0);
    job.arena = form_arena;
    if (!crypto_start() || form_read(form_arena, &job, "forms", "labour_dispute", "dispute", NULL, INT64_MIN, &fault_free_form, NULL,
        &e)) __builtin_trap();
    if (fault_free_form->n_records != TYPES) __builtin_trap();
  }
  return fault_free_form;
}
/* Corrections are counted over the tables in their order: here each type is written by itself, so only additions go round. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(64u << 20);
  const struct form *f = the_form();
  struct table t[TYPES], again[TYPES];
  struct record_changes changes, changes_again;
  struct strbuf out;
  struct err e;
  strbuf_init(&out, 0);
  if (a && batch_records_read(a, f, "records.csv", str_view((const char *)p, n), t, &changes, &e) == E_OK && !changes.n) {
    if (batch_records_write_header(f, false, &out, &e)) __builtin_trap();
    for (int k = 0; k < TYPES; k++)
      if (batch_records_write(f, &t[k], NULL, &out, &e)) __builtin_trap();
    if (batch_records_read(a, f, "records.csv", str_view(out.p, out.n), again, &changes_again, &e) || changes_again.n) __builtin_trap();
    for (int k = 0; k < TYPES; k++)
      if (again[k].n_rows != t[k].n_rows) __builtin_trap();
  }
  strbuf_release(&out);
  arena_free(a);
  return 0;
}
