/* normalise_code.c -- codes: width, lost zeros proved by a check digit, structure; see normalise.h. */
#include <string.h>

#include "collector/normalise.h"
#include "forms/code_structure.h"

enum { MUNICIPALITY_DIGITS = 6, CORPORATE_DIGITS = 13, PREFECTURES = 47 };

enum code_structure code_structure_of(const char *name) {
  if (!name || !*name) return STRUCTURE_NONE;
  if (strncmp(name, "municipality", 12) == 0) return STRUCTURE_MUNICIPALITY;
  if (strncmp(name, "corporate", 9) == 0) return STRUCTURE_CORPORATE;
  return strncmp(name, "icd10", 5) == 0 ? STRUCTURE_ICD10 : STRUCTURE_NONE;
}

static struct str view(const struct folded *f) { return str_view(f->p, f->n); }

static bool all_digits(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return s.n > 0;
}

/* 1.18E+12: a spreadsheet has thrown digits away; nothing can bring them back. */
static bool has_exponent(struct str s) {
  const char *mark = s.n > 3 && (s.p[0] >= '0' && s.p[0] <= '9') ? memchr(s.p, 'E', s.n) : NULL;
  if (!mark && s.n > 3 && s.p[0] >= '0' && s.p[0] <= '9') mark = memchr(s.p, 'e', s.n);
  return mark && mark + 1 < s.p + s.n && (mark[1] == '+' || mark[1] == '-');
}

static bool take_number(struct str *s, int most) {
  int n = 0;
  while ((size_t)n < s->n && s->p[n] >= '0' && s->p[n] <= '9') n++;
  if (n == 0 || n > most) return false;
  *s = str_view(s->p + n, s->n - (size_t)n);
  return true;
}

static bool take_word(struct str *s, const char *word) {
  if (!str_starts(*s, str_of(word))) return false;
  size_t n = strlen(word);
  *s = str_view(s->p + n, s->n - n);
  return true;
}

static bool take_month_name(struct str *s) {
  static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (take_word(s, names[i])) return true;
  return false;
}

/* 1月2日 */
static bool kanji_day(struct str s) { return take_number(&s, 2) && take_word(&s, "月") && take_number(&s, 2) && take_word(&s, "日") && s.n == 0; }
/* 2-Jan, Jan-02 */
static bool english_day(struct str s) {
  struct str t = s;
  if (take_number(&s, 2) && take_word(&s, "-") && take_month_name(&s) && s.n == 0) return true;
  return take_month_name(&t) && take_word(&t, "-") && take_number(&t, 2) && t.n == 0;
}
/* 2025/1/2, 2025-01-02; two numbers only when `loose` */
static bool written_day(struct str s, const char *mark, bool loose) {
  struct str from = s;
  if (!take_number(&s, 4) || !take_word(&s, mark) || !take_number(&s, 2)) return false;
  if (s.n == 0) return loose && from.n <= 5;
  return from.n >= 8 && from.p[4] == *mark && take_word(&s, mark) && take_number(&s, 2) && s.n == 0;
}

bool code_is_date_damage(struct str s, bool loose) {
  return kanji_day(s) || english_day(s) || written_day(s, "/", loose) || written_day(s, "-", loose);
}

bool municipality_also_reads_as_five(struct str digits5) {
  int prefecture = (digits5.p[0] - '0') * 10 + (digits5.p[1] - '0');
  return prefecture >= 1 && prefecture <= PREFECTURES && digits5.p[2] >= '1' && digits5.p[2] <= '7';
}

static enum err_code judge_municipality(struct folded *f, uint32_t *rules) {
  struct str s = view(f);
  if (!all_digits(s)) return E_CODE_STRUCTURE;
  if (s.n == MUNICIPALITY_DIGITS) return municipality_check_digit_valid(s) ? E_OK : E_CODE_CHECK_DIGIT;
  if (s.n != MUNICIPALITY_DIGITS - 1) return s.n < MUNICIPALITY_DIGITS ? E_CODE_ZEROS : E_CODE_WIDTH;
  char padded[MUNICIPALITY_DIGITS] = {'0'};
  memcpy(padded + 1, s.p, MUNICIPALITY_DIGITS - 1);
  if (!municipality_check_digit_valid(str_view(padded, sizeof padded))) return E_CODE_WIDTH;
  if (municipality_also_reads_as_five(s)) return E_CODE_ZEROS;
  memcpy(f->p, padded, sizeof padded);
  f->n = sizeof padded;
  *rules |= RULE_BIT(REPAIR_ZERO_CHECK_DIGIT);
  return E_OK;
}

static enum err_code judge_corporate(const struct folded *f) {
  struct str s = view(f);
  if (!all_digits(s)) return E_CODE_STRUCTURE;
  if (s.n != CORPORATE_DIGITS) return E_CODE_WIDTH;
  return corporate_number_valid(s) ? E_OK : E_CODE_CHECK_DIGIT;
}

static enum err_code judge_icd10(struct folded *f, uint32_t *rules) {
  char stored[16];
  if (!icd10_normalise(view(f), stored)) return E_CODE_STRUCTURE;
  if (!str_eq(str_of(stored), view(f))) *rules |= RULE_BIT(REPAIR_CODE_SPELLING);
  f->n = strlen(stored);
  memcpy(f->p, stored, f->n);
  return E_OK; /* structure bits are a check of the form (hard edit), not a reason to lose the answer */
}

enum err_code normalise_code(struct str raw, const struct code_rule *rule, struct folded *out, uint32_t *rules) {
  if (!normalise_fold(raw, false, out, rules)) return E_CODE_WIDTH;
  if (has_exponent(view(out))) return E_NUMBER_EXPONENT;
  switch (rule->structure) {
  case STRUCTURE_MUNICIPALITY: return judge_municipality(out, rules);
  case STRUCTURE_CORPORATE: return judge_corporate(out);
  case STRUCTURE_ICD10: return judge_icd10(out, rules);
  case STRUCTURE_NONE: break;
  }
  if (code_is_date_damage(view(out), false)) return E_CODE_DATE_DAMAGE;
  if (rule->width > 0 && out->n < (size_t)rule->width && all_digits(view(out))) return E_CODE_ZEROS;
  return rule->width > 0 && out->n > (size_t)rule->width ? E_CODE_WIDTH : E_OK;
}
