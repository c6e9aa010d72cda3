/* use_policy.c -- see use_policy.h. */
#include "secure-store/use/use_policy.h"

#include <string.h>

static const char object[] = "use-policy";
const struct use_policy use_policy_default = {.area = "own", .publish_days = 30, .remind_first = 30, .remind_second = 7, .results_days = 90,
    .review_days = 30};
#define NUMBER(member) FIELD_OF(struct use_policy, member, FIELD_INT)
static const struct field fields[] = {FIELD_OF(struct use_policy, area, FIELD_TEXT), FIELD_OF(struct use_policy, area_items, FIELD_LIST),
    FIELD_FORMAT_NAME, NUMBER(publish_days), NUMBER(remind_first), NUMBER(remind_second), NUMBER(results_days), NUMBER(review_days)};
#undef NUMBER
const struct row_format use_policy_format = {"shirabe-use-policy-1", fields, sizeof fields / sizeof *fields};

static enum err_code wrong(const char *what, const char *expected, struct err *e) { return ERR(e, E_USE_FIELD, .subject = what,
    .expected = expected); }
/* "survey/form item" */
static bool area_item_ok(struct str line) {
  struct str item, form;
  const struct str dataset = str_split(line, ' ', &item), survey = str_split(dataset, '/', &form);
  return survey.n > 0 && form.n > 0 && !memchr(form.p, '/', form.n) && item.n > 0 && !memchr(item.p, ' ', item.n);
}
static enum err_code check(const struct use_policy *p, struct err *e) {
  struct str line;
  if (strcmp(p->area, "own") != 0 && strcmp(p->area, "off") != 0) return wrong("area", "own or off", e);
  for (int i = 0; row_list_at(p->area_items, i, &line); i++)
    if (!area_item_ok(line)) return wrong("area-item", "SURVEY/FORM ITEM", e);
  const int64_t days[] = {p->publish_days, p->results_days, p->review_days};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    if (days[i] < 1 || days[i] > 3660) return wrong("days", "1 to 3660", e);
  return p->remind_second >= 0 && p->remind_first > p->remind_second && p->remind_first <= 366
      ? E_OK
      : wrong("remind", "two numbers of days up to 366, the first greater", e);
}

enum err_code use_policy_read(struct store *s, struct use_policy *out, struct err *e) {
  bool found = false;
  *out = use_policy_default;
  TRY(act_read(s, object, &use_policy_format, out, &found, NULL, e));
  if (!found) *out = use_policy_default;
  return E_OK;
}
enum err_code use_policy_set(struct store *s, const struct use_policy *p, const struct act_by *by, struct err *e) {
  if (check(p, e)) return act_refuse(s, "policy-set", object, e);
  struct act a = {.action = "policy-set", .object = object, .kind = "policy", .any_of = ROLE_BIT(LOG_ROLE_CHIEF)};
  return act_row(s, &a, &use_policy_format, p, by, e);
}
