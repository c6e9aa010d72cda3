/* xml_out.h -- text and attributes of XML: escaped, and without the characters that XML 1.0 cannot hold. Input must be UTF-8. */
#ifndef SHIRABE_BASE_XML_OUT_H
#define SHIRABE_BASE_XML_OUT_H
#include "base/str.h"

void xml_put(struct strbuf *b, struct str s);                                       /* & < > " escaped; control characters left out */
void xml_put_attribute(struct strbuf *b, const char *name, struct str value);       /* ` name="value"` */
void xml_put_element(struct strbuf *b, const char *start, struct str text, const char *end); /* start and end as given */
#endif
