/* program.c -- what `shirabe --help` says beyond the commands' own texts. */
#include "front/commands.h"

const char *const front_summary[2] = {
    "collect surveys from offices, edit and impute, estimate with honest errors, keep every questionnaire sealed",
    "調査票を集め、審査・補完し、標準誤差とともに推計し、個票を封印して保管します",
};

const char *const front_first_steps[2] = {
    "  shirabe office init --help     make the folder of your office\n"
    "  shirabe intake file --help     take in a file of records\n"
    "  shirabe batch seal --help      seal what was taken in, for the office above\n"
    "  shirabe ledger gaps --help     see who has not reported\n",
    "  shirabe office init --help     事務所のフォルダーを作る\n"
    "  shirabe intake file --help     調査票のファイルを取り込む\n"
    "  shirabe batch seal --help      取り込んだものを上位機関あてに封印する\n"
    "  shirabe ledger gaps --help     未報告の機関を見る\n",
};

const struct cli_noun front_nouns[] = {
    {"run", "the whole month: receive, check, impute, estimate, protect, build the release",
        "一か月分をまとめて: 受領、審査、補完、推計、秘匿、公表物の作成"},
    {"form", "questionnaires: items, code lists, checks", "様式: 項目、符号表、審査規則"},
    {"office", "who this office is and whom it reports to", "この事務所と報告先"},
    {"intake", "files into the office store", "ファイルの取り込み"},
    {"batch", "sealed batches to the office above, and receipts back", "上位機関への送付と受領書"},
    {"ledger", "who has reported, who has not, do the counts add up", "報告の有無と件数の突合"},
    {"query", "questions to the sender, down and up again", "疑義照会"},
    {"process", "edits, error localisation, imputation", "審査、誤り箇所の特定、補完"},
    {"estimate", "weights, estimates, standard errors, tables, series", "ウェイト、推計、標準誤差、統計表、系列"},
    {"store", "the sealed store: keys, log, verification", "封印された保管庫: 鍵、ログ、検証"},
    {"use", "secondary use: applications, grants, extracts", "二次利用: 申出、承認、提供"},
    {"release", "what is published, and the door it leaves by", "公表物とその出口"},
    {"explain", "from a published figure down to the signed batches", "公表値から署名済み送付物までさかのぼる"},
    {"serve", "the same on a local page", "手元の画面で使う"},
    {NULL, NULL, NULL},
};
