/* shirabe store medium register|seal|lend|return|lost|wipe|destroy|list */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/disposal/medium.h"

static const char *const state_ja[MEDIUM_STATES] = {"", "登録", "封印", "貸出中", "返却", "紛失", "消去", "廃棄"};

static enum err_code change_of(struct cli *c, const char *id, struct medium *m, struct err *e) {
  const struct {
    const char *option;
    char *to;
    size_t size;
  } texts[] = {{"certificate", m->certificate, sizeof m->certificate}, {"content", m->content, sizeof m->content}, {"holder", m->holder,
      sizeof m->holder},
      {"incident", m->incident, sizeof m->incident}, {"kind", m->kind, sizeof m->kind}, {"method", m->method, sizeof m->method}, {"note", m->note,
          sizeof m->note},
      {"place", m->place, sizeof m->place}, {"proof", m->proof, sizeof m->proof}, {"route", m->route, sizeof m->route}, {"seal-no", m->seal_no,
          sizeof m->seal_no},
      {"sha256", m->sha256, sizeof m->sha256}};
  const char *until = cli_text(c, "until");
  memset(m, 0, sizeof *m);
  TRY(row_set(m->id, sizeof m->id, "ID", id, e));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) TRY(disposal_text(c, texts[i].option, texts[i].to, texts[i].size, e));
  TRY(disposal_list(c, "dataset", m->datasets, sizeof m->datasets, e));
  TRY(disposal_list(c, "recipient", m->recipients, sizeof m->recipients, e));
  TRY(disposal_list(c, "key-holder", m->key_holders, sizeof m->key_holders, e));
  m->count = cli_text(c, "count") ? cli_int(c, "count") : 0;
  if (until && !act_time(until, true, &m->until)) return ERR(e, E_MEDIUM_FIELD, .subject = "until", .expected = "2026-04-10 or 2026-04-10T03:00:00Z");
  return E_OK;
}

static enum err_code step(struct disposal_cmd *x, enum medium_verb verb, struct err *e) {
  const char *id;
  struct medium m;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(change_of(x->c, id, &m, e));
  TRY(medium_do(x->s, verb, &m, x->who, e));
  disposal_said(x->c, medium_verb_name(verb), "媒体を更新しました", id);
  return E_OK;
}

/* --- list --- */

static void one_json(const struct medium *m, const struct record *r, int64_t now, struct json_out *j) {
  json_object(j);
  row_json(&medium_format, m, j);
  json_put_int(j, "entry", (int64_t)r->seq);
  json_key(j, "overdue");
  json_bool(j, medium_overdue(m, now));
  json_end_object(j);
}

static void one_line(struct disposal_cmd *x, const struct medium *m, int64_t now, struct text_table *t) {
  char datasets[160], until[32] = "", state[80];
  enum medium_state s = medium_state_of(m);
  disposal_joined(m->datasets, datasets, sizeof datasets);
  if (s == MEDIUM_LENT && m->until) time_format_jst(m->until, until);
  snprintf(state, sizeof state, "%s%s", cli_say(x->c, medium_state_name(s), state_ja[s]), medium_overdue(m, now) ? cli_say(x->c, ", OVERDUE",
      "（返却遅延）") : "");
  const char *const cells[] = {m->id, m->kind, m->content, state, s == MEDIUM_LENT ? m->holder : m->place, until, datasets};
  for (int i = 0; i < 7; i++) text_table_cell(t, cells[i]);
}

static enum err_code each(struct disposal_cmd *x, int64_t now, struct text_table *t, struct json_out *j, struct err *e) {
  struct medium m;
  struct record r;
  bool found = true;
  for (uint64_t from = 0; found;) {
    TRY(act_next(x->s, "medium:", &from, &medium_format, &m, &found, &r, e));
    if (found && t) one_line(x, &m, now, t);
    else if (found) one_json(&m, &r, now, j);
  }
  return E_OK;
}

static enum err_code list_json(struct disposal_cmd *x, int64_t now, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  enum err_code code = each(x, now, NULL, &j, e);
  json_end_array(&j);
  if (code) strbuf_release(&b);
  else store_cmd_print_json(x->c, &b);
  return code;
}

static enum err_code list_table(struct disposal_cmd *x, int64_t now, struct err *e) {
  static const char *const heads[][2] = {{"medium", "媒体"}, {"kind", "種類"}, {"content", "内容"}, {"state", "状態"}, {"holder or place", "保持者・場所"},
      {"until", "期限"}, {"datasets", "対象"}};
  struct text_table *t = text_table_new(7);
  disposal_heads(t, x->c, heads, 7);
  enum err_code code = each(x, now, t, NULL, e);
  if (!code) text_table_print(t, cli_out(x->c), true);
  text_table_free(t);
  return code;
}

/* With keys the alarm goes into the log; without, it is said. */
static enum err_code list(struct disposal_cmd *x, struct err *e) {
  int64_t now, overdue;
  TRY(store_now(x->s, &now, e));
  TRY(medium_alarm(x->s, now, &overdue, e));
  TRY(cli_json(x->c) ? list_json(x, now, e) : list_table(x, now, e));
  if (overdue)
    fprintf(stderr, cli_say(x->c, "%lld media are overdue: call them in, or open an incident\n", "返却期限を過ぎた媒体が %lld 件あります。回収するか、事故として登録してください\n"),
        (long long)overdue);
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  enum medium_verb verb = MEDIUM_VERBS;
  const char *name = cli_operand(c, 0);
  bool lists = strcmp(name, "list") == 0;
  if (!lists && !medium_verb_parse(name, &verb)) {
    (void)ERR(&e, E_DISPOSAL_ID, .subject = name, .expected = "register, seal, lend, return, lost, wipe, destroy or list");
    return cli_fail(c, &e);
  }
  enum err_code code = lists ? disposal_cmd_look(c, &x, &e) : disposal_cmd_begin(c, &x, &e);
  if (!code) code = lists ? list(&x, &e) : step(&x, verb, &e);
  return disposal_cmd_end(&x, code, &e);
}

const struct command cmd_store_medium = {
  .noun = "store",
  .verb = "medium",
  .summary_en = "media and boxes of paper: where they are, what they hold, who carries them",
  .summary_ja = "媒体と紙の箱の管理（所在・内容・持出し）",
  .detail_en = "registered -> sealed -> lent -> returned | lost -> wiped | destroyed; every other step is refused. register: --kind --content "
    "--place. seal: --dataset, and "
               "--sha256 --recipient of the sealed file, or --count --seal-no of a box. lend (a carry permit): --holder --route --until, signed by a "
                 "manager who is not the "
               "holder. return: --place. lost: --incident. wipe: --method --proof. destroy: --method --certificate; paper only when its period is "
                 "over. list shows what is "
               "overdue and, with keys, puts one alarm per lending into the log.",
  .detail_ja = "登録→封印→貸出→返却｜紛失→消去｜廃棄。それ以外の順序は拒否します。register：--kind --content --place。seal：--dataset と、封印ファイルの --sha256 --recipient、または箱の --count "
    "--seal-no。"
               "lend（持出し許可）：--holder --route --until、保持者以外の管理責任者の署名。return：--place。lost：--incident。wipe：--method --proof。destroy：--method "
                 "--certificate（紙は保存期間の終了後のみ）。"
               "list は返却の遅れを示し、鍵があれば貸出ごとに一度ログへ警告を残します。",
  .options = (const struct option_record[]){
    {.name = "kind", .kind = OPT_TEXT, .value_name = "KIND", .help_en = "usb, disk, disc, tape, paper-box or other",
        .help_ja = "usb、disk、disc、tape、paper-box、other"},
    {.name = "content", .kind = OPT_TEXT, .value_name = "WHAT", .help_en = "extract, backup, transport, keys, paper or other",
        .help_ja = "extract、backup、transport、keys、paper、other"},
    {.name = "place", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "where it lies", .help_ja = "保管場所"},
    {.name = "dataset", .kind = OPT_REPEAT, .value_name = "S/F/P", .help_en = "what it holds; */*/* for everything", .help_ja = "内容。全部は */*/*"},
    {.name = "sha256", .kind = OPT_TEXT, .value_name = "HEX", .help_en = "of the sealed file", .help_ja = "封印ファイルの SHA-256"},
    {.name = "recipient", .kind = OPT_REPEAT, .value_name = "age1...", .help_en = "a key it is sealed to", .help_ja = "宛先の公開鍵"},
    {.name = "key-holder", .kind = OPT_REPEAT, .value_name = "age1...", .help_en = "content keys: whose secret key lies on it",
        .help_ja = "content keys：媒体に秘密鍵を置いた人の公開鍵"},
    {.name = "count", .kind = OPT_INT, .value_name = "N", .help_en = "forms in the box", .help_ja = "箱の調査票の枚数"},
    {.name = "seal-no", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "number of the seal", .help_ja = "封印番号"},
    {.name = "holder", .kind = OPT_TEXT, .value_name = "ID", .help_en = "who carries it", .help_ja = "持出者"},
    {.name = "route", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "from where to where, how", .help_ja = "経路"},
    {.name = "until", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "day of return", .help_ja = "返却期限"},
    {.name = "incident", .kind = OPT_TEXT, .value_name = "ID", .help_en = "incident of the loss", .help_ja = "紛失の事故 id"},
    {.name = "method", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "how it was wiped or destroyed", .help_ja = "消去・廃棄の方法"},
    {.name = "proof", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "what shows it", .help_ja = "消去の証拠"},
    {.name = "certificate", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "number of the certificate", .help_ja = "証明書の番号"},
    {.name = "note", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "remark", .help_ja = "備考"},
    DISPOSAL_OPTIONS_OFFICER,
    {.name = NULL}},
  .operands = (const struct operand_record[]){
    {.name = "ACTION", .help_en = "register, seal, lend, return, lost, wipe, destroy or list", .help_ja = "register、seal、lend、return、lost、wipe、"
      "destroy、list", .required = true},
    {.name = "ID", .help_en = "the medium", .help_ja = "媒体の id"}, {.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store medium list", "every medium, and what is overdue", "媒体の一覧と返却の遅れ"},
    {"shirabe store medium register box-12 --kind paper-box --content paper --place 'store room 3'", "a box of forms", "調査票の箱を登録する"},
    {.command = NULL}},
  .run = run,
};
