/* err.h -- error values with a stable code; the text is made at the edge.
 * Use      enum err_code f(..., struct err *e) NODISCARD; on failure: return ERR(e, E_X, .file = path, .line = n, .subject = name);
 * Grades   note, warning, rejected (one record), stopped (the job), bug (ours). A bad record never stops a batch; a bug always stops.
 * Text     messages/<layer>.def holds every message once, in English and Japanese, with what to do next; {s} subject, {x} expected, {f} found.
 * Privacy  place, not person: `found` of respondent data must be passed through text_shape() unless the user asked for values.
 * Memory   a value of fixed size, no allocation, so that "out of memory" can be reported. Longer texts are cut at a character boundary.
 * Threads  a struct err belongs to one thread. */
#ifndef SHIRABE_BASE_ERR_H
#define SHIRABE_BASE_ERR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODISCARD __attribute__((warn_unused_result))

enum err_grade { GRADE_NOTE, GRADE_WARNING, GRADE_REJECTED, GRADE_STOPPED, GRADE_BUG };
enum err_lang { LANG_EN, LANG_JA };

/* MSG(name, number, grade, exit status, english, japanese, next step english, next step japanese) */
enum err_code {
  E_OK = 0,
#define MSG(name, number, grade, exit_status, en, ja, next_en, next_ja) name = number,
#include "base/messages.def"
#undef MSG
};

enum { ERR_FILE_BYTES = 256, ERR_TEXT_BYTES = 256, ERR_CAUSES = 3 };

struct err_cause {
  enum err_code code;
  char subject[ERR_TEXT_BYTES];
};

struct err {
  enum err_code code;
  char file[ERR_FILE_BYTES]; /* "" = no place */
  int64_t line, column;      /* 1-based, 0 = not known */
  char subject[ERR_TEXT_BYTES];
  char expected[ERR_TEXT_BYTES];
  char found[ERR_TEXT_BYTES];
  char next[ERR_TEXT_BYTES]; /* overrides the message table's next step */
  int n_causes;
  struct err_cause causes[ERR_CAUSES];
};

struct err_detail {
  const char *file;
  int64_t line, column;
  const char *subject, *expected, *found, *next;
  char none; /* set by ERR() so that no designator is given twice */
};

/* Fills *e (which may be NULL) and returns the code. */
enum err_code err_fill(struct err *e, enum err_code code, const struct err_detail *detail);
#ifdef __clang_analyzer__ /* the analyser sees one file at a time: here it learns that the code itself is returned */
#define ERR(e, code, ...) (err_fill((e), (code), &(struct err_detail){.none = 0, __VA_ARGS__}), (code))
#else
#define ERR(e, code, ...) err_fill((e), (code), &(struct err_detail){.none = 0, __VA_ARGS__})
#endif
/* The present error becomes the cause of a new one: "cannot seal batch" because "disk full". */
enum err_code err_wrap(struct err *e, enum err_code code, const struct err_detail *detail);
#ifdef __clang_analyzer__
#define ERR_WRAP(e, code, ...) (err_wrap((e), (code), &(struct err_detail){.none = 0, __VA_ARGS__}), (code))
#else
#define ERR_WRAP(e, code, ...) err_wrap((e), (code), &(struct err_detail){.none = 0, __VA_ARGS__})
#endif
#define TRY(call)                      \
  do {                                 \
    enum err_code try_code_ = (call);  \
    if (try_code_) return try_code_;   \
  } while (0)

enum err_grade err_grade_of(enum err_code code);
int err_exit_status(enum err_code code);              /* sysexits of DESIGN 9; 0 for E_OK */
const char *err_name(enum err_code code);             /* "E_DISK_FULL" */
/* "E1001"; buffer of 8 bytes or more. */
const char *err_number(enum err_code code, char *buffer, size_t size);
/* One error as text: `place: grade[E1203]: message` then `  expected: ...  found: ...` and `  next: ...`. Returns bytes written without NUL. */
const char *err_phrase(const char *text, enum err_lang lang); /* fixed words with their Japanese (phrases.def); others as they are */
size_t err_format(const struct err *e, enum err_lang lang, char *out, size_t size);
/* The message and the next step alone, in the same words. Return bytes written without NUL. */
size_t err_message_text(const struct err *e, enum err_lang lang, char *out, size_t size);
size_t err_next_text(const struct err *e, enum err_lang lang, char *out, size_t size);
/* Iterates the message table: returns false at the end. For man pages and the message list test. */
struct err_message {
  enum err_code code;
  const char *name;
  enum err_grade grade;
  int exit_status;
  const char *text[2], *next[2];
};
bool err_message_at(size_t i, struct err_message *out);

/* Masks a text so that its form can be shown but not its content: digits become 9, letters A, other characters 〇; signs and the
 * words of dates (年月日, era names) stay. `out` gets at most size-1 bytes. */
const char *text_shape(const char *p, size_t n, char *out, size_t size);
#endif
