/* code_lookup.c -- a code valid on a day, by binary search. */
#include "forms/code_structure.h"
#include "forms/form.h"

/* First row whose text is not before `code`. */
static int64_t lower_bound(const struct codelist *l, struct str code) {
  int64_t low = 0, high = l->n_codes;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (str_cmp(l->codes[middle].code, code) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const struct code *codelist_find(const struct codelist *l, struct str code, int64_t day) {
  const struct code *found = NULL;
  for (int64_t i = lower_bound(l, code); i < l->n_codes && str_eq(l->codes[i].code, code); i++)
    if (day == INT64_MIN || (l->codes[i].valid_from <= day && day <= l->codes[i].valid_to)) found = &l->codes[i];
  if (found || !l->any) return found;
  bool in_time = day == INT64_MIN || (l->any->valid_from <= day && day <= l->any->valid_to);
  return in_time && code_structure_valid(str_of(l->structure), code) ? l->any : NULL;
}
