/* ext_expat.h -- XML as a stream of events through expat; the only includer of <expat.h>. For data that offices send, so it is strict.
 * Input    UTF-8 in pieces of any size. A byte order mark is allowed; another declared or detected encoding is E_XML_ENCODING.
 * Refused  any document type declaration (E_XML_DOCTYPE: no entity is ever defined, internal or external), E_XML_SYNTAX with line and column.
 * Limits   E_XML_LIMIT: depth 128, 256 attributes, 1 MiB for one tag, comment or instruction, 4,096 different names of 256 KiB together. expat keeps every
 *          name it has seen, and looks at an unfinished tag again with each piece: without these two its memory and time have no bound.
 * Names    with namespace: "http://... local"; xml_local() gives the part behind it.
 * Memory   below 8 MiB whatever the input. */
#ifndef SHIRABE_BASE_EXT_EXPAT_H
#define SHIRABE_BASE_EXT_EXPAT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct xml_handlers { /* each may be NULL; an error stops the reading and is returned */
  enum err_code (*start)(void *context, const char *name, const char **attributes, struct err *e); /* name, value, ..., NULL */
  enum err_code (*end)(void *context, const char *name, struct err *e);
  enum err_code (*text)(void *context, const char *p, size_t n, struct err *e); /* a text may come in several pieces */
};
struct xml_reader;
enum err_code xml_reader_new(const char *file, const char *subject, const struct xml_handlers *handlers, void *context, struct xml_reader **out, struct err *e) NODISCARD;
enum err_code xml_reader_feed(struct xml_reader *r, const char *p, size_t n, struct err *e) NODISCARD;
enum err_code xml_reader_end(struct xml_reader *r, struct err *e) NODISCARD;
void xml_reader_free(struct xml_reader *r); /* NULL allowed */

const char *xml_local(const char *name);
bool xml_is(const char *name, const char *local); /* whatever the namespace */
const char *xml_attribute(const char **attributes, const char *name); /* without namespace; NULL when absent */
const char *xml_attribute_local(const char **attributes, const char *local); /* in a namespace; NULL when absent */
#endif
