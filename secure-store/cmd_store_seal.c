/* shirabe store seal */
#include <stdio.h>

#include "secure-store/cmd_store_open.h"
#include "secure-store/session.h"

/* The checkpoint and its leaf come with the closing; then the keys go. */
static enum err_code seal(struct cli *c, int session, struct err *e) {
  struct store *s = NULL;
  char path[4096];
  TRY(store_open_session(cli_job(c), cli_text(c, "office"), session, &s, e));
  snprintf(path, sizeof path, "%.4000s/keystore", store_folder(s));
  store_close(s);
  return session_seal(path, session, e);
}
static void say(struct cli *c, bool sealed) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_key(&j, "sealed");
    json_bool(&j, sealed);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
    return;
  }
  fprintf(cli_out(c), "%s\n",
          sealed ? cli_say(c, "sealed: the keys of this session are wiped", "封印しました：このセッションの鍵は消去されました")
                 : cli_say(c, "nothing to seal: this command was not started within a session, and without one no keys stay open",
                           "封印するものはありません：セッションの外では、鍵は開いたままになりません"));
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  int session = session_descriptor();
  if (session >= 0 && seal(c, session, &e)) return cli_fail(c, &e);
  say(c, session >= 0);
  return session >= 0 ? 0 : 1;
}

const struct command cmd_store_seal = {
  .noun = "store",
  .verb = "seal",
  .summary_en = "end the session: checkpoint, wipe the keys",
  .summary_ja = "セッションを終える：チェックポイントを残し、鍵を消す",
  .detail_en = "Within `shirabe store unlock -- COMMAND`: a signed checkpoint and an entry are written to the log, the process that holds the keys "
    "wipes them and "
               "ends. COMMAND may run on, but opens nothing any more. Outside a session no keys stay open between commands; then there is nothing to "
                 "do and the "
               "exit status is 1.",
  .detail_ja = "`shirabe store unlock -- COMMAND` の中で使います。署名付きチェックポイントと記録をログに残し、鍵を持つプロセスが鍵を消して終わります。COMMAND は続けられますが、"
               "もう何も開けません。セッションの外では命令の間に鍵が残ることはないので、何もせず終了コード 1 を返します。",
  .options = (const struct option_record[]){{.name = NULL}},
  .operands = (const struct operand_record[]){{.name = NULL}},
  .examples = (const struct example[]){{"shirabe store seal", "leaving the desk: end the session of this shell", "離席するとき：このシェルのセッションを終える"},
                                       {"shirabe store seal --json", "the same for a program", "同じ内容を JSON で"}, {.command = NULL}},
  .run = run,
};
