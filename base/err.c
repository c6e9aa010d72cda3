/* err.c -- see err.h. The texts stand in messages/<layer>.def; nothing here allocates. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const struct err_message messages[] = {
#define MSG(name, number, grade, exit_status, en, ja, next_en, next_ja) {name, #name, grade, exit_status, {en, ja}, {next_en, next_ja}},
#include "base/messages.def"
#undef MSG
};
enum { N_MESSAGES = sizeof messages / sizeof *messages };

static const struct err_message *message_of(enum err_code code) {
  for (size_t i = 0; i < N_MESSAGES; i++)
    if (messages[i].code == code) return &messages[i];
  return NULL;
}

bool err_message_at(size_t i, struct err_message *out) {
  if (i >= N_MESSAGES) return false;
  *out = messages[i];
  return true;
}

/* Copies at most size - 1 bytes and never half a character. */
static void copy_cut(char *to, size_t size, const char *from) {
  size_t n = from ? strlen(from) : 0;
  if (n >= size) {
    n = size - 1;
    while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80) n--;
  }
  if (n) memcpy(to, from, n);
  to[n] = 0;
}

/* Built apart: the details may point into the error that is being replaced. */
static struct err err_make(enum err_code code, const struct err_detail *d) {
  struct err made = {.code = code};
  if (!d) return made;
  made.line = d->line;
  made.column = d->column;
  copy_cut(made.file, sizeof made.file, d->file);
  copy_cut(made.subject, sizeof made.subject, d->subject);
  copy_cut(made.expected, sizeof made.expected, d->expected);
  copy_cut(made.found, sizeof made.found, d->found);
  copy_cut(made.next, sizeof made.next, d->next);
  return made;
}

enum err_code err_fill(struct err *e, enum err_code code, const struct err_detail *detail) {
  if (e) *e = err_make(code, detail);
  return code;
}

enum err_code err_wrap(struct err *e, enum err_code code, const struct err_detail *detail) {
  if (!e) return code;
  struct err made = err_make(code, detail);
  made.causes[0].code = e->code;
  memcpy(made.causes[0].subject, e->subject, sizeof e->subject);
  made.n_causes = 1;
  for (int i = 0; i < e->n_causes && made.n_causes < ERR_CAUSES; i++) made.causes[made.n_causes++] = e->causes[i];
  if (!made.file[0]) { /* the place is the deepest one known */
    memcpy(made.file, e->file, sizeof e->file);
    made.line = e->line;
    made.column = e->column;
  }
  if (!made.expected[0] && !made.found[0]) {
    memcpy(made.expected, e->expected, sizeof e->expected);
    memcpy(made.found, e->found, sizeof e->found);
  }
  *e = made;
  return code;
}

enum err_grade err_grade_of(enum err_code code) {
  const struct err_message *m = message_of(code);
  return m ? m->grade : code == E_OK ? GRADE_NOTE : GRADE_BUG;
}

int err_exit_status(enum err_code code) {
  if (code == E_OK) return 0;
  const struct err_message *m = message_of(code);
  return m ? m->exit_status : 70;
}

const char *err_name(enum err_code code) {
  const struct err_message *m = message_of(code);
  return m ? m->name : code == E_OK ? "E_OK" : "E_?";
}

const char *err_number(enum err_code code, char *buffer, size_t size) {
  snprintf(buffer, size, "E%04d", (int)code);
  return buffer;
}

struct writer {
  char *p;
  size_t n, size;
  bool full; /* the first piece that does not fit ends the text: no later piece slips in */
};

static void put(struct writer *w, const char *p, size_t n) {
  if (w->full || n >= w->size - w->n) {
    w->full = true;
    return;
  }
  memcpy(w->p + w->n, p, n);
  w->n += n;
}

/* Control characters, bidirectional overrides and broken bytes would let a file's content rewrite the terminal. */
static bool harmless(uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return false;
  return !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0x2028 && c != 0x2029 && c != 0xfeff;
}

static void put_text(struct writer *w, const char *text) {
  size_t n = strlen(text);
  for (size_t at = 0; at < n;) {
    uint32_t c;
    size_t length = utf8_decode(text + at, n - at, &c);
    if (length && harmless(c)) put(w, text + at, length);
    else put(w, "?", 1);
    at += length ? length : 1;
  }
}

static void put_number(struct writer *w, int64_t v) {
  char digits[32];
  int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
  put(w, digits, (size_t)n);
}

/* Fills {s} {x} {f}; reports which of expected and found it used, so that they are not said twice. */
static void put_message(struct writer *w, const char *text, const struct err *e, const char *subject, bool *used_expected, bool *used_found) {
  for (const char *p = text; *p;) {
    const char *value = NULL;
    if (p[0] == '{' && p[1] && p[2] == '}') {
      value = p[1] == 's' ? subject : p[1] == 'x' ? e->expected : p[1] == 'f' ? e->found : NULL;
      if (p[1] == 'x') *used_expected = true;
      if (p[1] == 'f') *used_found = true;
    }
    if (value) {
      put_text(w, value);
      p += 3;
    } else {
      uint32_t c;
      size_t length = utf8_decode(p, strlen(p), &c); /* whole characters: the text may end here */
      put(w, p, length ? length : 1);
      p += length ? length : 1;
    }
  }
}

static const char *grade_word(enum err_grade grade, enum err_lang lang) {
  static const char *const words[5][2] = {{"note", "参考"}, {"warning", "警告"}, {"rejected", "受入不可"}, {"error", "エラー"}, {"bug", "不具合"}};
  return words[grade][lang];
}

static void put_place(struct writer *w, const struct err *e) {
  if (!e->file[0]) return;
  put_text(w, e->file);
  put(w, ":", 1);
  if (e->line > 0) {
    put_number(w, e->line);
    put(w, ":", 1);
    if (e->column > 0) {
      put_number(w, e->column);
      put(w, ":", 1);
    }
  }
  put(w, " ", 1);
}

static void put_head(struct writer *w, enum err_code code, enum err_lang lang) {
  char number[8];
  err_number(code, number, sizeof number);
  put_text(w, grade_word(err_grade_of(code), lang));
  put(w, "[", 1);
  put_text(w, number);
  put(w, "]: ", 3);
}

static void put_labelled(struct writer *w, const char *before, const char *label, const char *text) {
  put(w, before, strlen(before));
  put(w, label, strlen(label));
  put(w, ": ", 2);
  put_text(w, text);
}

static void put_causes(struct writer *w, const struct err *e, enum err_lang lang) {
  for (int i = 0; i < e->n_causes && i < ERR_CAUSES; i++) {
    const struct err_message *m = message_of(e->causes[i].code);
    bool ignored = false;
    put_labelled(w, "\n  ", lang == LANG_JA ? "原因" : "because", "");
    put_head(w, e->causes[i].code, lang);
    if (m) put_message(w, m->text[lang], e, e->causes[i].subject, &ignored, &ignored);
  }
}

struct said {
  bool expected, found; /* the message itself named them */
};

static struct said put_own_message(struct writer *w, const struct err *e, enum err_lang lang) {
  const struct err_message *m = message_of(e->code);
  struct said said = {false, false};
  if (m) put_message(w, m->text[lang], e, e->subject, &said.expected, &said.found);
  else put_text(w, lang == LANG_JA ? "メッセージ表にない誤り" : "error without a message");
  return said;
}

static void put_next(struct writer *w, const struct err *e, enum err_lang lang) {
  const struct err_message *m = message_of(e->code);
  bool ignored = false;
  if (e->next[0]) put_text(w, e->next);
  else if (m) put_message(w, m->next[lang], e, e->subject, &ignored, &ignored);
}

static size_t finish(struct writer *w) {
  if (w->size > 0) w->p[w->n] = 0;
  return w->n;
}

size_t err_message_text(const struct err *e, enum err_lang lang, char *out, size_t size) {
  struct writer w = {.p = out, .size = size};
  put_own_message(&w, e, lang);
  return finish(&w);
}

size_t err_next_text(const struct err *e, enum err_lang lang, char *out, size_t size) {
  struct writer w = {.p = out, .size = size};
  put_next(&w, e, lang);
  return finish(&w);
}

/* Expected and found are said by the code in English; those that users of the output check meet have their Japanese (phrases.def). */
const char *err_phrase(const char *text, enum err_lang lang) {
  static const struct {
    const char *en, *ja;
  } list[] = {
#define PHRASE(en, ja) {en, ja},
#include "base/phrases.def"
#undef PHRASE
  };
  for (size_t i = 0; lang == LANG_JA && i < sizeof list / sizeof *list; i++)
    if (strcmp(list[i].en, text) == 0) return list[i].ja;
  return text;
}
size_t err_format(const struct err *e, enum err_lang lang, char *out, size_t size) {
  struct writer w = {.p = out, .size = size};
  bool ja = lang == LANG_JA;
  put_place(&w, e);
  put_head(&w, e->code, lang);
  struct said said = put_own_message(&w, e, lang);
  bool expected = e->expected[0] && !said.expected, found = e->found[0] && !said.found;
  if (expected) put_labelled(&w, "\n  ", ja ? "期待" : "expected", err_phrase(e->expected, lang));
  if (found) put_labelled(&w, expected ? "  " : "\n  ", ja ? "実際" : "found", err_phrase(e->found, lang));
  put_causes(&w, e, lang);
  const struct err_message *m = message_of(e->code);
  const char *label = ja ? "\n  次に: " : "\n  next: ";
  if (e->next[0] || (m && m->next[lang][0])) put(&w, label, strlen(label));
  put_next(&w, e, lang);
  return finish(&w);
}
