/* documents.h -- what lies beside the rows of an extract: 符号表 (codebook.csv), a codebook to print in two languages, DDI-Codebook 2.5, the terms of
 * use with the sentence for publications, the form of the 管理簿. All from the form's items and code lists and from what was found in the rows. Each
 * appends to `out`. Errors: E_NO_MEMORY. Source: DDI Alliance, DDI-Codebook 2.5; secure.md 2 and 4.14. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_DOCUMENTS_H
#define SHIRABE_SECURE_STORE_EXTRACT_DOCUMENTS_H
#include "secure-store/extract/write_table.h"

enum err_code extract_codebook_csv(const struct frame *f, const struct extract_head *h, struct strbuf *out, struct err *e) NODISCARD;
enum err_code extract_codebook_text(const struct frame *f, const struct extract_head *h, bool japanese, struct strbuf *out, struct err *e) NODISCARD;
enum err_code extract_ddi(const struct frame *f, const struct extract_head *h, struct strbuf *out, struct err *e) NODISCARD;
enum err_code extract_terms(const struct extract_head *h, bool japanese, struct strbuf *out, struct err *e) NODISCARD;
enum err_code extract_ledger(const struct extract_head *h, int64_t rows, struct strbuf *out, struct err *e) NODISCARD;
#endif
