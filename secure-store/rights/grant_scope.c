/* grant_scope.c -- which datasets and columns a grant names, and what its purpose allows. */
#include <stdio.h>
#include <string.h>

#include "forms/form.h"
#include "secure-store/rights/grant_impl.h"

/* --- dataset patterns --- */

static bool part_ok(struct str part) {
  if (part.n == 0) return false;
  if (str_eq(part, STR("*"))) return true;
  for (size_t i = 0; i < part.n; i++)
    if ((unsigned char)part.p[i] <= 32 || part.p[i] == '*' || part.p[i] == 127) return false;
  return true;
}

static bool pattern_ok(struct str pattern) {
  int n = 0;
  bool blob = str_starts(pattern, STR("blob/")), ok = true;
  while (pattern.n && ok && n < 5) {
    struct str rest;
    ok = part_ok(str_split(pattern, '/', &rest));
    bool ends_in_slash = rest.n == 0 && pattern.p[pattern.n - 1] == '/';
    ok = ok && !ends_in_slash;
    pattern = rest;
    n++;
  }
  return ok && n == (blob ? 2 : 4);
}

bool grant_dataset_ok(const char *patterns) {
  struct str rest = str_of(patterns);
  if (rest.n == 0 || rest.p[0] == ' ' || rest.p[rest.n - 1] == ' ') return false;
  while (rest.n) {
    struct str one = str_split(rest, ' ', &rest);
    if (!pattern_ok(one)) return false;
  }
  return true;
}

static bool matches(struct str pattern, struct str name) {
  while (pattern.n && name.n) {
    struct str p = str_split(pattern, '/', &pattern), x = str_split(name, '/', &name);
    if (!str_eq(p, STR("*")) && !str_eq(p, x)) return false;
  }
  return pattern.n == 0 && name.n == 0;
}

bool grant_covers_dataset(const struct grant *g, const char *dataset) {
  struct str rest = str_of(g->dataset);
  bool blob = strncmp(dataset, "blob/", 5) == 0;
  while (rest.n) {
    struct str one = str_split(rest, ' ', &rest);
    if (str_starts(one, STR("blob/")) == blob && matches(one, str_of(dataset))) return true;
  }
  return false;
}

/* --- purpose and parts --- */

bool grant_basis_allows(enum grant_basis b, uint8_t part) {
  switch (b) {
    case BASIS_32_I: case BASIS_32_II: return true;
    case BASIS_33_1_I_LIST: return part == PART_ID; /* a list of the frame: no answers */
    default: return part != PART_ID;
  }
}

static const struct shard_column *find_column(const struct shard_header *h, const char *name) {
  for (int k = 0; k < h->n_columns; k++)
    if (strcmp(h->columns[k].name, name) == 0) return &h->columns[k];
  return NULL;
}

enum err_code grant_check_shape_of(const struct grant *g, const struct shard_header *h, struct err *e) {
  if (strcmp(g->column[0], "*") == 0) return E_OK;
  for (int i = 0; i < g->n_columns; i++) {
    const struct shard_column *c = find_column(h, g->column[i]);
    if (!c) return ERR(e, E_GRANT_SCOPE, .subject = g->column[i], .expected = "a column of the dataset", .found = h->dataset);
    if (!grant_basis_allows(g->basis, c->part)) return ERR(e, E_GRANT_SHAPE, .subject = g->column[i], .expected = grant_basis_text(g->basis));
  }
  return E_OK;
}

/* --- every dataset that is there --- */

static enum err_code next_dataset(struct store *s, int64_t *id, char name[STORE_DATASET_BYTES], int64_t *shard, bool *found, struct err *e) {
  struct db_statement *q;
  TRY(db_prepare(s->db,
      "SELECT d.id, d.name, (SELECT max(h.id) FROM shard h WHERE h.dataset_id = d.id) FROM dataset d WHERE d.id > ?1 ORDER BY d.id LIMIT 1", &q, e));
  db_bind_int(q, 1, *id);
  TRY(db_step(q, found, e));
  if (!*found) return E_OK;
  struct str text = db_text(q, 1);
  *id = db_int(q, 0);
  *shard = db_is_null(q, 2) ? 0 : db_int(q, 2);
  snprintf(name, STORE_DATASET_BYTES, "%.*s", (int)text.n, text.p);
  db_reset(q);
  return E_OK;
}

static enum err_code check_dataset(struct store *s, const struct grant *g, const char *name, int64_t shard, struct err *e) {
  struct arena *a = arena_new(0);
  struct shard_header h = {.n_columns = 0};
  enum err_code code = a ? store_shard_header(s, shard, a, &h, e) : ERR(e, E_NO_MEMORY, .subject = name);
  if (!code) code = grant_check_shape_of(g, &h, e);
  arena_free(a);
  return code;
}

enum err_code grant_shape_check(struct store *s, const struct grant *g, struct err *e) {
  char name[STORE_DATASET_BYTES];
  int64_t id = 0, shard = 0;
  bool found = true;
  if (strstr(g->dataset, "blob/") && (g->filter[0] || strcmp(g->column[0], "*") != 0))
    return ERR(e, E_GRANT_SHAPE, .subject = "blob", .expected = "files only with every column and without a filter");
  for (;;) {
    TRY(next_dataset(s, &id, name, &shard, &found, e));
    if (!found) return E_OK;
    if (shard && grant_covers_dataset(g, name)) TRY(check_dataset(s, g, name, shard, e));
  }
}
