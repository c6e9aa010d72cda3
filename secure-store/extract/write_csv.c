/* write_csv.c -- see write_table.h. Cells are put together in one buffer per slice: this is the hot path of an extract. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/json_out.h"
#include "secure-store/extract/write_table.h"

enum { NUMBER_TEXT = 40 };

static char *put_digits(char *to, uint64_t v, int at_least) {
  char digits[24];
  int n = 0;
  do digits[n++] = (char)('0' + v % 10), v /= 10;
  while (v > 0 || n < at_least);
  while (n > 0) *to++ = digits[--n];
  return to;
}
static char *put_decimal(char *to, int64_t v, int decimals) {
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, scale = 1;
  if (v < 0) *to++ = '-';
  if (decimals <= 0) return put_digits(to, u, 1);
  for (int i = 0; i < decimals; i++) scale *= 10;
  to = put_digits(to, u / scale, 1);
  *to++ = '.';
  return put_digits(to, u % scale, decimals);
}
static bool plain(struct str t) {
  for (size_t i = 0; i < t.n; i++)
    if (t.p[i] == ',' || t.p[i] == '"' || t.p[i] == '\n' || t.p[i] == '\r') return false;
  return true;
}
static char *put_text(char *to, struct str t) {
  if (plain(t)) {
    memcpy(to, t.p, t.n);
    return to + t.n;
  }
  *to++ = '"';
  for (size_t i = 0; i < t.n; i++) {
    if (t.p[i] == '"') *to++ = '"';
    *to++ = t.p[i];
  }
  *to++ = '"';
  return to;
}
static char *put_cell(char *to, const struct frame_column *c, const struct frame_cells *v, int64_t row) {
  if (!value_present(v->status[row])) {
    const char *sign = stat_missing_sign(v->status[row]);
    size_t n = strlen(sign);
    memcpy(to, sign, n); // NOLINT(bugprone-not-null-terminated-result): the text goes on
    return to + n;
  }
  if (c->type == COL_CODE || c->type == COL_TEXT) {
    struct str t = frame_text(v, row);
    if (t.n) return put_text(to, t);
    *to++ = '"', *to++ = '"'; /* a text of no characters is no blank */
    return to;
  }
  if (c->type == COL_REAL) {
    real_format(v->real[row], to);
    return to + strlen(to);
  }
  if (!c->is_date) return put_decimal(to, v->i64[row], c->decimals);
  date_format_iso(v->i64[row], to);
  return to + strlen(to);
}
/* A slice needs at most this much room. */
static size_t room(const struct frame_reader *r) {
  size_t n = (size_t)r->rows * (ROW_ID_TEXT + 4);
  for (int k = 0; k < r->f->n_columns; k++) {
    enum column_type type = r->f->columns[k].type;
    n += (size_t)r->rows * (type == COL_CODE || type == COL_TEXT ? 6 : NUMBER_TEXT);
    if (type == COL_CODE || type == COL_TEXT) n += (size_t)r->cells[k].text_at[r->rows] * 2;
  }
  return n;
}
static enum err_code slice_out(const struct frame_reader *r, struct strbuf *b, extract_sink_fn sink, void *context, struct err *e) {
  strbuf_reset(b);
  char *to = strbuf_extend(b, room(r)), *start = to;
  if (!to) return ERR(e, E_NO_MEMORY, .subject = "csv");
  for (int64_t row = 0; row < r->rows; row++) {
    row_id_text(&r->ids[row], to);
    to += ROW_ID_TEXT - 1;
    for (int k = 0; k < r->f->n_columns; k++) {
      *to++ = ',';
      to = put_cell(to, &r->f->columns[k], &r->cells[k], row);
    }
    *to++ = '\r', *to++ = '\n';
  }
  return sink(context, start, (size_t)(to - start), e);
}
static enum err_code header_out(
    const struct frame *f, const struct extract_head *h, struct strbuf *b, extract_sink_fn sink, void *context, struct err *e) {
  strbuf_adds(b, h->mark);
  for (int k = 0; k < f->n_columns; k++) strbuf_addf(b, ",%s", f->columns[k].name);
  strbuf_adds(b, "\r\n");
  return b->failed ? ERR(e, E_NO_MEMORY, .subject = "csv") : sink(context, b->p, b->n, e);
}
enum err_code extract_write_csv(const struct frame *f, const struct extract_head *h, extract_sink_fn sink, void *context, struct err *e) {
  struct strbuf b;
  struct frame_reader r = {.f = f};
  strbuf_init(&b, 0);
  enum err_code code = header_out(f, h, &b, sink, context, e);
  if (!code) code = frame_reader_init(&r, f, e);
  for (int64_t i = 0; !code && i < f->n_slices; i++) {
    code = frame_slice_load(&r, i, e);
    if (!code) code = slice_out(&r, &b, sink, context, e);
  }
  frame_reader_release(&r);
  if (b.p) wipe(b.p, b.capacity);
  strbuf_release(&b);
  return code;
}
