/* shirabe store incident open|update|report|close|show|list|medium|policy */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/disposal/incident.h"
#include "secure-store/store_impl.h"

static enum err_code change_of(struct cli *c, const char *id, struct incident *i, struct err *e) {
  const struct {
    const char *option;
    char *to;
    size_t size;
  } texts[] = {{"cause", i->cause, sizeof i->cause}, {"containment", i->containment, sizeof i->containment}, {"encryption", i->encryption,
      sizeof i->encryption},
      {"found-by", i->found_by, sizeof i->found_by}, {"harm", i->harm, sizeof i->harm}, {"items", i->items, sizeof i->items}, {"kind", i->kind,
          sizeof i->kind},
      {"medium", i->medium, sizeof i->medium}, {"police", i->police, sizeof i->police}, {"prevention", i->prevention, sizeof i->prevention},
      {"publication", i->publication, sizeof i->publication}, {"recovered", i->recovered, sizeof i->recovered}, {"survey", i->survey,
          sizeof i->survey},
      {"year", i->year, sizeof i->year}};
  const struct {
    const char *option;
    int64_t *to;
  } numbers[] = {{"persons", &i->persons}, {"households", &i->households}, {"establishments", &i->establishments}};
  const char *found = cli_text(c, "found-at");
  memset(i, 0, sizeof *i);
  TRY(row_set(i->id, sizeof i->id, "ID", id, e));
  for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) TRY(disposal_text(c, texts[k].option, texts[k].to, texts[k].size, e));
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) *numbers[k].to = cli_text(c, numbers[k].option) ? cli_int(c, numbers[k].option) : 0;
  i->malicious = cli_flag(c, "malicious");
  TRY(disposal_list(c, "notified", i->notified, sizeof i->notified, e));
  if (found && !act_time(found, false, &i->found_at)) return ERR(e, E_INCIDENT_FIELD, .subject = "found-at",
      .expected = "2026-04-10T03:00:00Z or 2026-04-10");
  return E_OK;
}

static enum err_code open_new(struct disposal_cmd *x, struct err *e) {
  const char *id;
  struct incident i;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(change_of(x->c, id, &i, e));
  TRY(incident_open(x->s, &i, x->who, e));
  disposal_said(x->c, "incident opened", "事故を登録しました", id);
  return E_OK;
}
static enum err_code update(struct disposal_cmd *x, struct err *e) {
  const char *id;
  struct incident i;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(change_of(x->c, id, &i, e));
  TRY(incident_update(x->s, &i, x->who, e));
  disposal_said(x->c, "incident updated", "事故の記録を更新しました", id);
  return E_OK;
}
static enum err_code report(struct disposal_cmd *x, struct err *e) {
  const char *id, *stage = cli_text(x->c, "stage");
  enum incident_stage s;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  if (!stage || !incident_stage_parse(stage, &s)) return ERR(e, E_INCIDENT_FIELD, .subject = "stage",
      .expected = "internal, chief, ministry, first or final");
  TRY(incident_report(x->s, id, s, cli_text(x->c, "to"), x->who, e));
  disposal_said(x->c, "report recorded", "報告を記録しました", id);
  return E_OK;
}
static enum err_code close_one(struct disposal_cmd *x, struct err *e) {
  const char *id;
  bool closed;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(incident_close(x->s, id, x->who, &closed, e));
  if (closed) disposal_said(x->c, "incident closed", "事故を終結しました", id);
  else disposal_said(x->c, "signed; a second officer has to close it too", "署名しました。もう1名の担当者の終結が必要です", id);
  return E_OK;
}

/* --- show and list --- */

static const char *const stage_ja[INCIDENT_STAGES] = {"内部報告", "総括責任者", "総務省・所管省", "速報", "確報"};

static void due_json(const struct incident_due due[INCIDENT_STAGES], struct json_out *j) {
  json_key(j, "deadlines");
  json_array(j);
  for (int k = 0; k < INCIDENT_STAGES; k++) {
    json_object(j);
    json_put(j, "stage", incident_stage_name((enum incident_stage)k));
    json_put_int(j, "due", due[k].due);
    json_put_int(j, "made", due[k].made);
    json_key(j, "overdue");
    json_bool(j, due[k].overdue);
    json_end_object(j);
  }
  json_end_array(j);
}

static void show_due(struct disposal_cmd *x, const struct incident_due due[INCIDENT_STAGES]) {
  for (int k = 0; k < INCIDENT_STAGES; k++) {
    char when[32], made[32] = "-";
    time_format_jst(due[k].due, when);
    if (due[k].made) time_format_jst(due[k].made, made);
    fprintf(cli_out(x->c), "  %s\t%s\t%s%s\n", cli_say(x->c, incident_stage_name((enum incident_stage)k), stage_ja[k]), when, made,
        due[k].overdue ? cli_say(x->c, "\tOVERDUE", "\t期限超過") : "");
  }
}

static void show_text(struct disposal_cmd *x, const struct incident *i, const struct incident_due due[INCIDENT_STAGES]) {
  for (int k = 0; k < incident_format.n; k++) {
    const struct field *f = &incident_format.fields[k];
    const char *at = (const char *)i + f->at;
    char joined[ACT_LIST_BYTES];
    int64_t number = 0;
    if (f->kind == FIELD_INT) memcpy(&number, at, sizeof number);
    bool a_time = strcmp(f->name, "found_at") == 0 || strncmp(f->name, "report_", 7) == 0;
    if (f->kind == FIELD_FORMAT || (f->kind == FIELD_INT ? number == 0 : !at[0])) continue;
    if (f->kind == FIELD_INT && a_time) time_format_jst(number, joined);
    else if (f->kind == FIELD_INT) snprintf(joined, sizeof joined, "%lld", (long long)number);
    else disposal_joined(at, joined, sizeof joined);
    fprintf(cli_out(x->c), "  %s: %s\n", f->name, joined);
  }
  fprintf(cli_out(x->c), "%s\n", cli_say(x->c, "reports: due, made", "報告：期限、実施"));
  show_due(x, due);
}

static enum err_code show(struct disposal_cmd *x, struct err *e) {
  const char *id;
  struct incident i;
  struct incident_policy p;
  struct incident_due due[INCIDENT_STAGES];
  struct strbuf b;
  struct json_out j;
  int64_t now;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(incident_find(x->s, id, &i, e));
  TRY(incident_policy_read(x->s, &p, e));
  TRY(store_now(x->s, &now, e));
  incident_due(&i, &p, now, due);
  if (!cli_json(x->c)) {
    show_text(x, &i, due);
    return E_OK;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  row_json(&incident_format, &i, &j);
  due_json(due, &j);
  json_end_object(&j);
  store_cmd_print_json(x->c, &b);
  return E_OK;
}

static int late(const struct incident_due due[INCIDENT_STAGES]) {
  int n = 0;
  for (int k = 0; k < INCIDENT_STAGES; k++) n += due[k].overdue && !due[k].made;
  return n;
}

static void list_line(struct disposal_cmd *x, const struct incident *i, const struct incident_due due[INCIDENT_STAGES], struct text_table *t) {
  char found[32], overdue[24];
  bool open = strcmp(i->state, "open") == 0;
  time_format_jst(i->found_at, found);
  snprintf(overdue, sizeof overdue, "%d", open ? late(due) : 0);
  const char *const cells[] = {i->id, i->kind, i->survey, found, cli_say(x->c, i->state, open ? "対応中" : "終結"), overdue};
  for (int k = 0; k < 6; k++) text_table_cell(t, cells[k]);
}

static enum err_code each(struct disposal_cmd *x, struct text_table *t, struct json_out *j, struct err *e) {
  struct incident i;
  struct incident_policy p;
  struct record r;
  bool found = true;
  int64_t now;
  TRY(incident_policy_read(x->s, &p, e));
  TRY(store_now(x->s, &now, e));
  for (uint64_t from = 0; found;) {
    struct incident_due due[INCIDENT_STAGES];
    TRY(act_next(x->s, "incident:", &from, &incident_format, &i, &found, &r, e));
    if (!found) break;
    incident_due(&i, &p, now, due);
    if (t) list_line(x, &i, due, t);
    if (t) continue;
    json_object(j);
    row_json(&incident_format, &i, j);
    due_json(due, j);
    json_end_object(j);
  }
  return E_OK;
}

static enum err_code list(struct disposal_cmd *x, struct err *e) {
  static const char *const heads[][2] = {{"incident", "事故"}, {"kind", "種類"}, {"survey", "調査"}, {"found", "発見"}, {"state", "状態"}, {"reports overdue",
      "期限超過の報告"}};
  struct strbuf b;
  struct json_out j;
  struct text_table *t = cli_json(x->c) ? NULL : text_table_new(6);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  if (t) disposal_heads(t, x->c, heads, 6);
  enum err_code code = each(x, t, &j, e);
  json_end_array(&j);
  if (!code && t) text_table_print(t, cli_out(x->c), true);
  if (t) text_table_free(t);
  if (code || t) strbuf_release(&b);
  else store_cmd_print_json(x->c, &b);
  return code;
}

/* --- what was on a medium --- */

static void proof_of(struct disposal_cmd *x, uint64_t seq, struct strbuf *out) {
  struct err none;
  if (access_log_proof(x->s->log.tree, &x->s->log_key, seq, out, &none)) strbuf_reset(out);
}

static void medium_json(struct disposal_cmd *x, const struct medium_report *r, struct json_out *j) {
  json_object(j);
  json_key(j, "medium");
  json_object(j);
  row_json(&medium_format, &r->now, j);
  json_end_object(j);
  json_key(j, "keys");
  json_array(j);
  for (int i = 0; i < r->n_keys; i++) {
    json_object(j);
    json_put(j, "recipient", r->key[i].recipient);
    json_put(j, "who", r->key[i].who);
    json_key(j, "secret_key_was_on_it");
    json_bool(j, r->key[i].on_medium);
    json_end_object(j);
  }
  json_end_array(j);
  json_key(j, "sealed_to_keys_never_on_it");
  json_bool(j, r->keys_never_on_it);
  json_put_int(j, "openings_here", r->n_openings);
  json_key(j, "entries");
  json_array(j);
  for (int i = 0; i < r->n_events; i++) {
    struct strbuf proof;
    strbuf_init(&proof, 0);
    if (!x->s->locked) proof_of(x, r->event[i].seq, &proof);
    json_object(j);
    json_put_int(j, "seq", (int64_t)r->event[i].seq);
    json_put_int(j, "time", r->event[i].wall);
    json_put(j, "action", r->event[i].action);
    json_put(j, "object", r->event[i].object);
    json_put(j, "state", r->event[i].state);
    json_key(j, "proof");
    json_text(j, str_view(proof.p, proof.n));
    json_end_object(j);
    strbuf_release(&proof);
  }
  json_end_array(j);
  json_end_object(j);
}

static void medium_text(struct disposal_cmd *x, const struct medium_report *r) {
  FILE *out = cli_out(x->c);
  char datasets[ACT_LIST_BYTES];
  disposal_joined(r->now.datasets, datasets, sizeof datasets);
  fprintf(out, cli_say(x->c, "medium %s: %s, state %s\nholds: %s\nsealed file: %s\n", "媒体 %s：%s、状態 %s\n内容：%s\n封印ファイル：%s\n"), r->now.id,
      r->now.content, r->now.state,
      datasets[0] ? datasets : "-", r->now.sha256[0] ? r->now.sha256 : "-");
  for (int i = 0; i < r->n_keys; i++)
    fprintf(out, cli_say(x->c, "could be opened by: %s (%s)%s\n", "開ける鍵：%s（%s）%s\n"), r->key[i].who, r->key[i].recipient,
        r->key[i].on_medium ? cli_say(x->c, ": ITS SECRET KEY WAS ON THIS MEDIUM", "：秘密鍵がこの媒体にありました") : "");
  if (!r->sealed) fprintf(out, "%s\n", cli_say(x->c, "not sealed to any key in the log's records", "ログの記録では、どの鍵にも封印されていません"));
  else if (r->keys_never_on_it)
    fprintf(out, "%s\n", cli_say(x->c, "sealed to keys that, by the records below, were never on it", "下記の記録によれば、封印の宛先の鍵がこの媒体に置かれたことはありません"));
  fprintf(out, cli_say(x->c, "opened here: %d entries of the log\n", "ここで開かれた記録：%d 件\n"), r->n_openings);
  for (int i = 0; i < r->n_events; i++) {
    char when[32];
    time_format_jst(r->event[i].wall, when);
    fprintf(out, "  %llu\t%s\t%s\t%s\t%s%s\n", (unsigned long long)r->event[i].seq, when, r->event[i].action, r->event[i].object, r->event[i].state,
        r->event[i].opening ? cli_say(x->c, "\topened", "\t開封") : "");
  }
  fprintf(out, "%s\n", cli_say(x->c, "proof of an entry: shirabe store log --proof NUMBER (or --json here)",
      "各記録の証明：shirabe store log --proof 番号（または --json）"));
}

static enum err_code medium(struct disposal_cmd *x, struct err *e) {
  const char *id;
  struct strbuf b;
  struct json_out j;
  TRY(disposal_operand(x->c, 1, "MEDIUM", &id, e));
  struct medium_report *r = ARENA_NEW(cli_job(x->c)->arena, struct medium_report);
  if (!r) return ERR(e, E_NO_MEMORY, .subject = id);
  TRY(incident_medium(x->s, id, r, e));
  if (!cli_json(x->c)) {
    medium_text(x, r);
    return E_OK;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  medium_json(x, r, &j);
  store_cmd_print_json(x->c, &b);
  return E_OK;
}

static enum err_code policy(struct disposal_cmd *x, struct err *e) {
  struct incident_policy p;
  char text[160];
  bool change = false;
  TRY(incident_policy_read(x->s, &p, e));
  const struct {
    const char *option;
    int64_t *to;
  } options[] = {{"internal-minutes", &p.internal_minutes}, {"chief-days", &p.chief_days}, {"ministry-hours", &p.ministry_hours}, {"first-days",
      &p.first_days},
      {"final-days", &p.final_days}, {"final-days-malicious", &p.final_days_malicious}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (cli_text(x->c, options[i].option)) *options[i].to = cli_int(x->c, options[i].option), change = true;
  if (change) TRY(incident_policy_set(x->s, &p, x->who, e));
  snprintf(text, sizeof text, "internal %lld min, chief %lld d, ministry %lld h, first %lld d, final %lld/%lld d", (long long)p.internal_minutes,
      (long long)p.chief_days,
      (long long)p.ministry_hours, (long long)p.first_days, (long long)p.final_days, (long long)p.final_days_malicious);
  disposal_said(x->c, "deadlines", "報告期限", text);
  return E_OK;
}

static int run(struct cli *c) {
  static const struct {
    const char *name;
    enum err_code (*act)(struct disposal_cmd *x, struct err *e);
  } actions[] = {{"open", open_new}, {"update", update}, {"report", report}, {"close", close_one}, {"show", show}, {"list", list}, {"medium", medium},
      {"policy", policy}};
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  const char *name = cli_operand(c, 0);
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (strcmp(actions[i].name, name) != 0) continue;
    enum err_code code = disposal_cmd_begin(c, &x, &e); /* the rows are sealed */
    if (!code) code = actions[i].act(&x, &e);
    return disposal_cmd_end(&x, code, &e);
  }
  (void)ERR(&e, E_DISPOSAL_ID, .subject = name, .expected = "open, update, report, close, show, list, medium or policy");
  return cli_fail(c, &e);
}

const struct command cmd_store_incident = {
  .noun = "store",
  .verb = "incident",
  .summary_en = "leaks and losses: what is known, who was told when, what was on a lost medium",
  .summary_ja = "漏えい・紛失等の事故の記録と報告、紛失媒体の内容",
  .detail_en = "open, update, report (internal 1 h, chief the same day, ministry 24 h, first report 3 days, final report 30 days or 60 with malice: "
    "`policy` changes them), close "
               "by two officers. The record is sealed; each change is one entry of the log. medium M answers at once what was on medium M, under "
                 "which keys, who could open it and "
               "whether it was ever opened here; with --json each entry comes with its proof.",
  .detail_ja = "open・update・report（内部1時間、総括責任者は当日、総務省等24時間、速報3日、確報30日・悪意がある場合60日。policy で変更）、close は2名の担当者で行います。記録は暗号化され、変更はすべてログに残ります。"
               "medium M は、媒体 M の内容、封印の鍵、開けた可能性のある人、ここで開かれたかどうかを一度に示します。--json では各記録の証明も出力します。",
  .options = (const struct option_record[]){
    {.name = "kind", .kind = OPT_TEXT, .value_name = "KIND", .help_en = "leak, loss, damage, misuse or access",
        .help_ja = "leak 漏えい、loss 滅失、damage 毀損、misuse 目的外、access 不正アクセス"},
    {.name = "found-at", .kind = OPT_TEXT, .value_name = "TIME", .help_en = "when it was noticed", .help_ja = "発見日時"},
    {.name = "found-by", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "who noticed it", .help_ja = "発見者"},
    {.name = "survey", .kind = OPT_TEXT, .value_name = "ID", .help_en = "survey", .help_ja = "調査"},
    {.name = "year", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "year or period", .help_ja = "年次・期"},
    {.name = "persons", .kind = OPT_INT, .value_name = "N", .help_en = "persons affected", .help_ja = "人数"},
    {.name = "households", .kind = OPT_INT, .value_name = "N", .help_en = "households affected", .help_ja = "世帯数"},
    {.name = "establishments", .kind = OPT_INT, .value_name = "N", .help_en = "establishments affected", .help_ja = "事業所数"},
    {.name = "items", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "which items", .help_ja = "項目"},
    {.name = "medium", .kind = OPT_TEXT, .value_name = "ID", .help_en = "registered medium", .help_ja = "媒体の id"},
    {.name = "encryption", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "state of encryption", .help_ja = "暗号化の状態"},
    {.name = "recovered", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "was it found again", .help_ja = "回収の状況"},
    {.name = "cause", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "cause", .help_ja = "原因"},
    {.name = "containment", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "what was done at once", .help_ja = "応急措置"},
    {.name = "harm", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "secondary harm", .help_ja = "二次被害"},
    {.name = "notified", .kind = OPT_REPEAT, .value_name = "TEXT", .help_en = "who was told", .help_ja = "通知した相手"},
    {.name = "police", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "number of the report to the police", .help_ja = "警察の受理番号"},
    {.name = "publication", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "publication", .help_ja = "公表"},
    {.name = "prevention", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "what prevents another", .help_ja = "再発防止策"},
    {.name = "malicious", .kind = OPT_FLAG, .help_en = "with malice: 60 days for the final report", .help_ja = "悪意による（確報60日）"},
    {.name = "stage", .kind = OPT_TEXT, .value_name = "STAGE", .help_en = "report: internal, chief, ministry, first or final",
        .help_ja = "report：internal、chief、ministry、first、final"},
    {.name = "to", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "report: who received it", .help_ja = "report：報告先"},
    {.name = "internal-minutes", .kind = OPT_INT, .value_name = "N", .help_en = "policy", .help_ja = "policy：内部報告（分）"},
    {.name = "chief-days", .kind = OPT_INT, .value_name = "N", .help_en = "policy; 0 = the same day", .help_ja = "policy：総括責任者（日、0 は当日）"},
    {.name = "ministry-hours", .kind = OPT_INT, .value_name = "N", .help_en = "policy", .help_ja = "policy：総務省等（時間）"},
    {.name = "first-days", .kind = OPT_INT, .value_name = "N", .help_en = "policy", .help_ja = "policy：速報（日）"},
    {.name = "final-days", .kind = OPT_INT, .value_name = "N", .help_en = "policy", .help_ja = "policy：確報（日）"},
    {.name = "final-days-malicious", .kind = OPT_INT, .value_name = "N", .help_en = "policy", .help_ja = "policy：確報・悪意（日）"},
    DISPOSAL_OPTIONS_OFFICER,
    {.name = NULL}},
  .operands = (const struct operand_record[]){
    {.name = "ACTION", .help_en = "open, update, report, close, show, list, medium or policy", .help_ja = "open、update、report、close、show、list、medium、"
      "policy", .required = true},
    {.name = "ID", .help_en = "the incident, or the medium", .help_ja = "事故の id、または媒体の id"}, {.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store incident list", "every incident and its overdue reports", "事故の一覧と期限超過の報告"},
    {"shirabe store incident medium usb-7", "what was on a lost medium", "紛失した媒体の内容を調べる"},
    {.command = NULL}},
  .run = run,
};
