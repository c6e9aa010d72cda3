/* facility_institutions.h -- 800 medical institutions: the register of July 2026, the notices of July to September, the static survey of 1 October.
 * Institutions open, close, suspend, reopen and change beds; most send a notice, a few do not, which is what the reconciliation must find. Truth: the
 * flows of the notices by month, the bridge to October, beds and physicians by prefecture. */
#ifndef SHIRABE_TESTS_FACILITY_INSTITUTIONS_H
#define SHIRABE_TESTS_FACILITY_INSTITUTIONS_H
#include "tests/demo/facility_sheet.h"

enum { INSTITUTIONS = 800, LATER = 30, NOTICE_MONTHS = 3, BED_TYPES = 6, PREFECTURES = 4, STATIC_YEAR = 2026 };
static const char *const bed_name[BED_TYPES] = {"psy", "inf", "tb", "lt", "gen", "clinic"};
static const char *const prefecture_code[PREFECTURES] = {"01", "13", "27", "34"};
static const int64_t prefecture_people[PREFECTURES] = {5100000, 14000000, 8700000, 2700000};

enum silent { SILENT_NONE, SILENT_CLOSED, SILENT_OPENED, SILENT_BEDS, SILENT_SUSPENDED };
struct institution {
  int prefecture, kind, state; /* state 0 = not yet opened */
  int64_t beds[BED_TYPES];
  enum silent silent;
  int64_t full, hours; /* physicians, hours in tenths */
};
struct flow_truth {
  int64_t opened, reopened, closed, suspended, beds_in, beds_out, beds_changed;
};
struct stage {
  struct facility_world *w;
  struct institution all[INSTITUTIONS + LATER], roll[INSTITUTIONS + LATER]; /* as they are; as the notices have it */
  struct sheet *notices[NOTICE_MONTHS];
  struct flow_truth flow[NOTICE_MONTHS];
};
static inline int64_t beds_sum(const struct institution *x) {
  int64_t s = 0;
  for (int h = 0; h < BED_TYPES; h++) s += x->beds[h];
  return s;
}
static inline void institution_make(const struct facility_world *w, int i, struct institution *x) {
  struct rng r;
  facility_stream(w, &r, "institution", i);
  const double kind = rng_uniform(&r);
  *x = (struct institution){.prefecture = (int)facility_between(&r, 0, PREFECTURES - 1), .state = i < INSTITUTIONS ? 1 : 0};
  x->kind = kind < 0.06 ? 1 : kind < 0.40 ? 3 : kind < 0.85 ? 4 : 5;
  if (x->kind == 1) x->beds[0] = facility_between(&r, 60, 300);
  if (x->kind == 3) {
    x->beds[4] = facility_between(&r, 30, 400);
    if (rng_uniform(&r) < 0.4) x->beds[3] = facility_between(&r, 20, 150);
    if (rng_uniform(&r) < 0.05) x->beds[2] = facility_between(&r, 20, 50);
    if (rng_uniform(&r) < 0.1) x->beds[1] = facility_between(&r, 2, 6);
  }
  if (x->kind == 4 && rng_uniform(&r) < 0.2) x->beds[5] = facility_between(&r, 3, 19);
  if (i < INSTITUTIONS && rng_uniform(&r) < 0.03) x->state = 2;
  x->full = x->kind <= 3 ? 2 + beds_sum(x) / facility_between(&r, 6, 14) : 1;
  x->hours = facility_between(&r, 0, 5) == 0 ? 3 : facility_between(&r, 0, 4000);
}

/* --- notices --- */
static inline void institution_id(struct sheet *s, const struct institution *x, int i) {
  sheet_text(s, "prefecture", prefecture_code[x->prefecture]);
  sheet_text(s, "facility_no", sheet_name("%08d", 20000 + i));
}
static inline void notice_row(struct stage *t, int i, int month, int kind, int day, const int64_t *before, const int64_t *after) {
  struct sheet *s = t->notices[month];
  const struct institution *x = &t->all[i];
  institution_id(s, x, i);
  sheet_int(s, "notice_no", 1), sheet_int(s, "notice_kind", kind), sheet_int(s, "facility_kind", x->kind);
  sheet_text(s, "founder", x->kind == 1 || x->kind == 3 ? "20" : "26");
  sheet_text(s, "event_date", sheet_name("2026-%02d-%02d", 7 + month, day));
  sheet_text(s, "receipt_date", sheet_name("2026-%02d-%02d", 7 + month, day + 5));
  for (int h = 0; h < BED_TYPES; h++)
    sheet_int(s, sheet_name("before_%s", bed_name[h]), before[h]), sheet_int(s, sheet_name("after_%s", bed_name[h]), after[h]);
}
static inline void notice_send(struct stage *t, int i, int month, int kind, const int64_t *before, const int64_t *after, int day) {
  notice_row(t, i, month, kind, day, before, after);
  sheet_write(t->notices[month], 0), sheet_write(t->notices[month], 1), sheet_next(t->notices[month]);
}
static inline int64_t sum_of_beds(const int64_t *b) {
  int64_t s = 0;
  for (int h = 0; h < BED_TYPES; h++) s += b[h];
  return s;
}
/* What happens to an institution in a month, with its notice. */
static inline void institution_event(struct stage *t, int i, int month, struct rng *r) {
  static const int64_t none[BED_TYPES] = {0};
  struct institution *x = &t->all[i];
  struct flow_truth *f = &t->flow[month];
  const double u = rng_uniform(r);
  const int day = (int)facility_between(r, 1, 20);
  int64_t after[BED_TYPES];
  memcpy(after, x->beds, sizeof after);
  if (x->state == 0 && i % NOTICE_MONTHS == month && i % 10) {
    x->state = 1, f->opened++, f->beds_in += beds_sum(x);
    notice_send(t, i, month, 1, none, x->beds, day);
  } else if (x->state == 2 && u < 0.15) {
    x->state = 1, f->reopened++, f->beds_in += beds_sum(x);
    notice_send(t, i, month, 2, none, x->beds, day);
  } else if (x->state == 1 && u < 0.006) {
    x->state = 9, f->closed++, f->beds_out += beds_sum(x);
    notice_send(t, i, month, 3, x->beds, none, day);
  } else if (x->state == 1 && u < 0.010) {
    x->state = 2, f->suspended++, f->beds_out += beds_sum(x);
    notice_send(t, i, month, 4, x->beds, none, day);
  } else if (x->state == 1 && u < 0.030 && x->kind <= 3) {
    const int h = x->kind == 1 ? 0 : 4;
    after[h] += facility_between(r, 1, 1 + beds_sum(x) / 10);
    f->beds_changed += sum_of_beds(after) - beds_sum(x);
    notice_send(t, i, month, 5, x->beds, after, day);
    memcpy(x->beds, after, sizeof after);
  }
}

/* --- planted errors of notices: into the second file of the last month, of institutions to which nothing happens then --- */
static const struct {
  const char *name, *check;
} notice_errors[] = {{"close_not_there", "S3"}, {"reopen_open", "S2"}, {"open_exists", "S1"}, {"before_differs", "B_gen"}, {"below_20_beds", "N3"},
    {"clinic_above_19", "N4"}, {"before_event_received", "N1"}, {"sent_twice", "D1"}, {"closed_with_beds", "N8"}, {"large_change", "N9"}};
enum { NOTICE_ERRORS = sizeof notice_errors / sizeof *notice_errors };
static inline void plant_notice(struct stage *t, int i, int kind) {
  static const int64_t none[BED_TYPES] = {0};
  const int last = NOTICE_MONTHS - 1;
  struct sheet *s = t->notices[last];
  const struct institution *x = &t->all[i];
  int64_t after[BED_TYPES];
  memcpy(after, x->beds, sizeof after);
  const int what = kind == 1 ? 2 : kind == 2 ? 1 : kind == 8 || kind == 7 ? 3 : 5;
  if (kind == 3) after[4] += 1;
  if (kind == 4) memset(after, 0, sizeof after), after[4] = 15;
  if (kind == 5) after[5] = 25;
  if (kind == 9) after[4] += 80 + after[4] / 2;
  notice_row(t, i, last, what, 10, kind == 1 || kind == 2 ? none : x->beds, kind == 7 ? none : after);
  if (kind == 3) sheet_int(s, "before_gen", x->beds[4] + 5);
  if (kind == 6) after[4] += 3, sheet_int(s, "after_gen", after[4]), sheet_text(s, "receipt_date", "2026-09-01");
  sheet_write(s, 1);
  if (kind == 7) sheet_int(s, "notice_no", 2), sheet_write(s, 1);
  facility_plant(t->w, "medical_facility/notice", "2026-09", prefecture_code[x->prefecture], s->value[sheet_item(s, "facility_no")],
      notice_errors[kind].name, notice_errors[kind].check);
  sheet_next(s);
}
static inline void plant_notices(struct stage *t, const bool *busy) {
  int placed[NOTICE_ERRORS] = {0};
  for (int i = 0; i < INSTITUTIONS; i++) {
    if (busy[i] || t->all[i].state != 1 || i % 3) continue;
    for (int kind = 0; kind < NOTICE_ERRORS; kind++) {
      const bool suits = kind == 5 ? t->all[i].kind == 4 : t->all[i].kind == 3;
      if (placed[kind] == 4 || !suits || kind == 0) continue;
      placed[kind]++;
      plant_notice(t, i, kind);
      break;
    }
  }
  for (int k = 0; k < 4; k++) { /* institutions that nobody knows */
    struct sheet *s = t->notices[NOTICE_MONTHS - 1];
    static const int64_t none[BED_TYPES] = {0};
    notice_row(t, k, NOTICE_MONTHS - 1, 3, 12, none, none);
    sheet_text(s, "facility_no", sheet_name("%08d", 80000 + k));
    sheet_write(s, 1);
    facility_plant(t->w, "medical_facility/notice", "2026-09", s->value[sheet_item(s, "prefecture")], s->value[sheet_item(s, "facility_no")],
        notice_errors[0].name, notice_errors[0].check);
    sheet_next(s);
  }
}

/* --- the static survey --- */
static const struct {
  const char *name, *check;
} static_errors[] = {{"beds_do_not_add", "B1"}, {"psychiatric_with_general", "B5"}, {"deliveries_without_department", "O1"},
    {"fte_not_cut", "FT_nurse"}, {"fewer_heads_than_fte", "HC_nurse"}, {"department_without_physician", "D_13"}, {"ct_use_without_unit", "E_ct"},
    {"clinic_of_25_beds", "B4"}};
enum { STATIC_ERRORS = sizeof static_errors / sizeof *static_errors };
static inline void write_static(struct sheet *s, const struct institution *x, int i) {
  const bool hospital = x->kind <= 3;
  institution_id(s, x, i);
  sheet_text(s, "name", sheet_name("施設%d", i)), sheet_text(s, "founder", hospital ? "20" : "26");
  sheet_int(s, "facility_kind", x->kind), sheet_int(s, "state", x->state), sheet_int(s, "beds_total", beds_sum(x));
  for (int h = 0; h < 5 && hospital; h++) sheet_int(s, sheet_name("beds_%s", bed_name[h]), x->beds[h]);
  if (!hospital) sheet_int(s, "beds_clinic", x->beds[5]);
  if (x->kind == 4) sheet_int(s, "beds_clinic_lt", 0);
  static const char *const roles[6] = {"emergency", "cancer", "perinatal", "disaster", "regional", "special"};
  for (int k = 0; k < 6 && hospital; k++) sheet_text(s, sheet_name("role_%s", roles[k]), "2");
  const int department = x->kind == 1 ? 14 : x->kind == 5 ? 40 : 1;
  sheet_text(s, sheet_name("dep_%02d", department), "1"), sheet_int(s, sheet_name("doc_%02d", department), x->full);
  sheet_text(s, "insurance", "1"), sheet_text(s, "electronic_record", "1"), sheet_text(s, "after_hours", "3");
  sheet_int(s, "outpatients_day", hospital ? 200 : 40);
  sheet_tenths(s, "standard_hours", 400);
  sheet_int(s, "full_physician", x->full), sheet_int(s, "part_physician", x->hours ? 1 + x->hours / 400 : 0);
  sheet_tenths(s, "hours_physician", x->hours), sheet_tenths(s, "fte_physician", x->hours == 0 ? 0 : x->hours < 40 ? 1 : x->hours * 10 / 400);
  sheet_int(s, "full_nurse", beds_sum(x) / 2 + 1), sheet_int(s, "part_nurse", 3), sheet_tenths(s, "hours_nurse", 655),
      sheet_tenths(s, "fte_nurse", 16);
  sheet_fill(s);
}
/* The first kind that suits the institution and has fewer than five. */
static inline int static_error_of(const struct institution *x, int i, int placed[STATIC_ERRORS]) {
  if (i % 4 != 2 || x->state != 1 || x->silent != SILENT_NONE) return -1;
  for (int kind = 0; kind < STATIC_ERRORS; kind++) {
    const bool suits = kind == 7 ? x->kind == 4 : kind == 1 ? x->kind == 1 : x->kind == 3;
    if (suits && placed[kind] < 5) return placed[kind]++, kind;
  }
  return -1;
}
static inline void plant_static(struct stage *t, struct sheet *s, const struct institution *x, int kind) {
  if (kind == 0) sheet_int(s, "beds_total", beds_sum(x) + 10);
  if (kind == 1) sheet_int(s, "beds_gen", 5), sheet_int(s, "beds_total", beds_sum(x) + 5);
  if (kind == 2) sheet_int(s, "deliveries", 12);
  if (kind == 3) sheet_tenths(s, "fte_nurse", 17);
  if (kind == 4) sheet_int(s, "part_nurse", 1);
  if (kind == 5) sheet_text(s, "dep_13", "1"), sheet_int(s, "doc_13", 0);
  if (kind == 6) sheet_int(s, "ct_exams", 90);
  if (kind == 7) sheet_int(s, "beds_clinic", 25), sheet_int(s, "beds_total", 25);
  facility_plant(t->w, "medical_facility/static", "2026", prefecture_code[x->prefecture], s->value[sheet_item(s, "facility_no")],
      static_errors[kind].name, static_errors[kind].check);
}
/* What changed without a notice. */
static inline void silent_change(struct institution *x, int i) {
  if (i % 97 == 5 && x->state == 1) x->state = 9, x->silent = SILENT_CLOSED;
  else if (i % 89 == 7 && x->state == 1 && x->kind == 3) x->beds[4] += 12, x->silent = SILENT_BEDS;
  else if (i % 101 == 11 && x->state == 1) x->state = 2, x->silent = SILENT_SUSPENDED;
  else if (i >= INSTITUTIONS && x->state == 0) x->state = 1, x->silent = SILENT_OPENED;
}
static inline void survey_october(struct stage *t) {
  struct facility_world *w = t->w;
  struct sheet *s = sheet_open(w, "medical_facility", "static", "2026", true), *reg = sheet_open(w, "medical_facility", "register", "2026-10", false);
  int64_t beds[PREFECTURES + 1][BED_TYPES + 1] = {{0}}, physicians[PREFECTURES + 1] = {0}, hospital_beds[PREFECTURES + 1] = {0}, reason[5] = {0};
  int placed[STATIC_ERRORS] = {0};
  for (int i = 0; i < INSTITUTIONS + LATER; i++) {
    struct institution *x = &t->all[i];
    t->roll[i] = *x;
    if (x->state == 1 || x->state == 2) {
      institution_id(reg, x, i), sheet_int(reg, "facility_kind", x->kind), sheet_int(reg, "state", x->state);
      for (int h = 0; h < BED_TYPES; h++) sheet_int(reg, sheet_name("beds_%s", bed_name[h]), x->beds[h]);
      sheet_write(reg, 0), sheet_next(reg);
    }
    silent_change(x, i);
    reason[x->silent]++;
    if (x->state != 1 && x->state != 2) continue;
    write_static(s, x, i), sheet_write(s, 0);
    const int kind = static_error_of(x, i, placed);
    if (kind >= 0) plant_static(t, s, x, kind);
    sheet_write(s, 1), sheet_next(s);
    for (int a = 0; a < 2 && x->state == 1; a++) {
      const int k = a ? x->prefecture + 1 : 0;
      for (int h = 0; h < BED_TYPES; h++) beds[k][h] += x->beds[h], beds[k][BED_TYPES] += x->beds[h];
      if (x->kind > 3) continue;
      hospital_beds[k] += beds_sum(x);
      physicians[k] += x->full * 10 + (x->hours == 0 ? 0 : x->hours < 40 ? 1 : x->hours * 10 / 400);
    }
  }
  sheet_close(s), sheet_close(reg);
  static const char *const reasons[5] = {"none", "only_in_roll_forward", "only_in_static", "beds", "state"};
  for (int k = 1; k < 5; k++) facility_truth(w, "medical_facility", "2026", reasons[k], "differences", (double)reason[k], 1);
  struct sheet *people = sheet_open(w, "medical_facility", "population", "2026", false);
  int64_t nation = 0;
  for (int k = 0; k < PREFECTURES; k++) {
    sheet_text(people, "prefecture", prefecture_code[k]), sheet_int(people, "population", prefecture_people[k]),
        sheet_text(people, "status", "estimate");
    sheet_write(people, 0), sheet_next(people), nation += prefecture_people[k];
  }
  sheet_close(people);
  for (int k = 0; k <= PREFECTURES; k++) {
    const char *area = k ? prefecture_code[k - 1] : "_T";
    const double p = (double)(k ? prefecture_people[k - 1] : nation);
    for (int h = 0; h < BED_TYPES; h++)
      facility_truth(w, "medical_facility", "2026", area, sheet_name("beds_%s_per_100000", bed_name[h]), (double)beds[k][h] * 100000, p);
    facility_truth(w, "medical_facility", "2026", area, "beds_per_100000", (double)beds[k][BED_TYPES] * 100000, p);
    facility_truth(w, "medical_facility", "2026", area, "physicians_fte_per_100_beds", (double)physicians[k] * 10, (double)hospital_beds[k]);
  }
}
static inline void facility_institutions(struct facility_world *w) {
  struct stage *t = calloc(1, sizeof *t);
  bool busy[INSTITUTIONS + LATER] = {false};
  if (!t) demo_stop("no memory");
  t->w = w;
  struct sheet *reg = sheet_open(w, "medical_facility", "register", "2026-07", false);
  for (int i = 0; i < INSTITUTIONS + LATER; i++) {
    struct institution *x = &t->all[i];
    institution_make(w, i, x);
    if (!x->state) continue;
    institution_id(reg, x, i), sheet_int(reg, "facility_kind", x->kind), sheet_int(reg, "state", x->state);
    for (int h = 0; h < BED_TYPES; h++) sheet_int(reg, sheet_name("beds_%s", bed_name[h]), x->beds[h]);
    sheet_write(reg, 0), sheet_next(reg);
  }
  sheet_close(reg);
  int64_t open = 0, beds = 0;
  for (int i = 0; i < INSTITUTIONS; i++) open += t->all[i].state == 1, beds += t->all[i].state == 1 ? beds_sum(&t->all[i]) : 0;
  for (int m = 0; m < NOTICE_MONTHS; m++) {
    char period[16];
    snprintf(period, sizeof period, "2026-%02d", 7 + m);
    const bool last = m == NOTICE_MONTHS - 1;
    if (last) { /* the register of September: what the rules of its notices look at */
      struct sheet *r9 = sheet_open(w, "medical_facility", "register", "2026-09", false);
      for (int i = 0; i < INSTITUTIONS + LATER; i++) {
        const struct institution *x = &t->all[i];
        if (x->state != 1 && x->state != 2) continue;
        institution_id(r9, x, i), sheet_int(r9, "facility_kind", x->kind), sheet_int(r9, "state", x->state);
        for (int h = 0; h < BED_TYPES; h++) sheet_int(r9, sheet_name("beds_%s", bed_name[h]), x->beds[h]);
        sheet_write(r9, 0), sheet_next(r9);
      }
      sheet_close(r9);
    }
    t->notices[m] = sheet_open(w, "medical_facility", "notice", period, last);
    for (int i = 0; i < INSTITUTIONS + LATER; i++) {
      struct rng r;
      const struct institution before = t->all[i];
      facility_stream(w, &r, "event", (int64_t)i * 10 + m);
      institution_event(t, i, m, &r);
      busy[i] = busy[i] || memcmp(&before, &t->all[i], sizeof before) != 0;
    }
    const struct flow_truth *f = &t->flow[m];
    facility_truth(w, "medical_facility", period, "start", "facilities", (double)open, (double)beds);
    open += f->opened + f->reopened - f->closed - f->suspended, beds += f->beds_in - f->beds_out + f->beds_changed;
    facility_truth(w, "medical_facility", period, "opened", "facilities", (double)f->opened, 1),
        facility_truth(w, "medical_facility", period, "closed", "facilities", (double)f->closed, 1);
    facility_truth(w, "medical_facility", period, "suspended", "facilities", (double)f->suspended, 1),
        facility_truth(w, "medical_facility", period, "reopened", "facilities", (double)f->reopened, 1);
    facility_truth(w, "medical_facility", period, "end", "facilities", (double)open, (double)beds);
    if (last) plant_notices(t, busy);
    sheet_close(t->notices[m]);
  }
  survey_october(t);
  free(t);
}
#endif
