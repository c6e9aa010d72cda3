/* derive_items.h -- derived items of changed records are worked out again, in items order, so that no total contradicts its imputed parts.
 * Status   VAL_DERIVED; VAL_UNKNOWN where the expression has no value; VAL_NOT_APPLICABLE outside the item's universe, VAL_UNKNOWN where that is
 *          unknown.
 * Log      every value or status that changes, with method "derived" and rule "items.csv:LINE". Records that were not changed are not touched. */
#ifndef SHIRABE_PROCESSING_UNIT_DERIVE_ITEMS_H
#define SHIRABE_PROCESSING_UNIT_DERIVE_ITEMS_H
#include "forms/form.h"
#include "processing/unit/change_log.h"
#include "processing/unit/unit_shard.h"

/* One derived item over the rows whose record is marked. */
enum err_code derive_item(struct arena *a, const struct item *item, const struct unit_shard *shard, const uint8_t *changed, struct change_log *log,
    struct err *e) NODISCARD;
enum err_code derive_items(struct arena *a, const struct form *form, const struct unit_shard *shard, const uint8_t *changed, struct change_log *log,
    struct err *e) NODISCARD;
#endif
