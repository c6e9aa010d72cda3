/* hospital_table.c -- facility_table.h: tables of the Hospital Report. */
#include "estimators/facility/facility_table.h"

static const char no_beds[] = "no beds", no_movement[] = "no movement", no_report[] = "no report", not_every_month[] = "not every month has beds";

struct walk {
  const struct hospital_totals *t;
  const struct hospital_labels *l;
  struct result_table *table;
  bool by_month;
};
static struct str area_code(const struct walk *w, int32_t area) { return area ? w->l->area[area - 1] : STR("_T"); }
/* A class that no report of the span has is no row. */
static bool reported(const struct walk *w, int32_t from, int32_t to, int32_t area, int class) {
  for (int32_t m = from; m <= to; m++)
    if (hospital_cell_at(w->t, m, area, class)->n) return true;
  return false;
}
static int64_t next_row(const struct walk *w, int32_t from, int32_t area, const char *class, int64_t n) {
  struct str codes[3];
  int k = 0;
  if (w->by_month) codes[k++] = w->l->month[from];
  codes[k++] = area_code(w, area);
  codes[k++] = str_of(class);
  return facility_row(w->table, codes, n);
}
static void unconfirmed(struct result_table *t, const char *text) { result_note(t, arena_printf(t->arena, "unconfirmed: %s", text)); }

/* --- months --- */
enum { O_PATIENTS, O_OCCUPANCY, O_DAYS, O_END, O_BEDS, O_WITHOUT, O_MEASURES };
static const struct facility_measure occupancy_measures[O_MEASURES] = {{"patients_a_day", "person", 0, false}, {"occupancy", "percent", 1, false},
    {"patient_days", "person_day", 0, true}, {"patients_at_end", "person", 0, true}, {"beds_at_end", "bed", 0, true},
    {"without_patient_days", "report", 0, false}};
static const char *const by_month_names[3] = {"month", "area", "bed_type"};

static void occupancy_row(const struct walk *w, int32_t m, int32_t area, int class) {
  const struct hospital_cell *c = hospital_cell_at(w->t, m, area, class);
  struct hospital_figures f;
  hospital_figures_of(w->t, m, m, area, class, &f);
  const int64_t row = next_row(w, m, area, hospital_class_code[class], c->n);
  facility_put_rate(w->table, row, O_PATIENTS, &f.patients_a_day, no_report);
  facility_put_rate(w->table, row, O_OCCUPANCY, &f.occupancy, no_beds);
  facility_put(w->table, row, O_DAYS, (double)c->patient_days);
  facility_put(w->table, row, O_END, (double)c->end);
  facility_put(w->table, row, O_BEDS, (double)c->beds);
  facility_put(w->table, row, O_WITHOUT, (double)f.left_day);
}
static void outpatient_row(const struct walk *w, int32_t m, int32_t area) {
  const int64_t at = (int64_t)m * w->t->n_areas + area;
  struct hospital_figures f;
  hospital_figures_of(w->t, m, m, area, HOSPITAL_TOTAL, &f);
  if (!f.outpatients_a_day.defined) return;
  const int64_t row = next_row(w, m, area, "outpatients", w->t->n_outpatients[at]);
  facility_put_rate(w->table, row, O_PATIENTS, &f.outpatients_a_day, no_report);
  facility_put_none(w->table, row, O_OCCUPANCY, "outpatients");
  facility_put(w->table, row, O_DAYS, (double)w->t->outpatients[at]);
  facility_put_none(w->table, row, O_END, "outpatients");
  facility_put_none(w->table, row, O_BEDS, "outpatients");
  facility_put(w->table, row, O_WITHOUT, (double)(w->t->n_hospitals[at] - w->t->n_outpatients[at]));
}
enum err_code hospital_occupancy_table(struct arena *a, const struct hospital_totals *t, const struct hospital_labels *l, struct result_table **out,
    struct err *e) {
  const struct facility_table_spec spec = {"occupancy", "1日平均患者数・月末病床利用率",
      "patients a day and bed occupancy at the end of the month", by_month_names, 3, occupancy_measures,
      O_MEASURES};
  struct walk w = {.t = t, .l = l, .by_month = true};
  TRY(facility_table_new(a, &spec, (int64_t)t->n_months * t->n_areas * (HOSPITAL_CLASSES + 1), &w.table, e));
  for (int32_t m = 0; m < t->n_months; m++)
    for (int32_t area = 0; area < t->n_areas; area++) {
      for (int h = 0; h < HOSPITAL_CLASSES; h++)
        if (reported(&w, m, m, area, h)) occupancy_row(&w, m, area, h);
      outpatient_row(&w, m, area);
    }
  *out = w.table;
  return result_sort(*out, e);
}

/* --- a year --- */
enum { Y_PATIENTS, Y_MEAN, Y_USE, Y_DAYS, Y_BED_DAYS, Y_WITHOUT, Y_MEASURES };
static const struct facility_measure year_measures[Y_MEASURES] = {{"patients_a_day", "person", 0, false},
    {"occupancy_mean_of_months", "percent", 1, false}, {"occupancy_by_days_unconfirmed", "percent", 1, false},
    {"patient_days", "person_day", 0, true}, {"bed_days", "bed_day", 0, true},
    {"without_patient_days", "report", 0, false}};
static void year_row(const struct walk *w, int32_t area, int class) {
  struct hospital_figures f;
  hospital_figures_of(w->t, 0, w->t->n_months - 1, area, class, &f);
  const int64_t row = next_row(w, 0, area, hospital_class_code[class], f.n_reports);
  facility_put_rate(w->table, row, Y_PATIENTS, &f.patients_a_day, no_report);
  if (f.has_mean) facility_put(w->table, row, Y_MEAN, f.mean_occupancy);
  else facility_put_none(w->table, row, Y_MEAN, not_every_month);
  facility_put_rate(w->table, row, Y_USE, &f.use, no_beds);
  facility_put(w->table, row, Y_DAYS, (double)f.patients_a_day.numerator);
  facility_put(w->table, row, Y_BED_DAYS, (double)f.use.denominator);
  facility_put(w->table, row, Y_WITHOUT, (double)f.left_day);
}
enum err_code hospital_year_table(struct arena *a, const struct hospital_totals *t, const struct hospital_labels *l, struct result_table **out,
    struct err *e) {
  const struct facility_table_spec spec = {"occupancy_year", "1日平均患者数・病床利用率（年間）",
      "patients a day and bed occupancy of the year", by_month_names + 1, 2, year_measures, Y_MEASURES};
  struct walk w = {.t = t, .l = l};
  TRY(facility_table_new(a, &spec, (int64_t)t->n_areas * HOSPITAL_CLASSES, &w.table, e));
  for (int32_t area = 0; area < t->n_areas; area++)
    for (int h = 0; h < HOSPITAL_CLASSES; h++)
      if (reported(&w, 0, t->n_months - 1, area, h)) year_row(&w, area, h);
  result_note(w.table, "mean of the unrounded monthly rates; patients a day over the calendar days of the year");
  unconfirmed(w.table, "occupancy_by_days = patient days / sum of days x beds at the end of the month; which years are published so was not found");
  *out = w.table;
  return result_sort(*out, e);
}

/* --- stay --- */
enum { S_STAY, S_DAYS, S_MOVEMENTS, S_WITHOUT, S_MEASURES };
static const struct facility_measure stay_measures[S_MEASURES] = {
    {"mean_stay", "day", 1, false}, {"patient_days", "person_day", 0, true}, {"movements", "person", 0, true}, {"without_item", "report", 0, false}};
static void stay_row(const struct walk *w, int32_t from, int32_t to, int32_t area, int class) {
  struct hospital_figures f;
  hospital_figures_of(w->t, from, to, area, class, &f);
  const int64_t row = next_row(w, from, area, hospital_class_code[class], f.n_reports);
  facility_put_rate(w->table, row, S_STAY, &f.stay, no_movement);
  facility_put(w->table, row, S_DAYS, (double)f.stay.numerator / 2);
  facility_put(w->table, row, S_MOVEMENTS, (double)f.stay.denominator);
  facility_put(w->table, row, S_WITHOUT, (double)f.left_stay);
}
enum err_code hospital_stay_table(struct arena *a, const struct hospital_totals *t, const struct hospital_labels *l, bool span,
    struct result_table **out, struct err *e) {
  const struct facility_table_spec spec = {"stay", span ? "平均在院日数（年間）" : "平均在院日数",
      span ? "mean length of stay of the year, from yearly sums" : "mean length of stay", span ? by_month_names + 1 : by_month_names, span ? 2 : 3,
      stay_measures, S_MEASURES};
  struct walk w = {.t = t, .l = l, .by_month = !span};
  const int32_t last = t->n_months - 1;
  TRY(facility_table_new(a, &spec, (int64_t)t->n_months * t->n_areas * HOSPITAL_CLASSES, &w.table, e));
  for (int32_t m = 0; m <= (span ? 0 : last); m++)
    for (int32_t area = 0; area < t->n_areas; area++)
      for (int h = 0; h < HOSPITAL_CLASSES; h++)
        if (reported(&w, span ? 0 : m, span ? last : m, area, h)) stay_row(&w, span ? 0 : m, span ? last : m, area, h);
  result_note(w.table,
      "patient days / half of movements; long-term care beds with transfers, the total across types without; movements = admissions + discharges");
  *out = w.table;
  return result_sort(*out, e);
}
