/* mortality.c -- age-standardised death rates by both models, and the model populations. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/vital/asdr.h"
#include "tests/conform/vital/folder.h"

struct deaths {
  int64_t n[18], official[18], census[18];
};
static bool deaths_of(const struct folder *f, int64_t year, char sex, struct deaths *d) {
  int found = 0;
  const char name[2] = {sex, 0};
  for (int k = 0; k < f->n[DEATHS]; k++) {
    const struct csv_table *t = &f->source[DEATHS][k].t;
    for (int64_t i = 0; i < t->n_rows; i++) {
      int64_t y;
      if (!cell_int(t, i, "year", &y) || y != year || !cell_eq(t, i, "sex", name)) continue;
      const int g = asdr_group_of_label(ASDR_S60, cell_str(f, t, i, "age"));
      if (g < 0 || !cell_int(t, i, "deaths", &d->n[g]) || !cell_int(t, i, "official_pop", &d->official[g])) return false;
      if (!cell_int(t, i, "census_pop_unadjusted", &d->census[g])) d->census[g] = 0;
      found++;
    }
  }
  return found == 18;
}
/* The official count follows the census evenly over the old ages, where foreigners and unknown ages matter little; a population by age from a sample
 * of the census jumps by more than one per cent between neighbours. */
static bool provisional(const struct deaths *d) {
  for (int g = 13; g < 18; g++) {
    if (!d->census[g] || !d->census[g - 1]) return false;
    const double a = (double)d->official[g - 1] / (double)d->census[g - 1], b = (double)d->official[g] / (double)d->census[g];
    if (fabs(b / a - 1) > 0.01) return true;
  }
  return false;
}
static bool published_rate(const struct folder *f, int64_t year, char sex, bool h27, double *out) {
  const char name[2] = {sex, 0};
  if (of_year(f, RATES, year, sex == 'M' ? (h27 ? "ASMRM2" : "ASMRM") : h27 ? "ASMRF2" : "ASMRF", out)) return true;
  for (int k = 0; k < f->n[ASDR_VECTOR]; k++) {
    const struct csv_table *t = &f->source[ASDR_VECTOR][k].t;
    int64_t y;
    for (int64_t i = 0; i < t->n_rows; i++)
      if (cell_int(t, i, "year", &y) && y == year && cell_eq(t, i, "sex", name))
        return cell_num(t, i, h27 ? "published_H27_per1000_1dp" : "published_per1000_1dp", out);
  }
  return false;
}
struct rough {
  double computed, published, off;
};
static void s60(struct folder *f, int64_t year, char sex, const struct deaths *d, struct rough *worst) {
  struct asdr_result r;
  struct err e;
  double published;
  const bool rough = provisional(d);
  if (!published_rate(f, year, sex, false, &published)) {
    cannot(f, "asdr_s60", "", year, sex, "no published rate in the folder");
    return;
  }
  if (asdr(ASDR_S60, 18, d->n, d->official, 0, &r, &e)) return;
  if (!rough) judge(f, "asdr_s60", "", year, sex, r.value * 1000, published, 1);
  else if (fabs(r.value * 1000 - published) > worst->off) *worst = (struct rough){r.value * 1000, published, fabs(r.value * 1000 - published)};
  if (rough && asdr(ASDR_S60, 18, d->n, d->census, 0, &r, &e) == E_OK) judge(f, "asdr_s60_census", "", year, sex, r.value * 1000, published, 1);
}
/* --- H27 needs ages that the deaths do not have: infants by q, 85 and over by q x census ages --- */
static double expected_deaths(const struct folder *f, int64_t year, char sex, const double *q, int n, int64_t from, int64_t to) {
  char column[32];
  double sum = 0;
  snprintf(column, sizeof column, "%c%lldJ", sex, (long long)year);
  for (int k = 0; k < f->n[CENSUS_AGES]; k++) {
    const struct csv_table *t = &f->source[CENSUS_AGES][k].t;
    for (int64_t i = 0; i < t->n_rows; i++) {
      int64_t a, b, p;
      if (!ages_of(cell_str(f, t, i, "Age"), &a, &b) || a < from || a > to || !cell_int(t, i, column, &p)) continue;
      sum += (a < n ? q[a] : 1) * (double)p;
    }
  }
  return sum;
}
static void h27(struct folder *f, int64_t year, char sex, const struct deaths *d) {
  static const int64_t old[4] = {85, 90, 95, INT64_MAX};
  double q[200], published, part[3];
  int64_t deaths[21] = {0}, people[21] = {0};
  struct asdr_result r;
  struct err e;
  const int n = published_q(f, year, sex, q, 200);
  if (!published_rate(f, year, sex, true, &published)) return;
  if (!n || !population(f, year, sex, 0, 0, false, &people[0]) || !population(f, year, sex, 1, 4, false, &people[1])
      || !population(f, year, sex, 95, INT64_MAX, false, &people[20]))
    { cannot(f, "asdr_h27", "", year, sex, "ages 0, 95 and over, or published q are not in the folder"); return; }
  deaths[0] = (int64_t)llround(q[0] * (double)people[0]);
  deaths[1] = d->n[0] - deaths[0];
  for (int g = 1; g < 17; g++) deaths[g + 1] = d->n[g], people[g + 1] = d->official[g];
  for (int k = 0; k < 3; k++) part[k] = expected_deaths(f, year, sex, q, n, old[k], k == 2 ? INT64_MAX : old[k + 1] - 1);
  if (!(part[0] > 0 && part[2] > 0)) { cannot(f, "asdr_h27", "", year, sex, "census by single ages is not in the folder"); return; }
  for (int k = 0; k < 3; k++) {
    deaths[18 + k] = (int64_t)llround((double)d->n[17] * part[k] / (part[0] + part[1] + part[2]));
    if (k < 2 && !population(f, year, sex, old[k], old[k + 1] - 1, false, &people[18 + k])) return;
  }
  if (asdr(ASDR_H27, 21, deaths, people, 0, &r, &e) == E_OK) judge(f, "asdr_h27", "", year, sex, r.value * 1000, published, 1);
}
static void vector(struct folder *f, const struct csv_table *t) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    const char sex = cell_eq(t, i, "sex", "M") ? 'M' : 'F';
    struct asdr_result r;
    struct deaths d = {{0}, {0}, {0}};
    struct err e;
    double value, se;
    int64_t year;
    if (!cell_int(t, i, "year", &year) || !deaths_of(f, year, sex, &d) || asdr(ASDR_S60, 18, d.n, d.official, 0, &r, &e)) continue;
    if (cell_num(t, i, "asdr_S60_per100k_computed", &value)) judge(f, "asdr_s60_vector", "", year, sex, r.value * 1e5, value, 2);
    if (cell_num(t, i, "se_poisson_per100k", &se)) judge(f, "asdr_se_vector", "", year, sex, r.se * 1e5, se, 3);
  }
}
static void models(struct folder *f, const struct csv_table *t) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    const char *name = cell_str(f, t, i, "model"), *age = cell_str(f, t, i, "age");
    const enum asdr_model m = !strncmp(name, "S60", 3) ? ASDR_S60 : ASDR_H27;
    const int g = asdr_group_of_label(m, age);
    double people;
    char place[64];
    snprintf(place, sizeof place, "%s:%s", name, age);
    if (g >= 0 && cell_num(t, i, "pop", &people)) judge(f, "model_population", place, 0, 0, (double)asdr_models[m].people[g], people, 0);
  }
}
void judge_mortality(struct folder *f) {
  for (int64_t year = 1800; year < 2200; year++) {
    struct rough worst = {0, 0, 0};
    for (int s = 0; s < 2; s++) {
      struct deaths d = {{0}, {0}, {0}};
      if (!deaths_of(f, year, "MF"[s], &d)) continue;
      s60(f, year, "MF"[s], &d, &worst);
      h27(f, year, "MF"[s], &d);
    }
    if (worst.off > 0) judge(f, "asdr_s60_provisional", "", year, 0, worst.computed, worst.published, 1);
  }
  for (int k = 0; k < f->n[ASDR_VECTOR]; k++) vector(f, &f->source[ASDR_VECTOR][k].t);
  for (int k = 0; k < f->n[MODELS]; k++) models(f, &f->source[MODELS][k].t);
}
