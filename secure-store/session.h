/* session.h -- a session: one process holds the keys of a store, opened once; the commands it starts ask it instead of asking for the passphrase.
 * Broker   runs in the process of `shirabe store unlock -- COMMAND`; its child is COMMAND, which inherits one end of a socketpair (its number in
 *          SHIRABE_SESSION). No name in the file system, no listening socket, nothing for programs that were not started by it.
 * Ends     when COMMAND ends; when a command of it says so (`shirabe store seal`); 15 minutes after the last command closed the store; 8 hours
 *          after it began, sleep included (CLOCK_BOOTTIME). Keys are wiped then; a command that runs on is refused its next key (E_SESSION_ENDED).
 * Holds    ROOT, the KEKs, the secrets of the office (age, minisign, log). A command gets: DEKs it names, the key of the log details, signatures,
 *          file keys of age files. Changing or destroying keys needs the passphrase (E_SESSION_REFUSED).
 * Apart    after COMMAND has been started the broker shuts itself in: Landlock on the store's folder, no sockets, no exec, no fork; not dumpable, so
 *          that no other process of the user can attach to it.
 * Log      `session:ID` begins and ends with a leaf each; every command's own unlock leaf says `session`. */
#ifndef SHIRABE_SECURE_STORE_SESSION_H
#define SHIRABE_SECURE_STORE_SESSION_H
#include <sys/types.h>

#include "secure-store/keystore.h"

enum { SESSION_IDLE_SECONDS = 15 * 60, SESSION_SECONDS = 8 * 3600 };
struct session_limits {
  int64_t idle_seconds, seconds;
};
enum session_end { SESSION_CHILD_ENDED, SESSION_IDLE, SESSION_TOO_LONG, SESSION_SEALED };
const char *session_end_name(enum session_end end); /* "command-ended", "idle", "too-long", "sealed" */

/* The two ends; the second one goes to the child. */
enum err_code session_pair(int ends[2], struct err *e) NODISCARD;
/* Answers until the session ends; keys stay open. child_end is closed in this process already. */
enum session_end session_serve(struct keystore *keys, int end, pid_t child, const struct session_limits *limits);

/* The other side: a keystore whose secrets are with the session. E_SESSION_ENDED; E_SESSION_REFUSED when it is the session of another store. */
enum err_code keystore_open_session(const char *path, int session, struct keystore **out, struct err *e) NODISCARD;
/* Ends the session: the broker wipes the keys and writes its last leaf; what still runs in it gets no more. */
enum err_code session_seal(const char *path, int session, struct err *e) NODISCARD;
/* The descriptor of SHIRABE_SESSION, -1 when there is none. */
int session_descriptor(void);
#endif
