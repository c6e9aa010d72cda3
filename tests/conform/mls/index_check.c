/* Published indices against what the library makes of their months: periods, growth rates, real wages. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/conform/mls/index_file.h"

static const char *const period_name[MLS_PERIODS] = {"quarter 1", "quarter 2", "quarter 3", "quarter 4", "half 1", "half 2", "year", "fiscal year"};

static bool judge(struct tally *t, const char *name, const char *what, int year, int month, int64_t published, int64_t ours) {
  char id[200], why[100];
  if (month) snprintf(id, sizeof id, "%s/%s/%d-%02d", name, what, year, month);
  else snprintf(id, sizeof id, "%s/%s/%d", name, what, year);
  snprintf(why, sizeof why, "published %.1f, ours %.1f", (double)published / 10, (double)ours / 10);
  tally_add(t, id, published == ours ? PASSED : FAILED, why);
  return published == ours;
}
static void check_periods(const struct index_file *f, struct tally *t) {
  int n = f->last_year - f->first_year + 1, count[MLS_PERIODS] = {0}, right[MLS_PERIODS] = {0};
  struct mls_index_year *years = calloc((size_t)n + 1, sizeof *years);
  if (!years) abort();
  mls_index_years(f->level.month + 12 * (f->first_year - FIRST_YEAR), n, years);
  for (int y = 0; y < n; y++)
    for (int p = 0; p < MLS_PERIODS; p++) {
      int64_t published = f->level.period[f->first_year - FIRST_YEAR + y][p];
      if (published == MLS_NO_INDEX) continue;
      if (years[y].period[p] == MLS_NO_INDEX && y == n - 1) continue; /* the file ends before the period does */
      count[p]++;
      right[p] += judge(t, f->name, period_name[p], f->first_year + y, 0, published, years[y].period[p]);
    }
  free(years);
  printf("%s: years %d/%d, fiscal years %d/%d, halves %d/%d, quarters %d/%d\n", f->name, right[MLS_YEAR], count[MLS_YEAR], right[MLS_FISCAL_YEAR],
      count[MLS_FISCAL_YEAR], right[MLS_HALF_1] + right[MLS_HALF_2], count[MLS_HALF_1] + count[MLS_HALF_2],
      right[0] + right[1] + right[2] + right[3], count[0] + count[1] + count[2] + count[3]);
}
/* Where published rates are those of the displayed indices. Rates of the years before the base are kept as first published when a base changes; in
 * the year of a benchmark they are against the reference of the year before (wages, hours) or from before the back-revision (employment). */
static bool rates_follow_indices(const struct index_file *f, int year) {
  if (f->employment) return (year >= 2017 && year <= 2021) || year >= 2024;
  return year >= 2022 && year != 2024;
}
static void check_growth(const struct index_file *f, struct tally *t) {
  int64_t growth[MONTHS];
  int asked = 0, right = 0, others = 0, same = 0;
  mls_index_growths(f->level.month, NULL, MONTHS, growth);
  for (int i = 0; i < MONTHS; i++) {
    int64_t published = f->growth.month[i];
    int year = FIRST_YEAR + i / 12;
    if (published == MLS_NO_INDEX || growth[i] == MLS_NO_INDEX) continue;
    if (rates_follow_indices(f, year)) asked++, right += judge(t, f->name, "growth", year, i % 12 + 1, published, growth[i]);
    else others++, same += published == growth[i];
  }
  if (asked + others)
    printf("%s: growth %d/%d; of months whose rates are not those of today's indices (older bases, benchmark years) %d/%d agree\n", f->name, right,
        asked, same, others);
}
/* A reference of the year before that gives the published rate exists for each month of the benchmark year: the range of it is printed. */
static void show_reference(const struct index_file *f) {
  const int at = 12 * (2024 - FIRST_YEAR);
  if (f->employment || f->real || f->growth.month[at] == MLS_NO_INDEX || f->level.month[at] == MLS_NO_INDEX) return;
  printf("%s: reference of the year before, January to December 2024:", f->name);
  for (int m = at; m < at + 12; m++)
    for (int64_t reference = 1; reference < 5000; reference++)
      if (f->level.month[m] != MLS_NO_INDEX && mls_index_growth(f->level.month[m], reference) == f->growth.month[m]) {
        printf(" %.1f", (double)reference / 10);
        break;
      }
  printf("\n");
}
void index_check(const struct index_file *f, struct tally *t) {
  check_periods(f, t);
  check_growth(f, t);
  show_reference(f);
}

/* --- real wages -------------------------------------------------------------------------------------------------------------------------- */
/* Published real indices of total cash earnings, all industries, 5 and more employees, 2020 = 100: 毎月勤労統計 長期時系列 (e-Stat 000032189777). */
static const struct {
  int year, month;
  int64_t tenths;
} published_real[] = {{2018, 6, 1428}, {2020, 4, 861}, {2020, 5, 842}, {2023, 12, 1665}, {2024, 1, 835}, {2025, 12, 1722}};

/* The definition of the nearest tenth, on integers: |RW CPI - 1000 I| is at most half of CPI. */
static bool is_nearest(int64_t real, int64_t nominal, int64_t cpi) { return 2 * llabs(real * cpi - 1000 * nominal) <= cpi; }
void real_check(const struct index_file *nominal, const struct index_file *official, const struct cpi *cpi, struct tally *t) {
  int made = 0, right = 0, known = 0;
  const int n_published = sizeof published_real / sizeof *published_real;
  char id[200];
  for (int i = 12 * (nominal->first_year - FIRST_YEAR); i < MONTHS; i++) {
    int64_t index = nominal->level.month[i], price = cpi->less_imputed_rent[i], real = mls_index_real(index, price);
    int year = FIRST_YEAR + i / 12, month = i % 12 + 1;
    if (real == MLS_NO_INDEX) continue;
    made++;
    snprintf(id, sizeof id, "%s/real/%d-%02d", nominal->name, year, month);
    if (!official || official->level.month[i] == MLS_NO_INDEX) {
      bool nearest = is_nearest(real, index, price);
      right += nearest;
      tally_add(t, id, nearest ? PASSED : FAILED, "not the nearest tenth");
      continue;
    }
    known++;
    right += judge(t, official->name, "real", year, month, official->level.month[i], real);
  }
  printf("%s over %s: real wages %d/%d, %d of them against a published series\n", nominal->name, cpi->name, right, made, known);
  if (!str_contains(nominal->title, "現金給与総額") || !str_contains(nominal->title, "賃金指数")) return;
  for (int k = 0; k < n_published; k++) {
    int i = 12 * (published_real[k].year - FIRST_YEAR) + published_real[k].month - 1;
    int64_t real = mls_index_real(nominal->level.month[i], cpi->less_imputed_rent[i]);
    if (real == MLS_NO_INDEX) continue;
    judge(t, nominal->name, "published real", published_real[k].year, published_real[k].month, published_real[k].tenths, real);
  }
}
