#include "estimators/mls/mls_controls.h"

#include <string.h>

#include "estimators/table/rounding.h"

void mls_errors_repeated(const struct mls_error *now, const struct mls_error *before, int64_t n, struct mls_error_check *out) {
  *out = (struct mls_error_check){.n_compared = 0};
  for (int64_t i = 0; i < n; i++) {
    if (!now[i].defined || !before[i].defined) continue;
    const int64_t x = round_half_away(now[i].cv * 10000), y = round_half_away(before[i].cv * 10000);
    if (x <= 0 || y <= 0) continue;
    out->n_compared++;
    out->n_same += x == y;
  }
  out->alarm = out->n_compared >= 10 && 5 * out->n_same >= out->n_compared;
}

static const struct mls_row *row_of(const struct mls_row *rows, int32_t n, struct str industry, char size) {
  for (int32_t i = 0; i < n; i++)
    if (rows[i].size.n == 1 && rows[i].size.p[0] == size && str_eq(rows[i].industry, industry)) return &rows[i];
  return NULL;
}
/* The one suppressed row of a set whose rows are all there; NULL when none or several are. */
static const struct mls_row *single(const struct mls_row *rows, int32_t n, struct str industry, const char *sizes) {
  const struct mls_row *found = NULL;
  int suppressed = 0;
  for (const char *p = sizes; *p; p++) {
    const struct mls_row *r = row_of(rows, n, industry, *p);
    if (!r) return NULL;
    if (!r->suppressed) continue;
    suppressed++;
    found = r;
  }
  return suppressed == 1 ? found : NULL;
}
enum err_code mls_exposed_rows(struct arena *a, const struct mls_row *rows, int32_t n, struct mls_exposed **out, int32_t *n_out, struct err *e) {
  static const char *const set[][2] = {{"134", "1+3=4"}, {"4570", "4+5+7=0"}, {"09T", "0+9=T"}};
  *out = ARENA_ARRAY(a, struct mls_exposed, 3 * (int64_t)n + 1);
  *n_out = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "exposed rows");
  for (int32_t i = 0; i < n; i++)
    for (int k = 0; k < 3 && str_eq(rows[i].size, STR("T")); k++) {
      const struct mls_row *r = single(rows, n, rows[i].industry, set[k][0]);
      if (r) (*out)[(*n_out)++] = (struct mls_exposed){r, set[k][1]};
    }
  return E_OK;
}
