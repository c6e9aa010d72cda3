/* cmd_store_evidence.h -- the part of `shirabe store log` that hands evidence out and takes it in. */
#ifndef SHIRABE_SECURE_STORE_CMD_STORE_EVIDENCE_H
#define SHIRABE_SECURE_STORE_CMD_STORE_EVIDENCE_H
#include "base/cli.h"
#include "secure-store/store.h"

bool evidence_wanted(const struct cli *c);     /* one of its options is given */
bool evidence_needs_keys(const struct cli *c); /* a fresh signature or a new leaf */
enum err_code evidence_run(struct cli *c, struct store *s, struct err *e) NODISCARD;
enum err_code evidence_say_witnessed(struct cli *c, struct store *s, struct err *e) NODISCARD; /* "not witnessed since ..." as a note */
#define STORE_EVIDENCE_OPTIONS                                                                                                                    \
  {.name = "proof", .kind = OPT_INT, .value_name = "SEQ", .help_en = "inclusion proof of this entry", .help_ja = "この番号の記録の証明"},                  \
  {.name = "leaf", .kind = OPT_INT, .value_name = "SEQ", .help_en = "the bytes of this entry", .help_ja = "この番号の記録のバイト列"},                     \
  {.name = "checkpoint", .kind = OPT_FLAG, .help_en = "the newest signed checkpoint", .help_ja = "最新の署名済みチェックポイント"},                        \
  {.name = "qr", .kind = OPT_FILE, .value_name = "FILE", .help_en = "the newest checkpoint as a QR code: an SVG file, or - for the terminal",      \
   .help_ja = "最新のチェックポイントの QR コード：SVG ファイル、- は端末"},                                                                              \
  {.name = "tiles", .kind = OPT_DIRECTORY, .value_name = "DIR", .help_en = "the whole log as C2SP tlog-tiles, into a new folder",                  \
   .help_ja = "ログ全体を C2SP tlog-tiles として新しいフォルダーへ"},                                                                                     \
  {.name = "request", .kind = OPT_INT, .value_name = "SIZE", .help_en = "request to a witness that has seen SIZE entries (0: the first)",          \
   .help_ja = "SIZE 件まで見た立会人への要求（0 は最初）"},                                                                                                \
  {.name = "vkey", .kind = OPT_FLAG, .help_en = "verifier key of the log, for policies and witnesses", .help_ja = "ログの検証鍵（方針・立会人用）"},     \
  {.name = "policy", .kind = OPT_FILE, .value_name = "FILE", .help_en = "set the policy of witnesses (c2sp.org/tlog-policy)",                      \
   .help_ja = "立会いの方針を設定（c2sp.org/tlog-policy）"},                                                                                              \
  {.name = "cosign", .kind = OPT_FILE, .value_name = "FILE", .help_en = "take in a checkpoint cosigned by witnesses",                              \
   .help_ja = "立会人が連署したチェックポイントを取り込む"}
#endif
