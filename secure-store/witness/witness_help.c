/* witness_help.c -- the words of --help and of the manual page of shirabe-witness. */
#include "secure-store/witness/witness.h"

static const struct {
  const char *head, *en, *ja;
} lines[] = {
    {"init STATE --name NAME", "make the keys and the folder; hand out STATE/witness.vkey", "鍵とフォルダーを作る（STATE/witness.vkey を渡す）"},
    {"add-log STATE VKEY FIRST", "begin with a first checkpoint; compare its root with the printed one", "最初のチェックポイントで開始（印刷された根と照合）"},
    {"sign STATE CHECKPOINT [--proof FILE]", "cosign, or refuse; also takes a request with the proof in it", "連署または拒否（証明を含む要求も可）"},
    {"status STATE", "logs, sizes, times, alarms", "ログ、大きさ、時刻、警報"},
    {"clear STATE ORIGIN", "an alarm was looked into; the evidence stays", "警報を確認済みにする（証拠は残る）"},
    {NULL, "EXIT STATUS", "終了コード"},
    {"0", "done; the cosigned checkpoint is on standard output", "完了（連署済みのチェックポイントを標準出力に）"},
    {"1", "ALARM: rolled back, forked or rewritten; evidence is kept in STATE", "警報：巻戻し・分岐・書換え（証拠を STATE に保存）"},
    {"64", "wrong use", "使い方の誤り"},
    {"65", "malformed, unknown log, or a signature that does not verify", "形式不正、未登録のログ、検証できない署名"},
    {"66", "a file is not there", "ファイルがない"},
    {"73", "the state cannot be written: nothing was cosigned", "状態を書けない（連署していない）"},
    {"75", "a proof from another size is needed, or the clock stands before the last time", "別の大きさからの証明が必要、または時計が前回より前"},
    {NULL, "EXAMPLES", "例"},
    {"shirabe-witness init /media/usb/witness --name auditor.example/w1", "once", "最初に一度"},
    {"shirabe-witness sign /media/usb/witness request.txt > cosigned.note", "each time the store sends a request", "保管庫から要求が来るたび"},
};
static const char *const about[2] = {"Remembers the newest checkpoint of a log and cosigns only what continues it.",
    "ログの最新のチェックポイントを覚え、その続きだけに連署します。"};

void witness_help(FILE *to, bool japanese) {
  fprintf(to, "%s shirabe-witness COMMAND STATE ... [--lang ja|en]\n%s\n\n", japanese ? "使い方:" : "usage:", about[japanese]);
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const char *words = japanese ? lines[i].ja : lines[i].en;
    if (lines[i].head) fprintf(to, "  %-38s %s\n", lines[i].head, words);
    else fprintf(to, "\n%s\n", words);
  }
}
static void roff(FILE *to, const char *s) {
  for (; *s; s++) fprintf(to, *s == '-' ? "\\-" : "%c", *s);
}
void witness_man(FILE *to, bool japanese) {
  fprintf(to, ".TH SHIRABE\\-WITNESS 1 \"\" \"shirabe " SHIRABE_VERSION "\"\n.SH %s\nshirabe\\-witness \\- %s\n.SH %s\n", japanese ? "名前" : "NAME",
      about[japanese], japanese ? "命令" : "COMMANDS");
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const char *words = japanese ? lines[i].ja : lines[i].en;
    fputs(lines[i].head ? ".TP\n.B " : ".SH ", to);
    roff(to, lines[i].head ? lines[i].head : words);
    fputc('\n', to);
    if (!lines[i].head) continue;
    roff(to, words);
    fputc('\n', to);
  }
  fprintf(to, ".SH %s\n.BR shirabe (1), .BR shirabe\\-verify (1)\n", japanese ? "関連項目" : "SEE ALSO");
}
