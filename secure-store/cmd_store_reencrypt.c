/* cmd_store_reencrypt.c -- see cmd_store_reencrypt.h. */
#include "secure-store/cmd_store_reencrypt.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/cmd_founders.h"
#include "secure-store/disposal/disposal.h"
#include "secure-store/keystore.h"
#include "secure-store/store_reencrypt.h"

enum { PORTION_MOST = 1 << 24 };

static enum err_code rotation_only(struct err *e, const char *option) {
  return ERR(e, E_USAGE_VALUE, .subject = option, .expected = "a rotation by itself, without --reencrypt");
}
enum err_code cmd_reencrypt_options(struct cli *c, struct err *e) {
  int64_t portion = cli_int(c, "portion");
  if (!cli_flag(c, "reencrypt"))
    return cli_operand_count(c) > 0 ? ERR(e, E_USAGE_VALUE, .subject = cli_operand(c, 0), .expected = "--reencrypt with it") : E_OK;
  if (cli_repeat_count(c, "unlock-holder") > 0) return rotation_only(e, "--unlock-holder");
  if (cli_repeat_count(c, "authority-holder") > 0) return rotation_only(e, "--authority-holder");
  if (cmd_founders_given(c)) return rotation_only(e, "--chief");
  if (portion < 0 || portion > PORTION_MOST) return ERR(e, E_USAGE_VALUE, .subject = "--portion", .expected = "1 to 16777216 MiB");
  return E_OK;
}

static void say(struct cli *c, const struct store_reencryption *r, const struct store_reencrypted *d) {
  struct strbuf b;
  struct json_out j;
  struct err note;
  (void)ERR(&note, E_REENCRYPT_UNFINISHED, .subject = r->dataset ? r->dataset : "*");
  if (!d->finished) job_problem(cli_job(c), &note);
  if (!cli_json(c)) {
    fprintf(cli_out(c), cli_say(c, "keys: %lld; sealed anew: %lld of %lld segments; packs written anew: %lld; old keys: %s\n",
                                "鍵：%lld 個、封じ直し：%lld／%lld 区画、書き直したパック：%lld 個、旧い鍵：%s\n"),
            (long long)d->keys, (long long)d->segments, (long long)d->segments_all, (long long)d->packs,
            d->finished ? cli_say(c, "destroyed", "廃棄済み") : cli_say(c, "kept", "保持"));
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "keys", d->keys);
  json_put_int(&j, "segments", d->segments);
  json_put_int(&j, "segments_all", d->segments_all);
  json_put_int(&j, "packs", d->packs);
  json_key(&j, "finished");
  json_bool(&j, d->finished);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
enum err_code cmd_reencrypt(struct cli *c, struct store *s, const struct cmd_officers *officers, struct err *e) {
  char *passphrase = NULL;
  const char *file = cli_text(c, "new-passphrase-file");
  struct store_reencrypted done;
  if (file && keystore_public(store_keystore(s))->version == 1)
    TRY(passphrase_of(cli_say(c, "the new one", "新しいもの"), file, true, &passphrase, e));
  const struct store_reencryption r = {.dataset = cli_operand(c, 0), .part = disposal_part_number(cli_text(c, "part")),
      .most_bytes = cli_int(c, "portion") << 20, .passphrase = passphrase, .authority = officers->authority, .n_authority = officers->n_authority};
  enum err_code code = store_reencrypt(s, &r, &done, e);
  if (passphrase) passphrase_free(passphrase);
  if (!code) say(c, &r, &done);
  return code;
}
