/* design.h -- stratified design: strata with frame count, number drawn and rule; weights as exact rationals; the checks that no run may skip.
 * Shapes   strata: [H]; units: [n], each with the id of its stratum and its own weight; out: stratum index and weight per unit.
 * Units    weight = frame units that one drawn unit represents; >= 1; equal to M_h / m_h exactly (control C1).
 * Missing  a unit without stratum or weight stops the run; there is no default weight. The error names the unit's place, never its answers.
 * Plan     a take-all stratum that was sampled, or whose weight is not 1, stops the run unless the stratum carries the text of a signed exception;
 *          the text then goes to every table made from the design.
 * Errors   E_NO_STRATUM, E_NO_WEIGHT, E_WEIGHT_NOT_INVERSE, E_TAKE_ALL_SAMPLED, E_DESIGN_BAD, E_STRATUM_TWICE; E_LONELY_PSU from design_check_lonely.
 * Memory   from the arena given; input is borrowed for the texts. Cost: O(n log H).
 * Source   Särndal, Swensson & Wretman (1992) ch. 3; the controls answer 毎月勤労統計調査等に関する特別監察委員会 報告書 (2019-01-22, 2019-02-27). */
#ifndef SHIRABE_ESTIMATORS_DESIGN_H
#define SHIRABE_ESTIMATORS_DESIGN_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum stratum_rule { STRATUM_TAKE_ALL, STRATUM_SAMPLE };

struct stratum {
  struct str id;
  enum stratum_rule rule;
  int64_t frame_units;            /* M_h */
  int64_t drawn_units;            /* m_h as drawn */
  int64_t weight_num, weight_den; /* as entered in the stratum table */
  const char *exception;          /* text of a signed exception from the plan; NULL = none */
};

struct design_unit {
  struct str stratum;             /* "" = none */
  int64_t weight_num, weight_den; /* 0/0 = none */
  const char *place;              /* "register row 41": for errors */
};

/* What estimators use. All arrays are borrowed; a design may also be made by hand (weights from calibration, no fpc). */
struct design {
  int64_t n_units;
  int32_t n_strata;
  const int32_t *stratum;     /* [n_units], 0..n_strata-1 */
  const double *weight;       /* [n_units] */
  const double *frame_units;  /* [n_strata]; NULL = no finite population correction */
  const struct stratum *info; /* [n_strata]; NULL when made by hand */
  const int64_t *sample_units; /* [n_strata] units present */
};

struct design_exception {
  struct str stratum;
  const char *text;
};
struct design_report {
  int64_t n_take_all, n_sampled, n_exceptions;
  struct design_exception *exceptions; /* [n_exceptions], to be printed on every table */
};

/* Checks every stratum, then every unit; the first failure stops. */
enum err_code design_build(struct arena *a, const struct stratum *strata, int32_t n_strata, const struct design_unit *units, int64_t n_units,
    struct design *out, struct design_report *report, struct err *e) NODISCARD;
/* One stratum alone: counts possible, weight = M/m (C1), take-all kept. */
enum err_code stratum_check(const struct stratum *s, struct err *e) NODISCARD;
/* A design by hand: counts the units of each stratum; stratum indices and weights are checked. */
enum err_code design_view(struct arena *a, int64_t n_units, int32_t n_strata, const int32_t *stratum, const double *weight,
    const double *frame_units, struct design *out, struct err *e) NODISCARD;
/* Strata with one unit that do not cover their frame: stop and list them. */
enum err_code design_check_lonely(const struct design *d, struct err *e) NODISCARD;
/* Sampling fraction n_h / N_h of the units present; 0 without fpc. */
double design_fraction(const struct design *d, int32_t stratum);
/* -1 when absent; `sorted` as returned by design_sort_strata. */
int32_t design_find_stratum(const struct stratum *strata, const int32_t *sorted, int32_t n_strata, struct str id);
/* Indices of the strata in binary order of their ids; E_STRATUM_TWICE. */
enum err_code design_sort_strata(struct arena *a, const struct stratum *strata, int32_t n_strata, int32_t **sorted, struct err *e) NODISCARD;

/* Control C4 and the weights report: Σw per stratum against the frame. */
struct weight_check {
  int32_t stratum;
  int64_t frame_units, drawn_units, sample_units;
  double weight, weight_sum; /* Σw over units present */
  double response;           /* sample / drawn */
  double coverage;           /* Σw / (M_h * response): 1 when weights restore the frame */
  bool alarm;                /* coverage outside 1 +- tolerance, or a take-all stratum with fewer units than its frame */
};
enum err_code design_weight_checks(struct arena *a, const struct design *d, double tolerance, struct weight_check **out, struct err *e) NODISCARD;
#endif
