/* ext_sqlite.h -- SQLite as ledger and metadata store; the only includer of <sqlite3.h>. No respondent data goes in.
 * Opened with WAL, synchronous FULL, defensive, untrusted schema, foreign keys on, temp store in memory, no extensions, mmap off.
 * Errors   E_DB (with SQLite's words as found), E_DISK_FULL, E_DB_BUSY (75), E_DB_DAMAGED. Fault injection of atomic_file.h covers every write
 *          through a VFS shim, so that kill and full-disk loops reach SQLite too. */
#ifndef SHIRABE_BASE_EXT_SQLITE_H
#define SHIRABE_BASE_EXT_SQLITE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct db_statement;
enum { DB_READ_ONLY = 1, DB_CREATE = 2 };
enum err_code db_open(const char *path, int flags, struct db **out, struct err *e) NODISCARD;
void db_close(struct db *db); /* rolls back what is open; NULL allowed */
enum err_code db_run(struct db *db, const char *sql, struct err *e) NODISCARD; /* statements without results */
enum err_code db_begin(struct db *db, struct err *e) NODISCARD;               /* BEGIN IMMEDIATE */
enum err_code db_commit(struct db *db, struct err *e) NODISCARD;
void db_rollback(struct db *db); /* safe when nothing is open */
/* Prepared statements are cached by text until db_close; db_prepare resets and clears bindings. */
enum err_code db_prepare(struct db *db, const char *sql, struct db_statement **out, struct err *e) NODISCARD;
void db_bind_int(struct db_statement *s, int i, int64_t v); /* i from 1 */
void db_bind_text(struct db_statement *s, int i, struct str v); /* copied */
void db_bind_cstr(struct db_statement *s, int i, const char *v);
void db_bind_blob(struct db_statement *s, int i, const void *p, size_t n);
void db_bind_null(struct db_statement *s, int i);
/* *row = true: a row is there; false: done. A failed bind is reported here. */
enum err_code db_step(struct db_statement *s, bool *row, struct err *e) NODISCARD;
enum err_code db_execute(struct db_statement *s, struct err *e) NODISCARD; /* step to the end, then reset */
void db_reset(struct db_statement *s);
int64_t db_int(const struct db_statement *s, int i); /* columns from 0 */
struct str db_text(const struct db_statement *s, int i); /* valid until the next step */
struct str db_blob(const struct db_statement *s, int i);
bool db_is_null(const struct db_statement *s, int i);
int64_t db_changes(struct db *db);
int64_t db_last_id(struct db *db);
#endif
