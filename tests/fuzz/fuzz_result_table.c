/* Result tables as JSON or long CSV: any bytes are read or refused with a place; what was read and is written again reads as the same table. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/result_read.h"
#include "estimators/table/table_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void canonical(const struct result_table *t, struct strbuf *b) {
  strbuf_init(b, 0);
  result_canonical(t, b);
}

static void again(struct arena *a, const struct result_table *t) {
  struct result_document d;
  struct strbuf text, first, second;
  struct json_out j;
  struct err e = {0};
  struct result_table copy = *t;
  if (!copy.digest) copy.digest = ""; /* units and decimals are written with a digest */
  strbuf_init(&text, 0);
  json_begin(&j, &text, false);
  result_json(&copy, &j);
  if (json_done(&j) && !text.failed) {
    const enum err_code code = result_read_json(a, "again", text.p, text.n, &d, &e);
    if (code && code != E_JSON_SYNTAX && code != E_NO_MEMORY) abort(); /* numbers of 2^63 or more: result_read.h */
    if (!code) {
      canonical(t, &first), canonical(d.tables[0], &second);
      if (first.n != second.n || memcmp(first.p, second.p, first.n) != 0) abort();
      strbuf_release(&first), strbuf_release(&second);
    }
  }
  strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct result_document d;
  struct err e = {0};
  if (a && result_read(a, "fuzz", (const char *)p, n, &d, &e) == E_OK)
    for (int i = 0; i < d.n_tables; i++) again(a, d.tables[i]);
  arena_free(a);
  return 0;
}
