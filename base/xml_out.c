#include "base/xml_out.h"

void xml_put(struct strbuf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    const unsigned char c = (unsigned char)s.p[i];
    if (c == '<') strbuf_adds(b, "&lt;");
    else if (c == '>') strbuf_adds(b, "&gt;");
    else if (c == '&') strbuf_adds(b, "&amp;");
    else if (c == '"') strbuf_adds(b, "&quot;");
    else if (c >= 0x20 || c == '\t' || c == '\n') strbuf_addc(b, s.p[i]);
  }
}

void xml_put_attribute(struct strbuf *b, const char *name, struct str value) {
  strbuf_addc(b, ' ');
  strbuf_adds(b, name);
  strbuf_adds(b, "=\"");
  xml_put(b, value);
  strbuf_addc(b, '"');
}

void xml_put_element(struct strbuf *b, const char *start, struct str text, const char *end) {
  strbuf_adds(b, start);
  xml_put(b, text);
  strbuf_adds(b, end);
}
