/* use_policy.c -- see use_policy.h. */
#include "secure-store/use/use_policy.h"

#include <stdio.h>
#include <string.h>

#include "forms/form.h"

static const char object[] = "use-policy";
const struct use_policy use_policy_default = {.area = "own", .publish_days = 30, .remind_first = 30, .remind_second = 7, .results_days = 90,
    .review_days = 30};
#define NUMBER(member) FIELD_OF(struct use_policy, member, FIELD_INT)
static const struct field fields[] = {FIELD_OF(struct use_policy, area, FIELD_TEXT), FIELD_OF(struct use_policy, area_items, FIELD_LIST),
    FIELD_FORMAT_NAME, NUMBER(publish_days), NUMBER(remind_first), NUMBER(remind_second), NUMBER(results_days), NUMBER(review_days)};
#undef NUMBER
const struct row_format use_policy_format = {"shirabe-use-policy-1", fields, sizeof fields / sizeof *fields};

static enum err_code wrong(const char *what, const char *expected, struct err *e) { return ERR(e, E_USAGE_VALUE, .subject = what,
    .expected = expected); }
/* "survey/form item": an item of codes of a form that the library has. */
static enum err_code known_item(struct arena *a, const char *survey, const char *form, const char *item, struct err *e) {
  struct form *f;
  struct err why;
  const struct job silent = {.arena = a, .n_threads = 1};
  if (form_read(a, &silent, forms_folder(), survey, form, NULL, INT64_MAX / 2, &f, NULL, &why)) return ERR(e, E_USE_DATASET, .subject = form,
      .found = why.subject);
  const struct item *it = form_item(f, item);
  if (!it) return ERR(e, E_USE_ITEM, .subject = item, .expected = "an item of codes");
  return it->type == COL_CODE ? E_OK : wrong("--area-item", "an item of codes", e);
}
static enum err_code area_item(struct str line, struct err *e) {
  char survey[64] = "", form[64] = "", item[64] = "", rest = 0;
  char text[256];
  snprintf(text, sizeof text, "%.*s", (int)(line.n < 255 ? line.n : 255), line.p);
  const int n = sscanf(text, "%63[a-z0-9_-]/%63[a-z0-9_-] %63[a-z0-9_]%c", survey, form, item, &rest);
  if (n != 3) return wrong("--area-item", "SURVEY/FORM ITEM", e);
  struct arena *a = arena_new(0);
  const enum err_code code = a ? known_item(a, survey, form, item, e) : ERR(e, E_NO_MEMORY, .subject = "policy");
  arena_free(a);
  return code;
}
static enum err_code check(const struct use_policy *p, struct err *e) {
  struct str line;
  if (strcmp(p->area, "own") != 0 && strcmp(p->area, "off") != 0) return wrong("--area", "own or off", e);
  for (int i = 0; row_list_at(p->area_items, i, &line); i++) TRY(area_item(line, e));
  const int64_t days[] = {p->publish_days, p->results_days, p->review_days};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++)
    if (days[i] < 1 || days[i] > 3660) return wrong("--review-days, --publish-days, --results-days", "1 to 3660", e);
  return p->remind_second >= 0 && p->remind_first > p->remind_second && p->remind_first <= 366
      ? E_OK
      : wrong("--remind-first, --remind-second", "two numbers of days up to 366, the first greater", e);
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
