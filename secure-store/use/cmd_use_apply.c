/* shirabe use apply STEP ID [...], the votes of reviewers, and what an application says */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "secure-store/use/cmd_use_application.h"
#include "secure-store/use/returned_proof.h"

static enum err_code texts(struct cli *c, struct application *a, struct err *e) {
  const struct {
    const char *option;
    char *to;
    size_t size;
  } all[] = {{"analysis", a->analysis, sizeof a->analysis}, {"applicant", a->applicant, sizeof a->applicant}, {"applicant-kind", a->applicant_kind,
      sizeof a->applicant_kind},
      {"basis", a->basis, sizeof a->basis}, {"conditions", a->conditions, sizeof a->conditions}, {"contact", a->contact, sizeof a->contact},
      {"destruction-sha256", a->destruction_sha256, sizeof a->destruction_sha256}, {"erasure", a->erasure, sizeof a->erasure}, {"grant", a->grant,
          sizeof a->grant},
      {"holdings", a->holdings, sizeof a->holdings}, {"identity-sha256", a->identity_sha256, sizeof a->identity_sha256}, {"machine", a->machine,
          sizeof a->machine},
      {"medium", a->medium, sizeof a->medium}, {"need", a->need, sizeof a->need}, {"network", a->network, sizeof a->network}, {"note", a->note,
          sizeof a->note},
      {"outsourcing", a->outsourcing, sizeof a->outsourcing}, {"place", a->place, sizeof a->place}, {"publication", a->publication,
          sizeof a->publication},
      {"purpose", a->purpose, sizeof a->purpose}, {"representative", a->representative, sizeof a->representative}, {"results-sha256",
          a->results_sha256, sizeof a->results_sha256},
      {"route", a->route, sizeof a->route}, {"rows", a->rows, sizeof a->rows}, {"section", a->section, sizeof a->section}, {"title", a->title,
          sizeof a->title}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) TRY(disposal_text(c, all[i].option, all[i].to, all[i].size, e));
  TRY(disposal_list(c, "dataset", a->datasets, sizeof a->datasets, e));
  TRY(disposal_list(c, "declaration", a->declarations, sizeof a->declarations, e));
  TRY(disposal_list(c, "item", a->items, sizeof a->items, e));
  TRY(disposal_list(c, "pledge", a->pledges, sizeof a->pledges, e));
  return disposal_list(c, "user", a->users, sizeof a->users, e);
}
static enum err_code date(struct cli *c, const char *option, bool end, int64_t *out, struct err *e) {
  const char *text = cli_text(c, option);
  return !text || act_time(text, end, out) ? E_OK : ERR(e, E_USE_FIELD, .subject = option, .found = text, .expected = "2026-04-01");
}
static enum err_code returned(struct disposal_cmd *x, const struct application *a, struct err *e) {
  const char *path = cli_text(x->c, "proof");
  uint8_t *p = NULL;
  size_t n;
  struct str text = STR("lost");
  if (!path) return application_return(x->s, a, NULL, x->who, e);
  const bool lost = strcmp(path, "lost") == 0;
  if (!lost) {
    TRY(file_read(path, RETURNED_PROOF_MAX, &p, &n, e));
    text = str_view((const char *)p, n);
  }
  const enum err_code code = application_return(x->s, a, &text, x->who, e);
  free(p);
  return code;
}
static enum err_code step(struct disposal_cmd *x, enum use_step step, struct err *e) {
  struct application a = {0};
  const char *id;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  TRY(row_set(a.id, sizeof a.id, "ID", id, e));
  TRY(texts(x->c, &a, e));
  TRY(date(x->c, "from", false, &a.from, e));
  TRY(date(x->c, "until", true, step == USE_EXTEND ? &a.extension_until : &a.until, e));
  if (step != USE_RETURN && cli_text(x->c, "proof")) return ERR(e, E_USE_OPTION, .subject = "--proof");
  TRY(step == USE_RETURN ? returned(x, &a, e) : application_do(x->s, step, &a, x->who, e));
  if (step == USE_CONSULT || step == USE_APPLY) use_warn_items(x, id);
  disposal_said(x->c, use_step_name(step), "申出を更新しました", id);
  return E_OK;
}
static enum err_code vote(struct disposal_cmd *x, struct err *e) {
  const char *id;
  TRY(disposal_operand(x->c, 1, "ID", &id, e));
  if (cli_flag(x->c, "approve") == cli_flag(x->c, "refuse")) return ERR(e, E_USAGE_VALUE, .subject = "vote", .expected = "--approve or --refuse");
  TRY(application_vote(x->s, id, cli_flag(x->c, "approve"), x->who, e));
  disposal_said(x->c, "vote taken", "票を受け付けました", id);
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  enum use_step which = USE_STEPS;
  const bool votes = strcmp(cli_operand(c, 0), "vote") == 0, shows = strcmp(cli_operand(c, 0), "show") == 0;
  enum err_code code = E_OK;
  if (!votes && (cli_flag(c, "approve") || cli_flag(c, "refuse"))) code = ERR(&e, E_USE_OPTION, .subject = cli_flag(c, "approve") ? "--approve"
      : "--refuse");
  if (!code && !votes && !shows && !use_step_parse(cli_operand(c, 0), &which))
    code = ERR(&e, E_DISPOSAL_ID, .subject = cli_operand(c, 0), .expected = "a step such as consult, apply, vote, accept, or show; see --help");
  if (!code) code = disposal_cmd_begin(c, &x, &e);
  if (!code) code = votes ? vote(&x, &e) : shows ? use_show_application(&x, &e) : step(&x, which, &e);
  return disposal_cmd_end(&x, code, &e);
}

#define WORDS(option, value, en, ja) {.name = option, .kind = OPT_TEXT, .value_name = value, .help_en = en, .help_ja = ja}
#define WORD_LIST(option, value, en, ja) {.name = option, .kind = OPT_REPEAT, .value_name = value, .help_en = en, .help_ja = ja}
const struct command cmd_use_apply = {
    .noun = "use",
    .verb = "apply",
    .summary_en = "an application for secondary use, step by step",
    .summary_ja = "二次利用の申出の手続き",
    .detail_en = "consult (as often as needed) -> apply -> check -> vote (two reviewers of other sections) -> accept | refuse -> pledge (every user) "
      "-> provide "
                 "-> receive -> inspect, extend, grant-extension, announce -> confirm -> end -> return -> publish -> close; send-back returns it to "
                 "consulting and voids votes. Every other step is refused. Each step, and each refusal, is one entry of the access log. What an "
                   "application "
                 "must say stands in the options; the items are names of the codebook, given with the reason for each. Content is taken by consult "
                 "only, and each step takes what belongs to it: accept, refuse: --conditions; pledge: --pledge; provide: --grant, --medium; extend: "
                 "--until; confirm: --results-sha256; return: --destruction-sha256, --proof; a note always. show prints it: items with their part "
                 "and what makes them sensitive, the rows (a local government gets its own area, rule from memory [M], see use policy), and what the "
                 "grant has to say. The grant and the package hold exactly that, or provide is refused. return compares the proof of the package "
                 "with the log: one that does not hold is an alarm and a task for the auditor.",
    .detail_ja = "consult（事前相談、何度でも）→ apply（申出）→ check（形式審査）→ vote（他課の審査担当2名）→ accept｜refuse（承諾・不承諾）→ pledge（全利用者の誓約）→ provide（提供）→ "
                 "receive（受領）→ inspect・extend・grant-extension・announce（点検・延長・公表事項）→ confirm（成果確認）→ end（終了）→ return（返却・消去報告）→ publish（公表）→ "
                 "close（閉鎖）。send-back で相談に戻すと票は無効になります。それ以外の順序は拒否し、手続きと拒否はそれぞれログに1件残ります。項目は符号表の項目名で、理由を付けます。"
                 "内容は consult だけが受け付け、他の手続きは次の項目だけです：accept・refuse は --conditions、pledge は --pledge、provide は --grant と --medium、"
                 "extend は --until、confirm は --results-sha256、return は --destruction-sha256 と --proof（--note は常に可）。show は項目と区分・要配慮の理由、"
                 "対象の行（地方公共団体は自らの区域に限る。出典未確認 [M]、use policy で変更可）、利用許可に書くべき内容を表示します。利用許可と提供物が申出と一致しなければ provide を"
                 "拒否します。return は提供物の証明をログと照合し、不一致は警報として監査担当への課題になります。",
    .options = (const struct option_record[]){WORDS("title", "TEXT", "title of the study or work", "表題"), WORDS("purpose", "TEXT", "what it is for",
        "利用目的"),
        WORDS("need", "TEXT", "why published tables do not do", "公表された統計表では足りない理由"), WORDS("analysis", "TEXT", "method and planned tables",
            "分析方法と作成する統計表"),
        WORDS("basis", "CODE", "32-i, 32-ii, 33-1-i-stat, 33-1-i-research, 33-1-i-list, 33-1-ii, 33-2, 34, 36", "法的根拠"),
        WORDS("route", "ROUTE", "regular or ordinary", "regular（定期）または ordinary"), WORDS("applicant", "NAME", "body or person", "申出者"),
        WORDS("applicant-kind", "KIND", "public, local:CODE (area code of 2, 5 or 6 digits), legal or individual",
            "public、local:コード（2・5・6桁の地方公共団体コード）、legal、individual"), WORDS("section", "NAME",
            "section of the applicant", "申出者の課室"),
        WORDS("representative", "NAME", "who represents the body", "代表者"), WORDS("contact", "TEXT", "office and telephone", "連絡先"),
        WORDS("identity-sha256", "HEX", "of the identity documents", "本人確認書類の SHA-256"), WORD_LIST("user", "ID", "officer id of each user",
            "利用者の id"),
        WORD_LIST("declaration", "WORD", "no-offence, no-gang, no-misuse", "欠格事由に該当しない旨"), WORD_LIST("dataset", "S/F/P", "survey/form/period",
            "調査／様式／期間"),
        WORD_LIST("item", "ITEM: WHY", "each item with the reason it is needed", "項目と必要な理由"), WORDS("rows", "CONDITION",
            "all, or a condition over the items: sex = 1 and birth_weight < 2500", "all または項目の条件（例：sex = 1 and birth_weight < 2500）"),
        WORDS("from", "DATE", "first day of the period", "利用開始日"), WORDS("until", "DATE", "last day of the period", "利用終了日"),
        WORDS("place", "TEXT", "where the data are used", "利用場所"), WORDS("machine", "TEXT", "on which machine", "利用する機器"),
        WORDS("network", "STATE", "none, closed or internet", "none、closed、internet"), WORDS("erasure", "TEXT", "how the data are erased", "消去の方法"),
        WORDS("outsourcing", "TEXT", "to whom, or none", "委託先（なければ none）"), WORDS("holdings", "TEXT", "other microdata held, or none",
            "同時に保有する調査票情報"),
        WORDS("publication", "TEXT", "where and when, report..., or internal", "公表の方法"), WORDS("conditions", "TEXT", "of acceptance, or why refused",
            "承諾の条件・不承諾の理由"),
        WORD_LIST("pledge", "ID SHA256", "user and SHA-256 of the signed pledge", "利用者と誓約書の SHA-256"), WORDS("grant", "ID", "grant made for it",
            "利用許可の id"),
        WORDS("medium", "ID", "medium handed over", "引き渡した媒体"), WORDS("results-sha256", "HEX", "of the results that were checked", "確認した成果の SHA-256"),
        WORDS("destruction-sha256", "HEX", "of the report of erasure or return", "消去・返却報告の SHA-256"), 
        {.name = "proof", .kind = OPT_FILE, .value_name = "FILE", .help_en = "return: provision.tlog-proof of the package, or lost with a --note",
            .help_ja = "return：提供物の provision.tlog-proof。紛失は lost と --note"}, WORDS("note", "TEXT",
            "finding, receipt, remark", "所見・受領書・備考"),
        {.name = "approve", .kind = OPT_FLAG, .help_en = "vote: for it", .help_ja = "vote：賛成"},
        {.name = "refuse", .kind = OPT_FLAG, .help_en = "vote: against it", .help_ja = "vote：反対"}, DISPOSAL_OPTIONS_OFFICER, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "STEP", .help_en = "the step, or vote, or show", .help_ja = "手続き、または vote、show",
        .required = true},
        {.name = "ID", .help_en = "the application", .help_ja = "申出の id"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use apply consult a-2026-1 --title 'preterm births' --applicant 'Prefecture' --applicant-kind "
      "public", "the first talk", "事前相談"},
        {"shirabe use apply consult a-2026-1 --title 'preterm births' --user officer-a", "more is known", "内容の追加"},
        {"shirabe use apply show a-2026-1", "what it says, and what the grant has to say", "内容と、利用許可に書くこと"}, {.command = NULL}},
    .run = run,
};
