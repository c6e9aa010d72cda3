/* life_infant.h -- probabilities of death below age 1 by the cohort method, in the eight ages that the ministry prints: 0w 1w 2w 3w 4w 2m 3m 6m.
 * Formula  births of month m lie evenly over it; phi_m = mean over births u of the share of [u+a, u+b) that lies in the year; q[a,b) =
 *          D[a,b) / (s_a sum B_m phi_m), s_a = product of (1 - q) of the earlier ages. phi is integrated in closed form.
 *          With yearly births only: q_0 = D_0 / ((1 - f) B_Y + f B_{Y-1}), f = share of the infant deaths born in the year before.
 * Shapes   births: [24], January of Y-1 to December of Y; deaths: [8] of year Y by age.
 * Units    ages in years of 365 days (7/365, ... 2/12, 3/12, 6/12); months have their own lengths.
 * Errors   E_VITAL_INFANT: no births, a negative count, or q above 1. Cost: 8 x 24.
 * Source   the ministry's inputs are births by month of two years and infant deaths by day and month (厚生労働省 完全生命表の作成方法); the official text
 *          of the formula was not found: this is the standard cohort method, see vital.md. */
#ifndef SHIRABE_ESTIMATORS_LIFE_INFANT_H
#define SHIRABE_ESTIMATORS_LIFE_INFANT_H
#include <stdint.h>

#include "base/err.h"

enum { LIFE_INFANT_AGES = 8, LIFE_INFANT_MONTHS = 24 };
extern const char *const life_infant_label[LIFE_INFANT_AGES];
extern const double life_infant_start[LIFE_INFANT_AGES + 1]; /* the last is 1 */
enum err_code life_infant_q(int64_t year, const int64_t births[LIFE_INFANT_MONTHS], const int64_t deaths[LIFE_INFANT_AGES],
    double q[LIFE_INFANT_AGES], double *q0, struct err *e) NODISCARD;
enum err_code life_infant_q_yearly(int64_t births, int64_t births_before, double share_before, int64_t deaths, double *q0, struct err *e) NODISCARD;
/* Mean share of the age interval [a, b) lived inside [0, 1) by births spread evenly over [from, to), all in years of the calendar year. */
double life_infant_exposure(double from, double to, double a, double b);
#endif
