/* expr.h -- one language for checks, universes, filters, derived items and measures (grammar and rules: base/expr.md).
 * Grammar  if A then B | A or B | A and B | not A | comparisons = != < <= > >= | x in {1,2,5} | x in list(name) | x between a and b | + - * / |
 *          missing(x) blank(x) na(x) unknown(x) | abs min max round(x,d) floor mod | days(a,b) months(a,b) age(birth,event) year(d) month(d) day(d)
 *          date('2022-04-01') | len prefix(x,n) substr(x,from,n) era(d) era_year(d) choose(A,x,B,y,z) | prev(x) frame(x) | count(rec where c) sum(rec.x where c) any(rec where c) all(rec where c) |
 *          text 'a' or "a", numbers 12 and 12.5, true, false.
 * Logic    Kleene: a comparison with a missing value is unknown; an unknown rule is not a failed rule. missing(), blank() ... are never unknown.
 * Numbers  exact: scaled int64 in 128-bit intermediates; `/` gives an exact rational; x/0 is unknown and counted; overflow is an error with the row;
 *          round half away from zero; mod floors; between is inclusive.
 * Codes    = and in compare exact code text: pref = 01 and pref = '01' are the same, pref = 1 is not.
 * Units    + - and comparisons need one unit ("" fits all); a mismatch is E_EXPR_UNIT with the place of the operator.
 * Cost     parsed once, compiled to a batch program; evaluated over EXPR_BATCH rows of columns at a time, no allocation inside.
 * Threads  a compiled expr is immutable; each thread has its own scratch. */
#ifndef SHIRABE_BASE_EXPR_H
#define SHIRABE_BASE_EXPR_H
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"

enum { EXPR_BATCH = 2048, EXPR_MAX_TEXT = 8192, EXPR_MAX_DEPTH = 64 };
enum { EXPR_FALSE = 0, EXPR_TRUE = 1, EXPR_UNKNOWN = 2 };
enum expr_type { EXPR_NUMBER, EXPR_CODE, EXPR_TEXT, EXPR_DATE, EXPR_BOOL };

/* What the compiler asks its caller: the type of a name, and code lists by name. */
struct expr_variable {
  enum expr_type type;
  int decimals;
  const char *unit;
  const struct dict *dict; /* of a code or text item when it is fixed by a code list; NULL = bound later, compared as text */
};
struct expr_scope {
  void *context;
  /* record NULL = the current record, else a child record type; false = no such name. */
  bool (*variable)(void *context, struct str record, struct str name, struct expr_variable *out);
  /* Codes of list(name): false = no such list. The texts are borrowed for the life of the expr. */
  bool (*list)(void *context, struct str name, const struct str **codes, int64_t *n);
};

enum expr_slot_kind { EXPR_SLOT_CURRENT, EXPR_SLOT_PREV, EXPR_SLOT_FRAME, EXPR_SLOT_CHILD };
/* Every variable that the compiled expr reads is a slot; before evaluation the caller binds one column to each, row-aligned with the current record
 * (prev and frame columns: row i belongs to the same unit as current row i, status VAL_BLANK where there is none). */
struct expr_slot {
  enum expr_slot_kind kind;
  const char *record; /* of a child slot, else "" */
  const char *name;
  enum expr_type type;
};

struct expr;
/* `text` sits at file:line:column (column of its first character): errors point into it. */
enum err_code expr_compile(struct arena *a, struct str text, const struct expr_scope *scope, const char *file, int64_t line, int64_t column, struct expr **out, struct err *e) NODISCARD;
enum expr_type expr_result_type(const struct expr *x);
int expr_decimals(const struct expr *x); /* of a number result; a rational is rounded half away to this: see expr_set_decimals */
const char *expr_unit(const struct expr *x);
int expr_n_slots(const struct expr *x);
const struct expr_slot *expr_slot(const struct expr *x, int i);

struct expr_children { /* child rows of current row i are first[i] .. first[i+1]-1 of the child slots' columns */
  const char *record;
  const int64_t *first;
};
struct expr_binding {
  const struct column *const *columns; /* [expr_n_slots]; NULL entry = the whole column is blank */
  const struct expr_children *children;
  int n_children;
};

struct expr_scratch; /* per thread and expr */
struct expr_scratch *expr_scratch_new(struct arena *a, const struct expr *x); /* NULL when out of memory */
/* From here on every binding's code columns have dictionaries that live as long as the scratch: what was worked out for each code is kept from table to table. */
void expr_scratch_keep(struct expr_scratch *s);
/* Rows row0 .. row0+n-1, n <= EXPR_BATCH; row0 a multiple of 64 is fastest. out[i] is EXPR_FALSE, EXPR_TRUE or EXPR_UNKNOWN. */
enum err_code expr_eval_bool(const struct expr *x, const struct expr_binding *binding, struct expr_scratch *s, int64_t row0, int n, uint8_t *out, struct err *e) NODISCARD;
/* Number or date result scaled to `decimals` (rounded half away from zero once, at the end); status VAL_DERIVED or VAL_UNKNOWN per row. */
enum err_code expr_eval_int(const struct expr *x, const struct expr_binding *binding, struct expr_scratch *s, int decimals, int64_t row0, int n, int64_t *out, uint8_t *status, struct err *e) NODISCARD;
/* Code or text result: views valid until the next call. */
enum err_code expr_eval_text(const struct expr *x, const struct expr_binding *binding, struct expr_scratch *s, int64_t row0, int n, struct str *out, uint8_t *status, struct err *e) NODISCARD;
int64_t expr_divisions_by_zero(const struct expr_scratch *s); /* counted since expr_scratch_new */
/* Canonical text (parenthesised), for hashes, diffs and tests. */
enum err_code expr_print(const struct expr *x, struct strbuf *to, struct err *e) NODISCARD;
#endif
