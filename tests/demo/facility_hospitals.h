/* facility_hospitals.h -- 540 hospitals and 60 clinics with long-term care beds over 13 months of the Hospital Report: every month follows from the
 * last one by admissions, discharges and transfers, so that each identity holds; the errors planted in the last month are named. Truth: sums that the
 * figures of the month and of the year are made of, added up here and nowhere else. */
#ifndef SHIRABE_TESTS_FACILITY_HOSPITALS_H
#define SHIRABE_TESTS_FACILITY_HOSPITALS_H
#include "tests/demo/facility_sheet.h"

enum { HOSPITALS = 540, CLINICS = 60, HOSPITAL_MONTHS = 13, TYPES = 5, TRUTH_CLASSES = 9, FIRST_YEAR = 2024, FIRST_MONTH = 12, EACH_ERROR = 6 };
static const char *const type_name[TYPES] = {"psy", "inf", "tb", "lt", "gen"};
static const char *const truth_class[TRUTH_CLASSES] = {"psy", "inf", "tb", "lt", "gen", "care", "_T", "clinic_lt", "clinic_care"};

struct bed_month {
  int64_t beds, days, end, in_new, left, in, out;
};
struct hospital {
  int prefecture, clinic;
  int64_t beds[TYPES], stock[TYPES], visits;
  double rate[TYPES], turnover[TYPES];
  struct bed_month m[TYPES];
  int64_t outpatients;
};
struct class_sum {
  double days, end, beds, moves, bed_days;
};
static inline int calendar_days(int year, int month) { return (int)date_days_in_month(year, month); }

static inline void hospital_make(const struct facility_world *w, int i, struct hospital *h) {
  static const double rates[TYPES] = {0.87, 0.05, 0.34, 0.86, 0.74}, turnover[TYPES] = {0.11, 3.0, 0.5, 0.2, 1.8};
  struct rng r;
  facility_stream(w, &r, "hospital", i);
  *h = (struct hospital){.prefecture = (int)facility_between(&r, 0, 3), .clinic = i >= HOSPITALS};
  const double kind = rng_uniform(&r);
  if (h->clinic) h->beds[3] = facility_between(&r, 6, 19);
  else if (kind < 0.15) h->beds[0] = facility_between(&r, 80, 320);
  else {
    h->beds[4] = facility_between(&r, 40, 420);
    if (kind < 0.55) h->beds[3] = facility_between(&r, 30, 180);
    if (kind > 0.94) h->beds[2] = facility_between(&r, 30, 60);
    if (kind > 0.85) h->beds[1] = facility_between(&r, 2, 8);
    if (kind > 0.75 && kind < 0.80) h->beds[0] = facility_between(&r, 40, 90);
  }
  for (int t = 0; t < TYPES; t++) {
    h->rate[t] = rates[t] + 0.06 * (rng_uniform(&r) - 0.5), h->turnover[t] = turnover[t] * (0.8 + 0.4 * rng_uniform(&r));
    h->stock[t] = (int64_t)(h->rate[t] * (double)h->beds[t]);
  }
  h->visits = h->clinic ? 0 : facility_between(&r, 1200, 16000);
}
/* One month of a type: patients stay near the rate; the days are those of the mean of beginning and end. */
static inline void type_month(struct rng *r, struct hospital *h, int t, int days, int64_t in, int64_t out) {
  struct bed_month *m = &h->m[t];
  const int64_t begin = h->stock[t], beds = h->beds[t];
  *m = (struct bed_month){.beds = beds, .in = in, .out = out};
  if (!beds) return;
  int64_t end = (int64_t)((h->rate[t] + 0.03 * (rng_uniform(r) - 0.5)) * (double)beds);
  m->in_new = (int64_t)(h->turnover[t] * h->rate[t] * (double)beds * (0.95 + 0.1 * rng_uniform(r)) + rng_uniform(r)) + out;
  m->left = begin + m->in_new + in - out - end;
  if (m->left < 0) m->left = 0;
  m->end = begin + m->in_new + in - m->left - out;
  m->days = (begin + m->end) * days / 2 + (int64_t)((rng_uniform(r) - 0.5) * 0.02 * (double)(begin + m->end) * days / 2);
  if (m->days < m->end) m->days = m->end;
  h->stock[t] = m->end;
}
static inline void hospital_next(const struct facility_world *w, int i, int month, int days, struct hospital *h) {
  struct rng r;
  facility_stream(w, &r, "month", (int64_t)i * 100 + month);
  const int64_t moved = h->beds[3] && h->beds[4] ? facility_between(&r, 0, 3) : 0;
  for (int t = 0; t < TYPES; t++) type_month(&r, h, t, days, t == 3 ? moved : 0, t == 4 ? moved : 0);
  h->outpatients = h->visits ? h->visits + (int64_t)((rng_uniform(&r) - 0.5) * 0.1 * (double)h->visits) : 0;
}

/* --- truth --- */
static inline void add_truth(struct class_sum *s, const struct bed_month *m, int days, bool transfers) {
  s->days += (double)m->days, s->end += (double)m->end, s->beds += (double)m->beds, s->bed_days += (double)m->beds * days;
  s->moves += (double)(m->in_new + m->left) + (transfers ? (double)(m->in + m->out) : 0);
}
static inline void month_truth(const struct hospital *h, int days, struct class_sum sum[TRUTH_CLASSES], double *visits) {
  if (h->clinic) {
    add_truth(&sum[7], &h->m[3], days, true);
    return;
  }
  for (int t = 0; t < TYPES; t++) add_truth(&sum[t], &h->m[t], days, t == 3), add_truth(&sum[6], &h->m[t], days, false);
  *visits += (double)h->outpatients;
}
static inline void write_truth(
    const struct facility_world *w, const char *period, const struct class_sum sum[TRUTH_CLASSES], double visits, int days) {
  for (int k = 0; k < TRUTH_CLASSES; k++) {
    if (k == 5 || k == 8) continue;
    facility_truth(w, "hospital_report", period, truth_class[k], "patients_a_day", sum[k].days, days);
    facility_truth(w, "hospital_report", period, truth_class[k], "occupancy", sum[k].end, sum[k].beds);
    facility_truth(w, "hospital_report", period, truth_class[k], "use", sum[k].days, sum[k].bed_days);
    facility_truth(w, "hospital_report", period, truth_class[k], "stay", 2 * sum[k].days, sum[k].moves);
  }
  facility_truth(w, "hospital_report", period, "outpatients", "patients_a_day", visits, days);
}

/* --- files --- */
static inline void identify(struct sheet *s, const struct hospital *h, int i) {
  static const char *const code[4] = {"01", "13", "27", "34"};
  sheet_text(s, "prefecture", code[h->prefecture]);
  sheet_text(s, "facility_no", sheet_name("%08d", 10000 + i));
  sheet_text(s, "report_kind", h->clinic ? "2" : "1");
}
static inline void write_register(struct sheet *s, const struct hospital *h, int i, const char *state) {
  identify(s, h, i);
  sheet_text(s, "state", state);
  for (int t = 0; t < TYPES; t++) sheet_int(s, sheet_name("beds_%s", type_name[t]), h->beds[t]);
}
static inline void write_patients(struct sheet *s, const struct hospital *h, int i, int year, int month) {
  identify(s, h, i);
  sheet_text(s, "period_from", sheet_name("%04d-%02d-01", year, month));
  sheet_text(s, "period_to", sheet_name("%04d-%02d-%02d", year, month, calendar_days(year, month)));
  for (int t = 0; t < TYPES; t++) {
    const struct bed_month *m = &h->m[t];
    const int64_t v[7] = {m->beds, m->days, m->end, m->in_new, m->left, m->in, m->out};
    static const char *const names[7] = {"beds", "days", "end", "new", "left", "in", "out"};
    for (int k = 0; k < 7; k++) sheet_int(s, sheet_name("%s_%s", names[k], type_name[t]), v[k]);
  }
  if (!h->clinic) sheet_int(s, "outpatients", h->outpatients);
}

/* --- planted errors: one kind per hospital, on its largest type --- */
static const struct {
  const char *name, *checks; /* prefix of a check; %s = type */
} hospital_errors[] = {{"end_off_by_seven", "I_"}, {"days_tenfold", "A_"}, {"days_below_patients", "L_"}, {"overfull", "W_"},
    {"moves_exchanged", "I_"}, {"beds_not_permitted", "K_"}, {"outpatients_tenfold", "T2"}, {"patients_when_closed", "T4"},
    {"not_in_register", "T5"}, {"transfers_one_sided", "T1"}, {"days_of_another_month", "C1"}, {"days_halved", "M_"}};
enum { HOSPITAL_ERRORS = sizeof hospital_errors / sizeof *hospital_errors };
static inline int error_of(int i) { return i < HOSPITALS && i % 7 == 3 && i / 7 < HOSPITAL_ERRORS * EACH_ERROR ? i / 7 % HOSPITAL_ERRORS : -1; }
static inline int largest_type(const struct hospital *h) { return h->beds[4] >= 40 ? 4 : h->beds[3] >= 30 ? 3 : 0; }
static inline void bump(struct sheet *s, const char *item, int64_t by) { sheet_int(s, item, sheet_value(s, item) + by); }
static inline void plant_patients(struct facility_world *w, struct sheet *s, const struct hospital *h, int i, const char *period) {
  const int kind = error_of(i), t = largest_type(h);
  const char *type = type_name[t], *checks = hospital_errors[kind].checks;
  const int64_t days = sheet_value(s, sheet_name("days_%s", type)), beds = h->beds[t], over = beds * 14 / 10 + 1 - h->m[t].end;
  if (kind == 0) bump(s, sheet_name("end_%s", type), 7);
  if (kind == 1) sheet_int(s, sheet_name("days_%s", type), days * 10);
  if (kind == 2) sheet_int(s, sheet_name("days_%s", type), h->m[t].end - 1);
  if (kind == 3) bump(s, sheet_name("end_%s", type), over), bump(s, sheet_name("new_%s", type), over);
  if (kind == 4) sheet_int(s, sheet_name("new_%s", type), h->m[t].left + 1), sheet_int(s, sheet_name("left_%s", type), h->m[t].in_new);
  if (kind == 5) bump(s, sheet_name("beds_%s", type), 20);
  if (kind == 6) sheet_int(s, "outpatients", h->outpatients * 10);
  if (kind == 8) sheet_text(s, "facility_no", sheet_name("%08d", 90000 + i));
  if (kind == 9) bump(s, sheet_name("in_%s", type), 4), bump(s, sheet_name("left_%s", type), 4);
  if (kind == 10) sheet_text(s, "period_from", "2025-11-20");
  if (kind == 11) sheet_int(s, sheet_name("days_%s", type), days * 6 / 10);
  static const char *const code[4] = {"01", "13", "27", "34"};
  const bool by_type = checks[strlen(checks) - 1] == '_';
  facility_plant(w, "hospital_report/patient", period, code[h->prefecture], s->value[sheet_item(s, "facility_no")], hospital_errors[kind].name,
      by_type ? sheet_name("%s%s", checks, type) : checks);
}

static inline void hospitals_month(
    struct facility_world *w, struct hospital *all, int k, struct class_sum *year, double *year_visits, double *rates) {
  const int at = FIRST_MONTH - 1 + k, y = FIRST_YEAR + at / 12, m = at % 12 + 1, days = calendar_days(y, m);
  const bool last = k == HOSPITAL_MONTHS - 1;
  char period[16];
  struct class_sum sum[TRUTH_CLASSES] = {{0}};
  double visits = 0;
  snprintf(period, sizeof period, "%04d-%02d", y, m);
  struct sheet *patients = sheet_open(w, "hospital_report", "patient", period, last);
  struct sheet *registers = last ? sheet_open(w, "hospital_report", "register", period, true) : NULL;
  for (int i = 0; i < HOSPITALS + CLINICS; i++) {
    hospital_next(w, i, k, days, &all[i]);
    month_truth(&all[i], days, sum, &visits);
    write_patients(patients, &all[i], i, y, m);
    sheet_write(patients, 0);
    if (last && error_of(i) >= 0) plant_patients(w, patients, &all[i], i, period);
    sheet_write(patients, 1);
    sheet_next(patients);
    if (!registers) continue;
    write_register(registers, &all[i], i, "1"), sheet_write(registers, 0);
    if (error_of(i) == 7) sheet_text(registers, "state", "9");
    sheet_write(registers, 1), sheet_next(registers);
  }
  write_truth(w, period, sum, visits, days);
  for (int c = 0; k && c < TRUTH_CLASSES; c++) {
    year[c].days += sum[c].days, year[c].moves += sum[c].moves, year[c].bed_days += sum[c].bed_days;
    rates[c] += sum[c].beds > 0 ? sum[c].end / sum[c].beds * 100 : 0;
  }
  *year_visits += k ? visits : 0;
  sheet_close(patients);
  if (registers) sheet_close(registers);
}
static inline void facility_hospitals(struct facility_world *w) {
  struct hospital *all = calloc(HOSPITALS + CLINICS, sizeof *all);
  struct class_sum year[TRUTH_CLASSES] = {{0}};
  double visits = 0, rates[TRUTH_CLASSES] = {0};
  if (!all) demo_stop("no memory");
  for (int i = 0; i < HOSPITALS + CLINICS; i++) hospital_make(w, i, &all[i]);
  for (int k = 0; k < HOSPITAL_MONTHS; k++) hospitals_month(w, all, k, year, &visits, rates);
  for (int c = 0; c < TRUTH_CLASSES; c++) {
    if (c == 5 || c == 8) continue;
    facility_truth(w, "hospital_report", "2025", truth_class[c], "patients_a_day", year[c].days, 365);
    facility_truth(w, "hospital_report", "2025", truth_class[c], "use", year[c].days, year[c].bed_days);
    facility_truth(w, "hospital_report", "2025", truth_class[c], "stay", 2 * year[c].days, year[c].moves);
    facility_truth(w, "hospital_report", "2025", truth_class[c], "mean_occupancy", rates[c], 12);
  }
  free(all);
}
#endif
