/* cmd_use_output_picture.h -- a picture that is handed in is drawn again by a worker that holds nothing else: what the checkers see and what goes
 *          out are the new
 * bytes. *drawn false: the program was built without libpng, the bytes stay; the report says so. Errors E_OUTPUT_PICTURE and those of
 *          secure-store/sandbox.h. */
#ifndef SHIRABE_ESTIMATORS_COMMAND_CMD_USE_OUTPUT_PICTURE_H
#define SHIRABE_ESTIMATORS_COMMAND_CMD_USE_OUTPUT_PICTURE_H
#include "secure-store/output/output.h"

enum err_code output_picture_redraw(struct store *s, struct arena *a, struct output_file *f, int bits, bool *drawn, struct err *e) NODISCARD;
#endif
