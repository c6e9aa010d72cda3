/* Any bytes as the archive inside a package, in pieces of any size: refused, or files with allowed names, each once, whose bytes add up. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/extract/package_tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
struct seen {
  uint64_t announced, got, files;
  int open;
};
static enum err_code begin(void *context, const char *name, uint64_t bytes, struct err *e) {
  struct seen *s = context;
  (void)e;
  if (!package_name_ok(name) || s->open || ++s->files > PACKAGE_FILES) abort();
  s->open = 1, s->announced = bytes, s->got = 0;
  return E_OK;
}
static enum err_code data_in(void *context, const void *p, size_t n, struct err *e) {
  struct seen *s = context;
  (void)p, (void)e;
  s->got += n;
  if (!s->open || s->got > s->announced) abort();
  return E_OK;
}
static enum err_code end(void *context, struct err *e) {
  struct seen *s = context;
  (void)e;
  if (!s->open || s->got != s->announced) abort();
  s->open = 0;
  return E_OK;
}
static enum err_code run(const uint8_t *data, size_t n, size_t piece, struct seen *s) {
  struct tar_feed *t = malloc(sizeof *t);
  const struct tar_sink sink = {s, begin, data_in, end};
  enum err_code code = E_OK;
  if (!t) abort();
  tar_feed_init(t, &sink);
  for (size_t at = 0; !code && at < n; at += piece) code = tar_feed(t, data + at, n - at < piece ? n - at : piece, NULL);
  if (!code) code = tar_feed_end(t, NULL);
  if (!code && s->open) abort();
  free(t);
  return code;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct seen whole = {0}, pieces = {0};
  enum err_code a = run(data, n, n ? n : 1, &whole), b = run(data, n, 509, &pieces);
  if (a != b || whole.files != pieces.files) abort(); /* the size of the pieces changes nothing */
  return 0;
}
