/* ext_expat.c -- see ext_expat.h. */
#include "base/ext_expat.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_DEPTH = 128, MAX_ATTRIBUTES = 256, MAX_TOKEN = 1 << 20, SLICE = 64 * 1024 };
enum { NAMES = 4096, NAME_SLOTS = 8192, NAME_BYTES = 256 * 1024, SHORT = 3, RECENT = 4 };

struct xml_reader {
  XML_Parser parser;
  char file[ERR_FILE_BYTES], subject[ERR_TEXT_BYTES];
  struct xml_handlers handlers;
  void *context;
  enum err_code failure;
  struct err *e; /* of the running feed */
  int depth;
  size_t fed, n_names, name_bytes;
  uint32_t recent[RECENT]; /* a sheet is the same three elements again and again */
  unsigned next_recent;
  uint32_t slots[NAME_SLOTS]; /* 1 + offset in text, 0 = free */
  char text[NAME_BYTES];
};

static void copy_text(char *out, size_t size, const char *in) { snprintf(out, size, "%s", in ? in : ""); }

static void fail(struct xml_reader *r, enum err_code code, const char *found) {
  if (r->failure) return;
  int64_t line = (int64_t)XML_GetCurrentLineNumber(r->parser), column = (int64_t)XML_GetCurrentColumnNumber(r->parser) + 1;
  r->failure = ERR(r->e, code, .file = r->file, .line = line, .column = column, .subject = r->subject, .found = found);
  XML_StopParser(r->parser, XML_FALSE);
}
static void stop_with(struct xml_reader *r, enum err_code code) {
  if (!code || r->failure) return;
  r->failure = code;
  XML_StopParser(r->parser, XML_FALSE);
}

/* --- names: a set, so that their number has a bound --- */
static uint64_t hash_of(const char *p, size_t n) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)p[i]) * 0x100000001b3u;
  return h ^ h >> 29;
}
static void see_name(struct xml_reader *r, const char *name) {
  size_t n = strlen(name);
  if (n <= SHORT) return; /* all of them together are few */
  for (int i = 0; i < RECENT; i++)
    if (r->recent[i] && strcmp(r->text + r->recent[i] - 1, name) == 0) return;
  size_t at = hash_of(name, n) % NAME_SLOTS;
  for (; r->slots[at]; at = (at + 1) % NAME_SLOTS)
    if (strcmp(r->text + r->slots[at] - 1, name) == 0) {
      r->recent[r->next_recent++ % RECENT] = r->slots[at];
      return;
    }
  if (r->n_names == NAMES || n + 1 > NAME_BYTES - r->name_bytes) {
    fail(r, E_XML_LIMIT, "too many different names");
    return;
  }
  memcpy(r->text + r->name_bytes, name, n + 1);
  r->slots[at] = (uint32_t)r->name_bytes + 1;
  r->name_bytes += n + 1;
  r->n_names++;
}

/* --- events --- */
static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes) {
  struct xml_reader *r = context;
  int n = 0;
  if (r->failure) return;
  see_name(r, name);
  for (; attributes[n] && !r->failure; n += 2) see_name(r, attributes[n]);
  if (n > 2 * MAX_ATTRIBUTES) fail(r, E_XML_LIMIT, "too many attributes");
  if (++r->depth > MAX_DEPTH) fail(r, E_XML_LIMIT, "nested too deeply");
  if (!r->failure && r->handlers.start) stop_with(r, r->handlers.start(r->context, name, (const char **)(uintptr_t)attributes, r->e));
}
static void XMLCALL on_end(void *context, const XML_Char *name) {
  struct xml_reader *r = context;
  if (r->failure) return;
  r->depth--;
  if (r->handlers.end) stop_with(r, r->handlers.end(r->context, name, r->e));
}
static void XMLCALL on_text(void *context, const XML_Char *p, int n) {
  struct xml_reader *r = context;
  if (!r->failure && r->handlers.text) stop_with(r, r->handlers.text(r->context, p, (size_t)n, r->e));
}
static void XMLCALL on_namespace(void *context, const XML_Char *prefix, const XML_Char *uri) {
  struct xml_reader *r = context;
  if (r->failure) return;
  if (prefix) see_name(r, prefix);
  if (uri) see_name(r, uri);
}
static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal) {
  (void)name, (void)system, (void)public, (void)internal;
  fail(context, E_XML_DOCTYPE, "");
}
static void XMLCALL on_declaration(void *context, const XML_Char *version, const XML_Char *encoding, int standalone) {
  (void)version, (void)standalone;
  if (encoding && strcasecmp(encoding, "utf-8") && strcasecmp(encoding, "us-ascii")) fail(context, E_XML_ENCODING, encoding);
}

enum err_code xml_reader_new(const char *file, const char *subject, const struct xml_handlers *handlers, void *context, struct xml_reader **out, struct err *e) {
  struct xml_reader *r = calloc(1, sizeof *r);
  *out = NULL;
  if (!r || !(r->parser = XML_ParserCreateNS("UTF-8", ' '))) {
    free(r);
    return ERR(e, E_NO_MEMORY, .subject = subject);
  }
  copy_text(r->file, sizeof r->file, file);
  copy_text(r->subject, sizeof r->subject, subject);
  r->handlers = *handlers;
  r->context = context;
  XML_SetUserData(r->parser, r);
  XML_SetElementHandler(r->parser, on_start, on_end);
  XML_SetCharacterDataHandler(r->parser, on_text);
  XML_SetStartNamespaceDeclHandler(r->parser, on_namespace);
  XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
  XML_SetXmlDeclHandler(r->parser, on_declaration);
  *out = r;
  return E_OK;
}

static bool is_utf16(const char *p, size_t n) {
  return n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0 || memcmp(p, "<\0", 2) == 0 || memcmp(p, "\0<", 2) == 0);
}

static enum err_code parse(struct xml_reader *r, const char *p, size_t n, bool last) {
  if (XML_Parse(r->parser, p, (int)n, last) == XML_STATUS_OK) {
    long begun = (long)XML_GetCurrentByteIndex(r->parser); /* of the tag that is not complete yet; -1 before anything was read */
    if (!last && r->fed - (begun > 0 ? (size_t)begun : 0) > MAX_TOKEN) fail(r, E_XML_LIMIT, "a tag of more than 1 MiB");
    return r->failure;
  }
  if (r->failure) return r->failure;
  enum XML_Error why = XML_GetErrorCode(r->parser);
  if (why == XML_ERROR_NO_MEMORY) return r->failure = ERR(r->e, E_NO_MEMORY, .subject = r->subject);
  fail(r, E_XML_SYNTAX, XML_ErrorString(why));
  return r->failure;
}

enum err_code xml_reader_feed(struct xml_reader *r, const char *p, size_t n, struct err *e) {
  if (r->failure) return r->failure;
  r->e = e;
  if (r->fed == 0 && is_utf16(p, n)) fail(r, E_XML_ENCODING, "UTF-16");
  while (n > 0 && !r->failure) {
    size_t slice = n < SLICE ? n : SLICE;
    r->fed += slice;
    if (parse(r, p, slice, false)) break;
    p += slice;
    n -= slice;
  }
  r->e = NULL;
  return r->failure;
}

enum err_code xml_reader_end(struct xml_reader *r, struct err *e) {
  if (r->failure) return r->failure;
  r->e = e;
  enum err_code code = parse(r, "", 0, true);
  r->e = NULL;
  return code;
}

void xml_reader_free(struct xml_reader *r) {
  if (!r) return;
  XML_ParserFree(r->parser);
  free(r);
}

/* --- names and attributes --- */
const char *xml_local(const char *name) {
  const char *space = strrchr(name, ' ');
  return space ? space + 1 : name;
}
bool xml_is(const char *name, const char *local) { return strcmp(xml_local(name), local) == 0; }
const char *xml_attribute(const char **attributes, const char *name) {
  for (; *attributes; attributes += 2)
    if (strcmp(attributes[0], name) == 0) return attributes[1];
  return NULL;
}
const char *xml_attribute_local(const char **attributes, const char *local) {
  for (; *attributes; attributes += 2)
    if (strchr(attributes[0], ' ') && xml_is(attributes[0], local)) return attributes[1];
  return NULL;
}
