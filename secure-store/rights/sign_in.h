/* sign_in.h -- who works at this store handle: an officer shows that he holds his keys. Leaves are in his name from then on.
 * Waiting  wrong passphrases of one key file (named by its hash; nobody is known before it opens): from the third in a row on 30 s, doubled each
 * time, at most 8 hours: E_GRANT_BACKOFF. They are counted in the log, so a new start forgets nothing; the right passphrase waits as well. Errors
 * E_STORE_PASSPHRASE, E_GRANT_BACKOFF, E_OFFICER_UNKNOWN, E_OFFICER_RETIRED, E_CLOCK_*; each refusal one leaf key-unlock-try. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_SIGN_IN_H
#define SHIRABE_SECURE_STORE_RIGHTS_SIGN_IN_H
#include "secure-store/rights/officer.h"

/* keep: NULL, or takes the opened keys (officer_secret_free). */
enum err_code officer_sign_in_file(
    struct store *s, const char *key_path, const char *passphrase, struct officer_secret **keep, struct err *e) NODISCARD;
/* With keys that are open already. Ends the grant that was entered. */
enum err_code officer_sign_in(struct store *s, const struct officer_secret *secret, struct err *e) NODISCARD;
const char *officer_signed_in(const struct store *s); /* "" = nobody */
#endif
