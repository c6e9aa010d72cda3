/* source.h -- which rows and columns of which dataset an extract takes, described from the form; the shape that the purpose allows is checked here
 * a second time, whatever the grant says. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_SOURCE_H
#define SHIRABE_SECURE_STORE_EXTRACT_SOURCE_H
#include "secure-store/extract/frame.h"
#include "secure-store/extract/provide.h"
#include "secure-store/rights/grant.h"

struct extract_source {
  struct store *s;
  const char *dataset; /* name */
  struct dataset_key key;
  const struct form *form;
  int64_t access;      /* intent under which it reads; set before the first read */
  const char *const *names;
  int n_columns;
  struct frame_column *columns;
  int64_t n_units;
  struct provision_unit *units;
  int64_t *rows;
  const char **shard_hash;
  struct frame_source frame; /* reads through it */
};
/* dataset: NULL = the one that the grant names. Errors: E_EXTRACT_DATASET, _FORM, _SHAPE, _EMPTY, E_GRANT_SCOPE. */
enum err_code extract_source_open(struct store *s, struct arena *a, const struct grant *g, const char *dataset, const char *forms,
    struct extract_source *out, struct err *e) NODISCARD;
/* May a column of this part be in a package with this basis? frame: names and addresses, for lists. */
bool extract_part_allowed(enum grant_basis basis, uint8_t part, const char **why);
void extract_schema_hash(const struct extract_source *x, char hex[65]);
#endif
