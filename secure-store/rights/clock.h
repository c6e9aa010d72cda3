/* clock.h -- guarded time of a store (secure.md 4.9): max(wall clock, last leaf), and what happens when the wall clock is not believed.
 * Back     more than 120 s before the last leaf: E_CLOCK_BACK, nothing is written but one clock-anomaly leaf, dated like the last one.
 * Ahead    in a store with officers more than 24 hours after the last leaf, and the running time of this start of the machine does not explain it:
 *          leaves keep the date of the last one and store_now gives E_CLOCK_JUMP until two officers with role chief or manager have confirmed the
 *          date (kind "clock"). So a clock that ran ahead by mistake never dates the log in the future, and a grant cannot be brought back by moving
 *          the clock.
 * Wall     UTC; leap seconds and summer time do not exist in it. SHIRABE_CLOCK is believed in a store of the light profile, or one without officers.
 * Forms    the object that officers confirm: canonical JSON "shirabe-clock-1": install, last (date of the last leaf), until (the latest date they
 *          vouch for). */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_CLOCK_H
#define SHIRABE_SECURE_STORE_RIGHTS_CLOCK_H
#include "base/str.h"
#include "secure-store/store.h"

int64_t store_clock_wall(const struct store *s);
int64_t store_clock_leaf(const struct store *s); /* the date a leaf gets now */
bool store_clock_jumped(const struct store *s);  /* the wall clock stands more than a day ahead, unconfirmed */
enum err_code store_clock_open(struct store *s, struct err *e) NODISCARD; /* store_open: E_LOG_CLOCK and one leaf when the clock stands back */
/* What two officers are to approve so that dates up to `until` count. */
enum err_code store_clock_text(const struct store *s, int64_t until, struct strbuf *out, uint8_t subject[32], struct err *e) NODISCARD;
/* Stores an approval of exactly that; inside a transaction. */
enum err_code store_clock_approve(struct store *s, int64_t until, struct str approval, struct err *e) NODISCARD;
#endif
