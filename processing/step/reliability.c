#include "processing/step/reliability.h"

#include <stdio.h>

enum { LEAST = STEP_ONE / 1000000 };
static const int64_t MOST = (int64_t)1000000000 * STEP_ONE;

static enum err_code of_shard(struct job_state *j, int item, const struct unit_shard *shard, const uint8_t *selected, struct expr_scratch *scratch,
                              double *out, struct err *e) {
  const struct expr *x = j->plan->reliability_of[item];
  const int64_t rows = shard->current->n_rows;
  struct expr_binding b;
  int64_t values[EXPR_BATCH] = {0};
  uint8_t status[EXPR_BATCH];
  TRY(edit_bind(j->arena, x, shard, &b, e));
  for (int64_t row = 0; row < rows; row += EXPR_BATCH) {
    const int n = rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH;
    TRY(expr_eval_int(x, &b, scratch, STEP_DECIMALS, row, n, values, status, e));
    for (int i = 0; i < n; i++) {
      const int64_t record = shard->first_record + row + i;
      char found[64];
      if (!selected[record]) continue;
      out[record] = (double)values[i] / STEP_ONE;
      if (value_present(status[i]) && values[i] >= LEAST && values[i] <= MOST) continue;
      (void)snprintf(found, sizeof found, "record %lld", (long long)record + 1);
      return ERR(e, E_JOB_RELIABILITY, .subject = j->form->items[item].name, .found = found);
    }
  }
  return E_OK;
}
enum err_code job_reliability(struct job_state *j, int item, const uint8_t *selected, const double **out, struct err *e) {
  const struct expr *x = j->plan->reliability_of[item];
  *out = NULL;
  if (!x) return E_OK;
  double *values = ARENA_ARRAY(j->arena, double, j->n_records + 1);
  struct expr_scratch *scratch = expr_scratch_new(j->arena, x);
  if (!values || !scratch) return ERR(e, E_NO_MEMORY, .subject = "reliability");
  for (int i = 0; i < j->n_shards; i++) TRY(of_shard(j, item, &j->shards[i], selected, scratch, values, e));
  *out = values;
  return E_OK;
}
