/* amendment_trust.c -- who may say something about whose record (amendment.h). */
#include <stdio.h>
#include <string.h>

#include "collector/amendment.h"

int office_level(const char *office) {
  struct str code;
  enum office_type t;
  return office_type_parse(str_split(str_of(office), '-', &code), &t) ? (int)t : -1;
}

/* An office amends what offices below it report. Where the roster knows the owner, the office is among those above it, of whatever years; or the roster
 * ends below the office's level and cannot tell. */
enum err_code amendment_check_reach(struct store *s, const struct amendment *m, const char *file, struct err *e) {
  static const char sql[] = "WITH RECURSIVE up(office) AS (SELECT ?1 UNION SELECT r.parent FROM roster r JOIN up ON r.office = up.office WHERE"
                            " r.survey = ?2 AND r.parent <> '') SELECT office, EXISTS (SELECT 1 FROM roster r WHERE r.office = up.office AND"
                            " r.survey = ?2 AND r.parent <> '') FROM up";
  struct db_statement *q;
  bool row, right = false;
  int level = office_level(m->by);
  TRY(db_prepare(store_db(s), sql, &q, e));
  db_bind_cstr(q, 1, m->office);
  db_bind_cstr(q, 2, m->survey);
  for (;;) {
    char office[48];
    TRY(db_step(q, &row, e));
    if (!row) break;
    snprintf(office, sizeof office, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
    right |= !strcmp(office, m->by) || (!db_int(q, 1) && office_level(office) < level);
  }
  bool below = office_level(m->office) >= 0 && office_level(m->office) < level;
  return below && right ? E_OK : ERR(e, E_AMEND_REACH, .file = file, .subject = m->by, .found = m->office);
}

/* The receipt of the parent names the key, but not its own key for another office: the parent's is known, an enrolled office's too, and who is neither
 * keeps the key that was named first. */
enum err_code amendment_check_key(struct store *s, struct arena *a, const struct amendment *m, const char *key, const char *file, struct err *e) {
  const struct office *here = store_office(s);
  struct office *peer = ARENA_NEW(a, struct office);
  struct db_statement *q;
  bool other;
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "peer");
  if (office_level(m->by) <= (int)here->type)
    return ERR(e, E_AMEND_REACH, .file = file, .subject = m->by, .found = here->id);
  if (!strcmp(m->by, here->parent_id)) return strcmp(key, here->parent_minisign) ? ERR(e, E_BATCH_KEY, .file = file, .subject = m->by) : E_OK;
  if (!strcmp(key, here->parent_minisign)) return ERR(e, E_BATCH_KEY, .file = file, .subject = m->by);
  enum err_code code = store_peer(s, m->by, peer, e);
  if (!code) return strcmp(key, peer->minisign_public) ? ERR(e, E_BATCH_KEY, .file = file, .subject = m->by) : E_OK;
  if (code != E_STORE_NO_PEER) return code;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM amendment WHERE by_office = ? AND signing_key <> ? LIMIT 1", &q, e));
  db_bind_cstr(q, 1, m->by);
  db_bind_cstr(q, 2, key);
  TRY(db_step(q, &other, e));
  db_reset(q);
  return other ? ERR(e, E_BATCH_KEY, .file = file, .subject = m->by) : E_OK;
}
