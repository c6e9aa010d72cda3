/* Sampling plans: any text is refused with a reason or read, and a plan that was read is carried out on a small frame without trouble. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "estimators/selection/sample_draw.h"

static const char frame[] =
    "id,district,urban,size,x\n1,a,0,3,1.5\n2,a,1,4,2\n3,b,0,1,2.5\n4,b,1,90,3\n5,c,0,2,3.5\n6,c,1,2,4\n7,a,0,8,1\n8,b,1,5,2\n";

static void carry_out(struct arena *a, const struct sample_plan *plan) {
  struct csv_table t;
  struct err e;
  struct job job = {.arena = a, .n_threads = 1};
  if (csv_table_parse(a, "frame", frame, sizeof frame - 1, &t, &e)) return;
  const struct sample_frame f = {"frame", &t};
  struct sample s;
  struct sample_strata strata;
  if (sample_draw(&job, a, &f, plan, 7, &s, &e) == E_OK)
    for (int64_t i = 0; i < s.n; i++)
      if (!(s.weight[i] > 0) || !(s.probability[i] > 0)) __builtin_trap();
  if (sample_strata(a, &f, plan, &strata, &e) == E_OK)
    for (int64_t h = 0; h < strata.n; h++)
      if (strata.sample[h] < 0 || strata.sample[h] > strata.units[h]) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct json_document *d = NULL;
  struct sample_plan plan;
  struct err e = {0};
  if (a && json_parse("plan", (const char *)p, n, &d, &e) == E_OK && sample_plan_parse(a, "plan", json_root(d), &plan, &e) == E_OK)
    carry_out(a, &plan);
  json_release(d);
  arena_free(a);
  return 0;
}
