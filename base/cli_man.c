/* cli_man.c -- man page (roff, man macros) and bash completion from the same records as --help. */
#include <ctype.h>
#include <string.h>

#include "base/cli_impl.h"

/* Text in roff: backslashes and hyphens are escaped, a line never begins with a request. */
static void roff_n(FILE *to, const char *text, size_t n) {
  bool line_start = true;
  for (size_t i = 0; i < n; i++) {
    char c = text[i];
    if (line_start && (c == '.' || c == '\'')) fputs("\\&", to);
    if (c == '\\') fputs("\\e", to);
    else if (c == '-') fputs("\\-", to);
    else fputc(c, to);
    line_start = c == '\n';
  }
}

static void roff(FILE *to, const char *text) { roff_n(to, text, strlen(text)); }

/* Paragraphs at newlines; lines that begin with two blanks stay as they are. */
static void roff_paragraphs(FILE *to, const char *text) {
  bool inside = false; /* a run of lines shown as they are */
  for (struct str rest = str_of(text); rest.n > 0;) {
    struct str line = str_split(rest, '\n', &rest);
    bool as_is = str_starts(line, STR("  "));
    if (inside && !as_is) fputs(".RE\n.fi\n", to);
    if (as_is && !inside) fputs(".PP\n.nf\n.RS 4\n", to);
    if (!as_is) fputs(".PP\n", to);
    inside = as_is;
    line = str_trim(line);
    roff_n(to, line.p, line.n);
    fputc('\n', to);
  }
  if (inside) fputs(".RE\n.fi\n", to);
}

static void man_term(FILE *to, const char *term, const char *value, const char *help) {
  fputs(".TP\n\\fB", to);
  roff(to, term);
  fputs("\\fR", to);
  if (value) {
    fputs(" \\fI", to);
    roff(to, value);
    fputs("\\fR", to);
  }
  fputc('\n', to);
  roff(to, help);
  fputc('\n', to);
}

static void man_option(FILE *to, const struct option_record *o, enum err_lang lang) {
  char term[128];
  struct strbuf help = {0};
  bool ja = lang == LANG_JA;
  snprintf(term, sizeof term, "--%s", o->name);
  strbuf_adds(&help, cli_pick(lang, o->help_en, o->help_ja));
  if (o->kind == OPT_CHOICE) strbuf_addf(&help, ja ? "（%s）" : " (%s)", o->choices);
  if (o->required) strbuf_adds(&help, ja ? "。必須" : "; required");
  if (o->kind == OPT_REPEAT) strbuf_adds(&help, ja ? "。繰り返し可" : "; may be repeated");
  if (o->default_text) strbuf_addf(&help, ja ? "。既定値: %s" : "; default: %s", o->default_text);
  man_term(to, term, o->kind == OPT_FLAG ? NULL : o->value_name ? o->value_name : "VALUE", strbuf_cstr(&help));
  strbuf_release(&help);
}

static void man_command(FILE *to, const struct cli_program *p, const struct command *k, enum err_lang lang) {
  struct strbuf usage = {0};
  cli_usage_line(&usage, p, k);
  fputs(".SS ", to);
  roff(to, strbuf_cstr(&usage));
  fputc('\n', to);
  strbuf_release(&usage);
  roff(to, cli_pick(lang, k->summary_en, k->summary_ja));
  fputc('\n', to);
  if (k->detail_en) roff_paragraphs(to, cli_pick(lang, k->detail_en, k->detail_ja));
  for (const struct operand_record *o = k->operands; o && o->name; o++) man_term(to, o->name, NULL, cli_pick(lang, o->help_en, o->help_ja));
  for (const struct option_record *o = k->options; o && o->name; o++) man_option(to, o, lang);
  for (const struct example *x = k->examples; x && x->command; x++) {
    fputs(".PP\n", to);
    roff(to, cli_pick(lang, x->help_en, x->help_ja));
    fputs(":\n.PP\n.nf\n.RS 4\n", to);
    roff(to, x->command);
    fputs("\n.RE\n.fi\n", to);
  }
}

struct pair {
  const char *term, *en, *ja;
};

static void man_pairs(FILE *to, const char *heading, const struct pair *pairs, enum err_lang lang) {
  fprintf(to, ".SH %s\n", heading);
  for (; pairs->term; pairs++) man_term(to, pairs->term, NULL, cli_pick(lang, pairs->en, pairs->ja));
}

static const struct pair exit_statuses[] = {{"0", "done", "完了"},
    {"1", "done, and the answer is no (edits failed, not publishable, not complete)", "完了。答えは「否」（審査不合格、公表不可、不足あり）"},
    {"64", "the command line is wrong", "命令の書き方の誤り"}, {"65", "bad data", "データの誤り"}, {"66", "an input is missing", "入力がない"},
    {"70", "an error of the program", "プログラムの不具合"}, {"73", "an output exists already or cannot be made", "出力が既にある、または作れない"},
    {"74", "reading or writing failed", "読み書きの失敗"}, {"75", "try again later", "後でやり直す"}, {"77", "not allowed", "許可がない"},
    {"78", "bad form or specification", "様式や仕様の誤り"}, {NULL, NULL, NULL}};

static const struct pair environment[] = {
    {"SHIRABE_OFFICE", "folder of the office, when --office is not given", "--office がないときの機関のフォルダー"},
    {"SHIRABE_PASSPHRASE_FILE", "file with the passphrase, when --passphrase-file is not given", "--passphrase-file がないときの合言葉のファイル"},
    {"SHIRABE_GRANT", "grant under which rows are read, in a store with officers", "担当者のいる保管庫で、データを読む根拠となる利用許可"},
    {"SHIRABE_OFFICER_KEY", "key file of the officer who works, when --officer is not given", "--officer がないときの担当者の鍵ファイル"},
    {"SHIRABE_OFFICER_PASSPHRASE_FILE", "file with the passphrase of that key file", "その鍵ファイルの合言葉のファイル"},
    {"SHIRABE_FORMS", "folder with library/ and codelists/", "library/ と codelists/ のあるフォルダー"},
    {"SHIRABE_LANG, LC_ALL, LC_MESSAGES, LANG", "language of messages, in this order; --lang overrides them",
        "表示の言語（この順に見る。--lang が優先）"},
    {"SHIRABE_CLOCK", "a fixed time such as 2026-01-10T00:00:00Z, for tests", "試験用の固定時刻（2026-01-10T00:00:00Z など）"},
    {"NO_COLOR", "no colours when set", "設定されていれば色を使わない"}, {NULL, NULL, NULL}};

static void man_messages(FILE *to, enum err_lang lang) {
  struct err_message m;
  fprintf(to, ".SH %s\n", lang == LANG_JA ? "メッセージ" : "MESSAGES");
  roff(to, lang == LANG_JA ? "{s} は対象、{x} は期待、{f} は実際の値です。\n"
                           : "{s} stands for the subject, {x} for what was expected, {f} for what was found.\n");
  for (size_t i = 0; err_message_at(i, &m); i++) {
    char number[8], text[2048];
    snprintf(text, sizeof text, "%s. %s: %s", m.text[lang], lang == LANG_JA ? "次に" : "Next", m.next[lang]);
    man_term(to, err_number(m.code, number, sizeof number), NULL, text);
  }
}

static void man_commands(FILE *to, const struct cli_program *p, enum err_lang lang) {
  struct cli_noun n;
  for (int i = 0; cli_noun_at(p, i, &n); i++)
    for (int k = 0; k < p->n_commands; k++)
      if (strcmp(p->commands[k]->noun, n.noun) == 0) man_command(to, p, p->commands[k], lang);
}

/* Sections of their own: what a group of commands promises. */
static void man_about(FILE *to, const struct cli_program *p, enum err_lang lang) {
  for (const struct cli_about *a = p->about; a && a->noun; a++) {
    struct str rest = str_of(cli_pick(lang, a->en, a->ja)), head = str_split(rest, '\n', &rest);
    fputs(".SH ", to);
    roff_n(to, head.p, head.n);
    fputc('\n', to);
    roff_paragraphs(to, rest.p);
  }
}

void cli_man_program(FILE *to, const struct cli_program *p, enum err_lang lang) {
  bool ja = lang == LANG_JA;
  fputs(".TH ", to);
  for (const char *c = p->name; *c; c++) fputc(toupper((unsigned char)*c), to);
  /* Words of Japanese are not hyphenated and lines not stretched. */
  fprintf(to, " 1 \"\" \"%s %s\"\n.ad l\n.nh\n.SH %s\n", p->name, p->version, ja ? "名前" : "NAME");
  roff(to, p->name);
  fputs(" \\- ", to);
  roff(to, p->summary_en ? cli_pick(lang, p->summary_en, p->summary_ja) : p->name);
  fprintf(to, "\n.SH %s\n.B %s\n", ja ? "書式" : "SYNOPSIS", p->name);
  fputs(ja ? "名詞 動詞 [\\-\\-選択肢 値]... [対象]...\n" : ".I NOUN VERB\n[\\-\\-option value]... [operand]...\n", to);
  if (p->first_steps_en) {
    fprintf(to, ".SH %s\n", ja ? "はじめに" : "FIRST STEPS");
    roff_paragraphs(to, cli_pick(lang, p->first_steps_en, p->first_steps_ja));
  }
  fprintf(to, ".SH %s\n", ja ? "命令" : "COMMANDS");
  man_commands(to, p, lang);
  fprintf(to, ".SH %s\n", ja ? "どの命令にも使える選択肢" : "OPTIONS OF EVERY COMMAND");
  for (const struct option_record *o = cli_common_options; o->name; o++) man_option(to, o, lang);
  man_about(to, p, lang);
  man_pairs(to, ja ? "終了状態" : "EXIT STATUS", exit_statuses, lang);
  man_pairs(to, ja ? "環境変数" : "ENVIRONMENT", environment, lang);
  man_messages(to, lang);
}

void cli_man(FILE *to, const struct command *const *commands, int n_commands, const char *program, const char *version, enum err_lang lang) {
  cli_man_program(to, &(struct cli_program){.name = program, .version = version, .commands = commands, .n_commands = n_commands}, lang);
}

static void completion_options(FILE *to, const struct option_record *o) {
  for (; o && o->name; o++) fprintf(to, " --%s", o->name);
}

void cli_completion(FILE *to, const struct cli_program *p) {
  struct cli_noun n;
  fprintf(to,
      "# bash completion of %s %s; install as bash-completion/completions/%s\n_%s() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\n  if [ "
      "\"$COMP_CWORD\" -eq 1 ]; then words='",
      p->name, p->version, p->name, p->name);
  for (int i = 0; cli_noun_at(p, i, &n); i++) fprintf(to, "%s%s", i ? " " : "", n.noun);
  fputs("'\n  else case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n", to);
  for (int i = 0; i < p->n_commands; i++) {
    const struct command *k = p->commands[i];
    fprintf(to, "    '%s %s'*) words='", k->noun, k->verb ? k->verb : "");
    completion_options(to, k->options);
    completion_options(to, cli_common_options);
    fputs("' ;;\n", to);
  }
  for (int i = 0; cli_noun_at(p, i, &n); i++) {
    fprintf(to, "    '%s '*) words='", n.noun);
    for (int k = 0; k < p->n_commands; k++)
      if (strcmp(p->commands[k]->noun, n.noun) == 0 && p->commands[k]->verb) fprintf(to, " %s", p->commands[k]->verb);
    fputs("' ;;\n", to);
  }
  fprintf(to, "  esac; fi\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -o default -F _%s %s\n", p->name, p->name);
}
