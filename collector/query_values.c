/* query_values.c -- values of a record as text (the marks of batch records), equality tokens, and whether a new value can stand. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/query_impl.h"

/* A long text is cut before a character that would not fit whole. */
static size_t whole_characters(struct str s, size_t max) {
  size_t n = s.n < max ? s.n : max;
  while (n < s.n && n && ((unsigned char)s.p[n] & 0xc0) == 0x80) n--;
  return n;
}

const char *query_value_text(struct arena *a, const struct column *c, int64_t row) {
  static const char *const marks[VAL_STATUS_COUNT] = {
      [VAL_NOT_APPLICABLE] = "\\N", [VAL_UNKNOWN] = "\\U", [VAL_REFUSED] = "\\R", [VAL_INVALID] = "\\I"};
  uint8_t status = c->status[row];
  char buffer[64];
  if (!value_present(status)) return marks[status] ? marks[status] : "";
  struct str text = column_text(c, row, buffer, sizeof buffer);
  text.n = whole_characters(text, QUERY_MAX_TEXT - 8);
  const char *mark = status == VAL_CORRECTED ? "\\C:" : text.n && text.p[0] == '\\' ? "\\" : "";
  char *out = arena_printf(a, "%s%.*s", mark, (int)text.n, text.p);
  for (char *p = out; p && *p; p++) /* a text of many lines is one line in a query */
    if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = ' ';
  return out;
}

const char *query_token_period(const struct form *f, const char *period) { return f->event_date && f->event_date[0] ? "" : period; }

enum err_code query_tokens_of(struct store *s, const char *survey, const char *form, const char *period, struct query_tokens *out, struct err *e) {
  char name[256];
  snprintf(name, sizeof name, "%s/%s/%s", survey, form, period);
  TRY(store_token(s, "query-record", name, strlen(name), out->record, e));
  return store_token(s, "query-value", name, strlen(name), out->value, e);
}

/* Length before text: no two lists of pairs give the same bytes. */
static void add(struct strbuf *b, const char *s) {
  strbuf_addf(b, "%zu:", strlen(s));
  strbuf_adds(b, s);
}
void query_token(const uint8_t key[HASH_BYTES], const char *rule, const struct query_pair *pairs, int64_t n, uint8_t out[HASH_BYTES]) {
  struct strbuf b;
  strbuf_init(&b, 0);
  add(&b, rule);
  for (int64_t i = 0; i < n; i++) {
    const char *value = pairs[i].value;
    add(&b, pairs[i].item);
    add(&b, !strncmp(value, "\\C:", 3) ? value + 3 : value); /* a value is the same whether it was corrected or reported so */
  }
  hmac_sha256(key, HASH_BYTES, b.p, b.n, out);
  if (b.p) wipe(b.p, b.n);
  strbuf_release(&b);
}

/* --- new values --- */
static bool is_number(const struct item *it, struct str s, int64_t *out) {
  struct str fraction, whole = str_split(s, '.', &fraction);
  int64_t v, f = 0;
  bool negative = s.n && s.p[0] == '-', point = whole.n != s.n;
  if (!whole.n || !str_int64(whole, &v) || s.p[0] == '+' || (int)fraction.n > it->decimals || (point && !fraction.n)) return false;
  for (size_t i = 0; i < fraction.n; i++) {
    if (fraction.p[i] < '0' || fraction.p[i] > '9') return false;
    f = f * 10 + (fraction.p[i] - '0');
  }
  for (int i = 0; i < it->decimals; i++)
    if (__builtin_mul_overflow(v, 10, &v)) return false;
  for (int i = (int)fraction.n; i < it->decimals; i++) f *= 10;
  return !(negative ? __builtin_sub_overflow(v, f, out) : __builtin_add_overflow(v, f, out));
}

static bool is_mark(const char *v) { return !v[0] || !strcmp(v, "\\N") || !strcmp(v, "\\U") || !strcmp(v, "\\R"); }

static enum err_code out_of_range(const struct item *it, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  if (it->has_min) strbuf_add_decimal(&b, it->min, it->decimals);
  strbuf_adds(&b, " .. ");
  if (it->has_max) strbuf_add_decimal(&b, it->max, it->decimals);
  enum err_code code = ERR(e, E_QUERY_VALUE, .subject = it->name, .expected = b.failed ? "a value within the item's limits" : strbuf_cstr(&b));
  strbuf_release(&b);
  return code;
}

enum err_code query_value_check(const struct form *f, const struct query_pair *p, struct err *e) {
  const struct item *it = form_item(f, p->item);
  const struct str text = str_of(p->value);
  int64_t v = 0;
  if (!it || it->origin != ORIGIN_REPORTED)
    return ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "an item that the office reports (shirabe form show)");
  for (int i = 0; i < f->records[0].n_keys; i++)
    if (f->records[0].keys[i] == it)
      return ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "no change of a key: withdraw the record and report it again");
  if (!utf8_valid(text.p, text.n, NULL) || text.n > 1024) return ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "at most 1024 bytes of UTF-8");
  if (is_mark(p->value)) return E_OK;
  if (text.p[0] == '\\') return ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "\\N not applicable, \\U unknown, \\R refused or a value");
  if (it->type == COL_INT && (it->class == CLASS_DATE || it->class == CLASS_WAREKI))
    return date_parse_iso(text, &v) ? E_OK : ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "a date as 2025-04-01");
  if (it->type == COL_INT && !is_number(it, text, &v))
    return ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "a number in ASCII digits without separators or unit");
  if (it->type == COL_INT && ((it->has_min && v < it->min) || (it->has_max && v > it->max))) return out_of_range(it, e);
  const struct code *found = it->codelist ? codelist_find(it->codelist, text, INT64_MIN) : NULL;
  if (it->codelist && (!found || found->status == VAL_INVALID)) /* a heading has a label and is no answer */
    return ERR(e, E_QUERY_VALUE, .subject = p->item, .expected = "a code of the item's list (shirabe form codes)");
  return E_OK;
}
