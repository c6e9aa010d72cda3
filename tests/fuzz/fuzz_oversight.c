/* Any bytes as a record of the overseers: each kind refuses them, or what was read gives the same bytes again. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/oversight/contract.h"
#include "secure-store/oversight/inspection.h"
#include "secure-store/oversight/policy.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_product.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct made {
  struct store_policy policy;
  struct inspection_plan plan;
  struct inspection_result result;
  struct contract contract;
  struct contract_end end;
  struct store_product product;
};

static void same(struct str json, const struct strbuf *again) {
  if (again->n != json.n || memcmp(again->p, json.p, json.n) != 0) abort();
}
static void written(struct store *s, struct str json, const struct made *m, int kind) {
  struct strbuf text;
  uint8_t subject[32];
  strbuf_init(&text, 0);
  enum err_code code = kind == 0 ? policy_text(s, &m->policy, &text, subject, NULL)
      : kind == 1                ? inspection_plan_text(s, &m->plan, &text, NULL)
      : kind == 2                ? contract_text(s, &m->contract, &text, subject, NULL)
                                 : store_product_text(s, &m->product, &text, NULL);
  if (code) abort();
  same(json, &text);
  strbuf_release(&text);
}
static int read_any(struct store *s, struct str json, struct made *m) {
  uint8_t subject[32];
  int kinds = 0;
  if (!management_policy_parse(s, json, &m->policy, subject, NULL)) written(s, json, m, 0), kinds++;
  if (!inspection_plan_parse(s, json, &m->plan, NULL)) written(s, json, m, 1), kinds++;
  if (!contract_parse(s, json, &m->contract, subject, NULL)) {
    written(s, json, m, 2), kinds++;
    if (!contract_within(m->contract.datasets, m->contract.datasets)) abort();
  }
  if (!store_product_parse(s, json, &m->product, NULL)) written(s, json, m, 3), kinds++;
  if (!inspection_result_parse(s, json, &m->result, NULL)) kinds++;
  if (!contract_end_parse(s, json, &m->end, NULL)) kinds++;
  return kinds;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct arena *a = arena_new(64 << 20);
  struct store *s = a ? ARENA_NEW(a, struct store) : NULL; /* for its install id only */
  struct made *m = a ? ARENA_NEW(a, struct made) : NULL;
  if (!s || !m) abort();
  if (read_any(s, str_view((const char *)data, n), m) > 1) abort(); /* a text is of one kind */
  arena_free(a);
  return 0;
}
