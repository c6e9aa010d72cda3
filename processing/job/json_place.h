/* json_place.h -- on which line of a JSON text a value stands, so that a mistake in process.json is told with its place. The text is valid JSON
 *    already.
 * Cost     one pass over the text up to the value; nothing allocated. */
#ifndef SHIRABE_PROCESSING_JOB_JSON_PLACE_H
#define SHIRABE_PROCESSING_JOB_JSON_PLACE_H
#include <stdint.h>

#include "base/str.h"

struct json_way { /* one step down: into the member `key`, or (key NULL) into element `index` */
  const char *key;
  int64_t index;
};
int64_t json_line(
    struct str text, const struct json_way *way, int n); /* of the value's first character, from 1; the last one reached when a part is absent */
#endif
