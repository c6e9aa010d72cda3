/* asdr.h -- age-standardised death rate (年齢調整死亡率) by the two official model populations; every rate carries its model's label.
 * Models   S60: 18 groups 0-4 .. 85+, total 120,287,000, in use until data year 2019. H27: 21 groups 0, 1-4, 5-9 .. 95+, total 125,319,000, since
 *          2020. Their levels differ by a factor of about 3: never compare across models.
 * Formula  rate = sum m_i w_i / sum w_i, m_i = D_i/P_i; se^2 = sum (w_i/W)^2 D_i/P_i^2.
 * Missing  deaths of unknown age are excluded by the caller and passed for the record; a group without population is E_VITAL_NO_POPULATION.
 * Source   厚生労働省 昭和60年モデル人口 (https://www.mhlw.go.jp/toukei/list/dl/81-1b1.pdf), 平成27年モデル人口 (…/content/12601000/000638712.pdf).
 * Cost     O(groups). */
#ifndef SHIRABE_ESTIMATORS_ASDR_H
#define SHIRABE_ESTIMATORS_ASDR_H
#include <stdint.h>

#include "base/err.h"

enum asdr_model { ASDR_S60, ASDR_H27 };
enum { ASDR_MAX_GROUPS = 21 };
struct model_population {
  const char *name, *label_ja;
  int n_groups;
  const char *group[ASDR_MAX_GROUPS];   /* "0-4" .. "85+" */
  int64_t people[ASDR_MAX_GROUPS], total;
};
extern const struct model_population asdr_models[2];

struct asdr_result {
  enum asdr_model model;
  double value, se; /* per 1 person: multiply by 1,000 or 100,000 at print */
  int64_t deaths, deaths_unknown;
};
/* deaths, people: [n] in the order of the model's groups. */
enum err_code asdr(enum asdr_model model, int n, const int64_t *deaths, const int64_t *people, int64_t deaths_unknown, struct asdr_result *out,
    struct err *e) NODISCARD;
/* Group of a completed age; also parses "85+" and "5-9" to the group they lie in; -1 when none holds it whole. */
int asdr_group_of_age(enum asdr_model model, int64_t age);
int asdr_group_of_label(enum asdr_model model, const char *label);
#endif
