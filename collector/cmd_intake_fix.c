/* shirabe intake fix [INTAKE] */
#include <stdio.h>

#include "base/json_out.h"
#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/repair_fix.h"

enum { SHAPE_BYTES = 128 };

static const char *shown(struct cli *c, struct str text, char out[SHAPE_BYTES]) {
  if (cli_flag(c, "show-values")) snprintf(out, SHAPE_BYTES, "%.*s", text.n < 120 ? (int)text.n : 120, text.p);
  else text_shape(text.p, text.n, out, SHAPE_BYTES);
  return out;
}

/* --- printing --- */

static void proposal_json(struct cli *c, struct json_out *j, const struct fix_proposal *p) {
  char raw[SHAPE_BYTES], value[SHAPE_BYTES];
  json_object(j);
  json_put_int(j, "line", p->line);
  json_put_int(j, "cell", p->cell);
  json_put(j, "item", p->item);
  json_put(j, "rule", repair_rule_name(p->rule));
  json_put(j, "state", repair_state_text(p->state, false));
  json_put(j, "from", shown(c, p->raw, raw));
  json_put(j, "to", shown(c, p->value, value));
  json_end_object(j);
}

static void print_json(struct cli *c, const struct fix_proposal *list, int64_t n) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) proposal_json(c, &j, &list[i]);
  json_end_array(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static void print_text(struct cli *c, const struct fix_proposal *list, int64_t n) {
  static const char *const en[] = {"line:cell", "item", "rule", "state", "from", "to"}, *const ja[] = {"行:セル", "項目",     "規則",
                                                                                                       "状態",    "届いた形", "提案"};
  struct text_table *t = text_table_new(6);
  if (!t) return;
  for (int k = 0; k < 6; k++) text_table_cell(t, cli_say(c, en[k], ja[k]));
  for (int64_t i = 0; i < n; i++) {
    const struct fix_proposal *p = &list[i];
    char place[64], raw[SHAPE_BYTES], value[SHAPE_BYTES];
    snprintf(place, sizeof place, "%lld:%lld", (long long)p->line, (long long)p->cell);
    const char *const cells[] = {place,
                                 p->item,
                                 repair_rule_name(p->rule),
                                 repair_state_text(p->state, cli_lang(c) == LANG_JA),
                                 shown(c, p->raw, raw),
                                 shown(c, p->value, value)};
    for (int k = 0; k < 6; k++) text_table_cell(t, cells[k]);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void print_result(struct cli *c, const char *number, const struct fix_result *r) {
  if (!cli_json(c)) {
    fprintf(cli_out(c),
            cli_say(c, "intake %s: %lld changed; accepted %lld, refused %lld, open %lld\n",
                    "取り込み %s: 変更 %lld 件、採用 %lld、却下 %lld、未決 %lld\n"),
            number, (long long)r->changed, (long long)r->accepted, (long long)r->refused, (long long)r->open);
    return;
  }
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "changed", r->changed);
  json_put_int(&j, "accepted", r->accepted);
  json_put_int(&j, "refused", r->refused);
  json_put_int(&j, "open", r->open);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

/* --- doing --- */

static enum err_code decide(struct cli *c, struct store *s, const char *number, int64_t intake, struct err *e) {
  int accept = cli_repeat_count(c, "accept"), n = accept + cli_repeat_count(c, "refuse");
  struct fix_request *requests = ARENA_ARRAY(cli_job(c)->arena, struct fix_request, n + 1);
  struct fix_result result;
  if (!requests) return ERR(e, E_NO_MEMORY, .subject = "decisions");
  for (int i = 0; i < n; i++)
    requests[i] =
        i < accept ? (struct fix_request){cli_repeat(c, "accept", i), true} : (struct fix_request){cli_repeat(c, "refuse", i - accept), false};
  TRY(fix_decide(s, forms_folder(), intake, requests, n, cli_text(c, "reason"), &result, e));
  print_result(c, number, &result);
  return E_OK;
}

static enum err_code list(struct cli *c, struct store *s, int64_t intake, int64_t *open, struct err *e) {
  struct intake_entry entry;
  struct fix_proposal *proposals;
  int64_t n;
  TRY(intake_get(s, intake, cli_job(c)->arena, &entry, e));
  TRY(fix_list(s, &entry, cli_flag(c, "show-values"), cli_job(c)->arena, &proposals, &n, e));
  for (int64_t i = 0; i < n; i++) *open += proposals[i].state == REPAIR_PROPOSED;
  if (cli_json(c)) print_json(c, proposals, n);
  else if (n) print_text(c, proposals, n);
  else fprintf(cli_out(c), "%s", cli_say(c, "no proposed repairs\n", "修正の提案はありません\n"));
  return E_OK;
}

static void count_json(struct json_out *j, const struct fix_count *k) {
  json_object(j);
  json_put_int(j, "intake", k->intake);
  json_put_int(j, "proposed", k->proposed);
  json_put_int(j, "open", k->open);
  json_end_object(j);
}

/* Without a number: which intakes have proposals. */
static enum err_code overview(struct cli *c, struct store *s, int64_t *open, struct err *e) {
  struct intake_entry *entries;
  int64_t n, with = 0;
  struct strbuf b;
  struct json_out j;
  TRY(intake_schema(s, e));
  TRY(intake_list(s, NULL, NULL, NULL, cli_job(c)->arena, &entries, &n, e));
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  enum err_code code = E_OK;
  for (int64_t i = 0; !code && i < n; i++) {
    struct fix_count k;
    if ((code = fix_count(s, entries[i].id, &k, e)) || !k.proposed) continue;
    with++;
    *open += k.open;
    count_json(&j, &k);
    if (!cli_json(c))
      fprintf(cli_out(c), cli_say(c, "intake %lld %s/%s %s: proposed %lld, open %lld\n", "取り込み %lld %s/%s %s: 提案 %lld、未決 %lld\n"),
              (long long)k.intake, entries[i].survey, entries[i].form, entries[i].period, (long long)k.proposed, (long long)k.open);
  }
  json_end_array(&j);
  if (!code && cli_json(c)) fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  else if (!code && !with) fprintf(cli_out(c), "%s", cli_say(c, "no proposed repairs\n", "修正の提案はありません\n"));
  strbuf_release(&b);
  return code;
}

static enum err_code act(struct cli *c, struct store *s, int64_t *open, struct err *e) {
  const char *number = cli_operand(c, 0);
  int64_t intake;
  int decisions = cli_repeat_count(c, "accept") + cli_repeat_count(c, "refuse");
  if (!number && decisions) return ERR(e, E_INTAKE_UNKNOWN, .subject = "");
  if (!number) return overview(c, s, open, e);
  if (!str_int64(str_of(number), &intake)) return ERR(e, E_INTAKE_UNKNOWN, .subject = number);
  TRY(intake_schema(s, e));
  TRY(decisions ? decide(c, s, number, intake, e) : list(c, s, intake, open, e));
  if (!decisions && *open)
    fprintf(stderr,
            cli_say(c, "next: shirabe intake fix %s --accept RULE (or LINE:CELL, LINE:CELL:RULE), or --refuse, with --reason TEXT\n",
                    "次に: shirabe intake fix %s --accept 規則（または 行:セル、行:セル:規則）か --refuse に、--reason 理由 を付けてください\n"),
            number);
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int64_t open = 0;
  enum err_code code = cmd_open_store(c, &s, &e);
  if (!code) code = act(c, s, &open, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : open > 0;
}

const struct command cmd_intake_fix = {
    .noun = "intake",
    .verb = "fix",
    .summary_en = "list proposed repairs of an intake, accept or refuse them",
    .summary_ja = "取り込みの修正の提案を示し、採用または却下する",
    .detail_en = "A repair that could change a meaning is only proposed: its cell stays invalid until somebody accepts the proposal. Accept or "
                 "refuse by RULE, by "
                 "LINE:CELL or by LINE:CELL:RULE, with a reason; an accepted value has the status corrected. The file's bytes and the records as "
                 "they were taken in "
                 "are kept. A batch is sealed only when nothing is open. Exit status 1 when the list holds an open proposal.",
    .detail_ja =
        "意味が変わり得る修正は提案にとどまり、採用されるまでセルは無効のままです。規則、行:セル、行:セル:規則 "
        "のいずれかで、理由を付けて採用または却下します。採用した値の状態は「訂正」になります。元のファイルと取り込んだままの記録は残ります。"
        "未決の提案があるうちはバッチを封緘できません。一覧に未決の提案があれば終了値は 1 です。",
    .options =
        (const struct option_record[]){
            {.name = "accept", .kind = OPT_REPEAT, .value_name = "WHAT", .help_en = "accept these proposals", .help_ja = "採用する提案"},
            {.name = "refuse", .kind = OPT_REPEAT, .value_name = "WHAT", .help_en = "refuse these proposals", .help_ja = "却下する提案"},
            {.name = "reason",
             .kind = OPT_TEXT,
             .value_name = "TEXT",
             .help_en = "why (kept sealed in the access log)",
             .help_ja = "理由（アクセス記録に封印して残す）"},
            {.name = "show-values",
             .kind = OPT_FLAG,
             .help_en = "show the texts instead of their shape (logged)",
             .help_ja = "形でなく値そのものを示す（記録される）"},
            OPTION_PASSPHRASE,
            OPTIONS_END},
    .operands = (const struct operand_record[]){{.name = "INTAKE", .help_en = "number of an intake", .help_ja = "取り込みの番号"}, OPERANDS_END},
    .examples = (const struct example[]){{"shirabe intake fix", "which intakes have proposals", "提案のある取り込み"},
                                         {"shirabe intake fix 1", "the proposals of intake 1", "取り込み1の提案"},
                                         {"shirabe intake fix 1 --accept excel-serial-1900 --refuse 7:3 --reason 'asked the office: dates of the 1900 calendar'",
                                          "one rule accepted, one cell refused", "規則を一つ採用し、セルを一つ却下する"},
                                         EXAMPLES_END},
    .run = run,
};
