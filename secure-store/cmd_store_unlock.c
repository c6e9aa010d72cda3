/* shirabe store unlock */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "secure-store/cmd_officers.h"
#include "secure-store/host_check.h"
#include "secure-store/keystore.h"
#include "secure-store/oversight/oversight.h"
#include "secure-store/session_run.h"
#include "secure-store/use/application.h"

/* What is past is said when the keys are there to see it; that it cannot be read is no reason to stay locked. */
static void tell_overdue(struct store *s) {
  struct err note;
  int64_t now, n;
  char text[24];
  if (store_now(s, &now, &note)) return; /* a clock in doubt is told where it counts */
  if (application_overdue(s, now, &n, &note)) {
    job_problem(store_job(s), &note);
    return;
  }
  snprintf(text, sizeof text, "%lld", (long long)n);
  (void)ERR(&note, E_USE_DUE, .subject = text);
  if (n > 0) job_problem(store_job(s), &note);
}
static void put_present(struct json_out *j, const struct store *s) {
  json_key(j, "officers");
  json_array(j);
  for (int i = 0; store_present(s, i); i++) json_cstr(j, store_present(s, i));
  json_end_array(j);
}
/* Which officers unlocked it, for the eye. */
static void print_present(struct cli *c, const struct store *s, const struct keystore_public *p, long ms) {
  fprintf(cli_out(c), cli_say(c, "opened in %ld ms: key epoch %llu, by", "%ld ミリ秒で解錠：鍵世代 %llu、"), ms, (unsigned long long)p->epoch);
  for (int i = 0; store_present(s, i); i++) fprintf(cli_out(c), "%s %s", i ? "," : "", store_present(s, i));
  fprintf(cli_out(c), "\n");
}
static void print(struct cli *c, const struct store *s, const struct keystore_public *p, bool locked_memory, long ms) {
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
    put_present(&j, s);
    json_end_object(&j);
    store_cmd_print_json(c, &b);
    return;
  }
  if (p->version != 1) print_present(c, s, p, ms);
  else fprintf(cli_out(c), cli_say(c, "opened in %ld ms: profile %s, Argon2id %u MiB, %u passes, key epoch %llu\n",
                              "%ld ミリ秒で解錠：鍵導出 %s、Argon2id %u MiB、%u 回、鍵世代 %llu\n"), ms,
          p->profile, (unsigned)(p->memory_kib / 1024), (unsigned)p->passes, (unsigned long long)p->epoch);
  if (!locked_memory) fprintf(cli_out(c), "%s\n", cli_say(c, "keys could not be locked in memory", "鍵をメモリーに固定できませんでした"));
}

/* Seconds instead of the limits, "idle,all": for tests of demonstration stores, which may also only shorten them. */
static void shorten(const struct store *s, struct session_limits *l) {
  const char *text = getenv("SHIRABE_SESSION_SECONDS");
  struct str rest = str_of(text), first = str_split(rest, ',', &rest);
  int64_t idle, all;
  if (!text || !store_office(s)->light || !str_int64(first, &idle) || !str_int64(rest, &all) || idle < 0 || all < 0) return;
  if (idle < l->idle_seconds) l->idle_seconds = idle;
  if (all < l->seconds) l->seconds = all;
}
static enum err_code unlock(struct cli *c, struct store **s, struct err *e) {
  struct cmd_officers officers;
  TRY(cmd_officers_take(c, false, &officers, e));
  TRY(cmd_officers_unlock(c, &officers, s, e));
  enum err_code code = oversight_unlock(*s, cli_flag(c, "administration"), e);
  if (!code) return E_OK;
  store_close(*s);
  *s = NULL;
  return code;
}
static enum err_code start_session(struct cli *c, struct store **s, int *status, struct err *e) {
  int n = cli_operand_count(c);
  const char **argv = ARENA_ARRAY(cli_job(c)->arena, const char *, n + 1);
  int64_t idle = cli_int(c, "idle");
  if (idle < 1 || idle > SESSION_IDLE_SECONDS / 60)
    return ERR(e, E_USAGE_VALUE, .subject = "--idle", .expected = "1..15", .found = cli_text(c, "idle"));
  if (!argv) return ERR(e, E_NO_MEMORY, .subject = "session");
  TRY(unlock(c, s, e));
  host_check(cli_job(c), "/proc");
  tell_overdue(*s);
  struct session_run run = {.limits = {idle * 60, SESSION_SECONDS}};
  shorten(*s, &run.limits);
  for (int i = 0; i < n; i++) argv[i] = cli_operand(c, i);
  run.argv = (char *const *)(uintptr_t)argv;
  enum err_code code = session_run(*s, &run, status, e);
  *s = NULL;
  return code;
}
static int run_session(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int status = 0;
  return start_session(c, &s, &status, &e) ? cli_fail(c, &e) : status;
}

static int run(struct cli *c) {
  if (cli_operand_count(c) > 0) return run_session(c);
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  enum err_code code = unlock(c, &s, &e);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long ms = (long)(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
  if (!code) host_check(cli_job(c), "/proc"), tell_overdue(s);
  if (!code) print(c, s, keystore_public(store_keystore(s)), keystore_memory_locked(store_keystore(s)), ms);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_unlock = {
    .noun = "store",
    .verb = "unlock",
    .summary_en = "run a command with the keys open once, or check the passphrase and the log",
    .summary_ja = "一度の解錠で命令を実行する。または、パスフレーズとログを確かめる",
    .detail_en =
        "Opens the store as every command does (log compared on both devices, state compared with the log) and closes it again. A refused "
        "passphrase leaves an entry in the log. With a COMMAND after -- the keys are opened once and stay in this process; COMMAND and all it starts "
        "(a shell too) open this store without the passphrase until COMMAND ends, 15 minutes after its last use of the store, 8 hours at most. "
        "Commands "
        "get single keys and signatures, never the keys of the store; changing and destroying keys needs the passphrase. Beginning and end stand in "
        "the log. Warns when this machine may write memory to disk, and when deadlines of secondary use are past. "
        "Programs that close what they inherit (Python's subprocess does) lose the "
        "session. A store with officers refuses when its policy has no two signatures or its review is overdue (`shirabe store policy`); with "
        "--administration it opens for signing, roles and inspections, and rows stay closed but under a break-glass grant.",
    .detail_ja = "他の命令と同じ手順で保管庫を開き（二つのログと内容を照合）、閉じます。誤ったパスフレーズはログに記録されます。"
                 "-- "
                 "の後に命令を書くと、鍵はこのプロセスで一度だけ開かれ、命令とそこから起動したもの（シェルも可）は、パスフレーズなしでこの保管庫を開"
                 "けます。命令の終了、"
                 "最後の利用から15分、最長8時間で終わります。命令に渡るのは個々の鍵と署名だけで、保管庫の鍵は渡りません。鍵の変更と破棄にはパスフレー"
                 "ズが必要です。開始と終了はログに残ります。"
               "担当者を置く保管庫は、--officer を必要人数分指定して開きます。試行はログに残り、続けて3回失敗すると次まで待つ必要があります。"
                 "メモリーの内容がディスクに書かれうるマシンと、二次利用の期限超過があるときは警告します。継承したものを閉じるプログラム（Python の subprocess "
                 "など）ではセッションが切れます。"
                 "担当者のいる保管庫は、管理方針に二人の署名がないか見直し期限を過ぎていると開きません（`shirabe store policy`）。--administration を付けると署名・役割・点検のために"
                 "開きますが、緊急利用の許可がない限りデータは開けません。",
    .options = (const struct option_record[]){OFFICERS_OPTION_OFFICER, OFFICERS_OPTION_PASSPHRASE, OFFICERS_OPTION_SHARE,
        {.name = "administration",
            .kind = OPT_FLAG,
            .help_en = "open although the policy is not in force: no rows, but policy, roles and inspections",
            .help_ja = "管理方針が有効でなくても開く（方針・役割・点検のみ。データは不可）"},
        {.name = "idle",
            .kind = OPT_INT,
            .value_name = "MINUTES",
            .default_text = "15",
            .help_en = "end a session so long after the last use, 1 to 15",
            .help_ja = "最後の利用からセッション終了までの分数（1〜15）"},
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "COMMAND",
                                                    .repeated = true,
                                                    .help_en = "after --: a command and its arguments, run within a session",
                                                    .help_ja = "-- の後に：セッション内で実行する命令と引数"},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe store unlock", "does the passphrase open the store?", "パスフレーズで開くか"},
        {"shirabe store unlock --json", "the same for a program", "同じ内容を JSON で"},
        {"shirabe store unlock --officer a.key --officer b.key -- sh", "two officers open a shell", "二人の担当者でシェルを開く"},
    {"shirabe store unlock -- shirabe store verify --open", "one passphrase for all that the command does", "命令全体でパスフレーズは一度"},
        {.command = NULL}},
    .run = run,
};
