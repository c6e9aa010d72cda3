/* cmd_facility_label.c -- cmd_facility.h: who reports and for which month, as labels; how tables are handed out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/command/cmd_facility.h"

enum err_code facility_ids(const struct facility_source *f, struct str **out, struct err *e) {
  struct arena *a = cli_job(f->c)->arena;
  struct str *prefecture, *number;
  TRY(facility_text(f, "prefecture", true, &prefecture, e));
  TRY(facility_text(f, "facility_no", true, &number, e));
  *out = ARENA_ARRAY(a, struct str, f->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = f->name);
  for (int64_t i = 0; i < f->n; i++) {
    if (!prefecture[i].n || !number[i].n) {
      const struct facility_place p = facility_place(f, i);
      return ERR(e, E_FACILITY_ITEM, .file = p.file, .line = p.line, .subject = "prefecture, facility_no");
    }
    const char *id = arena_printf(a, "%.*s/%.*s", (int)prefecture[i].n, prefecture[i].p, (int)number[i].n, number[i].p);
    if (!id) return ERR(e, E_NO_MEMORY, .subject = f->name);
    (*out)[i] = str_of(id);
  }
  return E_OK;
}
static int32_t month_index(struct str text, const struct str *months, int n) {
  for (int k = 0; k < n; k++)
    if (str_eq(text, months[k])) return k;
  return -1;
}
enum err_code facility_months(
    const struct facility_source *f, const char *date_item, const struct str *months, int n_months, int32_t **out, struct err *e) {
  int64_t *day = NULL, at = 0, year, month, d;
  uint8_t *status = NULL;
  char text[32];
  *out = ARENA_ARRAY(cli_job(f->c)->arena, int32_t, f->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = f->name);
  if (f->n_parts && f->part[0].from_file) TRY(facility_number(f, date_item, true, &day, &status, e));
  for (int i = 0; i < f->n_parts; i++)
    for (int64_t k = 0; k < f->part[i].n; k++, at++) {
      struct str period = f->part[i].period;
      if (f->part[i].from_file && day && status) {
        if (!value_present(status[at]))
          return ERR(e, E_FACILITY_VALUE, .file = f->part[i].path, .line = f->part[i].csv.lines[k], .subject = date_item,
              .expected = "a date YYYY-MM-DD", .found = "nothing");
        date_to_civil(day[at], &year, &month, &d);
        snprintf(text, sizeof text, "%04d-%02d", (int)year, (int)month);
        period = str_of(text);
      }
      (*out)[at] = month_index(period, months, n_months);
    }
  return E_OK;
}

static int by_code(const void *x, const void *y) { return result_code_cmp(*(const struct str *)x, *(const struct str *)y); }
enum err_code facility_labels(struct arena *a, const struct str *text, int64_t n, int32_t *of, struct str **label, int32_t *n_labels,
    struct err *e) {
  struct str *all = ARENA_ARRAY(a, struct str, n + 1);
  if (!all) return ERR(e, E_NO_MEMORY, .subject = "labels");
  for (int64_t i = 0; i < n; i++) all[i] = text[i].n ? text[i] : STR("_U");
  qsort(all, (size_t)n, sizeof *all, by_code);
  *n_labels = 0;
  for (int64_t i = 0; i < n; i++)
    if (!*n_labels || !str_eq(all[*n_labels - 1], all[i])) all[(*n_labels)++] = all[i];
  for (int64_t i = 0; i < n; i++) {
    const struct str key = text[i].n ? text[i] : STR("_U");
    const struct str *found = bsearch(&key, all, (size_t)*n_labels, sizeof *all, by_code);
    of[i] = found ? (int32_t)(found - all) : 0;
  }
  *label = all;
  return E_OK;
}

/* --- out --- */
enum err_code facility_print(struct cli *c, struct result_table *t, const char *survey, const char *form, bool from_store, struct err *e) {
  t->survey = survey, t->form = form, t->period = facility_period_text(c) ? facility_period_text(c) : "";
  if (from_store) {
    t->refusal = "for use inside the office: made without disclosure control; tables for release: estimate run";
    result_note(t, t->refusal);
  }
  if (cli_lang(c) == LANG_JA && !cli_json(c) && !strcmp(cli_text(c, "as"), "text")) return facility_print_japanese(c, t, e);
  return estimate_print_table(c, t, cli_text(c, "as"), e);
}
enum err_code facility_print_chart(struct cli *c, struct strbuf *b, enum err_code code, struct err *e) {
  if (!code) return estimate_write(c, b, e);
  strbuf_release(b);
  return code;
}
void facility_warn(struct cli *c, enum err_code code, int64_t n) {
  struct err w = {.code = E_OK};
  char count[32];
  snprintf(count, sizeof count, "%lld", (long long)n);
  (void)ERR(&w, code, .subject = count);
  job_problem(cli_job(c), &w);
}
