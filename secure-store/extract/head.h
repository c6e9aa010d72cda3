/* head.h -- what an extract says about itself: for whom, under which right, from what. Goes into the manifest, the codebook, the terms, file
 * labels. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_HEAD_H
#define SHIRABE_SECURE_STORE_EXTRACT_HEAD_H
#include <stdbool.h>
#include <stdint.h>

#include "secure-store/extract/row_id.h"

struct extract_head {
  const char *provision;           /* "<grant>.<n>": the n-th package of the grant */
  const char *grant, *basis, *purpose, *output_rule, *place;
  const char *person, *person_name, *organisation, *recipient; /* officer id, names, age1... */
  const char *office, *office_name; /* who provides */
  const char *dataset, *survey, *form, *version, *period, *stage;
  const char *title_ja, *title_en;
  char mark[ROW_ID_TEXT];
  char grant_sha256[65], schema_sha256[65], state_root[65], program_sha256[65], form_sha256[65];
  int64_t made, from, until;       /* until: the files are destroyed by then */
  int64_t log_index;               /* of the leaf that allowed the reading */
  bool demo;
};
#endif
