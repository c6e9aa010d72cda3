/* The search is repeated for the answer's operations; what it had to hit is collected with its refutations and thinned: an argument is dropped when
 * the others still exclude everything cheaper, the latest first. */
#include "processing/localise/mixed_proof.h"

#include <string.h>

#include "processing/localise/mixed_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "localisation proof"); }

/* Do the hits but `without` exclude everything that costs less? The search is over: its hits are loaded anew. */
static bool enough(struct mixed *m, int n, const bool *dropped, int without, int64_t cost) {
  struct hitting *h = &m->hit;
  h->n_hits = 0;
  h->nodes = 0;
  h->limit = cost - 1;
  for (int k = 0; k < n; k++)
    if (k != without && !dropped[k] && !hitting_add(h, m->hit_support + (size_t)k * (size_t)m->words)) return false;
  return hitting_search(h) && h->n_kept == 0;
}
static bool describe(struct arena *a, const struct mixed *m, const uint64_t *support, const struct mixed_argument *made, struct mixed_argument *out) {
  int *item = ARENA_ARRAY(a, int, m->n_items + 1), *soft = ARENA_ARRAY(a, int, m->rules->n_rules + 1),
      *rule = ARENA_ARRAY(a, int, m->rules->n_rules + 1);
  uint64_t *used = ARENA_ARRAY(a, uint64_t, m->rule_words);
  *out = (struct mixed_argument){.item = item, .soft = soft, .rule = rule, .n_nodes = made->n_nodes, .node = made->node};
  if (!item || !soft || !rule || !used) return false;
  for (int k = 0; k < made->n_nodes; k++)
    if (made->node[k].kind == PROOF_SPLIT) bit_add(used, made->node[k].rule);
  for (int j = 0; j < m->p + m->q; j++)
    if (bit_has(support, j)) item[out->n_items++] = j;
  for (int i = 0; i < m->rules->n_rules; i++) {
    if (m->soft_item[i] >= 0 && bit_has(support, m->soft_item[i])) soft[out->n_soft++] = i;
    if (bit_has(used, i)) rule[out->n_rules++] = i;
  }
  return true;
}
static enum err_code thin(struct arena *a, struct mixed *m, int64_t cost, struct mixed_proof *out, struct err *e) {
  const int n = m->hit.n_hits;
  bool *dropped = ARENA_ARRAY(a, bool, n + 1);
  struct mixed_argument *kept = ARENA_ARRAY(a, struct mixed_argument, n + 1);
  if (!dropped || !kept) return no_memory(e);
  for (int k = 0; k < n; k++) dropped[k] = !m->hit_argument[k];
  if (!enough(m, n, dropped, -1, cost)) return ERR(e, E_LOCALISE_NO_PROOF, .found = "too many branches");
  for (int k = n - 1; k >= 0; k--) dropped[k] = dropped[k] || enough(m, n, dropped, k, cost);
  for (int k = 0; k < n; k++) {
    if (dropped[k]) continue;
    if (!describe(a, m, m->hit_support + (size_t)k * (size_t)m->words, m->hit_argument[k], &kept[out->n_arguments++])) return no_memory(e);
  }
  out->argument = kept;
  return E_OK;
}
enum err_code mixed_prove(struct arena *a, const struct mixed_spec *spec, const struct mixed_record *r, struct mixed_proof *out, struct err *e) {
  struct mixed *m = ARENA_NEW(a, struct mixed);
  struct mixed_answer again = {.x = ARENA_ARRAY(a, double, spec->rules->numeric.p + 1), .code = ARENA_ARRAY(a, int, spec->rules->n_categories + 1)};
  int64_t cost = 0;
  bool usable;
  *out = (struct mixed_proof){0};
  TRY(localise_mixed(a, spec, r, &out->answer, e));
  if (out->answer.status == LOCALISE_PASSED) return E_OK;
  if (out->answer.status != LOCALISE_SOLVED && out->answer.status != LOCALISE_NO_SOLUTION)
    return ERR(e, E_LOCALISE_NO_PROOF, .found = localise_status_name(out->answer.status));
  if (!m || !again.x || !again.code || !mixed_init(m, a, spec)) return no_memory(e);
  m->proof_arena = a;
  m->hit_argument = ARENA_ARRAY(a, struct mixed_argument *, MIXED_MAX_HITS);
  m->hit_support = ARENA_ARRAY(a, uint64_t, (int64_t)MIXED_MAX_HITS * m->words);
  if (!m->hit_argument || !m->hit_support) return no_memory(e);
  const int n = out->answer.n_operations;
  const int first = n ? out->answer.operations[0] : -1, second = n > 1 ? out->answer.operations[1] : -1;
  TRY(mixed_search(m, r, first, second, LOCALISE_NEVER - 1, &cost, &usable, &again, e));
  if (!usable || again.status != out->answer.status) return ERR(e, E_LOCALISE_NO_PROOF, .found = "search limit");
  return thin(a, m, again.status == LOCALISE_SOLVED ? m->hit.best : LOCALISE_NEVER, out, e);
}
