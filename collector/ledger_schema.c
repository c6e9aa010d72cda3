/* The ledger's tables. Numbered steps so that later versions add and never rewrite. */
#include "base/ext_sqlite.h"
#include "collector/amendment.h"
#include "collector/batch_chain.h"
#include "collector/ledger.h"
#include "collector/version_store.h"
#include "collector/ledger_state.h"

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS roster(office TEXT NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL, survey TEXT NOT NULL, forms TEXT NOT NULL,"
    " since TEXT NOT NULL, until TEXT NOT NULL, PRIMARY KEY(office, survey, since)) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_sent(id TEXT PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL,"
    " created INTEGER NOT NULL, file_name TEXT NOT NULL, blob TEXT NOT NULL, written INTEGER NOT NULL DEFAULT 0, receipt_time INTEGER, receipt_blob TEXT,"
    " UNIQUE(survey, sequence)) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_shard(shard INTEGER PRIMARY KEY, batch TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS batch(id TEXT PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, sender TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " kind TEXT NOT NULL, received INTEGER NOT NULL, late INTEGER NOT NULL, carried_by TEXT NOT NULL, signing_key TEXT NOT NULL, manifest_blob TEXT NOT NULL,"
    " signature_blob TEXT NOT NULL, previous TEXT NOT NULL, carried_in TEXT NOT NULL, receipt_blob TEXT NOT NULL DEFAULT '', forwarded_in TEXT NOT NULL DEFAULT '', UNIQUE(sender, survey, sequence)) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_member(batch TEXT NOT NULL, name TEXT NOT NULL, blob TEXT NOT NULL, PRIMARY KEY(batch, name)) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_count(batch TEXT NOT NULL, form TEXT NOT NULL, version TEXT NOT NULL, declared INTEGER NOT NULL, accepted INTEGER NOT NULL,"
    " rejected INTEGER NOT NULL, queried INTEGER NOT NULL, withdrawn INTEGER NOT NULL, shard INTEGER NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY(batch, form)) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_held(id TEXT PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, sender TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " received INTEGER NOT NULL, blob TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS batch_alarm(survey TEXT NOT NULL, sender TEXT NOT NULL, sequence INTEGER NOT NULL, known TEXT NOT NULL, other TEXT NOT NULL,"
    " noticed INTEGER NOT NULL, PRIMARY KEY(sender, survey, sequence, other)) STRICT",
};

enum err_code ledger_prepare(struct store *s, struct err *e) {
  for (size_t i = 0; i < sizeof schema / sizeof *schema; i++) TRY(db_run(store_db(s), schema[i], e));
  TRY(amendment_prepare(s, e));
  TRY(batch_chain_prepare(s, e));
  TRY(version_prepare(s, e));
  return ledger_states_prepare(s, e);
}
