/* totals.c -- official totals and rates, and what must add up. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/vital/vital_rates.h"
#include "tests/conform/vital/folder.h"

struct rate_line {
  const char *column;
  enum vital_measure measure;
  const char *events[2], *base[2]; /* sums; base "" = population */
};
static const struct rate_line lines[] = {
    {"cbr", VITAL_BIRTH_RATE, {"births"}, {""}},
    {"cdr", VITAL_DEATH_RATE, {"deaths"}, {""}},
    {"imr", VITAL_INFANT_MORTALITY, {"infant_deaths"}, {"births"}},
    {"nmr", VITAL_NEONATAL_MORTALITY, {"neonatal_deaths"}, {"births"}},
    {"stillbirth_rate", VITAL_STILLBIRTH_RATE, {"stillbirths"}, {"births", "stillbirths"}},
    {"stillbirth_rate_nat", VITAL_STILLBIRTH_RATE, {"stillbirths_natural"}, {"births", "stillbirths"}},
    {"stillbirth_rate_art", VITAL_STILLBIRTH_RATE, {"stillbirths_artificial"}, {"births", "stillbirths"}},
    {"perinatal_rate", VITAL_PERINATAL_MORTALITY, {"fetal_deaths_22wk", "early_neonatal_deaths"}, {"births", "fetal_deaths_22wk"}},
    {"marriage_rate", VITAL_MARRIAGE_RATE, {"marriages"}, {""}},
    {"divorce_rate", VITAL_DIVORCE_RATE, {"divorces"}, {""}},
};
static bool sum_of_cells(const struct csv_table *t, int64_t row, const char *const columns[2], int64_t *out) {
  *out = 0;
  for (int i = 0; i < 2 && columns[i]; i++) {
    int64_t v;
    if (!cell_int(t, row, columns[i], &v)) return false;
    *out += v;
  }
  return true;
}
static void rate(struct folder *f, const struct csv_table *t, int64_t row, int64_t year, const struct rate_line *l) {
  struct vital_rate r;
  struct err e;
  double published;
  int64_t events, base;
  char place[96];
  snprintf(place, sizeof place, "%s:%.20s", l->column, cell_str(f, t, row, "status"));
  if (!cell_num(t, row, l->column, &published)) return;
  if (!sum_of_cells(t, row, l->events, &events)) { cannot(f, "rate", place, year, 0, "the events are not in the folder"); return; }
  if (*l->base[0] ? !sum_of_cells(t, row, l->base, &base) : !population(f, year, 0, 0, INT64_MAX, true, &base))
    { cannot(f, "rate", place, year, 0, "the population of the year is not in the folder"); return; }
  if (vital_rate(l->measure, events, base, &r, &e)) { cannot(f, "rate", place, year, 0, "no denominator"); return; }
  judge(f, "rate", place, year, 0, (double)r.printed / pow(10, r.decimals), published, r.decimals);
}
static const char *const identities[][3] = {{"births", "births_m", "births_f"}, {"deaths", "deaths_m", "deaths_f"},
    {"stillbirths", "stillbirths_natural", "stillbirths_artificial"}, {"perinatal_deaths", "fetal_deaths_22wk", "early_neonatal_deaths"}};
static void totals(struct folder *f, const struct csv_table *t) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t year, whole, a, b;
    if (!cell_int(t, i, "year", &year)) continue;
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) rate(f, t, i, year, &lines[k]);
    for (size_t k = 0; k < sizeof identities / sizeof *identities; k++)
      if (cell_int(t, i, identities[k][0], &whole) && cell_int(t, i, identities[k][1], &a) && cell_int(t, i, identities[k][2], &b))
        judge(f, "identity", identities[k][0], year, 0, (double)(a + b), (double)whole, 0);
  }
}
/* Rates printed with one decimal: c = a + sign b within the rounding of three figures. */
static void rounded(struct folder *f, const struct csv_table *t, int64_t i, int64_t year, const char *of, const char *const columns[3], double sign) {
  double a, b, c;
  char place[64];
  if (!cell_num(t, i, columns[0], &c) || !cell_num(t, i, columns[1], &a) || !cell_num(t, i, columns[2], &b)) return;
  double found = a + sign * b;
  if (!strcmp(columns[0], "SBRPB") && found < c) found = c; /* stillbirths of unknown type are in the total only */
  snprintf(place, sizeof place, "%s%s%s", columns[0], *of ? ":" : "", of);
  judge(f, "rounded_identity", place, year, 0, found, c, 1);
}
static void series(struct folder *f, const struct csv_table *t, const char *key, bool prefectures) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    const char *of = prefectures ? cell_str(f, t, i, "PNAME") : "";
    int64_t year = 0;
    if (!prefectures && !cell_int(t, i, key, &year)) continue;
    rounded(f, t, i, year, of, (const char *const[]){"NIR", "CBR", "CDR"}, -1);
    rounded(f, t, i, year, of, (const char *const[]){"SBRPB", "SARPB", "ACRPB"}, 1);
    if (prefectures) rounded(f, t, i, year, of, (const char *const[]){"PNMPB", "SBRA22W", "ENMR"}, 1);
  }
}
static void birth_rates(struct folder *f, const struct csv_table *t) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t year, other, m, n, people;
    double published;
    struct vital_rate r;
    struct err e;
    if (!cell_int(t, i, "year", &year) || !cell_eq(t, i, "sex", "M") || !cell_int(t, i, "live_births", &m)) continue;
    for (int64_t j = 0; j < t->n_rows; j++)
      if (cell_int(t, j, "year", &other) && other == year && cell_eq(t, j, "sex", "F") && cell_int(t, j, "live_births", &n)
          && of_year(f, RATES, year, "CBR", &published) && population(f, year, 0, 0, INT64_MAX, true, &people)
          && vital_rate(VITAL_BIRTH_RATE, m + n, people, &r, &e) == E_OK)
        judge(f, "cbr_of_births_file", "", year, 0, (double)r.printed / 10, published, 1);
  }
}
void judge_totals(struct folder *f) {
  for (int k = 0; k < f->n[TOTALS]; k++) totals(f, &f->source[TOTALS][k].t);
  for (int k = 0; k < f->n[RATES]; k++) series(f, &f->source[RATES][k].t, "YEAR", false);
  for (int k = 0; k < f->n[PREFECTURES]; k++) series(f, &f->source[PREFECTURES][k].t, "", true);
  for (int k = 0; k < f->n[LIVE_BIRTHS]; k++) birth_rates(f, &f->source[LIVE_BIRTHS][k].t);
}
