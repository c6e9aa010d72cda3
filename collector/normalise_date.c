/* normalise_date.c -- dates in the Western and Japanese calendars -> days; see normalise.h. */
#include <string.h>

#include "base/date.h"
#include "collector/normalise.h"

enum { GREGORIAN_FROM_YEAR = 1873, SERIAL_FIRST = 20000, SERIAL_LAST = 60000 };

/* First and last day of each era as year, month, day; the last day of Reiwa is open. */
static const struct {
  int64_t base; /* Western year = base + era year */
  int16_t from[3], until[3];
} ERAS[] = {
  [ERA_MEIJI] = {1867, {1868, 1, 25}, {1912, 7, 29}},   [ERA_TAISHO] = {1911, {1912, 7, 30}, {1926, 12, 24}},
  [ERA_SHOWA] = {1925, {1926, 12, 25}, {1989, 1, 7}},   [ERA_HEISEI] = {1988, {1989, 1, 8}, {2019, 4, 30}},
  [ERA_REIWA] = {2018, {2019, 5, 1}, {9999, 12, 31}},
};

static const struct {
  const char *name;
  enum era era;
} NAMES[] = {
  {"明治", ERA_MEIJI}, {"大正", ERA_TAISHO}, {"昭和", ERA_SHOWA}, {"平成", ERA_HEISEI}, {"令和", ERA_REIWA}, {"西暦", ERA_WESTERN},
  {"Meiji", ERA_MEIJI}, {"Taisho", ERA_TAISHO}, {"Showa", ERA_SHOWA}, {"Heisei", ERA_HEISEI}, {"Reiwa", ERA_REIWA}, {"Western", ERA_WESTERN},
  {"㍾", ERA_MEIJI}, {"㍽", ERA_TAISHO}, {"㍼", ERA_SHOWA}, {"㍻", ERA_HEISEI}, {"㋿", ERA_REIWA},
  {"明", ERA_MEIJI}, {"大", ERA_TAISHO}, {"昭", ERA_SHOWA}, {"平", ERA_HEISEI}, {"令", ERA_REIWA},
  {"M", ERA_MEIJI}, {"T", ERA_TAISHO}, {"S", ERA_SHOWA}, {"H", ERA_HEISEI}, {"R", ERA_REIWA},
  {"m", ERA_MEIJI}, {"t", ERA_TAISHO}, {"s", ERA_SHOWA}, {"h", ERA_HEISEI}, {"r", ERA_REIWA},
};

struct scan {
  const char *p, *end;
};

/* The one-letter names, the common case. */
static enum era era_of_letter(char c) {
  switch (c | 0x20) {
  case 'm': return ERA_MEIJI;
  case 't': return ERA_TAISHO;
  case 's': return ERA_SHOWA;
  case 'h': return ERA_HEISEI;
  case 'r': return ERA_REIWA;
  default: return 0;
  }
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static enum era take_era(struct scan *s) {
  struct str left = str_view(s->p, (size_t)(s->end - s->p));
  if (left.n == 0 || is_digit(*left.p)) return 0;
  if (left.n > 1 && is_digit(left.p[1]) && era_of_letter(*left.p)) return era_of_letter(*s->p++);
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    struct str name = str_of(NAMES[i].name);
    if (!str_starts(left, name)) continue;
    s->p += name.n;
    return NAMES[i].era;
  }
  return 0;
}

enum era era_of_name(struct str name) {
  struct scan s = {name.p, name.p + name.n};
  return take_era(&s);
}

static void skip_spaces(struct scan *s) {
  while (s->p < s->end && *s->p == ' ') s->p++;
}

/* Digits of a number; 0 when there is none or it is too long. */
static int take_digits(struct scan *s, int64_t *value) {
  int n = 0;
  *value = 0;
  while (s->p < s->end && *s->p >= '0' && *s->p <= '9' && n < 9) *value = *value * 10 + (*s->p++ - '0'), n++;
  return n;
}

static bool take_text(struct scan *s, const char *text) {
  size_t n = strlen(text);
  if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n)) return false;
  s->p += n;
  return true;
}

enum separator { SEPARATOR_NONE, SEPARATOR_KANJI, SEPARATOR_DASH, SEPARATOR_SLASH, SEPARATOR_DOT };

static enum separator take_separator(struct scan *s, const char *kanji) {
  skip_spaces(s);
  enum separator found = take_text(s, kanji)                      ? SEPARATOR_KANJI
                         : take_text(s, "-") || take_text(s, "−") ? SEPARATOR_DASH
                         : take_text(s, "/")                      ? SEPARATOR_SLASH
                         : take_text(s, ".")                      ? SEPARATOR_DOT
                                                                  : SEPARATOR_NONE;
  skip_spaces(s);
  return found;
}

struct parts {
  enum era era; /* 0 = Western */
  int64_t year, month, day; /* day 0 = not written */
};

static bool at_end(const struct scan *s) { return s->p == s->end; }

/* After the year: month and, unless it ends there, day. */
static enum err_code take_rest(struct scan *s, struct parts *d) {
  enum separator first = take_separator(s, "年"), second;
  if (!first || !take_digits(s, &d->month)) return E_DATE_FORM;
  second = take_separator(s, "月");
  if (at_end(s))
    return second == SEPARATOR_NONE                       ? (first == SEPARATOR_KANJI ? E_DATE_FORM : E_OK)
           : second == SEPARATOR_KANJI && first == second ? E_OK
                                                          : E_DATE_FORM;
  if (second != first || !take_digits(s, &d->day)) return E_DATE_FORM;
  if (d->day == 0) return E_DATE_CALENDAR;
  skip_spaces(s);
  if (first == SEPARATOR_KANJI) take_text(s, "日");
  return at_end(s) ? E_OK : E_DATE_FORM;
}

static void split_six(int64_t yymmdd, struct parts *d) {
  d->year = yymmdd / 10000;
  d->month = yymmdd / 100 % 100;
  d->day = yymmdd % 100;
}

static enum err_code parse_era(struct scan *s, struct parts *d, uint32_t *rules) {
  *rules |= RULE_BIT(NOTATION_ERA_DATE);
  skip_spaces(s);
  bool first_year = take_text(s, "元");
  int n = first_year ? 1 : take_digits(s, &d->year);
  if (n == 0) return E_DATE_FORM;
  if (first_year) d->year = 1;
  if (n == 6 && at_end(s)) {
    split_six(d->year, d);
    return d->day ? E_OK : E_DATE_CALENDAR;
  }
  if (n > 2) return E_DATE_FORM;
  return take_rest(s, d);
}

static enum err_code parse_digits(int n, int64_t value, const struct date_rule *rule, struct parts *d, uint32_t *rules) {
  if (n == 8) {
    *rules |= RULE_BIT(NOTATION_COMPACT_DATE);
    d->year = value / 10000, d->month = value / 100 % 100, d->day = value % 100;
    return d->day ? E_OK : E_DATE_CALENDAR;
  }
  if (n == 7 && rule->digits && rule->digits->declared) {
    d->era = rule->digits->era[value / 1000000];
    if (!d->era || d->era == ERA_WESTERN) return E_DATE_FORM;
    *rules |= RULE_BIT(NOTATION_ERA_DIGIT);
    split_six(value % 1000000, d);
    return d->day ? E_OK : E_DATE_CALENDAR;
  }
  return n == 5 && value >= SERIAL_FIRST && value <= SERIAL_LAST ? E_DATE_SERIAL : E_DATE_FORM;
}

static enum err_code parse_western(struct scan *s, const struct date_rule *rule, struct parts *d, uint32_t *rules) {
  int n = take_digits(s, &d->year);
  if (n == 0) return E_DATE_FORM;
  if (at_end(s)) return parse_digits(n, d->year, rule, d, rules);
  const char *from = s->p;
  enum err_code code = take_rest(s, d);
  if (code) return code;
  if (n == 2) return E_DATE_YEAR;
  if (n != 4) return E_DATE_FORM;
  if (*from != '-' || s->end - from != (d->day ? 6 : 3)) *rules |= RULE_BIT(NOTATION_WESTERN_DATE);
  return E_OK;
}

static bool strip_midnight(struct folded *f) {
  static const char *const texts[] = {" 0:00", " 00:00", " 0:00:00", " 00:00:00"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    size_t n = strlen(texts[i]);
    if (f->n <= n || memcmp(f->p + f->n - n, texts[i], n)) continue;
    f->n -= n;
    return true;
  }
  return false;
}

/* yyyymmdd as a number: dates compare as numbers. */
static int64_t day_number(int64_t year, int64_t month, int64_t day) { return (year * 100 + month) * 100 + day; }

/* Era year -> Western year; whole months are inside an era when any of their days is. */
static enum err_code resolve_era(struct parts *d, uint32_t *rules) {
  if (!d->era || d->era == ERA_WESTERN) return E_OK;
  if (d->year < 1) return E_DATE_ERA;
  const int16_t *from = ERAS[d->era].from, *until = ERAS[d->era].until;
  int64_t year = ERAS[d->era].base + d->year;
  if (d->era == ERA_MEIJI && year < GREGORIAN_FROM_YEAR) return E_DATE_LUNAR;
  int64_t low = day_number(year, d->month, d->day ? d->day : 31), high = day_number(year, d->month, d->day ? d->day : 1);
  if (low < day_number(from[0], from[1], from[2])) return E_DATE_ERA;
  if (high > day_number(until[0], until[1], until[2])) {
    if (d->era != ERA_HEISEI || d->year != 31) return E_DATE_ERA;
    *rules |= RULE_BIT(REPAIR_HEISEI_31);
  }
  d->year = year;
  return E_OK;
}

static enum err_code resolve(struct parts *d, const struct date_rule *rule, int64_t *days, uint32_t *rules) {
  if (d->month < 1 || d->month > 12) return E_DATE_CALENDAR;
  TRY(resolve_era(d, rules));
  if (d->day && !date_valid(d->year, d->month, d->day)) return E_DATE_CALENDAR;
  if (d->year < GREGORIAN_FROM_YEAR) return E_DATE_LUNAR;
  if (!d->day && !rule->month) return E_DATE_PARTIAL;
  if (d->day > 1 && rule->month) return E_DATE_FORM;
  *days = date_from_civil(d->year, d->month, d->day ? d->day : 1);
  return E_OK;
}

static int two(const char *p) { return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' ? (p[0] - '0') * 10 + (p[1] - '0') : -1; }

/* YYYY-MM-DD, the common case: no folding. */
static bool plain_iso(struct str raw, int64_t *days) {
  if (raw.n != 10 || raw.p[4] != '-' || raw.p[7] != '-') return false;
  int century = two(raw.p), year = two(raw.p + 2), month = two(raw.p + 5), day = two(raw.p + 8);
  if (century < 0 || year < 0 || month < 0 || day < 0 || century * 100 + year < GREGORIAN_FROM_YEAR || !date_valid(century * 100 + year, month, day))
    return false;
  *days = date_from_civil(century * 100 + year, month, day);
  return true;
}

enum err_code normalise_date(struct str raw, const struct date_rule *rule, int64_t *days, uint32_t *rules) {
  if (!rule->month && plain_iso(raw, days)) return E_OK;
  struct folded f;
  struct parts d = {0};
  uint32_t used = 0;
  if (!normalise_fold(raw, false, &f, &used) || f.n == 0) return E_DATE_FORM;
  if (strip_midnight(&f)) used |= RULE_BIT(REPAIR_MIDNIGHT);
  struct scan s = {f.p, f.p + f.n};
  d.era = take_era(&s);
  if (d.era) skip_spaces(&s);
  TRY(d.era && d.era != ERA_WESTERN ? parse_era(&s, &d, &used) : parse_western(&s, rule, &d, &used));
  TRY(resolve(&d, rule, days, &used));
  *rules |= used;
  return E_OK;
}
