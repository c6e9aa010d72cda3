/* form_cells.c -- problems with places, and the cells of the form's tables as numbers, dates and words. */
#include <stdio.h>

#include "forms/form_impl.h"

void reader_take(struct form_reader *r, const struct err *e) {
  job_problem(r->job, e);
  if (err_grade_of(e->code) == GRADE_WARNING) return;
  if (!r->n_problems++) r->first = *e;
}

void reader_problem(struct form_reader *r, enum err_code code, const struct err_detail *detail) {
  struct err e = {0};
  (void)err_fill(&e, code, detail);
  reader_take(r, &e);
}

enum err_code reader_no_memory(const struct form_reader *r, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = r->files ? r->files->folder : r->head_path); }

const char *reader_copy(struct form_reader *r, const char *p, size_t n) {
  const char *copy = arena_strdup(r->a, p, n);
  if (!copy) r->no_memory = true;
  return copy ? copy : "";
}

/* `more`: a column that may stand at the end; NULL = none. */
static bool columns_equal(const struct csv_table *t, const char *columns, const char *more) {
  struct str rest = str_of(columns);
  int64_t i = 0;
  for (; i < t->n_columns && rest.n; i++)
    if (!str_eq(str_split(rest, ',', &rest), t->header[i])) return false;
  if (more && i + 1 == t->n_columns && str_eq(str_of(more), t->header[i])) i++;
  return rest.n == 0 && i == t->n_columns;
}

static void columns_problem(struct form_reader *r, const struct csv_table *t, const char *path, const char *columns) {
  struct str rest = str_of(columns);
  int64_t at = 0;
  while (at < t->n_columns && str_eq(str_split(rest, ',', &rest), t->header[at])) at++;
  PROBLEM(
      r, E_FORM_COLUMNS, .file = path, .line = 1, .column = at + 1, .expected = columns, .found = at < t->n_columns ? t->header[at].p : "nothing");
}

enum err_code reader_table(struct form_reader *r, const char *name, const char *columns, bool required, struct csv_table *out, const char **path,
    bool *present, struct err *e) {
  return reader_table_with(r, name, columns, NULL, required, out, path, present, e);
}
enum err_code reader_table_with(struct form_reader *r, const char *name, const char *columns, const char *more, bool required, struct csv_table *out,
                                const char **path, bool *present, struct err *e) {
  const struct form_file *f = form_files_find(r->files, name);
  *present = false;
  if (!f) {
    if (required) PROBLEM(r, E_FORM_NO_FILE, .file = r->files->folder, .subject = name);
    return E_OK;
  }
  *path = f->path;
  struct err problem = {0};
  enum err_code code = csv_table_parse(r->a, f->path, f->text.p, f->text.n, out, &problem);
  if (code == E_NO_MEMORY) return reader_no_memory(r, e);
  if (code) reader_take(r, &problem);
  else if (!columns_equal(out, columns, more)) columns_problem(r, out, f->path, columns);
  else *present = true;
  return E_OK;
}

struct cell table_cell(const struct csv_table *t, const char *path, int64_t row, int column) {
  return (struct cell){path, t->lines[row], column, csv_table_cell(t, row, column)};
}

void cell_problem(struct form_reader *r, const struct cell *c, enum err_code code, const char *subject, const char *expected) {
  PROBLEM(r, code, .file = c->path, .line = c->line, .column = c->column + 1, .subject = subject ? subject : c->text.p, .expected = expected);
}

bool name_well_formed(struct str s) {
  if (!s.n || s.n > 63 || s.p[0] < 'a' || s.p[0] > 'z') return false;
  for (size_t i = 0; i < s.n; i++)
    if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_')) return false;
  return true;
}

int cell_word(struct form_reader *r, const struct cell *c, const char *words) {
  struct str rest = str_of(words);
  for (int i = 0; rest.n; i++)
    if (str_eq(str_split(rest, '|', &rest), c->text)) return i;
  cell_problem(r, c, E_FORM_WORD, NULL, words);
  return -1;
}

int64_t cell_int(struct form_reader *r, const struct cell *c, int64_t low, int64_t high, int64_t empty) {
  int64_t n;
  if (!c->text.n) return empty;
  if (str_int64(c->text, &n) && n >= low && n <= high) return n;
  char expected[64];
  snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)low, (long long)high);
  cell_problem(r, c, E_FORM_NUMBER, NULL, expected);
  return empty;
}

int64_t cell_date(struct form_reader *r, const struct cell *c, int64_t empty) {
  int64_t days;
  if (!c->text.n) return empty;
  if (date_parse_iso(c->text, &days)) return days;
  cell_problem(r, c, E_FORM_DATE, NULL, NULL);
  return empty;
}

bool decimal_parse(struct str s, int decimals, int64_t *out) {
  bool negative = s.n && s.p[0] == '-';
  size_t i = negative, digits = 0;
  int after = -1;
  int64_t v = 0;
  for (; i < s.n; i++) {
    if (s.p[i] == '.' && after < 0 && digits) {
      after = 0;
      continue;
    }
    if (s.p[i] < '0' || s.p[i] > '9' || (after >= 0 && after >= decimals)) return false;
    if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s.p[i] - '0', &v)) return false;
    digits++;
    if (after >= 0) after++;
  }
  if (!digits || after == 0) return false;
  for (int k = after < 0 ? 0 : after; k < decimals; k++)
    if (__builtin_mul_overflow(v, 10, &v)) return false;
  *out = negative ? -v : v;
  return true;
}
