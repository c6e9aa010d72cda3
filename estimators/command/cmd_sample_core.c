/* cmd_sample_core.c -- see cmd_sample_core.h. */
#include "estimators/command/cmd_sample_core.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"

static const size_t FRAME_BYTES = 256u << 20, PLAN_BYTES = 16u << 20;

void sample_digest(const void *p, size_t n, char out[SAMPLE_DIGEST_BYTES]) {
  static const char hex[] = "0123456789abcdef";
  uint8_t h[HASH_BYTES];
  sha256_of(p, n, h);
  for (int i = 0; i < HASH_BYTES; i++) out[2 * i] = hex[h[i] >> 4], out[2 * i + 1] = hex[h[i] & 15];
  out[2 * HASH_BYTES] = 0;
}

enum err_code sample_table_read(struct cli *c, const char *path, struct csv_table *out, char digest[SAMPLE_DIGEST_BYTES], struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, FRAME_BYTES, &p, &n, e));
  sample_digest(p, n, digest);
  enum err_code code = csv_table_parse(cli_job(c)->arena, path, (const char *)p, n, out, e);
  free(p);
  return code;
}

enum err_code sample_job_read(struct cli *c, const char *frame_path, const char *plan_path, struct sample_job *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  *out = (struct sample_job){.frame = {.place = frame_path}};
  TRY(file_read(plan_path, PLAN_BYTES, &p, &n, e));
  sample_digest(p, n, out->plan_digest);
  enum err_code code = json_parse(plan_path, (const char *)p, n, &out->document, e);
  free(p);
  if (!code) code = sample_plan_parse(cli_job(c)->arena, plan_path, json_root(out->document), &out->plan, e);
  if (!code) code = sample_table_read(c, frame_path, &out->table, out->frame_digest, e);
  out->frame.table = &out->table;
  return code;
}

void sample_job_release(struct sample_job *j) { json_release(j->document); }

enum err_code sample_beside(const char *path, const char *ending, char out[SAMPLE_PATH_BYTES], struct err *e) {
  size_t n = strlen(path);
  if (n > 4 && !strcmp(path + n - 4, ".csv")) n -= 4;
  if (n + strlen(ending) >= SAMPLE_PATH_BYTES) return ERR(e, E_CAP_EXCEEDED, .subject = "--out");
  for (size_t k = 0; k < n; k++) out[k] = path[k];
  snprintf(out + n, SAMPLE_PATH_BYTES - n, "%s", ending);
  return E_OK;
}

enum err_code sample_keep_file(const char *path, const struct strbuf *b, bool replace, struct err *e) {
  if (b->failed) return ERR(e, E_NO_MEMORY, .subject = path);
  if (replace) return atomic_write(path, b->p, b->n, ATOMIC_REPLACE, 0644, e);
  enum err_code code = atomic_write(path, b->p, b->n, ATOMIC_NEW_ONLY, 0644, e);
  if (code != E_FILE_EXISTS) return code;
  uint8_t *p = NULL;
  size_t n = 0;
  struct err other;
  const bool same = file_read(path, b->n, &p, &n, &other) == E_OK && n == b->n && !memcmp(p, b->p, n);
  free(p);
  return same ? E_OK : ERR(e, E_FILE_EXISTS, .subject = path, .next = "give --replace, or another name, to keep what is there");
}
