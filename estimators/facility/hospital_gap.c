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
static const struct {
  const char *en, *ja;
} gap_text[HOSPITAL_GAPS] = {{"lack patient days: patients a day and patient days are too low by theirs, nothing stands for them",
                                 "在院患者延数なし：その分、1日平均患者数と延数は過少で、補っていません"},
    {"lack beds or patients at the end: left out of numerator and denominator of the occupancy",
        "月末の病床数または患者数なし：病床利用率の分子・分母から除きました"},
    {"lack patient days or movements: left out of numerator and denominator of the mean stay",
        "延数または移動なし：平均在院日数の分子・分母から除きました"},
    {"lack outpatient visits: outpatients a day are too low by theirs, nothing stands for them",
        "外来患者延数なし：その分、1日平均外来患者数は過少で、補っていません"}};

static void tell(struct result_table *t, enum hospital_gap gap, int64_t n, const char *en, const char *ja, bool in_japanese) {
  if (!n) return;
  if (in_japanese) result_note(t, arena_printf(t->arena, "%s：報告 %lld 件に%s", ja, (long long)n, gap_text[gap].ja));
  else result_note(t, arena_printf(t->arena, "%s: %lld reports %s", en, (long long)n, gap_text[gap].en));
}
int64_t hospital_gap_notes(const struct hospital_totals *t, enum hospital_gap gap, bool ja, struct result_table *table) {
  int64_t all = 0, n = 0;
  if (gap == HOSPITAL_GAP_VISITS) {
    for (int32_t m = 0; m < t->n_months; m++) n += t->n_hospitals[(int64_t)m * t->n_areas] - t->n_outpatients[(int64_t)m * t->n_areas];
    tell(table, gap, n, "outpatients", "外来", ja);
    return n;
  }
  for (int h = 0; h < HOSPITAL_CLASSES; h++) {
    n = lacking(t, gap, h);
    tell(table, gap, n, hospital_class_en[h], hospital_class_ja[h], ja);
    all += n;
  }
  return all;
}
