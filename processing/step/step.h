/* step.h -- how a method becomes a step of a job: one row per method with its options, what it needs and its run function. The runner knows none
 *    by name.
 * Adding   one file processing/step/step_<name>.c with its struct step_method, one line in step_methods.c. See step_flag.c for a small one.
 * Run      gets the state (shards with current, previous, register; flags; change log; record states) and the scope (which records, in which
 *          by-group). It changes values through change_number()/change_text() only, flags through job_flag(), and hands records to people through
 *          job_propose().
 * Rules    the same result for any number of threads, any cut into shards and any order of rows; draws by (seed, unit) only. */
#ifndef SHIRABE_PROCESSING_JOB_STEP_H
#define SHIRABE_PROCESSING_JOB_STEP_H
#include "base/job.h"
#include "processing/edit/edit_rule.h"
#include "processing/impute/impute_plan.h"
#include "processing/step/job_series.h"
#include "processing/unit/cell_flags.h"
#include "processing/unit/unit_family.h"

/* --- options: what a step of this method may say in process.json --- */
enum step_option_kind { STEP_TEXT, STEP_CHOICE, STEP_INT, STEP_DECIMAL, STEP_TRUTH, STEP_ITEM, STEP_ITEMS, STEP_NUMBER_ITEM, STEP_NUMBER_ITEMS,
    STEP_CONDITION, STEP_VALUE, STEP_TEXTS };
struct step_option {
  const char *key; /* NULL ends the list */
  enum step_option_kind kind;
  bool required;
  const char *words;  /* STEP_CHOICE: "impute|exclude" */
  int64_t low, high;  /* STEP_INT: least and greatest; STEP_DECIMAL: times 10^9 */
};
enum { STEP_DECIMALS = 9, STEP_ONE = 1000000000 };
struct step_value { /* in the order of the method's options */
  bool given;
  const char *text;          /* as written; of expressions too */
  int64_t number;            /* STEP_INT; STEP_DECIMAL times 10^9; STEP_CHOICE index; STEP_TRUTH 0 or 1 */
  const struct item **items; /* STEP_ITEM(S), STEP_NUMBER_ITEM(S) */
  int n_items;
  struct expr *x;            /* STEP_CONDITION, STEP_VALUE */
  const char **texts;        /* STEP_TEXTS: a list of texts, or of lists of `width` texts each */
  int n_texts, width;        /* width 0: a plain list */
};

struct step_method;
struct step_spec {
  const char *name, *rule; /* "impute", "block/inner"; "process.json:12" */
  const struct step_method *method;
  int64_t line;
  uint64_t seed;
  int record;              /* index of the record type it works on; -1 = all (methods that are whole) */
  const struct impute_ref *by; /* NULL = one group */
  int n_by;
  struct expr *filter;     /* NULL = every record */
  bool exclude_rejected;   /* leave out the records that fail a hard check now */
  const uint8_t *checks;   /* [form->n_checks] 1 = the step looks at this check; all when none is named */
  const struct step_value *values;
};
struct job_plan {
  int n_steps;
  struct step_spec *steps;
  bool from_form;         /* process.json stands in the form; else the usual job: impute, derive */
  bool checkpoint;        /* keep what each step made, to go on after a crash */
  uint64_t seed;
  struct expr *weight;    /* design weight of every unit, taken to 9 decimals; NULL = weight "none" */
  double *reliability;    /* [n_items] > 0: how much it costs to say that a value is wrong; 1 where nothing is said */
  int n_reliabilities;          /* items of the form */
  struct expr **reliability_of; /* [n_items] not NULL: worked out for each record instead (reliability.h) */
  const struct item **effect_items; /* whose totals and distributions are compared before and after */
  int n_effect_items, n_effect_by;
  struct impute_ref effect_by[IMPUTE_MAX_CLASS_ITEMS];
  struct impute_plan *impute;       /* impute.csv */
};

/* --- running --- */
enum statistic_column {
  STATISTIC_STEP,
  STATISTIC_CLASS,
  STATISTIC_TABLE,
  STATISTIC_EDIT,
  STATISTIC_NAME,
  STATISTIC_STATUS,
  STATISTIC_N,
  STATISTIC_WEIGHTED,
  STATISTIC_OFFICE,
  STATISTIC_COLUMNS
};
enum estimate_column { ESTIMATE_STEP, ESTIMATE_CLASS, ESTIMATE_CLASS_NO, ESTIMATE_ITEM, ESTIMATE_MEASURE, ESTIMATE_METHOD, ESTIMATE_N,
    ESTIMATE_IMPUTED, ESTIMATE_VALUE, ESTIMATE_STANDARD_ERROR, ESTIMATE_LOW, ESTIMATE_HIGH, ESTIMATE_WITHIN, ESTIMATE_BETWEEN, ESTIMATE_DEGREES,
    ESTIMATE_MISSING_INFORMATION, ESTIMATE_NAIVE, ESTIMATE_SAMPLING, ESTIMATE_IMPUTATION, ESTIMATE_MIX, ESTIMATE_SHARE, ESTIMATE_BOOTSTRAP,
    ESTIMATE_COLUMNS };
enum set_column { SET_STEP, SET_SET, SET_RECORD_NO, SET_ITEM, SET_VALUE, SET_COLUMNS };
struct job_state {
  const struct job *job;
  struct arena *arena;
  const struct form *form, *frame; /* frame NULL = no register */
  const struct job_plan *plan;
  const struct unit_shard *shards; /* of the step's record type; record numbers and n_records are those of all types */
  int n_shards;
  int64_t n_records;
  const struct unit_shard *all;    /* of all record types, in the order of record numbers */
  int n_all;
  struct unit_family *family;      /* NULL = the form has one record type */
  const struct record_type *record; /* of the step */
  uint8_t *changed;       /* [n_records] 1 = a value of the record was changed */
  uint8_t *state;         /* [n_records] EDIT_* bits as last judged */
  struct change_log log;
  struct cell_flags flags;
  struct table proposals; /* record_no, rule, items, message_ja, message_en, remedy_ja, remedy_en */
  struct table statistics; /* what steps counted, by enum statistic_column: step_edit_stats.c */
  struct table estimates, sets; /* totals and means with variances; completed sets: step_estimates.h */
  struct table chain_cells, chain_links; /* what chains over time leave for later runs: job_series.h */
  const struct job_periods *periods; /* other periods that steps asked for; NULL = none */
  struct impute_report imputed; /* of all imputation steps so far */
  const char *run;        /* id of the run */
};
struct step_scope {
  const uint8_t *selected; /* [n_records] 1 = the step works on this record */
  int64_t n_selected;
  const int32_t *group;    /* [n_records] by-group, -1 = none (a `by` item is missing or the record is not selected) */
  int32_t n_groups;        /* numbered in the order of their texts */
  const struct str *group_names;
};
enum { STEP_MAX_NOTES = 16 };
struct step_note {
  const char *name; /* "unsolved"; counts that this method has beside the common ones */
  int64_t value;
};
struct step_report {
  const char *step, *method;
  int64_t records, selected, groups, flagged, changed, proposed;
  int n_notes;
  struct step_note notes[STEP_MAX_NOTES];
  int64_t cpu_us; /* processor time, filled by the command */
  bool resumed;   /* taken over from a run that was interrupted */
};
void step_note(struct step_report *r, const char *name, int64_t value);

struct step_method {
  const char *name;
  const struct step_option *options; /* NULL = none */
  bool whole;                        /* takes neither by, filter nor exclude_rejected: it works on all records */
  bool household;                    /* its items may also belong to record types below that of the step */
  /* Adds the columns of prev() and frame() that the method reads beyond its expressions; NULL = none. */
  enum err_code (*wanted)(const struct step_spec *s, const struct job_plan *p, struct name_set *names, enum expr_slot_kind kind, struct err *e);
  enum err_code (*run)(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, struct step_report *r, struct err *e);
  /* What the options say together; NULL = nothing. Called when the file is read and every single option is right; the reader adds file and line. */
  enum err_code (*check)(const struct step_spec *s, const struct job_plan *p, struct err *e);
  /* Adds the other periods that the step looks at; NULL = none. */
  enum err_code (*periods)(const struct step_spec *s, struct period_set *set, struct err *e);
};
extern const struct step_method *const step_methods[];
extern const int n_step_methods;

/* --- for the steps --- */
int step_option_index(const struct step_method *m, const char *key); /* -1 */
/* "-12.5" as 10^decimals times the number; false when it is no number or has more decimals. */
bool step_decimal(const char *text, int decimals, int64_t *out);
const struct step_value *step_value_of(const struct step_spec *s, const char *key);
/* Judges a condition (NULL = true) for every record: EXPR_TRUE, EXPR_FALSE or EXPR_UNKNOWN. */
enum err_code job_condition(struct job_state *j, const struct expr *x, uint8_t *out, struct err *e) NODISCARD;
/* Which shard a record lies in; records are numbered over all shards. */
const struct unit_shard *job_shard_of(const struct job_state *j, int64_t record);
enum err_code job_flag(struct job_state *j, const struct step_spec *s, const struct item *item, int64_t record, enum cell_flag flag,
    const char *reason, struct err *e) NODISCARD;
struct job_proposal {
  const char *items; /* joined by ; */
  const char *message_ja, *message_en, *remedy_ja, *remedy_en;
};
enum err_code job_propose(struct job_state *j, const struct step_spec *s, int64_t record, const struct job_proposal *p, struct err *e) NODISCARD;
/* Weights of all records times 10^9; NULL in *out where the job says "none". E_NO_WEIGHT names the record that has none or less than 1. */
enum err_code job_weights(struct job_state *j, int64_t **out, struct err *e) NODISCARD;
#endif
