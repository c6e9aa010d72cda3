#include <math.h>
#include <string.h>

#include "processing/correct/obvious.h"

struct search {
  struct obvious_record *r;
  const struct sign_plan *plan;
  int useful[OBVIOUS_MAX_ACTIONS], n_useful; /* actions that would change the record */
  int chosen[OBVIOUS_MAX_ACTIONS], best[OBVIOUS_MAX_ACTIONS], n_best;
  double best_weight;
  int64_t tried;
};
static void act(const struct sign_action *a, double *y) {
  if (a->b < 0) {
    y[a->a] = -y[a->a];
    return;
  }
  const double keep = y[a->a];
  y[a->a] = y[a->b];
  y[a->b] = keep;
}
static bool touches(const struct sign_action *a, const struct sign_action *b) { return a->a == b->a || (b->b >= 0 && a->a == b->b) || (a->b >= 0
    && (a->b == b->a || a->b == b->b)); }

static void find_useful(struct search *s) {
  s->n_useful = 0;
  for (int i = 0; i < s->plan->n; i++) {
    const struct sign_action *a = &s->plan->actions[i];
    if (obvious_is_fixed(s->r, a->a) || (a->b >= 0 && obvious_is_fixed(s->r, a->b))) continue;
    if (a->b < 0 ? s->r->x[a->a] == 0 : s->r->x[a->a] == s->r->x[a->b]) continue;
    s->useful[s->n_useful++] = i;
  }
}
static void judge(struct search *s, int size, double weight) {
  s->tried++;
  memcpy(s->r->work, s->r->x, (size_t)s->r->s->p * sizeof *s->r->work);
  for (int k = 0; k < size; k++) act(&s->plan->actions[s->chosen[k]], s->r->work);
  if (!obvious_holds(s->r, s->r->work, false)) return;
  if (s->n_best && weight >= s->best_weight) return;
  memcpy(s->best, s->chosen, (size_t)size * sizeof *s->best);
  s->n_best = size;
  s->best_weight = weight;
}
/* All sets of `size` actions in the order declared. */
static void sets(struct search *s, int from, int depth, int size, double weight) {
  if (depth == size) {
    judge(s, size, weight);
    return;
  }
  for (int u = from; u < s->n_useful && s->tried < OBVIOUS_LIMIT; u++) {
    const struct sign_action *a = &s->plan->actions[s->useful[u]];
    bool free = true;
    for (int k = 0; k < depth; k++) free &= !touches(a, &s->plan->actions[s->chosen[k]]);
    if (!free) continue;
    s->chosen[depth] = s->useful[u];
    sets(s, u + 1, depth + 1, size, weight + a->weight);
  }
}
static enum err_code check(const struct linear_system *s, const struct sign_plan *plan, struct err *e) {
  if (plan->n < 1 || plan->n > OBVIOUS_MAX_ACTIONS) return ERR(e, E_CORRECT_PARAMETER, .subject = "actions", .expected = "1 to 64 actions");
  if (plan->most < 1 || plan->most > plan->n) return ERR(e, E_CORRECT_PARAMETER, .subject = "most", .expected = "1 to the number of actions");
  for (int i = 0; i < plan->n; i++) {
    const struct sign_action *a = &plan->actions[i];
    if (a->a < 0 || a->a >= s->p || a->b >= s->p || a->a == a->b || !(a->weight > 0)) return ERR(e, E_CORRECT_PARAMETER, .subject = "actions",
        .expected = "items of the rules, weights above 0");
  }
  return E_OK;
}
static enum err_code one_record(struct search *s, struct corrections *out, struct obvious_count *count, struct err *e) {
  find_useful(s);
  s->n_best = 0, s->tried = 0, s->best_weight = 0;
  for (int size = 1; size <= s->plan->most && s->n_best == 0 && s->tried < OBVIOUS_LIMIT; size++) sets(s, 0, 0, size, 0);
  if (s->n_best == 0) {
    count->left++;
    const enum correct_reason why = s->tried >= OBVIOUS_LIMIT ? LEFT_LIMIT : LEFT_NO_ANSWER;
    return corrections_mark(out, &(struct correct_marker){.row = s->r->row, .var = -1, .edit = -1, .reason = (uint8_t)why}, e);
  }
  count->corrected++;
  for (int k = 0; k < s->n_best; k++) {
    const struct sign_action *a = &s->plan->actions[s->best[k]];
    const double *x = s->r->x;
    const enum correct_rule rule = a->b < 0 ? CORRECT_SIGN : CORRECT_SWAP;
    TRY(corrections_add(out, &(struct correction){.row = s->r->row, .var = a->a, .edit = -1, .before = x[a->a],
        .value = a->b < 0 ? -x[a->a] : x[a->b], .rule = (uint8_t)rule}, e));
    if (a->b >= 0) TRY(corrections_add(out, &(struct correction){.row = s->r->row, .var = a->b, .edit = -1, .before = x[a->b], .value = x[a->a],
        .rule = (uint8_t)rule}, e));
  }
  return E_OK;
}
enum err_code sign_swap_correct(const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed, const struct sign_plan *plan,
    struct corrections *out, struct obvious_count *count, struct err *e) {
  int column[LINEAR_MAX_VARIABLES];
  struct obvious_record r;
  struct search search = {.r = &r, .plan = plan};
  *count = (struct obvious_count){0};
  TRY(check(s, plan, e));
  TRY(correct_bind(s->names, s->p, t, column, e));
  TRY(obvious_init(&r, s, t, fixed, column, out->arena, e));
  for (int64_t row = 0; row < t->n; row++) {
    if (obvious_read(&r, row)) TRY(one_record(&search, out, count, e));
    else count->clean++;
  }
  return E_OK;
}
