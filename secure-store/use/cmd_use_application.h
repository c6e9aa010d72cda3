/* cmd_use_application.h -- what the commands about applications share: printing one, warnings, deadlines. */
#ifndef SHIRABE_SECURE_STORE_USE_CMD_USE_APPLICATION_H
#define SHIRABE_SECURE_STORE_USE_CMD_USE_APPLICATION_H
#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/use/application_items.h"

enum err_code use_show_application(struct disposal_cmd *x, struct err *e) NODISCARD; /* operand 1 */
/* Says to the user which items name or link a unit or are listed as sensitive. */
void use_warn_items(struct disposal_cmd *x, const char *id);
/* "end 2026-04-20 (T-30)", "" = none runs. Of the nearest deadline. */
void use_due_text(struct cli *c, const struct application *a, int64_t now, const struct use_policy *p, char out[96], enum use_remind *how);
#endif
