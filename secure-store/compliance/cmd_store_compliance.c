/* shirabe store compliance [--group technical] [--open] */
#include <stdio.h>
#include <string.h>

#include "forms/form.h"
#include "forms/form_files.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/compliance/compliance.h"

static const char *status_word(struct cli *c, char status) {
  switch (status) {
    case 'V': return cli_say(c, "verified", "確認済み");
    case 'F': return cli_say(c, "UNCONFIRMED (rebuilt from a sister rule)", "未確認（類似の規程から）");
    default: return cli_say(c, "UNCONFIRMED (not found in a public source)", "未確認（公開資料になし）");
  }
}
static const char *evidence_word(struct cli *c, struct store *s, const struct compliance_row *r) {
  struct arena *a = cli_job(c)->arena;
  char when[32];
  const char *what = r->not_applicable ? cli_say(c, "because: ", "理由：") : cli_say(c, "to be shown: ", "提示するもの：");
  if (r->evidence == EVIDENCE_ARTEFACT) return arena_printf(a, "%s%.*s", what, (int)r->artefact.n, r->artefact.p);
  if (r->evidence != EVIDENCE_LEAVES) return compliance_state(s, a, r->evidence, cli_lang(c) == LANG_JA);
  if (r->last_seq < 0) return cli_say(c, "none in the log yet", "ログにまだありません");
  time_format_jst(r->last_wall, when);
  return arena_printf(a, cli_say(c, "%lld done, %lld refused, the last is entry %lld of %s", "実施 %lld 件、拒否 %lld 件、最後は %lld 番（%s）"),
      (long long)r->done,
      (long long)r->refused, (long long)r->last_seq, when);
}
static const char *enforced_word(struct cli *c, const struct compliance_row *r) {
  if (r->not_applicable) return cli_say(c, "not applicable to this program", "このプログラムには該当しない");
  if (!r->enforced) return cli_say(c, "by people; the program proves it", "人が行い、プログラムが証明する");
  if (r->enforced_by.n == 0) return cli_say(c, "NOT ENFORCED BY THIS PROGRAM YET", "まだプログラムでは強制していません");
  return arena_printf(cli_job(c)->arena, cli_say(c, "by the program; test %.*s", "プログラムが強制、試験 %.*s"), (int)r->enforced_by.n, r->enforced_by.p);
}
static bool wanted(struct cli *c, const struct compliance_row *r) {
  const char *group = cli_text(c, "group");
  if (group && !str_eq(r->group, str_of(group))) return false;
  return !cli_flag(c, "open") || r->status != 'V' || (r->enforced && r->enforced_by.n == 0) || (r->evidence == EVIDENCE_LEAVES && r->last_seq < 0);
}
static void print_row(struct cli *c, struct store *s, const struct compliance_row *r) {
  const struct str text = cli_lang(c) == LANG_JA ? r->requirement_ja : r->requirement_en;
  const char *evidence = evidence_word(c, s, r), *enforced = enforced_word(c, r);
  fprintf(cli_out(c), "%.*s\t%.*s\n\t%s: %.*s, %s\n\t%s: %s\n\t%s: %s\n", (int)r->id.n, r->id.p, (int)text.n, text.p, cli_say(c, "source", "出典"),
      (int)r->source.n,
      r->source.p, status_word(c, r->status), cli_say(c, "kept", "担保"), enforced ? enforced : "", cli_say(c, "evidence", "証拠"), evidence ? evidence
          : "");
}
static void print_text(struct cli *c, struct store *s, const struct compliance *m) {
  int64_t shown = 0, unconfirmed = 0, missing = 0;
  for (int64_t k = 0; k < m->n; k++) {
    unconfirmed += m->row[k].status != 'V';
    missing += m->row[k].enforced && m->row[k].enforced_by.n == 0;
    if (wanted(c, &m->row[k])) print_row(c, s, &m->row[k]), shown++;
  }
  fprintf(cli_out(c), cli_say(c,
      "%lld of %lld requirements shown; %lld rest on wording that is not confirmed, %lld are not enforced by this program\n",
                          "%2$lld 件中 %1$lld 件を表示。文言未確認 %3$lld 件、プログラムで強制していないもの %4$lld 件\n"),
      (long long)shown, (long long)m->n, (long long)unconfirmed, (long long)missing);
}
static void put_str(struct json_out *j, const char *key, struct str s) { json_key(j, key), json_text(j, s); }
static void print_json(struct cli *c, struct store *s, const struct compliance *m) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t k = 0; k < m->n; k++) {
    const struct compliance_row *r = &m->row[k];
    if (!wanted(c, r)) continue;
    json_object(&j);
    put_str(&j, "id", r->id), put_str(&j, "group", r->group), put_str(&j, "requirement_en", r->requirement_en), put_str(&j, "requirement_ja",
        r->requirement_ja);
    put_str(&j, "source", r->source), put_str(&j, "status", str_view(&r->status, 1)), put_str(&j, "enforced_by", r->enforced_by);
    json_key(&j, "enforced"), json_bool(&j, r->enforced && r->enforced_by.n > 0);
    json_key(&j, "applicable"), json_bool(&j, !r->not_applicable);
    json_put_int(&j, "done", r->done), json_put_int(&j, "refused", r->refused), json_put_int(&j, "last_entry", r->last_seq);
    json_put(&j, "evidence", evidence_word(c, s, r));
    json_end_object(&j);
  }
  json_end_array(&j);
  store_cmd_print_json(c, &b);
}
static enum err_code load(struct cli *c, struct compliance *m, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char *path = cli_text(c, "matrix");
  struct str text;
  if (!path) path = arena_printf(a, "%s/secure/compliance.csv", forms_folder());
  if (!path) return ERR(e, E_NO_MEMORY, .subject = "compliance");
  TRY(form_file_load(a, path, &text, e));
  return compliance_parse(a, path, text, m, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct compliance m;
  enum err_code code = load(c, &m, &e);
  if (!code) code = store_cmd_locked(c, &s, &e);
  if (!code) code = compliance_gather(s, &m, &e);
  if (!code && cli_json(c)) print_json(c, s, &m);
  else if (!code) print_text(c, s, &m);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_compliance = {
    .noun = "store",
    .verb = "compliance",
    .summary_en = "what law and guidelines ask, what enforces it here, and the evidence of this store",
    .summary_ja = "法令・指針の要求、これを担保するもの、この保管庫の証拠",
    .detail_en =
        "The matrix is a data file (forms/secure/compliance.csv): an officer who has the text of the guideline corrects it there. Rows whose wording "
        "was not found in a public source are marked unconfirmed. Evidence is counted in the access log at this moment, never typed. Needs no "
        "passphrase.",
    .detail_ja =
        "表はデータファイル（forms/secure/compliance.csv）で、指針の原文を持つ担当者が直せます。公開資料で確認できない文言は未確認と示します。"
        "証拠はその場でアクセスログから数えます。パスフレーズは不要です。",
    .options = (const struct option_record[]){{.name = "group",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "GROUP",
                                                  .help_en = "only this group of measures",
                                                  .help_ja = "この区分だけ",
                                                  .choices = "organisational|personnel|physical|technical|retention"},
        {.name = "open",
            .kind = OPT_FLAG,
            .help_en = "only what is unconfirmed, not enforced, or without evidence",
            .help_ja = "未確認・未強制・証拠なしのものだけ"},
        {.name = "matrix", .kind = OPT_FILE, .value_name = "FILE", .help_en = "another matrix", .help_ja = "別の順守表"}, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = NULL}},
    .examples = (const struct example[]){{"shirabe store compliance --group technical", "technical measures with their evidence", "技術的措置と証拠"},
        {"shirabe store compliance --open", "what is left to confirm or to do", "残っているもの"}, {.command = NULL}},
    .run = run,
};
