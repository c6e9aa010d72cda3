/* shirabe store retain set|hold|unhold|list */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/disposal/retention.h"

static enum err_code set(struct disposal_cmd *x, struct err *e) {
  struct cli *c = x->c;
  struct retention r = {.basis = ""};
  const char *dataset, *until = cli_text(c, "until");
  TRY(disposal_operand(c, 1, "DATASET", &dataset, e));
  if (!until) return ERR(e, E_DISPOSAL_ID, .subject = "--until", .expected = "permanent, or the last day as 2031-03-31");
  bool permanent = strcmp(until, "permanent") == 0;
  TRY(row_set(r.dataset, sizeof r.dataset, "DATASET", dataset, e));
  TRY(row_set(r.until, sizeof r.until, "until", permanent ? "" : until, e));
  TRY(row_set(r.class_, sizeof r.class_, "class", permanent ? "permanent" : "until", e));
  TRY(disposal_text(c, "part", r.part, sizeof r.part, e));
  TRY(disposal_text(c, "basis", r.basis, sizeof r.basis, e));
  TRY(disposal_text(c, "custodian", r.custodian, sizeof r.custodian, e));
  TRY(retention_set(x->s, &r, x->who, e));
  disposal_said(c, "retention set", "保存期間を登録しました", r.dataset);
  return E_OK;
}

static enum err_code hold(struct disposal_cmd *x, struct err *e) {
  struct retention_hold h = {.by = ""};
  const char *dataset;
  TRY(disposal_operand(x->c, 1, "DATASET", &dataset, e));
  TRY(row_set(h.dataset, sizeof h.dataset, "DATASET", dataset, e));
  TRY(disposal_text(x->c, "id", h.id, sizeof h.id, e));
  TRY(disposal_text(x->c, "part", h.part, sizeof h.part, e));
  TRY(disposal_text(x->c, "reason", h.reason, sizeof h.reason, e));
  TRY(retention_put_hold(x->s, &h, x->who, e));
  disposal_said(x->c, "on hold", "廃棄を保留しました", h.id);
  return E_OK;
}

static enum err_code unhold(struct disposal_cmd *x, struct err *e) {
  const char *id;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(retention_lift_hold(x->s, id, cli_text(x->c, "reason"), x->who, e));
  disposal_said(x->c, "hold lifted", "保留を解除しました", id);
  return E_OK;
}

/* --- list --- */

static enum err_code json_rows(struct store *s, const char *prefix, const struct row_format *f, void *row, struct json_out *j, struct err *e) {
  struct record r;
  bool found = true;
  json_array(j);
  for (uint64_t from = 0; found;) {
    TRY(act_next(s, prefix, &from, f, row, &found, &r, e));
    if (!found) break;
    json_object(j);
    row_json(f, row, j);
    json_put_int(j, "entry", (int64_t)r.seq);
    json_end_object(j);
  }
  json_end_array(j);
  return E_OK;
}

static enum err_code list_json(struct disposal_cmd *x, struct err *e) {
  struct strbuf b;
  struct json_out j;
  struct retention row;
  struct retention_hold h;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_key(&j, "retention");
  enum err_code code = json_rows(x->s, "retention:", &retention_format, &row, &j, e);
  json_key(&j, "holds");
  if (!code) code = json_rows(x->s, "hold:", &retention_hold_format, &h, &j, e);
  json_end_object(&j);
  if (code) strbuf_release(&b);
  else store_cmd_print_json(x->c, &b);
  return code;
}

static enum err_code print_retention(struct disposal_cmd *x, struct err *e) {
  static const char *const heads[][2] = {{"dataset", "対象"}, {"part", "部分"}, {"keep until", "保存期限"}, {"custodian", "責任者"}, {"basis", "根拠"}, {"entry",
      "ログ番号"}};
  struct text_table *t = text_table_new(6);
  struct retention r;
  struct record record;
  bool found = true;
  char seq[24];
  disposal_heads(t, x->c, heads, 6);
  enum err_code code = E_OK;
  for (uint64_t from = 0; !code && found;) {
    code = act_next(x->s, "retention:", &from, &retention_format, &r, &found, &record, e);
    if (code || !found) break;
    snprintf(seq, sizeof seq, "%llu", (unsigned long long)record.seq);
    const char *const cells[] = {r.dataset, r.part, r.until[0] ? r.until : cli_say(x->c, "permanent", "永年"), r.custodian, r.basis, seq};
    for (int i = 0; i < 6; i++) text_table_cell(t, cells[i]);
  }
  if (!code) text_table_print(t, cli_out(x->c), true);
  text_table_free(t);
  return code;
}

static enum err_code print_holds(struct disposal_cmd *x, struct err *e) {
  static const char *const heads[][2] = {{"hold", "保留"}, {"dataset", "対象"}, {"part", "部分"}, {"state", "状態"}, {"by", "登録者"}, {"reason", "理由"}};
  struct text_table *t = text_table_new(6);
  struct retention_hold h;
  struct record record;
  bool found = true;
  disposal_heads(t, x->c, heads, 6);
  enum err_code code = E_OK;
  for (uint64_t from = 0; !code && found;) {
    code = act_next(x->s, "hold:", &from, &retention_hold_format, &h, &found, &record, e);
    if (code || !found) break;
    const char *const cells[] = {h.id, h.dataset, h.part, strcmp(h.state, "held") == 0 ? cli_say(x->c, "held", "保留中") : cli_say(x->c, "lifted", "解除"),
        h.by, h.reason};
    for (int i = 0; i < 6; i++) text_table_cell(t, cells[i]);
  }
  if (!code) text_table_print(t, cli_out(x->c), true);
  text_table_free(t);
  return code;
}

static enum err_code list(struct disposal_cmd *x, struct err *e) {
  if (cli_json(x->c)) return list_json(x, e);
  TRY(print_retention(x, e));
  fprintf(cli_out(x->c), "%s\n", cli_say(x->c, "Data without an entry are kept permanently, and so are fundamental statistics.",
      "登録のないデータと基幹統計は永年保存です。"));
  return print_holds(x, e);
}

static int run(struct cli *c) {
  static const struct {
    const char *name;
    enum err_code (*act)(struct disposal_cmd *x, struct err *e);
  } actions[] = {{"set", set}, {"hold", hold}, {"unhold", unhold}, {"list", list}};
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  const char *name = cli_operand(c, 0);
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (strcmp(actions[i].name, name) != 0) continue;
    enum err_code code = actions[i].act == list ? disposal_cmd_look(c, &x, &e) : disposal_cmd_begin(c, &x, &e);
    if (!code) code = actions[i].act(&x, &e);
    return disposal_cmd_end(&x, code, &e);
  }
  (void)ERR(&e, E_DISPOSAL_ID, .subject = name, .expected = "set, hold, unhold or list");
  return cli_fail(c, &e);
}

const struct command cmd_store_retain = {
  .noun = "store",
  .verb = "retain",
  .summary_en = "how long data are kept, and who holds their destruction",
  .summary_ja = "保存期間と廃棄の保留",
  .detail_en = "set: a period for a dataset (survey/form/period, * for every) and a part (ID, LINK, ANSWER, PARADATA, PAPER or all); the most "
    "particular row counts. "
               "Data without a row are permanent; fundamental statistics (survey.json) are permanent whatever a row says, but for their paper. hold, "
                 "unhold: "
               "destruction waits while any hold stands; what the auditor holds only an auditor lifts. Rows are bound to the access log: an edited "
                 "row is called "
               "tampered. In a store with officers every change is signed (--officer-key).",
  .detail_ja = "set：対象（調査/様式/期、* は全て）と部分（ID・LINK・ANSWER・PARADATA・PAPER・all）の保存期間を登録します。最も具体的な行が優先します。登録のないデータは永年、"
               "基幹統計（survey.json）は紙を除き常に永年です。hold・unhold：保留がある間は廃棄できません。監査担当の保留は監査担当だけが解除できます。行はアクセスログに結び付けられ、"
               "改変は検出されます。担当者のいる保管庫ではすべての変更に署名が必要です（--officer-key）。",
  .options = (const struct option_record[]){
    {.name = "part", .kind = OPT_CHOICE, .choices = "ID|LINK|ANSWER|PARADATA|PAPER|all", .default_text = "all", .value_name = "PART",
        .help_en = "which part", .help_ja = "部分"},
    {.name = "until", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "last day of keeping, or permanent", .help_ja = "保存期間の末日、または permanent"},
    {.name = "custodian", .kind = OPT_TEXT, .value_name = "ID", .help_en = "officer who answers for it", .help_ja = "保存の責任者の id"},
    {.name = "basis", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "order and article, or decision", .help_ja = "根拠（省令の条項、決裁など）"},
    {.name = "id", .kind = OPT_TEXT, .value_name = "ID", .help_en = "id of a hold", .help_ja = "保留の id"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "reason of a hold or of its end", .help_ja = "保留・解除の理由"},
    DISPOSAL_OPTIONS_OFFICER,
    {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = "ACTION", .help_en = "set, hold, unhold or list", .help_ja = "set、hold、unhold、list",
      .required = true},
                                              {.name = "OBJECT", .help_en = "dataset, or id of a hold", .help_ja = "対象、または保留の id"}, {.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store retain list", "what is kept how long, and what is on hold", "保存期間と保留の一覧"},
    {"shirabe store retain set 'shop/sales/2020-12' --until 2026-03-31 --custodian chief-a --basis 'order 12, article 3'",
        "keep until the end of the fiscal year 2025",
     "2025年度末まで保存する"},
    {.command = NULL}},
  .run = run,
};
