/* embargo.c -- see embargo.h. */
#include "secure-store/output/embargo.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "secure-store/rights/record_impl.h"

enum { DAY = 86400 };
#define PREPARES (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_REVIEWER))
#define FIELD(member, kind) FIELD_OF(struct embargo, member, kind)
static const struct field fields[] = {
    FIELD(at, FIELD_INT), FIELD_FORMAT_NAME, FIELD(note, FIELD_TEXT), FIELD(period, FIELD_TEXT), FIELD(survey, FIELD_TEXT)};
const struct row_format embargo_format = {"shirabe-embargo-1", fields, sizeof fields / sizeof *fields};

/* --- the date --- */

static bool two(const char *p, int most, int *out) {
  if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
  *out = (p[0] - '0') * 10 + (p[1] - '0');
  return *out <= most;
}
bool embargo_time(const char *text, int64_t *out) {
  int64_t days;
  int hour, minute, second, ahead_h, ahead_m;
  if (!text || strlen(text) < 20) return text && time_parse_utc(text, out);
  if (strlen(text) == 20) return time_parse_utc(text, out);
  if (strlen(text) != 25 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || (text[19] != '+' && text[19] != '-') || text[22] != ':')
    return false;
  if (!date_parse_iso(str_view(text, 10), &days) || !two(text + 11, 23, &hour) || !two(text + 14, 59, &minute) || !two(text + 17, 59, &second))
    return false;
  if (!two(text + 20, 14, &ahead_h) || !two(text + 23, 59, &ahead_m)) return false;
  const int ahead = (ahead_h * 60 + ahead_m) * 60 * (text[19] == '-' ? -1 : 1);
  *out = days * DAY + hour * 3600 + minute * 60 + second - ahead;
  return true;
}

/* --- rows --- */

static bool plain(const char *text, size_t size) {
  size_t n = strlen(text);
  return n > 0 && n < size && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}
static void object_of(const char *survey, const char *period, char out[RECORD_OBJECT_BYTES]) {
  snprintf(out, RECORD_OBJECT_BYTES, "embargo:%.64s/%.24s", survey, period);
}
static enum err_code check(struct store *s, const struct embargo *m, struct err *e) {
  int64_t now;
  if (!plain(m->survey, sizeof m->survey) || !plain(m->period, sizeof m->period))
    return ERR(e, E_EMBARGO_DATE, .subject = m->survey, .expected = "a survey and a period");
  TRY(store_now(s, &now, e));
  return m->at > now ? E_OK : ERR(e, E_EMBARGO_DATE, .subject = m->survey, .expected = "a time to come");
}
enum err_code embargo_set(struct store *s, const struct embargo *m, const struct act_by *by, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  object_of(plain(m->survey, sizeof m->survey) ? m->survey : "?", plain(m->period, sizeof m->period) ? m->period : "?", object);
  struct act a = {.action = "policy-set", .object = object, .kind = "embargo", .any_of = ROLE_BIT(LOG_ROLE_CHIEF)};
  TRY(act_check(s, &a, by, e));
  if (check(s, m, e)) return act_refuse(s, a.action, object, e);
  return act_row(s, &a, &embargo_format, m, by, e);
}
enum err_code embargo_find(struct store *s, const char *survey, const char *period, struct embargo *out, bool *found, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  object_of(survey, period, object);
  return act_read(s, object, &embargo_format, out, found, NULL, e);
}

/* --- who may --- */

static enum err_code prepares(struct store *s, const char *officer, int64_t now, bool *yes, struct err *e) {
  role_set roles = 0;
  *yes = !store_has_officers(s);
  if (*yes || !officer[0]) return E_OK;
  TRY(roles_of(s, officer, now, &roles, e));
  *yes = (roles & PREPARES) != 0;
  return E_OK;
}
static enum err_code judge(struct store *s, const struct embargo *m, const char *officer, bool release, struct err *e) {
  char object[RECORD_OBJECT_BYTES], when[24];
  int64_t now;
  bool may = false;
  object_of(m->survey, m->period, object);
  TRY(store_now(s, &now, e));
  if (now >= m->at) return E_OK;
  if (!release) TRY(prepares(s, officer, now, &may, e));
  if (may) return E_OK;
  time_format_utc(m->at, when);
  (void)ERR(e, E_EMBARGO, .subject = object + 8, .expected = when);
  return act_refuse(s, "output-block", object, e);
}
static enum err_code one(struct store *s, const char *survey, const char *period, const char *officer, bool release, struct err *e) {
  struct embargo m;
  bool found;
  TRY(embargo_find(s, survey, period, &m, &found, e));
  return found ? judge(s, &m, officer, release, e) : E_OK;
}
enum err_code embargo_read(struct store *s, const char *survey, const char *period, const char *officer, struct err *e) {
  return one(s, survey, period, officer, false, e);
}
enum err_code embargo_release(struct store *s, const char *survey, const char *period, struct err *e) { return one(s, survey, period, "", true, e); }

static bool fits(struct str pattern, const char *text) { return str_eq(pattern, STR("*")) || str_eq(pattern, str_of(text)); }
static enum err_code each(struct store *s, const char *patterns, const char *officer, bool release, struct err *e) {
  struct embargo m;
  struct record r;
  bool found;
  for (uint64_t from = 0;;) {
    TRY(act_next(s, "embargo:", &from, &embargo_format, &m, &found, &r, e));
    if (!found) return E_OK;
    for (struct str rest = str_of(patterns), one_pattern; rest.n;) {
      struct str parts;
      one_pattern = str_split(rest, ' ', &rest);
      struct str survey = str_split(one_pattern, '/', &parts);
      (void)str_split(parts, '/', &parts);
      struct str period = str_split(parts, '/', &parts);
      if (fits(survey, m.survey) && fits(period, m.period)) TRY(judge(s, &m, officer, release, e));
    }
  }
}
enum err_code embargo_read_datasets(struct store *s, const char *patterns, const char *officer, struct err *e) {
  return each(s, patterns, officer, false, e);
}
enum err_code embargo_release_datasets(struct store *s, const char *patterns, struct err *e) { return each(s, patterns, "", true, e); }
