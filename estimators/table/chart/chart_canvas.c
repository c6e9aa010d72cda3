/* chart_canvas.c -- the file around a picture: head, foot, words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

const char *chart_say(const struct chart_frame *f, const char *en, const char *ja) { return f->lang == LANG_JA ? ja : en; }

void chart_escape(struct strbuf *b, const char *s) {
  for (; s && *s; s++) {
    if (*s == '<') strbuf_adds(b, "&lt;");
    else if (*s == '>') strbuf_adds(b, "&gt;");
    else if (*s == '&') strbuf_adds(b, "&amp;");
    else if (*s == '"') strbuf_adds(b, "&quot;");
    else if ((unsigned char)*s >= 0x20) strbuf_addc(b, *s);
  }
}

/* --- widths --- */
static double em(const char *p, size_t n, size_t *used) {
  uint32_t point = 0;
  *used = utf8_decode(p, n, &point);
  if (*used == 0) {
    *used = 1;
    return 0.6;
  }
  if (*used > 1) return utf8_columns(p, *used) > 1 ? 1.0 : 0.62;
  if (strchr("iljtfI.,:;'|!()[] ", *p)) return 0.34;
  if (strchr("mwMW@%", *p)) return 0.88;
  return *p >= 'A' && *p <= 'Z' ? 0.67 : 0.57;
}

double chart_text_width(const char *s, double font) {
  double w = 0;
  size_t n = strlen(s), used;
  for (size_t i = 0; i < n; i += used) w += em(s + i, n - i, &used);
  return w * font;
}

const char *chart_cut(const char *s, double font, double width, char *out, size_t size) {
  size_t n = strlen(s), used, at = 0;
  double w = 0;
  if (chart_text_width(s, font) <= width && n < size) {
    memcpy(out, s, n + 1);
    return out;
  }
  while (at < n) {
    double next = em(s + at, n - at, &used) * font;
    if (w + next > width - font || at + used + 4 > size) break;
    w += next;
    at += used;
  }
  memcpy(out, s, at);
  memcpy(out + at, "…", sizeof "…");
  return out;
}

void chart_text(struct canvas *c, double x, double y, enum chart_align align, const char *class, const char *s) {
  static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
  strbuf_addf(&c->body, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\"%s>", x, y, class, anchors[align]);
  chart_escape(&c->body, s);
  strbuf_adds(&c->body, "</text>\n");
}

/* Bytes of s that fit into one line: at a space, before or after a full-width character, else where it must. */
static size_t line_bytes(const char *s, double font, double width) {
  size_t n = strlen(s), used, at = 0, good = 0;
  double w = 0;
  while (at < n) {
    double e = em(s + at, n - at, &used);
    if ((w + e) * font > width) return good ? good : at ? at : used;
    if (s[at] == ' ' || (used > 1 && e == 1.0)) good = at + used;
    w += e;
    at += used;
  }
  return n;
}

double chart_paragraph(struct canvas *c, double x, double y, double width, const char *class, double font, const char *s) {
  char line[512];
  double height = 0;
  while (*s) {
    size_t n = line_bytes(s, font, width);
    if (n >= sizeof line) n = sizeof line - 1;
    memcpy(line, s, n);
    line[n] = 0;
    chart_text(c, x, y + height, CHART_START, class, line);
    height += font * 1.45;
    s += n;
    while (*s == ' ') s++;
  }
  return height;
}

/* --- head and foot --- */
void canvas_open(struct canvas *c, const struct chart_frame *f) {
  *c = (struct canvas){.f = f, .y = CHART_MARGIN + 14};
  strbuf_init(&c->body, 0);
  strbuf_init(&c->desc, 0);
  const double width = CHART_WIDTH - 2 * CHART_MARGIN;
  c->y += chart_paragraph(c, CHART_MARGIN, c->y, width, "h", 16, f->title);
  if (*f->subtitle) c->y += chart_paragraph(c, CHART_MARGIN, c->y, width, "t", CHART_FONT, f->subtitle);
  if (*f->unit) {
    char text[256];
    snprintf(text, sizeof text, "%s%s", chart_say(f, "Unit: ", "単位："), f->unit);
    c->y += chart_paragraph(c, CHART_MARGIN, c->y, width, "s", CHART_SMALL, text);
  }
}

enum { NOTES_SHOWN = 12 };

static void foot(struct canvas *c) {
  const struct chart_frame *f = c->f;
  const double width = CHART_WIDTH - 2 * CHART_MARGIN;
  char text[128];
  for (int i = 0; i < f->n_notes && i < NOTES_SHOWN; i++) c->y += chart_paragraph(c, CHART_MARGIN, c->y, width, "s", CHART_SMALL, f->notes[i]);
  if (f->n_notes > NOTES_SHOWN) {
    snprintf(text, sizeof text, chart_say(f, "and %d more notes, printed with the table", "ほか注 %d 件は表を参照"), f->n_notes - NOTES_SHOWN);
    c->y += chart_paragraph(c, CHART_MARGIN, c->y, width, "s", CHART_SMALL, text);
  }
  if (*f->source) c->y += chart_paragraph(c, CHART_MARGIN, c->y, width, "g", 10, f->source);
}

static const char style[] =
    "<style>text{font-family:'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif;fill:#222}"
    ".h{font-size:16px;font-weight:bold}.t{font-size:12px}.b{font-size:12px;font-weight:bold}.s{font-size:11px}.g{font-size:10px;fill:#595959}"
    ".w{font-size:11px;fill:#fff}.k{font-size:11px;fill:#1a1a1a}"
    ".n{font-variant-numeric:tabular-nums}.grid{stroke:#d9d9d9;stroke-width:1}.axis{stroke:#444;stroke-width:1}"
    "@media print{text{fill:#000}.w{fill:#fff}}</style>\n";

static const char *id_of(const struct chart_frame *f) { return f->id && *f->id ? f->id : "chart"; }

enum err_code canvas_close(struct canvas *c, struct strbuf *to, struct err *e) {
  foot(c);
  const char *id = id_of(c->f);
  const int height = (int)ceil(c->y + CHART_MARGIN - 6);
  strbuf_addf(to,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" xml:lang=\"%s\" "
      "aria-labelledby=\"%s-title %s-desc\">\n",
      CHART_WIDTH, height, CHART_WIDTH, height, c->f->lang == LANG_JA ? "ja" : "en", id, id);
  strbuf_addf(to, "<title id=\"%s-title\">", id);
  chart_escape(to, c->f->title);
  strbuf_addf(to, "</title>\n<desc id=\"%s-desc\">", id);
  strbuf_add(to, c->desc.p ? c->desc.p : "", c->desc.n);
  strbuf_adds(to, "</desc>\n");
  strbuf_adds(to, style);
  strbuf_addf(to, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", CHART_WIDTH, height);
  strbuf_add(to, c->body.p ? c->body.p : "", c->body.n);
  strbuf_adds(to, "</svg>\n");
  bool failed = c->body.failed || c->desc.failed || to->failed;
  strbuf_release(&c->body);
  strbuf_release(&c->desc);
  return failed ? ERR(e, E_NO_MEMORY, .subject = c->f->title) : E_OK;
}
