/* cmd_oversight.h -- what the commands about policy, inspections and contracts share. */
#ifndef SHIRABE_SECURE_STORE_OVERSIGHT_CMD_OVERSIGHT_H
#define SHIRABE_SECURE_STORE_OVERSIGHT_CMD_OVERSIGHT_H
#include "secure-store/rights/cmd_rights.h"

/* The store with its keys, and an officer who leads (chief or manager) signed in; a refusal has left its leaf. Close the store, free the secret. An
 * office without officers has nothing to oversee: E_OVERSIGHT_OFFICERS. */
enum err_code oversight_cmd_leader(struct cli *c, const char *action, const char *object, struct store **s, struct rights_officer *who,
    struct err *e) NODISCARD;
/* The same without asking for a role: the act itself does. */
enum err_code oversight_cmd_officer(struct cli *c, struct store **s, struct rights_officer *who, struct err *e) NODISCARD;
/* Ends a transaction that `code` is the result of; a refusal leaves its leaf. */
enum err_code oversight_cmd_finish(struct store *s, enum err_code code, const char *action, const char *object, struct err *e) NODISCARD;
void oversight_cmd_close(struct store *s, struct rights_officer *who);
/* "2027-03-31" -> the first second of that day, or of the day after it. */
enum err_code oversight_cmd_day(struct cli *c, const char *option, bool end, int64_t *out, struct err *e) NODISCARD;
enum err_code oversight_cmd_text(struct cli *c, const char *option, char *out, size_t size, struct err *e) NODISCARD; /* E_USAGE_REQUIRED */
/* An option without a default and with the range least..most. */
enum err_code oversight_cmd_days(struct cli *c, const char *option, int64_t least, int64_t most, int64_t *out, struct err *e) NODISCARD;
#endif
