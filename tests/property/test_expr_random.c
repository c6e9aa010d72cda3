/* 20,000 random expressions over random rows: block loops, exact rows and a naive tree walk (reduced fractions, no shared code with base/expr)
 * agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/rng.h"
#include "tests/unit/expr_fixture.h"

enum { N_EXPRESSIONS = 20000, N_RANDOM_ROWS = 40, MAX_DEPTH = 4 };

enum naive_kind {
  N_LITERAL,
  N_ITEM,
  N_NEGATE,
  N_PLUS,
  N_MINUS,
  N_TIMES,
  N_OVER,
  N_ABSOLUTE,
  N_LEAST,
  N_MOST,
  N_WHOLE,
  N_ROUNDED,
  N_REST,
  N_YEARS,
  N_DAYS,
  N_LENGTH,
  N_CHOICE,
  N_ERA,
  N_ERA_YEAR,
  N_COMPARE,
  N_WITHIN,
  N_AMONG,
  N_CODE_IS,
  N_CODE_AMONG,
  N_STARTS,
  N_MIDDLE,
  N_CHOSEN_TEXT,
  N_CODES_EQUAL,
  N_BOTH,
  N_EITHER,
  N_NOT,
  N_IMPLIES,
  N_ABSENT,
  N_SAME
};
struct naive {
  enum naive_kind kind;
  struct naive *kid[3];
  int64_t value, members[4];
  int n, digits, item;
  const char *mark, *codes[3];
};
struct fraction {
  bool known;
  expr_wide num, den;
};
enum { NO, YES, PERHAPS };

static struct rng random_state;
static struct arena *arena;
static bool naive_overflow;
static int64_t below(int64_t n) { return (int64_t)rng_below(&random_state, (uint64_t)n); }

/* Items of the rows: a b c p q, sex pref home cause, birth event. */
static const char *const number_items[] = {"a", "b", "c", "p", "q"};
static const char *const code_items[] = {"pref", "home", "cause"};
static const char *const codes[] = {"01", "02", "1", "O10", "A349", "I21", "山田"};
static struct column *columns[16];
static const char *column_names[16];
static int n_columns;

static const struct column *named(const char *name) {
  for (int i = 0; i < n_columns; i++)
    if (strcmp(column_names[i], name) == 0) return columns[i];
  return NULL;
}

static struct naive *make(enum naive_kind kind) {
  struct naive *n = ARENA_NEW(arena, struct naive);
  n->kind = kind;
  return n;
}

static struct naive *random_number(int depth);
static struct naive *random_truth(int depth);
static struct naive *random_literal(void) {
  struct naive *n = make(N_LITERAL);
  n->digits = (int)below(3);
  n->value = below(60) - 20;
  return n;
}
static struct naive *with(enum naive_kind kind, struct naive *a, struct naive *b) {
  struct naive *n = make(kind);
  n->kid[0] = a;
  n->kid[1] = b;
  return n;
}
static struct naive *random_number(int depth) {
  static const enum naive_kind binary[] = {N_PLUS, N_MINUS, N_TIMES, N_OVER, N_LEAST, N_MOST, N_REST};
  if (depth <= 0 || below(4) == 0) {
    if (below(3) == 0) return random_literal();
    struct naive *n = make(N_ITEM);
    n->item = (int)below(5);
    return n;
  }
  int64_t pick = below(17);
  if (pick < 9) return with(binary[pick % 7], random_number(depth - 1), random_number(depth - 1));
  if (pick == 9) return with(N_NEGATE, random_number(depth - 1), NULL);
  if (pick == 10) return with(N_ABSOLUTE, random_number(depth - 1), NULL);
  if (pick == 11) return with(N_WHOLE, random_number(depth - 1), NULL);
  if (pick == 12) {
    struct naive *n = with(N_ROUNDED, random_number(depth - 1), NULL);
    n->digits = (int)below(4);
    return n;
  }
  if (pick == 14 || pick == 15) {
    struct naive *n = with(N_CHOICE, random_truth(depth - 1), random_number(depth - 1));
    if (below(4)) n->kid[2] = random_number(depth - 1);
    return n;
  }
  if (pick == 16) return make(below(2) ? N_ERA : N_ERA_YEAR);
  struct naive *n = make(below(3) == 0 ? N_LENGTH : below(2) ? N_YEARS : N_DAYS);
  n->item = (int)below(3);
  return n;
}

static struct naive *random_truth(int depth) {
  static const enum naive_kind logic[] = {N_BOTH, N_EITHER, N_IMPLIES, N_NOT, N_SAME};
  static const char *const marks[] = {"=", "!=", "<", "<=", ">", ">="};
  if (depth > 0 && below(2)) {
    enum naive_kind kind = logic[below(5)];
    return with(kind, random_truth(depth - 1), kind == N_NOT ? NULL : random_truth(depth - 1));
  }
  struct naive *n;
  switch (below(8)) {
  case 0:
    n = with(N_WITHIN, random_number(depth), random_number(depth - 2));
    n->kid[2] = random_number(depth - 2);
    return n;
  case 1:
    n = with(N_AMONG, random_number(depth - 1), NULL);
    n->n = 1 + (int)below(4);
    for (int i = 0; i < n->n; i++) n->members[i] = below(12) - 3;
    return n;
  case 2:
  case 3:
    n = make((enum naive_kind[]){N_CODE_IS, N_CODE_AMONG, N_STARTS, N_CODES_EQUAL, N_MIDDLE, N_CHOSEN_TEXT}[below(6)]);
    n->item = (int)below(3);
    n->n = (int)below(3);
    n->digits = 1 + (int)below(2);
    for (int i = 0; i < 3; i++) n->codes[i] = codes[below(7)];
    if (n->kind == N_CHOSEN_TEXT) n->kid[0] = random_truth(depth - 1);
    return n;
  case 4: return with(N_ABSENT, random_number(depth - 1), NULL);
  default:
    n = with(N_COMPARE, random_number(depth), random_number(depth));
    n->digits = (int)below(6);
    n->mark = marks[n->digits];
    return n;
  }
}

/* --- as text --- */
static void write_one(struct strbuf *b, const struct naive *n);
static void infix(struct strbuf *b, const struct naive *n, const char *mark) {
  strbuf_addc(b, '(');
  write_one(b, n->kid[0]);
  strbuf_addf(b, " %s ", mark);
  write_one(b, n->kid[1]);
  strbuf_addc(b, ')');
}
static void call(struct strbuf *b, const struct naive *n, const char *name) {
  strbuf_addf(b, "%s(", name);
  write_one(b, n->kid[0]);
  if (n->kid[1]) strbuf_addc(b, ','), write_one(b, n->kid[1]);
  if (n->kind == N_ROUNDED) strbuf_addf(b, ",%d", n->digits);
  strbuf_addc(b, ')');
}
static void write_one(struct strbuf *b, const struct naive *n) {
  switch (n->kind) {
  case N_LITERAL: strbuf_add_decimal(b, n->value, n->digits); break;
  case N_ITEM: strbuf_adds(b, number_items[n->item]); break;
  case N_NEGATE: strbuf_adds(b, "-("), write_one(b, n->kid[0]), strbuf_addc(b, ')'); break;
  case N_PLUS: infix(b, n, "+"); break;
  case N_MINUS: infix(b, n, "-"); break;
  case N_TIMES: infix(b, n, "*"); break;
  case N_OVER: infix(b, n, "/"); break;
  case N_ABSOLUTE: call(b, n, "abs"); break;
  case N_LEAST: call(b, n, "min"); break;
  case N_MOST: call(b, n, "max"); break;
  case N_WHOLE: call(b, n, "floor"); break;
  case N_ROUNDED: call(b, n, "round"); break;
  case N_REST: call(b, n, "mod"); break;
  case N_YEARS: strbuf_adds(b, "unit(age(birth,event),'')"); break;
  case N_DAYS: strbuf_adds(b, "unit(days(birth,event),'')"); break;
  case N_CHOICE:
    strbuf_adds(b, "choose("), write_one(b, n->kid[0]), strbuf_addc(b, ','), write_one(b, n->kid[1]);
    if (n->kid[2]) strbuf_addc(b, ','), write_one(b, n->kid[2]);
    strbuf_addc(b, ')');
    break;
  case N_ERA: strbuf_adds(b, "era(birth)"); break;
  case N_ERA_YEAR: strbuf_adds(b, "era_year(birth)"); break;
  case N_LENGTH: strbuf_addf(b, "len(%s)", code_items[n->item]); break;
  case N_COMPARE: infix(b, n, n->mark); break;
  case N_WITHIN:
    strbuf_addc(b, '('), write_one(b, n->kid[0]), strbuf_adds(b, " between "), write_one(b, n->kid[1]), strbuf_adds(b, " and "),
        write_one(b, n->kid[2]), strbuf_addc(b, ')');
    break;
  case N_AMONG:
    strbuf_addc(b, '('), write_one(b, n->kid[0]), strbuf_adds(b, " in {");
    for (int i = 0; i < n->n; i++) strbuf_addf(b, "%s%lld", i ? "," : "", (long long)n->members[i]);
    strbuf_adds(b, "})");
    break;
  case N_CODE_IS: strbuf_addf(b, "(%s = '%s')", code_items[n->item], n->codes[0]); break;
  case N_CODE_AMONG: strbuf_addf(b, "(%s in {'%s','%s','%s'})", code_items[n->item], n->codes[0], n->codes[1], n->codes[2]); break;
  case N_STARTS: strbuf_addf(b, "(prefix(%s,%d) = '%s')", code_items[n->item], n->digits, n->codes[0]); break;
  case N_MIDDLE: strbuf_addf(b, "(substr(%s,%d,%d) = '%s')", code_items[n->item], n->digits, n->n + 1, n->codes[0]); break;
  case N_CHOSEN_TEXT:
    strbuf_adds(b, "(choose("), write_one(b, n->kid[0]);
    strbuf_addf(b, ",substr(%s,%d,%d),'%s') = '%s')", code_items[n->item], n->digits, n->n + 1, n->codes[1], n->codes[0]);
    break;
  case N_CODES_EQUAL: strbuf_addf(b, "(%s = %s)", code_items[n->item], code_items[n->n]); break;
  case N_BOTH: infix(b, n, "and"); break;
  case N_EITHER: infix(b, n, "or"); break;
  case N_NOT: strbuf_adds(b, "(not "), write_one(b, n->kid[0]), strbuf_addc(b, ')'); break;
  case N_IMPLIES: strbuf_adds(b, "(if "), write_one(b, n->kid[0]), strbuf_adds(b, " then "), write_one(b, n->kid[1]), strbuf_addc(b, ')'); break;
  case N_ABSENT: call(b, n, "missing"); break;
  case N_SAME: infix(b, n, "="); break;
  }
}

/* --- the naive walk --- */
static expr_wide gcd(expr_wide a, expr_wide b) {
  while (b) {
    expr_wide t = a % b;
    a = b;
    b = t;
  }
  return a < 0 ? -a : a;
}
static expr_wide times(expr_wide a, expr_wide b) {
  expr_wide r;
  if (a > ((expr_wide)1 << 62) || a < -((expr_wide)1 << 62) || b > ((expr_wide)1 << 62) || b < -((expr_wide)1 << 62)) naive_overflow = true;
  if (naive_overflow) return 0;
  r = a * b;
  return r;
}
static struct fraction reduced(expr_wide num, expr_wide den) {
  if (den == 0) return (struct fraction){false, 0, 1};
  expr_wide g = gcd(num, den);
  if (g == 0) g = 1;
  if (den < 0) g = -g;
  return (struct fraction){true, num / g, den / g};
}
static expr_wide down(expr_wide num, expr_wide den) {
  expr_wide q = num / den;
  return num % den != 0 && num < 0 ? q - 1 : q;
}
static expr_wide naive_ten(int n) { return n == 0 ? 1 : 10 * naive_ten(n - 1); }
static struct str code_at(const char *name, int64_t row, bool *known) {
  const struct column *c = named(name);
  *known = c->status[row] < VAL_BLANK;
  return *known ? dict_text(c->dict, c->code[row]) : STR("");
}
static int64_t characters(struct str s) {
  int64_t n = 0;
  for (size_t i = 0; i < s.n;) {
    uint32_t code_point;
    i += utf8_decode(s.p + i, s.n - i, &code_point);
    n++;
  }
  return n;
}

/* Characters from..from+n-1, one at a time. */
static struct str middle_at(const struct naive *n, int64_t row, bool *known) {
  struct str text = code_at(code_items[n->item], row, known);
  size_t at = 0, first = text.n, last = text.n;
  uint32_t code_point;
  for (int i = 1; at < text.n; i++) {
    if (i == n->digits) first = at;
    if (i == n->digits + n->n + 1) last = at;
    at += utf8_decode(text.p + at, text.n - at, &code_point);
  }
  return str_view(text.p + first, last - first);
}

/* Year and month of the first days, compared as written; nothing of base/date's table. */
static struct fraction era_at(bool year, int64_t days) {
  static const char *const first_days[] = {"1868-01-25", "1912-07-30", "1926-12-25", "1989-01-08", "2019-05-01"};
  char iso[11];
  int era = -1;
  date_format_iso(days, iso);
  for (int i = 0; i < 5; i++)
    if (strcmp(iso, first_days[i]) >= 0) era = i;
  if (era < 0) return (struct fraction){false, 0, 1};
  return (struct fraction){true, year ? atoi(iso) - atoi(first_days[era]) + 1 : era + 1, 1};
}

static int truth_at(const struct naive *n, int64_t row);
static struct fraction number_at(const struct naive *n, int64_t row) {
  struct fraction a = {true, 0, 1}, b = a;
  bool known;
  switch (n->kind) {
  case N_LITERAL: return reduced(n->value, naive_ten(n->digits));
  case N_ITEM: {
    const struct column *c = named(number_items[n->item]);
    return c->status[row] < VAL_BLANK ? reduced(c->i64[row], naive_ten(c->decimals)) : (struct fraction){false, 0, 1};
  }
  case N_YEARS:
  case N_DAYS: {
    const struct column *p = named("birth"), *q = named("event");
    if (p->status[row] >= VAL_BLANK || q->status[row] >= VAL_BLANK) return (struct fraction){false, 0, 1};
    return reduced(n->kind == N_DAYS ? q->i64[row] - p->i64[row] : date_age(p->i64[row], q->i64[row]), 1);
  }
  case N_ERA:
  case N_ERA_YEAR: {
    const struct column *p = named("birth");
    return p->status[row] < VAL_BLANK ? era_at(n->kind == N_ERA_YEAR, p->i64[row]) : (struct fraction){false, 0, 1};
  }
  case N_CHOICE: {
    int which = truth_at(n->kid[0], row);
    if (which == PERHAPS || (which == NO && !n->kid[2])) return (struct fraction){false, 0, 1};
    return number_at(which == YES ? n->kid[1] : n->kid[2], row);
  }
  case N_LENGTH: {
    struct str s = code_at(code_items[n->item], row, &known);
    return known ? reduced(characters(s), 1) : (struct fraction){false, 0, 1};
  }
  default: break;
  }
  a = number_at(n->kid[0], row);
  if (n->kid[1]) b = number_at(n->kid[1], row);
  if (!a.known || !b.known) return (struct fraction){false, 0, 1};
  expr_wide left = n->kid[1] ? times(a.num, b.den) : 0, right = n->kid[1] ? times(b.num, a.den) : 0;
  switch (n->kind) {
  case N_NEGATE: return reduced(-a.num, a.den);
  case N_PLUS: return reduced(left + right, times(a.den, b.den));
  case N_MINUS: return reduced(left - right, times(a.den, b.den));
  case N_TIMES: return reduced(times(a.num, b.num), times(a.den, b.den));
  case N_OVER: return reduced(left, right);
  case N_ABSOLUTE: return reduced(a.num < 0 ? -a.num : a.num, a.den);
  case N_LEAST: return left <= right ? a : b;
  case N_MOST: return left >= right ? a : b;
  case N_WHOLE: return reduced(down(a.num, a.den), 1);
  case N_REST: { /* a - b * floor(a / b) */
    if (b.num == 0) return (struct fraction){false, 0, 1};
    struct fraction q = reduced(left, right);
    expr_wide k = down(q.num, q.den);
    return reduced(left - times(k, right), times(a.den, b.den));
  }
  default: { /* half away from zero: floor of twice plus one, over two, of the magnitude */
    expr_wide magnitude = a.num < 0 ? -a.num : a.num,
              whole = down(times(2, times(magnitude, naive_ten(n->digits))) + a.den, times(2, a.den) ? times(2, a.den) : 1);
    return reduced(a.num < 0 ? -whole : whole, naive_ten(n->digits));
  }
  }
}

static int order_at(struct fraction a, struct fraction b) {
  expr_wide left = times(a.num, b.den), right = times(b.num, a.den);
  return left < right ? -1 : left > right;
}
static int both(int a, int b) { return a == NO || b == NO ? NO : a == YES && b == YES ? YES : PERHAPS; }
static int opposite(int a) { return a == PERHAPS ? PERHAPS : a == YES ? NO : YES; }

static int truth_at(const struct naive *n, int64_t row) {
  bool known, other_known;
  struct fraction a, b;
  struct str text;
  switch (n->kind) {
  case N_BOTH: return both(truth_at(n->kid[0], row), truth_at(n->kid[1], row));
  case N_EITHER: return opposite(both(opposite(truth_at(n->kid[0], row)), opposite(truth_at(n->kid[1], row))));
  case N_IMPLIES: return opposite(both(truth_at(n->kid[0], row), opposite(truth_at(n->kid[1], row))));
  case N_NOT: return opposite(truth_at(n->kid[0], row));
  case N_SAME: {
    int p = truth_at(n->kid[0], row), q = truth_at(n->kid[1], row);
    return p == PERHAPS || q == PERHAPS ? PERHAPS : p == q ? YES : NO;
  }
  case N_ABSENT: return number_at(n->kid[0], row).known ? NO : YES;
  case N_CODE_IS: text = code_at(code_items[n->item], row, &known); return !known ? PERHAPS : str_eq(text, str_of(n->codes[0])) ? YES : NO;
  case N_CODE_AMONG:
    text = code_at(code_items[n->item], row, &known);
    return !known ? PERHAPS : str_eq(text, str_of(n->codes[0])) || str_eq(text, str_of(n->codes[1])) || str_eq(text, str_of(n->codes[2])) ? YES : NO;
  case N_STARTS: {
    text = code_at(code_items[n->item], row, &known);
    size_t bytes = 0;
    uint32_t code_point;
    for (int i = 0; i < n->digits && bytes < text.n; i++) bytes += utf8_decode(text.p + bytes, text.n - bytes, &code_point);
    return !known ? PERHAPS : str_eq(str_view(text.p, bytes), str_of(n->codes[0])) ? YES : NO;
  }
  case N_MIDDLE: text = middle_at(n, row, &known); return !known ? PERHAPS : str_eq(text, str_of(n->codes[0])) ? YES : NO;
  case N_CHOSEN_TEXT: {
    int which = truth_at(n->kid[0], row);
    text = which == YES ? middle_at(n, row, &known) : str_of(n->codes[1]);
    if (which == PERHAPS || (which == YES && !known)) return PERHAPS;
    return str_eq(text, str_of(n->codes[0])) ? YES : NO;
  }
  case N_CODES_EQUAL: {
    text = code_at(code_items[n->item], row, &known);
    struct str other = code_at(code_items[n->n], row, &other_known);
    return !known || !other_known ? PERHAPS : str_eq(text, other) ? YES : NO;
  }
  default: break;
  }
  a = number_at(n->kid[0], row);
  if (n->kind == N_AMONG) {
    for (int i = 0; i < n->n && a.known; i++)
      if (order_at(a, reduced(n->members[i], 1)) == 0) return YES;
    return a.known ? NO : PERHAPS;
  }
  b = number_at(n->kid[1], row);
  if (n->kind == N_WITHIN) {
    struct fraction c = number_at(n->kid[2], row);
    return both(!a.known || !b.known ? PERHAPS : order_at(a, b) >= 0 ? YES : NO, !a.known || !c.known ? PERHAPS : order_at(a, c) <= 0 ? YES : NO);
  }
  if (!a.known || !b.known) return PERHAPS;
  int order = order_at(a, b);
  bool holds[] = {order == 0, order != 0, order < 0, order <= 0, order > 0, order >= 0};
  return holds[n->digits] ? YES : NO;
}

/* --- rows --- */
static void add_column(const char *name, int64_t scale) {
  const struct fixture_item *item = fixture_item(STR(""), str_of(name));
  struct column *c = ARENA_NEW(arena, struct column);
  *c = (struct column){.name = name,
      .decimals = item->decimals,
      .unit = "",
      .type = item->type == EXPR_CODE ? COL_CODE : COL_INT,
      .is_date = item->type == EXPR_DATE};
  c->i64 = ARENA_ARRAY(arena, int64_t, N_RANDOM_ROWS);
  c->code = ARENA_ARRAY(arena, int32_t, N_RANDOM_ROWS);
  c->status = ARENA_ARRAY(arena, uint8_t, N_RANDOM_ROWS);
  if (c->type == COL_CODE) c->dict = dict_new(arena);
  for (int i = 0; i < N_RANDOM_ROWS; i++) {
    c->status[i] = below(5) == 0 ? (uint8_t)(VAL_BLANK + below(5)) : (uint8_t)below(4);
    if (!value_present(c->status[i])) continue;
    if (c->dict) c->code[i] = dict_add(c->dict, str_of(codes[below(7)]));
    else if (c->is_date) c->i64[i] = below(60000) - 39000;
    else c->i64[i] = (below(24) - 8) * (below(3) == 0 ? scale : 1);
  }
  columns[n_columns] = c;
  column_names[n_columns++] = name;
}

static void make_rows(int64_t scale) {
  n_columns = 0;
  for (int i = 0; i < 5; i++) add_column(number_items[i], scale);
  for (int i = 0; i < 3; i++) add_column(code_items[i], 1);
  add_column("birth", 1);
  add_column("event", 1);
}

static struct { int64_t compared, overflowed, exact_blocks; } seen;

static void compare_all(struct fixture *f, const struct naive *n, const char *text) {
  static const int want[] = {[NO] = EXPR_FALSE, [YES] = EXPR_TRUE, [PERHAPS] = EXPR_UNKNOWN};
  struct expr_scope scope = fixture_scope(f);
  struct expr *x = NULL;
  struct err e = {0};
  enum err_code code = expr_compile(arena, str_of(text), &scope, "x", 1, 1, &x, &e);
  if (code == E_EXPR_NUMBER) return; /* too many decimals in a product: a limit that is tested elsewhere */
  if (code) print_error("%s: %s column %lld\n", text, err_name(code), (long long)e.column);
  assert_int_equal(code, E_OK);
  const struct column **bound = ARENA_ARRAY(arena, const struct column *, expr_n_slots(x) + 1);
  for (int i = 0; i < expr_n_slots(x); i++) bound[i] = named(expr_slot(x, i)->name);
  struct expr_binding binding = {bound, NULL, 0};
  for (int exact = 0; exact < 2; exact++) {
    struct expr_scratch *s = expr_scratch_new(arena, x);
    s->exact_only = exact;
    for (int64_t row = 0; row < N_RANDOM_ROWS; row++) {
      uint8_t out = 9;
      naive_overflow = false;
      int truth = truth_at(n, row);
      code = expr_eval_bool(x, &binding, s, row, 1, &out, &e);
      if (naive_overflow || code == E_EXPR_OVERFLOW) {
        seen.overflowed++;
        continue;
      }
      assert_int_equal(code, E_OK);
      if (out != want[truth]) print_error("%s row %lld exact %d: naive %d engine %d\n", text, (long long)row, exact, want[truth], out);
      assert_int_equal(out, want[truth]);
      seen.compared++;
    }
    uint8_t together[N_RANDOM_ROWS];
    code = expr_eval_bool(x, &binding, s, 0, N_RANDOM_ROWS, together, &e);
    for (int64_t row = 0; row < N_RANDOM_ROWS && code == E_OK; row++) {
      uint8_t out = 9;
      assert_int_equal(expr_eval_bool(x, &binding, s, row, 1, &out, &e), E_OK);
      assert_int_equal(out, together[row]);
    }
  }
}

static void random_expressions_agree_with_a_naive_walk(void **state) {
  (void)state;
  for (int i = 0; i < N_EXPRESSIONS; i++) {
    struct fixture f = fixture_new();
    struct strbuf b;
    arena = f.arena;
    strbuf_init(&b, 0);
    rng_init(&random_state, 20260101, "expr", &i, sizeof i);
    make_rows((int64_t[]){1, 1, 1000003, 1000000000039}[i % 4]);
    const struct naive *n = random_truth(1 + (int)below(MAX_DEPTH));
    write_one(&b, n);
    compare_all(&f, n, strbuf_cstr(&b));
    strbuf_release(&b);
    arena_free(f.arena);
  }
  print_message("%lld rows compared, %lld beyond 128 bits\n", (long long)seen.compared, (long long)seen.overflowed);
  assert_true(seen.compared > N_EXPRESSIONS * (int64_t)N_RANDOM_ROWS);
  assert_true(seen.overflowed < seen.compared / 20);
}

/* The blocks' own calendar (age, year, month, day) against base/date over ten thousand years. */
static void dates_in_blocks_follow_the_calendar(void **state) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  static const char *const texts[] = {"year(birth)", "month(birth)", "day(birth)", "age(birth,event)"};
  struct err e;
  (void)state;
  arena = f.arena;
  rng_init(&random_state, 7, "dates", "", 0);
  for (int t = 0; t < 4; t++) {
    struct expr *x = NULL;
    static int64_t birth[EXPR_BATCH], event[EXPR_BATCH], out[EXPR_BATCH];
    static uint8_t status[EXPR_BATCH], present[EXPR_BATCH];
    struct column columns_of[2] = {{.type = COL_INT, .i64 = birth, .status = present}, {.type = COL_INT, .i64 = event, .status = present}};
    const struct column *bound[2] = {&columns_of[0], &columns_of[1]};
    struct expr_binding binding = {bound, NULL, 0};
    assert_int_equal(expr_compile(f.arena, str_of(texts[t]), &scope, "x", 1, 1, &x, &e), E_OK);
    for (int64_t start = -719162; start < 2097152 - EXPR_BATCH; start += EXPR_BATCH * 7 + 13) {
      int64_t part[3];
      for (int i = 0; i < EXPR_BATCH; i++) birth[i] = start + i, event[i] = start + i + below(40000) - 2000;
      assert_int_equal(expr_eval_int(x, &binding, expr_scratch_new(f.arena, x), 0, 0, EXPR_BATCH, out, status, &e), E_OK);
      for (int i = 0; i < EXPR_BATCH; i++) {
        date_to_civil(birth[i], &part[0], &part[1], &part[2]);
        assert_int_equal(out[i], t < 3 ? part[t] : date_age(birth[i], event[i]));
      }
    }
  }
  arena_free(f.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_expressions_agree_with_a_naive_walk), cmocka_unit_test(dates_in_blocks_follow_the_calendar)};
  return cmocka_run_group_tests_name("expr_random", tests, NULL, NULL);
}
