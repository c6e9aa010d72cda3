#include "processing/step/donor_notes.h"

#include <stdlib.h>

static int by_distance(const void *a, const void *b) {
  const int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;
  return (p > q) - (p < q);
}

static int64_t quantile(const int32_t *sorted, int64_t n, int percent) { return sorted[(n * percent + 99) / 100 - 1]; }

enum err_code donor_notes(struct arena *a, const struct donor_result *d, int64_t n, int n_groups, struct step_report *r, struct err *e) {
  int32_t *distance = ARENA_ARRAY(a, int32_t, d->n_recipients + 1);
  int64_t used = 0, uses = 0, most = 0, attempts = 0, n_distances = 0, without = 0;
  if (!distance) return ERR(e, E_NO_MEMORY, .subject = "donors");
  for (int64_t i = 0; i < n; i++) {
    used += d->use[i] > 0;
    uses += d->use[i];
    if (d->use[i] > most) most = d->use[i];
  }
  for (int64_t i = 0; i < d->n_recipients; i++) {
    attempts += d->recipients[i].attempts;
    if (d->recipients[i].outcome == DONOR_FOUND && !d->recipients[i].drawn && d->recipients[i].distance >= 0)
      distance[n_distances++] = d->recipients[i].distance;
  }
  for (int g = 0; g < n_groups; g++) without += d->classes[g].recipients > 0 && d->classes[g].donors == 0;
  step_note(r, "donors_used", used);
  step_note(r, "donor_uses", uses);
  step_note(r, "donor_most_used", most);
  step_note(r, "donor_attempts", attempts);
  step_note(r, "classes_without_donors", without);
  if (!n_distances) return E_OK;
  qsort(distance, (size_t)n_distances, sizeof *distance, by_distance);
  step_note(r, "distance_p50", quantile(distance, n_distances, 50));
  step_note(r, "distance_p95", quantile(distance, n_distances, 95));
  step_note(r, "distance_max", distance[n_distances - 1]);
  return E_OK;
}
