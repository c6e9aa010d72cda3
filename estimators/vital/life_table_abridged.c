#include "estimators/vital/life_table_abridged.h"

#include <math.h>
#include <stdio.h>

static enum err_code check(const struct life_age *x, int i, int n, struct err *e) {
  char age[32];
  bool open = i == n - 1;
  snprintf(age, sizeof age, "%lld", (long long)x[i].start);
  if (x[i].people <= 0 || x[i].deaths < 0) return ERR(e, E_LIFE_TABLE_INPUT, .subject = age, .expected = "population above 0, deaths 0 or more");
  if (open != (x[i].width == 0) || (!open && x[i + 1].start != x[i].start + (int64_t)x[i].width))
    return ERR(e, E_LIFE_TABLE_INPUT, .subject = age, .expected = "consecutive ages, the last open");
  if (open && x[i].deaths == 0) return ERR(e, E_LIFE_TABLE_INPUT, .subject = age, .expected = "deaths in the open group");
  return E_OK;
}

static enum err_code deaths_to_q(const struct life_age *x, int n, struct life_row *r, struct err *e) {
  char age[32];
  double l = 100000;
  for (int i = 0; i < n; i++) {
    TRY(check(x, i, n, e));
    double m = (double)x[i].deaths / (double)x[i].people, w = x[i].width;
    double q = i == n - 1 ? 1 : w * m / (1 + w * (1 - x[i].a) * m);
    snprintf(age, sizeof age, "%lld", (long long)x[i].start);
    if (q > 1) return ERR(e, E_LIFE_TABLE_INPUT, .subject = age, .expected = "q of at most 1");
    r[i] = (struct life_row){.start = x[i].start, .m = m, .q = q, .l = l, .d = l * q};
    r[i].L = i == n - 1 ? l / m : w * (l - r[i].d) + x[i].a * w * r[i].d;
    if (i < n - 1 && x[i].deaths > 0) r[i].se_q = sqrt(q * q * (1 - q) / (double)x[i].deaths);
    l -= r[i].d;
  }
  return E_OK;
}

enum err_code life_table_abridged(const struct life_age *x, int n, bool silcocks, struct life_row *r, struct err *e) {
  if (n < 2 || n > LIFE_TABLE_MAX_AGES) return ERR(e, E_LIFE_TABLE_INPUT, .subject = "0", .expected = "2 to 160 age groups");
  TRY(deaths_to_q(x, n, r, e));
  double T = 0, variance = 0;
  for (int i = n - 1; i >= 0; i--) {
    T += r[i].L;
    r[i].T = T;
    r[i].e = r[i].l > 0 ? T / r[i].l : 0;
    if (i == n - 1) {
      if (silcocks) variance = r[i].l * r[i].l / (r[i].m * r[i].m * (double)x[i].deaths);
    } else {
      double gain = (1 - x[i].a) * x[i].width + r[i + 1].e;
      variance += r[i].l * r[i].l * gain * gain * r[i].se_q * r[i].se_q;
    }
    r[i].se_e = r[i].l > 0 ? sqrt(variance) / r[i].l : 0;
  }
  return E_OK;
}

double life_table_usual_a(int64_t start, double width) {
  if (start == 0 && width == 1) return 0.1;
  if (start == 0 && width == 5) return 0.15;
  return start == 1 && width == 4 ? 0.4 : 0.5;
}
