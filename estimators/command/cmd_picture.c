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
static enum err_code read_one(const char *word, int64_t first, int period, int n, struct break_marks *to, struct err *e) {
  struct str text, rest, date = str_split(str_of(word), '=', &rest), kind = str_split(rest, ':', &text);
  int k = 0, at = 0;
  while (k < CHART_BREAK_KINDS && !str_eq(kind, str_of(kind_words[k]))) k++;
  if (!place_of(date, first, period, n, &at))
    return ERR(e, E_SEASONAL_MARK, .subject = word, .expected = "a period of the picture before the sign =");
  if (k == CHART_BREAK_KINDS) return ERR(e, E_SEASONAL_MARK, .subject = word, .expected = "base, benchmark, shift or break after the sign =");
  return break_mark_add(to, at, (enum chart_break_kind)k, text.n ? text.p : "", e); /* the text runs to the end of the word */
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
