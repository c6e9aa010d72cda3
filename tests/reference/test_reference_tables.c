/* Our restated reference tables: whole, free of slips (the published identities hold in every row), and equal to the published files where those
 * lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "reference.h"

#define UNIT_CELLS "tests/reference/mls_2025-12_unit_cells.csv"
#define PUBLISHED "tests/reference/mls_2025-12_published.csv"
#define MODEL "forms/library/vital/model_population.csv"
enum { COLUMNS = 14, MAX_ROWS = 800 };
static const char *const COLUMN[COLUMNS] = {"e0", "inc", "dec", "e1", "pt", "D", "Hs", "Ho", "C", "O", "S", "H", "G", "B"};
static const int FLOW[] = {0, 1, 2, 3};
static const char DIVISIONS[] = "CDEFGHIJKLMNOPQR";

struct cell_row {
  char industry[8], size, form;
  bool published;
  bool has[COLUMNS];
  int64_t value[COLUMNS]; /* tenths for D, Hs, Ho, H */
};
struct cell_rows {
  struct cell_row row[MAX_ROWS];
  int n;
};

static struct csv_table load(struct arena *a, const char *path) {
  struct err e;
  uint8_t *p;
  size_t n;
  struct csv_table t;
  if (file_read(path, 1 << 26, &p, &n, &e)) fail_msg("%s: cannot be read", path);
  char *copy = arena_strdup(a, (const char *)p, n);
  free(p);
  assert_non_null(copy);
  if (csv_table_parse(a, path, copy, n, &t, &e)) fail_msg("%s:%ld: is no table", path, (long)e.line);
  return t;
}

/* "1,234.5 " as 12345 tenths or 1234 whole; false when it is no number. */
static bool number_of(struct str s, bool tenths, int64_t *out) {
  int64_t v = 0;
  int after = -1;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == ',' || s.p[i] == ' ') continue;
    if (s.p[i] == '.') after = 0;
    else if (s.p[i] >= '0' && s.p[i] <= '9') v = v * 10 + (s.p[i] - '0'), after += after >= 0;
    else return false;
  }
  if (!s.n || after > tenths) return false;
  *out = tenths && after < 1 ? v * 10 : v;
  return true;
}
static bool in_tenths(int column) { return (column >= 5 && column <= 7) || column == 11; }

static void read_rows(struct arena *a, const char *path, struct cell_rows *out) {
  struct csv_table t = load(a, path);
  assert_true(t.n_rows <= MAX_ROWS);
  out->n = (int)t.n_rows;
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct cell_row *r = &out->row[i];
    struct str industry = csv_table_cell(&t, i, csv_table_column(&t, "industry"));
    snprintf(r->industry, sizeof r->industry, "%.*s", (int)industry.n, industry.p);
    r->size = csv_table_cell(&t, i, csv_table_column(&t, "size")).p[0];
    r->form = csv_table_cell(&t, i, csv_table_column(&t, "worker_form")).p[0];
    r->published = cell_is(&t, i, "status", "published");
    for (int k = 0; k < COLUMNS; k++) r->has[k] = number_of(csv_table_cell(&t, i, csv_table_column(&t, COLUMN[k])), in_tenths(k), &r->value[k]);
  }
}

static const struct cell_row *find(const struct cell_rows *t, const char *industry, char size, char form) {
  for (int i = 0; i < t->n; i++)
    if (t->row[i].size == size && t->row[i].form == form && strcmp(t->row[i].industry, industry) == 0) return &t->row[i];
  return NULL;
}

static void check_complete(const struct cell_rows *t, const char *industry, const char *sizes) {
  for (const char *s = sizes; *s; s++)
    for (const char *f = "TMFNP"; *f; f++)
      if (!find(t, industry, *s, *f)) fail_msg("%s size %c form %c is absent", industry, *s, *f);
}

static void unit_cells_hold_every_division_size_and_form_once(void **state) {
  struct arena *a = arena_new(0);
  struct cell_rows t;
  (void)state;
  read_rows(a, UNIT_CELLS, &t);
  assert_int_equal(t.n, 16 * 5 * 5);
  for (const char *d = DIVISIONS; *d; d++) check_complete(&t, (char[]){*d, 0}, "13579");
  read_rows(a, PUBLISHED, &t);
  assert_int_equal(t.n, 8 * 5 + 16 * 3 * 5);
  check_complete(&t, "TL", "T0413579");
  for (const char *d = DIVISIONS; *d; d++) check_complete(&t, (char[]){*d, 0}, "T04");
  arena_free(a);
}

/* --- identities --- */
static void same(const struct cell_row *r, const char *rule, int64_t left, int64_t right) {
  if (left != right) fail_msg("%s size %c form %c: %s: %ld is not %ld", r->industry, r->size, r->form, rule, (long)left, (long)right);
}

static int check_row(const struct cell_row *r) {
  const int64_t *v = r->value;
  bool conversion = r->form == 'N' || r->form == 'P';
  if (!conversion) same(r, "H1 e0 + inc - dec = e1", v[0] + v[1] - v[2], v[3]);
  same(r, "G = C + S", v[12], v[8] + v[10]);
  same(r, "H = Hs + Ho", v[11], v[6] + v[7]);
  if (r->form == 'M' || r->form == 'F') return 3;
  assert_true(r->has[9] && r->has[13]);
  same(r, "B = C - O", v[13], v[8] - v[9]);
  return conversion ? 3 : 4;
}

static int check_splits(const struct cell_rows *t, const struct cell_row *all) {
  const struct cell_row *m = find(t, all->industry, all->size, 'M'), *f = find(t, all->industry, all->size, 'F');
  const struct cell_row *n = find(t, all->industry, all->size, 'N'), *p = find(t, all->industry, all->size, 'P');
  for (size_t i = 0; i < 4; i++) {
    int k = FLOW[i];
    same(all, "M + F = T", m->value[k] + f->value[k], all->value[k]);
    same(all, "N + P = T", n->value[k] + p->value[k], all->value[k]);
  }
  same(all, "pt(M) + pt(F) = pt(T)", m->value[4] + f->value[4], all->value[4]);
  same(all, "pt(T) = e1(P)", all->value[4], p->value[3]);
  int64_t to_part = p->value[3] - (p->value[0] + p->value[1] - p->value[2]), to_full = n->value[3] - (n->value[0] + n->value[1] - n->value[2]);
  same(all, "conversions cancel", to_part, -to_full);
  return to_part != 0;
}

static void check_identities(const char *path, int rows_expected, int *conversions) {
  struct arena *a = arena_new(0);
  struct cell_rows t;
  int rows = 0;
  read_rows(a, path, &t);
  for (int i = 0; i < t.n; i++) {
    if (!t.row[i].published) continue;
    assert_true(check_row(&t.row[i]) >= 3);
    rows++;
    if (t.row[i].form == 'T') *conversions += check_splits(&t, &t.row[i]);
  }
  assert_int_equal(rows, rows_expected);
  arena_free(a);
}

static void published_identities_hold_in_every_row(void **state) {
  int conversions = 0;
  (void)state;
  check_identities(UNIT_CELLS, 390, &conversions);
  check_identities(PUBLISHED, 275, &conversions);
  assert_true(conversions > 60); /* so e0 + inc - dec = e1 must not be asked of part-time workers alone */
}

/* --- roll-ups of counts --- */
static bool add_up(const struct cell_rows *unit, const char *industry, const char *sizes, char form, int64_t sum[4]) {
  for (const char *s = sizes; *s; s++) {
    const struct cell_row *r = find(unit, industry, *s, form);
    if (r && !r->published && !r->has[0] && r->industry[0] == 'C' && *s == '1') continue; /* no such establishments */
    if (!r || !r->published) return false;
    for (int k = 0; k < 4; k++) sum[k] += r->value[k];
  }
  return true;
}

static int compare_sums(const struct cell_rows *unit, const struct cell_rows *published) {
  static const struct { char size; const char *of; } rollup[] = {{'T', "13579"}, {'0', "1357"}, {'4', "13"}};
  int compared = 0;
  for (const char *d = DIVISIONS; *d; d++)
    for (size_t i = 0; i < sizeof rollup / sizeof *rollup; i++)
      for (const char *f = "TMFNP"; *f; f++) {
        int64_t sum[4] = {0};
        const struct cell_row *whole = find(published, (char[]){*d, 0}, rollup[i].size, *f);
        if (!whole->published || !add_up(unit, whole->industry, rollup[i].of, *f, sum)) continue;
        for (int k = 0; k < 4; k++) same(whole, "sum of the unit sizes", sum[k], whole->value[k]);
        compared++;
      }
  return compared;
}

static void unit_cells_add_up_to_the_published_roll_ups(void **state) {
  struct arena *a = arena_new(0);
  struct cell_rows unit, published;
  (void)state;
  read_rows(a, UNIT_CELLS, &unit);
  read_rows(a, PUBLISHED, &published);
  assert_int_equal(compare_sums(&unit, &published), 15 * 3 * 5); /* all divisions but C, one size of which is suppressed */
  for (const char *s = "579"; *s; s++)
    for (const char *f = "TMFNP"; *f; f++) {
      int64_t sum[4] = {0};
      const struct cell_row *whole = find(&published, "TL", *s, *f);
      for (const char *d = DIVISIONS; *d; d++) assert_true(add_up(&unit, (char[]){*d, 0}, (char[]){*s, 0}, *f, sum));
      for (int k = 0; k < 4; k++) same(whole, "sum of the divisions", sum[k], whole->value[k]);
    }
  arena_free(a);
}

/* --- against the published file: page blocks, a title line, three header lines, thousands separators --- */
struct master {
  const struct cell_rows *unit, *published;
  char industry[8], size;
  int title_in; /* lines until the title line of a block */
  int compared;
};

static void compare_row(struct master *m, const struct csv_row *row, char form) {
  static const int at[COLUMNS] = {3, 4, 5, 6, 7, 8, 10, 11, 13, 15, 16, 9, 12, 14};
  const struct cell_row *r = find(m->published, m->industry, m->size, form);
  if (!r) r = find(m->unit, m->industry, m->size, form);
  if (!r) return;
  for (int k = 0; k < COLUMNS; k++) {
    int64_t v = 0;
    bool has = at[k] < row->n_cells && number_of(str_trim(row->cells[at[k]].text), in_tenths(k), &v);
    if (has != r->has[k] || (has && v != r->value[k]))
      fail_msg("%s size %c form %c %s differs from the published file", r->industry, r->size, form, COLUMN[k]);
  }
  m->compared++;
}

static enum err_code master_row(void *context, const struct csv_row *row, struct err *e) {
  struct master *m = context;
  struct str c[3] = {{0}};
  (void)e;
  for (int64_t i = 0; i < 3 && i < row->n_cells; i++) c[i] = str_trim(row->cells[i].text);
  if (str_starts(c[0], STR("産")) && row->n_cells > 7) {
    m->title_in = 1;
    return E_OK;
  }
  if (m->title_in && m->title_in-- == 1) {
    snprintf(m->industry, sizeof m->industry, "%.*s", (int)c[0].n, c[0].p);
    return E_OK;
  }
  bool by_sex = c[1].n == 1 && strchr("TMF", c[1].p[0]) && str_eq(c[2], STR("T")), by_form = !c[1].n && c[2].n == 1 && strchr("NP", c[2].p[0]);
  if (by_sex && c[0].n == 1) m->size = c[0].p[0];
  if (by_sex || by_form) compare_row(m, row, by_sex ? c[1].p[0] : c[2].p[0]);
  return E_OK;
}

static void tables_equal_the_published_master_table(void **state) {
  struct arena *a = arena_new(0);
  struct cell_rows unit, published;
  struct master m = {.unit = &unit, .published = &published};
  struct csv_reader *reader;
  struct err e;
  size_t n;
  (void)state;
  char *text = reference_text(a, "labour/master_table_2025-12.csv", &n);
  if (!text) {
    arena_free(a);
    skip();
  }
  read_rows(a, UNIT_CELLS, &unit);
  read_rows(a, PUBLISHED, &published);
  assert_int_equal(csv_reader_new("master table", NULL, ',', master_row, &m, &reader, &e), E_OK);
  assert_int_equal(csv_reader_feed(reader, text, n, &e), E_OK);
  assert_int_equal(csv_reader_end(reader, &e), E_OK);
  csv_reader_free(reader);
  assert_int_equal(m.compared, 400 + 280);
  arena_free(a);
}

/* --- vital tables --- */
static double expected(const struct csv_table *t, const char *measure, const char *sex, double *tolerance) {
  for (int64_t i = 0; i < t->n_rows; i++)
    if (cell_is(t, i, "measure", measure) && cell_is(t, i, "sex", sex)) {
      *tolerance = cell_number(t, i, "tolerance");
      return cell_number(t, i, "value");
    }
  fail_msg("expected.csv has no %s of sex '%s'", measure, sex);
  return 0;
}

static void assert_expected(const struct csv_table *t, const char *measure, const char *sex, double value) {
  double tolerance, want = expected(t, measure, sex, &tolerance);
  double slip = value > want ? value - want : want - value;
  if (slip > tolerance) fail_msg("%s of sex '%s': %.9g, expected %.9g within %g", measure, sex, value, want, tolerance);
}

static double sum_where(const struct csv_table *t, const char *column, const char *key, const char *is) {
  double sum = 0;
  for (int64_t i = 0; i < t->n_rows; i++)
    if (!key || cell_is(t, i, key, is)) sum += cell_number(t, i, column);
  return sum;
}

static void vital_tables_have_the_published_totals(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table want = load(a, "tests/reference/expected.csv"), population = load(a, "tests/reference/vital_2015_population.csv");
  struct csv_table deaths = load(a, "tests/reference/vital_2015_deaths_by_age.csv"),
                   births = load(a, "tests/reference/vital_2015_births_by_mother_age.csv"), model = load(a, MODEL);
  (void)state;
  for (const char *s = "12"; *s; s++) {
    const char sex[] = {*s, 0};
    assert_expected(&want, "population_total", sex, sum_where(&population, "population", "sex", sex));
    assert_expected(&want, "deaths_known_age", sex, sum_where(&deaths, "deaths", "sex", sex));
  }
  assert_expected(&want, "births_total", "", sum_where(&births, "births", NULL, NULL));
  assert_expected(&want, "model_population_S60", "", sum_where(&model, "population", "model", "S60"));
  assert_expected(&want, "model_population_H27", "", sum_where(&model, "population", "model", "H27"));
  assert_expected(&want, "crude_birth_rate", "", sum_where(&births, "births", NULL, NULL) / sum_where(&population, "population", NULL, NULL) * 1000);
  arena_free(a);
}

static double standardised(const struct csv_table *model, const struct csv_table *deaths, const struct csv_table *population, const char *sex) {
  double sum = 0, weight = 0;
  for (int64_t i = 0; i < model->n_rows; i++) {
    if (!cell_is(model, i, "model", "S60")) continue;
    double w = cell_number(model, i, "population"), from = cell_number(model, i, "age_from");
    int met = 0;
    for (int64_t k = 0; k < deaths->n_rows; k++)
      for (int64_t j = 0; j < population->n_rows; j++) {
        if (!cell_is(deaths, k, "sex", sex) || !cell_is(population, j, "sex", sex)) continue;
        if (cell_number(deaths, k, "age_from") != from || cell_number(population, j, "age_from") != from) continue;
        sum += w * cell_number(deaths, k, "deaths") / cell_number(population, j, "population");
        met++;
      }
    assert_int_equal(met, 1);
    weight += w;
  }
  return sum / weight * 100000;
}

static void standardised_death_rate_of_the_tables_is_the_expected_one(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table want = load(a, "tests/reference/expected.csv"), population = load(a, "tests/reference/vital_2015_population.csv");
  struct csv_table deaths = load(a, "tests/reference/vital_2015_deaths_by_age.csv"), model = load(a, MODEL);
  (void)state;
  for (const char *s = "12"; *s; s++) {
    double rate = standardised(&model, &deaths, &population, (char[]){*s, 0});
    assert_expected(&want, "asdr_S60_per_100000", (char[]){*s, 0}, rate);
    assert_expected(&want, "asdr_S60_per_1000", (char[]){*s, 0}, rate / 100);
  }
  arena_free(a);
}

/* Births at 14 and under go into the first group of women, 45 and over is the last. */
static void fertility_of_the_tables_is_the_expected_one(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table want = load(a, "tests/reference/expected.csv"), women = load(a, "tests/reference/vital_2015_women.csv"),
                   births = load(a, "tests/reference/vital_2015_births_by_mother_age.csv");
  double rate = 0;
  (void)state;
  assert_int_equal(women.n_rows, 7);
  assert_int_equal(births.n_rows, 9); /* 14 and under, seven groups, age unknown */
  for (int64_t i = 0; i < 7; i++) {
    assert_true(cell_number(&women, i, "age_from") == cell_number(&births, i + 1, "age_from"));
    rate += 5 * (cell_number(&births, i + 1, "births") + (i ? 0 : cell_number(&births, 0, "births"))) / cell_number(&women, i, "women");
  }
  assert_expected(&want, "tfr_5year", "2", rate);
  struct csv_table joined = load(a, "tests/reference/vital_2015_births_by_age.csv"); /* both tables as one input file */
  assert_int_equal(joined.n_rows, 8);
  for (int64_t i = 0; i < 8; i++) {
    assert_true(cell_number(&joined, i, "births") == cell_number(&births, i, "births"));
    if (i) assert_true(cell_number(&joined, i, "women") == cell_number(&women, i - 1, "women"));
  }
  assert_expected(&want, "tfr_published", "2", rate);
  arena_free(a);
}

static void published_q_is_complete_and_gives_the_published_e0(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table want = load(a, "tests/reference/expected.csv"), q = load(a, "tests/reference/life_q_2020.csv");
  (void)state;
  for (const char *s = "12"; *s; s++) {
    double alive = 1, years = 0;
    int64_t age = 0;
    for (int64_t i = 0; i < q.n_rows; i++) {
      if (!cell_is(&q, i, "sex", (char[]){*s, 0})) continue;
      double die = cell_number(&q, i, "q");
      assert_true(cell_number(&q, i, "age_from") == (double)age && die >= 0 && die <= 1);
      years += alive * (1 - (age++ ? 0.5 : 0.85) * die);
      alive *= 1 - die;
    }
    assert_true(age >= 110);
    assert_expected(&want, "e0_complete", (char[]){*s, 0}, years);
  }
  arena_free(a);
}

static void vital_tables_equal_the_published_inputs(void **state) {
  struct arena *a = arena_new(0);
  struct csv_table theirs, q_theirs;
  (void)state;
  if (!reference_csv(a, "vital/deaths_by_age_sex.csv", &theirs) || !reference_csv(a, "vital/complete_life_table_qx_1891_2020.csv", &q_theirs)) {
    arena_free(a);
    skip();
  }
  struct csv_table population = load(a, "tests/reference/vital_2015_population.csv"),
                   deaths = load(a, "tests/reference/vital_2015_deaths_by_age.csv"), q = load(a, "tests/reference/life_q_2020.csv");
  int64_t k = 0;
  for (int64_t i = 0; i < theirs.n_rows; i++) {
    if (!cell_is(&theirs, i, "year", "2015")) continue;
    assert_true(cell_number(&theirs, i, "official_pop") == cell_number(&population, k, "population"));
    assert_true(cell_number(&theirs, i, "deaths") == cell_number(&deaths, k, "deaths"));
    k++;
  }
  assert_int_equal(k, 36);
  for (int64_t i = 0, row = 0; i < q.n_rows; i++, row++) {
    if (i && !str_eq(csv_table_cell(&q, i, 0), csv_table_cell(&q, i - 1, 0))) row = 0;
    assert_true(cell_number(&q, i, "q") == cell_number(&q_theirs, row, cell_is(&q, i, "sex", "1") ? "qx2020M" : "qx2020F"));
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unit_cells_hold_every_division_size_and_form_once),
      cmocka_unit_test(published_identities_hold_in_every_row),
      cmocka_unit_test(unit_cells_add_up_to_the_published_roll_ups),
      cmocka_unit_test(tables_equal_the_published_master_table),
      cmocka_unit_test(vital_tables_have_the_published_totals),
      cmocka_unit_test(standardised_death_rate_of_the_tables_is_the_expected_one),
      cmocka_unit_test(fertility_of_the_tables_is_the_expected_one),
      cmocka_unit_test(published_q_is_complete_and_gives_the_published_e0),
      cmocka_unit_test(vital_tables_equal_the_published_inputs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
