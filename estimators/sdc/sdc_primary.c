#include "estimators/sdc/sdc_primary.h"

#include <math.h>
#include <string.h>

static const char small_reason[] = "fewer units than the profile's minimum";
static const char dominance_reason[] = "dominated by its largest contributors";
static const char p_reason[] = "largest contributor could be estimated too closely (p-percent)";

const char *sdc_reason_text(enum sdc_reason r) {
  static const char *const text[SDC_N_REASONS] = {"", small_reason, dominance_reason, p_reason, "protected at the request of a contributor",
      "all units have the value 0"};
  return (unsigned)r < SDC_N_REASONS ? text[r] : "";
}

const char *sdc_unsafe(const struct sdc_profile *p, int64_t n, bool has_contributions, double top1, double top2, double total) {
  if (n > 0 && n < p->min_n) return small_reason;
  if (!has_contributions || !(top1 > 0)) return NULL;
  total = fabs(total);
  double largest = p->dominance_n >= 2 ? top1 + top2 : top1;
  if (p->dominance_n > 0 && largest > p->dominance_percent / 100 * total) return dominance_reason;
  if (p->p_percent > 0 && total - top1 - top2 < p->p_percent / 100 * top1) return p_reason;
  return NULL;
}

int64_t sdc_suppressed(const struct sdc_primary_report *r) {
  return r->n_small + r->n_dominated + r->n_p_percent + r->n_request + r->n_zero_group + r->n_linked;
}

/* --- figures of one row that follow from one another --- */
static const char linked_reason[] = "a suppressed figure would follow from it";
const char *sdc_linked_reason(void) { return linked_reason; }
static const char *const families[][6] = {{"G", "C", "B", "O", "S", "part_hourly_pay"}, {"H", "Hs", "Ho", NULL}, {"e0", "inc", "dec", "e1", NULL}};
enum { N_FAMILIES = sizeof families / sizeof *families, FAMILY = 6 };

static bool hidden(const struct result_table *t, const char *measure, int64_t row) {
  int m = result_find_measure(t, measure);
  return m >= 0 && t->measures[m].status[row] == RESULT_SUPPRESSED;
}

static void hide_linked(struct result_table *t, const char *measure, int64_t row, struct sdc_primary_report *report) {
  int m = result_find_measure(t, measure);
  if (m < 0 || t->measures[m].status[row] != RESULT_SHOWN) return;
  result_hide(&t->measures[m], row, linked_reason);
  report->n_linked++;
}

static void hide_families(struct result_table *t, int64_t row, struct sdc_primary_report *report) {
  for (int f = 0; f < N_FAMILIES; f++) {
    bool any = false;
    for (int k = 0; k < FAMILY && families[f][k]; k++) any = any || hidden(t, families[f][k], row);
    for (int k = 0; any && k < FAMILY && families[f][k]; k++) hide_linked(t, families[f][k], row, report);
  }
}

/* The part-time workers of the row of all workers are the workers of the part-time row. */
void sdc_hide_part_time(struct result_table *t, struct sdc_primary_report *report) {
  int form = result_find_dimension(t, "worker_form");
  for (int64_t i = 0; form >= 0 && i < t->n_rows; i++) {
    struct str codes[RESULT_MAX_DIMENSIONS];
    bool gone = t->n_status[i] == RESULT_SUPPRESSED || hidden(t, "e1", i);
    if (!gone || !str_eq(t->dimensions[form].code[i], STR("P"))) continue;
    for (int d = 0; d < t->n_dimensions; d++) codes[d] = d == form ? STR("T") : t->dimensions[d].code[i];
    int64_t all = result_find_row(t, codes);
    if (all < 0) continue;
    hide_linked(t, "pt", all, report);
    hide_linked(t, "part_rate", all, report);
  }
}

/* --- the rules --- */
static bool few(const struct sdc_rule *r, int64_t n) { return !r->request && n > 0 && n < r->min_n; }
static int64_t units_of(const struct result_table *t, int64_t i) {
  if (t->n_status[i] != RESULT_SHOWN) return -1;
  return t->n_owners ? t->n_owners[i] : t->n[i];
}
static const char tail_reason[] = "fewer units than the profile's minimum lie beyond it";
const char *sdc_tail_reason(void) { return tail_reason; }
/* Units of the figure, as few as any way of counting them says. */
static int64_t units_behind(const struct result_table *t, const struct result_measure *m, int64_t i) {
  const int64_t n = units_of(t, i);
  return m->n_used && (n < 0 || m->n_used[i] < n) ? m->n_used[i] : n;
}
/* A quantile with few units beyond it is the answer of one of them, or lies between two. */
static bool tail_few(const struct sdc_rule *r, const struct result_table *t, const struct result_measure *m, int64_t i) {
  const int64_t n = m->tail > 0 ? units_behind(t, m, i) : 0;
  return !r->request && r->min_n > 0 && n > 0 && (double)n * m->tail < (double)r->min_n * (1 - 1e-12);
}
static enum sdc_reason judge(const struct sdc_rule *r, const struct result_table *t, const struct result_measure *m, int64_t i) {
  const struct sdc_judgement *x = m->judged ? &m->judged[i] : NULL, *y = m->judged_y ? &m->judged_y[i] : NULL;
  const int64_t n = m->n_used && !t->n_owners ? m->n_used[i] : units_of(t, i);
  if (few(r, n) || (m->n_used && few(r, m->n_used[i]))) return SDC_FEW;
  if (x && x->reason != SDC_SAFE) return x->reason;
  return y ? y->reason : SDC_SAFE;
}
static void note(struct sdc_primary_report *report, enum sdc_reason why) {
  report->n_small += why == SDC_FEW;
  report->n_dominated += why == SDC_DOMINATED;
  report->n_p_percent += why == SDC_P_PERCENT;
  report->n_request += why == SDC_REQUEST;
  report->n_zero_group += why == SDC_ZERO_GROUP;
}
void sdc_primary(struct result_table *t, const struct disclosure_profile *p, struct sdc_primary_report *report) {
  *report = (struct sdc_primary_report){0};
  t->profile = p->name;
  for (int64_t i = 0; i < t->n_rows; i++) {
    for (int k = 0; k < t->n_measures; k++) {
      struct result_measure *m = &t->measures[k];
      if (m->status[i] != RESULT_SHOWN) continue;
      const enum sdc_reason why = judge(&p->rule, t, m, i);
      report->n_cells++;
      if (why == SDC_SAFE) {
        if (!tail_few(&p->rule, t, m, i)) continue;
        report->n_small++;
        result_hide(m, i, tail_reason);
        continue;
      }
      note(report, why);
      result_hide(m, i, sdc_reason_text(why));
    }
    if (few(&p->rule, units_of(t, i))) {
      t->n[i] = 0;
      t->n_status[i] = RESULT_SUPPRESSED;
    }
    hide_families(t, i, report);
  }
  sdc_hide_part_time(t, report);
}
