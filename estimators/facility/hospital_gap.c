/* hospital_gap.c -- facility_table.h: reports of the Hospital Report that lack an item of a figure, by class, said with the table. */
#include "estimators/facility/facility_table.h"

static int64_t lacking(const struct hospital_totals *t, enum hospital_gap gap, int class) {
  int64_t n = 0;
  for (int32_t m = 0; m < t->n_months; m++) {
    const struct hospital_cell *c = hospital_cell_at(t, m, 0, class);
    n += c->n - (gap == HOSPITAL_GAP_DAYS ? c->n_day : gap == HOSPITAL_GAP_OCCUPANCY ? c->n_occupancy : c->n_stay);
  }
  return n;
}
/* A sum of patient days falls with every report that lacks them; a rate loses numerator and denominator together. */
static const char *const gap_text[HOSPITAL_GAPS] = {
    "lack patient days: patients a day and patient days are too low by theirs, nothing stands for them",
    "lack beds or patients at the end: left out of numerator and denominator of the occupancy",
    "lack patient days or movements: left out of numerator and denominator of the mean stay",
    "lack outpatient visits: outpatients a day are too low by theirs, nothing stands for them"};

static void tell(struct result_table *t, enum hospital_gap gap, int64_t n, const char *what) {
  if (n && t) result_note(t, arena_printf(t->arena, "%s: %lld reports %s", what, (long long)n, gap_text[gap]));
}
int64_t hospital_gap_notes(const struct hospital_totals *t, enum hospital_gap gap, struct result_table *table) {
  int64_t all = 0, n = 0;
  if (gap == HOSPITAL_GAP_VISITS) {
    for (int32_t m = 0; m < t->n_months; m++) n += t->n_hospitals[(int64_t)m * t->n_areas] - t->n_outpatients[(int64_t)m * t->n_areas];
    tell(table, gap, n, "outpatients");
    return n;
  }
  for (int h = 0; h < HOSPITAL_CLASSES; h++) {
    n = lacking(t, gap, h);
    tell(table, gap, n, hospital_class_en[h]);
    all += n;
  }
  return all;
}
