/* vital_year_rates.c -- totals, rates, fertility and standardised mortality of a tabulated year. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "estimators/vital/vital_rates.h"
#include "estimators/vital/vital_year_impl.h"

/* --- totals by area --- */
static int64_t at2(const struct vital_table *t, int i, int j, int k) { return vital_at(t, i, j, k); }
static void set(struct vital_release *r, int area, enum vital_item item, int64_t n) { r->n[area][item] = n, r->known[area][item] = true; }
/* Prefecture classes of the tables: 0 unknown, 1..47, 48 abroad; areas: 0 nation, 49 unknown. */
static int class_of_area(int area) { return area == 0 ? -1 : area == VITAL_AREA_UNKNOWN ? 0 : area; }
static void area_totals(const struct vital_year *y, int area, struct vital_release *r) {
  const struct vital_table *t = y->table;
  const int p = class_of_area(area);
  const struct vital_table *b = &t[VITAL_TABLE_births_prefecture], *d = &t[VITAL_TABLE_deaths_prefecture],
                           *s = &t[VITAL_TABLE_stillbirths_prefecture], *i = &t[VITAL_TABLE_deaths_infant_prefecture];
  int64_t infants[9], late = 0, last = 0, maternal = 0;
  for (int c = 0; c < 9; c++) infants[c] = at2(i, p, c, -1);
  for (int w = 3; w < 7; w++) late += at2(s, p, -1, w);
  for (int w = 4; w < 7; w++) last += at2(s, p, -1, w);
  for (int kind = 0; kind < 3; kind++) maternal += at2(&t[VITAL_TABLE_deaths_maternal], kind, -1, p); /* late ones are none */
  set(r, area, VITAL_N_BIRTHS, at2(b, p, -1, -1));
  set(r, area, VITAL_N_BIRTHS_M, at2(b, p, -1, 1));
  set(r, area, VITAL_N_BIRTHS_F, at2(b, p, -1, 2));
  set(r, area, VITAL_N_DEATHS, at2(d, p, -1, -1));
  set(r, area, VITAL_N_DEATHS_M, at2(d, p, -1, 1));
  set(r, area, VITAL_N_DEATHS_F, at2(d, p, -1, 2));
  set(r, area, VITAL_N_NATURAL, r->n[area][VITAL_N_BIRTHS] - r->n[area][VITAL_N_DEATHS]);
  set(r, area, VITAL_N_INFANT, at2(&t[VITAL_TABLE_deaths_age], 0, -1, p));
  set(r, area, VITAL_N_EARLY, infants[0] + infants[1]);
  set(r, area, VITAL_N_NEONATAL, infants[0] + infants[1] + infants[2] + infants[3] + infants[4]);
  set(r, area, VITAL_N_STILL, at2(s, p, -1, -1));
  set(r, area, VITAL_N_STILL_NATURAL, at2(s, p, 1, -1));
  set(r, area, VITAL_N_STILL_ARTIFICIAL, at2(s, p, 2, -1) + at2(s, p, 3, -1));
  set(r, area, VITAL_N_STILL_UNKNOWN, at2(s, p, 0, -1));
  set(r, area, VITAL_N_STILL_22W, late);
  set(r, area, VITAL_N_PERINATAL, late + r->n[area][VITAL_N_EARLY]);
  set(r, area, VITAL_N_MARRIAGES, at2(&t[VITAL_TABLE_marriages_prefecture], p, -1, -1));
  set(r, area, VITAL_N_DIVORCES, at2(&t[VITAL_TABLE_divorces_prefecture], p, -1, -1));
  set(r, area, VITAL_N_STILL_28W, last);
  set(r, area, VITAL_N_MATERNAL, maternal);
}
/* What rests on a form without a file is not known. */
static void forget(const struct vital_year *y, struct vital_release *r) {
  static const struct {
    enum vital_item item;
    unsigned forms;
  } rests[VITAL_ITEMS] = { /* bits in the order of enum vital_form */
      {VITAL_N_BIRTHS, 1}, {VITAL_N_BIRTHS_M, 1}, {VITAL_N_BIRTHS_F, 1}, {VITAL_N_DEATHS, 2}, {VITAL_N_DEATHS_M, 2},
      {VITAL_N_DEATHS_F, 2}, {VITAL_N_NATURAL, 3}, {VITAL_N_INFANT, 2}, {VITAL_N_NEONATAL, 2}, {VITAL_N_EARLY, 2}, {VITAL_N_STILL, 4},
      {VITAL_N_STILL_NATURAL, 4}, {VITAL_N_STILL_ARTIFICIAL, 4}, {VITAL_N_STILL_UNKNOWN, 4}, {VITAL_N_STILL_22W, 4}, {VITAL_N_PERINATAL, 6},
      {VITAL_N_MARRIAGES, 8}, {VITAL_N_DIVORCES, 16}, {VITAL_N_STILL_28W, 4}, {VITAL_N_MATERNAL, 2}};
  for (int k = 0; k < VITAL_ITEMS; k++)
    for (int f = 0; f < VITAL_FORMS; f++)
      if (rests[k].forms >> f & 1 && y->absent[f])
        for (int area = 0; area < VITAL_AREAS; area++) r->known[area][rests[k].item] = false;
}
void vital_year_release(const struct vital_year *y, enum vital_status status, struct vital_release *out) {
  memset(out, 0, sizeof *out);
  out->year = y->year, out->status = status;
  for (int area = 0; area < VITAL_AREAS; area++) area_totals(y, area, out);
  forget(y, out);
}
static int64_t of_month(const struct vital_table *t, int area, int month, bool all) {
  int64_t sum = 0;
  for (int scope = 1; scope <= (all ? 6 : 1); scope++) sum += at2(t, scope, class_of_area(area), month);
  return sum;
}
void vital_month_release(const struct vital_year *y, int month, enum vital_status status, struct vital_release *out) {
  static const struct {
    enum vital_item item;
    enum vital_table_id table;
  } counted[] = {{VITAL_N_BIRTHS, VITAL_TABLE_births_scope}, {VITAL_N_DEATHS, VITAL_TABLE_deaths_scope},
      {VITAL_N_STILL, VITAL_TABLE_stillbirths_scope}, {VITAL_N_MARRIAGES, VITAL_TABLE_marriages_scope},
      {VITAL_N_DIVORCES, VITAL_TABLE_divorces_scope}};
  memset(out, 0, sizeof *out);
  out->year = y->year, out->month = month, out->status = status;
  for (int area = 0; area < VITAL_AREAS; area++) {
    for (size_t k = 0; k < sizeof counted / sizeof *counted; k++)
      set(out, area, counted[k].item, of_month(&y->table[counted[k].table], area, month, status == VITAL_FLASH));
    set(out, area, VITAL_N_NATURAL, out->n[area][VITAL_N_BIRTHS] - out->n[area][VITAL_N_DEATHS]);
  }
  forget(y, out);
}
int64_t vital_year_leaf_causes(const struct vital_year *y) {
  return vital_count(&y->table[VITAL_TABLE_deaths_cause_age], (const int[VITAL_TABLE_AXES]){-1, -1, -1, -1});
}
int64_t vital_people(const struct vital_population *p, int area, int sex, int from, int to) {
  int64_t sum = 0;
  for (int s = sex ? sex : 1; s <= (sex ? sex : 2); s++)
    for (int x = from; x <= to && x < VITAL_POPULATION_AGES; x++) sum += p->n[area][s][x];
  return sum;
}

/* --- fertility and standardised mortality --- */
enum err_code vital_year_tfr(const struct vital_year *y, const struct vital_population *p, int area, struct tfr_result *out, struct err *e) {
  int64_t births[TFR_SINGLE_N], women[TFR_SINGLE_N];
  struct tfr_input in = {.n = area ? TFR_GROUPS_N : TFR_SINGLE_N, .births = births, .women = women};
  const struct vital_table *t = &y->table[area ? VITAL_TABLE_births_mother_prefecture : VITAL_TABLE_births_mother_year];
  const int last = in.n + 1, width = area ? 5 : 1;
  for (int k = -1; k <= in.n + 1; k++) {
    const int64_t n = area ? at2(t, area, k + 1, -1) : at2(t, k + 1, -1, -1);
    if (k < 0) in.births_younger = n;
    else if (k < in.n) births[k] = n;
    else if (k + 1 == last) in.births_older = n;
    else in.births_unknown = n;
  }
  for (int k = 0; k < in.n; k++) women[k] = vital_people(p, area, 2, 15 + k * width, 14 + (k + 1) * width);
  return tfr(area ? TFR_FIVE_YEAR_GROUPS : TFR_SINGLE_AGES, &in, out, e);
}
enum { AGE_CLASSES = 22 };
static const int age_start[AGE_CLASSES + 1] = {0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100, 1000};
enum err_code vital_year_asdr(const struct vital_year *y, const struct vital_population *p, enum asdr_model model, int area, int sex, int cause,
    struct asdr_result *out, struct err *e) {
  const struct vital_table *t = &y->table[VITAL_TABLE_deaths_cause_prefecture];
  int64_t deaths[ASDR_MAX_GROUPS] = {0}, people[ASDR_MAX_GROUPS] = {0};
  for (int c = 0; c < AGE_CLASSES; c++) {
    const int g = asdr_group_of_age(model, age_start[c]);
    if (g < 0) return ERR(e, E_VITAL_AGES, .subject = asdr_models[model].name);
    deaths[g] += vital_count(t, (const int[VITAL_TABLE_AXES]){area ? area : -1, sex ? sex : -1, cause, c});
    people[g] += vital_people(p, area, sex, age_start[c], age_start[c + 1] - 1);
  }
  const int64_t unknown = vital_count(t, (const int[VITAL_TABLE_AXES]){area ? area : -1, sex ? sex : -1, cause, AGE_CLASSES});
  return asdr(model, asdr_models[model].n_groups, deaths, people, unknown, out, e);
}

/* --- as result tables --- */
enum err_code vital_table_of(struct arena *a, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    struct result_table **out, struct err *e) {
  TRY(result_table_new(a, id, rows, dimensions, measures, out, e));
  struct result_table *t = *out;
  t->title_ja = ja, t->title_en = en;
  t->survey = "vital", t->form = t->period = t->profile = "";
  t->n_row_dimensions = dimensions ? 1 : 0;
  return E_OK;
}
struct str vital_text(struct arena *a, const char *s) { return str_view(arena_strdup(a, s, strlen(s)), strlen(s)); }
enum err_code vital_count_table(struct arena *a, const struct vital_year *y, enum vital_table_id id, struct result_table **out, struct err *e) {
  const struct vital_table *v = &y->table[id];
  struct result_table *t;
  struct str code[VITAL_TABLE_AXES][256];
  char buffer[32];
  TRY(vital_table_of(a, v->id, v->title_ja, v->title_en, v->n_cells, v->n_axes, 1, &t, e));
  for (int k = 0; k < v->n_axes; k++) {
    t->dimensions[k].name = vital_axis_name(v, k);
    for (int c = 0; c < v->size[k]; c++) code[k][c] = vital_text(a, vital_class_code(y, v, k, c, buffer, sizeof buffer));
  }
  t->measures[0].name = "count()", t->measures[0].unit = "", t->measures[0].decimals = 0, t->measures[0].additive = true;
  int64_t n = 0;
  for (int64_t cell = 0; cell < v->n_cells; cell++) {
    if (v->cell[cell] == 0) continue; /* what is not listed is none */
    int64_t rest = cell;
    for (int k = v->n_axes - 1; k >= 0; k--) t->dimensions[k].code[n] = code[k][rest % v->size[k]], rest /= v->size[k];
    t->measures[0].value[n] = (double)v->cell[cell];
    t->n[n++] = v->cell[cell];
  }
  t->n_rows = n;
  result_note(t, v->scope ? "Japanese in Japan, by residence; combinations that are not listed have no event"
                          : "all scopes, events of earlier years apart");
  *out = t;
  return result_sort(t, e);
}

struct rate_row {
  enum vital_measure measure;
  int events[2], base[2]; /* items; base -1 = population; -2 = none */
};
static const struct rate_row rate_rows[] = {{VITAL_BIRTH_RATE, {VITAL_N_BIRTHS, -2}, {-1, -2}}, {VITAL_DEATH_RATE, {VITAL_N_DEATHS, -2}, {-1, -2}},
    {VITAL_NATURAL_INCREASE, {VITAL_N_NATURAL, -2}, {-1, -2}}, {VITAL_MARRIAGE_RATE, {VITAL_N_MARRIAGES, -2}, {-1, -2}},
    {VITAL_DIVORCE_RATE, {VITAL_N_DIVORCES, -2}, {-1, -2}}, {VITAL_INFANT_MORTALITY, {VITAL_N_INFANT, -2}, {VITAL_N_BIRTHS, -2}},
    {VITAL_NEONATAL_MORTALITY, {VITAL_N_NEONATAL, -2}, {VITAL_N_BIRTHS, -2}},
    {VITAL_EARLY_NEONATAL_MORTALITY, {VITAL_N_EARLY, -2}, {VITAL_N_BIRTHS, -2}},
    {VITAL_STILLBIRTH_RATE, {VITAL_N_STILL, -2}, {VITAL_N_BIRTHS, VITAL_N_STILL}},
    {VITAL_PERINATAL_MORTALITY, {VITAL_N_PERINATAL, -2}, {VITAL_N_BIRTHS, VITAL_N_STILL_22W}},
    {VITAL_STILL_NATURAL_RATE, {VITAL_N_STILL_NATURAL, -2}, {VITAL_N_BIRTHS, VITAL_N_STILL}},
    {VITAL_STILL_ARTIFICIAL_RATE, {VITAL_N_STILL_ARTIFICIAL, -2}, {VITAL_N_BIRTHS, VITAL_N_STILL}},
    {VITAL_STILL_22W_RATE, {VITAL_N_STILL_22W, -2}, {VITAL_N_BIRTHS, VITAL_N_STILL_22W}},
    {VITAL_PERINATAL_OLD, {VITAL_N_STILL_28W, VITAL_N_EARLY}, {VITAL_N_BIRTHS, -2}},
    {VITAL_MATERNAL_MORTALITY, {VITAL_N_MATERNAL, -2}, {VITAL_N_BIRTHS, VITAL_N_STILL}},
    {VITAL_MATERNAL_WHO, {VITAL_N_MATERNAL, -2}, {VITAL_N_BIRTHS, -2}},
    {VITAL_SEX_RATIO, {VITAL_N_BIRTHS_M, -2}, {VITAL_N_BIRTHS_F, -2}}};
enum { RATES_N = sizeof rate_rows / sizeof *rate_rows };
static bool item_sum(const struct vital_release *r, int area, const int items[2], int64_t *out) {
  *out = 0;
  for (int i = 0; i < 2 && items[i] != -2; i++) {
    if (!r->known[area][items[i]]) return false;
    *out += r->n[area][items[i]];
  }
  return true;
}
static bool rate_at(const struct vital_release *r, const struct vital_population *p, int area, const struct rate_row *k, struct vital_rate *out) {
  int64_t events, base;
  struct err e;
  if (!item_sum(r, area, k->events, &events)) return false;
  if (k->base[0] == -1) base = p ? vital_people(p, area, 0, 0, 999) : 0;
  else if (!item_sum(r, area, k->base, &base)) return false;
  if (r->month && k->base[0] == -1) vital_annualise(events, base, r->year, r->month, &events, &base);
  return vital_rate(k->measure, events, base, out, &e) == E_OK;
}
static enum err_code rates_head(struct result_table *t, struct err *e) {
  static const char *const names[3] = {"rate", "numerator", "denominator"};
  t->dimensions[0].name = "prefecture", t->dimensions[1].name = "measure";
  for (int m = 0; m < 3; m++) {
    t->measures[m].name = names[m], t->measures[m].unit = "";
    t->measures[m].decimals = m ? 0 : 2, t->measures[m].additive = m > 0;
  }
  return result_keep_precision(t, 0, 0.95, e);
}
enum err_code vital_rates_table(struct arena *a, const struct vital_release *r, const struct vital_population *p, struct result_table **out,
    struct err *e) {
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_rates", "人口動態率，都道府県別", "vital rates by prefecture", (int64_t)48 * RATES_N, 2, 3, &t, e));
  TRY(rates_head(t, e));
  for (int area = 0; area < 48; area++)
    for (int k = 0; k < RATES_N; k++) {
      struct vital_rate v;
      char code[16] = "_T";
      if (!rate_at(r, p, area, &rate_rows[k], &v)) continue;
      if (area) snprintf(code, sizeof code, "%02d", area);
      t->dimensions[0].code[n] = vital_text(a, code);
      t->dimensions[1].code[n] = str_of(vital_measure_info[rate_rows[k].measure].name);
      const double scale = pow(10, v.decimals);
      t->measures[0].value[n] = (double)v.printed / scale; /* as printed; the pair beside it is exact */
      t->measures[1].value[n] = (double)v.events, t->measures[2].value[n] = (double)v.base;
      t->measures[0].se[n] = v.se, t->measures[0].has_se[n] = v.has_se;
      if (v.value > 0) t->measures[0].cv[n] = v.se / v.value;
      t->measures[0].low[n] = v.low, t->measures[0].high[n] = v.high, t->measures[0].has_interval[n] = v.has_se;
      t->n[n++] = v.events < 0 ? 0 : v.events;
    }
  t->n_rows = n;
  if (r->month) result_note(t, "monthly rates per population are annualised: numerator times days of the year, denominator times days of the month");
  result_note(t, "rates as printed, half away from zero; standard errors and intervals of Poisson counts");
  *out = t;
  return result_sort(t, e);
}
void vital_shown(struct result_table *t, int64_t row, double value, double se, int64_t n) {
  t->measures[0].value[row] = value, t->measures[0].se[row] = se, t->measures[0].has_se[row] = 1;
  if (value > 0) t->measures[0].cv[row] = se / value;
  t->n[row] = n;
}
/* The file of a nation alone has no prefectures: said once. */
bool vital_without_people(struct result_table *t, const struct vital_population *p, int area) {
  if (vital_people(p, area, 0, 0, 999) > 0 || area == 0) return false;
  if (area == 1) result_note(t, "prefectures without population in the file are left out");
  return true;
}
enum err_code vital_tfr_areas_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) {
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_tfr", "合計特殊出生率，都道府県別", "total fertility rate by prefecture", 48, 1, 1, &t, e));
  t->dimensions[0].name = "prefecture";
  t->measures[0].name = "tfr", t->measures[0].unit = "children per woman", t->measures[0].decimals = 2;
  for (int area = 0; area < 48; area++) {
    struct tfr_result r;
    char code[16] = "_T";
    if (vital_without_people(t, p, area)) continue;
    TRY(vital_year_tfr(y, p, area, &r, e));
    if (area) snprintf(code, sizeof code, "%02d", area);
    t->dimensions[0].code[n] = vital_text(a, code);
    vital_shown(t, n++, r.value, r.se, r.births);
  }
  t->n_rows = n;
  result_note(t, tfr_method_label_en[TFR_SINGLE_AGES]), result_note(t, tfr_method_label_en[TFR_FIVE_YEAR_GROUPS]);
  *out = t;
  return result_sort(t, e);
}
enum err_code vital_asdr_areas_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, enum asdr_model model,
    struct result_table **out, struct err *e) {
  struct result_table *t;
  int64_t n = 0;
  const int causes = y->causes->n;
  TRY(vital_table_of(a, "vital_asdr", "年齢調整死亡率，都道府県・性・死因別",
      "age-standardised death rate by prefecture, sex and cause", (int64_t)48 * 2 * (causes + 1), 3, 1, &t, e));
  t->dimensions[0].name = "prefecture", t->dimensions[1].name = "sex", t->dimensions[2].name = "cause";
  t->measures[0].name = "asdr", t->measures[0].unit = "per 100,000", t->measures[0].decimals = 1;
  for (int area = 0; area < 48; area++) {
    if (vital_without_people(t, p, area)) continue;
    for (int sex = 1; sex < 3; sex++)
      for (int cause = -1; cause < causes; cause++) {
        struct asdr_result r;
        char code[16] = "_T";
        TRY(vital_year_asdr(y, p, model, area, sex, cause, &r, e));
        if (area) snprintf(code, sizeof code, "%02d", area);
        t->dimensions[0].code[n] = vital_text(a, code);
        t->dimensions[1].code[n] = str_of(sex == 1 ? "1" : "2");
        t->dimensions[2].code[n] = str_of(cause < 0 ? "_T" : y->causes->groups[cause].code);
        vital_shown(t, n++, r.value * 1e5, r.se * 1e5, r.deaths);
      }
  }
  t->n_rows = n;
  result_note(t, model == ASDR_S60 ? "model population S60" : "model population H27; not comparable with S60");
  *out = t;
  return result_sort(t, e);
}
/* --- shares and mean ages --- */
static void share(struct result_table *t, int64_t row, const char *name, double value, double numerator, double denominator, int64_t n) {
  t->dimensions[0].code[row] = str_of(name);
  t->measures[0].value[row] = value, t->measures[1].value[row] = numerator, t->measures[2].value[row] = denominator;
  if (denominator <= 0) t->measures[0].status[row] = RESULT_UNDEFINED, t->measures[0].value[row] = 0;
  t->n[row] = n;
}
static int64_t classes_sum(const struct vital_table *t, int axis, int from, int to) {
  int64_t sum = 0;
  for (int c = from; c < to; c++) sum += axis == 0 ? at2(t, c, -1, -1) : at2(t, -1, c, -1);
  return sum;
}
enum err_code vital_shares_table(struct arena *a, const struct vital_year *y, struct result_table **out, struct err *e) {
  static const struct {
    const char *name;
    int axis, from, to, stated; /* classes of weight (axis 0) and of gestation (axis 1) */
  } shares[] = {{"low_birth_weight", 0, 0, 4, 8}, {"very_low_birth_weight", 0, 0, 2, 8}, {"extremely_low_birth_weight", 0, 0, 1, 8},
      {"preterm", 1, 0, 3, 5}, {"term", 1, 3, 4, 5}, {"post_term", 1, 4, 5, 5}};
  static const char *const means[] = {"mean_age_mother", "mean_age_mother_first", "mean_age_mother_second", "mean_age_husband_first_marriage",
      "mean_age_wife_first_marriage"};
  const struct vital_mean mean[] = {y->mother[0], y->mother[1], y->mother[2], y->husband, y->wife};
  const struct vital_table *b = &y->table[VITAL_TABLE_births_weight];
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_shares", "低体重・早産の割合と平均年齢", "low weight, preterm births, mean ages", 11, 1, 3, &t, e));
  static const char *const names[3] = {"figure", "numerator", "denominator"};
  t->dimensions[0].name = "measure";
  for (int m = 0; m < 3; m++) t->measures[m].name = names[m], t->measures[m].unit = "", t->measures[m].decimals = 1;
  for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
    const int64_t events = classes_sum(b, shares[k].axis, shares[k].from, shares[k].to), base = classes_sum(b, shares[k].axis, 0, shares[k].stated);
    share(t, n++, shares[k].name, base ? 100.0 * (double)events / (double)base : 0, (double)events, (double)base, events);
  }
  for (size_t k = 0; k < sizeof mean / sizeof *mean; k++) {
    const double sum = (double)mean[k].sum + 0.5 * (double)mean[k].n;
    share(t, n++, means[k], mean[k].n ? sum / (double)mean[k].n : 0, sum, (double)mean[k].n, mean[k].n);
  }
  result_note(t, "shares per 100 births of stated weight or gestation; mean ages of completed years with half a year added");
  *out = t;
  return result_sort(t, e);
}

/* --- overview --- */
/* The first rate that has this item alone above its line. */
static bool own_rate(const struct vital_release *r, const struct vital_population *p, int item, struct vital_rate *out) {
  for (int k = 0; k < RATES_N; k++)
    if (rate_rows[k].events[0] == item && rate_rows[k].events[1] == -2 && rate_rows[k].measure != VITAL_SEX_RATIO)
      return rate_at(r, p, 0, &rate_rows[k], out);
  return false;
}
enum err_code vital_overview_table(struct arena *a, const struct vital_release *now, const struct vital_release *before,
    const struct vital_population *people, struct result_table **out, struct err *e) {
  static const char *const names[5] = {"count", "year_before", "difference", "seconds_per_event", "rate"};
  const int64_t leap = date_days_in_month(now->year, 2) == 29;
  const double days = now->month ? (double)date_days_in_month(now->year, now->month) : (double)(365 + leap);
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_overview", "人口動態総覧", "vital events, overview", VITAL_ITEMS, 1, 5, &t, e));
  t->dimensions[0].name = "item";
  for (int m = 0; m < 5; m++)
    t->measures[m].name = names[m], t->measures[m].unit = m == 3 ? "second" : "", t->measures[m].decimals = m == 4 ? 2 : 0;
  for (int i = 0; i < VITAL_ITEMS; i++) {
    if (!now->known[0][i]) continue;
    const bool both = before && before->known[0][i];
    t->dimensions[0].code[n] = str_of(vital_item_name[i]);
    t->measures[0].value[n] = (double)now->n[0][i];
    t->measures[1].value[n] = both ? (double)before->n[0][i] : 0, t->measures[2].value[n] = both ? (double)(now->n[0][i] - before->n[0][i]) : 0;
    for (int m = 1; m < 3; m++) t->measures[m].status[n] = both ? RESULT_SHOWN : RESULT_UNDEFINED;
    if (now->n[0][i] > 0) t->measures[3].value[n] = days * 86400 / (double)now->n[0][i];
    else t->measures[3].status[n] = RESULT_UNDEFINED;
    struct vital_rate rate;
    if (own_rate(now, people, i, &rate)) t->measures[4].value[n] = (double)rate.printed / pow(10, rate.decimals);
    else t->measures[4].status[n] = RESULT_UNDEFINED;
    t->n[n++] = now->n[0][i] > 0 ? now->n[0][i] : 0;
  }
  t->n_rows = n;
  result_note(t, "rates as printed: per 1,000 people; of births (and stillbirths) for infants, stillbirths, perinatal deaths; maternal per 100,000");
  *out = t;
  return result_sort(t, e);
}
enum err_code vital_rank_table(struct arena *a, const struct vital_year *y, struct result_table **out, struct err *e) {
  const struct vital_table *v = &y->table[VITAL_TABLE_deaths_cause_age];
  const int causes = y->causes->n;
  int64_t *deaths = ARENA_ARRAY(a, int64_t, causes + 1), n = 0;
  int *rank = ARENA_ARRAY(a, int, causes + 1);
  struct result_table *t;
  char buffer[32];
  if (!deaths || !rank) return ERR(e, E_NO_MEMORY, .subject = "ranks");
  TRY(vital_table_of(a, "vital_ranks", "死因順位，年齢・性別", "rank of causes of death by age and sex",
      (int64_t)3 * (v->size[2] + 1) * causes, 3, 2, &t, e));
  t->dimensions[0].name = "age", t->dimensions[1].name = "sex", t->dimensions[2].name = "cause";
  t->measures[0].name = "rank", t->measures[1].name = "deaths", t->measures[0].unit = t->measures[1].unit = "";
  t->measures[0].decimals = t->measures[1].decimals = 0;
  for (int age = -1; age < v->size[2]; age++)
    for (int sex = 0; sex < 3; sex++) {
      for (int c = 0; c < causes; c++) deaths[c] = at2(v, c, sex ? sex : -1, age);
      cause_rank(y->causes, deaths, rank);
      for (int c = 0; c < causes; c++) {
        if (!rank[c]) continue;
        t->dimensions[0].code[n] = vital_text(a, age < 0 ? "_T" : vital_class_code(y, v, 2, age, buffer, sizeof buffer));
        t->dimensions[1].code[n] = str_of(sex == 0 ? "_T" : sex == 1 ? "1" : "2");
        t->dimensions[2].code[n] = str_of(y->causes->groups[c].code);
        t->measures[0].value[n] = rank[c], t->measures[1].value[n] = (double)deaths[c];
        t->n[n++] = deaths[c];
      }
    }
  t->n_rows = n;
  result_note(t, "ties share a rank; groups of other and ill-defined causes have none");
  *out = t;
  return result_sort(t, e);
}
