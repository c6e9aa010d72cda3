/* cmd_facility_read.c -- cmd_facility.h: columns of a form from the store or from files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "estimators/command/cmd_facility.h"
#include "estimators/table/rounding.h"

enum { FACILITY_FILE_BYTES = 1 << 30, DAY_SECONDS = 86400, NUMBER_DIGITS = 15 };

/* --- months --- */
static enum err_code add_month(struct cli *c, struct facility_span *s, const struct period *p, struct err *e) {
  char text[16];
  period_format(p, text);
  if (s->n == FACILITY_PARTS_MOST) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "at most 240 months");
  const char *copy = arena_strdup(cli_job(c)->arena, text, strlen(text));
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = text);
  s->month[s->n++] = str_of(copy);
  return E_OK;
}
static bool later(const struct period *a, const struct period *b) { return period_first_day(a) > period_first_day(b); }
static struct period next_month(const struct period *p) {
  return p->part == 12 ? (struct period){PERIOD_MONTH, p->year + 1, 1} : (struct period){PERIOD_MONTH, p->year, p->part + 1};
}
static enum err_code months_between(struct cli *c, const struct period *first, const struct period *last, struct facility_span *s, struct err *e) {
  if (later(first, last)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "a month not after the period");
  for (struct period p = *first; !later(&p, last); p = next_month(&p)) TRY(add_month(c, s, &p, e));
  return E_OK;
}
const char *facility_period_text(struct cli *c) { return cli_operand_count(c) == 3 ? cli_operand(c, 2) : cli_text(c, "period"); }
enum err_code facility_span_of(struct cli *c, bool monthly, struct facility_span *out, struct err *e) {
  const char *text = facility_period_text(c), *from = cli_text(c, "from");
  struct period p, first;
  *out = (struct facility_span){.survey = cli_operand_count(c) == 3 ? cli_operand(c, 1) : ""};
  if (!text || !period_parse(str_of(text), &p) || (p.kind != PERIOD_MONTH && p.kind != PERIOD_YEAR))
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = text ? text : "PERIOD", .expected = "2025-12 or 2025 (files: --period)");
  out->year = p.kind == PERIOD_YEAR;
  if (!monthly) {
    if (!out->year) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = text, .expected = "a year: the survey is of 1 October");
    return add_month(c, out, &p, e);
  }
  if (out->year) {
    const struct period january = {PERIOD_MONTH, p.year, 1}, december = {PERIOD_MONTH, p.year, 12};
    if (from) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "a month as the period");
    return months_between(c, &january, &december, out, e);
  }
  if (!from) return add_month(c, out, &p, e);
  if (!period_parse(str_of(from), &first) || first.kind != PERIOD_MONTH)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--from", .expected = "a month, 2025-01");
  return months_between(c, &first, &p, out, e);
}

/* --- sources --- */
enum err_code facility_open(struct cli *c, const char *survey, const char *form, struct facility_source *out, struct err *e) {
  struct form *f;
  struct job *job = cli_job(c);
  *out = (struct facility_source){.c = c, .name = arena_printf(job->arena, "%s/%s", survey, form)};
  TRY(form_read(job->arena, job, forms_folder(), survey, form, NULL, job_now(job) / DAY_SECONDS, &f, NULL, e));
  out->form = f;
  return out->name ? E_OK : ERR(e, E_NO_MEMORY, .subject = form);
}
static enum err_code next_part(struct facility_source *f, struct facility_part **out, struct err *e) {
  if (f->n_parts == FACILITY_PARTS_MOST) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = f->name, .expected = "at most 240 months or files");
  *out = &f->part[f->n_parts];
  return E_OK;
}
enum err_code facility_add_file(struct facility_source *f, const char *path, struct err *e) {
  struct arena *a = cli_job(f->c)->arena;
  struct facility_part *p = NULL;
  uint8_t *bytes = NULL;
  size_t n;
  TRY(next_part(f, &p, e));
  *p = (struct facility_part){.from_file = true, .path = path, .period = STR("")};
  TRY(file_read(path, FACILITY_FILE_BYTES, &bytes, &n, e));
  char *text = arena_strdup(a, (const char *)bytes, n);
  free(bytes);
  if (!text) return ERR(e, E_NO_MEMORY, .file = path);
  if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) text += 3, n -= 3;
  TRY(csv_table_parse(a, path, text, n, &p->csv, e));
  p->n = p->csv.n_rows;
  f->n += p->n;
  f->n_parts++;
  return E_OK;
}
enum err_code facility_add_store(struct facility_source *f, struct store *s, const char *survey, const char *period, struct err *e) {
  struct arena *a = cli_job(f->c)->arena;
  struct estimate_output *out = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *r = ARENA_NEW(a, struct estimate_run);
  struct estimate_options *o = ARENA_NEW(a, struct estimate_options);
  struct facility_part *p = NULL;
  struct form *form;
  const struct shard_rows *rows;
  struct err why = {.code = E_OK};
  char name[128];
  if (!out || !r || !o) return ERR(e, E_NO_MEMORY, .subject = period);
  TRY(next_part(f, &p, e));
  *o = (struct estimate_options){.stage = cli_text(f->c, "stage")};
  TRY(estimate_begin(s, survey, period, o, a, out, r, e));
  TRY(estimate_form(r, strchr(f->name, '/') + 1, &form, e));
  const enum err_code code = estimate_load(r, form, NULL, 0, &rows, &why);
  snprintf(name, sizeof name, "%s %s", f->name, period);
  if (code == E_TABLE_DATA)
    return ERR(e, E_FACILITY_MONTH, .subject = name, .expected = why.subject,
        .next = cli_say(f->c, "take it in and process it (shirabe process run), or use --stage received",
            "受け付けて審査する（shirabe process run）か、--stage received を付けてください"));
  if (code && e) *e = why;
  if (code) return code;
  *p = (struct facility_part){.rows = *rows, .n = shard_rows_count(rows), .period = str_of(period)};
  f->n += p->n;
  f->n_parts++;
  return E_OK;
}

/* --- columns --- */
static int file_column(const struct facility_source *f, const struct facility_part *p, const char *item) {
  const int at = csv_table_column(&p->csv, item);
  const struct item *it = at < 0 ? form_item(f->form, item) : NULL;
  return it ? csv_table_column(&p->csv, it->label_ja) : at;
}
static bool has_item(const struct facility_source *f, const struct facility_part *p, const char *item) {
  return p->from_file ? file_column(f, p, item) >= 0 : shard_rows_has(&p->rows, item);
}
/* In every part or in none. */
static enum err_code there(const struct facility_source *f, const char *item, bool required, bool *out, struct err *e) {
  int n = 0;
  for (int i = 0; i < f->n_parts; i++) n += has_item(f, &f->part[i], item);
  *out = n > 0;
  if (n == f->n_parts || (n == 0 && !required)) return E_OK;
  return ERR(e, E_FACILITY_ITEM, .file = f->name, .subject = item);
}
enum err_code facility_text(const struct facility_source *f, const char *item, bool required, struct str **out, struct err *e) {
  struct arena *a = cli_job(f->c)->arena;
  bool any;
  int64_t at = 0;
  *out = NULL;
  TRY(there(f, item, required, &any, e));
  if (!any) return E_OK;
  struct str *all = ARENA_ARRAY(a, struct str, f->n + 1), *one;
  if (!all) return ERR(e, E_NO_MEMORY, .subject = item);
  for (int i = 0; i < f->n_parts; i++) {
    const struct facility_part *p = &f->part[i];
    const int column = p->from_file ? file_column(f, p, item) : -1;
    if (!p->from_file) {
      TRY(shard_rows_text(a, &p->rows, item, &one, e));
      if (p->n) memcpy(all + at, one, (size_t)p->n * sizeof *all);
    }
    for (int64_t k = 0; p->from_file && k < p->n; k++) all[at + k] = str_trim(csv_table_cell(&p->csv, k, column));
    at += p->n;
  }
  *out = all;
  return E_OK;
}

static bool decimal(struct str s, int decimals, int64_t *out) {
  int64_t v = 0;
  int digits = 0, after = -1;
  const bool minus = s.n && s.p[0] == '-';
  for (size_t i = minus; i < s.n; i++) {
    if (s.p[i] == '.' && after < 0) {
      after = 0;
      continue;
    }
    if (s.p[i] < '0' || s.p[i] > '9' || ++digits > NUMBER_DIGITS || (after >= 0 && ++after > decimals)) return false;
    v = v * 10 + (s.p[i] - '0');
  }
  if (!digits) return false;
  v *= power_of_ten(decimals - (after < 0 ? 0 : after));
  *out = minus ? -v : v;
  return true;
}
/* The form's limits also keep every sum far from the end of 64 bits. */
static bool within(const struct item *it, int64_t v) { return !it || ((!it->has_min || v >= it->min) && (!it->has_max || v <= it->max)); }
static enum err_code file_number(const struct facility_source *f, const struct facility_part *p, const char *item, int64_t row, int column,
    int64_t *out, uint8_t *status, struct err *e) {
  const struct item *it = form_item(f->form, item);
  const struct str s = str_trim(csv_table_cell(&p->csv, row, column));
  const bool date = it && (it->class == CLASS_DATE || it->class == CLASS_WAREKI);
  char found[64];
  *out = 0, *status = VAL_REPORTED;
  if (!s.n) *status = VAL_BLANK;
  else if (str_eq(s, STR("NA")) || str_eq(s, STR("V")) || str_eq(s, STR("不詳"))) *status = VAL_UNKNOWN;
  else if (!(date ? date_parse_iso(s, out) : decimal(s, it ? it->decimals : 0, out)) || !within(it, *out))
    return ERR(e, E_FACILITY_VALUE, .file = p->path, .line = p->csv.lines[row], .column = column + 1,
        .subject = item,
        .expected = date ? "a date YYYY-MM-DD" : "a number with the decimals and within the limits of the item",
        .found = text_shape(s.p, s.n, found, sizeof found));
  return E_OK;
}
enum err_code facility_number(
    const struct facility_source *f, const char *item, bool required, int64_t **out, uint8_t **status, struct err *e) {
  struct arena *a = cli_job(f->c)->arena;
  bool any;
  int64_t at = 0, *one;
  uint8_t *one_status;
  *out = NULL, *status = NULL;
  TRY(there(f, item, required, &any, e));
  if (!any) return E_OK;
  *out = ARENA_ARRAY(a, int64_t, f->n + 1);
  *status = ARENA_ARRAY(a, uint8_t, f->n + 1);
  if (!*out || !*status) return ERR(e, E_NO_MEMORY, .subject = item);
  for (int i = 0; i < f->n_parts; i++) {
    const struct facility_part *p = &f->part[i];
    const int column = p->from_file ? file_column(f, p, item) : -1;
    if (!p->from_file) {
      TRY(shard_rows_int(a, &p->rows, item, &one, &one_status, NULL, e));
      if (p->n) memcpy(*out + at, one, (size_t)p->n * sizeof **out);
      if (p->n) memcpy(*status + at, one_status, (size_t)p->n);
    }
    for (int64_t k = 0; p->from_file && k < p->n; k++) TRY(file_number(f, p, item, k, column, *out + at + k, *status + at + k, e));
    at += p->n;
  }
  return E_OK;
}
