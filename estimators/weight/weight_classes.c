#include "estimators/weight/weight_classes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sum.h"

enum { MOST_COMBINATIONS = 1 << 24, NAME_BYTES = 128 };

struct classes {
  int32_t n;
  int n_items;
  const struct survey_column *item[WEIGHT_MOST_NAMES];
  int32_t *code;         /* [n][n_items] */
  int32_t *next, *last;  /* of the run a class begins: where the next run begins, its last class; only of classes that begin one */
  int32_t *before;       /* where the run before begins; -1 */
  double *all, *answered; /* of the run: weights */
  int64_t *respondents;
};

static void class_name(const struct classes *x, int32_t k, char out[NAME_BYTES]) {
  size_t used = 0;
  out[0] = 0;
  for (int j = 0; j < x->n_items; j++) {
    const int32_t code = x->code[(int64_t)k * x->n_items + j];
    const struct str s = code < x->item[j]->n_levels ? x->item[j]->level[code] : STR("-");
    const int n = snprintf(out + used, NAME_BYTES - used, "%s%.*s", j ? ":" : "", (int)(s.n < 40 ? s.n : 40), s.p);
    if (n < 0 || (size_t)n >= NAME_BYTES - used) return;
    used += (size_t)n;
  }
}

static bool too_small(const struct classes *x, int32_t k, const struct weight_step *s) {
  return x->respondents[k] < s->min_respondents || !(x->answered[k] > 0) || x->all[k] > s->max_factor * (1 + 1e-12) * x->answered[k];
}

/* Leading items that two classes share. */
static int shared(const struct classes *x, int32_t a, int32_t b) {
  int k = 0;
  while (k < x->n_items && x->code[(int64_t)a * x->n_items + k] == x->code[(int64_t)b * x->n_items + k]) k++;
  return k;
}

/* The run to join k with: -1 = none is left. */
static int32_t neighbour(const struct classes *x, int32_t k) {
  const int32_t before = x->before[k], after = x->next[k] < x->n ? x->next[k] : -1;
  if (before < 0 || after < 0) return before < 0 ? after : before;
  const int with_before = shared(x, x->last[before], k), with_after = shared(x, x->last[k], after);
  if (with_before != with_after) return with_before > with_after ? before : after;
  return x->respondents[after] < x->respondents[before] ? after : before;
}

static void join(struct classes *x, int32_t a, int32_t b) { /* b follows a */
  x->all[a] += x->all[b], x->answered[a] += x->answered[b], x->respondents[a] += x->respondents[b];
  x->last[a] = x->last[b], x->next[a] = x->next[b];
  if (x->next[a] < x->n) x->before[x->next[a]] = a;
}

static enum err_code list_small(const struct step_context *c, const struct classes *x) {
  char found[ERR_TEXT_BYTES] = "", name[NAME_BYTES];
  size_t used = 0;
  int64_t n = 0;
  for (int32_t k = 0; k < x->n; k = x->next[k]) {
    if (!too_small(x, k, step_of(c)->s)) continue;
    class_name(x, k, name);
    if (n++ < 8 && used + 60 < sizeof found)
      used += (size_t)snprintf(found + used, sizeof found - used, "%s%.40s (%lld)", used ? ", " : "", name, (long long)x->respondents[k]);
  }
  char subject[64];
  snprintf(subject, sizeof subject, "%s: %lld", step_of(c)->s->place, (long long)n);
  return ERR(c->e, E_CLASS_SMALL, .file = c->p->plan->place, .subject = subject, .found = found);
}

static enum err_code join_small(const struct step_context *c, struct classes *x) {
  const struct weight_step *s = step_of(c)->s;
  for (;;) {
    int32_t worst = -1;
    for (int32_t k = 0; k < x->n; k = x->next[k])
      if (too_small(x, k, s) && (worst < 0 || x->respondents[k] < x->respondents[worst])) worst = k;
    if (worst < 0) return E_OK;
    const int32_t with = s->collapse ? neighbour(x, worst) : -1;
    if (with < 0) return list_small(c, x);
    char a[NAME_BYTES], b[NAME_BYTES], text[2 * NAME_BYTES + 32];
    class_name(x, worst, a), class_name(x, with, b);
    snprintf(text, sizeof text, "class %s joined with %s", a, b);
    TRY(weight_note(c, text));
    c->record->n_joined++;
    join(x, worst < with ? worst : with, worst < with ? with : worst);
  }
}

/* --- the classes that occur --- */
struct crossing {
  int64_t stride[WEIGHT_MOST_NAMES], combinations;
};
static inline int64_t key_of(const struct classes *x, const struct crossing *z, int64_t i) {
  int64_t key = 0;
  for (int j = 0; j < x->n_items; j++) key += z->stride[j] * (x->item[j]->code[i] < 0 ? x->item[j]->n_levels : x->item[j]->code[i]);
  return key;
}
static enum err_code cross_items(struct step_context *c, struct classes *x, struct crossing *z, const double *w) {
  const struct weight_names *by = &step_of(c)->s->by;
  x->n_items = by->n, z->combinations = 1;
  for (int j = by->n - 1; j >= 0; j--) {
    TRY(weight_coded_item(c, by->name[j], &x->item[j]));
    TRY(weight_values_known(c, x->item[j], w));
    z->stride[j] = z->combinations;
    z->combinations *= x->item[j]->n_levels + 1;
    if (z->combinations > MOST_COMBINATIONS)
      return ERR(c->e, E_WEIGHT_PLAN_VALUE, .file = c->p->plan->place, .subject = step_of(c)->s->place,
          .expected = "fewer combinations of codes under by");
  }
  return E_OK;
}

static enum err_code new_classes(struct step_context *c, struct classes *x, const struct crossing *z, const int32_t *dense) {
  x->code = ARENA_ARRAY(c->a, int32_t, (int64_t)x->n * x->n_items + 1);
  x->next = ARENA_ARRAY(c->a, int32_t, x->n + 1), x->last = ARENA_ARRAY(c->a, int32_t, x->n + 1), x->before = ARENA_ARRAY(c->a, int32_t, x->n + 1);
  x->all = ARENA_ARRAY(c->a, double, x->n + 1), x->answered = ARENA_ARRAY(c->a, double, x->n + 1);
  x->respondents = ARENA_ARRAY(c->a, int64_t, x->n + 1);
  if (!x->code || !x->next || !x->last || !x->before || !x->all || !x->answered || !x->respondents) return weight_no_memory(c);
  for (int64_t key = 0; key < z->combinations; key++) {
    const int32_t k = dense[key] - 1;
    if (k < 0) continue;
    for (int j = 0; j < x->n_items; j++) x->code[(int64_t)k * x->n_items + j] = (int32_t)(key / z->stride[j] % (x->item[j]->n_levels + 1));
    x->next[k] = k + 1, x->last[k] = k, x->before[k] = k - 1;
  }
  return E_OK;
}

static void count_classes(const struct step_context *c, struct classes *x, const int32_t *cell, const double *w) {
  const struct bound_step *b = step_of(c);
  for (int64_t i = 0; i < c->p->n; i++) {
    if (cell[i] < 0) continue;
    x->all[cell[i]] += w[i];
    if (b->respondent[i]) x->answered[cell[i]] += w[i], x->respondents[cell[i]]++;
  }
}

enum err_code classes_bind(struct step_context *c, const double *w) {
  struct bound_step *b = step_of(c);
  struct classes x = {0};
  struct crossing z;
  int32_t *cell = ARENA_ARRAY(c->a, int32_t, c->p->n + 1);
  if (!cell) return weight_no_memory(c);
  TRY(cross_items(c, &x, &z, w));
  int32_t *dense = ARENA_ARRAY(c->a, int32_t, z.combinations + 1);
  if (!dense) return weight_no_memory(c);
  for (int64_t i = 0; i < c->p->n; i++)
    if (w[i] > 0) dense[key_of(&x, &z, i)] = 1;
  for (int64_t key = 0; key < z.combinations; key++)
    if (dense[key]) dense[key] = ++x.n;
  if (x.n < 1 || x.n > WEIGHT_MOST_CLASSES)
    return ERR(c->e, E_WEIGHT_PLAN_VALUE, .file = c->p->plan->place, .subject = b->s->place, .expected = "1 to 20000 classes with records");
  for (int64_t i = 0; i < c->p->n; i++) cell[i] = w[i] > 0 ? dense[key_of(&x, &z, i)] - 1 : -1;
  TRY(new_classes(c, &x, &z, dense));
  count_classes(c, &x, cell, w);
  TRY(join_small(c, &x));
  int32_t *to = ARENA_ARRAY(c->a, int32_t, x.n + 1);
  if (!to) return weight_no_memory(c);
  for (int32_t k = 0; k < x.n; k = x.next[k], b->n_cells++)
    for (int32_t j = k; j < x.next[k]; j++) to[j] = b->n_cells;
  for (int64_t i = 0; i < c->p->n; i++)
    if (cell[i] >= 0) cell[i] = to[cell[i]];
  b->cell = cell;
  return E_OK;
}
