/* arima_impl.h -- polynomials, whitening filter and least squares of one ARIMA model; only for estimators/seasonal/arima*.c. */
#ifndef SHIRABE_ESTIMATORS_ARIMA_IMPL_H
#define SHIRABE_ESTIMATORS_ARIMA_IMPL_H
#include <stdbool.h>

#include "estimators/seasonal/arima.h"

struct polynomials {
  int r, q, m;                        /* degrees of AR and MA, and the larger of them */
  double ar[ARIMA_MOST_LAGS + 1];     /* w_t = sum ar[j] w_{t-j} + ..., ar[0] unused */
  double ma[ARIMA_MOST_LAGS + 1];     /* u_t = sum ma[k] a_{t-k}, ma[0] = 1 */
};
void polynomials_of(const struct arima_order *o, const double *parameter, struct polynomials *out);
/* Free values to parameters whose AR and MA factors are stationary and invertible (or on the boundary). */
void parameters_of(const struct arima_order *o, const double *free_value, double *parameter);
int parameter_count(const struct arima_order *o);

struct whitener {
  struct polynomials poly;
  int n, rows;     /* rows of the factor: n + ahead */
  double *factor;  /* [rows][m + 1]: row i holds L(i, i-m) .. L(i, i) */
  double *gamma, *cross, *noise; /* [m + 1] covariances: w with w, w with later u, u with u; sigma^2 = 1 */
  double *scratch;
  double log_determinant;
};
enum err_code whitener_new(struct arena *a, int m, int n, int rows, struct whitener *out, struct err *e) NODISCARD;
bool whitener_moments(struct whitener *w, const struct polynomials *p); /* gamma, cross and noise alone */
bool whitener_set(struct whitener *w, const struct polynomials *p); /* false: no covariance (parameters on the AR boundary) */
/* AR transform and L^-1: out[n] from the differenced column[n]. */
void whiten(const struct whitener *w, const double *column, double *out);
double whitener_at(const struct whitener *w, int i, int j); /* L(i, j) */

void difference(const struct arima_order *o, const double *in, int n, double *out); /* [n - lost] */
/* Differencing operator as y_t = sum d[j] y_{t-j} + w_t; d: [lost + 1]. */
void difference_weights(const struct arima_order *o, double *d);

struct least_squares {
  int n, k;
  double *q;      /* [k][n] columns, overwritten */
  double *r;      /* [k][k] upper triangle */
  double *beta;   /* [k] */
  double rest;    /* sum of squares left */
};
bool least_squares(struct least_squares *s, double *y); /* y becomes the residuals; false: the columns depend on each other */

/* Pure moving averages: innovations of the exact likelihood in linear time, those before the series among them. arima_ma.c */
enum { MA_MOST = 24 };
struct ma_filter {
  int n, m, q, s; /* values; unknown ones before them: q + s */
  double theta[ARIMA_MOST_PARAMETERS], seasonal;
  double gram[MA_MOST * MA_MOST];
  double *u, *a, *b; /* [n + m] scratch */
  double log_determinant;
};
bool ma_filter_fits(const struct arima_order *o);
enum err_code ma_filter_new(struct arena *a, const struct arima_order *o, int n, struct ma_filter *out, struct err *e) NODISCARD;
bool ma_filter_set(struct ma_filter *f, const double *parameter); /* false: no finite determinant */
/* out: [n + m] innovations given the differenced w: [n]; their squares add up to those of the whitened series. */
void ma_filter_apply(const struct ma_filter *f, const double *w, double *out);

struct arima_work {
  const struct arima_order *order;
  const struct arima_input *in;
  struct whitener white;
  struct least_squares ls;
  double *w, **x;   /* differenced */
  double *u;        /* whitened residuals */
  int n_effective;
  struct ma_filter *ma; /* NULL unless the model is one; with what the search writes: */
  struct least_squares ma_ls;
  double *ma_u;     /* [n_effective + m] */
};
enum err_code arima_work_new(struct arena *a, const struct arima_order *o, const struct arima_input *in, struct arima_work *out,
    struct err *e) NODISCARD;
/* Log likelihood with sigma^2 and coefficients concentrated out; -HUGE_VAL where there is none. */
double arima_likelihood(struct arima_work *w, const double *parameter);
/* The same number, faster where the model is a pure moving average; leaves white, ls and u as they are there. */
double arima_search_likelihood(struct arima_work *w, const double *parameter);
void arima_forecast(struct arena *a, struct arima_work *w, struct arima_fit *out);
#endif
