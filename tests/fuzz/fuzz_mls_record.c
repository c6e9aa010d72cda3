/* Run records and plans of the labour survey: any text is refused with a reason or read; a record that was read writes itself again and is its own
 * equal. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "estimators/mls/mls_plan.h"
#include "estimators/mls/mls_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct mls_record r, again;
  struct mls_record_diff d;
  struct mls_plan plan;
  struct err e = {0};
  if (!a) return 0;
  if (mls_plan_read(a, "plan", (const char *)p, n, &plan, &e) == E_OK) (void)mls_plan_rule_of(&plan, STR("E29"), STR("5"), STR("13"));
  if (mls_record_read(a, "record", (const char *)p, n, &r, &e) == E_OK) {
    struct strbuf b;
    strbuf_init(&b, 0);
    mls_record_write(&r, &b);
    if (mls_record_read(a, "again", b.p, b.n, &again, &e) != E_OK || strcmp(r.digest, again.digest)) __builtin_trap();
    if (mls_record_compare(a, &r, &again, &d, &e) == E_OK && (!d.identical || d.n_changed)) __builtin_trap();
    strbuf_release(&b);
  }
  arena_free(a);
  return 0;
}
