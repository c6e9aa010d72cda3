/* use_policy.h -- what an office may set about secondary use: spans, reminders, and whether a local government gets its own area only.
 * Rows     object "use-policy", one leaf per change, signed by a chief; without one the defaults.
 * Area     "own" (default): the rows of an application of a local government are limited to its area, by the item that area_items names for the form,
 *          else by the form's own item of the reporting office. "off": not limited. The rule is from memory (secure.md section 2 marks it [M]): the
 *          program says so wherever it shows it, and an office that reads otherwise switches it off.
 * Spans    days. Source of the defaults: application.h.
 * Errors   E_USAGE_VALUE, E_USE_DATASET and E_USE_ITEM (an area item that the library does not have), those of act.h. */
#ifndef SHIRABE_SECURE_STORE_USE_USE_POLICY_H
#define SHIRABE_SECURE_STORE_USE_USE_POLICY_H
#include "secure-store/disposal/act.h"

#define USE_AREA_SOURCE "[M]" /* status of the source of the area rule: from memory, not found in a public source */
struct use_policy {
  char area[8];                   /* own, off */
  char area_items[ACT_LIST_BYTES]; /* list: "survey/form item" */
  int64_t publish_days, remind_first, remind_second, results_days, review_days;
};
extern const struct row_format use_policy_format;
extern const struct use_policy use_policy_default; /* own area; 30, 30, 7, 90, 30 */
enum err_code use_policy_read(struct store *s, struct use_policy *out, struct err *e) NODISCARD;
enum err_code use_policy_set(struct store *s, const struct use_policy *p, const struct act_by *by, struct err *e) NODISCARD;
#endif
