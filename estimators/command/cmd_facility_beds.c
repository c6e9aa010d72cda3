/* cmd_facility_beds.c -- estimate facility beds: beds per 100,000 persons and physicians per 100 beds, from the static survey and the population. */
#include <stdio.h>

#include "estimators/command/cmd_facility_medical.h"
#include "estimators/facility/fte.h"

enum { BEDS_ALL = STOCK_BEDS, BEDS_LINES, PER_PERSONS = 100000, PER_BEDS = 100, HOSPITAL_KINDS = 3, PREFECTURES = 47 };
struct area_sums {
  int64_t beds[BEDS_LINES], population, hospital_beds, physicians; /* physicians in tenths */
  int64_t n, n_hospitals, n_without;
};
struct beds_work {
  struct facility_span span;
  struct facility_static fixed;
  struct facility_source people;
  struct str *label;
  int32_t n_areas, *of;
  int64_t *full, *hours, *standard;
  uint8_t *has_full, *has_hours, *has_standard;
  struct area_sums *sum; /* [n_areas + 1], the nation first */
  int64_t n_beds_missing;
};

static enum err_code open_people(struct cli *c, struct store *s, struct beds_work *w, struct err *e) {
  TRY(facility_open(c, s ? w->span.survey : "medical_facility", "population", &w->people, e));
  if (s) return facility_add_store(&w->people, s, w->span.survey, w->span.month[0].p, e);
  const char *path = cli_text(c, "population");
  if (!path) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "beds", .expected = "SURVEY PERIOD, or --static FILE --population FILE");
  return facility_add_file(&w->people, path, e);
}
static int32_t area_of(const struct beds_work *w, struct str code) {
  for (int32_t k = 0; k < w->n_areas; k++)
    if (str_eq(w->label[k], code)) return k;
  return -1;
}
/* Number of a prefecture; 0 = none: a row of the nation or of a region would be counted twice. */
static int prefecture_number(struct str s) {
  if (s.n != 2 || s.p[0] < '0' || s.p[0] > '4' || s.p[1] < '0' || s.p[1] > '9') return 0;
  const int v = (s.p[0] - '0') * 10 + (s.p[1] - '0');
  return v <= PREFECTURES ? v : 0;
}
static enum err_code check_people(
    const struct beds_work *w, int64_t row, struct str code, bool there, bool seen[PREFECTURES + 1], struct err *e) {
  const int number = prefecture_number(code);
  const struct facility_place p = facility_place(&w->people, row);
  char text[32];
  snprintf(text, sizeof text, "%.*s", code.n > 8 ? 8 : (int)code.n, code.p);
  if (!number)
    return ERR(e, E_FACILITY_VALUE, .file = p.file, .line = p.line, .subject = "prefecture", .expected = "a prefecture, 01 to 47", .found = text);
  if (!there) return ERR(e, E_FACILITY_POPULATION, .file = p.file, .line = p.line, .subject = text);
  if (seen[number])
    return ERR(e, E_FACILITY_VALUE, .file = p.file, .line = p.line, .subject = "prefecture", .expected = "one row of each prefecture", .found = text);
  seen[number] = true;
  return E_OK;
}
static enum err_code read_people(struct beds_work *w, struct err *e) {
  struct str *prefecture;
  int64_t *people;
  uint8_t *status;
  bool seen[PREFECTURES + 1] = {false};
  TRY(facility_text(&w->people, "prefecture", true, &prefecture, e));
  TRY(facility_number(&w->people, "population", true, &people, &status, e));
  for (int64_t i = 0; i < w->people.n; i++) {
    const int32_t k = area_of(w, prefecture[i]);
    TRY(check_people(w, i, prefecture[i], value_present(status[i]) && people[i] > 0, seen, e));
    w->sum[0].population += people[i];
    if (k >= 0) w->sum[k + 1].population = people[i];
  }
  for (int32_t k = 0; k < w->n_areas; k++)
    if (!w->sum[k + 1].population) return ERR(e, E_FACILITY_POPULATION, .file = facility_place(&w->people, 0).file, .subject = w->label[k].p);
  return E_OK;
}
static enum err_code read_physicians(struct beds_work *w, struct err *e) {
  const struct facility_source *f = &w->fixed.source;
  TRY(facility_number(f, "full_physician", true, &w->full, &w->has_full, e));
  TRY(facility_number(f, "hours_physician", true, &w->hours, &w->has_hours, e));
  return facility_number(f, "standard_hours", true, &w->standard, &w->has_standard, e);
}
/* Full-time equivalents of a hospital's physicians, in tenths; false = an item is missing. */
static bool physicians(const struct beds_work *w, int64_t i, int64_t *tenths) {
  struct err ignored = {.code = E_OK};
  if (!value_present(w->has_full[i]) || !value_present(w->has_hours[i])) return false;
  return fte_staff(w->full[i], w->hours[i], value_present(w->has_standard[i]) ? w->standard[i] : 0, tenths, &ignored) == E_OK;
}
static void add(struct area_sums *s, const struct stock_facility *f, bool has_physicians, int64_t tenths) {
  int64_t beds = 0;
  s->n++;
  for (int h = 0; h < STOCK_BEDS; h++) s->beds[h] += f->beds[h], s->beds[BEDS_ALL] += f->beds[h], beds += f->beds[h];
  if (f->kind > HOSPITAL_KINDS) return;
  s->n_hospitals++;
  if (!has_physicians) s->n_without++;
  else s->hospital_beds += beds, s->physicians += tenths;
}
static void add_all(struct beds_work *w) {
  for (int64_t i = 0; i < w->fixed.n; i++) {
    int64_t tenths = 0;
    if (w->fixed.row[i].state != STOCK_OPEN) continue;
    if (w->fixed.beds_missing[i]) {
      w->n_beds_missing++;
      continue;
    }
    const bool has = physicians(w, i, &tenths);
    add(&w->sum[0], &w->fixed.row[i], has, tenths);
    add(&w->sum[w->of[i] + 1], &w->fixed.row[i], has, tenths);
  }
}

enum { M_VALUE, M_NUMERATOR, M_DENOMINATOR, M_MEASURES };
static const struct facility_measure measures[M_MEASURES] = {{"value", "", 1, false}, {"numerator", "", 1, false}, {"denominator", "", 0, false}};
static void put(struct result_table *t, struct str area, const char *line, const struct facility_rate *r, int64_t n, const char *reason) {
  const int64_t row = facility_row(t, (const struct str[]){area, str_of(line)}, n);
  facility_put_rate(t, row, M_VALUE, r, reason);
  facility_put(t, row, M_NUMERATOR, (double)r->numerator);
  facility_put(t, row, M_DENOMINATOR, (double)r->denominator);
}
static void area_rows(struct result_table *t, struct str area, const struct area_sums *s) {
  static const char *const lines[BEDS_LINES] = {"beds_psy_per_100000", "beds_inf_per_100000", "beds_tb_per_100000", "beds_lt_per_100000",
      "beds_gen_per_100000", "beds_clinic_per_100000", "beds_per_100000"};
  for (int h = 0; h < BEDS_LINES; h++) {
    const struct facility_rate r = facility_rate_of(s->beds[h], s->population, PER_PERSONS, 1);
    put(t, area, lines[h], &r, s->n, "no population");
  }
  const struct facility_rate r = facility_rate_of(s->physicians, s->hospital_beds, PER_BEDS / FTE_TENTHS, 1);
  put(t, area, "physicians_fte_per_100_beds", &r, s->n_hospitals - s->n_without, "no beds of hospitals");
  t->measures[M_NUMERATOR].value[t->n_rows - 1] = (double)s->physicians / FTE_TENTHS;
}
static enum err_code make_table(struct cli *c, const struct beds_work *w, struct result_table **out, struct err *e) {
  static const char *const names[2] = {"area", "line"};
  const struct facility_table_spec spec = {"beds", "人口10万対病床数・100床当たり常勤換算医師数",
      "beds per 100,000 persons and physicians (full-time equivalents) per 100 beds", names, 2, measures, M_MEASURES};
  TRY(facility_table_new(cli_job(c)->arena, &spec, ((int64_t)w->n_areas + 1) * (BEDS_LINES + 1), out, e));
  area_rows(*out, STR("_T"), &w->sum[0]);
  for (int32_t k = 0; k < w->n_areas; k++) area_rows(*out, w->label[k], &w->sum[k + 1]);
  if (w->n_beds_missing)
    result_note(*out, arena_printf(cli_job(c)->arena, "%lld institutions with a missing type of beds are left out", (long long)w->n_beds_missing));
  if (w->sum[0].n_without)
    result_note(*out,
        arena_printf(
            cli_job(c)->arena, "%lld hospitals without the items of physicians are in no physicians per beds", (long long)w->sum[0].n_without));
  return result_sort(*out, e);
}
enum err_code facility_do_beds(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct beds_work *w = ARENA_NEW(a, struct beds_work);
  struct result_table *t;
  (void)look;
  if (!w) return ERR(e, E_NO_MEMORY, .subject = "beds");
  TRY(facility_span_of(c, false, &w->span, e));
  TRY(facility_read_static(c, s, &w->span, &w->fixed, e));
  if (!(w->of = ARENA_ARRAY(a, int32_t, w->fixed.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "beds");
  TRY(facility_labels(a, w->fixed.prefecture, w->fixed.n, w->of, &w->label, &w->n_areas, e));
  if (!(w->sum = ARENA_ARRAY(a, struct area_sums, w->n_areas + 1))) return ERR(e, E_NO_MEMORY, .subject = "beds");
  TRY(open_people(c, s, w, e));
  TRY(read_people(w, e));
  TRY(read_physicians(w, e));
  add_all(w);
  TRY(make_table(c, w, &t, e));
  return facility_print(c, t, "medical_facility", "static", s != NULL, e);
}
