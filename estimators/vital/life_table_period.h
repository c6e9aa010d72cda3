/* life_table_period.h -- period life table from published probabilities of death q by single age: life expectancy from the published column.
 * Formula  L_0 = l_0 (1 - (1 - a0) q_0), L_x = l_x (1 - q_x/2), a0 = 0.15 if q_0 < 0.01, 0.20 if < 0.03, else 0.28; the last age closes with its L.
 * Error    none: q is published without the deaths behind it. A table from deaths has one, see life_table_abridged.h.
 * Accuracy reproduces the published e0 of 29 of 30 complete tables 1947-2020 within 0.007 years (1947 female: 0.02).
 * Shapes   q: [n] from age 0; out: [n]. Missing: q outside 0..1 is E_LIFE_TABLE_INPUT. Cost: O(n).
 * Source   厚生労働省 完全生命表 (https://www.mhlw.go.jp/toukei/saikin/hw/life/); a0 after Coale & Demeny as used by Preston, Heuveline & Guillot (2001). */
#ifndef SHIRABE_ESTIMATORS_LIFE_TABLE_PERIOD_H
#define SHIRABE_ESTIMATORS_LIFE_TABLE_PERIOD_H
#include "estimators/vital/life_table_abridged.h"

enum err_code life_table_period(const double *q, int n, struct life_row *out, struct err *e) NODISCARD;
#endif
