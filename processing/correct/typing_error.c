#include <math.h>
#include <string.h>

#include "processing/correct/obvious.h"

int typing_distance(int64_t a, int64_t b) { return a == b ? 0 : typing_slips(a, b) & TYPING_DIGITS ? 1 : 2; }

struct candidate {
  int var;
  double value;
  int closes; /* violated equations it closes */
};
struct search {
  struct obvious_record *r;
  unsigned slips;
  struct candidate c[OBVIOUS_MAX_CANDIDATES];
  int n;
  bool meets[OBVIOUS_MAX_CANDIDATES][OBVIOUS_MAX_CANDIDATES]; /* two values in one violated equation */
  uint64_t common, chosen; /* bits of candidates */
  int most;
  int64_t tried;
  bool too_many;
};
static bool violated(const struct obvious_record *r, int i) { return r->s->edits[i].op == LINEAR_EQ && r->known[i] && !r->held[i]; }

static double coefficient(const struct linear_edit *edit, int var) {
  for (int k = 0; k < edit->n; k++)
    if (edit->var[k] == var) return edit->coef[k];
  return 0;
}
static bool in_satisfied(const struct obvious_record *r, int var) {
  for (int i = 0; i < r->s->m; i++)
    if (r->s->edits[i].op == LINEAR_EQ && r->held[i] && coefficient(&r->s->edits[i], var) != 0) return true;
  return false;
}
/* In whole steps of the item; false when a value is no multiple or too long. */
static bool in_steps(const struct obvious_record *r, int var, double v, int64_t *out) {
  const double steps = v * pow(10, r->s->decimals[var] < 0 ? 0 : r->s->decimals[var]);
  if (!(fabs(steps) < 1e15) || fabs(steps - round(steps)) > 1e-6) return false;
  *out = (int64_t)round(steps);
  return true;
}
static void add(struct search *s, int var, double value) {
  for (int k = 0; k < s->n; k++)
    if (s->c[k].var == var && fabs(s->c[k].value - value) < 1e-6) {
      s->c[k].closes++;
      return;
    }
  if (s->n == OBVIOUS_MAX_CANDIDATES) s->too_many = true;
  else s->c[s->n++] = (struct candidate){var, value, 1};
}
static void find_candidates(struct search *s) {
  const struct obvious_record *r = s->r;
  s->n = 0, s->too_many = false;
  for (int i = 0; i < r->s->m; i++) {
    const struct linear_edit *edit = &r->s->edits[i];
    if (!violated(r, i)) continue;
    double tolerance, residual = linear_residual(edit, r->x, &tolerance);
    for (int k = 0; k < edit->n; k++) {
      const int j = edit->var[k];
      int64_t was, is;
      if (obvious_is_fixed(r, j) || r->x[j] == 0 || in_satisfied(r, j)) continue;
      const double v = r->x[j] - residual / edit->coef[k];
      if (!in_steps(r, j, r->x[j], &was) || !in_steps(r, j, v, &is) || !(typing_slips(was, is) & s->slips)) continue;
      add(s, j, (double)is / pow(10, r->s->decimals[j] < 0 ? 0 : r->s->decimals[j]));
    }
  }
}
static void find_meetings(struct search *s) {
  for (int a = 0; a < s->n; a++)
    for (int b = 0; b < s->n; b++) {
      s->meets[a][b] = s->c[a].var == s->c[b].var;
      for (int i = 0; i < s->r->s->m; i++)
        if (violated(s->r, i) && coefficient(&s->r->s->edits[i], s->c[a].var) != 0 && coefficient(&s->r->s->edits[i],
            s->c[b].var) != 0) s->meets[a][b] = true;
    }
}
static void choose(struct search *s, int at, int closed, int open) {
  if (s->tried++ > OBVIOUS_LIMIT || closed + open < s->most) return;
  if (at == s->n) {
    if (closed > s->most) s->most = closed, s->common = s->chosen;
    else if (closed > 0) s->common &= s->chosen;
    return;
  }
  bool free = true;
  for (int k = 0; k < at; k++) free &= !((s->chosen >> k & 1) && s->meets[k][at]);
  const int rest = open - s->c[at].closes;
  if (free) {
    s->chosen |= UINT64_C(1) << at;
    choose(s, at + 1, closed + s->c[at].closes, rest);
    s->chosen &= ~(UINT64_C(1) << at);
  }
  choose(s, at + 1, closed, rest);
}
static enum err_code left(const struct search *s, enum correct_reason why, struct corrections *out, struct obvious_count *count, struct err *e) {
  count->left++;
  return corrections_mark(out, &(struct correct_marker){.row = s->r->row, .var = -1, .edit = -1, .reason = (uint8_t)why}, e);
}
static enum err_code one_record(struct search *s, struct corrections *out, struct obvious_count *count, struct err *e) {
  int open = 0;
  find_candidates(s);
  find_meetings(s);
  s->common = s->chosen = 0, s->most = 0, s->tried = 0;
  for (int k = 0; k < s->n; k++) open += s->c[k].closes;
  if (!s->too_many) choose(s, 0, 0, open);
  if (s->too_many || s->tried > OBVIOUS_LIMIT) return left(s, LEFT_LIMIT, out, count, e);
  if (s->most == 0) return left(s, LEFT_NO_ANSWER, out, count, e);
  if (s->common == 0) return left(s, LEFT_AMBIGUOUS, out, count, e);
  memcpy(s->r->work, s->r->x, (size_t)s->r->s->p * sizeof *s->r->work);
  for (int k = 0; k < s->n; k++)
    if (s->common >> k & 1) s->r->work[s->c[k].var] = s->c[k].value;
  if (!obvious_holds(s->r, s->r->work, true)) return left(s, LEFT_NO_ANSWER, out, count, e);
  count->corrected++;
  return obvious_store(s->r, s->r->work, CORRECT_TYPING, out, e);
}
enum err_code typing_correct(const struct linear_system *s, const struct num_table *t, const uint8_t *const *fixed, unsigned slips,
    struct corrections *out, struct obvious_count *count, struct err *e) {
  int column[LINEAR_MAX_VARIABLES];
  struct obvious_record r;
  struct search *search = ARENA_NEW(out->arena, struct search);
  *count = (struct obvious_count){0};
  if (!search) return ERR(e, E_NO_MEMORY, .subject = "correction");
  search->r = &r;
  search->slips = slips;
  TRY(correct_bind(s->names, s->p, t, column, e));
  TRY(obvious_init(&r, s, t, fixed, column, out->arena, e));
  for (int64_t row = 0; row < t->n; row++) {
    if (obvious_read(&r, row)) TRY(one_record(search, out, count, e));
    else count->clean++;
  }
  return E_OK;
}
