/* Any text as a list of disclosure profiles: refused with a field and a place, or a rule that can judge. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(1 << 24);
  struct disclosure_profile *p = NULL;
  struct err e = {.code = E_OK};
  int count = 0;
  if (!a) return 0;
  const enum err_code code = sdc_profiles_parse(a, "input", (const char *)data, n, &p, &count, &e);
  if (code == E_SDC_PROFILES && (!e.subject[0] || !e.expected[0] || !e.found[0] || e.line < 1)) abort();
  for (int i = 0; !code && i < count; i++) {
    struct sdc_contribution x[] = {{5, 1, -1, false, false, 0}, {3, 2, -1, true, true, 1}, {-1, 1, -1, false, true, 2}};
    struct sdc_judgement j;
    if (sdc_judge(&p[i].rule, x, 3, &j, &e) || j.n != 3 || !(j.level >= 0)) abort(); /* whatever was read can be used */
    if (sdc_profile_find(p, count, p[i].name) != &p[i] || !sdc_profile_text(a, &p[i])) abort();
  }
  arena_free(a);
  return 0;
}
