/* fertility.c -- total fertility rates, their parts, orders and reproduction rates. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/vital/reproduction.h"
#include "estimators/vital/tfr.h"
#include "tests/conform/vital/folder.h"

/* The published TFR of a year: final totals, else the long series; a preliminary one only when there is nothing else. */
static bool published_tfr(const struct folder *f, int64_t year, double *out) {
  int64_t y;
  for (int k = 0; k < f->n[TOTALS]; k++) {
    const struct csv_table *t = &f->source[TOTALS][k].t;
    for (int64_t i = 0; i < t->n_rows; i++)
      if (cell_int(t, i, "year", &y) && y == year && !strncmp(cell_str(f, t, i, "status"), "final", 5) && cell_num(t, i, "tfr", out)) return true;
  }
  return of_year(f, RATES, year, "TFR", out);
}
static bool births_of(const struct folder *f, const struct csv_table *t, int64_t year, struct tfr_input *in, int64_t births[TFR_GROUPS_N]) {
  bool there[TFR_GROUPS_N] = {false};
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t y, n, from, to;
    if (!cell_int(t, i, "year", &y) || y != year || !cell_int(t, i, "births", &n)) continue;
    if (!ages_of(cell_str(f, t, i, "age"), &from, &to)) in->births_unknown += n;
    else if (to < 15) in->births_younger += n;
    else if (from >= 50) in->births_older += n;
    else {
      const int64_t g = (from - 15) / 5;
      if (from < 15 || g >= TFR_GROUPS_N || (to != INT64_MAX && to > 19 + 5 * g)) return false;
      births[g] += n, there[g] = true;
    }
  }
  bool all = true;
  for (int g = 0; g < TFR_GROUPS_N; g++) all = all && there[g];
  return all;
}
/* Births of every single age 15 to 49, women of the same: the national method. */
static bool single_ages(struct folder *f, const struct csv_table *t, int64_t year, const struct tfr_input *folded) {
  int64_t births[TFR_SINGLE_N] = {0}, women[TFR_SINGLE_N];
  struct tfr_input in = {.n = TFR_SINGLE_N, .births = births, .women = women, .births_younger = folded->births_younger,
      .births_older = folded->births_older, .births_unknown = folded->births_unknown};
  struct tfr_result r;
  struct err e;
  double published;
  int found = 0;
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t y, n, from, to;
    if (!cell_int(t, i, "year", &y) || y != year || !cell_int(t, i, "births", &n) || !ages_of(cell_str(f, t, i, "age"), &from, &to)) continue;
    if (from == to && from >= 15 && from <= 49) births[from - 15] += n, found++;
  }
  bool all = found == TFR_SINGLE_N;
  for (int k = 0; k < TFR_SINGLE_N && all; k++) all = population(f, year, 'F', 15 + k, 15 + k, false, &women[k]);
  if (!all || !published_tfr(f, year, &published) || tfr(TFR_SINGLE_AGES, &in, &r, &e)) return false;
  judge(f, "tfr_single", "", year, 0, r.value, published, 2);
  return true;
}
static void groups(struct folder *f, const struct csv_table *t) {
  int64_t year, done = 0;
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t births[TFR_GROUPS_N] = {0}, women[TFR_GROUPS_N];
    struct tfr_input in = {.n = TFR_GROUPS_N, .births = births, .women = women};
    struct tfr_result r;
    struct err e;
    double published;
    bool all = true;
    if (!cell_int(t, i, "year", &year) || year == done) continue;
    done = year;
    for (int g = 0; g < TFR_GROUPS_N; g++) all = all && population(f, year, 'F', 15 + 5 * g, 19 + 5 * g, false, &women[g]);
    const bool seven = births_of(f, t, year, &in, births);
    if (single_ages(f, t, year, &in)) continue;
    if (!seven) cannot(f, "tfr", "", year, 0, "births of all seven groups are not in the folder");
    else if (!all) cannot(f, "tfr", "", year, 0, "women by age are not in the folder");
    else if (!published_tfr(f, year, &published)) cannot(f, "tfr", "", year, 0, "no published rate in the folder");
    else if (tfr(TFR_FIVE_YEAR_GROUPS, &in, &r, &e) == E_OK) judge(f, "tfr", "", year, 0, r.value, published, 2);
  }
}
/* Sums over the rows of one year. */
static void contributions(struct folder *f, const struct csv_table *t) {
  int64_t year, y, done = 0;
  for (int64_t i = 0; i < t->n_rows; i++) {
    double sum = 0, part, published = NAN;
    if (!cell_int(t, i, "year", &year) || year == done) continue;
    done = year;
    for (int64_t j = 0; j < t->n_rows; j++)
      if (cell_int(t, j, "year", &y) && y == year && cell_num(t, j, "sum_of_single_age_rates", &part)) {
        sum += part;
        if (!cell_num(t, j, "published_tfr", &published)) published = NAN;
      }
    if (!isnan(published)) judge(f, "tfr_groups", "", year, 0, sum, published, 2);
  }
}
static void parity(struct folder *f, const struct csv_table *t) {
  double part, all, total;
  int64_t year, y;
  for (int64_t i = 0; i < t->n_rows; i++) {
    double sum = 0;
    bool last = cell_eq(t, i, "mother_age", "total");
    if (!cell_int(t, i, "year", &year) || !cell_num(t, i, "all", &all)) continue;
    for (int64_t c = 3; c < t->n_columns; c++) {
      const char *name = arena_strdup(f->a, t->header[c].p, t->header[c].n);
      if (!cell_num(t, i, name, &part)) continue;
      sum += part;
      if (!last) continue;
      total = 0;
      for (int64_t j = 0; j < t->n_rows; j++) {
        double one;
        if (cell_int(t, j, "year", &y) && y == year && !cell_eq(t, j, "mother_age", "total") && cell_num(t, j, name, &one)) total += one;
      }
      judge(f, "tfr_parity_total", name, year, 0, total, part, 4);
    }
    if (last) judge(f, "tfr_groups", "parity", year, 0, sum, all, decimals_of(t, i, "all") < 2 ? 2 : decimals_of(t, i, "all"));
    else judge(f, "tfr_parity", cell_str(f, t, i, "mother_age"), year, 0, sum, all, 4);
  }
}
static void reproduction(struct folder *f, const struct csv_table *t) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t women, births, girls;
    double L, published;
    struct reproduction r;
    struct err e;
    const char *age = cell_str(f, t, i, "age");
    if (!cell_int(t, i, "female_pop", &women) || !cell_int(t, i, "births", &births) || !cell_int(t, i, "births_f", &girls)) continue;
    if (women > 0 && cell_num(t, i, "asfr", &published)) judge(f, "asfr", age, 0, 0, (double)births / (double)women, published, 5);
    if (!cell_num(t, i, "L_female_stationary", &L) || reproduction_rates(TFR_SINGLE_AGES, 1, &girls, &women, &L, &r, &e)) continue;
    if (cell_num(t, i, "asfr_female", &published)) judge(f, "asfr_girls", age, 0, 0, r.gross, published, 5);
    if (cell_num(t, i, "expected_girls", &published)) judge(f, "net_girls", age, 0, 0, r.net, published, 5);
  }
}
static void wrong_denominators(struct folder *f, const struct csv_table *t) {
  for (int64_t c = 0; c < t->n_columns; c++) {
    const char *name = arena_strdup(f->a, t->header[c].p, t->header[c].n);
    double sum = 0, part, published;
    int64_t age;
    if (strncmp(name, "ASFR", 4)) continue;
    const int64_t year = strtoll(name + 4, NULL, 10);
    for (int64_t i = 0; i < t->n_rows; i++)
      if (cell_int(t, i, "Age", &age) && age >= 15 && age <= 54 && cell_num(t, i, name, &part)) sum += part;
    if (published_tfr(f, year, &published)) judge(f, "tfr_wrong", "", year, 0, sum, published, 2);
    else cannot(f, "tfr_wrong", "", year, 0, "no published rate in the folder");
  }
}
void judge_fertility(struct folder *f) {
  for (int k = 0; k < f->n[BIRTHS_BY_AGE]; k++) groups(f, &f->source[BIRTHS_BY_AGE][k].t);
  for (int k = 0; k < f->n[CONTRIBUTIONS]; k++) contributions(f, &f->source[CONTRIBUTIONS][k].t);
  for (int k = 0; k < f->n[PARITY]; k++) parity(f, &f->source[PARITY][k].t);
  for (int k = 0; k < f->n[REPRODUCTION]; k++) reproduction(f, &f->source[REPRODUCTION][k].t);
  for (int k = 0; k < f->n[ASFR]; k++) wrong_denominators(f, &f->source[ASFR][k].t);
}
