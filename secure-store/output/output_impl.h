/* output_impl.h -- what the output_*.c files share. */
#ifndef SHIRABE_SECURE_STORE_OUTPUT_OUTPUT_IMPL_H
#define SHIRABE_SECURE_STORE_OUTPUT_OUTPUT_IMPL_H
#include "secure-store/output/embargo.h"
#include "secure-store/output/output.h"
#include "secure-store/output/output_file.h"
#include "secure-store/rights/grant_impl.h"

#define OUTPUT_LEADERS (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER))
#define OUTPUT_CHECKERS ROLE_BIT(LOG_ROLE_REVIEWER)
void output_object(const char *id, char out[RECORD_OBJECT_BYTES]);
enum err_code output_refuse(struct store *s, enum output_step step, const char *id, struct err *e) NODISCARD; /* one leaf */
/* The row after a step: state, serial, time. E_OUTPUT_STATE. */
enum err_code output_step(struct store *s, struct output *o, enum output_step step, struct err *e) NODISCARD;
/* In the open transaction: one row and its leaf, in the name of the officer. */
enum err_code output_put(struct store *s, const struct output *o, enum output_step step, const struct act_by *by, struct err *e) NODISCARD;
/* The same, with his signature under the row. */
enum err_code output_put_signed(struct store *s, const struct output *o, enum output_step step, const struct act_by *by, struct err *e) NODISCARD;
/* Signed in: the officer's keys fit the store. E_DISPOSAL_OFFICER when nobody signs or the store has no officers. */
enum err_code output_who(struct store *s, const struct act_by *by, struct err *e) NODISCARD;
const char *output_verdict_text(enum output_verdict v);
#endif
