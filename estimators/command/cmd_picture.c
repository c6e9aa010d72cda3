#include "estimators/command/cmd_picture.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

static const char *const kind_words[CHART_BREAK_KINDS] = {"base", "benchmark", "shift", "break"};

enum err_code break_mark_add(struct break_marks *to, int at, enum chart_break_kind kind, const char *text, struct err *e) {
  if (to->n == CHART_TIME_BREAKS) return ERR(e, E_SEASONAL_MARK, .subject = text, .expected = "at most 26 marks");
  int k = to->n++;
  for (; k > 0 && to->mark[k - 1].at > at; k--) to->mark[k] = to->mark[k - 1];
  to->mark[k] = (struct chart_break){at, kind, text};
  return E_OK;
}
static bool place_of(struct str text, int64_t first, int period, int n, int *at) {
  struct period p;
  if (!period_parse(text, &p)) return false;
  const bool year = p.kind == PERIOD_YEAR;
  if (!year && p.kind != (period == 12 ? PERIOD_MONTH : PERIOD_QUARTER)) return false;
  if (!year && period == 1) return false;
  const int64_t place = p.year * period + (year ? 0 : p.part - 1) - first; /* a year: from its first period on */
  if (place < 0 || place >= n) return false;
  *at = (int)place;
  return true;
}
static bool kind_of(struct str word, enum chart_break_kind *kind) {
  for (int k = 0; k < CHART_BREAK_KINDS; k++)
    if (str_eq(word, str_of(kind_words[k]))) return *kind = (enum chart_break_kind)k, true;
  return false;
}
enum err_code break_labels_read(struct cli *c, struct chart_label_break *out, int *n, struct err *e) {
  for (int i = 0; i < cli_repeat_count(c, "mark"); i++) {
    const char *word = cli_repeat(c, "mark", i);
    struct str text, rest, label = str_split(str_of(word), '=', &rest), kind = str_split(rest, ':', &text);
    struct chart_label_break *b = &out[*n];
    if (*n == CHART_BREAKS_MOST) return ERR(e, E_SEASONAL_MARK, .subject = word, .expected = "at most 26 marks");
    if (!kind_of(kind, &b->kind)) return ERR(e, E_SEASONAL_MARK, .subject = word, .expected = "base, benchmark, shift or break after the sign =");
    if (!(b->label = arena_strdup(cli_job(c)->arena, label.p, label.n))) return ERR(e, E_NO_MEMORY, .subject = "--mark");
    b->text = text.n ? text.p : "";
    ++*n;
  }
  return E_OK;
}
static enum err_code read_one(const char *word, int64_t first, int period, int n, struct break_marks *to, struct err *e) {
  struct str text, rest, date = str_split(str_of(word), '=', &rest), kind = str_split(rest, ':', &text);
  enum chart_break_kind k = CHART_BREAK_OTHER;
  int at = 0;
  if (!place_of(date, first, period, n, &at))
    return ERR(e, E_SEASONAL_MARK, .subject = word, .expected = "a period of the picture before the sign =");
  if (!kind_of(kind, &k)) return ERR(e, E_SEASONAL_MARK, .subject = word, .expected = "base, benchmark, shift or break after the sign =");
  return break_mark_add(to, at, k, text.n ? text.p : "", e); /* the text runs to the end of the word */
}
enum err_code break_marks_read(struct cli *c, int64_t first, int period, int n, struct break_marks *to, struct err *e) {
  for (int i = 0; i < cli_repeat_count(c, "mark"); i++) TRY(read_one(cli_repeat(c, "mark", i), first, period, n, to, e));
  return E_OK;
}

enum err_code picture_frame(struct cli *c, const char *id, const char *title, const char *subtitle, const char *file, const char *made,
    struct chart_frame *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char *given = cli_text(c, "title"), *unit = cli_text(c, "unit"), *source = cli_text(c, "source"), *slash = strrchr(file, '/');
  char now[32];
  time_format_jst(job_now(cli_job(c)), now);
  now[10] = 0; /* the day */
  const char *from = source ? source : slash ? slash + 1 : file, *stop = *made ? cli_say(c, ". ", "。") : "";
  const char *last = arena_printf(a, "%s%s%s%s%s%s%s", cli_say(c, "Source: ", "出典："), from, stop, made,
      cli_say(c, ". Drawn ", "。作図 "), now, cli_say(c, ".", ""));
  const char *copy = given ? given : arena_strdup(a, title, strlen(title)), *below = arena_strdup(a, subtitle, strlen(subtitle));
  if (!last || !copy || !below) return ERR(e, E_NO_MEMORY, .subject = "picture");
  *out = (struct chart_frame){.id = id, .title = copy, .subtitle = below, .unit = unit ? unit : "", .x_title = "", .y_title = "", .source = last,
      .lang = cli_lang(c), .decimals = -1};
  return E_OK;
}
