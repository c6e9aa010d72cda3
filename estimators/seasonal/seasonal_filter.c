#include "estimators/seasonal/seasonal_filter.h"

#include <stddef.h>

const char *const seasonal_filter_names[SEASONAL_FILTERS] = {"msr", "3x1", "3x3", "3x5", "3x9", "3x15", "stable"};

enum { ROWS = 8, TERMS = 17, YEARS_FOR_FILTERS = 5, YEARS_FOR_3X15 = 20, MOST_YEARS = 400 };
/* row r: weights for the r-th value from an end, nearest end first; the row after the last end row is the symmetric one. */
struct weights {
  int half; /* values on either side of a symmetric point = number of end rows */
  int terms[ROWS + 1];
  double w[ROWS + 1][TERMS];
};
static const struct weights table[SEASONAL_FILTERS] = {
    [SEASONAL_3X1] = {1, {2, 3}, {{.61, .39}, {1, 1, 1}}},
    [SEASONAL_3X3] = {2, {3, 4, 5}, {{11, 11, 5}, {7, 10, 7, 3}, {1, 2, 3, 2, 1}}},
    [SEASONAL_3X5] = {3, {4, 5, 6, 7}, {{17, 17, 17, 9}, {15, 15, 15, 11, 4}, {9, 13, 13, 13, 8, 4}, {1, 2, 3, 3, 3, 2, 1}}},
    [SEASONAL_3X9] = {5,
        {6, 7, 8, 9, 10, 11},
        {{.246, .221, .197, .173, .112, .051}, {.208, .192, .176, .160, .144, .092, .028}, {.173, .163, .154, .143, .133, .123, .079, .032},
            {.141, .137, .132, .128, .123, .117, .113, .075, .034}, {.084, .120, .118, .117, .116, .114, .113, .111, .073, .034},
            {1, 2, 3, 3, 3, 3, 3, 3, 3, 2, 1}}},
    [SEASONAL_3X15] = {8, {9, 10, 11, 12, 13, 14, 15, 16, 17},
        {{.1772, .1625, .1478, .1332, .1185, .1039, .0892, .0523, .0154}, {.1587, .1471, .1356, .1240, .1124, .1009, .0893, .0778, .0440, .0102},
            {.1409, .1321, .1233, .1145, .1058, .0970, .0882, .0794, .0706, .0396, .0086},
            {.1239, .1175, .1111, .1048, .0984, .0921, .0857, .0794, .0730, .0666, .0381, .0095},
            {.1078, .1035, .0992, .0949, .0906, .0863, .0821, .0778, .0735, .0692, .0649, .0384, .0119},
            {.0929, .0903, .0878, .0852, .0826, .0800, .0775, .0749, .0723, .0698, .0672, .0646, .0398, .0150},
            {.0793, .0781, .0769, .0758, .0746, .0734, .0723, .0711, .0699, .0688, .0676, .0664, .0653, .0419, .0185},
            {.0485, .0703, .0700, .0696, .0693, .0689, .0686, .0682, .0679, .0675, .0672, .0668, .0665, .0661, .0435, .0210},
            {1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1}}},
};

static double mean(const double *value, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += value[i];
  return sum / n;
}
static double sum_of_row(const struct weights *t, int row) {
  double sum = 0;
  for (int j = 0; j < t->terms[row]; j++) sum += t->w[row][j];
  return sum;
}
/* value k of n; `step` -1 reads backward from the far end. */
static double row_at(const struct weights *t, int row, const double *from, int step) {
  double sum = 0;
  for (int j = 0; j < t->terms[row]; j++) sum += t->w[row][j] * from[j * step];
  return sum / sum_of_row(t, row);
}
void seasonal_smooth_years(enum seasonal_filter filter, const double *value, int n, double *out) {
  const struct weights *t = &table[filter];
  double all = mean(value, n);
  for (int k = 0; k < n; k++) {
    int row = k < t->half ? k : t->half, back = n - 1 - k;
    if (filter == SEASONAL_STABLE || (filter == SEASONAL_3X15 && n < YEARS_FOR_3X15)) out[k] = all;
    else if (k >= t->half && back >= t->half) out[k] = row_at(t, t->half, value + k - t->half, 1);
    else if (k <= back) out[k] = t->terms[row] <= n ? row_at(t, row, value, 1) : all;
    else out[k] = t->terms[back] <= n ? row_at(t, back, value + n - 1, -1) : all;
  }
}

void seasonal_smooth(const struct seasonal_span *s, enum seasonal_filter filter, const double *value, double *out) {
  double in[MOST_YEARS], smooth[MOST_YEARS];
  bool is_short = s->last - s->first + 1 < YEARS_FOR_FILTERS * s->period;
  for (int m = 0; m < s->period; m++) {
    int n = 0;
    for (int i = s->first + m; i <= s->last && n < MOST_YEARS; i += s->period) in[n++] = value[i];
    if (!n) continue;
    seasonal_smooth_years(is_short ? SEASONAL_STABLE : filter, in, n, smooth);
    for (int k = 0; k < n; k++) out[s->first + m + k * s->period] = smooth[k];
  }
}

void seasonal_centred(const struct seasonal_span *s, const double *value, double *out) {
  int half = s->period / 2;
  for (int i = s->first + half; i <= s->last - half; i++) {
    double sum = (value[i - half] + value[i + half]) / 2;
    for (int j = i - half + 1; j < i + half; j++) sum += value[j];
    out[i] = sum / s->period;
  }
}

void seasonal_normalise(const struct seasonal_span *s, bool divide, bool stable, double *factor, double *scratch) {
  int half = s->period / 2, from = s->first + half, to = s->last - half;
  if (to < from) return;
  seasonal_centred(s, factor, scratch);
  for (int i = from - 1; i >= s->first; i--) scratch[i] = scratch[stable && i + s->period <= to ? i + s->period : from];
  for (int i = to + 1; i <= s->last; i++) scratch[i] = scratch[stable && i - s->period >= from ? i - s->period : to];
  for (int i = s->first; i <= s->last; i++) factor[i] = divide ? factor[i] / scratch[i] : factor[i] - scratch[i];
}
