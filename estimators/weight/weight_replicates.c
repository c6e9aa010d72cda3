#include "estimators/weight/weight_replicates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/variance/replicate_engine.h"

/* Read by all threads; each replicate writes its own row and mark only. */
struct keeping {
  const struct weight_programme *programme;
  const double *final;
  int64_t n;
  double *multiplier; /* [n_replicates][n] */
  uint8_t *done;      /* [n_replicates] */
};
static enum err_code again(void *context, struct arena *a, int replicate, const double *w, double *out, bool *unmet, struct err *e) {
  const struct keeping *k = context;
  (void)replicate;
  *unmet = false;
  return weight_programme_redo(a, k->programme, w, out, e);
}
static enum err_code keep(void *context, struct arena *a, int replicate, const double *w, double *theta, uint8_t *defined, struct err *e) {
  const struct keeping *k = context;
  (void)a;
  *theta = 0, *defined = 1;
  if (replicate < 0) return E_OK;
  double *row = k->multiplier + (int64_t)replicate * k->n;
  for (int64_t i = 0; i < k->n; i++) {
    if (k->final[i] == 0 && w[i] != 0) return ERR(e, E_REPLICATE_SPEC, .subject = "a record without weight gets one in a replicate");
    row[i] = k->final[i] != 0 ? w[i] / k->final[i] : 0;
  }
  k->done[replicate] = 1;
  return E_OK;
}

static bool random_method(enum replicate_method m) {
  return m == REPLICATE_BOOTSTRAP || m == REPLICATE_PRESTON || m == REPLICATE_ANTAL_TILLE;
}
/* Rows that were left out close up; the scale 1/(R-1) or 1/R becomes that of the rows that remain. */
static enum err_code close_up(const struct replicate_set *set, const struct keeping *k, struct replicate_set *out, int *n_left_out, struct err *e) {
  const int all = set->n_replicates;
  int n = 0;
  for (int r = 0; r < all; r++) {
    if (!k->done[r]) continue;
    if (n != r) memcpy(k->multiplier + (int64_t)n * k->n, k->multiplier + (int64_t)r * k->n, sizeof *k->multiplier * (size_t)k->n);
    n++;
  }
  *n_left_out = all - n;
  if (n == all) return E_OK;
  if (!random_method(set->method) || n < 2) {
    char found[64];
    snprintf(found, sizeof found, "%d of %d replicates", all - n, all);
    return ERR(e, E_REPLICATE_SPEC, .subject = "the weight programme cannot be done again in every replicate", .found = found);
  }
  out->n_replicates = n;
  out->scale = set->scale * (set->mse ? (double)all / n : (double)(all - 1) / (n - 1));
  out->df = set->df < n - 1 ? set->df : n - 1;
  return E_OK;
}

enum err_code weight_replicates(const struct job *job, struct arena *a, const struct replicate_set *set, const double *base, const double *final,
    const struct weight_programme *programme, struct replicate_set *out, struct weight_replicates_report *report, struct err *e) {
  const int64_t n = set->n, R = set->n_replicates;
  double value, cov;
  uint8_t defined;
  int64_t used;
  if (n > 0 && R > WEIGHT_REPLICATES_BYTES / 8 / n)
    return ERR(
        e, E_REPLICATE_SPEC, .subject = "replicate weights of this many records and replicates do not fit", .expected = "at most 4 GiB of weights");
  struct keeping k = {.programme = programme, .final = final, .n = n, .multiplier = arena_alloc(a, sizeof(double) * (size_t)(n * R + 1), 64),
      .done = ARENA_ARRAY(a, uint8_t, R + 1)};
  if (!k.multiplier || !k.done) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  const struct replicate_task task = {.set = set, .weight = base, .readjust = again, .readjust_context = &k, .n_domains = 1, .m = 1, .values = keep,
      .values_context = &k};
  struct replicate_result result = {.value = &value, .cov = &cov, .defined = &defined, .used = &used};
  TRY(replicate_any(job, a, &task, &result, e));
  *out = (struct replicate_set){.n = n, .n_units = n, .n_replicates = (int)R, .multiplier = k.multiplier, .scale = set->scale, .rscale = set->rscale,
      .mse = set->mse, .df = set->df, .method = REPLICATE_GIVEN};
  return close_up(set, &k, out, &report->n_left_out, e);
}
