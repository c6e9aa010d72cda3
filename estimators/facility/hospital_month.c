#include "estimators/facility/hospital_month.h"

#include <string.h>

#include "base/sum.h"
#include "base/table.h"

const char *const hospital_column_name[HOSPITAL_COLUMNS] = {"psy", "inf", "tb", "lt", "gen", "care"};
const char *const hospital_field_name[HOSPITAL_FIELDS] = {"beds", "days", "end", "new", "left", "in", "out", "begin"};
const char *const hospital_class_code[HOSPITAL_CLASSES] = {"psy", "inf", "tb", "lt", "gen", "care", "_T", "clinic_lt", "clinic_care"};
const char *const hospital_class_ja[HOSPITAL_CLASSES] = {"精神病床", "感染症病床", "結核病床", "療養病床",
    "一般病床", "介護療養病床（再掲）", "病院の総数", "診療所の療養病床", "診療所の介護療養病床（再掲）"};
const char *const hospital_class_en[HOSPITAL_CLASSES] = {"psychiatric beds", "infectious-disease beds", "tuberculosis beds", "long-term care beds",
    "general beds", "care beds among long-term care", "all beds of hospitals", "clinics: long-term care beds", "clinics: care beds among them"};

bool hospital_value(const struct hospital_column *c, int64_t row, int64_t *out) {
  *out = 0;
  if (!c->value || c->status[row] == VAL_NOT_APPLICABLE) return true;
  if (!value_present(c->status[row])) return false;
  *out = c->value[row];
  return true;
}

enum err_code hospital_places(struct arena *a, const struct hospital_reports *r, int64_t **out, struct err *e) {
  const int64_t cells = (int64_t)r->n_facilities * r->n_months;
  int64_t *place = ARENA_ARRAY(a, int64_t, cells + 1);
  if (!place) return ERR(e, E_NO_MEMORY, .subject = "hospital reports");
  for (int64_t i = 0; i < cells; i++) place[i] = -1;
  for (int64_t i = 0; i < r->n; i++) {
    int64_t *p = &place[(int64_t)r->facility[i] * r->n_months + r->month[i]];
    if (*p >= 0) return ERR(e, E_FACILITY_TWICE, .subject = "the hospital reports", .line = i + 1);
    *p = i;
  }
  *out = place;
  return E_OK;
}

/* --- one report --- */
struct fields {
  int64_t v[HOSPITAL_FIELDS];
  bool has[HOSPITAL_FIELDS];
};
static void read_fields(const struct hospital_reports *r, int64_t row, int column, struct fields *f) {
  for (int k = 0; k < HOSPITAL_FIELDS; k++) f->has[k] = hospital_value(&r->column[column][k], row, &f->v[k]);
}
/* 介護療養 is asked of few: a report that says nothing of it is no report of that class. */
bool hospital_says(const struct hospital_reports *r, int64_t row, int column) {
  for (int k = 0; k < HOSPITAL_BEGIN; k++)
    if (r->column[column][k].value && value_present(r->column[column][k].status[row])) return true;
  return false;
}
/* The five types together: an item is there when every type has it. */
static void add_fields(struct fields *total, const struct fields *f) {
  for (int k = 0; k < HOSPITAL_FIELDS; k++) total->v[k] += f->v[k], total->has[k] = total->has[k] && f->has[k];
}
static void add_report(struct hospital_cell *c, const struct fields *f, int64_t days, bool transfers) {
  c->n++;
  if (f->has[HOSPITAL_DAYS]) c->patient_days += f->v[HOSPITAL_DAYS], c->n_day++;
  if (f->has[HOSPITAL_END] && f->has[HOSPITAL_BEDS]) c->end += f->v[HOSPITAL_END], c->beds += f->v[HOSPITAL_BEDS], c->n_occupancy++;
  if (f->has[HOSPITAL_DAYS] && f->has[HOSPITAL_BEDS]) c->use_days += f->v[HOSPITAL_DAYS], c->bed_days += days * f->v[HOSPITAL_BEDS], c->n_use++;
  if (!f->has[HOSPITAL_DAYS] || !f->has[HOSPITAL_NEW] || !f->has[HOSPITAL_LEFT]) return;
  if (transfers && (!f->has[HOSPITAL_IN] || !f->has[HOSPITAL_OUT])) return;
  c->stay_days += f->v[HOSPITAL_DAYS];
  c->movements += f->v[HOSPITAL_NEW] + f->v[HOSPITAL_LEFT] + (transfers ? f->v[HOSPITAL_IN] + f->v[HOSPITAL_OUT] : 0);
  c->n_stay++;
}
static void add_classes(struct hospital_totals *t, const struct hospital_reports *r, int64_t row, int32_t area) {
  const int64_t at = (int64_t)r->month[row] * t->n_areas + area, days = r->days[r->month[row]];
  struct hospital_cell *cell = &t->cell[at * HOSPITAL_CLASSES];
  struct fields f, total = {.v = {0}};
  int64_t visits;
  if (r->clinic[row]) {
    read_fields(r, row, HOSPITAL_LT, &f);
    add_report(&cell[HOSPITAL_CLINIC_LT], &f, days, true);
    read_fields(r, row, HOSPITAL_CARE, &f);
    if (hospital_says(r, row, HOSPITAL_CARE)) add_report(&cell[HOSPITAL_CLINIC_CARE], &f, days, true);
    return;
  }
  for (int k = 0; k < HOSPITAL_FIELDS; k++) total.has[k] = true;
  for (int h = 0; h < HOSPITAL_TYPES; h++) {
    read_fields(r, row, h, &f);
    add_report(&cell[h], &f, days, h == HOSPITAL_LT);
    add_fields(&total, &f);
  }
  add_report(&cell[HOSPITAL_TOTAL], &total, days, false);
  read_fields(r, row, HOSPITAL_CARE, &f);
  if (hospital_says(r, row, HOSPITAL_CARE)) add_report(&cell[HOSPITAL_CARE], &f, days, true);
  t->n_hospitals[at] += r->outpatients.value != NULL; /* those that are asked for visits */
  if (r->outpatients.value && hospital_value(&r->outpatients, row, &visits)) t->outpatients[at] += visits, t->n_outpatients[at]++;
}

enum err_code hospital_totals_make(struct arena *a, const struct hospital_reports *r, struct hospital_totals *out, struct err *e) {
  const int32_t areas = r->n_areas + 1;
  const int64_t cells = (int64_t)r->n_months * areas;
  int64_t *place;
  for (int32_t m = 0; m < r->n_months; m++)
    if (r->days[m] <= 0) return ERR(e, E_FACILITY_DAYS, .subject = "a month without days");
  TRY(hospital_places(a, r, &place, e));
  *out = (struct hospital_totals){.n_months = r->n_months,
      .n_areas = areas,
      .days = r->days,
      .cell = ARENA_ARRAY(a, struct hospital_cell, cells * HOSPITAL_CLASSES + 1),
      .outpatients = ARENA_ARRAY(a, int64_t, cells + 1),
      .n_outpatients = ARENA_ARRAY(a, int64_t, cells + 1),
      .n_hospitals = ARENA_ARRAY(a, int64_t, cells + 1)};
  if (!out->cell || !out->outpatients || !out->n_outpatients || !out->n_hospitals) return ERR(e, E_NO_MEMORY, .subject = "hospital reports");
  for (int64_t i = 0; i < r->n; i++) {
    add_classes(out, r, i, 0);
    if (r->n_areas) add_classes(out, r, i, r->area[i] + 1);
  }
  return E_OK;
}

/* --- figures --- */
static void add_cell(struct hospital_cell *s, const struct hospital_cell *c) {
  s->n += c->n;
  s->patient_days += c->patient_days, s->n_day += c->n_day;
  s->end += c->end, s->beds += c->beds, s->n_occupancy += c->n_occupancy;
  s->stay_days += c->stay_days, s->movements += c->movements, s->n_stay += c->n_stay;
  s->use_days += c->use_days, s->bed_days += c->bed_days, s->n_use += c->n_use;
}
void hospital_figures_of(const struct hospital_totals *t, int32_t from, int32_t to, int32_t area, int class, struct hospital_figures *out) {
  struct hospital_cell s = {.n = 0};
  struct sum rates = {0, 0};
  int64_t visits = 0, with_visits = 0;
  *out = (struct hospital_figures){.n_months = to - from + 1, .has_mean = true};
  for (int32_t m = from; m <= to; m++) {
    const struct hospital_cell *c = hospital_cell_at(t, m, area, class);
    add_cell(&s, c);
    out->days += t->days[m];
    visits += t->outpatients[(int64_t)m * t->n_areas + area], with_visits += t->n_outpatients[(int64_t)m * t->n_areas + area];
    out->has_mean = out->has_mean && c->beds > 0;
    if (c->beds > 0) sum_add(&rates, (double)c->end / (double)c->beds * 100);
  }
  out->n_reports = s.n;
  out->patients_a_day = facility_rate_of(s.patient_days, s.n_day ? out->days : 0, 1, 0);
  out->outpatients_a_day = facility_rate_of(visits, class == HOSPITAL_TOTAL && with_visits ? out->days : 0, 1, 0);
  out->occupancy = facility_rate_of(s.end, from == to ? s.beds : 0, 100, 1);
  out->use = facility_rate_of(s.use_days, s.bed_days, 100, 1);
  out->mean_occupancy = out->has_mean ? sum_result(&rates) / (double)out->n_months : 0;
  out->stay = facility_rate_of(2 * s.stay_days, s.movements, 1, 1);
  out->left_day = s.n - s.n_day, out->left_occupancy = s.n - s.n_occupancy, out->left_stay = s.n - s.n_stay;
}
