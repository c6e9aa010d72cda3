/* cmd_use_grant.h -- `shirabe use grant`: what changes a grant, and what shows it. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_CMD_USE_GRANT_H
#define SHIRABE_SECURE_STORE_RIGHTS_CMD_USE_GRANT_H
#include "secure-store/rights/cmd_rights.h"

enum err_code grant_cmd_request(struct cli *c, struct store *s, const char *file, struct err *e) NODISCARD;
enum err_code grant_cmd_sign(struct cli *c, struct store *s, const char *id, struct err *e) NODISCARD;
enum err_code grant_cmd_vote(struct cli *c, struct store *s, const char *id, struct err *e) NODISCARD;
enum err_code grant_cmd_activate(struct cli *c, struct store *s, const char *id, struct err *e) NODISCARD;
enum err_code grant_cmd_revoke(struct cli *c, struct store *s, const char *id, struct err *e) NODISCARD;
enum err_code grant_cmd_list(struct cli *c, struct store *s, struct err *e) NODISCARD;
enum err_code grant_cmd_show(struct cli *c, struct store *s, const char *id, struct err *e) NODISCARD;
#endif
