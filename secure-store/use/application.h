/* application.h -- secondary use (二次利用): one application from the first talk to its closing, each step a leaf of the access log.
 * States   consulting -> applied -> checked -> accepted | refused -> pledged -> provided -> in-use -> confirmed -> ended -> returned -> published ->
 *          closed; the steps and who may take them are data (application_steps.def); every other step is refused with one leaf.
 * Content  who, for what, which data and items, where, how long, who uses it. It is frozen by `apply`: its SHA-256 is what reviewers vote on, so a
 *          changed application (back to consulting, applied again) has no votes. What happens later (pledges, provision, results) is not part of it.
 * Items    names are checked against the codebook of the datasets' forms when they are written down and again at every later step:
 *          application_items.h.
 * Votes    approvals of kind "application" by two different reviewers of another section than the applicant; no command shows a vote
 *          before both are in (the signed words lie in the database as they are: who reads its file sees them).
 * Purpose  basis 33-1-i-stat and -research: no item that identifies; 33-1-i-list: only such items (grant.h, checked again there).
 *          Route "regular" (定期的) is open only for a report or administration of a public body, published in its report or internal only.
 * Members  each step takes what belongs to it and nothing else (application_steps.def): another member in `change` is E_USE_OPTION.
 * Nobody   who uses the data decides, checks, hands over or inspects: E_USE_INTERESTED, told by person, not by id.
 * Package  what is handed over on a medium is the package of the grant: exactly the items, rows and datasets of the application (package.h). Its
 *          tlog-proof comes back with the report of erasure; one that does not stand in our log is an alarm (E_USE_PROOF, task for the auditor).
 * Clocks   about a month for the review, facts of the provision published within a month of it, results within three months of their receipt,
 *          reminders 30 and 7 days before the end; an extension is asked before the end and goes through review.
 * Errors   E_USE_STEP, E_USE_FIELD, E_USE_VOTES, E_USE_SANCTION, E_USE_PLEDGE, E_USE_GRANT, E_USE_LATE, E_USE_OPTION,
 *          E_USE_INTERESTED, E_USE_PACKAGE, E_USE_PROOF, those of application_items.h and of act.h.
 * Source   secure.md section 2: Statistics Act ch. 3, e-Stat microdata pages on procedure, 厚生統計 regular provision (2016-06-16). The month of
 *          review is one prefecture's practice; every span is a member of use_policy and can be set. */
#ifndef SHIRABE_SECURE_STORE_USE_APPLICATION_H
#define SHIRABE_SECURE_STORE_USE_APPLICATION_H
#include "secure-store/disposal/act.h"
#include "secure-store/use/use_policy.h"

enum { USE_ITEMS_BYTES = 1 << 15 };

enum use_state {
  USE_NONE,
  USE_CONSULTING,
  USE_APPLIED,
  USE_CHECKED,
  USE_ACCEPTED,
  USE_REFUSED,
  USE_PLEDGED,
  USE_PROVIDED,
  USE_IN_USE,
  USE_CONFIRMED,
  USE_ENDED,
  USE_RETURNED,
  USE_PUBLISHED,
  USE_CLOSED,
  USE_STATES
};
enum use_step {
#define USE_STEP_NAME(step, text, action, roles, members) step,
#include "secure-store/use/application_steps.def"
#undef USE_STEP_NAME
  USE_STEPS
};
const char *use_state_name(enum use_state s); /* "consulting" ..., "" for USE_NONE */
const char *use_step_name(enum use_step s);
bool use_step_parse(const char *text, enum use_step *out);
enum use_state use_step_from(enum use_state from, enum use_step step); /* where it leads; USE_NONE = not allowed */

struct application {
  char analysis[ACT_TEXT_BYTES];  /* method and planned tables */
  char applicant[128];
  char applicant_kind[16];        /* public, local:CODE (area code of a local government), legal, individual */
  char basis[24];                 /* grant_basis_text */
  int64_t checked_at;             /* process: formal check */
  char conditions[ACT_TEXT_BYTES]; /* process: of the decision, or why it was refused */
  char contact[256];
  char datasets[ACT_LIST_BYTES];  /* list: survey/form/period */
  char declarations[ACT_LIST_BYTES]; /* list: no-offence, no-gang, no-misuse */
  char destruction_sha256[65];    /* process: report of erasure or return */
  char erasure[ACT_TEXT_BYTES];
  int64_t extension_until;        /* process: asked for, 0 = none */
  int64_t from;
  char grant[ACT_ID_BYTES];       /* process */
  char holdings[ACT_TEXT_BYTES];  /* other microdata held at the same time; "none" */
  char id[ACT_ID_BYTES];
  char identity_sha256[65];       /* of the identity documents */
  char items[USE_ITEMS_BYTES];    /* list: "item: why it is needed" */
  char machine[65], medium[ACT_ID_BYTES], network[24]; /* network: none, closed, internet */
  char need[ACT_TEXT_BYTES];      /* why published tables do not do */
  char note[ACT_TEXT_BYTES];      /* process */
  char outsourcing[ACT_TEXT_BYTES], place[ACT_TEXT_BYTES];
  char pledges[ACT_LIST_BYTES];   /* process, list: "officer sha256" */
  int64_t provided_at;            /* process */
  char publication[ACT_TEXT_BYTES]; /* where and when, or "internal" */
  int64_t published_at;           /* process: facts of the provision */
  char purpose[ACT_TEXT_BYTES], representative[128];
  int64_t results_at;             /* process: receipt of the results */
  char results_sha256[65];        /* process */
  char route[12];                 /* regular, ordinary */
  char rows[ACT_TEXT_BYTES];      /* "all", or a condition over the items (base/expr.md) */
  char section[128];              /* of the applicant, for conflicts of interest */
  char state[16];
  char title[256];
  int64_t until;
  char users[ACT_LIST_BYTES];     /* list of officer ids */
};
extern const struct row_format application_format;
enum use_state application_state(const struct application *a);
/* SHA-256 of the content alone: what votes are about. */
enum err_code application_subject(const struct application *a, uint8_t out[32], struct err *e) NODISCARD;
/* `change` carries the id and what the step brings; empty members leave the row as it was. */
enum err_code application_do(struct store *s, enum use_step step, const struct application *change, const struct act_by *by, struct err *e) NODISCARD;
enum err_code application_find(struct store *s, const char *id, struct application *out, struct err *e) NODISCARD;
/* A reviewer's vote; the state must be "checked", or an extension be asked for. */
enum err_code application_vote(struct store *s, const char *id, bool approve, const struct act_by *by, struct err *e) NODISCARD;
struct use_votes {
  int n_for, n_against; /* shown only when two are in: else both 0 */
  bool complete;
};
enum err_code application_votes(struct store *s, const struct application *a, struct use_votes *out, struct err *e) NODISCARD;

/* What the applicant handed back with the report of erasure: the tlog-proof of the package, byte for byte, else NULL. Then the step `return`. */
enum err_code application_return(struct store *s, const struct application *change, const struct str *proof, const struct act_by *by,
    struct err *e) NODISCARD;

/* --- deadlines --- */
enum use_due { USE_DUE_REVIEW, USE_DUE_PUBLISH, USE_DUE_RESULTS, USE_DUE_END, USE_DUE_REPORT, USE_DUES };
/* The deadline of this kind, 0 = none runs now. */
int64_t application_due(const struct application *a, enum use_due what, const struct use_policy *p);
const char *use_due_name(enum use_due d);
/* How a deadline stands: T-30, T-7, today or past. */
enum use_remind { USE_REMIND_NONE, USE_REMIND_FIRST, USE_REMIND_SECOND, USE_REMIND_OVERDUE };
enum use_remind use_reminder(int64_t due, int64_t now, const struct use_policy *p);
/* Applications with a deadline that is past. */
enum err_code application_overdue(struct store *s, int64_t now, int64_t *n, struct err *e) NODISCARD;
/* Does this applicant or one of these people owe a destruction report? New applications wait for it (4.9). */
enum err_code application_owes(struct store *s, const struct application *a, int64_t now, char other[ACT_ID_BYTES], struct err *e) NODISCARD;
/* The same for one person: grants to him wait, too. E_USE_OWES names the application. */
enum err_code application_person_owes(struct store *s, const char *person, int64_t now, struct err *e) NODISCARD;
/* E_DISPOSAL_PURPOSE when an application that was handed in and is not returned names the dataset (survey/form/period or a longer name). */
enum err_code application_in_use(struct store *s, const char *dataset, struct err *e) NODISCARD;
#endif
