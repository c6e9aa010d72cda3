/* shirabe store clock [--confirm UNTIL] */
#include <stdio.h>
#include <string.h>

#include "secure-store/rights/clock.h"
#include "secure-store/rights/cmd_rights.h"
#include "secure-store/store_impl.h"

static void print(struct cli *c, struct store *s) {
  char wall[24], last[24];
  bool back = s->records.last.known && store_clock_wall(s) < s->records.last.wall - 120, jumped = store_clock_jumped(s);
  time_format_utc(store_clock_wall(s), wall);
  time_format_utc(s->records.last.wall, last);
  const char *judged = jumped ? cli_say(c, "ahead: two officers confirm the date", "先に進みすぎ：担当者2名の確認が必要")
      : back ? cli_say(c, "behind the log: set it right", "ログより遅れ：時計を合わせてください")
             : cli_say(c, "believed", "正常");
  if (cli_json(c))
    fprintf(cli_out(c), "{\"clock\":\"%s\",\"last_entry\":\"%s\",\"state\":\"%s\"}\n", wall, last, jumped ? "ahead" : back ? "behind" : "believed");
  else fprintf(cli_out(c), cli_say(c, "clock: %s\nlast entry of the log: %s\n%s\n", "時計：%s\n最後のログ項目：%s\n%s\n"), wall, last, judged);
}

static enum err_code put_word(struct store *s, const struct rights_officer *o, int64_t until, struct err *e) {
  struct strbuf text, word;
  uint8_t subject[32];
  strbuf_init(&text, 0);
  strbuf_init(&word, 0);
  enum err_code code = store_clock_text(s, until, &text, subject, e);
  if (!code) code = rights_cmd_sign(s, o, "clock", subject, true, &word, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = store_clock_approve(s, until, str_view(word.p, word.n), e);
  if (!code) code = store_commit(s, e);
  strbuf_release(&text);
  strbuf_release(&word);
  if (!code) return E_OK;
  store_rollback(s);
  return store_refuse(s, "clock-anomaly", "clock", e);
}

static enum err_code confirm(struct cli *c, struct store *s, const char *text, struct err *e) {
  struct rights_officer o;
  int64_t until, now;
  struct err still;
  if (!time_parse_utc(text, &until)) return ERR(e, E_USAGE_VALUE, .subject = "--confirm", .expected = "2026-01-10T00:00:00Z", .found = text);
  TRY(rights_cmd_officer(c, s, &o, e));
  enum err_code code = put_word(s, &o, until, e);
  officer_secret_free(o.secret);
  TRY(code);
  code = store_now(s, &now, &still); /* the second confirmation ends the doubt */
  return code && code != E_CLOCK_JUMP ? ERR(e, code, .subject = "clock") : E_OK;
}

static enum err_code work(struct cli *c, struct err *e) {
  const char *until = cli_text(c, "confirm");
  struct store *s = NULL;
  TRY(rights_cmd_open(c, &s, e));
  enum err_code code = until ? confirm(c, s, until, e) : E_OK;
  if (!code) print(c, s);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_clock = {
    .noun = "store",
    .verb = "clock",
    .summary_en = "whether the clock of this machine is believed, and its confirmation by two officers",
    .summary_ja = "時計が信用できるかの確認と、担当者2名による日付の確認",
    .detail_en =
        "A store with officers refuses to go on when the clock stands more than 24 hours after the last entry of the log: a date in the future would "
        "end grants and holds too early, and moving it back could revive them. When the date is right, two officers with role chief or "
        "manager each run "
        "this with --confirm and the same UNTIL, the latest date they vouch for.",
    .detail_ja =
        "担当者のいる保管庫は、最後のログ項目から24時間を超えて時計が進んでいると先へ進みません（許可や保留の期限が狂うため）。日付が正しければ、総括・管理責任者2名が"
        "それぞれ同じ UNTIL（保証する最も遅い日時）で --confirm を実行します。",
    .options = (const struct option_record[]){RIGHTS_OPTION_OFFICER,
        {.name = "confirm",
            .kind = OPT_TEXT,
            .value_name = "UNTIL",
            .help_en = "dates up to this one are right, UTC",
            .help_ja = "この日時（UTC）までを正しいと確認する"},
        STORE_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = NULL}},
    .examples = (const struct example[]){{"shirabe store clock", "the clock against the log", "時計とログの比較"},
        {"shirabe store clock --json", "for a program", "JSON で"}, {.command = NULL}},
    .run = run,
};
