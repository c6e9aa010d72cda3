/* real_format.c -- shortest decimal text of a double (declared in json_out.h).
 * Fifteen significant digits survive decimal -> double -> decimal, so the shortest text of up to fifteen digits is %.15 without its trailing zeros;
 * else sixteen, else seventeen, which always suffice (IEEE 754-2008, 5.12.2). The program never calls setlocale: the point is always '.'. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"

struct digits {
  char d[20];      /* significant digits without trailing zeros */
  int n, exponent; /* value = d[0].d[1]d[2]... x 10^exponent */
};

static void shortest_digits(double v, struct digits *out) {
  char text[40];
  int least = v < DBL_MIN ? 1 : 15; /* subnormal numbers have fewer bits, so fewer digits may do */
  for (int precision = least; precision <= 17; precision++) {
    snprintf(text, sizeof text, "%.*e", precision - 1, v);
    if (precision == 17 || strtod(text, NULL) == v) break;
  }
  const char *e = strchr(text, 'e');
  out->n = 0;
  for (const char *p = text; p < e; p++)
    if (*p >= '0' && *p <= '9') out->d[out->n++] = *p;
  while (out->n > 1 && out->d[out->n - 1] == '0') out->n--;
  out->exponent = (int)strtol(e + 1, NULL, 10);
}

/* Layout of ECMAScript's Number::toString, as RFC 8785 wants it: plain from 1e-6 to below 1e21, else with an exponent. */
static void lay_out(const struct digits *d, char *out) {
  int e = d->exponent, at = 0;
  if (e < -6 || e >= 21) {
    out[at++] = d->d[0];
    if (d->n > 1) out[at++] = '.';
    for (int i = 1; i < d->n; i++) out[at++] = d->d[i];
    snprintf(out + at, 8, "e%+d", e);
    return;
  }
  if (e < 0) {
    out[at++] = '0';
    out[at++] = '.';
    for (int i = -1; i > e; i--) out[at++] = '0';
  }
  for (int i = 0; i < d->n || i <= e; i++) {
    if (e >= 0 && i == e + 1) out[at++] = '.';
    out[at++] = i < d->n ? d->d[i] : '0';
  }
  out[at] = 0;
}

void real_format(double v, char out[32]) {
  if (isnan(v)) {
    memcpy(out, "NaN", 4);
    return;
  }
  if (signbit(v)) *out++ = '-';
  double size = fabs(v);
  if (isinf(v)) {
    memcpy(out, "Infinity", 9);
  } else if (size == 0) {
    memcpy(out, "0", 2);
  } else {
    struct digits d = {.n = 0};
    shortest_digits(size, &d);
    lay_out(&d, out);
  }
}
