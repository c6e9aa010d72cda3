/* cmd_store_user_key.c -- key files and cards: on the officer's own machine, without a store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/cmd_store_user.h"

enum { PLEDGE_MAX = 64 << 20 };

static enum err_code take(struct cli *c, const char *option, bool required, char *out, size_t size, struct err *e) {
  const char *text = cli_text(c, option);
  char name[32];
  snprintf(name, sizeof name, "--%s", option);
  if (!text && required) return ERR(e, E_USAGE_REQUIRED, .subject = name);
  if (!text) return E_OK;
  if (strlen(text) >= size) return ERR(e, E_USAGE_VALUE, .subject = name, .expected = "a shorter text");
  memcpy(out, text, strlen(text) + 1);
  return E_OK;
}
/* What may change without other keys: section, training, pledge. */
static enum err_code take_facts(struct cli *c, bool required, struct officer *o, struct err *e) {
  const char *pledge = cli_text(c, "pledge");
  uint8_t *p = NULL, hash[32];
  size_t n = 0;
  TRY(take(c, "section", required, o->section, sizeof o->section, e));
  TRY(take(c, "trained", false, o->trained, sizeof o->trained, e));
  if (!pledge) return E_OK;
  TRY(file_read(pledge, PLEDGE_MAX, &p, &n, e));
  sha256_of(p, n, hash);
  free(p);
  hex_encode(hash, sizeof hash, o->pledge_sha256);
  return E_OK;
}
static enum err_code take_all(struct cli *c, struct officer *o, struct err *e) {
  TRY(take(c, "id", true, o->id, sizeof o->id, e));
  TRY(take(c, "name", true, o->name, sizeof o->name, e));
  TRY(take(c, "organisation", true, o->organisation, sizeof o->organisation, e));
  TRY(take(c, "staff-no", true, o->staff_no, sizeof o->staff_no, e));
  TRY(take(c, "namesake-of", false, o->namesake_of, sizeof o->namesake_of, e));
  return take_facts(c, true, o, e);
}
/* "aoki.key" -> "aoki.card". */
static enum err_code card_path(struct cli *c, const char *key, char *out, size_t size, struct err *e) {
  const char *given = cli_text(c, "card"), *base = strrchr(key, '/');
  const char *dot = strrchr(base ? base : key, '.');
  int n = given ? snprintf(out, size, "%s", given) : snprintf(out, size, "%.*s.card", (int)(dot ? (size_t)(dot - key) : strlen(key)), key);
  return n > 0 && (size_t)n < size ? E_OK : ERR(e, E_USAGE_VALUE, .subject = "--card", .expected = "a shorter name");
}
static enum err_code write_card(const struct officer *o, const char *path, int flags, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = officer_card_text(o, &b, e);
  if (!code) code = atomic_write(path, b.p, b.n, flags, 0644, e);
  strbuf_release(&b);
  return code;
}
/* The facts are judged before a key is made: keys of a dummy stand in, as the check asks for some. */
static enum err_code check_facts(const struct officer *o, struct err *e) {
  struct officer trial = *o;
  struct minisign_key sign;
  uint8_t secret[32];
  if (!crypto_start()) return ERR(e, E_CRYPTO_START, .subject = "libsodium");
  age_keypair(secret, trial.age_recipient);
  minisign_keypair(&sign);
  minisign_public_text(&sign, trial.minisign_public);
  wipe(&sign, sizeof sign);
  wipe(secret, sizeof secret);
  return officer_check(&trial, e);
}
static enum err_code make(struct cli *c, const char *key, const char *card, struct officer *o, struct err *e) {
  char *passphrase = NULL;
  bool light = strcmp(cli_text(c, "profile"), "light") == 0;
  if (access(card, F_OK) == 0) return ERR(e, E_FILE_EXISTS, .file = card, .subject = card);
  TRY(passphrase_of(key, cli_text(c, "passphrase-file"), true, &passphrase, e));
  enum err_code code = officer_key_create(key, passphrase, light, o, e);
  passphrase_free(passphrase);
  return code ? code : write_card(o, card, ATOMIC_NEW_ONLY, e);
}
enum err_code user_key(struct cli *c, struct err *e) {
  const char *key;
  char card[4096];
  struct officer o = {.id = ""};
  TRY(user_operand(c, 0, "FILE", &key, e));
  TRY(user_operands(c, 1, e));
  TRY(take_all(c, &o, e));
  TRY(check_facts(&o, e));
  TRY(card_path(c, key, card, sizeof card, e));
  TRY(make(c, key, card, &o, e));
  TRY(user_say_card(c, &o, card, e));
  fprintf(stderr, "%s\n", cli_say(c, "next: keep the key file and its passphrase to yourself; hand in the card and read the fingerprint aloud",
                                  "次に：鍵ファイルとパスフレーズは本人だけが保管し、カードを提出して指紋を読み上げてください"));
  return E_OK;
}
enum err_code user_card(struct cli *c, struct err *e) {
  const char *path;
  struct officer o;
  bool renew = cli_text(c, "section") || cli_text(c, "trained") || cli_text(c, "pledge");
  TRY(user_operand(c, 0, "CARD", &path, e));
  TRY(user_operands(c, 1, e));
  TRY(officer_card_read(path, &o, e));
  TRY(take_facts(c, false, &o, e));
  TRY(officer_check(&o, e));
  if (renew) TRY(write_card(&o, path, ATOMIC_REPLACE, e));
  return user_say_card(c, &o, path, e);
}
