#include "estimators/sdc/sdc_action_cells.h"

#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_margin.h"

static enum err_code sums_of(const struct result_table *t, struct cell_builder *b, int d, const struct sdc_sum_rule *rule, struct err *e) {
  struct sdc_margin_key *k = ARENA_ARRAY(t->arena, struct sdc_margin_key, t->n_rows + 1);
  int32_t *member = ARENA_ARRAY(t->arena, int32_t, t->n_rows + 1);
  const struct str total = rule ? str_of(rule->total) : STR("_T");
  if (!k || !member) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++) k[i] = (struct sdc_margin_key){t, d, i};
  qsort(k, (size_t)t->n_rows, sizeof *k, sdc_margin_cmp);
  for (int64_t i = 0, j; i < t->n_rows; i = j) {
    int n = 0;
    for (j = i; j < t->n_rows && sdc_margin_others(&k[i], &k[j]) == 0; j++)
      if (n == 0 && str_eq(t->dimensions[d].code[k[j].row], total)) member[n++] = (int32_t)k[j].row;
    for (int64_t m = i; n > 0 && m < j; m++)
      if (sdc_margin_part(t->dimensions[d].code[k[m].row], rule)) member[n++] = (int32_t)k[m].row;
    if (n > 1) TRY(cell_builder_relation(b, n, member, e));
  }
  return E_OK;
}
static struct str key_of(const struct result_table *t, int64_t row) {
  const char *text = "";
  for (int d = 0; d < t->n_dimensions && text; d++) {
    const struct str c = t->dimensions[d].code[row];
    text = arena_printf(t->arena, "%s%s%s=%.*s", text, d ? "|" : "", t->dimensions[d].name, (int)c.n, c.p);
  }
  return text ? str_of(text) : STR("");
}
enum err_code sdc_action_cells(const struct result_table *t, const int64_t *value, bool units, bool sums, const struct sdc_sum_rule *rules,
    int n_rules, struct cell_table **out, struct err *e) {
  struct cell_builder b;
  TRY(cell_builder_begin(&b, t->arena, t->id, 0, e));
  for (int64_t i = 0; i < t->n_rows; i++) {
    const struct str key = key_of(t, i);
    if (key.n == 0 && t->n_dimensions) return ERR(e, E_NO_MEMORY, .subject = t->id);
    TRY(cell_builder_cell(&b, key, value[i], 's', 0, 0, e));
  }
  for (int d = 0; sums && d < t->n_dimensions; d++)
    if (!units || strcmp(t->dimensions[d].name, "worker_form") != 0) TRY(sums_of(t, &b, d, NULL, e));
  for (int k = 0; sums && k < n_rules; k++) {
    const int d = result_find_dimension(t, rules[k].dimension);
    if (d >= 0 && (!units || strcmp(rules[k].dimension, "worker_form") != 0)) TRY(sums_of(t, &b, d, &rules[k], e));
  }
  return cell_builder_close(&b, out, e);
}
