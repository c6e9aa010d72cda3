/* sample_plan_impl.h -- what the files that read a sampling plan share: checked members of JSON objects.
 * Errors   E_SAMPLING_KEY, E_SAMPLING_VALUE, E_SAMPLING_MISSING. fallback below `least` of sampling_whole = the key is needed. Source: none, plain
 *          reading. */
#ifndef SHIRABE_ESTIMATORS_SELECTION_SAMPLE_PLAN_IMPL_H
#define SHIRABE_ESTIMATORS_SELECTION_SAMPLE_PLAN_IMPL_H
#include "estimators/selection/sample_plan.h"

#define SAMPLING_LARGEST INT64_C(1000000000000)
enum err_code sampling_keys(const char *place, const struct json_value *v, const char *const *keys, const char *listed, struct err *e) NODISCARD;
enum err_code sampling_value(const char *place, const char *key, const char *expected, struct err *e) NODISCARD;
enum err_code sampling_text(const char *place, const struct json_value *v, const char *key, bool needed, const char **out, struct err *e) NODISCARD;
enum err_code sampling_whole(
    const char *place, const struct json_value *v, const char *key, int64_t fallback, int64_t least, int64_t *out, struct err *e) NODISCARD;
enum err_code sampling_real(
    const char *place, const struct json_value *v, const char *key, double fallback, double low, double high, double *out, struct err *e) NODISCARD;
enum err_code sampling_sizes(struct arena *a, const char *place, const struct json_value *stage, bool first, struct sampling_stage *out,
    struct err *e) NODISCARD;
#endif
