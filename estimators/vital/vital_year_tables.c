/* vital_year_tables.c -- tables of a year that follow from its counts: fertility by age, rates of causes, the old, marriages and divorces by age,
 * causes summed to their parents. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/vital/vital_rates.h"
#include "estimators/vital/vital_year_impl.h"

enum { PREFECTURES = 48, CODE = 5 };
static struct str area_code(struct arena *a, int area) {
  char code[8] = "_T";
  if (area) snprintf(code, sizeof code, "%02d", area);
  return vital_text(a, code);
}
static struct str sex_code(int sex) { return str_of(sex == 0 ? "_T" : sex == 1 ? "1" : "2"); }
static enum err_code rate_measures(struct result_table *t, const char *unit, int decimals, struct err *e) {
  static const char *const names[3] = {"rate", "numerator", "denominator"};
  for (int m = 0; m < 3; m++) {
    t->measures[m].name = names[m], t->measures[m].unit = m ? "" : unit;
    t->measures[m].decimals = m ? 0 : decimals, t->measures[m].additive = m > 0;
  }
  return result_keep_precision(t, 0, 0.95, e);
}
/* A rate with its pair; without people the rate is undefined and the count stands. */
static void put_rate(struct result_table *t, int64_t row, int64_t events, int64_t people, int64_t per, int decimals) {
  struct vital_rate r;
  struct err e;
  t->measures[1].value[row] = (double)events, t->measures[2].value[row] = (double)people, t->n[row] = events;
  if (people <= 0) t->measures[2].status[row] = RESULT_UNDEFINED;
  if (vital_rate_per(events, people, per, decimals, &r, &e)) {
    t->measures[0].status[row] = RESULT_UNDEFINED;
    return;
  }
  t->measures[0].value[row] = r.value, t->measures[0].se[row] = r.se, t->measures[0].has_se[row] = r.has_se;
  if (r.value > 0) t->measures[0].cv[row] = r.se / r.value;
  t->measures[0].low[row] = r.low, t->measures[0].high[row] = r.high, t->measures[0].has_interval[row] = r.has_se;
}

/* --- fertility by age: single ages of the nation, five-year groups of prefectures --- */
enum err_code vital_asfr_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) {
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_asfr", "年齢別出生率，都道府県別", "age-specific fertility rates by prefecture",
      TFR_SINGLE_N + (int64_t)(PREFECTURES - 1) * TFR_GROUPS_N, 2, 1, &t, e));
  t->dimensions[0].name = "prefecture", t->dimensions[1].name = "mother_age";
  t->measures[0].name = "asfr", t->measures[0].unit = "births per woman and year", t->measures[0].decimals = 5;
  for (int area = 0; area < PREFECTURES; area++) {
    struct tfr_result r;
    if (vital_without_people(t, p, area)) continue;
    TRY(vital_year_tfr(y, p, area, &r, e));
    const int width = area ? 5 : 1, ages = area ? TFR_GROUPS_N : TFR_SINGLE_N;
    for (int k = 0; k < ages; k++, n++) {
      char code[16];
      const int from = 15 + k * width;
      const double women = (double)vital_people(p, area, 2, from, from + width - 1), births = r.rate[k] * women;
      snprintf(code, sizeof code, area ? "%d-%d" : "%d", from, from + width - 1);
      t->dimensions[0].code[n] = area_code(a, area), t->dimensions[1].code[n] = vital_text(a, code);
      vital_shown(t, n, r.rate[k], births > 0 ? r.rate[k] / sqrt(births) : 0, llround(births));
    }
  }
  t->n_rows = n;
  result_note(t, "births of mothers aged 14 or less stand in the first age, of 50 or more in the last; unknown ages are not distributed");
  *out = t;
  return result_sort(t, e);
}

/* --- causes per 100,000 --- */
static int64_t cause_deaths(const struct vital_year *y, int area, int sex, int cause, int age) {
  return vital_count(&y->table[VITAL_TABLE_deaths_cause_prefecture],
      (const int[VITAL_TABLE_AXES]){area ? area : -1, sex ? sex : -1, cause, age});
}
enum err_code vital_cause_rates_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) {
  const int causes = y->causes->n;
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_cause_rates", "死因別死亡率，都道府県・性別", "death rates by cause, prefecture and sex",
      (int64_t)PREFECTURES * 3 * (causes + 1), 3, 3, &t, e));
  t->dimensions[0].name = "prefecture", t->dimensions[1].name = "sex", t->dimensions[2].name = "cause";
  TRY(rate_measures(t, "per 100,000", 1, e));
  for (int area = 0; area < PREFECTURES; area++) {
    if (vital_without_people(t, p, area)) continue;
    for (int sex = 0; sex < 3; sex++)
      for (int cause = -1; cause < causes; cause++, n++) {
        t->dimensions[0].code[n] = area_code(a, area), t->dimensions[1].code[n] = sex_code(sex);
        t->dimensions[2].code[n] = str_of(cause < 0 ? "_T" : y->causes->groups[cause].code);
        put_rate(t, n, cause_deaths(y, area, sex, cause, -1), vital_people(p, area, sex, 0, 999), 100000, 1);
      }
  }
  t->n_rows = n;
  *out = t;
  return result_sort(t, e);
}

/* --- 65, 75, 80 and over: the nation by cause, prefectures in all --- */
enum err_code vital_elderly_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) {
  enum { BOUNDS = 3, LAST = 21 };
  static const struct {
    int from, class;
    const char *code;
  } bound[BOUNDS] = {{65, 14, "65+"}, {75, 16, "75+"}, {80, 17, "80+"}};
  const int causes = y->causes->n;
  struct result_table *t;
  int64_t n = 0;
  TRY(vital_table_of(a, "vital_elderly", "65歳・75歳・80歳以上の死亡，都道府県・性・死因別",
      "deaths at 65, 75 and 80 and over by prefecture, sex and cause",
      (int64_t)(PREFECTURES + causes) * 3 * BOUNDS, 4, 3, &t, e));
  t->dimensions[0].name = "prefecture", t->dimensions[1].name = "sex", t->dimensions[2].name = "cause", t->dimensions[3].name = "age";
  TRY(rate_measures(t, "per 1,000 of that age", 1, e));
  for (int area = 0; area < PREFECTURES; area++)
    for (int sex = 0; sex < 3; sex++)
      for (int cause = -1; cause < (area ? 0 : causes); cause++)
        for (int k = 0; k < BOUNDS; k++, n++) {
          int64_t deaths = 0;
          for (int c = bound[k].class; c <= LAST; c++) deaths += cause_deaths(y, area, sex, cause, c);
          t->dimensions[0].code[n] = area_code(a, area), t->dimensions[1].code[n] = sex_code(sex);
          t->dimensions[2].code[n] = str_of(cause < 0 ? "_T" : y->causes->groups[cause].code), t->dimensions[3].code[n] = str_of(bound[k].code);
          put_rate(t, n, deaths, p ? vital_people(p, area, sex, bound[k].from, 999) : 0, 1000, 1);
        }
  t->n_rows = n;
  result_note(t, "the ages overlap: they do not add up; deaths of unknown age are in none");
  *out = t;
  return result_sort(t, e);
}

/* --- first marriages and divorces by age --- */
struct marriage_counts {
  const char *event;
  const struct vital_table *table[2]; /* of husbands, of wives */
  int at[2][VITAL_TABLE_AXES], age[2];
};
static int64_t count_at(const struct marriage_counts *m, int side, int class) {
  int at[VITAL_TABLE_AXES];
  memcpy(at, m->at[side], sizeof at);
  at[m->age[side]] = class;
  return vital_count(m->table[side], at);
}
static enum err_code marriage_rows(struct arena *a, const struct vital_year *y, const struct vital_population *p, const struct marriage_counts *m,
    struct result_table *t, int64_t *n, int64_t *unknown, struct err *e) {
  enum { CLASSES = 12 };
  static const int from[CLASSES + 1] = {15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 1000};
  char buffer[32];
  for (int side = 0; side < 2; side++) {
    for (int c = 0; c < CLASSES; c++, ++*n) {
      const int64_t people = vital_people(p, 0, side + 1, from[c], from[c + 1] - 1);
      if (people <= 0) return ERR(e, E_VITAL_NO_POPULATION, .subject = m->event);
      t->dimensions[0].code[*n] = str_of(m->event), t->dimensions[1].code[*n] = sex_code(side + 1);
      t->dimensions[2].code[*n] = vital_text(a, vital_class_code(y, m->table[side], m->age[side], c, buffer, sizeof buffer));
      put_rate(t, *n, count_at(m, side, c), people, 1000, 2);
    }
    *unknown += count_at(m, side, CLASSES);
  }
  return E_OK;
}
enum err_code vital_marriage_ages_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) {
  const struct vital_table *t0 = y->table;
  const struct marriage_counts first = {"first_marriage", {&t0[VITAL_TABLE_marriages_before], &t0[VITAL_TABLE_marriages_before_wife]},
      {{1, -1, -1, -1}, {1, -1, -1, -1}}, {2, 2}};
  const struct marriage_counts divorce = {
      "divorce", {&t0[VITAL_TABLE_divorces_ages], &t0[VITAL_TABLE_divorces_ages]}, {{-1, -1, -1, -1}, {-1, -1, -1, -1}}, {0, 1}};
  const bool divorces = y->n_records[VITAL_DIVORCE] > 0;
  struct result_table *t;
  int64_t n = 0, unknown = 0;
  if (divorces && !y->divorce_ages) return ERR(e, E_VITAL_FIELD, .subject = "marriage_ages", .expected = "husband_age, wife_age (divorces)");
  TRY(vital_table_of(a, "vital_marriage_ages", "初婚率・離婚率，性・年齢別", "first-marriage and divorce rates by sex and age",
      48, 3, 3, &t, e));
  t->dimensions[0].name = "event", t->dimensions[1].name = "sex", t->dimensions[2].name = "age";
  TRY(rate_measures(t, "per 1,000 of that sex and age", 2, e));
  if (!y->absent[VITAL_MARRIAGE]) TRY(marriage_rows(a, y, p, &first, t, &n, &unknown, e));
  if (divorces) TRY(marriage_rows(a, y, p, &divorce, t, &n, &unknown, e));
  t->n_rows = n;
  result_note(t, "per 1,000 of all of that sex and age, not of the unmarried or married; under 20: over people of 15 to 19");
  if (unknown) result_note(t, arena_printf(a, "%lld spouses of unknown age are in no row", (long long)unknown));
  *out = t;
  return result_sort(t, e);
}

/* --- causes of the five-figure list and their parents --- */
struct tree {
  struct result_table *t;
  int64_t n;
};
static int64_t row_of(struct tree *tree, struct arena *a, struct str code, int sex) {
  for (int64_t i = 0; i < tree->n; i++)
    if (str_eq(tree->t->dimensions[0].code[i], code) && str_eq(tree->t->dimensions[1].code[i], sex_code(sex))) return i;
  tree->t->dimensions[0].code[tree->n] = str_view(arena_strdup(a, code.p, code.n), code.n), tree->t->dimensions[1].code[tree->n] = sex_code(sex);
  return tree->n++;
}
static void add_up(struct tree *tree, struct arena *a, const char code[CODE + 1], int sex, int64_t deaths) {
  char at[CODE + 1], parent[CODE + 1];
  memcpy(at, code, sizeof at);
  while (at[0]) {
    const int64_t row = row_of(tree, a, str_of(at), sex);
    tree->t->measures[0].value[row] += (double)deaths, tree->t->n[row] += deaths;
    cause_parent(at, parent);
    memcpy(at, parent, sizeof at);
  }
}
enum err_code vital_cause_tree_table(struct arena *a, const struct vital_year *y, struct result_table **out, struct err *e) {
  const struct vital_table *v = &y->table[VITAL_TABLE_deaths_cause_age];
  const int causes = y->causes->n;
  struct tree tree = {NULL, 0};
  TRY(vital_table_of(a, "vital_cause_tree", "死亡数，死因簡単分類（上位項目を含む）・性別",
      "deaths by cause, parents included, and sex", (int64_t)(4 * causes + 4) * 3, 2,
      1, &tree.t, e));
  tree.t->dimensions[0].name = "cause", tree.t->dimensions[1].name = "sex";
  tree.t->measures[0].name = "count()", tree.t->measures[0].unit = "", tree.t->measures[0].decimals = 0;
  for (int sex = 0; sex < 3; sex++) {
    for (int c = 0; c < causes; c++) {
      const char *code = y->causes->groups[c].code;
      char text[CODE + 1];
      if (strlen(code) != CODE || strspn(code, "0123456789") != CODE) return ERR(e, E_VITAL_NO_GROUP, .subject = code);
      memcpy(text, code, sizeof text);
      add_up(&tree, a, text, sex, vital_at(v, c, sex ? sex : -1, -1));
    }
    add_up(&tree, a, "00000", sex, vital_at(v, causes, sex ? sex : -1, -1) + vital_at(v, causes + 1, sex ? sex : -1, -1));
  }
  tree.t->n_rows = tree.n;
  result_note(tree.t, "a parent is the sum of the groups of the list below it; codes in no group are in 00000 alone");
  *out = tree.t;
  return result_sort(tree.t, e);
}
