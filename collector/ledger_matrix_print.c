/* The picture of a survey: letters in a terminal, a CSV, and a page. Colour never stands alone. */
#include <string.h>

#include "collector/ledger_matrix.h"
#include "collector/ledger_state.h"

struct look {
  int ansi;          /* 0 = none */
  const char *paper; /* background on the page */
  const char *ink;
};
static const struct look looks[LEDGER_STATES] = {
    [LEDGER_MISSING] = {31, "#b3261e", "#fff"},  [LEDGER_HELD] = {35, "#7b4397", "#fff"},     [LEDGER_NOT_YET_DUE] = {0, "#fff", "#333"},
    [LEDGER_RETURNED] = {31, "#f2b8b5", "#410e0b"}, [LEDGER_QUERIED] = {33, "#ffe08a", "#332b00"}, [LEDGER_LATE] = {33, "#ffc27a", "#331b00"},
    [LEDGER_RECEIVED] = {36, "#cfe8ff", "#00213d"}, [LEDGER_REVIEW] = {36, "#a9d1f7", "#00213d"}, [LEDGER_NIL] = {0, "#ececec", "#222"},
    [LEDGER_APPROVED] = {32, "#c8eccb", "#06280b"}, [LEDGER_DISASTER] = {35, "#d9c7ec", "#25103c"}, [LEDGER_FINAL] = {32, "#2e7d32", "#fff"},
    [LEDGER_NOT_LISTED] = {0, "#fff", "#767676"},
};

static enum ledger_state at(const struct ledger_matrix *m, int64_t i, int64_t k) { return (enum ledger_state)m->states[i * m->n_periods + k]; }

/* --- terminal --- */
static void put_legend(const struct ledger_matrix *m, enum err_lang lang, struct strbuf *out) {
  for (int st = 0; st < LEDGER_STATES; st++)
    if (m->counts[st])
      strbuf_addf(
          out, "%s%c %s %lld", out->n && out->p[out->n - 1] != '\n' ? "  " : "", ledger_state_letter((enum ledger_state)st), ledger_state_name((enum ledger_state)st, lang), (long long)m->counts[st]);
  strbuf_addc(out, '\n');
}

static size_t office_width(const struct ledger_matrix *m) {
  size_t width = 6;
  for (int64_t i = 0; i < m->n_offices; i++)
    if (strlen(m->lines[i].office) > width) width = strlen(m->lines[i].office);
  return width;
}

static void put_heads(const struct ledger_matrix *m, size_t width, struct strbuf *out) {
  char first[16], last[16];
  period_format(&m->periods[0], first);
  period_format(&m->periods[m->n_periods - 1], last);
  strbuf_addf(out, "%*s  %s .. %s\n", (int)width, "", first, last);
}

static void put_coloured(struct strbuf *out, enum ledger_state st, enum ledger_state before, bool colour) {
  if (colour && looks[st].ansi != looks[before].ansi) strbuf_addf(out, "\033[%dm", looks[st].ansi);
  strbuf_addc(out, ledger_state_letter(st));
}

void ledger_matrix_text(const struct ledger_matrix *m, enum err_lang lang, bool colour, struct strbuf *out) {
  size_t width = office_width(m);
  put_heads(m, width, out);
  for (int64_t i = 0; i < m->n_offices; i++) {
    enum ledger_state before = LEDGER_NOT_LISTED;
    size_t n = strlen(m->lines[i].office);
    strbuf_add(out, m->lines[i].office, n);
    for (; n < width + 2; n++) strbuf_addc(out, ' ');
    for (int64_t k = 0; k < m->n_periods; k++) {
      if (k && m->periods[k].kind != PERIOD_YEAR && m->periods[k].year != m->periods[k - 1].year) strbuf_addc(out, ' ');
      put_coloured(out, at(m, i, k), before, colour);
      before = at(m, i, k);
    }
    if (colour && looks[before].ansi) strbuf_adds(out, "\033[0m");
    strbuf_adds(out, "  ");
    strbuf_adds(out, m->lines[i].name);
    strbuf_addc(out, '\n');
  }
  put_legend(m, lang, out);
}

/* --- CSV: long form, the keys of the states --- */
void ledger_matrix_csv(const struct ledger_matrix *m, struct strbuf *out) {
  strbuf_adds(out, "office,period,state\n");
  for (int64_t i = 0; i < m->n_offices; i++)
    for (int64_t k = 0; k < m->n_periods; k++) {
      char period[16];
      period_format(&m->periods[k], period);
      strbuf_addf(out, "%s,%s,%s\n", m->lines[i].office, period, ledger_state_key(at(m, i, k)));
    }
}

/* --- page --- */
static void put_text(struct strbuf *out, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&': strbuf_adds(out, "&amp;"); break;
    case '<': strbuf_adds(out, "&lt;"); break;
    case '>': strbuf_adds(out, "&gt;"); break;
    case '"': strbuf_adds(out, "&quot;"); break;
    default: strbuf_addc(out, *text);
    }
}

static void put_style(struct strbuf *out) {
  strbuf_adds(out,
      "<style>\nbody{font-family:\"Noto Sans CJK JP\",\"Hiragino Sans\",\"Yu Gothic\",sans-serif;margin:1.5rem;color:#1a1a1a;background:#fff}\n"
      "h1{font-size:1.3rem}table{border-collapse:collapse;font-size:.8rem}caption{text-align:left;padding:.3rem 0}\n"
      "th,td{border:1px solid #bbb;padding:.15rem .3rem;text-align:center;white-space:nowrap}tbody th{text-align:left;font-weight:normal}\n"
      "thead th{background:#f4f4f4}td b{display:block}td span{display:block;font-size:.65rem}.legend td{text-align:left}\n"
      "@media print{body{margin:0}@page{size:A4 landscape;margin:10mm}thead{display:table-header-group}tr{break-inside:avoid}"
      "td{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n");
  for (int st = 0; st < LEDGER_STATES; st++)
    strbuf_addf(out, ".s%d{background:%s;color:%s}\n", st, looks[st].paper, looks[st].ink);
  strbuf_adds(out, "</style>\n");
}

static void put_page_legend(const struct ledger_matrix *m, enum err_lang lang, struct strbuf *out) {
  strbuf_addf(out,
      "<table class=\"legend\"><caption>%s</caption><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th "
      "scope=\"col\">%s</th></tr></thead><tbody>\n",
      lang == LANG_JA ? "凡例" : "Legend", lang == LANG_JA ? "記号" : "letter", lang == LANG_JA ? "状態" : "state",
      lang == LANG_JA ? "件数" : "cells");
  for (int st = 0; st < LEDGER_STATES; st++)
    if (m->counts[st])
      strbuf_addf(out, "<tr><td class=\"s%d\">%c</td><th scope=\"row\">%s</th><td>%lld</td></tr>\n", st, ledger_state_letter((enum ledger_state)st),
                  ledger_state_name((enum ledger_state)st, lang), (long long)m->counts[st]);
  strbuf_adds(out, "</tbody></table>\n");
}

static void put_page_rows(const struct ledger_matrix *m, enum err_lang lang, struct strbuf *out) {
  for (int64_t i = 0; i < m->n_offices; i++) {
    strbuf_adds(out, "<tr><th scope=\"row\">");
    put_text(out, m->lines[i].name);
    strbuf_adds(out, "<br><small>");
    put_text(out, m->lines[i].office);
    strbuf_adds(out, "</small></th>");
    for (int64_t k = 0; k < m->n_periods; k++)
      strbuf_addf(out, "<td class=\"s%d\"><b>%c</b><span>%s</span></td>", (int)at(m, i, k), ledger_state_letter(at(m, i, k)),
          ledger_state_name(at(m, i, k), lang));
    strbuf_adds(out, "</tr>\n");
  }
}

void ledger_matrix_html(const struct ledger_matrix *m, const char *survey, enum err_lang lang, struct strbuf *out) {
  const char *title = lang == LANG_JA ? "提出状況表" : "Who has reported";
  strbuf_addf(out,
      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%s ",
      lang == LANG_JA ? "ja" : "en", title);
  put_text(out, survey);
  strbuf_adds(out, "</title>\n");
  put_style(out);
  strbuf_addf(out, "</head>\n<body>\n<h1>%s ", title);
  put_text(out, survey);
  strbuf_adds(out, "</h1>\n");
  put_page_legend(m, lang, out);
  strbuf_addf(out, "<table><caption>%s</caption><thead><tr><th scope=\"col\">%s</th>", lang == LANG_JA ? "機関と期間" : "Offices and periods",
              lang == LANG_JA ? "機関" : "office");
  for (int64_t k = 0; k < m->n_periods; k++) {
    char period[16];
    period_format(&m->periods[k], period);
    strbuf_addf(out, "<th scope=\"col\">%s</th>", period);
  }
  strbuf_adds(out, "</tr></thead><tbody>\n");
  put_page_rows(m, lang, out);
  strbuf_adds(out, "</tbody></table>\n</body>\n</html>\n");
}
