/* batch_volume.c -- parts of a batch file: writing and reading one (batch_volume.h). */
#include "collector/batch_volume.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"

static const char magic[] = "shirabe-volume-1\n";
enum { MAGIC = sizeof magic - 1, MAX_HEADER = 2048, NAME_CHARACTERS = 64 };

bool batch_is_volume(struct str bytes) { return bytes.n >= MAGIC && !memcmp(bytes.p, magic, MAGIC); }

int64_t batch_volume_size(const char *text) {
  static const struct {
    const char *unit;
    int64_t bytes;
  } units[] = {{"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
  size_t digits = strspn(text, "0123456789");
  int64_t n, bytes;
  if (!digits || !str_int64(str_view(text, digits), &n)) return -1;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (!strcmp(text + digits, units[i].unit))
      return __builtin_mul_overflow(n, units[i].bytes, &bytes) || bytes < VOLUME_MIN_BYTES || bytes > BATCH_MAX_FILE ? -1 : bytes;
  return -1;
}

int64_t batch_volume_count(int64_t bytes, int64_t part_bytes) { return (bytes + part_bytes - 1) / part_bytes; }

static void hash_hex(struct str bytes, char hex[65]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(bytes.p, bytes.n, hash);
  hex_encode(hash, HASH_BYTES, hex);
}

/* The age file's name without its end, when it leaves room; else the id's first digits. */
static void part_name(const char *batch, const char *file, int64_t part, int64_t parts, char name[VOLUME_NAME]) {
  char end[32];
  size_t stem = strcspn(file, ".");
  int n = snprintf(end, sizeof end, ".%04lld-%04lld.vol", (long long)part, (long long)parts);
  if (stem + (size_t)n > NAME_CHARACTERS) snprintf(name, VOLUME_NAME, "%.16s%s", batch, end);
  else snprintf(name, VOLUME_NAME, "%.*s%s", (int)stem, file, end);
}

enum err_code batch_volume_write(const char *batch, const char *file, struct str whole, int64_t part_bytes, int64_t part, char name[VOLUME_NAME],
                                 struct strbuf *out, struct err *e) {
  int64_t parts = batch_volume_count((int64_t)whole.n, part_bytes), at = (part - 1) * part_bytes;
  char whole_hash[65], part_hash[65], short_name[VOLUME_NAME];
  struct json_out j;
  if (part < 1 || part > parts || parts > VOLUME_MAX_PARTS) return ERR(e, E_VOLUME_SIZE, .subject = file);
  struct str piece = str_view(whole.p + at, (size_t)((int64_t)whole.n - at < part_bytes ? (int64_t)whole.n - at : part_bytes));
  hash_hex(whole, whole_hash);
  hash_hex(piece, part_hash);
  part_name(batch, file, part, parts, name);
  snprintf(short_name, sizeof short_name, "%.64s", file);
  strbuf_adds(out, magic);
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "batch", batch);
  json_put_int(&j, "bytes", (int64_t)whole.n);
  json_put(&j, "file", short_name);
  json_put_int(&j, "part", part);
  json_put_int(&j, "part_bytes", (int64_t)piece.n);
  json_put(&j, "part_sha256", part_hash);
  json_put_int(&j, "parts", parts);
  json_put(&j, "whole_sha256", whole_hash);
  json_end_object(&j);
  bool ok = json_done(&j);
  strbuf_addc(out, '\n');
  strbuf_add(out, piece.p, piece.n);
  return ok && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = file);
}

/* --- reading --- */
static bool take_text(const struct json_value *root, const char *key, const char *characters, size_t least, size_t most, char *out) {
  const char *text = json_string(json_member(root, key));
  size_t n = text ? strlen(text) : 0;
  if (!text || n < least || n > most || strspn(text, characters) != n) return false;
  memcpy(out, text, n + 1);
  return true;
}

static bool take_count(const struct json_value *root, const char *key, int64_t most, int64_t *out) {
  return json_integer(json_member(root, key), out) && *out >= 1 && *out <= most;
}

static const char *parse_header(const struct json_value *root, struct batch_volume *v, int64_t *part_bytes) {
  static const char hex[] = "0123456789abcdef", plain[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  if (!take_text(root, "batch", hex, 64, 64, v->batch)) return "batch";
  if (!take_text(root, "part_sha256", hex, 64, 64, v->part_sha256)) return "part_sha256";
  if (!take_text(root, "whole_sha256", hex, 64, 64, v->whole_sha256)) return "whole_sha256";
  if (!take_text(root, "file", plain, 1, NAME_CHARACTERS, v->file)) return "file";
  if (!take_count(root, "bytes", BATCH_MAX_FILE, &v->bytes)) return "bytes";
  if (!take_count(root, "parts", VOLUME_MAX_PARTS, &v->parts)) return "parts";
  if (!take_count(root, "part", v->parts, &v->part)) return "part";
  if (!take_count(root, "part_bytes", v->bytes, part_bytes)) return "part_bytes";
  return NULL;
}

enum err_code batch_volume_parse(const char *file, struct str bytes, struct batch_volume *out, struct err *e) {
  struct json_document *d = NULL;
  char number[24], actual[65];
  int64_t part_bytes = 0;
  *out = (struct batch_volume){.part = 0};
  if (!batch_is_volume(bytes)) return ERR(e, E_VOLUME_HEADER, .file = file, .subject = file, .found = "format");
  size_t room = bytes.n - MAGIC < MAX_HEADER ? bytes.n - MAGIC : MAX_HEADER;
  const char *line = bytes.p + MAGIC, *end = room ? memchr(line, '\n', room) : NULL;
  if (!end) return ERR(e, E_VOLUME_HEADER, .file = file, .subject = file, .found = "header");
  if (json_parse(file, line, (size_t)(end - line), &d, NULL)) return ERR(e, E_VOLUME_HEADER, .file = file, .subject = file, .found = "header");
  const char *wrong = parse_header(json_root(d), out, &part_bytes);
  json_release(d);
  if (wrong) return ERR(e, E_VOLUME_HEADER, .file = file, .subject = file, .found = wrong);
  out->payload = str_view(end + 1, bytes.n - MAGIC - (size_t)(end - line) - 1);
  snprintf(number, sizeof number, "%lld", (long long)out->part);
  hash_hex(out->payload, actual);
  if ((int64_t)out->payload.n == part_bytes && !strcmp(actual, out->part_sha256)) return E_OK;
  return ERR(e, E_VOLUME_DAMAGED, .file = file, .subject = file, .expected = number);
}
