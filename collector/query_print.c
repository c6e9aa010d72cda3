#include "collector/query_print.h"

#include <string.h>

static const char style[] =
    "@page{size:A4;margin:15mm}body{font-family:sans-serif;font-size:10.5pt;line-height:1.5}h1{font-size:14pt}table{border-collapse:collapse;"
    "width:100%;margin:0 0 6mm;page-break-inside:avoid}"
    "th,td{border:1px solid #333;padding:1.5mm 2mm;text-align:left;vertical-align:top}th{width:24%;background:#eee;"
    "font-weight:normal}td.answer{height:18mm}.late{font-weight:bold}";

static void escape(struct strbuf *b, const char *s) {
  for (; *s; s++) {
    switch (*s) {
    case '<': strbuf_adds(b, "&lt;"); break;
    case '>': strbuf_adds(b, "&gt;"); break;
    case '&': strbuf_adds(b, "&amp;"); break;
    case '"': strbuf_adds(b, "&quot;"); break;
    default: strbuf_addc(b, *s);
    }
  }
}

static const char *label_of(const struct form *f, const char *name) {
  const struct item *it = form_item(f, name);
  return it ? it->label_ja : name;
}
static const char *value_of(const struct query_pair *p) {
  static const char *const marks[][2] = {
      {"", "（空欄）"}, {"\\N", "（該当なし）"}, {"\\U", "（不詳）"}, {"\\R", "（回答拒否）"}, {"\\I", "（読めない値）"}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (!strcmp(p->value, marks[i][0])) return marks[i][1];
  return !strncmp(p->value, "\\C:", 3) ? p->value + 3 : p->value[0] == '\\' ? p->value + 1 : p->value;
}

static void html_row(struct strbuf *b, const char *head, const char *text) {
  strbuf_addf(b, "<tr><th scope=\"row\">%s</th><td>", head);
  escape(b, text);
  strbuf_adds(b, "</td></tr>\n");
}
static void html_pairs(struct strbuf *b, const char *head, const struct form *f, const struct query_pair *p, int64_t n) {
  strbuf_addf(b, "<tr><th scope=\"row\">%s</th><td>", head);
  for (int64_t i = 0; i < n; i++) {
    escape(b, label_of(f, p[i].item));
    strbuf_adds(b, "：");
    escape(b, value_of(&p[i]));
    if (i + 1 < n) strbuf_adds(b, "<br>");
  }
  strbuf_adds(b, "</td></tr>\n");
}

static void html_query(struct strbuf *b, const struct query_entry *q, const struct query_part *p, const struct form *f) {
  strbuf_addf(b, "<table>\n<tr><th scope=\"row\">照会番号 / No.</th><td>%lld　（%.16s）　%s<span%s>回答期限 / answer by %s</span></td></tr>\n",
      (long long)q->number, q->id, q->state == QUERY_OVERDUE ? "【期限超過】" : "", q->state == QUERY_OVERDUE ? " class=\"late\"" : "", p->deadline);
  html_row(b, "様式 / form", f->title_ja);
  html_pairs(b, "記録 / record", f, p->key, p->n_key);
  html_row(b, "項目 / item", label_of(f, p->item));
  html_pairs(b, "記載の値 / as reported", f, p->values, p->n_values);
  html_row(b, "照会 / question", p->message_ja);
  html_row(b, "", p->message_en);
  if (p->remedy_ja[0]) html_row(b, "お願い / please", p->remedy_ja);
  strbuf_adds(b,
      "<tr><th scope=\"row\">回答 / answer</th><td class=\"answer\">□ 訂正 correct　　□ 記載どおり confirm（理由 reason）　　□ 取下げ "
      "withdraw（理由 reason）</td></tr>\n</table>\n");
}

void query_print_html(const struct query_sheet *s, struct strbuf *out) {
  strbuf_adds(out, "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>照会票</title><style>");
  strbuf_adds(out, style);
  strbuf_addf(out,
      "</style></head><body>\n<h1>照会票 / Queries　%s 御中</h1>\n<p>照会元 / from: %s　　印刷日 / printed: %s　　件数 / number: "
      "%lld</p>\n<p>個人の回答を含みます。取扱いに注意し、回答後は返送または裁断してください。</p>\n",
      s->owner, s->asker, s->printed, (long long)s->n);
  for (int64_t i = 0; i < s->n; i++) html_query(out, s->entries[i], s->questions[i], s->forms[i]);
  strbuf_adds(out, "<p>記入者 / by: ＿＿＿＿＿＿＿＿　　日付 / date: ＿＿＿＿＿＿＿＿</p>\n</body></html>\n");
}

static void text_pairs(struct strbuf *b, const char *head, const struct form *f, const struct query_pair *p, int64_t n) {
  for (int64_t i = 0; i < n; i++) strbuf_addf(b, "  %s %s：%s\n", i ? "　　　　" : head, label_of(f, p[i].item), value_of(&p[i]));
}
void query_print_text(const struct query_sheet *s, struct strbuf *out) {
  strbuf_addf(out, "照会票 / Queries  %s 御中\n照会元 / from: %s  印刷日 / printed: %s  件数 / number: %lld\n", s->owner, s->asker, s->printed,
      (long long)s->n);
  for (int64_t i = 0; i < s->n; i++) {
    const struct query_part *p = s->questions[i];
    strbuf_addf(out, "\n------------------------------------------------------------\n照会番号 / No. %lld (%.16s)  回答期限 / answer by %s%s\n",
        (long long)s->entries[i]->number, s->entries[i]->id, p->deadline, s->entries[i]->state == QUERY_OVERDUE ? "  【期限超過 / overdue】" : "");
    text_pairs(out, "記　　録", s->forms[i], p->key, p->n_key);
    strbuf_addf(out, "  項　　目 %s\n", label_of(s->forms[i], p->item));
    text_pairs(out, "記載の値", s->forms[i], p->values, p->n_values);
    strbuf_addf(out, "  照　　会 %s\n  　　　　 %s\n", p->message_ja, p->message_en);
    strbuf_adds(out,
        "  回　　答 [ ] 訂正 correct  [ ] 記載どおり confirm  [ ] 取下げ withdraw\n\n  ________________________________________________________\n");
  }
}
