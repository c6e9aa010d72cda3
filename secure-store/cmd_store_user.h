/* cmd_store_user.h -- the actions of `shirabe store user`, one function each; cmd_store_user.c picks. */
#ifndef SHIRABE_SECURE_STORE_CMD_STORE_USER_H
#define SHIRABE_SECURE_STORE_CMD_STORE_USER_H
#include "secure-store/cmd_officers.h"
#include "secure-store/rights/cmd_rights.h"

/* The i-th operand after the action; E_USAGE_REQUIRED with `what` when it is missing. */
enum err_code user_operand(struct cli *c, int i, const char *what, const char **out, struct err *e) NODISCARD;
/* E_USAGE_OPERANDS when there are more than n after the action. */
enum err_code user_operands(struct cli *c, int n, struct err *e) NODISCARD;
/* Opens the store and signs in an officer who leads (role chief or manager); a refusal has left its leaf. Close the store, free who->secret. */
enum err_code user_leader(struct cli *c, const char *action, const char *object, struct store **s, struct rights_officer *who,
    struct err *e) NODISCARD;
/* A card for people to compare: id, name, fingerprint, file. */
enum err_code user_say_card(struct cli *c, const struct officer *o, const char *path, struct err *e) NODISCARD;

enum err_code user_key(struct cli *c, struct err *e) NODISCARD;  /* FILE: makes key file and card */
enum err_code user_card(struct cli *c, struct err *e) NODISCARD; /* CARD: shows it; with --trained, --pledge, --section written anew */
enum err_code user_role(struct cli *c, struct err *e) NODISCARD; /* list | propose | approve | refuse | revoke */
#endif
