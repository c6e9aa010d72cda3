#include "estimators/vital/life_table_period.h"

#include <stdio.h>

static double first_share(double q0) { return q0 < 0.01 ? 0.15 : q0 < 0.03 ? 0.20 : 0.28; }

enum err_code life_table_period(const double *q, int n, struct life_row *out, struct err *e) {
  char age[32];
  double l = 100000, T = 0;
  if (n < 2 || n > LIFE_TABLE_MAX_AGES) return ERR(e, E_LIFE_TABLE_INPUT, .subject = "0", .expected = "2 to 160 ages");
  for (int x = 0; x < n; x++) {
    snprintf(age, sizeof age, "%d", x);
    if (!(q[x] >= 0 && q[x] <= 1)) return ERR(e, E_LIFE_TABLE_INPUT, .subject = age, .expected = "q of 0 to 1");
    double share = x == 0 ? 1 - first_share(q[0]) : 0.5;
    out[x] = (struct life_row){.start = x, .q = q[x], .l = l, .d = l * q[x], .L = l * (1 - share * q[x])};
    l -= out[x].d;
  }
  for (int x = n - 1; x >= 0; x--) {
    T += out[x].L;
    out[x].T = T;
    out[x].e = out[x].l > 0 ? T / out[x].l : 0;
  }
  return E_OK;
}
