/* store_pack.h -- a pack of which not everything is wanted any more is written anew without it. For disposal and re-encryption; see pack.md.
 * Order    overwrite_keep on the old file, then inside one transaction store_pack_move and the deletion of the old pack's row, commit, overwrite_all.
 * Why      a segment is bound to the write sequence of its pack, so the new pack keeps it; sealed bytes are copied and never opened.
 * Errors   E_STORE_TAMPERED when a segment to be moved is not the one its row speaks of; those of pack.h and the database. */
#ifndef SHIRABE_SECURE_STORE_STORE_PACK_H
#define SHIRABE_SECURE_STORE_STORE_PACK_H
#include "secure-store/store_impl.h"

struct store_old_pack {
  int64_t id;
  uint64_t write_sequence;
  char name[64];
};
void store_pack_row(const struct db_statement *q, struct store_old_pack *out); /* of columns id, name, write_sequence */
/* Moves the segments of a pack into a new one; those whose ids are in the table `leave` ("temp.x", column id) stay, NULL = none. No segment left:
 * no new pack. Inside a transaction that writes no other pack. */
enum err_code store_pack_move(struct store *s, const struct store_old_pack *old, const char *leave, struct err *e) NODISCARD;
#endif
