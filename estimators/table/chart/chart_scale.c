/* chart_scale.c -- numbers as text, ticks at multiples of 1, 2 or 5, axes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

enum { EDGE = 4 }; /* pixels kept free beside a label */

/* --- numbers --- */
const char *chart_number(double v, int decimals, char *out, size_t size) {
  char plain[64], grouped[96];
  size_t n = 0;
  if (fabs(v) >= 1e15 || (v != 0 && fabs(v) < 1e-6 && decimals < 0)) snprintf(plain, sizeof plain, "%.4g", v);
  else if (decimals >= 0) snprintf(plain, sizeof plain, "%.*f", decimals > 9 ? 9 : decimals, v);
  else {
    int digits = v == 0 ? 0 : 5 - (int)floor(log10(fabs(v)));
    snprintf(plain, sizeof plain, "%.*f", digits < 0 ? 0 : digits > 9 ? 9 : digits, v);
    char *point = strchr(plain, '.'), *end = plain + strlen(plain);
    while (point && end > point && (end[-1] == '0' || end[-1] == '.')) {
      bool stop = end[-1] == '.';
      *--end = 0;
      if (stop) break;
    }
  }
  const char *p = plain;
  if (*p == '-') {
    bool zero = strspn(p + 1, "0.") == strlen(p + 1);
    p++;
    if (!zero) memcpy(grouped, "\xe2\x88\x92", 3), n = 3; /* minus sign */
  }
  size_t whole = strspn(p, "0123456789");
  for (size_t i = 0; p[i] && n + 2 < sizeof grouped; i++) {
    if (i && i < whole && (whole - i) % 3 == 0) grouped[n++] = ',';
    grouped[n++] = p[i];
  }
  grouped[n] = 0;
  snprintf(out, size, "%s", grouped);
  return out;
}

const char *chart_short_number(double v, enum err_lang lang, char *out, size_t size) {
  static const struct {
    double from;
    const char *word;
  } en[] = {{1e12, " trillion"}, {1e9, " billion"}, {1e6, " million"}}, ja[] = {{1e12, "兆"}, {1e8, "億"}, {1e4, "万"}};
  char number[96];
  for (int k = 0; k < 3 && v < 1e15; k++) {
    const double from = lang == LANG_JA ? ja[k].from : en[k].from;
    if (v < from) continue;
    snprintf(out, size, "%s%s", chart_number(v / from, -1, number, sizeof number), lang == LANG_JA ? ja[k].word : en[k].word);
    return out;
  }
  return chart_number(v, v < 1 ? (int)ceil(-log10(v) - 1e-9) : 0, out, size);
}

bool chart_is_hidden(const struct chart_point *p) { return p->state != CHART_SHOWN; }

/* The table's own text with its groups of three parted. */
static void grouped_text(const char *text, char *out, size_t size) {
  char copy[112];
  size_t n = 0, start = *text == '-', whole = strspn(text + start, "0123456789");
  if (start) n = (size_t)snprintf(copy, sizeof copy, "\xe2\x88\x92");
  for (size_t i = 0; text[start + i] && n + 2 < sizeof copy; i++) {
    if (i && i < whole && (whole - i) % 3 == 0) copy[n++] = ',';
    copy[n++] = text[start + i];
  }
  copy[n] = 0;
  snprintf(out, size, "%s", copy);
}

const char *chart_point_text(const struct chart_frame *f, const struct chart_point *p, char *out, size_t size) {
  static const char *const hidden[] = {"", "x", "\xe2\x80\xa6", "\xe2\x80\x93", ""};
  char number[112];
  if (chart_is_hidden(p)) {
    snprintf(out, size, "%s", p->mark && *p->mark ? p->mark : hidden[p->state]);
    return out;
  }
  if (p->text) grouped_text(p->text, number, sizeof number);
  else chart_number(p->value, f->decimals, number, sizeof number);
  snprintf(out, size, "%s%s%s", number, p->mark && *p->mark ? " " : "", p->mark ? p->mark : "");
  return out;
}

/* --- scales --- */
struct scale scale_nice(double low, double high, int most, double from, double to) {
  struct scale s = {.from = from, .to = to};
  if (!(high > low)) {
    double pad = low == 0 ? 1 : fabs(low) * 0.1;
    low -= low == 0 ? 0 : pad;
    high += pad;
  }
  if (most < 2) most = 2;
  double raw = (high - low) / (most - 1), power = pow(10, floor(log10(raw)));
  double step = power;
  static const double multiple[] = {2, 5, 10, 20};
  for (int k = 0; step < raw * 0.999999 && k < 4; k++) step = power * multiple[k];
  s.step = step;
  s.low = floor(low / step + 1e-9) * step;
  s.high = ceil(high / step - 1e-9) * step;
  s.n_ticks = (int)lround((s.high - s.low) / step) + 1;
  int digits = (int)ceil(-log10(step) - 1e-9);
  s.decimals = digits > 0 ? digits : 0;
  return s;
}

/* 1, 2, 5, 10, 20 ... for 0, 1, 2, 3, 4 ...; 0.5, 0.2, 0.1 for -1, -2, -3. */
static double one_two_five(int index) {
  static const double lead[] = {1, 2, 5};
  const int power = index >= 0 ? index / 3 : -((2 - index) / 3), rest = index - 3 * power;
  return lead[rest < 0 ? 0 : rest > 2 ? 2 : rest] * pow(10, power);
}

struct scale scale_log(double low, double high, double from, double to) {
  struct scale s = {.from = from, .to = to, .log = true};
  int a = 3 * (int)floor(log10(low)) - 1, b;
  while (one_two_five(a + 1) <= low * (1 + 1e-12)) a++;
  b = a + 1;
  while (one_two_five(b) < high * (1 - 1e-12)) b++;
  s.low = log10(one_two_five(a));
  s.high = log10(one_two_five(b));
  s.stride = b - a > 9 ? 3 : 1;
  s.first = a;
  while (s.stride == 3 && s.first % 3) s.first++;
  s.n_ticks = (b - s.first) / s.stride + 1;
  return s;
}

double scale_at(const struct scale *s, double v) {
  if (s->log) v = log10(v);
  return s->from + (v - s->low) / (s->high - s->low) * (s->to - s->from);
}

double scale_tick(const struct scale *s, int i) {
  if (s->log) return one_two_five(s->first + i * s->stride);
  double v = s->low + i * s->step;
  return fabs(v) < s->step * 1e-6 ? 0 : v;
}

const char *scale_text(const struct scale *s, int i, char *out, size_t size) {
  double v = scale_tick(s, i);
  return s->log ? chart_short_number(v, s->lang, out, size) : chart_number(v, s->decimals, out, size);
}

double chart_axis_width(const struct scale *y) {
  char b[64];
  double most = 0;
  for (int i = 0; i < y->n_ticks; i++) {
    double w = chart_text_width(scale_text(y, i, b, sizeof b), CHART_SMALL);
    if (w > most) most = w;
  }
  return most;
}

struct scale scale_horizontal(double low, double high, double from, double to) {
  for (int most = 8; most > 2; most--) {
    struct scale s = scale_nice(low, high, most, from, to);
    if (chart_axis_width(&s) + 14 <= (to - from) / (s.n_ticks - 1)) return s;
  }
  return scale_nice(low, high, 2, from, to);
}

/* --- axes --- */
/* Centred under its tick, but never beyond the edge of the picture. */
static void tick_text(struct canvas *c, double at, double y, const char *text) {
  const double half = chart_text_width(text, CHART_SMALL) / 2;
  if (at + half > CHART_WIDTH - EDGE) chart_text(c, CHART_WIDTH - EDGE, y, CHART_END, "s n", text);
  else if (at - half < EDGE) chart_text(c, EDGE, y, CHART_START, "s n", text);
  else chart_text(c, at, y, CHART_MIDDLE, "s n", text);
}
void chart_axis_x(struct canvas *c, const struct scale *x, double top, double bottom, const char *title) {
  char b[64];
  int every = 1;
  while (x->n_ticks > 1 && (chart_axis_width(x) + 10) > every * (x->to - x->from) / (x->n_ticks - 1) && every < x->n_ticks) every++;
  for (int i = 0; i < x->n_ticks; i++) {
    double at = scale_at(x, scale_tick(x, i));
    strbuf_addf(&c->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", at, top, at, bottom,
        !x->log && scale_tick(x, i) == 0 ? "axis" : "grid");
    if (i % every == 0) tick_text(c, at, bottom + 15, scale_text(x, i, b, sizeof b));
  }
  strbuf_addf(&c->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"axis\"/>\n", x->from, bottom, x->to, bottom);
  if (*title) chart_text(c, (x->from + x->to) / 2, bottom + 31, CHART_MIDDLE, "s", title);
}

void chart_axis_y(struct canvas *c, const struct scale *y, double left, double right, const char *title) {
  char b[64];
  for (int i = 0; i < y->n_ticks; i++) {
    double at = scale_at(y, scale_tick(y, i));
    strbuf_addf(&c->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", left, at, right, at,
        !y->log && scale_tick(y, i) == 0 ? "axis" : "grid");
    chart_text(c, left - 6, at + 4, CHART_END, "s n", scale_text(y, i, b, sizeof b));
  }
  if (*title) chart_text(c, CHART_MARGIN, y->to - 10, CHART_START, "s", title);
}
