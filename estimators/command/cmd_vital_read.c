/* cmd_vital_read.c -- cmd_vital.h: files of vital statistics into columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "estimators/command/cmd_vital.h"

static enum err_code read_all(struct cli *c, const char *path, char **text, size_t *n, struct err *e) {
  uint8_t *bytes = NULL;
  TRY(file_read(path, VITAL_FILE_BYTES, &bytes, n, e));
  *text = arena_strdup(cli_job(c)->arena, (const char *)bytes, *n);
  free(bytes);
  return *text ? E_OK : ERR(e, E_NO_MEMORY, .file = path);
}
enum err_code vital_read_csv(struct cli *c, const char *path, struct csv_table *out, struct err *e) {
  char *text;
  size_t n;
  if (!path) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "vital", .expected = "FILE");
  TRY(read_all(c, path, &text, &n, e));
  return csv_table_parse(cli_job(c)->arena, path, text, n, out, e);
}
enum err_code vital_column(const struct csv_table *t, const char *path, const char *name, bool required, int *out, struct err *e) {
  *out = csv_table_column(t, name);
  return *out < 0 && required ? ERR(e, E_VITAL_COLUMNS, .file = path, .subject = name) : E_OK;
}
static bool number(struct str s, double *out) {
  char text[48], *end;
  if (s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  if (strspn(text, "0123456789.eE+-") != s.n) return false;
  *out = strtod(text, &end);
  return !*end && fabs(*out) <= 9e15; /* counts and days fit in whole numbers */
}
enum err_code vital_number(const struct csv_table *t, const char *path, int64_t row, int column, double *out, bool *has, struct err *e) {
  const struct str s = str_trim(csv_table_cell(t, row, column));
  char found[64], name[64];
  *has = s.n > 0 && !str_eq(s, STR("NA"));
  *out = 0;
  if (!*has || number(s, out)) return E_OK;
  snprintf(name, sizeof name, "%.*s", (int)(t->header[column].n < 60 ? t->header[column].n : 60), t->header[column].p);
  return ERR(e, E_VITAL_NUMBER, .file = path, .line = t->lines[row], .column = column + 1, .subject = name, .expected = "a number",
      .found = text_shape(s.p, s.n, found, sizeof found));
}

/* --- records: millions of rows, read in one pass --- */
struct reading {
  const char *path;
  enum vital_form form;
  int64_t most, n;
  int32_t *field[VITAL_FIELDS_MOST];
  int column[VITAL_FIELDS_MOST], n_fields, icd;
  bool headed;
};
static enum err_code head(struct reading *r, const struct csv_row *row, struct err *e) {
  const char *name;
  for (int k = 0; (name = vital_field_name(r->form, k)); k++) {
    r->column[k] = -1;
    for (int64_t i = 0; i < row->n_cells; i++)
      if (str_eq(str_trim(row->cells[i].text), str_of(name))) r->column[k] = (int)i;
    if (!strcmp(name, "icd")) r->icd = k;
    r->n_fields = k + 1;
    if (r->column[k] < 0 && !vital_field_optional(r->form, name)) return ERR(e, E_VITAL_COLUMNS, .file = r->path, .line = 1, .subject = name);
  }
  r->headed = true;
  return E_OK;
}
static enum err_code bad_value(const struct reading *r, const struct csv_row *row, int k, struct err *e) {
  char found[64];
  const struct str s = row->cells[r->column[k]].text;
  return ERR(e, E_VITAL_NUMBER, .file = r->path, .line = row->line, .column = r->column[k] + 1, .subject = vital_field_name(r->form, k),
      .expected = k == r->icd ? "an ICD-10 code" : "a whole number of 0 or more", .found = text_shape(s.p, s.n, found, sizeof found));
}
static enum err_code record(void *context, const struct csv_row *row, struct err *e) {
  struct reading *r = context;
  if (!r->headed) return head(r, row, e); /* every column of the form, so that no file is taken for another */
  if (r->n == r->most) return ERR(e, E_NO_MEMORY, .file = r->path);
  for (int k = 0; k < r->n_fields; k++) {
    int64_t v = -1;
    r->field[k][r->n] = -1;
    if (r->column[k] < 0 || r->column[k] >= row->n_cells) continue;
    const struct str s = str_trim(row->cells[r->column[k]].text);
    if (s.n == 0) continue;
    if (k == r->icd) v = vital_icd_value(s);
    else if (!str_int64(s, &v)) v = -1;
    if (v < 0 || v > INT32_MAX) return bad_value(r, row, k, e);
    r->field[k][r->n] = (int32_t)v;
  }
  r->n++;
  return E_OK;
}
static enum err_code feed(struct reading *r, const char *text, size_t n, struct err *e) {
  struct csv_reader *reader;
  TRY(csv_reader_new(r->path, NULL, ',', record, r, &reader, e));
  enum err_code code = csv_reader_feed(reader, text, n, e);
  if (!code) code = csv_reader_end(reader, e);
  csv_reader_free(reader);
  return code;
}
enum err_code vital_read_records(struct cli *c, const char *path, enum vital_form form, struct vital_records *out, struct err *e) {
  struct reading r = {.path = path, .form = form, .icd = -1};
  uint8_t *bytes = NULL;
  size_t n;
  *out = (struct vital_records){.absent = !path};
  if (!path) return E_OK;
  TRY(file_read(path, VITAL_FILE_BYTES, &bytes, &n, e));
  for (size_t i = 0; i < n; i++) r.most += bytes[i] == '\n';
  enum err_code code = E_OK;
  for (int k = 0; vital_field_name(form, k) && !code; k++)
    if (!(r.field[k] = arena_alloc(cli_job(c)->arena, sizeof(int32_t) * (size_t)(r.most + 1), 64))) code = ERR(e, E_NO_MEMORY, .file = path);
  r.most++;
  if (!code) code = feed(&r, (const char *)bytes, n, e);
  free(bytes);
  if (code) return code;
  out->n = r.n;
  for (int k = 0; k < r.n_fields; k++) out->field[k] = r.field[k];
  return E_OK;
}

/* --- causes: code, name, [edition,] [valid_from, valid_to,] ranges; a group without `ranked` 0 is ranked --- */
static enum err_code day_cell(const struct csv_table *t, const char *path, int64_t row, int column, int64_t otherwise, int64_t *out, struct err *e) {
  const struct str s = str_trim(csv_table_cell(t, row, column));
  *out = otherwise;
  if (s.n == 0 || date_parse_iso(s, out)) return E_OK;
  return ERR(e, E_VITAL_NUMBER, .file = path, .line = t->lines[row], .subject = "valid_from, valid_to", .expected = "a date YYYY-MM-DD",
      .found = "?");
}
enum err_code vital_read_causes(struct cli *c, const char *path, struct cause_list *out, struct err *e) {
  static const char *const names[7] = {"code", "name", "ranges", "edition", "valid_from", "valid_to", "ranked"};
  struct arena *a = cli_job(c)->arena;
  struct csv_table t;
  int k[7];
  *out = strcmp(cli_text(c, "cause-list"), "members") ? cause_rank_list : cause_member_list;
  if (!path) return E_OK;
  TRY(vital_read_csv(c, path, &t, e));
  for (int i = 0; i < 7; i++) TRY(vital_column(&t, path, names[i], i < 3, &k[i], e));
  struct cause_group *g = ARENA_ARRAY(a, struct cause_group, t.n_rows + 1);
  if (!g) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < t.n_rows; i++) {
    const char *text[4];
    for (int m = 0; m < 4; m++) {
      const struct str s = str_trim(csv_table_cell(&t, i, k[m]));
      if (!(text[m] = arena_strdup(a, s.p, s.n))) return ERR(e, E_NO_MEMORY, .file = path);
    }
    g[i] = (struct cause_group){.code = text[0], .name_ja = text[1], .name_en = text[1], .edition = text[3], .ranges = text[2],
        .ranked = !str_eq(str_trim(csv_table_cell(&t, i, k[6])), STR("0"))};
    TRY(day_cell(&t, path, i, k[4], INT64_MIN, &g[i].valid_from, e));
    TRY(day_cell(&t, path, i, k[5], INT64_MAX, &g[i].valid_to, e));
  }
  *out = (struct cause_list){g, (int)t.n_rows};
  return cause_list_check(a, out, e);
}

/* --- population: [year,] [prefecture,] sex, age, people --- */
static int sex_of(struct str s) {
  return str_eq(s, STR("M")) || str_eq(s, STR("1")) ? 1 : str_eq(s, STR("F")) || str_eq(s, STR("2")) ? 2 : 0;
}
static enum err_code people_row(const struct csv_table *t, const char *path, const int column[5], int64_t year, int64_t row,
    struct vital_population *p, struct err *e) {
  double v[5];
  bool has[5];
  for (int k = 0; k < 5; k++) {
    v[k] = 0, has[k] = false;
    if (k != 2 && column[k] >= 0) TRY(vital_number(t, path, row, column[k], &v[k], &has[k], e));
  }
  const int sex = sex_of(str_trim(csv_table_cell(t, row, column[2])));
  const int64_t area = has[1] ? (int64_t)v[1] : 0, age = (int64_t)v[3];
  if (column[0] >= 0 && year && (int64_t)v[0] != year) return E_OK;
  if (!has[3] || !has[4] || v[4] < 0 || !sex || area < 0 || area > 47 || age < 0 || v[1] != floor(v[1]) || v[3] != floor(v[3]))
    return ERR(e, E_VITAL_NUMBER, .file = path, .line = t->lines[row], .subject = "sex, age, people",
        .expected = "1 or 2 (M, F), a single age, a count; prefecture 1 to 47 or empty", .found = "?");
  p->n[area][sex][age < VITAL_POPULATION_AGES ? age : VITAL_POPULATION_AGES - 1] += (int64_t)llround(v[4]);
  return E_OK;
}
enum err_code vital_read_population(struct cli *c, const char *path, int64_t year, struct vital_population *out, struct err *e) {
  static const char *const names[5] = {"year", "prefecture", "sex", "age", "people"};
  struct csv_table t;
  int column[5];
  memset(out, 0, sizeof *out);
  TRY(vital_read_csv(c, path, &t, e));
  for (int k = 0; k < 5; k++) TRY(vital_column(&t, path, names[k], k > 1, &column[k], e));
  for (int64_t i = 0; i < t.n_rows; i++) TRY(people_row(&t, path, column, year, i, out, e));
  if (vital_people(out, 0, 0, 0, 999) == 0) /* the nation is the sum of its prefectures */
    for (int area = 1; area < 48; area++)
      for (int s = 1; s < 3; s++)
        for (int x = 0; x < VITAL_POPULATION_AGES; x++) out->n[0][s][x] += out->n[area][s][x];
  return vital_people(out, 0, 0, 0, 999) > 0 ? E_OK : ERR(e, E_VITAL_NO_POPULATION, .file = path, .subject = "the year");
}

/* --- releases: year, [month,] status, [prefecture,] items --- */
static bool status_of(struct str s, enum vital_status *out) {
  for (int k = 0; k < VITAL_STATUSES; k++)
    if (str_starts(s, str_of(vital_status_name[k])) || str_starts(s, str_of(vital_status_ja[k]))) return *out = (enum vital_status)k, true;
  return false;
}
static struct vital_release *release_of(struct vital_release *all, int *n, int64_t year, int64_t month, enum vital_status status) {
  for (int i = 0; i < *n; i++)
    if (all[i].year == year && all[i].month == month && all[i].status == status) return &all[i];
  all[*n] = (struct vital_release){.year = year, .month = month, .status = status};
  return &all[(*n)++];
}
static enum err_code release_row(const struct csv_table *t, const char *path, const int column[4], int64_t row, struct vital_release *all, int *n,
    struct err *e) {
  double v[3];
  bool has[3];
  enum vital_status status;
  const int which[3] = {column[0], column[1], column[3]};
  for (int k = 0; k < 3; k++) {
    v[k] = 0, has[k] = false;
    if (which[k] >= 0) TRY(vital_number(t, path, row, which[k], &v[k], &has[k], e));
  }
  if (!has[0] || !status_of(str_trim(csv_table_cell(t, row, column[2])), &status) || v[2] < 0 || v[2] >= VITAL_AREAS
      || v[2] != floor(v[2]) || v[1] < 0 || v[1] > 12 || v[1] != floor(v[1]))
    return ERR(e, E_VITAL_NUMBER, .file = path, .line = t->lines[row], .subject = "year, status, prefecture",
        .expected = "a year; flash, approximate or final; 1 to 49 or empty", .found = "?");
  struct vital_release *r = release_of(all, n, (int64_t)v[0], (int64_t)v[1], status);
  const int area = (int)v[2];
  for (int i = 0; i < VITAL_ITEMS; i++) {
    const int at = csv_table_column(t, vital_item_name[i]);
    double x;
    bool there;
    if (at < 0) continue;
    TRY(vital_number(t, path, row, at, &x, &there, e));
    if (there) r->n[area][i] = (int64_t)llround(x), r->known[area][i] = true;
  }
  return E_OK;
}
enum err_code vital_read_releases(struct cli *c, const char *path, struct vital_release **out, int *n, struct err *e) {
  static const char *const names[4] = {"year", "month", "status", "prefecture"};
  struct csv_table t;
  int column[4];
  *n = 0;
  TRY(vital_read_csv(c, path, &t, e));
  for (int k = 0; k < 4; k++) TRY(vital_column(&t, path, names[k], k == 0 || k == 2, &column[k], e));
  *out = ARENA_ARRAY(cli_job(c)->arena, struct vital_release, t.n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .file = path);
  for (int64_t i = 0; i < t.n_rows; i++) TRY(release_row(&t, path, column, i, *out, n, e));
  return E_OK;
}
bool vital_svg(const struct cli *c) { return cli_flag(c, "svg"); }
enum err_code vital_print_svg(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) {
  if (!code) return estimate_write(c, b, e);
  strbuf_release(b);
  return code;
}
