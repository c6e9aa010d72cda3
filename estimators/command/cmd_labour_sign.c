/* cmd_labour_sign.c -- cmd_labour.h: an officer signs the text of a plan, or of exceptions from it, as a signed note (estimators/mls/plan.md). The
 *          key is
 *    the officer's own; its card proves whose it is, and the note bears the officer's id. The verifier key goes to standard output: a line of
 *          --keys. */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "estimators/command/cmd_labour.h"
#include "estimators/command/cmd_mls_plan.h"
#include "estimators/mls/mls_plan.h"
#include "secure-store/rights/officer.h"
#include "secure-store/signed_note.h"

enum { PLAN_MOST = 1 << 20 };
static const char em_dash[] = "\xe2\x80\x94";

static enum err_code read_whole(struct cli *c, const char *path, struct str *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, PLAN_MOST, &p, &n, e));
  *out = (struct str){arena_strdup(cli_job(c)->arena, (char *)p, n), n};
  free(p);
  return out->p ? E_OK : ERR(e, E_NO_MEMORY, .subject = path);
}
/* The text of a note that has signatures already, else all of it. */
static struct str text_of(struct str whole) {
  for (size_t i = whole.n; i >= 2; i--)
    if (whole.p[i - 1] == '\n' && whole.p[i - 2] == '\n' && whole.n - i > 3 && !memcmp(whole.p + i, em_dash, 3)) return str_view(whole.p, i - 1);
  return whole;
}
/* Nobody signs what no run could read. */
static enum err_code check_text(struct cli *c, const char *path, struct str text, struct err *e) {
  struct estimate_plan plan = {.n_exceptions = 0};
  if (cli_flag(c, "exceptions")) return mls_exceptions_read(c, path, text, 2, &plan, e);
  return mls_plan_read(cli_job(c)->arena, path, text.p, text.n, &plan.plan, e);
}
static enum err_code key_of(struct cli *c, struct note_key *out, struct err *e) {
  struct officer card;
  struct officer_secret *secret = NULL;
  uint8_t id[8], public_key[32];
  char *passphrase = NULL;
  TRY(officer_card_read(cli_text(c, "card"), &card, e));
  TRY(minisign_public_parse(card.minisign_public, id, public_key, e));
  TRY(passphrase_of(cli_text(c, "officer"), cli_text(c, "officer-passphrase"), false, &passphrase, e));
  enum err_code code = officer_key_open(cli_text(c, "officer"), passphrase, &secret, e);
  passphrase_free(passphrase);
  if (!code && memcmp(secret->sign.public_key, public_key, sizeof public_key))
    code = ERR(e, E_OFFICER_CARD, .file = cli_text(c, "card"), .subject = card.id, .expected = "the card of the key that signs");
  if (!code) {
    *out = (struct note_key){.id = {0}};
    memcpy(out->public_key, public_key, sizeof public_key);
    memcpy(out->secret, secret->sign.secret, sizeof out->secret);
    code = note_key_name(out, card.id, e);
  }
  officer_secret_free(secret);
  return code;
}
/* Signatures that were there stay; the same officer does not sign twice. */
static enum err_code add_signature(const struct note_key *k, struct str whole, struct str text, struct strbuf *out, struct err *e) {
  struct err none;
  struct str again;
  struct strbuf one;
  if (whole.n > text.n && note_verify(k, whole, &again, &none) == E_OK) return ERR(e, E_LABOUR_INPUT, .subject = k->name,
      .expected = "a note that this officer has not signed");
  strbuf_init(&one, 0);
  const enum err_code code = note_sign(k, text, &one, e);
  if (!code && whole.n > text.n) strbuf_add(out, whole.p, whole.n), strbuf_add(out, one.p + text.n + 1, one.n - text.n - 1);
  else if (!code) strbuf_add(out, one.p, one.n);
  strbuf_release(&one);
  return code ? code : out->failed ? ERR(e, E_NO_MEMORY, .subject = "note") : E_OK;
}
enum err_code labour_do_sign_plan(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const needed[] = {"officer", "card", "out"};
  const char *path = cli_operand(c, 1);
  struct note_key k;
  struct strbuf note;
  struct str whole, again;
  char vkey[NOTE_VKEY_BYTES];
  (void)s, (void)look;
  for (int i = 0; i < 3; i++)
    if (!cli_text(c, needed[i])) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "sign-plan", .expected = "--officer KEYFILE --card CARD --out NOTE");
  TRY(read_whole(c, path, &whole, e));
  const struct str text = text_of(whole);
  TRY(check_text(c, path, text, e));
  TRY(key_of(c, &k, e));
  strbuf_init(&note, 0);
  enum err_code code = add_signature(&k, whole, text, &note, e);
  wipe(k.secret, sizeof k.secret);
  if (!code) code = note_verify(&k, str_view(note.p, note.n), &again, e); /* what is written is what verifies */
  if (!code) code = atomic_write(cli_text(c, "out"), note.p, note.n, ATOMIC_NEW_ONLY, 0644, e);
  strbuf_release(&note);
  note_vkey_text(&k, vkey);
  if (!code) fprintf(cli_out(c), "%s\n", vkey);
  return code;
}
