/* normalise_date.c -- dates in the Western and Japanese calendars -> days; see normalise.h. */
#include <string.h>

#include "base/date.h"
#include "collector/normalise.h"

enum { GREGORIAN_FROM_YEAR = 1873, SERIAL_FIRST = 20000, SERIAL_LAST = 60000, UNKNOWN_PART = -1, UNKNOWN_NUMBER = 99, UNKNOWN_YEAR = 9999 };

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

enum era era_take(struct str *text) {
  struct scan s = {text->p, text->p + text->n};
  enum era era = take_era(&s);
  *text = str_view(s.p, (size_t)(s.end - s.p));
  return era;
}

enum era era_of_name(struct str name) { return era_take(&name); }

int64_t era_western_year(enum era era, int64_t year) {
  if (era < ERA_MEIJI || era > ERA_REIWA || year < 1) return 0;
  int64_t western = ERAS[era].base + year;
  return western <= ERAS[era].until[0] ? western : 0;
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
  int64_t year, month, day; /* 0 = not written, UNKNOWN_PART = written as unknown */
};

static bool at_end(const struct scan *s) { return s->p == s->end; }

/* A month or day: digits, or what the form says for unknown. */
static bool take_part(struct scan *s, const struct date_rule *rule, int64_t *value) {
  if (rule->part_word && take_text(s, "不詳")) {
    *value = UNKNOWN_PART;
    return true;
  }
  if (!take_digits(s, value)) return false;
  if (rule->part_99 && *value == UNKNOWN_NUMBER) *value = UNKNOWN_PART;
  return true;
}

static int64_t known_year(const struct date_rule *rule, int64_t year, bool western) {
  return rule->part_99 && year == (western ? UNKNOWN_YEAR : UNKNOWN_NUMBER) ? UNKNOWN_PART : year;
}

/* After the year: month and, unless it ends there, day. */
static enum err_code take_rest(struct scan *s, const struct date_rule *rule, struct parts *d) {
  enum separator first = take_separator(s, "年"), second;
  if (first == SEPARATOR_KANJI && at_end(s)) return E_DATE_PARTIAL;
  if (!first || !take_part(s, rule, &d->month)) return E_DATE_FORM;
  second = take_separator(s, "月");
  if (at_end(s))
    return second == SEPARATOR_NONE                       ? (first == SEPARATOR_KANJI ? E_DATE_FORM : E_OK)
           : second == SEPARATOR_KANJI && first == second ? E_OK
                                                          : E_DATE_FORM;
  if (second != first || !take_part(s, rule, &d->day)) return E_DATE_FORM;
  if (d->day == 0) return E_DATE_CALENDAR;
  skip_spaces(s);
  if (first == SEPARATOR_KANJI) take_text(s, "日");
  return at_end(s) ? E_OK : E_DATE_FORM;
}

/* A year by itself, with or without 年. */
static enum err_code take_year_end(struct scan *s) {
  skip_spaces(s);
  take_text(s, "年");
  return at_end(s) ? E_OK : E_DATE_FORM;
}

/* yymmdd or yyyymmdd */
static void split_compact(int64_t v, const struct date_rule *rule, struct parts *d, bool western) {
  d->year = known_year(rule, v / 10000, western);
  d->month = v / 100 % 100;
  d->day = v % 100;
  if (rule->part_99 && d->month == UNKNOWN_NUMBER) d->month = UNKNOWN_PART;
  if (rule->part_99 && d->day == UNKNOWN_NUMBER) d->day = UNKNOWN_PART;
}

static enum err_code parse_era(struct scan *s, const struct date_rule *rule, struct parts *d, uint32_t *rules) {
  *rules |= RULE_BIT(NOTATION_ERA_DATE);
  skip_spaces(s);
  bool first_year = take_text(s, "元");
  bool unknown = !first_year && rule->part_word && take_text(s, "不詳");
  int n = first_year || unknown ? 1 : take_digits(s, &d->year);
  if (n == 0) return E_DATE_FORM;
  if (first_year) d->year = 1;
  if (n == 6 && at_end(s) && !rule->year) {
    split_compact(d->year, rule, d, false);
    return d->day ? E_OK : E_DATE_CALENDAR;
  }
  if (n > 2) return E_DATE_FORM;
  d->year = unknown ? UNKNOWN_PART : known_year(rule, d->year, false);
  return rule->year ? take_year_end(s) : take_rest(s, rule, d);
}

static enum err_code parse_digits(int n, int64_t value, const struct date_rule *rule, struct parts *d, uint32_t *rules) {
  if (n == 8) {
    *rules |= RULE_BIT(NOTATION_COMPACT_DATE);
    split_compact(value, rule, d, true);
    return d->day ? E_OK : E_DATE_CALENDAR;
  }
  if (n == 7 && rule->digits && rule->digits->declared) {
    d->era = rule->digits->era[value / 1000000];
    if (!d->era || d->era == ERA_WESTERN) return E_DATE_FORM;
    *rules |= RULE_BIT(NOTATION_ERA_DIGIT);
    split_compact(value % 1000000, rule, d, false);
    return d->day ? E_OK : E_DATE_CALENDAR;
  }
  return n == 5 && value >= SERIAL_FIRST && value <= SERIAL_LAST ? E_DATE_SERIAL : E_DATE_FORM;
}

static enum err_code parse_western(struct scan *s, const struct date_rule *rule, struct parts *d, uint32_t *rules) {
  bool unknown = rule->part_word && take_text(s, "不詳");
  int n = unknown ? 4 : take_digits(s, &d->year);
  if (n == 0) return E_DATE_FORM;
  if (rule->year) return n == 4 ? take_year_end(s) : E_DATE_FORM;
  if (at_end(s)) return unknown ? E_DATE_FORM : parse_digits(n, d->year, rule, d, rules);
  const char *from = s->p;
  d->year = unknown ? UNKNOWN_PART : known_year(rule, d->year, true);
  enum err_code code = take_rest(s, rule, d);
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

/* Era year -> Western year; whole months, and months that are not known, are inside an era when any of their days is. */
static enum err_code resolve_era(struct parts *d, uint32_t *rules) {
  if (!d->era || d->era == ERA_WESTERN || d->year == UNKNOWN_PART) return E_OK;
  if (d->year < 1) return E_DATE_ERA;
  const int16_t *from = ERAS[d->era].from, *until = ERAS[d->era].until;
  int64_t year = ERAS[d->era].base + d->year;
  if (d->era == ERA_MEIJI && year < GREGORIAN_FROM_YEAR) return E_DATE_LUNAR;
  int64_t low = day_number(year, d->month > 0 ? d->month : 12, d->day > 0 ? d->day : 31),
          high = day_number(year, d->month > 0 ? d->month : 1, d->day > 0 ? d->day : 1);
  if (low < day_number(from[0], from[1], from[2])) return E_DATE_ERA;
  if (high > day_number(until[0], until[1], until[2])) {
    if (d->era != ERA_HEISEI || d->year != 31) return E_DATE_ERA;
    *rules |= RULE_BIT(REPAIR_HEISEI_31);
  }
  d->year = year;
  return E_OK;
}

/* Parts that may be unknown are held against what is known: 31 days a month, 29 days a February of an unknown year. */
static bool parts_possible(const struct parts *d) {
  if (d->month == UNKNOWN_PART) return d->day <= 31;
  return d->day <= 0 || date_valid(d->year == UNKNOWN_PART ? 2000 : d->year, d->month, d->day);
}

static enum err_code resolve_year(struct parts *d, int64_t *days) {
  int64_t year = d->era && d->era != ERA_WESTERN ? era_western_year(d->era, d->year) : d->year;
  if (year < 1) return E_DATE_ERA;
  *days = date_from_civil(year, 1, 1);
  return E_OK;
}

static enum date_known known_of(const struct parts *d, bool month_only) {
  int n = (d->year == UNKNOWN_PART) + (d->month == UNKNOWN_PART) + (!month_only && d->day == UNKNOWN_PART);
  return n == 0 ? DATE_KNOWN : n == (month_only ? 2 : 3) ? DATE_ALL_UNKNOWN : DATE_PART_UNKNOWN;
}

static enum err_code resolve(struct parts *d, const struct date_rule *rule, int64_t *days, enum date_known *known, uint32_t *rules) {
  if (rule->year) return resolve_year(d, days);
  if (d->month == 0 || d->month > 12) return E_DATE_CALENDAR;
  TRY(resolve_era(d, rules));
  if (!parts_possible(d)) return E_DATE_CALENDAR;
  if (d->year != UNKNOWN_PART && d->year < GREGORIAN_FROM_YEAR) return E_DATE_LUNAR;
  if (!d->day && !rule->month) return E_DATE_PARTIAL;
  if (d->day > 1 && rule->month) return E_DATE_FORM;
  *known = known_of(d, rule->month);
  if (*known == DATE_KNOWN) *days = date_from_civil(d->year, d->month, d->day > 0 ? d->day : 1);
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

/* The time code of a month in a table of e-Stat, for items that are months. */
static bool estat_month(const struct folded *f, const struct date_rule *rule, int64_t *days) {
  struct period p;
  if (!rule->month || !estat_time_code(str_view(f->p, f->n), &p) || p.kind != PERIOD_MONTH || p.year < GREGORIAN_FROM_YEAR) return false;
  *days = period_first_day(&p);
  return true;
}

enum err_code normalise_date_parts(struct str raw, const struct date_rule *rule, int64_t *days, enum date_known *known, uint32_t *rules) {
  *known = DATE_KNOWN;
  if (!rule->month && !rule->year && !rule->part_99 && plain_iso(raw, days)) return E_OK;
  struct folded f;
  struct parts d = {0};
  uint32_t used = 0;
  if (!normalise_fold(raw, false, &f, &used) || f.n == 0) return E_DATE_FORM;
  if (strip_midnight(&f)) used |= RULE_BIT(REPAIR_MIDNIGHT);
  if (estat_month(&f, rule, days)) {
    *rules |= used | RULE_BIT(NOTATION_TIME_CODE);
    return E_OK;
  }
  struct scan s = {f.p, f.p + f.n};
  d.era = take_era(&s);
  if (d.era) skip_spaces(&s);
  TRY(d.era && d.era != ERA_WESTERN ? parse_era(&s, rule, &d, &used) : parse_western(&s, rule, &d, &used));
  TRY(resolve(&d, rule, days, known, &used));
  *rules |= used;
  return E_OK;
}

enum err_code normalise_date(struct str raw, const struct date_rule *rule, int64_t *days, uint32_t *rules) {
  enum date_known known;
  TRY(normalise_date_parts(raw, rule, days, &known, rules));
  return known == DATE_KNOWN ? E_OK : E_DATE_PARTIAL;
}

bool excel_serial_days(int64_t serial, bool from_1904, int64_t *days) {
  enum { EXCEL_LAST = 2958465, LEAP_BUG = 60 }; /* 9999-12-31; 1900-02-29 */
  if (serial < (from_1904 ? 0 : 1) || serial > EXCEL_LAST || (!from_1904 && serial == LEAP_BUG)) return false;
  if (from_1904) *days = date_from_civil(1904, 1, 1) + serial;
  else *days = date_from_civil(1899, 12, serial < LEAP_BUG ? 31 : 30) + serial;
  return true;
}
