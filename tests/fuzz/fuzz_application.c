/* Any text as an application, a sanction or the policy of secondary use: refused, or written back byte for byte; then what the steps ask of its
 * content. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/use/application_impl.h"
#include "secure-store/use/application_items.h"
#include "secure-store/use/sanction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool round_trip(const struct row_format *f, void *row, size_t size, struct str text) {
  struct strbuf again;
  struct err e;
  memset(row, 0x5a, size); /* what is not filled would show */
  if (row_parse(f, text, row, &e)) return false;
  strbuf_init(&again, 0);
  if (row_write(f, row, &again, &e) || !str_eq(text, str_view(again.p, again.n))) abort();
  strbuf_release(&again);
  return true;
}
static void content(const struct application *a) {
  struct str name, why, code, rest = str_of(a->items);
  struct err e;
  uint8_t subject[32];
  if (application_subject(a, subject, &e)) abort();
  if (application_state(a) == USE_NONE && a->state[0] && use_step_from(USE_NONE, USE_APPLY) != USE_NONE) abort();
  const bool complete = !application_complete(a, 0, &e);
  while (rest.n > 0)
    if (!use_item_split(str_split(rest, '\n', &rest), &name, &why) && complete) abort();
  if (use_area_code(a->applicant_kind, &code) && (code.n < 2 || code.n > 6)) abort();
  (void)application_all_pledged(a);
  for (int d = 0; d < USE_DUES; d++)
    if (a->until < INT64_C(1) << 40 && a->checked_at >= 0 && a->checked_at < INT64_C(1) << 40)
      (void)use_reminder(application_due(a, (enum use_due)d, &use_policy_default), 0, &use_policy_default);
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  static struct application a;
  static struct sanction sanction;
  static struct use_policy policy;
  const struct str text = str_view((const char *)data, n);
  if (round_trip(&application_format, &a, sizeof a, text)) content(&a);
  (void)round_trip(&sanction_format, &sanction, sizeof sanction, text);
  (void)round_trip(&use_policy_format, &policy, sizeof policy, text);
  return 0;
}
