/* chain_series.c -- all months of a chain over time in one call of the library, for comparison with a job that runs month by month.
 * In   CSV on the standard input, no heading: month,unit,class,y,x,hand; month = a running number, an empty y, x or hand is missing.
 * Out  one line per row in the order read: month,unit,marker,value (10 digits). Arguments: lag weight weight_lag mean|ratio. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/impute/longitudinal.h"

enum { MOST = 100000, LINE = 512 };
struct rows {
  struct str *unit;
  int32_t *period, *class_;
  double *value[3];
  uint8_t *status[3];
  int64_t n;
};

static int make(struct arena *a, struct rows *r) {
  r->unit = ARENA_ARRAY(a, struct str, MOST);
  r->period = ARENA_ARRAY(a, int32_t, MOST);
  r->class_ = ARENA_ARRAY(a, int32_t, MOST);
  for (int k = 0; k < 3; k++) {
    r->value[k] = ARENA_ARRAY(a, double, MOST);
    r->status[k] = ARENA_ARRAY(a, uint8_t, MOST);
    if (!r->value[k] || !r->status[k]) return 0;
  }
  return r->unit && r->period && r->class_;
}

static int take(struct arena *a, struct rows *r, char *line) {
  struct str rest = str_trim(str_of(line));
  char text[64];
  for (int k = 0; k < 6; k++) {
    const struct str one = str_split(rest, ',', &rest);
    if (one.n >= sizeof text) return 0;
    memcpy(text, one.p ? one.p : "", one.n);
    text[one.n] = 0;
    if (k == 0) r->period[r->n] = (int32_t)strtol(text, NULL, 10);
    else if (k == 1) r->unit[r->n] = str_of(arena_strdup(a, text, one.n));
    else if (k == 2) r->class_[r->n] = (int32_t)strtol(text, NULL, 10);
    else r->value[k - 3][r->n] = strtod(text, NULL), r->status[k - 3][r->n] = one.n ? VAL_REPORTED : VAL_BLANK;
  }
  r->n++;
  return 1;
}

int main(int argc, char **argv) {
  struct arena *a = arena_new(0);
  struct rows r = {.n = 0};
  struct long_row *out;
  struct err e;
  char line[LINE];
  if (argc != 5 || !a || !make(a, &r)) return 2;
  while (r.n < MOST && fgets(line, sizeof line, stdin))
    if (!take(a, &r, line)) return 2;
  const struct long_rule rule = {.step = (int32_t)strtol(argv[1], NULL, 10), .weight = strtod(argv[2], NULL),
      .weight_lag = (int32_t)strtol(argv[3], NULL, 10), .mean_of_ratios = strcmp(argv[4], "mean") == 0, .trim_above = INT64_MAX};
  const struct long_input in = {.n = r.n, .unit = r.unit, .period = r.period, .class_ = r.class_, .response = {r.value[0], r.status[0]},
      .auxiliary = {r.value[1], r.status[1]}, .manual = {r.value[2], r.status[2]}};
  if (longitudinal_run(a, &in, &rule, &out, &e)) return 1;
  for (int64_t i = 0; i < r.n; i++)
    printf("%d,%.*s,%s,%.10g\n", (int)r.period[i], (int)r.unit[i].n, r.unit[i].p, LONG_MARKER[out[i].marker], out[i].value);
  arena_free(a);
  return 0;
}
