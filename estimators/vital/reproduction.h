/* reproduction.h -- fertility by birth order, gross and net reproduction rates, from single ages 15..49 or seven five-year groups.
 * Formula  TFR of order k = w sum B_{x,k}/F_x (they add up to the TFR; births of unknown order are a column of their own);
 *          GRR = w sum Bf_x/F_x; NRR = w sum Bf_x/F_x L_x / (w 100,000), Bf girls, L stationary population of women of the same year, w 1 or 5.
 * Shapes   births: [orders][n], n = 35 or 7; women, girls: [n]; L: [n] years lived in each age group, of 100,000.
 * Births   below 15 and from 50 on are added to the end ages by the caller of the TFR and here through `younger` and `older` of each order.
 * Missing  no women in a group: E_VITAL_NO_POPULATION; wrong number of ages: E_VITAL_AGES. se: Poisson births.
 * Source   人口動態統計 (合計特殊出生率, 出生順位別); 国立社会保障・人口問題研究所 人口統計資料集 (純再生産率). Cost: O(orders x ages). */
#ifndef SHIRABE_ESTIMATORS_REPRODUCTION_H
#define SHIRABE_ESTIMATORS_REPRODUCTION_H
#include "estimators/vital/tfr.h"

enum { PARITY_ORDERS = 6 }; /* first .. fourth, fifth and later, unknown */
extern const char *const parity_label_en[PARITY_ORDERS], *const parity_label_ja[PARITY_ORDERS];
struct parity_input {
  int n;
  int64_t births[PARITY_ORDERS][TFR_SINGLE_N], younger[PARITY_ORDERS], older[PARITY_ORDERS];
  const int64_t *women;
};
struct parity_result {
  struct tfr_result order[PARITY_ORDERS], all;
};
enum err_code tfr_by_parity(enum tfr_method method, const struct parity_input *in, struct parity_result *out, struct err *e) NODISCARD;

struct reproduction {
  double gross, gross_se, net, net_se;
  double rate[TFR_SINGLE_N], surviving[TFR_SINGLE_N]; /* girls per woman by age; of them those expected in the next generation */
};
enum err_code reproduction_rates(enum tfr_method method, int n, const int64_t *girls, const int64_t *women, const double *L,
    struct reproduction *out, struct err *e) NODISCARD;
#endif
