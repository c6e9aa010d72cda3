/* store_product.c -- see store_product.h. */
#include "secure-store/store_product.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "secure-store/oversight/paper.h"
#include "secure-store/rights/record.h"

enum { LABELS = 4 };
static const char *const labels[LABELS] = {"id", "link", "answer", "paradata"};
static const struct paper_member members[] = {PAPER_TEXT_OF(struct store_product, basis, true),
    PAPER_INTEGER_OF(struct store_product, bytes, 0, INT64_MAX), PAPER_TEXT_OF(struct store_product, columns_sha256, true),
    PAPER_TEXT_OF(struct store_product, dataset, true), PAPER_TEXT_OF(struct store_product, grant, false),
    PAPER_TEXT_OF(struct store_product, id, true), PAPER_TEXT_OF(struct store_product, job, true), PAPER_TEXT_OF(struct store_product, kind, true),
    PAPER_INTEGER_OF(struct store_product, label, 0, LABELS - 1), PAPER_TEXT_OF(struct store_product, person, false),
    PAPER_INTEGER_OF(struct store_product, rows, 0, INT64_MAX), PAPER_INTEGER_OF(struct store_product, until, 0, INT64_MAX)};
static const struct paper_form form = {"shirabe-product-1", members, sizeof members / sizeof *members};

const char *store_product_label(int64_t label) { return label >= 0 && label < LABELS ? labels[label] : ""; }
bool store_product_kind(const char *dataset) { return strcmp(dataset, "blob/job-output") == 0 || strcmp(dataset, "blob/job-messages") == 0; }

enum err_code store_product_text(struct store *s, const struct store_product *p, struct strbuf *out, struct err *e) {
  uint8_t subject[32];
  return paper_text(s, &form, p, out, subject, e);
}
enum err_code store_product_parse(struct store *s, struct str json, struct store_product *out, struct err *e) {
  uint8_t subject[32];
  memset(out, 0, sizeof *out);
  return paper_parse(s, &form, "product", json, out, subject, e);
}

static void object_of(const char *blob, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "product:%.64s", blob); }

enum err_code store_product_put(struct store *s, const struct store_product *p, struct err *e) {
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  object_of(p->id, object);
  strbuf_init(&text, 0);
  enum err_code code = store_product_text(s, p, &text, e);
  if (!code)
    code = record_put(s, &(struct record_entry){.action = "job-end", .object = object, .role = LOG_ROLE_PROGRAM, .grant = p->grant, .basis = p->basis,
                                                .rows = p->rows, .text = str_view(text.p, text.n)}, e);
  strbuf_release(&text);
  return code;
}

static enum err_code read_record(struct store *s, const struct record *r, struct store_product *out, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = store_product_parse(s, str_view(text.p, text.n), out, e);
  strbuf_release(&text);
  return code;
}
enum err_code store_product_find(struct store *s, const char *blob, struct store_product *out, bool *found, struct err *e) {
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  object_of(blob, object);
  *found = record_last(s, object, &r);
  return *found ? read_record(s, &r, out, e) : E_OK;
}
enum err_code store_product_next(struct store *s, uint64_t from, struct store_product *out, uint64_t *next, bool *found, struct err *e) {
  struct record r;
  *found = record_next(s, "product:", from, &r);
  if (!*found) return E_OK;
  *next = r.seq + 1;
  return read_record(s, &r, out, e);
}
