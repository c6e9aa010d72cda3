#include "estimators/vital/vital_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/vital/asdr.h"
#include "estimators/vital/life_table_period.h"
#include "estimators/vital/tfr.h"
#include "estimators/vital/vital_rates.h"

static bool inside(const struct vital_row *p, const struct vital_row *r) { return p->age_from >= r->age_from && p->age_to <= r->age_to; }
static bool same_place(struct str a, struct str b) { return str_eq(a, b); }

/* Sum of the denominators that belong to a row; false when there is none. */
static bool people_of(const struct vital_row *r, const struct vital_row *people, int64_t n, int64_t *out) {
  bool any = false;
  *out = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!people[i].has_count || !inside(&people[i], r) || !same_place(people[i].prefecture, r->prefecture)
        || (r->sex.n && !str_eq(people[i].sex, r->sex)))
      continue;
    *out += people[i].count;
    any = true;
  }
  return any;
}

static enum err_code start(struct arena *a, const struct table_plan *plan, int64_t n_rows, int n_measures, struct result_table **out, struct err *e) {
  TRY(result_table_new(a, plan->spec->id, n_rows, plan->n_dimensions, n_measures, out, e));
  struct result_table *t = *out;
  t->title_ja = plan->spec->title_ja;
  t->title_en = plan->spec->title_en;
  t->n_row_dimensions = plan->n_row_dimensions;
  for (int d = 0; d < plan->n_dimensions; d++) t->dimensions[d].name = plan->dimensions[d];
  for (int m = 0; m < n_measures; m++) {
    t->measures[m].name = m < plan->n_measures ? plan->measures[m].name : "";
    t->measures[m].decimals = plan->decimals >= 0 ? plan->decimals : -1;
  }
  return E_OK;
}

static void set_error(struct result_measure *m, int64_t row, double value, double se) {
  m->value[row] = value;
  m->se[row] = se;
  m->has_se[row] = 1;
  if (value != 0) m->cv[row] = se / value;
}

/* --- groups of rows: the codes that a plan's dimensions take (sex, prefecture, age_from) --- */
static struct str code_of(struct arena *a, const struct vital_row *r, const char *dimension) {
  if (!strcmp(dimension, "sex")) return r->sex.n ? r->sex : STR("_T");
  if (!strcmp(dimension, "prefecture")) return r->prefecture.n ? r->prefecture : STR("_T");
  char *text = arena_printf(a, "%lld", (long long)r->age_from);
  return text ? str_of(text) : STR("_U");
}

static enum err_code check_dimensions(const struct table_plan *plan, const char *allowed, struct err *e) {
  for (int d = 0; d < plan->n_dimensions; d++)
    if (!strstr(allowed, plan->dimensions[d])) return ERR(e, E_TABLE_ITEM, .subject = plan->dimensions[d], .expected = allowed);
  return E_OK;
}

struct place_list {
  struct str sex[64], prefecture[64];
  int n;
};

static bool place_in(const struct place_list *l, struct str sex, struct str prefecture) {
  for (int i = 0; i < l->n; i++)
    if (str_eq(l->sex[i], sex) && str_eq(l->prefecture[i], prefecture)) return true;
  return false;
}

/* Distinct (sex, prefecture) of the rows; `by_sex` false joins the sexes. With sexes the total over them comes too. */
static enum err_code places_of(const struct vital_row *rows, int64_t n, bool by_sex, bool by_prefecture, struct place_list *out, struct err *e) {
  out->n = 0;
  for (int pass = by_sex ? 0 : 1; pass < 2; pass++)
    for (int64_t i = 0; i < n; i++) {
      struct str sex = pass == 0 ? rows[i].sex : STR(""), prefecture = by_prefecture ? rows[i].prefecture : STR("");
      if (!by_prefecture && rows[i].prefecture.n) continue; /* the country's own rows only */
      if (place_in(out, sex, prefecture)) continue;
      if (out->n == 64) return ERR(e, E_TABLE_TOO_WIDE, .subject = "sex x prefecture");
      out->sex[out->n] = sex;
      out->prefecture[out->n++] = prefecture;
    }
  return E_OK;
}

static bool has_dimension(const struct table_plan *plan, const char *name) {
  for (int d = 0; d < plan->n_dimensions; d++)
    if (!strcmp(plan->dimensions[d], name)) return true;
  return false;
}

static void set_place(struct result_table *t, int64_t row, struct str sex, struct str prefecture) {
  for (int d = 0; d < t->n_dimensions; d++)
    t->dimensions[d].code[row] = !strcmp(t->dimensions[d].name, "sex") ? (sex.n ? sex : STR("_T")) : (prefecture.n ? prefecture : STR("_T"));
}

/* --- TFR --- */
static bool single_ages(const struct vital_row *births, int64_t n, struct str prefecture) {
  int64_t singles = 0;
  for (int64_t i = 0; i < n; i++)
    singles +=
        str_eq(births[i].prefecture, prefecture) && births[i].age_from == births[i].age_to && births[i].age_from >= 15 && births[i].age_from <= 49;
  return singles == TFR_SINGLE_N;
}

/* The last group as published, 45 and over: its births are set against women of 45-49, which the same row must give. */
static bool women_of_open_group(const struct vital_row *women, int64_t n, struct str prefecture, int64_t *out) {
  for (int64_t i = 0; i < n; i++)
    if (women[i].has_count && women[i].age_from == 45 && women[i].age_to == INT64_MAX && same_place(women[i].prefecture, prefecture)
        && str_eq(women[i].sex, STR("2"))) {
      *out = women[i].count;
      return true;
    }
  return false;
}

struct tfr_arrays {
  int64_t births[TFR_SINGLE_N], women[TFR_SINGLE_N];
  bool there[TFR_SINGLE_N], open_last; /* open_last: women of 45-49 stand in the row of births of 45 and over */
};

static enum err_code collect_births(const struct vital_row *births, int64_t n, const struct vital_row *women, int64_t n_women,
    struct str prefecture, enum tfr_method method, bool own, struct tfr_arrays *x, struct tfr_input *in, struct err *e) {
  int64_t width = method == TFR_SINGLE_AGES ? 1 : 5;
  for (int64_t i = 0; i < n; i++) {
    const struct vital_row *b = &births[i];
    if (!b->has_count || !str_eq(b->prefecture, prefecture)) continue;
    int64_t k = (b->age_from - 15) / width;
    bool open_last = b->age_from == 45 && b->age_to == INT64_MAX && width == 5; /* 45+ as published */
    if (b->age_to < 15) in->births_younger += b->count;
    else if (b->age_from >= 50) in->births_older += b->count;
    else if (b->age_from >= 15 && (b->age_from - 15) % width == 0 && (b->age_to == b->age_from + width - 1 || open_last)) {
      x->births[k] += b->count;
      x->there[k] = true;
    } else return ERR(e, E_VITAL_AGES, .subject = "births", .expected = "single ages 15-49 or groups 15-19 .. 45-49");
  }
  for (int k = 0; k < in->n; k++) {
    char group[64];
    struct vital_row r = {STR("2"), prefecture, 15 + k * width, 15 + (k + 1) * width - 1, 0, false};
    snprintf(group, sizeof group, "women aged %lld", (long long)r.age_from);
    if (!x->there[k]) return ERR(e, E_VITAL_AGES, .subject = "births", .expected = group);
    bool last = k == in->n - 1;
    if (people_of(&r, women, n_women, &x->women[k])) continue;
    x->open_last = last && method == TFR_FIVE_YEAR_GROUPS && own && women_of_open_group(women, n_women, prefecture, &x->women[k]);
    if (!x->open_last) return ERR(e, E_VITAL_NO_POPULATION, .subject = group);
  }
  return E_OK;
}

/* Do the women come from the rows of the births themselves? All women of 45 and over of a population would make the rate too small. */
static bool women_of_births(const struct vital_row *births, int64_t n_births, const struct vital_row *women, int64_t n_women) {
  bool same = n_births == n_women;
  for (int64_t i = 0; same && i < n_births; i++)
    same = births[i].age_from == women[i].age_from && births[i].age_to == women[i].age_to && same_place(births[i].prefecture, women[i].prefecture);
  return same;
}

enum err_code vital_tfr_table(struct arena *a, const struct table_plan *plan, const struct vital_row *births, int64_t n_births,
    const struct vital_row *women, int64_t n_women, struct result_table **out, struct err *e) {
  struct place_list places;
  struct result_table *t;
  bool own = women_of_births(births, n_births, women, n_women), said_open = false;
  TRY(check_dimensions(plan, "prefecture", e));
  TRY(places_of(births, n_births, false, has_dimension(plan, "prefecture"), &places, e));
  TRY(start(a, plan, places.n, 1, &t, e));
  for (int p = 0; p < places.n; p++) {
    struct tfr_arrays x = {{0}, {0}, {false}, false};
    struct tfr_result r;
    char note[160];
    enum tfr_method method = single_ages(births, n_births, places.prefecture[p]) ? TFR_SINGLE_AGES : TFR_FIVE_YEAR_GROUPS;
    struct tfr_input in = {.n = method == TFR_SINGLE_AGES ? TFR_SINGLE_N : TFR_GROUPS_N, .births = x.births, .women = x.women};
    TRY(collect_births(births, n_births, women, n_women, places.prefecture[p], method, own, &x, &in, e));
    TRY(tfr(method, &in, &r, e));
    set_place(t, p, STR(""), places.prefecture[p]);
    set_error(&t->measures[0], p, r.value, r.se);
    t->n[p] = r.births;
    snprintf(note, sizeof note, "TFR method: %s", tfr_method_label_en[method]);
    if (p == 0) result_note(t, note);
    if (x.open_last && !said_open)
      result_note(t, "births of mothers of 45 and over are set against the women given in their row, who must be those aged 45-49");
    said_open = said_open || x.open_last;
  }
  t->measures[0].unit = "children per woman";
  TRY(result_sort(t, e));
  *out = t;
  return E_OK;
}

/* --- ASDR --- */
static enum err_code group_of_row(const struct vital_row *r, enum asdr_model model, int *group, struct err *e) {
  char label[48];
  if (r->age_to == INT64_MAX) snprintf(label, sizeof label, "%lld+", (long long)r->age_from);
  else if (r->age_from == r->age_to) snprintf(label, sizeof label, "%lld", (long long)r->age_from);
  else snprintf(label, sizeof label, "%lld-%lld", (long long)r->age_from, (long long)r->age_to);
  *group = asdr_group_of_label(model, label);
  return *group < 0 ? ERR(e, E_VITAL_AGES, .subject = asdr_models[model].name, .expected = "ages inside the groups of the model", .found = label)
                    : E_OK;
}

static enum err_code add_rows(
    const struct vital_row *rows, int64_t n, enum asdr_model model, struct str sex, struct str prefecture, int64_t *out, struct err *e) {
  for (int64_t i = 0; i < n; i++) {
    int g;
    if (!rows[i].has_count || !str_eq(rows[i].prefecture, prefecture) || (sex.n && !str_eq(rows[i].sex, sex))) continue;
    TRY(group_of_row(&rows[i], model, &g, e));
    out[g] += rows[i].count;
  }
  return E_OK;
}

enum err_code vital_asdr_table(struct arena *a, const struct table_plan *plan, const struct vital_row *deaths, int64_t n_deaths,
    const struct vital_row *people, int64_t n_people, struct result_table **out, struct err *e) {
  enum asdr_model model = !strcmp(plan->measures[0].option, "S60") ? ASDR_S60 : ASDR_H27;
  struct place_list places;
  struct result_table *t;
  char note[160];
  TRY(check_dimensions(plan, "sex prefecture", e));
  TRY(places_of(deaths, n_deaths, has_dimension(plan, "sex"), has_dimension(plan, "prefecture"), &places, e));
  TRY(start(a, plan, places.n, 1, &t, e));
  for (int p = 0; p < places.n; p++) {
    int64_t d[ASDR_MAX_GROUPS] = {0}, q[ASDR_MAX_GROUPS] = {0};
    struct asdr_result r;
    TRY(add_rows(deaths, n_deaths, model, places.sex[p], places.prefecture[p], d, e));
    TRY(add_rows(people, n_people, model, places.sex[p], places.prefecture[p], q, e));
    TRY(asdr(model, asdr_models[model].n_groups, d, q, 0, &r, e));
    set_place(t, p, places.sex[p], places.prefecture[p]);
    set_error(&t->measures[0], p, r.value * 1000, r.se * 1000);
    t->n[p] = r.deaths;
  }
  t->measures[0].unit = "per 1,000";
  snprintf(note, sizeof note, "model population %s (%s), deaths of known age; not comparable with the other model", asdr_models[model].name,
      asdr_models[model].label_ja);
  result_note(t, note);
  TRY(result_sort(t, e));
  *out = t;
  return E_OK;
}

/* --- age-specific rates --- */
static int64_t find_codes(const struct result_table *t, int64_t n, const struct str *codes) {
  for (int64_t i = 0; i < n; i++) {
    bool same = true;
    for (int d = 0; d < t->n_dimensions && same; d++)
      same = str_eq(t->dimensions[d].code[i], codes[d]); // NOLINT(clang-analyzer-core.CallAndMessage): one code per dimension
    if (same) return i;
  }
  return -1;
}

enum err_code vital_rate_table(struct arena *a, const struct table_plan *plan, const struct vital_row *events, int64_t n_events,
    const struct vital_row *people, int64_t n_people, struct result_table **out, struct err *e) {
  const struct measure *how = &plan->measures[0];
  struct result_table *t;
  int64_t n = 0, *base = ARENA_ARRAY(a, int64_t, n_events + 1), *count = ARENA_ARRAY(a, int64_t, n_events + 1), without = 0;
  if (!base || !count) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(check_dimensions(plan, "age_from sex prefecture", e));
  TRY(start(a, plan, n_events, 1, &t, e));
  for (int64_t i = 0; i < n_events; i++) {
    struct str codes[PLAN_MAX_DIMENSIONS];
    int64_t p;
    if (!events[i].has_count || (!has_dimension(plan, "prefecture") && events[i].prefecture.n)) continue;
    if (!people_of(&events[i], people, n_people, &p)) {
      without++;
      continue;
    }
    for (int d = 0; d < plan->n_dimensions; d++) codes[d] = code_of(a, &events[i], plan->dimensions[d]);
    int64_t row = find_codes(t, n, codes);
    if (row < 0) {
      row = n++;
      for (int d = 0; d < plan->n_dimensions; d++) t->dimensions[d].code[row] = codes[d];
    }
    count[row] += events[i].count;
    base[row] += p;
  }
  t->n_rows = n;
  for (int64_t i = 0; i < n; i++) {
    struct vital_rate r;
    TRY(vital_rate_per(count[i], base[i], how->per, plan->decimals > 0 ? plan->decimals : 0, &r, e));
    set_error(&t->measures[0], i, r.value, r.se);
    t->n[i] = count[i];
  }
  if (without) result_note(t, arena_printf(a, "%lld rows of events have no denominator and are left out", (long long)without));
  result_note(t, "standard errors of Poisson counts");
  TRY(result_sort(t, e));
  *out = t;
  return E_OK;
}

/* --- life tables --- */
static int q_cmp(const void *x, const void *y) {
  const struct vital_q *a = x, *b = y;
  int c = str_cmp(a->sex, b->sex);
  return c ? c : (a->age > b->age) - (a->age < b->age);
}

static void set_life_row(struct arena *a, struct result_table *t, int64_t at, struct str sex, const struct life_row *r) {
  const double values[6] = {r->q, r->l, r->d, r->L, r->T, r->e};
  struct vital_row key = {sex, STR(""), r->start, r->start, 0, false};
  for (int d = 0; d < t->n_dimensions; d++) t->dimensions[d].code[at] = code_of(a, &key, t->dimensions[d].name);
  for (int m = 0; m < 6; m++) t->measures[m].value[at] = values[m];
  t->n_status[at] = RESULT_NOT_APPLICABLE;
}

enum err_code vital_life_table(
    struct arena *a, const struct table_plan *plan, const struct vital_q *rows, int64_t n, struct result_table **out, struct err *e) {
  static const char *const names[6] = {"q", "l", "d", "L", "T", "e"};
  static const int decimals[6] = {5, 0, 0, 0, 0, 2};
  struct result_table *t;
  struct vital_q *sorted = ARENA_ARRAY(a, struct vital_q, n + 1);
  if (!sorted) return ERR(e, E_NO_MEMORY, .subject = plan->spec->id);
  TRY(check_dimensions(plan, "age_from sex", e));
  TRY(start(a, plan, n, 6, &t, e));
  memcpy(sorted, rows, sizeof *rows * (size_t)n);
  qsort(sorted, (size_t)n, sizeof *sorted, q_cmp);
  for (int64_t i = 0; i < n;) {
    double q[LIFE_TABLE_MAX_AGES];
    struct life_row r[LIFE_TABLE_MAX_AGES];
    int64_t j = i;
    for (; j < n && str_eq(sorted[j].sex, sorted[i].sex); j++) {
      if (j - i >= LIFE_TABLE_MAX_AGES || sorted[j].age != j - i)
        return ERR(e, E_LIFE_TABLE_INPUT, .subject = "q", .expected = "single ages from 0 without gaps");
      q[j - i] = sorted[j].q;
    }
    TRY(life_table_period(q, (int)(j - i), r, e));
    for (int64_t k = i; k < j; k++) set_life_row(a, t, k, sorted[i].sex, &r[k - i]);
    i = j;
  }
  for (int m = 0; m < 6; m++) {
    t->measures[m].name = names[m];
    t->measures[m].decimals = decimals[m];
    t->measures[m].unit = m == 5 ? "year" : "";
  }
  result_note(t, "period life table from published q; no standard errors, the deaths behind q are not published with it");
  TRY(result_sort(t, e));
  *out = t;
  return E_OK;
}
