/* Joint probabilities of a design: any text is read or refused with a place. */
#include <stddef.h>
#include <stdint.h>

#include "estimators/design/survey_bind.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct survey_joint joint;
  struct err e;
  if (a && survey_joint_parse(a, "joint.csv", (const char *)p, n, &joint, &e) == E_OK && n == 0) __builtin_trap();
  arena_free(a);
  return 0;
}
