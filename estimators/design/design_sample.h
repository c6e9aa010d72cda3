/* design_sample.h -- a stratified design of design.h as the one-stage sample design that every estimator takes.
 * Shapes   as design.h: n units, H strata; population of a stratum = its frame units, none without frame_units. n_h = all units of the stratum.
 * Lonely   strata with one unit that do not cover their frame stop the run and are listed by name.
 * Errors   E_LONELY_PSU, those of sample_design.h. Memory 8 bytes a unit, and sample_design.h's. Cost O(n).
 * Source   Särndal, Swensson & Wretman (1992) ch. 3. */
#ifndef SHIRABE_ESTIMATORS_DESIGN_DESIGN_SAMPLE_H
#define SHIRABE_ESTIMATORS_DESIGN_DESIGN_SAMPLE_H
#include "estimators/design/design.h"
#include "estimators/design/sample_design.h"

enum err_code design_sample(struct arena *a, const struct design *d, struct sample_design *out, struct err *e) NODISCARD;
#endif
