/* replicate_make.h -- sets of replicates for a design, each by its published rule.
 * JK1      drop unit i, the others n/(n-1); scale (1-f)(n-1)/n, all strata taken as one.
 * JKN      within stratum h: drop unit i; rscale (1-f_h)(n_h-1)/n_h; a stratum taken in full has no replicates. Variance of a total = linearised.
 * BRR      units go in pairs (half-sample strata); in replicate r the unit on the side of the sign gets 1 + (1-rho) sqrt(1-f), the other 1 -
 *          (1-rho) sqrt(1-f); scale 1/(R (1-rho)^2). A stratum with more than two units is split into pairs in the order of its labels, or merged
 *          into two halves; an odd rest is merged 1 : 2 with swings sqrt(m2/m1), sqrt(m1/m2), so that the variance of a total stays unbiased (the
 *          smaller half may then go below 0: rho 0.3 or more avoids it). R = the first Hadamard order above the number of pairs: full balance,
 *          the variance of a total of pairs is the linearised one. Fewer replicates when asked: columns are used again and the report says so.
 * BOOTSTRAP m_h of n_h units drawn with replacement, t_i times: 1 - q + q (n_h/m_h) t_i, q = sqrt(m_h (1-f_h)/(n_h-1)); m_h = n_h - 1 unless
 *          given.
 * PRESTON  all stages: m = floor(n/2) units without replacement at every stage; lambda = sqrt(m F (1-f)/(n-m)), F product of f above; multiplier
 *          = 1 + sum over stages of carry * lambda ((n/m) kept - 1), carry = product of sqrt(n/m) kept above. It may fall below 0.
 * ANTAL_TILLE of n units n f are kept once (rounded at random), half of the rest doubled; with an odd rest one more, a third time with
 *          probability 1/4, else one not drawn yet. Whole numbers of 0 or more.
 * GENERALIZED for every stratum of every stage the orthonormal contrasts e_k of the quadratic form c (I - J/n): multiplier = 1 + sum sqrt(c) e_k
 *          s_kr / tau, s = columns of a Hadamard matrix when there are enough replicates (then the variance of a total is the linearised one
 *          exactly), else random signs; scale tau^2/R. A larger tau keeps multipliers above 0.
 * SUCCESSIVE for systematic samples, units in the order of selection: 1 + 2^(-3/2) sqrt(1-f) (a_i - a_{i+1}), the last followed by the first;
 *          scale 4/R.
 * Lonely   STOP as sample_design_lonely; ZERO and AVERAGE as the design says (AVERAGE by its coefficients); CENTRE and MEAN: E_REPLICATE_LONELY.
 * Seeds    a draw is a function of (seed, replicate, label of the stratum or its key, place in the stratum by label): no other stratum changes
 *          it.
 * Errors   E_REPLICATE_SPEC (with what is wrong), E_REPLICATE_LONELY, E_LONELY_PSU, E_NO_MEMORY. Memory: 8 to 32 bytes a unit.
 * Source   Wolter (2007) ch. 3-4; Rust & Rao (1996), Statistical Methods in Medical Research 5:283-310; Rao & Shao (1996), JRSS B 58 (uneven
 *          halves); Rao, Wu & Yue (1992), Survey Methodology 18; Preston (2009), Survey Methodology 35; Antal & Tillé (2014), Biometrika 101; Fay
 *          (1984) and Dippo, Fay & Morganstein (1984), ASA Proceedings; Fay & Train (1995), ASA Proceedings. */
#ifndef SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_MAKE_H
#define SHIRABE_ESTIMATORS_VARIANCE_REPLICATE_MAKE_H
#include "estimators/variance/replicate.h"

struct replicate_spec {
  enum replicate_method method;
  int count;                   /* random methods: needed; BRR, GENERALIZED, SUCCESSIVE: 0 = as many as full balance takes */
  uint64_t seed;
  bool mse;
  double rho;                  /* BRR: 0 <= rho < 1 */
  bool merge;                  /* BRR: strata with more than two units in two halves instead of pairs */
  int draws;                   /* BOOTSTRAP: m_h; 0 = n_h - 1 */
  double tau;                  /* GENERALIZED; 0 = 1 */
  const double *order;         /* SUCCESSIVE: [n] by row, ascending = order of selection; NULL = order of labels */
  const uint64_t *stratum_key; /* by label of the first stage; NULL = the label: a key of the stratum's name survives new strata */
};
struct replicate_report {
  int64_t n_pairs;  /* BRR: half-sample strata; GENERALIZED: contrasts; SUCCESSIVE: rows */
  int64_t n_split, n_merged, n_odd, n_take_all; /* BRR: strata by what was done to them; strata that are not resampled */
  bool balanced;
};
enum err_code replicate_make(struct arena *a, const struct sample_design *d, const struct replicate_spec *s, struct replicate_set *out,
    struct replicate_report *report, struct err *e) NODISCARD;
enum err_code replicate_jk1(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) NODISCARD;
enum err_code replicate_jkn(struct arena *a, const struct sample_design *d, struct replicate_set *out, struct err *e) NODISCARD;
#endif
