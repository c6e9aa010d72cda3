/* Any bytes as a register, against a log of three leaves that lies in a folder of its own: read within their bounds, and only the rows of that log
 * are true. */
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/verify_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[] = "/tmp/shirabe-fuzz-XXXXXX";
static bool made;

/* tag u8 | length u16 | value, as access_log.md has it */
static size_t field(uint8_t *to, uint8_t tag, const void *p, size_t n) {
  to[0] = tag;
  to[1] = (uint8_t)n;
  to[2] = 0;
  memset(to + 3, 0, n);
  if (p) memcpy(to + 3, p, n);
  return 3 + n;
}
static size_t make_leaf(uint8_t *to, uint8_t seq) {
  static const uint8_t lengths[20] = {0, 1, 8, 16, 8, 8, 8, 1, 2, 1, 8, 9, 0, 0, 32, 8, 32, 32, 32, 32};
  static const uint8_t none[8] = {255, 255, 255, 255, 255, 255, 255, 255};
  const uint8_t version = 1, action = 92, result = 2, wall[8] = {0, 0xa0, 0x55, 0x69};
  size_t at = 0;
  for (uint8_t tag = 1; tag <= 19; tag++) {
    const void *value = tag == 1 ? &version : tag == 2 ? &seq : tag == 4 ? (const void *)wall : tag == 8 ? &action : tag == 9 ? &result : NULL;
    uint8_t wide[8] = {0};
    if (tag == 2 || tag == 8) memcpy(wide, value, 1), value = wide;
    at += field(to + at, tag, tag == 10 ? none : tag == 11 ? (const void *)"medium:m1" : value, lengths[tag]);
  }
  return at;
}
static void put(const char *name, const void *p, size_t n) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  for (char *slash = path + sizeof folder; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(path, 0700);
    *slash = '/';
  }
  FILE *f = fopen(path, "wb");
  if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0) abort();
}
static void remove_log(void) {
  static const char *const names[] = {"tile/entries/000.p/3", "tile/entries/000.p", "tile/entries", "tile/0/000.p/3", "tile/0/000.p", "tile/0",
      "tile", "checkpoint", ""};
  char path[128];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    remove(path);
  }
}
static void make_log(void) {
  uint8_t leaf[1024], hashes[3][HASH], bundle[4096], root[HASH];
  struct frontier f = {.size = 0};
  size_t at = 0;
  char note[512], base[64] = "";
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (!mkdtemp(folder)) abort();
  atexit(remove_log);
  for (uint8_t i = 0; i < 3; i++) {
    size_t size = make_leaf(leaf, i);
    struct leaf parsed;
    if (!leaf_parse(leaf, size, &parsed)) abort();
    leaf_hash(leaf, size, hashes[i]);
    frontier_add(&f, hashes[i]);
    bundle[at++] = (uint8_t)(size >> 8);
    bundle[at++] = (uint8_t)size;
    memcpy(bundle + at, leaf, size);
    at += size;
  }
  put("tile/entries/000.p/3", bundle, at);
  put("tile/0/000.p/3", hashes, sizeof hashes);
  frontier_root(&f, root);
  for (int i = 0; i < 33; i += 3) {
    uint32_t v = (uint32_t)root[i] << 16 | (uint32_t)root[i + 1] << 8 | (i + 2 < HASH ? root[i + 2] : 0u);
    for (int k = 0; k < 4; k++) base[i / 3 * 4 + k] = digits[v >> (18 - 6 * k) & 63];
  }
  base[43] = '=';
  int size = snprintf(note, sizeof note, "example.org/log\n3\n%s\n\n\xe2\x80\x94 example.org/log AAAAAAAA\n", base);
  put("checkpoint", note, (size_t)size);
  made = true;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct run r = silent_run();
  char path[64];
  if (!made) make_log();
  int fd = memory_file(data, n, path);
  struct options o = {.operand = {path, folder}, .n_operands = 2};
  bool ok = check_ledger(&r, &o);
  if (ok && (!r.unsigned_ || !memmem(data, n, "example.org/log", 15))) abort();
  if (getenv("SHIRABE_FUZZ_SAY")) fprintf(stderr, "%s\n", ok ? "accepted" : "refused"); /* for whoever makes a seed */
  close(fd);
  return 0;
}
