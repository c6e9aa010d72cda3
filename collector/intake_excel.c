/* intake_excel.c -- see intake_excel.h. */
#include "collector/intake_excel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "collector/encode_cp932.h"

enum { TEXT_BYTES = 4096, CSV_MAX = 1 << 30 };

void excel_cell(struct strbuf *b, struct str cell, bool first) {
  struct strbuf guarded;
  if (cell.n == 0 || !(strchr("=+-@", cell.p[0]) || (uint8_t)cell.p[0] < 0x20)) {
    csv_put(b, cell, first);
    return;
  }
  strbuf_init(&guarded, CSV_MAX);
  strbuf_addc(&guarded, '\'');
  strbuf_add(&guarded, cell.p, cell.n);
  b->failed |= guarded.failed;
  csv_put(b, str_view(guarded.p, guarded.n), first);
  strbuf_release(&guarded);
}

static void put_int(struct strbuf *b, int64_t v, bool first) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  csv_put(b, str_of(v ? text : ""), first);
}

static void put_head(struct strbuf *b, enum err_lang lang) {
  static const char *const heads[][2] = {{"line", "行"},     {"cell", "セル"},    {"item", "項目"},
                                         {"number", "番号"}, {"message", "内容"}, {"next step", "対応"}};
  for (int i = 0; i < 6; i++) csv_put(b, str_of(heads[i][lang == LANG_JA]), i == 0);
  strbuf_adds(b, "\r\n");
}

static const char *as_of(const struct form *form, const struct intake_problem *p) {
  bool dated = p->code == E_CODE_NOT_VALID_ON || p->code == E_CODE_SUCCEEDED || p->code == E_CODE_SEVERAL;
  const struct item *item = dated && form ? form_item(form, p->item) : NULL;
  return item ? item->as_of : "";
}

void intake_problem_err(const struct form *form, const struct intake_entry *entry, const struct intake_problem *p, enum err_lang lang,
                        struct err *out) {
  char other[ERR_TEXT_BYTES];
  bool ja = lang == LANG_JA;
  snprintf(other, sizeof other, "%s", as_of(form, p));
  if (p->other && p->code == E_KEY_DUPLICATE) snprintf(other, sizeof other, "%.200s:%lld", entry->file, (long long)p->other);
  else if (p->other) snprintf(other, sizeof other, ja ? "以前の取り込みの %lld 行目" : "line %lld of an earlier intake", (long long)p->other);
  (void)err_fill(
      out, (enum err_code)p->code,
      &(struct err_detail){.file = entry->file, .line = p->line, .column = p->cell, .subject = *p->item ? p->item : entry->file, .expected = other});
}

static void put_problem(struct strbuf *b, const struct form *form, const struct intake_entry *entry, const struct intake_problem *p,
                        enum err_lang lang) {
  struct err problem;
  char number[8], message[TEXT_BYTES], next[TEXT_BYTES];
  intake_problem_err(form, entry, p, lang, &problem);
  err_message_text(&problem, lang, message, sizeof message);
  err_next_text(&problem, lang, next, sizeof next);
  put_int(b, p->line, true);
  put_int(b, p->cell, false);
  excel_cell(b, str_of(p->item), false);
  csv_put(b, str_of(err_number((enum err_code)p->code, number, sizeof number)), false);
  excel_cell(b, str_of(message), false);
  excel_cell(b, str_of(next), false);
  strbuf_adds(b, "\r\n");
}

static int64_t line_of(struct str text, size_t offset) {
  int64_t line = 1;
  for (size_t i = 0; i < offset && i < text.n; i++) line += text.p[i] == '\n';
  return line;
}

static enum err_code to_cp932(struct str utf8, const char *path, struct strbuf *out, struct err *e) {
  struct {
    struct cp932 decode;
    struct cp932_encoder encode;
  } *t = malloc(sizeof *t);
  struct cp932_loss first = {0, 0};
  struct cp932_losses losses = {.list = &first, .room = 1};
  char found[16];
  if (!t) return ERR(e, E_NO_MEMORY, .subject = path);
  enum err_code code = cp932_init(&t->decode, e);
  if (!code) {
    cp932_encoder_init(&t->encode, &t->decode);
    if (!cp932_encode(&t->encode, utf8, out, &losses)) {
      snprintf(found, sizeof found, "U+%04X", (unsigned)first.point);
      code = ERR(e, E_EXPORT_CP932, .file = path, .line = line_of(utf8, first.offset), .subject = path, .found = found);
    }
  }
  free(t);
  return code ? code : out->failed ? ERR(e, E_NO_MEMORY, .subject = path) : E_OK;
}

enum err_code intake_excel_write(const char *path, const struct form *form, const struct intake_entry *entry, const struct intake_problem *problems,
                                 int64_t n, enum err_lang lang, struct err *e) {
  struct strbuf text, bytes;
  strbuf_init(&text, CSV_MAX);
  strbuf_init(&bytes, CSV_MAX);
  put_head(&text, lang);
  for (int64_t i = 0; i < n; i++) put_problem(&text, form, entry, &problems[i], lang);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = path) : to_cp932(str_view(text.p, text.n), path, &bytes, e);
  if (!code) code = atomic_write(path, bytes.p, bytes.n, ATOMIC_NEW_ONLY, 0600, e);
  strbuf_release(&text);
  strbuf_release(&bytes);
  return code;
}
