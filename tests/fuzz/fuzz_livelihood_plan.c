/* Fuzz target: any text as a plan of the survey of living conditions. What is accepted has made every choice within its limits; what is not names an
 * entry or the place in the text. */
#include <stdlib.h>

#include "estimators/livelihood/livelihood_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct livelihood_plan p;
  struct err e = {0};
  const enum err_code code = livelihood_plan_parse("plan.json", (const char *)data, size, &p, &e);
  if (code) {
    if (e.code != code || (code == E_LIVELIHOOD_PLAN && (!e.subject[0] || !e.expected[0]))) abort();
    return 0;
  }
  if (p.year < 1986 || p.bootstrap < LIVELIHOOD_LEAST_BOOTSTRAP || p.bootstrap > LIVELIHOOD_MOST_BOOTSTRAP || !(p.suppress_cv > 0)) abort();
  if (p.weights > WEIGHTS_COLUMN || p.basis > BASIS_2018 || p.rate_base > RATE_BASE_AT_HOME || p.lonely > LONELY_AVERAGE) abort();
  if (p.weights != WEIGHTS_RECOMMENDED && p.raking) abort();
  if (p.collapse && p.lonely != LONELY_STOP) abort();
  if (!(p.price >= 0)) abort();
  if (!livelihood_weights_name(p.weights)[0] || !livelihood_weights_label(p.weights).en[0]) abort();
  return 0;
}
