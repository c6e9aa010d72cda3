/* shirabe store unlock */
#include <stdio.h>
#include <time.h>

#include "secure-store/cmd_store_open.h"
#include "secure-store/keystore.h"

static void print(struct cli *c, const struct keystore_public *p, bool locked_memory, long ms) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put(&j, "profile", p->profile);
    json_put_int(&j, "passes", p->passes);
    json_put_int(&j, "memory_kib", p->memory_kib);
    json_put_int(&j, "epoch", (int64_t)p->epoch);
    json_put_int(&j, "sequence", (int64_t)p->sequence);
    json_key(&j, "memory_locked");
    json_bool(&j, locked_memory);
    json_put_int(&j, "unlock_ms", ms);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
    return;
  }
  fprintf(cli_out(c), cli_say(c, "opened in %ld ms: profile %s, Argon2id %u MiB, %u passes, key epoch %llu\n",
                              "%ld ミリ秒で解錠：鍵導出 %s、Argon2id %u MiB、%u 回、鍵世代 %llu\n"), ms,
          p->profile, (unsigned)(p->memory_kib / 1024), (unsigned)p->passes, (unsigned long long)p->epoch);
  if (!locked_memory) fprintf(cli_out(c), "%s\n", cli_say(c, "keys could not be locked in memory", "鍵をメモリーに固定できませんでした"));
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  enum err_code code = store_cmd_unlock(c, &s, &e);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long ms = (long)(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
  if (!code) print(c, keystore_public(store_keystore(s)), keystore_memory_locked(store_keystore(s)), ms);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_unlock = {
  .noun = "store",
  .verb = "unlock",
  .summary_en = "check the passphrase and the log, show the key derivation",
  .summary_ja = "パスフレーズとログを確かめ、鍵導出の設定を示す",
  .detail_en = "Opens the store as every command does (log compared on both devices, state compared with the log) and closes it again. A refused "
               "passphrase leaves an entry in the log.",
  .detail_ja = "他の命令と同じ手順で保管庫を開き（二つのログと内容を照合）、閉じます。誤ったパスフレーズはログに記録されます。",
  .options = (const struct option_record[]){STORE_OPTION_PASSPHRASE, {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = NULL}},
  .examples = (const struct example[]){{"shirabe store unlock", "does the passphrase open the store?", "パスフレーズで開くか"}, {"shirabe store unlock --json",
      "the same for a program", "同じ内容を JSON で"}, {.command = NULL}},
  .run = run,
};
