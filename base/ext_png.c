/* ext_png.c -- see ext_png.h. */
#include "base/ext_png.h"

#include <stdlib.h>
#include <string.h>

#ifdef SHIRABE_PNG
#include <png.h>

enum { PIXELS_MAX = 64000000 };

bool png_available(void) { return true; }
static uint8_t rounded(uint8_t v, int bits) {
  const int levels = (1 << bits) - 1;
  return (uint8_t)(((int)v * levels + 127) / 255 * 255 / levels);
}
static enum err_code bad(const char *name, const png_image *image, struct err *e) {
  return ERR(e, E_OUTPUT_PICTURE, .file = name, .subject = name, .found = image->message[0] ? image->message : "no picture");
}
static enum err_code write_picture(const char *name, png_image *image, const uint8_t *pixels, struct strbuf *out, struct err *e) {
  png_alloc_size_t size = 0;
  if (!png_image_write_to_memory(image, NULL, &size, 0, pixels, 0, NULL)) return bad(name, image, e);
  char *to = strbuf_extend(out, size);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = name);
  return png_image_write_to_memory(image, to, &size, 0, pixels, 0, NULL) ? E_OK : bad(name, image, e);
}
enum err_code png_redraw(const char *name, struct str picture, int bits, struct strbuf *out, struct err *e) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, picture.p, picture.n)) return bad(name, &image, e);
  image.format = PNG_FORMAT_RGBA;
  uint8_t *pixels = (uint64_t)image.width * image.height > PIXELS_MAX ? NULL : malloc(PNG_IMAGE_SIZE(image));
  enum err_code code = E_OK;
  if (!pixels) code = ERR(e, E_OUTPUT_PICTURE, .file = name, .subject = name, .found = "more than 64 million pixels");
  else if (!png_image_finish_read(&image, NULL, pixels, 0, NULL)) code = bad(name, &image, e);
  for (size_t i = 0; !code && i < PNG_IMAGE_SIZE(image); i++) pixels[i] = rounded(pixels[i], bits);
  for (size_t i = 0; !code && i + 3 < PNG_IMAGE_SIZE(image); i += 4)
    if (pixels[i + 3] == 0) pixels[i] = pixels[i + 1] = pixels[i + 2] = 0; /* colours that nobody sees */
  if (!code) code = write_picture(name, &image, pixels, out, e);
  free(pixels);
  png_image_free(&image);
  return code;
}
#else
bool png_available(void) { return false; }
enum err_code png_redraw(const char *name, struct str picture, int bits, struct strbuf *out, struct err *e) {
  (void)picture, (void)bits, (void)out;
  return ERR(e, E_OUTPUT_PICTURE, .file = name, .subject = name, .found = "this program was built without libpng");
}
#endif
