#include "estimators/seasonal/effects.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "estimators/seasonal/arima_impl.h"
#include "estimators/seasonal/holiday_ja.h"

const char *const outlier_words[OUTLIER_KINDS] = {"ao", "ls", "tc"};
enum { WEEKDAYS = 7, SUNDAY = 6, JP_COLUMNS = 8, TD_COLUMNS = 6 };
static const char *const day_names[JP_COLUMNS] = {"mon", "tue", "wed", "thu", "fri", "sat", "holiday_sat", "holiday_weekday"};

static int total(const struct effect_span *s) { return s->n + s->ahead; }
static double *column(
    struct arena *a, const struct effect_span *s, const char *name, enum effect_kind kind, struct effect_list *to, struct err *e) {
  double *x = to->n < EFFECTS_MOST ? ARENA_ARRAY(a, double, total(s)) : NULL;
  const char *copy = x ? arena_strdup(a, name, strlen(name)) : NULL;
  if (!copy) {
    (void)ERR(e, E_NO_MEMORY, .subject = name);
    return NULL;
  }
  to->effect[to->n++] = (struct effect){copy, kind, x};
  return x;
}

/* --- outliers ------------------------------------------------------------------------------------------------------------------------ */
void outlier_column(const struct effect_span *s, enum outlier_kind kind, int place, double *x) {
  double fade = s->period == 12 ? 0.7 : 0.343, now = 1;
  for (int i = 0; i < total(s); i++) {
    if (kind == OUTLIER_AO) x[i] = i == place;
    else if (kind == OUTLIER_LS) x[i] = i < place ? -1 : 0;
    else {
      x[i] = i < place ? 0 : now;
      if (i >= place) now *= fade;
    }
  }
}
void effect_date(const struct effect_span *s, int place, char out[16]) {
  int64_t p = s->year * s->period + s->at + place;
  struct period d = {s->period == 12 ? PERIOD_MONTH : PERIOD_QUARTER, p / s->period, p % s->period + 1};
  period_format(&d, out);
}
static bool read_place(const struct effect_span *s, struct str text, int *place) {
  struct period p;
  if (!period_parse(text, &p) || (s->period == 12 ? p.kind != PERIOD_MONTH : p.kind != PERIOD_QUARTER)) return false;
  *place = (int)(p.year * s->period + p.part - 1 - s->year * s->period - s->at);
  return true;
}
static enum err_code dated(struct arena *a, const struct effect_span *s, const char *word, struct effect_list *to, struct err *e) {
  int place = 0;
  for (int k = 0; k < OUTLIER_KINDS; k++) {
    if (strncmp(word, outlier_words[k], 2) || !read_place(s, str_of(word + 2), &place)) continue;
    bool first = k == OUTLIER_LS && place == 0; /* would be a column of zeros */
    if (place < 0 || place >= s->n || first) return ERR(e, E_EFFECT_DATE, .subject = word);
    double *x = column(a, s, word, k == OUTLIER_LS ? EFFECT_LEVEL : EFFECT_IRREGULAR, to, e);
    if (!x) return E_NO_MEMORY;
    outlier_column(s, (enum outlier_kind)k, place, x);
    return E_OK;
  }
  return E_EFFECT_NAME;
}
static enum err_code ramp(struct arena *a, const struct effect_span *s, const char *word, struct effect_list *to, struct err *e) {
  int from = 0, until = 0;
  struct str second, first = str_split(str_of(word + 2), ':', &second);
  if (strncmp(word, "rp", 2) || !read_place(s, first, &from) || !read_place(s, second, &until)) return E_EFFECT_NAME;
  if (from < 0 || until >= s->n || until <= from) return ERR(e, E_EFFECT_DATE, .subject = word);
  double *x = column(a, s, word, EFFECT_LEVEL, to, e);
  if (!x) return E_NO_MEMORY;
  for (int i = 0; i < total(s); i++) x[i] = i <= from ? -1 : i >= until ? 0 : (double)(i - from) / (until - from) - 1;
  return E_OK;
}

/* --- days ---------------------------------------------------------------------------------------------------------------------------- */
static void days_of(const struct effect_span *s, int i, int64_t *first, int64_t *last) {
  int64_t p = s->year * s->period + s->at + i;
  struct period d = {s->period == 12 ? PERIOD_MONTH : PERIOD_QUARTER, p / s->period, p % s->period + 1};
  *first = period_first_day(&d);
  *last = period_last_day(&d);
}
static void count_weekdays(int64_t first, int64_t last, int count[WEEKDAYS]) {
  memset(count, 0, WEEKDAYS * sizeof *count);
  for (int64_t d = first; d <= last; d++) count[weekday_of(d)]++;
}
static enum err_code trading_days(struct arena *a, const struct effect_span *s, struct effect_list *to, struct err *e) {
  double *x[TD_COLUMNS];
  for (int k = 0; k < TD_COLUMNS; k++)
    if (!(x[k] = column(a, s, day_names[k], EFFECT_CALENDAR, to, e))) return E_NO_MEMORY;
  for (int i = 0; i < total(s); i++) {
    int64_t first, last;
    int count[WEEKDAYS];
    days_of(s, i, &first, &last);
    count_weekdays(first, last, count);
    for (int k = 0; k < TD_COLUMNS; k++) x[k][i] = count[k] - count[SUNDAY];
  }
  return E_OK;
}
static enum err_code one_day(struct arena *a, const struct effect_span *s, struct effect_list *to, struct err *e) {
  double *x = column(a, s, "td1", EFFECT_CALENDAR, to, e);
  if (!x) return E_NO_MEMORY;
  for (int i = 0; i < total(s); i++) {
    int64_t first, last;
    int count[WEEKDAYS], weekdays = 0;
    days_of(s, i, &first, &last);
    count_weekdays(first, last, count);
    for (int k = 0; k < 5; k++) weekdays += count[k];
    x[i] = weekdays - 2.5 * (count[5] + count[SUNDAY]);
  }
  return E_OK;
}
/* Quarters have their leap day in the first one. */
static enum err_code leap_year(struct arena *a, const struct effect_span *s, struct effect_list *to, struct err *e) {
  double *x = column(a, s, "lpyear", EFFECT_CALENDAR, to, e);
  if (!x) return E_NO_MEMORY;
  for (int i = 0; i < total(s); i++) {
    int64_t p = s->year * s->period + s->at + i, place = p % s->period;
    bool holds = s->period == 12 ? place == 1 : place == 0;
    x[i] = holds ? (double)date_days_in_month(p / s->period, 2) - 28.25 : 0;
  }
  return E_OK;
}
static void count_japanese(int64_t first, int64_t last, double out[JP_COLUMNS]) {
  int sundays = 0, count[JP_COLUMNS] = {0};
  for (int64_t d = first; d <= last; d++) {
    int w = weekday_of(d);
    bool closed = holiday_ja(d) || new_year_closure_ja(d);
    if (w == SUNDAY) sundays++;
    else count[!closed ? w : w == 5 ? 6 : 7]++;
  }
  for (int k = 0; k < JP_COLUMNS; k++) out[k] = count[k] - sundays;
}
static void centre_by_month(const struct effect_span *s, double *x) {
  for (int m = 0; m < s->period; m++) {
    double sum = 0;
    int n = 0;
    for (int i = m; i < total(s); i += s->period, n++) sum += x[i];
    for (int i = m; i < total(s); i += s->period) x[i] -= sum / n;
  }
}
static enum err_code japanese_days(struct arena *a, const struct effect_span *s, struct effect_list *to, struct err *e) {
  double *x[JP_COLUMNS], count[JP_COLUMNS];
  for (int k = 0; k < JP_COLUMNS; k++)
    if (!(x[k] = column(a, s, day_names[k], EFFECT_CALENDAR, to, e))) return E_NO_MEMORY;
  for (int i = 0; i < total(s); i++) {
    int64_t first, last;
    days_of(s, i, &first, &last);
    count_japanese(first, last, count);
    for (int k = 0; k < JP_COLUMNS; k++) x[k][i] = count[k];
  }
  for (int k = 0; k < JP_COLUMNS; k++) centre_by_month(s, x[k]);
  return E_OK;
}
/* const1-1: a column whose differences (one plain, one seasonal) are 1. */
static enum err_code constant(struct arena *a, const struct effect_span *s, const char *word, struct effect_list *to, struct err *e) {
  struct arima_order o = {.period = s->period};
  int used = 0;
  if (sscanf(word, "const%1d-%1d%n", &o.d, &o.sd, &used) != 2 || word[used] || o.d > 2 || o.sd > 1) return E_EFFECT_NAME;
  double *x = column(a, s, word, EFFECT_CONSTANT, to, e), d[ARIMA_MOST_LAGS + 1] = {0};
  if (!x) return E_NO_MEMORY;
  difference_weights(&o, d);
  for (int i = 0, lost = arima_order_lost(&o); i < total(s); i++) {
    x[i] = i < lost ? 0 : 1;
    for (int k = 1; k <= lost && k <= i; k++) x[i] += d[k] * x[i - k];
  }
  return E_OK;
}

enum err_code effects_add(struct arena *a, const struct effect_span *s, const char *word, struct effect_list *to, struct err *e) {
  if (!strcmp(word, "td")) return trading_days(a, s, to, e);
  if (!strcmp(word, "td1")) return one_day(a, s, to, e);
  if (!strcmp(word, "lpyear")) return leap_year(a, s, to, e);
  if (!strcmp(word, "jpdays")) return japanese_days(a, s, to, e);
  enum err_code code = constant(a, s, word, to, e);
  if (code == E_EFFECT_NAME) code = dated(a, s, word, to, e);
  if (code == E_EFFECT_NAME) code = ramp(a, s, word, to, e);
  return code == E_EFFECT_NAME
             ? ERR(e, E_EFFECT_NAME, .subject = word, .expected = "ao, ls, tc with a date, rp2008-10:2009-07, td, td1, lpyear, jpdays or const1-1")
             : code;
}
