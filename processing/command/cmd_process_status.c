/* shirabe process status SURVEY/FORM PERIOD */
#include <stdio.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"
#include "base/term.h"
#include "processing/command/cmd_process_checkpoint.h"
#include "processing/command/cmd_process_print.h"
#include "processing/step/job_series.h"

struct kept {
  struct step_report *steps;
  int n;
  struct process_status_head head;
};
/* What a run stores besides its own status: the same run gives the same content, whatever its threads and interruptions. */
static const char *const stages[] = {"edited", "imputed", "edit_failures", "changes", "flags", "record_status", "effects", "proposals",
    "edit_statistics", "process_metrics", "estimates", "imputed_sets", SERIES_CELLS, SERIES_LINKS};
enum { N_STAGES = sizeof stages / sizeof *stages };
struct stage_content {
  int64_t rows;
  char hash[65]; /* SHA-256 over the content hashes of the shards, "" = nothing stored */
};
struct status {
  struct cli *c;
  struct store *s;
  struct form *form;
  char period[16], previous[16];
  int64_t access;
  struct kept last, unfinished;
  struct stage_content content[N_STAGES];
};

static enum err_code read_stage(struct status *t, const char *stage, struct kept *out, struct err *e) {
  const struct dataset_key key = {t->form->survey, t->form->id, t->period, stage};
  return process_read_status(t->s, &key, t->access, cli_job(t->c)->arena, &out->steps, &out->n, &out->head, e);
}

static enum err_code read_content(struct status *t, int i, struct err *e) {
  const struct dataset_key key = {t->form->survey, t->form->id, t->period, stages[i]};
  struct stage_content *out = &t->content[i];
  struct shard *shards;
  struct sha256 h;
  uint8_t digest[32];
  int64_t n;
  TRY(store_shards(t->s, &key, cli_job(t->c)->arena, &shards, &n, e));
  sha256_begin(&h);
  for (int64_t k = 0; k < n; k++) {
    sha256_add(&h, shards[k].content_hash, 64);
    out->rows += shards[k].n_rows;
  }
  sha256_end(&h, digest);
  if (n) hex_encode(digest, sizeof digest, out->hash);
  return E_OK;
}

static enum err_code read_both(struct status *t, struct err *e) {
  for (int i = 0; i < N_STAGES; i++) TRY(read_content(t, i, e));
  TRY(read_stage(t, "process_status", &t->last, e));
  TRY(read_stage(t, "step_status", &t->unfinished, e));
  if (t->last.n || t->unfinished.n) return E_OK;
  return ERR(e, E_JOB_NO_STATUS, .subject = arena_printf(cli_job(t->c)->arena, "%s/%s %s", t->form->survey, t->form->id, t->period));
}

static enum err_code read_logged(struct status *t, struct err *e) {
  char object[160];
  (void)snprintf(object, sizeof object, "process:%s/%s/%s", t->form->survey, t->form->id, t->period);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "", .detail = "status"};
  struct err second = {0};
  TRY(store_log_intent(t->s, &entry, &t->access, e));
  enum err_code code = read_both(t, e);
  enum err_code logged = store_log_outcome(t->s, t->access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

static void print_kept(struct cli *c, const char *title, const struct kept *k) {
  if (!k->n) return;
  fprintf(cli_out(c), cli_say(c, "%s: run %s, inputs %.16s, form %.16s, program %s\n", "%s: 実行 %s、入力 %.16s、様式 %.16s、プログラム %s\n"),
      title, k->head.run, k->head.inputs, k->head.form_hash, k->head.program);
  process_print_steps(c, k->steps, k->n);
}

static void json_kept(struct json_out *j, const char *key, const struct kept *k) {
  json_key(j, key);
  json_object(j);
  json_put(j, "run", k->head.run);
  json_put(j, "inputs", k->head.inputs);
  json_put(j, "form_hash", k->head.form_hash);
  json_put(j, "program", k->head.program);
  json_put_int(j, "seed", k->head.seed);
  json_key(j, "steps");
  process_json_steps(j, k->steps, k->n);
  json_end_object(j);
}

static void print_json(const struct status *t) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", t->form->survey);
  json_put(&j, "form", t->form->id);
  json_put(&j, "period", t->period);
  json_kept(&j, "last", &t->last);
  json_kept(&j, "unfinished", &t->unfinished);
  json_key(&j, "stored");
  json_object(&j);
  for (int i = 0; i < N_STAGES; i++) {
    json_key(&j, stages[i]);
    json_object(&j);
    json_put_int(&j, "rows", t->content[i].rows);
    json_put(&j, "content", t->content[i].hash);
    json_end_object(&j);
  }
  json_end_object(&j);
  json_end_object(&j);
  fprintf(cli_out(t->c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct status t = {.c = c};
  enum err_code code = process_form(cli_job(c), cli_operand(c, 0), cli_operand(c, 1), &t.form, &e);
  if (!code) code = process_period(t.form, cli_operand(c, 1), t.period, t.previous, &e);
  if (!code) code = store_cmd_unlock(c, &t.s, &e);
  if (!code) code = read_logged(&t, &e);
  store_close(t.s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(&t);
  else {
    print_kept(c, cli_say(c, "last run", "最後の実行"), &t.last);
    print_kept(c, cli_say(c, "interrupted run", "中断した実行"), &t.unfinished);
  }
  return t.unfinished.n > 0;
}

const struct command cmd_process_status = {
    .noun = "process",
    .verb = "status",
    .summary_en = "show the steps of the last run, and those that an interrupted run has finished",
    .summary_ja = "最後の実行の手順と、中断した実行が終えた手順を示す",
    .detail_en =
        "Per step: records selected, values flagged and changed, proposals, processor time, with seed, form, program version and a hash of all that was read. Exit status 1 while an interrupted run waits: "
        "the next `process run` goes on with it.",
    .detail_ja =
        "手順ごとに、対象の記録、フラグ、変更、候補、処理時間と、シード、様式、プログラムの版、入力のハッシュを示します。中断した実行が残っている間は終了値 1 です。次の process run が続きを行います。",
    .options = (const struct option_record[]){PROCESS_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY/FORM", .help_en = "form", .help_ja = "様式", .required = true},
        {.name = "PERIOD", .help_en = "period, as 2025-12", .help_ja = "期間（例 2025-12）", .required = true}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe process status vital/birth 2025-12", "what the last run did, step by step",
                                             "最後の実行を手順ごとに見る"},
        {"shirabe process status vital/birth 2025-12 --json", "the same as JSON", "同じ内容を JSON で見る"}, {.command = NULL}},
    .run = run,
};
