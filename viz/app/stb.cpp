#include "viz/app/stb.hpp"

#include <stb_image.h>
#include <stb_image_write.h>

namespace logarium::viz::stb {

void write_png(Writer* writer, void* context, int width, int height, int channels,
               const void* pixels, int stride) {
  stbi_write_png_to_func(writer, context, width, height, channels, pixels, stride);
}

unsigned char* read_image(const unsigned char* bytes, int size, int* width, int* height,
                          int channels) {
  int found = 0;
  return stbi_load_from_memory(bytes, size, width, height, &found, channels);
}

const char* failure() { return stbi_failure_reason(); }

void release(unsigned char* pixels) { stbi_image_free(pixels); }

}  // namespace logarium::viz::stb
