/* Files that others wrote, taken in through layouts of ours (tests/reference/intake, forms/library/mls/master_table): no problem is left
 * unexplained, and the cells are those that a second, independent count of the bytes finds. Skipped when the reference data are absent. */
#include "tests/fault/store_fixture.h"

#include "base/ext_sodium.h"
#include "collector/intake.h"
#include "tests/reference/reference.h"

/* --- the independent count: commas, quotes and line ends on the bytes; none of the three is ever the second byte of a CP932 character --- */

struct count {
  int64_t rows, cells, filled, blank, signs; /* of the rows from `skip` on that are records */
  int64_t all_cells, empty_rows, heads;
};
/* What a second reader must know of a file: rows above the records, and which texts mean "no figure". */
struct facts {
  const char *file, *form, *period;
  int64_t skip;
  const char *sign; /* in cells from sign_from (1-based) on */
  int sign_from;
  bool pages;       /* a row that begins with 産 starts seven rows of head; empty rows are no records */
  struct intake_report expected; /* what the file is known to hold */
};

struct cell_text {
  const char *p;
  size_t n;
};

static bool blank_text(struct cell_text c) {
  for (size_t i = 0; i < c.n; i++)
    if (c.p[i] != ' ') return false;
  return true;
}

/* One row; cells are views without their quotes. */
static const char *next_row(const char *p, const char *end, struct cell_text *cells, int *n) {
  bool quoted = false;
  *n = 0;
  for (const char *from = p; p <= end; p++) {
    if (p < end && *p == '"') quoted = !quoted;
    if (p < end && (quoted || (*p != ',' && *p != '\n'))) continue;
    const char *to = p;
    if (to > from && to[-1] == '\r') to--;
    if (to - from >= 2 && *from == '"' && to[-1] == '"') from++, to--;
    if (*n < 512) cells[(*n)++] = (struct cell_text){from, (size_t)(to - from)};
    if (p == end || *p == '\n') return p + 1;
    from = p + 1;
  }
  return p;
}

static bool is_sign(const struct facts *f, struct cell_text c) {
  return c.n == 1 && f->sign && strchr(f->sign, *c.p);
}

static void count_record(const struct facts *f, const struct cell_text *cells, int n, struct count *out) {
  out->rows++;
  out->cells += n;
  for (int i = 0; i < n; i++) {
    if (blank_text(cells[i])) out->blank++;
    else if (i + 1 >= f->sign_from && is_sign(f, cells[i])) out->signs++;
    else out->filled++;
  }
}

static struct count count_file(const struct facts *f, const char *p, size_t size) {
  struct count out = {0};
  struct cell_text cells[512];
  const char *end = p + size;
  int64_t row = 0, head = f->pages ? 0 : -1;
  if (size > 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) p += 3;
  for (int n; p < end; row++) {
    p = next_row(p, end, cells, &n);
    bool empty = true;
    for (int i = 0; i < n; i++) empty = empty && blank_text(cells[i]);
    out.all_cells += n;
    if (f->pages && n && cells[0].n > 3 && memcmp(cells[0].p, "産", 3) == 0) head = 7;
    if (head > 0 || row < f->skip) head--, out.heads++;
    else if (empty) out.empty_rows++;
    else count_record(f, cells, n, &out);
  }
  return out;
}

/* --- the files --- */

static const struct facts FILES[] = {
    {"intake/nagano_call_center.cp932.csv",
     "nagano_call_center",
     "2020",
     2,
     NULL,
     0,
     false,
     {.rows_read = 81, .cells_read = 913, .title_rows = 1, .encoding = ENCODING_CP932}},
    {"intake/nagano_patients.cp932.csv",
     "nagano_patients",
     "2020",
     2,
     "-",
     10,
     false,
     {.rows_read = 54, .cells_read = 840, .title_rows = 1, .encoding = ENCODING_CP932}},
    {"intake/localgovjp_2017.cp932.csv",
     "localgovjp_2017",
     "2017",
     1,
     NULL,
     0,
     false,
     {.rows_read = 1916, .cells_read = 17253, .encoding = ENCODING_CP932}},
    {"intake/niid_2023-16_zensu.utf8bom.csv",
     "niid_2023_16_zensu",
     "2023",
     4,
     NULL,
     0,
     false,
     {.rows_read = 48, .cells_read = 9100, .title_rows = 2, .encoding = ENCODING_UTF8_BOM}},
    {"intake/nstac_style_R01_chingin_dummy.csv",
     "nstac_r01_chingin",
     NULL,
     0,
     NULL,
     0,
     false,
     {.rows_read = 15, .cells_read = 390, .encoding = ENCODING_ASCII}},
    {"labour/master_table_2025-12.csv",
     NULL,
     NULL,
     0,
     "-*",
     4,
     true,
     {.rows_read = 4640,
      .cells_read = 108443,
      .blocks = 116,
      .block_head_rows = 812,
      .empty_rows = 927,
      .filled_cells = 3712,
      .encoding = ENCODING_UTF8}},
};

static struct form *form_of(struct arena *a, const struct job *job, const struct facts *f) {
  struct form *form = NULL;
  struct err error = {0};
  if (f->form) OK(form_read(a, job, "tests/reference/intake", "intake", f->form, NULL, INT64_MIN, &form, NULL, &error));
  else OK(form_read(a, job, "forms", "mls", "master_table", NULL, INT64_MIN, &form, NULL, &error));
  return form;
}

static const char *path_of(const char *file, char path[512]) {
  const char *folder = getenv("REFERENCE");
  snprintf(path, 512, "%s/%s", folder && *folder ? folder : "../shared/data", file);
  return path;
}

static void compare(const struct facts *f, const struct intake_report *r, const struct count *c) {
  const struct intake_report *x = &f->expected;
  if (r->problems || r->warnings || r->rejected || r->duplicate)
    fail_msg("%s: %lld problems, %lld rejected", f->file, (long long)r->problems, (long long)r->rejected);
  if (r->rows_read != x->rows_read || r->accepted != c->rows || c->rows != x->rows_read)
    fail_msg("%s: %lld records, a second count %lld", f->file, (long long)r->rows_read, (long long)c->rows);
  if (r->cells_read != x->cells_read || c->all_cells != x->cells_read)
    fail_msg("%s: %lld cells, a second count %lld", f->file, (long long)r->cells_read, (long long)c->all_cells);
  if (r->cells_typed != c->filled || r->cells_blank != c->blank + c->signs || r->cells_problem || r->cells_ignored)
    fail_msg("%s: typed %lld, blank %lld; a second count %lld filled, %lld blank, %lld signs", f->file, (long long)r->cells_typed,
             (long long)r->cells_blank, (long long)c->filled, (long long)c->blank, (long long)c->signs);
  if (c->cells != c->filled + c->blank + c->signs || c->cells != r->cells_typed + r->cells_blank)
    fail_msg("%s: cells of records do not balance", f->file);
  if (r->title_rows != x->title_rows || r->blocks != x->blocks || r->block_head_rows != x->block_head_rows || r->empty_rows != x->empty_rows ||
      r->filled_cells != x->filled_cells || r->encoding != x->encoding)
    fail_msg("%s: titles %lld, blocks %lld, head rows %lld, empty rows %lld, filled %lld", f->file, (long long)r->title_rows, (long long)r->blocks,
             (long long)r->block_head_rows, (long long)r->empty_rows, (long long)r->filled_cells);
}

static void every_file_loads_and_its_cells_are_counted_twice(void **state) {
  (void)state;
  int loaded = 0;
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    struct arena *a = arena_new(0);
    struct problems problems = {0};
    struct job job = fixture_job(&problems);
    struct intake_report r;
    struct err error = {0};
    char path[512];
    size_t n = 0;
    const char *text = reference_text(a, FILES[i].file, &n);
    job.arena = a;
    if (text) {
      const struct intake_options options = {.period = FILES[i].period, .declared = -1, .problem_limit = 64};
      struct form *form = form_of(a, &job, &FILES[i]);
      struct count c = count_file(&FILES[i], text, n);
      OK(intake_file(&job, NULL, form, &options, path_of(FILES[i].file, path), &r, &error));
      compare(&FILES[i], &r, &c);
      loaded++;
    }
    arena_free(a);
  }
  if (!loaded) skip();
}

/* --- the master table's figures, one by one --- */

static const char *const FIGURES[][2] = {{"e0", "workers_begin"},  {"inc", "workers_in"}, {"dec", "workers_out"},   {"e1", "workers_end"},
                                         {"pt", "part_time_end"},  {"D", "days"},         {"H", "hours_total"},     {"Hs", "hours_scheduled"},
                                         {"Ho", "hours_overtime"}, {"G", "pay_total"},    {"C", "pay_contractual"}, {"B", "pay_scheduled"},
                                         {"O", "pay_overtime"},    {"S", "pay_special"}};

static int64_t find_row(struct table *t, const struct csv_table *facts, int64_t row) {
  static const char *const keys[][2] = {{"industry", "industry"}, {"size", "size"}, {"worker_form", "worker"}, {"month", "month"}};
  for (int64_t i = 0; i < t->n_rows; i++) {
    bool same = true;
    for (int k = 0; same && k < 4; k++) {
      char buffer[64];
      struct str text = column_text(table_column(t, keys[k][1]), i, buffer, sizeof buffer);
      same = str_eq(text, csv_table_cell(facts, row, csv_table_column(facts, keys[k][0])));
    }
    if (same) return i;
  }
  return -1;
}

static int check_figures(struct table *t, const struct csv_table *facts, int64_t row) {
  int64_t at = find_row(t, facts, row);
  assert_true(at >= 0);
  for (size_t k = 0; k < sizeof FIGURES / sizeof *FIGURES; k++) {
    struct str wanted = csv_table_cell(facts, row, csv_table_column(facts, FIGURES[k][0]));
    const struct column *c = table_column(t, FIGURES[k][1]);
    char buffer[64];
    struct str text = column_text(c, at, buffer, sizeof buffer);
    uint8_t status = wanted.n == 0              ? VAL_BLANK
                     : str_eq(wanted, STR("-")) ? VAL_NOT_APPLICABLE
                     : str_eq(wanted, STR("*")) ? VAL_SMALL_BASE
                                                : VAL_REPORTED;
    if (c->status[at] != status || (status == VAL_REPORTED && !str_eq(text, wanted)))
      fail_msg("row %lld, %s: '%.*s' (%s) instead of '%.*s'", (long long)row, FIGURES[k][0], (int)text.n, text.p, value_status_name(c->status[at]),
               (int)wanted.n, wanted.p);
  }
  return 14;
}

static void every_figure_of_the_master_table_is_the_published_one(void **state) {
  (void)state;
  struct err error = {0};
  struct arena *a = arena_new(0);
  struct problems problems = {0};
  struct job job = fixture_job(&problems);
  struct intake_report r;
  struct store *s = NULL;
  struct table t;
  struct csv_table facts;
  char folder[256], path[512];
  size_t n;
  const struct facts *master = &FILES[sizeof FILES / sizeof *FILES - 1];
  job.arena = a;
  if (!reference_text(a, master->file, &n)) skip();
  fixture_folder(folder);
  OK(fixture_init(&job, folder, &error));
  OK(store_open(&job, folder, PASSPHRASE, &s, &error));
  const struct intake_options options = {.declared = 4640, .problem_limit = 64};
  OK(intake_file(&job, s, form_of(a, &job, master), &options, path_of(master->file, path), &r, &error));
  assert_string_equal(r.period, "2025-12");
  OK(fixture_read(s, r.shard, a, &t, &error));
  assert_int_equal(t.n_rows, 4640);
  static const char *const tables[] = {"tests/reference/mls_2025-12_published.csv", "tests/reference/mls_2025-12_unit_cells.csv"};
  int figures = 0;
  for (int k = 0; k < 2; k++) {
    char text[1 << 17];
    FILE *f = fopen(tables[k], "rb");
    assert_non_null(f);
    size_t got = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_true(got < sizeof text);
    OK(csv_table_parse(a, tables[k], text, got, &facts, &error));
    for (int64_t row = 0; row < facts.n_rows; row++) figures += check_figures(&t, &facts, row);
  }
  assert_true(figures > 9000);
  store_close(s);
  remove_tree(folder);
  arena_free(a);
}

int main(void) {
  crypto_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_file_loads_and_its_cells_are_counted_twice),
      cmocka_unit_test(every_figure_of_the_master_table_is_the_published_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
