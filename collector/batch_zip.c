/* batch_zip.c -- the plain zip around one file: APPNOTE 6.3.x local header, central directory and end record, method 0 (batch_volume.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "collector/batch_volume.h"

enum { LOCAL = 30, CENTRAL = 46, END = 22, DOS_DATE = 0x0021 /* 1980-01-01 */, NEEDS = 20 };
static const uint32_t local_sign = 0x04034b50, central_sign = 0x02014b50, end_sign = 0x06054b50;

bool batch_is_zip(struct str bytes) { return bytes.n >= 4 && !memcmp(bytes.p, "PK\003\004", 4); }

static uint32_t crc32_of(const char *p, size_t n) {
  uint32_t table[256], crc = 0xffffffffu;
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    table[i] = c;
  }
  for (size_t i = 0; i < n; i++) crc = table[(crc ^ (uint8_t)p[i]) & 0xff] ^ crc >> 8;
  return crc ^ 0xffffffffu;
}

/* What local header and central directory have in common, from "version needed" to "extra length". */
static void put_common(struct strbuf *b, uint32_t crc, uint32_t bytes, size_t name) {
  bytes_put_u16(b, NEEDS);
  bytes_put_u16(b, 0); /* flags */
  bytes_put_u16(b, 0); /* stored */
  bytes_put_u16(b, 0); /* time */
  bytes_put_u16(b, DOS_DATE);
  bytes_put_u32(b, crc);
  bytes_put_u32(b, bytes);
  bytes_put_u32(b, bytes);
  bytes_put_u16(b, (uint16_t)name);
  bytes_put_u16(b, 0); /* extra */
}

enum err_code batch_zip_write(const char *name, struct str bytes, struct strbuf *out, struct err *e) {
  size_t n = strlen(name);
  if (bytes.n > BATCH_MAX_FILE || n >= VOLUME_NAME) return ERR(e, E_CAP_EXCEEDED, .subject = name);
  uint32_t crc = crc32_of(bytes.p, bytes.n), size = (uint32_t)bytes.n;
  bytes_put_u32(out, local_sign);
  put_common(out, crc, size, n);
  strbuf_adds(out, name);
  strbuf_add(out, bytes.p, bytes.n);
  bytes_put_u32(out, central_sign);
  bytes_put_u16(out, NEEDS); /* made by */
  put_common(out, crc, size, n);
  bytes_put_u16(out, 0); /* comment */
  bytes_put_u16(out, 0); /* disk */
  bytes_put_u16(out, 0); /* internal attributes */
  bytes_put_u32(out, 0); /* external attributes */
  bytes_put_u32(out, 0); /* offset of the local header */
  strbuf_adds(out, name);
  bytes_put_u32(out, end_sign);
  bytes_put_u32(out, 0); /* disks */
  bytes_put_u16(out, 1);
  bytes_put_u16(out, 1);
  bytes_put_u32(out, (uint32_t)(CENTRAL + n));
  bytes_put_u32(out, (uint32_t)(LOCAL + n + bytes.n));
  bytes_put_u16(out, 0); /* comment */
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = name) : E_OK;
}

/* Our own writer is the definition: what it would not have written, byte for byte around the content, is refused. So there is no second entry, no
 * overlap, no descriptor and no compression to judge. */
enum err_code batch_zip_read(const char *file, struct str bytes, char name[VOLUME_NAME], struct str *content, struct err *e) {
  struct bytes_reader r;
  struct strbuf again;
  bytes_reader_init(&r, bytes.p, bytes.n);
  bool sign = bytes_u32(&r) == local_sign;
  (void)bytes_take(&r, 4);
  uint16_t method = bytes_u16(&r);
  (void)bytes_take(&r, 8);
  uint32_t packed = bytes_u32(&r), size = bytes_u32(&r);
  uint16_t n = bytes_u16(&r), extra = bytes_u16(&r);
  if (!sign || r.failed || extra || n < 1 || n >= VOLUME_NAME) return ERR(e, E_ZIP, .file = file, .subject = file, .found = "first entry");
  if (method || packed != size) return ERR(e, E_ZIP, .file = file, .subject = file, .found = "compressed entry");
  if (bytes.n != (size_t)LOCAL + CENTRAL + END + 2u * n + size)
    return ERR(e, E_ZIP, .file = file, .subject = file, .found = "length, or more than one entry");
  const char *p = (const char *)bytes_take(&r, n);
  if (!p || strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789._-") < n)
    return ERR(e, E_ZIP, .file = file, .subject = file, .found = "name of the entry");
  memcpy(name, p, n);
  name[n] = 0;
  *content = str_view((const char *)bytes_take(&r, size), size);
  if (!content->p) return ERR(e, E_ZIP, .file = file, .subject = file, .found = "length");
  strbuf_init(&again, bytes.n + 1);
  enum err_code code = batch_zip_write(name, *content, &again, e);
  if (!code && (again.n != bytes.n || memcmp(again.p, bytes.p, bytes.n)))
    code = ERR(e, E_ZIP, .file = file, .subject = file, .found = "checksum or directory");
  strbuf_release(&again);
  return code;
}
