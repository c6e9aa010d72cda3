/* Published unit cells of December 2025 rolled up against the published rows of the same master table (毎月勤労統計調査 全国調査結果原表 確報). Workers must agree
 * exactly, C O S within 1 yen and D Hs Ho within 0.1, because the published inputs are rounded; derived columns within twice that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "estimators/mls/mls_compare.h"
#include "estimators/mls/mls_rollup.h"
#include "reference.h"

enum { MAX_ROWS = 1200 };
struct master {
  struct arena *a;
  struct mls_row rows[MAX_ROWS];
  int32_t n;
};

/* "51,865,541 " -> 51865541; "17.4 " -> 174 for a column in tenths; false for "-" and blanks. */
static bool number(struct str s, bool tenths, int64_t *out) {
  int64_t v = 0;
  bool digits = false, point = false, minus = s.n > 1 && s.p[0] == '-';
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '.') point = true;
    if (s.p[i] < '0' || s.p[i] > '9') continue;
    v = v * 10 + (s.p[i] - '0');
    digits = true;
  }
  *out = (tenths && !point ? v * 10 : v) * (minus ? -1 : 1);
  return digits;
}

static void read_line(struct mls_row *row, int split, const struct csv_table *t, int64_t line) {
  for (int c = 0; c < MLS_COLUMNS; c++) {
    struct str s = str_trim(csv_table_cell(t, line, 3 + c));
    if (str_eq(s, STR("*"))) row->suppressed = true, row->reason = "suppressed in the published table";
    else row->has[split][c] = number(s, mls_column_tenths(c), &row->value[split][c]);
  }
}

/* The file is a printed page, not a table: it is read as bare cells, without a header. */
struct cell_reader {
  struct arena *a;
  struct csv_table *t;
};

static enum err_code keep_row(void *context, const struct csv_row *row, struct err *e) {
  struct cell_reader *r = context;
  (void)e;
  for (int64_t c = 0; c < 17; c++) {
    struct str s = c < row->n_cells ? row->cells[c].text : STR("");
    r->t->cells[r->t->n_rows * 17 + c] = (struct str){arena_strdup(r->a, s.p, s.n), s.n};
  }
  r->t->n_rows++;
  return E_OK;
}

static bool read_cells(struct arena *a, struct csv_table *t) {
  struct cell_reader r = {a, t};
  struct csv_reader *csv;
  struct err e;
  size_t n;
  char *text = reference_text(a, "labour/master_table_2025-12.csv", &n);
  if (!text) return false;
  t->cells = ARENA_ARRAY(a, struct str, 8000 * 17);
  assert_int_equal(csv_reader_new("master table", NULL, ',', keep_row, &r, &csv, &e), E_OK);
  assert_int_equal(csv_reader_feed(csv, text, n, &e), E_OK);
  assert_int_equal(csv_reader_end(csv, &e), E_OK);
  csv_reader_free(csv);
  return true;
}

/* Pages follow each other: an industry code line, headings, then five lines per size (T M F by sex, N P by form). */
static bool read_master(struct master *m) {
  struct csv_table t = {0, 17, NULL, NULL, NULL};
  struct str industry = STR(""), size = STR("");
  m->a = arena_new(0);
  m->n = 0;
  memset(m->rows, 0, sizeof m->rows);
  if (!read_cells(m->a, &t)) return false;
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct str first = str_trim(csv_table_cell(&t, i, 0)), sex = str_trim(csv_table_cell(&t, i, 1)), form = str_trim(csv_table_cell(&t, i, 2));
    if (first.n && csv_table_cell(&t, i, 3).n && !sex.n && !form.n) {
      industry = first;
      continue;
    }
    bool line = (sex.n == 1 && strchr("TMF", sex.p[0]) && str_eq(form, STR("T"))) || (!sex.n && form.n == 1 && strchr("NP", form.p[0]));
    if (!line) continue;
    if (first.n) {
      size = first;
      assert_true(m->n < MAX_ROWS);
      m->rows[m->n++] = (struct mls_row){.industry = industry, .size = size};
    }
    int split = str_eq(form, STR("N")) ? MLS_GENERAL
        : str_eq(form, STR("P"))       ? MLS_PART
        : sex.p[0] == 'M'              ? MLS_MALE
        : sex.p[0] == 'F'              ? MLS_FEMALE
                                       : MLS_ALL;
    read_line(&m->rows[m->n - 1], split, &t, i);
  }
  return true;
}

static const struct mls_row *find(const struct master *m, struct str industry, const char *size) {
  for (int32_t i = 0; i < m->n; i++)
    if (str_eq(m->rows[i].industry, industry) && str_eq(m->rows[i].size, str_of(size))) return &m->rows[i];
  return NULL;
}

/* Rolls up the named sizes of one industry, or one size of the named industries. */
static bool add_rollup(
    struct master *m, struct str industry, const char *size, const char *sizes, const char *const *industries, struct mls_row *out) {
  struct mls_totals parts[64];
  struct str names[64];
  int32_t members[64], n = 0;
  struct err e;
  struct mls_totals total;
  for (int k = 0; industries ? industries[k] != NULL : sizes[k] != 0; k++) {
    char one[2] = {industries ? size[0] : sizes[k], 0};
    struct str part = industries ? str_of(industries[k]) : industry;
    const struct mls_row *r = find(m, part, one);
    if (!r) return false;
    mls_totals_from_row(r, &parts[n]);
    names[n] = part;
    members[n] = n;
    n++;
  }
  struct mls_rollup g = {industry, str_of(arena_strdup(m->a, size, 1)), n, members};
  assert_int_equal(mls_sum(m->a, parts, n, &g, names, &total, &e), E_OK);
  mls_display(&total, g.industry, g.size, out);
  return true;
}

static const char *const divisions[] = {"C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", NULL};
static const char *const parts_e[] = {"E-1", "E-2", "E-3", NULL}, *const parts_i[] = {"I-1", "I-2", NULL},
                         *const parts_d[] = {"D06", "D07", "D08", NULL};
static const char *const parts_k[] = {"K68", "K70", NULL}, *const parts_l[] = {"L71", "L72", "L73", "L74", NULL},
                         *const parts_m[] = {"M75", "M76", "M77", NULL}, *const parts_o[] = {"O81", "O82", NULL};
static const struct {
  const char *parent;
  const char *const *parts;
} industry_sums[] = {
    {"TL", divisions}, {"E", parts_e}, {"I", parts_i}, {"D", parts_d}, {"K", parts_k}, {"L", parts_l}, {"M", parts_m}, {"O", parts_o}};

static int32_t roll_up_all(struct master *m, struct mls_row *ours) {
  static const char *const size_sums[][2] = {{"4", "13"}, {"0", "1357"}, {"T", "13579"}};
  int32_t n = 0;
  for (int32_t i = 0; i < m->n; i++)
    if (str_eq(m->rows[i].size, STR("T")))
      for (int k = 0; k < 3; k++) n += add_rollup(m, m->rows[i].industry, size_sums[k][0], size_sums[k][1], NULL, &ours[n]);
  return n;
}

static int32_t roll_up_industries(struct master *m, struct mls_row *ours) {
  static const char sizes[] = "T0134579";
  int32_t n = 0;
  for (size_t k = 0; k < sizeof industry_sums / sizeof *industry_sums; k++)
    for (int s = 0; sizes[s]; s++) {
      char one[2] = {sizes[s], 0};
      n += add_rollup(m, str_of(industry_sums[k].parent), one, NULL, industry_sums[k].parts, &ours[n]);
    }
  return n;
}

/* Only published rows that we rolled up take part. */
static int32_t published_of(const struct master *m, const struct mls_row *ours, int32_t n, struct mls_row *out) {
  char size[2] = {0, 0};
  for (int32_t i = 0; i < n; i++) {
    size[0] = ours[i].size.p[0];
    const struct mls_row *r = find(m, ours[i].industry, size);
    assert_non_null(r);
    out[i] = *r;
  }
  return n;
}

static void compare(struct master *m, const struct mls_row *ours, int32_t n, struct mls_comparison *c) {
  struct mls_row *published = ARENA_ARRAY(m->a, struct mls_row, n + 1);
  struct err e;
  published_of(m, ours, n, published);
  assert_int_equal(mls_compare(m->a, published, n, ours, n, &mls_tolerance_rounded, 10, c, &e), E_OK);
}

static void report(const char *what, const struct mls_comparison *c) {
  char text[256];
  print_message("   %s: %lld rows, %lld figures, %lld exact, %lld within, %lld not; rows not computed for suppression %lld\n", what,
      (long long)c->n_rows, (long long)c->n_compared, (long long)c->n_exact, (long long)c->n_within, (long long)c->n_failed,
      (long long)c->n_not_computed);
  for (int64_t i = 0; i < c->n_failures; i++) print_message("   %s\n", mls_difference_text(&c->failures[i], text, sizeof text));
}

static struct master master;

static void every_published_row_obeys_the_identities(void **state) {
  (void)state;
  char what[160];
  int rows = 0, exceptions = 0;
  if (!read_master(&master)) skip();
  for (int32_t i = 0; i < master.n; i++) {
    const char *broken = mls_broken_identity(&master.rows[i], what, sizeof what);
    /* Published exceptions: a flow of general workers that would be negative (all minus part-time) is printed as 0. */
    int64_t (*v)[MLS_COLUMNS] = master.rows[i].value;
    bool clamped = false;
    for (int c = MLS_COL_INC; c <= MLS_COL_DEC; c++)
      clamped = clamped || (v[MLS_GENERAL][c] == 0 && v[MLS_ALL][c] < v[MLS_PART][c] && v[MLS_PART][c] - v[MLS_ALL][c] <= 2);
    if (broken && !clamped) fail_msg("%s", broken);
    exceptions += broken != NULL;
    rows += !master.rows[i].suppressed;
  }
  print_message("   %d rows with a negative general flow printed as 0\n", exceptions);
  assert_in_range(exceptions, 1, 3);
  assert_int_equal(master.n, 116 * 8);
  assert_true(rows > 860);
  arena_free(master.a);
}

static void size_rows_roll_up_to_the_published_rows(void **state) {
  (void)state;
  struct mls_comparison c;
  if (!read_master(&master)) skip();
  struct mls_row *ours = ARENA_ARRAY(master.a, struct mls_row, 400);
  int32_t n = roll_up_all(&master, ours);
  compare(&master, ours, n, &c);
  report("sizes", &c);
  assert_int_equal(n, 348);
  assert_int_equal(c.n_failed, 0);
  for (int k = 0; k < MLS_WORKER_ITEMS; k++) assert_int_equal(c.largest[k], 0);
  assert_true(c.n_rows > 280);
  arena_free(master.a);
}

static void industry_rows_roll_up_to_the_published_rows(void **state) {
  (void)state;
  struct mls_comparison c;
  if (!read_master(&master)) skip();
  struct mls_row *ours = ARENA_ARRAY(master.a, struct mls_row, 80);
  int32_t n = roll_up_industries(&master, ours);
  compare(&master, ours, n, &c);
  report("industries", &c);
  assert_int_equal(n, 64);
  assert_int_equal(c.n_failed, 0);
  arena_free(master.a);
}

static void total_row_as_published(void **state) {
  (void)state;
  struct mls_row ours;
  if (!read_master(&master)) skip();
  assert_true(add_rollup(&master, STR("TL"), "T", "13579", NULL, &ours));
  assert_int_equal(ours.value[MLS_ALL][MLS_COL_E0], 51865541);
  assert_int_equal(ours.value[MLS_ALL][MLS_COL_E1], 51918631);
  assert_int_equal(ours.value[MLS_PART][MLS_COL_E1], 16357545);
  assert_in_range(ours.value[MLS_ALL][MLS_COL_C], 291278, 291280);
  assert_in_range(ours.value[MLS_ALL][MLS_COL_S], 340916, 340918);
  arena_free(master.a);
}

static void a_unit_cell_altered_by_one_worker_fails(void **state) {
  (void)state;
  struct mls_comparison c;
  if (!read_master(&master)) skip();
  struct mls_row *cell = (struct mls_row *)find(&master, STR("E"), "9");
  cell->value[MLS_ALL][MLS_COL_E1] += 1;
  struct mls_row *ours = ARENA_ARRAY(master.a, struct mls_row, 400);
  int32_t n = roll_up_all(&master, ours);
  compare(&master, ours, n, &c);
  assert_true(c.n_failed > 0);
  assert_int_equal(c.largest[MLS_COL_E1], 1);
  arena_free(master.a);
}

static void a_wrong_denominator_fails(void **state) {
  (void)state;
  struct mls_comparison c;
  if (!read_master(&master)) skip();
  struct mls_row *ours = ARENA_ARRAY(master.a, struct mls_row, 400);
  /* End-of-month workers alone: e0 := e1 in every input row. */
  for (int32_t i = 0; i < master.n; i++)
    for (int s = 0; s < MLS_SPLITS; s++) master.rows[i].value[s][MLS_COL_E0] = master.rows[i].value[s][MLS_COL_E1];
  int32_t n = roll_up_all(&master, ours);
  compare(&master, ours, n, &c);
  assert_true(c.n_failed > 1000 && c.largest[MLS_COL_S] > 10);
  arena_free(master.a);
}

static void a_roll_up_with_a_suppressed_cell_says_why(void **state) {
  (void)state;
  struct mls_row ours;
  if (!read_master(&master)) skip();
  assert_true(add_rollup(&master, STR("C"), "4", "13", NULL, &ours));
  assert_true(ours.suppressed);
  assert_non_null(strstr(ours.reason, "suppressed cell"));
  assert_false(ours.has[MLS_ALL][MLS_COL_E1]);
  arena_free(master.a);
}

/* --- our own restated tables: run in every clone --- */
static void read_own(struct master *m, const char *path) {
  struct csv_table t;
  uint8_t *p;
  size_t n;
  struct err e;
  assert_int_equal(file_read(path, 1 << 24, &p, &n, &e), E_OK);
  char *text = arena_strdup(m->a, (char *)p, n);
  free(p);
  assert_int_equal(csv_table_parse(m->a, path, text, n, &t, &e), E_OK);
  for (int64_t i = 0; i < t.n_rows; i++) {
    struct str industry = csv_table_cell(&t, i, csv_table_column(&t, "industry")), size = csv_table_cell(&t, i, csv_table_column(&t, "size"));
    if (m->n == 0 || !str_eq(m->rows[m->n - 1].industry, industry) || !str_eq(m->rows[m->n - 1].size, size))
      m->rows[m->n++] = (struct mls_row){.industry = industry, .size = size};
    struct mls_row *r = &m->rows[m->n - 1];
    int split = 0;
    while (!cell_is(&t, i, "worker_form", mls_split_code[split])) split++;
    if (cell_is(&t, i, "status", "suppressed")) r->suppressed = true, r->reason = "suppressed in the published table";
    for (int c = 0; c < MLS_COLUMNS && !r->suppressed; c++)
      r->has[split][c] = number(csv_table_cell(&t, i, csv_table_column(&t, mls_column_name[c])), mls_column_tenths(c), &r->value[split][c]);
  }
}

static void open_own(struct master *m, const char *path) {
  m->a = arena_new(0);
  m->n = 0;
  memset(m->rows, 0, sizeof m->rows);
  read_own(m, path);
}

/* 16 divisions x 5 sizes -> every division and the total, at all eight sizes. */
static int32_t roll_up_own(struct master *cells, struct mls_row *ours) {
  static const char *const sums[][2] = {{"T", "13579"}, {"0", "1357"}, {"4", "13"}, {"1", "1"}, {"3", "3"}, {"5", "5"}, {"7", "7"}, {"9", "9"}};
  struct mls_totals *totals = ARENA_ARRAY(cells->a, struct mls_totals, cells->n);
  struct str *names = ARENA_ARRAY(cells->a, struct str, cells->n);
  int32_t n = 0;
  for (int32_t i = 0; i < cells->n; i++) mls_totals_from_row(&cells->rows[i], &totals[i]), names[i] = cells->rows[i].industry;
  for (int k = -1; k < 16; k++)
    for (int s = 0; s < 8; s++) {
      int32_t members[80], count = 0;
      struct mls_totals t;
      struct err e;
      struct str industry = k < 0 ? STR("TL") : str_of(divisions[k]);
      for (int32_t i = 0; i < cells->n; i++)
        if (strchr(sums[s][1], cells->rows[i].size.p[0]) && (k < 0 || str_eq(cells->rows[i].industry, industry))) members[count++] = i;
      struct mls_rollup g = {industry, str_of(sums[s][0]), count, members};
      assert_int_equal(mls_sum(cells->a, totals, cells->n, &g, names, &t, &e), E_OK);
      mls_display(&t, g.industry, g.size, &ours[n++]);
    }
  return n;
}

static struct master cells, published;

static void unit_cells_give_the_published_rows(void **state) {
  (void)state;
  struct mls_comparison c;
  struct err e;
  open_own(&cells, "tests/reference/mls_2025-12_unit_cells.csv");
  open_own(&published, "tests/reference/mls_2025-12_published.csv");
  struct mls_row *ours = ARENA_ARRAY(cells.a, struct mls_row, 200);
  int32_t n = roll_up_own(&cells, ours);
  assert_int_equal(cells.n, 80);
  assert_int_equal(mls_compare(cells.a, published.rows, published.n, ours, n, &mls_tolerance_rounded, 10, &c, &e), E_OK);
  report("unit cells", &c);
  assert_int_equal(c.n_failed, 0);
  assert_true(c.n_rows >= 40);
  for (int k = 0; k < MLS_WORKER_ITEMS; k++) assert_int_equal(c.largest[k], 0);
  /* one worker more in one cell must be seen */
  cells.rows[10].value[MLS_ALL][MLS_COL_E0] += 1;
  n = roll_up_own(&cells, ours);
  assert_int_equal(mls_compare(cells.a, published.rows, published.n, ours, n, &mls_tolerance_rounded, 10, &c, &e), E_OK);
  assert_true(c.n_failed > 0);
  arena_free(cells.a);
  arena_free(published.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unit_cells_give_the_published_rows),
      cmocka_unit_test(every_published_row_obeys_the_identities),
      cmocka_unit_test(size_rows_roll_up_to_the_published_rows),
      cmocka_unit_test(industry_rows_roll_up_to_the_published_rows),
      cmocka_unit_test(total_row_as_published),
      cmocka_unit_test(a_unit_cell_altered_by_one_worker_fails),
      cmocka_unit_test(a_wrong_denominator_fails),
      cmocka_unit_test(a_roll_up_with_a_suppressed_cell_says_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
