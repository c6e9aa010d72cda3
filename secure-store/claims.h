/* claims.h -- what the store promises and what it does not, word for word as the manual (`shirabe store --help`, the man page) and the disposal
 * certificate print it. One paragraph a line. Source: secure.md 4.1; the tests behind each promise: tests/attacks*.md,
 * forms/secure/compliance.csv. */
#ifndef SHIRABE_SECURE_STORE_CLAIMS_H
#define SHIRABE_SECURE_STORE_CLAIMS_H

#define STORE_CLAIMS_EN                                                                                                                         \
  "What the store promises, and what it does not\n"                                                                                             \
  "C1. A stolen disk, medium or backup reveals nothing without the keys of as many officers as the threshold asks for (in an office of one: "   \
  "without its passphrase).\n"                                                                                                                  \
  "C2. No row is decrypted without a live grant and a durable entry of the log (in an office of one: without the entry).\n"                     \
  "C3. Any change of stored data, grants or log is detected by `shirabe store verify`.\n"                                                       \
  "C4. Rewriting of history is detected by anyone who holds any older checkpoint.\n"                                                            \
  "C5. Destroyed keys stay destroyed on this machine and in the key backups that we control.\n"                                                 \
  "C6. A leaked extract points to its recipient, but not against a recipient who takes the record ids out.\n"
#define STORE_CLAIMS_JA                                                                                                                         \
  "保管庫が約束すること、しないこと\n"                                                                                                          \
  "C1. ディスク・媒体・控えが盗まれても、必要人数の担当者の鍵（一人の機関ではパスフレーズ）がなければ何も分かりません。\n"                      \
  "C2. 有効な利用許可とログへの確実な記録がなければ、一行も復号しません（一人の機関では記録がなければ）。\n"                                    \
  "C3. データ・利用許可・ログのどのような変更も `shirabe store verify` が検出します。\n"                                                        \
  "C4. 過去の書き換えは、以前のチェックポイントを一つでも持つ人が検出できます。\n"                                                              \
  "C5. 廃棄した鍵は、この機器と、当方の管理下にある鍵の控えでは戻りません。\n"                                                                  \
  "C6. 漏えいした提供データから提供先が分かります。ただし提供先がレコード番号を取り除いた場合は除きます。\n"

#define STORE_NOT_CLAIMED_EN                                                                                                                    \
  "Not claimed: protection against the administrator (root) of this machine while the store is unlocked; that an extract handed over becomes "  \
  "unreadable when its period ends; detection of a roll-back of the database, the keys and every checkpoint we hold when there is no outside "  \
  "witness; destruction against somebody who kept an old key backup and has the keys of enough officers (or the passphrase) of that time."
#define STORE_NOT_CLAIMED_JA                                                                                                                    \
  "約束しないこと：解錠中のこの機器の管理者（root）に対する保護。提供済みのデータが期限後に読めなくなること。外部の立会人がない場合に、データベース・鍵・当方の持つ"  \
  "すべてのチェックポイントがともに巻き戻されたことの検出。以前の鍵の控えと、その時点の必要数の担当者の鍵（またはパスフレーズ）を併せ持つ者に対する廃棄の効力。"
#endif
