/* life_table_abridged.h -- abridged life table from deaths and population by age group, with Chiang's standard errors.
 * Formula  M = D/P; q = n M / (1 + n (1 - a) M), a = share of the interval lived by the dying; last group open: q = 1, L = l/M. Var(q) = q^2 (1 -
 *          q)/D; Var(e_x) = sum_{i>=x} l_i^2 [(1-a_i) n_i + e_{i+1}]^2 Var(q_i) / l_x^2; the open group adds 0 (Chiang) or, with `silcocks`,
 *          (l_w/l_x)^2 / (M_w^2 D_w) (Silcocks, Jenner & Reza 2001).
 * Shapes   ages: [n] with the start, width (0 = open, last only) and a; out: [n].
 * Missing  a group without population, or q above 1, is E_LIFE_TABLE_INPUT; a group without deaths has q 0 and variance 0.
 * Source   Chiang (1984) The Life Table and its Applications; Silcocks et al. (2001) J Epidemiol Community Health 55. Not the ministry's 簡易生命表,
 *          which has single-year ages. Cost: O(n). */
#ifndef SHIRABE_ESTIMATORS_LIFE_TABLE_ABRIDGED_H
#define SHIRABE_ESTIMATORS_LIFE_TABLE_ABRIDGED_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { LIFE_TABLE_MAX_AGES = 160 };
struct life_age {
  int64_t start;
  double width, a; /* width 0 = open; a is not used there */
  int64_t deaths, people;
};
struct life_row {
  int64_t start;
  double m, q, l, d, L, T, e, se_q, se_e;
};
enum err_code life_table_abridged(const struct life_age *ages, int n, bool silcocks, struct life_row *out, struct err *e) NODISCARD;
/* The usual shares: 0.1 for age 0 alone, 0.15 for 0-4, 0.4 for 1-4, else 0.5. */
double life_table_usual_a(int64_t start, double width);
#endif
