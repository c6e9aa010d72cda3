/* ddi.c -- DDI-Codebook 2.5 of an extract: study, file, variables with categories; see documents.h. */
#include <string.h>

#include "base/job.h"
#include "secure-store/extract/documents.h"

static void put_xml(struct strbuf *b, struct str t) {
  for (size_t i = 0; i < t.n; i++) {
    unsigned char c = (unsigned char)t.p[i];
    if (c == '&') strbuf_adds(b, "&amp;");
    else if (c == '<') strbuf_adds(b, "&lt;");
    else if (c == '>') strbuf_adds(b, "&gt;");
    else if (c == '"') strbuf_adds(b, "&quot;");
    else if (c >= 32 || c == '\t' || c == '\n') strbuf_addc(b, (char)c); /* other controls cannot stand in XML */
  }
}
static void element(struct strbuf *b, const char *tag, const char *attributes, struct str text) {
  strbuf_addf(b, "<%s%s>", tag, attributes);
  put_xml(b, text);
  strbuf_addf(b, "</%.*s>", (int)strcspn(tag, " "), tag);
}
static void both(struct strbuf *b, const char *tag, struct str ja, struct str en) {
  if (ja.n) element(b, tag, " xml:lang=\"ja\"", ja);
  if (en.n) element(b, tag, " xml:lang=\"en\"", en);
}
static void study(struct strbuf *b, const struct extract_head *h) {
  char made[32], until[32];
  time_format_jst(h->made, made);
  time_format_jst(h->until, until);
  strbuf_adds(b, "<stdyDscr><citation><titlStmt>");
  element(b, "titl", " xml:lang=\"ja\"", str_of(h->title_ja));
  if (h->title_en[0]) element(b, "parTitl", " xml:lang=\"en\"", str_of(h->title_en));
  element(b, "IDNo", "", str_of(h->provision));
  strbuf_adds(b, "</titlStmt><prodStmt>");
  element(b, "producer", "", str_of(h->office_name));
  strbuf_addf(b, "<prodDate date=\"%.10s\">%.10s</prodDate></prodStmt></citation><stdyInfo><sumDscr>", made, made);
  element(b, "timePrd", "", str_of(h->period));
  strbuf_adds(b, "<nation abbr=\"JPN\">日本</nation></sumDscr></stdyInfo><dataAccs><useStmt>");
  element(b, "restrctn", " xml:lang=\"ja\"", str_of("この利用者だけが、利用条件（terms-ja.txt）に従って利用できる"));
  element(b, "restrctn", " xml:lang=\"en\"", str_of("for this user only, under the terms (terms-en.txt)"));
  element(b, "conditions", "", str_of(h->purpose));
  strbuf_addf(b, "</useStmt><notes>%s %.10s", "to be destroyed by", until);
  put_xml(b, STR("; for "));
  put_xml(b, str_of(h->person));
  put_xml(b, STR("; mark "));
  put_xml(b, str_of(h->mark));
  strbuf_adds(b, "</notes></dataAccs></stdyDscr>\n");
}
static void missing_categories(struct strbuf *b, const struct frame_column *c) {
  for (uint8_t s = VAL_BLANK; s < (uint8_t)VAL_STATUS_COUNT; s++) {
    if (!(c->missing >> s & 1)) continue;
    strbuf_adds(b, "<catgry missing=\"Y\">");
    element(b, "catValu", "", str_of(stat_missing_sign(s)));
    both(b, "labl", str_of(extract_missing_label(s, true)), str_of(extract_missing_label(s, false)));
    strbuf_adds(b, "</catgry>");
  }
}
static void variable(struct strbuf *b, const struct frame_column *c, int number) {
  strbuf_addf(b, "<var ID=\"V%d\" files=\"F1\" name=\"", number);
  put_xml(b, str_of(c->name));
  strbuf_addf(b, "\" intrvl=\"%s\"", c->type == COL_INT || c->type == COL_REAL ? "contin" : "discrete");
  if (c->type == COL_INT && c->decimals > 0) strbuf_addf(b, " dcml=\"%d\"", c->decimals);
  strbuf_adds(b, ">");
  both(b, "labl", str_of(c->label_ja), str_of(c->label_en));
  for (int64_t i = 0; c->list && i < c->list->n_codes; i++) {
    const struct code *k = &c->list->codes[i];
    if (!value_present((uint8_t)k->status)) continue;
    strbuf_adds(b, "<catgry>");
    element(b, "catValu", "", k->code);
    both(b, "labl", k->label_ja, k->label_en);
    strbuf_adds(b, "</catgry>");
  }
  missing_categories(b, c);
  strbuf_addf(
      b, "<varFormat type=\"%s\"%s/>", c->type == COL_INT || c->type == COL_REAL ? "numeric" : "character", c->is_date ? " category=\"date\"" : "");
  if (c->unit[0]) element(b, "notes", " type=\"unit\"", str_of(c->unit));
  strbuf_adds(b, "</var>\n");
}
enum err_code extract_ddi(const struct frame *f, const struct extract_head *h, struct strbuf *out, struct err *e) {
  strbuf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<codeBook xmlns=\"ddi:codebook:2_5\" version=\"2.5\" xml:lang=\"ja\">\n");
  study(out, h);
  strbuf_addf(out, "<fileDscr ID=\"F1\"><fileTxt><fileName>data/%s.csv</fileName><dimensns><caseQnty>%lld</caseQnty><varQnty>%d</varQnty></dimensns>",
      h->form, (long long)f->n_rows, f->n_columns + 1);
  strbuf_adds(out, "<fileType charset=\"UTF-8\">CSV (RFC 4180)</fileType></fileTxt></fileDscr>\n<dataDscr>\n<var ID=\"V1\" files=\"F1\" name=\"");
  put_xml(out, str_of(h->mark));
  strbuf_adds(out, "\" intrvl=\"discrete\">");
  both(out, "labl", STR("提供行番号（この受領者だけの番号）"), STR("record id, of this recipient only"));
  strbuf_adds(out, "<varFormat type=\"character\"/></var>\n");
  for (int k = 0; k < f->n_columns; k++) variable(out, &f->columns[k], k + 2);
  strbuf_adds(out, "</dataDscr>\n</codeBook>\n");
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "ddi") : E_OK;
}
