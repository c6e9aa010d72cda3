/* output.h -- a result of secondary use on its way out: handed in, checked by the program, by two people, released (page: output.md).
 * States   output_steps.def holds every pair of state and step once. Each step is one row "output:ID" (rights/record.h, sealed) and its leaf; each
 *          refusal one leaf.
 * Files    kept in the sealed store under their hash; .csv and .json tables and .png pictures only (output_file.h). What is released is written from
 *          there, so a file changed outside changes nothing; a file changed here is a hand-in, and both checkers vote anew.
 * Rules    are handed in: this folder knows no statistics (output_rules). They see the files, the records behind them (which are not kept) and every
 *          released table about the same survey, form and period: the register is the released outputs themselves.
 * Votes    approvals of kind "output" about the hash of id, revision, profile and file hashes, by two different people with role reviewer: not the
 *          author, not the person of the grant, not who built or signed its package. Nobody sees a vote before both are in.
 * Release  by chief or manager, not the author; never before the release date of a survey it is about (embargo.h); compared with the register once
 *          more. Row and leaf first, then the files: killed between, saying it again writes the same files.
 * Limits   the profile is the grant's output_rule: two officers approved it with the grant. On the machine of the grant its tables per day count.
 * Errors   E_OUTPUT_*, E_EMBARGO, E_GRANT_*, E_ROLE_*, those of act.h and the store. A store without officers has no two checkers:
 *          E_DISPOSAL_OFFICER.
 * Source   secure.md section 2 (成果確認), 4.15 rows 25, 26; ACRO/SACRO; e-Stat on-site procedure5. */
#ifndef SHIRABE_SECURE_STORE_OUTPUT_OUTPUT_H
#define SHIRABE_SECURE_STORE_OUTPUT_OUTPUT_H
#include "secure-store/disposal/act.h"

enum { OUTPUT_FILES_MAX = 16, OUTPUT_NAME_BYTES = 65, OUTPUT_LIST_BYTES = 16 * 300, OUTPUT_FILE_MAX = 64 << 20, OUTPUT_DATASET_BYTES = 400 };
enum output_state {
#define OUTPUT_STATE(state, text) state,
#include "secure-store/output/output_steps.def"
  OUTPUT_STATES
};
enum output_step {
#define OUTPUT_STEP(step, text, action) step,
#include "secure-store/output/output_steps.def"
  OUTPUT_STEPS
};
const char *output_state_name(enum output_state s);
const char *output_step_name(enum output_step s);
const char *output_step_action(enum output_step s);
enum output_state output_next(enum output_state from, enum output_step step); /* OUTPUT_NONE = never */

enum output_verdict { OUTPUT_VERDICT_PASS, OUTPUT_VERDICT_REVIEW, OUTPUT_VERDICT_FAIL };
struct output {
  char author[OFFICER_ID_BYTES];
  int64_t changed_at;
  char dataset[OUTPUT_DATASET_BYTES]; /* of the grant */
  char files[OUTPUT_LIST_BYTES];      /* list: "name sha256 blob sets"; sets: blob of what identifies its units, "-" = none */
  char grant[ACT_ID_BYTES], id[ACT_ID_BYTES], note[ACT_TEXT_BYTES];
  char profile[64], report[65]; /* report: blob of what the rules said */
  int64_t revision, serial;     /* hand-ins; rows */
  char state[24], verdict[8];   /* verdict: pass, review, fail */
};
extern const struct row_format output_format;
enum output_state output_state_of(const struct output *o);

struct output_file { /* of a hand-in, or read back */
  const char *name;
  struct str bytes, units, sets; /* units: the records behind it, never kept; sets: made of them by the rules, kept */
  struct str levels;             /* column,code,parent: levels within its dimensions, "" = none; never kept */
};
struct output_known { /* a released table */
  const char *where, *name;
  struct str bytes, sets;
};
struct output_rules {
  void *context;
  /* Judges files[n] by the named profile and against known[]; fills files[].sets from units (arena a), appends a report and tells the verdict. With
   * `only_compare` the sets are there already and only known[] is new. */
  enum err_code (*judge)(void *context, struct store *s, struct arena *a, const char *profile, bool only_compare, struct output_file *files, int n,
      const struct output_known *known, int64_t n_known, struct strbuf *report, enum output_verdict *verdict, struct err *e);
};

/* Hands in files under a grant; `by` is its person. Ends in "submitted", or in "pending" with E_OUTPUT_BLOCKED when the rules say fail. */
struct output_request {
  const char *id, *grant, *note;
  struct output_file *file;
  int n_files;
};
enum err_code output_hand_in(struct store *s, const struct output_request *q, const struct output_rules *rules, const struct act_by *by,
    struct output *out, struct err *e) NODISCARD;
enum err_code output_find(struct store *s, const char *id, struct output *out, struct err *e) NODISCARD;
enum err_code output_vote(struct store *s, const char *id, bool approve, const struct act_by *by, struct output *out, struct err *e) NODISCARD;
enum err_code output_withdraw(struct store *s, const char *id, const char *note, const struct act_by *by, struct output *out,
    struct err *e) NODISCARD;
/* Writes files and notes to out_folder/output-ID. */
enum err_code output_release(struct store *s, const char *id, const char *out_folder, const struct output_rules *rules, const struct act_by *by,
    struct output *out, struct err *e) NODISCARD;
/* Judges what is kept against the register as it is now; `reader` is asked about the embargo. */
enum err_code output_compare(struct store *s, const struct output *o, const struct output_rules *rules, const struct act_by *reader,
    struct strbuf *report, enum output_verdict *again, struct err *e) NODISCARD;
struct output_votes {
  int n_for, n_against; /* both 0 until two are in */
  bool complete;
};
enum err_code output_votes(struct store *s, const struct output *o, struct output_votes *out, struct err *e) NODISCARD;
/* What votes are about. */
enum err_code output_subject(const struct output *o, uint8_t out[32], struct err *e) NODISCARD;
/* Whether this officer may check it: E_OUTPUT_CHECKER says why not. */
enum err_code output_checker(struct store *s, const struct output *o, const char *officer, struct err *e) NODISCARD;

/* --- files (output_read.c); `reader` is asked about the embargo --- */
enum err_code output_read_report(struct store *s, const struct output *o, const struct act_by *reader, struct strbuf *out, struct err *e) NODISCARD;
enum err_code output_read_files(struct store *s, struct arena *a, const struct output *o, const struct act_by *reader, bool sets,
    struct output_file files[OUTPUT_FILES_MAX], int *n, struct err *e) NODISCARD;
/* Released tables about the same survey, form and period as `dataset`, without those of output `but`. */
enum err_code output_register(struct store *s, struct arena *a, const char *dataset, const char *but, struct output_known **out, int64_t *n,
    struct err *e) NODISCARD;
bool output_file_at(const struct output *o, int i, char name[OUTPUT_NAME_BYTES], char sha256[65], char blob[65], char sets[65]);
/* The notes that go out with the files: whose tabulation it is, in Japanese and English, and the hash of each file; that a demonstration
 * store's are not for publication. */
enum err_code output_notes(const struct output *o, bool demonstration, struct strbuf *out, struct err *e) NODISCARD;
#endif
