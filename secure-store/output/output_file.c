/* output_file.c -- see output_file.h. */
#include "secure-store/output/output_file.h"

#include <string.h>

#include "secure-store/output/output.h"

bool output_name_ok(const char *name) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  size_t n = name ? strlen(name) : 0;
  return n > 0 && n < OUTPUT_NAME_BYTES && strchr(plain, name[0]) &&
      strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}
static bool ends(const char *name, const char *with) {
  size_t n = strlen(name), m = strlen(with);
  return n > m && strcmp(name + n - m, with) == 0;
}
static enum err_code refused(const char *name, const char *found, struct err *e) {
  return ERR(e, E_OUTPUT_TYPE, .file = name, .subject = name, .expected = ".csv, .json or .png", .found = found);
}

/* --- pictures --- */

static uint32_t be32(const char *p) {
  const uint8_t *b = (const uint8_t *)p;
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
static uint32_t crc_of(const char *p, size_t n) {
  uint32_t c = 0xffffffffu;
  for (size_t i = 0; i < n; i++) {
    c ^= (uint8_t)p[i];
    for (int k = 0; k < 8; k++) c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
  }
  return c ^ 0xffffffffu;
}
static bool draws(const char *kind) {
  static const char kinds[][5] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND", "cHRM", "gAMA", "sRGB", "pHYS", "sBIT", "bKGD"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (memcmp(kinds[i], kind, 4) == 0) return true;
  return false;
}
static uint64_t most_image_bytes(struct str b) { /* deflate never grows by more than 0.1 % and some bytes for each block */
  static const int samples[7] = {1, 0, 3, 1, 2, 0, 4};
  const uint64_t width = be32(b.p + 16), height = be32(b.p + 20), depth = (uint8_t)b.p[24];
  const uint8_t colour = (uint8_t)b.p[25];
  if (width == 0 || height == 0 || width > 20000 || height > 20000 || depth > 16 || colour > 6 || samples[colour] == 0) return 0;
  const uint64_t raw = height * (1 + (width * depth * (uint64_t)samples[colour] + 7) / 8) + 7 * height;
  return raw + raw / 500 + 4096;
}
static enum err_code check_png(const char *name, struct str b, struct err *e) {
  uint64_t image = 0, most = 0;
  if (b.n < 8 + 25 || memcmp(b.p, "\x89PNG\r\n\x1a\n", 8) != 0) return refused(name, "content that is no PNG picture", e);
  if (be32(b.p + 8) != 13 || memcmp(b.p + 12, "IHDR", 4) != 0 || (most = most_image_bytes(b)) == 0) return refused(name, "a header that is none", e);
  for (size_t at = 8; at + 12 <= b.n;) {
    const size_t n = be32(b.p + at);
    const char *kind = b.p + at + 4;
    if (n > b.n - at - 12) return refused(name, "a chunk that is cut off", e);
    if (!draws(kind)) return refused(name, "a chunk that does not draw: texts and private data", e);
    if (crc_of(kind, n + 4) != be32(kind + 4 + n)) return refused(name, "a chunk with a wrong checksum", e);
    if (memcmp(kind, "IDAT", 4) == 0 && (image += n) > most) return refused(name, "more image data than the picture has", e);
    if (memcmp(kind, "IDAT", 4) != 0 && n > 1024) return refused(name, "a chunk larger than it needs to be", e);
    at += 12 + n;
    if (memcmp(kind, "IEND", 4) != 0) continue;
    if (n || at != b.n) return refused(name, "bytes behind the end of the picture", e);
    return image ? E_OK : refused(name, "no image", e);
  }
  return refused(name, "no end of the picture", e);
}

enum err_code output_file_check(const char *name, struct str bytes, enum output_kind *kind, struct err *e) {
  size_t bad;
  if (!output_name_ok(name)) return ERR(e, E_OUTPUT_FILES, .subject = name ? name : "", .expected = "a plain name of at most 64 characters");
  const bool csv = ends(name, ".csv"), json = ends(name, ".json");
  if (!csv && !json && !ends(name, ".png")) return refused(name, "another ending", e);
  if (bytes.n == 0 || bytes.n > OUTPUT_FILE_MAX) return ERR(e, E_OUTPUT_FILES, .subject = name, .expected = "1 byte to 64 MiB");
  *kind = csv ? OUTPUT_TABLE_CSV : json ? OUTPUT_TABLE_JSON : OUTPUT_PICTURE;
  if (*kind == OUTPUT_PICTURE) return check_png(name, bytes, e);
  if (memchr(bytes.p, 0, bytes.n) || !utf8_valid(bytes.p, bytes.n, &bad)) return refused(name, "content that is no text", e);
  return E_OK;
}
