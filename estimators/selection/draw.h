/* draw.h -- one draw from one group of units (a stratum, or the units inside a unit of the stage above), by any of the program's designs.
 * Shapes   n units in the caller's order (sample_draw gives the order of unit ids, for the systematic ones that of the named items); key [n] 64-bit
 *          keys of unit_random.h; u [n] the random number of each unit in (0,1), permanent where units are coordinated; pi [n] the inclusion
 *          probabilities aimed at, 0 <= pi <= 1; taken [n] 1 = selected. x [p][n] balancing variables of the cube.
 * Sizes    all but BERNOULLI and POISSON take exactly `size` units, size = sum of pi; units with pi = 1 are always taken, with pi = 0 never.
 * Designs  SRS, SEQUENTIAL (u / pi) and PARETO take the smallest of their ranking variables; equal pi make all three the same. BERNOULLI and POISSON
 *          take u < pi. SYSTEMATIC and PPS_SYSTEMATIC go along the caller's order with one start. SUNTER, PIVOTAL, BREWER are list-sequential or
 *          draw by draw. SAMPFORD and MAXIMUM_ENTROPY are drawn by rejection from Poisson samples: exact, about 2.5 sqrt(d) tries of O(n),
 *          d = sum pi (1 - pi). CUBE: cube.h.
 * Actual   inclusion probabilities equal pi exactly but for SUNTER (the tail of small units is drawn with equal ones: draw_probabilities), PARETO and
 *          SEQUENTIAL (nearly, for large groups); draw_exactness tells.
 * Errors   E_SAMPLE_METHOD when a group is too large for the design or a rejective draw does not come to its end; E_NO_MEMORY.
 * Memory   scratch of 40 bytes a unit from the arena, given back. Cost: O(n log n); BREWER O(n size), MAXIMUM_ENTROPY O(n size) a step.
 * Source   Sunter (1977) Applied Statistics 26; Sampford (1967) Biometrika 54 in the Poisson form of Bondesson, Traat & Lundqvist (2006) Scand. J.
 *          Statistics 33; Chen, Dempster & Liu (1994) Biometrika 81; Brewer (1975) Austral. J. Statistics 17; Deville & Tillé (1998) Biometrika 85
 *          (pivotal); Rosén (1997) J. Statist. Plann. Inference 62 (Pareto); Ohlsson (1998) J. Official Statistics 14 (sequential Poisson);
 *          Madow (1949) (systematic); Tillé (2006) Sampling Algorithms. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_DRAW_H
#define SHIRABE_ESTIMATORS_SELECTION_DRAW_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum draw_method {
  DRAW_ALL,
  DRAW_SRS,
  DRAW_BERNOULLI,
  DRAW_POISSON,
  DRAW_SYSTEMATIC,
  DRAW_PPS_SYSTEMATIC,
  DRAW_SUNTER,
  DRAW_SAMPFORD,
  DRAW_MAXIMUM_ENTROPY,
  DRAW_BREWER,
  DRAW_PIVOTAL,
  DRAW_PARETO,
  DRAW_SEQUENTIAL,
  DRAW_CUBE,
  DRAW_METHODS
};
enum draw_exactness { DRAW_EXACT, DRAW_EXACT_OTHER /* exact, not those aimed at */, DRAW_NEARLY };

struct draw_group {
  int64_t n, size;
  const uint64_t *key;
  const double *u, *pi;
  uint64_t stream; /* key of the group: start of a systematic draw, duels, landing */
  int p;           /* CUBE: balancing variables beside the size, which is always kept */
  const double *const *x;
};
const char *draw_name(enum draw_method m); /* "maximum-entropy" */
bool draw_method_parse(struct str name, enum draw_method *out);
bool draw_needs_size(enum draw_method m);  /* unequal probabilities: a measure of size is needed (the cube takes one or none) */
bool draw_fixed_size(enum draw_method m);
bool draw_in_order(enum draw_method m);    /* the order of the units is part of the design */
enum draw_exactness draw_exactness(enum draw_method m);
enum err_code draw_take(struct arena *a, enum draw_method m, const struct draw_group *g, uint8_t *taken, struct err *e) NODISCARD;
/* Place of each unit in the order of u, from 0. */
enum err_code draw_ranks(struct arena *a, const struct draw_group *g, int64_t *rank, struct err *e) NODISCARD;
/* The inclusion probabilities that the design really has, [n]; equals pi but for SUNTER. */
enum err_code draw_probabilities(struct arena *a, enum draw_method m, int64_t n, const double *pi, double *actual, struct err *e) NODISCARD;
#endif
