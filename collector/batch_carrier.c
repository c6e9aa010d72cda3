/* batch_carrier.c -- how the sealed bytes leave: one file, a zip around it, or parts (each in a zip when asked). The bytes are the same whichever
 * it is. */
#include "collector/batch_carrier.h"

#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "collector/batch_volume.h"

static enum err_code write_one(const char *folder, const char *name, struct str bytes, bool zip, char path[4096], struct err *e) {
  struct strbuf wrapped;
  char zipped[VOLUME_NAME + 4];
  size_t stem = strlen(name);
  const char *ends[] = {".tar.zst.age", ".vol"};
  if (!zip) {
    snprintf(path, 4096, "%.3900s/%s", folder, name);
    return atomic_write(path, bytes.p, bytes.n, ATOMIC_REPLACE, 0600, e);
  }
  for (int i = 0; i < 2; i++)
    if (stem > strlen(ends[i]) && !strcmp(name + stem - strlen(ends[i]), ends[i])) stem -= strlen(ends[i]);
  snprintf(zipped, sizeof zipped, "%.*s.zip", (int)(stem < 60 ? stem : 60), name);
  strbuf_init(&wrapped, (size_t)BATCH_MAX_FILE + 4096);
  enum err_code code = batch_zip_write(name, bytes, &wrapped, e);
  snprintf(path, 4096, "%.3900s/%s", folder, zipped);
  if (!code) code = atomic_write(path, wrapped.p, wrapped.n, ATOMIC_REPLACE, 0600, e);
  strbuf_release(&wrapped);
  return code;
}

static enum err_code write_parts(const char *folder, const struct batch_carrier *c, const char *name, const char *id, struct str bytes,
                                 char path[4096], int64_t parts, struct err *e) {
  struct strbuf part;
  enum err_code code = E_OK;
  char part_name[VOLUME_NAME], other[4096] = "";
  strbuf_init(&part, (size_t)BATCH_MAX_FILE + 4096);
  for (int64_t k = 1; !code && k <= parts; k++) {
    strbuf_reset(&part);
    code = batch_volume_write(id, name, bytes, c->volume_bytes, k, part_name, &part, e);
    if (!code) code = write_one(folder, part_name, str_view(part.p, part.n), c->zip, k == 1 ? path : other, e);
  }
  strbuf_release(&part);
  return code;
}

enum err_code batch_write_carrier(const char *folder, const struct batch_carrier *c, const char *name, const char *id, struct str bytes,
                                  char path[4096], int64_t *files, struct err *e) {
  static const struct batch_carrier plain = {0};
  if (!c) c = &plain;
  TRY(make_directories(folder, 0700, e));
  *files = c->volume_bytes > 0 ? batch_volume_count((int64_t)bytes.n, c->volume_bytes) : 1;
  if (*files == 1) return write_one(folder, name, bytes, c->zip, path, e);
  if (*files > VOLUME_MAX_PARTS) return ERR(e, E_VOLUME_SIZE, .subject = name);
  return write_parts(folder, c, name, id, bytes, path, *files, e);
}
