#pragma once
// The functions of stb that the viewer uses, so that its headers (C, many warnings) reach one file.

namespace logarium::viz::stb {

using Writer = void(void* context, void* data, int size);

void write_png(Writer* writer, void* context, int width, int height, int channels,
               const void* pixels, int stride);
// Null when the bytes are no picture; release() the answer.
[[nodiscard]] unsigned char* read_image(const unsigned char* bytes, int size, int* width,
                                        int* height, int channels);
[[nodiscard]] const char* failure();
void release(unsigned char* pixels);

}  // namespace logarium::viz::stb
