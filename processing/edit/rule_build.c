/* Truths as clauses: each node gives a conjunction of clauses of atoms, or is refused with the reason. */
#include "processing/edit/rule_build.h"

#include <math.h>
#include <string.h>

#include "processing/edit/rule_build_impl.h"

static const struct {
  const char *en, *ja;
} TEXTS[] = {
    [RULE_USED] = {"used", "使用"},
    [RULE_INFORMATION] = {"for information only", "参考の検査"},
    [RULE_NO_SUM] = {"uses something that is no sum of items", "項目の和でない計算を含む"},
    [RULE_PRODUCT] = {"multiplies items with each other", "項目どうしの積を含む"},
    [RULE_RATIO] = {"uses a ratio that cannot be rewritten", "書き換えられない比を含む"},
    [RULE_PRESENCE] = {"asks whether an answer is there", "回答の有無を問う"},
    [RULE_TEXT] = {"uses a text or a code without a list", "符号表のない符号・文字を含む"},
    [RULE_LONG_LIST] = {"uses a code list that is too long or not closed", "長すぎる、または閉じていない符号表を使う"},
    [RULE_NUMBERS] = {"has numbers of too many digits", "桁数が多すぎる数を含む"},
    [RULE_TOO_LONG] = {"has too many alternatives", "場合分けが多すぎる"},
    [RULE_GROUP] = {"speaks of other records of its group", "同じグループの他の記録に関わる"},
    [RULE_NO_WEIGHT] = {"is soft and has no weight", "重みのない注意検査"},
    [RULE_CANCELS] = {"has an item that cancels out", "打ち消し合って消える項目がある"},
    [RULE_AGGREGATE] = {"mixes items of the record into sums over its members", "下位記録の集計に当該記録の項目が混じる"},
};
const char *rule_refusal_text(enum rule_refusal r, bool japanese) { return japanese ? TEXTS[r].ja : TEXTS[r].en; }

static bool no_memory(struct builder *b) {
  b->no_memory = true;
  return false;
}
static bool truth(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out);

/* --- conjunctions of clauses --- */
bool cnf_init(struct builder *b, struct cnf *c) {
  *c = (struct cnf){0, arena_alloc(b->scratch, CNF_MAX_CLAUSES * sizeof *c->clause, _Alignof(struct clause))};
  return c->clause || no_memory(b);
}
bool cnf_constant(struct builder *b, bool value, struct cnf *out) {
  if (!cnf_init(b, out)) return false;
  out->n = value ? 0 : 1;
  out->clause[0].n = out->clause[0].n_if = 0;
  return true;
}
bool cnf_one(struct builder *b, const struct part *parts, int n, struct cnf *out) {
  if (!cnf_init(b, out)) return false;
  out->n = 1;
  out->clause[0].n = n;
  out->clause[0].n_if = 0;
  memcpy(out->clause[0].part, parts, (size_t)n * sizeof *parts);
  return true;
}
static bool cnf_and(struct builder *b, struct cnf *into, const struct cnf *c) {
  if (into->n + c->n > CNF_MAX_CLAUSES) return refuse(b, RULE_TOO_LONG);
  memcpy(into->clause + into->n, c->clause, (size_t)c->n * sizeof *c->clause);
  into->n += c->n;
  return true;
}
static bool cnf_or(struct builder *b, const struct cnf *p, const struct cnf *q, bool implication, struct cnf *out) {
  if (!cnf_init(b, out)) return false;
  if (p->n * q->n > CNF_MAX_CLAUSES) return refuse(b, RULE_TOO_LONG);
  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < q->n; k++) {
      struct clause *c = &out->clause[out->n++];
      const struct clause *u = &p->clause[i], *v = &q->clause[k];
      if (u->n + v->n > RULE_MAX_ATOMS) return refuse(b, RULE_TOO_LONG);
      memcpy(c->part, u->part, (size_t)u->n * sizeof *c->part);
      memcpy(c->part + u->n, v->part, (size_t)v->n * sizeof *c->part);
      c->n = u->n + v->n;
      c->n_if = implication ? u->n + v->n_if : 0;
    }
  return true;
}
static bool both(struct builder *b, const struct expr_node *p, bool hold_p, const struct expr_node *q, bool hold_q, bool conjunction,
                 bool implication, struct cnf *out) {
  struct cnf u = {0}, v = {0};
  if (!truth(b, p, hold_p, &u) || !truth(b, q, hold_q, &v)) return false;
  if (!conjunction) return cnf_or(b, &u, &v, implication, out);
  *out = u;
  return cnf_and(b, out, &v);
}

/* --- comparisons of numbers --- */
static enum expr_kind opposite(enum expr_kind op) {
  static const enum expr_kind of[] = {[X_EQ] = X_NE, [X_NE] = X_EQ, [X_LT] = X_GE, [X_LE] = X_GT, [X_GT] = X_LE, [X_GE] = X_LT};
  return of[op];
}
static enum expr_kind mirrored(enum expr_kind op) {
  static const enum expr_kind of[] = {[X_EQ] = X_EQ, [X_NE] = X_NE, [X_LT] = X_GT, [X_LE] = X_GE, [X_GT] = X_LT, [X_GE] = X_LE};
  return of[op];
}
static bool constant_holds(int64_t v, enum expr_kind op) {
  return op == X_EQ ? v == 0 : op == X_NE ? v != 0 : op == X_LT ? v < 0 : op == X_LE ? v <= 0 : op == X_GT ? v > 0 : v >= 0;
}
static bool part_of(struct builder *b, const struct lin *p, enum linear_op op, bool strict, bool turned, struct part *out) {
  struct lin q = *p;
  struct rule_atom *atom = ARENA_NEW(b->a, struct rule_atom);
  if (!atom) return no_memory(b);
  if (turned && !lin_scale(b, &q, -1, 0, 1)) return false;
  *out = (struct part){.atom = atom};
  return lin_edit(b, &q, op, strict, atom);
}
bool lin_truth(struct builder *b, const struct lin *p, enum expr_kind op, struct cnf *out) {
  struct part parts[2];
  if (p->n == 0) return cnf_constant(b, constant_holds(p->constant, op), out);
  if (op == X_NE)
    return part_of(b, p, LINEAR_LE, true, false, &parts[0]) && part_of(b, p, LINEAR_LE, true, true, &parts[1]) && cnf_one(b, parts, 2, out);
  const bool turned = op == X_GE || op == X_GT, strict = op == X_LT || op == X_GT;
  return part_of(b, p, op == X_EQ ? LINEAR_EQ : LINEAR_LE, strict, turned, parts) && cnf_one(b, parts, 1, out);
}
static bool compare(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out);
/* one op r, other op r: all of them or any of them. */
static bool compare_two(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, bool all, struct cnf *out) {
  struct cnf u = {0}, v = {0};
  if (!compare(b, l->kid[0], op, r, &u) || !compare(b, l->kid[1], op, r, &v)) return false;
  if (!all) return cnf_or(b, &u, &v, false, out);
  *out = u;
  return cnf_and(b, out, &v);
}
static bool equal_as_two(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out) {
  struct cnf u = {0}, v = {0};
  if (op == X_EQ) {
    if (!compare(b, l, X_LE, r, &u) || !compare(b, l, X_GE, r, &v)) return false;
    *out = u;
    return cnf_and(b, out, &v);
  }
  return compare(b, l, X_LT, r, &u) && compare(b, l, X_GT, r, &v) && cnf_or(b, &u, &v, false, out);
}
/* |p| <= r: p <= r and -p <= r; |p| >= r: one of them. */
static bool compare_abs(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out) {
  struct lin p, difference, negative;
  struct cnf u = {0}, v = {0};
  if (!lin_of(b, l->kid[0], &p) || !lin_subtract(b, &p, r, &difference)) return false;
  if (!lin_scale(b, &p, -1, 0, 1) || !lin_subtract(b, &p, r, &negative)) return false;
  if (!lin_truth(b, &difference, op, &u) || !lin_truth(b, &negative, op, &v)) return false;
  if (op == X_GE || op == X_GT) return cnf_or(b, &u, &v, false, out);
  *out = u;
  return cnf_and(b, out, &v);
}
static const struct expr_node *bare(const struct expr_node *n) {
  while (n->kind == X_UNIT) n = n->kid[0];
  return n;
}
/* The least value of q by its items' bounds; -INFINITY when it has none. */
static double least_of(const struct builder *b, const struct lin *q) {
  const struct linear_system *s = &b->out->set.numeric;
  double least = (double)q->constant;
  for (int k = 0; k < q->n; k++) least += (double)q->num[k] * (q->num[k] > 0 ? s->lower[q->var[k]] : s->upper[q->var[k]]);
  return least;
}
static bool only_constants(const struct builder *b, const struct lin *r) {
  for (int k = 0; k < r->n; k++)
    if (!b->out->set.parameter[r->var[k]]) return false;
  return true;
}
/* p / q op r with r of constants: multiplied by q where its sign is known, guarded by it where not. */
static bool compare_ratio(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out) {
  struct lin p, q, kq, difference;
  struct cnf positive = {0}, negative = {0}, guard = {0}, other = {0};
  if (!only_constants(b, r)) return refuse(b, RULE_RATIO);
  if (!lin_of(b, l->kid[0], &p) || !lin_of(b, l->kid[1], &q)) return false;
  const double least = least_of(b, &q);
  kq = q;
  if (!r->n && r->constant == 0) kq = (struct lin){.den = 1};
  const bool ok = r->n ? lin_product(b, &q, r, &kq) : !kq.n || lin_scale(b, &kq, r->constant, r->decimals, r->den);
  if (!ok || !lin_subtract(b, &p, &kq, &difference) || !lin_truth(b, &difference, op, &positive))
    return false;
  if (least > 0) return *out = positive, true;
  if (!lin_truth(b, &q, X_LE, &guard) || !cnf_or(b, &guard, &positive, false, out)) return false;
  if (least >= 0) return true;
  return lin_truth(b, &difference, mirrored(op), &negative) && lin_truth(b, &q, X_GE, &guard) && cnf_or(b, &guard, &negative, false, &other) &&
         cnf_and(b, out, &other);
}
static bool compare(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct lin *r, struct cnf *out) {
  struct lin p, difference;
  l = bare(l);
  const bool folded = l->kind == X_ABS || l->kind == X_MIN || l->kind == X_MAX;
  if (folded && reads_current(b, l)) {
    if (op == X_EQ || op == X_NE) return equal_as_two(b, l, op, r, out);
    if (l->kind == X_ABS) return compare_abs(b, l, op, r, out);
    const bool below = op == X_LE || op == X_LT;
    return compare_two(b, l, op, r, (l->kind == X_MAX) == below, out);
  }
  if (is_threshold(l) && reads_current(b, l)) return op == X_EQ || op == X_NE ? equal_as_two(b, l, op, r, out) : compare_threshold(b, l, op, r, out);
  if (l->kind == X_DIV) {
    struct lin q;
    if (lin_of(b, l->kid[0], &p) && lin_of(b, l->kid[1], &q) && q.n) return compare_ratio(b, l, op, r, out);
  }
  return lin_of(b, l, &p) && lin_subtract(b, &p, r, &difference) && lin_truth(b, &difference, op, out);
}
static bool is_folded(const struct builder *b, const struct expr_node *n) {
  return (n->kind == X_ABS || n->kind == X_MIN || n->kind == X_MAX || n->kind == X_DIV || is_threshold(n)) && reads_current(b, n);
}
/* Folded on both sides: l <= max(u, v) is l <= u or l <= v ... */
static bool compare_numbers(struct builder *b, const struct expr_node *l, enum expr_kind op, const struct expr_node *r, struct cnf *out) {
  struct lin right;
  struct cnf u = {0}, v = {0};
  l = bare(l);
  r = bare(r);
  if (is_folded(b, l) && (r->kind == X_MIN || r->kind == X_MAX) && reads_current(b, r) && op != X_EQ && op != X_NE) {
    const bool below = op == X_LE || op == X_LT;
    if (!compare_numbers(b, l, op, r->kid[0], &u) || !compare_numbers(b, l, op, r->kid[1], &v)) return false;
    if ((r->kind == X_MAX) == below) return cnf_or(b, &u, &v, false, out);
    *out = u;
    return cnf_and(b, out, &v);
  }
  const bool turn = is_folded(b, r) && !is_folded(b, l);
  if (!is_folded(b, l) && !lin_of(b, l, &right)) return false; /* the left side's items come first in the order of variables */
  return lin_of(b, turn ? l : r, &right) && compare(b, turn ? r : l, turn ? mirrored(op) : op, &right, out);
}

/* --- truths --- */
static bool number_in(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out) {
  if (!cnf_constant(b, !holds, out)) return false;
  for (int64_t i = 0; i < n->n_set; i++) {
    const struct lin value = {.constant = n->numbers[i], .decimals = n->number_decimals, .den = 1};
    struct cnf one = {0}, joined = {0};
    if (!compare(b, n->kid[0], holds ? X_EQ : X_NE, &value, &one)) return false;
    if (!holds) {
      if (!cnf_and(b, out, &one)) return false;
    } else {
      if (!cnf_or(b, out, &one, false, &joined)) return false;
      *out = joined;
    }
  }
  return true;
}
static bool comparison(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out) {
  struct cnf u = {0}, v = {0};
  if (n->pure && n->slot >= 0 && expr_is_text(b->x->slots[n->slot].type)) return code_truth(b, n, holds, out);
  if (expr_is_text(n->kid[0]->type))
    return n->kind == X_EQ || n->kind == X_NE ? same_code(b, n->kid[0], n->kid[1], (n->kind == X_EQ) == holds, out) : refuse(b, RULE_TEXT);
  if (n->kind == X_IN) return number_in(b, n, holds, out);
  if (n->kind != X_BETWEEN) return compare_numbers(b, n->kid[0], holds ? n->kind : opposite(n->kind), n->kid[1], out);
  if (!compare_numbers(b, n->kid[0], holds ? X_GE : X_LT, n->kid[1], &u) || !compare_numbers(b, n->kid[0], holds ? X_LE : X_GT, n->kid[2], &v))
    return false;
  if (!holds) return cnf_or(b, &u, &v, false, out);
  *out = u;
  return cnf_and(b, out, &v);
}
static bool flag(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out) {
  const struct lin value = {.constant = holds ? 1 : 0, .den = 1};
  return compare(b, n, X_EQ, &value, out);
}
static bool truth(struct builder *b, const struct expr_node *n, bool holds, struct cnf *out) {
  switch (n->kind) {
    case X_TRUTH: return cnf_constant(b, (n->value != 0) == holds, out);
    case X_NOT: return truth(b, n->kid[0], !holds, out);
    case X_AND: return both(b, n->kid[0], holds, n->kid[1], holds, holds, false, out);
    case X_OR: return both(b, n->kid[0], holds, n->kid[1], holds, !holds, false, out);
    case X_IF: return both(b, n->kid[0], !holds, n->kid[1], holds, !holds, true, out);
    case X_EQ: case X_NE: case X_LT: case X_LE: case X_GT: case X_GE: case X_BETWEEN: case X_IN: return comparison(b, n, holds, out);
    case X_MISSING: case X_BLANK: case X_NA: case X_UNKNOWN: case X_REFUSED: case X_INVALID: return presence(b, n, holds, out);
    case X_VARIABLE: return flag(b, n, holds, out);
    case X_ANY: case X_ALL: return refuse(b, RULE_AGGREGATE);
    default: return refuse(b, RULE_NO_SUM);
  }
}

/* --- checks --- */
static bool check_clauses(struct builder *b, const struct check *check, struct cnf *out) {
  struct cnf outside = {0}, rule = {0};
  b->x = check->expression;
  if (!truth(b, b->x->root, true, &rule)) return false;
  *out = rule;
  if (check->universe) {
    b->x = check->universe;
    if (!truth(b, b->x->root, false, &outside) || !cnf_or(b, &outside, &rule, true, out)) return false;
  }
  for (int i = 0; i < out->n; i++)
    if (!settle_missing(b, &out->clause[i])) return false;
  return true;
}
static bool store(struct builder *b, int check, const struct cnf *c) {
  struct rule_set *s = &b->out->set;
  for (int i = 0; i < c->n; i++) {
    const bool soft = b->form->checks[check].severity == SEVERITY_SOFT;
    struct rule *r = &s->rules[s->n_rules];
    *r = (struct rule){.id = b->form->checks[check].id,
                       .check = check,
                       .n_atoms = c->clause[i].n,
                       .n_if = c->clause[i].n_if,
                       .atoms = ARENA_ARRAY(b->a, struct rule_atom, c->clause[i].n + 1),
                       .soft = soft,
                       .weight = soft ? (double)b->form->checks[check].weight / 1e6 : 0};
    if (!r->atoms) return no_memory(b);
    for (int k = 0; k < r->n_atoms; k++) {
      r->atoms[k] = *c->clause[i].part[k].atom;
      r->atoms[k].linear.id = r->id;
    }
    s->n_rules++;
  }
  return true;
}
static enum err_code build_check(struct builder *b, int i, struct err *e) {
  const struct check *check = &b->form->checks[i];
  const struct arena_mark start = arena_mark(b->scratch);
  struct cnf c = {0};
  const bool no_weight = check->severity == SEVERITY_SOFT && check->weight == 0;
  b->refusal = check->group ? RULE_GROUP : check->severity == SEVERITY_INFO ? RULE_INFORMATION : no_weight ? RULE_NO_WEIGHT : RULE_NO_SUM;
  const bool ok = b->refusal == RULE_NO_SUM && check->expression && check_clauses(b, check, &c) && store(b, i, &c);
  arena_reset(b->scratch, start);
  if (b->no_memory) return ERR(e, E_NO_MEMORY, .subject = "rules");
  if (ok) b->out->n_used++;
  else b->out->refusal[i] = b->refusal, b->out->n_refused++;
  return E_OK;
}
static bool room(struct builder *b) {
  struct rule_set *s = &b->out->set;
  struct linear_system *n = &s->numeric;
  n->names = ARENA_ARRAY(b->a, const char *, LINEAR_MAX_VARIABLES);
  n->lower = ARENA_ARRAY(b->a, double, LINEAR_MAX_VARIABLES);
  n->upper = ARENA_ARRAY(b->a, double, LINEAR_MAX_VARIABLES);
  n->decimals = ARENA_ARRAY(b->a, int, LINEAR_MAX_VARIABLES);
  s->product = b->product = ARENA_ARRAY(b->a, struct rule_product, LINEAR_MAX_VARIABLES);
  for (int j = 0; b->product && j < LINEAR_MAX_VARIABLES; j++) b->product[j] = (struct rule_product){-1, -1};
  s->parameter = ARENA_ARRAY(b->a, const struct expr *, LINEAR_MAX_VARIABLES);
  s->categories = ARENA_ARRAY(b->a, struct rule_category, MAX_CATEGORIES);
  s->rules = ARENA_ARRAY(b->a, struct rule, (int64_t)b->form->n_checks * CNF_MAX_CLAUSES + 1);
  b->out->refusal = ARENA_ARRAY(b->a, enum rule_refusal, b->form->n_checks + 1);
  b->out->other_record = ARENA_ARRAY(b->a, bool, b->form->n_checks + 1);
  return b->product && n->names && n->lower && n->upper && n->decimals && s->parameter && s->categories && s->rules && b->out->refusal &&
         b->out->other_record;
}
static enum err_code build_all(struct builder *b, const char *record, struct err *e) {
  if (!b->scratch || !room(b)) return ERR(e, E_NO_MEMORY, .subject = "rules");
  for (int i = 0; i < b->form->n_checks; i++) {
    b->out->other_record[i] = record && b->form->n_records > 1 && strcmp(record, b->form->checks[i].record) != 0;
    if (!b->out->other_record[i]) TRY(build_check(b, i, e));
  }
  return close_classes(b) ? E_OK : ERR(e, E_NO_MEMORY, .subject = "rules");
}
enum err_code rule_build(struct arena *a, const struct form *form, const char *record, struct rule_form *out, struct err *e) {
  struct builder b = {.a = a, .scratch = arena_new(0), .form = form, .record = record, .out = out};
  *out = (struct rule_form){0};
  const enum err_code code = build_all(&b, record, e);
  arena_free(b.scratch);
  return code;
}
