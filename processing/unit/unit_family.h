/* unit_family.h -- records of several types as one dataset: which record is whose parent, and for expressions the children of a record and the items
 * of its parent.
 * Types    a shard holds one record type, told by its columns (E_RECORD_TYPE when they fit none). Record numbers run over all shards in their order.
 * Keys     a child carries the keys of its parent among its own (E_CHILD_KEYS); they are compared as in unit_join.h. Children stand in the order of
 *          their other keys
 *          (numbers by value, else texts; missing ones last), wherever they came in: the same for any order of rows and shards.
 * Missing  a child without parent stays: parent -1, items of the parent blank. A parent may have no child.
 * Copies   children and parents' items are copies of the named columns; unit_family_refresh() brings them up to what the records hold now.
 * Memory   32 bytes per child record and the copied cells. Cost: one hash and one sort per child type; a refresh copies each named cell once. */
#ifndef SHIRABE_PROCESSING_UNIT_UNIT_FAMILY_H
#define SHIRABE_PROCESSING_UNIT_UNIT_FAMILY_H
#include "processing/edit/edit_rule.h"

struct unit_place { /* where a record lies */
  int shard;
  int64_t row;
};
struct unit_gathered { /* rows of other records, in the order of the records that read them */
  struct table table;
  const struct unit_place *from; /* [table.n_rows]; shard -1 = nowhere, all blank */
};
struct unit_type {
  const struct record_type *record;
  int parent;                /* index of its parent's type, -1 = top */
  struct unit_shard *shards; /* copies of the family's shards of this type, in order */
  int n_shards;
  int64_t n_records, n_orphans, n_childless; /* orphans: of this type, without parent; childless: of the parent's type, without one of this */
};
struct unit_family {
  struct arena *arena;
  const struct form *form;
  struct unit_shard *all;
  int n_all;
  int64_t n_records;
  struct unit_type *types; /* [form->n_records] */
  int64_t *parent;         /* [n_records] -1 = none */
  uint8_t *type;           /* [n_records] */
  struct unit_gathered **gathered;
  int n_gathered;
};
/* Index of the type that a table of the form's columns holds, -1 = none. */
int unit_type_of(const struct form *form, const struct table *t);
/* shards: current and first_record are set; record, children and parent are set here. names: columns that expressions read from children and parents.
 * */
enum err_code unit_family_new(struct arena *a, const struct form *form, struct unit_shard *shards, int n_shards, const struct name_set *names,
    struct unit_family **out, struct err *e) NODISCARD;
enum err_code unit_family_refresh(struct unit_family *f, struct err *e) NODISCARD;
/* The types' copies of the shards after fields of the shards were set (previous, frame). */
void unit_family_shards(struct unit_family *f);
/* Children of one type of a record, in their order: from[0 .. returned-1]; type: index. */
int64_t unit_children_of(const struct unit_family *f, int64_t record, int type, const struct unit_place **from);
int64_t unit_record_at(const struct unit_family *f, struct unit_place p);
struct unit_place unit_place_of(const struct unit_family *f, int64_t record);
#endif
