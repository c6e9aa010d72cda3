/* query.h -- 疑義照会: a question about one record to the office that owns it, and its answer. Page: collector/query.md.
 * Parts    a question, an answer and a closing are each one canonical JSON text, signed by its author and never altered on the way; the id of a
 *          part is its SHA-256
 *          (a salt keeps it from confirming a guess of the record). The state of a query is a function of the set of its parts: order and repeats
 *          do not matter.
 * Once     one open query per record and rule; a confirmed value is an override: the rule asks about the record again only when one of its items
 *          changed.
 * Owner    the lowest office. Nobody else changes a record: "correct" and "withdraw" wait in the owner's store as correction requests
 *          (query_correction.h).
 * Privacy  SQLite: ids, counts, states, times and HMAC tokens. Keys, values, reasons rest in sealed blobs and are opened through the access log.
 * Errors   E_QUERY_*. Source: 人口動態調査令施行細則 (questions go back by event-book number); stored overrides after NCHS vital statistics edit
 *          specifications. */
#ifndef SHIRABE_COLLECTOR_QUERY_H
#define SHIRABE_COLLECTOR_QUERY_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "secure-store/store.h"

enum {
  QUERY_ID_HEX = 65,
  QUERY_MAX_PAIRS = 64,
  QUERY_MAX_TEXT = 4096,
  QUERY_MAX_PART = 256 << 10,
  QUERY_MAX_PARTS = 4096,
  QUERY_MAX_LETTER = 16 << 20
};
enum query_kind { QUERY_QUESTION, QUERY_CORRECT, QUERY_CONFIRM, QUERY_WITHDRAW, QUERY_CLOSE, QUERY_KINDS };
const char *query_kind_name(enum query_kind k); /* "question", "correct", ... */

struct query_pair {
  const char *item, *value; /* a value as in batch records: "" blank, \N \U \R \I, \C: before a corrected one */
};
/* One part. Fields that the kind does not have are "". */
struct query_part {
  enum query_kind kind;
  const char *by, *time; /* office id, UTC */
  const char *salt; /* 32 hex digits */
  /* question */
  const char *survey, *form, *version, *period, *owner, *rule, *item, *deadline; /* deadline: ISO date */
  const char *message_ja, *message_en, *remedy_ja, *remedy_en;
  int64_t n_key;
  const struct query_pair *key;
  /* answer, closing */
  const char *query, *reason;
  /* question: what the record holds in the items of the rule; correct: the right values */
  int64_t n_values;
  const struct query_pair *values;
};
/* Canonical JSON. What cannot be written again to the same bytes is refused on reading (E_QUERY_FORMAT). */
enum err_code query_part_write(const struct query_part *p, struct strbuf *out, struct err *e) NODISCARD;
enum err_code query_part_read(struct arena *a, const char *file, struct str json, struct query_part **out, struct err *e) NODISCARD;
void query_id_of(struct str json, char id[QUERY_ID_HEX]);

/* --- tables --- */
enum err_code query_prepare(struct store *s, struct err *e) NODISCARD;
enum err_code query_present(struct store *s, bool *present, struct err *e) NODISCARD; /* a locked store may have no tables yet */

/* --- asking --- */
struct query_request {
  const char *survey, *period, *forms;
  const char *form, *rule, *sender; /* NULL = all */
  int64_t days; /* until the deadline; -1 = as the survey says for the owner's level */
  const struct query_pair *key; /* by hand: the record */
  int n_key;
  const char *item, *message; /* by hand, else NULL */
  const char *hand_rule, *message_en; /* by the program: its rule and the English words; NULL = hand:<item>, the message */
};
struct query_asked {
  int64_t made, open_before, overridden, records, closed; /* closed: their corrected record has come, or the withdrawn one is gone */
  int64_t not_edited; /* not_edited: records received after the last `process run` */
};
enum err_code query_ask(struct store *s, const struct query_request *q, struct query_asked *out, struct err *e) NODISCARD;

/* --- looking --- */
enum query_state { QUERY_ASKED, QUERY_SENT, QUERY_OVERDUE, QUERY_ANSWERED, QUERY_CLOSED, QUERY_STATES };
const char *query_state_name(enum query_state st, enum err_lang lang);
struct query_entry {
  int64_t number, asked, deadline, answered, closed; /* seconds; deadline: days since 1970 */
  const char *id, *survey, *form, *period, *owner, *asker, *rule, *item, *answer; /* answer: kind, "" = none */
  enum query_state state;
};
/* In order of number; NULL = all. */
enum err_code query_list(struct store *s, const char *survey, const char *period, const char *owner, struct arena *a, struct query_entry **out,
    int64_t *n, struct err *e) NODISCARD;
enum err_code query_get(struct store *s, int64_t number, struct arena *a, struct query_entry *out, struct err *e) NODISCARD; /* E_QUERY_UNKNOWN */
/* The question and the answer that stands (NULL = none), opened through the access log entry `access`. */
enum err_code query_open(struct store *s, const struct query_entry *q, int64_t access, struct arena *a, struct query_part **question,
    struct query_part **answer, struct err *e) NODISCARD;

/* --- answering, at the owner or (told by telephone or on paper) at the asker --- */
struct query_reply {
  enum query_kind kind; /* correct, confirm, withdraw, close */
  const char *reason; /* required but for correct */
  const struct query_pair *values;
  int n_values;
  const char *forms;
};
enum err_code query_answer(struct store *s, int64_t number, const struct query_reply *r, struct err *e) NODISCARD;

/* --- letters: down to the owner, up to the asker; one file per neighbour (page: query.md) --- */
struct query_sent {
  int64_t letters, parts;
  bool no_way; /* an owner that neither the batches nor the roster connect with this office: said through the problem sink */
};
/* again: also what was sent before and is still open (a lost medium). */
enum err_code query_send(struct store *s, const char *folder, bool again, struct query_sent *out, struct err *e) NODISCARD;
struct query_taken {
  int64_t questions, answers, closings, known, held; /* held: their question is not here yet */
  char from[48];
};
enum err_code query_take(struct store *s, const char *path, struct query_taken *out, struct err *e) NODISCARD;

/* A letter's JSON, for query_take and the fuzz target. */
struct query_carried {
  const char *by, *key, *text, *signature;
};
struct query_letter {
  const char *from, *to, *recipient_key, *created;
  int64_t n_parts;
  struct query_carried *parts;
};
enum err_code query_letter_write(const struct query_letter *l, struct strbuf *out, struct err *e) NODISCARD;
enum err_code query_letter_read(struct arena *a, const char *file, struct str json, struct query_letter **out, struct err *e) NODISCARD;
#endif
