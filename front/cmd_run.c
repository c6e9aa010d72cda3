/* shirabe run SURVEY PERIOD: the month in one go. Every step can be repeated: batches are received once, stages are replaced, equal inputs give an equal release. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/cli.h"
#include "base/ext_json.h"
#include "collector/batch.h"
#include "collector/batch_inbox.h"
#include "collector/ledger.h"
#include "front/figures.h"
#include "front/figures_print.h"
#include "processing/command/cmd_process_core.h"
#include "secure-store/cmd_store_open.h"

struct month {
  struct cli *c;
  struct store *s;
  const char *survey, *period, *taint;
  int64_t hard_failures, refused, missing;
};

static void say(const struct month *m, const char *step, const char *text) {
  if (!cli_json(m->c)) fprintf(cli_out(m->c), "%s: %s\n", step, text);
}

/* --- 1 receive --- */
static enum err_code receive(struct month *m, struct err *e) {
  const char *from = cli_text(m->c, "from"), **paths = NULL;
  int64_t n = 0, received = 0, already = 0, held = 0;
  char text[200];
  if (!from) return E_OK;
  struct batch_receiver *receiver;
  TRY(batch_inbox(cli_job(m->c)->arena, from, &paths, &n, e));
  TRY(batch_receiver_new(m->s, forms_folder(), cli_text(m->c, "receipts"), &receiver, e));
  for (int64_t i = 0; i < n; i++) {
    struct batch_result r;
    struct err refused = {.code = E_OK};
    job_progress(cli_job(m->c), "receive", i, n);
    if (batch_receiver_take(receiver, paths[i], &r, &refused)) {
      job_problem(cli_job(m->c), &refused); /* a bad batch never stops the others */
      m->refused++;
      continue;
    }
    received += (!r.already && !r.held) + r.followed;
    already += r.already;
    held += r.held;
    held -= r.followed + r.refused < held ? r.followed + r.refused : held; /* what waited has been judged now */
    m->refused += r.refused;
  }
  batch_receiver_free(receiver);
  snprintf(text, sizeof text, cli_say(m->c, "%lld received, %lld already here, %lld held, %lld refused", "受領 %lld、受領済み %lld、保留 %lld、拒否 %lld"), (long long)received, (long long)already,
           (long long)held, (long long)m->refused);
  say(m, cli_say(m->c, "receive", "受領"), text);
  return E_OK;
}

/* --- 2 ledger --- */
static enum err_code look_at_ledger(struct month *m, struct err *e) {
  struct ledger_balance b;
  char text[200];
  TRY(ledger_prepare(m->s, e));
  TRY(ledger_balance(m->s, m->survey, m->period, &b, e));
  if (b.differences) return ERR(e, E_LEDGER_BALANCE, .subject = m->survey);
  TRY(store_cmd_cutoff(m->c, m->s, m->survey, m->period, e)); /* after the books, which are those of now */
  TRY(figures_taint(m->s, m->survey, m->period, cli_job(m->c)->arena, &m->taint, e));
  snprintf(text, sizeof text, cli_say(m->c, "declared %lld = accepted %lld + rejected %lld; stored %lld", "送付票 %lld ＝ 受領 %lld ＋ 却下 %lld、保存 %lld"), (long long)b.declared,
           (long long)b.accepted, (long long)b.rejected, (long long)b.stored);
  say(m, cli_say(m->c, "ledger", "台帳"), text);
  if (m->taint[0]) {
    m->missing = 1;
    say(m, "!!", m->taint);
  }
  return E_OK;
}

/* --- 3 checks and imputation, form by form --- */
static bool has_records(struct month *m, const struct form *f) {
  const struct dataset_key key = {m->survey, f->id, m->period, "received"};
  struct shard *shards;
  int64_t n = 0;
  return store_shards(m->s, &key, cli_job(m->c)->arena, &shards, &n, NULL) == E_OK && n > 0;
}

/* Inputs of the statistician (register, strata, populations) are read as received: their design says so. */
static bool is_input(const struct form *f) {
  struct json_document *d = NULL;
  if (!f->design_json) return true;
  bool input = json_parse("design.json", f->design_json, strlen(f->design_json), &d, NULL) != E_OK || !strcmp(json_member_string(json_root(d), "kind", ""), "input");
  json_release(d);
  return input;
}

static enum err_code process_form_of(struct month *m, const char *form_id, struct err *e) {
  struct period p;
  struct form *f;
  struct process_report report;
  char text[256];
  struct arena *a = cli_job(m->c)->arena;
  if (!period_parse(str_of(m->period), &p)) return ERR(e, E_PROCESS_NO_DATA, .subject = m->period);
  struct err why = {.code = E_OK};
  const enum err_code code = form_read(a, cli_job(m->c), forms_folder(), m->survey, form_id, NULL, period_last_day(&p), &f, NULL, &why);
  if (code == E_FORM_VERSION) return E_OK; /* a form that was not asked in the period */
  if (code && e) *e = why;
  if (code) return code;
  if (is_input(f) || f->period_kind != p.kind || !has_records(m, f)) return E_OK;
  const struct process_request q = {.form = arena_printf(a, "%s/%s", m->survey, form_id), .period = m->period};
  TRY(process_month(&q, m->s, &report, e));
  m->hard_failures += report.ledger.imputed.failed_hard;
  snprintf(text, sizeof text, cli_say(m->c, "%s: %lld records; %lld with hard failures as received, %lld after imputation; %lld values changed", "%s: 記録 %lld 件、必須検査の不合格 受領時 %lld 件・補完後 %lld 件、変更 %lld 値"),
           form_id, (long long)report.ledger.imputed.in, (long long)report.ledger.edited.failed_hard, (long long)report.ledger.imputed.failed_hard, (long long)report.changes);
  say(m, cli_say(m->c, "process", "審査・補完"), text);
  return E_OK;
}

static enum err_code process(struct month *m, struct err *e) {
  struct form_survey *survey;
  TRY(survey_read(cli_job(m->c)->arena, forms_folder(), m->survey, &survey, e));
  for (int i = 0; i < survey->n_forms; i++) TRY(process_form_of(m, survey->forms[i], e));
  return E_OK;
}

static enum err_code month(struct month *m, struct figures *f, struct err *e) {
  TRY(receive(m, e));
  TRY(look_at_ledger(m, e));
  TRY(process(m, e));
  const struct figures_request q = {.survey = m->survey, .period = m->period, .out_folder = cli_text(m->c, "out"), .taint = m->taint,
      .reason = cli_text(m->c, "reason")};
  TRY(figures_build(m->s, &q, cli_job(m->c)->arena, f, e));
  say(m, cli_say(m->c, "release", "公表物"), f->release.id);
  figures_print(m->c, f);
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct month m = {.c = c, .survey = cli_operand(c, 0), .period = cli_operand(c, 1), .taint = ""};
  struct figures f;
  enum err_code code = store_cmd_unlock(c, &m.s, &e);
  if (!code) code = month(&m, &f, &e);
  store_close(m.s);
  if (code) return cli_fail(c, &e);
  return m.missing || m.refused || m.hard_failures || f.n_withheld ? 1 : 0;
}

static const struct option_record options[] = {
    {.name = "from", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "first receive every batch file of this folder", .help_ja = "まず、このフォルダーのバッチをすべて受け取る"},
    {.name = "receipts", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "folder for the signed receipts", .help_ja = "署名付き受領書を置くフォルダー", .default_text = "receipts"},
    {.name = "out", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "folder for the release bundle", .help_ja = "公表物を置くフォルダー", .default_text = "release"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "of a correction: what was wrong in the edition released before",
        .help_ja = "訂正の理由：すでに公表した版の誤り"},
    STORE_OPTION_CUTOFF,
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
                                                 {.name = NULL}};
static const struct example examples[] = {
    {"shirabe run mls 2025-12 --from inbox --out release", "receive, check, impute, estimate, protect and build the release of the month", "受領・審査・補完・推計・秘匿・公表物の作成を一度に行う"},
    {"shirabe run vital 2025-12 --cutoff sokuho --out release", "the flash figures: what had been received at that cut-off, as it was then",
        "速報：その締切までに受領した内容で作成する"},
    {"shirabe explain 'mls-2025-12/main?size=T&worker_form=T:C'", "then ask where a figure comes from", "次に、数値の由来を調べる"},
    {.command = NULL}};
const struct command cmd_run = {
    .noun = "run", .verb = NULL, .summary_en = "the whole month: receive, check, impute, estimate, protect, build the release", .summary_ja = "一か月分: 受領、審査、補完、推計、秘匿、公表物の作成",
    .detail_en = "Each step can be repeated. An incomplete month is computed and can be looked at, but its release is marked as not releasable and says what is missing. Exit status 1 when something"
                 " is missing, refused, withheld or still fails a hard check.",
    .detail_ja = "どの段階もやり直せます。そろっていない月も計算して見られますが、公表物には公表不可と不足が記されます。不足・拒否・非公表・必須検査の不合格があれば終了状態は 1 です。",
    .options = options, .operands = operands, .examples = examples, .run = run};
