/* mls_frame.h -- a made frame of establishments with known pay, and draws of it that keep to the plan or depart from it. For tests of the plan guard,
 * of the month and of its errors. Two industries, sizes 1 (500 and more), 5, 7, prefecture groups 13 (Tokyo), 27 (Osaka), 00 (all others). */
#ifndef SHIRABE_TESTS_MLS_FRAME_H
#define SHIRABE_TESTS_MLS_FRAME_H
#include <stdio.h>
#include <string.h>

#include "estimators/mls/mls_guard.h"
#include "estimators/mls/mls_variance.h"

enum { F_INDUSTRIES = 2, F_SIZES = 3, F_GROUPS = 3, F_CELLS = F_INDUSTRIES * F_SIZES, F_STRATA = F_CELLS * F_GROUPS, F_MOST = 4000 };
static const char *const f_industry[] = {"E29", "I56"}, *const f_size[] = {"1", "5", "7"}, *const f_group[] = {"13", "27", "00"};
static const int f_units[F_SIZES][F_GROUPS] = {{30, 12, 60}, {80, 40, 200}, {240, 160, 800}};
static const int f_every[F_SIZES][F_GROUPS] = {{1, 1, 1}, {4, 8, 8}, {8, 16, 16}}; /* the approved plan */
static const char f_plan[] =
    "{\"rules\":[{\"size\":\"1\",\"rule\":\"take-all\"},"
    "{\"size\":\"5\",\"rule\":\"sample\",\"weight_num\":8},{\"size\":\"5\",\"prefecture_group\":\"13\",\"rule\":\"sample\",\"weight_num\":4},"
    "{\"size\":\"7\",\"rule\":\"sample\",\"weight_num\":16},{\"size\":\"7\",\"prefecture_group\":\"13\",\"rule\":\"sample\",\"weight_num\":8}],"
    "\"sample\":484}";

struct frame_unit {
  int stratum;
  int64_t e0, e1, pay; /* thousand yen */
};
struct frame_draw {
  int every[F_STRATA];        /* one in so many is drawn */
  int64_t table_num[F_STRATA]; /* weight table; 0 = none */
  double used[F_STRATA];      /* weight the program uses */
  int64_t before[F_STRATA];   /* of the run before; 0 = none */
};
struct frame_month {
  struct frame_unit unit[F_MOST];
  int n_units;
  struct mls_guard_stratum strata[F_STRATA];
  struct mls_cell cells[F_CELLS];
  struct mls_plan plan;
  struct mls_sample sample;
  struct design design;
  struct mls_guard_input in;
  char id[F_STRATA][24], cell_id[F_CELLS][16];
};
static inline int f_stratum(int industry, int size, int group) { return (industry * F_SIZES + size) * F_GROUPS + group; }
/* Pay per head in thousand yen: Tokyo's large establishments pay more, as they do. */
static inline int64_t f_pay(int industry, int size, int group, int i, int month) {
  static const int64_t base[F_INDUSTRIES][F_SIZES] = {{380, 320, 280}, {300, 250, 210}};
  int64_t p = base[industry][size] + (group == 0 ? size == 0 ? 90 : 40 : group == 1 ? 20 : 0) + 7 * (i % 9) - 28;
  return p + p * month / 400;
}
static inline void frame_make(struct frame_month *m, int month) {
  memset(m, 0, sizeof *m);
  for (int h = 0; h < F_STRATA; h++) {
    int industry = h / F_GROUPS / F_SIZES, size = h / F_GROUPS % F_SIZES, group = h % F_GROUPS;
    snprintf(m->id[h], sizeof m->id[h], "%s/%s/%s", f_industry[industry], f_size[size], f_group[group]);
    m->strata[h] = (struct mls_guard_stratum){.id = str_of(m->id[h]),
        .industry = str_of(f_industry[industry]),
        .size = str_of(f_size[size]),
        .prefecture = str_of(f_group[group]),
        .frame_units = f_units[size][group]};
    for (int i = 0; i < f_units[size][group]; i++) {
      struct frame_unit *u = &m->unit[m->n_units++];
      u->stratum = h;
      u->e0 = size == 0 ? 800 + i % 7 * 100 : size == 1 ? 100 + i * 13 % 300 : 30 + i * 7 % 60;
      u->e1 = u->e0 + i % 3 - 1;
      u->pay = f_pay(industry, size, group, i, month) * (u->e0 + u->e1) / 2;
      m->strata[h].frame_workers += u->e0;
    }
  }
  for (int c = 0; c < F_CELLS; c++) {
    snprintf(m->cell_id[c], sizeof m->cell_id[c], "%s/%s", f_industry[c / F_SIZES], f_size[c % F_SIZES]);
    m->cells[c] = (struct mls_cell){str_of(m->cell_id[c]), str_of(f_industry[c / F_SIZES]), str_of(f_size[c % F_SIZES]), 0, -1};
  }
  for (int i = 0; i < m->n_units; i++) m->cells[m->unit[i].stratum / F_GROUPS].workers_before += (double)m->unit[i].e0;
}
static inline struct frame_draw frame_as_planned(void) {
  struct frame_draw d = {{0}, {0}, {0}, {0}};
  for (int h = 0; h < F_STRATA; h++) {
    d.every[h] = f_every[h / F_GROUPS % F_SIZES][h % F_GROUPS];
    d.table_num[h] = d.every[h];
    d.used[h] = d.every[h];
  }
  return d;
}
/* Draws one in `every`, from the offset-th; the reports of skip are missing (0 = none: every skip-th drawn establishment does not answer). */
static inline bool frame_draw_answering(struct frame_month *m, struct arena *a, const struct frame_draw *d, int skip, struct err *e) {
  int32_t *cell = ARENA_ARRAY(a, int32_t, F_MOST), *stratum = ARENA_ARRAY(a, int32_t, F_MOST);
  double *weight = ARENA_ARRAY(a, double, F_MOST), *frame = ARENA_ARRAY(a, double, F_STRATA);
  int64_t *x[3], n = 0, seen[F_STRATA] = {0}, drawn = 0;
  for (int k = 0; k < 3; k++) x[k] = ARENA_ARRAY(a, int64_t, F_MOST);
  for (int i = 0; i < m->n_units; i++) {
    const struct frame_unit *u = &m->unit[i];
    if (seen[u->stratum]++ % d->every[u->stratum]) continue;
    m->strata[u->stratum].drawn_units++;
    if (skip && ++drawn % skip == 0) continue;
    cell[n] = u->stratum / F_GROUPS;
    stratum[n] = u->stratum;
    weight[n] = d->used[u->stratum];
    x[0][n] = u->e0, x[1][n] = u->e1, x[2][n++] = u->pay;
  }
  for (int h = 0; h < F_STRATA; h++) {
    frame[h] = (double)m->strata[h].frame_units;
    m->strata[h].weight_num = d->table_num[h];
    m->strata[h].weight_den = d->table_num[h] ? 1 : 0;
    m->strata[h].before_num = d->before[h];
    m->strata[h].before_den = d->before[h] ? 1 : 0;
  }
  m->sample = (struct mls_sample){.n = n, .cell = cell, .design = &m->design};
  m->sample.x[MLS_ALL][MLS_E0] = x[0];
  m->sample.x[MLS_ALL][MLS_E1] = x[1];
  m->sample.x[MLS_ALL][MLS_C] = x[2];
  if (design_view(a, n, F_STRATA, stratum, weight, frame, &m->design, e)) return false;
  if (mls_plan_read(a, "plan", f_plan, sizeof f_plan - 1, &m->plan, e)) return false;
  m->in = (struct mls_guard_input){.plan = &m->plan,
      .strata = m->strata,
      .n_strata = F_STRATA,
      .sample = &m->sample,
      .cells = m->cells,
      .n_cells = F_CELLS,
      .min_reports = 1};
  return true;
}
static inline bool frame_sample(struct frame_month *m, struct arena *a, const struct frame_draw *d, struct err *e) {
  return frame_draw_answering(m, a, d, 0, e);
}
/* Average contractual pay of the whole frame in yen: the truth. */
static inline double frame_truth(const struct frame_month *m) {
  double pay = 0, heads = 0;
  for (int i = 0; i < m->n_units; i++) {
    pay += (double)m->unit[i].pay * 1000;
    heads += (double)(m->unit[i].e0 + m->unit[i].e1) / 2;
  }
  return pay / heads;
}
#endif
