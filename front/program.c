/* program.c -- what `shirabe --help` says beyond the commands' own texts. */
#include "front/commands.h"
#include "secure-store/claims.h"

const char *const front_summary[2] = {
    "collect surveys from offices, edit and impute, estimate with honest errors, keep every questionnaire sealed",
    "調査票を集め、審査・補完し、標準誤差とともに推計し、個票を封印して保管します",
};

/* The way of one file: each line can be typed as it stands, with the names of one's own office. */
const char *const front_first_steps[2] = {
    "an office that reports upwards, once (--parent is the card that the office above has given out):\n"
    "  shirabe office init --office sapporo --type municipality --code 011002 --name 札幌市 --parent hokkaido/office.json\n"
    "  cd sapporo\n"
    "every month:\n"
    "  shirabe intake file birth.csv --form vital/birth --period 2025-12 --dry-run   # what is wrong in the file?\n"
    "  shirabe intake file birth.csv --form vital/birth --period 2025-12             # take it in, sealed\n"
    "  shirabe intake close --form vital/birth --period 2025-12 --declared 24        # as on the transmittal slip\n"
    "  shirabe batch seal vital 2025-12 --declared birth=24 --out usb                # the file for the office above\n"
    "the office above:\n"
    "  shirabe run vital 2025-12 --from usb --receipts receipts --out release        # receive, check, impute, tables, release\n"
    "  shirabe estimate table vital 2025-12 births_mother_age                        # the first table\n"
    "  shirabe ledger gaps vital 2025-12                                             # what is missing, held, without receipt\n"
    "  shirabe query ask vital 2025-12                                               # questions to the senders; answers become corrections\n",
    "報告する側の機関（一度だけ。--parent は上位機関が渡すカード）:\n"
    "  shirabe office init --office sapporo --type municipality --code 011002 --name 札幌市 --parent hokkaido/office.json\n"
    "  cd sapporo\n"
    "毎月:\n"
    "  shirabe intake file birth.csv --form vital/birth --period 2025-12 --dry-run   # ファイルのどこに問題があるか\n"
    "  shirabe intake file birth.csv --form vital/birth --period 2025-12             # 封印して取り込む\n"
    "  shirabe intake close --form vital/birth --period 2025-12 --declared 24        # 送付票の件数で締め切る\n"
    "  shirabe batch seal vital 2025-12 --declared birth=24 --out usb                # 上位機関あてのファイルを作る\n"
    "上位機関:\n"
    "  shirabe run vital 2025-12 --from usb --receipts receipts --out release        # 受領、審査、補完、統計表、公表物\n"
    "  shirabe estimate table vital 2025-12 births_mother_age                        # 最初の統計表\n"
    "  shirabe ledger gaps vital 2025-12                                             # 未着、保留、受領書待ち\n"
    "  shirabe query ask vital 2025-12                                               # 送付元への照会。回答は訂正になる\n",
};

const struct cli_noun front_nouns[] = {
    {"run", "the whole month: receive, check, impute, estimate, protect, build the release",
        "一か月分をまとめて: 受領、審査、補完、推計、秘匿、公表物の作成"},
    {"form", "questionnaires: items, code lists, checks", "様式: 項目、符号表、審査規則"},
    {"office", "who this office is and whom it reports to", "この機関と報告先"},
    {"intake", "files into the office store", "ファイルの取り込み"},
    {"batch", "sealed batches to the office above, and receipts back", "上位機関への送付と受領書"},
    {"ledger", "who has reported, who has not, do the counts add up", "報告の有無と件数の突合"},
    {"query", "questions to the sender, down and up again", "疑義照会"},
    {"process", "edits and imputation", "審査、補完"},
    {"sample", "draw samples, allocate, rotate, and prove what was drawn", "標本の抽出・割当て・交替、抽出結果の検証"},
    {"estimate", "weights, estimates, standard errors, tables, series", "ウェイト、推計、標準誤差、統計表、系列"},
    {"store", "the sealed store: keys, log, verification", "封印された保管庫: 鍵、ログ、検証"},
    {"use", "secondary use: applications, grants, extracts", "二次利用: 申出、承認、提供"},
    {"release", "what is published, and the door it leaves by", "公表物とその出口"},
    {"explain", "from a published figure down to the signed batches", "公表値から署名済み送付物までさかのぼる"},
    {"serve", "the same on a local page", "手元の画面で使う"},
    {NULL, NULL, NULL},
};

const struct cli_about front_about[] = {
    {"store", STORE_CLAIMS_EN STORE_NOT_CLAIMED_EN, STORE_CLAIMS_JA STORE_NOT_CLAIMED_JA},
    {NULL, NULL, NULL},
};
