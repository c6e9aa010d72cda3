/* intake_item.c -- the compiled reader of one item: missing texts first, then the class's rule, then list and range. */
#include <stdio.h>
#include <string.h>

#include "base/ext_utf8proc.h"
#include "collector/intake_impl.h"
#include "forms/code_structure.h"

void item_range(const struct item_reader *r, int64_t *low, int64_t *high) {
  const struct item *item = r->item;
  *low = item->has_min ? item->min : item->class == CLASS_COUNT ? 0 : INT64_MIN;
  *high = item->has_max ? item->max : INT64_MAX;
}

static enum err_code read_number(struct item_reader *r, struct str raw, struct cell_value *out) {
  int64_t low, high;
  item_range(r, &low, &high);
  TRY(normalise_number(raw, &r->number, &out->number, &out->rules));
  return out->number < low || out->number > high ? E_NUMBER_RANGE : E_OK;
}

bool item_reads_plain_digits(const struct item_reader *r) { return r->read == read_number && r->number.decimals == 0; }

static enum err_code read_date(struct item_reader *r, struct str raw, struct cell_value *out) {
  enum date_known known;
  TRY(normalise_date_parts(raw, &r->date, &out->number, &known, &out->rules));
  if (known != DATE_KNOWN) out->status = known == DATE_ALL_UNKNOWN ? VAL_UNKNOWN : VAL_PART_UNKNOWN;
  return E_OK;
}

static enum err_code read_period(struct item_reader *r, struct str raw, struct cell_value *out) {
  struct period p;
  TRY(normalise_period(raw, &p, &out->rules));
  period_format(&p, r->folded.p);
  out->text = str_of(r->folded.p);
  out->number = period_first_day(&p);
  bool same = !r->period || (p.kind == r->period->kind && p.year == r->period->year && p.part == r->period->part);
  return same ? E_OK : E_PERIOD_OTHER;
}

static enum err_code read_name(struct item_reader *r, struct str raw, struct cell_value *out) {
  (void)r;
  out->text = raw;
  return E_OK;
}

static bool is_ascii(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] & 0x80) return false;
  return true;
}

static enum err_code read_text(struct item_reader *r, struct str raw, struct cell_value *out) {
  bool changed = false;
  out->text = raw;
  if (is_ascii(raw)) return E_OK;
  strbuf_reset(&r->scratch);
  if (!text_nfc_safe(raw, &r->scratch, &changed) || !changed) return E_OK;
  out->rules |= RULE_BIT(REPAIR_NFC);
  out->text = str_view(r->scratch.p, r->scratch.n);
  return E_OK;
}

static struct str view(const struct folded *f) { return str_view(f->p, f->n); }

static bool take_code(struct item_reader *r, struct str text, struct cell_value *out) {
  const struct code *c = code_index_find(r->index, text, &out->code);
  if (!c) return false;
  if (r->own_dict) out->code = -1;
  out->text = text;
  out->status = (uint8_t)c->status;
  return true;
}

static bool in_list(const struct item_reader *r, const char *p, size_t n) {
  int32_t id;
  return code_index_find(r->index, str_view(p, n), &id) != NULL;
}

/* Five digits of a list whose codes all carry a check digit: the zero is back only when the other reading is not in the list. */
static bool prove_lost_zero(struct item_reader *r, struct cell_value *out) {
  struct folded *f = &r->folded;
  if (!r->index->check_digits || f->n != 5) return false;
  int digit = municipality_check_digit(view(f));
  char padded[6] = {'0'}, other[6];
  if (digit < 0) return false;
  memcpy(padded + 1, f->p, 5);
  memcpy(other, f->p, 5);
  other[5] = (char)('0' + digit);
  if (!in_list(r, padded, 6) || in_list(r, other, 6)) return false;
  memcpy(f->p, padded, 6);
  f->n = 6;
  out->rules |= RULE_BIT(REPAIR_ZERO_CHECK_DIGIT);
  return take_code(r, view(f), out);
}

/* The division of a code's top group; NULL when the chain of parents does not end in one letter. */
static const struct code *division_of(const struct codelist *l, struct str code) {
  const struct code *c = codelist_find(l, code, INT64_MIN);
  for (int depth = 0; c && c->parent.n && depth < 8; depth++) c = codelist_find(l, c->parent, INT64_MIN);
  return c && c->code.n == 1 && c->code.p[0] >= 'A' && c->code.p[0] <= 'Z' ? c : NULL;
}

/* P83: the letter of the division is no part of the code; it goes when the list says that 83 stands under P. */
static bool strip_division(struct item_reader *r, struct cell_value *out) {
  struct folded *f = &r->folded;
  if (f->n < 3 || (f->p[0] & 0x80) || !in_list(r, f->p + 1, f->n - 1)) return false;
  const struct code *division = division_of(r->index->list, str_view(f->p + 1, f->n - 1));
  if (!division || (f->p[0] & ~0x20) != division->code.p[0]) return false;
  memmove(f->p, f->p + 1, --f->n);
  out->rules |= RULE_BIT(REPAIR_CODE_SPELLING);
  return take_code(r, view(f), out);
}

static bool padded_in_list(const struct item_reader *r) {
  const struct folded *f = &r->folded;
  size_t width = (size_t)r->index->width;
  char padded[64];
  if (width == 0 || f->n == 0 || f->n >= width || width > sizeof padded) return false;
  memset(padded, '0', width - f->n);
  memcpy(padded + width - f->n, f->p, f->n);
  return in_list(r, padded, width);
}

static enum err_code name_code_failure(const struct item_reader *r, struct str raw, enum err_code code) {
  if (code == E_NUMBER_EXPONENT || code == E_CODE_DATE_DAMAGE) return code;
  if (code_is_date_damage(view(&r->folded), true)) return E_CODE_DATE_DAMAGE;
  if (code_index_has_label(r->index, raw)) return E_CODE_LABEL;
  if (padded_in_list(r)) return E_CODE_ZEROS;
  if (r->index->check_digits && r->folded.n == 6 && municipality_check_digit(str_view(r->folded.p, 5)) >= 0 &&
      !municipality_check_digit_valid(view(&r->folded)))
    return E_CODE_CHECK_DIGIT;
  if (r->index->check_digits && r->folded.n == 5 && municipality_check_digit(view(&r->folded)) >= 0) return E_CODE_WIDTH;
  return code && code != E_CODE_ZEROS ? code : E_CODE_UNKNOWN;
}

/* Codes of a list: as written, then folded and judged; a list with a structure accepts what has it. */
static enum err_code read_listed_code(struct item_reader *r, struct str raw, struct cell_value *out) {
  if (take_code(r, raw, out)) return E_OK;
  enum err_code code = normalise_code(raw, &r->code, &r->folded, &out->rules);
  if (take_code(r, view(&r->folded), out)) return E_OK;
  if (prove_lost_zero(r, out) || strip_division(r, out)) return E_OK;
  if (code || !*r->index->list->structure) return name_code_failure(r, raw, code);
  out->text = view(&r->folded);
  return E_OK;
}

static enum err_code read_free_code(struct item_reader *r, struct str raw, struct cell_value *out) {
  TRY(normalise_code(raw, &r->code, &r->folded, &out->rules));
  out->text = view(&r->folded);
  return E_OK;
}

static bool take_missing(struct item_reader *r, struct str raw, struct cell_value *out) {
  if (raw.n >= 64 || !(r->missing_lengths >> raw.n & 1)) return false;
  for (int i = 0; i < r->n_missing; i++) {
    if (!str_eq(raw, r->missing[i].text)) continue;
    out->status = r->missing[i].status;
    return true;
  }
  return false;
}

/* Another spelling of a sign that the form declares: "－" where it says "-". */
static bool take_missing_sign(struct item_reader *r, struct str raw, struct cell_value *out) {
  struct str sign = normalise_sign(raw);
  for (int i = 0; sign.n && i < r->n_missing; i++) {
    if (!str_eq(sign, normalise_sign(r->missing[i].text))) continue;
    out->status = r->missing[i].status;
    out->rules |= RULE_BIT(NOTATION_SIGN);
    return true;
  }
  return false;
}

/* Written in full width or with spaces: the same meaning. A plain cell of ASCII without spaces was compared as it stands. */
static bool take_missing_folded(struct item_reader *r, struct str raw, struct cell_value *out) {
  struct folded f;
  uint32_t rules = 0;
  if (take_missing_sign(r, raw, out)) return true;
  if (!normalise_fold(raw, false, &f, &rules) || !rules || !take_missing(r, view(&f), out)) return false;
  out->rules |= rules;
  return true;
}

/* Letters and digits of ASCII, the common case, were compared as they stand; x and N may be signs in another spelling. */
static bool may_be_missing_folded(struct str raw) {
  uint8_t first = raw.n ? (uint8_t)raw.p[0] : '0';
  bool plain = (first >= '0' && first <= '9') || (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
  return !plain || (raw.n > 0 && raw.p[raw.n - 1] == ' ') || (raw.n == 1 && (first | 0x20) == 'x');
}

static bool blank_is_a_code(const struct item_reader *r, struct str raw) {
  int32_t id;
  return r->index && code_index_find(r->index, raw, &id) != NULL;
}

void item_read(struct item_reader *r, struct str raw, struct cell_value *out) {
  *out = (struct cell_value){.code = -1};
  if (raw.n == 0 && !blank_is_a_code(r, raw)) {
    out->status = r->blank_status;
    return;
  }
  if (r->n_missing && (take_missing(r, raw, out) || (may_be_missing_folded(raw) && take_missing_folded(r, raw, out)))) return;
  if (normalise_is_blank(raw) && !blank_is_a_code(r, raw)) {
    out->status = r->blank_status;
    return;
  }
  out->problem = r->read(r, raw, out);
  if (!out->problem) return;
  *out = (struct cell_value){.code = -1, .status = VAL_INVALID, .problem = out->problem};
  if (normalise_is_special_sign(raw)) out->problem = E_CELL_SIGN;
}

/* --- compiling --- */

static enum err_code compile_missing(const struct form *f, struct item_reader *r, struct err *e) {
  struct str rest = str_of(r->item->missing), part, name;
  r->blank_status = VAL_BLANK;
  while (rest.n > 0) {
    part = str_split(rest, ';', &rest);
    if (part.n == 0) continue;
    struct missing_text m = {str_split(part, '=', &name), 0};
    if (!missing_reason_parse(name, &m.status) || r->n_missing == INTAKE_MAX_MISSING || m.text.n >= 64)
      return ERR(e, E_BUG, .file = f->folder, .line = r->item->line, .subject = r->item->name,
                 .expected = "text=status pairs that the form reader has checked");
    if (m.text.n == 0 || str_eq(m.text, STR("blank"))) {
      r->blank_status = m.status;
      continue;
    }
    r->missing[r->n_missing++] = m;
    r->missing_lengths |= (uint64_t)1 << m.text.n;
  }
  return E_OK;
}

/* 99=part_unknown, 不詳=part_unknown: the text stands for a month or day. Alone in the cell it is the whole date that is unknown. */
static void compile_unknown_parts(struct item_reader *r) {
  for (int i = 0; i < r->n_missing; i++) {
    struct missing_text *m = &r->missing[i];
    if (m->status != VAL_PART_UNKNOWN) continue;
    r->date.part_99 = r->date.part_99 || str_eq(m->text, STR("99"));
    r->date.part_word = r->date.part_word || str_eq(m->text, STR("不詳"));
    m->status = VAL_UNKNOWN;
  }
}

static void compile_eras(const struct form *f, struct item_reader *r) {
  for (int i = 0; *r->item->era_table && i < f->n_codelists; i++) {
    const struct codelist *l = f->codelists[i];
    if (strcmp(l->name, r->item->era_table)) continue;
    for (int64_t k = 0; k < l->n_codes; k++) {
      struct str code = l->codes[k].code;
      if (code.n != 1 || code.p[0] < '0' || code.p[0] > '9') continue;
      r->digits.era[code.p[0] - '0'] = (uint8_t)era_of_name(l->codes[k].label_ja);
      r->digits.declared = true;
    }
  }
  r->date.digits = &r->digits;
}

static item_read_fn choose(const struct item_reader *r) {
  const struct item *item = r->item;
  if (item->class == CLASS_PERIOD) return read_period;
  if (item->type == COL_INT) return item->class == CLASS_DATE || item->class == CLASS_WAREKI ? read_date : read_number;
  if (item->class == CLASS_NAME) return read_name;
  if (r->index) return read_listed_code;
  return item->type == COL_CODE || item->class == CLASS_CODE || item->class == CLASS_FLAG ? read_free_code : read_text;
}

enum err_code item_reader_init(struct arena *a, const struct form *f, const struct item *item, struct item_reader *out, struct err *e) {
  *out = (struct item_reader){.item = item, .cell = -1, .number = {item->decimals, number_unit_texts(item->unit, item->multiplier)}};
  strbuf_init(&out->scratch, 1 << 22);
  TRY(compile_missing(f, out, e));
  compile_eras(f, out);
  out->date.month = strcmp(item->unit, "month") == 0;
  out->date.year = strcmp(item->unit, "year") == 0;
  compile_unknown_parts(out);
  if (item->codelist) {
    TRY(code_index_new(a, item->codelist, &out->index, e));
    out->code.structure = code_structure_of(item->codelist->structure);
    out->own_dict = *item->codelist->structure != 0 || item->type == COL_TEXT;
  } else {
    out->own_dict = true;
  }
  out->read = choose(out);
  return E_OK;
}

void item_reader_release(struct item_reader *r) { strbuf_release(&r->scratch); }

/* --- what a cell should hold, in words --- */

static void decimal_text(int64_t v, int decimals, char *out, size_t size) {
  struct strbuf b;
  strbuf_init(&b, 64);
  strbuf_add_decimal(&b, v, decimals);
  snprintf(out, size, "%s", b.failed ? "" : strbuf_cstr(&b));
  strbuf_release(&b);
}

static const char *expect_number(const struct item_reader *r, bool japanese, char *out, size_t size) {
  const struct item *item = r->item;
  char low[64] = "", high[64] = "", unit[64] = "";
  if (item->has_min || item->class == CLASS_COUNT) decimal_text(item->has_min ? item->min : 0, item->decimals, low, sizeof low);
  if (item->has_max) decimal_text(item->max, item->decimals, high, sizeof high);
  if (*item->unit) snprintf(unit, sizeof unit, japanese ? "（単位 %s）" : " in %s", r->number.units ? r->number.units[0] : item->unit);
  if (japanese) snprintf(out, size, "%s%s%s%s%s", item->decimals ? "数" : "整数", *low ? " " : "", low, *low || *high ? "〜" : "", high);
  else snprintf(out, size, "%s%s%s%s%s", item->decimals ? "a number" : "a whole number", *low ? " from " : "", low, *high ? " to " : "", high);
  strncat(out, unit, size - strlen(out) - 1);
  return out;
}

const char *item_expected(const struct item_reader *r, bool japanese, char *out, size_t size) {
  const struct item *item = r->item;
  if (r->read == read_number) return expect_number(r, japanese, out, size);
  if (r->read == read_date && r->date.month) return japanese ? "年月（例 2025-04、令和7年4月）" : "a year and month, for example 2025-04";
  if (r->read == read_date && r->date.year) return japanese ? "年（例 2025、令和7年）" : "a year, for example 2025";
  if (r->read == read_date) return japanese ? "日付（例 2025-04-01、令和7年4月1日）" : "a date, for example 2025-04-01";
  if (r->read == read_period) return japanese ? "期間（例 2025-12、令和7年度は FY2025）" : "a period, for example 2025-12 or FY2025";
  if (!r->index) return japanese ? "文字列" : "a text";
  snprintf(out, size, japanese ? "符号表 %s の符号" : "a code of list %s", item->codelist->name);
  return out;
}
