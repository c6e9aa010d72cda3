/* ext_png.h -- draws a PNG picture again through libpng; the only includer of <png.h>. What goes out is what a viewer shows: 8 bits a colour in
 *          RGBA, no other
 * chunk, our own filters and compression. Of each colour the lowest bits are rounded away, where numbers could stand that no eye sees.
 * Limits   64 million pixels. Errors E_OUTPUT_PICTURE: no PNG, damaged, too large; png_available() false where the program was built without libpng.
 * Bits     kept bits of each colour, 1..8: rounded to the nearest of 2^bits levels that include black and white.
 * Memory   8 bytes a pixel. For pictures from outside: call it in a worker (secure-store/sandbox.h).
 * Source   ISO/IEC 15948 (PNG). */
#ifndef SHIRABE_BASE_EXT_PNG_H
#define SHIRABE_BASE_EXT_PNG_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

bool png_available(void);
enum err_code png_redraw(const char *name, struct str picture, int bits, struct strbuf *out, struct err *e) NODISCARD;
#endif
