#include "estimators/sdc_primary.h"

#include <math.h>

static const char small_reason[] = "fewer units than the profile's minimum";
static const char dominance_reason[] = "dominated by its largest contributors";
static const char p_reason[] = "largest contributor could be estimated too closely (p-percent)";

const char *sdc_unsafe(const struct sdc_profile *p, int64_t n, bool has_contributions, double top1, double top2, double total) {
  if (n > 0 && n < p->min_n) return small_reason;
  if (!has_contributions || !(top1 > 0)) return NULL;
  total = fabs(total);
  double largest = p->dominance_n >= 2 ? top1 + top2 : top1;
  if (p->dominance_n > 0 && largest > p->dominance_percent / 100 * total) return dominance_reason;
  if (p->p_percent > 0 && total - top1 - top2 < p->p_percent / 100 * top1) return p_reason;
  return NULL;
}

void sdc_primary(struct result_table *t, const struct sdc_profile *p, struct sdc_primary_report *report) {
  *report = (struct sdc_primary_report){0};
  t->profile = p->name;
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t n = t->n_status[i] == RESULT_SHOWN ? t->n[i] : -1;
    for (int k = 0; k < t->n_measures; k++) {
      struct result_measure *m = &t->measures[k];
      if (m->status[i] != RESULT_SHOWN) continue;
      const char *why = sdc_unsafe(p, n, m->top1 != NULL, m->top1 ? m->top1[i] : 0, m->top2 ? m->top2[i] : 0, m->magnitude ? m->magnitude[i] : 0);
      report->n_cells++;
      if (!why) continue;
      report->n_small += why == small_reason;
      report->n_dominated += why == dominance_reason;
      report->n_p_percent += why == p_reason;
      result_hide(m, i, why);
    }
    if (n > 0 && n < p->min_n) {
      t->n[i] = 0;
      t->n_status[i] = RESULT_SUPPRESSED;
    }
  }
}
