/* recipe.h -- the recipe of one anonymised dataset: its variables, keys and limits, the steps in their order, who approved it, and where each limit
 *    comes from.
 * Form     JSON, described in micro.md. Members that are not known are refused: a misspelt limit must not be passed over.
 * Sources  every step and the limit k carry `source` (a sentence) and `source_status`: confirmed (an official text says it), own (decided by the
 *          office), unconfirmed (neither found): the last is told to the user at every run and stands in the report.
 * Form     a recipe may name the form (`form`: SURVEY/FORM) whose items it is about: it then says of every item what becomes of it: a variable, or a
 *          row of `left_out` with the reason. The check against the form itself is recipe_cover.h.
 * Levels   variables of `level` household belong to the household (the parent record of a form with two), the others to the person; ids may be made
 *          of several variables.
 * Errors   E_MICRO_RECIPE with the member as subject, E_MICRO_STEP, E_MICRO_VARIABLE (a name that is not among the variables), E_NO_MEMORY.
 * Memory   texts are copied into the arena; the JSON document may be released. Source: none. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_RECIPE_H
#include "base/ext_json.h"
#include "estimators/sdc/micro/frequency.h"
#include "estimators/sdc/micro/recode.h"

enum { MICRO_STEP_VARIABLES_MOST = 16, MICRO_VARIABLES_MOST = 512, MICRO_STEPS_MOST = 256, MICRO_PARTS_MOST = 8 };
/* Ids of several variables are put together into these columns. */
#define MICRO_HOUSEHOLD_COLUMN "(household)"
#define MICRO_RECORD_COLUMN "(record)"
enum micro_kind { MICRO_CATEGORY, MICRO_NUMBER, MICRO_IDENTIFIER };
struct micro_variable {
  const char *name, *label[2]; /* en, ja; the name when there is none */
  enum micro_kind kind;        /* as read; identifiers are never written */
  enum micro_kind later;       /* after the steps read so far: classes make a number a category */
  int decimals;
  bool written;
  bool of_household;           /* one value for all members: steps change it once a household, blanks take it from all or none */
};
enum micro_status { MICRO_CONFIRMED, MICRO_OWN, MICRO_UNCONFIRMED };
struct micro_source {
  const char *text;
  enum micro_status status;
};
enum micro_step_kind { MICRO_STEP_RECODE, MICRO_STEP_CLASSES, MICRO_STEP_TOP, MICRO_STEP_BOTTOM, MICRO_STEP_AGGREGATE, MICRO_STEP_AGGREGATE_SINGLE,
  MICRO_STEP_PRAM, MICRO_STEP_SWAP, MICRO_STEP_NOISE, MICRO_STEP_NOISE_CORRELATED, MICRO_STEP_RESAMPLE, MICRO_STEP_DELETE, MICRO_STEP_ORDER,
  MICRO_STEP_SUPPRESS, MICRO_STEP_DROP, MICRO_STEP_RECORD_SWAP, MICRO_STEP_PECULIAR, MICRO_STEP_GEOGRAPHY, MICRO_STEP_COUNT };
struct micro_step {
  enum micro_step_kind kind;
  struct micro_source source;
  int n_variables;
  const char *variable[MICRO_STEP_VARIABLES_MOST];
  struct micro_recode_table table; /* recode; geography: what areas are merged into */
  struct micro_classes classes;
  struct micro_tail tail;
  int64_t k;                        /* aggregate, suppress */
  double amount, percent, least, alpha, share;
  bool by_weight;
  bool has_above, has_below;        /* delete */
  double above, below;
  int n_values;
  const char *const *values;
  int sharing, combinations;        /* suppress; combinations 0 = all keys together */
  bool strict;                      /* each pattern with its blanks has k records */
  double importance[MICRO_KEYS_MOST];
  uint32_t household_keys;
  bool of_household;                /* all its variables are of households; peculiar: households are compared */
  int n_areas;                      /* geography: people by area; 0 = the sum of weights */
  const char *const *area;
  const double *people;
  int n_risk, n_similar;            /* record-swap: variable = the areas, from the widest; rate = share */
  const char *risk[MICRO_STEP_VARIABLES_MOST], *similar[MICRO_STEP_VARIABLES_MOST];
};
struct micro_recipe {
  const char *dataset, *title[2], *legal_basis;
  const char *form; /* "vital/birth"; "" = of files alone */
  int n_left_out;
  const char *const *left_out, *const *left_out_why;
  const char *office, *date, *document; /* of the approval; "" = not approved */
  int n_missing;
  const char *const *missing_sign;
  const uint8_t *missing_status;
  int n_variables;
  struct micro_variable *variable;
  const char *record, *household, *weight; /* NULL = none */
  int n_record_parts, n_household_parts;   /* 0 = one variable */
  const char *record_part[MICRO_PARTS_MOST], *household_part[MICRO_PARTS_MOST];
  int n_keys;
  const char *key[MICRO_KEYS_MOST];
  struct micro_meaning meaning;
  int64_t k;
  struct micro_source k_source;
  int64_t household_k;                     /* households of one composition by the keys; 0 = counted, not judged */
  double fraction;                         /* 0 = records / sum of weights */
  const char *sensitive;                   /* NULL = none */
  bool sensitive_ordered;
  double l, c, t;
  int n_steps;
  struct micro_step *step;
};
enum err_code micro_recipe_parse(
    struct arena *a, const char *place, const struct json_value *root, struct micro_recipe *out, struct err *e) NODISCARD;
const char *micro_step_name(enum micro_step_kind kind);
const char *micro_status_name(enum micro_status s);
bool micro_recipe_approved(const struct micro_recipe *r);
bool micro_step_draws(enum micro_step_kind kind); /* needs a seed */
const struct micro_variable *micro_variable_of(const struct micro_recipe *r, const char *name); /* NULL when absent */
#endif
