// SPDX-License-Identifier: MIT
#include "http/file_cache.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>

using namespace fid::http;
using namespace std::chrono_literals;

namespace {

/// A folder for one test. Files are a minute old, so that they count as settled.
class Scratch {
  public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "fid-unit-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { std::filesystem::remove_all(path_); }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void write(const std::string& name, const std::string& text, std::chrono::seconds age = 60s) const {
        std::ofstream(path_ / name) << text;
        std::filesystem::last_write_time(path_ / name, std::filesystem::file_time_type::clock::now() - age);
    }

  private:
    std::filesystem::path path_;
};

std::string content(FileCache& cache, std::string_view path, std::string_view accept = "") {
    CachedFile* const file = cache.find(path);
    if (file == nullptr) return "-";
    const auto shown = cache.represent(*file, CodingChoice(accept));
    return shown && shown->content.memory ? *shown->content.memory : "-";
}

}  // namespace

TEST_CASE("nothing outside of the folder is opened") {
    const Scratch scratch;
    std::filesystem::create_directory(scratch.path() / "in");
    scratch.write("secret", "s");
    scratch.write("in/file", "f");
    std::filesystem::create_symlink("file", scratch.path() / "in/good");
    std::filesystem::create_symlink("../secret", scratch.path() / "in/out");
    std::filesystem::create_symlink(scratch.path() / "in/file", scratch.path() / "in/absolute");
    std::filesystem::create_symlink("/proc/self/fd/0", scratch.path() / "in/magic");
    std::filesystem::create_symlink("loop", scratch.path() / "in/loop");
    REQUIRE(mkfifo((scratch.path() / "in/fifo").c_str(), 0600) == 0);
    const auto folder = Folder::open((scratch.path() / "in").string());
    REQUIRE(folder);
    CHECK(folder->open_file("/file"));
    CHECK(folder->open_file("/good"));
    CHECK(folder->open_file("/out").error() == EXDEV);
    CHECK(folder->open_file("/absolute").error() == EXDEV);
    CHECK(folder->open_file("/magic").error() == EXDEV);
    CHECK(folder->open_file("/../secret").error() == EXDEV);
    CHECK(folder->open_file("/loop").error() == ELOOP);
    CHECK(folder->look("/").value().is_folder());
    CHECK_FALSE(folder->open_file("/fifo").value().facts.is_file());  // and has not waited for its writer
    CHECK_FALSE(Folder::open((scratch.path() / "none").string()));
    CHECK_FALSE(Folder::open((scratch.path() / "secret").string()));
}

TEST_CASE("a file that changes is read again") {
    const Scratch scratch;
    scratch.write("a.bin", "one");
    const auto folder = Folder::open(scratch.path().string());
    REQUIRE(folder);
    CacheLimits limits;
    limits.trust = 0ms;
    FileCache cache(*folder, limits);
    CHECK(content(cache, "/a.bin") == "one");
    const std::string etag = cache.represent(*cache.find("/a.bin"), CodingChoice(""))->etag;
    scratch.write("a.bin", "two", 30s);
    CHECK(content(cache, "/a.bin") == "two");
    CHECK(cache.represent(*cache.find("/a.bin"), CodingChoice(""))->etag != etag);
    // Written just now: it may change again within the same tick of the file system's clock, and is not trusted.
    scratch.write("a.bin", "thr", 0s);
    CHECK(content(cache, "/a.bin") == "thr");
    CHECK(cache.find("/a.bin")->doubtful);
    std::filesystem::remove(scratch.path() / "a.bin");
    CHECK(content(cache, "/a.bin") == "-");
    CHECK(cache.error() == ENOENT);
}

TEST_CASE("codings are made, or found beside the file") {
    const Scratch scratch;
    const std::string text(1000, 'x');
    scratch.write("a.txt", text);
    scratch.write("a.txt.br", "brotli", 50s);
    scratch.write("a.txt.zst", "stale", 70s);
    scratch.write("a.zip", text);
    const auto folder = Folder::open(scratch.path().string());
    REQUIRE(folder);
    FileCache cache(*folder, {});
    CHECK(content(cache, "/a.txt") == text);
    CHECK(content(cache, "/a.txt", "br") == "brotli");
    CHECK(content(cache, "/a.txt", "gzip").starts_with("\x1f\x8b"));
    CHECK(content(cache, "/a.txt", "zstd").starts_with("\x28\xb5\x2f\xfd"));  // not the older neighbour
    CHECK(content(cache, "/a.txt", "*;q=0") == text);
    CHECK(cache.find("/a.txt")->varies);
    CHECK(content(cache, "/a.zip", "gzip") == text);
    CHECK_FALSE(cache.find("/a.zip")->varies);
}

TEST_CASE("the cache stays within its bounds") {
    const Scratch scratch;
    CacheLimits limits;
    limits.files = 4;
    limits.memory_bytes = 3000;
    const auto folder = Folder::open(scratch.path().string());
    REQUIRE(folder);
    FileCache cache(*folder, limits);
    for (int number = 0; number < 20; ++number) {
        std::string name = "/f";
        name += std::to_string(number);
        scratch.write(name.substr(1), std::string(1000, 'x'));
        CHECK(content(cache, name).size() == 1000);
        CHECK(cache.files() <= 4);
        CHECK(cache.memory() <= 3000);
    }
}
