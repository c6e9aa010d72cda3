/* help.c -- the words of --help and of the manual page, one table for both and for both languages. */
#include "secure-store/verify/verify.h"

struct line {
  const char *head, *en, *ja;
};
static const struct line commands[] = {
    {"checkpoint NOTE", "shape, signature and cosignatures of a checkpoint", "チェックポイントの形式、署名、連署"},
    {"consistency OLD NEW TILES", "NEW continues OLD: nothing was changed or taken away", "NEW が OLD の続きであること（改変・削除なし）"},
    {"inclusion PROOF LEAF", "the leaf (a file of bytes) stands in the log", "葉（バイト列のファイル）がログにあること"},
    {"ledger BOOK.csv TILES", "a register: every row is a leaf, nothing of its scope is left out", "管理簿：各行が葉であり、範囲に漏れがないこと"},
    {"package FILE.age FILE.minisig...", "an extract from outside: one recipient, signed by two keys", "提供物：受取人一名、二つの鍵による署名"},
    {"certificate FILE", "a certificate of disposal: statement, approvals, leaf, proof", "廃棄証明書：陳述、承認、葉、証明"},
    {"rebuild TILES [NOTE]", "every tile and the root from the entries (NOTE: a cosigned checkpoint)", "全記録からタイルと根を再計算（NOTE は連署済みのもの）"},
};
static const struct line options[] = {
    {"--policy FILE", "logs, witnesses and quorum (c2sp.org/tlog-policy)", "ログ・立会人・定足数（c2sp.org/tlog-policy）"},
    {"--key FILE", "minisign public key of a person; may be repeated", "署名者の minisign 公開鍵（繰返し可）"},
    {"--signatures N, --approvals N", "how many must hold (2 for package, 3 for certificate)", "必要な署名・承認の数（提供物2、証明書3）"},
    {"--any-entries", "rebuild: entries need not be leaves of a store", "rebuild：保管庫の葉でない記録も許す"},
    {"--lang ja|en, --quiet", "language; say nothing but refusals", "言語、可の場合は何も表示しない"},
    {"--help, --man, --version", "this text, the manual page, the version", "この説明、マニュアル、版"},
};
static const struct line statuses[] = {
    {"0", "it holds, and signatures by the given keys or policy were checked", "成立し、指定した鍵・方針による署名も検証した"},
    {"1", "it does not hold; the reason is on standard error", "成立しない（理由は標準エラー）"},
    {"2", "everything agrees, but no trusted signature was checked: --policy or --key is missing",
        "内容は一致するが、--policy または --key がなく信頼できる署名を検証していない"},
    {"64", "wrong use", "使い方の誤り"},
    {"66", "a file is not there or cannot be read", "ファイルがないか読めない"},
};
static const struct line examples[] = {
    {"shirabe-verify checkpoint today.note --policy store.policy", "was it signed and witnessed?", "署名と立会いがあるか"},
    {"shirabe-verify rebuild tiles --policy store.policy", "is the whole log as its checkpoint says?", "ログ全体がチェックポイントどおりか"},
    {"shirabe-verify ledger book.csv tiles --policy store.policy", "is the register complete and true?", "管理簿に漏れや誤りがないか"},
};
static const char *const about[2] = {
    "Checks what a store of questionnaire information hands out, without keys, without the store and without its code.",
    "保管庫が渡す証拠を、鍵も保管庫もそのプログラムも使わずに検証します。"};
static const char *const titles[4][2] = {{"COMMANDS", "命令"}, {"OPTIONS", "オプション"}, {"EXIT STATUS", "終了コード"}, {"EXAMPLES", "例"}};
static const struct table {
  const struct line *line;
  size_t n;
} tables[4] = {{commands, sizeof commands / sizeof *commands}, {options, sizeof options / sizeof *options},
    {statuses, sizeof statuses / sizeof *statuses}, {examples, sizeof examples / sizeof *examples}};
void help(FILE *to, bool japanese) {
  fprintf(to, "%s shirabe-verify COMMAND ... [--policy FILE] [--key FILE]...\n%s\n", japanese ? "使い方:" : "usage:", about[japanese]);
  for (int t = 0; t < 4; t++) {
    fprintf(to, "\n%s\n", titles[t][japanese]);
    for (size_t i = 0; i < tables[t].n; i++)
      fprintf(to, "  %-34s %s\n", tables[t].line[i].head, japanese ? tables[t].line[i].ja : tables[t].line[i].en);
  }
}
static void roff(FILE *to, const char *s) {
  for (; *s; s++) fprintf(to, *s == '-' ? "\\-" : *s == '\\' ? "\\e" : "%c", *s);
}
void man_page(FILE *to, bool japanese) {
  fprintf(to, ".TH SHIRABE\\-VERIFY 1 \"\" \"shirabe " SHIRABE_VERSION "\"\n.SH %s\nshirabe\\-verify \\- %s\n.SH %s\n"
      ".B shirabe\\-verify\nCOMMAND ...\n", japanese ? "名前" : "NAME", about[japanese], japanese ? "書式" : "SYNOPSIS");
  for (int t = 0; t < 4; t++) {
    fprintf(to, ".SH %s\n", titles[t][japanese]);
    for (size_t i = 0; i < tables[t].n; i++) {
      fputs(".TP\n.B ", to);
      roff(to, tables[t].line[i].head);
      fputc('\n', to);
      roff(to, japanese ? tables[t].line[i].ja : tables[t].line[i].en);
      fputc('\n', to);
    }
  }
  fprintf(to, ".SH %s\n.BR shirabe (1), .BR shirabe\\-witness (1)\n", japanese ? "関連項目" : "SEE ALSO");
}
