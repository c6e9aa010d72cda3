/* cmd_store_evidence.c -- see cmd_store_evidence.h. */
#include "secure-store/cmd_store_evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_qrencode.h"
#include "secure-store/store_evidence.h"
#include "secure-store/store_impl.h"

enum { NOTE_FILE_MAX = 1 << 20 };
static const char *const with_keys[] = {"proof", "tiles", "request", "policy", "cosign"};
static const char *const without[] = {"leaf", "checkpoint", "qr", "vkey"};

static bool given(const struct cli *c, const char *name) {
  bool flag = strcmp(name, "checkpoint") == 0 || strcmp(name, "vkey") == 0;
  return flag ? cli_flag(c, name) : cli_text(c, name) != NULL;
}
static int count_given(const struct cli *c, const char *const *names, size_t n) {
  int found = 0;
  for (size_t i = 0; i < n; i++) found += given(c, names[i]);
  return found;
}
bool evidence_needs_keys(const struct cli *c) { return count_given(c, with_keys, sizeof with_keys / sizeof *with_keys) > 0; }
bool evidence_wanted(const struct cli *c) { return evidence_needs_keys(c) || count_given(c, without, sizeof without / sizeof *without) > 0; }

/* --- handing out --- */
static enum err_code print_bytes(struct cli *c, struct strbuf *b, struct err *e) {
  if (b->failed) return ERR(e, E_NO_MEMORY, .subject = "log");
  if (b->n) fwrite(b->p, 1, b->n, cli_out(c)); /* an empty log has no tile */
  return E_OK;
}
static enum err_code number(struct cli *c, const char *option, uint64_t *out, struct err *e) {
  int64_t v = cli_int(c, option);
  *out = (uint64_t)v;
  return v >= 0 ? E_OK : ERR(e, E_LOG_LEAF, .subject = option, .expected = "0 or more");
}
static enum err_code keep_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  (void)seq, (void)e;
  strbuf_add(context, p, n);
  return E_OK;
}
static enum err_code add_leaf(struct store *s, uint64_t seq, struct strbuf *b, struct err *e) {
  const struct log_device db = store_log_db_device(s);
  if (seq >= access_log_size(s->log.tree)) return ERR(e, E_LOG_LEAF, .subject = "leaf", .expected = "a number that is in the log");
  return db.each(db.context, seq, seq + 1, keep_leaf, b, e);
}
static enum err_code write_qr(struct cli *c, struct store *s, struct strbuf *b, struct err *e) {
  const char *path = cli_text(c, "qr");
  bool to_terminal = strcmp(path, "-") == 0;
  struct strbuf note;
  struct qr q = {0, NULL};
  strbuf_init(&note, 0);
  enum err_code code = store_log_newest(s, &note, e);
  if (!code) code = qr_encode("checkpoint", str_view(note.p, note.n), &q, e);
  if (!code && to_terminal) qr_blocks(&q, b);
  else if (!code) qr_svg(&q, b);
  if (!code && b->failed) code = ERR(e, E_NO_MEMORY, .subject = path);
  if (!code && !to_terminal) {
    code = atomic_write(path, b->p, b->n, ATOMIC_REPLACE, 0644, e);
    strbuf_reset(b);
  }
  qr_release(&q);
  strbuf_release(&note);
  return code;
}
static enum err_code hand_out(struct cli *c, struct store *s, struct strbuf *b, struct err *e) {
  uint64_t n = 0;
  char vkey[NOTE_VKEY_BYTES];
  if (given(c, "tiles")) return store_log_export(s, cli_text(c, "tiles"), e);
  if (given(c, "qr")) return write_qr(c, s, b, e);
  if (given(c, "checkpoint")) return store_log_newest(s, b, e);
  if (given(c, "vkey")) {
    note_vkey_text(&s->log_key, vkey);
    strbuf_addf(b, "%s\n", vkey);
    return E_OK;
  }
  TRY(number(c, given(c, "leaf") ? "leaf" : given(c, "request") ? "request" : "proof", &n, e));
  if (given(c, "leaf")) return add_leaf(s, n, b, e);
  return given(c, "request") ? access_log_request(s->log.tree, store_log_signer(s), n, b, e)
                             : access_log_proof(s->log.tree, store_log_signer(s), n, b, e);
}

/* --- taking in --- */
static enum err_code take_in(struct cli *c, struct store *s, struct err *e) {
  bool policy = given(c, "policy");
  const char *path = cli_text(c, policy ? "policy" : "cosign");
  struct cosigned w;
  uint8_t *p = NULL;
  size_t n = 0;
  char when[32];
  TRY(file_read(path, NOTE_FILE_MAX, &p, &n, e));
  struct str text = str_view((const char *)p, n);
  enum err_code code = policy ? store_policy_set(s, path, text, e) : store_witness_take(s, path, text, &w, e);
  free(p);
  if (code) return code;
  if (policy) fprintf(cli_out(c), "%s\n", cli_say(c, "policy of witnesses set", "立会いの方針を設定しました"));
  if (policy || w.oldest < 0) return E_OK;
  time_format_jst(w.oldest, when);
  fprintf(cli_out(c), cli_say(c, "kept: cosigned by %d witnesses, oldest %s\n", "取り込みました：立会人 %d 名の連署、最古 %s\n"), w.witnesses, when);
  return E_OK;
}

enum err_code evidence_run(struct cli *c, struct store *s, struct err *e) {
  struct strbuf b;
  int n = count_given(c, with_keys, sizeof with_keys / sizeof *with_keys) + count_given(c, without, sizeof without / sizeof *without);
  if (n > 1) return ERR(e, E_USAGE_VALUE, .subject = "--proof, --leaf, ...", .expected = cli_say(c, "one of them at a time", "一度に一つ"));
  if (given(c, "policy") || given(c, "cosign")) return take_in(c, s, e);
  strbuf_init(&b, 0);
  enum err_code code = hand_out(c, s, &b, e);
  if (!code) code = print_bytes(c, &b, e);
  strbuf_release(&b);
  return code;
}

enum err_code evidence_say_witnessed(struct cli *c, struct store *s, struct err *e) {
  struct witnessed w;
  struct err note;
  char when[32], subject[160];
  TRY(store_witness_last(s, &w, e));
  if (w.size < 0) {
    snprintf(subject, sizeof subject, cli_say(c, "never: %lld entries", "なし（%lld 件）"), (long long)w.unwitnessed);
  } else {
    time_format_jst(w.cosigned, when);
    snprintf(subject, sizeof subject, cli_say(c, "%s at entry %lld; not witnessed since: %lld entries", "%s（%lld 件目まで）、その後の未立会い %lld 件"), when,
        (long long)w.size, (long long)w.unwitnessed);
  }
  (void)ERR(&note, E_WITNESS_SINCE, .subject = subject);
  job_problem(s->job, &note);
  return E_OK;
}
