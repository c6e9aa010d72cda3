/* cmd_process_io.h -- what the commands of processing share: form and period of the command line, the store, datasets in and out. For
 * cmd_process_*.c only. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_IO_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_IO_H
#include "base/cli.h"
#include "forms/form.h"
#include "processing/edit/edit_rule.h"
#include "processing/unit/unit_join.h"
#include "secure-store/cmd_store_open.h"

#define PROCESS_OPTION_PASSPHRASE STORE_OPTION_PASSPHRASE
#define PROCESS_OPTION_FRAME                                                                                                                       \
  {                                                                                                                                                \
    .name = "frame", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "form of the survey that holds the register (else as the form says)",       \
    .help_ja = "名簿の様式（同じ調査。なければ様式の指定による）"                                                                                  \
  }
#define PROCESS_OPTION_FRAME_PERIOD                                                                                                                \
  {                                                                                                                                                \
    .name = "frame-period", .kind = OPT_PERIOD, .value_name = "PERIOD", .help_en = "period of the register (else the same)",                       \
    .help_ja = "名簿の期間（なければ同じ期間）"                                                                                                    \
  }

/* SURVEY/FORM[/VERSION]; the version valid at the end of `period` (NULL = today). */
enum err_code process_form(const struct job *job, const char *spec, const char *period, struct form **out, struct err *e) NODISCARD;
/* A period of the form's kind, in canonical spelling. */
enum err_code process_period(const struct form *f, const char *text, char out[16], char previous[16], struct err *e) NODISCARD;

struct process_data { /* one dataset in memory */
  struct dataset_key key;
  struct shard *shards;
  int64_t n;
  struct table *tables; /* [n] */
  int64_t n_rows;
};
/* n = 0 when there is no such dataset. Columns: those of `wanted` that a shard has (NULL = all). */
enum err_code process_read(struct store *s, const struct dataset_key *key, int64_t access, struct arena *a, const struct name_set *wanted,
    struct process_data *out, struct err *e) NODISCARD;
/* One shard of the sender, inside a transaction; `batch` = the received batch it comes from, so that damage names it ("" = made here); parts by the
 * form's items, others are paradata. */
enum err_code process_write(struct store *s, const struct dataset_key *key, const struct form *f, const char *batch, const char *sender,
    int64_t sequence, const struct table *t, struct arena *a, struct err *e) NODISCARD;
const char *process_pick(const struct cli *c, const char *en, const char *ja); /* falls back to the other language when one is empty */
#endif
