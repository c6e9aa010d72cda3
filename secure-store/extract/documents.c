/* documents.c -- codebooks, terms and the ledger's form; see documents.h. */
#include "secure-store/extract/documents.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"
#include "base/job.h"

static enum err_code whole(const struct strbuf *out, struct err *e) { return out->failed ? ERR(e, E_NO_MEMORY, .subject = "documents") : E_OK; }
static const char *type_name(const struct frame_column *c, bool japanese) {
  if (c->is_date) return japanese ? "日付" : "date";
  if (c->type == COL_INT) return c->decimals > 0 ? (japanese ? "小数" : "decimal") : (japanese ? "整数" : "integer");
  if (c->type == COL_REAL) return japanese ? "実数" : "real";
  return c->type == COL_CODE ? (japanese ? "符号" : "code") : (japanese ? "文字" : "text");
}
typedef char stat_names[STAT_NAME_BYTES];
static enum err_code names_of(const struct frame *f, const struct extract_head *h, struct arena **a, stat_names **names, struct err *e) {
  *a = arena_new(0);
  *names = *a ? arena_array(*a, (size_t)f->n_columns + 1, sizeof **names) : NULL;
  return *names ? frame_stat_names(f, h, *names, e) : ERR(e, E_NO_MEMORY, .subject = "documents");
}

/* --- 符号表 --- */
static void row_begin(struct strbuf *b, int position, const char *name, const char *stat, const char *kind) {
  strbuf_addf(b, "%d", position);
  csv_put(b, str_of(name), false);
  csv_put(b, str_of(stat), false);
  csv_put(b, str_of(kind), false);
}
static void row_rest(struct strbuf *b, const char *const *cells, int n) {
  for (int i = 0; i < n; i++) csv_put(b, str_of(cells[i]), false);
  strbuf_adds(b, "\r\n");
}
static void code_rows(struct strbuf *b, const struct frame_column *c, int position, const char *stat) {
  for (int64_t i = 0; c->list && i < c->list->n_codes; i++) {
    const struct code *k = &c->list->codes[i];
    row_begin(b, position, c->name, stat, "code");
    csv_put(b, value_present((uint8_t)k->status) ? k->code : str_of(stat_missing_sign((uint8_t)k->status)), false);
    csv_put(b, k->label_ja, false);
    csv_put(b, k->label_en, false);
    strbuf_adds(b, ",,,\r\n");
  }
  for (uint8_t s = VAL_BLANK; s < (uint8_t)VAL_STATUS_COUNT; s++) {
    if (!(c->missing >> s & 1)) continue;
    row_begin(b, position, c->name, stat, "missing");
    row_rest(b, (const char *[]){stat_missing_sign(s), extract_missing_label(s, true), extract_missing_label(s, false), "", "", ""}, 6);
  }
}
enum err_code extract_codebook_csv(const struct frame *f, const struct extract_head *h, struct strbuf *out, struct err *e) {
  struct arena *a;
  stat_names *names;
  enum err_code code = names_of(f, h, &a, &names, e);
  if (!code) {
    strbuf_adds(out, "position,name,stat_name,kind,code,label_ja,label_en,type,unit,decimals\r\n");
    row_begin(out, 1, h->mark, names[0], "id");
    row_rest(out, (const char *[]){"", "提供行番号（この受領者だけの番号）", "record id, of this recipient only", "text", "", ""}, 6);
  }
  for (int k = 0; !code && k < f->n_columns; k++) {
    const struct frame_column *c = &f->columns[k];
    char decimals[16];
    snprintf(decimals, sizeof decimals, "%d", c->type == COL_INT && !c->is_date ? c->decimals : 0);
    row_begin(out, k + 2, c->name, names[k + 1], "item");
    row_rest(out, (const char *[]){"", c->label_ja, c->label_en, type_name(c, false), c->unit, c->type == COL_INT && !c->is_date ? decimals : ""}, 6);
    code_rows(out, c, k + 2, names[k + 1]);
  }
  arena_free(a);
  return code ? code : whole(out, e);
}

/* --- to print --- */
static void date_line(struct strbuf *b, const char *label, int64_t seconds) {
  char text[32];
  time_format_jst(seconds, text);
  strbuf_addf(b, "%s%.10s\n", label, text);
}
static void text_head(struct strbuf *b, const struct frame *f, const struct extract_head *h, bool ja) {
  strbuf_addf(b, ja ? "符号表・項目一覧\n\n調査: %s\nデータ: %s\n提供番号: %s\n利用者: %s（%s、%s）専用\n印: %s\n件数: %lld\n" :
                      "Codebook\n\nsurvey: %s\ndataset: %s\nextract: %s\nfor: %s (%s, %s) only\nmark: %s\nrecords: %lld\n",
      ja ? h->title_ja : h->title_en, h->dataset, h->provision, h->person_name, h->organisation, h->person, h->mark, (long long)f->n_rows);
  date_line(b, ja ? "利用期限・廃棄期日: " : "to be destroyed by: ", h->until);
  if (h->demo) strbuf_adds(b, ja ? "\n実演用の保管庫から作られました。提供できません。\n" : "\nMade in a demonstration store: not to be handed over.\n");
  strbuf_adds(b, ja ? "\n欠測の記号（CSV と文字列。Stata は拡張欠損値 .b .n .u …、SPSS はユーザー欠損値）:\n" :
                      "\nSigns of missing values (CSV and texts; Stata: extended missing values .b .n .u ..., SPSS: user-missing values):\n");
  for (uint8_t s = VAL_BLANK; s < (uint8_t)VAL_STATUS_COUNT; s++)
    strbuf_addf(b, "  %-4s %-18lld %s\n", stat_missing_sign(s)[0] ? stat_missing_sign(s) : (ja ? "空" : "\"\""), (long long)stat_missing_number(s),
        extract_missing_label(s, ja));
}
static void text_codes(struct strbuf *b, const struct frame_column *c, bool ja) {
  for (int64_t i = 0; c->list && i < c->list->n_codes; i++) {
    const struct code *k = &c->list->codes[i];
    struct str label = (ja || !k->label_en.n) && k->label_ja.n ? k->label_ja : k->label_en;
    strbuf_addf(b, "     %-10.*s %.*s\n", (int)k->code.n, k->code.p, (int)label.n, label.p);
  }
  if (c->list && c->list->structure[0]) strbuf_addf(b, ja ? "     （%s の規則による）\n" : "     (by the rule %s)\n", c->list->structure);
}
enum err_code extract_codebook_text(const struct frame *f, const struct extract_head *h, bool ja, struct strbuf *out, struct err *e) {
  struct arena *a;
  stat_names *names;
  enum err_code code = names_of(f, h, &a, &names, e);
  if (!code) text_head(out, f, h, ja);
  if (!code) strbuf_addf(out, ja ? "\n1. %s  提供行番号（この受領者だけの番号）\n" : "\n1. %s  record id, of this recipient only\n", h->mark);
  for (int k = 0; !code && k < f->n_columns; k++) {
    const struct frame_column *c = &f->columns[k];
    strbuf_addf(out, "\n%d. %s  %s\n   %s%s%s", k + 2, c->name,
        ja               ? c->label_ja
        : c->label_en[0] ? c->label_en
                         : c->label_ja,
        type_name(c, ja), c->unit[0] ? ", " : "", c->unit);
    if (strcmp(names[k + 1], c->name) != 0) strbuf_addf(out, "  Stata/SPSS: %s", names[k + 1]);
    strbuf_addc(out, '\n');
    text_codes(out, c, ja);
    for (uint8_t s = VAL_BLANK; s < (uint8_t)VAL_STATUS_COUNT; s++)
      if (c->missing >> s & 1)
        strbuf_addf(out, "     %-10s %s\n", stat_missing_sign(s)[0] ? stat_missing_sign(s) : "\"\"", extract_missing_label(s, ja));
  }
  arena_free(a);
  return code ? code : whole(out, e);
}

/* --- terms --- */
enum err_code extract_terms(const struct extract_head *h, bool ja, struct strbuf *out, struct err *e) {
  if (ja) {
    strbuf_addf(out,
        "利用条件\n\n提供番号: %s\n根拠: 統計法 第%s条（承認番号 %s）\n利用者: %s（%s、%s）\n利用目的: %s\n利用場所: %s\n出力の条件: %s\n",
        h->provision, h->basis, h->grant, h->person_name, h->organisation, h->person, h->purpose, h->place, h->output_rule);
    date_line(out, "利用期間の末日・廃棄期日: ", h->until);
    strbuf_adds(out,
        "\n1. 上記の利用者だけが、上記の目的と場所でのみ利用できます（統計法第42条、第43条）。\n"
        "2. 調査客体を特定しようとしないこと。他の情報と照合して特定することもできません。\n"
        "3. 複製・中間生成物も原データと同じく管理し、すべて管理簿（ledger.csv）に記録すること。\n"
        "4. 漏えい、滅失、毀損のおそれが生じたときは、直ちに提供元に報告すること。\n"
        "5. 期日までにすべての複製・中間生成物を復元できない方法で消去し、管理簿、成果、廃棄の証明と provision.tlog-proof を提出すること。\n"
        "6. 違反には罰則があります（統計法第57条、第59条）。各行の番号、印、並び順はこの受領者に固有です。値は一切変更していません。\n"
        "\n公表する場合は、次の文を付すこと:\n「");
    strbuf_addf(out, "この結果は、統計法に基づき%sから「%s」の調査票情報の提供を受け、独自に作成・加工したものであり、%sが作成・公表している統計等とは異なる。」\n", h->office_name, h->title_ja, h->office_name);
  } else {
    strbuf_addf(out,
        "Terms of use\n\nextract: %s\nlegal basis: Statistics Act, article %s (grant %s)\nuser: %s (%s, %s)\npurpose: %s\nplace: %s\noutputs: %s\n",
        h->provision, h->basis, h->grant, h->person_name, h->organisation, h->person, h->purpose, h->place, h->output_rule);
    date_line(out, "last day of use, and to be destroyed by: ", h->until);
    strbuf_adds(out,
        "\n1. Only the user named, for the purpose and at the place named (Statistics Act, articles 42 and 43).\n"
        "2. No attempt to identify a respondent, neither alone nor by linking to other information.\n"
        "3. Copies and intermediate products are managed like the data, and each stands in the ledger (ledger.csv).\n"
        "4. A leak, loss or damage, or the danger of one, is reported at once to the office that provided the data.\n"
        "5. By the date above all copies and intermediate products are erased beyond recovery; ledger, results, proof of destruction and "
        "provision.tlog-proof are handed in.\n"
        "6. Violations are punishable (articles 57 and 59). Row ids, mark and order are this recipient's own. No value was altered.\n"
        "\nPublications carry this sentence:\n\"");
    strbuf_addf(out,
        "These results were produced independently from questionnaire information of \"%s\" provided by %s under the Statistics Act, and differ from "
        "the statistics published by it.\"\n",
        h->title_en[0] ? h->title_en : h->title_ja, h->office_name);
  }
  if (h->demo) strbuf_adds(out, ja ? "\n実演用の保管庫から作られました。提供できません。\n" : "\nMade in a demonstration store: not to be handed over.\n");
  return whole(out, e);
}

/* --- 管理簿 --- */
enum err_code extract_ledger(const struct extract_head *h, int64_t rows, struct strbuf *out, struct err *e) {
  char made[32], number[32];
  time_format_jst(h->made, made);
  snprintf(number, sizeof number, "%lld", (long long)rows);
  strbuf_adds(out, "番号,年月日,取扱者,区分（受領・保管・利用・複製・移動・返却・消去）,媒体番号,保管場所,件数,内容のハッシュ,プログラム・出力,備考\r\n1");
  const char *const first[] = {"", h->person_name, "受領", "", h->place, number, "manifest.json の記載による", "", h->provision};
  csv_put(out, str_view(made, 10), false);
  row_rest(out, first + 1, 8);
  for (int i = 2; i <= 20; i++) strbuf_addf(out, "%d,,,,,,,,,\r\n", i);
  return whole(out, e);
}
