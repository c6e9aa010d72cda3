/* Any bytes as a part of a batch or as the zip around one: refused, or what was read writes the same part again. */
#include <string.h>

#include "base/ext_sodium.h"
#include "collector/batch_volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void read_part(struct str bytes) {
  struct batch_volume v;
  struct err e;
  if (batch_volume_parse("part.vol", bytes, &v, &e)) return;
  if (v.part < 1 || v.part > v.parts || v.parts > VOLUME_MAX_PARTS || (int64_t)v.payload.n > v.bytes || strlen(v.file) >= VOLUME_NAME)
    __builtin_trap();
  if (v.payload.p < bytes.p || v.payload.p + v.payload.n != bytes.p + bytes.n) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct str bytes = str_view((const char *)p, n), content;
  char name[VOLUME_NAME];
  struct strbuf again;
  struct err e;
  if (!crypto_start()) __builtin_trap();
  read_part(bytes);
  if (batch_zip_read("a.zip", bytes, name, &content, &e)) return 0;
  strbuf_init(&again, 0);
  if (batch_zip_write(name, content, &again, &e) || again.n != n || memcmp(again.p, p, n)) __builtin_trap();
  strbuf_release(&again);
  return 0;
}
