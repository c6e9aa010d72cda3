/* Publication rules: any JSON is read or refused with its key; a rule that was read decides about every figure. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/ext_json.h"
#include "estimators/table/publication_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void apply(struct arena *a, const struct publication_rule *r) {
  static const double values[] = {0, 1, -1, 1e300}, errors[] = {0, 0.2, 1, 1e300};
  struct result_table *t;
  struct publication_report report;
  if (result_table_new(a, "t", 16, 0, 1, &t, NULL)) return;
  t->measures[0].name = "x";
  for (int i = 0; i < 16; i++) {
    t->n[i] = i;
    t->measures[0].value[i] = values[i % 4];
    t->measures[0].se[i] = errors[i / 4];
    t->measures[0].has_se[i] = i % 3 != 0;
    t->measures[0].df[i] = i - 2;
  }
  if (publication_rule_apply(r, t, &report, NULL)) return;
  for (int i = 0; i < 16; i++)
    if (t->measures[0].status[i] != RESULT_SHOWN && (t->measures[0].value[i] != 0 || t->measures[0].has_se[i])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 22);
  struct json_document *d;
  struct publication_rule r;
  struct err e = {0};
  if (a && json_parse("fuzz", (const char *)p, n, &d, &e) == E_OK) {
    if (publication_rule_parse(a, "fuzz", json_root(d), json_root(d), &r, &e) == E_OK) apply(a, &r);
    json_release(d);
  }
  arena_free(a);
  return 0;
}
