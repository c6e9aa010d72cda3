#include "estimators/sdc/sdc_margin.h"

int sdc_margin_others(const struct sdc_margin_key *a, const struct sdc_margin_key *b) {
  for (int d = 0; d < a->t->n_dimensions; d++) {
    const int c = d == a->dimension ? 0 : str_cmp(a->t->dimensions[d].code[a->row], b->t->dimensions[d].code[b->row]);
    if (c) return c;
  }
  return 0;
}
int sdc_margin_cmp(const void *p, const void *q) {
  const struct sdc_margin_key *a = p, *b = q;
  const int c = sdc_margin_others(a, b);
  return c ? c : (a->row > b->row) - (a->row < b->row);
}
bool sdc_margin_part(struct str code, const struct sdc_sum_rule *rule) {
  if (!rule) return !str_eq(code, STR("_T"));
  for (int i = 0; rule->parts[i]; i++)
    if (str_eq(code, str_of(rule->parts[i]))) return true;
  return false;
}
