/* henderson.h -- trend-cycle by Henderson's moving average with Musgrave's asymmetric weights at both ends.
 * Weights  n odd, 3 .. HENDERSON_MOST; the symmetric filter reproduces cubics. M of n terms at an end minimise the mean square revision for a
 *          straight line with noise, given R = mean |dI| / mean |dC|: D = 4 / (pi R^2).
 * Shapes   value, out: first .. last (both included) of arrays that reach that far; a span shorter than n terms uses the end weights alone.
 * Errors   none. Memory: O(n) on the stack. Cost: O(span n + n^3).
 * Source   Henderson (1916); Musgrave (1964); Doherty (2001), JBES 19, eq. 3; X-13ARIMA-SEATS Reference Manual 1.1, 7.19. */
#ifndef SHIRABE_ESTIMATORS_HENDERSON_H
#define SHIRABE_ESTIMATORS_HENDERSON_H
enum { HENDERSON_MOST = 101 };
void henderson_weights(int n, double *w); /* w: [n], sums to 1 */
/* v: [m]: weights of the m terms left of w: [n] at an end, the farthest from the missing side first. (n+1)/2 <= m < n. */
void henderson_end(int n, const double *w, int m, double ratio, double *v);
void henderson_smooth(int n, double ratio, const double *value, int first, int last, double *out);
#endif
