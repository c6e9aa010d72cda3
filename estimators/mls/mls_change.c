#include "estimators/mls/mls_change.h"

#include "base/sum.h"

struct heads {
  double before, carried, now;
};
static double carried_heads(const struct mls_change_cell *c) { return c->heads_unbenchmarked >= 0 ? c->heads_unbenchmarked : c->heads[1]; }
static enum err_code add_heads(const struct mls_change_cell *cells, int32_t n, struct heads *h, struct err *e) {
  struct sum s[3] = {{0, 0}, {0, 0}, {0, 0}};
  for (int32_t c = 0; c < n; c++) {
    sum_add(&s[0], cells[c].heads[0]);
    sum_add(&s[1], carried_heads(&cells[c]));
    sum_add(&s[2], cells[c].heads[1]);
  }
  *h = (struct heads){sum_result(&s[0]), sum_result(&s[1]), sum_result(&s[2])};
  if (h->before > 0 && h->carried > 0 && h->now > 0) return E_OK;
  return ERR(e, E_MLS_MONTH_INPUT, .subject = "decomposition", .expected = "workers in both months");
}
/* A cell that one month does not have takes the other's average. */
static void averages(const struct mls_change_cell *c, double x[2]) {
  const bool before = c->heads[0] > 0, now = c->heads[1] > 0 || carried_heads(c) > 0;
  x[0] = before ? c->average[0] : c->average[1];
  x[1] = now ? c->average[1] : c->average[0];
}
enum err_code mls_decompose(struct mls_change_cell *cells, int32_t n, struct mls_change *out, struct err *e) {
  struct heads h;
  struct sum before = {0, 0}, carried = {0, 0}, now = {0, 0}, part[4] = {{0, 0}};
  double x[2];
  *out = (struct mls_change){.before = 0};
  TRY(add_heads(cells, n, &h, e));
  for (int32_t c = 0; c < n; c++) {
    averages(&cells[c], x);
    sum_add(&before, cells[c].heads[0] / h.before * x[0]);
    sum_add(&carried, carried_heads(&cells[c]) / h.carried * x[1]);
    sum_add(&now, cells[c].heads[1] / h.now * x[1]);
  }
  const double middle = (sum_result(&before) + sum_result(&carried)) / 2;
  for (int32_t c = 0; c < n; c++) {
    struct mls_change_cell *k = &cells[c];
    const double s0 = k->heads[0] / h.before, s1 = carried_heads(k) / h.carried, half = (s0 + s1) / 2;
    averages(k, x);
    const double pay = k->has_common ? k->common[1] - k->common[0] : 0;
    k->wage = half * pay;
    k->panel = half * (x[1] - x[0] - pay);
    k->composition = (s1 - s0) * ((x[0] + x[1]) / 2 - middle);
    k->benchmark = (k->heads[1] / h.now - s1) * x[1];
    if (!k->has_common) out->heads_without_pairs += s1;
    sum_add(&part[0], k->wage);
    sum_add(&part[1], k->panel);
    sum_add(&part[2], k->composition);
    sum_add(&part[3], k->benchmark);
  }
  out->before = sum_result(&before);
  out->now = sum_result(&now);
  out->change = out->now - out->before;
  out->wage = sum_result(&part[0]);
  out->panel = sum_result(&part[1]);
  out->composition = sum_result(&part[2]);
  out->benchmark = sum_result(&part[3]);
  return E_OK;
}
