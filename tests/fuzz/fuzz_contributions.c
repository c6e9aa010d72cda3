/* Contributions and rules: any text is refused with a reason or judged; what is judged adds up cell by cell, and every owner's amounts lie in the
 *          cells. The
 * first byte chooses the rule. */
#include <stddef.h>
#include <stdint.h>

#include "estimators/sdc/suppress/contributions.h"
#include "estimators/sdc/suppress/rule_read.h"

static const char cells[] = "id,key,value\n0,T|T,170\n1,T|x,90\n2,T|y,80\n3,a|T,90\n4,a|x,50\n5,a|y,40\n6,b|T,80\n7,b|x,40\n8,b|y,40\n";
static const char relations[] = "0,1,2\n3,4,5\n6,7,8\n0,3,6\n1,4,7\n2,5,8\n";
static const struct sdc_rule rules[] = {{.name = "n", .status = "", .min_n = 3},
    {.name = "p", .status = "", .min_n = 3, .p = 15},
    {.name = "nk", .status = "", .dominance_n = 2, .dominance_percent = 90},
    {.name = "raw", .status = "", .min_n = 3, .p = 10, .weights = SDC_WEIGHTS_RAW},
    {.name = "repeat", .status = "", .min_n = 3, .p = 10, .weights = SDC_WEIGHTS_REPEAT},
    {.name = "request", .status = "", .request = true, .request_percent = 50, .safety_range = 10}};
static void judge(struct arena *a, const struct sdc_rule *rule, struct str text, bool pairs) {
  struct cell_table *t;
  struct contributions x;
  struct err e = {.code = E_OK};
  if (cells_parse(a, "cells", str_of(cells), "relations", str_of(relations), &t, &e)) __builtin_trap();
  if (contributions_apply(a, "contributions", text, rule, pairs, t, &x, &e)) return;
  for (int32_t c = 0; c < t->n_cells; c++)
    if ((x.reason[c] != SDC_SAFE) != (t->status[c] == 'u') || t->lpl[c] < 0 || t->upl[c] < 0) __builtin_trap();
  for (int32_t k = 0; k < x.owners.n; k++)
    for (int32_t i = x.owners.part_first[k]; i < x.owners.part_first[k + 1]; i++)
      if (x.owners.part[i].amount < 0 || x.owners.part[i].cell < 0 || x.owners.part[i].cell >= t->n_cells) __builtin_trap();
}
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct sdc_rule rule;
  struct err e = {.code = E_OK};
  if (a && n > 0) {
    const struct str text = str_view((const char *)p + 1, n - 1);
    judge(a, &rules[p[0] % (sizeof rules / sizeof *rules)], text, p[0] & 64);
    if (sdc_rule_read(a, "rule", text, p[0] & 1 ? NULL : "own", &rule, &e) == E_OK && sdc_rule_check(&rule, &e)) __builtin_trap();
  }
  arena_free(a);
  return 0;
}
