/* facility_sheet.h -- one file of a form as offices send it: values are set by the name of the item, rows are written in the order of the layout.
 * What is not set is filled by fill (numbers 0, yes or no = no) or stays empty. Truth goes to one table: survey,period,area,class,measure,
 * numerator,denominator; planted errors to another: survey,form,period,facility,kind,checks. */
#ifndef SHIRABE_TESTS_FACILITY_SHEET_H
#define SHIRABE_TESTS_FACILITY_SHEET_H
#include <stdarg.h>

#include "forms/form.h"
#include "tests/demo/demo_text.h"

enum { SHEET_ITEMS = 512, SHEET_VALUE = 48 };
struct facility_world {
  const char *folder;
  uint64_t seed;
  struct arena *arena;
  struct job job;
  FILE *truth, *planted;
};
struct sheet {
  const struct layout *layout;
  FILE *file[2]; /* clean, with planted errors; the second may be NULL */
  char value[SHEET_ITEMS][SHEET_VALUE];
  bool set[SHEET_ITEMS];
  int64_t rows;
};

static inline FILE *facility_create(const struct facility_world *w, const char *name) {
  char path[DEMO_PATH];
  snprintf(path, sizeof path, "%.3000s/%.900s", w->folder, name);
  FILE *f = fopen(path, "wb");
  if (!f) demo_stop(path);
  return f;
}
static inline void sheet_header(const struct sheet *s, FILE *f) {
  for (int c = 0; c < s->layout->n_items; c++) fprintf(f, "%s%s", c ? "," : "", s->layout->items[c]->label_ja);
  fputc('\n', f);
}
/* planted: the second file too. */
static inline struct sheet *sheet_open(struct facility_world *w, const char *survey, const char *form, const char *period, bool planted) {
  struct form *f;
  struct err e = {.code = E_OK};
  struct sheet *s = calloc(1, sizeof *s);
  char name[256];
  int64_t day = date_from_civil(2026, 10, 1);
  if (!s || form_read(w->arena, &w->job, forms_folder(), survey, form, NULL, day, &f, NULL, &e)) demo_stop(form);
  s->layout = form_layout(f, "csv");
  if (!s->layout || s->layout->n_items > SHEET_ITEMS) demo_stop("layout");
  for (int k = 0; k < 1 + planted; k++) {
    snprintf(name, sizeof name, "%.60s-%.60s-%.20s%s.csv", survey, form, period, k ? "-planted" : "");
    s->file[k] = facility_create(w, name);
    sheet_header(s, s->file[k]);
  }
  return s;
}
static inline int sheet_item(const struct sheet *s, const char *item) {
  for (int c = 0; c < s->layout->n_items; c++)
    if (!strcmp(s->layout->items[c]->name, item)) return c;
  demo_stop(item);
  return 0;
}
static inline void sheet_text(struct sheet *s, const char *item, const char *text) {
  const int c = sheet_item(s, item);
  snprintf(s->value[c], SHEET_VALUE, "%s", text);
  s->set[c] = true;
}
static inline void sheet_int(struct sheet *s, const char *item, int64_t v) {
  char text[32];
  snprintf(text, sizeof text, "%lld", (long long)v);
  sheet_text(s, item, text);
}
static inline void sheet_tenths(struct sheet *s, const char *item, int64_t tenths) {
  char text[32];
  snprintf(text, sizeof text, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
  sheet_text(s, item, text);
}
__attribute__((format(printf, 1, 2))) static inline const char *sheet_name(const char *format, ...) {
  static char name[4][64];
  static int at;
  va_list list;
  at = (at + 1) % 4;
  va_start(list, format);
  vsnprintf(name[at], sizeof name[at], format, list);
  va_end(list);
  return name[at];
}
static inline int64_t sheet_value(const struct sheet *s, const char *item) { return strtoll(s->value[sheet_item(s, item)], NULL, 10); }
/* Numbers 0 and flags "no" where nothing was set; not where the item's universe may exclude it. */
static inline void sheet_fill(struct sheet *s) {
  for (int c = 0; c < s->layout->n_items; c++) {
    const struct item *it = s->layout->items[c];
    if (s->set[c] || it->universe_text[0]) continue;
    if (it->type == COL_INT && it->class != CLASS_DATE) snprintf(s->value[c], SHEET_VALUE, it->decimals ? "0.0" : "0");
    else if (it->codelist && !strcmp(it->codelist->name, "yes_no")) snprintf(s->value[c], SHEET_VALUE, "2");
    s->set[c] = s->value[c][0] != 0;
  }
}
/* The row as it stands into file k. */
static inline void sheet_write(const struct sheet *s, int k) {
  if (!s->file[k]) return;
  for (int c = 0; c < s->layout->n_items; c++) fprintf(s->file[k], "%s%s", c ? "," : "", s->value[c]);
  fputc('\n', s->file[k]);
}
static inline void sheet_next(struct sheet *s) {
  memset(s->value, 0, sizeof s->value);
  memset(s->set, 0, sizeof s->set);
  s->rows++;
}
static inline void sheet_close(struct sheet *s) {
  for (int k = 0; k < 2; k++)
    if (s->file[k] && fclose(s->file[k])) demo_stop("cannot write");
  free(s);
}
static inline void facility_stream(const struct facility_world *w, struct rng *r, const char *purpose, int64_t unit) {
  char text[64];
  snprintf(text, sizeof text, "%lld", (long long)unit);
  rng_init(r, w->seed, purpose, text, strlen(text));
}
static inline int64_t facility_between(struct rng *r, int64_t low, int64_t high) {
  return high <= low ? low : low + (int64_t)rng_below(r, (uint64_t)(high - low + 1));
}
static inline void facility_plant(const struct facility_world *w, const char *form, const char *period, const char *prefecture, const char *number,
    const char *kind, const char *checks) {
  fprintf(w->planted, "%s,%s,%s/%s,%s,%s\n", form, period, prefecture, number, kind, checks);
}
static inline void facility_truth(const struct facility_world *w, const char *survey, const char *period, const char *class, const char *measure,
    double numerator, double denominator) {
  fprintf(w->truth, "%s,%s,%s,%s,%.10g,%.10g\n", survey, period, class, measure, numerator, denominator);
}
#endif
