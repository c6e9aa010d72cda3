/* cmd_process_relatives.h -- of which type a record is, its keys, its parent and the records below it. For cmd_process_explain.c only. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_RELATIVES_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_RELATIVES_H
#include "processing/command/cmd_process_io.h"

struct process_relatives {
  const char *type, *keys;               /* "person", "12/3"; keys are answers' keys: shown on demand only */
  const char *parent_type, *parent_keys; /* NULL = a top record or an orphan */
  int64_t parent;                        /* record number from 1; 0 = none */
  bool orphan;
  const char *below; /* record numbers joined by blanks, at most 32; "" = none */
};
/* E_PROCESS_RECORD when there is no such record (from 1). */
enum err_code process_relatives(struct store *s, const struct form *form, const char *period, int64_t access, int64_t record, struct arena *a,
    struct process_relatives *out, struct err *e) NODISCARD;
#endif
