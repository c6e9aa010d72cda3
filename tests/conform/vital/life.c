/* life.c -- life tables: e0 of the published q, the columns of published rows, the curve of the old ages, Chiang's vector. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/vital/life_q.h"
#include "estimators/vital/life_single.h"
#include "estimators/vital/life_table_period.h"
#include "tests/conform/vital/folder.h"

static bool published_e0(const struct folder *f, int64_t year, char sex, double *e0, double *vector) {
  const char name[2] = {sex, 0};
  for (int k = 0; k < f->n[PUBLISHED_E0]; k++) {
    const struct csv_table *t = &f->source[PUBLISHED_E0][k].t;
    int64_t y;
    for (int64_t i = 0; i < t->n_rows; i++)
      if (cell_int(t, i, "year", &y) && y == year && cell_eq(t, i, "sex", name) && cell_eq(t, i, "table", "complete")) {
        if (!cell_num(t, i, "e0_recomputed", vector)) *vector = NAN;
        return cell_num(t, i, "e0_published", e0);
      }
  }
  return false;
}
static void expectations(struct folder *f, const struct csv_table *t) {
  for (int64_t c = 0; c < t->n_columns; c++) {
    struct life_row r[LIFE_TABLE_MAX_AGES];
    struct err e;
    double q[LIFE_TABLE_MAX_AGES], e0, vector;
    const char *name = arena_strdup(f->a, t->header[c].p, t->header[c].n);
    if (strncmp(name, "qx", 2)) continue;
    const char sex = name[strlen(name) - 1];
    const int64_t year = strtoll(name + 2, NULL, 10);
    const int n = published_q(f, year, sex, q, LIFE_TABLE_MAX_AGES);
    if (!published_e0(f, year, sex, &e0, &vector)) cannot(f, "e0", "", year, sex, "no published life expectancy in the folder");
    else if (life_table_period(q, n, r, &e)) cannot(f, "e0", "", year, sex, "q is no column of probabilities");
    else {
      judge(f, "e0", "", year, sex, r[0].e, e0, 2);
      static struct life_single table;
      if (life_single_table(NULL, q, n, NULL, &table, &e) == E_OK) judge(f, "e0_columns", "", year, sex, table.row[0].e, e0, 2);
      if (!isnan(vector)) judge(f, "e0_vector", "", year, sex, r[0].e, vector, 3);
    }
  }
}

/* --- rows of published tables --- */
struct rows {
  int n;
  double age[200], l[200];
  int64_t row[200];
};
static bool row_age(const char *label, double *age) {
  for (int i = 0; i < LIFE_INFANT_AGES; i++)
    if (!strcmp(label, life_infant_label[i])) return *age = life_infant_start[i], true;
  char *end;
  *age = strtod(label, &end);
  return end != label && !*end;
}
static void life_row(struct folder *f, const struct csv_table *t, const char *name, const struct rows *r, int i) {
  char place[96];
  double d, q, L, T, e, mu;
  const int64_t at = r->row[i];
  snprintf(place, sizeof place, "%s:%s", name, cell_str(f, t, at, "age"));
  if (i + 1 < r->n && cell_num(t, at, "d", &d)) judge(f, "life_d", place, 0, 0, r->l[i] - r->l[i + 1], d, 0);
  if (cell_num(t, at, "d", &d) && cell_num(t, at, "q", &q)) judge(f, "life_q", place, 0, 0, d / r->l[i], q, 5);
  if (cell_num(t, at, "T", &T) && cell_num(t, at, "e", &e)) judge(f, "life_e", place, 0, 0, T / r->l[i], e, 2);
  if (i + 1 < r->n && cell_num(t, at, "L", &L))
    judge(f, r->age[i] == 1 || r->age[i] == 2 ? "life_L_early" : "life_L", place, 0, 0, life_lagrange_L(r->age, r->l, r->n, i), L, 0);
  if (cell_num(t, at, "mu", &mu)) judge(f, "life_mu", place, 0, 0, life_lagrange_mu(r->age, r->l, r->n, i), mu, 5);
}
static void life_rows(struct folder *f, const struct csv_table *t) {
  for (int64_t i = 0; i < t->n_rows;) {
    const char *name = cell_str(f, t, i, "table");
    struct rows *r = ARENA_NEW(f->a, struct rows);
    for (; r && i < t->n_rows && cell_eq(t, i, "table", name); i++)
      if (r->n < 200 && row_age(cell_str(f, t, i, "age"), &r->age[r->n]) && cell_num(t, i, "l", &r->l[r->n])) r->row[r->n++] = i;
    for (int k = 0; r && k < r->n; k++) life_row(f, t, name, r, k);
  }
}

/* --- old ages --- */
static void curve(struct folder *f, const struct csv_table *t, int64_t i) {
  struct life_curve k = {0}, own;
  struct err e;
  double q[200], from, worst = 0;
  int64_t year;
  const char sex = cell_eq(t, i, "sex", "M") ? 'M' : 'F';
  if (!cell_int(t, i, "year", &year) || !cell_num(t, i, "exact_from_age", &from) || !cell_num(t, i, "A", &k.A) || !cell_num(t, i, "B_at_age0", &k.B)
      || !cell_num(t, i, "c", &k.c))
    return;
  const int n = published_q(f, year, sex, q, 200);
  if (n < (int)from + 6) { cannot(f, "curve", "", year, sex, "published q are not in the folder"); return; }
  for (int x = (int)from; x < n; x++) worst = fmax(worst, fabs(life_curve_q(&k, x) - q[x]));
  judge(f, "curve", "", year, sex, worst, 0, 5);
  if (life_curve_fit(q, n, (int)from, n - (int)from, NULL, &own, &e)) cannot(f, "curve_fit", "", year, sex, "no fit");
  else judge(f, "curve_fit", "", year, sex, own.worst, 0, 5);
}

/* --- Chiang --- */
static void chiang(struct folder *f, const struct csv_table *t, char sex) {
  static const char *const columns[] = {"M", "q", "l", "L", "e", "se_e"};
  struct life_age ages[40];
  struct life_row r[40];
  struct err e;
  int64_t row[40], to;
  int n = 0;
  const char name[2] = {sex, 0};
  for (int64_t i = 0; i < t->n_rows && n < 40; i++) {
    if (!cell_eq(t, i, "sex", name) || !ages_of(cell_str(f, t, i, "age"), &ages[n].start, &to)) continue;
    ages[n].width = to == INT64_MAX ? 0 : (double)(to - ages[n].start + 1);
    if (!cell_num(t, i, "a", &ages[n].a)) ages[n].a = 0;
    if (cell_int(t, i, "deaths", &ages[n].deaths) && cell_int(t, i, "pop", &ages[n].people)) row[n++] = i;
  }
  if (n == 0) return;
  if (life_table_abridged(ages, n, false, r, &e)) { cannot(f, "chiang", "", 0, sex, "no life table"); return; }
  for (int i = 0; i < n; i++) {
    const double found[] = {r[i].m, r[i].q, r[i].l, r[i].L, r[i].e, r[i].se_e};
    double worst = 0, expected;
    for (int c = 0; c < 6; c++)
      if (cell_num(t, row[i], columns[c], &expected)) worst = fmax(worst, fabs(found[c] - expected) / fmax(fabs(expected), 1e-12));
    judge(f, "chiang", cell_str(f, t, row[i], "age"), 0, sex, worst, 0, 9);
  }
}
void judge_life(struct folder *f) {
  for (int k = 0; k < f->n[PUBLISHED_Q]; k++) expectations(f, &f->source[PUBLISHED_Q][k].t);
  for (int k = 0; k < f->n[LIFE_ROWS]; k++) life_rows(f, &f->source[LIFE_ROWS][k].t);
  for (int k = 0; k < f->n[CURVES]; k++)
    for (int64_t i = 0; i < f->source[CURVES][k].t.n_rows; i++) curve(f, &f->source[CURVES][k].t, i);
  for (int k = 0; k < f->n[CHIANG]; k++)
    for (int s = 0; s < 2; s++) chiang(f, &f->source[CHIANG][k].t, "MF"[s]);
}
