/* livelihood_truth.h -- figures of a whole made population, by plain sorting of its persons: what the survey's estimates are compared with. Shares
 *    no code with the estimators. */
#ifndef SHIRABE_TESTS_DEMO_LIVELIHOOD_TRUTH_H
#define SHIRABE_TESTS_DEMO_LIVELIHOOD_TRUTH_H
#include "tests/demo/livelihood_world.h"

struct truth_person {
  double income;
  int age, group; /* 0 other, 1 one adult with children, 2 more adults with children: working-age head */
};
static inline double truth_disposable(const struct world_household *h, bool new_basis) {
  const double less = h->tax_income + h->tax_resident + h->tax_property + h->premiums;
  return (10.0 * h->total - less - (new_basis ? h->tax_vehicle + h->premium_private + h->remittance_paid : 0)) / 10;
}
static inline int truth_group(const struct world_household *h) {
  int adults = 0, children = 0;
  for (int i = 0; i < h->n; i++) adults += h->person[i].age >= 18, children += h->person[i].age < 18;
  const int head = h->person[0].age;
  return head < 18 || head > 64 || children == 0 ? 0 : adults == 1 ? 1 : 2;
}
static inline int truth_by_income(const void *x, const void *y) {
  const double a = ((const struct truth_person *)x)->income, b = ((const struct truth_person *)y)->income;
  return a < b ? -1 : a > b;
}
static inline void truth_incomes(const struct world *w, bool new_basis, const char *suffix, FILE *out) {
  struct truth_person *p = calloc((size_t)w->n * MOST_PERSONS, sizeof *p);
  int64_t n = 0;
  if (!p) exit(70);
  for (int64_t k = 0; k < w->n; k++)
    for (int i = 0; i < w->h[k].n; i++)
      p[n++] = (struct truth_person){truth_disposable(&w->h[k], new_basis) / sqrt(w->h[k].n), w->h[k].person[i].age, truth_group(&w->h[k])};
  qsort(p, (size_t)n, sizeof *p, truth_by_income);
  const double median = p[(n - 1) / 2].income, line = median / 2;
  double poor[5] = {0}, all[5] = {0}, total = 0, mean = 0, ranked = 0;
  for (int64_t k = 0; k < n; k++) {
    const bool in[5] = {true, p[k].age < 18, p[k].group > 0, p[k].group == 1, p[k].group == 2};
    const double y = p[k].income > 0 ? p[k].income : 0;
    for (int g = 0; g < 5; g++) all[g] += in[g], poor[g] += in[g] && p[k].income < line;
    total += y, mean += p[k].income, ranked += (double)(2 * (k + 1) - n - 1) * y;
  }
  static const char *const names[] = {"rate_all", "rate_children", "rate_working_with_children", "rate_one_adult", "rate_more_adults"};
  for (int g = 0; g < 5; g++) fprintf(out, "%s%s,%.8f\n", names[g], suffix, 100 * poor[g] / all[g]);
  fprintf(out, "poverty_line%s,%.8f\nmedian%s,%.8f\nmean%s,%.8f\n", suffix, line, suffix, median, suffix, mean / (double)n);
  fprintf(out, "gini%s,%.8f\n", suffix, ranked / ((double)n * total));
  for (int d = 1; d <= 9; d++) fprintf(out, "decile_%d%s,%.8f\n", d, suffix, p[(int64_t)ceil((double)n * d / 10) - 1].income);
  fprintf(out, "p90_p10%s,%.8f\n", suffix, p[(int64_t)ceil((double)n * 9 / 10) - 1].income / p[(int64_t)ceil((double)n / 10) - 1].income);
  free(p);
}
static inline void truth_households(const struct world *w, FILE *out) {
  double people = 0, middle = 0, elderly = 0, symptoms = 0, visits = 0, home = 0, couples = 0, impact = 0;
  for (int64_t k = 0; k < w->n; k++) {
    people += w->h[k].n, elderly += w->h[k].type == 1, couples += w->h[k].structure == 3;
    for (int i = 0; i < w->h[k].n; i++) {
      const struct world_person *p = &w->h[k].person[i];
      middle += p->age >= 18 && p->age <= 63;
      home += !p->hospital, symptoms += !p->hospital && p->symptoms, visits += !p->hospital && p->visits, impact += !p->hospital && p->impact;
    }
  }
  fprintf(out, "households,%lld\npeople,%.0f\nmean_size,%.8f\nshare_elderly,%.8f\nshare_couple,%.8f\n", (long long)w->n, people,
      people / (double)w->n,
      100 * elderly / (double)w->n, 100 * couples / (double)w->n);
  fprintf(out, "symptoms_per_1000,%.8f\ntreatment_per_1000,%.8f\nlimited_per_1000,%.8f\n", 1000 * symptoms / people, 1000 * visits / people,
      1000 * impact / people);
  fprintf(out, "people_18_63,%.8f\n", 100 * middle / people);
  fprintf(out, "symptoms_per_1000_at_home,%.8f\n", 1000 * symptoms / home);
}
#endif
