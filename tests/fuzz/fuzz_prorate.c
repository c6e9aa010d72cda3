/* Fuzz target: any text as prorating rules. What parses is a hierarchy: each total once and before the rules of its parts, and it runs on a record
 * without leaving the parts off their total. */
#include <math.h>
#include <stdlib.h>

#include "processing/correct/prorate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(const struct prorate_plan *plan) {
  bool part[PRORATE_MAX_VARIABLES] = {false};
  for (int i = 0; i < plan->n; i++) {
    if (i > 0 && !part[plan->balance[i].total]) abort(); /* a total below stands as a part above */
    for (int k = 0; k < plan->balance[i].n; k++) {
      if (part[plan->balance[i].part[k].var] || !(plan->balance[i].part[k].weight > 0)) abort();
      part[plan->balance[i].part[k].var] = true;
    }
  }
}
static void check_run(struct arena *a, const struct prorate_plan *plan) {
  struct num_table t;
  struct corrections got;
  struct prorate_count count;
  struct err e;
  const struct str unit = STR("u");
  corrections_init(&got, a);
  if (num_table_init(&t, a, plan->names, plan->p, 1, &e)) return;
  t.unit = &unit;
  for (int j = 0; j < plan->p; j++) t.columns[j].x[0] = (double)(1 + j % 7), t.columns[j].status[0] = VAL_REPORTED;
  if (prorate_run(plan, &t, NULL, &got, &count, &e)) {
    if (!plan->needs_flags) abort();
    return;
  }
  for (int64_t k = 0; k < got.n; k++) t.columns[got.list[k].var].x[0] = got.list[k].value;
  for (int i = 0; i < plan->n && count.left == 0; i++) {
    double sum = 0;
    for (int k = 0; k < plan->balance[i].n; k++) sum += t.columns[plan->balance[i].part[k].var].x[0];
    if (fabs(sum - t.columns[plan->balance[i].total].x[0]) > 1e-6) abort();
  }
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *a = arena_new((size_t)64 << 20);
  struct prorate_plan plan;
  struct err e;
  const struct prorate_settings set = {.modifier = PRORATE_ALWAYS, .upper = INFINITY};
  if (!a) return 0;
  if (prorate_parse(a, str_view((const char *)data, size), &set, &plan, &e) == E_OK) {
    check_order(&plan);
    check_run(a, &plan);
  }
  arena_free(a);
  return 0;
}
