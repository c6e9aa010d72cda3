/* shirabe estimate suppress CELLS.csv RELATIONS.csv [--method flow] [--owners FILE] [--audit-only PATTERN.csv] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_csv.h"
#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_suppress_files.h"
#include "estimators/command/cmd_suppress_options.h"
#include "estimators/sdc/suppress/eliminate.h"
#include "estimators/sdc/suppress/optimal.h"

struct suppression {
  struct cell_table *t;
  struct suppress_result r;
  struct optimal_report best;
  struct owners owners;
  struct contributions given;
  struct sdc_rule rule; /* of the contributions */
  const char *method;
  bool whole, optimal, audit_only;
  int32_t n_owners; /* attackers inside, all of them */
};
/* Beyond the limit on programmes: what they learn from intervals was not searched. */
static int32_t owners_linear_only(const struct suppression *s) { return s->n_owners - s->r.audit.n_owners_solved; }
/* --- the work --- */

static void progress(void *context, const char *stage, int64_t done, int64_t of) {
  (void)context;
  term_progress(stage, done, of);
}
static enum flow_cost cost_of(const char *text) {
  return !strcmp(text, "log")        ? FLOW_COST_LOG
         : !strcmp(text, "value")    ? FLOW_COST_VALUE
         : !strcmp(text, "log-over") ? FLOW_COST_LOG_OVER
                                     : FLOW_COST_UNIT;
}
/* A pattern is audited as it stands; nothing is added to it. */
static enum err_code audit_only(struct cli *c, struct suppression *s, const char *path, const struct suppress_options *o, struct err *e) {
  struct audit_options how = {.exact = cli_flag(c, "exact"), .whole = s->whole, .owners = o->owners, .owner_programmes = o->owner_programmes};
  TRY(suppress_read_pattern(c, s->t, path, &s->r.hidden, e));
  for (int32_t k = 0; k < s->t->n_cells; k++) s->r.hidden[k] = s->r.hidden[s->t->same[k]] || s->t->status[s->t->same[k]] == 'u';
  s->audit_only = true;
  TRY(audit_run(cli_job(c)->arena, s->t, s->r.hidden, &how, &s->r.audit, e));
  return audit_verify(s->t, s->r.hidden, &s->r.audit, e);
}
static enum err_code choose(struct cli *c, struct suppression *s, struct suppress_options *o, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct eliminate_result linear;
  if (!strcmp(s->method, "optimal")) {
    s->optimal = true;
    return suppress_optimal(a, s->t, o, (double)cli_int(c, "seconds"), &s->r, &s->best, e);
  }
  if (!strcmp(s->method, "flow")) return suppress_by_flow(a, s->t, o, &s->r, e);
  uint8_t *start = ARENA_ARRAY(a, uint8_t, s->t->n_cells + 1);
  if (!start) return ERR(e, E_NO_MEMORY, .subject = s->t->name);
  TRY(suppress_by_elimination(s->t, NULL, o->owners, start, &linear, e));
  o->start = start;
  return suppress_repair(a, s->t, o, &s->r, e);
}
static enum err_code intervals(struct cli *c, struct suppression *s, const struct suppress_options *o, struct err *e) {
  const struct audit_options how = {.exact = true, .whole = s->whole, .owners = o->owners, .owner_programmes = o->owner_programmes};
  if (!cli_flag(c, "exact") || s->audit_only) return E_OK;
  TRY(audit_run(cli_job(c)->arena, s->t, s->r.hidden, &how, &s->r.audit, e));
  return audit_verify(s->t, s->r.hidden, &s->r.audit, e);
}

/* --- what is printed --- */

static void as_csv(const struct suppression *s, struct strbuf *b) {
  strbuf_adds(b, "id,key,status,suppressed\n");
  for (int32_t c = 0; c < s->t->n_cells; c++) {
    const bool primary = s->t->status[s->t->same[c]] == 'u';
    strbuf_addf(b, "%d,", (int)c);
    csv_put_text(b, s->t->key[c], true);
    strbuf_addf(b, ",%s,%d\n", primary ? "primary" : s->r.hidden[c] ? "secondary" : "published", s->r.hidden[c]);
  }
}
static void real_or_null(struct json_out *j, const char *key, double v) {
  json_key(j, key);
  if (isfinite(v)) json_real(j, v);
  else json_null(j);
}
static double gap_percent(const struct suppression *s) {
  return s->best.proved || s->best.cost <= 0 ? 0 : 100 * (s->best.cost - s->best.bound) / s->best.cost;
}
static void json_cells(const struct suppression *s, struct json_out *j, bool exact) {
  json_key(j, "cells");
  json_array(j);
  for (int32_t i = 0; i < s->r.audit.n_primary; i++) {
    const struct audit_cell *x = &s->r.audit.cell[i];
    double low, high;
    json_object(j);
    json_put_int(j, "id", x->cell);
    json_key(j, "protected"), json_bool(j, x->low_ok && x->high_ok && !x->exact);
    json_key(j, "exact"), json_bool(j, x->exact);
    if (exact) {
      audit_interval(s->t, x, s->whole, &low, &high);
      real_or_null(j, "low", low);
      real_or_null(j, "high", high);
    }
    json_end_object(j);
  }
  json_end_array(j);
}
static void as_json(const struct suppression *s, struct strbuf *b, bool exact) {
  struct json_out j;
  double value;
  const int32_t n = suppress_secondaries(s->t, s->r.hidden, &value);
  json_begin(&j, b, false);
  json_object(&j);
  json_put(&j, "method", s->audit_only ? "audit" : s->method);
  json_key(&j, "clean"), json_bool(&j, s->r.audit.clean);
  json_put_int(&j, "primary", s->r.audit.n_primary);
  json_put_int(&j, "secondary", n);
  json_key(&j, "secondary_value"), json_real(&j, value);
  json_put_int(&j, "exact", s->r.audit.n_exact);
  json_put_int(&j, "exact_zero", s->r.audit.n_zero);
  json_put_int(&j, "linear", s->r.audit.linear_primary);
  json_put_int(&j, "violations", s->r.audit.n_violations);
  json_put_int(&j, "learned_by_owners", s->r.audit.n_owner);
  json_put_int(&j, "owners_by_programme", s->r.audit.n_owners_solved);
  json_put_int(&j, "owners_by_linear_algebra_only", owners_linear_only(s));
  json_put_int(&j, "witnesses", s->r.audit.n_witnesses);
  json_put_int(&j, "known_percent", s->t->known);
  if (s->rule.name) {
    json_put(&j, "rule", s->rule.name);
    json_put(&j, "rule_status", s->rule.status);
    json_put_int(&j, "attackers_inside", s->given.owners.n);
  }
  if (s->optimal) {
    json_key(&j, "cost"), json_real(&j, s->best.cost);
    json_key(&j, "bound"), json_real(&j, s->best.bound);
    json_key(&j, "gap_percent"), json_real(&j, gap_percent(s));
    json_key(&j, "proved"), json_bool(&j, s->best.proved);
  }
  json_key(&j, "trapped");
  json_array(&j);
  for (int32_t i = 0; i < s->r.n_trapped; i++) json_int(&j, s->r.trapped[i].cell);
  json_end_array(&j);
  json_key(&j, "suppressed");
  json_array(&j);
  for (int32_t c = 0; c < s->t->n_cells; c++)
    if (s->r.hidden[c] && s->t->status[s->t->same[c]] != 'u') json_int(&j, c);
  json_end_array(&j);
  json_cells(s, &j, exact);
  json_end_object(&j);
  strbuf_addc(b, '\n');
}
static void as_text(struct cli *c, const struct suppression *s, struct strbuf *b) {
  const struct audit_report *r = &s->r.audit;
  double value, low, high;
  char name[160];
  const int32_t n = suppress_secondaries(s->t, s->r.hidden, &value);
  strbuf_addf(b, cli_say(c, "cells %d, primary %d, secondary %d (value %.6g)\n",
                     "セル %d、一次秘匿 %d、二次秘匿 %d（値の計 %.6g）\n"),
      (int)s->t->n_cells, (int)r->n_primary, (int)n, value);
  if (s->rule.name)
    strbuf_addf(b, cli_say(c, "rule %s (%s): few %d, dominated %d, p %% %d, on request %d, zeros %d; attackers inside %d\n",
                       "規則 %s（%s）: 少数 %d、占有 %d、p%% %d、要請 %d、ゼロ %d。内部の攻撃者 %d\n"),
        s->rule.name, s->rule.status, (int)s->given.by_reason[SDC_FEW], (int)s->given.by_reason[SDC_DOMINATED],
        (int)s->given.by_reason[SDC_P_PERCENT], (int)s->given.by_reason[SDC_REQUEST], (int)s->given.by_reason[SDC_ZERO_GROUP],
        (int)s->given.owners.n);
  strbuf_addf(b, cli_say(c, "audit: exact %d (of value 0: %d), intervals too narrow %d, learned by contributors %d, programmes %lld\n",
                     "監査: 完全に特定 %d（うち値 0: %d）、区間が狭い %d、寄与者による特定 %d、線形計画 %lld\n"),
      (int)r->n_exact, (int)r->n_zero, (int)r->n_violations, (int)r->n_owner, (long long)r->n_programmes);
  if (s->optimal)
    strbuf_addf(b,
        cli_say(c, "cost %.6g, proved bound %.6g, gap %.1f %%%s\n", "費用 %.6g、証明された下限 %.6g、差 %.1f%%%s\n"),
        s->best.cost, s->best.bound, gap_percent(s), s->best.proved ? cli_say(c, " (optimal)", "（最適）") : "");
  for (int32_t i = 0; i < s->r.n_trapped; i++)
    strbuf_addf(b,
        cli_say(c, "cell %s cannot be protected: relation in line %d leaves no partner\n",
            "セル %s は守れません: 関係の %d 行目に相手がありません\n"),
        cell_name(s->t, s->r.trapped[i].cell, name, sizeof name), (int)s->r.trapped[i].relation + 1);
  for (int32_t i = 0; cli_flag(c, "exact") && i < r->n_primary; i++) {
    audit_interval(s->t, &r->cell[i], s->whole, &low, &high);
    strbuf_addf(b, "%s: %.9g .. %.9g%s\n", cell_name(s->t, r->cell[i].cell, name, sizeof name), low, high,
        r->cell[i].low_ok && r->cell[i].high_ok ? "" : cli_say(c, " (too narrow)", "（狭い）"));
  }
  if (owners_linear_only(s))
    strbuf_addf(b, cli_say(c, "%d owners judged by linear algebra only: what intervals tell them was not searched (--owner-programmes)\n",
                       "線形代数だけで調べた寄与者 %d：区間から分かることは調べていません（--owner-programmes）\n"), (int)owners_linear_only(s));
  strbuf_adds(b, r->clean ? cli_say(c, "the pattern protects\n", "この秘匿は有効です\n")
                          : cli_say(c, "the pattern does not protect\n", "この秘匿は不十分です\n"));
}
static enum err_code print(struct cli *c, const struct suppression *s, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  if (cli_json(c)) as_json(s, &b, cli_flag(c, "exact"));
  else if (cli_flag(c, "csv")) as_csv(s, &b);
  else as_text(c, s, &b);
  return estimate_write(c, &b, e);
}
static enum err_code attackers(struct cli *c, struct suppression *s, struct suppress_options *o, struct err *e) {
  struct str text;
  if (cli_text(c, "contributions")) {
    TRY(suppress_read_rule(c, cli_text(c, "profile"), &s->rule, e));
    TRY(suppress_read_text(cli_job(c)->arena, cli_text(c, "contributions"), &text, e));
    TRY(contributions_apply(cli_job(c)->arena, cli_text(c, "contributions"), text, &s->rule, cli_flag(c, "pairs"), s->t, &s->given, e));
    o->owners = &s->given.owners;
  } else if (cli_text(c, "owners")) {
    TRY(suppress_read_owners(c, s->t, cli_text(c, "owners"), &s->owners, e));
    o->owners = &s->owners;
  }
  s->n_owners = o->owners ? o->owners->n : 0;
  if (o->owners) o->owner_programmes = (int32_t)cli_int(c, "owner-programmes");
  return E_OK;
}
static enum err_code work(struct cli *c, struct suppression *s, struct err *e) {
  struct suppress_options o = {.cost = cost_of(cli_text(c, "cost")), .clean_up = !cli_flag(c, "no-clean-up"), .progress = progress};
  TRY(suppress_check_options(c, e));
  TRY(suppress_read_table(c, true, &s->t, e));
  s->method = cli_text(c, "method");
  s->whole = cli_flag(c, "whole");
  TRY(attackers(c, s, &o, e));
  if (cli_text(c, "verify")) return suppress_verify(c, s->t, cli_text(c, "verify"), &s->r.audit.clean, e);
  if (cli_text(c, "last")) {
    uint8_t *start;
    TRY(suppress_read_pattern(c, s->t, cli_text(c, "last"), &start, e));
    o.start = start;
  }
  if (cli_text(c, "audit-only")) TRY(audit_only(c, s, cli_text(c, "audit-only"), &o, e));
  else TRY(choose(c, s, &o, e));
  TRY(intervals(c, s, &o, e));
  term_progress_end();
  if (cli_text(c, "certificate")) TRY(suppress_write_certificate(c, s->t, s->r.hidden, &s->r.audit, cli_text(c, "certificate"), e));
  return print(c, s, e);
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct suppression s = {0};
  const enum err_code code = work(c, &s, &e);
  return code ? cli_fail(c, &e) : !s.r.audit.clean;
}

const struct command cmd_estimate_suppress = {
    .noun = "estimate",
    .verb = "suppress",
    .summary_en = "secondary suppression of a table with its audit, or the audit of a given pattern",
    .summary_ja = "表の二次秘匿とその監査、または与えられた秘匿の監査",
    .detail_en =
        "CELLS has the columns id,key,value,status,lpl,upl: ids count from 0; status u must be hidden, s may be, z must be published; lpl a"
        "nd upl say how "
        "far below and above its value an attacker's interval must reach. RELATIONS has one sum a line: parent,child,child,... by id; sever"
        "al hierarchies "
        "and linked tables are simply more lines. Methods: flow (recommended), optimal (some hundred cells; --seconds), elimination (fast; "
        "repaired "
        "where its audit finds intervals too narrow). Every pattern is audited by linear programmes before it is printed; a pattern that do"
        "es not protect, "
        "and a cell that cannot be protected, give exit status 1. --owners names the cells that one contributor knows alone (columns "
        "cell,owner): "
        "holdings and coalitions are one owner. --last begins with the pattern of the last edition. --audit-only judges a pattern (columns "
        "id, suppressed) of "
        "any program.",
    .detail_ja =
        "CELLS の列は id,key,value,status,lpl,upl です。id は 0 から数え、status は u（秘匿必須）・s（秘匿可）・z"
        "（公表必須）、lpl と upl は推測区間が値の下と上に"
        "どこまで届くべきかを示します。RELATIONS は 1 行に一つの和（親,子,子,...）です。複数の階層や連"
        "結表は行を増やすだけです。方法: flow（推奨）、optimal（数百セルまで、"
        "--seconds）、elimination（高速。区間が狭いセルは監査後に補修）。どの秘匿も線形計画で監査して"
        "から出力します。守れない秘匿やセルがあれば終了値は 1 です。"
        "--owners は一者だけが寄与するセル（列 cell,owner）を示します。--last は前回の秘匿から始めます。-"
        "-audit-only は他のプログラムの秘匿（列 id,suppressed）を監査します。",
    .options = (const struct option_record[]){{.name = "method",
                                                  .kind = OPT_CHOICE,
                                                  .choices = "flow|optimal|elimination",
                                                  .default_text = "flow",
                                                  .help_en = "how secondaries are chosen",
                                                  .help_ja = "二次秘匿の選び方"},
        {.name = "cost",
            .kind = OPT_CHOICE,
            .choices = "unit|log|value|log-over",
            .default_text = "unit",
            .help_en = "what is kept small: number of cells, sum of log(1+value), value, log(1+value)/(1+value)",
            .help_ja = "小さくするもの: セル数、log(1+値)の和、値の和、log(1+値)/(1+値)"},
        {.name = "owners",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "cells known to one contributor",
            .help_ja = "一者だけが寄与するセル"},
        {.name = "owner-programmes",
            .kind = OPT_INT,
            .value_name = "N",
            .default_text = "100",
            .help_en = "owners judged by programmes; the others by linear algebra",
            .help_ja = "線形計画で調べる寄与者の数（他は線形代数で）"},
        {.name = "contributions",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "what each unit contributes to the inner cells: primary cells and levels by --profile",
            .help_ja = "各客体の最も細かいセルへの寄与額。一次秘匿と水準を --profile の規則で決める"},
        {.name = "profile",
            .kind = OPT_TEXT,
            .value_name = "NAME",
            .default_text = "establishments_3",
            .help_en = "rule of the contributions: a name of the forms folder's profiles, or a file NAME.json",
            .help_ja = "寄与額に適用する規則: forms のプロファイル名か NAME.json"},
        {.name = "pairs",
            .kind = OPT_FLAG,
            .help_en = "the second and third largest contributor of each primary cell as one attacker",
            .help_ja = "各一次秘匿セルの 2 位と 3 位の寄与者を一人の攻撃者とみなす"},
        {.name = "known",
            .kind = OPT_INT,
            .value_name = "PERCENT",
            .help_en = "attackers know every hidden value to this much beforehand",
            .help_ja = "攻撃者は秘匿された値を事前にこの幅（%）で知っている"},
        {.name = "certificate",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "write what proves the pattern (estimators/sdc/suppress/certificate.md)",
            .help_ja = "秘匿の証明書を書き出す（estimators/sdc/suppress/certificate.md）"},
        {.name = "verify",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "check a certificate against CELLS and RELATIONS, without a solver",
            .help_ja = "証明書を CELLS と RELATIONS に照らして検証する（ソルバー不要）"},
        {.name = "last",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "pattern of the last edition to begin with",
            .help_ja = "出発点とする前回の秘匿"},
        {.name = "audit-only",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "judge this pattern, choose nothing",
            .help_ja = "この秘匿を監査するだけ"},
        {.name = "exact",
            .kind = OPT_FLAG,
            .help_en = "the whole interval of every primary cell",
            .help_ja = "一次秘匿セルの秘匿インターバル全体"},
        {.name = "whole", .kind = OPT_FLAG, .help_en = "counts: intervals rounded inward", .help_ja = "度数: 区間を内側に丸める"},
        {.name = "no-clean-up", .kind = OPT_FLAG, .help_en = "do not publish secondaries again", .help_ja = "二次秘匿の見直しをしない"},
        {.name = "seconds",
            .kind = OPT_INT,
            .value_name = "N",
            .default_text = "60",
            .help_en = "limit of the optimal method",
            .help_ja = "optimal の制限時間"},
        {.name = "csv", .kind = OPT_FLAG, .help_en = "the pattern as CSV", .help_ja = "秘匿を CSV で"}, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "CELLS", .help_en = "cells", .help_ja = "セル", .required = true},
        {.name = "RELATIONS", .help_en = "sums", .help_ja = "和の関係", .required = true}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate suppress cells.csv rels.csv --exact",
                                             "protect a table and print what can still be inferred",
                                             "表を秘匿し、推測できる区間を表示"},
        {"shirabe estimate suppress cells.csv rels.csv --audit-only pattern.csv --json", "judge a pattern made elsewhere",
            "他で作った秘匿を監査"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
