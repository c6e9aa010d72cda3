/* Disclosure control of the made table of 10,192 cells (47 prefectures x 20 industries x 6 sizes with their groups): elimination, suppression by
 *    flows
 * that protects every interval, audits. Quality stands beside the times; targets and anchors are printed, nothing is judged. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "estimators/sdc/suppress/certificate.h"
#include "estimators/sdc/suppress/eliminate.h"
#include "estimators/sdc/suppress/flow.h"
#include "tests/bench/sdc_population.h"

static double seconds(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
static void audit_line(const struct cell_table *t, const uint8_t *hidden, bool exact) {
  struct arena *a = arena_new(0);
  struct audit_report r;
  const double from = seconds();
  if (!a || audit_run(a, t, hidden, &(struct audit_options){.exact = exact}, &r, NULL)) return;
  printf("  audit, %s: %.2f s%s; %lld programmes, exact %d, too narrow %d\n", exact ? "all intervals" : "pass or fail", seconds() - from,
      exact ? " (anchor GLPK 60 s)" : " (target 3 s)", (long long)r.n_programmes, (int)r.n_exact, (int)r.n_violations);
  arena_free(a);
}
static void eliminated(const struct cell_table *t) {
  uint8_t *hidden = calloc((size_t)t->n_cells, 1);
  struct eliminate_result r;
  double value;
  const double from = seconds();
  if (!hidden || suppress_by_elimination(t, NULL, NULL, hidden, &r, NULL)) return;
  const double took = seconds() - from;
  const int32_t n = suppress_secondaries(t, hidden, &value);
  printf("elimination: %.3f s (target 0.1; anchor GaussSuppression 1.2.3: 15.1 s, the same 1,158 cells); %d secondaries, value %.1f million\n",
      took, (int)n, value / 1e6);
  audit_line(t, hidden, false);
  free(hidden);
}
/* A certificate of the pattern, and its check without a solver. */
static void certified(const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r) {
  struct arena *a = arena_new(0);
  struct certificate x, read;
  struct certificate_verdict v;
  struct strbuf b;
  double from = seconds();
  strbuf_init(&b, 0);
  if (!a || certificate_make(a, t, hidden, r, &x, NULL)) return;
  certificate_write(&x, &b);
  const double made = seconds() - from;
  from = seconds();
  if (certificate_read(a, "certificate", str_view(b.p, b.n), &read, NULL) || certificate_verify(t, &read, &v, NULL)) return;
  printf("  certificate: %.2f s, %.1f MB; verified in %.3f s: %d ends reached, %d bounded, %d not proved\n", made, (double)b.n / 1e6,
      seconds() - from, (int)v.n_reached, (int)v.n_bounded, (int)v.n_unproved);
  strbuf_release(&b);
  arena_free(a);
}
static void flowed(const struct cell_table *t, enum flow_cost cost, const char *name) {
  struct arena *a = arena_new(0);
  struct suppress_result r;
  double value;
  const double from = seconds();
  if (!a || suppress_by_flow(a, t, &(struct suppress_options){.cost = cost}, &r, NULL)) return;
  const double took = seconds() - from;
  const int32_t n = suppress_secondaries(t, r.hidden, &value);
  printf(
      "flows, cost %s: %.2f s with audits and repair (target 3 s; anchor GaussSuppression with intervals: not in 3,000 s); %d secondaries "
      "(target 2,300), value "
      "%.1f million, %s, trapped %d, repaired %d, parts %d\n",
      name, took, (int)n, value / 1e6, r.audit.clean ? "clean" : "NOT clean", (int)r.n_trapped, (int)r.n_repaired, (int)r.n_parts);
  audit_line(t, r.hidden, false);
  audit_line(t, r.hidden, true);
  certified(t, r.hidden, &r.audit);
  arena_free(a);
}
int main(void) {
  struct arena *a = arena_new(0);
  struct population *p = malloc(sizeof *p);
  struct cell_table *t;
  struct rusage u;
  if (!a || !p) return 70;
  pop_make(p, 20240611, 60000);
  if (pop_table(a, p, false, &t, NULL)) return 70;
  free(p);
  eliminated(t);
  flowed(t, FLOW_COST_UNIT, "unit");
  flowed(t, FLOW_COST_LOG, "log");
  flowed(t, FLOW_COST_VALUE, "value (anchor: whole-table programmes of Clp, 2,723 cells, 12.2 million, 60 s)");
  getrusage(RUSAGE_SELF, &u);
  printf("peak memory %ld MB\n", u.ru_maxrss / 1024);
  arena_free(a);
  return 0;
}
