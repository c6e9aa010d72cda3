/* application_items.h -- what an application asks for, held against the codebook of its datasets: items, purpose, rows, area.
 * Items    "name: why"; the name is one of a form of the datasets (forms/form.h), each once. Unknown: E_USE_ITEM with the nearest names; a label in
 *          place of a name, or the name in other letters, finds it, too.
 * Purpose  what extract_part_allowed says of the basis: nothing of part ID or LINK for statistics and research, parts ID only for lists. Public
 *          bodies only under 33-1-i. E_USE_ITEM_SHAPE.
 * Shown    items of the parts ID and LINK, and those of forms/secure/sensitive_items.csv (survey, form, item, reasons, source, status V F M: what an
 *          office thinks sensitive is its own list; `*` as form means each).
 * Rows     "all" or a condition over the items of one record (E_USE_ROWS). A local government gets its area only, see use_policy.h: the condition is
 *          made here, not typed: PREFIX OF THE AREA ITEM = CODE and (ROWS). The code has 2, 5 or 6 digits; a designated city gives its own code, its
 *          wards are codes of their own and not reached by it.
 * Errors   E_USE_DATASET, E_USE_ITEM, E_USE_ITEM_SHAPE, E_USE_FIELD, E_USE_ROWS, E_USE_AREA, E_USE_SENSITIVE.
 * Memory   the forms lie in the arena. Cost: one form_read per dataset, about 10 ms. */
#ifndef SHIRABE_SECURE_STORE_USE_APPLICATION_ITEMS_H
#define SHIRABE_SECURE_STORE_USE_APPLICATION_ITEMS_H
#include "forms/form.h"
#include "secure-store/rights/grant.h"
#include "secure-store/use/application.h"

enum { USE_ITEMS_MAX = 2048, USE_DATASETS_MAX = 128 };
struct use_sensitive { /* a row of the list */
  struct str survey, form, item, reason_ja, reason_en, source;
  char status;
};
struct use_sensitive_list {
  struct use_sensitive *row;
  int64_t n;
};
enum err_code use_sensitive_parse(struct arena *a, const char *place, struct str csv, struct use_sensitive_list *out, struct err *e) NODISCARD;

struct use_item {
  struct str name, why;
  const struct item *item;
  const struct form *form;               /* the first that has it */
  const struct use_sensitive *sensitive; /* NULL = not listed */
};
struct use_items {
  struct use_item *item;
  int n;
  const struct form **form; /* of each dataset, in order */
  struct str *dataset;
  int n_datasets;
  bool listed; /* there is a list of sensitive items */
};
/* Splits a line of `items`; false: no name or no reason. */
bool use_item_split(struct str line, struct str *name, struct str *why);
bool use_area_code(const char *applicant_kind, struct str *code); /* of "local:CODE"; false: none, or out of form */
enum err_code application_items(struct arena *a, const struct application *x, struct use_items *out, struct err *e) NODISCARD;
/* Items against the basis; what is empty yet is not looked at. */
enum err_code application_shape(const struct application *x, const struct use_items *items, struct err *e) NODISCARD;
/* The condition a grant must have for the i-th dataset; "" = all rows. In the arena. */
enum err_code application_filter(struct arena *a, const struct application *x, const struct use_items *items, int i, const struct use_policy *p,
    const char **out, struct err *e) NODISCARD;
/* All of it: items, purpose, rows and area of each dataset. */
enum err_code application_check_items(struct store *s, const struct application *x, struct err *e) NODISCARD;
#endif
