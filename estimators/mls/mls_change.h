/* mls_change.h -- what a change of an average is made of (control C10): pay itself, composition, panel, benchmark; the parts add up exactly.
 * Formula  s = share of a cell in all heads, x = its average; 0 = before, 1 = now, s1' = now without the benchmark; sb = (s0 + s1')/2
 *          wage        sum sb (y1 - y0)                y = average of the establishments common to both months
 *          panel       sum sb ((x1 - x0) - (y1 - y0))  what entered and left the sample; all of x1 - x0 in a cell without common establishments
 *          composition sum (s1' - s0) ((x0 + x1)/2 - (X0 + X1')/2)
 *          benchmark   sum (s1 - s1') x1
 * Missing  a cell without heads in one month has no change of pay there: all of it is composition.
 * Units    of the average. Memory: none. Cost: O(cells). Source: Kitagawa (1955) decomposition; the four parts answer the June 2018 figure. */
#ifndef SHIRABE_ESTIMATORS_MLS_CHANGE_H
#define SHIRABE_ESTIMATORS_MLS_CHANGE_H
#include "base/err.h"
#include "estimators/mls/mls.h"

struct mls_change_cell {
  double heads[2], average[2];   /* before, now as published */
  double heads_unbenchmarked;    /* now, with the workers carried on; below 0 = no benchmark this month */
  bool has_common;
  double common[2];
  double wage, panel, composition, benchmark; /* out */
};
struct mls_change {
  double before, now, change, wage, panel, composition, benchmark;
  double heads_without_pairs; /* share of heads in cells without common establishments */
};
enum err_code mls_decompose(struct mls_change_cell *cells, int32_t n, struct mls_change *out, struct err *e) NODISCARD;
#endif
