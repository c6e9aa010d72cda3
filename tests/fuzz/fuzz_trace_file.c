/* Any bytes as a table that was found: refused, or read; keys that nobody used accuse nobody; its rows meet no others. */
#include <stdlib.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/extract/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void order(const struct trace_file *t) {
  static const char *const columns[] = {"a", "b", "weight"};
  struct trace_order *o = NULL;
  struct trace_verdict v = {.order_rate = 1};
  struct row_id id = {{1}};
  const int *which;
  if (!trace_order_new(t, columns, 3, &o, NULL)) {
    struct str cells[3] = {STR("1"), STR("2"), STR("3")};
    if (trace_order_columns(o, &which) > 3) abort();
    trace_order_row(o, cells, 0, &id);
    if (trace_order_end(o, 1, &v, NULL) == E_OK && v.accused) abort();
  }
  trace_order_free(o);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static const uint8_t secret[32] = {42};
  struct trace_file *t = NULL;
  struct row_key key;
  struct trace_verdict v;
  if (!crypto_start()) abort();
  enum err_code code = trace_file_new("found", &t, NULL);
  if (!code) code = trace_file_feed(t, (const char *)data, n / 2, NULL);
  if (!code) code = trace_file_feed(t, (const char *)data + n / 2, n - n / 2, NULL);
  if (!code) code = trace_file_end(t, NULL);
  if (!code) {
    row_key_init(&key, secret);
    trace_ids(t, &key, 64, 1, &v);
    if (v.accused) abort(); /* ids of this key stand in no seed */
    order(t);
  }
  trace_file_free(t);
  return 0;
}
