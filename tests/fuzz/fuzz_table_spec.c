/* Table specifications: four lines (measure, rows, columns, rounding) of any bytes. A plan that is accepted has names that are names and numbers in
 * range. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/table_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(const struct table_plan *plan) {
  if (plan->n_measures < 1 || plan->n_measures > PLAN_MAX_MEASURES || plan->n_dimensions > PLAN_MAX_DIMENSIONS
      || plan->n_row_dimensions > plan->n_dimensions)
    abort();
  for (int i = 0; i < plan->n_measures; i++) {
    const struct measure *m = &plan->measures[i];
    if (!m->name || !m->x || !m->y || !m->option || m->per < 1 || m->per > 1000000000) abort();
    if (strpbrk(m->x, " ,;()") || strpbrk(m->y, " ,;()")) abort();
    if (m->kind == MEASURE_ASDR && strcmp(m->option, "S60") && strcmp(m->option, "H27")) abort();
  }
  for (int i = 0; i < plan->n_dimensions; i++)
    if (!*plan->dimensions[i]) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  char *line[4] = {NULL};
  struct err e;
  struct table_plan plan;
  struct arena *a = n <= 65536 ? arena_new(1 << 24) : NULL;
  if (!a) return 0;
  char *text = arena_strdup(a, (const char *)p, n), *next = text;
  for (int i = 0; i < 4 && text; i++) {
    line[i] = next;
    next += strcspn(next, "\n");
    if (*next) *next++ = 0;
  }
  if (text) {
    struct table_spec spec = {"t", "", "", "form", line[1], line[2], line[0], "", "", line[3], "persons_10", 2};
    if (table_plan_parse(a, &spec, &plan, &e) == E_OK) check(&plan);
  }
  arena_free(a);
  return 0;
}
