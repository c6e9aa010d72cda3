/* Operations: what probably happened to a value, undone before the search; and the order of answers with operations. */
#include <math.h>

#include "base/rng.h"
#include "processing/localise/mixed_impl.h"

bool mixed_apply(struct mixed *m, const struct operation *o, int at) {
  if (m->missing[o->a] || ((o->kind == OPERATION_SWAP || o->kind == OPERATION_MOVE) && (m->missing[o->b] || o->a == o->b))) return false;
  const double a = m->x[o->a];
  const int d = m->rules->numeric.decimals ? m->rules->numeric.decimals[o->a] : -1;
  double unit = 1;
  switch (o->kind) {
    case OPERATION_SWAP:
      m->x[o->a] = m->x[o->b];
      m->x[o->b] = a;
      return true;
    case OPERATION_DIVIDE:
      for (int k = 0; k < d; k++) unit *= 10;
      m->x[o->a] = d < 0 ? a / o->factor : round(a / o->factor * unit) / unit;
      return true;
    case OPERATION_SIGN: m->x[o->a] = -a; return true;
    case OPERATION_MOVE: m->move[m->n_moves++] = (struct mixed_sum){.a = o->a, .b = o->b, .at = at, .sum = a + m->x[o->b]}; return true;
  }
  return false;
}
uint64_t mixed_answer_hash(const struct mixed *m, const struct mixed_record *r, int k, int l, const struct mixed_answer *a) {
  uint64_t names[4] = {k < 0 ? 0 : (uint64_t)k + 1, l < 0 ? 0 : (uint64_t)l + 1, 0, 0};
  for (int t = 0; t < 2; t++) { /* operations by their names, not their numbers */
    const int at = t ? l : k;
    if (at < 0) continue;
    const struct operation *o = &m->spec->operations[at];
    names[t] = m->key[o->a] * 3 + (o->kind == OPERATION_SWAP || o->kind == OPERATION_MOVE ? m->key[o->b] : 0) * 5 + (uint64_t)o->kind +
               (o->kind == OPERATION_DIVIDE ? (uint64_t)llround(o->factor * 1000) : 0) * 7;
  }
  names[0] += names[1];
  names[1] = 0;
  for (int t = 0; t < a->n_set; t++) names[2] ^= m->key[a->set[t]];
  for (int t = 0; t < a->n_paid; t++) names[3] ^= m->key[m->soft_item[a->paid[t]]];
  return siphash24((const uint8_t[16]){2}, names, sizeof names) ^ num_unit_hash(m->spec->seed, r->unit);
}
