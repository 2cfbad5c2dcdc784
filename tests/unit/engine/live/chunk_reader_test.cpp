#include "engine/live/chunk_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace logarium::live {
namespace {

// What a reader brought, until its end.
struct Brought {
  std::string text;
  std::size_t chunks = 0;
  bool ended = false;
  std::string error;
};

Brought read_all(int fd) {
  Loop loop;
  Brought brought;
  std::unique_ptr<ChunkReader> reader;
  reader = std::make_unique<ChunkReader>(
      loop, fd,
      ChunkReader::Callbacks{[&](std::vector<std::byte> chunk) {
                               CHECK(!chunk.empty());
                               CHECK(chunk.size() <= ChunkReader::kChunkBytes);
                               brought.text += std::string(
                                   reinterpret_cast<const char*>(chunk.data()), chunk.size());
                               ++brought.chunks;
                               reader->next();
                             },
                             [&](const std::string& error) {
                               brought.ended = true;
                               brought.error = error;
                               loop.stop();
                             }});
  reader->next();
  loop.run();
  return brought;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    out = OwnedFd(ends[0]);
    in = OwnedFd(ends[1]);
  }
  OwnedFd out, in;
};

TEST_CASE("a file is read in pieces, to its end") {
  const std::string text(ChunkReader::kChunkBytes * 2 + 17, 'x');
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  REQUIRE(std::fwrite(text.data(), 1, text.size(), file) == text.size());
  std::rewind(file);
  const Brought brought = read_all(::fileno(file));
  std::fclose(file);
  CHECK(brought.text == text);
  CHECK(brought.chunks == 3);
  CHECK(brought.ended);
  CHECK(brought.error.empty());
}

TEST_CASE("a pipe is read as it comes, until its other end is closed") {
  Pipe pipe;
  REQUIRE(::write(pipe.in.get(), "some", 4) == 4);
  pipe.in.reset();
  const Brought brought = read_all(pipe.out.get());
  CHECK(brought.text == "some");
  CHECK(brought.error.empty());
}

TEST_CASE("a descriptor that cannot be read ends with the reason") {
  const OwnedFd folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  REQUIRE(folder.get() >= 0);
  const Brought brought = read_all(folder.get());
  CHECK(brought.ended);
  CHECK(!brought.error.empty());
}

TEST_CASE("a reader that waits for bytes can be let go of, and calls nobody afterwards") {
  Pipe pipe;
  Loop loop;
  bool called = false;
  {
    ChunkReader reader(loop, pipe.out.get(),
                       {[&called](std::vector<std::byte>) { called = true; },
                        [&called](const std::string&) { called = true; }});
    reader.next();
  }
  loop.post([&loop] { loop.stop(); });
  loop.run();
  CHECK(!called);
}

TEST_CASE("nothing is read that was not asked for") {
  Pipe pipe;
  Loop loop;
  bool called = false;
  REQUIRE(::write(pipe.in.get(), "some", 4) == 4);
  {
    ChunkReader reader(loop, pipe.out.get(),
                       {[&called](std::vector<std::byte>) { called = true; },
                        [&called](const std::string&) { called = true; }});
  }
  loop.post([&loop] { loop.stop(); });
  loop.run();
  CHECK(!called);
  std::array<char, 8> left{};
  CHECK(::read(pipe.out.get(), left.data(), left.size()) == 4);
}

}  // namespace
}  // namespace logarium::live
