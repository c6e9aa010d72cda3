/* guess_column.c -- the profile of one column over the sample's records, and the class that it suggests. The rules stand in guess.md. */
#include <string.h>

#include "base/err.h"
#include "collector/guess_impl.h"
#include "collector/normalise.h"

enum { MOSTLY = 60, NEARLY_ALL = 90, VALUE_SLOTS = 4096, FEW = 50, REPEATS = 3, CODE_WIDTH = 12, WIDTH_CLASSES = 64 };

static int64_t characters(struct str s) {
  int64_t n = 0;
  for (size_t i = 0; i < s.n; i++) n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
  return n;
}

static bool is_ascii(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] & 0x80) return false;
  return true;
}

static void see_value(struct guess_values *v, struct str text) {
  uint64_t h = 1469598103934665603u;
  for (size_t i = 0; i < text.n; i++) h = (h ^ (uint8_t)text.p[i]) * 1099511628211u;
  uint64_t at = (h ^ h >> 29) & v->mask;
  while (v->slots[at].n && !str_eq(v->slots[at].text, text)) at = (at + 1) & v->mask;
  if (!v->slots[at].n) {
    if (v->distinct >= GUESS_DISTINCT) return;
    v->distinct++;
    v->slots[at].text = text;
  }
  v->slots[at].n++;
}

static void see_sign(struct guess_column *c, struct str text) {
  struct str s = str_trim(text);
  for (int i = 0; i < c->n_signs; i++)
    if (str_eq(c->sign[i], s)) return;
  if (c->n_signs < GUESS_SIGNS && s.n < 16) c->sign[c->n_signs++] = s;
}

static void see_unit(struct guess_column *c, const char *unit) {
  if (!unit) return;
  if (!c->unit) c->unit = unit;
  c->with_unit += strcmp(c->unit, unit) == 0;
}

struct widths {
  int64_t n[WIDTH_CLASSES];
  struct str first[WIDTH_CLASSES];
};

static void see_width(struct guess_column *c, struct widths *w, struct str text) {
  int64_t n = characters(text), class = n < WIDTH_CLASSES ? n : WIDTH_CLASSES - 1;
  if (c->filled == 1 || n < c->width_min) c->width_min = n;
  if (n > c->width_max) c->width_max = n;
  if (w->n[class]++ == 0) w->first[class] = text;
}

static void see_filled(struct guess_column *c, const struct guess_cell *cell, struct str text) {
  bool compact = cell->rules & RULE_BIT(NOTATION_COMPACT_DATE);
  if (c->filled++ == 0) c->example = text;
  c->ascii = c->ascii && is_ascii(text);
  c->numbers += cell->kind == CELL_NUMBER;
  c->dates += cell->kind == CELL_DATE;
  c->era_dates += (cell->rules & RULE_BIT(NOTATION_ERA_DATE)) != 0;
  c->compact_dates += compact;
  c->leading_zeros += cell->leading_zero;
  c->too_fine += cell->too_fine;
  c->negative = c->negative || cell->negative;
  c->separators = c->separators || (cell->rules & RULE_BIT(REPAIR_SEPARATORS));
  c->full_width = c->full_width || (cell->rules & RULE_BIT(REPAIR_WIDTH));
  if (cell->decimals > c->decimals) c->decimals = cell->decimals;
  see_unit(c, cell->unit);
}

static void profile(const struct guess *g, int64_t j, struct guess_values *v, struct widths *w, struct guess_column *c) {
  c->ascii = true;
  for (int64_t i = g->first_data; i < g->sample.n_rows; i++) {
    if (!guess_is_record(g, i)) continue;
    struct str text = guess_cell_text(g, i, j);
    struct guess_cell cell;
    guess_cell_read(text, &cell);
    if (cell.kind == CELL_BLANK) {
      c->blank++;
    } else if (cell.kind == CELL_SIGN) {
      c->signs++;
      see_sign(c, text);
    } else {
      see_filled(c, &cell, text);
      see_width(c, w, text);
      see_value(v, text);
    }
  }
  c->distinct = v->distinct;
}

static void keep_shape(const struct widths *w, struct guess_column *c) {
  int64_t best = -1;
  for (int i = 0; i < WIDTH_CLASSES; i++)
    if (w->n[i] && (best < 0 || w->n[i] > w->n[best])) best = i;
  if (best >= 0) text_shape(w->first[best].p, w->first[best].n, c->shape, sizeof c->shape);
}

static int share(int64_t n, int64_t of) { return of ? (int)(n * 100 / of) : 0; }

static void decide(struct guess_column *c, enum item_class class, enum guess_reason reason, int confidence) {
  c->class = class;
  c->reason = reason;
  c->confidence = confidence;
}

static void decide_number(struct guess_column *c) {
  static const char rate_words[] = "率|割合|比|指数|平均|rate|ratio|percent|index";
  static const char money_words[] = "円|額|給与|賃金|価格|収入|支出|費|yen|amount|income|wage";
  int confidence = share(c->numbers, c->filled);
  bool all_units = c->unit && c->with_unit * 100 >= c->filled * MOSTLY;
  if (!all_units) c->unit = NULL;
  bool money = heading_has(c, money_words) || (c->unit && strcmp(c->unit, "yen") == 0);
  if (heading_has(c, rate_words) || (c->unit && strcmp(c->unit, "percent") == 0)) decide(c, CLASS_RATE, REASON_NUMBERS, confidence);
  else if (money || c->negative || c->decimals) decide(c, CLASS_AMOUNT, REASON_NUMBERS, confidence);
  else decide(c, CLASS_COUNT, REASON_NUMBERS, confidence);
}

/* Digits that are a code and no figure: zeros in front at a fixed width, or a heading that says so. */
static bool digits_are_codes(const struct guess_column *c) {
  if (c->decimals || c->negative || c->separators || c->full_width || c->with_unit) return false;
  return c->leading_zeros > 0 && c->width_min == c->width_max && c->width_max > 1;
}

static bool two_values(const struct guess_values *v) {
  bool zero = false, one = false;
  for (uint64_t i = 0; i <= v->mask; i++) {
    if (!v->slots[i].n) continue;
    zero = zero || str_eq(v->slots[i].text, STR("0"));
    one = one || str_eq(v->slots[i].text, STR("1"));
  }
  return v->distinct == 2 && zero && one;
}

static void decide_text(struct guess_column *c) {
  int texts = share(c->filled - c->numbers - c->dates, c->filled);
  bool repeated = c->distinct <= FEW && c->filled >= c->distinct * REPEATS;
  if (heading_has(c, "氏名|姓名")) decide(c, CLASS_NAME, REASON_NAME_HEADING, texts);
  else if (texts < 100 && c->numbers + c->dates > 0) decide(c, CLASS_TEXT, REASON_MIXED, texts);
  else if (c->ascii && repeated && c->width_max <= CODE_WIDTH && c->filled >= 2) decide(c, CLASS_CODE, REASON_FEW_VALUES, MOSTLY);
  else decide(c, CLASS_TEXT, REASON_TEXT, texts);
}

static void classify(const struct guess_values *v, struct guess_column *c) {
  int dates = share(c->dates, c->filled), compact = share(c->compact_dates, c->filled), numbers = share(c->numbers, c->filled);
  if (!c->filled) decide(c, CLASS_TEXT, REASON_EMPTY, 0);
  else if (c->list.name) decide(c, CLASS_CODE, REASON_CODE_LIST, c->list.percent);
  else if (dates >= MOSTLY)
    decide(c, share(c->era_dates, c->dates) >= MOSTLY ? CLASS_WAREKI : CLASS_DATE, c->era_dates ? REASON_ERA_DATES : REASON_DATES, dates);
  else if (compact >= NEARLY_ALL && (heading_has(c, "日|年月|date") || compact == 100)) decide(c, CLASS_DATE, REASON_COMPACT_DATES, compact);
  else if (numbers == 100 && digits_are_codes(c)) decide(c, CLASS_CODE, REASON_LEADING_ZEROS, NEARLY_ALL);
  else if (numbers >= MOSTLY && !c->decimals && !c->negative && heading_has(c, "コード|番号|符号|code"))
    decide(c, CLASS_CODE, REASON_CODE_HEADING, numbers);
  else if (numbers == 100 && two_values(v) && heading_has(c, "フラグ|有無|flag")) decide(c, CLASS_FLAG, REASON_TWO_VALUES, NEARLY_ALL);
  else if (c->too_fine) decide(c, CLASS_TEXT, REASON_TOO_FINE, numbers); /* a text keeps every digit */
  else if (numbers >= MOSTLY) decide_number(c);
  else decide_text(c);
  if (c->class != CLASS_COUNT && c->class != CLASS_AMOUNT && c->class != CLASS_RATE) c->unit = NULL;
}

enum err_code guess_column_read(struct arena *scratch, const struct guess *g, int64_t j, const struct guess_lists *lists, struct guess_column *out,
                                struct err *e) {
  struct guess_values v = {ARENA_ARRAY(scratch, struct guess_value, VALUE_SLOTS), VALUE_SLOTS - 1, 0};
  struct widths *w = ARENA_NEW(scratch, struct widths);
  if (!v.slots || !w) return ERR(e, E_NO_MEMORY, .subject = "sample");
  profile(g, j, &v, w, out);
  keep_shape(w, out);
  guess_codes(&v, lists, out);
  classify(&v, out);
  return E_OK;
}
