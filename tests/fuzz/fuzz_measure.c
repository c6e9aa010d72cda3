/* Measures of tables: any text is read or refused with a place inside it. What was read has items that are names, numbers in range, and a formula
 * whose figures are measures over records; its name, written without spaces, is read as the same measure again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/table_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(const struct measure *m) {
  if (!m->name || !m->x || !m->y || !m->option || m->per < 1 || !(m->p >= -10 && m->p <= 10)) abort();
  if ((*m->x && !measure_item_name(str_of(m->x))) || (*m->y && !measure_item_name(str_of(m->y)))) abort();
  if (!(m->quantile > 0 && m->quantile < 1) || !(m->percent > 0) || (m->has_line && !(m->line > 0))) abort();
  if ((m->kind == MEASURE_FORMULA) != (m->n_figures > 0)) abort();
  for (int k = 0; k < m->n_figures; k++) {
    if (!measure_over_records(m->figures[k].kind) || m->figures[k].kind == MEASURE_FORMULA || m->figures[k].kind == MEASURE_QUANTILE) abort();
    check(&m->figures[k]);
  }
}
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct measure m[PLAN_MAX_MEASURES], again;
  struct err e = {0};
  int found = 0;
  struct arena *a = n <= 65536 ? arena_new(1 << 24) : NULL;
  if (!a) return 0;
  const enum err_code code = measures_parse(a, str_view((const char *)p, n), m, &found, &e);
  if (!code && (found < 1 || found > PLAN_MAX_MEASURES)) abort();
  for (int k = 0; !code && k < found; k++) {
    check(&m[k]);
    if (m[k].kind != MEASURE_PROPORTION && measure_parse(a, str_of(m[k].name), &again, &e) == E_OK && again.kind != m[k].kind) abort();
  }
  if (code == E_TABLE_MEASURE && (e.column < 0 || e.column > (int64_t)n + 1)) abort();
  arena_free(a);
  return 0;
}
