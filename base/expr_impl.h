/* expr_impl.h -- inside of base/expr: text -> tree with places -> checked tree -> batch program. For the files expr_*.c only.
 * Numbers  a value is numerator / (denominator * 10^decimals); decimals and whether there is a denominator are fixed per node when it is checked.
 * Paths    expr_run.c does blocks of rows in int64 when the operands' bits prove that nothing can overflow; otherwise expr_exact.c does the block row by
 *          row in checked 128 bits. Both take the same steps, so a row's result and error do not depend on the block it is in.
 * Truth    inside, false = 0, unknown = 1, true = 2: `and` is the minimum, `or` the maximum, `not x` is 2 - x. */
#ifndef SHIRABE_BASE_EXPR_IMPL_H
#define SHIRABE_BASE_EXPR_IMPL_H
#include "base/expr.h"

__extension__ typedef __int128 expr_wide;
__extension__ typedef unsigned __int128 expr_uwide;

enum { EXPR_MAX_PROGRAMS = 33, EXPR_MAX_CACHES = 256, EXPR_MAX_NODES = 1024, EXPR_MAX_DECIMALS = 18, EXPR_UNIT_FACTORS = 6, EXPR_MAX_LITERAL_DIGITS = 18 };
enum { KLEENE_FALSE = 0, KLEENE_UNKNOWN = 1, KLEENE_TRUE = 2 };

enum expr_kind {
  X_NUMBER, X_TEXT, X_DATE, X_TRUTH, X_VARIABLE,
  X_NEG, X_ADD, X_SUB, X_MUL, X_DIV,
  X_EQ, X_NE, X_LT, X_LE, X_GT, X_GE, X_IN, X_BETWEEN,
  X_AND, X_OR, X_NOT, X_IF,
  X_MISSING, X_BLANK, X_NA, X_UNKNOWN, X_REFUSED, X_INVALID,
  X_ABS, X_MIN, X_MAX, X_ROUND, X_FLOOR, X_MOD,
  X_DAYS, X_MONTHS, X_AGE, X_YEAR, X_MONTH, X_DAY, X_LEN, X_PREFIX, X_SUBSTR, X_UNIT, X_ERA, X_ERA_YEAR, X_CHOOSE,
  X_PREV, X_FRAME,
  X_COUNT, X_SUM, X_ANY, X_ALL
};

/* A product of named units with powers, sorted by name; n = 0: no unit, fits all. */
struct expr_units {
  int n;
  struct {
    struct str name;
    int power;
  } factor[EXPR_UNIT_FACTORS];
};

struct expr_node {
  enum expr_kind kind;
  int32_t at;              /* byte in the text: of the operator, or of the first character */
  int n_kids;
  struct expr_node *kid[3];
  struct str text, record; /* name or literal as written; record of person.age, count(person ...) */
  struct expr_node **member; /* X_IN: literals, NULL for list(name) in text */
  int n_members;
  /* set by expr_check */
  enum expr_type type;
  int decimals;
  bool rational;           /* has a denominator */
  struct expr_units unit;
  int64_t value, extent;   /* literal; digits of round; characters of prefix; first character and number of characters of substr */
  int slot;                /* X_VARIABLE; else the one slot a code predicate depends on, or -1 */
  bool outer;              /* a variable of the current record inside count(...), sum(...) */
  bool pure;               /* text or bool that needs nothing but literals and slot `slot` (-1 = literals only) */
  const struct str *texts; /* X_IN over codes: sorted */
  const int64_t *numbers;  /* X_IN over numbers and dates: sorted, scaled to number_decimals */
  int64_t n_set;
  int number_decimals;
};

struct expr {
  struct arena *arena;
  const char *text, *file;
  int64_t line, column;
  struct expr_node *root;
  struct expr_slot *slots;
  struct expr_variable *variables; /* per slot */
  int n_slots, slots_capacity;
  const char *unit;
  struct expr_program *program;    /* of the current record */
  struct expr_program *programs[EXPR_MAX_PROGRAMS]; /* by id: main, then one per count, sum, any, all */
  int n_programs;
  const struct expr_op *cached[EXPR_MAX_CACHES];    /* ops with a per-dictionary table: truth bytes or numbers */
  int n_caches;
};

/* --- text -> tree (expr_lex.c, expr_parse.c) --- */
enum expr_token_kind { T_END, T_NAME, T_NUMBER, T_TEXT, T_MARK };
struct expr_token {
  enum expr_token_kind kind;
  int32_t at, n;
  struct str text;  /* T_TEXT: without quotes */
  char mark[3];     /* T_MARK: "(", "<=" ... */
};
struct expr_source {
  struct arena *arena;
  struct str text;
  const char *file;
  int64_t line, column;
};
enum err_code expr_next_token(const struct expr_source *s, int32_t from, struct expr_token *out, struct err *e) NODISCARD;
enum err_code expr_parse(const struct expr_source *s, struct expr_node **root, struct err *e) NODISCARD;
int64_t expr_column(const struct expr_source *s, int32_t at); /* characters, not bytes */
#define EXPR_ERR(e, source, code_, at_, ...) ERR((e), (code_), .file = (source)->file, .line = (source)->line, .column = expr_column((source), (at_)), __VA_ARGS__)

/* --- types, units, slots (expr_check.c, expr_check_call.c, expr_unit.c) --- */
struct expr_checker {
  const struct expr_source *source;
  const struct expr_scope *scope;
  struct expr *x;
  struct err *e;
  enum expr_slot_kind where; /* EXPR_SLOT_CURRENT, inside prev() or frame() */
  struct str record;         /* inside an aggregate: the child record */
  bool in_child;
};
enum err_code expr_check(struct expr_checker *c, struct expr_node *n) NODISCARD;
enum err_code expr_check_call(struct expr_checker *c, struct expr_node *n) NODISCARD; /* functions and aggregates */
void expr_join_pure(struct expr_node *n); /* pure and slot from the kids': all pure and about one code slot */
enum err_code expr_want(struct expr_checker *c, const struct expr_node *n, enum expr_type type) NODISCARD;
enum err_code expr_same_units(struct expr_checker *c, const struct expr_node *at, const struct expr_node *a, const struct expr_node *b, struct expr_units *out) NODISCARD;
bool expr_is_text(enum expr_type t);
const char *expr_type_name(enum expr_type t);
bool expr_units_parse(struct str text, struct expr_units *out);
bool expr_units_equal(const struct expr_units *a, const struct expr_units *b);
bool expr_units_product(const struct expr_units *a, const struct expr_units *b, int sign, struct expr_units *out);
const char *expr_units_text(struct arena *a, const struct expr_units *u);

/* --- batch program (expr_compile.c) --- */
enum expr_opcode {
  OP_LOAD, OP_CONSTANT, OP_SCALE, OP_NEG, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_ABS, OP_MIN, OP_MAX, OP_ROUND, OP_FLOOR, OP_MOD,
  OP_DAYS, OP_MONTHS, OP_AGE, OP_YEAR, OP_MONTH, OP_DAY, OP_ERA, OP_ERA_YEAR, OP_LEN, OP_CHOOSE,
  OP_COMPARE, OP_COMPARE_CONSTANT, OP_BETWEEN_CONSTANT, OP_IN_NUMBERS, OP_LOOKUP, OP_SAME_CODE,
  OP_TRUTH, OP_AND, OP_OR, OP_NOT, OP_IF, OP_SAME, OP_DIFFERENT, OP_STATUS, OP_NUMBER_MISSING, OP_TRUTH_MISSING, OP_LOAD_TRUTH,
  OP_ROW, /* a truth that is evaluated row by row by expr_exact: too rare for a loop of its own */
  OP_COUNT, OP_SUM, OP_ANY, OP_ALL,
  OP_TEXT_CONSTANT, OP_TEXT_LOOKUP, OP_TEXT_CHOOSE
};
struct expr_op {
  enum expr_opcode code;
  int dst, a, b;       /* registers; those of numbers, truths and texts are counted apart */
  int c;               /* the truth that chooses a or b; b = -1: nothing else to choose */
  int slot, slot2;
  bool outer;          /* the slot belongs to the current record while child rows are run */
  enum expr_kind kind; /* of a comparison or status test */
  int64_t k, k2;
  int digits, digits2; /* powers of ten: scale up, scale down */
  int cache;           /* number of its dictionary table, from 1; 0 = none */
  const struct expr_node *node;
  struct expr_program *child;
};
struct expr_program {
  struct expr_op *ops;
  int n_ops, capacity;
  int n_numbers, n_truths, n_texts; /* registers */
  int number, truth, text; /* result registers, -1 = none; a child of sum has number and truth */
  int id;                  /* 0 = main */
  bool exact;              /* holds something only expr_exact can do */
};
enum err_code expr_build(struct expr *x, struct err *e) NODISCARD;

/* --- exact evaluation, row by row in checked 128 bits (expr_exact.c) --- */
struct expr_value {
  bool known;
  uint8_t truth; /* Kleene, of a bool */
  expr_wide num, den;
  struct str text;
};
struct expr_row {
  const struct expr *x;
  const struct expr_binding *binding;
  int64_t row, child_row; /* child_row -1 outside aggregates */
  bool fixed;             /* the text of every code slot is fixed_text: fills dictionary tables */
  struct str fixed_text;
  int64_t *divisions_by_zero;
  struct err *e;
};
enum err_code expr_exact(const struct expr_row *r, const struct expr_node *n, struct expr_value *out) NODISCARD;
/* value / 10^node decimals -> scaled to `decimals`, half away from zero; false on overflow. */
bool expr_wide_scale(expr_wide num, expr_wide den, int from, int to, int64_t *out);
bool expr_wide_mul(expr_wide a, expr_wide b, expr_wide *out);
expr_wide expr_power_of_ten(int n); /* n <= 38 */
expr_wide expr_floor_div(expr_wide a, expr_wide b); /* b > 0 */
enum err_code expr_overflow(const struct expr *x, const struct expr_node *n, int64_t row, struct err *e);
const struct expr_children *expr_find_children(const struct expr_binding *b, struct str record);
struct str expr_prefix(struct str text, int64_t n_characters);
struct str expr_substr(struct str text, int64_t from, int64_t n_characters); /* from 1; empty beyond the end */
int64_t expr_length(struct str text); /* characters */
/* Checks that the columns bound are of the slots' types and decimals. */
enum err_code expr_check_binding(const struct expr *x, const struct expr_binding *b, struct err *e) NODISCARD;

/* --- block loops (expr_run.c, expr_leaf.c) --- */
enum { EXPR_BLOCK = 512 };
struct expr_number { /* a register: views of a column or of the own arrays */
  const int64_t *num, *den; /* den NULL = 1 */
  const uint8_t *status;    /* NULL = all present */
  int bits, den_bits;       /* |num| <= 2^bits; -1 = not looked at yet */
  int64_t *own_num, *own_den;
  uint8_t *own_status;
};
struct expr_registers {
  struct expr_number *numbers;
  uint8_t **truths;
  struct str **texts;       /* p NULL = unknown */
  uint8_t *status;          /* gathered from the parents' rows */
  int32_t *codes;
  int64_t *parents;         /* row of the current record of each child row */
};
struct expr_cache {
  const struct dict *dict, *dict2;
  int32_t n, capacity;
  uint8_t *truth;
  int32_t *same;  /* id in dict2, -1 = none */
  int64_t *number;
  struct str *text;
};
struct expr_scratch {
  const struct expr *x;
  struct arena *arena;
  struct expr_registers *registers; /* per program */
  struct expr_cache *caches;
  int64_t divisions_by_zero;
  int64_t last_end;  /* a pass that does not go on from here starts anew: dictionary tables are made again */
  bool exact_only;   /* tests: never take the int64 path */
  bool keep;         /* see expr_scratch_keep: dictionary tables outlive a pass */
};
struct expr_run {
  struct expr_scratch *s;
  const struct expr_binding *binding;
  const struct expr_program *program;
  struct expr_registers *registers;
  int64_t row0;          /* first row of the current record, or of the child record in a child program */
  const int64_t *parents; /* NULL in the main program */
  int n;
  bool exact;            /* set when the block needs 128 bits */
  struct err *e;
};
/* Runs the main program over rows row0 .. row0+n-1, n <= EXPR_BLOCK; afterwards r->exact says whether the registers hold the result. */
enum err_code expr_run_block(struct expr_run *r) NODISCARD;
enum err_code expr_run_children(struct expr_run *r, const struct expr_op *op) NODISCARD;
enum err_code expr_run_program(struct expr_run *r) NODISCARD;
#endif
