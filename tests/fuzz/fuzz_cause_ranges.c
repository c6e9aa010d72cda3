/* ICD-10 ranges: any text is read or refused. What was read lies within the keys and in order, and its ends are found by the list made of it. */
#include <stdint.h>
#include <stdlib.h>

#include "estimators/vital/cause_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct icd_range r[CAUSE_RANGES_MOST], one;
  struct err e;
  int many = 0;
  const struct str text = str_view((const char *)p, n);
  if (icd_parse(text, &one) && (one.low < 0 || one.high >= ICD_KEYS || one.low > one.high)) abort();
  if (icd_ranges_parse(text, r, &many, &e)) return 0;
  if (many < 1 || many > CAUSE_RANGES_MOST) abort();
  for (int i = 0; i < many; i++)
    if (r[i].low < 0 || r[i].high >= ICD_KEYS || r[i].low > r[i].high) abort();
  static int16_t map[ICD_KEYS];
  struct arena *a = arena_new(0);
  const struct cause_group group = {"1", "", "", "", INT64_MIN, INT64_MAX, true, arena_strdup(a, text.p, text.n)};
  const struct cause_list list = {&group, 1};
  if (cause_list_map(&list, 0, map, &e) == E_OK) {
    if (map[r[0].low] != 0 || map[r[many - 1].high] != 0) abort();
  } else if (e.code != E_VITAL_LIST && e.code != E_VITAL_CODE) abort(); /* the same range twice; a NUL inside */
  arena_free(a);
  return 0;
}
