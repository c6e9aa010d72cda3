/* cmd_anonymise.c -- see cmd_anonymise.h. */
#include "estimators/command/cmd_anonymise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"

enum { SEED_LEAST = 16 };
static const size_t RECIPE_BYTES = 16u << 20, SEED_BYTES = 1u << 20;

/* --- what goes in --- */
enum err_code anonymise_read_recipe(struct cli *c, const char *path, struct anonymise *x, struct err *e) {
  struct json_document *document = NULL;
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, RECIPE_BYTES, &p, &n, e));
  sample_digest(p, n, x->spec);
  enum err_code code = json_parse(path, (const char *)p, n, &document, e);
  x->recipe_bytes = str_view(arena_strdup(cli_job(c)->arena, (const char *)p, n), n);
  free(p);
  if (!x->recipe_bytes.p) code = ERR(e, E_NO_MEMORY, .subject = path);
  if (!code) code = micro_recipe_parse(cli_job(c)->arena, path, json_root(document), &x->recipe, e);
  json_release(document);
  return code;
}
/* The stream's seed is the beginning of a SHA-256 over the file and the dataset's name: every byte counts, none can be read off, and two datasets of
 * the same people made with one seed file have nothing in common, neither order nor noise. */
static void seed_of(const uint8_t *p, size_t n, const char *dataset, uint8_t hash[HASH_BYTES]) {
  uint8_t both[2 * HASH_BYTES];
  sha256_of(p, n, both);
  sha256_of(dataset, strlen(dataset), both + HASH_BYTES);
  sha256_of(both, sizeof both, hash);
  wipe(both, sizeof both);
}
enum err_code anonymise_read_seed(struct cli *c, struct anonymise *x, struct err *e) {
  const char *path = cli_text(c, "seed-file");
  uint8_t *p = NULL, hash[HASH_BYTES];
  size_t n = 0;
  if (!path) return E_OK;
  TRY(file_read(path, SEED_BYTES, &p, &n, e));
  const bool enough = n >= SEED_LEAST;
  if (enough) seed_of(p, n, x->recipe.dataset, hash);
  wipe(p, n);
  free(p);
  if (!enough) return ERR(e, E_MICRO_SEED, .file = path, .subject = "--seed-file");
  memcpy(x->stream.seed, hash, sizeof x->stream.seed);
  wipe(hash, sizeof hash);
  x->has_stream = true;
  return E_OK;
}
void anonymise_warn(struct cli *c, const struct micro_recipe *r) {
  struct err w = {.code = E_OK};
  if (r->k_source.status == MICRO_UNCONFIRMED) {
    (void)ERR(&w, E_MICRO_UNCONFIRMED, .file = cli_text(c, "recipe"), .subject = "k");
    job_problem(cli_job(c), &w);
  }
  for (int k = 0; k < r->n_steps; k++) {
    if (r->step[k].source.status != MICRO_UNCONFIRMED) continue;
    (void)ERR(&w, E_MICRO_UNCONFIRMED, .file = cli_text(c, "recipe"), .subject = micro_step_name(r->step[k].kind));
    job_problem(cli_job(c), &w);
  }
}

/* --- what comes out --- */
enum err_code anonymise_keep(struct cli *c, const char *path, const struct strbuf *b, mode_t mode, struct err *e) {
  if (b->failed) return ERR(e, E_NO_MEMORY, .subject = path);
  return atomic_write(path, b->p, b->n, cli_flag(c, "replace") ? ATOMIC_REPLACE : ATOMIC_NEW_ONLY, mode, e);
}
static bool ends_with(const char *text, const char *end) {
  const size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}
void anonymise_report_json(const struct anonymise *x, struct strbuf *b) {
  struct json_out j;
  json_begin(&j, b, false);
  micro_report_json(&x->report, &x->digests, &j);
  strbuf_addc(b, '\n');
}
static enum err_code write_report(struct cli *c, const struct anonymise *x, const char *path, struct err *e) {
  struct strbuf b;
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  if (ends_with(path, ".json"))
    anonymise_report_json(x, &b);
  else if (ends_with(path, ".risk.svg"))
    code = micro_risk_picture(&x->report, false, cli_lang(c), &b, e);
  else if (ends_with(path, ".svg"))
    code = micro_report_picture(cli_job(c)->arena, &x->report, cli_lang(c), &b, e);
  else
    micro_report_text(&x->report, &x->digests, cli_lang(c), &b);
  if (!code) code = anonymise_keep(c, path, &b, 0644, e);
  strbuf_release(&b);
  return code;
}
void anonymise_print(struct cli *c, const struct anonymise *x) {
  struct strbuf b;
  strbuf_init(&b, 0);
  if (cli_json(c))
    anonymise_report_json(x, &b);
  else
    micro_report_text(&x->report, &x->digests, cli_lang(c), &b);
  fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
}
void anonymise_warn_unsafe(struct cli *c, const struct anonymise *x) {
  struct err w = {.code = E_OK};
  char limit[48];
  snprintf(limit, sizeof limit, "k = %lld", (long long)x->recipe.k);
  (void)ERR(&w, E_MICRO_NOT_SAFE, .file = cli_operand(c, 0), .subject = limit);
  job_problem(cli_job(c), &w);
}
enum err_code anonymise_write_reports(struct cli *c, const struct anonymise *x, struct err *e) {
  for (int k = 0; k < cli_repeat_count(c, "report"); k++) TRY(write_report(c, x, cli_repeat(c, "report", k), e));
  return E_OK;
}
