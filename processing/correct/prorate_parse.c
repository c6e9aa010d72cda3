/* The text of prorating rules, read once from left to right, and their order from the grand total down. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/correct/prorate.h"

struct reader {
  struct arena *a;
  const char *p, *end, *rule_start;
  struct prorate_plan *plan;
  struct prorate_part *part; /* [PRORATE_MAX_PARTS] of the rule being read */
  int n_parts;
  struct err *e;
};
static enum err_code fail(const struct reader *r, const char *expected) {
  char number[16];
  snprintf(number, sizeof number, "%d", r->plan->n + 1);
  return ERR(r->e, E_PRORATE_SYNTAX, .file = "edits", .line = r->plan->n + 1, .column = r->p - r->rule_start + 1, .subject = number,
      .expected = expected);
}
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "prorating rules"); }
static void skip_space(struct reader *r) {
  while (r->p < r->end && *r->p && strchr(" \t\r\n", *r->p)) r->p++;
}
static bool take(struct reader *r, char c) {
  skip_space(r);
  if (r->p == r->end || *r->p != c) return false;
  r->p++;
  return true;
}
static bool name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

static enum err_code variable(struct reader *r, int *out) {
  struct prorate_plan *plan = r->plan;
  skip_space(r);
  if (r->p == r->end || !name_start(*r->p)) return fail(r, "the name of an item");
  const char *start = r->p;
  while (r->p < r->end && (name_start(*r->p) || digit(*r->p))) r->p++;
  const struct str name = str_view(start, (size_t)(r->p - start));
  for (*out = 0; *out < plan->p; (*out)++)
    if (str_eq(str_of(plan->names[*out]), name)) return E_OK;
  if (plan->p == PRORATE_MAX_VARIABLES) return fail(r, "at most 1,024 items");
  if (!utf8_valid(name.p, name.n, NULL)) return fail(r, "a name in UTF-8");
  plan->names[plan->p++] = arena_strdup(r->a, name.p, name.n);
  return plan->names[*out] ? E_OK : no_memory(r->e);
}
static enum err_code weight(struct reader *r, double *out) {
  char buffer[32];
  size_t n = 0;
  *out = 1;
  skip_space(r);
  while (r->p < r->end && n < sizeof buffer - 1 && (digit(*r->p) || *r->p == '.')) buffer[n++] = *r->p++;
  buffer[n] = 0;
  if (n == 0) return E_OK;
  char *stop;
  *out = strtod(buffer, &stop);
  if (*stop || !(*out > 0) || !isfinite(*out)) return fail(r, "a weight above 0");
  (void)take(r, '*');
  return E_OK;
}
static enum err_code modifier(struct reader *r, enum prorate_modifier *out) {
  static const char LETTERS[] = "ANIO";
  *out = r->plan->set.modifier;
  if (!take(r, ':')) return E_OK;
  skip_space(r);
  const char c = r->p < r->end ? (char)(*r->p & ~0x20) : 0;
  const char *found = c ? strchr(LETTERS, c) : NULL;
  if (!found || (r->p + 1 < r->end && (name_start(r->p[1]) || digit(r->p[1])))) return fail(r, "A, N, I or O after :");
  r->p++;
  *out = (enum prorate_modifier)(found - LETTERS);
  return E_OK;
}
static enum err_code rule(struct reader *r) {
  struct prorate_balance *b = &r->plan->balance[r->plan->n];
  r->n_parts = 0;
  do {
    if (r->n_parts == PRORATE_MAX_PARTS) return fail(r, "at most 256 parts");
    struct prorate_part *part = &r->part[r->n_parts++];
    TRY(weight(r, &part->weight));
    TRY(variable(r, &part->var));
    TRY(modifier(r, &part->modifier));
    r->plan->needs_flags |= part->modifier == PRORATE_IMPUTED || part->modifier == PRORATE_ORIGINAL;
  } while (take(r, '+'));
  if (!take(r, '=')) return fail(r, "+ or = (only equations of items can be prorated)");
  TRY(variable(r, &b->total));
  skip_space(r);
  if (r->p < r->end && *r->p != ';') return fail(r, "; after the one total");
  struct prorate_part *parts = ARENA_ARRAY(r->a, struct prorate_part, r->n_parts);
  if (!parts) return no_memory(r->e);
  memcpy(parts, r->part, (size_t)r->n_parts * sizeof *parts);
  b->part = parts;
  b->n = r->n_parts;
  b->rule = r->plan->n++;
  return E_OK;
}
static enum err_code bad_structure(const struct prorate_plan *plan, int var, const char *expected, struct err *e) {
  return ERR(e, E_PRORATE_STRUCTURE, .subject = var < 0 ? "" : plan->names[var], .expected = expected);
}
/* as_part[v], as_total[v]: the rule that has the item so, -1 = none. */
static enum err_code uses(const struct prorate_plan *plan, int *as_part, int *as_total, struct err *e) {
  for (int v = 0; v < plan->p; v++) as_part[v] = as_total[v] = -1;
  for (int i = 0; i < plan->n; i++) {
    const struct prorate_balance *b = &plan->balance[i];
    if (as_total[b->total] >= 0) return bad_structure(plan, b->total, "a total is decomposed once", e);
    as_total[b->total] = i;
    for (int k = 0; k < b->n; k++) {
      if (as_part[b->part[k].var] >= 0) return bad_structure(plan, b->part[k].var, "an item is a part once", e);
      as_part[b->part[k].var] = i;
    }
  }
  return E_OK;
}
/* Breadth first from the grand total; a rule that is not reached stands in a circle. */
static enum err_code order(struct arena *a, struct prorate_plan *plan, struct err *e) {
  int *as_part = ARENA_ARRAY(a, int, plan->p), *as_total = ARENA_ARRAY(a, int, plan->p), top = -1, done = 0;
  struct prorate_balance *sorted = ARENA_ARRAY(a, struct prorate_balance, plan->n);
  if (!as_part || !as_total || !sorted) return no_memory(e);
  TRY(uses(plan, as_part, as_total, e));
  for (int i = 0; i < plan->n; i++) {
    const int total = plan->balance[i].total;
    if (as_part[total] >= 0) continue;
    if (top >= 0) return bad_structure(plan, total, "exactly one total that is no part", e);
    top = i;
  }
  if (top < 0) return bad_structure(plan, plan->n ? plan->balance[0].total : -1, "exactly one total that is no part", e);
  sorted[done++] = plan->balance[top];
  for (int i = 0; i < done; i++)
    for (int k = 0; k < sorted[i].n; k++) {
      const int below = as_total[sorted[i].part[k].var];
      if (below >= 0) sorted[done++] = plan->balance[below];
    }
  for (int i = 0; done < plan->n && i < plan->n; i++) {
    bool reached = false;
    for (int k = 0; k < done; k++) reached |= sorted[k].rule == plan->balance[i].rule;
    if (!reached) return bad_structure(plan, plan->balance[i].total, "no circle of totals", e);
  }
  plan->balance = sorted;
  return E_OK;
}
static enum err_code check(const struct prorate_settings *s, struct err *e) {
  if (s->decimals < 0 || s->decimals > PRORATE_MAX_DECIMALS) return ERR(e, E_CORRECT_PARAMETER, .subject = "decimals", .expected = "0 to 9");
  if (s->modifier == PRORATE_AS_PLAN) return ERR(e, E_CORRECT_PARAMETER, .subject = "modifier", .expected = "always, never, imputed or original");
  if (!(s->lower <= s->upper)) return ERR(e, E_CORRECT_PARAMETER, .subject = "bounds", .expected = "lower <= upper");
  if (s->lower < 0 && (s->method == PRORATE_SCALING || !s->accept_negative))
    return ERR(e, E_CORRECT_PARAMETER, .subject = "lower_bound", .expected = "0 or more, unless basic with negatives accepted");
  return E_OK;
}
enum err_code prorate_parse(struct arena *a, struct str text, const struct prorate_settings *set, struct prorate_plan *out, struct err *e) {
  struct reader r = {.a = a, .p = text.p, .end = text.p + text.n, .rule_start = text.p, .plan = out, .e = e};
  *out = (struct prorate_plan){.set = *set};
  TRY(check(set, e));
  out->names = ARENA_ARRAY(a, const char *, PRORATE_MAX_VARIABLES);
  out->balance = ARENA_ARRAY(a, struct prorate_balance, PRORATE_MAX_BALANCES);
  r.part = ARENA_ARRAY(a, struct prorate_part, PRORATE_MAX_PARTS);
  if (!out->names || !out->balance || !r.part) return no_memory(e);
  for (;;) {
    while (take(&r, ';')) continue;
    if (r.p == r.end) break;
    if (out->n == PRORATE_MAX_BALANCES) return fail(&r, "at most 256 rules");
    r.rule_start = r.p;
    TRY(rule(&r));
  }
  return order(a, out, e);
}
