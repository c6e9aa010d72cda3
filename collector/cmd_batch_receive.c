/* shirabe batch receive FILE... */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "collector/batch.h"
#include "collector/batch_inbox.h"
#include "collector/batch_volume.h"
#include "collector/cmd_open.h"
#include "forms/form.h"

struct receive_totals {
  int64_t received, already, held, refused, records, late, conflicts, incomplete; /* incomplete: batches of which parts are missing */
};

static void note(struct cli *c, const char *path, const struct batch_result *r) {
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  if (cli_json(c)) return;
  if (r->parts) {
    fprintf(stderr, cli_say(c, "%s: part %lld of %lld kept, missing: %s\n", "%s: 第%lld部（全%lld部）を保存、未着: %s\n"), name, (long long)r->part,
            (long long)r->parts, r->missing);
    return;
  }
  if (r->held) {
    fprintf(stderr, cli_say(c, "%s: held, number %lld has not arrived\n", "%s: 保留、第%lld号が届いていません\n"), name, (long long)r->waiting_for);
    return;
  }
  fprintf(stderr, r->already ? cli_say(c, "%s: received before, nothing changed\n", "%s: 受領済み、変更なし\n") : cli_say(c, "%s: received\n", "%s: 受領\n"), name);
  if (!r->already)
    fprintf(stderr, cli_say(c, "  %lld records, %lld embedded batches%s\n", "  記録 %lld 件、下位のバッチ %lld 件%s\n"), (long long)r->records, (long long)r->lower,
            r->late ? cli_say(c, ", late", "、遅延") : "");
  if (r->conflicts)
    fprintf(stderr,
            cli_say(c, "  %lld corrections do not fit the current records: shirabe batch conflicts\n",
                    "  現在の記録に合わない訂正 %lld 件: shirabe batch conflicts\n"),
            (long long)r->conflicts);
  if (r->followed || r->refused)
    fprintf(stderr, cli_say(c, "  held batches: %lld taken in now, %lld refused\n", "  保留していたバッチ: 受領 %lld、拒否 %lld\n"), (long long)r->followed, (long long)r->refused);
}

static int receive_one(struct cli *c, struct batch_receiver *receiver, const char *path, struct receive_totals *t) {
  struct err e = {.code = E_OK};
  struct batch_result r;
  if (batch_receiver_take(receiver, path, &r, &e)) {
    t->refused++;
    return cli_fail(c, &e);
  }
  t->received += !r.already && !r.held && !r.parts;
  t->conflicts += r.conflicts;
  t->already += r.already;
  t->held += r.held;
  t->late += r.late;
  t->records += r.records;
  t->received += r.followed;
  t->held -= r.followed + r.refused < t->held ? r.followed + r.refused : t->held; /* held earlier in this run, or on another day */
  t->refused += r.refused;
  note(c, path, &r);
  return r.refused ? 65 : 0;
}

/* Sequence numbers are in the names, so a folder is taken in order; order does not matter for the result. */
static int receive_folder(struct cli *c, struct batch_receiver *receiver, const char *folder, struct receive_totals *t) {
  struct err e = {.code = E_OK};
  const char **paths;
  int64_t n;
  int status = 0;
  if (batch_inbox(cli_job(c)->arena, folder, &paths, &n, &e)) return cli_fail(c, &e);
  for (int64_t i = 0; i < n && !job_cancelled(cli_job(c)); i++) {
    int one = receive_one(c, receiver, paths[i], t);
    if (!status) status = one;
  }
  return status;
}

static void print_totals(struct cli *c, const struct receive_totals *t) {
  if (!cli_json(c)) {
    fprintf(cli_out(c), cli_say(c, "received %lld, already here %lld, held %lld, refused %lld; %lld records\n", "受領 %lld、受領済み %lld、保留 %lld、拒否 %lld、記録 %lld 件\n"),
            (long long)t->received, (long long)t->already, (long long)t->held, (long long)t->refused, (long long)t->records);
    return;
  }
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "received", t->received);
  json_put_int(&j, "already", t->already);
  json_put_int(&j, "held", t->held);
  json_put_int(&j, "refused", t->refused);
  json_put_int(&j, "late", t->late);
  json_put_int(&j, "records", t->records);
  json_put_int(&j, "conflicts", t->conflicts);
  json_put_int(&j, "incomplete", t->incomplete);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static int receive_all(struct cli *c, struct store *s, struct receive_totals *t, struct err *e) {
  struct batch_receiver *receiver;
  int status = 0;
  if (batch_receiver_new(s, forms_folder(), cli_text(c, "receipts"), &receiver, e)) return cli_fail(c, e);
  if (cli_flag(c, "large")) batch_receiver_expect_large(receiver);
  if (cli_text(c, "from")) status = receive_folder(c, receiver, cli_text(c, "from"), t);
  for (int i = 0; i < cli_operand_count(c); i++) {
    int one = receive_one(c, receiver, cli_operand(c, i), t);
    if (!status) status = one;
  }
  batch_receiver_free(receiver);
  return status;
}

/* Said once, at the end: what a medium did not bring may come with the next one. */
static enum err_code say_incomplete(struct cli *c, struct store *s, struct receive_totals *t, struct err *e) {
  struct batch_volume_set *sets;
  TRY(batch_inbox_waiting(s, cli_job(c)->arena, &sets, &t->incomplete, e));
  for (int64_t i = 0; i < t->incomplete; i++)
    fprintf(stderr, cli_say(c, "%s: %lld of %lld parts are here, missing: %s\n", "%s: %lld 部（全%lld部）が届いています。未着: %s\n"),
            sets[i].of.file, (long long)sets[i].present, (long long)sets[i].of.parts, sets[i].missing);
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct receive_totals t = {.received = 0};
  if (!cli_operand_count(c) && !cli_text(c, "from")) {
    (void)ERR(&e, E_FILE_OPEN, .subject = "FILE", .next = "name batch files, or a folder with --from");
    return cli_fail(c, &e);
  }
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  int status = receive_all(c, s, &t, &e);
  struct err second = {.code = E_OK};
  if (say_incomplete(c, s, &t, &second) && !status) status = cli_fail(c, &second);
  store_close(s);
  print_totals(c, &t);
  return status ? status : t.held || t.conflicts || t.incomplete ? 1 : 0;
}

static const struct option_record options[] = {
    {.name = "from", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "receive every batch file of this folder, in name order", .help_ja = "フォルダー内のバッチをすべて、名前順に受け取る"},
    {.name = "receipts", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "folder for the signed receipts", .help_ja = "署名付き受領書を置くフォルダー", .default_text = "receipts"},
    OPTION_LARGE,
    OPTION_PASSPHRASE,
    OPTIONS_END};
static const struct operand_record operands[] = {{.name = "FILE", .help_en = "batch file", .help_ja = "バッチのファイル", .repeated = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe batch receive usb/vital-2025-12-municipality-011002-000001.tar.zst.age --receipts usb", "take in one batch and write its receipt", "バッチを一つ受け取り、受領書を書く"},
    {"shirabe batch receive --from usb --receipts usb", "take in a whole medium", "媒体のバッチをすべて受け取る"},
    EXAMPLES_END};
const struct command cmd_batch_receive = {
    .noun = "batch", .verb = "receive", .summary_en = "take in sealed batches, each exactly once, and issue receipts", .summary_ja = "バッチを一度だけ取り込み、受領書を出す",
    .detail_en = "A batch is decrypted, its signature and every hash are checked, its number must follow the last one of its sender. A gap is held, a fork is refused and kept as an alarm."
                 " Everything of one batch is stored in one transaction.",
    .detail_ja = "復号し、署名と全ハッシュを確かめ、送付元の前の番号に続くことを確認します。欠番は保留、同番号の別物は拒否して記録します。一つのバッチは一つの処理単位で保存されます。",
    .options = options, .operands = operands, .examples = examples, .run = run};
