/* step_mixed.h -- localisation by all rules for a job's step (step_localise_mixed.c): the rules with their costs, which records of a shard are to be
 * searched, and their answers.
 * Rules    every clause of the step's checks (rule_build.h), hard ones and soft ones with a weight. Variables: numbers, codes, then presence of an
 *          answer where rules ask for it; item[v] = the form's item, -1 = a constant of the record. Keys, derived items and constants never change.
 * Missing  what is invalid or in no list must change, and a number that is blank, unknown or refused when a rule cannot be decided without it. Not
 *          applicable, a code that is blank, unknown or refused, with keep_unknown such numbers too, and missing constants are answers: rules that
 *          speak of them cannot fail and are left aside. Where rules ask whether there is an answer they alone decide, not its absence.
 * Searched records that fail a rule, hold a flagged value or one beyond its limits or lists, or lack such a number; others cost one pass of rules.
 * Threads  each record is searched alone: the answers depend neither on threads nor on shards nor on other records.
 * Memory   rule_eval's data of one shard and the searches' answers; the engine's scratch per thread.
 * Source   localise_mixed.h; three-valued failing as in rule_set.h. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_MIXED_H
#define SHIRABE_PROCESSING_JOB_STEP_MIXED_H
#include "processing/edit/rule_build.h"
#include "processing/edit/rule_eval.h"
#include "processing/step/step.h"
#include "processing/localise/localise_mixed.h"

struct mixed_step {
  const struct step_spec *step;
  struct rule_set rules; /* of the step's checks */
  int p, q;
  int *item;                     /* [p + q] */
  int *presence;                 /* [p + q] the category that tells whether the item has an answer, as a variable; -1 = no rule asks */
  double *weight;                /* [p + q] */
  const double **record_weight;  /* [p + q] NULL or [n_records] */
  struct mixed_spec spec;        /* whole, seed, limits, operations */
  bool proofs, keep_unknown;
};
/* One record that was searched. */
struct mixed_case {
  int64_t row; /* of the shard */
  uint8_t status, reason;
  bool unproved, truncated; /* truncated: more than 64 items, not all are named */
  int n_set, n_paid, n_operations;
  double cost;
  const int *set;    /* [n_set] of p + q, without what stays as it is */
  int operations[2];
  double after[2][2];       /* values of a and b with each operation carried out, from the witness */
  bool open[2];             /* a move whose amount the rules leave open */
  const char *text;         /* the proof in English and Japanese; "" = none */
  const char *failing;      /* ids of the rules that fail, joined by ", " */
  int exact;                /* the first hard rule that fails when whole steps are counted, without the tolerance of the search; -1 = none */
  int64_t programmes;
};
struct mixed_cases {
  int64_t n, judged;
  struct mixed_case *list; /* ascending by row */
};
/* chosen: the rules of the step's checks. E_JOB_NO_RULE: there are none. */
enum err_code mixed_step_build(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct rule_set *chosen,
                               struct mixed_step *out, struct err *e) NODISCARD;
/* All records of the shard that the scope selects and that must be searched; everything lives in a. */
enum err_code mixed_step_shard(struct job_state *j, const struct mixed_step *m, const struct step_scope *scope, const struct unit_shard *shard,
                               struct arena *a, struct mixed_cases *out, struct err *e) NODISCARD;

/* --- between step_mixed.c and step_mixed_search.c --- */
struct mixed_shard {
  const struct mixed_step *m;
  struct job_state *j;
  const struct unit_shard *shard;
  struct rule_data data;
  const struct column **column; /* [p + q] of the item; NULL = a constant */
};
/* Does the value stay although it is missing? */
bool mixed_stays(const struct mixed_shard *s, int v, int64_t row, bool asked);
/* A number that is not there, though nothing says that it need not be: it must be given a value when a rule is undecided without it. */
bool mixed_lacks(const struct mixed_shard *s, int v, int64_t row);
bool mixed_absent(const struct mixed_shard *s, int v, int64_t row);
bool mixed_flagged(const struct mixed_shard *s, int v, int64_t row);
/* rows [n], ascending: answers into out [n]. */
enum err_code mixed_search_rows(const struct mixed_shard *s, struct arena *a, const int64_t *rows, int64_t n, struct mixed_case *out,
                                struct err *e) NODISCARD;
#endif
