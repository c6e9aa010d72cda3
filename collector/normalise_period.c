/* normalise_period.c -- months, quarters, years and fiscal years as people and e-Stat write them; see normalise.h. */
#include <string.h>

#include "collector/normalise.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take_number(struct str *s, int most, int64_t *value) {
  int n = 0;
  *value = 0;
  while (n < most && (size_t)n < s->n && is_digit(s->p[n])) *value = *value * 10 + (s->p[n++] - '0');
  *s = str_view(s->p + n, s->n - (size_t)n);
  return n > 0;
}

static bool take_word(struct str *s, const char *word) {
  if (!str_starts(*s, str_of(word))) return false;
  size_t n = strlen(word);
  *s = str_view(s->p + n, s->n - n);
  return true;
}

/* YYYY00MMMM: the same month twice is a month, three months of a quarter a quarter, 0000 the year; YYYY100000 is the fiscal year. */
bool estat_time_code(struct str s, struct period *out) {
  int64_t year, kind, from, to;
  struct str rest = s;
  if (s.n != 10 || !take_number(&rest, 4, &year) || !take_number(&rest, 2, &kind) || !take_number(&rest, 2, &from) || !take_number(&rest, 2, &to) || rest.n)
    return false;
  if (year < 1 || from > 12 || to > 12) return false;
  if (kind == 10 && from == 0 && to == 0) *out = (struct period){PERIOD_FISCAL_YEAR, year, 0};
  else if (kind != 0) return false;
  else if (from == 0 && to == 0) *out = (struct period){PERIOD_YEAR, year, 0};
  else if (from == to && from > 0) *out = (struct period){PERIOD_MONTH, year, from};
  else if (to == from + 2 && from % 3 == 1) *out = (struct period){PERIOD_QUARTER, year, to / 3};
  else return false;
  return true;
}

/* 令和7, R7, 2025, 令和元: the Western year. */
static bool take_year(struct str *s, enum era *era, int64_t *year) {
  *era = era_take(s);
  *s = str_trim(*s);
  if (*era && *era != ERA_WESTERN) {
    if (take_word(s, "元")) *year = 1;
    else if (!take_number(s, 2, year)) return false;
    *year = era_western_year(*era, *year);
    return *year > 0;
  }
  *era = ERA_WESTERN;
  const char *from = s->p;
  return take_number(s, 4, year) && s->p - from == 4 && *year > 0;
}

/* What follows the year: nothing or 年 (year), 年度 (April to March), 年第4四半期. */
static bool take_kind(struct str s, struct period *p) {
  if (take_word(&s, "年度")) p->kind = PERIOD_FISCAL_YEAR;
  else if (take_word(&s, "年第") || take_word(&s, "年")) {
    p->kind = PERIOD_YEAR;
    if (s.n) {
      p->kind = PERIOD_QUARTER;
      if (!take_number(&s, 1, &p->part) || p->part < 1 || p->part > 4 || !take_word(&s, "四半期")) return false;
    }
  } else return false;
  return s.n == 0;
}

/* Some day of the period lies in the era: 平成31年度 began in it, 昭和64年度 would have begun after its end. */
static bool in_era(const struct period *p, enum era era) {
  return era == ERA_WESTERN || (date_era(period_first_day(p), NULL) <= (int)era && (int)era <= date_era(period_last_day(p), NULL));
}

static enum err_code in_words(struct str text, struct period *out, uint32_t *rules) {
  struct str rest = text;
  struct period p = {PERIOD_YEAR, 0, 0};
  enum era era;
  if (take_year(&rest, &era, &p.year) && take_kind(rest, &p)) {
    *out = p;
    return in_era(&p, era) ? E_OK : E_DATE_ERA;
  }
  const struct date_rule month = {.month = true};
  int64_t days, day;
  uint32_t used = 0;
  enum err_code code = normalise_date(text, &month, &days, &used);
  if (code) return code == E_DATE_FORM || code == E_DATE_PARTIAL || code == E_DATE_SERIAL ? E_PERIOD_FORM : code;
  out->kind = PERIOD_MONTH;
  date_to_civil(days, &out->year, &out->part, &day);
  *rules |= used & RULE_BIT(REPAIR_HEISEI_31);
  return E_OK;
}

enum err_code normalise_period(struct str raw, struct period *out, uint32_t *rules) {
  if (period_parse(raw, out)) return E_OK;
  struct folded f;
  uint32_t used = 0;
  if (!normalise_fold(raw, false, &f, &used)) return E_PERIOD_FORM;
  struct str text = str_view(f.p, f.n);
  if (!period_parse(text, out)) {
    if (estat_time_code(text, out)) {
      used |= RULE_BIT(NOTATION_TIME_CODE);
    } else {
      TRY(in_words(text, out, &used));
      used |= RULE_BIT(NOTATION_PERIOD);
    }
  }
  *rules |= used;
  return E_OK;
}
