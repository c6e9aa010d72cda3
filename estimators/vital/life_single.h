/* life_single.h -- the columns of the ministry's life tables (完全生命表, 簡易生命表): single ages, infants in weeks and months on request.
 * Columns  l, d, q, p, mu, L, T, e with l_0 = 100,000. L = integral of the cubic through the four knots of l around the interval (Lagrange, knots
 *          where they are: weeks, months, years; equal steps give (-l_{x-1} + 13 l_x + 13 l_{x+1} - l_{x+2})/24); mu = -l'/l of the quartic through
 *          five knots (forward at age 0). The last age is open: L = l / m with m = -ln(1 - q), or l/2 when its q is 1.
 *          Without infant rows L_0 = 1 - (1 - a0) q_0 as in life_table_period.h, the polynomials begin at age 1, and ages 0 to 2 have no mu.
 * Error    Chiang: Var(q) = q^2 (1 - q)/D, Var(e_x) = sum l_i^2 [(1 - a_i) n_i + e_{i+1}]^2 Var(q_i) / l_x^2, a_i from L. Needs deaths; for
 *          graduated q it leaves out what smoothing takes away. The open age adds nothing.
 * Shapes   q_infant: [8] or NULL; q: [n] from age 0 (q[0] must agree with the infants when both are given); deaths: one per row of `out` or NULL.
 * Errors   E_LIFE_TABLE_INPUT with the age, E_NO_MEMORY. Memory: the struct is the caller's. Cost: linear.
 * Accuracy L from published, rounded l: within 1 of the published L, at ages 1 and 2 within 3 (official rule there not found).
 * Source   厚生の指標 2019-03 第22回生命表の作成方法について (mu and L by Lagrange's formula); Chiang (1984). */
#ifndef SHIRABE_ESTIMATORS_LIFE_SINGLE_H
#define SHIRABE_ESTIMATORS_LIFE_SINGLE_H
#include "estimators/vital/life_infant.h"

enum { LIFE_SINGLE_ROWS = 160 };
struct life_single_row {
  double age, width; /* width 0 = open */
  double q, l, d, mu, L, T, e, se_e;
  bool has_mu;
};
struct life_single {
  int n, n_infant; /* rows; the first n_infant are below age 1 (1 or 8) */
  bool has_se;
  struct life_single_row row[LIFE_SINGLE_ROWS];
};
enum err_code life_single_table(
    const double *q_infant, const double *q, int n, const int64_t *deaths, struct life_single *out, struct err *e) NODISCARD;
/* The same from q of the rows of a table (8 or 1 infant rows first). */
enum err_code life_single_from_rows(
    const double *q, int n, int n_infant, const int64_t *deaths, struct life_single *out, struct err *e) NODISCARD;
/* L and mu of interval or knot i from l at knots of any distance. */
double life_lagrange_L(const double *age, const double *l, int n, int i);
double life_lagrange_mu(const double *age, const double *l, int n, int i);

/* What else is printed: age at which half are left, shares that reach 65, 75, 90, 95. */
struct life_marks {
  double median_age, reach[4];
};
extern const int life_mark_ages[4];
void life_single_marks(const struct life_single *t, struct life_marks *out);
/* Life expectancy at an exact age that has a row; false = none. */
bool life_single_e(const struct life_single *t, double age, double *e);

/* Cause deleted: p* = p^((D - Dc)/D) at each row, then the table again; ages without deaths keep their q. deaths, of_cause: [rows]. */
enum err_code life_cause_deleted(
    const struct life_single *t, const int64_t *deaths, const int64_t *of_cause, struct life_single *out, struct err *e) NODISCARD;
#endif
