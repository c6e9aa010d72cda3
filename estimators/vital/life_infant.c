#include "estimators/vital/life_infant.h"

#include "base/date.h"

const char *const life_infant_label[LIFE_INFANT_AGES] = {"0w", "1w", "2w", "3w", "4w", "2m", "3m", "6m"};
const double life_infant_start[LIFE_INFANT_AGES + 1] = {0, 7 / 365.0, 14 / 365.0, 21 / 365.0, 28 / 365.0, 2 / 12.0, 3 / 12.0, 6 / 12.0, 1};

/* Twice integrated indicator of [0, 1): the mass of u + t up to z. */
static double ramp(double z) { return z > 0 ? z * z / 2 : 0; }
static double inside(double z) { return ramp(z) - ramp(z - 1); }
double life_infant_exposure(double from, double to, double a, double b) {
  return (inside(to + b) - inside(from + b) - inside(to + a) + inside(from + a)) / ((to - from) * (b - a));
}

static double exposed(int64_t year, const int64_t *births, double a, double b) {
  double sum = 0;
  for (int before = 1; before >= 0; before--) {
    const double days = date_days_in_month(year - before, 2) == 29 ? 366 : 365;
    double day = 0;
    for (int m = 0; m < 12; m++) {
      const double length = (double)date_days_in_month(year - before, m + 1);
      const double from = day / days - before, to = (day + length) / days - before;
      sum += (double)births[(1 - before) * 12 + m] * life_infant_exposure(from, to, a, b);
      day += length;
    }
  }
  return sum;
}

enum err_code life_infant_q(int64_t year, const int64_t births[LIFE_INFANT_MONTHS], const int64_t deaths[LIFE_INFANT_AGES],
    double q[LIFE_INFANT_AGES], double *q0, struct err *e) {
  double alive = 1;
  for (int m = 0; m < LIFE_INFANT_MONTHS; m++)
    if (births[m] < 0) return ERR(e, E_VITAL_INFANT, .subject = "births below 0");
  for (int i = 0; i < LIFE_INFANT_AGES; i++) {
    const double base = alive * exposed(year, births, life_infant_start[i], life_infant_start[i + 1]);
    if (!(base > 0) || deaths[i] < 0 || (double)deaths[i] > base) return ERR(e, E_VITAL_INFANT, .subject = life_infant_label[i]);
    q[i] = (double)deaths[i] / base;
    alive *= 1 - q[i];
  }
  *q0 = 1 - alive;
  return E_OK;
}

enum err_code life_infant_q_yearly(int64_t births, int64_t births_before, double share_before, int64_t deaths, double *q0, struct err *e) {
  const double base = (1 - share_before) * (double)births + share_before * (double)births_before;
  if (!(share_before >= 0 && share_before <= 1) || !(base > 0) || deaths < 0 || (double)deaths > base)
    return ERR(e, E_VITAL_INFANT, .subject = "0y");
  *q0 = (double)deaths / base;
  return E_OK;
}
