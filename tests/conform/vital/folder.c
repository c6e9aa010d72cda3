#include "tests/conform/vital/folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/rounding.h"

/* --- layouts --- */
static const char *const layout[KINDS][6] = {
    [TOTALS] = {"year", "status", "births", "deaths"},
    [POPULATION] = {"year", "sex", "age", "pop", "frmat"},
    [LIVE_BIRTHS] = {"year", "sex", "live_births"},
    [DEATHS] = {"year", "sex", "age", "deaths", "official_pop"},
    [MODELS] = {"model", "age", "pop"},
    [PUBLISHED_E0] = {"table", "year", "sex", "e0_published"},
    [RATES] = {"YEAR", "CBR", "CDR", "TFR"},
    [BIRTHS_BY_AGE] = {"year", "age", "births"},
    [CONTRIBUTIONS] = {"year", "mother_age", "sum_of_single_age_rates", "published_tfr"},
    [PARITY] = {"year", "mother_age", "all", "first"},
    [REPRODUCTION] = {"age", "female_pop", "births", "births_f", "asfr"},
    [LIFE_ROWS] = {"table", "age", "l", "d", "q", "L"},
    [CURVES] = {"year", "sex", "exact_from_age", "A", "B_at_age0", "c"},
    [CHIANG] = {"sex", "age", "deaths", "pop", "a", "se_e"},
    [CAUSES_BY_AGE] = {"age", "all", "02100_malignant"},
    [RANK_GROUPS] = {"code", "name", "icd10_ranges"},
    [ASDR_VECTOR] = {"year", "sex", "asdr_S60_per100k_computed", "published_per1000_1dp"},
    [PREFECTURES] = {"JCODE", "CBR", "CDR", "NIR"},
    [POVERTY] = {"income_year", "relative_poverty_rate", "median_10k_yen", "line_10k_yen"},
    [RELATIONS] = {"survey", "year", "item", "value", "unit"},
};
/* Layouts that spread years over columns. */
static const struct {
  enum kind kind;
  const char *key, *prefix;
} wide[] = {{PUBLISHED_Q, "Age", "qx"}, {ASFR, "Age", "ASFR"}, {CENSUS_AGES, "Age", "M20"}, {CAUSES, "code", "deaths_"}};

static bool has_prefix(const struct csv_table *t, const char *prefix) {
  for (int64_t i = 0; i < t->n_columns; i++)
    if (str_starts(t->header[i], str_of(prefix))) return true;
  return false;
}
static int kind_of(const struct csv_table *t) {
  for (size_t w = 0; w < sizeof wide / sizeof *wide; w++)
    if (csv_table_column(t, wide[w].key) >= 0 && has_prefix(t, wide[w].prefix)) return (int)wide[w].kind;
  for (int k = 0; k < KINDS; k++) {
    bool all = layout[k][0] != NULL;
    for (int i = 0; i < 6 && all && layout[k][i]; i++) all = csv_table_column(t, layout[k][i]) >= 0;
    if (all) return k;
  }
  return -1;
}
bool folder_add(struct folder *f, const char *path, const char *relative) {
  struct csv_table t;
  struct err e;
  size_t n;
  uint8_t *p = slurp(path, 1 << 26, &n);
  bool good = p && csv_table_parse(f->a, relative, arena_strdup(f->a, (const char *)p, n), n, &t, &e) == E_OK;
  const int kind = good ? kind_of(&t) : -1;
  free(p);
  if (kind < 0 || f->n[kind] == SOURCES_MOST) return false;
  f->source[kind][f->n[kind]++] = (struct source){arena_strdup(f->a, relative, strlen(relative)), t};
  return true;
}

/* --- cells --- */
bool cell_num(const struct csv_table *t, int64_t row, const char *column, double *out) {
  char text[64], *end;
  const struct str s = str_trim(csv_table_cell(t, row, csv_table_column(t, column)));
  if (s.n == 0 || s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  *out = strtod(text, &end);
  return end != text && !*end && isfinite(*out);
}
bool cell_int(const struct csv_table *t, int64_t row, const char *column, int64_t *out) {
  double v;
  if (!cell_num(t, row, column, &v) || v != floor(v)) return false;
  *out = (int64_t)v;
  return true;
}
bool cell_eq(const struct csv_table *t, int64_t row, const char *column, const char *text) {
  return str_eq(csv_table_cell(t, row, csv_table_column(t, column)), str_of(text));
}
const char *cell_str(const struct folder *f, const struct csv_table *t, int64_t row, const char *column) {
  const struct str s = csv_table_cell(t, row, csv_table_column(t, column));
  return arena_strdup(f->a, s.p, s.n);
}
int decimals_of(const struct csv_table *t, int64_t row, const char *column) {
  const struct str s = str_trim(csv_table_cell(t, row, csv_table_column(t, column)));
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] == '.') return (int)(s.n - i - 1);
  return 0;
}
bool ages_of(const char *label, int64_t *from, int64_t *to) {
  char *end;
  if (!strncmp(label, "<=", 2)) return *from = 0, *to = strtoll(label + 2, &end, 10), !*end;
  if (*label < '0' || *label > '9') return false;
  *from = *to = strtoll(label, &end, 10);
  if (*end == '+') return *to = INT64_MAX, !end[1];
  if (*end == '-') *to = strtoll(end + 1, &end, 10);
  return !*end;
}
bool population(const struct folder *f, int64_t year, char sex, int64_t from, int64_t to, bool whole, int64_t *out) {
  int64_t sum = 0, covered[2] = {from, from};
  bool any = false;
  for (int k = 0; k < f->n[POPULATION]; k++) {
    const struct csv_table *t = &f->source[POPULATION][k].t;
    for (int64_t i = 0; i < t->n_rows; i++) {
      int64_t y, p, a, b;
      const char s = cell_eq(t, i, "sex", "M") ? 'M' : 'F';
      if (!cell_int(t, i, "year", &y) || y != year || !cell_int(t, i, "pop", &p) || (sex && s != sex)) continue;
      const bool ages = ages_of(cell_str(f, t, i, "age"), &a, &b);
      if (whole ? ages : !ages || a < from || b > to) continue;
      sum += p, any = true;
      if (!whole && a == covered[s == 'F']) covered[s == 'F'] = b == INT64_MAX ? INT64_MAX : b + 1;
    }
  }
  *out = sum;
  const int64_t end = to == INT64_MAX ? INT64_MAX : to + 1; /* every age of the range must be there */
  return any && (whole || ((sex == 'F' || covered[0] == end) && (sex == 'M' || covered[1] == end)));
}
bool of_year(const struct folder *f, enum kind k, int64_t year, const char *column, double *out) {
  for (int s = 0; s < f->n[k]; s++) {
    const struct csv_table *t = &f->source[k][s].t;
    const char *key = csv_table_column(t, "year") >= 0 ? "year" : "YEAR";
    int64_t y;
    for (int64_t i = 0; i < t->n_rows; i++)
      if (cell_int(t, i, key, &y) && y == year && cell_num(t, i, column, out)) return true;
  }
  return false;
}
int published_q(const struct folder *f, int64_t year, char sex, double *q, int most) {
  char column[32];
  snprintf(column, sizeof column, "qx%lld%c", (long long)year, sex);
  for (int s = 0; s < f->n[PUBLISHED_Q]; s++) {
    const struct csv_table *t = &f->source[PUBLISHED_Q][s].t;
    int n = 0;
    while (n < most && n < t->n_rows && cell_num(t, n, column, &q[n])) n++;
    if (n > 0) return n;
  }
  return 0;
}

/* --- verdicts --- */
struct value {
  const char *kind;
  int64_t year;
  char sex;
  enum class class;
  double tolerance;
  const char *why;
};
#define VALUE(kind, year, sex, class, tolerance, why) {#kind, year, sex, class, tolerance, why},
static const struct value values[] = {
#include "tests/conform/vital/values.def"
};
#undef VALUE
static const char *const class_names[CLASSES] = {"computable", "compare-only", "must-fail"};

static const struct value *value_of(const char *kind, int64_t year, char sex) {
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (!strcmp(values[i].kind, kind) && (!values[i].year || values[i].year == year) && (!values[i].sex || values[i].sex == sex)) return &values[i];
  fprintf(stderr, "values.def has no line for %s\n", kind);
  exit(70);
}
static void id_of(char *out, size_t size, const char *kind, const char *place, int64_t year, char sex) {
  const int n = snprintf(out, size, "%s", kind);
  if (year) snprintf(out + n, size - (size_t)n, ":%lld", (long long)year);
  if (sex) snprintf(out + strlen(out), size - strlen(out), ":%c", sex);
  if (*place) snprintf(out + strlen(out), size - strlen(out), ":%s", place);
}
void judge(struct folder *f, const char *kind, const char *place, int64_t year, char sex, double computed, double published, int decimals) {
  const struct value *v = value_of(kind, year, sex);
  char id[160], why[256];
  const double shown = v->tolerance > 0 ? computed : round_decimals(computed, decimals);
  const bool agrees = fabs(shown - published) <= (v->tolerance > 0 ? v->tolerance : 1e-9);
  id_of(id, sizeof id, kind, place, year, sex);
  snprintf(why, sizeof why, "%s: computed %.9g, published %.9g%s", class_names[v->class], computed, published,
      v->class == MUST_FAIL && agrees ? ": it agrees, although it must not" : "");
  if (!tally_wants(f->tally, id)) return;
  f->counts[v->class]++;
  f->named += v->year != 0;
  if (f->list) printf("%-12s %-40s computed %.7g published %.7g %s\n", class_names[v->class], id, computed, published, agrees ? "agrees" : "differs");
  if (v->class == COMPARE_ONLY) f->agreed += agrees;
  else tally_add(f->tally, id, (v->class == MUST_FAIL) != agrees ? PASSED : FAILED, why);
}
void cannot(struct folder *f, const char *kind, const char *place, int64_t year, char sex, const char *why) {
  char id[160];
  id_of(id, sizeof id, kind, place, year, sex);
  if (f->list) printf("%-12s %-40s %s\n", "unsupported", id, why);
  tally_add(f->tally, id, UNSUPPORTED, why);
}
