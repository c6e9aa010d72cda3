/* cmd_release.h -- the check of a bundle folder as a command: prints what release_check finds; the exit status. Operand 0 is the folder, option key
 *          the key. */
#ifndef SHIRABE_SECURE_STORE_CMD_RELEASE_H
#define SHIRABE_SECURE_STORE_CMD_RELEASE_H
#include "base/cli.h"

int cmd_release_check_bundle(struct cli *c);
#endif
