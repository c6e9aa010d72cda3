/* recontact.h -- what calling back found: the answers to the queries of a selective step, joined to the scores of the records they were about.
 * Joined   by survey, form, period, rule step:NAME and the record's keys. confirmed: the value stands; changed: corrected or withdrawn.
 * Bands    at most RECONTACT_BANDS of about equal numbers of queried records, the largest scores first; hit rate = changed / answered.
 * Privacy  keys are opened through the access log and not kept; only counts and scores leave. Cost: one opened query each. */
#ifndef SHIRABE_FRONT_RECONTACT_H
#define SHIRABE_FRONT_RECONTACT_H
#include "processing/command/cmd_process_replay.h"

enum { RECONTACT_BANDS = 5 };
enum recontact_outcome { RECONTACT_OPEN, RECONTACT_CONFIRMED, RECONTACT_CHANGED, RECONTACT_OUTCOMES };
struct recontact_case {
  double score;
  enum recontact_outcome outcome;
};
struct recontact {
  int64_t n, room;
  struct recontact_case *cases;
  int64_t not_found; /* queries about records that the replay has not */
};
struct recontact_band {
  double from, to; /* largest and smallest score */
  int64_t asked, by[RECONTACT_OUTCOMES];
};
/* Adds the queries of one replayed period. */
enum err_code recontact_add(struct recontact *all, struct store *s, struct arena *a, const struct replay_report *r, struct err *e) NODISCARD;
/* Sorts the cases; returns the number of bands. */
int recontact_bands(struct recontact *all, struct recontact_band out[RECONTACT_BANDS]);
#endif
