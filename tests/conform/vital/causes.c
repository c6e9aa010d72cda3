/* causes.c -- deaths by cause: rates, parents over children, ranges of the ranking groups. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/vital/cause_list.h"
#include "estimators/vital/vital_rates.h"
#include "tests/conform/vital/folder.h"

static void rates(struct folder *f, const struct csv_table *t, int64_t year) {
  char deaths[32], rate[32];
  int64_t n, people;
  double published;
  snprintf(deaths, sizeof deaths, "deaths_%lld", (long long)year);
  snprintf(rate, sizeof rate, "rate_%lld", (long long)year);
  const bool known = population(f, year, 0, 0, INT64_MAX, true, &people);
  for (int64_t i = 0; i < t->n_rows; i++) {
    struct vital_rate r;
    struct err e;
    if (!cell_int(t, i, deaths, &n) || !cell_num(t, i, rate, &published)) continue;
    const char *code = cell_str(f, t, i, "code");
    if (!known || vital_rate(VITAL_CAUSE_RATE, n, people, &r, &e))
      cannot(f, "cause_rate", code, year, 0, "the population of the year is not in the folder");
    else judge(f, "cause_rate", code, year, 0, (double)r.printed / 10, published, 1);
  }
}
static bool below(const struct folder *f, const struct csv_table *t, int64_t row, const char *parent) {
  char code[6], up[6];
  const char *text = cell_str(f, t, row, "code");
  if (strlen(text) != 5) return false;
  memcpy(code, text, 6);
  for (int depth = 0; depth < 4 && *code; depth++) {
    cause_parent(code, up);
    if (!strcmp(up, parent)) return true;
    memcpy(code, up, 6);
  }
  return false;
}
/* A table that was cut has no row after the last child it shows; a parent followed by another family must be the sum of its children. */
static void parents(struct folder *f, const struct csv_table *t, int64_t year) {
  char column[32], up[6];
  int64_t n, whole;
  snprintf(column, sizeof column, "deaths_%lld", (long long)year);
  for (int64_t i = 0; i < t->n_rows; i++) {
    const char *code = cell_str(f, t, i, "code");
    int64_t sum = 0, children = 0;
    bool cut = true;
    if (strlen(code) != 5 || !cell_int(t, i, column, &whole)) continue;
    for (int64_t j = 0; j < t->n_rows; j++) {
      char child[6] = "";
      const char *text = cell_str(f, t, j, "code");
      if (strlen(text) != 5) continue;
      memcpy(child, text, 6);
      cause_parent(child, up);
      if (j > i && !below(f, t, j, code)) cut = false;
      if (!strcmp(up, code) && cell_int(t, j, column, &n)) sum += n, children++;
    }
    if (children) judge(f, "cause_sum", code, year, 0, (double)(cut && sum <= whole ? whole : sum), (double)whole, 0);
  }
}
static void by_age(struct folder *f, const struct csv_table *t) {
  int64_t n, whole, all;
  for (int64_t c = 1; c < t->n_columns; c++) {
    const char *name = arena_strdup(f->a, t->header[c].p, t->header[c].n);
    int64_t sum = 0, over = 0;
    whole = 0;
    for (int64_t i = 0; i < t->n_rows; i++) {
      if (!cell_int(t, i, name, &n) || !cell_int(t, i, "all", &all)) continue;
      over += n > all;
      if (cell_eq(t, i, "age", "total")) whole = n;
      else sum += n;
    }
    judge(f, "cause_sum", name, 0, 0, (double)(sum <= whole && !over ? whole : sum), (double)whole, 0);
  }
}
static void ranges(struct folder *f, const struct csv_table *t) {
  static int16_t map[ICD_KEYS];
  struct err e;
  if (cause_list_map(&cause_rank_list, 20000, map, &e)) {
    judge(f, "cause_ranges", "list", 0, 0, -1, 0, 0);
    return;
  }
  for (int64_t i = 0; i < t->n_rows; i++) {
    struct icd_range r[CAUSE_RANGES_MOST];
    const char *code = cell_str(f, t, i, "code");
    const struct str text = str_of(cell_str(f, t, i, "icd10_ranges"));
    int n, differ = 0, group = -1;
    if (icd_ranges_parse(text, r, &n, &e)) {
      judge(f, "cause_ranges", code, 0, 0, -1, 0, 0);
      continue;
    }
    for (int g = 0; g < cause_rank_list.n; g++)
      if (!strcmp(cause_rank_list.groups[g].code, code)) group = g;
    for (int k = 0; k < ICD_KEYS; k++) {
      bool in = false;
      for (int m = 0; m < n; m++) in = in || (k >= r[m].low && k <= r[m].high);
      differ += in != (map[k] == group);
    }
    judge(f, "cause_ranges", code, 0, 0, group < 0 ? -1 : differ, 0, 0);
  }
}
void judge_causes(struct folder *f) {
  for (int k = 0; k < f->n[CAUSES]; k++) {
    const struct csv_table *t = &f->source[CAUSES][k].t;
    for (int64_t c = 0; c < t->n_columns; c++) {
      if (!str_starts(t->header[c], STR("deaths_"))) continue;
      const int64_t year = strtoll(arena_strdup(f->a, t->header[c].p + 7, t->header[c].n - 7), NULL, 10);
      rates(f, t, year);
      parents(f, t, year);
    }
  }
  for (int k = 0; k < f->n[CAUSES_BY_AGE]; k++) by_age(f, &f->source[CAUSES_BY_AGE][k].t);
  for (int k = 0; k < f->n[RANK_GROUPS]; k++) ranges(f, &f->source[RANK_GROUPS][k].t);
}
