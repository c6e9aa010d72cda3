/* ledger_notice.h -- decisions of the office above, as they come down in a receipt, and what an office must be told whenever it opens its store.
 * Down     the receipt's extra member `decisions`: office, state, number, by, at, officer, reason (batch.md). A receipt is made again after each
 * decision. Here     ledger_notice keeps the newest per survey x period x office; the reason rests sealed. A receipt that comes twice or late changes
 * nothing. Banner   a batch without receipt after `receipt_days` of the survey (LEDGER_RECEIPT_DAYS when it names none), and a month that was sent
 * back. */
#ifndef SHIRABE_COLLECTOR_LEDGER_NOTICE_H
#define SHIRABE_COLLECTOR_LEDGER_NOTICE_H
#include "base/ext_json.h"
#include "base/json_out.h"
#include "collector/ledger_state.h"

enum { LEDGER_RECEIPT_DAYS = 14 };
/* Writes the member `decisions` when there is one about `office` or below it; the reasons are opened under `access`. */
enum err_code ledger_decisions_put(struct store *s, struct json_out *j, const char *survey, const char *period, const char *office, int64_t access,
    struct err *e) NODISCARD;
/* Inside the importing transaction. */
enum err_code ledger_decisions_take(struct store *s, const char *file, struct str receipt_json, struct err *e) NODISCARD;
/* E_LEDGER_LOCKED when an office above has accepted this office's month. */
enum err_code ledger_locked_above(struct store *s, const char *survey, const char *period, struct err *e) NODISCARD;
/* Each to the sink: E_LEDGER_NO_RECEIPT, E_LEDGER_RETURNED. receipt_days[i] < 0: the default. */
typedef int64_t (*ledger_days_fn)(void *context, const char *survey);
enum err_code ledger_banner(
    struct store *s, ledger_days_fn days, void *context, void (*sink)(void *context, const struct err *e), struct err *e) NODISCARD;

/* Shared by the writers of decisions. */
enum err_code ledger_note_put(struct store *s, const char *name, const char *reason, const char *officer, char blob[65], struct err *e) NODISCARD;
enum err_code ledger_note_get(
    struct store *s, const char *blob, int64_t access, struct arena *a, const char **officer, const char **reason, struct err *e) NODISCARD;
enum err_code ledger_write_event(struct store *s, const struct ledger_event *v, const char *note_blob, struct err *e) NODISCARD;
enum err_code ledger_decisions_head(struct store *s, uint8_t hash[32], struct err *e) NODISCARD;
#endif
